//! Witnesses of the ledger: who they are, what they signed when, and whether one of them refused to.
//!
//! A refusal stays until a person removes the witness, and a cosignature for ever (triggers hold both).

use crate::error::{Error, Result};
use crate::ledger::{number_of, seq_of};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::time::Instant;

/// A witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Identifier.
    pub id: i64,
    /// Name of its key.
    pub name: String,
    /// Its verifier key.
    pub vkey: String,
    /// Where it takes checkpoints.
    pub url: String,
    /// True when the operator vouches for a host that is not on the public internet.
    pub allow_host: bool,
    /// Since when.
    pub added_at: Instant,
    /// When it was removed.
    pub removed_at: Option<Instant>,
    /// When it was last asked.
    pub tried_at: Option<Instant>,
    /// What came of it; empty when it cosigned.
    pub trouble: String,
    /// When it said that this ledger is not the one it has seen.
    pub refused_at: Option<Instant>,
    /// Size it cosigned last, and when by its own clock.
    pub last: Option<(u64, Instant)>,
}

/// A cosignature in the list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// Name of the witness.
    pub witness: String,
    /// Size of the tree.
    pub size: u64,
    /// When, by the witness's clock.
    pub at: Instant,
}

fn read(row: &AnyRow) -> Result<Witness> {
    let last = match (row.opt_int("size")?, row.opt_at("at")?) {
        (Some(size), Some(at)) => Some((seq_of(size)?, at)),
        _ => None,
    };
    Ok(Witness {
        id: row.int("id")?,
        name: row.text("name")?,
        vkey: row.text("vkey")?,
        url: row.text("url")?,
        allow_host: row.flag("allow_host")?,
        added_at: row.at("added_at")?,
        removed_at: row.opt_at("removed_at")?,
        tried_at: row.opt_at("tried_at")?,
        trouble: row.text("trouble")?,
        refused_at: row.opt_at("refused_at")?,
        last,
    })
}

reads! {
    /// Every witness, also those that were removed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn witnesses(&mut self) -> Result<Vec<Witness>> {
        sql::rows(&sqlx::query(sql!("witnesses", "witnesses")).fetch_all(self.db()).await?, read)
    }

    /// The signature lines of witnesses under the checkpoint of a size.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cosignatures_at(&mut self, size: u64) -> Result<Vec<String>> {
        let query = sqlx::query(sql!("witnesses", "cosignatures_at")).bind(number_of(size)?);
        query.fetch_all(self.db()).await?.iter().map(|row| row.text("line")).collect()
    }

    /// The newest cosignatures.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recent_cosignatures(&mut self, limit: i64) -> Result<Vec<Cosigned>> {
        let rows = sqlx::query(sql!("witnesses", "recent")).bind(limit).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| {
            Ok(Cosigned { witness: row.text("name")?, size: seq_of(row.int("size")?)?, at: row.at("at")? })
        })
    }
}

writes! {
    /// Adds a witness.
    ///
    /// # Errors
    /// [`Error::Taken`] when a witness with this key is known.
    pub async fn add_witness(&mut self, name: &str, vkey: &str, url: &str, allow_host: bool, at: Instant) -> Result<i64> {
        let id = self.take_numbers("witnesses", 1).await?;
        sqlx::query(sql!("witnesses", "add_witness"))
            .bind(id).bind(name).bind(vkey).bind(url).bind(i64::from(allow_host)).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(id)
    }

    /// Removes a witness; what it signed stays.
    ///
    /// # Errors
    /// When there is no such witness.
    pub async fn remove_witness(&mut self, id: i64, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("witnesses", "remove_witness")).bind(id).bind(at.0);
        let changed = query.execute(self.db()).await?.rows_affected();
        if changed == 0 { Err(Error::missing("witness", id)) } else { Ok(()) }
    }

    /// Notes that a witness was asked, and what came of it (nothing, when it cosigned).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn witness_tried(&mut self, id: i64, trouble: &str, at: Instant) -> Result<()> {
        sqlx::query(sql!("witnesses", "tried")).bind(id).bind(at.0).bind(trouble).execute(self.db()).await?;
        Ok(())
    }

    /// Notes that a witness refused; true the first time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn witness_refused(&mut self, id: i64, at: Instant) -> Result<bool> {
        let query = sqlx::query(sql!("witnesses", "refused")).bind(id).bind(at.0);
        Ok(query.execute(self.db()).await?.rows_affected() > 0)
    }

    /// Keeps a cosignature that was checked; the first of a witness for a size.
    ///
    /// # Errors
    /// When there is no checkpoint of this size.
    pub async fn add_cosignature(&mut self, witness: i64, size: u64, at: Instant, line: &str) -> Result<()> {
        sqlx::query(sql!("witnesses", "add_cosignature"))
            .bind(witness).bind(number_of(size)?).bind(at.0).bind(line)
            .execute(self.db())
            .await?;
        Ok(())
    }
}
