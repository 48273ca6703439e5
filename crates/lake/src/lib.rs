//! The lake: purchases as columns, laid out by customer, and what one pass over them says about each customer.
//!
//! Goes in: files as brands have them (CSV in any dress, Parquet). Comes out: a [`Lake`] of sorted buckets, and from
//! it [`terms::profile::Profile`] rows at one or many as-of days, timelines, totals by day and campaign outcomes.
//! Deliberately absent: SQL, a query engine, the store, the clock. Time and thread counts are arguments.
//!
//! Architecture invariant: a lake changes only by replacing its manifest. Files are written whole under new names,
//! flushed to disk, and named by the next manifest; a process killed at any moment leaves the lake it found.
//!
//! # What counts
//! * A **purchase** is a row with a customer, a time and an amount that is not negative. Purchases of one UTC day
//!   count as one in frequency, recency and gaps; `monetary` is the mean amount of a purchase *row*.
//! * A **return** is a row with a negative amount or a negative quantity (a cancellation such as invoice `C536379`).
//!   It is kept, with a negative amount. It lowers `spend` and is no purchase: it never changes a day, a count, a
//!   gap or `monetary`. A customer with returns only has no profile.
//! * A row of amount 0 in a file that names an amount is a purchase (an order paid by voucher is still an order). A
//!   row whose unit price is 0 in a file of quantities and prices is rejected: a sample or a stock correction.
//! * Anything else is **rejected** with its line and a reason, see [`import::Reason`].
//! * A lake has one currency, set by its first import; rows in another one are rejected, since amounts could not be
//!   added up.

pub mod history;
pub mod import;
pub mod layout;

mod error;
mod parallel;
mod private;
mod purchase;

pub use error::{Error, Result};
pub use layout::Lake;
pub use purchase::{Kind, Purchase};
