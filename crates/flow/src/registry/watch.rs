//! What is watched of models that act or run beside: drift of what goes in and comes out, a shadow against the live one.
//!
//! Goes in: the registry, histories. Comes out: rows of what was watched.
//! Deliberately absent: letting anything act. A drift proposes: the next fit is a candidate, and a person decides.

use std::sync::Arc;

use science::calibration::{Quality, quality};
use science::drift::{Shift, discoveries, shift, shift_of_shares};
use science::lifecycle::backtest::{Rows, lead};
use science::lifecycle::history::History;
use science::lifecycle::model::StageModel;
use serde::{Deserialize, Serialize};
use store::models::ModelWatch;
use terms::estimate::Estimate;
use terms::model::ModelKind;
use terms::stage::Stage;
use terms::time::Day;

use super::canary::came_true;
use super::evidence::{WATCHED, watched};
use crate::app::{App, json_text};
use crate::error::{Error, Result};
use crate::lawful::{Fitting, Lawful};
use crate::snapshot::PERIOD_DAYS;

/// Share of false discoveries among the drifts that are told.
const FALSE_DISCOVERIES: f64 = 0.05;
/// Looks that a picture of drift shows at the most.
const LOOKS_SHOWN: i64 = 24;
/// Stability index from which a drift is much (Siddiqi 2006).
const MUCH: f64 = 0.25;

/// One variable that was watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftLine {
    /// Which: a feature's name, `score.churn` or `outcome.stage`.
    pub what: String,
    /// How far it moved.
    pub shift: Shift,
    /// Whether that is more than chance, with false discoveries controlled over all lines.
    pub stands: bool,
}

/// Drift of the live model since it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftReport {
    /// From the last day it knows.
    pub from: Day,
    /// To the present.
    pub to: Day,
    /// What was watched.
    pub lines: Vec<DriftLine>,
}

/// A shadow beside the live one, on the last period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShadowReport {
    /// The live one.
    pub live: String,
    /// Mean total variation distance between what the two say, 0 to 1.
    pub distance: f64,
    /// Share of customers for whom the most likely stage differs.
    pub differ: f64,
    /// Quality of the live one and of the shadow.
    pub quality: [Quality; 2],
    /// How much less the shadow loses.
    pub lead: Estimate,
}

impl App {
    async fn keep(&self, model: terms::ids::ModelId, kind: &str, alarm: bool, report: String) -> Result<()> {
        let watch = ModelWatch { id: 0, model, kind: kind.to_owned(), alarm, report, at: self.now() };
        Ok(self.store().add_watch(&watch).await?)
    }

    /// Holds the live stage model against how customers are now, and a shadow against it. After each fit.
    pub(crate) async fn watch_models(&self) -> Result<()> {
        let Ok(acting) = self.acting::<StageModel>(ModelKind::Stage).await else { return Ok(()) };
        let Some(live) = acting.live else { return Ok(()) };
        let shadow = self.shadow::<StageModel>(ModelKind::Stage).await?;
        let canaries = self.canaries().await?;
        let canary = canaries.into_iter().find(|canary| canary.version.kind == ModelKind::Stage);
        let canary = canary.zip(acting.canary);
        let stats = self.lake().stats()?;
        let Some(last) = stats.last_day else { return Ok(()) };
        let to = last.min(self.now().day());
        let fitting = Arc::new(self.lawful::<Fitting>().await?);
        let lake = self.lake().clone();
        let (label, shadow_label) = (live.label.clone(), shadow.as_ref().map(|shadow| shadow.label.clone()));
        let (watching, asked) = canary.unzip();
        let began = watching.as_ref().map(|canary| canary.since.day());
        let watched = tokio::task::spawn_blocking(move || {
            let from = live.artifact.lineage.as_of;
            let drift = drift(&lake, &fitting, &live.artifact.model, [from, to])?;
            let beside = match &shadow {
                Some(shadow) => {
                    beside(&lake, &fitting, &live.label, [&live.artifact.model, &shadow.artifact.model], to)?
                }
                None => None,
            };
            let said = match asked.as_ref().zip(began) {
                Some((canary, began)) => Some(came_true(
                    &lake,
                    &fitting,
                    (&canary.label, canary.share),
                    [&canary.artifact.model, &live.artifact.model],
                    [began, to],
                )?),
                None => None,
            };
            Ok::<_, Error>((drift, beside, said))
        })
        .await
        .map_err(|error| Error::Internal(error.to_string()))??;
        if let Some(canary) = &watching {
            self.look_at(canary, watched.2).await?;
        }
        let versions = self.store().models().await?;
        let id =
            |label: &str| versions.iter().find(|version| version.label() == label).map(|version| version.id);
        if let Some(id) = id(&label) {
            let alarm = watched.0.lines.iter().any(|line| line.stands && line.shift.psi > MUCH);
            self.keep(id, "drift", alarm, json_text(&watched.0)?).await?;
        }
        if let (Some(id), Some(report)) = (shadow_label.as_deref().and_then(id), watched.1) {
            let alarm = report.lead.interval.high < 0.0;
            self.keep(id, "shadow", alarm, json_text(&report)?).await?;
        }
        Ok(())
    }

    /// Drift of a version as it was seen each time, the oldest first.
    pub(super) async fn drift_before(&self, id: terms::ids::ModelId) -> Result<Vec<DriftReport>> {
        let seen = self.store().model_watches(id, "drift", LOOKS_SHOWN).await?;
        Ok(seen.iter().rev().filter_map(|watch| serde_json::from_str(&watch.report).ok()).collect())
    }

    /// What was last watched of a version.
    pub(super) async fn watched_of<R: serde::de::DeserializeOwned>(
        &self,
        id: terms::ids::ModelId,
        kind: &str,
    ) -> Result<Option<(R, bool)>> {
        let last = self.store().model_watches(id, kind, 1).await?;
        Ok(last.first().and_then(|watch| Some((serde_json::from_str(&watch.report).ok()?, watch.alarm))))
    }
}

fn drift(
    lake: &lake::Lake,
    fitting: &Lawful<Fitting>,
    model: &StageModel,
    [from, to]: [Day; 2],
) -> Result<DriftReport> {
    let mut values = vec![[Vec::new(), Vec::new()]; WATCHED.len() + 1];
    let mut stages = [[0u64; Stage::COUNT]; 2];
    let days = if from == to { vec![to] } else { vec![from.min(to), from.max(to)] };
    fitting.histories(lake, &days, |customer| {
        for (side, profile) in [customer.profiles.first(), customer.profiles.last()].into_iter().enumerate() {
            let Some(Some(profile)) = profile else { continue };
            let history = History::from(profile);
            let churn =
                model.predict(&history, PERIOD_DAYS).get(Stage::Churned.index()).copied().unwrap_or(0.0);
            for (list, value) in values.iter_mut().zip(watched(&history).into_iter().chain([churn])) {
                if let Some(list) = list.get_mut(side) {
                    list.push(value);
                }
            }
            let stage = science::lifecycle::stage::observe(model.rule(), Some(profile));
            if let Some(count) = stages.get_mut(side).and_then(|counts| counts.get_mut(stage.index())) {
                *count += 1;
            }
        }
    })?;
    let names = WATCHED.iter().copied().chain(["score.churn"]);
    let mut found: Vec<(String, Shift)> = names
        .zip(&values)
        .filter_map(|(name, [before, now])| Some((name.to_owned(), shift(before, now)?)))
        .collect();
    let [before, now] = &stages;
    found.extend(shift_of_shares(before, now).map(|shift| ("outcome.stage".to_owned(), shift)));
    let stands = discoveries(&found.iter().map(|(_, shift)| shift.p).collect::<Vec<_>>(), FALSE_DISCOVERIES);
    let lines =
        found.into_iter().zip(stands).map(|((what, shift), stands)| DriftLine { what, shift, stands });
    Ok(DriftReport { from, to, lines: lines.collect() })
}

fn beside(
    lake: &lake::Lake,
    fitting: &Lawful<Fitting>,
    label: &str,
    models: [&StageModel; 2],
    to: Day,
) -> Result<Option<ShadowReport>> {
    let (mut said, mut happened): ([Rows; 2], Vec<usize>) = ([Rows::new(), Rows::new()], Vec::new());
    fitting.histories(lake, &[to.plus(-PERIOD_DAYS), to], |customer| {
        if let [Some(before), Some(after)] = customer.profiles.as_slice() {
            for (rows, model) in said.iter_mut().zip(models) {
                rows.push(model.predict(&History::from(before), PERIOD_DAYS));
            }
            happened.push(science::lifecycle::stage::observe(models[0].rule(), Some(after)).index());
        }
    })?;
    let [live, shadow] = &said;
    let (Some(a), Some(b)) = (quality(live, &happened), quality(shadow, &happened)) else { return Ok(None) };
    let n = happened.len().max(1) as f64;
    let apart = |a: &[f64; Stage::COUNT], b: &[f64; Stage::COUNT]| {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0
    };
    let top = |row: &[f64; Stage::COUNT]| {
        row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(at, _)| at)
    };
    let differ = live.iter().zip(shadow).filter(|(a, b)| top(a) != top(b)).count() as f64 / n;
    let distance = live.iter().zip(shadow).map(|(a, b)| apart(a, b)).sum::<f64>() / n;
    let lead = lead(shadow, live, &happened, 1);
    Ok(Some(ShadowReport { live: label.to_owned(), distance, differ, quality: [a, b], lead }))
}
