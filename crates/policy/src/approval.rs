//! Does this approval still hold? Author is not approver, and the hash is that of today's content.

use std::collections::BTreeSet;

use crate::refusal::Refusal;
use terms::approval::Approval;
use terms::campaign::{Campaign, CampaignState};
use terms::hash::ContentHash;
use terms::ids::{CampaignId, PersonId};

/// Proof that exactly this content was approved by somebody who is not its author. Only [`check_approval`] makes one.
#[derive(Debug, Clone)]
pub struct ApprovedContent {
    campaign: CampaignId,
    state: CampaignState,
    content: ContentHash,
    approver: PersonId,
}

impl ApprovedContent {
    /// The campaign.
    #[must_use]
    pub const fn campaign(&self) -> CampaignId {
        self.campaign
    }

    /// Its state when the approval was checked.
    #[must_use]
    pub const fn state(&self) -> CampaignState {
        self.state
    }

    /// The hash that was approved and still holds.
    #[must_use]
    pub const fn content(&self) -> ContentHash {
        self.content
    }

    /// Who approved.
    #[must_use]
    pub const fn approver(&self) -> PersonId {
        self.approver
    }
}

/// Checks approvals, the latest first, against the campaign as it is now. `needed` people must have given one; `current` is
/// [`Campaign::content_hash`] with today's models.
///
/// # Errors
/// When there is none, one is another campaign's, the author gave it, anything changed since, or too few people gave one.
pub fn check_approval(
    campaign: &Campaign,
    approvals: &[Approval],
    needed: u32,
    current: ContentHash,
) -> Result<ApprovedContent, Refusal> {
    let latest = approvals.first().ok_or(Refusal::NotApproved)?;
    let mut approvers = BTreeSet::new();
    for approval in approvals {
        if approval.campaign != campaign.id {
            return Err(Refusal::OtherCampaign { approved: approval.campaign.0, asked: campaign.id.0 });
        }
        if approval.approver == campaign.author {
            return Err(Refusal::AuthorApproved);
        }
        if approval.content != current {
            return Err(Refusal::Edited { approved: approval.content.short(), current: current.short() });
        }
        approvers.insert(approval.approver);
    }
    let given = u32::try_from(approvers.len()).unwrap_or(u32::MAX);
    if given < needed {
        return Err(Refusal::TooFewApprovers { given, needed });
    }
    let approval = latest;
    Ok(ApprovedContent {
        campaign: campaign.id,
        state: campaign.state,
        content: current,
        approver: approval.approver,
    })
}
