//! The expected amount of a purchase by the gamma-gamma model (Fader, Hardie 2013, "The gamma-gamma model of
//! monetary value", note 025): few purchases are drawn towards what all customers spend.
//!
//! Goes in: number of purchase days and their mean amount, above 0. Comes out: three parameters and expectations. All
//! that depends on the number alone is computed once for each number; the rest is a logarithm and a division a row.

use crate::error::ScienceError;
use crate::fit::two_scale;
use serde::{Deserialize, Serialize};
use statrs::function::gamma::{digamma, ln_gamma};

/// Amounts below which nothing is fitted.
const FEWEST: usize = 10;
/// Largest logarithm of a parameter. Where all pay the same, shapes grow without end and end here.
const LARGEST: f64 = 9.0;
/// Cells for one unit of the logarithm of an amount, in the coarse rows.
const CELLS: f64 = 32.0;

/// Fitted parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GammaGamma {
    /// Shape of the amounts of one customer.
    pub p: f64,
    /// Shape of the scale across customers; above 1 for a finite mean.
    pub q: f64,
    /// Its rate (gamma in the note), in currency.
    pub v: f64,
    /// Log-likelihood (the sum of eq. 1a's logarithm).
    pub log_likelihood: f64,
}

/// Customers with the same number of purchases.
struct Same {
    n: f64,
    customers: f64,
    /// Sum of `ln(n mean)`.
    ln_totals: f64,
    /// Sum of `ln(mean)`.
    ln_means: f64,
    /// Total amounts with the customers that have them.
    totals: Vec<(f64, f64)>,
}

impl Same {
    fn coarse(&self) -> Self {
        let mut totals: Vec<(i64, f64, f64)> =
            self.totals.iter().map(|(t, w)| ((t.ln() * CELLS).round() as i64, *t, *w)).collect();
        totals.sort_unstable_by_key(|(cell, ..)| *cell);
        let merge = |cell: &[(i64, f64, f64)]| {
            let weight: f64 = cell.iter().map(|(_, _, w)| w).sum();
            (cell.iter().map(|(_, t, w)| t * w).sum::<f64>() / weight, weight)
        };
        Self { totals: totals.chunk_by(|a, b| a.0 == b.0).map(merge).collect(), ..*self }
    }
}

fn grouped(orders: &[(f64, f64)]) -> Vec<Same> {
    let mut sorted = orders.to_vec();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    sorted
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|same| {
            let n = same.first()?.0;
            Some(Same {
                n,
                customers: same.len() as f64,
                ln_totals: same.iter().map(|(n, mean)| (n * mean).ln()).sum(),
                ln_means: same.iter().map(|(_, mean)| mean.ln()).sum(),
                totals: same.iter().map(|(n, mean)| (n * mean, 1.0)).collect(),
            })
        })
        .collect()
}

fn log_likelihood(groups: &[Same], [p, q, v]: [f64; 3]) -> (f64, [f64; 3]) {
    let mut value = 0.0;
    let mut gradient = [0.0; 3];
    let (ln_q, di_q, ln_v) = (ln_gamma(q), digamma(q), v.ln());
    for same in groups {
        let (pn, w) = (p * same.n, same.customers);
        let (mut logs, mut inverses) = (0.0, 0.0);
        for (total, weight) in &same.totals {
            let at = v + total;
            logs += weight * at.ln();
            inverses += weight / at;
        }
        value += w * (ln_gamma(pn + q) - ln_gamma(pn) - ln_q + q * ln_v) + pn * same.ln_totals
            - same.ln_means
            - (pn + q) * logs;
        let both = digamma(pn + q);
        let parts = [
            same.n * (w * (both - digamma(pn)) + same.ln_totals - logs),
            w * (both - di_q + ln_v) - logs,
            w * q / v - (pn + q) * inverses,
        ];
        gradient.iter_mut().zip(parts).for_each(|(g, part)| *g += part);
    }
    (value, gradient)
}

impl GammaGamma {
    /// The parameters of maximum likelihood on `(purchase days, mean amount)`; rows without a positive amount are
    /// left out.
    ///
    /// # Errors
    /// With fewer than ten rows, or when the maximum is not found.
    pub fn fit(orders: &[(f64, f64)]) -> Result<Self, ScienceError> {
        let valid: Vec<(f64, f64)> = orders
            .iter()
            .filter(|(n, mean)| *n > 0.0 && n.is_finite() && *mean > 0.0 && mean.is_finite())
            .copied()
            .collect();
        let n = valid.len();
        if n < FEWEST {
            return Err(ScienceError::TooFew { what: "amounts", n: n as u64, needed: FEWEST as u64 });
        }
        // In units of the mean amount every parameter is of the order of 1, whatever the currency.
        let centre = valid.iter().map(|(_, mean)| mean).sum::<f64>() / n as f64;
        let valid: Vec<(f64, f64)> = valid.into_iter().map(|(n, mean)| (n, mean / centre)).collect();
        let exp = |log: &[f64]| -> [f64; 3] {
            let mut out = [0.0; 3];
            out.iter_mut().zip(log).for_each(|(to, from)| *to = from.clamp(-LARGEST, LARGEST).exp());
            out
        };
        let groups = grouped(&valid);
        let coarse: Vec<Same> = groups.iter().map(Same::coarse).collect();
        let start = [2f64.ln(), 2f64.ln(), 0.5f64.ln()];
        let objective = |groups: &[Same], log: &[f64], gradient: &mut [f64]| {
            let point = exp(log);
            let (value, slope) = log_likelihood(groups, point);
            for (((g, d), p), log) in gradient.iter_mut().zip(slope).zip(point).zip(log) {
                // At the end of the range there is nowhere to go.
                *g = if log.abs() < LARGEST { -d * p / n as f64 } else { 0.0 };
            }
            -value / n as f64
        };
        let minimum = two_scale::minimise(
            &start,
            1e-7,
            |x, g| objective(&coarse, x, g),
            |x, g| objective(&groups, x, g),
        );
        if !minimum.value.is_finite() || minimum.gradient > 1e-3 {
            return Err(ScienceError::NotConverged { what: "amounts" });
        }
        let [p, q, v] = exp(&minimum.x);
        // A density in other units: one factor of the mean amount a customer.
        let log_likelihood = -(n as f64) * (minimum.value + centre.ln());
        Ok(Self { p, q, v: v * centre, log_likelihood })
    }

    /// Expected amount of a purchase day of somebody with `n` of them at a mean of `mean` (eq. 5).
    #[must_use]
    pub fn expected(&self, n: f64, mean: f64) -> f64 {
        let weight = self.p * n + self.q - 1.0;
        if weight <= 0.05 { mean } else { self.p * n.mul_add(mean, self.v) / weight }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        let orders = grouped(&[(1.0, 12.0), (2.0, 30.5), (2.0, 7.0), (9.0, 51.0)]);
        let at = [6.25, 3.74, 15.44];
        let (_, gradient) = log_likelihood(&orders, at);
        for j in 0..3 {
            let (mut up, mut down) = (at, at);
            up[j] += 1e-6;
            down[j] -= 1e-6;
            let numeric = (log_likelihood(&orders, up).0 - log_likelihood(&orders, down).0) / 2e-6;
            assert!((gradient[j] - numeric).abs() < 1e-5, "{j}: {} {numeric}", gradient[j]);
        }
    }

    #[test]
    fn one_purchase_is_drawn_towards_all_customers_by_hand() {
        // p 6.25, q 3.74, v 15.44; one purchase of 20: 6.25 (15.44 + 20) / (6.25 + 2.74) = 24.638487.
        let model = GammaGamma { p: 6.25, q: 3.74, v: 15.44, log_likelihood: 0.0 };
        assert!((model.expected(1.0, 20.0) - 24.638_487).abs() < 1e-5, "{}", model.expected(1.0, 20.0));
    }

    #[test]
    fn equal_amounts_everywhere_are_expected_again() {
        let model = GammaGamma::fit(&[(2.0, 20.0); 50]).unwrap();
        assert!((model.expected(2.0, 20.0) - 20.0).abs() < 0.1, "{model:?}");
        assert!((model.expected(0.0, 0.0) - 20.0).abs() < 0.1, "{model:?}");
    }
}
