//! What is said: a variant as written, with slots, and a message as one customer gets it.

use crate::customer::Language;
use crate::hash::ContentHash;
use crate::ids::{CampaignId, CustomerKey, MessageId, VariantId};
use crate::text_enum::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// A part of a message, so that a finding can say where it stands.
    "message field" Field {
        /// Subject line.
        Subject = "subject",
        /// The line mail programs show after the subject.
        Preheader = "preheader",
        /// Headline.
        Headline = "headline",
        /// Body: paragraphs, separated by an empty line.
        Body = "body",
        /// Label of the button.
        Button = "button",
        /// Address the button leads to.
        Link = "link",
        /// The footer that every message carries.
        Footer = "footer",
    }
}

/// The words of a campaign in one language, as written. Slots such as `{{ first_name }}` or `{{ offer.price }}` are
/// filled per customer from the fact sheet and the contact record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Identifier once stored.
    pub id: Option<VariantId>,
    /// Language.
    pub language: Language,
    /// Subject line.
    pub subject: String,
    /// Preheader.
    pub preheader: String,
    /// Headline.
    pub headline: String,
    /// Body paragraphs, separated by an empty line.
    pub body: String,
    /// Label of the button.
    pub button: String,
    /// Address the button leads to; https, on an allowed host.
    pub link: String,
}

impl Variant {
    /// The written fields in reading order.
    #[must_use]
    pub fn fields(&self) -> [(Field, &str); 6] {
        [
            (Field::Subject, &self.subject),
            (Field::Preheader, &self.preheader),
            (Field::Headline, &self.headline),
            (Field::Body, &self.body),
            (Field::Button, &self.button),
            (Field::Link, &self.link),
        ]
    }
}

/// A message ready to hand over: for one customer, slots filled, footer attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Outbox row.
    pub id: MessageId,
    /// Campaign it belongs to.
    pub campaign: CampaignId,
    /// To whom.
    pub customer: CustomerKey,
    /// Address it goes to.
    pub to: String,
    /// Sender, as `Name <address>`.
    pub from: String,
    /// Language it is written in.
    pub language: Language,
    /// Subject line.
    pub subject: String,
    /// HTML part.
    pub html: String,
    /// Plain-text part.
    pub text: String,
    /// One-click opt-out address (RFC 8058).
    pub unsubscribe_url: String,
    /// Hash of the approved campaign content this message was made from.
    pub content: ContentHash,
    /// True when AI wrote any of the words; marked in a header.
    pub written_with_ai: bool,
}
