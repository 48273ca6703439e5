//! # M5 hidden, drip cost
//! **Catches**: a price, while a fact names a fee nobody can avoid, and the message does not state that fee.
//! **Why**: the price is what has to be paid in the end.
//! **Basis**: UCPD 7; 16 CFR 464. Fails: "from €9" when a `mandatory_fee` of €4 is not told. Passes: with the fee beside it.

use crate::case::{Case, Outcome, Problem};
use crate::claim::money::Role;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use terms::customer::Language;
use terms::finding::{Severity, Verdict};
use terms::money::Money;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M5",
        family: Family::Manipulation,
        name_en: "hidden cost",
        name_es: "coste oculto",
        catches: "A price without the fee that comes on top of it for everybody.",
        why: "The price is what has to be paid in the end.",
        basis: "UCPD 7; 16 CFR 464",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "The ticket costs €39, fee not told.",
                passes: "Ask us what the ticket costs.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "La entrada cuesta 39 €, gastos sin decir.",
                passes: "Pregúntanos cuánto cuesta la entrada.",
            },
        ],
    },
    cues: &[],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let fees: Vec<(&Entry, Money)> = case
        .context
        .facts
        .named("mandatory_fee")
        .filter_map(|entry| entry.money().filter(|money| money.minor > 0).map(|money| (entry, money)))
        .collect();
    for (entry, fee) in fees {
        let claims =
            || case.parts.iter().flat_map(|part| part.claims.money.iter().map(move |claim| (part, claim)));
        if claims().any(|(_, claim)| claim.equals(fee)) {
            continue;
        }
        let price = claims().find(|(_, claim)| matches!(claim.role, Role::Price | Role::Below));
        let Some((part, claim)) = price else { continue };
        let quote = part.text.quote(part.text.span(&claim.tokens));
        let problem = Problem {
            verdict: Verdict::Contradicted,
            message: case.say(
                || format!("`{quote}` is not all that has to be paid: a fee of {fee} comes on top and is not told"),
                || format!("`{quote}` no es todo lo que hay que pagar: se añade un gasto de {fee} que no se dice"),
            ),
            repair: case.say(
                || format!("state the fee of {fee} beside the price, or the price with the fee in it"),
                || format!("di el gasto de {fee} junto al precio, o el precio con el gasto incluido"),
            ),
        };
        outcome.blocks(case, part, &claim.tokens, problem, Some(entry));
    }
}
