//! # D1 identity and advertising label
//! **Catches**: a footer without the sender's name and postal address, or nothing that says this is advertising.
//! **Why**: people have a right to know who writes to them, and why.
//! **Basis**: LSSI 20, CAN-SPAM. Passes: a footer with `sender_name` and `sender_address` as the facts have them, and
//! a line such as "You receive this because".

use crate::case::{Case, Outcome, Problem};
use crate::phrase::Cues;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};
use terms::message::Field;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "D1",
        family: Family::Disclosure,
        name_en: "sender not identified",
        name_es: "remitente sin identificar",
        catches: "A footer without the sender's name, postal address or a sign that this is advertising.",
        catches_es: "Un pie sin el nombre de quien envía, sin su dirección postal o sin indicar que es publicidad.",
        why: "People have a right to know who writes to them, and why.",
        why_es: "Toda persona tiene derecho a saber quién le escribe y por qué.",
        basis: "LSSI 20, CAN-SPAM",
        basis_es: "LSSI, art. 20; CAN-SPAM",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Lumo",
                passes: "Lumo Home SL, Calle Mayor 12, 28013 Madrid. You receive this because you subscribed. Unsubscribe",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Lumo",
                passes: "Lumo Home SL, Calle Mayor 12, 28013 Madrid. Publicidad. ¿Por qué recibo esto? Darse de baja",
            },
        ],
    },
    cues: &[Cues {
        tag: 0,
        phrases: &[
            "advert~",
            "marketing",
            "promotion~",
            "newsletter|newsletters",
            "commercial",
            "you|you're are? receive|receiving|getting|got this",
            "why did|do|am i|you get|getting|got|receive|receiving",
            "publicidad",
            "publicitari~",
            "comercial|comerciales",
            "boletin",
            "recibes|recibe|has|ha <..> este|esta",
            "por que recib~",
            "por que me",
            "promocion~",
        ],
    }],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let footer = case.part(Field::Footer);
    for (predicate, english, spanish) in
        [("sender_name", "name", "el nombre"), ("sender_address", "postal address", "la dirección postal")]
    {
        let facts: Vec<_> =
            case.context.facts.named(predicate).filter(|entry| !entry.words.is_empty()).collect();
        let shown =
            footer.is_some_and(|footer| facts.iter().any(|entry| contains(&footer.text, &entry.words)));
        let holding = facts.iter().any(|entry| entry.text().is_some() && case.holds(entry));
        if shown && holding {
            continue;
        }
        let problem = match facts.first().filter(|_| holding) {
            None => Problem {
                verdict: Verdict::Unknown,
                message: case.say(
                    || format!("no fact of the brand has the sender's {english}"),
                    || format!("ningún dato de la marca tiene {spanish} del remitente"),
                ),
                repair: case.say(
                    || format!("add `{predicate}` to the facts of `brand`"),
                    || format!("añade `{predicate}` a los datos de `brand`"),
                ),
            },
            Some(entry) => {
                let text = entry.text().unwrap_or("");
                Problem {
                    verdict: Verdict::Contradicted,
                    message: case.say(
                        || format!("the footer does not show the sender's {english}, `{text}`"),
                        || format!("el pie no muestra {spanish} del remitente, `{text}`"),
                    ),
                    repair: case.say(
                        || format!("put `{text}` into the footer"),
                        || format!("pon `{text}` en el pie"),
                    ),
                }
            }
        };
        outcome.missing(case, Field::Footer, problem, facts.first().copied());
    }
    let labelled = case.hits().any(|(part, _)| part.text.field == Field::Footer);
    if !labelled {
        let problem = Problem {
            verdict: Verdict::Unknown,
            message: case.say(
                || "nothing in the footer says that this is advertising, or why it was received".to_owned(),
                || "nada en el pie dice que esto es publicidad ni por qué se recibe".to_owned(),
            ),
            repair: case.say(
                || "add `You receive this because ...` to the footer".to_owned(),
                || "añade `Recibes este mensaje porque ...` al pie".to_owned(),
            ),
        };
        outcome.missing(case, Field::Footer, problem, None);
    }
}

/// True when the words stand in the text in a row, whatever signs are between them.
fn contains(text: &crate::text::Text<'_>, words: &[String]) -> bool {
    let shown: Vec<&str> = (0..text.tokens.len())
        .map(|at| text.word(at))
        .filter(|word| word.starts_with(char::is_alphanumeric))
        .collect();
    shown.windows(words.len()).any(|run| run.iter().zip(words).all(|(a, b)| a == b))
}
