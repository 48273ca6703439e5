//! What a customer may bring: the distribution of purchases times amounts, its quantiles, and honest intervals.
//!
//! Purchases are negative binomial around their mean; given n of them and a history, the amounts' sum is a beta prime
//! variable (Fader, Hardie 2013, note 025, eq. 3 and 4: a sum of gamma amounts whose rate has a gamma posterior), so
//! its distribution function is an incomplete beta function (Abramowitz, Stegun 26.5.1) and nothing is simulated.
//!
//! Most customers buy nothing, so much of the mass lies at 0. The interval at a level L is equal-tailed while 0 lies in
//! its lower tail, and otherwise starts at 0 with all of the miss above; it grows with L. The level that covers a given
//! share is found on customers whose later revenue is known ([`calibrated_level`]).

use statrs::function::beta::beta_reg;
use terms::estimate::Interval;

/// Probability beyond which larger counts are not looked at.
const NEGLIGIBLE: f64 = 1e-7;
/// Counts that are looked at, at most.
const MOST: u32 = 400;

/// The distribution of one customer's revenue.
#[derive(Debug, Clone, PartialEq)]
pub struct Revenue {
    /// Probabilities of 0, 1, 2, ... purchase days; sum to 1.
    counts: Vec<f64>,
    /// Shape of one amount.
    p: f64,
    /// Shape of the rate's posterior.
    shape: f64,
    /// Its rate, in currency.
    scale: f64,
}

impl Revenue {
    /// Purchases with a mean and a dispersion (variance `mean + mean^2 / dispersion`); amounts of shape `p` at a rate
    /// that is gamma with `shape` and rate `scale`.
    #[must_use]
    pub fn new(mean: f64, dispersion: f64, p: f64, shape: f64, scale: f64) -> Self {
        let mean = mean.max(0.0);
        let share = mean / (dispersion + mean);
        let mut pmf = (-dispersion * (mean / dispersion).ln_1p()).exp();
        let (mut counts, mut below) = (vec![pmf], pmf);
        for n in 0..MOST {
            if 1.0 - below < NEGLIGIBLE {
                break;
            }
            let n = f64::from(n);
            pmf *= (dispersion + n) / (n + 1.0) * share;
            below += pmf;
            counts.push(pmf);
        }
        counts.iter_mut().for_each(|c| *c /= below.max(1e-300));
        Self { counts, p, shape, scale: scale.max(1e-9) }
    }

    /// Probability of no revenue at all.
    #[must_use]
    pub fn none(&self) -> f64 {
        self.counts.first().copied().unwrap_or(1.0)
    }

    /// Probability of at most `amount`.
    #[must_use]
    pub fn at_most(&self, amount: f64) -> f64 {
        if amount <= 0.0 {
            return if amount < 0.0 { 0.0 } else { self.none() };
        }
        let z = amount / (amount + self.scale);
        let part = |(n, c): (u32, &f64)| {
            if *c < NEGLIGIBLE / 100.0 { 0.0 } else { c * beta_reg(self.p * f64::from(n), self.shape, z) }
        };
        let later: f64 = (0u32..).zip(&self.counts).skip(1).map(part).sum();
        (self.none() + later).min(1.0)
    }

    /// The smallest amount that is not exceeded with probability `u`.
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        if u <= self.none() {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, self.scale);
        for _ in 0..60 {
            if self.at_most(high) >= u.min(1.0 - 1e-6) {
                break;
            }
            low = high;
            high *= 2.0;
        }
        for _ in 0..45 {
            let middle = f64::midpoint(low, high);
            if self.at_most(middle) < u {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high)
    }

    /// The interval of a nominal level; `stated` is what it covers after calibration.
    #[must_use]
    pub fn interval(&self, level: f64, stated: f64) -> Interval {
        let none = self.none();
        let (low, high) = if none < 0.5 && level < 1.0 - 2.0 * none {
            ((1.0 - level) / 2.0, f64::midpoint(1.0, level))
        } else if none < 0.5 {
            (0.0, level.max(1.0 - none))
        } else {
            (0.0, level)
        };
        Interval { low: self.quantile(low), high: self.quantile(high), level: stated }
    }

    /// The smallest nominal level whose interval contains `amount`, 0 to 1.
    #[must_use]
    pub fn depth(&self, amount: f64) -> f64 {
        let none = self.none();
        if amount <= 0.0 {
            return (1.0 - 2.0 * none).max(0.0);
        }
        let u = self.at_most(amount);
        if none >= 0.5 {
            return u;
        }
        let tails = (2.0 * u - 1.0).abs();
        if tails < 1.0 - 2.0 * none {
            tails
        } else if u <= 1.0 - none {
            1.0 - 2.0 * none
        } else {
            u
        }
    }
}

/// The nominal level at which intervals would have covered `share` of the customers with these depths: their
/// `ceil((n + 1) share)`-th smallest (split conformal prediction: Lei, G'Sell, Rinaldo, Tibshirani, Wasserman 2018,
/// "Distribution-free predictive inference for regression", alg. 2). `share` itself without customers.
#[must_use]
pub fn calibrated_level(mut depths: Vec<f64>, share: f64) -> f64 {
    depths.retain(|d| d.is_finite());
    depths.sort_unstable_by(f64::total_cmp);
    let place = ((depths.len() as f64 + 1.0) * share).ceil() as usize;
    depths.get(place.saturating_sub(1)).copied().unwrap_or(share).min(0.999)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy() -> Revenue {
        Revenue::new(4.0, 3.0, 6.25, 6.25 * 3.0 + 3.74, 15.44 + 100.0)
    }

    #[test]
    fn the_distribution_has_the_mean_of_counts_times_amounts() {
        // E[sum] = mean count * p scale / (shape - 1) (note 025, eq. 5), here by integrating 1 - F.
        let r = busy();
        let (step, mut mean) = (0.25, 0.0);
        for i in 0..8_000 {
            mean += step * (1.0 - r.at_most(step * (f64::from(i) + 0.5)));
        }
        let exact = 4.0 * 6.25 * 115.44 / (6.25 * 3.0 + 3.74 - 1.0);
        assert!((mean / exact - 1.0).abs() < 2e-3, "{mean} {exact}");
    }

    #[test]
    fn quantiles_invert_the_distribution_and_rise() {
        let r = busy();
        let found: Vec<f64> = [0.05, 0.3, 0.5, 0.9, 0.99].iter().map(|u| r.quantile(*u)).collect();
        assert!(found.is_sorted() && (r.at_most(found[2]) - 0.5).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn an_interval_contains_an_amount_from_its_depth_on() {
        for r in [busy(), Revenue::new(0.2, 1.0, 6.0, 9.0, 50.0), Revenue::new(1.2, 1.0, 6.0, 9.0, 50.0)] {
            for amount in [0.0, 3.0, 40.0, 300.0] {
                let depth = r.depth(amount);
                for level in [0.1, 0.5, 0.8, 0.95] {
                    let found = r.interval(level, level);
                    let inside = found.low <= amount && amount <= found.high;
                    assert!(
                        inside == (depth <= level) || (depth - level).abs() < 1e-3,
                        "{amount} {level} {depth} {found:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_calibrated_level_is_the_rank_by_hand() {
        // Nine depths, 80 %: the ceil(10 * .8) = 8th smallest.
        let depths = (1..10).map(|i| f64::from(i) / 10.0).collect();
        assert!((calibrated_level(depths, 0.8) - 0.8).abs() < 1e-12);
        assert!((calibrated_level(Vec::new(), 0.8) - 0.8).abs() < 1e-12);
    }
}
