//! The use cases of Candor: what a person, a command or a job can ask for, as methods of [`App`].
//!
//! Goes in: rooms that each know one thing, wired here. Comes out: view structs, the same for pages and `--json`.
//! Deliberately absent: HTTP, HTML, command line, SQL, Parquet.
//!
//! Architecture invariant: the nine stages (`stages/`) never import each other; they meet in rows and enqueue the next
//! job. Nothing reads the clock but [`clock`].

pub mod access;
pub mod accountability;
mod app;
mod artifact;
pub mod audit;
mod backup;
pub mod brand;
mod campaigns;
pub mod clock;
pub mod consent;
mod customer_pages;
mod customers;
mod erase;
mod error;
pub mod events;
pub mod facts;
mod forecast;
pub mod guarding;
mod hand_over;
pub mod holdout;
pub mod home;
pub mod house;
mod in_flight;
mod jobs;
mod keyring;
mod last_calls;
mod lawful;
mod ledger;
pub mod links;
pub mod log;
pub mod long_term;
pub mod monitoring;
pub mod oversight;
mod password;
pub mod places;
mod press;
mod problem;
pub mod processing;
pub mod registry;
mod reports;
pub mod retention;
pub mod rights;
mod runner;
mod service;
mod sign_in;
mod snapshot;
mod stages;
mod today;
pub mod training;
pub mod views;
mod why;
mod workshop;

pub use app::{App, Opening};
pub use artifact::{Artifact, Lineage};
pub use backup::{BackedUp, Restored};
pub use brand::{Brand, HolidayRest, Topic};
pub use customer_pages::{OptOutSource, notice};
pub use erase::PlaceReceipt;
pub use error::{Error, Result};
pub use jobs::Work;
pub use problem::{Problem, ProblemKind, Unmade};
pub use reports::Reconciled;
pub use sign_in::{DemoSignIn, SignedIn};
pub use stages::ingest::{ResponseIn, TableImport, first_look};
pub use stages::learn::Lesson;
pub use stages::lifecycle::LifecycleSummary;
pub use stages::measure::Measured;
