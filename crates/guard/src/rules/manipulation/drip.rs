//! # M5 hidden, drip cost
//! **Catches**: a price, while a fact names a fee nobody can avoid, and the message does not state that fee.
//! **Why**: the price is what has to be paid in the end.
//! **Basis**: UCPD 7; 16 CFR 464. Fails: "from €9" when a `mandatory_fee` of €4 is not told. Passes: with the fee beside it.

use crate::case::{Case, Outcome, Problem};
use crate::claim::money::{MoneyClaim, Role};
use crate::phrase::{Cues, SAFE};
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
        catches_es: "Un precio que no incluye el cargo que todo el mundo tiene que pagar además.",
        why: "The price is what has to be paid in the end.",
        why_es: "El precio es lo que al final hay que pagar.",
        basis: "UCPD 7; 16 CFR 464",
        basis_es: "Directiva 2005/29/CE, art. 7; 16 CFR 464",
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
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                "plus|excluding|excl|before|without|exclusive <w>? <w>? tax|taxes|vat|fees|fee|charges|delivery|shipping|postage|extras",
                "fee|fees|charge|charges|extras|surcharge|supplement|tax|taxes|gratuities|dues <..> added|apply|collected|payable|confirmed|extra",
                "resort|service|booking|platform|card|cleaning|handling|bkg fee|fees|charge",
                "come|comes on top",
                "added at|on|to check|checkout|board|the|your bill?",
                "standing charge ?",
                "you'll see the rest",
                "other charges may",
                "compulsory|mandatory extras|fee|charge|supplement",
                "once <..> have been added",
                "tasas|impuestos|gastos|portes|embalaje|flete|instalacion|material|suplemento|equipaje|recargo <..> aparte|incluidos|incluido|incluidas|suman|suma|anaden|anade|abona|cobra|calculan|pagan|pasar",
                "no <w>? <w>? incluido|incluidos|incluidas|incluye",
                "se suma|suman|anade|anaden|anadiran|anadira al|a|los|el",
                "se factura|cobra|abona|paga por|en|aparte",
                "consumicion obligatoria",
                "sin contar el|la|los|las",
                "gastos de distribucion|gestion",
                "mas <w>? tasas|impuestos|gastos|service",
                "no entran",
            ],
        },
        Cues {
            tag: ENTRY, phrases: &["from|starting at? $|£|€|<n>", "desde $|£|€|<n>", "a partir de <n>"]
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "there is|are no",
                "tarjeta|tarjetas|compras|pedidos|encargos|regalo|gratis a partir de",
                "all taxes|fees|charges <..> included",
                "no booking|platform|service|resort fee|fees",
                "all taxes|fees|charges",
                "taxes and fees included",
                "whole price",
                "impuestos|tasas y <..> incluidos|incluidas",
                "impuestos|tasas y <w> de <w> incluidos",
                "no <w>? fees|extras|charges|surcharge",
                "tax|taxes|vat|fees included",
                "impuestos|tasas|gastos incluidos|incluidas",
                "sin gastos|recargo|suplemento",
                "free of? shipping|delivery|returns from|over",
                "envio gratis desde",
                "envio gratis a partir de",
            ],
        },
    ],
    check,
};

/// An entry price; the others of these cues speak of what is added to a price.
const ENTRY: u16 = 1;

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for (part, hit) in case.hits() {
        if part.is_covered(&hit.tokens) {
            continue;
        }
        let sentence = part.text.sentence(hit.tokens.start);
        let in_it =
            |claim: &&MoneyClaim| sentence.contains(&claim.tokens.start) && claim.role != Role::Threshold;
        let price = if hit.tag == ENTRY {
            // The amount the word stands before.
            part.claims.money.iter().filter(in_it).find(|claim| {
                claim.role == Role::Price && (hit.tokens.start..=hit.tokens.end).contains(&claim.tokens.start)
            })
        } else {
            part.claims.money.iter().find(in_it)
        };
        let Some(price) = price else { continue };
        if is_whole(case, price, hit.tag == ENTRY) {
            outcome.stands(part, &hit.tokens, Verdict::Supported);
            continue;
        }
        let quote = part.text.quote(part.text.span(&hit.tokens));
        let problem = Problem {
            verdict: Verdict::Unknown,
            message: case.say(
                || format!("`{quote}` leaves open what has to be paid in the end, and no fact says it"),
                || format!("`{quote}` deja sin decir cuánto se paga al final y ningún dato lo dice"),
            ),
            repair: case.say(
                || "state the whole price, or add `price_from` or the fees as facts".to_owned(),
                || "di el precio completo, o añade `price_from` o los gastos como datos".to_owned(),
            ),
        };
        outcome.blocks(case, part, &hit.tokens, problem, None);
    }
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

/// True when facts say what has to be paid: the entry price itself, or every charge as an amount.
fn is_whole(case: &Case<'_>, price: &MoneyClaim, entry_price: bool) -> bool {
    let mut facts = case.context.facts.entries().filter(|entry| case.holds(entry));
    facts.any(|entry| match entry.predicate.as_str() {
        "price_from" => entry_price && entry.money().is_some_and(|money| price.equals(money)),
        "mandatory_fee" => !entry_price && entry.money().is_some(),
        "all_inclusive" | "no_extra_costs" => entry.truth() == Some(true),
        _ => false,
    })
}
