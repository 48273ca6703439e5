//! # F2 discount
//! **Catches**: a discount or saving that does not follow from the prices: "40 % off" where 49 to 39 is 20 %.
//! **Why**: the size of a saving is what makes people buy now.
//! **Basis**: UCPD 6. Example that fails: "40% off". Passes: "20% off", recomputed from `price` and `price_before`.
//!
//! Also reads fractions ("half price", "two thirds less") and "2 for 1". Percentages that are no discount belong to F8.

use crate::case::{Case, Outcome, Part, Problem};
use crate::claim::money::Role;
use crate::claim::number;
use crate::explain;
use crate::phrase::{Cues, SAFE};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use std::ops::Range;
use terms::customer::Language;
use terms::finding::{Severity, Verdict};
use terms::money::Money;

const HALF: u16 = 0;
const MULTI_BUY: u16 = 1;
const FREE_SECOND: u16 = 2;
const BUY_GET: u16 = 3;
const TAKE_PAY: u16 = 4;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F2",
        family: Family::Facts,
        name_en: "unsupported discount",
        name_es: "descuento sin respaldo",
        catches: "A discount or saving that neither a fact states nor the prices give.",
        catches_es: "Un descuento o un ahorro que ningún dato recoge y que tampoco resulta de los precios.",
        why: "The size of a saving is what makes people buy now.",
        why_es: "Lo que se ahorra es lo que lleva a comprar ya.",
        basis: "UCPD 6",
        basis_es: "Directiva 2005/29/CE, art. 6",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "40% off this lamp.",
                passes: "20% off this lamp.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "40 % de descuento en la lámpara.",
                passes: "20 % de descuento en la lámpara.",
            },
        ],
    },
    cues: &[
        Cues { tag: HALF, phrases: &["slashed|cut|reduced by|in half"] },
        Cues { tag: MULTI_BUY, phrases: &["<n> x <n>", "<n> for <n>", "<n> por <n>"] },
        Cues {
            tag: BUY_GET,
            phrases: &[
                "buy|take|order <n> <w>? ,? and? we? get|take|add|receive <n> <w>? free?",
                "compra|compre|pide <n> <w>? ,? y? <w>? llevate|llevese|regalamos|damos <n> <w>? gratis?",
            ],
        },
        Cues {
            tag: TAKE_PAY,
            phrases: &[
                "buy|take|get|order <n> <w>? ,? and? only? pay for? only? <n>",
                "<n> for the price of <n>",
                "<n> por|al precio de <n>",
                "lleva|llevate|llevese|compra <n> <w>? ,? y? paga|pague|pagas solo? <n>",
            ],
        },
        Cues {
            tag: FREE_SECOND,
            phrases: &[
                "bogof|bogo",
                "second one|item|unit free|half",
                "segunda unidad gratis|regalo",
                "segunda al 50",
            ],
        },
        Cues { tag: SAFE, phrases: &["<n> x <n> cm|mm|m|px|x|inches", "half price list"] },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts {
        for claim in part.claims.percents.iter().filter(|claim| claim.discount) {
            if part.is_covered(&claim.tokens) {
                outcome.stands(part, &claim.tokens, Verdict::Supported);
            } else {
                percent(case, part, &claim.tokens, claim.amount.value(), claim.ceiling, outcome);
            }
        }
        for claim in &part.claims.fractions {
            if part.is_covered(&claim.tokens) {
                outcome.stands(part, &claim.tokens, Verdict::Supported);
            } else {
                percent(case, part, &claim.tokens, claim.saved, false, outcome);
            }
        }
        for claim in part.claims.money.iter().filter(|claim| claim.role == Role::Saving) {
            let stated = case
                .context
                .facts
                .amounts()
                .any(|(entry, money)| is_saving(entry) && claim.equals(money) && case.holds(entry));
            let derived = pairs(case).find(|(_, now, before)| claim.equals(difference(*now, *before)));
            if stated || part.is_covered(&claim.tokens) {
                outcome.stands(part, &claim.tokens, Verdict::Supported);
            } else if derived.is_some() {
                outcome.stands(part, &claim.tokens, Verdict::Derived);
            } else {
                let right = pairs(case).next().map(|(entry, now, before)| {
                    (entry, explain::money(difference(now, before), case.context.explain_in))
                });
                refuse(case, part, &claim.tokens, right, outcome);
            }
        }
    }
    for (part, hit) in case.hits() {
        match hit.tag {
            HALF => percent(case, part, &hit.tokens, 50.0, false, outcome),
            _ => multi_buy(case, part, hit.tag, &hit.tokens, outcome),
        }
    }
}

fn is_saving(entry: &Entry) -> bool {
    matches!(entry.predicate.as_str(), "saving" | "voucher" | "discount") || entry.predicate.ends_with("_off")
}

fn difference(now: Money, before: Money) -> Money {
    Money::new(before.minor - now.minor, now.currency)
}

/// Price and former price of one entity, both holding and in one currency.
fn pairs<'c>(case: &Case<'c>) -> impl Iterator<Item = (&'c Entry, Money, Money)> {
    let facts = case.context.facts;
    let (from, until) = (case.clock.from, case.clock.until);
    facts.named("price").filter(move |entry| entry.holds(from, until)).filter_map(move |entry| {
        let now = entry.money()?;
        let before = facts
            .named("price_before")
            .filter(|other| other.fact.entity == entry.fact.entity && other.holds(from, until))
            .find_map(Entry::money)
            .filter(|before| before.currency == now.currency && before.minor > now.minor)?;
        Some((entry, now, before))
    })
}

fn share(now: Money, before: Money) -> f64 {
    (before.minor - now.minor) as f64 / before.minor as f64 * 100.0
}

fn percent(
    case: &Case<'_>,
    part: &Part<'_>,
    tokens: &Range<usize>,
    value: f64,
    ceiling: bool,
    outcome: &mut Outcome,
) {
    let same = |other: f64| (other - value).abs() < 0.05;
    let facts = case.context.facts;
    let mut stated = facts.named("discount").chain(facts.entries().filter(|entry| {
        (ceiling && entry.predicate == "discount_max")
            || (!ceiling && entry.predicate == "discount_min")
            || (entry.predicate != "discount_max" && entry.predicate.contains("discount"))
    }));
    // A rounded percentage may not promise more than half a point above the truth; with decimals, not even that.
    let tolerance = if value.fract() == 0.0 { 0.5 } else { 0.05 };
    // A stated ceiling is the only ceiling.
    let capped = ceiling && facts.named("discount_max").any(|entry| case.holds(entry));
    let derived =
        pairs(case).find(|(_, now, before)| !capped && (share(*now, *before) - value).abs() <= tolerance);
    let matching = stated.find(|entry| entry.percent().is_some_and(same));
    match matching {
        Some(entry) if case.holds(entry) => {
            // A stated discount that the prices of the same entity deny is no support.
            let denied = pairs(case).find(|(price, now, before)| {
                !ceiling
                    && price.fact.entity == entry.fact.entity
                    && (share(*now, *before) - value).abs() > 1.0
            });
            match denied {
                None => outcome.stands(part, tokens, Verdict::Supported),
                Some((price, now, before)) => {
                    let right =
                        format!("{} %", explain::percent(share(now, before), case.context.explain_in));
                    refuse(case, part, tokens, Some((price, right)), outcome);
                }
            }
        }
        _ if derived.is_some() => outcome.stands(part, tokens, Verdict::Derived),
        Some(entry) => {
            let quote = part.text.quote(part.text.span(tokens));
            let problem = Problem {
                verdict: Verdict::Expired,
                message: case.say(
                    || format!("the discount `{quote}` no longer holds when the message is sent"),
                    || format!("el descuento `{quote}` ya no es válido cuando se envía el mensaje"),
                ),
                repair: case.say(
                    || "renew the fact, or take the discount out".to_owned(),
                    || "renueva el dato o quita el descuento".to_owned(),
                ),
            };
            outcome.blocks(case, part, tokens, problem, Some(entry));
        }
        None => {
            let language = case.context.explain_in;
            let stated = |predicate: &'static str| {
                let mut found = facts.named(predicate).filter(|entry| case.holds(entry));
                found.find_map(|entry| {
                    entry.percent().map(|p| (entry, format!("{} %", explain::percent(p, language))))
                })
            };
            let derived = || {
                pairs(case).next().map(|(entry, now, before)| {
                    (entry, format!("{} %", explain::percent(share(now, before).floor(), language)))
                })
            };
            let most = || {
                stated("discount_max").map(|(entry, right)| {
                    (entry, case.say(|| format!("up to {right}"), || format!("hasta un {right}")))
                })
            };
            let right = if ceiling {
                most().or_else(|| stated("discount")).or_else(derived)
            } else {
                stated("discount").or_else(derived).or_else(most)
            };
            refuse(case, part, tokens, right, outcome);
        }
    }
}

fn refuse(
    case: &Case<'_>,
    part: &Part<'_>,
    tokens: &Range<usize>,
    right: Option<(&Entry, String)>,
    outcome: &mut Outcome,
) {
    let quote = part.text.quote(part.text.span(tokens));
    match right {
        Some((entry, right)) => {
            let entity = &entry.fact.entity;
            let problem = Problem {
                verdict: Verdict::Contradicted,
                message: case.say(
                    || format!("the saving `{quote}` does not follow from the facts about `{entity}`; they give {right}"),
                    || format!("el ahorro `{quote}` no se deduce de los datos de `{entity}`; según ellos es {right}"),
                ),
                repair: case.say(
                    || format!("write {right}, or correct the facts"),
                    || format!("escribe {right} o corrige los datos"),
                ),
            };
            outcome.blocks(case, part, tokens, problem, Some(entry));
        }
        None => {
            let problem = Problem {
                verdict: Verdict::Unknown,
                message: case.say(
                    || format!("no fact supports the saving `{quote}`"),
                    || format!("ningún dato respalda el ahorro `{quote}`"),
                ),
                repair: case.say(
                    || "add `discount`, or `price` and `price_before`, or take it out".to_owned(),
                    || "añade `discount`, o `price` y `price_before`, o quítalo".to_owned(),
                ),
            };
            outcome.blocks(case, part, tokens, problem, None);
        }
    }
}

/// "2 for 1", "3x2", "buy one get one free": a fact says so in the same numbers.
fn multi_buy(case: &Case<'_>, part: &Part<'_>, tag: u16, tokens: &Range<usize>, outcome: &mut Outcome) {
    let pair = match tag {
        FREE_SECOND => (2, 1),
        _ => {
            let whole = |at: usize| number::at(&part.text, at).and_then(|(value, _)| value.integer());
            let mut numbers = tokens.clone().filter_map(whole);
            let (first, last) = (numbers.next(), numbers.next_back());
            // "Buy two, get one free": three for the price of two.
            let first = if tag == BUY_GET { first.zip(last).map(|(buy, more)| buy + more) } else { first };
            let last = if tag == BUY_GET { first.zip(last).map(|(all, more)| all - more) } else { last };
            match (first, last) {
                // More for the price of fewer; anything else is a measure or a count.
                (Some(get), Some(pay)) if (2..=10).contains(&get) && pay >= 1 && pay < get => (get, pay),
                _ => return,
            }
        }
    };
    let name = format!("{}x{}", pair.0, pair.1);
    let stated = case.context.facts.entries().find(|entry| {
        let says =
            entry.text().is_some_and(|text| text.to_lowercase().replace([' ', '×'], "").contains(&name));
        (says || (entry.truth() == Some(true) && entry.predicate.contains(&name))) && case.holds(entry)
    });
    match stated {
        Some(_) => outcome.stands(part, tokens, Verdict::Supported),
        None => refuse(case, part, tokens, None, outcome),
    }
}
