//! # F7 attribute in conflict
//! **Catches**: a property that a fact denies, and the denial of one that a fact affirms.
//! **Why**: who buys for a property and gets the opposite was deceived.
//! **Basis**: UCPD 6. Fails: "It is waterproof", when `waterproof` is false. Passes: "It is not waterproof".
//!
//! It reads the attributes of F8, with negation inside their clause; what no fact speaks of is F8's.

use super::attribute::{Asked, each};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F7",
        family: Family::Facts,
        name_en: "attribute in conflict",
        name_es: "característica contradicha",
        catches: "A property of the offer or product that a fact denies, or the denial of one it affirms.",
        catches_es: "Una característica de la oferta o del producto que un dato niega, o la negación de una que un dato confirma.",
        why: "Who buys for a property and gets the opposite was deceived.",
        why_es: "A quien compra por una característica y recibe lo contrario se le ha engañado.",
        basis: "UCPD 6",
        basis_es: "Directiva 2005/29/CE, art. 6",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "The lamp is waterproof.",
                passes: "The lamp is not waterproof.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "La lámpara es impermeable.",
                passes: "La lámpara no es impermeable.",
            },
        ],
    },
    cues: &[],
    check: |case, outcome| each(case, outcome, Asked::Conflict),
};
