//! Which candidate would have forecast the brand's own past best: rolling-origin evaluation.
//!
//! Goes in: a training table. For each of its last periods, every candidate is fitted on the periods before it and
//! scored on it (Tashman 2000, "Out-of-sample tests of forecasting accuracy"). Comes out: scores and the choice.
//! Rows outside the table are never seen.

use super::model::{Candidate, FEWEST_ROWS, StageModel};
use super::table::{TrainingRow, TrainingTable};
use crate::calibration::{Quality, quality};
use crate::error::ScienceError;
use serde::{Deserialize, Serialize};
use terms::stage::Stage;
use terms::time::Day;

/// Periods that are held back, one after the other.
pub const FOLDS: usize = 3;

/// Quality of one candidate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CandidateScore {
    /// Which.
    pub name: Candidate,
    /// How good, over all rows of the periods held back.
    pub quality: Quality,
}

/// The outcome of a backtest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// Days at which the held-back periods began.
    pub folds: Vec<Day>,
    /// Scores, simple candidates first; empty when the history was too short to hold anything back.
    pub scores: Vec<CandidateScore>,
    /// The candidate with the lowest log-loss; the Markov matrix when nothing could be held back.
    pub chosen: Candidate,
}

impl Backtest {
    pub(super) const fn none() -> Self {
        Self { folds: Vec::new(), scores: Vec::new(), chosen: Candidate::Markov }
    }
}

/// Quality of every candidate of a fitted model on rows it has not seen.
#[must_use]
pub fn evaluate(model: &StageModel, rows: &[TrainingRow]) -> Vec<CandidateScore> {
    let next: Vec<usize> = rows.iter().map(|row| row.next.index()).collect();
    let score = |name| {
        let predicted: Vec<_> =
            rows.iter().map(|row| model.predict_as(name, &row.history, row.days)).collect();
        quality(&predicted, &next).map(|quality| CandidateScore { name, quality })
    };
    Candidate::ALL.into_iter().filter_map(score).collect()
}

/// Runs the backtest on the last [`FOLDS`] periods that have enough before them.
///
/// # Errors
/// When a fold cannot be fitted.
pub fn run(table: &TrainingTable) -> Result<Backtest, ScienceError> {
    let snapshots = table.snapshots();
    let mut folds = Vec::new();
    let mut outcomes: Vec<usize> = Vec::new();
    let mut predicted: Vec<Vec<[f64; Stage::COUNT]>> = vec![Vec::new(); Candidate::ALL.len()];
    for day in snapshots.iter().skip(snapshots.len().saturating_sub(FOLDS).max(1)) {
        let before = table.filtered(|snapshot| snapshot < *day);
        if (before.rows.len() as u64) < FEWEST_ROWS {
            continue;
        }
        let model = StageModel::fit_parts(&before)?;
        folds.push(*day);
        for row in table.rows.iter().filter(|row| row.snapshot == *day) {
            outcomes.push(row.next.index());
            for (name, rows) in Candidate::ALL.into_iter().zip(&mut predicted) {
                rows.push(model.predict_as(name, &row.history, row.days));
            }
        }
    }
    let scores: Vec<CandidateScore> = Candidate::ALL
        .into_iter()
        .zip(&predicted)
        .filter_map(|(name, rows)| Some(CandidateScore { name, quality: quality(rows, &outcomes)? }))
        .collect();
    let best = scores.iter().min_by(|a, b| a.quality.log_loss.total_cmp(&b.quality.log_loss));
    let chosen = best.map_or(Candidate::Markov, |score| score.name);
    Ok(Backtest { folds, scores, chosen })
}
