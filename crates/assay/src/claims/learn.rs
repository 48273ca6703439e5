//! Two logistic regressions, one on top of the other: how likely people mark a word, and from these how likely they
//! mark anything in a text. The upper one learns from scores of words by models that have not seen the source.

use super::read::{Response, hash_of_responses};
use guard::cues::unsupported::{
    AROUND, Fitted, Ground, SUMS, SeenWord, TextFeatures, UnsupportedModel, UnsupportedOrigin, around,
    seen_words, spans,
};
use miette::IntoDiagnostic;
use science::fit::sparse::{SparseRows, fit};
use std::collections::BTreeMap;
use terms::hash::ContentHash;

/// Seed of the order of sources in folds.
pub const CLAIMS_SEED: u64 = 20_261_126;
/// The model that is shipped with the guard.
pub static SHIPPED_CLAIMS: &[u8] = include_bytes!("../../../guard/cues/unsupported.cues");

const BUCKETS: usize = 8192;
const TEXT_BUCKETS: usize = 4096;
const WORD_RIDGE: f64 = 3.0;
const TEXT_RIDGE: f64 = 1.0;
const INNER: usize = 4;

/// What was read of a text.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Log-odds that people mark anything.
    pub score: f64,
    /// Said to have something unsupported.
    pub said: bool,
    /// Bytes shown.
    pub spans: Vec<(usize, usize)>,
}

/// A response with its words and which of them people marked.
struct Example<'r> {
    response: &'r Response,
    seen: Vec<SeenWord>,
    marked: Vec<bool>,
}

fn examples(responses: &[Response]) -> Vec<Example<'_>> {
    let mut ground: Option<(&str, Ground)> = None;
    let mut all = Vec::with_capacity(responses.len());
    for response in responses {
        if ground.as_ref().is_none_or(|(source, _)| *source != response.source) {
            ground = Some((&response.source, Ground::new(&response.facts)));
        }
        let seen = ground.as_ref().map(|(_, ground)| seen_words(ground, &response.text)).unwrap_or_default();
        let marked = seen
            .iter()
            .map(|word| response.marks.iter().any(|(start, end, _)| *start < word.end && word.start < *end))
            .collect();
        all.push(Example { response, seen, marked });
    }
    all
}

fn folds_of(examples: &[&Example<'_>], folds: usize, salt: &str) -> Vec<usize> {
    let mut sources: Vec<&str> = examples.iter().map(|example| example.response.source.as_str()).collect();
    sources.sort_unstable();
    sources.dedup();
    let seed = format!("{CLAIMS_SEED}{salt}");
    sources.sort_by_cached_key(|source| ContentHash::of([seed.as_bytes(), source.as_bytes()]));
    let fold: BTreeMap<&str, usize> =
        sources.iter().enumerate().map(|(place, source)| (*source, place % folds)).collect();
    examples.iter().map(|example| fold.get(example.response.source.as_str()).copied().unwrap_or(0)).collect()
}

struct WordModel {
    bias: f64,
    weights: Vec<f64>,
}

impl WordModel {
    fn fit<'e>(examples: impl Iterator<Item = &'e Example<'e>>) -> Self {
        let (mut x, mut y) = (SparseRows::new(BUCKETS), Vec::new());
        for example in examples {
            for (word, marked) in example.seen.iter().zip(&example.marked) {
                x.push(word.features.iter().map(|feature| (feature & (BUCKETS as u32 - 1), 1.0)));
                y.push(*marked);
            }
        }
        let fitted = fit(&x, &y, WORD_RIDGE);
        Self { bias: fitted.intercept, weights: fitted.columns }
    }

    fn scores(&self, example: &Example<'_>) -> Vec<f64> {
        let weight =
            |feature: &u32| self.weights.get(*feature as usize & (BUCKETS - 1)).copied().unwrap_or(0.0);
        example.seen.iter().map(|word| self.bias + word.features.iter().map(weight).sum::<f64>()).collect()
    }
}

struct TextModel {
    bias: f64,
    weights: Vec<f64>,
}

fn row(features: &TextFeatures) -> Vec<(u32, f64)> {
    let unit = 1.0 / (features.words.len().max(1) as f64).sqrt();
    let mut words: Vec<u32> = features.words.iter().map(|word| word & (TEXT_BUCKETS as u32 - 1)).collect();
    words.sort_unstable();
    let sums = (0u32..).zip(features.sums);
    sums.chain(
        words
            .chunk_by(|a, b| a == b)
            .filter_map(|same| Some((SUMS as u32 + same.first()?, same.len() as f64 * unit))),
    )
    .collect()
}

impl TextModel {
    fn fit(rows: &[&TextFeatures], hits: &[bool]) -> Self {
        let mut x = SparseRows::new(SUMS + TEXT_BUCKETS);
        rows.iter().for_each(|features| x.push(row(features)));
        let fitted = fit(&x, hits, TEXT_RIDGE);
        Self { bias: fitted.intercept, weights: fitted.columns }
    }

    fn score(&self, features: &TextFeatures) -> f64 {
        let weight =
            |(column, value): (u32, f64)| self.weights.get(column as usize).copied().unwrap_or(0.0) * value;
        self.bias + row(features).into_iter().map(weight).sum::<f64>()
    }
}

/// Fits both models and their thresholds.
fn fitted(examples: &[&Example<'_>]) -> Fitted {
    let fold_of = folds_of(examples, INNER, "inner");
    let outside = |held: usize| {
        examples.iter().zip(&fold_of).filter(move |(_, fold)| **fold != held).map(|(example, _)| *example)
    };
    let inner: Vec<WordModel> = (0..INNER).map(|held| WordModel::fit(outside(held))).collect();
    let scores: Vec<Vec<f64>> = examples
        .iter()
        .zip(&fold_of)
        .map(|(example, fold)| inner.get(*fold).map(|model| model.scores(example)).unwrap_or_default())
        .collect();
    let (around_bias, around_weights) = fit_around(examples, &scores);
    let weigh = |around: [f64; AROUND]| {
        around_bias + around_weights.iter().zip(around).map(|(weight, value)| weight * value).sum::<f64>()
    };
    let scores: Vec<Vec<f64>> = examples
        .iter()
        .zip(&scores)
        .map(|(example, scores)| around(&example.seen, scores).into_iter().map(weigh).collect())
        .collect();
    let features: Vec<TextFeatures> = examples
        .iter()
        .zip(&scores)
        .map(|(example, scores)| TextFeatures::of(&example.seen, scores))
        .collect();
    let hits: Vec<bool> = examples.iter().map(|example| !example.response.marks.is_empty()).collect();
    let mut text_scores = vec![0.0; examples.len()];
    for held in 0..INNER {
        let of_others = |(fold, _): &(&usize, _)| **fold != held;
        let rows: Vec<&TextFeatures> =
            fold_of.iter().zip(&features).filter(of_others).map(|(_, row)| row).collect();
        let of_rows: Vec<bool> =
            fold_of.iter().zip(&hits).filter(|(fold, _)| **fold != held).map(|(_, hit)| *hit).collect();
        let model = TextModel::fit(&rows, &of_rows);
        for ((fold, features), score) in fold_of.iter().zip(&features).zip(&mut text_scores) {
            if *fold == held {
                *score = model.score(features);
            }
        }
    }
    let words = WordModel::fit(examples.iter().copied());
    let texts = TextModel::fit(&features.iter().collect::<Vec<_>>(), &hits);
    let (sums, of_words) = texts.weights.split_at(SUMS.min(texts.weights.len()));
    let mut of_sums = [0.0; SUMS];
    of_sums.iter_mut().zip(sums).for_each(|(to, from)| *to = *from);
    Fitted {
        word_bias: words.bias,
        words: words.weights,
        around_bias,
        around: around_weights,
        text_bias: texts.bias,
        sums: of_sums,
        texts: of_words.to_vec(),
        word_threshold: best_word_threshold(examples, &scores),
        text_threshold: best_text_threshold(&text_scores, &hits),
    }
}

/// What the scores around a word are worth beside its own.
fn fit_around(examples: &[&Example<'_>], scores: &[Vec<f64>]) -> (f64, [f64; AROUND]) {
    let (mut x, mut y) = (SparseRows::new(AROUND), Vec::new());
    for (example, scores) in examples.iter().zip(scores) {
        for (around, marked) in around(&example.seen, scores).into_iter().zip(&example.marked) {
            x.push((0u32..).zip(around));
            y.push(*marked);
        }
    }
    let fitted = fit(&x, &y, 1.0);
    let mut weights = [0.0; AROUND];
    weights.iter_mut().zip(fitted.columns).for_each(|(to, from)| *to = from);
    (fitted.intercept, weights)
}

/// The threshold with the best F1 of texts.
fn best_text_threshold(scores: &[f64], hits: &[bool]) -> f64 {
    let mut order: Vec<(f64, bool)> = scores.iter().copied().zip(hits.iter().copied()).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all = hits.iter().filter(|hit| **hit).count() as f64;
    let (mut right, mut best, mut threshold) = (0.0, 0.0, 0.0);
    for (said, (score, hit)) in (1u32..).zip(&order) {
        right += f64::from(u8::from(*hit));
        let f1 = 2.0 * right / (f64::from(said) + all).max(1.0);
        if f1 > best {
            (best, threshold) = (f1, *score);
        }
    }
    threshold
}

/// The threshold with the best F1 of marked bytes.
fn best_word_threshold(examples: &[&Example<'_>], scores: &[Vec<f64>]) -> f64 {
    let (mut best, mut threshold) = (0.0, 0.0);
    for step in -30..15 {
        let at = f64::from(step) / 10.0;
        let (mut both, mut shown, mut marked) = (0, 0, 0);
        for (example, scores) in examples.iter().zip(scores) {
            let spans = spans(&example.seen, scores, at, &example.response.text);
            let (b, s, m) = super::score::overlap(&spans, &example.response.marks);
            (both, shown, marked) = (both + b, shown + s, marked + m);
        }
        let f1 = 2.0 * both as f64 / ((shown + marked) as f64).max(1.0);
        if f1 > best {
            (best, threshold) = (f1, at);
        }
    }
    threshold
}

fn file(examples: &[&Example<'_>], source: ContentHash) -> Vec<u8> {
    UnsupportedModel::write(&UnsupportedOrigin { source }, &fitted(examples))
}

/// The bytes of a model trained on all responses.
#[must_use]
pub fn train_claims(responses: &[Response]) -> Vec<u8> {
    let all = examples(responses);
    file(&all.iter().collect::<Vec<_>>(), hash_of_responses(responses))
}

/// What a model reads in each response.
#[must_use]
pub fn read_with(model: &UnsupportedModel, responses: &[Response]) -> Vec<Reading> {
    let read = |response: &Response| {
        let doubt = model.doubt(&Ground::new(&response.facts), &response.text);
        Reading { score: doubt.score, said: doubt.score >= model.text_threshold, spans: doubt.spans }
    };
    responses.iter().map(read).collect()
}

/// What models read that have not seen a response's source: the very files that would be shipped, fold by fold.
///
/// # Errors
/// When a model trained here cannot be read again, which would be an error of this program.
pub fn cross_validate_claims(responses: &[Response], folds: usize) -> miette::Result<Vec<Reading>> {
    let all = examples(responses);
    let all: Vec<&Example<'_>> = all.iter().collect();
    let fold_of = folds_of(&all, folds, "outer");
    let mut readings = vec![Reading::default(); responses.len()];
    for held in 0..folds {
        let train: Vec<&Example<'_>> = all
            .iter()
            .zip(&fold_of)
            .filter(|(_, fold)| **fold != held)
            .map(|(example, _)| *example)
            .collect();
        let bytes = file(&train, ContentHash::of_text(""));
        let model = UnsupportedModel::read(&bytes).into_diagnostic()?;
        for ((response, fold), reading) in responses.iter().zip(&fold_of).zip(&mut readings) {
            if *fold == held
                && let Some(read) = read_with(&model, std::slice::from_ref(response)).pop()
            {
                *reading = read;
            }
        }
    }
    Ok(readings)
}
