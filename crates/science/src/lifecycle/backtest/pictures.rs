//! What a page draws of a backtest: calibration, gains, and quality by stage of the chosen candidate.
//!
//! Goes in: rows of the periods held back with the probabilities the candidate gave before it saw them. Comes out: a
//! few dozen numbers. Nothing here chooses.

use super::super::table::TrainingRow;
use super::ReliabilityBin;
use crate::calibration::{ECE_BINS, quality, reliability};
use serde::{Deserialize, Serialize};
use terms::stage::Stage;

/// Points of the gains curve.
const GAIN_STEPS: usize = 20;

/// One point of a gains curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// Share of customers, most endangered first, 0 to 1.
    pub customers: f64,
    /// Share of those who churned that is among them, 0 to 1; equal to `customers` for a ranking that knows nothing.
    pub churned: f64,
}

/// Quality of the forecasts for customers of one stage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StageQuality {
    /// Stage at the beginning of the period.
    pub stage: Stage,
    /// Customers and periods.
    pub n: u64,
    /// Mean log-loss; 0 is perfect.
    pub log_loss: f64,
    /// Share whose most probable next stage came true.
    pub accuracy: f64,
}

/// The pictures of a backtest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pictures {
    /// Stated and observed frequency of every next stage, all stages pooled, ten bins.
    pub calibration: Vec<ReliabilityBin>,
    /// Gains of the risk of churn among those not churned; empty when nobody churned.
    pub gains: Vec<Gain>,
    /// By stage at the beginning; stages nobody was in are left out.
    pub by_stage: Vec<StageQuality>,
}

impl Pictures {
    pub(super) fn of(rows: &[TrainingRow], predicted: &[[f64; Stage::COUNT]]) -> Self {
        Self {
            calibration: calibration(rows, predicted),
            gains: gains(rows, predicted),
            by_stage: by_stage(rows, predicted),
        }
    }
}

fn calibration(rows: &[TrainingRow], predicted: &[[f64; Stage::COUNT]]) -> Vec<ReliabilityBin> {
    let (mut stated, mut happened) = (Vec::new(), Vec::new());
    for (row, probabilities) in rows.iter().zip(predicted) {
        for (stage, p) in Stage::ALL.iter().zip(probabilities).filter(|(_, p)| **p > 0.0) {
            stated.push(*p);
            happened.push(row.next == *stage);
        }
    }
    reliability(&stated, &happened, ECE_BINS)
}

fn gains(rows: &[TrainingRow], predicted: &[[f64; Stage::COUNT]]) -> Vec<Gain> {
    let risk = |p: &[f64; Stage::COUNT]| p.get(Stage::Churned.index()).copied().unwrap_or(0.0);
    let mut ranked: Vec<(f64, bool)> = rows
        .iter()
        .zip(predicted)
        .filter(|(row, _)| row.stage != Stage::Churned)
        .map(|(row, p)| (risk(p), row.next == Stage::Churned))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all = ranked.iter().filter(|(_, churned)| *churned).count();
    if all == 0 {
        return Vec::new();
    }
    let share = |step: usize| {
        let first = (ranked.len() * step).div_ceil(GAIN_STEPS);
        let found = ranked.iter().take(first).filter(|(_, churned)| *churned).count();
        Gain { customers: step as f64 / GAIN_STEPS as f64, churned: found as f64 / all as f64 }
    };
    (0..=GAIN_STEPS).map(share).collect()
}

fn by_stage(rows: &[TrainingRow], predicted: &[[f64; Stage::COUNT]]) -> Vec<StageQuality> {
    let of = |stage: &Stage| {
        let (probabilities, outcomes): (Vec<_>, Vec<_>) = rows
            .iter()
            .zip(predicted)
            .filter(|(row, _)| row.stage == *stage)
            .map(|(row, p)| (*p, row.next.index()))
            .unzip();
        let q = quality(&probabilities, &outcomes)?;
        Some(StageQuality { stage: *stage, n: q.n, log_loss: q.log_loss, accuracy: q.accuracy })
    };
    Stage::ALL.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::history::History;
    use terms::time::Day;

    fn row(stage: Stage, next: Stage) -> TrainingRow {
        let history = History::first_purchase(70.0, 10.0);
        TrainingRow { customer: 0, snapshot: Day(0), days: 30, history, stage, next, purchases: 0 }
    }

    #[test]
    fn a_ranking_that_finds_the_one_who_churned_first_gains_everything_at_once() {
        let mut rows = vec![row(Stage::AtRisk, Stage::AtRisk); 20];
        rows[7].next = Stage::Churned;
        let mut predicted = vec![[0.0, 0.0, 0.0, 0.9, 0.1, 0.0]; 20];
        predicted[7] = [0.0, 0.0, 0.0, 0.3, 0.7, 0.0];
        let pictures = Pictures::of(&rows, &predicted);
        assert_eq!(pictures.gains[0], Gain { customers: 0.0, churned: 0.0 });
        assert_eq!(pictures.gains[1], Gain { customers: 0.05, churned: 1.0 });
        assert_eq!(pictures.by_stage.len(), 1);
        assert_eq!((pictures.by_stage[0].stage, pictures.by_stage[0].n), (Stage::AtRisk, 20));
        // Of 19 stated at .9 and one at .3 that the stage stays, 19 and 0 came true.
        let top = pictures.calibration.iter().find(|bin| bin.low > 0.75 && bin.high < 0.95).unwrap();
        assert!((top.observed - 1.0).abs() < 1e-12 && (top.predicted - 0.9).abs() < 1e-12);
    }
}
