//! Reweighing: weights of rows under which group and outcome are independent, for fitting a model.
//!
//! Goes in: counts by group. Comes out: for each group the weight of rows with the outcome and of those without,
//! `P(group) P(outcome) / P(group, outcome)` (Kamiran and Calders 2012, Knowledge and Information Systems 33:1-33, algorithm 3).

use super::rates::{Confusion, Rate};
use serde::Serialize;

/// Weights of one group's rows; `None` where it has none of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Weights {
    /// Of rows with the outcome.
    pub with: Option<f64>,
    /// Of rows without.
    pub without: Option<f64>,
}

/// The weights of each group.
#[must_use]
pub fn weights(groups: &[Confusion]) -> Vec<Weights> {
    let of = |counts: &Confusion| Rate::Base.of(counts);
    let (with, all) = groups.iter().map(of).fold((0, 0), |(with, all), (hits, n)| (with + hits, all + n));
    let weight = |size: u64, of_outcome: u64, both: u64| {
        (both > 0).then(|| size as f64 * of_outcome as f64 / (all as f64 * both as f64))
    };
    groups
        .iter()
        .map(|counts| {
            let (hits, size) = of(counts);
            Weights { with: weight(size, with, hits), without: weight(size, all - with, size - hits) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_those_of_the_paper() {
        // Kamiran and Calders 2012, table 1: ten applicants, five of each sex; four men and two women are accepted. Weights
        // of the example: .75 and 2 for men with and without, 1.5 and .67 for women.
        let of = |with: u64, without: u64| Confusion {
            true_positive: with,
            true_negative: without,
            ..Confusion::default()
        };
        let found = weights(&[of(4, 1), of(2, 3)]);
        let near = |found: Option<f64>, expected: f64| {
            assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?}")
        };
        near(found[0].with, 0.75);
        near(found[0].without, 2.0);
        near(found[1].with, 1.5);
        near(found[1].without, 2.0 / 3.0);
        assert_eq!(weights(&[of(3, 0), of(1, 2)])[0].without, None);
    }
}
