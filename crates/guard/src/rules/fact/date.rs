//! # F4 date and validity
//! **Catches**: a deadline or date that the facts do not give: "until Sunday" when the offer ends on Monday.
//! **Why**: people plan by dates, and hurry by them.
//! **Basis**: UCPD 6. Fails: "until Friday". Passes: "until Sunday", when `valid_until` is that Sunday for everybody
//! who gets the message.
//!
//! A relative day is resolved for the first and the last day of sending, in the reader's time zone. A date that an
//! English reader may take for two days (`01/09/2027`) fits no fact, and an offer that has an end does not hold "for
//! life". It does not judge days without a claim ("visit us today"). Pressure without a date is M1.

use crate::case::{Case, Outcome, Part, Problem};
use crate::claim::date::{DateClaim, Use, When};
use crate::claim::money::Role;
use crate::claim::quantity::Purpose;
use crate::explain;
use crate::phrase::{Cues, Hit, SAFE};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use crate::text::Kind;
use std::ops::Range;
use terms::customer::Language;
use terms::fact::FactValue;
use terms::finding::{Severity, Verdict};
use terms::time::Day;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F4",
        family: Family::Facts,
        name_en: "unsupported date",
        name_es: "fecha sin respaldo",
        catches: "A deadline or date that the facts do not give, seen from the day of sending.",
        catches_es: "Una fecha o un plazo que no se desprende de los datos, visto desde el día del envío.",
        why: "People plan by dates, and hurry by them.",
        why_es: "Las fechas sirven para organizarse, y también meten prisa.",
        basis: "UCPD 6",
        basis_es: "Directiva 2005/29/CE, art. 6",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "The offer ends on Saturday.",
                passes: "The offer ends on Sunday.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "La oferta es válida hasta el 5 de diciembre.",
                passes: "La oferta es válida hasta el 29 de noviembre.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: FOREVER,
            phrases: &[
                "forever",
                "for ever|life|good",
                "for a lifetime",
                "lifetime",
                "rest of your|my|our life|lives|days",
                "as long as you live|like|want|wish",
                "from now on",
                "permanent|permanently",
                "never ends|expires|stops",
                "no end|expiry date",
                "para siempre",
                "de por vida",
                "toda la|tu vida",
                "mientras vivas|quieras",
                "de ahora en adelante",
                "permanente|permanentemente",
                "nunca|no caduca|termina|acaba <w>? nunca?",
                "sin caducidad",
                "sin fecha de? caducidad|fin|limite",
                "indefinid~",
            ],
        },
        Cues { tag: ALWAYS, phrases: &["always", "siempre"] },
        Cues {
            tag: SAFE,
            phrases: &[
                "lifetime guarantee|warranty",
                "as always",
                "como siempre",
                "siempre que",
                "puntos|points <w>? no|not|never caducan|expire|expires",
                "forever grateful|yours|thankful",
            ],
        },
    ],
    check,
};

/// Says that something has no end.
const FOREVER: u16 = 0;
/// Says so only beside the offer itself.
const ALWAYS: u16 = 1;

/// The ends of an offer that facts in scope state, as local days.
pub(crate) fn ends<'c>(case: &Case<'c>) -> Vec<(&'c Entry, Day)> {
    let stated: Vec<(&Entry, Day)> = case
        .context
        .facts
        .entries()
        .filter(|entry| entry.predicate.ends_with("valid_until") || entry.predicate.ends_with("_until"))
        .filter_map(|entry| day_of(entry).map(|day| (entry, day)))
        .collect();
    if !stated.is_empty() {
        return stated;
    }
    // Without one, the end of the facts that make the offer.
    let offer =
        |entry: &&Entry| matches!(entry.predicate.as_str(), "price" | "discount" | "voucher" | "multi_buy");
    let facts = case.context.facts.entries().filter(offer);
    facts.filter_map(|entry| entry.fact.valid_until.map(|until| (entry, case.clock.day(until)))).collect()
}

fn day_of(entry: &Entry) -> Option<Day> {
    match entry.fact.value {
        FactValue::Date(day) if entry.fact.polarity == terms::fact::Polarity::True => Some(day),
        _ => None,
    }
}

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let ends = ends(case);
    for part in case.parts {
        for claim in part.claims.dates.iter().filter(|claim| !is_of_a_policy(part, claim)) {
            if part.is_covered(&claim.tokens) {
                outcome.stands(part, &claim.tokens, Verdict::Supported);
            } else {
                judge(case, part, claim, &ends, outcome);
            }
        }
    }
    for (part, hit) in case.hits().filter(|(part, hit)| is_of_an_offer(part, hit)) {
        let unlimited = case.context.facts.entries().any(|entry| {
            matches!(entry.predicate.as_str(), "permanent" | "unlimited" | "no_expiry")
                && entry.truth() == Some(true)
                && case.holds(entry)
        });
        if unlimited {
            outcome.stands(part, &hit.tokens, Verdict::Supported);
        } else {
            refuse(case, part, &hit.tokens, ends.first().copied(), outcome);
        }
    }
}

/// "Return it within the next 30 days", "the warranty lasts two years": a length of time of F10.
fn is_of_a_policy(part: &Part<'_>, claim: &DateClaim) -> bool {
    matches!(claim.when, When::Days(_) | When::Hours(_) | When::End(_))
        && part.claims.quantities.iter().any(|quantity| {
            matches!(quantity.purpose, Purpose::Policy(_)) && quantity.tokens.contains(&claim.tokens.start)
        })
}

/// True when the sentence offers a saving, for a word such as "forever"; for "always" when it stands in the very clause,
/// or by itself.
fn is_of_an_offer(part: &Part<'_>, hit: &Hit) -> bool {
    let text = &part.text;
    let (at, sentence) = (hit.tokens.start, text.sentence(hit.tokens.start));
    let offers = |tokens: &Range<usize>| {
        let within = |other: &Range<usize>| tokens.contains(&other.start);
        part.claims.percents.iter().any(|claim| claim.discount && within(&claim.tokens))
            || part.claims.fractions.iter().any(|claim| within(&claim.tokens))
            || part.claims.money.iter().any(|claim| claim.role == Role::Saving && within(&claim.tokens))
            || tokens.clone().any(|at| match text.word(at) {
                "discount" | "descuento" => true,
                // Returns may be free always.
                "free" | "gratis" => hit.tag == FOREVER,
                _ => false,
            })
    };
    let clause = text.clause(at);
    let alone = clause.clone().filter(|at| text.kind(*at) == Some(Kind::Word)).count() <= 2;
    if hit.tag == FOREVER || alone { offers(&sentence) } else { offers(&clause) }
}

fn judge(case: &Case<'_>, part: &Part<'_>, claim: &DateClaim, ends: &[(&Entry, Day)], outcome: &mut Outcome) {
    let when = match case.draft.language {
        Language::English => claim.when,
        Language::Spanish => claim.when.day_first(),
    };
    let means = |today: Day| case.clock.days(when, today);
    let (first, last) = (means(case.clock.first_day), means(case.clock.last_day));
    let among = |day: Day| first.contains(&day) && last.contains(&day);
    let on = |day: Day| among(day) || (claim.before && among(day.plus(1)));
    let holds = match claim.used {
        Use::Deadline => {
            // A deadline that is over when the message goes out is no deadline.
            ends.iter().filter(|(_, day)| *day >= case.clock.first_day).any(|(_, day)| match claim.when {
                When::Hours(hours) => close_to(hours, case.clock.hours_to(*day)),
                _ => on(*day),
            }) || (matches!(claim.when, When::Days(_) | When::Hours(_)) && stated_duration(case, claim))
        }
        Use::Within => {
            if ends.is_empty() {
                return;
            }
            ends.iter().any(|(_, day)| first.iter().chain(&last).all(|meant| meant <= day))
        }
        Use::Start | Use::Mention => dates(case).any(|day| on(day) || same_calendar_day(when, day)),
    };
    if holds && weekday_is_right(case, claim) && !is_ambiguous(case, claim) {
        return outcome.stands(part, &claim.tokens, Verdict::Supported);
    }
    refuse(case, part, &claim.tokens, ends.first().copied(), outcome);
}

/// An English reader may put the month first or the day; a Spanish one puts the day first.
fn is_ambiguous(case: &Case<'_>, claim: &DateClaim) -> bool {
    matches!(claim.when, When::Date { or_month_first: true, .. }) && case.draft.language == Language::English
}

fn refuse(
    case: &Case<'_>,
    part: &Part<'_>,
    tokens: &Range<usize>,
    end: Option<(&Entry, Day)>,
    outcome: &mut Outcome,
) {
    let quote = part.text.quote(part.text.span(tokens));
    let language = case.context.explain_in;
    let problem = match &end {
        Some((entry, day)) => {
            let (entity, right) = (&entry.fact.entity, explain::day(*day, language));
            let (from, until) =
                (explain::day(case.clock.first_day, language), explain::day(case.clock.last_day, language));
            let english =
                if from == until { format!("on {from}") } else { format!("from {from} to {until}") };
            let spanish =
                if from == until { format!("el {from}") } else { format!("entre el {from} y el {until}") };
            Problem {
                verdict: Verdict::Contradicted,
                message: case.say(
                    || format!("`{quote}` does not fit: `{entity}` ends on {right}, and the message is read {english}"),
                    || format!("`{quote}` no coincide: `{entity}` termina el {right} y el mensaje se lee {spanish}"),
                ),
                repair: case.say(|| format!("write `until {right}`"), || format!("escribe `hasta el {right}`")),
            }
        }
        None => Problem {
            verdict: Verdict::Unknown,
            message: case.say(
                || format!("no fact gives the date `{quote}`"),
                || format!("ningún dato da la fecha `{quote}`"),
            ),
            repair: case.say(
                || "add `valid_until` to the fact sheet, or take the date out".to_owned(),
                || "añade `valid_until` a la ficha de datos o quita la fecha".to_owned(),
            ),
        },
    };
    outcome.blocks(case, part, tokens, problem, end.map(|(entry, _)| entry));
}

/// Every day that a fact in scope states.
fn dates<'c>(case: &Case<'c>) -> impl Iterator<Item = Day> {
    case.context.facts.entries().filter_map(day_of)
}

/// A date that is only named may lie in the past: day and month decide, and the year when it is written.
fn same_calendar_day(when: When, fact: Day) -> bool {
    let date = fact.to_date();
    match when {
        When::Date { day, month, year, or_month_first, .. } => {
            let same = (date.day(), date.month()) == (day, month)
                || (or_month_first && (date.day(), date.month()) == (month, day));
            same && year.is_none_or(|year| year == date.year())
        }
        _ => false,
    }
}

/// "Sunday 30 November" must be a Sunday.
fn weekday_is_right(case: &Case<'_>, claim: &DateClaim) -> bool {
    let When::Date { weekday: Some(weekday), .. } = claim.when else { return true };
    let days = case.clock.days(claim.when, case.clock.first_day);
    days.iter().any(|day| day.to_date().weekday().to_monday_one_offset() == weekday)
}

/// Within half a day of the hours left, for everybody; two hours when it speaks of less than a day.
fn close_to(hours: i64, left: (f64, f64)) -> bool {
    let slack = if hours >= 24 { 12.0 } else { 2.0 };
    let near = |left: f64| left > 0.0 && (left - hours as f64).abs() <= slack;
    near(left.0) && near(left.1)
}

/// A validity stated as a length of time: "valid for 30 days".
fn stated_duration(case: &Case<'_>, claim: &DateClaim) -> bool {
    let hours = match claim.when {
        When::Days(days) => days * 24,
        When::Hours(hours) => hours,
        _ => return false,
    };
    case.context.facts.entries().filter(|entry| entry.predicate.contains("valid") && case.holds(entry)).any(
        |entry| {
            let FactValue::Quantity(value) = entry.fact.value else { return false };
            let unit = match entry.fact.unit.as_str() {
                "day" | "days" | "d" => 24.0,
                "h" | "hour" | "hours" => 1.0,
                "week" | "weeks" => 168.0,
                _ => return false,
            };
            (value * unit - hours as f64).abs() < 0.5
        },
    )
}
