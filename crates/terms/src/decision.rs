//! May this customer be contacted in this campaign, and why. The answer and its reasons travel together.

use crate::text_enum::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// The one reason a customer of the audience was left out. In the order in which reasons are looked for: the
    /// first that holds is the one that is named.
    "exclusion reason" ExclusionReason {
        /// Erasure or restriction of processing asked for.
        Restricted = "restricted",
        /// No address for the channel.
        NoAddress = "no_address",
        /// The address is suppressed.
        Suppressed = "suppressed",
        /// No receipt of consent for marketing through this channel, or none that is valid now.
        NoConsent = "no_consent",
        /// Consent to profiling is missing, and the audience was chosen by a score or stage.
        NoProfiling = "no_profiling",
        /// The message was written with AI, and the customer does not want that.
        NoAiContent = "no_ai_content",
        /// The customer chose topics, and the campaign is about another.
        Topic = "topic",
        /// The customer chose to hear less often, or the brand's cap is reached.
        Cap = "cap",
        /// By the customer's own history, the next message would do more harm than the brand allows.
        Fatigue = "fatigue",
        /// What the next message can be expected to bring is clearly less than what it costs in future attention.
        NotWorthAContact = "not_worth_a_contact",
        /// No hour within the campaign's time at which the customer's zone allows a message.
        QuietHours = "quiet_hours",
        /// No variant in the customer's language.
        NoVariant = "no_variant",
        /// The text needs more personal facts than the customer allows, also in its neutral wording.
        Personalisation = "personalisation",
        /// Already planned for another campaign that came first.
        OtherCampaign = "other_campaign",
        /// Facts were missing; when in doubt, nobody is contacted.
        MissingFacts = "missing_facts",
        /// Drawn by lot to hear no marketing at all for a period, to measure what all of it changes.
        GlobalHoldout = "global_holdout",
        /// The guard, or the permit, held the very message back at the moment of sending.
        Guard = "guard",
        /// The approver did not approve the words in the customer's language.
        NotApproved = "not_approved",
        /// The approver approved a pilot, and chance did not draw the customer into it.
        Pilot = "pilot",
        /// Held out at random, to measure what the message changes.
        Control = "control",
    }
}

/// What was decided for one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Decision {
    /// May be contacted.
    Contact,
    /// Must not be contacted.
    Exclude {
        /// The first reason that holds.
        reason: ExclusionReason,
    },
}

/// One line of reasoning, kept whole with the decision it led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What was looked at: `consent.marketing.email`.
    pub check: String,
    /// What was found: `granted 2026-01-04 at checkout, notice v3`.
    pub found: String,
    /// Whether it allowed the contact.
    pub allows: bool,
}
