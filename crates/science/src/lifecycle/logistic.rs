//! The multinomial logistic model of the next stage: ten features and the stage, ridge 1 on standardised columns.
//!
//! It is the published baseline that every other model has to beat, and the forecast where it cannot be beaten.

use super::features::{BASELINE, NUMERIC};
use super::history::History;
use super::table::TrainingRow;
use crate::fit::matrix::Matrix;
use crate::fit::softmax;
use serde::{Deserialize, Serialize};
use terms::stage::{Stage, StageRule};

/// Numeric features, then one column a stage a buyer can be in.
const COLUMNS: usize = BASELINE + Stage::COUNT - 1;

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Multinomial {
    moments: Vec<(f64, f64)>,
    classes: Vec<Class>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Class {
    stage: Stage,
    intercept: f64,
    weights: Vec<f64>,
}

fn columns(rule: &StageRule, h: &History, days: i32) -> [f64; COLUMNS] {
    let mut row = [0.0; COLUMNS];
    for (cell, feature) in row.iter_mut().zip(NUMERIC.iter().take(BASELINE)) {
        *cell = feature.value(rule, h, days);
    }
    if let Some(cell) = (BASELINE + h.stage(rule).index()).checked_sub(1).and_then(|at| row.get_mut(at)) {
        *cell = 1.0;
    }
    row
}

impl Multinomial {
    pub(super) fn fit(rule: &StageRule, rows: &[TrainingRow]) -> Self {
        let mut x = Matrix::with_capacity(COLUMNS, rows.len());
        rows.iter().for_each(|row| x.push(columns(rule, &row.history, row.days)));
        let moments = x.standardise();
        let next: Vec<usize> = rows.iter().map(|row| row.next.index()).collect();
        let classes = softmax::fit(&x, &next, 1.0)
            .into_iter()
            .filter_map(|c| {
                let stage = *Stage::ALL.get(c.class)?;
                Some(Class { stage, intercept: c.intercept, weights: c.columns })
            })
            .collect();
        Self { moments, classes }
    }

    pub(super) fn predict(&self, rule: &StageRule, h: &History, days: i32) -> [f64; Stage::COUNT] {
        let mut row = columns(rule, h, days);
        for (x, (mean, scale)) in row.iter_mut().zip(&self.moments) {
            *x = (*x - mean) / scale;
        }
        let mut scores = [f64::NEG_INFINITY; Stage::COUNT];
        for class in &self.classes {
            if let Some(score) = scores.get_mut(class.stage.index()) {
                *score = class.intercept + crate::fit::matrix::dot(&row, &class.weights);
            }
        }
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let odds = scores.map(|score| (score - top).exp());
        let total: f64 = odds.iter().sum();
        odds.map(|o| o / total)
    }
}
