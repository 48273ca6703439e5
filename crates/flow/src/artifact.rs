//! A fitted model as a file: what it is, what it was fitted on, by which code, and how it did on held-back data.
//!
//! Goes in: a model of `science`. Comes out: `models/<hash>.json` in the home folder, named by the SHA-256 of its bytes;
//! the registry keeps the same hash and a copy. A file that was changed is not loaded; one that is missing is written
//! again from the registry's copy. Deliberately absent: whether a model may act; that is the gate's business.

use std::path::Path;

use science::value::ValueModel;
use serde::{Deserialize, Serialize};
use terms::hash::ContentHash;
use terms::ids::PersonId;
use terms::ledger::Action;
use terms::model::{ModelCard, ModelKind, ModelState, ModelVersion};
use terms::person::Actor;
use terms::stage::StageRule;
use terms::time::{Day, Instant};

use crate::app::{App, json_text, json_value};
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;

/// Version of the stored form.
const FORMAT: u32 = 1;

/// Where a model's data come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// Last day it knows of.
    pub as_of: Day,
    /// First day it knows of.
    pub first_day: Option<Day>,
    /// Purchases and returns in the lake.
    pub rows: u64,
    /// Customers in the lake.
    pub customers: u64,
    /// SHA-256 of the imported files' hashes and added rows, in order.
    pub imports: ContentHash,
    /// The thresholds that named the stages.
    pub rule: StageRule,
    /// The program that fitted it.
    pub code_version: String,
}

/// A model with everything that is needed to judge it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Artifact<M> {
    /// Version of this file's form.
    pub format: u32,
    /// Capability: `stage`, `value`.
    pub name: String,
    /// When it was fitted.
    pub made_at: Instant,
    /// What it was fitted on.
    pub lineage: Lineage,
    /// How it did on data it had not seen.
    pub evaluation: serde_json::Value,
    /// The fitted parameters.
    pub model: M,
}

/// What an artifact can hold.
pub(crate) trait Fitted: Sized {
    /// Made from what the artifact says of it; the text says why it cannot be.
    fn of_artifact(model: serde_json::Value) -> std::result::Result<Self, String>;
}

impl Fitted for ValueModel {
    fn of_artifact(model: serde_json::Value) -> std::result::Result<Self, String> {
        serde_json::from_value(model).map_err(|error| error.to_string())
    }
}

impl Fitted for serde_json::Value {
    fn of_artifact(model: serde_json::Value) -> std::result::Result<Self, String> {
        Ok(model)
    }
}

fn hash_of(text: &str) -> String {
    ContentHash::of([text.as_bytes()]).to_string()
}

/// The text of a version's file. A missing file is written again; a changed one is an error.
pub(crate) fn text_of(models: &Path, version: &ModelVersion) -> Result<String> {
    let path = models.join(format!("{}.json", version.content_hash));
    let changed = |what: &str| {
        let message = format!(
            "model `{}` is not the one that was evaluated: {what} was changed; it does not act. Fit it again with \
             `candor forecast --refit`",
            version.label()
        );
        Error::Model { message }
    };
    match std::fs::read_to_string(&path) {
        Ok(text) if hash_of(&text) == version.content_hash => Ok(text),
        Ok(_) => Err(changed(&format!("`{}`", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if hash_of(&version.parameters) != version.content_hash {
                return Err(changed("the registry's copy"));
            }
            write(models, version)?;
            Ok(version.parameters.clone())
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(changed(&format!("`{}`", path.display())))
        }
        Err(source) => Err(Error::Io { path: path.display().to_string(), source }),
    }
}

/// Writes a version's file, in one step.
fn write(models: &Path, version: &ModelVersion) -> Result<()> {
    let io = |path: &Path, source| Error::Io { path: path.display().to_string(), source };
    let path = models.join(format!("{}.json", version.content_hash));
    let new = models.join(format!("{}.new", version.content_hash));
    // What a killed process left half written.
    let _ = std::fs::remove_file(&new);
    crate::home::write_new(&new, version.parameters.as_bytes()).map_err(|source| io(&new, source))?;
    std::fs::rename(&new, &path).map_err(|source| io(&path, source))
}

impl App {
    /// What a model fitted now would be fitted on.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub(crate) fn lineage(&self, snapshot: &Snapshot) -> Result<Lineage> {
        let (stats, manifest) = (self.lake().stats()?, self.lake().manifest()?);
        Ok(Lineage {
            as_of: snapshot.as_of,
            first_day: stats.first_day,
            rows: stats.rows,
            customers: stats.customers,
            imports: ContentHash::of([json_text(&manifest.imports)?.as_bytes()]),
            rule: snapshot.rule,
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// Enters a fitted model into the registry as a candidate, with its file, its card and an entry in the ledger.
    pub(crate) async fn register<M: Serialize, E: Serialize>(
        &self,
        kind: ModelKind,
        lineage: &Lineage,
        model: &M,
        evaluation: &E,
    ) -> Result<ModelVersion> {
        let actor = self.system("flow.lifecycle").await?;
        let responsible = self.responsible().await?;
        self.enter(kind, lineage, model, evaluation, card(kind, lineage), responsible, actor).await
    }

    /// Enters a model with its card and who answers for it.
    #[expect(
        clippy::too_many_arguments,
        reason = "a version is what it is, what it was made from and who stands for it"
    )]
    pub(crate) async fn enter<M: Serialize, E: Serialize>(
        &self,
        kind: ModelKind,
        lineage: &Lineage,
        model: &M,
        evaluation: &E,
        card: ModelCard,
        responsible: PersonId,
        actor: Actor,
    ) -> Result<ModelVersion> {
        let artifact = Artifact {
            format: FORMAT,
            name: kind.as_str().to_owned(),
            made_at: self.now(),
            lineage: lineage.clone(),
            evaluation: json_value(evaluation)?,
            model,
        };
        let parameters = json_text(&artifact)?;
        let mut tx = self.store().begin().await?;
        let (id, number) = tx.next_model(kind.as_str()).await?;
        let mut version = ModelVersion {
            id,
            kind,
            name: kind.as_str().to_owned(),
            version: number,
            state: ModelState::Candidate,
            share: 0,
            content_hash: hash_of(&parameters),
            parameters,
            evaluation: json_text(evaluation)?,
            card,
            responsible,
            made_at: artifact.made_at,
            seal: String::new(),
        };
        version.seal = self.sealer()?.version(&version)?;
        tx.add_model(&version).await?;
        let payload = serde_json::json!({ "model": version.label(), "content": version.content_hash,
            "lineage": artifact.lineage, "evaluation": artifact.evaluation, "card": version.card });
        let object = format!("model/{}", version.label());
        tx.append_entries(&[self.entry(actor, Action::ModelEvaluated, object, payload)]).await?;
        tx.commit().await?;
        write(&self.home().models(), &version)?;
        Ok(version)
    }
}

/// The model in a version's file. One that is not the one that was evaluated is not read.
pub(crate) fn read_artifact<M: Fitted>(models: &Path, version: &ModelVersion) -> Result<Artifact<M>> {
    let text = text_of(models, version)?;
    let unread = |error: String| {
        let label = version.label();
        let what = "was written by another version of this program";
        let message = format!("model `{label}` {what}; fit it again with `candor forecast --refit`: {error}");
        Error::Model { message }
    };
    let Artifact { format, name, made_at, lineage, evaluation, model } =
        serde_json::from_str::<Artifact<serde_json::Value>>(&text)
            .map_err(|error| unread(error.to_string()))?;
    let model = M::of_artifact(model).map_err(unread)?;
    Ok(Artifact { format, name, made_at, lineage, evaluation, model })
}

/// The card of what the program fits.
fn card(kind: ModelKind, lineage: &Lineage) -> ModelCard {
    let data = format!(
        "{} purchases and returns of {} customers up to {}, of those who did not refuse profiling; imports {}",
        lineage.rows,
        lineage.customers,
        lineage.as_of,
        lineage.imports.short()
    );
    let text = |text: &str| text.to_owned();
    let (purpose, features, evaluation, limits) = match kind {
        ModelKind::Value => (
            "how much a customer is expected to spend within a year, to plan and to rank",
            "days and amounts of their purchases: tenure, recency, frequency, mean amount",
            "fitted on all but the last 90 days and held against them, customer by customer",
            "not for prices, credit or anything of legal effect; knows nothing of costs; poor for who has just come",
        ),
        _ => (
            "chances of each lifecycle stage at the end of the next 30 days, to choose whom a campaign is for",
            "days and amounts of their purchases: tenure, silence, gaps, frequency, amounts; no sensitive attribute",
            "on the last periods that it had not seen, against the naive forecast and four others",
            "not for prices, credit or anything of legal effect; wrong when habits change from one month to the next",
        ),
    };
    ModelCard {
        purpose: text(purpose),
        data,
        features: text(features),
        evaluation: text(evaluation),
        limits: text(limits),
        owner: text("flow.lifecycle"),
        languages: text("any"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::ids::ModelId;

    fn version(text: &str) -> ModelVersion {
        ModelVersion {
            id: ModelId(1),
            kind: ModelKind::Stage,
            share: 0,
            card: ModelCard::default(),
            seal: String::new(),
            name: "stage".to_owned(),
            version: 3,
            state: ModelState::Live,
            content_hash: hash_of(text),
            parameters: text.to_owned(),
            evaluation: "[]".to_owned(),
            responsible: PersonId(1),
            made_at: Instant(0),
        }
    }

    #[test]
    fn a_changed_model_file_is_not_loaded_and_a_missing_one_is_restored() {
        let folder = tempfile::tempdir().unwrap();
        let version = version("{\"weights\":[1,2]}");
        let path = folder.path().join(format!("{}.json", version.content_hash));
        assert_eq!(text_of(folder.path(), &version).unwrap(), version.parameters);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), version.parameters, "written again");
        std::fs::write(&path, "{\"weights\":[1,3]}").unwrap();
        let error = text_of(folder.path(), &version).unwrap_err().to_string();
        assert!(error.contains("`stage@3`") && error.contains("was changed"), "{error}");
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(text_of(folder.path(), &version).is_err());
        std::fs::remove_file(&path).unwrap();
        let swapped = ModelVersion { parameters: "{}".to_owned(), ..version };
        assert!(text_of(folder.path(), &swapped).is_err(), "the registry's copy was changed, too");
    }

    #[test]
    fn an_artifact_of_format_1_reads_back() {
        let text = include_str!("../tests/golden/artifact_v1.json");
        let artifact: Artifact<serde_json::Value> = serde_json::from_str(text).unwrap();
        assert_eq!((artifact.format, artifact.name.as_str()), (1, "stage"));
        assert_eq!(artifact.lineage.rule, StageRule::STANDARD);
        let again: serde_json::Value = serde_json::from_str(&json_text(&artifact).unwrap()).unwrap();
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(text).unwrap());
    }
}
