//! Thresholds from the brand's own purchase rhythm.
//!
//! Goes in: for every customer the days on which they bought, and the as-of day. Comes out: a [`StageRule`] with
//! the evidence for it. The time to the next purchase is estimated by Kaplan and Meier (1958, eq. 2b), because the
//! silence after the last purchase is not over yet. Some never return, so quantiles are taken among the returns:
//! `F(t) / F(end)`. At risk is the silence by which 75 % of returns have happened, churned 90 %, and new the time
//! by which half of second purchases have. The rule can always be edited; this is only where it starts.

use crate::error::ScienceError;
use serde::{Deserialize, Serialize};
use terms::stage::StageRule;
use terms::time::Day;

/// Returns that are needed before the brand's own rhythm replaces the standard rule.
pub const FEWEST_GAPS: u64 = 100;

/// Longest gap that is counted apart; longer ones count as this.
const LONGEST: usize = 1_500;

/// Counts of gaps between purchase days, by their length in days. Mergeable, so buckets can count apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gaps {
    closed: Vec<u64>,
    open: Vec<u64>,
    first_closed: Vec<u64>,
    first_open: Vec<u64>,
}

/// What the thresholds rest on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RuleEvidence {
    /// Gaps that ended with a purchase.
    pub returns: u64,
    /// Silences that have not ended.
    pub open: u64,
    /// Share of silences that end with a return within the time observed, 0 to 1 (Kaplan, Meier).
    pub return_share: f64,
    /// Days by which half of second purchases have happened, among those that happen.
    pub second_purchase_median: i32,
    /// Days by which half of returns have happened.
    pub median: i32,
    /// Days by which 75 % of returns have happened.
    pub q75: i32,
    /// Days by which 90 % of returns have happened.
    pub q90: i32,
    /// Share of returns that still happen after the at-risk threshold actually set, 0 to 1.
    pub returns_after_at_risk: f64,
    /// Share of returns that still happen after the churned threshold actually set, 0 to 1.
    pub returns_after_churned: f64,
}

/// A rule from the brand's rhythm, or that there is too little to learn one from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum RuleFinding {
    /// Thresholds of the brand's own.
    Derived {
        /// The rule.
        rule: StageRule,
        /// What it rests on.
        evidence: RuleEvidence,
    },
    /// Too few returns; use [`StageRule::STANDARD`].
    Insufficient {
        /// Returns there are.
        n: u64,
        /// Returns needed.
        needed: u64,
    },
}

impl RuleFinding {
    /// The rule to use: the brand's own, or the standard one.
    #[must_use]
    pub const fn rule(&self) -> StageRule {
        match self {
            Self::Derived { rule, .. } => *rule,
            Self::Insufficient { .. } => StageRule::STANDARD,
        }
    }
}

impl Default for Gaps {
    fn default() -> Self {
        let empty = || vec![0; LONGEST + 1];
        Self { closed: empty(), open: empty(), first_closed: empty(), first_open: empty() }
    }
}

fn count(bins: &mut [u64], days: i32) {
    if let Some(bin) = bins.get_mut(usize::try_from(days).unwrap_or(0).min(LONGEST)) {
        *bin += 1;
    }
}

impl Gaps {
    /// Adds one customer: the days with a purchase up to `as_of`, ascending and distinct.
    pub fn add_customer(&mut self, days: &[Day], as_of: Day) {
        let Some(last) = days.last() else { return };
        for (place, pair) in days.windows(2).enumerate() {
            if let [earlier, later] = pair {
                let gap = later.0 - earlier.0;
                count(&mut self.closed, gap);
                if place == 0 {
                    count(&mut self.first_closed, gap);
                }
            }
        }
        let silence = as_of.0 - last.0;
        count(&mut self.open, silence);
        if days.len() == 1 {
            count(&mut self.first_open, silence);
        }
    }

    /// Adds the counts of another part of the customers.
    pub fn merge(&mut self, other: &Self) {
        let pairs = [
            (&mut self.closed, &other.closed),
            (&mut self.open, &other.open),
            (&mut self.first_closed, &other.first_closed),
            (&mut self.first_open, &other.first_open),
        ];
        for (to, from) in pairs {
            to.iter_mut().zip(from).for_each(|(a, b)| *a += b);
        }
    }

    /// The rule these gaps suggest. Bounds: new 14 to 90 days, at risk 30 to 365, churned from one and a half
    /// times at risk (at least 45) to 730.
    #[must_use]
    pub fn derive_rule(&self) -> RuleFinding {
        let returns: u64 = self.closed.iter().sum();
        if returns < FEWEST_GAPS {
            return RuleFinding::Insufficient { n: returns, needed: FEWEST_GAPS };
        }
        let curve = kaplan_meier(&self.closed, &self.open);
        let first = kaplan_meier(&self.first_closed, &self.first_open);
        let (median, q75, q90) = (quantile(&curve, 0.5), quantile(&curve, 0.75), quantile(&curve, 0.9));
        let second =
            if first.last().is_some_and(|share| *share > 0.0) { quantile(&first, 0.5) } else { median };
        let at_risk_days = q75.clamp(30, 365);
        let churned_days = q90.max(at_risk_days + at_risk_days / 2).clamp(45, 730);
        let rule = StageRule { new_days: second.clamp(14, 90).min(at_risk_days), at_risk_days, churned_days };
        let after = |days: i32| 1.0 - share_by(&curve, days);
        let evidence = RuleEvidence {
            returns,
            open: self.open.iter().sum(),
            return_share: curve.last().copied().unwrap_or(0.0),
            second_purchase_median: second,
            median,
            q75,
            q90,
            returns_after_at_risk: after(at_risk_days),
            returns_after_churned: after(churned_days),
        };
        RuleFinding::Derived { rule, evidence }
    }
}

/// A rule from the purchase days of all customers, in one call; see [`Gaps`].
///
/// # Errors
/// When a customer's days are not ascending.
pub fn derive_rule<'a>(
    customers: impl IntoIterator<Item = &'a [Day]>,
    as_of: Day,
) -> Result<RuleFinding, ScienceError> {
    let mut gaps = Gaps::default();
    for days in customers {
        if let Some(pair) = days.windows(2).find(|pair| pair.first() >= pair.last()) {
            let value = pair.last().map_or(0.0, |day| f64::from(day.0));
            return Err(ScienceError::OutOfRange {
                name: "purchase day",
                value,
                range: "after the day before it",
            });
        }
        gaps.add_customer(days, as_of);
    }
    Ok(gaps.derive_rule())
}

/// Share that has returned by each day: one minus the product-limit estimate of Kaplan and Meier (1958, eq. 2b).
/// Silences that are open at a length count as at risk on that day.
fn kaplan_meier(closed: &[u64], open: &[u64]) -> Vec<f64> {
    let mut at_risk: u64 = closed.iter().sum::<u64>() + open.iter().sum::<u64>();
    let mut survival = 1.0;
    closed
        .iter()
        .zip(open)
        .map(|(events, censored)| {
            if at_risk > 0 {
                survival *= 1.0 - *events as f64 / at_risk as f64;
            }
            at_risk = at_risk.saturating_sub(events + censored);
            1.0 - survival
        })
        .collect()
}

/// The first day by which `share` of those that ever return have returned.
fn quantile(curve: &[f64], share: f64) -> i32 {
    let end = curve.last().copied().unwrap_or(0.0);
    let day = curve.iter().position(|returned| *returned >= share * end - 1e-12).unwrap_or(0);
    i32::try_from(day).unwrap_or(i32::MAX)
}

fn share_by(curve: &[f64], days: i32) -> f64 {
    let end = curve.last().copied().unwrap_or(0.0);
    let by = usize::try_from(days).ok().and_then(|day| curve.get(day)).copied().unwrap_or(end);
    if end > 0.0 { by / end } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_limit_estimate_agrees_with_a_calculation_by_hand() {
        // Returns at 1, 2, 2 and 4; open at 2 and 5: S = 5/6, 5/6 * 3/5 = .5, then 1/2 at 4 = .25.
        let curve = kaplan_meier(&[0, 1, 2, 0, 1, 0], &[0, 0, 1, 0, 0, 1]);
        for (day, share) in [(0, 0.0), (1, 1.0 / 6.0), (2, 0.5), (3, 0.5), (4, 0.75), (5, 0.75)] {
            assert!((curve[day] - share).abs() < 1e-12, "{day}: {}", curve[day]);
        }
        assert_eq!(quantile(&curve, 0.5), 2);
        assert_eq!(quantile(&curve, 0.9), 4);
    }

    #[test]
    fn a_monthly_rhythm_gives_thresholds_around_it() {
        // Gaps of 20 to 40 days, evenly; nobody leaves.
        let days: Vec<Vec<Day>> =
            (0..21).map(|c| (0..12).map(|k| Day(k * (20 + c))).collect::<Vec<_>>()).collect();
        let found = derive_rule(days.iter().map(Vec::as_slice), Day(500)).unwrap();
        let RuleFinding::Derived { rule, evidence } = found else { panic!("{found:?}") };
        assert_eq!(evidence.returns, 21 * 11);
        assert!((28..=32).contains(&evidence.median), "{evidence:?}");
        assert!((34..=37).contains(&rule.at_risk_days), "{rule:?}");
        assert!(rule.churned_days >= rule.at_risk_days * 3 / 2, "{rule:?}");
    }

    #[test]
    fn few_returns_are_said_to_be_few() {
        let found = derive_rule([[Day(0), Day(9)].as_slice()], Day(20)).unwrap();
        assert_eq!(found, RuleFinding::Insufficient { n: 1, needed: FEWEST_GAPS });
        assert_eq!(found.rule(), StageRule::STANDARD);
    }

    #[test]
    fn parts_counted_apart_and_merged_equal_the_whole() {
        let (a, b) = (vec![Day(1), Day(5), Day(30)], vec![Day(2)]);
        let mut whole = Gaps::default();
        whole.add_customer(&a, Day(40));
        whole.add_customer(&b, Day(40));
        let (mut left, mut right) = (Gaps::default(), Gaps::default());
        left.add_customer(&a, Day(40));
        right.add_customer(&b, Day(40));
        left.merge(&right);
        assert_eq!(left, whole);
    }
}
