//! Events on their way: hashes of what was seen, the inbox that makes an answer of 202 true, behaviour that is kept,
//! purchases that wait for the lake.
//!
//! Goes in: requests that were read ([`Intake`]). Comes out: what was new ([`Store::take_events`], one transaction for
//! many requests), and the same requests for the stage that uses them. What events mean is decided there.

use crate::error::Result;
use crate::open::{Store, reads, writes};
use crate::sql::{self, Columns, batches, each, sql};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashSet;
use terms::consent::ConsentStatus;
use terms::event::{EventFate, EventKind};
use terms::ids::{CustomerKey, WriteKeyId};
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

/// Behaviour that is kept, or about to be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct KeptEvent {
    /// Kind.
    pub kind: EventKind,
    /// The event's or the page's name.
    pub name: String,
    /// Whose, when that is known.
    pub customer: Option<CustomerKey>,
    /// The anonymous id it came with.
    pub anonymous: Option<String>,
    /// Properties as JSON.
    pub properties: String,
    /// When it happened.
    pub at: Instant,
    /// When it arrived.
    pub received_at: Instant,
    /// The key it came with.
    pub source: String,
}

/// A purchase or a return that waits for the lake.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EventPurchase {
    /// Identifier; 0 for a new one.
    pub id: i64,
    /// Whose, when that is known.
    pub customer: Option<CustomerKey>,
    /// The anonymous id it came with.
    pub anonymous: Option<String>,
    /// When.
    pub at: Instant,
    /// Minor units of the shop's currency; negative for a return.
    pub minor: i64,
    /// Order number.
    pub order: String,
    /// When it arrived.
    pub received_at: Instant,
    /// The key it came with.
    pub source: String,
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

fn kept(row: &AnyRow) -> Result<KeptEvent> {
    Ok(KeptEvent {
        kind: row.word("kind")?,
        name: row.text("name")?,
        customer: row.opt_text("customer")?.map(CustomerKey::new),
        anonymous: row.opt_text("anonymous")?,
        properties: row.text("properties")?,
        at: row.at("at")?,
        received_at: row.at("received_at")?,
        source: row.text("source")?,
    })
}

fn purchase(row: &AnyRow) -> Result<EventPurchase> {
    Ok(EventPurchase {
        id: row.int("id")?,
        customer: row.opt_text("customer")?.map(CustomerKey::new),
        anonymous: row.opt_text("anonymous")?,
        at: row.at("at")?,
        minor: row.int("minor")?,
        order: row.text("order_no")?,
        received_at: row.at("received_at")?,
        source: row.text("source")?,
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
        sql::rows(&sqlx::query(sql!("events", "inbox")).bind(limit).fetch_all(self.db()).await?, inbox_row)
    }

    /// Requests of the inbox after one of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_after(&mut self, id: i64, limit: i64) -> Result<Vec<InboxRow>> {
        let query = sqlx::query(sql!("events", "inbox_after")).bind(id).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, inbox_row)
    }

    /// How much waits in the inbox.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_state(&mut self) -> Result<InboxState> {
        let row = sqlx::query(sql!("events", "inbox_state")).fetch_one(self.db()).await?;
        Ok(InboxState { requests: row.int("requests")?, events: row.int("events")?, oldest: row.opt_at("oldest")? })
    }

    /// Which of these hashes were seen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seen_events(&mut self, hashes: &[EventHash]) -> Result<HashSet<EventHash>> {
        let mut seen = HashSet::new();
        for batch in batches(hashes) {
            let mut query = sqlx::query(each(sql!("events", "seen_events"), batch.len()));
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

    /// A customer's behaviour, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_of(&mut self, customer: &CustomerKey, limit: i64) -> Result<Vec<KeptEvent>> {
        let query = sqlx::query(sql!("events", "events_of_customer")).bind(customer.as_str()).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, kept)
    }

    /// Behaviour of an anonymous id that nobody's name was given to yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_of_anonymous(&mut self, anonymous: &str, limit: i64) -> Result<Vec<KeptEvent>> {
        let query = sqlx::query(sql!("events", "events_of_anonymous")).bind(anonymous).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, kept)
    }

    /// Events that are kept, in all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_kept_events(&mut self) -> Result<i64> {
        sqlx::query(sql!("events", "count_kept_events")).fetch_one(self.db()).await?.int("n")
    }

    /// Purchases that can go to the lake, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event_purchases_ready(&mut self, limit: i64) -> Result<Vec<EventPurchase>> {
        let query = sqlx::query(sql!("events", "event_purchases_ready")).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, purchase)
    }

    /// A customer's purchases that wait for the lake.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event_purchases_of(&mut self, customer: &CustomerKey) -> Result<Vec<EventPurchase>> {
        let query = sqlx::query(sql!("events", "event_purchases_of")).bind(customer.as_str());
        sql::rows(&query.fetch_all(self.db()).await?, purchase)
    }

    /// Purchases that wait for the lake, and those that wait for a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event_purchases_state(&mut self) -> Result<(i64, i64)> {
        let row = sqlx::query(sql!("events", "event_purchases_state")).fetch_one(self.db()).await?;
        Ok((row.int("ready")?, row.int("unnamed")?))
    }

    /// Those of some keys and addresses whose holder was erased, by their place: keys first, then addresses.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erased_among(
        &mut self, keys: &[CustomerKey], emails: &[&str],
    ) -> Result<(HashSet<CustomerKey>, HashSet<String>)> {
        let mut hashes = Vec::with_capacity(keys.len() + emails.len());
        for key in keys {
            hashes.extend(self.owner_hashes(Some(key), None)?.into_iter().flatten());
        }
        for email in emails {
            hashes.extend(self.owner_hashes(None, Some(email))?.into_iter().flatten());
        }
        let mut buried = HashSet::new();
        for batch in batches(&hashes) {
            let mut query = sqlx::query(each(sql!("events", "tombstones_among"), batch.len()));
            for hash in batch {
                query = query.bind(hash.as_str());
            }
            for row in query.fetch_all(self.db()).await? {
                buried.insert(row.text("hash")?);
            }
        }
        if buried.is_empty() {
            return Ok(Default::default());
        }
        let erased = |place: usize| hashes.get(place).is_some_and(|hash| buried.contains(hash));
        let customers = keys.iter().enumerate().filter(|(at, _)| erased(*at)).map(|(_, key)| key.clone());
        let addresses = emails.iter().enumerate().filter(|(at, _)| erased(keys.len() + at));
        Ok((customers.collect(), addresses.map(|(_, email)| (*email).to_owned()).collect()))
    }

    /// Every receipt about profiling of some customers, through any channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consents_to_profiling(
        &mut self, customers: &[CustomerKey],
    ) -> Result<Vec<(CustomerKey, ConsentStatus, Instant)>> {
        let mut found = Vec::new();
        for batch in batches(customers) {
            let mut query = sqlx::query(each(sql!("events", "consents_to_profiling"), batch.len()));
            for customer in batch {
                query = query.bind(customer.as_str());
            }
            for row in query.fetch_all(self.db()).await? {
                found.push((CustomerKey::new(row.text("customer")?), row.word("status")?, row.at("at")?));
            }
        }
        Ok(found)
    }
}

writes! {
    /// Takes requests in. What was seen before, or stands twice in them, counts as a duplicate. The result is in the
    /// order of the requests, and true once the transaction is committed.
    ///
    /// # Errors
    /// When the database fails; then nothing was taken in.
    pub async fn take_events(&mut self, requests: &[Intake]) -> Result<Vec<Taken>> {
        // In order of the hash, so that neighbours in the tree are written together.
        let mut hashes: Vec<EventHash> =
            requests.iter().flat_map(|request| request.events.iter().filter_map(|(_, hash)| *hash)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let mut seen = self.seen_events(&hashes).await?;
        if !seen.is_empty() {
            hashes.retain(|hash| !seen.contains(hash));
        }
        let day = requests.first().map_or(0, |request| i64::from(request.received_at.day().0));
        self.add_event_ids(&hashes, day).await?;
        let mut taken = Vec::with_capacity(requests.len());
        let mut rows = Vec::with_capacity(requests.len());
        for request in requests {
            let (mut came, mut from) = (Taken::default(), 0);
            let mut body = String::with_capacity(request.text.len() + request.events.len() + 2);
            body.push('[');
            for (end, hash) in &request.events {
                let event = request.text.get(from..*end).unwrap_or_default();
                from = *end;
                if hash.is_some_and(|hash| !seen.insert(hash)) {
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
            let mut query = sqlx::query(each(sql!("events", "add_inbox"), batch.len()));
            for (key, received_at, n, body) in batch {
                let n = i64::try_from(*n).unwrap_or(i64::MAX);
                query = query.bind(id).bind(key.0).bind(received_at.0).bind(n).bind(body.as_str());
                id += 1;
            }
            query.execute(self.db()).await?;
        }
        Ok(taken)
    }

    /// Remembers hashes of this day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_event_ids(&mut self, hashes: &[EventHash], day: i64) -> Result<()> {
        for batch in batches(hashes) {
            let mut query = sqlx::query(each(sql!("events", "add_event_ids"), batch.len()));
            for hash in batch {
                query = query.bind(hash.to_vec()).bind(day);
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Forgets hashes of days before this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_event_ids(&mut self, day: i64) -> Result<u64> {
        Ok(sqlx::query(sql!("events", "forget_event_ids")).bind(day).execute(self.db()).await?.rows_affected())
    }

    /// Takes requests from the inbox, from one to another; how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_inbox(&mut self, first: i64, last: i64) -> Result<u64> {
        let query = sqlx::query(sql!("events", "take_inbox")).bind(first).bind(last);
        Ok(query.execute(self.db()).await?.rows_affected())
    }

    /// Replaces the events of a request that waits, for an erasure.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rewrite_inbox(&mut self, id: i64, n: i64, body: &str) -> Result<()> {
        sqlx::query(sql!("events", "rewrite_inbox")).bind(id).bind(n).bind(body).execute(self.db()).await?;
        Ok(())
    }

    /// Keeps behaviour.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_events(&mut self, events: &[KeptEvent]) -> Result<()> {
        let mut id = self.take_numbers("events", events.len()).await?;
        for batch in batches(events) {
            let mut query = sqlx::query(each(sql!("events", "add_events"), batch.len()));
            for event in batch {
                query = query
                    .bind(id)
                    .bind(event.kind.as_str())
                    .bind(event.name.as_str())
                    .bind(event.customer.as_ref().map(CustomerKey::as_str))
                    .bind(event.anonymous.as_deref())
                    .bind(event.properties.as_str())
                    .bind(event.at.0)
                    .bind(event.received_at.0)
                    .bind(event.source.as_str());
                id += 1;
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Keeps purchases and returns until they are in the lake.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_event_purchases(&mut self, purchases: &[EventPurchase]) -> Result<()> {
        let mut id = self.take_numbers("event_purchases", purchases.len()).await?;
        for batch in batches(purchases) {
            let mut query = sqlx::query(each(sql!("events", "add_event_purchases"), batch.len()));
            for purchase in batch {
                query = query
                    .bind(id)
                    .bind(purchase.customer.as_ref().map(CustomerKey::as_str))
                    .bind(purchase.anonymous.as_deref())
                    .bind(purchase.at.0)
                    .bind(purchase.minor)
                    .bind(purchase.order.as_str())
                    .bind(purchase.received_at.0)
                    .bind(purchase.source.as_str());
                id += 1;
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Removes purchases that are in the lake.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_event_purchases(&mut self, ids: &[i64]) -> Result<u64> {
        let mut deleted = 0;
        for batch in batches(ids) {
            let mut query = sqlx::query(each(sql!("events", "delete_event_purchases"), batch.len()));
            for id in batch {
                query = query.bind(*id);
            }
            deleted += query.execute(self.db()).await?.rows_affected();
        }
        Ok(deleted)
    }

    /// Gives what an anonymous id did to the customer it turned out to be; how many events and purchases.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_events(&mut self, anonymous: &str, customer: &CustomerKey) -> Result<(u64, u64)> {
        let events = sqlx::query(sql!("events", "give_events")).bind(anonymous).bind(customer.as_str());
        let events = events.execute(self.db()).await?.rows_affected();
        let purchases = sqlx::query(sql!("events", "give_purchases")).bind(anonymous).bind(customer.as_str());
        Ok((events, purchases.execute(self.db()).await?.rows_affected()))
    }

    /// Gives a customer's events and waiting purchases to another, when two names are one person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn move_events(&mut self, from: &CustomerKey, into: &CustomerKey) -> Result<(u64, u64)> {
        let events = sqlx::query(sql!("events", "move_events")).bind(from.as_str()).bind(into.as_str());
        let events = events.execute(self.db()).await?.rows_affected();
        let purchases = sqlx::query(sql!("events", "move_purchases")).bind(from.as_str()).bind(into.as_str());
        Ok((events, purchases.execute(self.db()).await?.rows_affected()))
    }

    /// Deletes a customer's behaviour; how many events.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_events_of(&mut self, customer: &CustomerKey) -> Result<u64> {
        let query = sqlx::query(sql!("events", "delete_events_of_customer")).bind(customer.as_str());
        Ok(query.execute(self.db()).await?.rows_affected())
    }

    /// Deletes the behaviour and the unnamed purchases of an anonymous id; how many rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_events_of_anonymous(&mut self, anonymous: &str) -> Result<u64> {
        let events = sqlx::query(sql!("events", "delete_events_of_anonymous")).bind(anonymous);
        let events = events.execute(self.db()).await?.rows_affected();
        let purchases = sqlx::query(sql!("events", "delete_purchases_of_anonymous")).bind(anonymous);
        Ok(events + purchases.execute(self.db()).await?.rows_affected())
    }

    /// Deletes a customer's purchases that wait for the lake; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_purchases_of(&mut self, customer: &CustomerKey) -> Result<u64> {
        let query = sqlx::query(sql!("events", "delete_purchases_of_customer")).bind(customer.as_str());
        Ok(query.execute(self.db()).await?.rows_affected())
    }

    /// Deletes behaviour, and purchases nobody claimed, that arrived before an instant; how many rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_events_before(&mut self, at: Instant) -> Result<u64> {
        let events = sqlx::query(sql!("events", "delete_events_before")).bind(at.0);
        let events = events.execute(self.db()).await?.rows_affected();
        let purchases = sqlx::query(sql!("events", "delete_unnamed_purchases_before")).bind(at.0);
        Ok(events + purchases.execute(self.db()).await?.rows_affected())
    }
}
