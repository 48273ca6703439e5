//! Why something is not done: one error for every act this room can refuse.

use terms::campaign::CampaignState;
use terms::decision::ExclusionReason;
use terms::message::Field;
use terms::time::Instant;

/// Why an approval does not hold, or a message is not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody approved the campaign.
    #[error("the campaign is not approved; submit it, and let somebody other than its author approve it")]
    NotApproved,
    /// The approval is another campaign's.
    #[error(
        "the approval is of campaign `{approved}`, not of campaign `{asked}`; load the campaign's own approval"
    )]
    OtherCampaign {
        /// Campaign that was approved.
        approved: i64,
        /// Campaign that was asked for.
        asked: i64,
    },
    /// The author approved their own work.
    #[error("the author cannot approve their own campaign; ask somebody else to review it")]
    AuthorApproved,
    /// The campaign was changed after its approval.
    #[error(
        "the campaign was changed after its approval (approved `{approved}`, now `{current}`); submit it again"
    )]
    Edited {
        /// First digits of the approved hash.
        approved: String,
        /// First digits of today's hash.
        current: String,
    },
    /// Too few people approved it.
    #[error("{given} of {needed} approvals were given; let another approver than those before review it")]
    TooFewApprovers {
        /// People who approved.
        given: u32,
        /// People who must.
        needed: u32,
    },
    /// The campaign is not sending.
    #[error("the campaign is `{0}`, and only a running campaign sends; launch or resume it")]
    NotRunning(CampaignState),
    /// The decision was to leave this customer out.
    #[error("the customer is left out: `{0}`; the decision's reasons say what was found")]
    Excluded(ExclusionReason),
    /// The customer may be contacted, but later.
    #[error("not before `{0}`, when the recipient's quiet hours are over; try again then")]
    NotYet(Instant),
    /// The decision is too old to act on.
    #[error("the decision was made at `{0}` and is too old to send on; decide again now")]
    StaleDecision(Instant),
    /// The decision is about somebody or something else.
    #[error("the decision is about another customer or campaign than the message; decide for this message")]
    OtherDecision,
    /// The guard stops the text.
    #[error("the guard stops the message: {0}; repair the text and have it checked again")]
    GuardBlocks(String),
    /// The guard did not read anything.
    #[error("the guard has not read the message; check it first, since unchecked is not passed")]
    GuardSilent,
    /// Subject or body is empty.
    #[error("the {0} has no words; write some, or leave this language out")]
    NoWords(Field),
    /// The guard read another text.
    #[error("the guard read other content than the message carries; check this content")]
    OtherTextChecked,
    /// The message was not made from the approved content.
    #[error("the message was not made from the approved content; render it again")]
    OtherContent,
    /// The message has no usable address.
    #[error("the message has no address to go to; complete the contact record")]
    NoAddress,
    /// The address is known not to take mail, or reported one as unwanted.
    #[error("the address is suppressed: `{0}`; reach the customer another way")]
    Suppressed(terms::consent::SuppressionReason),
    /// Too many mails that anybody can cause.
    #[error("too many mails were asked for {0} lately; wait a while")]
    TooManyMails(&'static str),
    /// A service mail leads somewhere else.
    #[error("a service mail may only lead to the customer's own pages; use a page of this installation")]
    ForeignLink,
    /// The permit has run out.
    #[error("the permit to send ran out at `{0}`; ask for a new one")]
    Expired(Instant),
    /// The permit is for another message, address or wording.
    #[error("the permit is for another {0} than this message has; ask for a permit for this message")]
    OtherMessage(&'static str),
}

impl Refusal {
    /// A short word for the outbox and the ledger, such as `not_approved`; an exclusion gives its own reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotApproved => "not_approved",
            Self::OtherCampaign { .. } => "other_campaigns_approval",
            Self::AuthorApproved => "author_approved",
            Self::Edited { .. } => "edited_after_approval",
            Self::TooFewApprovers { .. } => "too_few_approvers",
            Self::NotRunning(_) => "not_running",
            Self::Excluded(reason) => reason.as_str(),
            Self::NotYet(_) => "not_yet",
            Self::StaleDecision(_) => "stale_decision",
            Self::OtherDecision => "other_decision",
            Self::GuardBlocks(_) => "guard_blocks",
            Self::GuardSilent => "guard_silent",
            Self::NoWords(_) => "no_words",
            Self::OtherTextChecked => "other_text_checked",
            Self::OtherContent => "other_content",
            Self::NoAddress => "no_address",
            Self::Suppressed(reason) => reason.as_str(),
            Self::TooManyMails(_) => "too_many_mails",
            Self::ForeignLink => "foreign_link",
            Self::Expired(_) => "permit_expired",
            Self::OtherMessage(_) => "other_message",
        }
    }
}
