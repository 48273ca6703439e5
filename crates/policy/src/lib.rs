//! May we do this, and why? Segments, consent, caps, quiet hours, the decision, approval, and the permit to send.
//!
//! Goes in: facts about a customer, the rules of a campaign, and the time as an argument. Comes out: an answer with
//! all its reasons, or a refusal that says what to do next. Deliberately absent: IO, clocks, async, randomness, and
//! who is held out as a control group (science assigns, this room only obeys).
//!
//! Architecture invariant: a [`permit::SendPermit`] is made nowhere else, and only from a fresh decision, a clear
//! guard report and a valid approval. Segments read [`segment::CustomerRow`]s, which have no sensitive attribute.

pub mod access;
pub mod approval;
pub mod cap;
pub mod consent;
pub mod consent_string;
pub mod decide;
pub mod deploy_gate;
pub mod fairness_gate;
pub mod holidays;
pub mod long_term_gate;
pub mod oversight;
pub mod permit;
pub mod personal;
pub mod purpose;
pub mod quiet_hours;
pub mod refusal;
pub mod rights;
pub mod segment;
pub mod training;

pub use refusal::Refusal;
