//! # F9 quantity and specification
//! **Catches**: a quantity or a number of parts that no fact states: "24 h battery", "1,5 kg", "six brightness levels".
//! **Why**: a figure is what people compare products by.
//! **Basis**: UCPD 6. Fails: "40 hours of battery". Passes: "two metres of cable", when `cable_length` is 200 cm.
//!
//! Units are converted before they are compared, and ranges, "over", "about" and half units are understood. A length of
//! time is a property only beside a word such as battery or lasts; delivery, returns and warranty are F10's.

use super::measured::{self, stated_by};
use super::{people, stock};
use crate::case::{Case, Outcome, Part, Problem};
use crate::claim::quantity::Purpose;
use crate::claim::{NEGATIONS, before, number};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use std::ops::Range;
use terms::customer::Language;
use terms::fact::{FactValue, Polarity};
use terms::finding::{Severity, Verdict};

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F9",
        family: Family::Facts,
        name_en: "unsupported quantity",
        name_es: "cantidad sin respaldo",
        catches: "A quantity, measure or number of parts of a product that no fact states.",
        catches_es: "Una cantidad, una medida o un número de piezas de un producto que ningún dato recoge.",
        why: "A figure is what people compare products by.",
        why_es: "Las cifras son lo que se usa para comparar productos.",
        basis: "UCPD 6",
        basis_es: "Directiva 2005/29/CE, art. 6",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "With 40 hours of battery.",
                passes: "With 24 hours of battery and a cable of two metres.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Pesa 2,5 kg.",
                passes: "Pesa kilo y medio y tiene una batería de 24 h.",
            },
        ],
    },
    cues: &[],
    check,
};

/// Parts that are counted, in both languages, by their stems; the number of them is a specification.
const PARTS: &[&str] = &[
    "level",
    "speed",
    "mode",
    "setting",
    "program",
    "serving",
    "portion",
    "capsule",
    "tablet",
    "sachet",
    "pocket",
    "layer",
    "wheel",
    "blade",
    "lesson",
    "class",
    "session",
    "nivel",
    "velocidad",
    "modo",
    "racion",
    "porcion",
    "capsula",
    "pastilla",
    "comprimido",
    "sobre",
    "bolsillo",
    "capa",
    "rueda",
    "cuchilla",
    "leccion",
    "clase",
    "sesion",
    "piece",
    "pieza",
    "module",
    "modulo",
    "chapter",
    "capitulo",
    "bulb",
    "bombilla",
    "port",
    "puerto",
    "shelf",
    "shelves",
    "estante",
    "drawer",
    "cajon",
    "recipe",
    "receta",
    "flavour",
    "flavor",
    "sabor",
    "colour",
    "color",
];

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts {
        for claim in &part.claims.quantities {
            let Purpose::Property(property) = claim.purpose else { continue };
            if part.is_covered(&claim.tokens) {
                outcome.stands(part, &claim.tokens, Verdict::Supported);
                continue;
            }
            let in_scope =
                measured::in_scope(case, part, claim, |purpose| matches!(purpose, Purpose::Property(_)));
            let of_it = |entry: &Entry| entry.purpose == Purpose::Property(property);
            let named = property.is_some() && in_scope.iter().any(|entry| of_it(entry));
            let facts: Vec<&Entry> = in_scope.into_iter().filter(|entry| !named || of_it(entry)).collect();
            measured::judge(case, part, claim, &facts, is_denied(part, &claim.tokens), outcome);
        }
        parts(case, part, outcome);
    }
}

/// "Does not weigh 2 kg": a negation within three words.
fn is_denied(part: &Part<'_>, tokens: &Range<usize>) -> bool {
    before(&part.text, tokens.start, 3).any(|word| NEGATIONS.contains(&word))
}

/// Numbers of parts: "six levels", "5 clases".
fn parts(case: &Case<'_>, part: &Part<'_>, outcome: &mut Outcome) {
    let text = &part.text;
    let mut at = 0;
    while at < text.tokens.len() {
        let Some((value, end)) = number::at(text, at) else {
            at += 1;
            continue;
        };
        let count = value.integer().filter(|count| *count > 1);
        let led = at.checked_sub(1).map_or("", |before| text.word(before));
        let counts = count.is_some()
            && !matches!(led, "of" | "chapter" | "level" | "capitulo" | "nivel" | "clase" | "class");
        if !counts {
            at = end.max(at + 1);
            continue;
        }
        let noun = (end..end + 2).take_while(|noun| text.same_clause(*noun, at)).filter(|noun| {
            PARTS.iter().any(|stem| is_plural_of(text.word(*noun), stem))
                || case.context.facts.counted(text.word(*noun)).next().is_some()
        });
        // "Six brightness levels" are levels.
        let noun = noun.last();
        if let (Some(noun), Some(count)) = (noun, count) {
            judge_parts(case, part, &(at..noun + 1), count, outcome);
        }
        at = end.max(at + 1);
    }
}

/// True when a word is the stem itself or a plural of it.
pub(crate) fn is_plural_of(word: &str, stem: &str) -> bool {
    // Every form begins as the stem does.
    if let (Some(first), Some(other)) = (word.as_bytes().first(), stem.as_bytes().first())
        && first != other
    {
        return false;
    }
    word.strip_prefix(stem).is_some_and(|end| matches!(end, "" | "s" | "es" | "mes" | "me"))
        || (stem.ends_with("on") && word.ends_with("ones") && word.strip_suffix("es") == Some(stem))
        || (stem.ends_with('y') && word.strip_suffix("ies") == stem.strip_suffix('y'))
}

fn judge_parts(case: &Case<'_>, part: &Part<'_>, tokens: &Range<usize>, count: i64, outcome: &mut Outcome) {
    if part.is_covered(tokens) {
        return outcome.stands(part, tokens, Verdict::Supported);
    }
    let counts_others = [&stock::RULE, &people::RULE].into_iter().any(|rule| {
        let mut hits = case.hits_of(rule).filter(|(of, _)| of.text.field == part.text.field);
        hits.any(|(_, hit)| hit.tokens.start < tokens.end && tokens.start < hit.tokens.end)
    });
    if counts_others {
        return;
    }
    let noun = part.text.word(tokens.end - 1);
    let counted: Vec<(&Entry, i64)> = case
        .context
        .facts
        .counted(noun)
        .filter(|entry| measured::is_about(case, part, tokens.start, entry))
        .filter_map(|entry| match entry.fact.value {
            FactValue::Count(count) if entry.fact.polarity == Polarity::True => Some((entry, count)),
            FactValue::Quantity(count) if entry.fact.polarity == Polarity::True => {
                Some((entry, count as i64))
            }
            _ => None,
        })
        .collect();
    if counted.iter().any(|(entry, stated)| *stated == count && case.holds(entry)) {
        return outcome.stands(part, tokens, Verdict::Supported);
    }
    // "6 brightness levels" may stand in a text: "six levels of brightness".
    let told = case.context.facts.entries().any(|entry| {
        entry.text().is_some()
            && case.holds(entry)
            && entry.words.iter().any(|word| number_of(word) == Some(count))
            && entry.words.iter().any(|word| is_plural_of(noun, word) || is_plural_of(word, noun))
    });
    if told {
        return outcome.stands(part, tokens, Verdict::Supported);
    }
    let quote = part.text.quote(part.text.span(tokens));
    let stated = counted.first();
    let problem = match stated {
        Some((entry, right)) => stated_by(case, quote, entry, &right.to_string()),
        None => Problem {
            verdict: Verdict::Unknown,
            message: case.say(
                || format!("no fact states the number `{quote}`"),
                || format!("ningún dato respalda la cifra `{quote}`"),
            ),
            repair: measured::add_or_remove(case),
        },
    };
    outcome.blocks(case, part, tokens, problem, stated.map(|(entry, _)| *entry));
}

fn number_of(word: &str) -> Option<i64> {
    number::word_value(word).or_else(|| number::parse(word).and_then(number::Decimal::integer))
}
