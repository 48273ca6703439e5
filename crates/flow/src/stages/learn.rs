//! Learn: holds what came true against what the live model had said, and lets the lifecycle stage fit anew on the
//! longer past.
//!
//! Goes in: the live model and the latest full period that it had not seen. Comes out: its quality on that period,
//! written into the ledger, and a job for the lifecycle stage. Deliberately absent: moving a model to live; only the
//! gate does.

use science::calibration::{Quality, quality};
use science::lifecycle::history::History;
use terms::ledger::Action;
use terms::stage::Stage;
use terms::time::Day;

use crate::app::App;
use crate::error::{Error, Result};
use crate::jobs::Work;
use crate::lawful::Fitting;
use crate::snapshot::PERIOD_DAYS;

/// What was learned.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Lesson {
    /// The live model.
    pub model: String,
    /// Day at which the period began.
    pub from: Day,
    /// Customers it was held against.
    pub customers: usize,
    /// Its quality.
    pub log_loss: f64,
    /// Share of customers whose most likely stage came true.
    pub accuracy: f64,
    /// Expected calibration error.
    pub ece: f64,
}

impl App {
    /// Compares the live model's forecast of the last period with what happened, and asks for a new candidate.
    /// `None` without a live model or without data.
    ///
    /// # Errors
    /// When store or lake fail.
    pub async fn learn(&self) -> Result<Option<Lesson>> {
        self.needs_ai().await?;
        let snapshot = self.refresh().await?;
        let Some((label, model)) = snapshot.model.clone() else { return Ok(None) };
        let from = snapshot.as_of.plus(-PERIOD_DAYS);
        let lake = self.lake().clone();
        let fitting = self.lawful::<Fitting>().await?;
        let rule = *model.rule();
        let to = snapshot.as_of;
        let held = tokio::task::spawn_blocking(move || -> Result<Option<(Quality, usize)>> {
            let (mut predicted, mut happened) = (Vec::new(), Vec::new());
            fitting.histories(&lake, &[from, to], |customer| {
                if let [Some(before), Some(after)] = customer.profiles.as_slice() {
                    predicted.push(model.predict(&History::from(before), PERIOD_DAYS));
                    let stage: Stage = science::lifecycle::stage::observe(&rule, Some(after));
                    happened.push(stage.index());
                }
            })?;
            Ok(quality(&predicted, &happened).map(|quality| (quality, happened.len())))
        })
        .await
        .map_err(|error| Error::Internal(error.to_string()))??;
        let Some((quality, customers)) = held else { return Ok(None) };
        let Quality { log_loss, accuracy, ece, .. } = quality;
        let lesson = Lesson { model: label.clone(), from, customers, log_loss, accuracy, ece };
        let payload = crate::app::json_value(&lesson)?;
        self.record(
            self.system("flow.learn").await?,
            Action::ModelEvaluated,
            format!("model/{label}"),
            payload,
        )
        .await?;
        self.enqueue(&Work::Lifecycle, self.now()).await?;
        Ok(Some(lesson))
    }
}
