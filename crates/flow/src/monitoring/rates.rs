//! The rate of unsupported statements before and after the guard, by writer and month.
//!
//! A statement is a sentence that claims something which could be checked, in words that somebody wrote. Before: first
//! drafts, as the guard judged all of them, put right by what people said of a sample. After: sent messages, as people
//! judged a sample of them, each text weighted by its messages. Where two people differ the stricter counts.

use std::collections::{BTreeMap, BTreeSet};

use science::survey::{Cluster, Known, Needed, ratio};
use store::guard_readings::{Reading, Sentences};
use store::guard_samples::{Draw, SentenceVerdict};
use terms::estimate::Evidence;
use terms::finding::Verdict;
use terms::monitoring::SampleKind;

use super::LEVEL;
use super::record::ReadingText;

/// Texts and statements that people must have judged before a rate is told.
const NEEDED: Needed = Needed { clusters: 5, units: 20 };
/// The same for one rule.
const NEEDED_RULE: Needed = Needed { clusters: 3, units: 10 };

/// A text of a sample that people judged whole.
pub(super) struct Judged<'a> {
    pub(super) draw: &'a Draw,
    pub(super) reading: &'a Reading,
    /// Each sentence that somebody wrote.
    pub(super) sentences: Vec<JudgedSentence>,
}

/// What people and guard said of a sentence.
pub(super) struct JudgedSentence {
    /// It claims something.
    pub(super) statement: bool,
    /// What it claims is contradicted, or stands on nothing.
    pub(super) unsupported: bool,
    /// Rules by which people call it unfair.
    pub(super) unfair: BTreeSet<String>,
    /// Rules of the guard that held it or left it to a person.
    pub(super) rules: BTreeSet<String>,
}

impl JudgedSentence {
    fn bad(&self) -> bool {
        self.unsupported || !self.unfair.is_empty()
    }
}

/// What people said of the sentences of a text; `None` until every sentence was judged.
pub(super) fn judged<'a>(
    draw: &'a Draw,
    reading: &'a Reading,
    text: &ReadingText,
    verdicts: &[SentenceVerdict],
) -> Option<Judged<'a>> {
    let latest = super::judge::latest(verdicts);
    let sentence = |at: usize| {
        let said: Vec<&&SentenceVerdict> = latest
            .iter()
            .filter(|((of, sentence, _), _)| *of == draw.id && *sentence == at as i64)
            .map(|(_, verdict)| verdict)
            .collect();
        let spoke = text
            .findings_in(at)
            .filter(|found| found.blocks || !matches!(found.verdict, Verdict::Supported | Verdict::Derived));
        (!said.is_empty()).then(|| JudgedSentence {
            statement: said.iter().any(|verdict| verdict.truth.is_statement()),
            unsupported: said.iter().any(|verdict| verdict.truth.is_unsupported()),
            unfair: said.iter().map(|v| v.unfair.clone()).filter(|rule| !rule.is_empty()).collect(),
            rules: spoke.map(|found| found.rule.clone()).collect(),
        })
    };
    let sentences = text.written().into_iter().map(sentence).collect::<Option<Vec<_>>>()?;
    (!sentences.is_empty()).then_some(Judged { draw, reading, sentences })
}

/// Statements that no fact supports, and statements, as the guard counts them.
pub(super) fn guessed(sentences: &Sentences) -> (i64, i64) {
    let count = |verdict: Verdict| {
        let place = Verdict::ALL.iter().position(|known| *known == verdict);
        place.and_then(|place| sentences.get(place)).copied().unwrap_or(0)
    };
    let bad = count(Verdict::Contradicted) + count(Verdict::Unknown) + count(Verdict::Expired);
    (bad, bad + count(Verdict::Supported) + count(Verdict::Derived))
}

/// Which stratum of a sample each draw is of, as a number.
fn strata<'a>(judged: &[&'a Judged<'_>]) -> BTreeMap<(&'a str, &'a str), usize> {
    let names: BTreeSet<(&str, &str)> =
        judged.iter().map(|j| (j.draw.month.as_str(), j.draw.stratum.as_str())).collect();
    names.into_iter().zip(0..).collect()
}

fn clusters(
    judged: &[&Judged<'_>],
    of: impl Fn(&Judged<'_>) -> (f64, f64),
    guess: impl Fn(&Judged<'_>) -> (f64, f64),
) -> Vec<Cluster> {
    let strata = strata(judged);
    let cluster = |j: &&Judged<'_>| {
        let ((hits, units), (guessed_hits, guessed_units)) = (of(j), guess(j));
        Cluster {
            stratum: strata.get(&(j.draw.month.as_str(), j.draw.stratum.as_str())).copied().unwrap_or(0),
            weight: j.draw.messages as f64 / j.draw.probability,
            hits,
            units,
            guessed_hits,
            guessed_units,
        }
    };
    judged.iter().map(cluster).collect()
}

fn statements(judged: &Judged<'_>) -> (f64, f64) {
    let count = |of: fn(&JudgedSentence) -> bool| judged.sentences.iter().filter(|s| of(s)).count() as f64;
    (count(|s| s.statement && s.unsupported), count(|s| s.statement))
}

/// The rate in first drafts as the guard alone counts it: of every draft, and right only as far as the guard is.
pub(super) fn by_guard(drafts: &[&Reading]) -> Evidence {
    let cluster = |reading: &&Reading| {
        let (hits, units) = guessed(&reading.sentences);
        Cluster { weight: 1.0, hits: hits as f64, units: units as f64, ..Cluster::default() }
    };
    let clusters: Vec<Cluster> = drafts.iter().map(cluster).collect();
    ratio(&clusters, Known::default(), Needed { clusters: 2, units: 1 }, LEVEL)
}

/// The rate in first drafts: the guard's count of all, put right by what people said of a sample.
pub(super) fn before(drafts: &[&Reading], judged: &[&Judged<'_>]) -> Evidence {
    let judged: Vec<&Judged<'_>> =
        judged.iter().copied().filter(|j| j.draw.kind == SampleKind::Draft).collect();
    let guess = |reading: &Reading| {
        let (hits, units) = guessed(&reading.sentences);
        (hits as f64, units as f64)
    };
    // Months that were not drawn yet have nobody to put the guard right.
    let months: BTreeSet<&str> = judged.iter().map(|j| j.draw.month.as_str()).collect();
    let covered = drafts.iter().filter(|draft| months.contains(super::month_of(draft.at).as_str()));
    let known = covered.fold(Known::default(), |sum, draft| {
        let (hits, units) = guess(draft);
        Known { hits: sum.hits + hits, units: sum.units + units }
    });
    ratio(&clusters(&judged, statements, |j| guess(j.reading)), known, NEEDED, LEVEL)
}

/// The rate in sent messages, as people judged a sample of them.
pub(super) fn after(judged: &[&Judged<'_>]) -> Evidence {
    let sent: Vec<&Judged<'_>> = judged.iter().copied().filter(|j| j.draw.kind == SampleKind::Sent).collect();
    ratio(&clusters(&sent, statements, |_| (0.0, 0.0)), Known::default(), NEEDED, LEVEL)
}

/// Of the sentences of first drafts that a rule held or left to a person, the share that people call false, misleading,
/// unsupported or unfair. Without a rule: of those that any rule spoke about.
pub(super) fn precision(judged: &[Judged<'_>], rule: Option<&str>) -> Evidence {
    let drafts: Vec<&Judged<'_>> = judged.iter().filter(|j| j.draw.kind == SampleKind::Draft).collect();
    let of = |j: &Judged<'_>| {
        let spoke = |s: &&JudgedSentence| match rule {
            Some(rule) => s.rules.contains(rule),
            None => !s.rules.is_empty(),
        };
        let (found, right) = j.sentences.iter().filter(spoke).fold((0.0, 0.0), |(found, right), sentence| {
            (found + 1.0, right + f64::from(u8::from(sentence.bad())))
        });
        (right, found)
    };
    ratio(&clusters_with(&clusters(&drafts, of, |_| (0.0, 0.0))), Known::default(), NEEDED_RULE, LEVEL)
}

/// Of the sentences of first drafts that people call false, misleading, unsupported or unfair, the share that a rule held
/// or left to a person.
pub(super) fn sensitivity(judged: &[Judged<'_>]) -> Evidence {
    let drafts: Vec<&Judged<'_>> = judged.iter().filter(|j| j.draw.kind == SampleKind::Draft).collect();
    let of = |j: &Judged<'_>| {
        let bad = || j.sentences.iter().filter(|sentence| sentence.bad());
        (bad().filter(|sentence| !sentence.rules.is_empty()).count() as f64, bad().count() as f64)
    };
    ratio(&clusters_with(&clusters(&drafts, of, |_| (0.0, 0.0))), Known::default(), NEEDED_RULE, LEVEL)
}

/// Texts without a unit say nothing of the share among units, and do not count as judged for it.
fn clusters_with(clusters: &[Cluster]) -> Vec<Cluster> {
    clusters.iter().copied().filter(|cluster| cluster.units > 0.0).collect()
}
