//! Erasures and how far they are. What is erased where is decided by the flow; this is the record that a kill cannot
//! lose, and the door through the rules that keep receipts.
//!
//! Architecture invariant: the row names its customer only while something is left to erase by that name.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::erasure::ErasureCause;
use terms::ids::CustomerKey;
use terms::time::Instant;

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureState {
    /// Something of the customer may still be there.
    Running,
    /// Their rows are gone; free pages, logs and memory are being cleared.
    Scrubbing,
    /// Nothing is left.
    Done,
}

/// An erasure.
#[derive(Debug, Clone, PartialEq)]
pub struct Erasure {
    /// Identifier.
    pub id: i64,
    /// How far it is.
    pub state: ErasureState,
    /// Why.
    pub cause: ErasureCause,
    /// Whose, while running.
    pub customer: Option<CustomerKey>,
    /// Their address, while running.
    pub email: Option<String>,
    /// What was erased where, as far as it is done. Nothing of it names the customer.
    pub receipts: serde_json::Value,
    /// When it began.
    pub started_at: Instant,
    /// When it was complete.
    pub finished_at: Option<Instant>,
}

fn read(row: &AnyRow) -> Result<Erasure> {
    let state = match row.text("state")?.as_str() {
        "running" => ErasureState::Running,
        "scrubbing" => ErasureState::Scrubbing,
        "done" => ErasureState::Done,
        _ => return Err(Error::Corrupt { what: "column `state` of an erasure".to_owned() }),
    };
    Ok(Erasure {
        id: row.int("id")?,
        state,
        cause: row.word("cause")?,
        customer: row.opt_text("customer")?.map(CustomerKey::new),
        email: row.opt_text("email")?,
        receipts: row.json("receipts")?,
        started_at: row.at("started_at")?,
        finished_at: row.opt_at("finished_at")?,
    })
}

reads! {
    /// An erasure.
    ///
    /// # Errors
    /// When there is none of this number.
    pub async fn erasure(&mut self, id: i64) -> Result<Erasure> {
        let row = sqlx::query(sql!("erasures", "erasure")).bind(id).fetch_optional(self.db()).await?;
        read(&row.ok_or_else(|| Error::missing("erasure", id))?)
    }

    /// The latest erasures, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erasures(&mut self, limit: i64) -> Result<Vec<Erasure>> {
        sql::rows(&sqlx::query(sql!("erasures", "erasures")).bind(limit).fetch_all(self.db()).await?, read)
    }

    /// Erasures that are not complete, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_erasures(&mut self) -> Result<Vec<Erasure>> {
        sql::rows(&sqlx::query(sql!("erasures", "open_erasures")).fetch_all(self.db()).await?, read)
    }

    /// The erasure of a customer that is running, if one is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erasure_of(&mut self, key: &CustomerKey) -> Result<Option<Erasure>> {
        let query = sqlx::query(sql!("erasures", "erasure_of")).bind(key.as_str());
        query.fetch_optional(self.db()).await?.as_ref().map(read).transpose()
    }
}

writes! {
    /// Begins an erasure. Comes out: its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_erasure(
        &mut self, key: &CustomerKey, email: Option<&str>, cause: ErasureCause, at: Instant,
    ) -> Result<i64> {
        let id = self.take_numbers("erasures", 1).await?;
        sqlx::query(sql!("erasures", "begin_erasure"))
            .bind(id).bind(cause.as_str()).bind(key.as_str()).bind(email.map(ToOwned::to_owned)).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(id)
    }

    /// Notes what was erased so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_receipts(&mut self, id: i64, receipts: &serde_json::Value) -> Result<()> {
        let query = sqlx::query(sql!("erasures", "note_receipts")).bind(id).bind(receipts.to_string());
        query.execute(self.db()).await?;
        Ok(())
    }

    /// The rows are gone: the erasure forgets whose they were. Call it in the transaction that erased them.
    ///
    /// # Errors
    /// When it was further already.
    pub async fn scrub_erasure(&mut self, id: i64, receipts: &serde_json::Value) -> Result<()> {
        let query = sqlx::query(sql!("erasures", "scrub_erasure")).bind(id).bind(receipts.to_string());
        query.execute(self.db()).await?;
        Ok(())
    }

    /// Nothing is left.
    ///
    /// # Errors
    /// When it was finished already.
    pub async fn finish_erasure(&mut self, id: i64, receipts: &serde_json::Value, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("erasures", "finish_erasure")).bind(id).bind(receipts.to_string()).bind(at.0);
        query.execute(self.db()).await?;
        Ok(())
    }

    /// Opens the door through the rules that keep receipts, for one customer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn allow_deleting(&mut self, key: &CustomerKey) -> Result<()> {
        sqlx::query(sql!("erasures", "allow_deleting")).bind(key.as_str()).execute(self.db()).await?;
        Ok(())
    }

    /// Closes it again; in the same transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forbid_deleting(&mut self, key: &CustomerKey) -> Result<()> {
        sqlx::query(sql!("erasures", "forbid_deleting")).bind(key.as_str()).execute(self.db()).await?;
        Ok(())
    }

    /// Counts the messages of a customer into their campaigns' figures, before they are erased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_erased_deliveries(&mut self, key: &CustomerKey) -> Result<()> {
        sqlx::query(sql!("erasures", "count_erased_deliveries")).bind(key.as_str()).execute(self.db()).await?;
        Ok(())
    }

    /// Cancels what is planned for a customer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_planned_of(&mut self, key: &CustomerKey, at: Instant) -> Result<u64> {
        let query = sqlx::query(sql!("erasures", "cancel_planned_of")).bind(key.as_str()).bind(at.0);
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}
