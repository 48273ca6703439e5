//! One row of the lake as callers see it.

use serde::{Deserialize, Serialize};
use terms::ids::CustomerKey;
use terms::money::Money;
use terms::time::Instant;

/// Whether money came in or went back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody bought something.
    Purchase,
    /// A return or cancellation: a negative amount.
    Return,
}

/// A purchase or a return of one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// Whose.
    pub customer: CustomerKey,
    /// When; times without a zone were read as UTC.
    pub time: Instant,
    /// How much; negative for a return.
    pub amount: Money,
    /// The brand's order or invoice number, if its file has one.
    pub order: Option<String>,
}

impl Purchase {
    /// A purchase, or a return.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        if self.amount.minor < 0 { Kind::Return } else { Kind::Purchase }
    }
}
