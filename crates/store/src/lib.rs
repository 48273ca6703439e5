//! All SQL of Candor: people, customers, consents, campaigns, outbox, jobs, registry and ledger, on SQLite by default
//! and on PostgreSQL by URL, with one text for both.
//!
//! Goes in: types of the vocabulary. Comes out: the same types, or an [`Error`] that says what to do next. Reads are
//! methods of [`Store`], [`Conn`] and [`Tx`]; writes of [`Tx`] and [`Store`] (a transaction of their own). Statements
//! stand in `queries/<noun>.sql`, the schema with its state machines in `migrations/`.
//!
//! Architecture invariants: no rule of the business is decided here, but those that must hold even for somebody with
//! a database client (four eyes, moves of the state machines, append-only records) are enforced by the schema.
//! Nothing here reads the clock. Identifiers come from the `counters` table inside the write transaction.

mod error;
mod migrate;
mod open;
mod readers;
mod sql;

pub mod approvals;
pub mod breaches;
pub mod campaigns;
pub mod consents;
pub mod contacts;
pub mod copy;
pub mod customers;
pub mod deliveries;
pub mod erasures;
pub mod events;
pub mod facts;
pub mod fairness;
pub mod guard_readings;
pub mod guard_samples;
pub mod holdout;
pub mod house;
pub mod identities;
pub mod intake;
pub mod jobs;
pub mod ledger;
pub mod links;
pub mod long_term;
pub mod measurements;
pub mod models;
pub mod notices;
pub mod outbox;
pub mod oversight;
pub mod people;
pub mod places;
pub mod preferences;
pub mod recipients;
pub mod responses;
pub mod retention;
pub mod rights;
pub mod service_mails;
pub mod sessions;
pub mod settings;
pub mod sign_ups;
pub mod suppressions;
pub mod tombstones;
pub mod training;
pub mod turnstile;
pub mod vault;
pub mod witnesses;
pub mod write_keys;

pub use error::{Error, Result};
pub use open::{Conn, Kind, Store, Tx};
