//! The global holdout: a share of all customers whom no marketing contacts for a period, then others.
//!
//! Goes in: rules (from which day, for how many months at a time, how large a share, which seed), a day, a customer's key.
//! Comes out: the period of that day, and whether the customer is drawn in it. Nothing is stored about anybody: the draw is a
//! hash of the key under the period's seed, so who joins later is drawn with the same chance, and anybody who has the rule
//! can repeat it. A rule is never changed while a period of it goes on; another one takes over at the next period.
//!
//! Whether the arms came out in the proportion they were drawn in is asked by the chi-square test of sample ratio (Fabijan,
//! Gupchup, Gupta, Omhover, Qin, Vermeer, Dmitriev 2019, "Diagnosing sample ratio mismatch", KDD; alarm below .0005).

use crate::hash::{seeded_hash, unit_interval};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use terms::time::Day;

/// Probability below which an uneven split is no chance any more.
pub const MISMATCH: f64 = 0.0005;

/// How large a share is held out from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HoldoutRule {
    /// First day of its first period.
    pub from: Day,
    /// Months of a period.
    pub months: u32,
    /// Share of all customers, 0 to 1.
    pub share: f64,
    /// The seed that periods' seeds are made of.
    pub seed: u64,
}

/// A period of a holdout.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HoldoutPeriod {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// Share of all customers, 0 to 1.
    pub share: f64,
    /// Its own seed.
    pub seed: u64,
}

/// The same day so many months later; the last of the month where there is none.
#[must_use]
pub fn months_later(day: Day, months: u32) -> Day {
    let date = day.to_date();
    let later =
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1 + i32::try_from(months).unwrap_or(0);
    let (year, month) = (later.div_euclid(12), later.rem_euclid(12) + 1);
    let first = i16::try_from(year).ok().zip(i8::try_from(month).ok());
    let Some(first) = first.and_then(|(year, month)| Day::from_ymd(year, month, 1)) else { return day };
    first.plus(i32::from(date.day()) - 1).min(first.month_end())
}

impl HoldoutPeriod {
    /// Whether a customer is drawn: the same answer on every machine and in every version.
    #[must_use]
    pub fn draws(&self, key: &str) -> bool {
        self.share > 0.0 && unit_interval(seeded_hash(self.seed, key.as_bytes())) < self.share
    }

    /// Whether a day lies in it.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// The period of a day; `None` before the first rule. Of rules from the same day the last one counts.
///
/// ```
/// use science::experiment::holdout::{HoldoutRule, period};
/// use terms::time::Day;
/// let rule = HoldoutRule { from: Day::from_ymd(2026, 1, 31).unwrap(), months: 3, share: 0.05, seed: 7 };
/// let found = period(&[rule], Day::from_ymd(2026, 5, 1).unwrap()).unwrap();
/// assert_eq!((found.from.to_string(), found.to.to_string()), ("2026-04-30".into(), "2026-07-30".into()));
/// ```
#[must_use]
pub fn period(rules: &[HoldoutRule], day: Day) -> Option<HoldoutPeriod> {
    let rule = rules.iter().filter(|rule| rule.from <= day).max_by_key(|rule| rule.from)?;
    // `max_by_key` gives the last of several that are equal.
    let after = rules.iter().map(|rule| rule.from).filter(|from| *from > day).min();
    let length = rule.months.max(1);
    let mut place = 0_u32;
    while months_later(rule.from, (place + 1) * length) <= day {
        place += 1;
    }
    let next = months_later(rule.from, (place + 1) * length);
    Some(HoldoutPeriod {
        from: months_later(rule.from, place * length),
        to: after.map_or(next, |after| after.min(next)).plus(-1),
        share: rule.share,
        seed: seeded_hash(rule.seed, &place.to_le_bytes()),
    })
}

/// Periods up to a day, the oldest first.
#[must_use]
pub fn periods(rules: &[HoldoutRule], until: Day) -> Vec<HoldoutPeriod> {
    let mut found = Vec::new();
    let mut day = rules.iter().map(|rule| rule.from).min();
    while let Some(at) = day.filter(|day| *day <= until) {
        let Some(period) = period(rules, at) else { break };
        day = (period.to >= at).then(|| period.to.plus(1));
        found.push(period);
    }
    found
}

/// The first day on which another rule can hold: today where nothing is held out, the day after the period otherwise.
#[must_use]
pub fn next_start(rules: &[HoldoutRule], today: Day) -> Day {
    match period(rules, today) {
        Some(period) if period.share > 0.0 => period.to.plus(1),
        _ => today,
    }
}

/// Probability of a split at least this uneven if everybody was drawn with that share.
#[must_use]
pub fn sample_ratio(held_out: u64, others: u64, share: f64) -> f64 {
    let n = (held_out + others) as f64;
    let expected = n * share;
    if expected <= 0.0 || expected >= n {
        return 1.0;
    }
    let statistic = (held_out as f64 - expected).powi(2) / (expected * (1.0 - share));
    ChiSquared::new(1.0).map_or(1.0, |chi| 1.0 - chi.cdf(statistic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: i8) -> Day {
        Day::from_ymd(year, month, day).unwrap()
    }

    fn rule(from: Day, share: f64, seed: u64) -> HoldoutRule {
        HoldoutRule { from, months: 3, share, seed }
    }

    #[test]
    fn periods_follow_each_other_without_gap_and_draw_others() {
        let rules = [rule(day(2025, 11, 30), 0.05, 7)];
        let found = periods(&rules, day(2026, 12, 31));
        assert_eq!(found[1].from, day(2026, 2, 28));
        assert_eq!(found.len(), 5);
        for pair in found.windows(2) {
            assert_eq!(pair[0].to.plus(1), pair[1].from);
            assert_ne!(pair[0].seed, pair[1].seed);
        }
        let drawn = |p: &HoldoutPeriod| -> Vec<u32> {
            (0..20_000).filter(|n| p.draws(&format!("C-{n:05}"))).collect()
        };
        let (first, second) = (drawn(&found[0]), drawn(&found[1]));
        assert!((900..1_100).contains(&first.len()) && (900..1_100).contains(&second.len()));
        let both = first.iter().filter(|n| second.contains(n)).count();
        assert!((25..80).contains(&both), "independent draws share about 50 of 1,000, not {both}");
    }

    #[test]
    fn another_share_waits_for_the_next_period_and_nothing_is_redrawn_before() {
        let first = rule(day(2026, 1, 1), 0.05, 7);
        let today = day(2026, 2, 10);
        let before = period(&[first], today).unwrap();
        let start = next_start(&[first], today);
        assert_eq!(start, day(2026, 4, 1));
        let rules = [first, rule(start, 0.10, 9), rule(start, 0.02, 11)];
        assert_eq!(period(&rules, today).unwrap(), before);
        assert!((period(&rules, start).unwrap().share - 0.02).abs() < 1e-12, "the last word counts");
    }

    #[test]
    fn without_a_rule_or_with_a_share_of_nothing_another_one_begins_today() {
        let today = day(2026, 5, 5);
        assert_eq!((period(&[], today), next_start(&[], today)), (None, today));
        let none = rule(day(2026, 1, 1), 0.0, 7);
        assert_eq!(next_start(&[none], today), today);
        assert!(!period(&[none], today).unwrap().draws("C-1"));
        assert_eq!(period(&[rule(day(2026, 6, 1), 0.1, 1)], today), None);
    }

    #[test]
    fn the_sample_ratio_is_pearsons_statistic() {
        // 60 of 1,000 against 5 %: (60 - 50)^2 / 47.5 = 2.105263, p = .146793.
        assert!((sample_ratio(60, 940, 0.05) - 0.146_793).abs() < 1e-5);
        assert!(sample_ratio(100, 900, 0.05) < MISMATCH);
        assert!((sample_ratio(0, 0, 0.05) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_draw_stays_what_it_was_in_every_version() {
        let period = HoldoutPeriod { from: day(2026, 1, 1), to: day(2026, 3, 31), share: 0.1, seed: 42 };
        let drawn: Vec<u32> = (0..60).filter(|n| period.draws(&format!("C-{n:05}"))).collect();
        assert_eq!(drawn, GOLDEN);
    }

    const GOLDEN: [u32; 4] = [22, 30, 38, 50];
}
