//! Consent as receipts: who agreed to what, when, on which notice, with which proof. Append-only; today's state is
//! derived from the latest receipt for each purpose and channel.

use crate::customer::Language;
use crate::ids::CustomerKey;
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// What the data may be used for.
    "purpose" Purpose {
        /// Direct marketing messages.
        Marketing = "marketing",
        /// Scores and segments about a person.
        Profiling = "profiling",
        /// Messages written with the help of a language model.
        AiContent = "ai_content",
        /// Measuring what messages change.
        Measurement = "measurement",
        /// Passing data to others.
        Sharing = "sharing",
    }
}

text_enum! {
    /// How a customer is contacted.
    "channel" Channel {
        /// E-mail.
        Email = "email",
        /// Text message.
        Sms = "sms",
        /// Push notification.
        Push = "push",
        /// Post.
        Post = "post",
    }
}

text_enum! {
    /// What a receipt says.
    "consent status" ConsentStatus {
        /// Agreed.
        Granted = "granted",
        /// Asked, and said no.
        Denied = "denied",
        /// Agreed once, and took it back.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// The lawful basis a receipt claims (GDPR 6).
    "lawful basis" LawfulBasis {
        /// Consent (6(1)(a)).
        Consent = "consent",
        /// Existing customer, similar goods, with sale evidence (ePrivacy 13(2)).
        SoftOptIn = "soft_opt_in",
        /// Legitimate interest (6(1)(f)).
        LegitimateInterest = "legitimate_interest",
    }
}

/// One receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentReceipt {
    /// Whose.
    pub customer: CustomerKey,
    /// For what.
    pub purpose: Purpose,
    /// Through which channel.
    pub channel: Channel,
    /// What was said.
    pub status: ConsentStatus,
    /// On which basis.
    pub basis: LawfulBasis,
    /// Version of the notice that was shown.
    pub notice_version: String,
    /// SHA-256 of that notice's text, in hexadecimal; empty when the brand could not give it.
    pub notice_hash: String,
    /// Language of the notice.
    pub language: Language,
    /// Where it was said: `checkout`, `import`, `preference_centre`, `one_click`.
    pub source: String,
    /// What proves it: a form submission id, a double opt-in token, a message id.
    pub proof: String,
    /// When it was said.
    pub at: Instant,
}

text_enum! {
    /// Why an address must not be written to, whatever the consents say.
    "suppression reason" SuppressionReason {
        /// The customer opted out of all marketing.
        Unsubscribed = "unsubscribed",
        /// The address does not exist (5.x.x).
        HardBounce = "hard_bounce",
        /// The customer reported a message as unwanted.
        Complaint = "complaint",
        /// Objection to direct marketing (GDPR 21).
        Objection = "objection",
        /// The brand asked for it.
        Manual = "manual",
    }
}
