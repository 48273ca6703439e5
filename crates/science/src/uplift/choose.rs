//! Which learner to trust, found by cross-fitting on the training rows alone.
//!
//! Goes in: a sample and the rows that may be looked at. Comes out: a [`Choice`] with every candidate's score. Each
//! candidate is fitted on four fifths and judged on the fifth it has not seen, five times, and that three times over.
//!
//! The judge is the R-loss (Nie, Wager 2021, eq. 4), `sum (y - m(x) - (t - e) tau(x))^2`, because it compares row by
//! row, where a qini is one noisy figure. A learner's scores enter up to a shift and a scale, so that rankings that are
//! not on the scale of the outcome can be judged, too. Penalties are those of the least loss. Between learners the
//! one-standard-error rule holds (Breiman, Friedman, Olshen, Stone 1984, section 3.4.3): the most cautious learner whose
//! loss is within one standard error of the least, in the order of [`CAUTIOUS_FIRST`]. It never sees a test row.

use super::curve::Ranking;
use super::learner::{Learner, Work};
use super::randomised::Sample;
use crate::error::ScienceError;
use crate::fit::matrix::add_scaled;
use crate::hash::seeded_hash;
use std::collections::BTreeMap;

/// Folds.
const FOLDS: usize = 5;
/// Times the folds are drawn anew: where the folds fall moves a qini as much as most learners differ.
const REPETITIONS: u64 = 3;
/// Rows the choice is made on at most.
const MOST_ROWS: usize = 100_000;
/// Penalties tried, in rows' worth of information.
const RIDGES: [f64; 6] = [3_000.0, 1_000.0, 300.0, 100.0, 30.0, 10.0];
/// Names of learners, the most cautious first.
pub const CAUTIOUS_FIRST: [&str; 5] = [
    "shrunken interactions",
    "residuals",
    "class transformation",
    "one model with interactions",
    "two models",
];

/// How a candidate did on rows it had not seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The learner with its penalty.
    pub learner: Learner,
    /// R-loss a row, less that of one effect for all; below 0 is better than that.
    pub loss: f64,
    /// Qini over all folds together.
    pub qini: Option<f64>,
}

/// The learners with the penalties they do best with, and the one to trust.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The one to trust.
    pub chosen: Learner,
    /// One candidate a learner, with its best penalty, in the order of [`CAUTIOUS_FIRST`].
    pub candidates: Vec<Candidate>,
    /// Rows it was made on.
    pub rows: u64,
}

/// Makes the choice on `rows`; folds are drawn by `seed` within arms and outcomes.
///
/// # Errors
/// When a learner cannot be fitted on some fold, as when an arm is missing there.
pub fn choose(sample: &Sample<'_>, rows: &[usize], seed: u64) -> Result<Choice, ScienceError> {
    let stride = rows.len().div_ceil(MOST_ROWS).max(1);
    let rows: Vec<usize> = rows.iter().copied().step_by(stride).collect();
    let mut learners = vec![Learner::ClassTransformation, Learner::Interactions, Learner::TwoModels];
    // One kind after the other, so that each shrunken fit begins where the one before it ended.
    learners.extend(RIDGES.map(|ridge| Learner::Shrunken { ridge }));
    learners.extend(RIDGES.map(|ridge| Learner::Residuals { ridge }));
    // Losses of a row are averaged over the repetitions; qinis as well.
    let mut losses: Vec<Vec<f64>> = vec![vec![0.0; rows.len()]; learners.len() + 1];
    let mut qinis: Vec<Option<f64>> = vec![Some(0.0); learners.len()];
    let perfect = Ranking::perfect(sample, &rows);
    for repetition in 0..REPETITIONS {
        let crossed = cross_fit(sample, &rows, &learners, seed ^ (repetition << 32))?;
        let constant = vec![0.0; rows.len()];
        let share = 1.0 / REPETITIONS as f64;
        for (sum, scores) in losses.iter_mut().zip(crossed.scores.iter().chain([&constant])) {
            add_scaled(sum, share, &row_losses(&crossed.residuals, scores));
        }
        for (sum, scores) in qinis.iter_mut().zip(&crossed.scores) {
            let qini = Ranking::new(sample, &rows, scores).qini(&perfect);
            *sum = sum.zip(qini).map(|(sum, qini)| sum + share * qini);
        }
    }
    let constant = losses.pop().unwrap_or_default().iter().sum::<f64>();
    let mut best: BTreeMap<&str, (Candidate, Vec<f64>)> = BTreeMap::new();
    for ((learner, losses), qini) in learners.iter().zip(losses).zip(qinis) {
        let loss = (losses.iter().sum::<f64>() - constant) / rows.len() as f64;
        let known = best.get(learner.name());
        if known.is_none_or(|(other, _)| loss < other.loss) {
            best.insert(learner.name(), (Candidate { learner: *learner, loss, qini }, losses));
        }
    }
    let by_caution: Vec<&(Candidate, Vec<f64>)> =
        CAUTIOUS_FIRST.iter().filter_map(|name| best.get(name)).collect();
    let least = by_caution.iter().min_by(|a, b| a.0.loss.total_cmp(&b.0.loss));
    let chosen = least.and_then(|least| by_caution.iter().find(|one| within_an_error(&one.1, &least.1)));
    let Some(chosen) = chosen.map(|(candidate, _)| candidate.learner) else {
        return Err(ScienceError::TooFew { what: "choosing a learner", n: 0, needed: 1 });
    };
    let candidates = by_caution.iter().map(|(candidate, _)| *candidate).collect();
    Ok(Choice { chosen, candidates, rows: rows.len() as u64 })
}

/// Whether the mean of `a` exceeds that of `b` by at most one standard error of the paired difference.
fn within_an_error(a: &[f64], b: &[f64]) -> bool {
    let n = a.len().max(2) as f64;
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let mean = differences.iter().sum::<f64>() / n;
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0);
    mean <= (variance / n).sqrt()
}

/// Scores of learners on rows they were not fitted on.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossed {
    /// One vector a learner, in the order of the rows.
    pub scores: Vec<Vec<f64>>,
    /// For each row the outcome less its expectation, and treated less propensity.
    residuals: Vec<(f64, f64)>,
}

/// Fits `learners` on four fifths of `rows` and scores the fifth, five times; folds are drawn by `seed` within arms
/// and outcomes.
///
/// # Errors
/// When a learner cannot be fitted on some fold.
pub fn cross_fit(
    sample: &Sample<'_>,
    rows: &[usize],
    learners: &[Learner],
    seed: u64,
) -> Result<Crossed, ScienceError> {
    let n = rows.len();
    let mut all = Crossed { scores: vec![vec![0.0; n]; learners.len()], residuals: vec![(0.0, 0.0); n] };
    let folds = folds(sample, rows, seed);
    for fold in 0..FOLDS {
        let part = |inside: bool| {
            let chosen = rows.iter().zip(&folds).filter(move |(_, of)| (**of == fold) == inside);
            chosen.map(|(row, _)| *row).collect::<Vec<usize>>()
        };
        let (test, train) = (part(true), part(false));
        let mut work = Work::new(sample, &train)?;
        for (learner, scores) in learners.iter().zip(&mut all.scores) {
            let part = work.fit(*learner, seed)?.score(sample.covariates(), &test);
            scatter(scores, &folds, fold, part);
        }
        let expected =
            work.expect(&test).ok_or(ScienceError::NotConverged { what: "the expected outcome" })?;
        let observed = sample.centred(&test);
        let part = observed.iter().zip(&expected).map(|((centred, _, y), m)| (y - m, *centred));
        scatter(&mut all.residuals, &folds, fold, part.collect());
    }
    Ok(all)
}

/// Puts what belongs to the rows of a fold where those rows are.
fn scatter<T>(all: &mut [T], folds: &[usize], fold: usize, part: Vec<T>) {
    let places = all.iter_mut().zip(folds).filter(|(_, of)| **of == fold);
    places.zip(part).for_each(|((slot, _), value)| *slot = value);
}

/// The fold of each row, even within arms and outcomes.
fn folds(sample: &Sample<'_>, rows: &[usize], seed: u64) -> Vec<usize> {
    let mut order: Vec<(bool, bool, u64, usize)> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let (treated, outcome) = sample.observed(*row).unwrap_or((false, 0.0));
            (treated, outcome > 0.0, seeded_hash(seed, &(*row as u64).to_le_bytes()), place)
        })
        .collect();
    order.sort_unstable();
    let mut folds = vec![0; rows.len()];
    for (rank, (.., place)) in order.into_iter().enumerate() {
        if let Some(fold) = folds.get_mut(place) {
            *fold = rank % FOLDS;
        }
    }
    folds
}

/// Squared error of each row, `(r - c (a + b s))^2`, with `a` and `b >= 0` by least squares.
fn row_losses(residuals: &[(f64, f64)], scores: &[f64]) -> Vec<f64> {
    let n = scores.len().max(1) as f64;
    let centre = scores.iter().sum::<f64>() / n;
    let (mut cc, mut ccs, mut ccss, mut rc, mut rcs) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for ((r, c), s) in residuals.iter().zip(scores) {
        let s = s - centre;
        cc += c * c;
        ccs += c * c * s;
        ccss += c * c * s * s;
        rc += r * c;
        rcs += r * c * s;
    }
    let determinant = cc * ccss - ccs * ccs;
    let slope = if determinant > 1e-12 * cc * ccss { (cc * rcs - ccs * rc) / determinant } else { 0.0 };
    let slope = slope.max(0.0);
    let level = if cc > 0.0 { (rc - slope * ccs) / cc } else { 0.0 };
    residuals.iter().zip(scores).map(|((r, c), s)| (r - c * (level + slope * (s - centre))).powi(2)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;
    use crate::uplift::covariate::{Covariate, Values};
    use crate::uplift::randomised::Randomised;

    #[test]
    fn the_loss_finds_level_and_slope() {
        // r = c (2 + 3 s) exactly: no loss.
        let scores = [0.0, 1.0, 2.0, 5.0];
        let residuals: Vec<(f64, f64)> = scores
            .iter()
            .zip([0.5, -0.5, 0.5, -0.5])
            .map(|(s, c): (&f64, f64)| (c * (2.0 + 3.0 * s), c))
            .collect();
        assert!(row_losses(&residuals, &scores).iter().all(|loss| *loss < 1e-20));
        let worse: Vec<f64> = scores.iter().map(|s| -s).collect();
        assert!(row_losses(&residuals, &worse).iter().sum::<f64>() > 1.0);
    }

    #[test]
    fn no_row_is_scored_by_a_model_that_has_seen_it_and_every_row_once() {
        let mut stream = SplitMix64::new(3);
        let n = 1_000;
        let treated: Vec<bool> = (0..n).map(|_| stream.next_f64() < 0.5).collect();
        let outcome: Vec<f64> = (0..n).map(|_| f64::from(u8::from(stream.next_f64() < 0.3))).collect();
        let values = Values::Numbers((0..n).map(|_| stream.next_normal()).collect());
        let covariates = [Covariate { name: "x".to_owned(), values }];
        let proof = Randomised::for_tests(&treated);
        let sample = Sample::new(&proof, &covariates, &treated, &outcome).unwrap();
        let rows: Vec<usize> = (0..n).collect();
        let crossed = cross_fit(&sample, &rows, &[Learner::TwoModels], 4).unwrap();
        let folds = folds(&sample, &rows, 4);
        let train: Vec<usize> = rows.iter().copied().filter(|row| folds[*row] != folds[7]).collect();
        let own = Learner::TwoModels.fit(&sample, &train, 4).unwrap().score(&covariates, &[7]);
        assert_eq!(crossed.scores[0][7], own[0]);
        assert_eq!(crossed.scores[0].iter().filter(|score| **score == 0.0).count(), 0);
        let choice = choose(&sample, &rows, 4).unwrap();
        assert_eq!(choice.candidates.len(), 5);
        assert_eq!(choice, choose(&sample, &rows, 4).unwrap());
    }
}
