//! Keys with which shops and apps send events, and counts of what became of the events.
//!
//! Only the SHA-256 of a key is kept: it has 190 random bits, so nothing slower is needed. A key can be revoked once
//! and never changes (a trigger holds that).

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use sqlx::any::AnyRow;
use terms::event::{EventFate, KeyScope};
use terms::ids::WriteKeyId;
use terms::time::Instant;

/// A key, without the secret.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WriteKey {
    /// Identifier.
    pub id: WriteKeyId,
    /// What people call it.
    pub name: String,
    /// The beginning of the key, by which people recognise it.
    pub shown: String,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// Sites whose browsers may use it (`https://shop.example`, or `*`); none means a key for servers.
    pub origins: Vec<String>,
    /// Events a second that are taken with it.
    pub per_second: i64,
    /// Since when.
    pub created_at: Instant,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

impl WriteKey {
    /// True for a key that stands in pages, where everybody can read it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        !self.origins.is_empty()
    }

    /// Whether it may do something.
    #[must_use]
    pub fn may(&self, scope: KeyScope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// How often something became of the events of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct EventCount {
    /// Key.
    pub key: WriteKeyId,
    /// What became of them.
    pub fate: EventFate,
    /// How many.
    pub n: i64,
    /// When last.
    pub last_at: Instant,
}

/// A key to be added.
#[derive(Debug, Clone)]
pub struct NewWriteKey<'a> {
    /// What people call it.
    pub name: &'a str,
    /// The beginning of the key.
    pub shown: &'a str,
    /// SHA-256 of the key, in hexadecimal.
    pub hash: &'a str,
    /// What it may do.
    pub scopes: &'a [KeyScope],
    /// Sites whose browsers may use it.
    pub origins: &'a [String],
    /// Events a second.
    pub per_second: i64,
}

fn read(row: &AnyRow) -> Result<WriteKey> {
    Ok(WriteKey {
        id: WriteKeyId(row.int("id")?),
        name: row.text("name")?,
        shown: row.text("shown")?,
        scopes: row.json("scopes")?,
        origins: row.json("origins")?,
        per_second: row.int("per_second")?,
        created_at: row.at("created_at")?,
        revoked_at: row.opt_at("revoked_at")?,
    })
}

reads! {
    /// Every key, also the revoked ones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write_keys(&mut self) -> Result<Vec<WriteKey>> {
        sql::rows(&sqlx::query(sql!("write_keys", "write_keys")).fetch_all(self.db()).await?, read)
    }

    /// The key of a hash, unless it was revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write_key_by_hash(&mut self, hash: &str) -> Result<Option<WriteKey>> {
        let query = sqlx::query(sql!("write_keys", "write_key_by_hash")).bind(hash);
        query.fetch_optional(self.db()).await?.map(|row| read(&row)).transpose()
    }

    /// What became of the events of every key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event_counts(&mut self) -> Result<Vec<EventCount>> {
        sql::rows(&sqlx::query(sql!("write_keys", "event_counts")).fetch_all(self.db()).await?, |row| {
            Ok(EventCount {
                key: WriteKeyId(row.int("write_key")?),
                fate: row.word("fate")?,
                n: row.int("n")?,
                last_at: row.at("last_at")?,
            })
        })
    }
}

writes! {
    /// Adds a key.
    ///
    /// # Errors
    /// [`Error::Taken`] when a key in use has this name.
    pub async fn add_write_key(&mut self, new: &NewWriteKey<'_>, at: Instant) -> Result<WriteKeyId> {
        let id = self.take_numbers("write_keys", 1).await?;
        sqlx::query(sql!("write_keys", "add_write_key"))
            .bind(id)
            .bind(new.name)
            .bind(new.shown)
            .bind(new.hash)
            .bind(serde_json::to_string(new.scopes)?)
            .bind(serde_json::to_string(new.origins)?)
            .bind(new.per_second)
            .bind(at.0)
            .execute(self.db())
            .await?;
        Ok(WriteKeyId(id))
    }

    /// Revokes a key.
    ///
    /// # Errors
    /// When there is no such key in use.
    pub async fn revoke_write_key(&mut self, id: WriteKeyId, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("write_keys", "revoke_write_key")).bind(id.0).bind(at.0);
        let changed = query.execute(self.db()).await?.rows_affected();
        if changed == 0 { Err(Error::missing("write key", id)) } else { Ok(()) }
    }

    /// Adds to the counts; each key and fate at most once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_events(&mut self, counts: &[(WriteKeyId, EventFate, i64)], at: Instant) -> Result<()> {
        for batch in batches(counts) {
            let mut query = sqlx::query(self.each(sql!("write_keys", "count_events"), batch.len()));
            for (key, fate, n) in batch {
                query = query.bind(key.0).bind(fate.as_str()).bind(*n).bind(at.0);
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }
}
