//! Purchases at a gamma rate, dropout after a purchase with a beta chance: BG/NBD, MBG/NBD and their regular kin.
//!
//! - BG/NBD: Fader, Hardie, Lee 2005, "Counting your customers the easy way", Marketing Science 24(2). Nobody leaves
//!   after the first purchase.
//! - MBG/NBD: Batislam, Denizel, Filiztekin 2007, "Empirical validation and comparison of models for customer base
//!   analysis", IJRM 24(3). The first purchase is a chance to leave, too.
//! - BG/CNBD-k, MBG/CNBD-k: Platzer, Reutterer 2016; Reutterer, Platzer, Schröder 2021, "Leveraging purchase
//!   regularity for predicting customer behavior the easy way", IJRM 38(1). Gaps are Erlang-k: the larger k, the more
//!   they tick like a clock. k = 1 gives the two above, so all share one likelihood.
//!
//! Goes in: grouped summaries. Comes out: four parameters (time in weeks), the chance of being alive, expected purchase
//! days. Where the data do not identify dropout, `a / (a + b)` goes towards 0 and [`BetaGeometric::dropout`] says so.

use super::count;
use super::summary::{Groups, Ladder, Summary};
use crate::error::ScienceError;
use crate::fit::two_scale;
use serde::{Deserialize, Serialize};

/// When a customer may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaving {
    /// After a repeat purchase (BG).
    AfterRepeat,
    /// After any purchase, the first included (MBG).
    AfterAny,
}

/// Whether the data show that customers leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dropout {
    /// They do.
    Identified,
    /// The best fit has next to no dropout: silence then never counts as leaving.
    NotIdentified,
}

/// Chance of leaving at one purchase below which dropout counts as not identified.
const NO_DROPOUT: f64 = 2e-3;

/// Largest logarithm of a parameter: what grows without end (no dropout, one rate for all) ends here.
pub(crate) const LARGEST: f64 = 15.0;

/// Fitted parameters; time is in weeks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BetaGeometric {
    /// When customers may leave.
    pub leaving: Leaving,
    /// Regularity: stages of an Erlang gap; 1 is a Poisson process.
    pub k: u32,
    /// Shape of the gamma distribution of stage rates.
    pub r: f64,
    /// Its rate, weeks.
    pub alpha: f64,
    /// First parameter of the beta distribution of dropout.
    pub a: f64,
    /// Second parameter.
    pub b: f64,
    /// Log-likelihood of the customers it was fitted on (for k = 1 the sum of eq. 6 of Fader, Hardie, Lee 2005).
    pub log_likelihood: f64,
}

/// The part of a likelihood in which both ways meet: alive, or gone at the last purchase.
struct Ways {
    /// Logarithm of both together, without the factors they share.
    sum: f64,
    alive: f64,
    /// Derivatives of the alive way's logarithm by r and alpha.
    by_r: f64,
    by_alpha: f64,
    ln_recency: f64,
}

/// Chances to leave that a customer has survived for sure; `None` when there was none at all (BG, x = 0).
const fn survived(leaving: Leaving, x: u32) -> Option<u32> {
    match leaving {
        Leaving::AfterAny => Some(x),
        Leaving::AfterRepeat => x.checked_sub(1),
    }
}

fn ways(leaving: Leaving, k: u32, s: &Summary, [r, alpha, a, b]: [f64; 4]) -> Ways {
    let shape = f64::from(s.frequency * k) + r;
    let (ln_age, ln_recency) = ((alpha + s.age).ln(), (alpha + s.recency).ln());
    // sum over j < k of (silence)^j / j! Gamma(shape + j) / Gamma(shape) (alpha + T)^-(shape + j), by its last term.
    let (mut stages, mut by_r, mut by_stage) = (1.0, 0.0, 0.0);
    if k > 1 {
        let ratio = (s.age - s.recency) / (alpha + s.age);
        let (mut term, mut harmonic) = (1.0, 0.0);
        for j in 1..k {
            let at = shape + f64::from(j - 1);
            term *= ratio * at / f64::from(j);
            harmonic += 1.0 / at;
            stages += term;
            by_r += term * harmonic;
            by_stage += term * f64::from(j);
        }
        by_r /= stages;
        by_stage /= stages;
    }
    let stayed = (-shape).mul_add(ln_age, stages.ln());
    let (sum, alive) = match survived(leaving, s.frequency) {
        None => (stayed, 1.0),
        Some(n) => {
            let stayed = (b + f64::from(n)).ln() + stayed;
            let left = (-shape).mul_add(ln_recency, a.ln());
            let top = stayed.max(left);
            let other = (stayed.min(left) - top).exp();
            let larger = 1.0 / (1.0 + other);
            (top + other.ln_1p(), if stayed >= left { larger } else { 1.0 - larger })
        }
    };
    Ways { sum, alive, by_r: by_r - ln_age, by_alpha: -(shape + by_stage) / (alpha + s.age), ln_recency }
}

/// Log-likelihood of weighted customers without the gaps' constant, and its gradient in (r, alpha, a, b).
fn log_likelihood(leaving: Leaving, k: u32, groups: &Groups, at: [f64; 4]) -> (f64, [f64; 4]) {
    let [r, alpha, a, b] = at;
    let most = groups.largest() + 1;
    let (of_r, of_b, of_ab) =
        (Ladder::new(r, groups.largest() * k), Ladder::new(b, most), Ladder::new(a + b, most + 1));
    let (mut value, mut gradient) = (0.0, [0.0; 4]);
    for (s, weight) in groups.rows() {
        let w = ways(leaving, k, s, at);
        let gone = 1.0 - w.alive;
        let (lr, dr) = of_r.at(s.frequency * k);
        let shape = f64::from(s.frequency * k) + r;
        let mut sum = r.mul_add(alpha.ln(), lr) + w.sum;
        let (mut by_a, mut by_b) = (0.0, 0.0);
        if let Some(n) = survived(leaving, s.frequency) {
            let ((lb, db), (lab, dab)) = (of_b.at(n), of_ab.at(n + 1));
            sum += lb - lab;
            by_a = gone / a - dab;
            by_b = db - dab + w.alive / (b + f64::from(n));
        }
        value += weight * sum;
        let parts = [
            dr + alpha.ln() + w.alive * w.by_r - gone * w.ln_recency,
            r / alpha + w.alive * w.by_alpha - gone * shape / (alpha + s.recency),
            by_a,
            by_b,
        ];
        gradient.iter_mut().zip(parts).for_each(|(g, part)| *g += weight * part);
    }
    (value, gradient)
}

/// Parameters from their logarithms, kept within a range in which everything is finite.
pub(crate) fn exp4(log: &[f64]) -> [f64; 4] {
    let mut out = [0.0; 4];
    out.iter_mut().zip(log).for_each(|(to, from)| *to = from.clamp(-LARGEST, LARGEST).exp());
    out
}

impl BetaGeometric {
    /// BG/NBD by maximum likelihood.
    ///
    /// # Errors
    /// When the maximum is not found.
    pub fn fit_bg(groups: &Groups) -> Result<Self, ScienceError> {
        Self::fit(Leaving::AfterRepeat, 1, groups, 0.0)
    }

    /// MBG/NBD by maximum likelihood.
    ///
    /// # Errors
    /// When the maximum is not found.
    pub fn fit_mbg(groups: &Groups) -> Result<Self, ScienceError> {
        Self::fit(Leaving::AfterAny, 1, groups, 0.0)
    }

    /// The member of the family with regularity `k`; `log_gaps` is the sum over all customers and gaps of
    /// `ln(weeks)`, which only the likelihood of k above 1 depends on.
    ///
    /// # Errors
    /// When the maximum is not found.
    pub fn fit(leaving: Leaving, k: u32, groups: &Groups, log_gaps: f64) -> Result<Self, ScienceError> {
        let k = k.max(1);
        let n = groups.customers() as f64;
        let objective = |groups: &Groups, log: &[f64], gradient: &mut [f64]| {
            let point = exp4(log);
            let (value, slope) = log_likelihood(leaving, k, groups, point);
            for (((g, d), p), log) in gradient.iter_mut().zip(slope).zip(point).zip(log) {
                // At the end of the range there is nowhere to go.
                *g = if log.abs() < LARGEST { -d * p / n } else { 0.0 };
            }
            -value / n
        };
        let coarse = groups.coarse();
        let start = [0.5f64.ln(), (5.0 / f64::from(k)).ln(), 0.5f64.ln(), 2f64.ln()];
        let minimum = two_scale::minimise(
            &start,
            1e-7,
            |x, g| objective(&coarse, x, g),
            |x, g| objective(groups, x, g),
        );
        if !minimum.value.is_finite() || minimum.gradient > 1e-3 {
            return Err(ScienceError::NotConverged { what: "repeat purchases" });
        }
        let [r, alpha, a, b] = exp4(&minimum.x);
        let repeats: f64 = groups.rows().iter().map(|(s, w)| w * f64::from(s.frequency)).sum();
        let factorial: f64 = (1..k).map(|i| f64::from(i).ln()).sum();
        let gaps = f64::from(k - 1).mul_add(log_gaps, -repeats * factorial);
        Ok(Self { leaving, k, r, alpha, a, b, log_likelihood: gaps - minimum.value * n })
    }

    /// Whether the data show that customers leave.
    #[must_use]
    pub fn dropout(&self) -> Dropout {
        if self.a / (self.a + self.b) < NO_DROPOUT { Dropout::NotIdentified } else { Dropout::Identified }
    }

    /// Probability of being alive (Fader, Hardie 2008, "Computing P(alive) using the BG/NBD model", eq. 1; for k above
    /// 1 Reutterer et al. 2021, eq. 8). By BG, whoever bought once is alive by assumption.
    #[must_use]
    pub fn alive(&self, s: &Summary) -> f64 {
        ways(self.leaving, self.k, s, [self.r, self.alpha, self.a, self.b]).alive
    }

    /// Chances of staying so far, in the beta distribution of somebody who is alive.
    fn stayed(&self, s: &Summary) -> f64 {
        self.b + f64::from(survived(self.leaving, s.frequency).map_or(0, |n| n + 1))
    }

    /// Expected purchase days in the next `days`, given the history: eq. 10 of Fader, Hardie, Lee (2005) where k is 1
    /// (MBG has one more chance survived), the sum over counts where it is above.
    #[must_use]
    pub fn expected(&self, s: &Summary, days: f64) -> f64 {
        let alive = self.alive(s);
        let t = days / 7.0;
        if t.is_nan() || t <= 0.0 {
            return 0.0;
        }
        let future = if self.k == 1 {
            self.expected_alive(s, t)
        } else {
            let mut sum = 0.0;
            count::at_least(&self.clock(s, t), self.a, self.stayed(s), |p| sum += p);
            sum
        };
        (alive * future).max(0.0)
    }

    /// The bracket of eq. 10. The hypergeometric function is taken after Euler's transformation (Abramowitz, Stegun
    /// 15.3.3), whose terms stay small.
    fn expected_alive(&self, s: &Summary, t: f64) -> f64 {
        let a = if (self.a - 1.0).abs() < 1e-6 { 1.0 + 1e-6 } else { self.a };
        let z = t / (self.alpha + s.age + t);
        let c = a + self.stayed(s) - 1.0;
        let shape = self.r + f64::from(s.frequency);
        let scaled = (1.0 - z).powf(a - 1.0) * count::hypergeometric(c - shape, a - 1.0, c, z);
        c / (a - 1.0) * (1.0 - scaled)
    }

    /// The clock of somebody alive: in which stage of their gap they are, and how fast the stages go by.
    fn clock(&self, s: &Summary, weeks: f64) -> count::Clock {
        count::Clock {
            k: self.k,
            shape: self.r + f64::from(s.frequency * self.k),
            silence: (s.age - s.recency) / (self.alpha + s.age),
            ahead: weeks / (self.alpha + s.age + weeks),
        }
    }

    /// Probability of at least 1, 2, ... purchase days in the next `days`, until it is negligible.
    #[must_use]
    pub fn at_least(&self, s: &Summary, days: f64) -> Vec<f64> {
        let alive = self.alive(s);
        let mut out = Vec::new();
        if days > 0.0 {
            count::at_least(&self.clock(s, days / 7.0), self.a, self.stayed(s), |p| out.push(alive * p));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customers() -> Groups {
        let mut rows = vec![Summary { frequency: 0, recency: 0.0, age: 30.0 }; 8];
        rows.extend(vec![Summary { frequency: 1, recency: 9.0, age: 33.0 }; 2]);
        rows.push(Summary { frequency: 7, recency: 29.5, age: 36.0 });
        Groups::new(&rows).unwrap()
    }

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        let at = [0.24, 4.4, 0.8, 2.4];
        for (leaving, k) in [(Leaving::AfterRepeat, 1), (Leaving::AfterAny, 1), (Leaving::AfterAny, 4)] {
            let (_, gradient) = log_likelihood(leaving, k, &customers(), at);
            for j in 0..4 {
                let (mut up, mut down) = (at, at);
                up[j] += 1e-6;
                down[j] -= 1e-6;
                let numeric = (log_likelihood(leaving, k, &customers(), up).0
                    - log_likelihood(leaving, k, &customers(), down).0)
                    / 2e-6;
                assert!(
                    (gradient[j] - numeric).abs() < 1e-6,
                    "{leaving:?} {k} {j}: {} {numeric}",
                    gradient[j]
                );
            }
        }
    }

    #[test]
    fn eq_10_agrees_with_the_sum_over_counts() {
        for leaving in [Leaving::AfterRepeat, Leaving::AfterAny] {
            let model = BetaGeometric {
                leaving,
                k: 1,
                r: 0.243,
                alpha: 4.414,
                a: 0.793,
                b: 2.426,
                log_likelihood: 0.0,
            };
            for (x, recency) in [(0, 0.0), (2, 30.43), (20, 35.0)] {
                let s = Summary { frequency: x, recency, age: 38.86 };
                let sum: f64 = model.at_least(&s, 273.0).iter().sum();
                let closed = model.expected(&s, 273.0);
                assert!((sum - closed).abs() < 1e-6 * closed.max(1.0), "{leaving:?} {x}: {sum} {closed}");
            }
        }
    }

    #[test]
    fn the_worked_example_of_the_paper_is_reproduced() {
        // Fader, Hardie, Lee (2005) and their spreadsheet note: x = 2, t_x = 30.43, T = 38.86, t = 39 gives 1.226.
        let model = BetaGeometric {
            leaving: Leaving::AfterRepeat,
            k: 1,
            r: 0.243,
            alpha: 4.414,
            a: 0.793,
            b: 2.426,
            log_likelihood: 0.0,
        };
        let s = Summary { frequency: 2, recency: 30.43, age: 38.86 };
        assert!((model.expected(&s, 273.0) - 1.226).abs() < 1e-3, "{}", model.expected(&s, 273.0));
    }
}
