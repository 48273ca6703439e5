//! Which candidate would have forecast the brand's own past best: rolling-origin evaluation.
//!
//! Goes in: a training table. For each of its last periods, every candidate is fitted on the periods before it and
//! scored on it (Tashman 2000, "Out-of-sample tests of forecasting accuracy"). Comes out: scores, how far each is
//! behind the best with an interval, the choice, and the choice's own quality in pictures. Rows outside the table are
//! never seen.

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
            Some(best) if best.name == self.chosen => Verdict::BaselineWins,
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
    let n = differences.len().max(1) as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n;
    let half = Z95 * (variance / (n / folds.max(1) as f64)).sqrt();
    Estimate {
        value: mean,
        interval: Interval { low: mean - half, high: mean + half, level: 0.95 },
        n: differences.len() as u64,
    }
}

/// Scores of every candidate from its predictions in the order of [`Candidate::ALL`], made over `folds` periods; empty
/// without outcomes.
#[must_use]
pub fn scores(predicted: &[Rows], outcomes: &[usize], folds: usize) -> Vec<CandidateScore> {
    let qualities: Vec<(Candidate, &Rows, Quality)> = Candidate::ALL
        .into_iter()
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

/// Runs the backtest on the last [`FOLDS`] periods that have enough before them.
///
/// # Errors
/// When a fold cannot be fitted.
pub fn run(table: &TrainingTable) -> Result<Backtest, ScienceError> {
    let snapshots = table.snapshots();
    let mut folds = Vec::new();
    let mut held_back: Vec<TrainingRow> = Vec::new();
    let mut predicted: Vec<Rows> = vec![Vec::new(); Candidate::ALL.len()];
    for day in snapshots.iter().skip(snapshots.len().saturating_sub(FOLDS).max(1)) {
        let before = table.filtered(|snapshot| snapshot < *day);
        if (before.rows.len() as u64) < FEWEST_ROWS {
            continue;
        }
        let model = StageModel::fit_parts(&before)?;
        folds.push(*day);
        for row in table.rows.iter().filter(|row| row.snapshot == *day) {
            held_back.push(*row);
            for (name, rows) in Candidate::ALL.into_iter().zip(&mut predicted) {
                rows.push(model.predict_as(name, &row.history, row.days));
            }
        }
    }
    let outcomes: Vec<usize> = held_back.iter().map(|row| row.next.index()).collect();
    let scores = scores(&predicted, &outcomes, folds.len());
    let best = scores.iter().min_by(|a, b| a.quality.log_loss.total_cmp(&b.quality.log_loss));
    let Some(chosen) = best.map(|score| score.name) else { return Ok(Backtest::none()) };
    let rows = Candidate::ALL.into_iter().zip(&predicted).find(|(name, _)| *name == chosen);
    let pictures = rows.map(|(_, rows)| Pictures::of(&held_back, rows));
    Ok(Backtest { folds, scores, chosen, pictures })
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
