//! Migrations between stages: counted month to month, and as a Markov chain.
//!
//! Goes in: pairs of stages. Comes out: a 6 x 6 matrix of counts (rows from, columns to, in the order of
//! [`Stage::ALL`]) and one of probabilities whose rows sum to 1. Nobody who bought becomes a prospect again: that
//! column is 0 for every row but the prospects' own.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use terms::ids::CustomerKey;
use terms::profile::Profile;
use terms::stage::{Stage, StageRule};

/// Counts of moves from one stage to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MigrationCounts(pub [[u64; Stage::COUNT]; Stage::COUNT]);

/// Probabilities of moves within one period; each row sums to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MarkovMatrix(pub [[f64; Stage::COUNT]; Stage::COUNT]);

/// True when a customer can move from one stage to the other within a period.
#[must_use]
pub fn is_possible(from: Stage, to: Stage) -> bool {
    to != Stage::Prospect || from == Stage::Prospect
}

impl MigrationCounts {
    /// Adds `n` moves.
    pub fn add(&mut self, from: Stage, to: Stage, n: u64) {
        if let Some(cell) = self.0.get_mut(from.index()).and_then(|row| row.get_mut(to.index())) {
            *cell += n;
        }
    }

    /// Moves counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().flatten().sum()
    }

    /// Moves between the stages observed in two sets of profiles. Customers who appear only in `after` come from
    /// the prospects; everybody in `before` is expected in `after`.
    #[must_use]
    pub fn between(rule: &StageRule, before: &[Profile], after: &[Profile]) -> Self {
        let stage = |p: &Profile| super::stage::observe(rule, Some(p));
        let earlier: HashMap<&CustomerKey, Stage> = before.iter().map(|p| (&p.customer, stage(p))).collect();
        let mut counts = Self::default();
        for p in after {
            counts.add(earlier.get(&p.customer).copied().unwrap_or(Stage::Prospect), stage(p), 1);
        }
        counts
    }

    /// The Markov matrix of maximum likelihood after adding `smoothing` to each possible move (Anderson, Goodman
    /// 1957, eq. 2.9, with an additive prior). A row without any count and no smoothing stays where it is.
    #[must_use]
    pub fn markov(&self, smoothing: f64) -> MarkovMatrix {
        let mut matrix = [[0.0; Stage::COUNT]; Stage::COUNT];
        for ((from, row), counts) in Stage::ALL.iter().zip(&mut matrix).zip(&self.0) {
            for ((to, cell), count) in Stage::ALL.iter().zip(row.iter_mut()).zip(counts) {
                *cell = *count as f64 + if is_possible(*from, *to) { smoothing } else { 0.0 };
            }
            let total: f64 = row.iter().sum();
            if total > 0.0 {
                row.iter_mut().for_each(|cell| *cell /= total);
            } else if let Some(cell) = row.get_mut(from.index()) {
                *cell = 1.0;
            }
        }
        MarkovMatrix(matrix)
    }
}

impl MarkovMatrix {
    /// Probabilities of the next stage.
    #[must_use]
    pub fn row(&self, from: Stage) -> [f64; Stage::COUNT] {
        self.0.get(from.index()).copied().unwrap_or_default()
    }

    /// One step of a distribution over stages.
    #[must_use]
    pub fn step(&self, distribution: &[f64; Stage::COUNT]) -> [f64; Stage::COUNT] {
        let mut next = [0.0; Stage::COUNT];
        for (weight, row) in distribution.iter().zip(&self.0) {
            super::super::fit::matrix::add_scaled(&mut next, *weight, row);
        }
        next
    }

    /// The matrix of `periods` periods: its power (0 gives the identity).
    #[must_use]
    pub fn power(&self, periods: u32) -> Self {
        let mut result = [[0.0; Stage::COUNT]; Stage::COUNT];
        for (place, row) in result.iter_mut().enumerate() {
            if let Some(cell) = row.get_mut(place) {
                *cell = 1.0;
            }
            for _ in 0..periods {
                *row = self.step(row);
            }
        }
        Self(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_periods_of_a_hand_made_chain_are_its_square() {
        let mut counts = MigrationCounts::default();
        counts.add(Stage::Active, Stage::Active, 3);
        counts.add(Stage::Active, Stage::AtRisk, 1);
        counts.add(Stage::AtRisk, Stage::Active, 1);
        counts.add(Stage::AtRisk, Stage::Churned, 1);
        let two = counts.markov(0.0).power(2).row(Stage::Active);
        // .75 * .75 + .25 * .5 = .6875; .75 * .25 = .1875; .25 * .5 = .125
        assert!(
            (two[2] - 0.6875).abs() < 1e-12
                && (two[3] - 0.1875).abs() < 1e-12
                && (two[4] - 0.125).abs() < 1e-12
        );
    }

    proptest! {
        #[test]
        fn rows_sum_to_one_and_no_buyer_becomes_a_prospect(
            cells in proptest::array::uniform6(proptest::array::uniform6(0u64..10_000)),
            smoothing in 0.0f64..3.0,
            periods in 0u32..5,
        ) {
            let mut counts = MigrationCounts(cells);
            (1..6).for_each(|row| counts.0[row][0] = 0);
            let matrix = counts.markov(smoothing).power(periods);
            for row in matrix.0 {
                prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            }
            (1..6).for_each(|row| assert!(matrix.0[row][0] == 0.0));
        }
    }
}
