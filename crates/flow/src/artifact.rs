//! A fitted model as a file: what it is, what it was fitted on, by which code, and how it did on held-back data.
//!
//! Goes in: a model of `science`. Comes out: `models/<hash>.json` in the home folder, named by the SHA-256 of its bytes;
//! the registry keeps the same hash and a copy. A file that was changed is not loaded; one that is missing is written
//! again from the registry's copy. Deliberately absent: whether a model may act; that is the gate's business.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::models::NewModel;
use terms::hash::ContentHash;
use terms::ledger::Action;
use terms::model::{ModelState, ModelVersion};
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

/// A version of the registry, without its parameters.
#[derive(Debug, Clone, Serialize)]
pub struct ModelLine {
    /// Name and version, such as `stage@3`.
    pub label: String,
    /// State.
    pub state: ModelState,
    /// SHA-256 of its file, hexadecimal; the file's name without `.json`.
    pub content_hash: String,
    /// When it was fitted.
    pub made_at: Instant,
    /// Who answers for it.
    pub responsible: String,
    /// What it was fitted on; none when the file cannot be read.
    pub lineage: Option<Lineage>,
    /// How it did on data it had not seen.
    pub evaluation: serde_json::Value,
    /// Why it cannot be loaded, if so.
    pub problem: Option<String>,
}

fn hash_of(text: &str) -> String {
    ContentHash::of([text.as_bytes()]).to_string()
}

/// The text of a version's file. A missing file is written again; a changed one is an error.
fn text_of(models: &Path, version: &ModelVersion) -> Result<String> {
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

    /// Enters a fitted model into the registry as a candidate, with its file and an entry in the ledger.
    pub(crate) async fn register<M: Serialize, E: Serialize>(
        &self,
        name: &str,
        lineage: &Lineage,
        model: &M,
        evaluation: &E,
    ) -> Result<ModelVersion> {
        let artifact = Artifact {
            format: FORMAT,
            name: name.to_owned(),
            made_at: self.now(),
            lineage: lineage.clone(),
            evaluation: json_value(evaluation)?,
            model,
        };
        let parameters = json_text(&artifact)?;
        let new = NewModel {
            name: name.to_owned(),
            content_hash: hash_of(&parameters),
            parameters,
            evaluation: json_text(evaluation)?,
            responsible: self.responsible().await?,
            made_at: artifact.made_at,
        };
        let actor = self.system("flow.lifecycle").await?;
        let mut tx = self.store().begin().await?;
        let version = tx.add_model(&new).await?;
        let payload = serde_json::json!({ "model": version.label(), "content": version.content_hash,
            "lineage": artifact.lineage, "evaluation": artifact.evaluation });
        let object = format!("model/{}", version.label());
        tx.append_entries(&[self.entry(actor, Action::ModelEvaluated, object, payload)]).await?;
        tx.commit().await?;
        write(&self.home().models(), &version)?;
        Ok(version)
    }

    /// Lets a candidate act. The only caller is the gate.
    pub(crate) async fn promote(&self, version: &ModelVersion) -> Result<()> {
        let actor = self.system("flow.lifecycle").await?;
        let mut tx = self.store().begin().await?;
        tx.validate_model(version.id).await?;
        let retired = tx.promote_model(version.id).await?;
        let payload = serde_json::json!({ "model": version.label(), "retired": retired });
        let object = format!("model/{}", version.label());
        tx.append_entries(&[self.entry(actor, Action::ModelPromoted, object, payload)]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The live model of a name with its registry label, if there is one. A model that is not the one that was
    /// evaluated does not act.
    pub(crate) async fn live_model<M: DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<(String, Artifact<M>)>> {
        let Some(version) = self.store().live_model(name).await? else { return Ok(None) };
        let text = text_of(&self.home().models(), &version)?;
        let artifact = serde_json::from_str(&text).map_err(|error| {
            let label = version.label();
            let what = "was written by another version of this program";
            let message =
                format!("model `{label}` {what}; fit it again with `candor forecast --refit`: {error}");
            Error::Model { message }
        })?;
        Ok(Some((version.label(), artifact)))
    }

    /// Every version in the registry, each checked against its file.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn models(&self) -> Result<Vec<ModelLine>> {
        let people = self.store().people().await?;
        let mut lines = Vec::new();
        for version in self.store().models().await? {
            let loaded = text_of(&self.home().models(), &version).and_then(|text| {
                serde_json::from_str::<Artifact<serde_json::Value>>(&text)
                    .map_err(|error| Error::Internal(error.to_string()))
            });
            let person = people.iter().find(|person| person.id == version.responsible);
            let (lineage, problem) = match loaded {
                Ok(artifact) => (Some(artifact.lineage), None),
                Err(error) => (None, Some(error.to_string())),
            };
            lines.push(ModelLine {
                label: version.label(),
                state: version.state,
                made_at: version.made_at,
                responsible: person.map(|person| person.name.clone()).unwrap_or_default(),
                lineage,
                evaluation: serde_json::from_str(&version.evaluation).unwrap_or_default(),
                problem,
                content_hash: version.content_hash,
            });
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::ids::{ModelId, PersonId};

    fn version(text: &str) -> ModelVersion {
        ModelVersion {
            id: ModelId(1),
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
