//! Facts: what may be said, with source, age and validity. The only ground a claim can stand on.

use crate::ids::FactId;
use crate::money::Money;
use crate::text_enum::text_enum;
use crate::time::{Day, Instant};
use serde::{Deserialize, Serialize};

/// The typed value of a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum FactValue {
    /// An amount of money.
    Money(Money),
    /// A percentage: 20 means 20 %.
    Percent(f64),
    /// A number of things or people.
    Count(i64),
    /// A measured quantity; the unit stands in [`Fact::unit`].
    Quantity(f64),
    /// A calendar day.
    Date(Day),
    /// Whether an attribute holds.
    Bool(bool),
    /// One of a closed set of words.
    Enum(String),
    /// Free text, such as a sender's postal address.
    Text(String),
    /// Words somebody said, verbatim.
    Quote(String),
}

text_enum! {
    /// Whether the fact says yes, no, or that nobody knows. Unknown is never true.
    "polarity" Polarity {
        /// It holds.
        True = "true",
        /// It does not hold.
        False = "false",
        /// Nobody knows.
        Unknown = "unknown",
    }
}

text_enum! {
    /// What kind of evidence a fact is, for claims that need some (severity E).
    "evidence kind" EvidenceKind {
        /// No special standing.
        Plain = "plain",
        /// The lowest price of the last 30 days (Directive 98/6, 6a).
        PriceHistory = "price_history",
        /// A study, test or ranking that supports a superlative or comparison.
        Study = "study",
        /// Terms of a guarantee.
        Guarantee = "guarantee",
        /// A verified review with the reviewer's agreement.
        VerifiedReview = "verified_review",
        /// A certificate or seal.
        Certificate = "certificate",
    }
}

/// One fact of the fact sheet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Identifier.
    pub id: FactId,
    /// What it is about: `offer:welcome-back`, `product:espresso-200`, `brand`.
    pub entity: String,
    /// What it says of it: `price`, `price_before`, `discount`, `valid_until`, `stock`, `free_shipping`, `sender_address`.
    pub predicate: String,
    /// Value.
    pub value: FactValue,
    /// Unit of a quantity: `h`, `kg`, `day`; empty otherwise.
    pub unit: String,
    /// Yes, no or unknown.
    pub polarity: Polarity,
    /// System and record it came from: `shop:price-list#4711`.
    pub source: String,
    /// When it was seen to be so.
    pub observed_at: Instant,
    /// From when it holds, if limited.
    pub valid_from: Option<Instant>,
    /// Until when it holds, if limited.
    pub valid_until: Option<Instant>,
    /// After how many hours it must be looked at again, if it ages (stock, live counts).
    pub max_age_hours: Option<u32>,
    /// Standing as evidence.
    pub evidence: EvidenceKind,
}

impl Fact {
    /// True when the fact holds at `at`: within its validity and not older than its maximum age.
    #[must_use]
    pub fn holds_at(&self, at: Instant) -> bool {
        self.valid_from.is_none_or(|from| from <= at)
            && self.valid_until.is_none_or(|until| at <= until)
            && self.max_age_hours.is_none_or(|hours| at <= self.observed_at.plus_hours(i64::from(hours)))
    }
}
