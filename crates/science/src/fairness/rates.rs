//! The rates of a group, each as hits among those it is about, from four counts.

use serde::{Deserialize, Serialize};

/// What was decided about a group and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Confusion {
    /// Decided for, and the outcome came.
    pub true_positive: u64,
    /// Decided for, and it did not.
    pub false_positive: u64,
    /// Decided against, and the outcome came.
    pub false_negative: u64,
    /// Decided against, and it did not.
    pub true_negative: u64,
}

impl std::ops::AddAssign for Confusion {
    fn add_assign(&mut self, other: Self) {
        self.true_positive += other.true_positive;
        self.false_positive += other.false_positive;
        self.false_negative += other.false_negative;
        self.true_negative += other.true_negative;
    }
}

impl Confusion {
    /// A group of which only the decision is known: `selected` of `size`. Rates that need an outcome have nobody.
    #[must_use]
    pub const fn selected(selected: u64, size: u64) -> Self {
        Self {
            true_positive: 0,
            false_positive: selected,
            false_negative: 0,
            true_negative: size.saturating_sub(selected),
        }
    }

    /// Rows of the group.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.true_positive + self.false_positive + self.false_negative + self.true_negative
    }
}

/// A rate that groups are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// Decided for, among all.
    Selection,
    /// Decided for, among those with the outcome.
    TruePositive,
    /// Decided for, among those without the outcome.
    FalsePositive,
    /// Decided against, among those with the outcome.
    FalseNegative,
    /// With the outcome, among those decided for.
    PositivePredictive,
    /// With the outcome, among all.
    Base,
}

impl Rate {
    /// Every rate.
    pub const ALL: &'static [Self] = &[
        Self::Selection,
        Self::TruePositive,
        Self::FalsePositive,
        Self::FalseNegative,
        Self::PositivePredictive,
        Self::Base,
    ];

    /// Hits, and those it is about.
    #[must_use]
    pub const fn of(self, counts: &Confusion) -> (u64, u64) {
        let Confusion { true_positive, false_positive, false_negative, .. } = *counts;
        let with = true_positive + false_negative;
        match self {
            Self::Selection => (true_positive + false_positive, counts.size()),
            Self::TruePositive => (true_positive, with),
            Self::FalsePositive => (false_positive, counts.size() - with),
            Self::FalseNegative => (false_negative, with),
            Self::PositivePredictive => (true_positive, true_positive + false_positive),
            Self::Base => (with, counts.size()),
        }
    }

    /// The bare share; `None` where it is about nobody.
    #[must_use]
    pub fn share(self, counts: &Confusion) -> Option<f64> {
        let (hits, n) = self.of(counts);
        (n > 0).then(|| hits as f64 / n as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rates_are_those_worked_out_by_hand() {
        let counts =
            Confusion { true_positive: 30, false_positive: 10, false_negative: 20, true_negative: 40 };
        let found: Vec<(u64, u64)> = Rate::ALL.iter().map(|rate| rate.of(&counts)).collect();
        assert_eq!(found, [(40, 100), (30, 50), (10, 50), (20, 50), (30, 40), (50, 100)]);
        assert_eq!(Rate::Selection.of(&Confusion::selected(3, 8)), (3, 8));
        assert_eq!(Rate::TruePositive.share(&Confusion::selected(3, 8)), None);
    }
}
