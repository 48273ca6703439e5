//! A glass-box classifier: log-odds as a sum of one bent line per feature and one step per stage.
//!
//! Each feature enters as itself and as `max(0, x - knot)` at its quartiles, so its effect is piecewise linear and
//! can be drawn (a generalised additive model, Hastie, Tibshirani 1986, with linear splines). Weights are ridge
//! estimates on standardised terms; a contribution is exact, not an approximation.

use super::features::{Feature, NUMERIC};
use super::history::History;
use crate::fit::logistic;
use crate::fit::matrix::Matrix;
use serde::{Deserialize, Serialize};
use terms::stage::{Stage, StageRule};

/// How a feature enters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shape {
    /// As it is.
    Line,
    /// The part above a knot.
    Above(f64),
    /// 1 in this stage, 0 in others.
    In(Stage),
}

/// One weighted term.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Term {
    pub(super) feature: Feature,
    shape: Shape,
    mean: f64,
    scale: f64,
    weight: f64,
}

/// A fitted classifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Additive {
    /// Log-odds of the average row.
    pub(super) intercept: f64,
    pub(super) terms: Vec<Term>,
}

/// Which features enter, bent at how many knots, under which penalty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Design {
    pub(super) features: &'static [Feature],
    /// Quantiles at which lines may bend.
    pub(super) knots: &'static [f64],
    pub(super) ridge: f64,
}

/// One row to learn from.
pub(super) struct Row<'a> {
    pub(super) history: &'a History,
    pub(super) days: i32,
    pub(super) hit: bool,
}

impl Term {
    fn raw(&self, rule: &StageRule, h: &History, days: i32) -> f64 {
        match self.shape {
            Shape::Line => self.feature.value(h, days),
            Shape::Above(knot) => (self.feature.value(h, days) - knot).max(0.0),
            Shape::In(stage) => f64::from(u8::from(h.stage(rule) == stage)),
        }
    }

    /// What this term adds to the log-odds, compared with the average row.
    pub(super) fn contribution(&self, rule: &StageRule, h: &History, days: i32) -> f64 {
        if self.weight == 0.0 {
            return 0.0;
        }
        self.weight * (self.raw(rule, h, days) - self.mean) / self.scale
    }
}

impl Additive {
    /// Fits on rows; deterministic.
    pub(super) fn fit(rule: &StageRule, rows: &[Row<'_>], design: Design) -> Self {
        let mut terms = shapes(rows, design);
        let mut x = Matrix::with_capacity(terms.len(), rows.len());
        for row in rows {
            let numbers = super::features::values(row.history, row.days);
            let stage = row.history.stage(rule);
            x.push(terms.iter().map(|term| {
                let value = term.feature.position().and_then(|at| numbers.get(at)).copied().unwrap_or(0.0);
                match term.shape {
                    Shape::Line => value,
                    Shape::Above(knot) => (value - knot).max(0.0),
                    Shape::In(name) => f64::from(u8::from(stage == name)),
                }
            }));
        }
        let moments = x.standardise();
        let hits: Vec<bool> = rows.iter().map(|row| row.hit).collect();
        let weights = logistic::fit(&x, &hits, design.ridge);
        for ((term, (mean, scale)), weight) in terms.iter_mut().zip(moments).zip(weights.columns) {
            (term.mean, term.scale, term.weight) = (mean, scale, weight);
        }
        Self { intercept: weights.intercept, terms }
    }

    /// Log-odds.
    pub(super) fn logit(&self, rule: &StageRule, h: &History, days: i32) -> f64 {
        self.intercept + self.terms.iter().map(|term| term.contribution(rule, h, days)).sum::<f64>()
    }
}

/// The terms of a design, without weights: lines, bends at distinct inner quantiles, stages.
fn shapes(rows: &[Row<'_>], design: Design) -> Vec<Term> {
    let term = |feature, shape| Term { feature, shape, mean: 0.0, scale: 1.0, weight: 0.0 };
    let mut terms = Vec::new();
    for feature in design.features.iter().copied().filter(|f| NUMERIC.contains(f)) {
        terms.push(term(feature, Shape::Line));
        if design.knots.is_empty() {
            continue;
        }
        let stride = rows.len().div_ceil(50_000).max(1);
        let mut sorted: Vec<f64> =
            rows.iter().step_by(stride).map(|row| feature.value(row.history, row.days)).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (Some(low), Some(high)) = (sorted.first().copied(), sorted.last().copied()) else { continue };
        let mut previous = low;
        for quantile in design.knots {
            let at = (quantile * (sorted.len() - 1) as f64).round() as usize;
            let knot = sorted.get(at).copied().unwrap_or(high);
            if knot > previous && knot < high {
                terms.push(term(feature, Shape::Above(knot)));
                previous = knot;
            }
        }
    }
    let buyers = Stage::ALL.iter().filter(|stage| **stage != Stage::Prospect);
    terms.extend(buyers.map(|stage| term(Feature::Stage, Shape::In(*stage))));
    terms
}
