//! Where customers are in their lifecycle, and where they are heading.
//!
//! The order of work: [`rhythm`] proposes thresholds, [`stage`] observes, [`table`] pairs one month end with the
//! next, [`migration`] counts, [`model`] learns and is chosen by its own past, [`explain`] gives reasons.

pub mod backtest;
pub mod brought;
pub mod cohort;
pub mod explain;
pub mod features;
pub mod history;
pub mod migration;
pub mod model;
pub mod rhythm;
pub mod rules;
pub mod stage;
pub mod table;

mod additive;
mod logistic;
mod prospect;
