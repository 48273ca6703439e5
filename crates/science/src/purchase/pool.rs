//! The purchase models side by side, and how much each counts.
//!
//! Goes in: customers on a day. Comes out: every model that could be fitted, what each expects of a customer, and
//! weights from past performance. A model that cannot be fitted is absent, and the others go on.

use super::beta_geometric::{BetaGeometric, Dropout, Leaving};
use super::log::Observed;
use super::pareto_nbd::{ParetoNbd, Prior, Scorer};
use super::summary::{Groups, Summary};
use crate::error::ScienceError;
use serde::{Deserialize, Serialize};

/// Models in a pool.
pub const MEMBERS: usize = 4;
/// Their names.
pub const NAMES: [&str; MEMBERS] = ["bg_nbd", "mbg_nbd", "pareto_nbd", "mbg_cnbd_k"];
/// Regularities that are tried, while the likelihood rises.
const REGULARITIES: [u32; 7] = [2, 3, 4, 6, 8, 12, 16];
/// Log-likelihood by which a more regular model must be better.
const GAIN: f64 = 2.0;
/// Purchases that speak for equal weights.
const PRIOR: f64 = 100.0;
/// Steps towards the best weights; near-equal models are still near-equal then, which is wanted.
const STEPS: u32 = 60;

/// Fitted models; absent ones could not be fitted, or (the regular one) are not supported by the gaps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// BG/NBD.
    pub bg: Option<BetaGeometric>,
    /// MBG/NBD.
    pub mbg: Option<BetaGeometric>,
    /// Pareto/NBD with a weak prior.
    pub pareto: Option<ParetoNbd>,
    /// MBG/CNBD-k with k above 1.
    pub regular: Option<BetaGeometric>,
}

/// The regularity the gaps support best; 1 when they look random.
pub(crate) fn regularity(customers: &[Observed]) -> Result<u32, ScienceError> {
    let (groups, log_gaps) = grouped(customers)?;
    let fit =
        |k| BetaGeometric::fit(Leaving::AfterAny, k, &groups.coarse(), log_gaps).map(|m| m.log_likelihood);
    let Ok(mut best) = fit(1) else { return Ok(1) };
    let mut chosen = 1;
    for k in REGULARITIES {
        match fit(k) {
            Ok(likelihood) if likelihood > best + GAIN => (best, chosen) = (likelihood, k),
            _ => break,
        }
    }
    Ok(chosen)
}

fn grouped(customers: &[Observed]) -> Result<(Groups, f64), ScienceError> {
    let summaries: Vec<Summary> = customers.iter().map(Observed::summary).collect();
    Ok((Groups::new(&summaries)?, customers.iter().map(|c| c.log_gaps).sum()))
}

impl Pool {
    /// Fits every model; `k` above 1 adds the regular one.
    ///
    /// # Errors
    /// When the customers are too few or none repeats, or when no model can be fitted.
    pub fn fit(customers: &[Observed], k: u32) -> Result<Self, ScienceError> {
        let (groups, log_gaps) = grouped(customers)?;
        let pool = Self {
            bg: BetaGeometric::fit_bg(&groups).ok(),
            mbg: BetaGeometric::fit_mbg(&groups).ok(),
            pareto: ParetoNbd::fit(&groups, Prior::Weak).ok(),
            regular: (k > 1)
                .then(|| BetaGeometric::fit(Leaving::AfterAny, k, &groups, log_gaps).ok())
                .flatten(),
        };
        if pool.present().contains(&true) {
            Ok(pool)
        } else {
            Err(ScienceError::NotConverged { what: "repeat purchases" })
        }
    }

    /// Which members there are.
    #[must_use]
    pub const fn present(&self) -> [bool; MEMBERS] {
        [self.bg.is_some(), self.mbg.is_some(), self.pareto.is_some(), self.regular.is_some()]
    }

    /// Whether the models of random gaps found any dropout.
    #[must_use]
    pub fn dropout(&self) -> Dropout {
        let found = [self.bg, self.mbg].into_iter().flatten().map(|m| m.dropout());
        if found.into_iter().any(|d| d == Dropout::Identified) {
            Dropout::Identified
        } else {
            Dropout::NotIdentified
        }
    }

    /// What scores customers.
    #[must_use]
    pub fn scorer(&self) -> PoolScorer {
        PoolScorer { pool: *self, pareto: self.pareto.map(|model| model.scorer()) }
    }
}

/// A pool with what its scores need.
pub struct PoolScorer {
    pool: Pool,
    pareto: Option<Scorer>,
}

impl PoolScorer {
    /// Expected purchase days within `days` by each member; 0 where a member is absent or gives no number.
    #[must_use]
    pub fn expected(&self, s: &Summary, days: f64) -> [f64; MEMBERS] {
        let beta = |model: Option<BetaGeometric>| model.map_or(0.0, |m| m.expected(s, days));
        let pareto = self.pareto.as_ref().map_or(0.0, |m| m.expected(s, days));
        [beta(self.pool.bg), beta(self.pool.mbg), pareto, beta(self.pool.regular)]
            .map(|e| if e.is_finite() { e.max(0.0) } else { 0.0 })
    }

    /// Probability of being alive by each member.
    #[must_use]
    pub fn alive(&self, s: &Summary) -> [f64; MEMBERS] {
        let beta = |model: Option<BetaGeometric>| model.map_or(0.0, |m| m.alive(s));
        let pareto = self.pareto.as_ref().map_or(0.0, |m| m.alive(s));
        [beta(self.pool.bg), beta(self.pool.mbg), pareto, beta(self.pool.regular)]
    }
}

/// The weighted mean.
#[must_use]
pub fn mix(weights: &[f64; MEMBERS], values: &[f64; MEMBERS]) -> f64 {
    weights.iter().zip(values).map(|(w, v)| w * v).sum()
}

/// Weights of the members from how they did at `origins` (expected and bought, customer by customer): those whose
/// weighted mean has the least Poisson deviance (stacking: Wolpert 1992; Breiman 1996, "Stacked regressions"), with a
/// prior of [`PRIOR`] purchases shared out equally, so that models which cannot be told apart count alike. Each member
/// is scaled to the true total first, because the total is forecast apart ([`super::total`]). Sums to 1. The steps are
/// those of expectation-maximisation for a sum of Poisson sources (Shepp, Vardi 1982, eq. 2.13).
#[must_use]
pub fn weights(present: [bool; MEMBERS], origins: &[(&[[f64; MEMBERS]], &[f64])]) -> [f64; MEMBERS] {
    let there = present.iter().filter(|p| **p).count().max(1) as f64;
    let equal = present.map(|p| if p { 1.0 / there } else { 0.0 });
    let mut scaled: Vec<([f64; MEMBERS], f64)> = Vec::new();
    let mut total = 0.0;
    for (expected, bought) in origins {
        let came: f64 = bought.iter().sum();
        let mut sums = [0.0; MEMBERS];
        expected.iter().for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, e)| *sum += e));
        let scales = sums.map(|sum| if sum > 0.0 { came / sum } else { 0.0 });
        total += came;
        for (row, bought) in expected.iter().zip(*bought).filter(|(_, bought)| **bought > 0.0) {
            let mut row = *row;
            row.iter_mut().zip(scales).for_each(|(e, scale)| *e = (*e * scale).max(1e-9));
            scaled.push((row, *bought));
        }
    }
    let mut weights = equal;
    for _ in 0..STEPS {
        // How many of the purchases each member accounts for.
        let mut shares = equal.map(|w| w * PRIOR);
        for (row, bought) in &scaled {
            let mean = mix(&weights, row).max(1e-12);
            for ((share, weight), e) in shares.iter_mut().zip(weights).zip(row) {
                *share += bought * weight * e / mean;
            }
        }
        weights = shares.map(|share| share / (total + PRIOR));
    }
    let sum: f64 = weights.iter().sum();
    weights.map(|w| w / sum.max(1e-12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_did_alike_count_alike_and_absent_ones_do_not_count() {
        let expected = [[1.0, 2.0, 0.0, 0.0], [2.0, 4.0, 0.0, 0.0]];
        let weights = weights([true, true, false, false], &[(&expected, &[1.0, 2.0])]);
        assert!((weights[0] - 0.5).abs() < 1e-9 && weights[2] == 0.0, "{weights:?}");
    }

    #[test]
    fn a_member_that_was_clearly_worse_counts_little() {
        let expected: Vec<[f64; MEMBERS]> =
            (0..400).map(|i| [f64::from(i % 4) + 0.1, 1.6, 0.0, 0.0]).collect();
        let bought: Vec<f64> = (0..400).map(|i| f64::from(i % 4)).collect();
        let weights = weights([true, true, false, false], &[(&expected, &bought)]);
        assert!(weights[0] > 0.7, "{weights:?}");
    }
}
