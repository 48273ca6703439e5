//! How well the guard works: its decisions, what people let pass and what customers answered, counted by rule; samples
//! for people to judge; and the rate of unsupported statements before and after it.
//!
//! Goes in: reports of the guard, approvals, answers, verdicts of people. Comes out: views. Architecture invariant:
//! watching changes nothing about what may be said, but for thresholds of learned cues that a person sets by name
//! ; those cues only show and never release.

mod record;

pub use record::{ReadingText, Spoken};
pub(crate) use record::{month_of, readings_of, rules_that_held};
