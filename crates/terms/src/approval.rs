//! An approval: a person who is not the author said yes to exactly this content.

use crate::hash::ContentHash;
use crate::ids::{ApprovalId, CampaignId, PersonId};
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// An approval, bound to a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Identifier.
    pub id: ApprovalId,
    /// Campaign.
    pub campaign: CampaignId,
    /// Who approved; never the author.
    pub approver: PersonId,
    /// What was approved.
    pub content: ContentHash,
    /// When.
    pub at: Instant,
    /// What the approver wrote, possibly empty.
    pub note: String,
}

text_enum! {
    /// Why a campaign carries more risk than others. In the order in which they are looked for and told.
    "risk" Risk {
        /// Many people are in the audience.
        Audience = "audience",
        /// A machine wrote some of the words.
        WrittenWithAi = "written_with_ai",
        /// A model's scores choose the audience.
        Scored = "scored",
        /// Stages, counted by rules, choose the audience.
        Profiled = "profiled",
        /// The offer is a large discount.
        Discount = "discount",
        /// It is about a topic that the house calls sensitive.
        Topic = "topic",
        /// A rule of the guard is overridden, and the text would be held without that.
        Overridden = "overridden",
        /// The audit of fairness found something, or could not tell.
        Fairness = "fairness",
    }
}
