//! Mails that somebody, or something, wrote from facts: which of them the guard holds back, and for which reasons.
//!
//! Goes in: lines of JSON with `text`, `facts` and perhaps `lang`. The facts are either typed facts as Candor stores
//! them, or an object of words (`"price": "€39"`, `"attributes": ["vegan"]`), which are read as a careful person would:
//! amounts, percentages, days, yes and no; anything else stays text, and an attribute also holds under its own words.

use crate::cues::{Share, share};
use crate::desk::{Desk, fact, numbered, sender};
use guard::FactSheet;
use miette::{IntoDiagnostic, miette};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use terms::customer::Language;
use terms::fact::{EvidenceKind, Fact, FactValue};
use terms::message::Field;
use terms::money::{Currency, Money};
use terms::time::Day;

#[derive(Deserialize)]
struct Row {
    #[serde(default = "english", alias = "language")]
    lang: Language,
    #[serde(default)]
    facts: Value,
    text: String,
}

const fn english() -> Language {
    Language::English
}

/// One mail and why it was held back.
#[derive(Debug, Clone, Serialize)]
pub struct Mail {
    /// Its place in the file, from 1.
    pub number: usize,
    /// Language.
    pub language: Language,
    /// True when nothing blocks.
    pub passed: bool,
    /// Rule, words and explanation of everything that blocks.
    pub reasons: Vec<[String; 3]>,
}

/// What became of all mails.
#[derive(Debug, Clone, Serialize)]
pub struct MailFigures {
    /// How many there are.
    pub mails: u64,
    /// Of them, those in which nothing blocks.
    pub passed: u64,
    /// Of them, those held back.
    pub held: u64,
    /// Held back, with the interval.
    pub share_held: Share,
    /// Mails in which a rule blocks, by rule.
    pub by_rule: BTreeMap<String, u64>,
    /// Each mail.
    pub each: Vec<Mail>,
}

/// Reads every mail of a file and holds it against its facts.
///
/// # Errors
/// For a line that is no mail.
pub fn read_mails(lines: &str, desk: &Desk) -> miette::Result<MailFigures> {
    let mut each = Vec::new();
    let mut by_rule: BTreeMap<String, u64> = BTreeMap::new();
    for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row: Row = serde_json::from_str(line)
            .into_diagnostic()
            .map_err(|error| miette!("line {} is no mail with `text` and `facts`: {error}", at + 1))?;
        let mut facts = sender();
        facts.extend(facts_of(&row.facts, desk.day).map_err(|error| miette!("line {}: {error}", at + 1))?);
        let report = desk.read(&FactSheet::new(numbered(facts)), row.lang, Field::Body, &row.text);
        let blocking = || report.findings.iter().filter(|finding| finding.blocks);
        let mut rules: Vec<&str> = blocking().map(|finding| finding.rule.as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            *by_rule.entry(rule.to_owned()).or_default() += 1;
        }
        each.push(Mail {
            number: at + 1,
            language: row.lang,
            passed: report.is_clear(),
            reasons: blocking()
                .map(|finding| [finding.rule.clone(), finding.quote.clone(), finding.message.clone()])
                .collect(),
        });
    }
    if each.is_empty() {
        return Err(miette!("there is no mail in the file; each line is an object with `text` and `facts`"));
    }
    let mails = each.len() as u64;
    let passed = each.iter().filter(|mail| mail.passed).count() as u64;
    Ok(MailFigures {
        mails,
        passed,
        held: mails - passed,
        share_held: share(mails - passed, mails),
        by_rule,
        each,
    })
}

fn facts_of(facts: &Value, today: Day) -> miette::Result<Vec<Fact>> {
    match facts {
        Value::Null => Ok(Vec::new()),
        Value::Array(_) => serde_json::from_value(facts.clone()).into_diagnostic(),
        Value::Object(words) => Ok(words.iter().flat_map(|(key, value)| loose(key, value, today)).collect()),
        other => Err(miette!("`facts` is neither an object nor a list of facts: {other}")),
    }
}

/// The facts that one word of an object states.
fn loose(key: &str, value: &Value, today: Day) -> Vec<Fact> {
    let predicate = match key {
        "product" | "brand" => "name",
        other => other,
    };
    let one = |value: FactValue| {
        let mut found = fact("offer:mail", predicate, value);
        if guard::usual_name(predicate) == "price_before" {
            // Who states a former price answers for it here; the history is not at hand.
            found.evidence = EvidenceKind::PriceHistory;
        }
        found
    };
    match value {
        Value::Bool(yes) => vec![one(FactValue::Bool(*yes))],
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(count), _) => vec![one(FactValue::Count(count))],
            (None, Some(value)) => vec![one(FactValue::Quantity(value))],
            (None, None) => Vec::new(),
        },
        Value::String(text) => vec![one(value_of(text, today))],
        Value::Array(several) => several
            .iter()
            .filter_map(Value::as_str)
            .flat_map(|text| {
                let own = text.to_lowercase().replace([' ', '-'], "_");
                [one(value_of(text, today)), fact("offer:mail", &own, FactValue::Bool(true))]
            })
            .collect(),
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

/// What a text states: an amount, a percentage, a day; else the text itself.
fn value_of(text: &str, today: Day) -> FactValue {
    let trimmed = text.trim();
    amount(trimmed)
        .map(FactValue::Money)
        .or_else(|| trimmed.strip_suffix('%').and_then(|n| n.trim().parse().ok()).map(FactValue::Percent))
        .or_else(|| day(trimmed, today).map(FactValue::Date))
        .unwrap_or_else(|| FactValue::Text(text.to_owned()))
}

/// An amount with the sign or code of its currency before or after it, and nothing else.
fn amount(text: &str) -> Option<Money> {
    let signs = [
        ("€", Currency::EUR),
        ("EUR", Currency::EUR),
        ("$", Currency::USD),
        ("USD", Currency::USD),
        ("£", Currency::GBP),
        ("GBP", Currency::GBP),
    ];
    // "€12 per day" states an amount, too.
    let head = text.split(" per ").next().unwrap_or(text);
    let (currency, number) = signs.into_iter().find_map(|(sign, currency)| {
        let rest = head.strip_prefix(sign).or_else(|| head.strip_suffix(sign))?;
        Some((currency, rest.trim()))
    })?;
    let decimal_comma = number.rfind(',').is_some_and(|at| number.len() - at == 3);
    let plain: String =
        if decimal_comma { number.replace('.', "").replace(',', ".") } else { number.replace(',', "") };
    let major: f64 = plain.parse().ok()?;
    let unit = 10f64.powi(i32::try_from(currency.digits()).ok()?);
    Some(Money::new((major * unit).round() as i64, currency))
}

const MONTHS: [[&str; 2]; 12] = [
    ["january", "enero"],
    ["february", "febrero"],
    ["march", "marzo"],
    ["april", "abril"],
    ["may", "mayo"],
    ["june", "junio"],
    ["july", "julio"],
    ["august", "agosto"],
    ["september", "septiembre"],
    ["october", "octubre"],
    ["november", "noviembre"],
    ["december", "diciembre"],
];

/// `2026-11-30`, `30 November`, `30 de noviembre de 2026`; without a year the next one.
fn day(text: &str, today: Day) -> Option<Day> {
    if let Ok(desk) = Desk::at(text) {
        return Some(desk.day);
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().filter(|word| *word != "de").collect();
    let (number, month, year) = match words.as_slice() {
        [number, month] => (number, month, None),
        [number, month, year] => (number, month, Some(year.parse().ok()?)),
        _ => return None,
    };
    let month = i8::try_from(MONTHS.iter().position(|names| names.contains(month))? + 1).ok()?;
    let number = number.parse().ok()?;
    let this_year = today.to_date().year();
    match year {
        Some(year) => Day::from_ymd(year, month, number),
        None => Day::from_ymd(this_year, month, number)
            .filter(|found| *found >= today)
            .or_else(|| Day::from_ymd(this_year + 1, month, number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_with_another_price_than_its_facts_is_held_back_and_an_honest_one_passes() {
        let facts = r#""facts":{"product":"Aurora desk lamp","price":"€39","was":"€49","ends":"30 November","attributes":["dimmable"]}"#;
        let lines = format!(
            "{{\"lang\":\"en\",{facts},\"text\":\"The Aurora desk lamp for €39, until 30 November. It is dimmable.\"}}\n\
             {{\"lang\":\"en\",{facts},\"text\":\"The Aurora desk lamp for €38.\"}}\n\
             {{\"lang\":\"es\",{facts},\"text\":\"Antes 49 €, ahora 39 €.\"}}\n"
        );
        let figures = read_mails(&lines, &Desk::at("2026-11-27").unwrap()).unwrap();
        assert_eq!((figures.mails, figures.passed, figures.held), (3, 2, 1), "{figures:?}");
        assert_eq!(figures.each[1].reasons[0][..2], ["F1".to_owned(), "€38".to_owned()]);
        assert!(read_mails("", &Desk::at("2026-11-27").unwrap()).is_err());
        assert!(read_mails("{}", &Desk::at("2026-11-27").unwrap()).is_err());
    }
}
