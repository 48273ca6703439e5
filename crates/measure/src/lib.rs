//! The part of `measure` that tests use too: the proof that nobody is written to against the ledger.

pub mod proof;
