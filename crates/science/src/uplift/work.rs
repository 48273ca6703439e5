//! Fitting the learners of [`super::learner`]: training rows are encoded once and serve them all.
//!
//! Goes in: a sample, training rows, a learner. Comes out: the fitted learner. It knows no test row and judges nothing.

use super::covariate::{Detail, Encoder};
use super::glm::{Link, Problem, predictor};
use super::learner::{Fitted, Learner, Model};
use super::randomised::Sample;
use crate::error::ScienceError;
use crate::fit::matrix::Matrix;

/// Rows as plain and as bent columns.
pub(super) struct Ready {
    plain: Matrix,
    bent: Matrix,
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

    /// Rows that several learners are to score, made ready once.
    pub(super) fn ready(&self, rows: &[usize]) -> Ready {
        let covariates = self.sample.covariates();
        Ready { plain: self.plain.0.matrix(covariates, rows), bent: self.bent.0.matrix(covariates, rows) }
    }

    /// Fits one learner and scores rows that were made ready.
    pub(super) fn fit_and_score(
        &mut self,
        learner: Learner,
        seed: u64,
        rows: &[usize],
        ready: &Ready,
    ) -> Result<Vec<f64>, ScienceError> {
        let fitted = self.fit(learner, seed)?;
        let bent = matches!(learner, Learner::Shrunken { .. } | Learner::Residuals { .. });
        Ok(fitted.score_matrix(if bent { &ready.bent } else { &ready.plain }, rows))
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
