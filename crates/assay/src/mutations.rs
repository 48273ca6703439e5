//! One thing changed in a text that its facts support: how often the guard notices, and how often it leaves the
//! unchanged text alone, by language, by kind of claim and by what was changed.

use crate::copy::Writer;
use crate::cues::{Share, share};
use crate::desk::Desk;
use serde::Serialize;
use std::collections::BTreeMap;
use terms::finding::GuardReport;
use terms::message::Field;

/// Hits and trials.
#[derive(Debug, Clone, Copy, Default)]
struct Tally(u64, u64);

impl Tally {
    const fn add(&mut self, hit: bool) {
        self.0 += hit as u64;
        self.1 += 1;
    }

    fn share(self) -> Share {
        share(self.0, self.1)
    }
}

/// Figures of one group.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// Language and kind, or language and what was changed.
    pub name: String,
    /// Changed texts that were held back.
    pub recall: Share,
    /// Unchanged texts that passed.
    pub passed: Share,
}

/// All figures.
#[derive(Debug, Clone, Serialize)]
pub struct MutationFigures {
    /// Seed of the texts.
    pub seed: u64,
    /// Texts before the change.
    pub texts: u64,
    /// Changed texts that were held back.
    pub recall: Share,
    /// Of all texts that were held back, changed or not, with one change for each unchanged text: those changed.
    pub precision: Share,
    /// Unchanged texts that passed.
    pub passed: Share,
    /// By language, by kind and by change.
    pub groups: Vec<Group>,
    /// Texts that went wrong, some of each kind.
    pub wrong: Vec<Wrong>,
}

/// A text that went wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Wrong {
    /// Kind and change, or what blocked an honest text.
    pub what: String,
    /// The text.
    pub text: String,
}

/// So many examples of one error are kept.
const EXAMPLES: usize = 3;

/// Writes `n` texts from a seed, changes each, and asks the guard about all of them.
#[must_use]
pub fn mutate(seed: u64, n: usize, desk: &Desk) -> MutationFigures {
    let mut writer = Writer::new(seed, desk.day);
    let (mut recall, mut passed, mut one_each) = (Tally::default(), Tally::default(), Tally::default());
    let mut groups: BTreeMap<String, (Tally, Tally)> = BTreeMap::new();
    let mut wrong: Vec<Wrong> = Vec::new();
    let mut note = |what: String, text: &str| {
        if wrong.iter().filter(|other| other.what == what).count() < EXAMPLES {
            wrong.push(Wrong { what, text: text.to_owned() });
        }
    };
    for turn in 0..n {
        let copy = writer.write();
        let sheet = copy.sheet();
        let read = |text: &str| desk.read(&sheet, copy.language, Field::Body, text);
        let report = read(&copy.text);
        let clear = report.is_clear();
        passed.add(clear);
        let kind = copy.changed.first().map_or("", |(kind, ..)| *kind);
        let language = copy.language;
        for name in [format!("{language}"), format!("{language} {kind}")] {
            groups.entry(name).or_default().1.add(clear);
        }
        if !clear {
            note(format!("{language} {kind}: held back for {}", reasons(&report)), &copy.text);
        }
        for (at, (kind, what, text)) in copy.changed.iter().enumerate() {
            let held = notices(&read(text), &report);
            recall.add(held);
            if at == turn % copy.changed.len() {
                one_each.add(held);
            }
            for name in
                [format!("{language}"), format!("{language} {kind}"), format!("{language} change of {what}")]
            {
                groups.entry(name).or_default().0.add(held);
            }
            if !held {
                note(format!("{language} {kind}: {what} not noticed"), text);
            }
        }
    }
    let (true_hits, false_hits) = (one_each.0, passed.1 - passed.0);
    MutationFigures {
        seed,
        texts: n as u64,
        recall: recall.share(),
        precision: share(true_hits, true_hits + false_hits),
        passed: passed.share(),
        groups: groups
            .into_iter()
            .map(|(name, (recall, passed))| Group { name, recall: recall.share(), passed: passed.share() })
            .collect(),
        wrong,
    }
}

/// True when something blocks that did not block before the change: what was held back anyway shows nothing.
fn notices(changed: &GuardReport, before: &GuardReport) -> bool {
    let blocking = |report: &GuardReport| -> Vec<(String, String)> {
        let findings = report.findings.iter().filter(|finding| finding.blocks);
        findings.map(|finding| (finding.rule.clone(), finding.quote.clone())).collect()
    };
    let known = blocking(before);
    blocking(changed).iter().any(|finding| !known.contains(finding))
}

fn reasons(report: &GuardReport) -> String {
    let mut reasons: Vec<String> =
        report.findings.iter().filter(|finding| finding.blocks).map(|finding| finding.rule.clone()).collect();
    reasons.dedup();
    reasons.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_figures_and_most_changes_are_noticed() {
        let desk = Desk::at("2026-11-27").unwrap();
        let (once, again) = (mutate(7, 92, &desk), mutate(7, 92, &desk));
        assert_eq!(once.recall, again.recall);
        assert_eq!(once.texts, 92);
        // Every kind in both languages, each at least once.
        assert!(once.recall.n > 92 && once.recall.hits * 100 > once.recall.n * 95, "{:#?}", once.wrong);
        assert!(once.passed.hits * 100 > once.passed.n * 95, "{:#?}", once.wrong);
    }
}
