//! A glass-box classifier: log-odds as a sum of one bent line per feature and a few steps between stages.
//!
//! Each feature enters as itself and as ramps between its quartiles, so its effect is piecewise linear and can be
//! drawn (a generalised additive model, Hastie, Tibshirani 1986, with linear splines). Weights are ridge estimates on
//! standardised terms, each on the side of its feature's [`Sign`]; a contribution is exact, not an approximation.

use super::features::{Feature, NUMERIC, harmless_silence};
use super::history::History;
use crate::fit::logistic::{self, Sign};
use crate::fit::matrix::Matrix;
use serde::{Deserialize, Serialize};
use terms::stage::StageRule;

/// How a feature enters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shape {
    /// As it is.
    Line,
    /// Silence as far as it cannot lead to churn within the period.
    Early,
    /// The part between two knots: rises with the feature from the first to the second; open without one.
    Ramp(Option<f64>, Option<f64>),
    /// 1 while new.
    New,
    /// 1 when the last gap was as long as churn.
    Returned,
    /// 1 when silent beyond the threshold of risk.
    BeyondRisk,
    /// 1 when silent beyond the threshold of churn.
    BeyondChurn,
}

/// The steps between stages, with the way each may go as silence grows.
const STEPS: [(Shape, Sign); 4] = [
    (Shape::New, Sign::Free),
    (Shape::Returned, Sign::Free),
    (Shape::BeyondRisk, Sign::Falls),
    (Shape::BeyondChurn, Sign::Falls),
];

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

/// What is predicted: it decides which way a feature may push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A purchase.
    Purchase,
    /// One purchase day rather than several: whatever makes a purchase likelier makes several likelier.
    OneOfSeveral,
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

impl Target {
    const fn sign(self, of: Sign) -> Sign {
        match (self, of) {
            (Self::Purchase, sign) => sign,
            (Self::OneOfSeveral, Sign::Falls) => Sign::Rises,
            (Self::OneOfSeveral, Sign::Free) => Sign::Free,
            (Self::OneOfSeveral, Sign::Rises) => Sign::Falls,
        }
    }
}

impl Shape {
    fn of(self, value: f64, rule: &StageRule, h: &History, days: i32) -> f64 {
        let flag = |holds: bool| f64::from(u8::from(holds));
        match self {
            Self::Line => value,
            Self::Early => h.silent.min(harmless_silence(rule, days)).ln_1p(),
            Self::Ramp(from, to) => {
                let below = to.map_or(value, |to| value.min(to));
                from.map_or(below, |from| (below - from).max(0.0))
            }
            Self::New => flag(h.tenure <= f64::from(rule.new_days)),
            Self::Returned => flag(h.last_gap > f64::from(rule.churned_days)),
            Self::BeyondRisk => flag(h.silent > f64::from(rule.at_risk_days)),
            Self::BeyondChurn => flag(h.silent > f64::from(rule.churned_days)),
        }
    }
}

impl Term {
    /// What this term adds to the log-odds, compared with the average row.
    pub(super) fn contribution(&self, rule: &StageRule, h: &History, days: i32) -> f64 {
        if self.weight == 0.0 {
            return 0.0;
        }
        let raw = self.shape.of(self.feature.value(rule, h, days), rule, h, days);
        self.weight * (raw - self.mean) / self.scale
    }
}

impl Additive {
    /// Fits on rows; deterministic.
    pub(super) fn fit(rule: &StageRule, rows: &[Row<'_>], design: Design, target: Target) -> Self {
        let (mut terms, signs) = shapes(rule, rows, design, target);
        let mut x = Matrix::with_capacity(terms.len(), rows.len());
        for row in rows {
            let numbers = super::features::values(rule, row.history, row.days);
            x.push(terms.iter().map(|term| {
                let value = term.feature.position().and_then(|at| numbers.get(at)).copied().unwrap_or(0.0);
                term.shape.of(value, rule, row.history, row.days)
            }));
        }
        let moments = x.standardise();
        let hits: Vec<bool> = rows.iter().map(|row| row.hit).collect();
        let weights = logistic::fit_signed(&x, &hits, design.ridge, &signs);
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

/// The terms of a design, without weights, and the sign of each: lines, ramps between distinct inner quantiles, steps.
fn shapes(rule: &StageRule, rows: &[Row<'_>], design: Design, target: Target) -> (Vec<Term>, Vec<Sign>) {
    let term = |feature, shape| Term { feature, shape, mean: 0.0, scale: 1.0, weight: 0.0 };
    let (mut terms, mut signs) = (Vec::new(), Vec::new());
    let mut add = |feature, shape, sign| {
        terms.push(term(feature, shape));
        signs.push(target.sign(sign));
    };
    for feature in design.features.iter().copied().filter(|f| NUMERIC.contains(f)) {
        add(feature, Shape::Line, feature.sign());
        if design.knots.is_empty() {
            continue;
        }
        if feature == Feature::Silence {
            add(feature, Shape::Early, Sign::Free);
        }
        let knots = knots(rule, rows, feature, design.knots);
        let lows = std::iter::once(None).chain(knots.iter().copied().map(Some));
        let highs = knots.iter().copied().map(Some).chain(std::iter::once(None));
        if !knots.is_empty() {
            lows.zip(highs).for_each(|(low, high)| add(feature, Shape::Ramp(low, high), feature.sign()));
        }
    }
    STEPS.iter().for_each(|(shape, sign)| add(Feature::Stage, *shape, *sign));
    (terms, signs)
}

/// Distinct values of a feature at quantiles, without its extremes.
fn knots(rule: &StageRule, rows: &[Row<'_>], feature: Feature, quantiles: &[f64]) -> Vec<f64> {
    let stride = rows.len().div_ceil(50_000).max(1);
    let mut sorted: Vec<f64> =
        rows.iter().step_by(stride).map(|row| feature.value(rule, row.history, row.days)).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (Some(low), Some(high)) = (sorted.first().copied(), sorted.last().copied()) else {
        return Vec::new();
    };
    let mut knots: Vec<f64> = Vec::new();
    for quantile in quantiles {
        let at = (quantile * (sorted.len() - 1) as f64).round() as usize;
        let knot = sorted.get(at).copied().unwrap_or(high);
        if knot > knots.last().copied().unwrap_or(low) && knot < high {
            knots.push(knot);
        }
    }
    knots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ramps_between_knots_add_up_to_the_feature() {
        let knots = [Some(1.0), Some(2.5), Some(4.0)];
        for value in [-3.0, 0.5, 1.0, 2.0, 3.9, 8.0] {
            let h = History::first_purchase(1.0, 1.0);
            let ramp = |low, high| Shape::Ramp(low, high).of(value, &StageRule::STANDARD, &h, 30);
            let sum = ramp(None, knots[0])
                + ramp(knots[0], knots[1])
                + ramp(knots[1], knots[2])
                + ramp(knots[2], None);
            assert!((sum - value).abs() < 1e-12, "{value}: {sum}");
            assert!(ramp(knots[0], knots[1]) >= 0.0);
        }
    }
}
