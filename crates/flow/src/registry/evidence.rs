//! What a version is held against its gate with, measured by the program itself on data as they were when it was made.
//!
//! Goes in: a version's file, the one that acts, histories of those whose data may be used for fitting. Comes out: a
//! figure for each criterion and the hash of the rows it was measured on. The same rows give the same figures, to the
//! bit; times are kept apart.

use std::time::Instant as Stopwatch;

use policy::segment::NumberField;
use science::calibration::quality;
use science::drift::{Shift, shift};
use science::lifecycle::backtest::{HeldBack, Rows, held_back, lead, stability, steadiness};
use science::lifecycle::brought::Brought;
use science::lifecycle::history::History;
use science::lifecycle::model::{Candidate, StageModel};
use science::lifecycle::table::TrainingTable;
use science::value::ValueModel;
use terms::estimate::{Estimate, Evidence, Interval};
use terms::gate::{Criterion, Found, Missing};
use terms::hash::ContentHash;
use terms::stage::Stage;
use terms::time::Day;

use super::trial::ValueTrial;
use crate::artifact::Artifact;
use crate::audit::{Scored, ScoredRow};
use crate::error::{Error, Result};
use crate::lawful::{Fitting, Lawful};
use crate::snapshot::PERIOD_DAYS;

/// Rows that are timed.
const TIMED: usize = 2_000;
/// Times each of them is asked.
const REPEATS: usize = 3;

/// Figures of one version.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evidenced {
    /// SHA-256 over the rows.
    pub(crate) data_hash: String,
    /// Rows.
    pub(crate) rows: u64,
    /// By criterion.
    pub(crate) found: Vec<(Criterion, Found)>,
    /// Scores on held-back data with what came true, for the groups.
    pub(crate) scored: Vec<Scored>,
}

/// A figure that has no interval.
pub(crate) fn plain(value: f64, n: u64) -> Found {
    let interval = Interval { low: value, high: value, level: 1.0 };
    Found::Figure(Evidence::Sufficient(Estimate { value, interval, n }))
}

pub(crate) const fn missing(why: Missing) -> Found {
    Found::Missing { why }
}

fn estimate(found: Estimate) -> Found {
    Found::Figure(Evidence::Sufficient(found))
}

fn refused(error: &science::ScienceError) -> Error {
    Error::Internal(format!("the evaluation cannot be made: {error}"))
}

/// The numbers of a history that models look at, by name.
pub(crate) const WATCHED: [&str; 7] =
    ["tenure", "silent", "last_gap", "frequency", "order_value", "last_amount", "purchases_90"];

pub(crate) fn watched(history: &History) -> [f64; WATCHED.len()] {
    let h = history;
    [h.tenure, h.silent, h.last_gap, h.frequency, h.order_value, h.last_amount, h.purchases_90]
}

/// Shifts of everything that models look at, between two days.
pub(crate) fn shifts(
    lake: &lake::Lake,
    fitting: &Lawful<Fitting>,
    [from, to]: [Day; 2],
) -> Result<Vec<(&'static str, Option<Shift>)>> {
    let mut values = [vec![Vec::new(); WATCHED.len()], vec![Vec::new(); WATCHED.len()]];
    let days = if from == to { vec![to] } else { vec![from, to] };
    fitting.histories(lake, &days, |customer| {
        let ends = [customer.profiles.first(), customer.profiles.last()];
        for (side, profile) in values.iter_mut().zip(ends) {
            let Some(Some(profile)) = profile else { continue };
            for (list, value) in side.iter_mut().zip(watched(&History::from(profile))) {
                list.push(value);
            }
        }
    })?;
    let [before, now] = values;
    Ok(WATCHED.iter().zip(before.iter().zip(&now)).map(|(name, (a, b))| (*name, shift(a, b))).collect())
}

fn worst_shift(shifts: &[(&'static str, Option<Shift>)]) -> Found {
    let worst = shifts.iter().filter_map(|(_, shift)| *shift).max_by(|a, b| a.psi.total_cmp(&b.psi));
    worst.map_or_else(|| missing(Missing::TooFew), |worst| plain(worst.psi, worst.n.iter().sum()))
}

/// Microseconds for each of at most [`TIMED`] rows: the 99th percentile over runs of ten. Of several times the best one
/// counts: a model is not slow because something else had the processor.
fn timed<T>(rows: &[T], mut each: impl FnMut(&T)) -> Found {
    let mut times: Vec<f64> = Vec::new();
    for run in rows.get(..rows.len().min(TIMED)).unwrap_or(rows).chunks(10) {
        let best = (0..REPEATS).map(|_| {
            let watch = Stopwatch::now();
            run.iter().for_each(&mut each);
            watch.elapsed().as_secs_f64()
        });
        times.push(best.fold(f64::INFINITY, f64::min) * 1e6 / run.len().max(1) as f64);
    }
    times.sort_by(f64::total_cmp);
    let place = (times.len() * 99 / 100).min(times.len().saturating_sub(1));
    times.get(place).map_or_else(|| missing(Missing::TooFew), |time| plain(*time, times.len() as u64))
}

fn table_hash(table: &TrainingTable) -> String {
    let bytes = table.rows.iter().map(|row| {
        let mut bytes = Vec::with_capacity(96);
        bytes.extend(row.snapshot.0.to_le_bytes());
        bytes.extend(row.days.to_le_bytes());
        for value in watched(&row.history) {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend([row.stage.index() as u8, row.next.index() as u8]);
        bytes.extend(row.purchases.to_le_bytes());
        bytes
    });
    let bytes: Vec<Vec<u8>> = bytes.collect();
    ContentHash::of(bytes.iter().map(Vec::as_slice)).to_string()
}

/// What a method said of the last period that it had not seen, by the fields audiences ask for: each customer once.
fn scores(held: &HeldBack, said: Option<&Rows>) -> Vec<Scored> {
    let (Some(last), Some(said)) = (held.folds.last(), said) else { return Vec::new() };
    let rows = || held.rows.iter().zip(said).zip(&held.buys).filter(|((row, _), _)| row.snapshot == *last);
    let churned = |stage| f64::from(u8::from(stage == Stage::Churned));
    let of = |field, mine: fn(Stage) -> bool| {
        let rows = rows().filter(|((row, _), _)| mine(row.stage)).map(|((row, said), buys)| {
            let (score, truth) = match field {
                NumberField::RiskChurn => {
                    (said.get(Stage::Churned.index()).copied().unwrap_or(0.0), churned(row.next))
                }
                _ => (*buys, f64::from(u8::from(row.purchases > 0))),
            };
            ScoredRow { customer: row.customer, score, truth }
        });
        Scored { field, rows: rows.collect() }
    };
    vec![
        of(NumberField::RiskChurn, |stage| stage != Stage::Churned),
        of(NumberField::ChanceReactivation, |stage| stage == Stage::Churned),
        of(NumberField::ChancePurchase, |_| true),
    ]
}

/// The figures of a stage model.
pub(crate) fn of_stage(
    lake: &lake::Lake,
    fitting: &Lawful<Fitting>,
    table: &TrainingTable,
    artifact: &Artifact<StageModel>,
    present: Option<&Artifact<StageModel>>,
) -> Result<Evidenced> {
    let (model, chosen) = (&artifact.model, artifact.model.chosen());
    let mut held = held_back(table).map_err(|error| refused(&error))?;
    // Nobody is judged on what they had seen: what came from elsewhere, on periods after its own data.
    let brought = [Some(model), present.map(|present| &present.model)].map(|model| model?.brought());
    for brought in brought.into_iter().flatten() {
        held = held.since(brought.agreement().trained_until);
    }
    let (outcomes, folds) = (held.outcomes(), held.folds.len());
    let ask = |brought: &Brought| -> Rows {
        held.rows.iter().map(|row| brought.predict(&table.rule, &row.history, row.days)).collect()
    };
    let rows = model.brought().map(ask).or_else(|| held.of(chosen).cloned());
    let rows = rows.filter(|rows| !rows.is_empty() && rows.iter().flatten().all(|p| p.is_finite()));
    let naive = rows.as_ref().zip(held.of(Candidate::Marginal));
    let (accuracy, calibration) = match (naive, rows.as_ref().and_then(|rows| quality(rows, &outcomes))) {
        (Some((rows, naive)), Some(quality)) => {
            (estimate(lead(rows, naive, &outcomes, folds)), plain(quality.ece, quality.n))
        }
        _ => (missing(Missing::TooFew), missing(Missing::TooFew)),
    };
    // What acts has seen periods that the candidate's folds have not; there its method is fitted anew on the same folds,
    // and only what it could not have seen is asked of itself.
    let against = match (rows.as_ref(), present) {
        (_, None) => missing(Missing::NoPresent),
        (None, _) => missing(Missing::TooFew),
        (Some(rows), Some(present)) if present.model.brought().is_some() => {
            let theirs = present.model.brought().map(ask).unwrap_or_default();
            estimate(lead(rows, &theirs, &outcomes, folds))
        }
        (Some(rows), Some(present)) => match held.of(present.model.chosen()) {
            Some(method) => {
                let theirs: Rows = held
                    .rows
                    .iter()
                    .zip(method)
                    .map(|(row, again)| match row.snapshot >= present.lineage.as_of {
                        true => present.model.predict(&row.history, row.days),
                        false => *again,
                    })
                    .collect();
                estimate(lead(rows, &theirs, &outcomes, folds))
            }
            None => missing(Missing::TooFew),
        },
    };
    let stable = match model.brought() {
        Some(brought) => steadiness(table, brought),
        None => stability(table, chosen).map_err(|error| refused(&error))?,
    };
    let as_of = artifact.lineage.as_of;
    let found = vec![
        (Criterion::AccuracyNaive, accuracy),
        (Criterion::AccuracyPresent, against),
        (Criterion::Calibration, calibration),
        (Criterion::Drift, worst_shift(&shifts(lake, fitting, [as_of.plus(-PERIOD_DAYS), as_of])?)),
        (Criterion::Stability, stable.map_or_else(|| missing(Missing::TooFew), estimate)),
        (
            Criterion::Latency,
            timed(&table.rows, |row| {
                std::hint::black_box(model.predict(&row.history, row.days));
            }),
        ),
    ];
    if model.brought().is_some() {
        held.buys = held.rows.iter().map(|row| model.purchase(&row.history, row.days)).collect();
    }
    let scored = scores(&held, rows.as_ref());
    Ok(Evidenced { data_hash: table_hash(table), rows: table.rows.len() as u64, found, scored })
}

/// The figures of a value model.
pub(crate) fn of_value(
    lake: &lake::Lake,
    fitting: &Lawful<Fitting>,
    trial: &ValueTrial,
    artifact: &Artifact<ValueModel>,
) -> Result<Evidenced> {
    let as_of = artifact.lineage.as_of;
    let scorer = artifact.model.scorer();
    let too_few = || missing(Missing::TooFew);
    let found = vec![
        (Criterion::AccuracyNaive, trial.lead().map_or_else(too_few, estimate)),
        // Its horizon is a year, and what acts was fitted on the same days: there is no period neither has seen.
        (Criterion::AccuracyPresent, missing(Missing::NotAsked)),
        (Criterion::TotalNaive, trial.total_lead().map_or_else(too_few, estimate)),
        (Criterion::Drift, worst_shift(&shifts(lake, fitting, [as_of.plus(-PERIOD_DAYS), as_of])?)),
        (Criterion::HalvesNaive, trial.halves_lead().map_or_else(too_few, estimate)),
        (
            Criterion::Latency,
            timed(trial.histories(), |history| {
                std::hint::black_box(scorer.revenue(history, 365.0));
            }),
        ),
    ];
    let scored = vec![trial.scored()];
    Ok(Evidenced { data_hash: trial.data_hash(), rows: trial.customers(), found, scored })
}
