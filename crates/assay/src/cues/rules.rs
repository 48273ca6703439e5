//! Cues of rules: one model a language, one label a rule, thresholds from cross-validation on the training part.

use super::learn::{Recipe, file, fit_label, folds};
use super::{FOLDS, Item, Share, auc, share};
use guard::cues::{CueModel, CueOrigin, training_hash};
use miette::{IntoDiagnostic, miette};
use serde::Serialize;

/// The rules that learn: those whose paraphrases no list ends, and of which cross-validation finds some where hardly any
/// honest sentence is shown. C1, P1 and X1 were tried: of 221 sentences it found 3.
pub const RULE_LABELS: [&str; 5] = ["C3", "M4", "V1", "V2", "V3"];

/// Of honest sentences, half of them written to look dishonest, this share should be shown to a person. It is a quarter
/// of the 1 % that may be: sentences set aside were shown twice as often as the training part foretold, and at .005
/// texts of the library were.
const HONEST: f64 = 0.0025;
/// The share of honest sentences that a threshold is estimated from.
const TAIL: f64 = 0.05;
/// Sentences that share must have.
const TAIL_NEEDED: usize = 20;

const RECIPE: Recipe = Recipe { buckets: 8_192, ridge: 0.3, rarity: 0.5 };

/// What cross-validation says of one label.
#[derive(Debug, Clone, Serialize)]
pub struct LabelFigures {
    /// The rule.
    pub label: String,
    /// Area under the curve, this label against everything else, with its interval.
    pub auc: Option<(f64, [f64; 2])>,
    /// Sentences with this label that are shown for this label.
    pub found: Share,
    /// Honest sentences that are shown for this label.
    pub honest_shown: Share,
    /// Log-odds from which a sentence is shown.
    pub threshold: f64,
}

/// What cross-validation says of a language, on the training part.
#[derive(Debug, Clone, Serialize)]
pub struct RuleFigures {
    /// `en`, `es`.
    pub language: String,
    /// Folds, by family of paraphrases.
    pub folds: usize,
    /// Each label.
    pub labels: Vec<LabelFigures>,
    /// Sentences with any of the labels that are shown for any.
    pub found: Share,
    /// Honest sentences that are shown for any.
    pub honest_shown: Share,
}

/// Trains the file of a language from its corpus. The set-aside part is dropped before anything is looked at.
///
/// # Errors
/// When the corpus cannot be read.
pub fn train_rules(language: &str, corpus: &str, seed: u64) -> miette::Result<(Vec<u8>, RuleFigures)> {
    let items = super::read_corpus(corpus)?;
    let items: Vec<&Item> = items.iter().filter(|item| !item.held).collect();
    if items.is_empty() {
        return Err(miette!("the corpus has no sentence to train on"));
    }
    let origin = CueOrigin { language: language.to_owned(), corpus: training_hash(corpus), seed };
    let scores = out_of_fold(&items, &origin)?;
    let thresholds = thresholds(&items, &scores);
    let figures = figures(language, &items, &scores, &thresholds);
    let fitted = RULE_LABELS.iter().zip(&thresholds).map(|(label, threshold)| {
        ((*label).to_owned(), *threshold, fit_label(&items, &hits(&items, label), RECIPE))
    });
    Ok((file(&origin, fitted.collect()), figures))
}

fn hits(items: &[&Item], label: &str) -> Vec<bool> {
    items.iter().map(|item| item.is(label)).collect()
}

/// The scores of each item, for each label that of its highest sentence, by models that have not seen its family.
fn out_of_fold(items: &[&Item], origin: &CueOrigin) -> miette::Result<Vec<Vec<f64>>> {
    let fold_of = folds(items, origin.seed);
    let mut scores = vec![vec![f64::NEG_INFINITY; RULE_LABELS.len()]; items.len()];
    for fold in 0..FOLDS {
        let train: Vec<&Item> =
            items.iter().zip(&fold_of).filter(|(_, of)| **of != fold).map(|(item, _)| *item).collect();
        let fitted = RULE_LABELS
            .iter()
            .map(|label| ((*label).to_owned(), 0.0, fit_label(&train, &hits(&train, label), RECIPE)));
        let bytes = file(origin, fitted.collect());
        let model = CueModel::read(&bytes).into_diagnostic()?;
        for ((item, of), scores) in items.iter().zip(&fold_of).zip(&mut scores) {
            for sentence in item.sentences.iter().filter(|_| *of == fold) {
                for (highest, score) in scores.iter_mut().zip(model.scores_of(sentence)) {
                    *highest = highest.max(score);
                }
            }
        }
    }
    Ok(scores)
}

/// For each label the score that its part of [`HONEST`] reaches. The highest honest score alone says little about the
/// next one, so the upper [`TAIL`] is taken together: excesses over its beginning fall off exponentially (Pickands
/// 1975, Annals of Statistics 3:119-131, shape 0), with their mean as the scale.
fn thresholds(items: &[&Item], scores: &[Vec<f64>]) -> Vec<f64> {
    let honest: Vec<&Vec<f64>> = items
        .iter()
        .zip(scores)
        .filter(|(item, _)| item.labels.is_empty())
        .map(|(_, scores)| scores)
        .collect();
    let tail = (TAIL * honest.len() as f64) as usize;
    let share = HONEST / RULE_LABELS.len() as f64;
    (0..RULE_LABELS.len())
        .map(|label| {
            let mut column: Vec<f64> = honest.iter().filter_map(|row| row.get(label).copied()).collect();
            column.sort_by(|a, b| b.total_cmp(a));
            // With too few honest sentences to tell, a label shows nothing.
            let Some(start) = column.get(tail).filter(|_| tail >= TAIL_NEEDED) else { return f64::MAX };
            let mean = column.iter().take(tail).map(|score| score - start).sum::<f64>() / tail as f64;
            start + mean * libm::log(TAIL / share)
        })
        .collect()
}

fn any(scores: &[f64], thresholds: &[f64]) -> bool {
    scores.iter().zip(thresholds).any(|(score, threshold)| score >= threshold)
}

fn figures(language: &str, items: &[&Item], scores: &[Vec<f64>], thresholds: &[f64]) -> RuleFigures {
    let count = |which: &dyn Fn(&Item) -> bool, shown: &dyn Fn(&[f64]) -> bool| {
        let of: Vec<&Vec<f64>> =
            items.iter().zip(scores).filter(|(item, _)| which(item)).map(|(_, scores)| scores).collect();
        share(of.iter().filter(|scores| shown(scores)).count() as u64, of.len() as u64)
    };
    let honest = |item: &Item| item.labels.is_empty();
    let labels = RULE_LABELS.iter().zip(thresholds).enumerate().map(|(at, (label, threshold))| {
        let score = |row: &[f64]| row.get(at).copied().unwrap_or(f64::NEG_INFINITY);
        let shown = |row: &[f64]| score(row) >= *threshold;
        let column: Vec<f64> = scores.iter().map(|row| score(row)).collect();
        LabelFigures {
            label: (*label).to_owned(),
            auc: auc(&column, &hits(items, label)),
            found: count(&|item| item.is(label), &shown),
            honest_shown: count(&honest, &shown),
            threshold: *threshold,
        }
    });
    RuleFigures {
        language: language.to_owned(),
        folds: FOLDS,
        labels: labels.collect(),
        found: count(&|item| RULE_LABELS.iter().any(|label| item.is(label)), &|row| any(row, thresholds)),
        honest_shown: count(&honest, &|row| any(row, thresholds)),
    }
}
