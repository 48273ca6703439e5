//! Prospects: known, without a purchase yet, and how many of them convert.
//!
//! Goes in: counts of prospects by how long they had been known, and of those who bought. Comes out: rates, and the
//! chances of one prospect. Nothing else of a prospect is used.

use super::model::{Joint, StageModel};
use super::table::ProspectCount;
use serde::{Deserialize, Serialize};
use terms::stage::Stage;

/// Conversion of prospects, by how long they have been known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct ProspectRates {
    /// Conversions per prospect-day when known for at most 30, at most 90, and more days.
    per_day: [f64; 3],
    n: u64,
}

impl StageModel {
    /// Probability that a prospect known for `known_days` buys within `days`; `None` when the brand has shown no
    /// prospects to learn from.
    #[must_use]
    pub fn conversion(&self, known_days: i32, days: i32) -> Option<f64> {
        let rate = self.prospects.per_day.get(bucket(known_days)).copied()?;
        (self.prospects.n > 0).then(|| -(-rate * f64::from(days)).exp_m1())
    }

    /// Outcome and stage of a prospect `days` from now. Who converts is new, or what the rule makes of a first
    /// purchase in the middle of the period.
    #[must_use]
    pub fn joint_prospect(&self, known_days: i32, days: i32) -> Joint {
        let p = self.conversion(known_days, days).unwrap_or(0.0);
        let bought = self.rule().stage_of(days / 2, days / 2, 0);
        let zeros = [0.0; Stage::COUNT];
        let mut joint = Joint { silent: zeros, single: zeros, several: zeros };
        if let Some(cell) = joint.silent.get_mut(Stage::Prospect.index()) {
            *cell = 1.0 - p;
        }
        if let Some(cell) = joint.single.get_mut(bought.index()) {
            *cell = p;
        }
        joint
    }

    /// Probabilities of a prospect's stage `days` from now.
    #[must_use]
    pub fn predict_prospect(&self, known_days: i32, days: i32) -> [f64; Stage::COUNT] {
        self.joint_prospect(known_days, days).stages()
    }
}

const fn bucket(known_days: i32) -> usize {
    match known_days {
        ..=30 => 0,
        31..=90 => 1,
        _ => 2,
    }
}

impl ProspectRates {
    /// Conversions per day of exposure (a converted prospect counts half the period), each bucket drawn towards
    /// the overall rate by the weight of 30 prospects over 30 days.
    pub(super) fn fit(counts: &[ProspectCount]) -> Self {
        const PERIOD: f64 = 30.0;
        let mut sums = [(0.0, 0.0); 3];
        for c in counts {
            if let Some(sum) = sums.get_mut(bucket(c.known_days)) {
                sum.0 += c.converted as f64;
                sum.1 += (c.n as f64 - c.converted as f64 / 2.0) * PERIOD;
            }
        }
        let (bought, exposure) = sums.iter().fold((0.0, 0.0), |a, s| (a.0 + s.0, a.1 + s.1));
        let overall = if exposure > 0.0 { bought / exposure } else { 0.0 };
        let weight = 30.0 * PERIOD;
        Self {
            per_day: sums.map(|(b, e)| overall.mul_add(weight, b) / (e + weight)),
            n: counts.iter().map(|c| c.n).sum(),
        }
    }
}
