//! Does this approval still hold? Author is not approver, and the hash is that of today's content.

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

/// Checks an approval against the campaign as it is now. `current` is [`Campaign::content_hash`] with today's models.
///
/// # Errors
/// When there is no approval, it is another campaign's, the author gave it, or anything changed since.
pub fn check_approval(
    campaign: &Campaign,
    approval: Option<&Approval>,
    current: ContentHash,
) -> Result<ApprovedContent, Refusal> {
    let approval = approval.ok_or(Refusal::NotApproved)?;
    if approval.campaign != campaign.id {
        return Err(Refusal::OtherCampaign { approved: approval.campaign.0, asked: campaign.id.0 });
    }
    if approval.approver == campaign.author {
        return Err(Refusal::AuthorApproved);
    }
    if approval.content != current {
        return Err(Refusal::Edited { approved: approval.content.short(), current: current.short() });
    }
    Ok(ApprovedContent {
        campaign: campaign.id,
        state: campaign.state,
        content: current,
        approver: approval.approver,
    })
}
