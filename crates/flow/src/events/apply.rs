//! Uses what waits in the inbox: a few requests a transaction, which takes them out of the inbox and holds all of
//! their effects.
//!
//! Goes in: requests, oldest first. Comes out: contact records, names, consent receipts, purchases that wait for the
//! lake, answers to our messages, behaviour of those who agreed. What is not kept is counted by reason. The order of
//! arrival does not matter: everything that can be older than what is known carries its own time.

mod answers;
mod behaviour;
mod orders;
mod receipts;
mod records;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use store::Tx;
use store::identities::{AliasKind, Identity};
use store::intake::InboxRow;
use store::write_keys::WriteKey;
use terms::consent::ConsentReceipt;
use terms::event::{EventFate, EventKind};
use terms::ids::{CustomerKey, WriteKeyId};
use terms::ledger::Action;
use terms::money::Currency;
use terms::person::Actor;
use terms::time::Instant;

use super::parse::Event;
use super::settings::EventSettings;
use super::subject::People;
use crate::app::App;
use crate::error::Result;
use crate::jobs::Work;

/// Requests of one transaction, at most.
const REQUESTS: i64 = 128;
/// Events of one transaction, about. Many, because what is known of their customers is read once for all of them.
const EVENTS: i64 = 6_000;
/// How long to wait before trying again when the store fails.
const PAUSE: Duration = Duration::from_secs(2);
/// How long to wait at most before looking for what another process took in.
const LOOK: Duration = Duration::from_millis(500);

/// Everything of one transaction.
pub(super) struct Run<'a> {
    pub(super) app: &'a App,
    settings: EventSettings,
    pub(super) actor: Actor,
    keys: HashMap<WriteKeyId, WriteKey>,
    currency: Currency,
    pub(super) now: Instant,
    pub(super) people: People,
    counts: BTreeMap<(WriteKeyId, EventFate), i64>,
    pub(super) withdrawn: Vec<ConsentReceipt>,
}

/// An event with the request it came in.
struct Item<'a> {
    event: Event<'a>,
    row: &'a InboxRow,
}

impl App {
    /// Uses events as they come in, until `stop` resolves.
    pub async fn apply_events_forever(&self, mut stop: tokio::sync::watch::Receiver<bool>) {
        let news = std::sync::Arc::clone(&self.intake().news);
        let mut tidied = None;
        loop {
            let today = self.now().day();
            if tidied != Some(today) {
                match self.tidy_events().await {
                    Ok(()) => tidied = Some(today),
                    Err(error) => tracing::error!(%error, "old events could not be deleted; trying again"),
                }
            }
            self.intake().pace.wait().await;
            let pause = match self.apply_events().await {
                Ok(n) if n > 0 => {
                    self.intake().pace.used(n);
                    continue;
                }
                Ok(_) => {
                    self.intake().pace.nothing_waits();
                    LOOK
                }
                Err(error) => {
                    tracing::error!(%error, "events could not be used; they wait in the inbox");
                    PAUSE
                }
            };
            tokio::select! {
                () = news.notified() => {}
                () = tokio::time::sleep(pause) => {}
                _ = stop.changed() => return,
            }
        }
    }

    /// Uses everything that waits; how many events.
    ///
    /// # Errors
    /// When the store fails; what was not used yet waits.
    pub async fn apply_all_events(&self) -> Result<u64> {
        let mut all = 0;
        loop {
            match self.apply_events().await? {
                0 => return Ok(all),
                n => all += n,
            }
        }
    }

    /// Uses the oldest requests of the inbox in one transaction; how many events were in them.
    ///
    /// # Errors
    /// When the store fails; they wait then.
    pub async fn apply_events(&self) -> Result<u64> {
        if self.store().inbox(1).await?.is_empty() {
            return Ok(0);
        }
        // Before the transaction: it may have to add a person on record.
        let actor = self.system("flow.events").await?;
        let settings = self.event_settings().await?;
        let currency = self.brand().await?.currency;
        let keys = self.store().write_keys().await?.into_iter().map(|key| (key.id, key)).collect();
        let mut tx = self.store().begin().await?;
        let mut rows = tx.inbox(REQUESTS).await?;
        let mut budget = EVENTS;
        let enough = rows.iter().position(|row| {
            budget -= row.n;
            budget < 0
        });
        rows.truncate(enough.map_or(rows.len(), |at| at.max(1)));
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(0) };
        let (first, last) = (first.id, last.id);
        let mut run = Run {
            app: self,
            settings,
            actor,
            keys,
            currency,
            now: self.now(),
            people: People::default(),
            counts: BTreeMap::new(),
            withdrawn: Vec::new(),
        };
        let bought = run.apply(&mut tx, &rows).await?;
        run.finish(&mut tx).await?;
        tx.take_inbox(first, last).await?;
        tx.commit().await?;
        self.settle_withdrawn(&run.withdrawn).await?;
        if bought {
            let wait = run.settings.compact_seconds.max(0);
            self.enqueue(&Work::Compact, self.now().plus_seconds(wait)).await?;
        }
        Ok(rows.iter().map(|row| u64::try_from(row.n).unwrap_or(0)).sum())
    }
}

impl Run<'_> {
    pub(super) fn count(&mut self, key: WriteKeyId, fate: EventFate) {
        *self.counts.entry((key, fate)).or_default() += 1;
    }

    /// What a key is called, as the source of what it said.
    fn source(&self, key: WriteKeyId) -> String {
        self.keys.get(&key).map_or_else(|| format!("api:{key}"), |key| format!("api:{}", key.name))
    }

    fn is_public(&self, key: WriteKeyId) -> bool {
        self.keys.get(&key).is_none_or(WriteKey::is_public)
    }

    /// Applies requests; true when purchases came with them.
    async fn apply(&mut self, tx: &mut Tx, rows: &[InboxRow]) -> Result<bool> {
        let mut items = Vec::new();
        for row in rows {
            match serde_json::from_str::<Vec<Event<'_>>>(&row.body) {
                Ok(events) => items.extend(events.into_iter().map(|event| Item { event, row })),
                // Written by this program, so it can only be damage; it must not stop everybody else's events.
                Err(error) => {
                    tracing::error!(%error, request = row.id, "a request in the inbox is damaged and was left out");
                    *self.counts.entry((row.key, EventFate::Malformed)).or_default() += row.n;
                }
            }
        }
        let events: Vec<&Event<'_>> = items.iter().map(|item| &item.event).collect();
        self.people = People::read(tx, &events).await?;
        let mut kept = Vec::with_capacity(items.len());
        for item in items {
            if self.people.is_erased(&item.event) {
                self.count(item.row.key, EventFate::Erased);
            } else {
                kept.push(item);
            }
        }
        let linked = self.names(tx, &kept).await?;
        self.records(tx, &kept).await?;
        // Once for all that follows: the customers they belong to, after names were learnt.
        let mut customers: BTreeSet<CustomerKey> =
            kept.iter().filter_map(|item| self.people.of(&item.event)).collect();
        customers.extend(linked.iter().map(|(_, customer)| customer.clone()));
        self.people.read_records(tx, &customers).await?;
        self.people.read_said(tx, &customers).await?;
        self.receipts(tx, &kept).await?;
        self.answers(tx, &kept).await?;
        let bought = self.purchases(tx, &kept).await?;
        self.behaviour(tx, &kept, &linked).await?;
        Ok(bought)
    }

    /// Learns which names belong together. Comes out: anonymous ids that were given to customers.
    async fn names(&mut self, tx: &mut Tx, items: &[Item<'_>]) -> Result<Vec<(String, CustomerKey)>> {
        let mut linked = Vec::new();
        let mut identities: BTreeMap<String, Identity> = BTreeMap::new();
        for Item { event, row } in items {
            let Some(user) = event.user.as_deref() else { continue };
            if event.kind == EventKind::Alias {
                self.join(tx, event, row).await?;
            }
            let customer = self.people.key(user);
            let previous = event.other.as_deref().filter(|_| event.kind == EventKind::Alias);
            // An alias of an id that is no customer's is an anonymous id of before.
            let previous =
                previous.filter(|previous| !self.people.records.contains_key(&CustomerKey::new(previous)));
            for anonymous in [event.anonymous.as_deref(), previous].into_iter().flatten() {
                if anonymous == customer.as_str() || !self.people.link(anonymous, &customer) {
                    continue;
                }
                let identity = Identity {
                    kind: AliasKind::Anonymous,
                    alias: anonymous.to_owned(),
                    customer: customer.clone(),
                    source: self.source(row.key),
                    at: event.at,
                };
                identities.insert(anonymous.to_owned(), identity);
                linked.push((anonymous.to_owned(), customer.clone()));
            }
        }
        let identities: Vec<Identity> = identities.into_values().collect();
        tx.put_identities(&identities).await?;
        Ok(linked)
    }

    /// Joins two customers, where the key may.
    async fn join(&mut self, tx: &mut Tx, event: &Event<'_>, row: &InboxRow) -> Result<()> {
        let (Some(user), Some(previous)) = (event.user.as_deref(), event.other.as_deref()) else {
            return Ok(());
        };
        let (into, from) = (self.people.key(user), self.people.key(previous));
        if into == from {
            return Ok(());
        }
        // Everybody can read a key that stands in a page: it must not hand one customer's data to another.
        if self.is_public(row.key) {
            if self.people.records.contains_key(&from) {
                self.count(row.key, EventFate::NotJoined);
            }
            return Ok(());
        }
        let source = self.source(row.key);
        super::merge::join(self, tx, &from, &into, &source, event.at).await?;
        self.count(row.key, EventFate::Joined);
        Ok(())
    }

    /// Writes the counts, and one entry in the ledger for all of them.
    async fn finish(&mut self, tx: &mut Tx) -> Result<()> {
        let counts: Vec<(WriteKeyId, EventFate, i64)> =
            self.counts.iter().map(|((key, fate), n)| (*key, *fate, *n)).collect();
        tx.count_events(&counts, self.now).await?;
        let mut by_fate: BTreeMap<&str, i64> = BTreeMap::new();
        for (_, fate, n) in &counts {
            *by_fate.entry(fate.as_str()).or_default() += n;
        }
        let payload = serde_json::json!({ "events": by_fate });
        let entry = self.app.entry(self.actor.clone(), Action::EventsApplied, "store/events", payload);
        tx.append_entries(&[entry]).await?;
        Ok(())
    }
}
