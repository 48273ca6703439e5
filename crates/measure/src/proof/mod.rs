//! What shows that nobody is written to against the ledger: a second implementation of the rules (`oracle`), a seeded
//! simulation of everything that sends (`simulation`), and withdrawals that race a live campaign (`race`).
//!
//! Goes in: seeds and counts. Comes out: violations, each with what replays it. It uses the product as it is; where a
//! test plants a defect, it does so in the wiring here.

pub mod acts;
pub mod channel;
pub mod checks;
pub mod defect;
pub mod gate;
pub mod oracle;
pub mod race;
pub mod simulation;
pub mod template;
mod turns;
pub mod world;

/// Why a simulation could not be run; a violation is no failure.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A use case failed where it must not.
    #[error(transparent)]
    Flow(#[from] flow::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Files failed.
    #[error("the simulation's files: {0}")]
    File(#[from] std::io::Error),
    /// Something else, in words.
    #[error("{0}")]
    Other(String),
}

/// A result of this module.
pub type Result<T> = std::result::Result<T, Failure>;
