//! Repeat purchases by the BG/NBD model: Poisson purchases at a gamma rate, dropout after a purchase with a beta
//! chance (Fader, Hardie, Lee 2005, "Counting your customers the easy way", Marketing Science 24(2)).
//!
//! Goes in: frequency, recency and time since the first purchase, in days. Comes out: four parameters (time in
//! weeks), expected purchases, the chance of being alive. Equal customers are counted once; the gradient is analytic.
//! Where a brand's data do not identify dropout, `a` goes towards 0: everybody then counts as alive.

use crate::error::ScienceError;
use crate::fit::lbfgs;
use crate::lifecycle::history::History;
use serde::{Deserialize, Serialize};

/// What the likelihood needs of a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Repeat purchase days.
    pub frequency: u32,
    /// Weeks from the first to the last purchase.
    pub recency: f64,
    /// Weeks since the first purchase.
    pub age: f64,
}

impl From<&History> for Summary {
    fn from(h: &History) -> Self {
        Self { frequency: h.frequency as u32, recency: (h.tenure - h.silent) / 7.0, age: h.tenure / 7.0 }
    }
}

/// Fitted parameters; time is in weeks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BgNbd {
    /// Shape of the gamma distribution of purchase rates.
    pub r: f64,
    /// Its rate, weeks.
    pub alpha: f64,
    /// First parameter of the beta distribution of dropout.
    pub a: f64,
    /// Second parameter.
    pub b: f64,
    /// Log-likelihood of the customers it was fitted on (the sum of eq. 6).
    pub log_likelihood: f64,
}

/// Sums over `i < x` of `ln(shift + i)` and `1 / (shift + i)` for every x up to the largest: differences of
/// log-gamma and digamma functions.
struct Ladder(Vec<(f64, f64)>);

impl Ladder {
    fn new(shift: f64, largest: u32) -> Self {
        let mut sums = vec![(0.0, 0.0)];
        let (mut log, mut inverse) = (0.0, 0.0);
        for i in 0..largest {
            let at = shift + f64::from(i);
            log += at.ln();
            inverse += 1.0 / at;
            sums.push((log, inverse));
        }
        Self(sums)
    }

    fn at(&self, x: u32) -> (f64, f64) {
        self.0.get(x as usize).copied().unwrap_or_default()
    }
}

/// Sum of eq. 6 over weighted customers, and its gradient in (r, alpha, a, b).
fn log_likelihood(groups: &[(Summary, f64)], [r, alpha, a, b]: [f64; 4]) -> (f64, [f64; 4]) {
    let largest = groups.iter().map(|(s, _)| s.frequency).max().unwrap_or(0);
    let (of_r, of_b, of_ab) = (Ladder::new(r, largest), Ladder::new(b, largest), Ladder::new(a + b, largest));
    let mut value = 0.0;
    let mut gradient = [0.0; 4];
    for (s, weight) in groups {
        let x = f64::from(s.frequency);
        let ((lr, dr), (lb, db), (lab, dab)) =
            (of_r.at(s.frequency), of_b.at(s.frequency), of_ab.at(s.frequency));
        let (ln_age, ln_recency) = ((alpha + s.age).ln(), (alpha + s.recency).ln());
        let stayed = -(r + x) * ln_age;
        let left = if s.frequency > 0 {
            a.ln() - (b + x - 1.0).ln() - (r + x) * ln_recency
        } else {
            f64::NEG_INFINITY
        };
        let top = stayed.max(left);
        let sum = (stayed - top).exp() + (left - top).exp();
        let alive = (stayed - top).exp() / sum;
        let gone = 1.0 - alive;
        value += weight * (r.mul_add(alpha.ln(), lr) + lb - lab + top + sum.ln());
        let parts = [
            dr + alpha.ln() - alive * ln_age - gone * ln_recency,
            r / alpha - (r + x) * (alive / (alpha + s.age) + gone / (alpha + s.recency)),
            gone / a - dab,
            db - dab - if s.frequency > 0 { gone / (b + x - 1.0) } else { 0.0 },
        ];
        gradient.iter_mut().zip(parts).for_each(|(g, part)| *g += weight * part);
    }
    (value, gradient)
}

impl BgNbd {
    /// The parameters of maximum likelihood.
    ///
    /// # Errors
    /// Without a repeat purchase, or when the maximum is not found.
    pub fn fit(customers: &[Summary]) -> Result<Self, ScienceError> {
        let repeat = customers.iter().filter(|s| s.frequency > 0).count() as u64;
        if repeat == 0 {
            return Err(ScienceError::TooFew { what: "repeat buyers", n: 0, needed: 1 });
        }
        let mut sorted = customers.to_vec();
        let key = |s: &Summary| (s.frequency, s.recency.to_bits(), s.age.to_bits());
        sorted.sort_unstable_by_key(key);
        let groups: Vec<(Summary, f64)> = sorted
            .chunk_by(|p, q| key(p) == key(q))
            .filter_map(|same| Some((*same.first()?, same.len() as f64)))
            .collect();
        let n = customers.len() as f64;
        let exp = |log: &[f64]| -> [f64; 4] {
            let mut out = [0.0; 4];
            out.iter_mut().zip(log).for_each(|(to, from)| *to = from.clamp(-15.0, 15.0).exp());
            out
        };
        let start = [0.5f64.ln(), 5f64.ln(), 0.5f64.ln(), 2f64.ln()];
        let minimum = lbfgs::minimise(&start, 1e-6, 200, |log, gradient| {
            let point = exp(log);
            let (value, slope) = log_likelihood(&groups, point);
            for ((g, d), p) in gradient.iter_mut().zip(slope).zip(point) {
                *g = -d * p / n;
            }
            -value / n
        });
        if !minimum.value.is_finite() || minimum.gradient > 1e-3 {
            return Err(ScienceError::NotConverged { what: "repeat purchases" });
        }
        let [r, alpha, a, b] = exp(&minimum.x);
        Ok(Self { r, alpha, a, b, log_likelihood: -minimum.value * n })
    }

    /// Odds of having left, eq. 10's denominator less one.
    fn odds_left(&self, s: &Summary) -> f64 {
        if s.frequency == 0 {
            return 0.0;
        }
        let x = f64::from(s.frequency);
        let ratio = ((self.alpha + s.age) / (self.alpha + s.recency)).ln();
        self.a / (self.b + x - 1.0) * ((self.r + x) * ratio).min(700.0).exp()
    }

    /// Probability of being alive (Fader, Hardie 2008, "Computing P(alive) using the BG/NBD model", eq. 1). Whoever
    /// bought once is alive by the model's assumption.
    #[must_use]
    pub fn alive(&self, s: &Summary) -> f64 {
        1.0 / (1.0 + self.odds_left(s))
    }

    /// Expected purchase days in the next `days`, given the history (eq. 10). The hypergeometric function is taken
    /// after Euler's transformation (Abramowitz, Stegun 15.3.3), whose terms stay small.
    #[must_use]
    pub fn expected(&self, s: &Summary, days: f64) -> f64 {
        let t = days / 7.0;
        let x = f64::from(s.frequency);
        let a = if (self.a - 1.0).abs() < 1e-6 { 1.0 + 1e-6 } else { self.a };
        let z = t / (self.alpha + s.age + t);
        let c = a + self.b + x - 1.0;
        let scaled = (1.0 - z).powf(a - 1.0) * hypergeometric(a + self.b - 1.0 - self.r, a - 1.0, c, z);
        (c / (a - 1.0) * (1.0 - scaled) / (1.0 + self.odds_left(s))).max(0.0)
    }
}

/// The Gauss series, for `0 <= z < 1` and `c > 0`.
fn hypergeometric(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 0..20_000 {
        let k = f64::from(k);
        term *= (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        sum += term;
        if term.abs() < 1e-12 * sum.abs() {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        let groups = [
            (Summary { frequency: 0, recency: 0.0, age: 30.0 }, 3.0),
            (Summary { frequency: 1, recency: 9.0, age: 33.0 }, 2.0),
            (Summary { frequency: 7, recency: 29.5, age: 36.0 }, 1.0),
        ];
        let at = [0.24, 4.4, 0.8, 2.4];
        let (_, gradient) = log_likelihood(&groups, at);
        for j in 0..4 {
            let (mut up, mut down) = (at, at);
            up[j] += 1e-6;
            down[j] -= 1e-6;
            let numeric = (log_likelihood(&groups, up).0 - log_likelihood(&groups, down).0) / 2e-6;
            assert!((gradient[j] - numeric).abs() < 1e-6, "{j}: {} {numeric}", gradient[j]);
        }
    }

    #[test]
    fn the_gauss_series_gives_closed_forms() {
        // F(1, 1; 2; z) = -ln(1 - z) / z and F(a, b; b; z) = (1 - z)^-a (Abramowitz, Stegun 15.1.3, 15.1.8).
        assert!((hypergeometric(1.0, 1.0, 2.0, 0.5) - 2.0 * 2f64.ln()).abs() < 1e-10);
        assert!((hypergeometric(0.3, 1.7, 1.7, 0.6) - 0.4f64.powf(-0.3)).abs() < 1e-10);
    }
}
