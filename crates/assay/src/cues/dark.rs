//! Dark patterns in snippets of English shops: one model, figures from folds by page or on a file of its own.

use super::learn::{Recipe, file, fit_label, folds};
use super::{FOLDS, Item, Share, auc, share};
use guard::cues::{CueModel, CueOrigin};
use miette::{IntoDiagnostic, miette};
use serde::Serialize;
use terms::hash::ContentHash;

/// The name of its label.
pub const DARK: &str = "dark";
/// The model shipped with the project. It lies beside the guard's and is no part of the guard: it does not know mails
/// (see `crates/guard/cues/README.md`).
pub static SHIPPED_DARK: &[u8] = include_bytes!("../../../guard/cues/dark.cues");
/// Seed of the order of pages in folds.
pub const SNIPPETS_SEED: u64 = super::SEED;

const RECIPE: Recipe = Recipe { buckets: 65_536, ridge: 0.3, rarity: 0.5 };

/// How well dark patterns are told from other snippets.
#[derive(Debug, Clone, Serialize)]
pub struct DarkFigures {
    /// Share of snippets told right, at even odds.
    pub accuracy: f64,
    /// Its 95 % interval.
    pub accuracy_interval: [f64; 2],
    /// Area under the curve over all folds together.
    pub auc: f64,
    /// Its 95 % interval.
    pub auc_interval: [f64; 2],
    /// F1 of dark patterns, at even odds.
    pub f1: f64,
    /// Folds, grouped by page; 0 when a model was measured that has not been trained on the file.
    pub folds: usize,
    /// The model was trained on this very file: the figures say nothing of others.
    pub seen: bool,
    /// Snippets.
    pub n: usize,
    /// Pages.
    pub pages: usize,
}

/// Figures from folds by page.
///
/// # Errors
/// When a fold has only one outcome.
pub fn cross_validate(items: &[Item], seed: u64) -> miette::Result<DarkFigures> {
    let items: Vec<&Item> = items.iter().collect();
    let fold_of = folds(&items, seed);
    let mut scores = vec![0.0; items.len()];
    for fold in 0..FOLDS {
        let train: Vec<&Item> =
            items.iter().zip(&fold_of).filter(|(_, of)| **of != fold).map(|(item, _)| *item).collect();
        let bytes = trained(&train, ContentHash::of_text(""), seed);
        let model = CueModel::read(&bytes).into_diagnostic()?;
        for ((item, of), score) in items.iter().zip(&fold_of).zip(&mut scores) {
            if *of == fold {
                *score = first(&model, item);
            }
        }
    }
    figures(&items, &scores, FOLDS)
}

/// Figures of a model on a file, whose hash is `source`; `seen` says when it is the one it was trained on.
///
/// # Errors
/// When the file has only one outcome.
pub fn test(model: &CueModel<'_>, items: &[Item], source: ContentHash) -> miette::Result<DarkFigures> {
    let items: Vec<&Item> = items.iter().collect();
    let scores: Vec<f64> = items.iter().map(|item| first(model, item)).collect();
    Ok(DarkFigures { seen: model.origin.corpus == source, ..figures(&items, &scores, 0)? })
}

/// The bytes of a file trained on all snippets.
#[must_use]
pub fn train_dark(items: &[Item], source: ContentHash, seed: u64) -> Vec<u8> {
    trained(&items.iter().collect::<Vec<_>>(), source, seed)
}

fn trained(items: &[&Item], corpus: ContentHash, seed: u64) -> Vec<u8> {
    let origin = CueOrigin { language: "en".to_owned(), corpus, seed };
    file(&origin, vec![(DARK.to_owned(), 0.0, fit_label(items, &hits(items), RECIPE))])
}

fn hits(items: &[&Item]) -> Vec<bool> {
    items.iter().map(|item| item.is(DARK)).collect()
}

fn first(model: &CueModel<'_>, item: &Item) -> f64 {
    let [score, ..] = model.scores_of(&item.all());
    score
}

fn figures(items: &[&Item], scores: &[f64], folds: usize) -> miette::Result<DarkFigures> {
    let hits = hits(items);
    let (auc, auc_interval) =
        auc(scores, &hits).ok_or_else(|| miette!("the file needs snippets of both labels"))?;
    let pairs = || scores.iter().map(|score| *score > 0.0).zip(&hits);
    let right = pairs().filter(|(said, hit)| said == *hit).count();
    let both = pairs().filter(|(said, hit)| *said && **hit).count() as f64;
    let either = pairs().map(|(said, hit)| u32::from(said) + u32::from(*hit)).sum::<u32>();
    let Share { interval, .. } = share(right as u64, items.len() as u64);
    let mut pages: Vec<&str> = items.iter().map(|item| item.group.as_str()).collect();
    pages.sort_unstable();
    pages.dedup();
    Ok(DarkFigures {
        accuracy: right as f64 / items.len().max(1) as f64,
        accuracy_interval: interval,
        auc,
        auc_interval,
        f1: 2.0 * both / f64::from(either.max(1)),
        folds,
        seen: false,
        n: items.len(),
        pages: pages.len(),
    })
}
