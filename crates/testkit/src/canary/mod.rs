//! Canaries: made-up customers whose every text field holds a word that stands nowhere else, planted through the ways
//! real data comes in, so that what is left of somebody erased can be searched for byte by byte.
//!
//! Goes in: a [`TestApp`] and a number of subjects. Comes out: [`Subject`]s with all their words, and a [`Scan`] of every
//! file of the home (and of every table of a PostgreSQL) for every form a word can take.

mod plant;
mod proof;
mod scan;

pub use plant::{Subject, late, plant};
pub use proof::{Proof, prove};
pub use scan::{Hit, Scan, postgres, scan};
