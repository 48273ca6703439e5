//! Learned cues: linear models over hashed words and letters, in files of `crates/guard/cues` that are part of the
//! program. One says whether a sentence reads like forbidden ones, another which family of rules it resembles most.
//!
//! Architecture invariant: a cue shows a sentence to a person. It never blocks and never releases anything. Training
//! is `measure guard cues train`; this module only reads, and what it reads is the same for both.

mod features;
mod model;
pub mod unsupported;

pub use model::{BadCues, CueLabel, CueModel, CueOrigin, LABELS, Scores, VERSION};

use crate::house::House;
use crate::text::{Kind, Text};
use std::ops::Range;
use std::sync::LazyLock;
use terms::customer::Language;
use terms::hash::ContentHash;
use terms::house::{CueKind, CueThreshold};
use terms::message::Field;

static FILES: [[&[u8]; 3]; 2] = [
    [
        include_bytes!("../../cues/en.cues"),
        include_bytes!("../../cues/en.families.cues"),
        include_bytes!("../../cues/en.orders.cues"),
    ],
    [
        include_bytes!("../../cues/es.cues"),
        include_bytes!("../../cues/es.families.cues"),
        include_bytes!("../../cues/es.orders.cues"),
    ],
];

/// The models of a language.
struct Models {
    /// One label: forbidden by any rule.
    any: CueModel<'static>,
    /// One label a family of rules, named by its letter.
    families: CueModel<'static>,
    /// One label: an order to a text model.
    orders: CueModel<'static>,
}

static MODELS: LazyLock<[Option<Models>; 2]> = LazyLock::new(|| {
    FILES.map(|[any, families, orders]| {
        Some(Models {
            any: CueModel::read(any).ok()?,
            families: CueModel::read(families).ok()?,
            orders: CueModel::read(orders).ok()?,
        })
    })
});

/// Words a sentence must have: a score is a mean, and that of "No, gracias" is the weight of one word.
pub(crate) const FEWEST_WORDS: usize = 4;

/// The bytes of the files that are part of the program, in English and in Spanish: whether a sentence is forbidden, of
/// which family, and whether it gives orders to a text model.
#[must_use]
pub const fn shipped() -> [[&'static [u8]; 3]; 2] {
    FILES
}

/// The file of a cue, in a language.
#[must_use]
pub fn file(language: Language, cue: CueKind) -> &'static [u8] {
    let [english, spanish] = FILES;
    let [any, _, orders] = match language {
        Language::English => english,
        Language::Spanish => spanish,
    };
    match cue {
        CueKind::Any => any,
        CueKind::Orders => orders,
    }
}

/// The hash by which the file of a cue is known.
#[must_use]
pub fn hash(language: Language, cue: CueKind) -> String {
    ContentHash::of([file(language, cue)]).to_string()
}

/// Whether a threshold was set for the model that is part of this program.
#[must_use]
pub fn is_current(set: &CueThreshold) -> bool {
    set.model == hash(set.language, set.cue)
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
    model.scores(&text, std::slice::from_ref(&(0..text.tokens.len())))
}

/// A sentence that resembles others.
#[derive(Debug, PartialEq)]
pub(crate) struct Cue {
    /// Probability by the model's own count, 0 to 1; the corpus has more bad sentences than mail does.
    pub(crate) probability: f64,
    /// Probability from which it is shown.
    pub(crate) shown_from: f64,
    /// Tokens that weighed most, in reading order; at most three.
    pub(crate) words: Vec<usize>,
}

/// The models of a language, when a run of tokens is long enough for them.
fn models(language: Language, text: &Text<'_>, runs: &[Range<usize>]) -> Option<&'static Models> {
    let [english, spanish] = &*MODELS;
    let models = match language {
        Language::English => english,
        Language::Spanish => spanish,
    };
    let tokens = runs.iter().cloned().flatten();
    let words = tokens.filter(|token| text.kind(*token) == Some(Kind::Word)).take(FEWEST_WORDS).count();
    models.as_ref().filter(|_| words == FEWEST_WORDS)
}

/// The cue of a model with one label, at or above its threshold: the house's where it has one.
fn above(
    model: &CueModel<'_>,
    text: &Text<'_>,
    runs: &[Range<usize>],
    threshold: Option<f64>,
) -> Option<Cue> {
    let ([score, ..], label) = (model.scores(text, runs), model.labels.first()?);
    let threshold = threshold.unwrap_or(label.threshold);
    if score < threshold {
        return None;
    }
    let mut weights = model.weights_of(text, runs, 0);
    weights.retain(|(token, weight)| *weight > 0 && text.word(*token).len() > 1);
    weights.sort_by_key(|(token, weight)| (-weight, *token));
    let mut words: Vec<usize> = weights.iter().take(3).map(|(token, _)| *token).collect();
    words.sort_unstable();
    let chance = |score: f64| 1.0 / (1.0 + (-score).exp());
    Some(Cue { probability: chance(score), shown_from: chance(threshold), words })
}

/// Which cues may show a sentence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// It resembles forbidden ones.
    pub(crate) forbidden: bool,
    /// It resembles orders to a text model.
    pub(crate) order: bool,
}

/// Which cues show each sentence of a text. Its features are told once for all models: most sentences are shown by
/// none, and nothing more is asked of them.
pub(crate) fn shown(language: Language, text: &Text<'_>, house: &House) -> Vec<Shown> {
    let threshold = |model: &CueModel<'_>, cue| {
        let built_in = || model.labels.first().map_or(f64::INFINITY, |label| label.threshold);
        house.threshold(language, cue).unwrap_or_else(built_in)
    };
    let of = |tokens: &Range<usize>| {
        let runs = std::slice::from_ref(tokens);
        let Some(models) = models(language, text, runs) else { return Shown::default() };
        let [[any, ..], [orders, ..]] = model::both(&models.any, &models.orders, text, tokens);
        Shown {
            forbidden: any >= threshold(&models.any, CueKind::Any),
            order: orders >= threshold(&models.orders, CueKind::Orders),
        }
    };
    text.sentences.iter().map(|sentence| of(&sentence.tokens)).collect()
}

/// What resembles forbidden sentences, and the letter of the family of rules it resembles most; a sentence is given as
/// runs of its tokens.
pub(crate) fn forbidden(
    language: Language,
    text: &Text<'_>,
    runs: &[Range<usize>],
    house: &House,
) -> Option<(Cue, &'static str)> {
    let models = models(language, text, runs)?;
    let cue = above(&models.any, text, runs, house.threshold(language, CueKind::Any))?;
    let scores = models.families.labels.iter().zip(models.families.scores(text, runs));
    let (family, _) = scores.max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some((cue, &family.name))
}

/// What resembles orders to a text model.
pub(crate) fn order(
    language: Language,
    text: &Text<'_>,
    sentence: &Range<usize>,
    house: &House,
) -> Option<Cue> {
    let runs = std::slice::from_ref(sentence);
    above(&models(language, text, runs)?.orders, text, runs, house.threshold(language, CueKind::Orders))
}
