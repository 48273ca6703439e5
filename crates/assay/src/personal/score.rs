//! How well spans are found, counted as the published figure of Presidio counts them, and strictly.
//!
//! As published (presidio-research, span evaluator, IoU .7): a text is cut into tokens, each of which has one type or
//! none; a run of tokens of one type is a span; spans of one type with nothing but signs and words without content
//! between them are one; such words at its ends do not count. A marked span is found when the found spans that overlap
//! it, of whatever type, cover it with intersection over union of at least .7; together these count as one. By type
//! only found spans of the same type count. Streets and places are one type. The published list of words without
//! content is spaCy's with some of addresses; here it is a list of our own.
//!
//! Strict: first byte, last byte and the name of the label are all the same.

use super::label::common_label;
use super::read::Document;
use guard::personal::{Personal, personal_tokens};
use serde::Serialize;
use std::collections::BTreeMap;

const FLOOR: f64 = 0.7;
const RESAMPLES: usize = 1000;

const EMPTY: &[&str] = &[
    "a",
    "an",
    "the",
    "and",
    "or",
    "of",
    "in",
    "at",
    "on",
    "to",
    "for",
    "by",
    "from",
    "with",
    "as",
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "do",
    "this",
    "that",
    "these",
    "it",
    "its",
    "my",
    "your",
    "his",
    "her",
    "their",
    "our",
    "i",
    "you",
    "he",
    "she",
    "we",
    "they",
    "me",
    "him",
    "them",
    "us",
    "not",
    "no",
    "but",
    "if",
    "then",
    "than",
    "so",
    "too",
    "very",
    "all",
    "any",
    "some",
    "each",
    "few",
    "more",
    "most",
    "other",
    "such",
    "only",
    "own",
    "same",
    "just",
    "who",
    "what",
    "when",
    "where",
    "why",
    "how",
    "s",
    "street",
    "st",
    "de",
    "rue",
    "via",
    "day",
    "days",
    "address",
    "country",
    "state",
    "city",
    "zip",
    "po",
    "apt",
    "unit",
    "corner",
    "box",
    "suite",
    "mr",
    "mrs",
    "miss",
    "year",
    "years",
    "month",
    "months",
    "old",
    "morning",
    "noon",
    "afternoon",
    "night",
    "evening",
    "first",
    "last",
    "week",
    "weeks",
    "weekend",
    "age",
    "ago",
    "inc",
    "ltd",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "eight",
    "nine",
    "ten",
    "has",
    "have",
    "had",
    "will",
    "would",
    "can",
    "could",
    "should",
    "may",
    "might",
    "must",
    "here",
    "there",
    "about",
    "over",
    "under",
    "again",
    "once",
    "up",
    "down",
    "out",
    "off",
    "into",
    "through",
    "during",
    "before",
    "after",
    "above",
    "below",
    "between",
    "call",
    "please",
    "name",
    "go",
    "see",
    "show",
    "side",
    "top",
    "front",
    "back",
    "part",
    "using",
];

/// How well one type is found, or all.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct TypeFigures {
    /// Spans people marked.
    pub marked: usize,
    /// Spans found.
    pub found: usize,
    /// Of these, right.
    pub right: usize,
    /// Right of found.
    pub precision: f64,
    /// Right of marked.
    pub recall: f64,
    /// F with recall counted double.
    pub f2: f64,
    /// F with both counted alike.
    pub f1: f64,
}

/// How well personal data are found.
#[derive(Debug, Clone, Serialize)]
pub struct PiiFigures {
    /// F2 as published, whatever the type.
    pub f2: f64,
    /// Its 95 % interval, from resampled groups.
    pub f2_interval: [f64; 2],
    /// Precision.
    pub precision: f64,
    /// Its interval.
    pub precision_interval: [f64; 2],
    /// Recall.
    pub recall: f64,
    /// Its interval.
    pub recall_interval: [f64; 2],
    /// The same, with the type right as well.
    pub typed: TypeFigures,
    /// Strictly: bounds and name of the label.
    pub strict: TypeFigures,
    /// The interval of the strict F1.
    pub strict_f1_interval: [f64; 2],
    /// By type.
    pub types: BTreeMap<String, TypeFigures>,
    /// Texts.
    pub texts: usize,
    /// Groups: templates, or documents.
    pub groups: usize,
}

/// A text that was read wrongly.
#[derive(Debug, Clone, Serialize)]
pub struct Worst {
    /// The text.
    pub text: String,
    /// Marked and not found.
    pub missed: Vec<String>,
    /// Found and not marked.
    pub invented: Vec<String>,
}

#[derive(Default, Clone, Copy)]
struct Count {
    marked: usize,
    found: usize,
    right: usize,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.marked += other.marked;
        self.found += other.found;
        self.right += other.right;
    }

    fn figures(self) -> TypeFigures {
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let (precision, recall) = (share(self.right, self.found), share(self.right, self.marked));
        let f = |beta: f64| {
            let (square, below) = (beta * beta, beta * beta * precision + recall);
            if below == 0.0 { 0.0 } else { (1.0 + square) * precision * recall / below }
        };
        let Self { marked, found, right } = self;
        TypeFigures { marked, found, right, precision, recall, f2: f(2.0), f1: f(1.0) }
    }
}

#[derive(Default, Clone)]
struct Counts {
    whole: Count,
    strict: Count,
    types: BTreeMap<String, Count>,
}

/// A span of tokens, with the bytes that count.
#[derive(Debug, Clone)]
struct Span {
    label: String,
    start: usize,
    end: usize,
}

/// Figures of what was found in each document.
#[must_use]
pub fn figures(documents: &[Document], found: &[Vec<Personal>]) -> PiiFigures {
    let mut by_group: BTreeMap<&str, Counts> = BTreeMap::new();
    for (document, found) in documents.iter().zip(found) {
        let counts = by_group.entry(&document.group).or_default();
        count(document, found, counts);
    }
    let groups: Vec<&Counts> = by_group.values().collect();
    let total = sum(groups.iter().copied());
    let mut draws: [Vec<f64>; 4] = Default::default();
    let mut state = super::PII_SEED;
    for _ in 0..RESAMPLES {
        let drawn = (0..groups.len()).filter_map(|_| {
            let place = (next(&mut state) % groups.len().max(1) as u64) as usize;
            groups.get(place).copied()
        });
        let drawn = sum(drawn);
        let (whole, strict) = (drawn.whole.figures(), drawn.strict.figures());
        for (draws, figure) in draws.iter_mut().zip([whole.f2, whole.precision, whole.recall, strict.f1]) {
            draws.push(figure);
        }
    }
    let [f2_interval, precision_interval, recall_interval, strict_f1_interval] = draws.map(interval);
    let mut typed = Count::default();
    total.types.values().for_each(|count| typed.add(*count));
    let whole = total.whole.figures();
    PiiFigures {
        f2: whole.f2,
        f2_interval,
        precision: whole.precision,
        precision_interval,
        recall: whole.recall,
        recall_interval,
        typed: typed.figures(),
        strict: total.strict.figures(),
        strict_f1_interval,
        types: total.types.iter().map(|(name, count)| (name.clone(), count.figures())).collect(),
        texts: documents.len(),
        groups: groups.len(),
    }
}

/// The documents with the most errors, at most `most`.
#[must_use]
pub fn worst(documents: &[Document], found: &[Vec<Personal>], most: usize) -> Vec<Worst> {
    let mut all: Vec<Worst> = Vec::new();
    for (document, found) in documents.iter().zip(found) {
        let say = |label: &str, start: usize, end: usize| {
            format!("{label} `{}`", document.text.get(start..end).unwrap_or(""))
        };
        let (marked, seen) = spans(document, found);
        let far = |one: &Span, others: &[Span]| union(one, &others.iter().collect::<Vec<_>>()) < FLOOR;
        let missed: Vec<String> = marked
            .iter()
            .filter(|span| far(span, &overlapping(span, &seen)))
            .map(|span| say(&span.label, span.start, span.end))
            .collect();
        let invented: Vec<String> = seen
            .iter()
            .filter(|span| overlapping(span, &marked).is_empty())
            .map(|span| say(&span.label, span.start, span.end))
            .collect();
        if !missed.is_empty() || !invented.is_empty() {
            all.push(Worst { text: document.text.clone(), missed, invented });
        }
    }
    all.sort_by_key(|worst| std::cmp::Reverse(worst.missed.len() + worst.invented.len()));
    all.truncate(most);
    all
}

fn overlapping(span: &Span, others: &[Span]) -> Vec<Span> {
    others.iter().filter(|other| other.start < span.end && span.start < other.end).cloned().collect()
}

fn sum<'c>(groups: impl Iterator<Item = &'c Counts>) -> Counts {
    let mut total = Counts::default();
    for counts in groups {
        total.whole.add(counts.whole);
        total.strict.add(counts.strict);
        for (name, count) in &counts.types {
            total.types.entry(name.clone()).or_default().add(*count);
        }
    }
    total
}

/// The middle 95 % of resampled figures.
pub(crate) fn interval(mut draws: Vec<f64>) -> [f64; 2] {
    draws.sort_by(f64::total_cmp);
    let at = |share: f64| draws.get((draws.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
    [at(0.025), at(0.975)]
}

/// Splitmix64 (Steele, Lea, Flood 2014).
pub(crate) fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn count(document: &Document, found: &[Personal], counts: &mut Counts) {
    let (marked, seen) = spans(document, found);
    let mut whole = Count { marked: marked.len(), found: 0, right: 0 };
    let mut used = vec![false; seen.len()];
    let mut used_by_type = vec![false; seen.len()];
    for mark in &marked {
        let by_type = counts.types.entry(mark.label.clone()).or_default();
        by_type.marked += 1;
        if take(mark, &seen, &mut used_by_type, true) {
            by_type.right += 1;
            by_type.found += 1;
        }
        if take(mark, &seen, &mut used, false) {
            whole.right += 1;
            whole.found += 1;
        }
    }
    whole.found += used.iter().filter(|used| !**used).count();
    for (span, used) in seen.iter().zip(used_by_type) {
        if !used {
            counts.types.entry(span.label.clone()).or_default().found += 1;
        }
    }
    counts.whole.add(whole);
    let right = document.marks.iter().filter(|mark| {
        found.iter().any(|one| {
            (one.start, one.end) == (mark.start, mark.end)
                && (one.label == mark.label
                    || (one.sure && common_label(&one.label) == common_label(&mark.label)))
        })
    });
    counts.strict.add(Count { marked: document.marks.len(), found: found.len(), right: right.count() });
}

/// Looks for the found spans that together cover a mark, each taken only when it comes closer; marks them as used when
/// they are close enough.
fn take(mark: &Span, seen: &[Span], used: &mut [bool], same_type: bool) -> bool {
    let (mut places, mut chosen, mut best): (Vec<usize>, Vec<&Span>, f64) = (Vec::new(), Vec::new(), 0.0);
    for (place, span) in seen.iter().enumerate() {
        let free = used.get(place).is_some_and(|used| !used);
        let overlaps = span.start < mark.end && mark.start < span.end;
        if !free || !overlaps || (same_type && span.label != mark.label) {
            continue;
        }
        chosen.push(span);
        let now = union(mark, &chosen);
        if now > best {
            best = now;
            places.push(place);
        } else {
            chosen.pop();
        }
    }
    if best < FLOOR {
        return false;
    }
    for place in places {
        if let Some(used) = used.get_mut(place) {
            *used = true;
        }
    }
    true
}

/// Intersection over union, in bytes.
fn union(mark: &Span, spans: &[&Span]) -> f64 {
    let mut both = 0;
    let mut either = mark.end - mark.start;
    for span in spans {
        let common = span.end.min(mark.end).saturating_sub(span.start.max(mark.start));
        both += common;
        either += span.end - span.start - common;
    }
    both as f64 / either.max(1) as f64
}

/// Marked and found spans over the same tokens.
fn spans(document: &Document, found: &[Personal]) -> (Vec<Span>, Vec<Span>) {
    let tokens: Vec<(usize, usize)> =
        personal_tokens(&document.text).iter().map(|token| (token.start, token.end)).collect();
    let marks = document.marks.iter().map(|mark| (mark.start, mark.end, mark.label.as_str()));
    let finds = found.iter().map(|one| (one.start, one.end, one.label.as_str()));
    (runs(&document.text, &tokens, marks.collect()), runs(&document.text, &tokens, finds.collect()))
}

fn runs(text: &str, tokens: &[(usize, usize)], places: Vec<(usize, usize, &str)>) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let is_empty = |(start, end): (usize, usize)| {
        let word = text.get(start..end).unwrap_or("").to_lowercase();
        !word.chars().any(char::is_alphanumeric) || EMPTY.contains(&word.as_str())
    };
    // Empty words since the last span.
    let mut gap_is_empty = false;
    let mut last: Option<&str> = None;
    let mut open: Option<Span> = None;
    for token in tokens {
        let label = places
            .iter()
            .find(|(start, end, _)| *start < token.1 && token.0 < *end)
            .map(|place| common_label(place.2));
        let empty = is_empty(*token);
        let goes_on = label.is_some() && label == last && gap_is_empty;
        match (label, &mut open) {
            (None, _) => gap_is_empty &= empty,
            (Some(_), Some(span)) if goes_on => {
                if !empty {
                    span.end = token.1;
                    if span.start == span.end || span.start == usize::MAX {
                        span.start = token.0;
                    }
                }
            }
            (Some(label), _) => {
                found.extend(open.take().filter(|span| span.start != usize::MAX));
                let start = if empty { usize::MAX } else { token.0 };
                open = Some(Span { label: label.to_owned(), start, end: token.1 });
            }
        }
        if label.is_some() {
            gap_is_empty = true;
            last = label;
        }
    }
    found.extend(open.filter(|span| span.start != usize::MAX));
    found
}
