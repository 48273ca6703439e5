//! Fairness: how a decision falls on groups, told from counts.
//!
//! Goes in: for each row the group it belongs to (one code an attribute), what was decided about it and, where known, what
//! came of it. Comes out: rates by group and by intersection, ratios and differences with simultaneous intervals, and which
//! groups are too small to be spoken of. Everything is computed from one [`tally::Tally`], a dense table of counts that one
//! pass over the rows fills; nothing here sees a customer. Deliberately absent: what is allowed, which `policy` says.
//!
//! Vocabulary, after Barocas, Hardt and Narayanan (2023, Fairness and Machine Learning, chapter 3): *selection rate* is the
//! share decided for; *demographic parity* is equal selection rates; *equalized odds* is equal true and false positive rates
//! (Hardt, Price and Srebro 2016). A ratio is the lowest rate over the highest: 1 is the same for all, 0 none of one group.
//! A difference is the highest less the lowest: 0 is the same for all. Both are defined as fairlearn's `between_groups`.

pub mod alarm;
pub mod calibration;
pub mod conditional;
pub mod disparity;
pub mod exposure;
pub mod interval;
pub mod matched;
pub mod proxy;
pub mod rates;
pub mod reweigh;
pub mod separation;
pub mod suppress;
pub mod tally;

pub use disparity::{Comparison, Demand, Spread, compare, equalized_odds};
pub use rates::{Confusion, Rate};
pub use tally::Tally;
