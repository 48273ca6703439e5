//! # F10 delivery, returns, warranty
//! **Catches**: a delivery time, a returns period, a warranty or a trial of another length than the seller's policy.
//! **Why**: what happens after the purchase is part of what is bought.
//! **Basis**: UCPD 6. Fails: "5-year warranty". Passes: "2-year warranty", when `warranty` is 24 months.
//!
//! Policies are facts such as `delivery_time`, `returns_period` and `warranty`, as a quantity or as a text ("2-3 days").
//! Working days are not days. Free returns are F8's, money back and guaranteed results C2's.

use super::measured;
use crate::case::{Case, Outcome, Problem};
use crate::claim::quantity::Purpose;
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::is_excused;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};

const ENDLESS: u16 = 0;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F10",
        family: Family::Facts,
        name_en: "delivery, returns or warranty",
        name_es: "entrega, devolución o garantía",
        catches: "A delivery time, a returns period, a warranty or a trial that no policy fact gives.",
        catches_es: "Un plazo de entrega, un plazo de devolución, una garantía o un periodo de prueba que ningún dato sobre las condiciones de la marca recoge.",
        why: "What happens after the purchase is part of what is bought.",
        why_es: "Lo que ocurre después de la compra forma parte de lo que se compra.",
        basis: "UCPD 6",
        basis_es: "Directiva 2005/29/CE, art. 6",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "With a 5-year warranty.",
                passes: "With a 2-year warranty, and 30 days to return it.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Te llega en 24 horas.",
                passes: "Te llega en 2-3 días y tienes 30 días para devolverlo.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: ENDLESS,
            phrases: &[
                "lifetime warranty|guarantee|returns",
                "warranty|guarantee|guaranteed for life",
                "unlimited|endless returns|warranty",
                "returns|return it|them at any time|any time|whenever",
                "garantia de por vida",
                "garantia vitalicia|ilimitada",
                "devoluciones|devolucion ilimitadas|ilimitada",
                "devoluciones sin limite",
            ],
        },
        Cues { tag: SAFE, phrases: &["no lifetime warranty|guarantee", "sin garantia de por vida"] },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts {
        for claim in &part.claims.quantities {
            let Purpose::Policy(policy) = claim.purpose else { continue };
            let facts = measured::in_scope(case, part, claim, |purpose| purpose == Purpose::Policy(policy));
            measured::judge(case, part, claim, &facts, false, outcome);
        }
    }
    for (part, hit) in case.hits().filter(|(part, hit)| !is_excused(part, hit)) {
        let quote = part.text.quote(part.text.span(&hit.tokens));
        let problem = Problem {
            verdict: Verdict::Unknown,
            message: case.say(
                || format!("no policy fact says `{quote}`"),
                || format!("ningún dato sobre condiciones dice `{quote}`"),
            ),
            repair: measured::add_or_remove(case),
        };
        outcome.blocks(case, part, &hit.tokens, problem, None);
    }
}
