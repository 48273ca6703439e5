//! Uses what waits in the inbox: a few requests a transaction, which takes them out of the inbox and holds all of
//! their effects.
//!
//! Goes in: requests, oldest first. Comes out: contact records, names, consent receipts, purchases that wait for the
//! lake, answers to our messages, behaviour of those who agreed. What is not kept is counted by reason. The order of
//! arrival does not matter: everything that can be older than what is known carries its own time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use store::Tx;
use store::events::{EventPurchase, InboxRow, KeptEvent};
use store::identities::{AliasKind, Identity, TraitSource};
use store::write_keys::WriteKey;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::{Customer, Language};
use terms::delivery::ResponseKind;
use terms::event::{EventFate, EventKind, KeyScope};
use terms::ids::{CustomerKey, MessageId, WriteKeyId};
use terms::ledger::Action;
use terms::money::Currency;
use terms::person::Actor;
use terms::time::Instant;

use super::meaning::{self, Traits};
use super::parse::Event;
use super::settings::EventSettings;
use super::subject::People;
use crate::app::App;
use crate::error::Result;
use crate::jobs::Work;

/// Requests of one transaction, at most.
const REQUESTS: i64 = 48;
/// Events of one transaction, about.
const EVENTS: i64 = 3_000;
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
            let pause = match self.apply_events().await {
                Ok(n) if n > 0 => continue,
                Ok(_) => LOOK,
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
        let events: Vec<Event<'_>> = items.iter().map(|item| item.event.clone()).collect();
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

    /// Writes contact records, field by field, each only where it is newer than what is known.
    async fn records(&mut self, tx: &mut Tx, items: &[Item<'_>]) -> Result<()> {
        let mut said: BTreeMap<CustomerKey, Vec<(Traits, Instant, &InboxRow)>> = BTreeMap::new();
        for Item { event, row } in items {
            let own = event.kind == EventKind::Identify;
            let Some(customer) = event.user.as_deref().map(|user| self.people.key(user)) else { continue };
            if own {
                said.entry(customer).or_default().push((meaning::traits(event), event.at, row));
            }
        }
        if said.is_empty() {
            return Ok(());
        }
        let keys: Vec<CustomerKey> = said.keys().cloned().collect();
        let mut times: HashMap<(CustomerKey, String), Instant> = tx
            .trait_sources(&keys)
            .await?
            .into_iter()
            .map(|known| ((known.customer, known.field), known.at))
            .collect();
        let (mut records, mut sources) = (Vec::new(), BTreeMap::new());
        for (key, mut each) in said {
            each.sort_by_key(|(_, at, _)| *at);
            let known = self.people.records.get(&key).cloned();
            let mut record = known.clone().unwrap_or_else(|| Customer {
                key: key.clone(),
                email: None,
                first_name: None,
                locale: String::new(),
                country: None,
                time_zone: None,
                known_since: each.first().map_or(self.now, |(_, at, _)| *at),
                restricted: false,
            });
            for (traits, at, row) in each {
                let source = self.source(row.key);
                let public = self.is_public(row.key);
                let mut newer = |field: &str| {
                    let place = (key.clone(), field.to_owned());
                    if times.get(&place).is_some_and(|known| *known > at) {
                        return false;
                    }
                    times.insert(place.clone(), at);
                    sources.insert(place, (source.clone(), at));
                    true
                };
                let mut changed = known.is_none();
                let mut set = |slot: &mut Option<String>, value: Option<String>, field: &str| {
                    if let Some(value) = value
                        && newer(field)
                    {
                        *slot = Some(value);
                        changed = true;
                    }
                };
                // With a key that everybody can read nobody's mail is sent elsewhere.
                if !(public && record.email.is_some()) {
                    set(&mut record.email, traits.email, "email");
                }
                set(&mut record.first_name, traits.first_name, "first_name");
                let mut locale = Some(std::mem::take(&mut record.locale));
                set(&mut locale, traits.locale, "locale");
                record.locale = locale.unwrap_or_default();
                set(&mut record.country, traits.country, "country");
                set(&mut record.time_zone, traits.time_zone, "time_zone");
                if let Some(created) = traits.created_at.filter(|created| *created < record.known_since) {
                    record.known_since = created;
                    changed = true;
                }
                self.count(row.key, if changed { EventFate::Record } else { EventFate::Outdated });
            }
            records.push(record);
        }
        tx.put_customers(&records).await?;
        for record in records {
            self.people.records.insert(record.key.clone(), record);
        }
        let sources: Vec<TraitSource> = sources
            .into_iter()
            .map(|((customer, field), (source, at))| TraitSource { customer, field, source, at })
            .collect();
        tx.put_trait_sources(&sources).await?;
        Ok(())
    }

    /// Writes receipts for what consent categories and privacy signals change.
    async fn receipts(&mut self, tx: &mut Tx, items: &[Item<'_>]) -> Result<()> {
        let mut wishes: BTreeMap<CustomerKey, Vec<(Purpose, bool, Instant, &InboxRow)>> = BTreeMap::new();
        for Item { event, row } in items {
            let Some(customer) = self.people.of(event) else { continue };
            // Agreement needs the customer's own name; a refusal also counts on a device that was theirs.
            let named = event.user.is_some();
            for (category, yes) in event.consent.map(meaning::categories).unwrap_or_default() {
                let Some(purposes) = self.settings.purposes(&category).map(<[Purpose]>::to_vec) else {
                    self.count(row.key, EventFate::UnknownCategory);
                    continue;
                };
                let may = self.keys.get(&row.key).is_some_and(|key| key.may(KeyScope::Consents));
                if yes && !(may && named) {
                    self.count(row.key, EventFate::NoScope);
                    continue;
                }
                for purpose in purposes {
                    let no_signal = purpose != Purpose::Sharing || !event.gpc;
                    if no_signal || !yes {
                        wishes.entry(customer.clone()).or_default().push((purpose, yes, event.at, row));
                    }
                }
            }
            if event.gpc {
                wishes.entry(customer).or_default().push((Purpose::Sharing, false, event.at, row));
            }
        }
        let mut receipts = Vec::new();
        for (customer, mut wishes) in wishes {
            wishes.sort_by_key(|(_, yes, at, _)| (*at, *yes));
            let mut history = tx.consent_history(&customer).await?;
            for (purpose, yes, at, row) in wishes {
                let channels =
                    if purpose == Purpose::Marketing && !yes { Channel::ALL } else { &[Channel::Email] };
                for channel in channels {
                    let Some(status) = change(&history, purpose, *channel, yes, at) else { continue };
                    let receipt = self.receipt(&customer, (purpose, *channel, status), at, row);
                    self.count(row.key, EventFate::Receipt);
                    history.push(receipt.clone());
                    receipts.push(receipt);
                }
            }
        }
        if !receipts.is_empty() {
            let new = self.app.record_consents_in(tx, &receipts, self.actor.clone()).await?;
            self.withdrawn.extend(new);
        }
        Ok(())
    }

    fn receipt(
        &self,
        customer: &CustomerKey,
        (purpose, channel, status): (Purpose, Channel, ConsentStatus),
        at: Instant,
        row: &InboxRow,
    ) -> ConsentReceipt {
        let record = self.people.records.get(customer);
        ConsentReceipt {
            customer: customer.clone(),
            purpose,
            channel,
            status,
            basis: LawfulBasis::Consent,
            notice_version: "consent-manager".to_owned(),
            notice_hash: String::new(),
            language: record.map_or(Language::English, Customer::language),
            source: self.source(row.key),
            proof: format!("request/{}", row.id),
            at,
        }
    }

    /// Records answers to our messages, and lets an opt-out or a complaint work at once.
    async fn answers(&mut self, tx: &mut Tx, items: &[Item<'_>]) -> Result<()> {
        for Item { event, row } in items {
            let Some(kind) =
                event.name.as_deref().filter(|_| event.kind == EventKind::Track).and_then(meaning::answer)
            else {
                continue;
            };
            let customer = self.people.of(event);
            let known = customer.as_ref().and_then(|key| self.people.records.get(key)).cloned();
            let email = known.as_ref().and_then(|known| known.email.clone());
            let reason = match kind {
                ResponseKind::OptedOut => Some(SuppressionReason::Unsubscribed),
                ResponseKind::Complained => Some(SuppressionReason::Complaint),
                ResponseKind::Bounced => Some(SuppressionReason::HardBounce),
                _ => None,
            };
            let source = self.source(row.key);
            let mut used = false;
            if let Some(reason) = reason {
                let named = meaning::traits(event).email;
                for address in [email.as_deref(), named.as_deref()] {
                    tx.suppress(
                        customer.as_ref().filter(|_| kind != ResponseKind::Bounced),
                        address,
                        reason,
                        &source,
                        event.at,
                    )
                    .await?;
                }
                used = customer.is_some() || named.is_some();
            }
            if let Some(customer) = customer
                .as_ref()
                .filter(|_| matches!(kind, ResponseKind::OptedOut | ResponseKind::Complained))
            {
                let withdrawn: Vec<ConsentReceipt> = Channel::ALL
                    .iter()
                    .filter(|channel| **channel == Channel::Email)
                    .map(|channel| {
                        self.receipt(
                            customer,
                            (Purpose::Marketing, *channel, ConsentStatus::Withdrawn),
                            event.at,
                            row,
                        )
                    })
                    .collect();
                let new = self.app.record_consents_in(tx, &withdrawn, self.actor.clone()).await?;
                self.withdrawn.extend(new);
            }
            if let Some(message) = self.message(tx, event, customer.as_ref(), kind).await? {
                tx.add_responses(&[(message, kind, event.at)]).await?;
                used = true;
            }
            self.count(row.key, if used { EventFate::Answer } else { EventFate::NoMessage });
        }
        Ok(())
    }

    /// The message an answer is about, when it is ours and this customer's. Opens and clicks count only for those who
    /// allow measuring.
    async fn message(
        &self,
        tx: &mut Tx,
        event: &Event<'_>,
        customer: Option<&CustomerKey>,
        kind: ResponseKind,
    ) -> Result<Option<MessageId>> {
        let (Some(id), Some(customer)) = (meaning::message(event.data), customer) else { return Ok(None) };
        let message = match tx.message(MessageId(id)).await {
            Ok(message) => message,
            Err(store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if self.people.key(message.customer.as_str()) != *customer || message.state.is_none() {
            return Ok(None);
        }
        if matches!(kind, ResponseKind::Opened | ResponseKind::Clicked) {
            let state = tx.consent_at(customer, Purpose::Measurement, Channel::Email, self.now).await?;
            if state.is_none_or(|receipt| receipt.status != ConsentStatus::Granted) {
                return Ok(None);
            }
        }
        Ok(Some(MessageId(id)))
    }

    /// Puts orders and what was given back on their way to the lake: the contract needs them, whatever was agreed.
    async fn purchases(&mut self, tx: &mut Tx, items: &[Item<'_>]) -> Result<bool> {
        let hasher = self.app.event_hasher()?;
        let mut orders = Vec::new();
        for Item { event, row } in items {
            let Some(sign) = order_sign(event) else { continue };
            let order = meaning::order(event.data, self.currency);
            let customer = self.people.of(event);
            if customer.is_none() && event.anonymous.is_none() {
                self.count(row.key, EventFate::Nobody);
                continue;
            }
            if !order.our_currency {
                self.count(row.key, EventFate::OtherCurrency);
                continue;
            }
            let Some(minor) = order.minor else {
                self.count(row.key, EventFate::NoAmount);
                continue;
            };
            let hash = (sign > 0 && !order.number.is_empty()).then(|| hasher.order(&order.number));
            let purchase = EventPurchase {
                id: 0,
                customer,
                anonymous: event.anonymous.as_deref().map(str::to_owned),
                at: event.at,
                minor: sign * minor,
                order: order.number,
                received_at: row.received_at,
                source: self.source(row.key),
            };
            orders.push((hash, purchase, row.key));
        }
        if orders.is_empty() {
            return Ok(false);
        }
        // A page that says thank you and is loaded again reports its order again.
        let mut hashes: Vec<_> = orders.iter().filter_map(|(hash, ..)| *hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let mut seen = tx.seen_events(&hashes).await?;
        hashes.retain(|hash| !seen.contains(hash));
        tx.add_event_ids(&hashes, i64::from(self.now.day().0)).await?;
        let mut new = Vec::with_capacity(orders.len());
        for (hash, purchase, key) in orders {
            if hash.is_some_and(|hash| !seen.insert(hash)) {
                self.count(key, EventFate::RepeatedOrder);
                continue;
            }
            self.count(key, if purchase.minor < 0 { EventFate::Return } else { EventFate::Purchase });
            new.push(purchase);
        }
        tx.add_event_purchases(&new).await?;
        Ok(!new.is_empty())
    }

    /// Keeps behaviour of those who agreed to profiling, and of nobody else.
    async fn behaviour(
        &mut self,
        tx: &mut Tx,
        items: &[Item<'_>],
        linked: &[(String, CustomerKey)],
    ) -> Result<()> {
        let mut customers: BTreeSet<CustomerKey> =
            items.iter().filter_map(|item| self.people.of(&item.event)).collect();
        customers.extend(linked.iter().map(|(_, customer)| customer.clone()));
        let unknown: Vec<CustomerKey> =
            customers.iter().filter(|key| !self.people.records.contains_key(*key)).cloned().collect();
        for record in tx.customers(&unknown).await? {
            self.people.records.insert(record.key.clone(), record);
        }
        self.people.read_agreed(tx, &customers).await?;
        for (anonymous, customer) in linked {
            tx.give_events(anonymous, customer).await?;
            if !self.people.agreed(customer) {
                tx.delete_events_of(customer).await?;
            }
        }
        let mut kept = Vec::new();
        for Item { event, row } in items {
            if !is_behaviour(event) {
                continue;
            }
            let customer = self.people.of(event);
            let fate = match &customer {
                Some(customer) if self.people.records.get(customer).is_some_and(|known| known.restricted) => {
                    EventFate::Restricted
                }
                Some(customer) if self.people.agreed(customer) => EventFate::Kept,
                None if event.anonymous.is_none() => EventFate::Nobody,
                None if self.device_agrees(event) => EventFate::Kept,
                _ => EventFate::NoProfiling,
            };
            self.count(row.key, fate);
            if fate == EventFate::Kept {
                kept.push(KeptEvent {
                    kind: event.kind,
                    name: event.name.as_deref().unwrap_or_default().to_owned(),
                    customer,
                    anonymous: event.anonymous.as_deref().map(str::to_owned),
                    properties: event.data.map_or_else(|| "{}".to_owned(), |data| data.get().to_owned()),
                    at: event.at,
                    received_at: row.received_at,
                    source: self.source(row.key),
                });
            }
        }
        tx.add_events(&kept).await?;
        Ok(())
    }

    /// Whether an event nobody's name is on says itself that profiling was agreed to.
    fn device_agrees(&self, event: &Event<'_>) -> bool {
        let mut agreed = false;
        for (category, yes) in event.consent.map(meaning::categories).unwrap_or_default() {
            if self
                .settings
                .purposes(&category)
                .is_some_and(|purposes| purposes.contains(&Purpose::Profiling))
            {
                if !yes {
                    return false;
                }
                agreed = true;
            }
        }
        agreed
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

/// 1 for an order, -1 for what was given back.
fn order_sign(event: &Event<'_>) -> Option<i64> {
    match event.name.as_deref().filter(|_| event.kind == EventKind::Track)? {
        "Order Completed" => Some(1),
        "Order Refunded" => Some(-1),
        _ => None,
    }
}

/// Whether an event is behaviour: neither a record nor a name, and neither an order nor an answer.
fn is_behaviour(event: &Event<'_>) -> bool {
    match event.kind {
        EventKind::Identify | EventKind::Alias => false,
        EventKind::Track => {
            order_sign(event).is_none() && event.name.as_deref().and_then(meaning::answer).is_none()
        }
        EventKind::Page | EventKind::Screen | EventKind::Group => true,
    }
}

/// What a wish changes at its own time: nothing when the receipt that holds then says so already.
fn change(
    history: &[ConsentReceipt],
    purpose: Purpose,
    channel: Channel,
    yes: bool,
    at: Instant,
) -> Option<ConsentStatus> {
    let counts = |receipt: &&ConsentReceipt| {
        receipt.purpose == purpose
            && (purpose != Purpose::Marketing || receipt.channel == channel)
            && receipt.at <= at
    };
    let rank = |receipt: &&ConsentReceipt| (receipt.at, receipt.status != ConsentStatus::Granted);
    let holds = history.iter().filter(counts).max_by_key(rank).map(|receipt| receipt.status);
    match (yes, holds) {
        (true, Some(ConsentStatus::Granted))
        | (false, Some(ConsentStatus::Denied | ConsentStatus::Withdrawn)) => None,
        (true, _) => Some(ConsentStatus::Granted),
        (false, Some(ConsentStatus::Granted)) => Some(ConsentStatus::Withdrawn),
        (false, None) => Some(ConsentStatus::Denied),
    }
}
