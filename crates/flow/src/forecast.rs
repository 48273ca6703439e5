//! The forecast matrix: who is expected to move where in the next period or by the end of the one after, what they
//! are expected to spend on the way, and how far the model can be trusted.
//!
//! Goes in: a snapshot with a live model. Comes out: a [`ForecastView`]. Customers who allow profiling enter with a
//! score of their own; the others only as numbers: so many in a stage, of whom a share moves, as the past shows.

use science::forecast::{ForecastMatrix, ForecastRow, summary};
use science::lifecycle::history::History;
use science::lifecycle::model::{Joint, StageModel};
use terms::estimate::Estimate;
use terms::stage::Stage;

use crate::app::App;
use crate::error::Result;
use crate::snapshot::{PERIOD_DAYS, Snapshot};
use crate::stages::lifecycle::backtest_lines;
use crate::views::{ForecastCell, ForecastView};

/// Probability content of the intervals.
const LEVEL: f64 = 0.95;

impl App {
    /// Expected moves by the end of the second period from now; `None` without a live model.
    ///
    /// # Errors
    /// When store or lake fail.
    pub async fn forecast_two(&self) -> Result<Option<ForecastView>> {
        let snapshot = self.snapshot().await?;
        Ok(view(&snapshot, Ahead::Two))
    }
}

/// Expected moves within the next period; `None` without a live model.
pub(crate) fn forecast(snapshot: &Snapshot) -> Option<ForecastView> {
    view(snapshot, Ahead::One)
}

/// How many periods ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ahead {
    One,
    Two,
}

impl Ahead {
    const fn days(self) -> i32 {
        match self {
            Self::One => PERIOD_DAYS,
            Self::Two => 2 * PERIOD_DAYS,
        }
    }

    /// Revenue on the way to the second period is not forecast: a stage two periods ahead does not say what was bought
    /// in the first.
    fn of_customer(self, model: &StageModel, history: &History) -> Joint {
        match self {
            Self::One => model.joint(history, PERIOD_DAYS),
            Self::Two => stages_only(model.predict_two(history, [PERIOD_DAYS, PERIOD_DAYS]).stages),
        }
    }

    /// Of somebody in a stage of whom nothing else is used.
    fn of_stage(self, model: &StageModel, stage: Stage) -> Option<Joint> {
        let joint = model.joint_of_stage(stage)?;
        Some(match self {
            Self::One => *joint,
            Self::Two => stages_only(step(model, &joint.stages())),
        })
    }
}

/// One period further by the shares of each stage; who is in a stage nobody has been in before stays there.
fn step(model: &StageModel, shares: &[f64; Stage::COUNT]) -> [f64; Stage::COUNT] {
    let mut next = [0.0; Stage::COUNT];
    for (stage, share) in Stage::ALL.iter().zip(shares) {
        let row = model.joint_of_stage(*stage).map_or_else(
            || {
                let mut stays = [0.0; Stage::COUNT];
                stays.iter_mut().skip(stage.index()).take(1).for_each(|cell| *cell = 1.0);
                stays
            },
            Joint::stages,
        );
        next.iter_mut().zip(row).for_each(|(cell, p)| *cell += share * p);
    }
    next
}

fn stages_only(stages: [f64; Stage::COUNT]) -> Joint {
    Joint { silent: stages, single: [0.0; Stage::COUNT], several: [0.0; Stage::COUNT] }
}

fn view(snapshot: &Snapshot, ahead: Ahead) -> Option<ForecastView> {
    let (label, model) = snapshot.model.as_ref()?;
    let days = ahead.days();
    let mut rows = scored(snapshot, model, ahead);
    let customers = rows.len() as u64;
    let unscored = unscored(snapshot, model, ahead);
    let unscored_customers = unscored.len() as u64;
    rows.extend(unscored);
    let matrix = summary(&rows, model.purchases_when_several(), LEVEL);
    let backtest = model.backtest();
    Some(ForecastView {
        until: snapshot.as_of.plus(days),
        model: label.clone(),
        chosen: model.chosen().as_str().to_owned(),
        moves: cells(&matrix),
        customers,
        unscored: unscored_customers,
        backtest: backtest_lines(backtest),
        verdict: backtest.verdict(),
        history_days: snapshot
            .fitted_on
            .as_ref()
            .map_or(0, |lineage| lineage.first_day.map_or(0, |first| lineage.as_of.0 - first.0)),
        held_back: backtest.folds.clone(),
        pictures: backtest.pictures.clone(),
    })
}

/// One row for each customer who may be scored.
fn scored(snapshot: &Snapshot, model: &StageModel, ahead: Ahead) -> Vec<ForecastRow> {
    let days = ahead.days();
    let value = snapshot.value.as_ref().map(|(_, model)| model.scorer());
    let everybody = snapshot.customers.iter().zip(&snapshot.stages).zip(&snapshot.scores);
    everybody
        .zip(&snapshot.profiles)
        .filter(|((_, score), _)| score.is_some())
        .map(|(((customer, stage), _), profile)| match profile {
            Some(profile) => {
                let history = History::from(profile);
                ForecastRow {
                    from: *stage,
                    joint: ahead.of_customer(model, &history),
                    order_value: value.as_ref().map_or(profile.monetary, |value| value.order_value(&history)),
                    // Without a value model amounts spread as widely as an exponential distribution: by their mean.
                    order_deviation: value
                        .as_ref()
                        .map_or(profile.monetary, |value| value.order_deviation(&history)),
                }
            }
            None => {
                let known = (snapshot.as_of.0 - customer.known_since.day().0).max(0);
                // What a first order is worth is not known before it; it counts as nothing.
                let joint = model.joint_prospect(known, days);
                ForecastRow { from: *stage, joint, order_value: 0.0, order_deviation: 0.0 }
            }
        })
        .collect()
}

/// One row for each customer who bought and may not be scored, all equal within a stage: the stage's shares, and the
/// mean amount of everybody in it.
fn unscored(snapshot: &Snapshot, model: &StageModel, ahead: Ahead) -> Vec<ForecastRow> {
    let mut amounts = [(0u64, 0.0, 0.0); Stage::COUNT];
    for (stage, profile) in snapshot.stages.iter().zip(&snapshot.profiles) {
        if let (Some(sum), Some(profile)) = (amounts.get_mut(stage.index()), profile) {
            *sum = (sum.0 + 1, sum.1 + profile.monetary, sum.2 + profile.monetary.powi(2));
        }
    }
    let row = |stage: Stage| {
        let (n, sum, squares) = amounts.get(stage.index()).copied().unwrap_or_default();
        let mean = sum / n.max(1) as f64;
        Some(ForecastRow {
            from: stage,
            joint: ahead.of_stage(model, stage)?,
            order_value: mean,
            order_deviation: (squares / n.max(1) as f64 - mean * mean).max(0.0).sqrt(),
        })
    };
    let everybody = snapshot.stages.iter().zip(&snapshot.scores).zip(&snapshot.profiles);
    everybody
        .filter(|((_, score), profile)| score.is_none() && profile.is_some())
        .filter_map(|((stage, _), _)| row(*stage))
        .collect()
}

fn cells(matrix: &ForecastMatrix) -> Vec<Vec<ForecastCell>> {
    let mut cells = vec![vec![ForecastCell::default(); Stage::COUNT]; Stage::COUNT];
    for migration in &matrix.migrations {
        let place = cells.get_mut(migration.from.index()).and_then(|row| row.get_mut(migration.to.index()));
        if let Some(cell) = place {
            let Estimate { value, interval, .. } = migration.customers;
            *cell = ForecastCell {
                expected: value,
                low: interval.low,
                high: interval.high,
                revenue: migration.revenue.value,
                revenue_low: migration.revenue.interval.low,
                revenue_high: migration.revenue.interval.high,
            };
        }
    }
    cells
}
