//! The vocabulary of Candor: the nouns every other room speaks in.
//!
//! Goes in: nothing. Comes out: types with their invariants, closed states as enums, conversions to and from the
//! text that the store and the wire use. Deliberately absent: IO, clocks, randomness, async, any other room.
//!
//! Architecture invariant: this crate imports no other crate of the house, and nothing here reads the time.

mod text_enum;

pub mod approval;
pub mod campaign;
pub mod consent;
pub mod customer;
pub mod decision;
pub mod delivery;
pub mod erasure;
pub mod estimate;
pub mod event;
pub mod experiment;
pub mod fact;
pub mod fairness;
pub mod finding;
pub mod gate;
pub mod hash;
pub mod house;
pub mod ids;
pub mod ledger;
pub mod long_term;
pub mod message;
pub mod model;
pub mod money;
pub mod monitoring;
pub mod notice;
pub mod permission;
pub mod person;
pub mod preference;
pub mod processing;
pub mod profile;
pub mod rights;
pub mod service;
pub mod stage;
pub mod time;
pub mod training;

pub use text_enum::UnknownName;
