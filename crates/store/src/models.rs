//! The registry: versions of models, and the alias through which the live one is read. Whether a version may be
//! promoted is decided by the deploy gate; here the move is made, in one transaction, and one live version at most is
//! enforced by the schema.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::ids::{ModelId, PersonId};
use terms::model::{ModelState, ModelVersion};
use terms::time::Instant;

/// A version to be added.
#[derive(Debug, Clone, PartialEq)]
pub struct NewModel {
    /// Capability: `stage`.
    pub name: String,
    /// SHA-256 of the parameters, hexadecimal.
    pub content_hash: String,
    /// Parameters as JSON.
    pub parameters: String,
    /// Evaluation on held-back data, as JSON.
    pub evaluation: String,
    /// Who answers for it.
    pub responsible: PersonId,
    /// When it was made.
    pub made_at: Instant,
}

fn read(row: &AnyRow) -> Result<ModelVersion> {
    Ok(ModelVersion {
        id: ModelId(row.int("id")?),
        name: row.text("name")?,
        version: row.int("version")?,
        state: row.word("state")?,
        content_hash: row.text("content_hash")?,
        parameters: row.text("parameters")?,
        evaluation: row.text("evaluation")?,
        responsible: PersonId(row.int("responsible")?),
        made_at: row.at("made_at")?,
    })
}

reads! {
    /// The version that acts, read through the alias.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_model(&mut self, name: &str) -> Result<Option<ModelVersion>> {
        let row = sqlx::query(sql!("models", "live_model")).bind(name).fetch_optional(self.db()).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// One version.
    ///
    /// # Errors
    /// When there is no such version.
    pub async fn model(&mut self, id: ModelId) -> Result<ModelVersion> {
        let row = sqlx::query(sql!("models", "model")).bind(id.0).fetch_optional(self.db()).await?;
        read(&row.ok_or_else(|| Error::missing("model version", id))?)
    }

    /// Every version, by name, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn models(&mut self) -> Result<Vec<ModelVersion>> {
        sql::rows(&sqlx::query(sql!("models", "models")).fetch_all(self.db()).await?, read)
    }
}

writes! {
    /// Adds a version as a candidate, numbered after the last of its name.
    ///
    /// # Errors
    /// When the responsible person does not exist.
    pub async fn add_model(&mut self, new: &NewModel) -> Result<ModelVersion> {
        let id = ModelId(self.take_numbers("models", 1).await?);
        sqlx::query(sql!("models", "add_model"))
            .bind(id.0).bind(new.name.clone()).bind(new.content_hash.clone()).bind(new.parameters.clone())
            .bind(new.evaluation.clone()).bind(new.responsible.0).bind(new.made_at.0)
            .execute(self.db())
            .await?;
        self.model(id).await
    }

    /// Records that a candidate passed its evaluation.
    ///
    /// # Errors
    /// When it is not a candidate.
    pub async fn validate_model(&mut self, id: ModelId) -> Result<()> {
        let query = sqlx::query(sql!("models", "move_model")).bind(id.0).bind(ModelState::Candidate.as_str());
        if query.bind(ModelState::Validated.as_str()).execute(self.db()).await?.rows_affected() == 0 {
            let next = "look at its state; only a candidate can be validated";
            return Err(Error::Conflict { what: format!("model version `{id}` is not a candidate"), next });
        }
        Ok(())
    }

    /// Makes a validated (or, to roll back, a retired) version the one that acts, retires the one before, and moves
    /// the alias. Comes out: the version that was retired, if there was one.
    ///
    /// # Errors
    /// When it is neither validated nor retired.
    pub async fn promote_model(&mut self, id: ModelId) -> Result<Option<ModelId>> {
        let model = self.model(id).await?;
        if !matches!(model.state, ModelState::Validated | ModelState::Retired) {
            let next = "evaluate it first; only a version that passed can act";
            return Err(Error::Conflict { what: format!("model version `{id}` is {}", model.state), next });
        }
        let before = self.live_model(&model.name).await?.map(|before| before.id);
        if let Some(before) = before {
            let query = sqlx::query(sql!("models", "move_model")).bind(before.0).bind(ModelState::Live.as_str());
            query.bind(ModelState::Retired.as_str()).execute(self.db()).await?;
        }
        let query = sqlx::query(sql!("models", "move_model")).bind(id.0).bind(model.state.as_str());
        query.bind(ModelState::Live.as_str()).execute(self.db()).await?;
        sqlx::query(sql!("models", "move_alias")).bind(model.name).bind(id.0).execute(self.db()).await?;
        Ok(before)
    }
}
