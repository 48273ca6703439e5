//! Which candidate would have forecast the brand's own past best: rolling-origin evaluation.
//!
//! Goes in: a training table. For each of its last periods, every candidate is fitted on the periods before it and
//! scored on it (Tashman 2000, "Out-of-sample tests of forecasting accuracy"). Comes out: scores, how far each is
//! behind the best with an interval, the choice, and the choice's own quality in pictures. Rows outside the table are
//! never seen.

use super::brought::Brought;
use super::history::History;
use super::model::{Candidate, FEWEST_ROWS, StageModel};
use super::table::{TrainingRow, TrainingTable};
use crate::calibration::{Quality, ReliabilityBin, quality, row_loss};
use crate::error::ScienceError;
use serde::{Deserialize, Serialize};
use terms::estimate::{Estimate, Interval};
use terms::stage::Stage;
use terms::time::Day;

mod pictures;

pub use pictures::{Gain, Pictures, StageQuality};

/// Periods that are held back, one after the other.
pub const FOLDS: usize = 3;

/// Two-sided 95 % point of the normal distribution.
const Z95: f64 = 1.959_964;

/// Probabilities of the next stage, one row a customer and period.
pub type Rows = Vec<[f64; Stage::COUNT]>;

/// Quality of one candidate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CandidateScore {
    /// Which.
    pub name: Candidate,
    /// How good, over all rows of the periods held back.
    pub quality: Quality,
    /// Log-loss less that of the best candidate, row by row, with a 95 % interval; 0 for the best itself. The rows of
    /// one customer in several periods count as one, so the interval is rather too wide than too narrow.
    pub behind: Estimate,
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
    /// How good the chosen candidate is, in pictures; `None` when nothing could be held back.
    pub pictures: Option<Pictures>,
}

impl Backtest {
    pub(super) const fn none() -> Self {
        Self { folds: Vec::new(), scores: Vec::new(), chosen: Candidate::Markov, pictures: None }
    }

    /// The score of a candidate.
    #[must_use]
    pub fn score(&self, name: Candidate) -> Option<&CandidateScore> {
        self.scores.iter().find(|score| score.name == name)
    }

    /// What the choice rests on.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let baseline = self
            .scores
            .iter()
            .filter(|score| score.name.is_baseline())
            .min_by(|a, b| a.quality.log_loss.total_cmp(&b.quality.log_loss));
        match baseline {
            None => Verdict::TooShort,
            // Behind nobody: a model that was brought stays chosen when a baseline forecasts better.
            Some(best) if best.behind.value <= 0.0 => Verdict::BaselineWins,
            Some(best) if best.behind.interval.low <= 0.0 => Verdict::NotDistinguishable,
            Some(_) => Verdict::ModelWins,
        }
    }
}

/// What a backtest says about the model it chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The history is too short to hold anything back: nothing is known about the model.
    TooShort,
    /// A baseline forecast best; it is what acts.
    BaselineWins,
    /// The model forecast best, but the best baseline may be as good: their difference lies within chance.
    NotDistinguishable,
    /// The model forecast better than every baseline.
    ModelWins,
}

/// How far `rows` are behind `best` in log-loss.
fn behind(rows: &Rows, best: &Rows, outcomes: &[usize], folds: usize) -> Estimate {
    let differences: Vec<f64> = rows
        .iter()
        .zip(best)
        .zip(outcomes)
        .map(|((row, best), outcome)| row_loss(row, *outcome) - row_loss(best, *outcome))
        .collect();
    mean(&differences, folds)
}

/// A mean with its 95 % interval; rows that belong to one customer in `folds` periods count as one.
fn mean(values: &[f64], folds: usize) -> Estimate {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n;
    let half = Z95 * (variance / (n / folds.max(1) as f64)).sqrt();
    let interval = Interval { low: mean - half, high: mean + half, level: 0.95 };
    Estimate { value: mean, interval, n: values.len() as u64 }
}

/// Scores of every candidate from its predictions in the order of [`Candidate::ALL`], made over `folds` periods; empty
/// without outcomes.
#[must_use]
pub fn scores(predicted: &[Rows], outcomes: &[usize], folds: usize) -> Vec<CandidateScore> {
    scores_of(Candidate::ALL.into_iter(), predicted, outcomes, folds)
}

fn scores_of(
    names: impl Iterator<Item = Candidate>,
    predicted: &[Rows],
    outcomes: &[usize],
    folds: usize,
) -> Vec<CandidateScore> {
    let qualities: Vec<(Candidate, &Rows, Quality)> = names
        .zip(predicted)
        .filter_map(|(name, rows)| Some((name, rows, quality(rows, outcomes)?)))
        .collect();
    let best =
        qualities.iter().min_by(|a, b| a.2.log_loss.total_cmp(&b.2.log_loss)).map(|(_, rows, _)| *rows);
    let Some(best) = best else { return Vec::new() };
    let score = |(name, rows, quality): &(Candidate, &Rows, Quality)| CandidateScore {
        name: *name,
        quality: *quality,
        behind: behind(rows, best, outcomes, folds),
    };
    qualities.iter().map(score).collect()
}

/// Quality of every candidate of a fitted model on the periods of a table it has not seen.
#[must_use]
pub fn evaluate(model: &StageModel, table: &TrainingTable) -> Vec<CandidateScore> {
    let (mut outcomes, mut predicted) = (Vec::new(), vec![Rows::new(); Candidate::ALL.len()]);
    for row in &table.rows {
        outcomes.push(row.next.index());
        for (name, rows) in Candidate::ALL.into_iter().zip(&mut predicted) {
            rows.push(model.predict_as(name, &row.history, row.days));
        }
    }
    scores(&predicted, &outcomes, table.snapshots().len())
}

/// What every candidate said of periods that it had not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldBack {
    /// Days at which the held-back periods began.
    pub folds: Vec<Day>,
    /// Rows of these periods.
    pub rows: Vec<TrainingRow>,
    /// Predictions for them, in the order of [`Candidate::ALL`].
    pub predicted: Vec<Rows>,
    /// Chance of a purchase within the period.
    pub buys: Vec<f64>,
}

impl HeldBack {
    /// What happened.
    #[must_use]
    pub fn outcomes(&self) -> Vec<usize> {
        self.rows.iter().map(|row| row.next.index()).collect()
    }

    /// What a candidate said.
    #[must_use]
    pub fn of(&self, name: Candidate) -> Option<&Rows> {
        Candidate::ALL
            .into_iter()
            .zip(&self.predicted)
            .find(|(other, _)| *other == name)
            .map(|(_, rows)| rows)
    }
}

/// Fits every candidate on what lies before each of the last [`FOLDS`] periods that have enough before them, and asks
/// it about that period.
///
/// # Errors
/// When a fold cannot be fitted.
pub fn held_back(table: &TrainingTable) -> Result<HeldBack, ScienceError> {
    let snapshots = table.snapshots();
    let mut held = HeldBack {
        folds: Vec::new(),
        rows: Vec::new(),
        predicted: vec![Rows::new(); Candidate::ALL.len()],
        buys: Vec::new(),
    };
    for day in snapshots.iter().skip(snapshots.len().saturating_sub(FOLDS).max(1)) {
        let before = table.filtered(|snapshot| snapshot < *day);
        if (before.rows.len() as u64) < FEWEST_ROWS {
            continue;
        }
        let model = StageModel::fit_parts(&before)?;
        held.folds.push(*day);
        for row in table.rows.iter().filter(|row| row.snapshot == *day) {
            held.rows.push(*row);
            held.buys.push(model.purchase(&row.history, row.days));
            for (name, rows) in Candidate::ALL.into_iter().zip(&mut held.predicted) {
                rows.push(model.predict_as(name, &row.history, row.days));
            }
        }
    }
    Ok(held)
}

/// How far two models disagree that were fitted on every other row each: mean total variation distance between their
/// predictions for the rows of the last period, 0 to 1; 0 when the data decide everything and chance nothing.
///
/// # Errors
/// When a half cannot be fitted.
pub fn stability(table: &TrainingTable, name: Candidate) -> Result<Option<Estimate>, ScienceError> {
    let half = |odd: usize| {
        let rows = table.rows.iter().skip(odd).step_by(2).copied().collect();
        StageModel::fit_parts(&TrainingTable { rows, ..table.clone() })
    };
    let (a, b) = (half(0)?, half(1)?);
    let Some(last) = table.snapshots().last().copied() else { return Ok(None) };
    let distance = |row: &TrainingRow| {
        let (a, b) = (a.predict_as(name, &row.history, row.days), b.predict_as(name, &row.history, row.days));
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0
    };
    let distances: Vec<f64> = table.rows.iter().filter(|row| row.snapshot == last).map(distance).collect();
    Ok((!distances.is_empty()).then(|| mean(&distances, 1)))
}

/// How much less `rows` lose than `other`, in log-loss, with a 95 % interval.
#[must_use]
pub fn lead(rows: &Rows, other: &Rows, outcomes: &[usize], folds: usize) -> Estimate {
    behind(other, rows, outcomes, folds)
}

impl HeldBack {
    /// What is left when only periods count that begin at `day` or later.
    #[must_use]
    pub fn since(&self, day: Day) -> Self {
        let kept = |rows: &Rows| {
            let rows = self.rows.iter().zip(rows).filter(|(row, _)| row.snapshot >= day);
            rows.map(|(_, said)| *said).collect()
        };
        Self {
            folds: self.folds.iter().copied().filter(|fold| *fold >= day).collect(),
            rows: self.rows.iter().copied().filter(|row| row.snapshot >= day).collect(),
            buys: self
                .rows
                .iter()
                .zip(&self.buys)
                .filter(|(row, _)| row.snapshot >= day)
                .map(|(_, buys)| *buys)
                .collect(),
            predicted: self.predicted.iter().map(kept).collect(),
        }
    }
}

/// How a model from elsewhere did on periods that begin after the last day it knew of, beside the candidates fitted
/// here on what lay before them. Nothing is chosen: it was brought.
///
/// # Errors
/// When a fold cannot be fitted.
pub fn of_brought(table: &TrainingTable, brought: &Brought) -> Result<Backtest, ScienceError> {
    let held = held_back(table)?.since(brought.agreement().trained_until);
    let said: Rows =
        held.rows.iter().map(|row| brought.predict(&table.rule, &row.history, row.days)).collect();
    let outcomes = held.outcomes();
    let mut predicted = held.predicted.clone();
    predicted.push(said.clone());
    let names = Candidate::ALL.into_iter().chain([Candidate::Brought]);
    let scores = scores_of(names, &predicted, &outcomes, held.folds.len());
    let pictures = (!held.rows.is_empty()).then(|| Pictures::of(&held.rows, &said));
    Ok(Backtest { folds: held.folds, scores, chosen: Candidate::Brought, pictures })
}

/// How far a model from elsewhere changes its mind when it looks at the same customers a day later and nothing has
/// happened: mean total variation distance, 0 to 1. It cannot be fitted on halves; what jumps from one day to the next
/// is as little to be relied on.
#[must_use]
pub fn steadiness(table: &TrainingTable, brought: &Brought) -> Option<Estimate> {
    let last = table.snapshots().last().copied()?;
    let distance = |row: &TrainingRow| {
        let later =
            History { tenure: row.history.tenure + 1.0, silent: row.history.silent + 1.0, ..row.history };
        let [a, b] = [&row.history, &later].map(|history| brought.predict(&table.rule, history, row.days));
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0
    };
    let distances: Vec<f64> = table.rows.iter().filter(|row| row.snapshot == last).map(distance).collect();
    (!distances.is_empty()).then(|| mean(&distances, 1))
}

/// Runs the backtest on the last [`FOLDS`] periods that have enough before them.
///
/// # Errors
/// When a fold cannot be fitted.
pub fn run(table: &TrainingTable) -> Result<Backtest, ScienceError> {
    let held = held_back(table)?;
    let scores = scores(&held.predicted, &held.outcomes(), held.folds.len());
    let best = scores.iter().min_by(|a, b| a.quality.log_loss.total_cmp(&b.quality.log_loss));
    let Some(chosen) = best.map(|score| score.name) else { return Ok(Backtest::none()) };
    let pictures = held.of(chosen).map(|rows| Pictures::of(&held.rows, rows));
    Ok(Backtest { folds: held.folds, scores, chosen, pictures })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_in_log_loss_agrees_with_a_calculation_by_hand() {
        let row = |p: f64| [p, 1.0 - p, 0.0, 0.0, 0.0, 0.0];
        // ln(.8 / .4) and ln(.5 / .5): mean .3465736, deviation the same, one fold of two rows.
        let behind = behind(&vec![row(0.4), row(0.5)], &vec![row(0.8), row(0.5)], &[0, 0], 1);
        assert!((behind.value - 0.346_573_6).abs() < 1e-5, "{behind:?}");
        let half = 1.959_964 * 0.346_573_6 / 2f64.sqrt();
        assert!((behind.interval.high - behind.value - half).abs() < 1e-5, "{behind:?}");
    }
}
