//! Which learner to trust, found by cross-fitting on the training rows alone.
//!
//! Goes in: a sample and the rows that may be looked at. Comes out: a [`Choice`] with every candidate's score. Each
//! candidate is fitted on four fifths and ranks the fifth it has not seen, until every row is ranked; folds are drawn
//! anew three times. The judge is the mean qini of these rankings, since ranking is what the learner is for.
//!
//! Penalties are those of the best qini. Between learners the one-standard-error rule holds (Breiman, Friedman, Olshen,
//! Stone 1984, section 3.4.3): the most cautious learner, in the order of [`CAUTIOUS_FIRST`], whose qini is not below the
//! best by more than one standard error of their difference, which comes from the paired bootstrap of
//! [`super::interval`]. It never sees a test row.

use super::curve::Ranking;
use super::interval::{Part, Settings, figures};
use super::learner::Learner;
use super::randomised::Sample;
use super::work::Work;
use crate::error::ScienceError;
use crate::hash::seeded_hash;

/// Folds.
const FOLDS: usize = 5;
/// Times the folds are drawn anew: where they fall moves a qini as much as most learners differ.
const REPETITIONS: u64 = 3;
/// Replicates of the bootstrap that says how far two qinis differ by chance.
const REPLICATES: usize = 100;
/// Content of an interval of one standard error to either side.
const ONE_ERROR: f64 = 0.682_689_492;
/// Rows the choice is made on at most.
const MOST_ROWS: usize = 50_000;
/// Penalties tried, the most cautious first, in rows' worth of information.
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
    /// Mean qini over the repetitions.
    pub qini: f64,
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
/// When a learner cannot be fitted on some fold, as when an arm is missing there, or no row has an outcome.
pub fn choose(sample: &Sample<'_>, rows: &[usize], seed: u64) -> Result<Choice, ScienceError> {
    let stride = rows.len().div_ceil(MOST_ROWS).max(1);
    let rows: Vec<usize> = rows.iter().copied().step_by(stride).collect();
    let mut learners = vec![Learner::ClassTransformation, Learner::Interactions, Learner::TwoModels];
    // One kind after the other, so that each shrunken fit begins where the one before it ended.
    learners.extend(RIDGES.map(|ridge| Learner::Shrunken { ridge }));
    learners.extend(RIDGES.map(|ridge| Learner::Residuals { ridge }));
    let perfect = Ranking::perfect(sample, &rows);
    let mut parts = Vec::new();
    for repetition in 0..REPETITIONS {
        let scores = cross_fit(sample, &rows, &learners, seed ^ (repetition << 32))?;
        let rankings = scores.iter().map(|scores| Ranking::new(sample, &rows, scores)).collect();
        parts.push(Part { perfect: perfect.clone(), rankings });
    }
    let qini = |learner: usize| -> Option<f64> {
        let of = parts.iter().map(|part| part.rankings.get(learner)?.qini(&part.perfect));
        let all: Vec<f64> = of.collect::<Option<_>>()?;
        Some(all.iter().sum::<f64>() / all.len() as f64)
    };
    let no_outcome = ScienceError::TooFew { what: "rows with an outcome", n: 0, needed: 1 };
    // The best penalty of each learner; the first of equals is the most cautious.
    let mut places = Vec::new();
    let mut candidates: Vec<Candidate> = Vec::new();
    for name in CAUTIOUS_FIRST {
        let mut best: Option<(usize, Candidate)> = None;
        for (place, learner) in learners.iter().enumerate().filter(|(_, learner)| learner.name() == name) {
            let qini = qini(place).ok_or(no_outcome.clone())?;
            if best.is_none_or(|(_, other)| qini > other.qini) {
                best = Some((place, Candidate { learner: *learner, qini }));
            }
        }
        if let Some((place, candidate)) = best {
            places.push(place);
            candidates.push(candidate);
        }
    }
    let finalists = |part: &Part| Part {
        perfect: part.perfect.clone(),
        rankings: places.iter().filter_map(|place| part.rankings.get(*place).cloned()).collect(),
    };
    let finals: Vec<Part> = parts.iter().map(finalists).collect();
    let by_qini = candidates.iter().enumerate().max_by(|a, b| a.1.qini.total_cmp(&b.1.qini));
    let settings = Settings {
        rows: sample.len(),
        share: 0.3,
        baseline: by_qini.map_or(0, |(place, _)| place),
        replicates: REPLICATES,
        level: ONE_ERROR,
        seed,
    };
    let against_best = figures(&finals, &settings);
    let near = |figures: &super::interval::Figures| {
        figures.over_baseline.is_none_or(|difference| {
            let error = (difference.interval.high - difference.interval.low) / 2.0;
            difference.value >= -error
        })
    };
    let chosen = candidates.iter().zip(&against_best).find(|(_, figures)| near(figures));
    let chosen = chosen.map(|(candidate, _)| candidate.learner).ok_or(no_outcome)?;
    Ok(Choice { chosen, candidates, rows: rows.len() as u64 })
}

/// Fits `learners` on four fifths of `rows` and scores the fifth, until every row is scored by models that have not seen
/// it: one vector a learner, in the order of the rows. Folds are drawn by `seed` within arms and outcomes.
///
/// # Errors
/// When a learner cannot be fitted on some fold.
pub fn cross_fit(
    sample: &Sample<'_>,
    rows: &[usize],
    learners: &[Learner],
    seed: u64,
) -> Result<Vec<Vec<f64>>, ScienceError> {
    let mut all = vec![vec![0.0; rows.len()]; learners.len()];
    let folds = folds(sample, rows, seed);
    for fold in 0..FOLDS {
        let part = |inside: bool| {
            let chosen = rows.iter().zip(&folds).filter(move |(_, of)| (**of == fold) == inside);
            chosen.map(|(row, _)| *row).collect::<Vec<usize>>()
        };
        let (test, train) = (part(true), part(false));
        let mut work = Work::new(sample, &train)?;
        let ready = work.ready(&test);
        for (learner, scores) in learners.iter().zip(&mut all) {
            let part = work.fit_and_score(*learner, seed, &test, &ready)?;
            let places = scores.iter_mut().zip(&folds).filter(|(_, of)| **of == fold);
            places.zip(part).for_each(|((slot, _), score)| *slot = score);
        }
    }
    Ok(all)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;
    use crate::uplift::covariate::{Covariate, Values};
    use crate::uplift::randomised::Randomised;

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
        assert_eq!(crossed[0][7], own[0]);
        assert_eq!(crossed[0].iter().filter(|score| **score == 0.0).count(), 0);
        let choice = choose(&sample, &rows, 4).unwrap();
        assert_eq!(choice.candidates.len(), 5);
        assert_eq!(choice, choose(&sample, &rows, 4).unwrap());
    }
}
