//! The fact sheet: what may be said. A deleted fact stays for the record and is read no more.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::fact::Fact;
use terms::ids::FactId;
use terms::time::Instant;

fn read(row: &AnyRow) -> Result<Fact> {
    let hours = row.opt_int("max_age_hours")?;
    let unreadable = |_| Error::Corrupt { what: "column `max_age_hours`".to_owned() };
    Ok(Fact {
        id: FactId(row.int("id")?),
        entity: row.text("entity")?,
        predicate: row.text("predicate")?,
        value: row.json("value")?,
        unit: row.text("unit")?,
        polarity: row.word("polarity")?,
        source: row.text("source")?,
        observed_at: row.at("observed_at")?,
        valid_from: row.opt_at("valid_from")?,
        valid_until: row.opt_at("valid_until")?,
        max_age_hours: hours.map(u32::try_from).transpose().map_err(unreadable)?,
        evidence: row.word("evidence")?,
    })
}

reads! {
    /// The facts about an entity such as `offer:welcome-back`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts_of(&mut self, entity: &str) -> Result<Vec<Fact>> {
        sql::rows(&sqlx::query(sql!("facts", "facts_of")).bind(entity).fetch_all(self.db()).await?, read)
    }

    /// All facts, by entity.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts(&mut self) -> Result<Vec<Fact>> {
        sql::rows(&sqlx::query(sql!("facts", "facts")).fetch_all(self.db()).await?, read)
    }

    /// One fact, deleted ones too: a message that stood on it can still be explained.
    ///
    /// # Errors
    /// When there never was such a fact.
    pub async fn fact(&mut self, id: FactId) -> Result<Fact> {
        let row = sqlx::query(sql!("facts", "fact")).bind(id.0).fetch_optional(self.db()).await?;
        read(&row.ok_or_else(|| Error::missing("fact", id))?)
    }
}

writes! {
    /// Adds a fact (identifier 0) or changes the one with its identifier.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_fact(&mut self, fact: &Fact) -> Result<FactId> {
        let id = if fact.id.0 == 0 { self.take_numbers("facts", 1).await? } else { fact.id.0 };
        sqlx::query(sql!("facts", "put_fact"))
            .bind(id)
            .bind(fact.entity.clone())
            .bind(fact.predicate.clone())
            .bind(serde_json::to_string(&fact.value)?)
            .bind(fact.unit.clone())
            .bind(fact.polarity.as_str())
            .bind(fact.source.clone())
            .bind(fact.observed_at.0)
            .bind(fact.valid_from.map(|at| at.0))
            .bind(fact.valid_until.map(|at| at.0))
            .bind(fact.max_age_hours.map(i64::from))
            .bind(fact.evidence.as_str())
            .execute(self.db())
            .await?;
        Ok(FactId(id))
    }

    /// Deletes a fact: nothing can be said on its ground any more.
    ///
    /// # Errors
    /// When there is no such fact.
    pub async fn delete_fact(&mut self, id: FactId, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("facts", "delete_fact")).bind(id.0).bind(at.0);
        let changed = query.execute(self.db()).await?.rows_affected();
        if changed == 0 { Err(Error::missing("fact", id)) } else { Ok(()) }
    }
}
