//! How good forecasts of counts are: mean absolute error, root mean square error, error of the total, ranking.
//!
//! Goes in: forecasts and what was bought, customer by customer. Comes out: [`CountScore`] with intervals from a
//! bootstrap over customers (Efron 1979). It never changes a forecast.

use crate::hash::SplitMix64;
use serde::{Deserialize, Serialize};
use terms::estimate::{Estimate, Interval};

/// Resamples of the bootstrap.
const RESAMPLES: usize = 200;

/// Quality of forecast counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CountScore {
    /// Mean absolute error, purchase days a customer.
    pub mae: Estimate,
    /// Root of the mean square error.
    pub rmse: Estimate,
    /// Forecast total over true total (1 where nothing was bought), minus 1: -.12 means 12 % too few.
    pub aggregate_error: Estimate,
    /// Area under the curve of the forecast against having bought at all; .5 is chance, 1 perfect.
    pub auc: Estimate,
}

/// Poisson deviance `2 sum (y ln(y / e) - (y - e))` (McCullagh, Nelder 1989, table 2.3); 0 is perfect.
pub fn deviance(expected: impl Iterator<Item = f64>, bought: &[f64]) -> f64 {
    let one = |(e, y): (f64, &f64)| {
        let e = e.max(1e-9);
        2.0 * (if *y > 0.0 { y * (y / e).ln() } else { 0.0 } - (y - e))
    };
    expected.zip(bought).map(one).sum()
}

/// Sums from which a score follows, over customers with weights.
fn score_of(rows: &[(f64, f64)], weights: impl Iterator<Item = f64>) -> Option<[f64; 4]> {
    let (mut n, mut absolute, mut square, mut forecast, mut bought) = (0.0, 0.0, 0.0, 0.0, 0.0);
    // Rows ascend by forecast: pairs won by buyers over the others, ties by half (Mann, Whitney 1947).
    let (mut others, mut buyers, mut won) = (0.0, 0.0, 0.0);
    let (mut tied, mut tied_others, mut tied_buyers) = (f64::NEG_INFINITY, 0.0, 0.0);
    for ((e, y), w) in rows.iter().zip(weights) {
        n += w;
        absolute += w * (e - y).abs();
        square += w * (e - y).powi(2);
        forecast += w * e;
        bought += w * y;
        if *e > tied {
            won += tied_buyers * (others + tied_others / 2.0);
            others += tied_others;
            buyers += tied_buyers;
            (tied, tied_others, tied_buyers) = (*e, 0.0, 0.0);
        }
        if *y > 0.0 {
            tied_buyers += w;
        } else {
            tied_others += w;
        }
    }
    won += tied_buyers * (others + tied_others / 2.0);
    others += tied_others;
    buyers += tied_buyers;
    let auc = if others * buyers > 0.0 { won / (others * buyers) } else { 0.5 };
    (n > 0.0).then(|| [absolute / n, (square / n).sqrt(), forecast / bought.max(1.0) - 1.0, auc])
}

/// The score of forecasts, with 95 % intervals; `None` without customers.
#[must_use]
pub fn score(expected: &[f64], bought: &[f64], seed: u64) -> Option<CountScore> {
    let mut rows: Vec<(f64, f64)> = expected.iter().copied().zip(bought.iter().copied()).collect();
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let values = score_of(&rows, std::iter::repeat(1.0))?;
    let mut stream = SplitMix64::new(seed);
    let mut samples: [Vec<f64>; 4] = std::array::from_fn(|_| Vec::with_capacity(RESAMPLES));
    let mut weights = vec![0.0; rows.len()];
    for _ in 0..RESAMPLES {
        weights.fill(0.0);
        for _ in 0..rows.len() {
            let drawn = (stream.next_f64() * rows.len() as f64) as usize;
            if let Some(weight) = weights.get_mut(drawn) {
                *weight += 1.0;
            }
        }
        if let Some(values) = score_of(&rows, weights.iter().copied()) {
            samples.iter_mut().zip(values).for_each(|(sample, value)| sample.push(value));
        }
    }
    let [mae, rmse, aggregate_error, auc] = std::array::from_fn(|place| {
        let mut sample = samples.get(place).cloned().unwrap_or_default();
        sample.sort_unstable_by(f64::total_cmp);
        let value = values.get(place).copied().unwrap_or(f64::NAN);
        let at = |share: f64| sample.get((share * sample.len() as f64) as usize).copied().unwrap_or(value);
        let interval = Interval { low: at(0.025), high: at(0.975), level: 0.95 };
        Estimate { value, interval, n: rows.len() as u64 }
    });
    Some(CountScore { mae, rmse, aggregate_error, auc })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_worked_by_hand() {
        // Forecasts .5, .5, 2, 1 for 0, 1, 3, 0. Pairs of buyer and other: (.5 v .5) half, (.5 v 1) lost,
        // (2 v .5) and (2 v 1) won: 2.5 of 4.
        let found = score(&[0.5, 0.5, 2.0, 1.0], &[0.0, 1.0, 3.0, 0.0], 1).unwrap();
        assert!((found.mae.value - 0.75).abs() < 1e-12);
        assert!((found.rmse.value - 0.625f64.sqrt()).abs() < 1e-12);
        assert!(found.aggregate_error.value.abs() < 1e-12);
        assert!((found.auc.value - 0.625).abs() < 1e-12);
        assert!(found.mae.interval.low <= 0.75 && found.mae.interval.high >= 0.75);
    }

    #[test]
    fn the_deviance_of_a_perfect_forecast_is_zero() {
        assert!(deviance([1.0, 2.0].into_iter(), &[1.0, 2.0]).abs() < 1e-12);
        // 2 (0 - (0 - 1)) = 2.
        assert!((deviance([1.0].into_iter(), &[0.0]) - 2.0).abs() < 1e-12);
    }
}
