//! What the guard does to honest copy, and to dishonest copy: shares that are blocked and shown to a person.
//!
//! Honest are the corpus' sentences labelled `none`, read with an empty fact sheet, and mails of many sentences with a
//! sheet that supports all of them. A label says nothing of prices and other facts, so that a sentence without facts
//! counts by the rules other than F; with its facts, by all rules. Dishonest are the other sentences of the corpus.

use crate::copy::Writer;
use crate::cues::{Item, Part, Share, read_corpus, share};
use crate::desk::{Desk, numbered, sender};
use guard::FactSheet;
use serde::Serialize;
use std::collections::BTreeMap;
use terms::customer::Language;
use terms::finding::{GuardReport, Verdict};
use terms::message::Field;

/// Blocked, and of the rest shown to a person, of all.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Treated {
    /// Something blocks.
    pub blocked: Share,
    /// Nothing blocks, and something is shown.
    pub reviewed: Share,
}

/// A rule as a label of the corpus.
#[derive(Debug, Clone, Serialize)]
pub struct ByRule {
    /// The rule that is broken.
    pub rule: String,
    /// What became of sentences that break it.
    pub treated: Treated,
    /// Sentences this very rule blocks.
    pub by_itself: Share,
    /// Sentences by what blocks them, each rule once a sentence; `-` for nothing.
    pub confusion: BTreeMap<String, u64>,
}

/// Figures of one language.
#[derive(Debug, Clone, Serialize)]
pub struct HonestFigures {
    /// Language.
    pub language: Language,
    /// Part of the corpus.
    pub part: Part,
    /// Honest sentences without facts, by the rules other than F.
    pub sentences: Treated,
    /// The same by all rules; with an empty sheet every price is unknown, rightly.
    pub sentences_all_rules: Treated,
    /// Honest mails with their facts, by all rules.
    pub mails: Treated,
    /// Dishonest sentences, by the rules other than F.
    pub dishonest: Treated,
    /// The same by the rule that is broken.
    pub by_rule: Vec<ByRule>,
    /// Honest texts that were blocked or shown, and for which rules.
    pub wronged: Vec<(String, String)>,
    /// Dishonest sentences that were neither, unless of the part that is not to be looked at.
    pub missed: Vec<(String, String)>,
}

#[derive(Default)]
struct Tally {
    blocked: u64,
    reviewed: u64,
    n: u64,
}

impl Tally {
    fn add(&mut self, blocked: bool, shown: bool) {
        self.blocked += u64::from(blocked);
        self.reviewed += u64::from(shown && !blocked);
        self.n += 1;
    }

    fn treated(&self) -> Treated {
        Treated { blocked: share(self.blocked, self.n), reviewed: share(self.reviewed, self.n) }
    }
}

/// The rules that block, facts left out where they are not at hand, and whether anything is shown.
fn read(report: &GuardReport, facts: bool) -> (Vec<String>, bool) {
    let counts = |rule: &str| facts || !rule.starts_with('F');
    let mut rules: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.blocks && counts(&finding.rule))
        .map(|finding| finding.rule.clone())
        .collect();
    rules.sort_unstable();
    rules.dedup();
    let shown = report.findings.iter().any(|finding| {
        !finding.blocks
            && counts(&finding.rule)
            && !matches!(finding.verdict, Verdict::Supported | Verdict::Derived)
    });
    (rules, shown)
}

/// What was found, in the words it was found in.
fn reasons(report: &GuardReport) -> String {
    let findings = report.findings.iter().filter(|finding| !matches!(finding.verdict, Verdict::Supported));
    let said = findings.map(|finding| format!("{} `{}`", finding.rule, finding.quote.replace('\n', " ")));
    said.collect::<Vec<_>>().join(", ")
}

/// Measures a language on its corpus and on `mails` mails.
///
/// # Errors
/// When the corpus cannot be read.
pub fn measure(
    language: Language,
    corpus: &str,
    part: Part,
    (seed, mails): (u64, usize),
    desk: &Desk,
) -> miette::Result<HonestFigures> {
    let sheet = FactSheet::new(numbered(sender()));
    let [mut honest, mut honest_all, mut dishonest, mut with_facts] =
        std::array::from_fn(|_| Tally::default());
    let mut by_rule: BTreeMap<String, (Tally, u64, BTreeMap<String, u64>)> = BTreeMap::new();
    let (mut wronged, mut missed) = (Vec::new(), Vec::new());
    let items = read_corpus(corpus)?;
    for item in items.iter().filter(|item| item.part == part) {
        let report = desk.read(&sheet, language, field(item), &item.text);
        let (rules, shown) = read(&report, false);
        let blocked = !rules.is_empty();
        if item.labels.is_empty() {
            honest.add(blocked, shown);
            let (all, shown_by_all) = read(&report, true);
            honest_all.add(!all.is_empty(), shown_by_all);
            if part != Part::Held && (blocked || shown) {
                wronged.push((reasons(&report), item.text.clone()));
            }
            continue;
        }
        dishonest.add(blocked, shown);
        for label in &item.labels {
            let (tally, own, confusion) = by_rule.entry(label.clone()).or_default();
            tally.add(blocked, shown);
            *own += u64::from(rules.contains(label));
            for rule in &rules {
                *confusion.entry(rule.clone()).or_default() += 1;
            }
            if rules.is_empty() {
                *confusion.entry("-".to_owned()).or_default() += 1;
            }
        }
        if part != Part::Held && !blocked {
            missed.push((item.labels.join("+"), item.text.clone()));
        }
    }
    let mut writer = Writer::new(seed, desk.day);
    for turn in 0..mails {
        let mail = writer.mail(60 + turn % 120, language);
        let report = desk.read(&mail.sheet(), language, Field::Body, &mail.text);
        let (rules, shown) = read(&report, true);
        with_facts.add(!rules.is_empty(), shown);
        if !rules.is_empty() || shown {
            wronged.push((format!("mail {}", reasons(&report)), mail.text));
        }
    }
    Ok(HonestFigures {
        language,
        part,
        sentences: honest.treated(),
        sentences_all_rules: honest_all.treated(),
        mails: with_facts.treated(),
        dishonest: dishonest.treated(),
        by_rule: by_rule
            .into_iter()
            .map(|(rule, (tally, own, confusion))| ByRule {
                rule,
                by_itself: share(own, tally.n),
                treated: tally.treated(),
                confusion,
            })
            .collect(),
        wronged,
        missed,
    })
}

fn field(item: &Item) -> Field {
    match item.place.as_str() {
        "subject" => Field::Subject,
        "preheader" => Field::Preheader,
        "button" => Field::Button,
        _ => Field::Body,
    }
}
