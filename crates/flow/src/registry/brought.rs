//! Bring your own model: a stage model from elsewhere enters the registry as a candidate and meets the same gates.
//!
//! Goes in: an ONNX file, and what its maker says of it. Comes out: a candidate that the bringer answers for, its gates
//! run; or what to do about a file that is none. Also the table that such a model can be made from. The file lies
//! whole in the version's artifact, so that the registry's hash and seal cover it.

use std::io::Write;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use gateway::network::Network;
use science::lifecycle::backtest::{Backtest, of_brought};
use science::lifecycle::brought::{Agreement, Brought, Forecaster, number, typical};
use science::lifecycle::features::{Feature, NUMERIC};
use science::lifecycle::model::StageModel;
use serde::{Deserialize, Serialize};
use terms::gate::GateReport;
use terms::ledger::Action;
use terms::model::{ModelCard, ModelKind, ModelVersion};
use terms::person::Person;
use terms::stage::Stage;
use terms::time::Day;

use crate::access::Permission;
use crate::app::App;
use crate::artifact::Fitted;
use crate::error::{Error, Result};
use crate::lawful::Fitting;
use crate::problem::Problem;
use crate::stages::lifecycle::{backtest_lines, training_table};

/// What the maker of a model says of it, as a TOML file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Last day of the data it was made from, `2026-06-30`. It is judged on what came later.
    #[serde(deserialize_with = "day")]
    pub trained_until: Day,
    /// What it looks at, in the order of its columns.
    pub inputs: Vec<Feature>,
    /// What people need to know before they let it act.
    pub card: ModelCard,
}

fn day<'de, D: serde::Deserializer<'de>>(text: D) -> std::result::Result<Day, D::Error> {
    String::deserialize(text)?.parse().map_err(serde::de::Error::custom)
}

impl About {
    /// Reads what the maker of a model wrote.
    ///
    /// # Errors
    /// [`Problem::BroughtModel`] with the line that cannot be read.
    pub fn read(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| Problem::BroughtModel { why: error.to_string() }.into())
    }
}

/// A model from elsewhere as its artifact holds it.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The file, in base64.
    onnx: String,
    agreement: Agreement,
    backtest: Backtest,
    /// Says what the file does not: how many purchases, and what becomes of prospects.
    beside: StageModel,
}

#[derive(Debug)]
struct Onnx(Network);

impl Forecaster for Onnx {
    fn chances(&self, inputs: &[f64]) -> Option<[f64; Stage::COUNT]> {
        let row: Vec<f32> = inputs.iter().map(|value| *value as f32).collect();
        let said = self.0.run(&row).ok()?;
        let said: Vec<f64> = said.into_iter().map(f64::from).collect();
        said.try_into().ok()
    }
}

fn brought(onnx: &[u8], agreement: Agreement) -> std::result::Result<Brought, String> {
    let network =
        Network::read(onnx, agreement.inputs.len(), Stage::COUNT).map_err(|fault| fault.to_string())?;
    Ok(Brought::new(agreement, Arc::new(Onnx(network))))
}

impl Fitted for StageModel {
    fn of_artifact(model: serde_json::Value) -> std::result::Result<Self, String> {
        if !is_brought(&model) {
            return serde_json::from_value(model).map_err(|error| error.to_string());
        }
        let kept: Kept = serde_json::from_value(model).map_err(|error| error.to_string())?;
        let onnx = BASE64.decode(&kept.onnx).map_err(|error| error.to_string())?;
        Ok(kept.beside.with(brought(&onnx, kept.agreement)?, kept.backtest))
    }
}

/// True when an artifact's model is one from elsewhere.
pub(crate) fn is_brought(model: &serde_json::Value) -> bool {
    model.get("onnx").is_some()
}

impl App {
    /// Enters a stage model from elsewhere as a candidate and runs its gates. Whoever brings it answers for it, and so
    /// does not promote it.
    ///
    /// # Errors
    /// [`Problem::BroughtModel`] with what is wrong with the file or what is said of it; [`Error::Forbidden`].
    pub async fn bring_model(
        &self,
        person: &Person,
        onnx: Vec<u8>,
        about: About,
    ) -> Result<(ModelVersion, GateReport)> {
        let granted = self.needs(person, Permission::PromoteModels)?;
        let snapshot = self.snapshot().await?;
        let lineage = self.lineage(&snapshot)?;
        let wrong = |why: String| Error::from(Problem::BroughtModel { why });
        check(&about, lineage.as_of).map_err(wrong)?;
        let (lake, fitting) = (self.lake().clone(), self.lawful::<Fitting>().await?);
        let (rule, as_of) = (lineage.rule, lineage.as_of);
        let card = about.card.clone();
        let made = tokio::task::spawn_blocking(move || {
            let Some(table) = training_table(&lake, rule, as_of, &fitting)? else {
                return Ok(Err("there are no purchases to judge it on yet; import some first".to_owned()));
            };
            let agreement = Agreement {
                typical: typical(&table, &about.inputs),
                inputs: about.inputs,
                trained_until: about.trained_until,
            };
            let beside = match StageModel::fit(&table) {
                Ok(beside) => beside,
                Err(error) => return Ok(Err(error.to_string())),
            };
            let made = brought(&onnx, agreement.clone()).and_then(|brought| {
                let first = table.rows.iter().find(|row| {
                    let said = brought.predict(&table.rule, &row.history, row.days);
                    !said.iter().all(|p| p.is_finite())
                });
                match first {
                    Some(row) => Err(format!(
                        "for a customer who bought {} times and last {} days ago it gives no {} chances that sum to 1, in \
                         the order {}",
                        row.history.frequency + 1.0,
                        row.history.silent,
                        Stage::COUNT,
                        Stage::ALL.iter().map(|stage| stage.as_str()).collect::<Vec<_>>().join(", ")
                    )),
                    None => of_brought(&table, &brought).map_err(|error| error.to_string()),
                }
            });
            let kept = |backtest| Kept { onnx: BASE64.encode(&onnx), agreement, backtest, beside };
            Ok::<_, Error>(made.map(kept))
        })
        .await
        .map_err(|error| Error::Internal(error.to_string()))??;
        let kept = made.map_err(wrong)?;
        let lines = backtest_lines(&kept.backtest);
        let version = self
            .enter(ModelKind::Stage, &lineage, &kept, &lines, card, granted.person(), granted.actor())
            .await?;
        let report = self.run_gate(&version, granted.actor()).await?;
        Ok((version, report))
    }

    /// Writes the rows that stage models are fitted on as CSV: what a model may look at, and the stage that came. No row
    /// says whose it is. An entry of the ledger says who took it.
    ///
    /// # Errors
    /// When there are no purchases, or the rows cannot be written.
    pub async fn write_training_table(&self, person: &Person, to: impl Write) -> Result<u64> {
        let granted = self.needs(person, Permission::PromoteModels)?;
        let snapshot = self.snapshot().await?;
        let (lake, fitting) = (self.lake().clone(), self.lawful::<Fitting>().await?);
        let (rule, as_of) = (snapshot.rule, snapshot.as_of);
        let table = tokio::task::spawn_blocking(move || training_table(&lake, rule, as_of, &fitting))
            .await
            .map_err(|error| Error::Internal(error.to_string()))??;
        let none =
            || Problem::BroughtModel { why: "there are no purchases yet; import some first".to_owned() };
        let table = table.ok_or_else(none)?;
        let mut tx = self.store().begin().await?;
        let payload = serde_json::json!({ "rows": table.rows.len(), "as_of": as_of });
        let object = "model/stage".to_owned();
        tx.append_entries(&[self.entry(granted.actor(), Action::TrainingTableTaken, object, payload)])
            .await?;
        tx.commit().await?;
        let failed = |error: csv::Error| Error::Internal(format!("the table cannot be written: {error}"));
        let mut csv = csv::Writer::from_writer(to);
        let names = NUMERIC.iter().map(|feature| feature.as_str()).chain(["stage"]);
        let header = ["period_begins"].into_iter().chain(names).chain(["next_stage", "purchases"]);
        csv.write_record(header).map_err(failed)?;
        for row in &table.rows {
            let mut line = vec![row.snapshot.to_string()];
            let inputs = NUMERIC.into_iter().chain([Feature::Stage]);
            line.extend(
                inputs.map(|feature| number(feature, &table.rule, &row.history, row.days).to_string()),
            );
            line.extend([row.next.index().to_string(), row.purchases.to_string()]);
            csv.write_record(&line).map_err(failed)?;
        }
        csv.flush().map_err(|error| failed(error.into()))?;
        Ok(table.rows.len() as u64)
    }
}

/// What is wrong with what is said of a model.
fn check(about: &About, as_of: Day) -> std::result::Result<(), String> {
    if about.inputs.is_empty() {
        return Err("say what it looks at: `inputs` is empty".to_owned());
    }
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = about.inputs.iter().find(|feature| !seen.insert(**feature)) {
        return Err(format!("`{}` is an input twice", twice.as_str()));
    }
    if about.trained_until >= as_of {
        return Err(format!(
            "it knows the data up to {}, and the data here end on {as_of}: there is no period to judge it on. Make it \
             from earlier data, or bring it again when more has happened",
            about.trained_until
        ));
    }
    match about.card.missing().as_slice() {
        [] => Ok(()),
        missing => Err(format!("its card says nothing of: {}", missing.join(", "))),
    }
}
