//! Exposure and burden: how often people of a group are contacted, as a mean with its interval.
//!
//! Goes in: of each group how many people there are, the sum of what each got, and the sum of its squares. Comes out: means,
//! the lowest over the highest, and the highest less the lowest, with intervals that hold together. Contacts are no shares: some
//! people get many, so their spread is taken from the data (Student's t; Welch for differences, the delta method on the
//! logarithm for ratios, Casella and Berger 2002, section 5.5.4) and not from a law of counts.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};
use terms::estimate::{Estimate, Evidence, Interval};

/// What a group got.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Got {
    /// People.
    pub people: u64,
    /// Sum over people.
    pub sum: f64,
    /// Sum of squares over people.
    pub squares: f64,
}

impl Got {
    /// Adds a person.
    pub fn add(&mut self, amount: f64) {
        self.people += 1;
        self.sum += amount;
        self.squares += amount * amount;
    }

    /// The mean; not a number without people.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sum / self.people as f64
    }

    /// Square of the standard error of the mean.
    fn error(&self) -> f64 {
        let n = self.people as f64;
        ((self.squares - self.sum * self.sum / n) / (n - 1.0).max(1.0) / n).max(0.0)
    }
}

/// How groups compare in what they got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Burden {
    /// Mean of each group.
    pub groups: Vec<Evidence>,
    /// Lowest mean over highest: 1 is the same for all.
    pub ratio: Evidence,
    /// Highest less lowest: 0 is the same for all.
    pub difference: Evidence,
}

fn t(level: f64, comparisons: usize, freedom: f64) -> f64 {
    let apart = (1.0 - level.clamp(0.0, 0.999_999)) / comparisons.max(1) as f64;
    StudentsT::new(0.0, 1.0, freedom.max(1.0))
        .map_or(f64::INFINITY, |student| student.inverse_cdf(1.0 - apart / 2.0))
}

/// Compares groups; those with fewer people than `smallest` are insufficient.
#[must_use]
pub fn burden(groups: &[Got], smallest: u64, level: f64) -> Burden {
    let needed = smallest.max(2);
    let told: Vec<&Got> = groups.iter().filter(|got| got.people >= needed).collect();
    let n = told.iter().map(|got| got.people).sum();
    let few = Evidence::Insufficient { n, needed };
    let each = |got: &Got| {
        if got.people < needed {
            return Evidence::Insufficient { n: got.people, needed };
        }
        let half = t(level, told.len(), got.people as f64 - 1.0) * got.error().sqrt();
        let interval = Interval { low: (got.mean() - half).max(0.0), high: got.mean() + half, level };
        Evidence::Sufficient(Estimate { value: got.mean(), interval, n: got.people })
    };
    let (mut ratio, mut difference) = (few, few);
    let by_mean = |a: &&&Got, b: &&&Got| a.mean().total_cmp(&b.mean());
    if let (Some(low), Some(high)) = (told.iter().min_by(by_mean), told.iter().max_by(by_mean))
        && told.len() > 1
    {
        let pairs = told.len() * (told.len() - 1) / 2;
        let (mut of_ratio, mut of_difference) = ((1.0_f64, 1.0_f64), (0.0_f64, 0.0_f64));
        for (at, a) in told.iter().enumerate() {
            for b in told.iter().skip(at + 1) {
                let (x, y) = (a.error(), b.error());
                // Welch 1947.
                let freedom = (x + y).powi(2)
                    / (x * x / (a.people as f64 - 1.0) + y * y / (b.people as f64 - 1.0))
                        .max(f64::MIN_POSITIVE);
                let z = t(level, pairs, freedom);
                let (apart, half) = ((a.mean() - b.mean()).abs(), z * (x + y).sqrt());
                of_difference.0 = of_difference.0.max(apart - half);
                of_difference.1 = of_difference.1.max(apart + half);
                if a.mean() > 0.0 && b.mean() > 0.0 {
                    let log = (a.mean() / b.mean()).ln().abs();
                    let half = z * (x / a.mean().powi(2) + y / b.mean().powi(2)).sqrt();
                    of_ratio.0 = of_ratio.0.min((-log - half).exp());
                    of_ratio.1 = of_ratio.1.min((half - log).min(0.0).exp());
                } else if a.mean() + b.mean() > 0.0 {
                    // One got nothing: how little that is cannot be told from spread that is none.
                    of_ratio.0 = 0.0;
                }
            }
        }
        let estimate = |value: f64, (low, high): (f64, f64)| {
            let interval = Interval { low: low.min(value), high: high.max(value), level };
            Evidence::Sufficient(Estimate { value, interval, n })
        };
        difference = estimate(high.mean() - low.mean(), of_difference);
        if high.mean() > 0.0 {
            ratio = estimate(low.mean() / high.mean(), of_ratio);
        }
    }
    Burden { groups: groups.iter().map(each).collect(), ratio, difference }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    fn got(amounts: &[f64]) -> Got {
        let mut got = Got::default();
        amounts.iter().for_each(|amount| got.add(*amount));
        got
    }

    fn told(evidence: Evidence) -> Estimate {
        match evidence {
            Evidence::Sufficient(found) => found,
            Evidence::Insufficient { n, .. } => panic!("only {n}"),
        }
    }

    #[test]
    fn means_and_their_intervals_are_those_worked_out_by_hand() {
        // 0, 1, 2, 3, 4: mean 2, standard error sqrt(2.5 / 5) = .707107; t of 4 degrees at .975 is 2.776445.
        let alone = burden(&[got(&[0.0, 1.0, 2.0, 3.0, 4.0])], 5, 0.95);
        let found = told(alone.groups[0]);
        assert!((found.value - 2.0).abs() < 1e-12);
        assert!((found.interval.high - (2.0 + 2.776_445 * 0.5_f64.sqrt())).abs() < 1e-5, "{found:?}");
        assert!(matches!(alone.ratio, Evidence::Insufficient { .. }));
        let two = burden(&[got(&[0.0, 1.0, 2.0, 3.0, 4.0]), got(&[2.0, 4.0, 4.0, 4.0, 6.0])], 5, 0.95);
        assert!(
            (told(two.ratio).value - 0.5).abs() < 1e-12 && (told(two.difference).value - 2.0).abs() < 1e-12
        );
        // Welch: errors .5 and .4, 7.9024 degrees, t 2.3110; 2 -+ 2.3110 sqrt(.9).
        let interval = told(two.difference).interval;
        assert_eq!(interval.low, 0.0);
        assert!((interval.high - (2.0 + 2.311 * 0.9_f64.sqrt())).abs() < 2e-3, "{interval:?}");
        assert!(matches!(
            burden(&[got(&[1.0; 4])], 5, 0.95).groups[0],
            Evidence::Insufficient { n: 4, needed: 5 }
        ));
    }

    #[test]
    fn the_ratio_holds_the_truth_as_often_as_it_says_where_some_get_many() {
        let mut random = SplitMix64::new(8);
        // A fifth gets 10 at the most, the others up to 2; the second group three quarters of that.
        let draw = |scale: f64, random: &mut SplitMix64| {
            let most = if random.next_f64() < 0.2 { 10.0 } else { 2.0 };
            random.next_f64() * most * scale
        };
        let mut held = 0;
        for _ in 0..1000 {
            let mut groups = [Got::default(); 2];
            for _ in 0..200 {
                groups[0].add(draw(1.0, &mut random));
                groups[1].add(draw(0.75, &mut random));
            }
            let found = told(burden(&groups, 20, 0.95).ratio);
            held += u32::from(found.interval.low <= 0.75 && 0.75 <= found.interval.high);
        }
        assert!((930..=980).contains(&held), "{held}");
    }

    #[test]
    fn a_group_that_got_nothing_has_a_ratio_of_0_and_nobody_anything_none() {
        let found = burden(&[got(&[0.0; 30]), got(&[1.0; 30])], 20, 0.95);
        assert_eq!(told(found.ratio).value, 0.0);
        assert!(matches!(burden(&[got(&[0.0; 30]); 2], 20, 0.95).ratio, Evidence::Insufficient { .. }));
    }
}
