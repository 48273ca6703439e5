//! The parts of `measure` that tests use too: the training of learned cues, and the proof that
//! nobody is written to against the ledger.

pub mod cues;
pub mod proof;
