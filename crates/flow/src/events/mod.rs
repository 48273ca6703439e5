//! Events by HTTP, as the Segment spec has them: taken in durably, then used.
//!
//! Goes in: the body of a request with the key it came with. Comes out: a [`Receipt`] once the events survive a power
//! cut ([`writer`]), and later what they mean ([`apply`]): contact records, consent receipts, purchases, answers to our
//! messages, behaviour of those who agreed to it. Deliberately absent: HTTP.
//!
//! ```text
//! request -> parse -> writer (many requests, one transaction) -> 202
//!                        inbox -> apply (one transaction) -> customers, consents, events, event_purchases
//!                                                               event_purchases -> compact -> lake
//! ```
//!
//! Architecture invariant: an event leaves the inbox in the transaction that holds its effect, so a kill at any moment
//! neither loses nor doubles it. Where the effect is in the lake, the step can be repeated without changing anything.

mod apply;
mod compact;
mod keys;
mod limiter;
mod meaning;
mod merge;
mod pace;
mod parse;
mod settings;
mod subject;
mod when;
mod writer;

pub use keys::{IssuedKey, KeyLine, MAX_PER_SECOND, NewKey};
pub use parse::{Call, MAX_BATCH_BYTES, MAX_EVENT_BYTES, Refused, write_key_in};
pub use settings::EventSettings;
pub use store::write_keys::WriteKey;
pub use writer::{IntakeHealth, Receipt};

pub(crate) use keys::KnownKeys;
pub(crate) use limiter::Limiter;
pub(crate) use writer::Intake;
