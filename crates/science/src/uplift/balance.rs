//! Do covariates tell the arms apart? The test that stands in for a record of the assignment.
//!
//! Goes in: covariates from before the treatment, and arms. Comes out: a [`Balance`] with two pieces of evidence:
//!
//! - the area under the ROC curve of a propensity model on customers it was not fitted on (5 folds), with the interval
//!   of DeLong, DeLong, Clarke-Pearson (1988, eq. 3 to 6); .5 is chance;
//! - the likelihood-ratio test of the same model against none (Wilks 1938).
//!
//! The arms count as told apart when the likelihood ratio has p < .005 *and* the lower end of the 99 % interval lies
//! above .5. Each would refuse at most about 1 in 200 randomised experiments alone. A pass is no proof: a test sees
//! only the columns it is given, and small differences need many rows. A recorded assignment is better evidence.

use super::covariate::{Covariate, Detail, Encoder, Values};
use super::glm::{Link, Problem, predictor};
use super::screen::{Difference, differences};
use crate::error::ScienceError;
use crate::hash::seeded_hash;
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};
use terms::estimate::{Estimate, Interval};

/// Folds of the propensity model.
const FOLDS: u64 = 5;
/// Rows the test uses at most, evenly spaced.
const MOST_ROWS: usize = 200_000;
/// Fewest rows of the smaller arm.
const FEWEST: u64 = 50;
/// Probability below which the likelihood ratio speaks against chance.
pub const REFUSE_BELOW: f64 = 0.005;
/// Content of the interval around the area under the curve.
pub const LEVEL: f64 = 0.99;

/// How far the arms can be told apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    /// Cross-fitted area under the ROC curve of the propensity model: .5 is chance, 1 tells the arms apart.
    pub auc: Estimate,
    /// Likelihood-ratio statistic.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub freedom: u64,
    /// Its probability under random assignment.
    pub p_value: f64,
    /// Treated rows.
    pub treated: u64,
    /// Other rows.
    pub control: u64,
    /// Columns tested.
    pub columns: u64,
    /// The most different columns, at most three.
    pub differences: Vec<Difference>,
}

impl Balance {
    /// Tests `covariates` (at least one) against the arms; folds are drawn by `seed`.
    ///
    /// # Errors
    /// Without a covariate, or when an arm has fewer than 50 rows.
    pub fn test(covariates: &[Covariate], treated: &[bool], seed: u64) -> Result<Self, ScienceError> {
        let count = treated.iter().filter(|t| **t).count() as u64;
        let smaller = count.min(treated.len() as u64 - count);
        if smaller < FEWEST {
            return Err(ScienceError::TooFew { what: "the smaller arm", n: smaller, needed: FEWEST });
        }
        if covariates.is_empty() {
            return Err(ScienceError::TooFew { what: "columns known before the treatment", n: 0, needed: 1 });
        }
        let stride = treated.len().div_ceil(MOST_ROWS).max(1);
        let rows: Vec<usize> = (0..treated.len()).step_by(stride).collect();
        // A fine model needs ten rows a column in the smaller arm; below that numbers stay straight.
        let bent = Encoder::fit(covariates, &rows, Detail::Bent);
        let detail =
            if smaller as usize >= 10 * bent.width() * stride { Detail::Bent } else { Detail::Plain };
        let (statistic, freedom) = likelihood_ratio(covariates, treated, &rows, detail)?;
        let p_value = ChiSquared::new(freedom.max(1) as f64).map_or(1.0, |chi| chi.sf(statistic));
        let mut differences = differences(covariates, treated);
        differences.truncate(3);
        Ok(Self {
            auc: cross_fitted_auc(covariates, treated, &rows, detail, seed)?,
            statistic,
            freedom,
            p_value,
            treated: count,
            control: treated.len() as u64 - count,
            columns: covariates.len() as u64,
            differences,
        })
    }

    /// True when chance explains how the arms differ.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        !(self.p_value < REFUSE_BELOW && self.auc.interval.low > 0.5)
    }

    /// What was found, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let auc = &self.auc;
        let evidence = format!(
            "cross-fitted AUC {:.3}, 99 % interval {:.3} to {:.3}; likelihood ratio {:.1} on {} degrees of freedom, \
             {}",
            auc.value,
            auc.interval.low,
            auc.interval.high,
            self.statistic,
            self.freedom,
            probability_words(self.p_value)
        );
        if self.is_balanced() {
            return format!("{} columns do not tell the arms apart beyond chance ({evidence})", self.columns);
        }
        let most: Vec<&str> = self.differences.iter().map(|d| d.words.as_str()).collect();
        format!(
            "the treatment was not assigned at random: {} columns predict who was treated ({evidence}). Most \
             different: {}. A difference in outcomes may come from that and is no uplift; if one of these columns was \
             recorded after the treatment, leave it out and measure again",
            self.columns,
            most.join("; ")
        )
    }
}

fn probability_words(p: f64) -> String {
    if p < 1e-300 {
        "p below 1e-300".to_owned()
    } else if p < 1e-3 {
        format!("p = {p:.1e}")
    } else {
        format!("p = {p:.3}")
    }
}

fn targets(treated: &[bool], rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|row| f64::from(u8::from(treated.get(*row).copied().unwrap_or(false)))).collect()
}

const NOT_SETTLED: ScienceError = ScienceError::NotConverged { what: "the propensity model" };

fn likelihood_ratio(
    covariates: &[Covariate],
    treated: &[bool],
    rows: &[usize],
    detail: Detail,
) -> Result<(f64, u64), ScienceError> {
    let encoder = Encoder::fit(covariates, rows, detail);
    let x = encoder.matrix(covariates, rows);
    let y = targets(treated, rows);
    // Just enough penalty for collinear columns; levels of a column add up to one, so one of them is no freedom.
    let ridge = vec![1e-3; x.columns()];
    let problem = Problem { x: &x, y: &y, weights: None, ridge: &ridge, link: Link::Logit };
    let b = problem.fit(None).ok_or(NOT_SETTLED)?;
    let rate = y.iter().sum::<f64>() / y.len().max(1) as f64;
    let mut none = vec![0.0; x.columns() + 1];
    if let Some(intercept) = none.last_mut() {
        *intercept = (rate / (1.0 - rate)).ln();
    }
    let redundant = covariates.iter().filter(|c| matches!(c.values, Values::Levels { .. })).count();
    let freedom = encoder.width().saturating_sub(redundant).max(1) as u64;
    Ok(((problem.deviance(&none) - problem.deviance(&b)).max(0.0), freedom))
}

/// Area and variance are those of the folds, weighted by their rows: pooling scores of several fits would bias the
/// area downwards under chance.
fn cross_fitted_auc(
    covariates: &[Covariate],
    treated: &[bool],
    rows: &[usize],
    detail: Detail,
    seed: u64,
) -> Result<Estimate, ScienceError> {
    let fold_of = |row: &usize| seeded_hash(seed, &(*row as u64).to_le_bytes()) % FOLDS;
    let (mut value, mut variance, mut weight) = (0.0, 0.0, 0.0);
    for fold in 0..FOLDS {
        let (test, train): (Vec<usize>, Vec<usize>) = rows.iter().partition(|row| fold_of(row) == fold);
        let encoder = Encoder::fit(covariates, &train, detail);
        let x = encoder.matrix(covariates, &train);
        let ridge = vec![1.0; x.columns()];
        let y = targets(treated, &train);
        let problem = Problem { x: &x, y: &y, weights: None, ridge: &ridge, link: Link::Logit };
        let b = problem.fit(None).ok_or(NOT_SETTLED)?;
        let scores: Vec<f64> =
            encoder.matrix(covariates, &test).rows().map(|row| predictor(row, &b)).collect();
        let arms: Vec<bool> = test.iter().filter_map(|row| treated.get(*row).copied()).collect();
        let Some((auc, error)) = area(&scores, &arms) else { continue };
        let w = test.len() as f64;
        value += w * auc;
        variance += w * w * error;
        weight += w;
    }
    if weight <= 0.0 {
        return Err(ScienceError::TooFew { what: "the arms in each fold", n: 0, needed: 2 });
    }
    let value = value / weight;
    let half = Normal::standard().inverse_cdf(0.5 + LEVEL / 2.0) * variance.sqrt() / weight;
    let interval = Interval { low: value - half, high: value + half, level: LEVEL };
    Ok(Estimate { value, interval, n: rows.len() as u64 })
}

/// Area under the ROC curve with ties counted half, and its variance by DeLong's placements, from midranks (Sun, Xu
/// 2014, algorithm 2). `None` when an arm has fewer than two rows.
fn area(scores: &[f64], positive: &[bool]) -> Option<(f64, f64)> {
    let mut all: Vec<(f64, bool)> = scores.iter().copied().zip(positive.iter().copied()).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let m = positive.iter().filter(|p| **p).count() as f64;
    let n = positive.len() as f64 - m;
    if m < 2.0 || n < 2.0 {
        return None;
    }
    let (mut below_positive, mut below_negative) = (0.0, 0.0);
    // Sums and sums of squares of the placements of positives among negatives and of negatives among positives.
    let (mut v, mut vv, mut w, mut ww) = (0.0, 0.0, 0.0, 0.0);
    for tie in all.chunk_by(|a, b| a.0 == b.0) {
        let p = tie.iter().filter(|(_, positive)| *positive).count() as f64;
        let q = tie.len() as f64 - p;
        let among_negatives = (below_negative + q / 2.0) / n;
        let among_positives = (m - below_positive - p / 2.0) / m;
        v += p * among_negatives;
        vv += p * among_negatives * among_negatives;
        w += q * among_positives;
        ww += q * among_positives * among_positives;
        below_positive += p;
        below_negative += q;
    }
    let auc = v / m;
    let variance = |sum: f64, squares: f64, k: f64| (squares - sum * sum / k).max(0.0) / (k - 1.0);
    Some((auc, variance(v, vv, m) / m + variance(w, ww, n) / n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    fn covariates(stream: &mut SplitMix64, n: usize) -> Vec<Covariate> {
        let numbers = |stream: &mut SplitMix64, name: &str| Covariate {
            name: name.to_owned(),
            values: Values::Numbers((0..n).map(|_| stream.next_normal().exp()).collect()),
        };
        let (a, b) = (numbers(stream, "a"), numbers(stream, "b"));
        let of = (0..n).map(|_| (stream.next_f64() * 6.0) as u32).collect();
        let names = (0..6).map(|i| format!("level {i}")).collect();
        vec![a, b, Covariate { name: "c".to_owned(), values: Values::Levels { of, names } }]
    }

    #[test]
    fn the_area_and_its_variance_agree_with_a_calculation_by_hand() {
        // Positives 3, 1; negatives 2, 0. Placements of positives 1 and .5, of negatives .5 and 1: area .75,
        // variance (.125 / 2) + (.125 / 2) = .125.
        let (auc, variance) = area(&[3.0, 1.0, 2.0, 0.0], &[true, true, false, false]).unwrap();
        assert!((auc - 0.75).abs() < 1e-12 && (variance - 0.125).abs() < 1e-12, "{auc} {variance}");
    }

    #[test]
    fn at_most_about_one_in_a_hundred_randomised_experiments_is_refused() {
        // 600 experiments of 400 to 2,200 rows, a third of them with one treated in five.
        let mut refused = 0;
        for run in 0..600u64 {
            let mut stream = SplitMix64::new(40_000 + run);
            let n = 400 + 300 * (run % 7) as usize;
            let columns = covariates(&mut stream, n);
            let share = if run % 3 == 0 { 0.2 } else { 0.5 };
            let treated: Vec<bool> = (0..n).map(|_| stream.next_f64() < share).collect();
            let balance = Balance::test(&columns, &treated, run).unwrap();
            refused += u32::from(!balance.is_balanced());
        }
        assert!(refused <= 6, "{refused} of 600");
    }

    #[test]
    fn people_chosen_by_their_past_are_refused_with_the_column_that_chose_them() {
        let mut refused = 0;
        for run in 0..40u64 {
            let mut stream = SplitMix64::new(run);
            let columns = covariates(&mut stream, 2_000);
            let Values::Numbers(past) = &columns[0].values else { unreachable!() };
            let treated: Vec<bool> =
                past.iter().map(|x| stream.next_f64() < 1.0 / (1.0 + (-0.4 * x.ln()).exp())).collect();
            let balance = Balance::test(&columns, &treated, run).unwrap();
            refused += u32::from(!balance.is_balanced());
            assert_eq!(balance.differences[0].column, "a");
        }
        assert!(refused >= 38, "{refused} of 40");
    }

    #[test]
    fn a_difference_that_is_not_straight_is_found_as_well() {
        let mut stream = SplitMix64::new(8);
        let columns = covariates(&mut stream, 4_000);
        let Values::Numbers(past) = &columns[0].values else { unreachable!() };
        let middle = |x: &f64| x.ln().abs() < 0.7;
        let treated: Vec<bool> =
            past.iter().map(|x| stream.next_f64() < if middle(x) { 0.6 } else { 0.4 }).collect();
        assert!(!Balance::test(&columns, &treated, 1).unwrap().is_balanced());
    }

    #[test]
    fn no_column_or_a_tiny_arm_is_not_tested() {
        let treated: Vec<bool> = (0..200).map(|i| i < 20).collect();
        let error = Balance::test(&[], &treated, 1).unwrap_err();
        assert_eq!(error, ScienceError::TooFew { what: "the smaller arm", n: 20, needed: 50 });
    }
}
