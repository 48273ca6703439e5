//! A customer's history in plain numbers, and how it looks after a period with none, one or several purchases.
//!
//! Goes in: a [`Profile`]. Comes out: a [`History`], which models read. It has no name and no customer key.

use serde::{Deserialize, Serialize};
use terms::profile::Profile;
use terms::stage::{Stage, StageRule};

/// What happened in a period: the number of purchase days, as far as stages depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No purchase.
    Silent,
    /// Purchases on exactly one day.
    Single,
    /// Purchases on two or more days.
    Several,
}

/// Numbers of a purchase history at an as-of day; fields as in [`Profile`], in days and major currency units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Days since the first purchase.
    pub tenure: f64,
    /// Days since the last purchase.
    pub silent: f64,
    /// Days between the last two purchase days; 0 with fewer than two.
    pub last_gap: f64,
    /// Repeat purchase days.
    pub frequency: f64,
    /// Mean amount of a purchase day.
    pub order_value: f64,
    /// Sum of amounts.
    pub spend: f64,
    /// Amount of the last purchase day.
    pub last_amount: f64,
    /// Mean days between purchase days; 0 with fewer than two.
    pub gap_mean: f64,
    /// Standard deviation of those gaps.
    pub gap_sd: f64,
    /// Purchase days in the last 90 days.
    pub purchases_90: f64,
    /// Opens and clicks in the last 90 days.
    pub engagement_90: f64,
}

impl From<&Profile> for History {
    fn from(p: &Profile) -> Self {
        let frequency = f64::from(p.frequency);
        Self {
            tenure: f64::from(p.t_days),
            silent: f64::from(p.silent_days()),
            last_gap: f64::from(p.last_gap_days),
            frequency,
            order_value: p.spend / (frequency + 1.0),
            spend: p.spend,
            last_amount: p.last_amount,
            gap_mean: p.gap_mean,
            gap_sd: p.gap_sd,
            purchases_90: f64::from(p.purchases_90),
            engagement_90: f64::from(p.engagement_90),
        }
    }
}

impl History {
    /// The stage of this history.
    #[must_use]
    pub fn stage(&self, rule: &StageRule) -> Stage {
        rule.stage_of(self.tenure as i32, self.silent as i32, self.last_gap as i32)
    }

    /// The history of a first purchase made `days` ago for `amount`.
    #[must_use]
    pub fn first_purchase(days: f64, amount: f64) -> Self {
        Self {
            tenure: days,
            silent: days,
            last_gap: 0.0,
            frequency: 0.0,
            order_value: amount,
            spend: amount,
            last_amount: amount,
            gap_mean: 0.0,
            gap_sd: 0.0,
            purchases_90: if days < 90.0 { 1.0 } else { 0.0 },
            engagement_90: 0.0,
        }
    }

    /// How this history most plausibly looks `days` later, after `outcome`. Purchases are placed evenly in the
    /// period: one in its middle, two at its thirds; of the last 90 days' purchases two thirds stay in the window.
    #[must_use]
    pub fn after(&self, outcome: Outcome, days: f64) -> Self {
        let kept = if self.silent + days >= 90.0 {
            0.0
        } else {
            (self.purchases_90 * (90.0 - days).max(0.0) / 90.0).round().max(self.purchases_90.min(1.0))
        };
        let aged = Self {
            tenure: self.tenure + days,
            silent: self.silent + days,
            purchases_90: kept,
            engagement_90: self.engagement_90 * (90.0 - days).max(0.0) / 90.0,
            ..*self
        };
        match outcome {
            Outcome::Silent => aged,
            Outcome::Single => aged.bought(days / 2.0, self.silent + days / 2.0),
            Outcome::Several => {
                aged.bought(2.0 * days / 3.0, self.silent + days / 3.0).bought(days / 3.0, days / 3.0)
            }
        }
    }

    fn bought(self, silent: f64, gap: f64) -> Self {
        let frequency = self.frequency + 1.0;
        Self {
            silent,
            last_gap: gap,
            frequency,
            spend: self.spend + self.order_value,
            last_amount: self.order_value,
            gap_mean: self.gap_mean.mul_add(self.frequency, gap) / frequency,
            purchases_90: self.purchases_90 + 1.0,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purchase_after_long_silence_reads_as_reactivated() {
        let rule = StageRule::STANDARD;
        let lapsed = History { tenure: 300.0, ..History::first_purchase(200.0, 50.0) };
        assert_eq!(lapsed.stage(&rule), Stage::Churned);
        let back = lapsed.after(Outcome::Single, 30.0);
        assert_eq!(back.stage(&rule), Stage::Reactivated);
        assert_eq!((back.silent, back.last_gap, back.frequency), (15.0, 215.0, 1.0));
        assert_eq!(lapsed.after(Outcome::Several, 30.0).stage(&rule), Stage::Active);
        assert_eq!(lapsed.after(Outcome::Silent, 30.0).stage(&rule), Stage::Churned);
    }
}
