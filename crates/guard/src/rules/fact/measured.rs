//! What F9 and F10 share: which facts state a quantity of the kind that is claimed, and the verdict on the claim.

use super::price::{is_spoken_of, named_product};
use crate::case::{Case, Outcome, Part, Problem};
use crate::claim::quantity::{Bound, Purpose, QuantityClaim};
use crate::sheet::Entry;
use terms::fact::{FactValue, Polarity};
use terms::finding::Verdict;

/// True when a fact is about what the clause is about: the offer, the brand, the product that is named, or, where the
/// whole message names none, any.
pub(super) fn is_about(case: &Case<'_>, part: &Part<'_>, at: usize, entry: &Entry) -> bool {
    let entity = entry.fact.entity.as_str();
    if !entity.starts_with("product:") {
        return true;
    }
    match named_product(case, part, at) {
        Some(named) => entity == named,
        None => is_spoken_of(case, entity) || case.spoken_of.is_empty(),
    }
}

/// The facts that affirm a quantity of the dimension and the purpose asked for.
pub(super) fn in_scope<'c>(
    case: &Case<'c>,
    part: &Part<'_>,
    claim: &QuantityClaim,
    purpose: impl Fn(Purpose) -> bool,
) -> Vec<&'c Entry> {
    let facts = case.context.facts.entries();
    facts
        .filter(|entry| entry.fact.polarity == Polarity::True && purpose(entry.purpose))
        .filter(|entry| entry.measures.iter().any(|stated| stated.dimension == claim.measure.dimension))
        .filter(|entry| is_about(case, part, claim.tokens.start, entry))
        .collect()
}

pub(super) fn add_or_remove(case: &Case<'_>) -> String {
    case.say(
        || "add the fact with its source, or take it out".to_owned(),
        || "añade el dato con su fuente o quítalo".to_owned(),
    )
}

/// A claim that a fact contradicts, with what the fact says.
pub(super) fn stated_by(case: &Case<'_>, quote: &str, entry: &Entry, right: &str) -> Problem {
    let (entity, predicate) = (&entry.fact.entity, &entry.fact.predicate);
    Problem {
        verdict: Verdict::Contradicted,
        message: case.say(
            || format!("`{quote}` does not fit: `{predicate}` of `{entity}` is {right}"),
            || format!("`{quote}` no coincide: `{predicate}` de `{entity}` es {right}"),
        ),
        repair: case.say(
            || format!("write {right}, or correct the fact"),
            || format!("escribe {right} o corrige el dato"),
        ),
    }
}

/// The value of a fact as its source writes it.
fn written(entry: &Entry) -> String {
    match &entry.fact.value {
        FactValue::Quantity(value) => format!("{value} {}", entry.fact.unit).trim().to_owned(),
        FactValue::Count(value) => format!("{value} {}", entry.fact.unit).trim().to_owned(),
        _ => entry.text().unwrap_or_default().to_owned(),
    }
}

/// Holds a claim against the facts that speak of the same; `denied` when the text says that it is not so.
pub(super) fn judge(
    case: &Case<'_>,
    part: &Part<'_>,
    claim: &QuantityClaim,
    facts: &[&Entry],
    denied: bool,
    outcome: &mut Outcome,
) {
    let tokens = &claim.tokens;
    // "No more than 2 kg" and "no less than 2 kg" deny nothing.
    let limit = denied && matches!(claim.bound, Bound::AtLeast | Bound::Below);
    let agrees = |entry: &Entry| {
        entry.measures.iter().filter(|stated| stated.dimension == claim.measure.dimension).find_map(
            |stated| match claim.bound {
                Bound::AtLeast if limit => (stated.high <= claim.measure.high).then_some(false),
                Bound::Below if limit => (stated.low >= claim.measure.low).then_some(false),
                _ => claim.agrees_with(stated),
            },
        )
    };
    let quote = part.text.quote(part.text.span(tokens));
    let fitting = facts.iter().find(|entry| agrees(entry).is_some() && case.holds(entry));
    if denied && !limit {
        return match (fitting, facts.is_empty()) {
            (Some(entry), _) => {
                let problem = stated_by(case, quote, entry, &written(entry));
                outcome.blocks(case, part, tokens, problem, Some(entry));
            }
            (None, false) => outcome.stands(part, tokens, Verdict::Derived),
            (None, true) => {}
        };
    }
    if let Some(exactly) = fitting.and_then(|entry| agrees(entry)) {
        let verdict = if exactly { Verdict::Supported } else { Verdict::Derived };
        return outcome.stands(part, tokens, verdict);
    }
    if let Some(entry) = facts.iter().find(|entry| agrees(entry).is_some()) {
        let problem = Problem {
            verdict: Verdict::Expired,
            message: case.say(
                || format!("the fact behind `{quote}` no longer holds when the message is sent"),
                || format!("el dato que respalda `{quote}` ya no es válido cuando se envía el mensaje"),
            ),
            repair: case.say(
                || "renew the fact, or take it out".to_owned(),
                || "renueva el dato o quítalo".to_owned(),
            ),
        };
        return outcome.blocks(case, part, tokens, problem, Some(entry));
    }
    let stated = facts.iter().find(|entry| case.holds(entry));
    let problem = match stated {
        Some(entry) => stated_by(case, quote, entry, &written(entry)),
        None => Problem {
            verdict: Verdict::Unknown,
            message: case
                .say(|| format!("no fact states `{quote}`"), || format!("ningún dato respalda `{quote}`")),
            repair: add_or_remove(case),
        },
    };
    outcome.blocks(case, part, tokens, problem, stated.copied());
}
