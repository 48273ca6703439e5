//! A campaign as a state machine: who is meant, what is said, how many are held out, who is answerable.

use crate::consent::Channel;
use crate::customer::Language;
use crate::hash::ContentHash;
use crate::ids::{CampaignId, PersonId};
use crate::message::Variant;
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// State of a campaign; see [`CampaignState::may_become`] for the moves there are.
    "campaign state" CampaignState {
        /// Being written.
        Draft = "draft",
        /// The guard has read it and found nothing that blocks.
        Checked = "checked",
        /// Handed to an approver.
        Submitted = "submitted",
        /// Approved by somebody who is not its author.
        Approved = "approved",
        /// Sending.
        Running = "running",
        /// Halted; can go on.
        Paused = "paused",
        /// Everything was sent; being measured or measured.
        Completed = "completed",
        /// Ended by a person before its time.
        Stopped = "stopped",
    }
}

impl CampaignState {
    /// The states this one may turn into. An edit turns any state before running back into a draft.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Checked],
            Self::Checked => &[Self::Draft, Self::Submitted],
            Self::Submitted => &[Self::Draft, Self::Approved],
            Self::Approved => &[Self::Draft, Self::Submitted, Self::Running],
            // Back to approved only when nothing has left: the launch is undone.
            Self::Running => &[Self::Approved, Self::Paused, Self::Completed, Self::Stopped],
            Self::Paused => &[Self::Approved, Self::Running, Self::Stopped],
            Self::Completed | Self::Stopped => &[],
        }
    }

    /// True when this state may turn into `other`.
    #[must_use]
    pub fn may_become(self, other: Self) -> bool {
        self.next().contains(&other)
    }

    /// True while content and audience can still be changed (which voids checks and approval).
    #[must_use]
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Checked | Self::Submitted | Self::Approved)
    }
}

text_enum! {
    /// What a campaign is for.
    "goal" Goal {
        /// Bring back churned customers.
        WinBack = "win_back",
        /// Turn a first purchase into a second.
        SecondPurchase = "second_purchase",
        /// Thank active customers.
        Reward = "reward",
        /// Anything else.
        Other = "other",
    }
}

/// Whom a campaign is meant for and how it is run: everything but its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignPlan {
    /// Name, unique among live campaigns, for people.
    pub name: String,
    /// Goal.
    pub goal: Goal,
    /// Audience in the segment language.
    pub audience: String,
    /// Channel.
    pub channel: Channel,
    /// Share of the eligible held out at random, 0 to 1; .1 by default.
    pub control_share: f64,
    /// Seed of the random assignment, recorded so that it can be repeated.
    pub seed: u64,
    /// Earliest sending.
    pub starts_at: Instant,
    /// Latest sending; who cannot be reached by then is left out.
    pub ends_at: Instant,
    /// Days after sending in which the outcome is counted.
    pub window_days: u32,
    /// Fact-sheet entity the offer's facts are filed under, such as `offer:welcome-back`.
    pub offer: String,
    /// True when a language model wrote any of the words.
    pub written_with_ai: bool,
    /// What it is about, one of the brand's topics; empty: of interest to everybody. Who chose topics gets only those.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// Languages whose words an approver left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub struck: Vec<Language>,
    /// How many people may take part at the most, drawn at random by the seed: an approver's pilot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Identifier.
    pub id: CampaignId,
    /// What is meant.
    pub plan: CampaignPlan,
    /// What is said, one variant a language.
    pub variants: Vec<Variant>,
    /// State.
    pub state: CampaignState,
    /// Who wrote it.
    pub author: PersonId,
    /// When it was last changed.
    pub changed_at: Instant,
    /// Counts up with each change: an edit based on an older version is refused.
    pub version: i64,
}

impl Campaign {
    /// The hash an approval is bound to: content, audience, offer, times, control share and the models that choose
    /// and write (`models`: their registry names with versions, in any order).
    ///
    /// # Errors
    /// When the campaign cannot be written as JSON, which a finite control share excludes.
    pub fn content_hash(&self, models: &[String]) -> Result<ContentHash, serde_json::Error> {
        let mut models = models.to_vec();
        models.sort_unstable();
        let mut variants = self.variants.clone();
        variants.sort_by_key(|variant| variant.language);
        for variant in &mut variants {
            // Row ids are not content: saving the same words again must give the same hash.
            variant.id = None;
        }
        let plan = serde_json::to_vec(&self.plan)?;
        let words = serde_json::to_vec(&variants)?;
        let models = serde_json::to_vec(&models)?;
        Ok(ContentHash::of([plan.as_slice(), &words, &models]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_that_was_stopped_never_runs_again() {
        assert!(!CampaignState::Stopped.may_become(CampaignState::Running));
        assert!(CampaignState::Paused.may_become(CampaignState::Running));
    }

    #[test]
    fn nothing_runs_without_having_been_approved() {
        for state in CampaignState::ALL {
            let runs = state.may_become(CampaignState::Running);
            assert_eq!(runs, matches!(state, CampaignState::Approved | CampaignState::Paused));
        }
    }
}
