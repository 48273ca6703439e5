//! The guard as its callers see it: fixtures, examples of the rule book, honest copy, invariants, mails of a real
//! small model.

#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

mod corpus;
mod cues;
mod desk;
mod examples;
mod fixtures;
mod honest;
mod house;
mod invariants;
mod mails;
mod renderings;
mod sentences;
mod speed;
