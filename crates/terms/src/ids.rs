//! Identifiers, each of its own type, so that a campaign is never looked up with a message's id.
//!
//! Goes in: numbers the store assigns, and the brand's own key of a customer. It does not generate anything.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// The brand's own key of a customer, as it stands in its files (`17850`, `C-00042`). Never an e-mail address by
/// Candor's choice; if a brand uses addresses as keys, they are treated as personal data like everything else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerKey(pub CompactString);

impl CustomerKey {
    /// Wraps a key as it was read.
    #[must_use]
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(CompactString::new(text.as_ref()))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl std::fmt::Display for CustomerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

macro_rules! numeric_id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
    )+};
}

numeric_id! {
    /// A person who works with Candor (not a customer).
    PersonId,
    /// A campaign.
    CampaignId,
    /// A key that sends events.
    WriteKeyId,
    /// One language version of a campaign's message.
    VariantId,
    /// A message to one customer: one row of the outbox.
    MessageId,
    /// A fact of the fact sheet.
    FactId,
    /// An approval.
    ApprovalId,
    /// A background job.
    JobId,
    /// A service mail: one row of what answers customers' own acts.
    ServiceMailId,
    /// A version of a notice in one language.
    NoticeId,
    /// A version of a model, prompt or policy in the registry.
    ModelId,
    /// A request under data protection law.
    RequestId,
    /// Somebody who receives data of customers from the brand.
    RecipientId,
    /// A notice to a recipient.
    RecipientNoticeId,
    /// A system that sends requests by OpenDSR.
    PartnerId,
    /// A personal data breach.
    BreachId,
}
