//! Learned cues: linear models over hashed words and letters, in files of `crates/guard/cues` that are part of the
//! program. They say which rule a sentence resembles, when no phrase of that rule was found.
//!
//! Architecture invariant: a cue shows a sentence to a person. It never blocks and never releases anything. Training
//! is `measure guard cues train`; this module only reads, and what it reads is the same for both.

mod features;
mod model;
pub mod unsupported;

pub use model::{BadCues, CueLabel, CueModel, CueOrigin, LABELS, Scores, VERSION};

use crate::text::{Kind, Text};
use std::ops::Range;
use std::sync::LazyLock;
use terms::customer::Language;
use terms::hash::ContentHash;
use terms::message::Field;

static ENGLISH: &[u8] = include_bytes!("../../cues/en.cues");
static SPANISH: &[u8] = include_bytes!("../../cues/es.cues");

static RULES: LazyLock<[Option<CueModel<'static>>; 2]> =
    LazyLock::new(|| [CueModel::read(ENGLISH).ok(), CueModel::read(SPANISH).ok()]);

/// Words a sentence must have: a score is a mean, and that of "No, gracias" is the weight of one word.
const FEWEST_WORDS: usize = 4;

/// The bytes of the files that are part of the program: cues of rules in English and in Spanish.
#[must_use]
pub fn shipped() -> [&'static [u8]; 2] {
    [ENGLISH, SPANISH]
}

/// The hash of the sentences a model is trained on: the lines of a corpus file whose third column is `train`, in
/// their order.
#[must_use]
pub fn training_hash(corpus: &str) -> ContentHash {
    ContentHash::of(corpus.lines().filter(|line| line.split('\t').nth(2) == Some("train")).map(str::as_bytes))
}

/// The features of each sentence of a text, as the models see them.
#[must_use]
pub fn features(text: &str) -> Vec<Vec<u32>> {
    let text = Text::read(Field::Body, text);
    let of = |tokens: &Range<usize>| {
        let mut found = Vec::new();
        features::each(&text, tokens, |_, feature| found.push(feature));
        found
    };
    text.sentences.iter().map(|sentence| of(&sentence.tokens)).collect()
}

/// The scores of a text taken as one sentence.
#[must_use]
pub fn score(model: &CueModel<'_>, text: &str) -> Scores {
    let text = Text::read(Field::Body, text);
    model.scores(&text, &(0..text.tokens.len()))
}

/// A sentence that resembles what a rule forbids.
#[derive(Debug, PartialEq)]
pub(crate) struct Cue {
    /// The rule.
    pub(crate) label: &'static str,
    /// Probability by the model's own count, 0 to 1; the corpus has more bad sentences than mail does.
    pub(crate) probability: f64,
    /// Probability from which it is shown.
    pub(crate) shown_from: f64,
    /// Tokens that weighed most, in reading order; at most three.
    pub(crate) words: Vec<usize>,
}

/// The cues of a sentence at or above their thresholds, the one furthest above its own first.
pub(crate) fn of(language: Language, text: &Text<'_>, tokens: &Range<usize>) -> Vec<Cue> {
    let [english, spanish] = &*RULES;
    let model = match language {
        Language::English => english,
        Language::Spanish => spanish,
    };
    let Some(model) = model else { return Vec::new() };
    let words =
        tokens.clone().filter(|token| text.kind(*token) == Some(Kind::Word)).take(FEWEST_WORDS).count();
    if words < FEWEST_WORDS {
        return Vec::new();
    }
    let scores = model.scores(text, tokens);
    let mut above: Vec<(f64, usize, &'static CueLabel, f64)> = Vec::new();
    for (at, (label, score)) in model.labels.iter().zip(scores).enumerate() {
        if score >= label.threshold {
            above.push((score - label.threshold, at, label, score));
        }
    }
    above.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let cue = |(_, at, label, score): (f64, usize, &'static CueLabel, f64)| {
        let mut weights = model.weights_of(text, tokens, at);
        weights.retain(|(token, weight)| *weight > 0 && text.word(*token).len() > 1);
        weights.sort_by_key(|(token, weight)| (-weight, *token));
        let mut words: Vec<usize> = weights.iter().take(3).map(|(token, _)| *token).collect();
        words.sort_unstable();
        let chance = |score: f64| 1.0 / (1.0 + (-score).exp());
        Cue { label: &label.name, probability: chance(score), shown_from: chance(label.threshold), words }
    };
    above.into_iter().map(cue).collect()
}
