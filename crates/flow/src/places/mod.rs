//! Every place where personal data of customers live: one list, read by access requests, erasure, retention and the
//! record of processing.
//!
//! Goes in: a customer ([`Who`]). Comes out: what a place holds of them, or how much of it was erased. Architecture
//! invariant: a table, file or cache with data of a customer is in [`PLACES`]; tests hold the list against the schema
//! and against the bytes that a whole run leaves behind.
//!
//! Adding a place: a table is one line in `store::places::TABLES` and one here; anything else is a [`Kept`] variant
//! with its reading and erasing in a file of its own beside this one.

mod files;
mod rejects;

pub(crate) use files::blocking;

use serde_json::Value;
use store::places::MessageOf;
use terms::ids::CustomerKey;
use terms::processing::DataCategory as Data;
use terms::processing::{DataCategory, Ground, ProcessingPurpose, RetentionKind};

use crate::app::App;
use crate::error::{Error, Result};

use ProcessingPurpose as For;

/// Where and how a place keeps what it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Rows of a table, listed in `store::places::TABLES`.
    Table(&'static str),
    /// Parquet files by customer.
    Lake,
    /// Copies of messages as `.eml` files.
    Outbox,
    /// Files with rows that imports could not take.
    Rejects,
    /// Archives and lists made on request.
    Exports,
    /// Memory of the running program; gone with the next snapshot.
    Memory,
    /// Nothing of customers, with the reason in words; listed because one could think there was.
    Nothing(&'static str),
}

/// A place where data of customers live.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Its name in receipts, archives and the record of processing.
    pub name: &'static str,
    /// How it is kept.
    pub kept: Kept,
    /// Which data.
    pub categories: &'static [DataCategory],
    /// What for.
    pub purposes: &'static [ProcessingPurpose],
    /// On which grounds.
    pub grounds: &'static [Ground],
    /// Which period ends it; `None` for what ends with its customer.
    pub retention: Option<RetentionKind>,
}

/// Every place, in the order in which erasure goes through them: files first, because the rows say which files are a
/// customer's; then the tables, in one transaction, in the order of `store::places::TABLES`.
pub const PLACES: &[Place] = &[
    Place {
        name: "outbox",
        kept: Kept::Outbox,
        categories: &[Data::Message, Data::Contact, Data::Identity],
        purposes: &[For::Marketing, For::Accountability],
        grounds: &[Ground::Consent, Ground::SoftOptIn],
        retention: Some(RetentionKind::MessageCopies),
    },
    Place {
        name: "rejects",
        kept: Kept::Rejects,
        categories: &[Data::Identity, Data::Contact, Data::Purchase, Data::Consent],
        purposes: &[For::DataQuality],
        grounds: &[Ground::LegitimateInterest],
        retention: Some(RetentionKind::Rejects),
    },
    Place {
        name: "exports",
        kept: Kept::Exports,
        categories: &[Data::Identity, Data::Contact, Data::Rights],
        purposes: &[For::Rights],
        grounds: &[Ground::LegalObligation],
        retention: Some(RetentionKind::Exports),
    },
    Place {
        name: "lake.purchases",
        kept: Kept::Lake,
        categories: &[Data::Purchase],
        purposes: &[For::Profiling, For::Measurement],
        grounds: &[Ground::Consent, Ground::LegitimateInterest],
        retention: Some(RetentionKind::Purchases),
    },
    Place {
        name: "memory.snapshot",
        kept: Kept::Memory,
        categories: &[Data::Identity, Data::Contact, Data::Place, Data::Profile],
        purposes: &[For::Profiling, For::Marketing],
        grounds: &[Ground::Consent, Ground::LegitimateInterest],
        retention: None,
    },
    Place {
        name: "store.ledger_payloads",
        kept: Kept::Table("ledger_payloads"),
        categories: &[Data::Log],
        purposes: &[For::Accountability],
        grounds: &[Ground::LegalObligation],
        retention: None,
    },
    Place {
        name: "store.responses",
        kept: Kept::Table("responses"),
        categories: &[Data::Response],
        purposes: &[For::Measurement],
        grounds: &[Ground::Consent],
        retention: Some(RetentionKind::Responses),
    },
    Place {
        name: "store.deliveries",
        kept: Kept::Table("deliveries"),
        categories: &[Data::Message, Data::Profile],
        purposes: &[For::Marketing, For::Measurement, For::Accountability],
        grounds: &[Ground::Consent, Ground::SoftOptIn],
        retention: Some(RetentionKind::Messages),
    },
    Place {
        name: "store.consents",
        kept: Kept::Table("consents"),
        categories: &[Data::Consent],
        purposes: &[For::Accountability],
        grounds: &[Ground::LegalObligation],
        retention: Some(RetentionKind::ConsentReceipts),
    },
    Place {
        name: "store.preferences",
        kept: Kept::Table("preferences"),
        categories: &[Data::Preference],
        purposes: &[For::Marketing, For::Rights],
        grounds: &[Ground::Consent],
        retention: None,
    },
    Place {
        name: "store.sign_ups",
        kept: Kept::Table("sign_ups"),
        categories: &[Data::Contact, Data::Consent],
        purposes: &[For::Accountability, For::Marketing],
        grounds: &[Ground::Consent],
        retention: Some(RetentionKind::Links),
    },
    Place {
        name: "store.service_mails",
        kept: Kept::Table("service_mails"),
        categories: &[Data::Message],
        purposes: &[For::Rights],
        grounds: &[Ground::LegalObligation],
        retention: Some(RetentionKind::Messages),
    },
    Place {
        name: "store.rights_requests",
        kept: Kept::Table("rights_requests"),
        categories: &[Data::Rights, Data::Contact],
        purposes: &[For::Rights, For::Accountability],
        grounds: &[Ground::LegalObligation],
        retention: Some(RetentionKind::RightsRequests),
    },
    Place {
        name: "store.customer_links",
        kept: Kept::Table("customer_links"),
        categories: &[Data::Rights],
        purposes: &[For::Rights],
        grounds: &[Ground::LegalObligation],
        retention: Some(RetentionKind::Links),
    },
    Place {
        name: "store.events",
        kept: Kept::Table("events"),
        categories: &[Data::Behaviour],
        purposes: &[For::Profiling],
        grounds: &[Ground::Consent],
        retention: Some(RetentionKind::Events),
    },
    Place {
        name: "store.event_purchases",
        kept: Kept::Table("event_purchases"),
        categories: &[Data::Purchase],
        purposes: &[For::Profiling, For::Measurement],
        grounds: &[Ground::Consent, Ground::LegitimateInterest],
        retention: Some(RetentionKind::Purchases),
    },
    Place {
        name: "store.trait_sources",
        kept: Kept::Table("trait_sources"),
        categories: &[Data::Identity],
        purposes: &[For::DataQuality],
        grounds: &[Ground::LegitimateInterest],
        retention: None,
    },
    Place {
        name: "store.identities",
        kept: Kept::Table("identities"),
        categories: &[Data::Identity],
        purposes: &[For::Profiling],
        grounds: &[Ground::LegitimateInterest],
        retention: None,
    },
    Place {
        name: "store.vault",
        kept: Kept::Table("vault"),
        categories: &[Data::Sensitive],
        purposes: &[For::Fairness],
        grounds: &[Ground::Consent],
        retention: None,
    },
    Place {
        name: "store.vault_keys",
        kept: Kept::Table("vault_keys"),
        categories: &[Data::Sensitive],
        purposes: &[For::Fairness],
        grounds: &[Ground::Consent],
        retention: None,
    },
    Place {
        name: "store.customers",
        kept: Kept::Table("customers"),
        categories: &[Data::Identity, Data::Contact, Data::Place],
        purposes: &[For::Marketing, For::Profiling],
        grounds: &[Ground::Consent, Ground::SoftOptIn, Ground::LegitimateInterest],
        retention: Some(RetentionKind::InactiveCustomers),
    },
    Place {
        name: "models",
        kept: Kept::Nothing("coefficients fitted over everybody, with counts and days; no row of a customer"),
        categories: &[],
        purposes: &[For::Profiling],
        grounds: &[Ground::Consent],
        retention: None,
    },
    Place {
        name: "store.suppressions",
        kept: Kept::Nothing("keyed hashes of addresses, kept so that an opt-out outlives erasure"),
        categories: &[],
        purposes: &[For::Accountability],
        grounds: &[Ground::LegalObligation],
        retention: None,
    },
    Place {
        name: "store.tombstones",
        kept: Kept::Nothing("keyed hashes of keys and addresses, kept so that nobody is taken in again"),
        categories: &[],
        purposes: &[For::Accountability],
        grounds: &[Ground::LegalObligation],
        retention: None,
    },
    Place {
        name: "logs",
        kept: Kept::Nothing(
            "never a key, an address or a text of a message; a test reads the log of a whole run",
        ),
        categories: &[],
        purposes: &[],
        grounds: &[],
        retention: None,
    },
];

/// A customer as places look for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Key.
    pub key: CustomerKey,
    /// Address, when there is one.
    pub email: Option<String>,
    /// Messages to them, by which copies are named.
    pub messages: Vec<MessageOf>,
    /// Service mails to them, likewise.
    pub service: Vec<i64>,
}

impl Who {
    /// What the store knows of a customer that is needed to find the rest. Somebody without a contact record, such as
    /// a buyer without an address, is found too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(app: &App, key: &CustomerKey) -> Result<Self> {
        let mut conn = app.store().read().await?;
        let email =
            conn.customers(std::slice::from_ref(key)).await?.pop().and_then(|customer| customer.email);
        let messages = conn.messages_to(key).await?;
        let service = conn.service_mails_to(key, email.as_deref()).await?;
        Ok(Self { key: key.clone(), email, messages, service })
    }
}

/// What a place holds of a customer.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ArchivePart {
    /// Name of the place.
    pub place: &'static str,
    /// Which data they are.
    pub categories: &'static [DataCategory],
    /// What they are processed for.
    pub purposes: &'static [ProcessingPurpose],
    /// Everything, one value a row or file.
    pub rows: Vec<Value>,
}

/// Everything that is known of a customer, from a fresh scan of all places.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Archive {
    /// Whose.
    pub customer: CustomerKey,
    /// When it was made.
    pub made_at: terms::time::Instant,
    /// By place, in the order of [`PLACES`]; places that hold nothing of them are there too, empty.
    pub parts: Vec<ArchivePart>,
}

impl Archive {
    /// Rows and files in all.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.parts.iter().map(|part| part.rows.len()).sum()
    }
}

impl Place {
    /// The table's description, for a place that is one.
    pub(crate) fn table(&self) -> Result<Option<&'static store::places::Table>> {
        let Kept::Table(name) = self.kept else { return Ok(None) };
        let found = store::places::TABLES.iter().find(|table| table.name == name);
        found.map(Some).ok_or_else(|| Error::Internal(format!("the place `{}` names no table", self.name)))
    }

    /// Whether it can hold anything of a customer.
    #[must_use]
    pub const fn is_personal(&self) -> bool {
        !matches!(self.kept, Kept::Nothing(_))
    }

    /// Everything it holds of a customer, read afresh.
    ///
    /// # Errors
    /// When it cannot be read: what cannot be read is not reported as nothing.
    pub async fn read(&self, app: &App, who: &Who) -> Result<Vec<Value>> {
        match self.kept {
            // In clear: sealed values would be no answer to who asks for their own.
            Kept::Table("vault") => app.vault_of(&who.key).await,
            Kept::Table(_) => {
                let Some(table) = self.table()? else { return Ok(Vec::new()) };
                let rows = app.store().rows_of(table, &who.key, who.email.as_deref()).await?;
                Ok(rows.into_iter().map(Value::Object).collect())
            }
            Kept::Lake => files::purchases(app, &who.key).await,
            Kept::Outbox => files::outbox(app, who).await,
            Kept::Rejects => rejects::read(app, who).await,
            Kept::Exports => files::exports(app, who).await,
            // What the snapshot holds is computed from the other places; it is dropped, and made again without them.
            Kept::Memory | Kept::Nothing(_) => Ok(Vec::new()),
        }
    }

    /// Erases what it holds outside of the store of a customer; doing it again erases nothing more. Tables are erased
    /// together, see `App::erase_customer`. Comes out: rows or files erased.
    ///
    /// # Errors
    /// When the place refuses.
    pub(crate) async fn erase_outside(&self, app: &App, who: &Who) -> Result<u64> {
        match self.kept {
            Kept::Lake => files::erase_purchases(app, &who.key).await,
            Kept::Outbox => files::erase_outbox(app, who).await,
            Kept::Rejects => rejects::erase(app, who).await,
            Kept::Exports => files::erase_exports(app, who).await,
            Kept::Memory => Ok(u64::from(app.forget_snapshot()?)),
            Kept::Table(_) | Kept::Nothing(_) => Ok(0),
        }
    }
}

impl App {
    /// Everything that is known of a customer, by place, from a fresh scan of all stores.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nothing is known; any place that cannot be read fails the whole.
    pub async fn archive_of(&self, key: &CustomerKey) -> Result<Archive> {
        let archive = self.scan(key).await?;
        if archive.rows() == 0 { Err(Error::NotFound) } else { Ok(archive) }
    }

    /// The same, also when nothing is known.
    ///
    /// # Errors
    /// When a place cannot be read.
    pub async fn scan(&self, key: &CustomerKey) -> Result<Archive> {
        let who = Who::find(self, key).await?;
        let mut parts = Vec::new();
        for place in PLACES.iter().filter(|place| place.is_personal()) {
            let rows = place.read(self, &who).await?;
            parts.push(ArchivePart {
                place: place.name,
                categories: place.categories,
                purposes: place.purposes,
                rows,
            });
        }
        Ok(Archive { customer: key.clone(), made_at: self.now(), parts })
    }

    /// Drops the snapshot of all customers from memory; the next who asks makes it anew. Returns whether there was one.
    pub(crate) fn forget_snapshot(&self) -> Result<bool> {
        let mut slot =
            self.snapshot_slot().write().map_err(|_| Error::Internal("the snapshot's lock".to_owned()))?;
        Ok(slot.take().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_with_data_of_customers_is_a_place() {
        for table in store::places::TABLES {
            let places = PLACES.iter().filter(|place| place.kept == Kept::Table(table.name)).count();
            assert_eq!(places, 1, "`{}` is not exactly one place", table.name);
        }
        for place in PLACES {
            assert!(place.table().is_ok(), "{}", place.name);
            assert_eq!(place.is_personal(), !place.categories.is_empty(), "{}", place.name);
        }
    }

    #[test]
    fn places_have_names_of_their_own() {
        let names: std::collections::BTreeSet<_> = PLACES.iter().map(|place| place.name).collect();
        assert_eq!(names.len(), PLACES.len());
    }
}
