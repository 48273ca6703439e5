//! The learner that all cues share: a logistic regression over hashed features, and folds by group.

use super::{FOLDS, Item};
use guard::cues::{CueLabel, CueModel, CueOrigin};
use science::fit::sparse::{SparseRows, fit};
use std::collections::BTreeMap;
use terms::hash::ContentHash;

/// How a model is fitted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recipe {
    /// Buckets features fall into, a power of 2.
    pub(super) buckets: u32,
    /// Penalty on the weights.
    pub(super) ridge: f64,
    /// Power of the inverse document frequency that features are scaled by; 0 leaves them as they are.
    pub(super) rarity: f64,
}

/// The fold of each item: groups in the order of a hash of seed and name, dealt out in turn.
pub(super) fn folds(items: &[&Item], seed: u64) -> Vec<usize> {
    let mut groups: Vec<&str> = items.iter().map(|item| item.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.sort_by_cached_key(|group| ContentHash::of([seed.to_string().as_bytes(), group.as_bytes()]));
    let fold: BTreeMap<&str, usize> =
        groups.iter().enumerate().map(|(place, group)| (*group, place % FOLDS)).collect();
    items.iter().map(|item| fold.get(item.group.as_str()).copied().unwrap_or(0)).collect()
}

/// Fits one label: its bias, and a weight for each bucket as the guard applies it.
pub(super) fn fit_label(items: &[&Item], hits: &[bool], recipe: Recipe) -> (f64, Vec<f64>) {
    let buckets = recipe.buckets as usize;
    let mask = recipe.buckets - 1;
    let rows: Vec<Vec<u32>> =
        items.iter().map(|item| item.all().into_iter().map(|feature| feature & mask).collect()).collect();
    let mut seen = vec![0u32; buckets];
    for row in &rows {
        let mut once = row.clone();
        once.sort_unstable();
        once.dedup();
        for bucket in once {
            if let Some(count) = seen.get_mut(bucket as usize) {
                *count += 1;
            }
        }
    }
    let n = rows.len() as f64;
    let rarity = |count: &u32| libm::pow(libm::log((1.0 + n) / (1.0 + f64::from(*count))), recipe.rarity);
    let scale: Vec<f64> = seen.iter().map(rarity).collect();
    let mut x = SparseRows::new(buckets);
    for mut row in rows {
        let unit = 1.0 / (row.len().max(1) as f64).sqrt();
        row.sort_unstable();
        x.push(row.chunk_by(|a, b| a == b).filter_map(|same| {
            let bucket = *same.first()?;
            Some((bucket, same.len() as f64 * unit * scale.get(bucket as usize)?))
        }));
    }
    let fitted = fit(&x, hits, recipe.ridge);
    (fitted.intercept, fitted.columns.iter().zip(&scale).map(|(weight, scale)| weight * scale).collect())
}

/// The bytes of a file whose labels are shown from these thresholds on.
pub(super) fn file(origin: &CueOrigin, fitted: Vec<(String, f64, (f64, Vec<f64>))>) -> Vec<u8> {
    let labels: Vec<(CueLabel, Vec<f64>)> = fitted
        .into_iter()
        .map(|(name, threshold, (bias, weights))| (CueLabel { name, scale: 0.0, bias, threshold }, weights))
        .collect();
    CueModel::write(origin, &labels)
}
