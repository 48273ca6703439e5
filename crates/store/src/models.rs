//! The registry: versions of models, the gates they passed, every move they made, and the aliases through which those
//! that act are read.
//!
//! Whether a version may move is decided by the deploy gate; here the move is written, in one transaction with the state
//! and the alias, and the schema refuses what no gate and no person stand behind. Seals are made and read by the caller:
//! this room has no key.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::gate::{GatePolicy, GateRecord};
use terms::ids::{ModelId, PersonId};
use terms::model::{ModelAlias, ModelKind, ModelMove, ModelSlot, ModelState, ModelVersion};
use terms::time::Instant;

/// Something that was watched of a version, as JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelWatch {
    /// Number; 0 before it was written.
    pub id: i64,
    /// Version.
    pub model: ModelId,
    /// What was watched: `drift`, `shadow` or `canary`.
    pub kind: String,
    /// Whether somebody should look.
    pub alarm: bool,
    /// What was found, as JSON.
    pub report: String,
    /// When.
    pub at: Instant,
}

fn read(row: &AnyRow) -> Result<ModelVersion> {
    Ok(ModelVersion {
        id: ModelId(row.int("id")?),
        kind: row.word("kind")?,
        name: row.text("name")?,
        version: row.int("version")?,
        state: row.word("state")?,
        share: row.int("share")?,
        content_hash: row.text("content_hash")?,
        parameters: row.text("parameters")?,
        evaluation: row.text("evaluation")?,
        card: row.json("card")?,
        responsible: PersonId(row.int("responsible")?),
        made_at: row.at("made_at")?,
        seal: row.text("seal")?,
    })
}

fn alias(row: &AnyRow) -> Result<ModelAlias> {
    Ok(ModelAlias {
        name: row.text("name")?,
        slot: row.word("slot")?,
        model: ModelId(row.int("model")?),
        content_hash: row.text("content_hash")?,
        gate: row.int("gate")?,
        moved: row.int("moved")?,
        share: row.int("share")?,
        seal: row.text("seal")?,
    })
}

fn gate(row: &AnyRow) -> Result<GateRecord> {
    Ok(GateRecord {
        id: row.int("id")?,
        model: ModelId(row.int("model")?),
        content_hash: row.text("content_hash")?,
        policy: row.int("policy")?,
        passed: row.flag("passed")?,
        report: row.text("report")?,
        at: row.at("at")?,
        seal: row.text("seal")?,
    })
}

fn moved(row: &AnyRow) -> Result<ModelMove> {
    Ok(ModelMove {
        id: row.int("id")?,
        model: ModelId(row.int("model")?),
        name: row.text("name")?,
        content_hash: row.text("content_hash")?,
        from: row.word("from_state")?,
        to: row.word("to_state")?,
        share: row.int("share")?,
        gate: row.opt_int("gate")?,
        person: row.opt_int("person")?.map(PersonId),
        reason: row.text("reason")?,
        at: row.at("at")?,
        seal: row.text("seal")?,
    })
}

fn policy(row: &AnyRow) -> Result<GatePolicy> {
    Ok(GatePolicy {
        kind: row.word("kind")?,
        version: row.int("version")?,
        rules: row.json("rules")?,
        person: Some(PersonId(row.int("person")?)),
        reason: row.text("reason")?,
        at: row.at("at")?,
        seal: row.text("seal")?,
    })
}

reads! {
    /// What decides under a name: the live version, then the canary.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn acting_models(&mut self, name: &str) -> Result<Vec<ModelVersion>> {
        let rows = sqlx::query(sql!("models", "acting_models")).bind(name).fetch_all(self.db()).await?;
        sql::rows(&rows, read)
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

    /// Every alias.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_aliases(&mut self) -> Result<Vec<ModelAlias>> {
        sql::rows(&sqlx::query(sql!("models", "aliases")).fetch_all(self.db()).await?, alias)
    }

    /// The aliases of a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_aliases_of(&mut self, name: &str) -> Result<Vec<ModelAlias>> {
        let rows = sqlx::query(sql!("models", "aliases_of")).bind(name).fetch_all(self.db()).await?;
        sql::rows(&rows, alias)
    }

    /// The gates a version went through, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_gates(&mut self, model: ModelId) -> Result<Vec<GateRecord>> {
        sql::rows(&sqlx::query(sql!("models", "gates_of")).bind(model.0).fetch_all(self.db()).await?, gate)
    }

    /// Every move of every version, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_moves(&mut self) -> Result<Vec<ModelMove>> {
        sql::rows(&sqlx::query(sql!("models", "moves")).fetch_all(self.db()).await?, moved)
    }

    /// The last move of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_model_move(&mut self) -> Result<Option<ModelMove>> {
        let row = sqlx::query(sql!("models", "last_move")).fetch_optional(self.db()).await?;
        row.map(|row| moved(&row)).transpose()
    }

    /// The gate a person last wrote for a kind; none while the built-in one stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gate_policy(&mut self, kind: ModelKind) -> Result<Option<GatePolicy>> {
        let row = sqlx::query(sql!("models", "gate_policy")).bind(kind.as_str()).fetch_optional(self.db()).await?;
        row.map(|row| policy(&row)).transpose()
    }

    /// Every gate a person wrote, the latest of a kind first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gate_policies(&mut self) -> Result<Vec<GatePolicy>> {
        sql::rows(&sqlx::query(sql!("models", "gate_policies")).fetch_all(self.db()).await?, policy)
    }

    /// What was last watched of a version, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_watches(&mut self, model: ModelId, kind: &str, most: i64) -> Result<Vec<ModelWatch>> {
        let query = sqlx::query(sql!("models", "watches_of")).bind(model.0).bind(kind).bind(most);
        sql::rows(&query.fetch_all(self.db()).await?, |row| {
            Ok(ModelWatch {
                id: row.int("id")?,
                model: ModelId(row.int("model")?),
                kind: row.text("kind")?,
                alarm: row.flag("alarm")?,
                report: row.text("report")?,
                at: row.at("at")?,
            })
        })
    }
}

writes! {
    /// The number and the version that the next entry of a name will have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_model(&mut self, name: &str) -> Result<(ModelId, i64)> {
        let id = ModelId(self.take_numbers("models", 1).await?);
        let row = sqlx::query(sql!("models", "next_version")).bind(name).fetch_one(self.db()).await?;
        Ok((id, row.int("version")?))
    }

    /// Adds a version: as a candidate, or live when it is a part of the program.
    ///
    /// # Errors
    /// When the responsible person does not exist, or the schema refuses the state.
    pub async fn add_model(&mut self, new: &ModelVersion) -> Result<()> {
        sqlx::query(sql!("models", "add_model"))
            .bind(new.id.0).bind(new.kind.as_str()).bind(new.name.clone()).bind(new.version).bind(new.state.as_str())
            .bind(new.content_hash.clone()).bind(new.parameters.clone()).bind(new.evaluation.clone())
            .bind(serde_json::to_string(&new.card)?).bind(new.responsible.0).bind(new.made_at.0).bind(new.seal.clone())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// The number the next gate will have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_gate(&mut self) -> Result<i64> {
        self.take_numbers("model_gates", 1).await
    }

    /// Records a gate.
    ///
    /// # Errors
    /// When the version does not exist.
    pub async fn add_gate(&mut self, gate: &GateRecord) -> Result<()> {
        sqlx::query(sql!("models", "add_gate"))
            .bind(gate.id).bind(gate.model.0).bind(gate.content_hash.clone()).bind(gate.policy)
            .bind(i64::from(gate.passed)).bind(gate.report.clone()).bind(gate.at.0).bind(gate.seal.clone())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// The number the next move will have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_move(&mut self) -> Result<i64> {
        self.take_numbers("model_moves", 1).await
    }

    /// Makes a move: its row, the state, and the aliases of the slots it leaves and enters.
    ///
    /// # Errors
    /// When the version is not where the move begins, or the schema refuses it.
    pub async fn make_move(&mut self, step: &ModelMove, enters: Option<&ModelAlias>) -> Result<()> {
        sqlx::query(sql!("models", "add_move"))
            .bind(step.id).bind(step.model.0).bind(step.content_hash.clone()).bind(step.from.as_str())
            .bind(step.to.as_str()).bind(step.share).bind(step.gate).bind(step.person.map(|person| person.0))
            .bind(step.reason.clone()).bind(step.at.0).bind(step.seal.clone())
            .execute(self.db())
            .await?;
        let moving = sqlx::query(sql!("models", "move_model"))
            .bind(step.model.0).bind(step.from.as_str()).bind(step.to.as_str()).bind(step.share);
        if moving.execute(self.db()).await?.rows_affected() == 0 {
            let next = "somebody else moved it; look at its state and decide again";
            return Err(Error::Conflict { what: format!("model version `{}` is not `{}`", step.model, step.from), next });
        }
        if let Some(slot) = step.from.slot() {
            self.clear_alias(&step.name, slot).await?;
        }
        let Some(alias) = enters else { return Ok(()) };
        sqlx::query(sql!("models", "add_alias"))
            .bind(alias.name.clone()).bind(alias.slot.as_str()).bind(alias.model.0).bind(alias.content_hash.clone())
            .bind(alias.gate).bind(alias.moved).bind(alias.share).bind(alias.seal.clone())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Empties a slot.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_alias(&mut self, name: &str, slot: ModelSlot) -> Result<()> {
        sqlx::query(sql!("models", "clear_alias")).bind(name).bind(slot.as_str()).execute(self.db()).await?;
        Ok(())
    }

    /// Takes a part of the program that another version of it replaced out of use.
    ///
    /// # Errors
    /// When it is no part of the program, or not in use.
    pub async fn retire_built_in(&mut self, id: ModelId) -> Result<()> {
        let moving = sqlx::query(sql!("models", "move_model"))
            .bind(id.0).bind(ModelState::Live.as_str()).bind(ModelState::Retired.as_str()).bind(0);
        if moving.execute(self.db()).await?.rows_affected() == 0 {
            return Err(Error::missing("model version in use", id));
        }
        Ok(())
    }

    /// Writes the gate of a kind after the version it was read at.
    ///
    /// # Errors
    /// [`Error::Stale`] when somebody else wrote one meanwhile.
    pub async fn add_gate_policy(&mut self, new: &GatePolicy) -> Result<()> {
        let query = sqlx::query(sql!("models", "add_gate_policy"))
            .bind(new.kind.as_str()).bind(new.version).bind(new.at.0).bind(new.person.map(|person| person.0))
            .bind(new.reason.clone()).bind(serde_json::to_string(&new.rules)?).bind(new.seal.clone());
        if query.execute(self.db()).await?.rows_affected() == 0 {
            return Err(Error::Stale { what: format!("the gate of `{}`", new.kind) });
        }
        Ok(())
    }

    /// Adds what was watched of a version.
    ///
    /// # Errors
    /// When the version does not exist.
    pub async fn add_watch(&mut self, watch: &ModelWatch) -> Result<()> {
        let id = self.take_numbers("model_watches", 1).await?;
        sqlx::query(sql!("models", "add_watch"))
            .bind(id).bind(watch.model.0).bind(watch.kind.clone()).bind(i64::from(watch.alarm))
            .bind(watch.report.clone()).bind(watch.at.0)
            .execute(self.db())
            .await?;
        Ok(())
    }
}
