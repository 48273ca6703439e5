//! The store on real databases: every test runs on SQLite, and on PostgreSQL too when `CANDOR_TEST_POSTGRES` is the
//! URL of a server on which databases may be created. Nothing is mocked.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends with the first thing that fails"
)]

mod campaigns;
mod consent;
mod databases;
mod events;
mod house;
mod jobs;
mod ledger;
mod models;
mod outbox;
mod readers;
mod records;
mod rights;
mod speed;
mod training;
