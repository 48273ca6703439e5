//! Training of the guard's learned cues: sentences go in, the bytes of a file of cues and figures from
//! cross-validation come out. Nothing is random but the order of groups in folds, which a seed gives; it reads no part
//! that is set aside.

mod corpus;
mod dark;
mod figures;
mod learn;
mod rules;

pub use corpus::{Item, Part, read_corpus, read_snippets};
pub use dark::{DARK, DarkFigures, SHIPPED_DARK, SNIPPETS_SEED, cross_validate, test, train_dark};
pub use figures::{Share, auc, share};
pub use rules::{ANY, FAMILIES, ORDERS, WhetherFigures, train_orders, train_rules};

/// Folds of a cross-validation.
pub const FOLDS: usize = 5;
/// Seed of the order of groups in folds.
pub const SEED: u64 = 20_261_126;
