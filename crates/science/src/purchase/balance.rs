//! One number a customer that errs little and still adds up: the balanced count.
//!
//! The mean of a count adds up to the total and errs more than it must; the median errs least and adds up to far too
//! little, because most customers will not buy. Among all forecasts with a given total, the mean absolute error is
//! least where every customer gets the same quantile of their own distribution (set the derivative of
//! `sum E|N_i - m_i| + mu (total - sum m_i)` to 0: `F_i(m_i)` is the same for all). That is the balanced count. It is a
//! compromise and says so: for money use the mean.
//!
//! Goes in: means, a dispersion, a total. Comes out: the shared level and each customer's quantile.

use serde::{Deserialize, Serialize};

/// Share of the mean that is mixed in, so that customers whose quantile is 0 keep their order.
const OF_MEAN: f64 = 0.03;
/// Counts beyond this get their mean.
const MOST: u32 = 3_000;

/// The distribution around a mean and the level all share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// Shape of the negative binomial: variance `m + m^2 / dispersion`.
    pub dispersion: f64,
    /// The quantile level, 0 to 1.
    pub level: f64,
}

/// The dispersion by moments: `sum (y - m)^2 - m = sum m^2 / dispersion` (Johnson, Kemp, Kotz 2005, Univariate Discrete
/// Distributions, sec. 5.8), within .05 and 50.
#[must_use]
pub fn dispersion(means: &[f64], bought: &[f64]) -> f64 {
    let (mut extra, mut squares) = (0.0, 0.0);
    for (m, y) in means.iter().zip(bought) {
        extra += (y - m).powi(2) - m;
        squares += m * m;
    }
    if squares > 0.0 { (squares / extra.max(1e-9)).clamp(0.05, 50.0) } else { 1.0 }
}

/// The quantile at `level`, made continuous: between two counts it moves fast in the middle and slowly at both.
fn quantile(mean: f64, dispersion: f64, level: f64) -> f64 {
    let share = mean / (dispersion + mean);
    let mut pmf = (-dispersion * (mean / dispersion).ln_1p()).exp();
    let mut below = pmf;
    if mean.is_nan() || mean <= 0.0 || below >= level {
        return 0.0;
    }
    for n in 0..MOST {
        let n = f64::from(n);
        pmf *= (dispersion + n) / (n + 1.0) * share;
        if below + pmf >= level {
            let part = (level - below) / pmf;
            let (up, down) = (part.powi(3), (1.0 - part).powi(3));
            return n + up / (up + down);
        }
        below += pmf;
    }
    mean
}

impl Balance {
    /// The level at which the balanced counts of `means` add up to the sum of `means`. Of many customers evenly spaced
    /// ones are enough.
    #[must_use]
    pub fn new(means: &[f64], dispersion: f64) -> Self {
        let stride = means.len().div_ceil(50_000).max(1);
        let total: f64 = means.iter().step_by(stride).sum();
        let (mut low, mut high) = (0.0, 1.0 - 1e-9);
        for _ in 0..40 {
            let level = f64::midpoint(low, high);
            let sum: f64 = means.iter().step_by(stride).map(|m| quantile(*m, dispersion, level)).sum();
            if sum < total {
                low = level;
            } else {
                high = level;
            }
        }
        Self { dispersion, level: f64::midpoint(low, high) }
    }

    /// The balanced count that belongs to a mean; rises with it.
    #[must_use]
    pub fn count(&self, mean: f64) -> f64 {
        OF_MEAN.mul_add(mean, (1.0 - OF_MEAN) * quantile(mean, self.dispersion, self.level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_worked_by_hand() {
        // Dispersion 1 is geometric: mean 1 gives P(0) = 1/2, P(<= 1) = 3/4. Level 5/8 lies in the middle: 1/2.
        assert!((quantile(1.0, 1.0, 0.625) - 0.5).abs() < 1e-9);
        assert_eq!(quantile(1.0, 1.0, 0.4), 0.0);
    }

    #[test]
    fn balanced_counts_keep_total_and_order() {
        let means: Vec<f64> = (1..2_000).map(|i| f64::from(i) / 700.0).collect();
        let balance = Balance::new(&means, 0.9);
        let counts: Vec<f64> = means.iter().map(|m| balance.count(*m)).collect();
        let (total, of_means): (f64, f64) = (counts.iter().sum(), means.iter().sum());
        assert!((total / of_means - 1.0).abs() < 1e-4, "{total} {of_means}");
        assert!(counts.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn the_dispersion_of_counts_worked_by_hand() {
        // Means 1, 1; counts 0, 4: (1 - 1) + (9 - 1) = 8, squares 2: dispersion .25.
        assert!((dispersion(&[1.0, 1.0], &[0.0, 4.0]) - 0.25).abs() < 1e-12);
    }
}
