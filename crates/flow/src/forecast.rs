//! The forecast matrix: who is expected to move where in the next period or by the end of the one after, what they
//! are expected to spend on the way, and how far the model can be trusted.
//!
//! Goes in: a snapshot with a live model. Comes out: a [`ForecastView`], of customers who may be scored.

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
        // Revenue on the way is not forecast: a stage two periods ahead does not say what was bought in the first.
        let stages = |model: &StageModel, history: &History| {
            let stages = model.predict_two(history, [PERIOD_DAYS, PERIOD_DAYS]).stages;
            Joint { silent: stages, single: [0.0; Stage::COUNT], several: [0.0; Stage::COUNT] }
        };
        Ok(view(&snapshot, 2 * PERIOD_DAYS, stages))
    }
}

/// Expected moves within the next period; `None` without a live model.
pub(crate) fn forecast(snapshot: &Snapshot) -> Option<ForecastView> {
    view(snapshot, PERIOD_DAYS, |model, history| model.joint(history, PERIOD_DAYS))
}

fn view(
    snapshot: &Snapshot,
    days: i32,
    joint: impl Fn(&StageModel, &History) -> Joint,
) -> Option<ForecastView> {
    let (label, model) = snapshot.model.as_ref()?;
    let rows = rows(snapshot, model, days, joint);
    let matrix = summary(&rows, model.purchases_when_several(), LEVEL);
    let backtest = model.backtest();
    Some(ForecastView {
        until: snapshot.as_of.plus(days),
        model: label.clone(),
        chosen: model.chosen().as_str().to_owned(),
        moves: cells(&matrix),
        customers: rows.len() as u64,
        backtest: backtest_lines(model),
        verdict: backtest.verdict(),
        held_back: backtest.folds.clone(),
        pictures: backtest.pictures.clone(),
    })
}

/// One row for each customer who may be scored.
fn rows(
    snapshot: &Snapshot,
    model: &StageModel,
    days: i32,
    joint: impl Fn(&StageModel, &History) -> Joint,
) -> Vec<ForecastRow> {
    let everybody = snapshot.customers.iter().zip(&snapshot.stages).zip(&snapshot.scores);
    everybody
        .zip(&snapshot.profiles)
        .filter(|((_, score), _)| score.is_some())
        .map(|(((customer, stage), _), profile)| match profile {
            Some(profile) => {
                let history = History::from(profile);
                let order =
                    snapshot.value.as_ref().map(|(_, value)| value.expected(&history, f64::from(days)));
                ForecastRow {
                    from: *stage,
                    joint: joint(model, &history),
                    order_value: order.as_ref().map_or(profile.monetary, |order| order.order_value),
                    // Without a value model amounts spread as widely as an exponential distribution: by their mean.
                    order_deviation: order.map_or(profile.monetary, |order| order.order_deviation),
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
