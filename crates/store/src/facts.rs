//! The fact sheet: what may be said. A deleted fact stays for the record and is read no more. Every version of a fact
//! is kept with the time since when it stood.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use sqlx::any::AnyRow;
use terms::fact::Fact;
use terms::ids::FactId;
use terms::time::Instant;

/// How a fact stood from a time on.
#[derive(Debug, Clone, PartialEq)]
pub struct FactVersion {
    /// The fact as it was written.
    pub fact: Fact,
    /// 1 for the first.
    pub version: i64,
    /// Since when the sheet said so.
    pub at: Instant,
    /// True when nothing stands on it from here on.
    pub ended: bool,
}

fn version(row: &AnyRow) -> Result<FactVersion> {
    Ok(FactVersion {
        fact: read(row)?,
        version: row.int("version")?,
        at: row.at("at")?,
        ended: row.flag("ended")?,
    })
}

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

    /// The facts about any of these entities.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts_about(&mut self, entities: &[String]) -> Result<Vec<Fact>> {
        let mut found = Vec::new();
        for batch in batches(entities) {
            let mut query = sqlx::query(self.each(sql!("facts", "facts_about"), batch.len()));
            for entity in batch {
                query = query.bind(entity.clone());
            }
            found.extend(sql::rows(&query.fetch_all(self.db()).await?, read)?);
        }
        Ok(found)
    }

    /// What there are facts of, with how many each; of those whose name begins so, such as `offer:`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fact_entities(&mut self, beginning: &str) -> Result<Vec<(String, i64)>> {
        let query = sqlx::query(sql!("facts", "entities")).bind(format!("{beginning}%"));
        sql::rows(&query.fetch_all(self.db()).await?, |row| Ok((row.text("entity")?, row.int("n")?)))
    }

    /// Everything the sheet ever said of an entity: fact by fact, each in the order it was said.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fact_versions(&mut self, entity: &str) -> Result<Vec<FactVersion>> {
        let query = sqlx::query(sql!("facts", "versions_of")).bind(entity);
        sql::rows(&query.fetch_all(self.db()).await?, version)
    }

    /// The number of the version of a fact that stands; 0 when there never was such a fact.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fact_version(&mut self, id: FactId) -> Result<i64> {
        sqlx::query(sql!("facts", "version_of")).bind(id.0).fetch_one(self.db()).await?.int("version")
    }

    /// True when a fact was ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fact_is_ended(&mut self, id: FactId) -> Result<bool> {
        let row = sqlx::query(sql!("facts", "is_ended")).bind(id.0).fetch_one(self.db()).await?;
        Ok(row.int("n")? > 0)
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
    /// Adds a fact (identifier 0) or changes the one with its identifier, as a version that stands from `at` on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_fact(&mut self, fact: &Fact, at: Instant) -> Result<FactId> {
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
        sqlx::query(sql!("facts", "add_version")).bind(id).bind(at.0).bind(0_i64).execute(self.db()).await?;
        Ok(FactId(id))
    }

    /// Notes that a fact was seen again as it was: when, by whom, and when it must be looked at again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_fact(&mut self, fact: &Fact) -> Result<()> {
        sqlx::query(sql!("facts", "touch_fact"))
            .bind(fact.id.0)
            .bind(fact.observed_at.0)
            .bind(fact.source.clone())
            .bind(fact.max_age_hours.map(i64::from))
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Deletes a fact: nothing can be said on its ground any more.
    ///
    /// # Errors
    /// When there is no such fact.
    pub async fn delete_fact(&mut self, id: FactId, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("facts", "delete_fact")).bind(id.0).bind(at.0);
        let changed = query.execute(self.db()).await?.rows_affected();
        if changed == 0 {
            return Err(Error::missing("fact", id));
        }
        sqlx::query(sql!("facts", "add_version")).bind(id.0).bind(at.0).bind(1_i64).execute(self.db()).await?;
        Ok(())
    }
}
