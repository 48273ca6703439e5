//! # F1 price
//! **Catches**: an amount of money that no fact states: €29 where the fact sheet says €39, or says nothing.
//! **Why**: a price decides purchases; a wrong one misleads, whoever mistyped or invented it.
//! **Basis**: UCPD 6. Example that fails: "Only €29". Passes: "Only €39", when `price` is 39.00 EUR.
//!
//! Every amount is judged here except former prices (F3) and savings (F2). It does not convert currencies.

use crate::case::{Case, Outcome, Part, Problem};
use crate::claim::money::{MoneyClaim, Role};
use crate::explain;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use terms::customer::Language;
use terms::finding::{Severity, Verdict};

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F1",
        family: Family::Facts,
        name_en: "unsupported price",
        name_es: "precio sin respaldo",
        catches: "An amount of money that no fact in scope states.",
        catches_es: "Un importe que no figura en ningún dato aplicable.",
        why: "A price decides purchases; a wrong or invented one misleads.",
        why_es: "El precio decide la compra; uno equivocado o inventado induce a error.",
        basis: "UCPD 6",
        basis_es: "Directiva 2005/29/CE, art. 6",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "The Aurora lamp for only €29.",
                passes: "The Aurora lamp for only €39.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "La lámpara Aurora por solo 29 €.",
                passes: "La lámpara Aurora por solo 39 €.",
            },
        ],
    },
    cues: &[],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts {
        for claim in &part.claims.money {
            if matches!(claim.role, Role::Before | Role::Saving) {
                continue;
            }
            if part.is_covered(&claim.tokens) {
                outcome.stands(part, &claim.tokens, Verdict::Supported);
            } else {
                judge(case, part, claim, outcome);
            }
        }
    }
}

fn is_threshold(entry: &Entry) -> bool {
    entry
        .predicate_words
        .iter()
        .any(|word| matches!(word.as_str(), "from" | "over" | "min" | "minimum" | "threshold"))
        && entry.predicate != "price_from"
}

fn judge(case: &Case<'_>, part: &Part<'_>, claim: &MoneyClaim, outcome: &mut Outcome) {
    let product = named_product(case, part, claim.tokens.start);
    let candidates: Vec<(&Entry, terms::money::Money)> = case
        .context
        .facts
        .amounts()
        .filter(|(entry, _)| entry.predicate != "price_before")
        .filter(|(entry, _)| is_threshold(entry) == (claim.role == Role::Threshold))
        .filter(|(entry, _)| {
            let of_product = entry.fact.entity.starts_with("product:");
            !of_product
                || product.map_or_else(
                    || is_spoken_of(case, &entry.fact.entity),
                    |named| entry.fact.entity == named,
                )
        })
        .collect();
    let below = |money: terms::money::Money| {
        claim.role == Role::Below && claim.in_currency_of(money).is_some_and(|limit| money.minor < limit)
    };
    let fits = |money: terms::money::Money| claim.equals(money) || below(money);
    if let Some((_, money)) = candidates.iter().find(|(entry, money)| fits(*money) && case.holds(entry)) {
        let verdict = if claim.equals(*money) { Verdict::Supported } else { Verdict::Derived };
        return outcome.stands(part, &claim.tokens, verdict);
    }
    let quote = part.text.quote(part.text.span(&claim.tokens));
    let language = case.context.explain_in;
    if let Some((entry, _)) = candidates.iter().find(|(_, money)| fits(*money)) {
        let problem = Problem {
            verdict: Verdict::Expired,
            message: case.say(
                || format!("the fact behind `{quote}` no longer holds when the message is sent"),
                || format!("el dato que respalda `{quote}` ya no es válido cuando se envía el mensaje"),
            ),
            repair: case.say(
                || "renew the fact, or take the amount out".to_owned(),
                || "renueva el dato o quita el importe".to_owned(),
            ),
        };
        return outcome.blocks(case, part, &claim.tokens, problem, Some(entry));
    }
    // The fact it was most likely meant to state: the price, and of those the nearest amount.
    let nearest = candidates.iter().filter(|(entry, _)| case.holds(entry)).min_by(|(a, x), (b, y)| {
        let rank = |entry: &Entry| entry.predicate != "price";
        let distance = |money: &terms::money::Money| (money.major() - claim.amount.value()).abs();
        rank(a).cmp(&rank(b)).then(distance(x).total_cmp(&distance(y)))
    });
    let problem = match nearest {
        Some((entry, money)) => {
            let (entity, predicate) = (&entry.fact.entity, &entry.fact.predicate);
            let right = explain::money(*money, language);
            Problem {
                verdict: Verdict::Contradicted,
                message: case.say(
                    || format!("the amount `{quote}` is not in the fact sheet; `{predicate}` of `{entity}` is {money}"),
                    || format!("el importe `{quote}` no está en la ficha de datos; `{predicate}` de `{entity}` es {money}"),
                ),
                repair: case.say(
                    || format!("write {right}, or correct the fact"),
                    || format!("escribe {right} o corrige el dato"),
                ),
            }
        }
        None => Problem {
            verdict: Verdict::Unknown,
            message: case.say(
                || format!("no fact states the amount `{quote}`"),
                || format!("ningún dato respalda el importe `{quote}`"),
            ),
            repair: case.say(
                || "add the price to the fact sheet, or take the amount out".to_owned(),
                || "añade el precio a la ficha de datos o quita el importe".to_owned(),
            ),
        },
    };
    outcome.blocks(case, part, &claim.tokens, problem, nearest.map(|(entry, _)| *entry));
}

/// The one product named in the clause of the claim: the price of another one does not support it.
pub(super) fn named_product<'c>(case: &Case<'c>, part: &Part<'_>, at: usize) -> Option<&'c str> {
    let clause = part.text.clause(at);
    let mut named: Option<&str> = None;
    for entry in case.spoken_of.iter().copied() {
        let there = clause.clone().any(|at| {
            entry.words.iter().enumerate().all(|(n, word)| part.text.word(at + n) == word)
                && !entry.words.is_empty()
        });
        if there {
            if named.is_some_and(|other| other != entry.fact.entity) {
                return None;
            }
            named = Some(&entry.fact.entity);
        }
    }
    named
}

/// True when the first word of a product's name stands anywhere in the message, or it has no name: a product that is
/// never named lends the message no price.
pub(super) fn is_spoken_of(case: &Case<'_>, entity: &str) -> bool {
    !case.context.facts.has_name(entity) || case.spoken_of.iter().any(|name| name.fact.entity == entity)
}
