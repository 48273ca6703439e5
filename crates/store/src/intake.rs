//! Events coming in: hashes of what was seen, and the inbox that makes an answer of 202 true.
//!
//! Goes in: requests that were read ([`Intake`]). Comes out: what was new ([`Store::take_events`], one transaction for
//! many requests), and the same requests for the stage that uses them.

use crate::error::Result;
use crate::open::{Store, Tx, reads, writes};
use crate::sql::{self, Columns, batches, sql};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashSet;
use terms::event::EventFate;
use terms::ids::WriteKeyId;
use terms::time::Instant;

/// A hash of a messageId or an order number, under the installation's pepper.
pub type EventHash = [u8; 16];

/// Makes [`EventHash`]es. Cheap to clone; keyed once.
#[derive(Clone)]
pub struct EventHasher(Hmac<Sha256>);

impl EventHasher {
    /// The hash of a text that belongs to a key: two keys may send the same messageId.
    #[must_use]
    pub fn hash(&self, key: WriteKeyId, text: &str) -> EventHash {
        self.of(&key.0.to_le_bytes(), text)
    }

    /// The hash of an order number of the whole shop.
    #[must_use]
    pub fn order(&self, order: &str) -> EventHash {
        self.of(b"order", order)
    }

    fn of(&self, domain: &[u8], text: &str) -> EventHash {
        let mut mac = self.0.clone();
        mac.update(domain);
        mac.update(b":");
        mac.update(text.as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes.first_chunk().copied().unwrap_or_default()
    }
}

/// One request: events as JSON texts, each with the hash of its messageId.
#[derive(Debug, Clone)]
pub struct Intake {
    /// With which key.
    pub key: WriteKeyId,
    /// When it arrived.
    pub received_at: Instant,
    /// The events' JSON, one after the other.
    pub text: String,
    /// Where each event's JSON ends, and its hash; none for an event without a messageId.
    pub events: Vec<(usize, Option<EventHash>)>,
    /// Events of the request that were refused, by reason.
    pub refused: Vec<(EventFate, i64)>,
}

/// What came of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Events that are in the house now.
    pub accepted: u64,
    /// Events that were there already.
    pub duplicates: u64,
}

/// A request that waits to be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    /// Position: requests are used in this order.
    pub id: i64,
    /// With which key it came.
    pub key: WriteKeyId,
    /// When.
    pub received_at: Instant,
    /// Events in it.
    pub n: i64,
    /// Its events as a JSON array.
    pub body: String,
}

/// How much waits in the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct InboxState {
    /// Requests.
    pub requests: i64,
    /// Events in them.
    pub events: i64,
    /// When the oldest arrived.
    pub oldest: Option<Instant>,
}

fn inbox_row(row: &AnyRow) -> Result<InboxRow> {
    Ok(InboxRow {
        id: row.int("id")?,
        key: WriteKeyId(row.int("write_key")?),
        received_at: row.at("received_at")?,
        n: row.int("n")?,
        body: row.text("body")?,
    })
}

impl Store {
    /// Makes hashes of messageIds and order numbers.
    ///
    /// # Errors
    /// When the pepper cannot be used.
    pub fn event_hasher(&self) -> Result<EventHasher> {
        Ok(EventHasher(self.pepper().keyed(b"event")?))
    }
}

reads! {
    /// The oldest requests of the inbox.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox(&mut self, limit: i64) -> Result<Vec<InboxRow>> {
        sql::rows(&sqlx::query(sql!("intake", "inbox")).bind(limit).fetch_all(self.db()).await?, inbox_row)
    }

    /// How much waits in the inbox.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_state(&mut self) -> Result<InboxState> {
        let row = sqlx::query(sql!("intake", "inbox_state")).fetch_one(self.db()).await?;
        Ok(InboxState { requests: row.int("requests")?, events: row.int("events")?, oldest: row.opt_at("oldest")? })
    }

    /// Which of these hashes were seen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seen_events(&mut self, hashes: &[EventHash]) -> Result<HashSet<EventHash>> {
        let mut seen = HashSet::new();
        for batch in batches(hashes) {
            let mut query = sqlx::query(self.each(sql!("intake", "seen_events"), batch.len()));
            for hash in batch {
                query = query.bind(hash.to_vec());
            }
            for row in query.fetch_all(self.db()).await? {
                let bytes: Vec<u8> = row.try_get("hash")?;
                seen.extend(bytes.first_chunk().copied());
            }
        }
        Ok(seen)
    }
}

writes! {
    /// Takes requests in. What was seen before, or stands twice in them, counts as a duplicate. The result is in the
    /// order of the requests, and true once the transaction is committed.
    ///
    /// # Errors
    /// When the database fails; then nothing was taken in.
    pub async fn take_events(&mut self, requests: &[Intake]) -> Result<Vec<Taken>> {
        let hashes: Vec<EventHash> =
            requests.iter().flat_map(|request| request.events.iter().filter_map(|(_, hash)| *hash)).collect();
        let day = requests.first().map_or(0, |request| i64::from(request.received_at.day().0));
        let before = self.remember_events(&hashes, day).await?;
        let mut here = HashSet::with_capacity(hashes.len());
        let mut taken = Vec::with_capacity(requests.len());
        let mut rows = Vec::with_capacity(requests.len());
        for request in requests {
            let (mut came, mut from) = (Taken::default(), 0);
            let mut body = String::with_capacity(request.text.len() + request.events.len() + 2);
            body.push('[');
            for (end, hash) in &request.events {
                let event = request.text.get(from..*end).unwrap_or_default();
                from = *end;
                if hash.is_some_and(|hash| before.contains(&hash) || !here.insert(hash)) {
                    came.duplicates += 1;
                    continue;
                }
                if came.accepted > 0 {
                    body.push(',');
                }
                body.push_str(event);
                came.accepted += 1;
            }
            body.push(']');
            if came.accepted > 0 {
                rows.push((request.key, request.received_at, came.accepted, body));
            }
            taken.push(came);
        }
        let mut id = self.take_numbers("event_inbox", rows.len()).await?;
        for batch in batches(&rows) {
            let mut query = sqlx::query(self.each(sql!("intake", "add_inbox"), batch.len()));
            for (key, received_at, n, body) in batch {
                let n = i64::try_from(*n).unwrap_or(i64::MAX);
                query = query.bind(id).bind(key.0).bind(received_at.0).bind(n).bind(body.as_str());
                id += 1;
            }
            query.execute(self.db()).await?;
        }
        Ok(taken)
    }

    /// Remembers hashes as seen on this day. Comes out: which of them were seen before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remember_events(&mut self, hashes: &[EventHash], day: i64) -> Result<HashSet<EventHash>> {
        // In order of the hash, so that neighbours in the tree are written together.
        let mut hashes = hashes.to_vec();
        hashes.sort_unstable();
        hashes.dedup();
        if hashes.is_empty() {
            return Ok(HashSet::new());
        }
        // Nearly always all are new, and the database says so by their number. Only else it is asked which are not.
        sqlx::query(sql!("intake", "event_ids_savepoint")).execute(self.db()).await?;
        let added = self.add_event_ids(&hashes, day).await?;
        if added == hashes.len() as u64 {
            sqlx::query(sql!("intake", "event_ids_release")).execute(self.db()).await?;
            return Ok(HashSet::new());
        }
        sqlx::query(sql!("intake", "event_ids_undo")).execute(self.db()).await?;
        sqlx::query(sql!("intake", "event_ids_release")).execute(self.db()).await?;
        let seen = self.seen_events(&hashes).await?;
        hashes.retain(|hash| !seen.contains(hash));
        self.add_event_ids(&hashes, day).await?;
        Ok(seen)
    }

    /// Forgets hashes of days before this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_event_ids(&mut self, day: i64) -> Result<u64> {
        Ok(sqlx::query(sql!("intake", "forget_event_ids")).bind(day).execute(self.db()).await?.rows_affected())
    }

    /// Takes requests from the inbox, from one to another; how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_inbox(&mut self, first: i64, last: i64) -> Result<u64> {
        let query = sqlx::query(sql!("intake", "take_inbox")).bind(first).bind(last);
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}

impl Tx {
    async fn add_event_ids(&mut self, hashes: &[EventHash], day: i64) -> Result<u64> {
        let n = i64::try_from(hashes.len()).unwrap_or(i64::MAX);
        let query = sqlx::query(sql!("intake", "add_event_ids")).bind(hashes.concat()).bind(day).bind(n);
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}
