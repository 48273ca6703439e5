//! By how much the models miss the total, learned where the answer is known.
//!
//! Goes in: for each origin of the backtest the ratio of bought to expected, its noise, and how far ahead it looked.
//! Comes out: a factor for the total, drawn towards 1 as far as it is uncertain. It never looks at a customer.

use serde::{Deserialize, Serialize};

/// Standard deviation of the factor's logarithm across brands, before looking: models of this kind miss the total of
/// an unseen period by about a tenth.
pub const PRIOR: f64 = 0.12;
/// How much a season's factor changes from one year to the next, on the same scale.
const YEARLY: f64 = 0.05;
/// Noise that any origin has at least, on the same scale.
const LEAST: f64 = 0.03;

/// One origin's finding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Miss {
    /// `ln(bought / expected)`.
    pub ln_ratio: f64,
    /// Its variance from the customers' own chances.
    pub variance: f64,
    /// Days of the past it saw, and days ahead it was asked for.
    pub past: f64,
    /// Days ahead.
    pub ahead: f64,
    /// Whether it looks at the same days a year before.
    pub year_ago: bool,
}

/// The correction of the total.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Total {
    /// Logarithm of the factor.
    pub ln_factor: f64,
    /// Its standard deviation.
    pub deviation: f64,
}

/// The factor for `ahead` days after a past of `past` days. A misfit of dropout or rate grows with the horizon as
/// compared to the past, so the origins are put on a line through 0 in `ln(1 + ahead / past)`; the same days a year
/// before, where there are any, speak for the season; both are weighed by their precision against the prior.
#[must_use]
pub fn correction(misses: &[Miss], past: f64, ahead: f64) -> Total {
    let reach = |past: f64, ahead: f64| (ahead / past.max(1.0)).ln_1p();
    let (mut precision, mut sum) = (1.0 / (PRIOR * PRIOR), 0.0);
    let recent: Vec<&Miss> = misses.iter().filter(|m| !m.year_ago).collect();
    let year_ago = misses.iter().find(|m| m.year_ago);
    if !recent.is_empty() {
        let (mut xy, mut xx) = (0.0, 0.0);
        for miss in &recent {
            let (weight, x) = (1.0 / (miss.variance + LEAST * LEAST), reach(miss.past, miss.ahead));
            xy += weight * x * miss.ln_ratio;
            xx += weight * x * x;
        }
        let slope = xy / xx.max(1e-12);
        let scatter: f64 =
            recent.iter().map(|m| (m.ln_ratio - slope * reach(m.past, m.ahead)).powi(2)).sum::<f64>()
                / (recent.len() as f64 - 1.0).max(1.0);
        let sampling = recent.iter().map(|m| m.variance).fold(0.0, f64::max);
        // Beside the right season, origins of other seasons count as single draws, not as a mean.
        let draws = if year_ago.is_some() { 1.0 } else { recent.len() as f64 };
        let variance = (scatter / draws + sampling).max(LEAST * LEAST);
        precision += 1.0 / variance;
        sum += slope * reach(past, ahead) / variance;
    }
    if let Some(miss) = year_ago {
        let variance = miss.variance + YEARLY * YEARLY;
        precision += 1.0 / variance;
        sum += miss.ln_ratio / variance;
    }
    Total { ln_factor: sum / precision, deviation: precision.recip().sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn miss(ln_ratio: f64, variance: f64, year_ago: bool) -> Miss {
        Miss { ln_ratio, variance, past: 100.0, ahead: 100.0, year_ago }
    }

    #[test]
    fn without_a_backtest_nothing_is_corrected() {
        assert_eq!(correction(&[], 100.0, 100.0), Total { ln_factor: 0.0, deviation: PRIOR });
    }

    #[test]
    fn a_noisy_miss_is_drawn_towards_none_by_hand() {
        // One origin, .2 with variance .0144 = the prior's: half of it.
        let found = correction(&[miss(0.2, 0.0144, false)], 100.0, 100.0);
        assert!((found.ln_factor - 0.1).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn the_season_of_a_year_ago_outweighs_other_seasons_that_disagree() {
        let misses = [miss(-0.5, 0.001, false), miss(0.4, 0.001, false), miss(0.6, 0.0005, true)];
        let found = correction(&misses, 100.0, 100.0);
        assert!(found.ln_factor > 0.4, "{found:?}");
    }
}
