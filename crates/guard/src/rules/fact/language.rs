//! # F12 language nobody here reads
//! **Catches**: a field in another language than English or Spanish.
//! **Why**: every other rule reads these two; what they cannot read must not count as checked.
//! **Basis**: quality. Fails: a French paragraph. Passes: a foreign name or greeting inside an English text.
//!
//! It compares common words that the other languages do not share. It does not tell English from Spanish.

use crate::case::{Case, Outcome, Problem};
use crate::phrase::Cues;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};
use terms::message::Field;

const KNOWN: u16 = 0;
const FOREIGN: u16 = 1;
/// Fewer foreign words than this are a name or a greeting.
const ENOUGH: usize = 3;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F12",
        family: Family::Facts,
        name_en: "language that is not checked",
        name_es: "idioma que no se revisa",
        catches: "A field in another language than English or Spanish.",
        catches_es: "Un campo escrito en un idioma que no es inglés ni español.",
        why: "Every other rule reads these two; what they cannot read must not count as checked.",
        why_es: "Las demás reglas solo leen estos dos idiomas; lo que no pueden leer no debe darse por revisado.",
        basis: "quality",
        basis_es: "calidad del texto",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Bonjour, nous avons une surprise pour vous dans la boutique.",
                passes: "Bonjour, Ana! We have news for you, and it is in the shop.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Wir haben eine Überraschung für Sie und die Lampe ist nicht teuer.",
                passes: "La lámpara está en la tienda, como nos dijo Le Corbusier.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: KNOWN,
            phrases: &[
                "the|and|you|your|is|are|of|for|with|this|that|it|we|our|have|has|not|on|at|be|will|from|by|was|can|all",
                "el|los|las|y|en|del|tu|su|es|con|para|por|nos|te|lo|esta|este|muy|sus|tus|al|hay|hemos|nuestra|nuestro|puedes",
            ],
        },
        Cues {
            tag: FOREIGN,
            phrases: &[
                "le|les|des|du|est|et|dans|pour|avec|vous|nous|qui|sur|pas|cette|votre|notre|aux|vos|nos|chez|sont|produit",
                "der|das|und|ist|nicht|mit|fur|ein|eine|sie|wir|auf|von|ihre|den|dem|zu|auch|haben",
                "nao|voce|uma|com|dos|da|das|seu|sua|pelo|mais|il|gli|della|di|che|per|sono|alla|nel|dei|questo",
            ],
        },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts.iter().filter(|part| !matches!(part.text.field, Field::Link | Field::Footer)) {
        let of = |tag: u16| part.hits.iter().filter(move |hit| hit.rule == case.rule && hit.tag == tag);
        let foreign = of(FOREIGN).count();
        if foreign < ENOUGH || foreign <= of(KNOWN).count() {
            continue;
        }
        let first = of(FOREIGN).map(|hit| hit.tokens.start).min().unwrap_or(0);
        let sentence = part.text.sentence(first);
        let problem = Problem {
            verdict: Verdict::Unknown,
            message: case.say(
                || "this is neither English nor Spanish, so nothing in it was checked".to_owned(),
                || "no está en inglés ni en español, así que no se ha revisado nada".to_owned(),
            ),
            repair: case.say(
                || "write it in English or Spanish".to_owned(),
                || "escríbelo en inglés o en español".to_owned(),
            ),
        };
        outcome.blocks(case, part, &sentence, problem, None);
    }
}
