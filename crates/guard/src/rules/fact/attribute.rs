//! # F8 unknown attribute
//! **Catches**: a property no fact speaks of: free shipping, waterproof, organic, "100 % cotton".
//! **Why**: null is not true. What nobody checked is not a property.
//! **Basis**: UCPD 6. Fails: "It is waterproof". Passes: "Free shipping", when `free_shipping` is true.
//!
//! The list of attributes stands in `attributes.rs`. What a fact denies is F7's, quantities with units are F9's.

use super::attributes::{ATTRIBUTES, CUES, FREE, FREE_SHIPPING};
use super::free_shipping;
use crate::case::{Case, Outcome, Part, Problem};
use crate::claim;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use std::ops::Range;
use terms::customer::Language;
use terms::fact::FactValue;
use terms::finding::{Severity, Verdict};

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F8",
        family: Family::Facts,
        name_en: "unknown attribute",
        name_es: "característica desconocida",
        catches: "A property of the offer or product that no fact affirms.",
        catches_es: "Una característica de la oferta o del producto que ningún dato confirma.",
        why: "What nobody checked is not a property: null is not true.",
        why_es: "Lo que nadie ha comprobado no es una característica: que falte el dato no lo hace cierto.",
        basis: "UCPD 6",
        basis_es: "Directiva 2005/29/CE, art. 6",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "The lamp is vegan.",
                passes: "With free shipping; the lamp is dimmable and not waterproof.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Con wifi gratis.",
                passes: "Con envío gratis y luz regulable.",
            },
        ],
    },
    cues: CUES,
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    each(case, outcome, Asked::Unknown);
}

/// Which rule asks: F8 after what no fact affirms, F7 after what one denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Unknown,
    Conflict,
}

/// Judges every attribute in the text. Both rules read the cues of this one.
pub(super) fn each(case: &Case<'_>, outcome: &mut Outcome, asked: Asked) {
    for (part, hit) in case.hits_of(&RULE) {
        if part.is_covered(&hit.tokens) {
            outcome.stands(part, &hit.tokens, Verdict::Supported);
            continue;
        }
        if hit.tag == FREE && is_free_opt_out(part, &hit.tokens) {
            continue;
        }
        let shipping = hit.tag == FREE && free_shipping::says_so(part, &hit.tokens);
        let tag = if shipping { FREE_SHIPPING } else { hit.tag };
        let known: Vec<&str> = ATTRIBUTES
            .iter()
            .find(|attribute| attribute.tag == tag)
            .map(|attribute| attribute.predicates.to_vec())
            .unwrap_or_default();
        let affirmed = !claim::is_negated(&part.text, &hit.tokens);
        let sheet = case.context.facts;
        let facts: Vec<&Entry> = if hit.tag == FREE {
            let says = |entry: &&Entry| {
                known.contains(&entry.predicate.as_str())
                    || (entry.truth().is_some() && says_free(part, &hit.tokens, entry))
            };
            sheet.entries().filter(says).collect()
        } else {
            sheet.named_any(&known)
        };
        judge(case, part, &hit.tokens, &facts, (affirmed, asked), outcome);
    }
    for part in case.parts {
        own_attributes(case, part, asked, outcome);
        percents(case, part, asked, outcome);
    }
}

/// "You can unsubscribe at any time, free of charge": nothing is offered.
fn is_free_opt_out(part: &Part<'_>, tokens: &Range<usize>) -> bool {
    let text = &part.text;
    let leaving =
        text.sentence(tokens.start).any(|at| matches!(text.word(at), "unsubscribe" | "baja" | "suscripcion"));
    let next = text.word(tokens.end);
    let bare = !next.starts_with(char::is_alphabetic)
        || matches!(
            next,
            "of" | "at" | "whenever" | "any" | "and" | "or" | "cuando" | "en" | "y" | "o" | "con" | "with"
        );
    leaving && bare
}

/// A fact such as `free_gift` for "free gift": its other words stand in the clause.
fn says_free(part: &Part<'_>, tokens: &Range<usize>, entry: &Entry) -> bool {
    let clause = part.text.clause(tokens.start);
    // What is free about shipping has a grammar of its own.
    entry.predicate != "free_shipping"
        && entry.predicate_words.iter().any(|word| matches!(word.as_str(), "free" | "gratis"))
        && entry
            .predicate_words
            .iter()
            .filter(|word| !matches!(word.as_str(), "free" | "gratis"))
            .all(|word| clause.clone().any(|at| part.text.word(at).starts_with(word.as_str())))
}

/// Whether a fact speaks for (`Some(true)`) or against an attribute.
fn speaks(entry: &Entry) -> Option<bool> {
    match entry.fact.value {
        FactValue::Bool(_) => entry.truth(),
        // A warranty of two years is a warranty; a text such as "no" is not read.
        FactValue::Quantity(value) => {
            (entry.fact.polarity == terms::fact::Polarity::True).then_some(value > 0.0)
        }
        FactValue::Text(_) | FactValue::Enum(_) => match entry.fact.polarity {
            terms::fact::Polarity::True => Some(true),
            terms::fact::Polarity::False => Some(false),
            terms::fact::Polarity::Unknown => None,
        },
        _ => None,
    }
}

fn judge(
    case: &Case<'_>,
    part: &Part<'_>,
    tokens: &Range<usize>,
    facts: &[&Entry],
    (affirmed, asked): (bool, Asked),
    outcome: &mut Outcome,
) {
    let holding = || facts.iter().filter(|entry| case.holds(entry));
    if holding().any(|entry| speaks(entry) == Some(affirmed)) {
        return outcome.stands(part, tokens, Verdict::Supported);
    }
    let quote = part.text.quote(part.text.span(tokens));
    if let Some(entry) = holding().find(|entry| speaks(entry) == Some(!affirmed)) {
        if asked == Asked::Unknown {
            return;
        }
        let (entity, predicate) = (&entry.fact.entity, &entry.fact.predicate);
        let problem = Problem {
            verdict: Verdict::Contradicted,
            message: case.say(
                || format!("`{quote}` is the opposite of what `{predicate}` of `{entity}` says"),
                || format!("`{quote}` es lo contrario de lo que dice `{predicate}` de `{entity}`"),
            ),
            repair: case.say(
                || "take it out, or correct the fact".to_owned(),
                || "quítalo o corrige el dato".to_owned(),
            ),
        };
        return outcome.blocks(case, part, tokens, problem, Some(entry));
    }
    // That something lacks a property nobody asked for misleads nobody.
    if !affirmed || asked == Asked::Conflict {
        return;
    }
    let expired = facts.iter().find(|entry| speaks(entry) == Some(true));
    let problem = Problem {
        verdict: if expired.is_some() { Verdict::Expired } else { Verdict::Unknown },
        message: case.say(
            || format!("no fact that holds at sending says `{quote}`; unknown is not true"),
            || format!("ningún dato vigente dice `{quote}`; lo desconocido no es cierto"),
        ),
        repair: case.say(
            || "add the fact with its source, or take it out".to_owned(),
            || "añade el dato con su fuente o quítalo".to_owned(),
        ),
    };
    outcome.blocks(case, part, tokens, problem, expired.copied());
}

/// Yes-or-no facts the list does not know, found by the words of their predicate: `helmet_included`.
fn own_attributes(case: &Case<'_>, part: &Part<'_>, asked: Asked, outcome: &mut Outcome) {
    let listed = |entry: &Entry| {
        ATTRIBUTES.iter().any(|attribute| attribute.predicates.contains(&entry.predicate.as_str()))
    };
    for at in 0..part.text.tokens.len() {
        for entry in case.context.facts.affirmed_from(part.text.word(at)) {
            let words = &entry.predicate_words;
            let run = at..at + words.len();
            let same = words.iter().map(String::len).sum::<usize>() > 3
                && words.iter().enumerate().all(|(n, word)| part.text.word(at + n) == word)
                && part.text.same_sentence(run.end - 1, at);
            if same && !listed(entry) && !part.is_covered(&run) {
                let affirmed = !claim::is_negated(&part.text, &run);
                judge(case, part, &run, &[entry], (affirmed, asked), outcome);
            }
        }
    }
}

/// Percentages that are no discount: a property such as "70 % cocoa".
fn percents(case: &Case<'_>, part: &Part<'_>, asked: Asked, outcome: &mut Outcome) {
    for claim in part.claims.percents.iter().filter(|claim| !claim.discount) {
        let value = claim.amount.value();
        let figure_of_speech = claim::after(&part.text, claim.tokens.end, 1).any(|word| {
            matches!(
                word,
                "with"
                    | "sure"
                    | "certain"
                    | "committed"
                    | "behind"
                    | "honest"
                    | "seguro"
                    | "segura"
                    | "seguros"
                    | "contigo"
                    | "convencidos"
                    | "comprometidos"
                    | "you"
                    | "tu"
                    | "tuyo"
            )
        });
        if figure_of_speech && (value - 100.0).abs() < f64::EPSILON {
            continue;
        }
        let stated = case.context.facts.entries().any(|entry| {
            let same = entry.percent().is_some_and(|percent| (percent - value).abs() < 0.05);
            let words = entry.text().is_some()
                && entry.words.iter().any(|word| *word == part.text.word(claim.tokens.start));
            (same || (words && part.is_covered(&claim.tokens))) && case.holds(entry)
        });
        if stated {
            outcome.stands(part, &claim.tokens, Verdict::Supported);
        } else {
            judge(case, part, &claim.tokens, &[], (true, asked), outcome);
        }
    }
}
