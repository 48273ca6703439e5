//! The expected amount of a purchase by the gamma-gamma model (Fader, Hardie 2013, "The gamma-gamma model of
//! monetary value", note 025): few purchases are drawn towards what all customers spend.
//!
//! Goes in: number of purchase days and their mean amount, above 0. Comes out: three parameters and expectations.

use crate::error::ScienceError;
use crate::fit::lbfgs;
use serde::{Deserialize, Serialize};
use statrs::function::gamma::{digamma, ln_gamma};

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

fn log_likelihood(orders: &[(f64, f64)], [p, q, v]: [f64; 3]) -> (f64, [f64; 3]) {
    let mut value = 0.0;
    let mut gradient = [0.0; 3];
    let (ln_q, di_q) = (ln_gamma(q), digamma(q));
    for (n, mean) in orders {
        let (pn, total) = (p * n, v + n * mean);
        value += ln_gamma(pn + q) - ln_gamma(pn) - ln_q + q * v.ln() + (pn - 1.0) * mean.ln() + pn * n.ln()
            - (pn + q) * total.ln();
        let both = digamma(pn + q);
        let parts = [
            n * (both - digamma(pn) + mean.ln() + n.ln() - total.ln()),
            both - di_q + v.ln() - total.ln(),
            q / v - (pn + q) / total,
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
        let valid: Vec<(f64, f64)> =
            orders.iter().filter(|(n, mean)| *n > 0.0 && *mean > 0.0 && mean.is_finite()).copied().collect();
        let n = valid.len();
        if n < 10 {
            return Err(ScienceError::TooFew { what: "amounts", n: n as u64, needed: 10 });
        }
        let centre = valid.iter().map(|(_, mean)| mean).sum::<f64>() / n as f64;
        let exp = |log: &[f64]| -> [f64; 3] {
            let mut out = [0.0; 3];
            out.iter_mut().zip(log).for_each(|(to, from)| *to = from.clamp(-15.0, 25.0).exp());
            out
        };
        let start = [2f64.ln(), 2f64.ln(), (centre / 2.0).max(1e-6).ln()];
        let minimum = lbfgs::minimise(&start, 1e-8, 500, |log, gradient| {
            let point = exp(log);
            let (value, slope) = log_likelihood(&valid, point);
            for ((g, d), p) in gradient.iter_mut().zip(slope).zip(point) {
                *g = -d * p / n as f64;
            }
            -value / n as f64
        });
        if !minimum.value.is_finite() || minimum.gradient > 1e-3 {
            return Err(ScienceError::NotConverged { what: "amounts" });
        }
        let [p, q, v] = exp(&minimum.x);
        Ok(Self { p, q, v, log_likelihood: -minimum.value * n as f64 })
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
        let orders = [(1.0, 12.0), (2.0, 30.5), (9.0, 51.0)];
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
}
