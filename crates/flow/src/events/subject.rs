//! Whose an event is: which customer, whether their data were erased, and whether they agreed to profiling.
//!
//! Goes in: the names that events carry. Comes out: what the store knows of them, read once for many events. Fails
//! closed: who is unknown has agreed to nothing.

use std::collections::{BTreeSet, HashMap, HashSet};

use store::Conn;
use store::consents::Said;
use store::identities::AliasKind;
use terms::customer::Customer;
use terms::event::EventKind;
use terms::ids::CustomerKey;

use super::meaning;
use super::parse::Event;
use crate::consent::record::profiling_states;
use crate::error::Result;

/// What is known of the people in some events.
#[derive(Default)]
pub(super) struct People {
    merged: HashMap<String, CustomerKey>,
    anonymous: HashMap<String, CustomerKey>,
    /// Contact records by key.
    pub(super) records: HashMap<CustomerKey, Customer>,
    erased: HashSet<CustomerKey>,
    erased_emails: HashSet<String>,
    agreed: HashSet<CustomerKey>,
    said: HashMap<CustomerKey, Vec<Said>>,
    /// Keys whose record was looked for, whether there is one or not.
    looked_for: HashSet<CustomerKey>,
}

impl People {
    /// Reads what is known of everybody who is named.
    pub(super) async fn read(conn: &mut Conn, events: &[&Event<'_>]) -> Result<Self> {
        let named = |of: fn(&Event<'_>) -> Option<String>| -> BTreeSet<String> {
            events.iter().filter_map(|event| of(event)).collect()
        };
        let users = named(|event| event.user.as_deref().map(str::to_owned));
        let others = named(|event| event.other.as_deref().map(str::to_owned));
        let anonymous = named(|event| event.anonymous.as_deref().map(str::to_owned));
        let mut people = Self::default();
        let keys: Vec<&str> = users.iter().chain(&others).map(String::as_str).collect();
        people.merged = conn.identities_named(AliasKind::Merged, &keys).await?;
        let devices: Vec<&str> = anonymous.iter().chain(&others).map(String::as_str).collect();
        people.anonymous = conn.identities_named(AliasKind::Anonymous, &devices).await?;
        let mut customers: BTreeSet<CustomerKey> =
            users.iter().chain(&others).map(|key| people.key(key)).collect();
        customers.extend(people.anonymous.values().cloned());
        // A name that was erased stays erased, also when it was given to another since.
        customers.extend(users.iter().chain(&others).map(CustomerKey::new));
        let customers: Vec<CustomerKey> = customers.into_iter().collect();
        for customer in conn.customers(&customers).await? {
            people.records.insert(customer.key.clone(), customer);
        }
        people.read_erased(conn, events, &customers).await?;
        people.looked_for.extend(customers);
        Ok(people)
    }

    /// Reads the records of those among these that were not looked for yet.
    pub(super) async fn read_records(
        &mut self,
        conn: &mut Conn,
        customers: &BTreeSet<CustomerKey>,
    ) -> Result<()> {
        let unknown =
            |key: &&CustomerKey| !self.records.contains_key(*key) && !self.looked_for.contains(*key);
        let unknown: Vec<CustomerKey> = customers.iter().filter(unknown).cloned().collect();
        for record in conn.customers(&unknown).await? {
            self.records.insert(record.key.clone(), record);
        }
        self.looked_for.extend(unknown);
        Ok(())
    }

    /// Reads what these customers said in their receipts.
    pub(super) async fn read_said(
        &mut self,
        conn: &mut Conn,
        customers: &BTreeSet<CustomerKey>,
    ) -> Result<()> {
        let customers: Vec<CustomerKey> = customers.iter().cloned().collect();
        self.said.clear();
        conn.consents_said(&customers).await?.into_iter().for_each(|said| self.add_said(said));
        Ok(())
    }

    /// Notes a receipt.
    pub(super) fn add_said(&mut self, said: Said) {
        self.said.entry(said.customer.clone()).or_default().push(said);
    }

    /// What a customer said in their receipts.
    pub(super) fn said(&self, customer: &CustomerKey) -> &[Said] {
        self.said.get(customer).map(Vec::as_slice).unwrap_or_default()
    }

    async fn read_erased(
        &mut self,
        conn: &mut Conn,
        events: &[&Event<'_>],
        customers: &[CustomerKey],
    ) -> Result<()> {
        let of = |event: &&Event<'_>| {
            (event.kind == EventKind::Identify).then(|| meaning::traits(event).email).flatten()
        };
        let emails: BTreeSet<String> = events.iter().filter_map(of).collect();
        let emails: Vec<&str> = emails.iter().map(String::as_str).collect();
        (self.erased, self.erased_emails) = conn.erased_among(customers, &emails).await?;
        Ok(())
    }

    /// Settles who agreed to profiling; after receipts of the same events were noted.
    pub(super) fn settle_agreed(&mut self) {
        let granted =
            profiling_states(self.said.values().flatten()).into_iter().filter(|(_, granted)| *granted);
        self.agreed = granted
            .map(|(customer, _)| customer)
            .filter(|key| !self.records.get(key).is_some_and(|record| record.restricted))
            .collect();
    }

    /// The key that counts for a userId.
    pub(super) fn key(&self, user: &str) -> CustomerKey {
        self.merged.get(user).cloned().unwrap_or_else(|| CustomerKey::new(user))
    }

    /// The customer an anonymous id belongs to.
    pub(super) fn of_anonymous(&self, anonymous: &str) -> Option<CustomerKey> {
        self.anonymous.get(anonymous).map(|key| self.key(key.as_str()))
    }

    /// Whose an event is, if that is known.
    pub(super) fn of(&self, event: &Event<'_>) -> Option<CustomerKey> {
        let user = event.user.as_deref().map(|user| self.key(user));
        user.or_else(|| event.anonymous.as_deref().and_then(|anonymous| self.of_anonymous(anonymous)))
    }

    /// True when an event is about somebody whose data were erased, by whichever name it carries.
    pub(super) fn is_erased(&self, event: &Event<'_>) -> bool {
        if self.erased.is_empty() && self.erased_emails.is_empty() {
            return false;
        }
        // A new record with the address of somebody who was erased would bring them back; only they can do that.
        if !self.erased_emails.is_empty()
            && event.kind == EventKind::Identify
            && meaning::traits(event).email.is_some_and(|email| self.erased_emails.contains(&email))
        {
            return true;
        }
        let names = [event.user.as_deref(), event.other.as_deref(), event.anonymous.as_deref()];
        names.into_iter().flatten().any(|name| self.erased.contains(&CustomerKey::new(name)))
            || self.of(event).is_some_and(|customer| self.erased.contains(&customer))
    }

    /// Whether a customer's behaviour may be kept.
    pub(super) fn agreed(&self, customer: &CustomerKey) -> bool {
        self.agreed.contains(customer)
    }

    /// Notes that an anonymous id belongs to a customer; true when that is new.
    pub(super) fn link(&mut self, anonymous: &str, customer: &CustomerKey) -> bool {
        self.anonymous.insert(anonymous.to_owned(), customer.clone()).as_ref() != Some(customer)
    }

    /// Notes that one key is another's.
    pub(super) fn join(&mut self, from: &CustomerKey, into: &CustomerKey) {
        for key in self.merged.values_mut().chain(self.anonymous.values_mut()).filter(|key| *key == from) {
            *key = into.clone();
        }
        self.merged.insert(from.to_string(), into.clone());
    }
}
