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

use super::covariate::{Covariate, Detail, Encoder};
use super::glm::{Link, Problem, predictor};
use super::randomised::Sample;
use crate::error::ScienceError;
use crate::fit::matrix::Matrix;
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
    model: Model,
    link: Link,
    scale: f64,
}

#[derive(Debug, Clone)]
enum Model {
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
        let (link, scale) = (self.link, self.scale);
        let each = |encoder: &Encoder, of: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
            encoder.matrix(covariates, rows).rows().map(|row| scale * of(row)).collect()
        };
        match &self.model {
            Model::Random { seed } => rows
                .iter()
                .map(|row| unit_interval(seeded_hash(*seed, &(*row as u64).to_le_bytes())))
                .collect(),
            Model::Class { encoder, b, amount: false } => {
                each(encoder, &|row| 2.0 * Link::Logit.mean(predictor(row, b)) - 1.0)
            }
            Model::Class { encoder, b, amount: true } | Model::Linear { encoder, b } => {
                each(encoder, &|row| predictor(row, b))
            }
            Model::Arms { encoder, treated, control } => {
                each(encoder, &|row| link.mean(predictor(row, treated)) - link.mean(predictor(row, control)))
            }
            Model::Interactions { encoder, b } => {
                // Columns: covariates, treatment, covariates x treatment; the treatment is 1/2 or -1/2.
                let p = encoder.width();
                each(encoder, &|row| {
                    let part = |from: usize| b.get(from..from + p).unwrap_or_default();
                    let intercept = b.last().copied().unwrap_or(0.0);
                    let base = intercept + crate::fit::matrix::dot(row, part(0));
                    let effect = b.get(p).copied().unwrap_or(0.0) + crate::fit::matrix::dot(row, part(p + 1));
                    link.mean(base + effect / 2.0) - link.mean(base - effect / 2.0)
                })
            }
        }
    }
}

/// Training rows made ready once for several learners.
pub(super) struct Work<'a> {
    sample: Sample<'a>,
    rows: Vec<usize>,
    observed: Vec<(f64, bool, f64)>,
    binary: bool,
    scale: f64,
    plain: (Encoder, Matrix),
    bent: (Encoder, Matrix),
    /// Expected outcome of each row whatever its arm, for residuals.
    expected: Option<Vec<f64>>,
    /// Where the last shrunken fit ended, to begin the next one from.
    last: Option<Vec<f64>>,
}

const NOT_SETTLED: ScienceError = ScienceError::NotConverged { what: "an uplift model" };

impl<'a> Work<'a> {
    pub(super) fn new(sample: &Sample<'a>, rows: &[usize]) -> Result<Self, ScienceError> {
        let observed = sample.centred(rows);
        let treated = observed.iter().filter(|(_, t, _)| *t).count();
        if treated == 0 || treated == observed.len() {
            return Err(ScienceError::TooFew { what: "an arm of the training rows", n: 0, needed: 1 });
        }
        let binary = sample.is_binary();
        let ready = |detail| {
            let encoder = Encoder::fit(sample.covariates(), rows, detail);
            let x = encoder.matrix(sample.covariates(), rows);
            (encoder, x)
        };
        // Amounts are brought to deviation 1, so that one grid of penalties serves cents and thousands.
        let n = observed.len() as f64;
        let mean = observed.iter().map(|(.., y)| y).sum::<f64>() / n;
        let deviation = (observed.iter().map(|(.., y)| (y - mean).powi(2)).sum::<f64>() / n).sqrt();
        let scale = if binary || deviation <= 0.0 { 1.0 } else { deviation };
        Ok(Self {
            sample: *sample,
            rows: rows.to_vec(),
            observed,
            binary,
            scale,
            plain: ready(Detail::Plain),
            bent: ready(Detail::Bent),
            expected: None,
            last: None,
        })
    }

    fn link(&self) -> Link {
        if self.binary { Link::Logit } else { Link::Identity }
    }

    fn outcomes(&self) -> Vec<f64> {
        self.observed.iter().map(|(.., y)| y / self.scale).collect()
    }

    /// Fits one learner.
    pub(super) fn fit(&mut self, learner: Learner, seed: u64) -> Result<Fitted, ScienceError> {
        let model = match learner {
            Learner::Random => Some(Model::Random { seed }),
            Learner::ClassTransformation => self.class(),
            Learner::TwoModels => self.arms(),
            Learner::Interactions => {
                let (encoder, x) = &self.plain;
                let b = self.interactions(x, 1.0, None);
                b.map(|b| Model::Interactions { encoder: encoder.clone(), b })
            }
            Learner::Shrunken { ridge } => {
                let (encoder, x) = &self.bent;
                let b = self.interactions(x, ridge, self.last.as_deref());
                let encoder = encoder.clone();
                self.last.clone_from(&b);
                b.map(|b| Model::Interactions { encoder, b })
            }
            Learner::Residuals { ridge } => self.residuals(ridge),
        };
        let scale = if matches!(learner, Learner::Random) { 1.0 } else { self.scale };
        Ok(Fitted { model: model.ok_or(NOT_SETTLED)?, link: self.link(), scale })
    }

    fn class(&self) -> Option<Model> {
        let (encoder, x) = &self.plain;
        let ridge = vec![1.0; x.columns()];
        let propensity = |(centred, treated, _): &(f64, bool, f64)| f64::from(u8::from(*treated)) - centred;
        let (link, y, weights): (_, Vec<f64>, Option<Vec<f64>>) = if self.binary {
            let y = self.observed.iter().map(|(_, t, y)| f64::from(u8::from((*y == 1.0) == *t))).collect();
            let weight = |row: &(f64, bool, f64)| {
                let e = propensity(row);
                0.5 / if row.1 { e } else { 1.0 - e }
            };
            (Link::Logit, y, Some(self.observed.iter().map(weight).collect()))
        } else {
            let transform = |row: &(f64, bool, f64)| {
                let e = propensity(row);
                row.2 / self.scale * row.0 / (e * (1.0 - e))
            };
            (Link::Identity, self.observed.iter().map(transform).collect(), None)
        };
        let problem = Problem { x, y: &y, weights: weights.as_deref(), ridge: &ridge, link };
        Some(Model::Class { encoder: encoder.clone(), b: problem.fit(None)?, amount: !self.binary })
    }

    fn arms(&self) -> Option<Model> {
        let (encoder, _) = &self.plain;
        let fit = |arm: bool| {
            let of_arm = self.rows.iter().zip(&self.observed).filter(|(_, (_, t, _))| *t == arm);
            let (rows, y): (Vec<usize>, Vec<f64>) =
                of_arm.map(|(row, (.., y))| (*row, y / self.scale)).unzip();
            let x = encoder.matrix(self.sample.covariates(), &rows);
            let ridge = vec![1.0; x.columns()];
            Problem { x: &x, y: &y, weights: None, ridge: &ridge, link: self.link() }.fit(None)
        };
        Some(Model::Arms { treated: fit(true)?, control: fit(false)?, encoder: encoder.clone() })
    }

    /// Coefficients of covariates (penalty 1), treatment as 1/2 or -1/2 (.01) and their products (`ridge`). The
    /// treatment is centred that way so that the covariates' own part is the mean of both arms.
    fn interactions(&self, x: &Matrix, ridge: f64, start: Option<&[f64]>) -> Option<Vec<f64>> {
        let p = x.columns();
        let mut wide = Matrix::with_capacity(2 * p + 1, x.len());
        for (row, (_, treated, _)) in x.rows().zip(&self.observed) {
            let t = if *treated { 0.5 } else { -0.5 };
            wide.push(row.iter().copied().chain([t]).chain(row.iter().map(|x| x * t)));
        }
        let mut penalties = vec![1.0; p];
        penalties.push(0.01);
        penalties.resize(2 * p + 1, ridge);
        let y = self.outcomes();
        let problem = Problem { x: &wide, y: &y, weights: None, ridge: &penalties, link: self.link() };
        problem.fit(start)
    }

    /// Expected outcomes from the covariates alone, whatever the arm.
    fn expected(&mut self) -> Option<Vec<f64>> {
        if self.expected.is_none() {
            let (_, x) = &self.bent;
            let (y, ridge) = (self.outcomes(), vec![1.0; x.columns()]);
            let problem = Problem { x, y: &y, weights: None, ridge: &ridge, link: self.link() };
            let b = problem.fit(None)?;
            self.expected = Some(x.rows().map(|row| self.link().mean(predictor(row, &b))).collect());
        }
        self.expected.clone()
    }

    fn residuals(&mut self, ridge: f64) -> Option<Model> {
        let expected = self.expected()?;
        let (encoder, x) = &self.bent;
        let (mut y, mut weights) = (Vec::new(), Vec::new());
        for ((centred, _, outcome), m) in self.observed.iter().zip(&expected) {
            // min sum (r - c tau)^2 is a weighted regression of r / c with weights c^2.
            y.push((outcome / self.scale - m) / centred);
            weights.push(centred * centred);
        }
        let penalties = vec![ridge; x.columns()];
        let problem = Problem { x, y: &y, weights: Some(&weights), ridge: &penalties, link: Link::Identity };
        Some(Model::Linear { encoder: encoder.clone(), b: problem.fit(None)? })
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
