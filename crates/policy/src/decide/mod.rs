//! May this customer be contacted in this campaign, now, and why? One pure function at two speeds.
//!
//! Goes in: all facts about a customer ([`Subject`]), the campaign's [`Rules`], the time. Comes out: an [`Outcome`] with
//! the decision, every reason that was looked at, and the earliest instant to send. [`decide_columns`] answers for
//! millions by the same test (`excludes`); a property test holds both equal. It does not assign the control group.

mod columns;
mod outcome;
mod rules;
mod subject;
mod test;

pub use columns::{Decisions, SubjectColumns, decide_columns};
pub use outcome::{Outcome, decide};
pub use rules::{BrandLimits, Rules};
pub use subject::{Harm, Subject, Worth};

#[cfg(test)]
mod tests;
