//! An approval: a person who is not the author said yes to exactly this content.

use crate::hash::ContentHash;
use crate::ids::{ApprovalId, CampaignId, PersonId};
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
