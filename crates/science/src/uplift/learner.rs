//! Learners of uplift on randomised data.
//!
//! Goes in: a [`Sample`], which carries the proof of randomisation, and the rows to learn from. Comes out: a [`Fitted`]
//! learner whose score of a row is its expected change in the outcome. Outcomes that are all 0 or 1 get logistic
//! models, others linear ones. It does not choose between learners, see [`super::choose`].
//!
//! - *Random* scores, as the baseline.
//! - *Class transformation* (Jaskowski, Jaroszewicz 2012, eq. 4): one model of `Z = 1` when a treated customer has the
//!   outcome or an untreated one has not; uplift is `2 P(Z = 1) - 1`. Rows are weighted by `1 / (2 P(own arm))`, so that
//!   arms need not be equal. An outcome that is an amount is transformed as `y (t - e) / (e (1 - e))` (Athey, Imbens
//!   2016, eq. 2.3).
//! - *Two models*, one an arm; *one model with interactions* of treatment and covariates (Lo 2002, eq. 5).
//! - *Shrunken interactions*: the same with logarithms and bends of the covariates, and a penalty of its own on what
//!   differs between the arms, so that uplift shrinks towards one effect for all (Imai, Ratkovic 2013, eq. 6, with a
//!   ridge instead of a lasso).
//! - *Residuals*: the R-learner (Nie, Wager 2021, eq. 4) with a ridge.

use super::covariate::{Covariate, Encoder};
use super::glm::{Link, predictor};
use super::randomised::Sample;
use super::work::Work;
use crate::error::ScienceError;
use crate::fit::matrix::{Matrix, dot};
use crate::hash::{seeded_hash, unit_interval};

/// A way of learning uplift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Learner {
    /// Random scores.
    Random,
    /// One model of the transformed class.
    ClassTransformation,
    /// A model of each arm.
    TwoModels,
    /// One model with interactions.
    Interactions,
    /// One fine model whose interactions have the penalty `ridge`, in rows' worth of information.
    Shrunken {
        /// Penalty on interactions, above 0.
        ridge: f64,
    },
    /// A fine model of residuals with the penalty `ridge`.
    Residuals {
        /// Penalty, above 0.
        ridge: f64,
    },
}

impl Learner {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::ClassTransformation => "class transformation",
            Self::TwoModels => "two models",
            Self::Interactions => "one model with interactions",
            Self::Shrunken { .. } => "shrunken interactions",
            Self::Residuals { .. } => "residuals",
        }
    }

    /// Its penalty, where it has one to choose.
    #[must_use]
    pub const fn ridge(self) -> Option<f64> {
        match self {
            Self::Shrunken { ridge } | Self::Residuals { ridge } => Some(ridge),
            _ => None,
        }
    }

    /// Learns from `rows`; `seed` matters for random scores only.
    ///
    /// # Errors
    /// When an arm is missing among the rows or the fit does not settle.
    pub fn fit(self, sample: &Sample<'_>, rows: &[usize], seed: u64) -> Result<Fitted, ScienceError> {
        Work::new(sample, rows)?.fit(self, seed)
    }
}

/// What was learned.
#[derive(Debug, Clone)]
pub struct Fitted {
    pub(super) model: Model,
    pub(super) link: Link,
    pub(super) scale: f64,
}

#[derive(Debug, Clone)]
pub(super) enum Model {
    Random { seed: u64 },
    Class { encoder: Encoder, b: Vec<f64>, amount: bool },
    Arms { encoder: Encoder, treated: Vec<f64>, control: Vec<f64> },
    Interactions { encoder: Encoder, b: Vec<f64> },
    Linear { encoder: Encoder, b: Vec<f64> },
}

impl Fitted {
    /// The expected change of each row's outcome, in its unit; for class transformation and binary outcomes in
    /// probability.
    #[must_use]
    pub fn score(&self, covariates: &[Covariate], rows: &[usize]) -> Vec<f64> {
        let x = match &self.model {
            Model::Random { .. } => Matrix::with_capacity(1, 0),
            Model::Class { encoder, .. }
            | Model::Arms { encoder, .. }
            | Model::Interactions { encoder, .. }
            | Model::Linear { encoder, .. } => encoder.matrix(covariates, rows),
        };
        self.score_matrix(&x, rows)
    }

    /// The same where the rows are columns already.
    pub(super) fn score_matrix(&self, x: &Matrix, rows: &[usize]) -> Vec<f64> {
        let (link, scale) = (self.link, self.scale);
        let each = |of: &dyn Fn(&[f64]) -> f64| -> Vec<f64> { x.rows().map(|row| scale * of(row)).collect() };
        match &self.model {
            Model::Random { seed } => rows
                .iter()
                .map(|row| unit_interval(seeded_hash(*seed, &(*row as u64).to_le_bytes())))
                .collect(),
            Model::Class { b, amount: false, .. } => {
                each(&|row| 2.0 * Link::Logit.mean(predictor(row, b)) - 1.0)
            }
            Model::Class { b, amount: true, .. } | Model::Linear { b, .. } => each(&|row| predictor(row, b)),
            Model::Arms { treated, control, .. } => {
                each(&|row| link.mean(predictor(row, treated)) - link.mean(predictor(row, control)))
            }
            Model::Interactions { encoder, b } => {
                // Columns: covariates, treatment, covariates x treatment; the treatment is 1/2 or -1/2.
                let p = encoder.width();
                each(&|row| {
                    let part = |from: usize| b.get(from..from + p).unwrap_or_default();
                    let base = b.last().copied().unwrap_or(0.0) + dot(row, part(0));
                    let effect = b.get(p).copied().unwrap_or(0.0) + dot(row, part(p + 1));
                    link.mean(base + effect / 2.0) - link.mean(base - effect / 2.0)
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;
    use crate::uplift::covariate::Values;
    use crate::uplift::randomised::Randomised;

    /// x1 moves the uplift, x2 the outcome only; true uplift is .1 + .08 x1 (binary) or 1 + 2 x1 (amounts).
    fn experiment(n: usize, binary: bool) -> (Vec<Covariate>, Vec<bool>, Vec<f64>) {
        let mut stream = SplitMix64::new(17);
        let (mut a, mut b, mut treated, mut outcome) = (vec![], vec![], vec![], vec![]);
        for _ in 0..n {
            let (x, z, t) = (2.0 * stream.next_f64() - 1.0, stream.next_normal(), stream.next_f64() < 0.5);
            let lift = f64::from(u8::from(t));
            outcome.push(if binary {
                let p = 0.4 + 0.1 * z.clamp(-2.0, 2.0) + lift * (0.1 + 0.08 * x);
                f64::from(u8::from(stream.next_f64() < p))
            } else {
                3.0 * z + lift * (1.0 + 2.0 * x) + stream.next_normal()
            });
            a.push(x);
            b.push(z);
            treated.push(t);
        }
        let column =
            |name: &str, values| Covariate { name: name.to_owned(), values: Values::Numbers(values) };
        (vec![column("x1", a), column("x2", b)], treated, outcome)
    }

    const ALL: [Learner; 5] = [
        Learner::ClassTransformation,
        Learner::TwoModels,
        Learner::Interactions,
        Learner::Shrunken { ridge: 10.0 },
        Learner::Residuals { ridge: 10.0 },
    ];

    fn errors(binary: bool, truth: impl Fn(f64) -> f64) -> Vec<f64> {
        let (covariates, treated, outcome) = experiment(40_000, binary);
        let proof = Randomised::for_tests(&treated);
        let sample = Sample::new(&proof, &covariates, &treated, &outcome).unwrap();
        let rows: Vec<usize> = (0..treated.len()).collect();
        let Values::Numbers(x) = &covariates[0].values else { unreachable!() };
        ALL.map(|learner| {
            let scores = learner.fit(&sample, &rows, 1).unwrap().score(&covariates, &rows);
            let square: f64 = scores.iter().zip(x).map(|(s, x)| (s - truth(*x)).powi(2)).sum();
            (square / scores.len() as f64).sqrt()
        })
        .to_vec()
    }

    #[test]
    fn every_learner_finds_a_known_uplift_in_probability() {
        let errors = errors(true, |x| 0.1 + 0.08 * x);
        assert!(errors.iter().all(|e| *e < 0.025), "{errors:?}");
    }

    #[test]
    fn every_learner_finds_a_known_uplift_in_amounts() {
        let errors = errors(false, |x| 1.0 + 2.0 * x);
        assert!(errors.iter().all(|e| *e < 0.15), "{errors:?}");
    }

    #[test]
    fn unequal_arms_do_not_bend_the_class_transformation() {
        let (covariates, mut treated, mut outcome) = experiment(60_000, true);
        // Keep one treated in four.
        let mut kept = vec![];
        let mut seen = 0;
        for (row, t) in treated.iter().enumerate() {
            seen += usize::from(*t);
            if !*t || seen % 4 == 0 {
                kept.push(row);
            }
        }
        let covariates: Vec<Covariate> = covariates
            .iter()
            .map(|c| {
                let Values::Numbers(x) = &c.values else { unreachable!() };
                let values = Values::Numbers(kept.iter().map(|row| x[*row]).collect());
                Covariate { name: c.name.clone(), values }
            })
            .collect();
        treated = kept.iter().map(|row| treated[*row]).collect();
        outcome = kept.iter().map(|row| outcome[*row]).collect();
        let balance = crate::uplift::balance::Balance::test(&covariates, &treated, 1).unwrap();
        let proof = Randomised::balanced(balance).unwrap();
        let sample = Sample::new(&proof, &covariates, &treated, &outcome).unwrap();
        let rows: Vec<usize> = (0..treated.len()).collect();
        let scores = Learner::ClassTransformation.fit(&sample, &rows, 1).unwrap().score(&covariates, &rows);
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        assert!((mean - 0.1).abs() < 0.02, "{mean}");
    }

    #[test]
    fn a_greater_penalty_brings_uplift_closer_to_one_effect_for_all() {
        let (covariates, treated, outcome) = experiment(4_000, true);
        let proof = Randomised::for_tests(&treated);
        let sample = Sample::new(&proof, &covariates, &treated, &outcome).unwrap();
        let rows: Vec<usize> = (0..treated.len()).collect();
        let spread = |ridge| {
            let scores =
                Learner::Shrunken { ridge }.fit(&sample, &rows, 1).unwrap().score(&covariates, &rows);
            let mean = scores.iter().sum::<f64>() / scores.len() as f64;
            scores.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / scores.len() as f64
        };
        assert!(spread(1.0) > spread(100.0) && spread(100.0) > spread(100_000.0));
    }
}
