//! Repeat purchases by the Pareto/NBD model: Poisson purchases at a gamma rate while alive, an exponential lifetime at
//! a gamma rate (Schmittlein, Morrison, Colombo 1987, "Counting your customers", Management Science 33(1)).
//!
//! Goes in: grouped summaries. Comes out: four parameters (time in weeks), the chance of being alive, expected purchase
//! days. The likelihood is taken as the integral over the time of leaving (Fader, Hardie 2005, "A note on deriving the
//! Pareto/NBD model", eq. 12 and 13) instead of two hypergeometric functions: every part of the integrand is positive,
//! and value and gradient come from the same nodes. The time runs in logarithms, and no further than where the
//! integrand has fallen by e^-24.

use super::beta_geometric::{LARGEST, exp4};
use super::quadrature::gauss_legendre;
use super::summary::{Groups, Ladder, Summary};
use crate::error::ScienceError;
use crate::fit::two_scale;
use serde::{Deserialize, Serialize};

/// Decay of the integrand, in exponents, at which the integral ends.
const DEPTH: f64 = 24.0;
/// Standard deviation of the prior of `ln s` around 0, see [`Prior::Weak`].
const PRIOR: f64 = 0.7;

/// What is assumed of the lifetimes before looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prior {
    /// Nothing: maximum likelihood.
    Flat,
    /// `ln s` is normal around 0 with a deviation of .7. In a short past `s` and `beta` run away together, and the
    /// forecast then assumes that everybody leaves at one rate; a weak prior holds them.
    Weak,
}

/// Fitted parameters; time is in weeks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ParetoNbd {
    /// Shape of the gamma distribution of purchase rates.
    pub r: f64,
    /// Its rate, weeks.
    pub alpha: f64,
    /// Shape of the gamma distribution of dropout rates.
    pub s: f64,
    /// Its rate, weeks.
    pub beta: f64,
    /// Log-likelihood of the customers it was fitted on.
    pub log_likelihood: f64,
}

/// Rules of rising order: as many nodes as the decay over the range asks for.
struct Rules([Vec<(f64, f64)>; 3]);

impl Rules {
    fn new() -> Self {
        Self([gauss_legendre(6), gauss_legendre(10), gauss_legendre(20)])
    }

    fn of(&self, decay: f64) -> &[(f64, f64)] {
        let [small, middle, large] = &self.0;
        if decay < 3.0 {
            small
        } else if decay < 9.0 {
            middle
        } else {
            large
        }
    }
}

/// The two ways a history can have come about, without `Gamma(r + x) / Gamma(r) alpha^r`.
struct Ways {
    /// Logarithm of both together.
    sum: f64,
    alive: f64,
    /// Derivatives of `sum` by r, alpha, s, beta.
    slope: [f64; 4],
}

fn ways(rules: &Rules, c: &Summary, [r, alpha, s, beta]: [f64; 4]) -> Ways {
    let shape = r + f64::from(c.frequency);
    let (ln_age, ln_beta, ln_left) = ((alpha + c.age).ln(), beta.ln(), (beta + c.age).ln());
    let stayed = (-shape).mul_add(ln_age, s * (ln_beta - ln_left));
    let by_stayed = [-ln_age, -shape / (alpha + c.age), ln_beta - ln_left, s / beta - s / (beta + c.age)];
    let shift = alpha.min(beta);
    let low = (shift + c.recency).ln();
    let full = (shift + c.age).ln() - low;
    if full <= 0.0 {
        return Ways { sum: stayed, alive: 1.0, slope: by_stayed };
    }
    // The exponent's slope at the lower end is the least there is, up to 1 from the change of variable.
    let steep = shape * (shift + c.recency) / (alpha + c.recency)
        + (s + 1.0) * (shift + c.recency) / (beta + c.recency)
        - 1.0;
    let range = if steep * full > DEPTH { DEPTH / steep } else { full };
    let half = range / 2.0;
    let front = s.ln() + s * ln_beta;
    // All in units of the way alive or of the integrand's start, whichever is larger.
    let start = front + low - shape * (alpha + c.recency).ln() - (s + 1.0) * (beta + c.recency).ln();
    let top = stayed.max(start);
    let (mut gone, mut ln_rate, mut by_rate, mut ln_life, mut by_life) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (node, weight) in rules.of((steep.abs() + 1.0) * range) {
        let v = half.mul_add(node + 1.0, low);
        let time = v.exp() - shift;
        let (rate, life) = (alpha + time, beta + time);
        // One of the two logarithms is v itself.
        let (of_rate, of_life) = if alpha <= beta { (v, life.ln()) } else { (rate.ln(), v) };
        let part = weight * half * (front + v - shape * of_rate - (s + 1.0) * of_life - top).exp();
        gone += part;
        ln_rate += part * of_rate;
        by_rate += part / rate;
        ln_life += part * of_life;
        by_life += part / life;
    }
    let staying = (stayed - top).exp();
    let total = staying + gone;
    let alive = staying / total;
    let by_gone = [
        -ln_rate,
        -shape * by_rate,
        (1.0 / s + ln_beta) * gone - ln_life,
        s / beta * gone - (s + 1.0) * by_life,
    ];
    let mut slope = [0.0; 4];
    for ((to, stay), left) in slope.iter_mut().zip(by_stayed).zip(by_gone) {
        *to = alive.mul_add(stay, left / total);
    }
    Ways { sum: top + total.ln(), alive, slope }
}

/// Log-likelihood of weighted customers and its gradient in (r, alpha, s, beta).
fn log_likelihood(rules: &Rules, groups: &Groups, at: [f64; 4]) -> (f64, [f64; 4]) {
    let [r, alpha, ..] = at;
    let of_r = Ladder::new(r, groups.largest());
    let (mut value, mut gradient) = (0.0, [0.0; 4]);
    for (c, weight) in groups.rows() {
        let Ways { sum, slope: [by_r, by_alpha, by_s, by_beta], .. } = ways(rules, c, at);
        let (lr, dr) = of_r.at(c.frequency);
        value += weight * (r.mul_add(alpha.ln(), lr) + sum);
        let parts = [dr + alpha.ln() + by_r, r / alpha + by_alpha, by_s, by_beta];
        gradient.iter_mut().zip(parts).for_each(|(g, part)| *g += weight * part);
    }
    (value, gradient)
}

impl ParetoNbd {
    /// Fits the four parameters; the likelihood in the result never contains the prior.
    ///
    /// # Errors
    /// When the maximum is not found.
    pub fn fit(groups: &Groups, prior: Prior) -> Result<Self, ScienceError> {
        let rules = Rules::new();
        let n = groups.customers() as f64;
        let precision = match prior {
            Prior::Flat => 0.0,
            Prior::Weak => 1.0 / (PRIOR * PRIOR),
        };
        let penalty = |log: &[f64]| {
            let ln_s = log.get(2).copied().unwrap_or(0.0);
            (0.5 * precision * ln_s * ln_s, precision * ln_s)
        };
        let objective = |groups: &Groups, log: &[f64], gradient: &mut [f64]| {
            let point = exp4(log);
            let (value, slope) = log_likelihood(&rules, groups, point);
            let (held, by_s) = penalty(log);
            for (((g, d), p), log) in gradient.iter_mut().zip(slope).zip(point).zip(log) {
                *g = if log.abs() < LARGEST { -d * p / n } else { 0.0 };
            }
            if let Some(g) = gradient.get_mut(2) {
                *g += by_s / n;
            }
            (held - value) / n
        };
        let coarse = groups.coarse();
        let start = [0.5f64.ln(), 10f64.ln(), 0.6f64.ln(), 10f64.ln()];
        let minimum = two_scale::minimise(
            &start,
            1e-7,
            |x, g| objective(&coarse, x, g),
            |x, g| objective(groups, x, g),
        );
        if !minimum.value.is_finite() || minimum.gradient > 1e-3 {
            return Err(ScienceError::NotConverged { what: "repeat purchases" });
        }
        let [r, alpha, s, beta] = exp4(&minimum.x);
        let log_likelihood = penalty(&minimum.x).0 - minimum.value * n;
        Ok(Self { r, alpha, s, beta, log_likelihood })
    }

    const fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    /// A scorer, which keeps the nodes between customers.
    #[must_use]
    pub fn scorer(&self) -> Scorer {
        Scorer { model: *self, rules: Rules::new() }
    }
}

/// A fitted model with what its scores need.
pub struct Scorer {
    model: ParetoNbd,
    rules: Rules,
}

impl Scorer {
    /// Probability of being alive (Schmittlein et al. 1987, eq. 11 to 13).
    #[must_use]
    pub fn alive(&self, c: &Summary) -> f64 {
        ways(&self.rules, c, self.model.parameters()).alive
    }

    /// Expected purchase days in the next `days`, given the history (Schmittlein et al. 1987, eq. 22; Fader, Hardie
    /// 2005, eq. 41).
    #[must_use]
    pub fn expected(&self, c: &Summary, days: f64) -> f64 {
        let ParetoNbd { r, alpha, s, beta, .. } = self.model;
        let (t, from) = (days.max(0.0) / 7.0, beta + c.age);
        let grown = ((from + t) / from).ln();
        // (1 - e^-((s-1) grown)) / (s - 1), which is `grown` at s = 1.
        let time = if (s - 1.0).abs() < 1e-9 { grown } else { -(-(s - 1.0) * grown).exp_m1() / (s - 1.0) };
        self.alive(c) * (r + f64::from(c.frequency)) / (alpha + c.age) * from * time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: [f64; 4] = [0.553, 10.578, 0.606, 11.669];

    fn customer(frequency: u32, recency: f64, age: f64) -> Summary {
        Summary { frequency, recency, age }
    }

    /// Simpson's rule over the time of leaving, with very many steps.
    fn by_hand(c: &Summary, [r, alpha, s, beta]: [f64; 4]) -> f64 {
        let shape = r + f64::from(c.frequency);
        let at = |t: f64| s * beta.powf(s) * (beta + t).powf(-s - 1.0) * (alpha + t).powf(-shape);
        let steps = 400_000;
        let h = (c.age - c.recency) / f64::from(steps);
        let mut sum = at(c.recency) + at(c.age);
        for i in 1..steps {
            sum += at(c.recency + h * f64::from(i)) * if i % 2 == 1 { 4.0 } else { 2.0 };
        }
        ((beta / (beta + c.age)).powf(s) * (alpha + c.age).powf(-shape) + sum * h / 3.0).ln()
    }

    #[test]
    fn the_likelihood_agrees_with_numerical_integration() {
        for at in [PUBLISHED, [2.0, 30.0, 1.4, 5.0], [0.5, 8.0, 16.0, 270.0]] {
            for c in [
                customer(0, 0.0, 38.0),
                customer(2, 30.43, 38.86),
                customer(40, 20.0, 39.0),
                customer(9, 38.0, 38.0),
            ] {
                let (ours, numeric) = (ways(&Rules::new(), &c, at).sum, by_hand(&c, at));
                assert!(
                    (ours - numeric).abs() < 1e-7 * numeric.abs().max(1.0),
                    "{at:?} {c:?}: {ours} {numeric}"
                );
            }
        }
    }

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        let mut rows = vec![customer(0, 0.0, 30.0); 9];
        rows.extend([customer(1, 9.0, 33.0), customer(7, 29.5, 36.0), customer(60, 30.0, 39.0)]);
        let groups = Groups::new(&rows).unwrap();
        for at in [PUBLISHED, [0.8, 12.0, 0.7, 4.0]] {
            let (_, gradient) = log_likelihood(&Rules::new(), &groups, at);
            for j in 0..4 {
                let (mut up, mut down) = (at, at);
                up[j] += 1e-5;
                down[j] -= 1e-5;
                let numeric = (log_likelihood(&Rules::new(), &groups, up).0
                    - log_likelihood(&Rules::new(), &groups, down).0)
                    / 2e-5;
                assert!((gradient[j] - numeric).abs() < 1e-4, "{j}: {} {numeric}", gradient[j]);
            }
        }
    }

    #[test]
    fn the_chance_of_being_alive_falls_with_silence() {
        let [r, alpha, s, beta] = PUBLISHED;
        let scorer = ParetoNbd { r, alpha, s, beta, log_likelihood: 0.0 }.scorer();
        let alive: Vec<f64> =
            [39.0, 30.0, 20.0, 5.0].iter().map(|t| scorer.alive(&customer(8, *t, 39.0))).collect();
        assert!(alive.is_sorted_by(|a, b| a >= b) && (alive[0] - 1.0).abs() < 1e-9, "{alive:?}");
    }
}
