//! Personal data breaches: when they became known, by when they are reported, and how they ended.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::ids::{BreachId, PersonId};
use terms::time::Instant;

/// A breach. Its words are the officer's; names of customers do not belong in them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Breach {
    /// Identifier.
    pub id: BreachId,
    /// What happened, in a line.
    pub title: String,
    /// When the brand became aware.
    pub aware_at: Instant,
    /// By when the authority is told.
    pub due_at: Instant,
    /// How many people are concerned, as far as known.
    pub people: Option<i64>,
    /// When the authority was told.
    pub reported_at: Option<Instant>,
    /// When the people were told.
    pub told_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// How it ended.
    pub outcome: String,
}

fn read(row: &AnyRow) -> Result<Breach> {
    Ok(Breach {
        id: BreachId(row.int("id")?),
        title: row.text("title")?,
        aware_at: row.at("aware_at")?,
        due_at: row.at("due_at")?,
        people: row.opt_int("people")?,
        reported_at: row.opt_at("reported_at")?,
        told_at: row.opt_at("told_at")?,
        closed_at: row.opt_at("closed_at")?,
        outcome: row.text("outcome")?,
    })
}

fn changed(rows: u64, id: BreachId) -> Result<()> {
    if rows == 0 { Err(Error::Stale { what: format!("breach `{id}`") }) } else { Ok(()) }
}

reads! {
    /// Breaches, open ones first, by due date.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn breaches(&mut self) -> Result<Vec<Breach>> {
        sql::rows(&sqlx::query(sql!("breaches", "breaches")).fetch_all(self.db()).await?, read)
    }
}

writes! {
    /// Opens a breach.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_breach(
        &mut self, title: &str, aware_at: Instant, due_at: Instant, by: Option<PersonId>, people: Option<i64>,
    ) -> Result<BreachId> {
        let id = self.take_numbers("breaches", 1).await?;
        sqlx::query(sql!("breaches", "add_breach"))
            .bind(id).bind(title).bind(aware_at.0).bind(due_at.0).bind(by.map(|person| person.0)).bind(people)
            .execute(self.db())
            .await?;
        Ok(BreachId(id))
    }

    /// Records that the authority was told.
    ///
    /// # Errors
    /// When it was before, or the breach is closed.
    pub async fn report_breach(&mut self, id: BreachId, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("breaches", "report_breach")).bind(id.0).bind(at.0);
        changed(query.execute(self.db()).await?.rows_affected(), id)
    }

    /// Records that the people concerned were told.
    ///
    /// # Errors
    /// When they were before, or the breach is closed.
    pub async fn told_of_breach(&mut self, id: BreachId, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("breaches", "told_of_breach")).bind(id.0).bind(at.0);
        changed(query.execute(self.db()).await?.rows_affected(), id)
    }

    /// Closes a breach.
    ///
    /// # Errors
    /// When it is closed.
    pub async fn close_breach(&mut self, id: BreachId, outcome: &str, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("breaches", "close_breach")).bind(id.0).bind(at.0).bind(outcome);
        changed(query.execute(self.db()).await?.rows_affected(), id)
    }
}
