//! One fixture file a rule: each line a text, what is dropped from or added to the facts, and what must be found.

use crate::desk;
use guard::{Author, Context, FactSheet, LastCall, Medium, rulebook};
use serde::Deserialize;
use std::fmt::Write;
use terms::customer::Language;
use terms::fact::Fact;
use terms::message::Field;

#[derive(Deserialize)]
struct Line {
    language: Language,
    #[serde(default = "body")]
    field: Field,
    text: String,
    /// Predicates taken out of the fact sheet.
    #[serde(default)]
    without: Vec<String>,
    /// Facts put in.
    #[serde(default)]
    with: Vec<Fact>,
    /// Offers the brand called for the last time about, and how many days ago.
    #[serde(default)]
    last_calls: Vec<(String, i64)>,
    /// Nobody looked at the brand's history.
    #[serde(default)]
    no_history: bool,
    /// `machine`, `unknown` or, by default, a person.
    #[serde(default)]
    author: String,
    /// Read in a chat instead of a mail.
    #[serde(default)]
    chat: bool,
    /// Words found by the rule of this file, each with its verdict; empty for a text that passes.
    expect: Vec<(String, String)>,
}

fn body() -> Field {
    Field::Body
}

fn path(id: &str) -> String {
    format!("{}/fixtures/{}.jsonl", env!("CARGO_MANIFEST_DIR"), id.to_lowercase())
}

#[test]
fn every_rule_finds_what_its_fixture_says_and_nothing_else() {
    let mut faults = String::new();
    for doc in rulebook() {
        let lines =
            std::fs::read_to_string(path(doc.id)).unwrap_or_else(|_| panic!("{} has no fixture", doc.id));
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let line: Line = serde_json::from_str(line).unwrap_or_else(|e| panic!("{}: {e}: {line}", doc.id));
            let mut facts = desk::facts();
            facts.retain(|fact| !line.without.contains(&fact.predicate));
            facts.extend(line.with);
            let sheet = FactSheet::new(facts);
            let calls: Vec<LastCall> = line
                .last_calls
                .iter()
                .map(|(offer, days)| LastCall {
                    offer: offer.clone(),
                    at: desk::friday_morning().plus_days(-days),
                })
                .collect();
            let context = Context {
                last_calls: (!line.no_history).then_some(&calls),
                author: match line.author.as_str() {
                    "machine" => Author::Machine,
                    "unknown" => Author::Unknown,
                    _ => Author::Person,
                },
                medium: if line.chat { Medium::Chat } else { Medium::Mail },
                house: guard::House::bare(),
                ..desk::context(&sheet, Language::English)
            };
            let report = guard::check(&desk::draft(line.language, line.field, &line.text), &context);
            let blocking = report.findings.iter().filter(|finding| finding.blocks);
            let found: Vec<(String, String)> = blocking
                .clone()
                .filter(|finding| finding.rule == doc.id)
                .map(|finding| (finding.quote.clone(), finding.verdict.to_string()))
                .collect();
            if found != line.expect {
                writeln!(faults, "{} `{}`: expected {:?}, found {found:?}", doc.id, line.text, line.expect)
                    .unwrap();
            }
            if line.expect.is_empty() && !report.is_clear() {
                let rules: Vec<_> = blocking.map(|finding| (&finding.rule, &finding.quote)).collect();
                writeln!(faults, "{} `{}`: passes, yet {rules:?}", doc.id, line.text).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn explanations_say_what_is_wrong_and_how_to_mend_it_in_both_languages() {
    let text = "Hurry! Only €29, was €59, 40% off until Saturday. The cheapest waterproof lamp, guaranteed to last. \
                Only 9 left. A 40-hour battery, a 5-year warranty. Last chance, for ever. No bots wrote this. “I love it” – Ana. Dear [Name], write to bruno@example.net \
                or see https://evil.test/a and javascript:alert.";
    let mut shown = String::new();
    for language in [Language::English, Language::Spanish] {
        let mut facts = desk::facts();
        facts.retain(|fact| fact.predicate != "guarantee" && fact.predicate != "sender_address");
        let sheet = FactSheet::new(facts);
        let context =
            Context { author: Author::Machine, last_calls: None, ..desk::context(&sheet, language) };
        let report = guard::check(&desk::draft(Language::English, Field::Body, text), &context);
        for finding in report.findings {
            writeln!(
                shown,
                "{} {} `{}`\n  {}\n  -> {}\n  ({})",
                finding.rule, finding.verdict, finding.quote, finding.message, finding.repair, finding.basis
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(shown);
}
