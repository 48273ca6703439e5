//! An alarm that may be asked again and again: are groups treated apart, more than chance and more than a trifle?
//!
//! Goes in: hits and sizes by group, and how often such an audit is made in a year. Comes out: raised or not, with its p-value
//! after correction. An alarm is raised when a pair of groups
//! 1. is told apart by the score test (Pearson's chi-squared), with the false alarms of a year divided over all pairs, all
//!    attributes and all audits of that year, and
//! 2. has a ratio nearer to the limit than to 1 (on the logarithm), since in a large house trifles are told apart too.
//!
//! The division is Bonferroni's (Dunn 1961), spent evenly over the looks that the calendar plans (Lan and DeMets 1983,
//! Biometrika 70:659-663, with a fixed spending function). It holds however audits depend on each other: mostly the same
//! customers are looked at every week, so methods that need independent increments would promise too much.

use serde::{Deserialize, Serialize};

use super::interval::{Share, equal};

/// When an alarm is raised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Chance that a fair house hears any alarm about one audited thing in a year, 0 to 1. The default is half of the 1 % that
    /// is promised: the test is exact in large groups only, and a promise needs room.
    pub false_alarms: f64,
    /// Audits of it in a year.
    pub looks: u32,
    /// Attributes looked at each time.
    pub attributes: u32,
    /// The lowest ratio the house accepts.
    pub limit: f64,
    /// Members a group needs.
    pub smallest: u64,
}

impl Default for Watch {
    fn default() -> Self {
        Self { false_alarms: 0.005, looks: 1, attributes: 1, limit: 0.8, smallest: 20 }
    }
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Raised or not.
    pub raised: bool,
    /// p-value of the pair that is told apart best, after correction: to be held against `false_alarms`.
    pub p_value: f64,
    /// Lowest ratio of a pair; 1 with fewer than two groups large enough.
    pub ratio: f64,
}

/// Whether groups give cause for alarm.
#[must_use]
pub fn alarm(groups: &[Share], watch: &Watch) -> Alarm {
    let told: Vec<Share> = groups.iter().copied().filter(|group| group.n >= watch.smallest.max(1)).collect();
    let pairs = told.len() * told.len().saturating_sub(1) / 2;
    let tests = pairs as f64 * f64::from(watch.looks.max(1)) * f64::from(watch.attributes.max(1));
    let material = watch.limit.clamp(0.0, 1.0).sqrt();
    let mut found = Alarm { raised: false, p_value: 1.0, ratio: 1.0 };
    for (at, first) in told.iter().enumerate() {
        for second in told.iter().skip(at + 1) {
            let (p, q) = (first.value(), second.value());
            let ratio = if p.max(q) > 0.0 { p.min(q) / p.max(q) } else { 1.0 };
            let p_value = (equal(*first, *second) * tests).min(1.0);
            found.raised |= p_value <= watch.false_alarms && ratio < material;
            found.p_value = found.p_value.min(p_value);
            found.ratio = found.ratio.min(ratio);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hits: u64, n: u64) -> Share {
        Share { hits, n }
    }

    #[test]
    fn a_ratio_of_three_quarters_is_heard_and_a_trifle_among_millions_is_not() {
        assert!(alarm(&[of(600, 2000), of(450, 2000)], &Watch::default()).raised);
        let trifle = alarm(&[of(300_000, 1_000_000), of(295_000, 1_000_000)], &Watch::default());
        assert!(!trifle.raised && trifle.p_value < 1e-6, "{trifle:?}");
    }

    #[test]
    fn the_p_value_is_the_chi_squared_one_times_what_is_looked_at() {
        // 30 of 100 against 20 of 100: chi-squared 2.666667, p .102470 (one degree of freedom).
        let once = alarm(&[of(30, 100), of(20, 100)], &Watch::default());
        assert!((once.p_value - 0.102_470).abs() < 1e-5, "{once:?}");
        let often = Watch { looks: 4, attributes: 2, ..Watch::default() };
        assert!((alarm(&[of(30, 100), of(20, 100)], &often).p_value - 8.0 * once.p_value).abs() < 1e-9);
    }

    #[test]
    fn a_group_too_small_raises_nothing() {
        let found = alarm(&[of(0, 19), of(500, 500)], &Watch::default());
        assert_eq!(found, Alarm { raised: false, p_value: 1.0, ratio: 1.0 });
    }
}
