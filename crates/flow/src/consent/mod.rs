//! Consent as a ledger of receipts: the one way in, the notices they refer to, and what they say at an instant.
//!
//! Goes in: receipts from a form, a page, an import, an API. Comes out: rows that are never changed, an entry in the
//! ledger of the same transaction, and, for withdrawals, the certainty that nothing is being handed over any more.

mod api;
pub mod export;
pub(crate) mod gpc;
pub(crate) mod history;
mod notices;
pub(crate) mod record;
mod sign_up;
mod strings;

pub use api::{ConsentsTaken, MOST, ReceiptFault};
pub use history::read_instant;
pub use strings::StringImport;
