//! Personal data found by the guard, measured on annotated texts, and the training of its taggers. Nothing is random
//! but orders and resamples, which a seed gives.

mod label;
mod learn;
mod read;
mod score;

pub use label::common_label;
pub use learn::{PII_SEED, Recipe, train_tagger};
pub use read::{Document, Mark, hash_of, read_documents};
pub use score::{PiiFigures, TypeFigures, Worst, figures, worst};
pub(crate) use score::{interval, next};

use guard::personal::{Personal, Tagger, find_with};
use miette::IntoDiagnostic;
use std::collections::BTreeMap;
use terms::hash::ContentHash;

/// The fold of each document: groups in the order of a hash of seed and name, dealt out in turn.
#[must_use]
pub fn folds_of(documents: &[Document], folds: usize) -> Vec<usize> {
    let mut groups: Vec<&str> = documents.iter().map(|document| document.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.sort_by_cached_key(|group| ContentHash::of([PII_SEED.to_string().as_bytes(), group.as_bytes()]));
    let fold_of: BTreeMap<&str, usize> =
        groups.iter().enumerate().map(|(place, group)| (*group, place % folds.max(1))).collect();
    documents.iter().map(|document| fold_of.get(document.group.as_str()).copied().unwrap_or(0)).collect()
}

/// What is found in each document by taggers that have not seen a document of its group.
///
/// # Errors
/// When a tagger trained here cannot be read again, which would be an error of this program.
pub fn find_in_folds(
    documents: &[Document],
    fold_of: &[usize],
    language: &str,
    recipe: Recipe,
) -> miette::Result<Vec<Vec<Personal>>> {
    let mut found: Vec<Vec<Personal>> = vec![Vec::new(); documents.len()];
    for held in 0..=fold_of.iter().copied().max().unwrap_or(0) {
        let of_others = documents.iter().zip(fold_of).filter(|(_, fold)| **fold != held);
        let bytes =
            train_tagger(&of_others.map(|(document, _)| document).collect::<Vec<_>>(), language, recipe);
        let tagger = Tagger::read(&bytes).into_diagnostic()?;
        for ((document, fold), found) in documents.iter().zip(fold_of).zip(&mut found) {
            if *fold == held {
                *found = find_with(Some(&tagger), &document.text);
            }
        }
    }
    Ok(found)
}
