//! Honest and dishonest sentences about two offers, both valid until 9 January 2027: 15 % off, and free shipping.
//!
//! The sets: `reviewer` (what a reviewer got past the guard or had held back wrongly), `tuned` and `held` (written before
//! the grammar was widened, which it then was with all of them in view), and `fresh` (written afterwards and not tuned
//! to: its figure stands for sentences nobody has thought of). Printed with `--nocapture`; no honest sentence may be
//! held back, and of the dishonest ones only those of `fresh` may be missed, no more than were.

use crate::desk;
use guard::{Context, Draft, FactSheet, check};
use serde::Deserialize;
use std::collections::BTreeMap;
use terms::customer::Language;
use terms::fact::{Fact, FactValue, Polarity};
use terms::message::Field;
use terms::time::Day;

/// By set and language: how many went right, of how many.
type Tally = BTreeMap<(String, &'static str), (usize, usize)>;

/// Dishonest sentences of `fresh`, of 38, that pass unchecked. A rule that finds more of them lowers it.
const FRESH_MISSED: usize = 17;

#[derive(Deserialize)]
struct Line {
    set: String,
    language: Language,
    offer: String,
    text: String,
    /// The rule it breaks; absent when it is honest.
    breaks: Option<String>,
}

fn facts(offer: &str) -> Vec<Fact> {
    let mut facts = desk::facts();
    facts.retain(|fact| fact.predicate.starts_with("sender"));
    let Some(model) = facts.first().cloned() else { return facts };
    let mut add = |predicate: &str, value: FactValue| {
        facts.push(Fact {
            entity: offer.to_owned(),
            predicate: predicate.to_owned(),
            value,
            polarity: Polarity::True,
            ..model.clone()
        });
    };
    match offer {
        "offer:discount" => add("discount", FactValue::Percent(15.0)),
        _ => add("free_shipping", FactValue::Bool(true)),
    }
    add("valid_until", FactValue::Date(Day::from_ymd(2027, 1, 9).unwrap()));
    facts
}

/// The rules that hold a text back.
fn held_by(line: &Line) -> Vec<String> {
    let sheet = FactSheet::new(facts(&line.offer));
    let context: Context<'_> = desk::context(&sheet, Language::English);
    let draft: Draft<'_> = desk::draft(line.language, Field::Body, &line.text);
    let report = check(&draft, &context);
    let blocking = report.findings.iter().filter(|finding| finding.blocks);
    blocking.map(|finding| format!("{} `{}`", finding.rule, finding.quote)).collect()
}

#[test]
fn dishonest_sentences_are_held_back_and_honest_ones_are_not() {
    let lines: Vec<Line> = include_str!("../../fixtures/sentences.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (mut caught, mut passed) = (Tally::new(), Tally::new());
    let (mut missed, mut wronged) = (Vec::new(), Vec::new());
    for line in &lines {
        let rules = held_by(line);
        let key = (line.set.clone(), line.language.as_str());
        let (tally, right) = match &line.breaks {
            Some(rule) => {
                if rules.is_empty() {
                    missed.push(format!("{} {rule} {}", line.set, line.text));
                }
                (caught.entry(key).or_default(), !rules.is_empty())
            }
            None => {
                if !rules.is_empty() {
                    wronged.push(format!("{} {}: {}", line.set, line.text, rules.join(", ")));
                }
                (passed.entry(key).or_default(), rules.is_empty())
            }
        };
        tally.0 += usize::from(right);
        tally.1 += 1;
    }
    for ((set, language), (right, all)) in &caught {
        eprintln!("{set} {language}: {right} of {all} dishonest sentences held back");
    }
    for ((set, language), (right, all)) in &passed {
        eprintln!("{set} {language}: {right} of {all} honest sentences let pass");
    }
    eprintln!("missed: {missed:#?}\nheld back wrongly: {wronged:#?}");
    assert!(wronged.is_empty(), "{wronged:#?}");
    let (fresh, known): (Vec<_>, Vec<_>) = missed.iter().partition(|line| line.starts_with("fresh"));
    assert!(known.is_empty(), "{known:#?}");
    assert!(fresh.len() <= FRESH_MISSED, "{} missed: {fresh:#?}", fresh.len());
}
