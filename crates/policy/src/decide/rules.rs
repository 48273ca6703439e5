//! What a campaign and its brand ask of every contact.

use crate::cap::Cap;
use crate::quiet_hours::QuietHours;
use crate::segment;
use terms::campaign::Campaign;
use terms::consent::Channel;
use terms::customer::Language;
use terms::ids::CampaignId;
use terms::message::Variant;
use terms::preference::PersonalNeed;
use terms::time::Instant;

/// Limits the brand sets for all its campaigns.
#[derive(Debug, Clone, PartialEq)]
pub struct BrandLimits {
    /// Caps on contacts; all of them hold.
    pub caps: Vec<Cap>,
    /// Quiet hours by the recipient's clock.
    pub quiet: QuietHours,
    /// Zones of the brand's customers, for those whose zone and country are unknown; empty: such people get nothing.
    pub zones: Vec<String>,
    /// Personal facts a message may hold at the most, the name included.
    pub personal_facts: u32,
    /// Nobody is written to when the next message makes them opt out or complain with more than this probability.
    pub most_harm: f64,
}

impl BrandLimits {
    /// Personal facts a message may hold unless the brand says otherwise.
    pub const PERSONAL_FACTS: u32 = 3;
    /// Two opt-outs or complaints in a hundred messages, ten times what mailbox providers ask senders to stay below.
    pub const MOST_HARM: f64 = 0.02;
}

impl Default for BrandLimits {
    /// The standard caps and quiet hours, and no zones.
    fn default() -> Self {
        Self {
            caps: Cap::STANDARD.to_vec(),
            quiet: QuietHours::STANDARD,
            zones: Vec::new(),
            personal_facts: Self::PERSONAL_FACTS,
            most_harm: Self::MOST_HARM,
        }
    }
}

/// The rules one campaign's contacts are decided by.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Campaign.
    pub campaign: CampaignId,
    /// Channel.
    pub channel: Channel,
    /// The audience was chosen by a stage, a score or behaviour, so that profiling must be allowed.
    pub uses_profiling: bool,
    /// AI wrote some of the words, so that AI content must be allowed.
    pub written_with_ai: bool,
    /// Languages there is a variant in, with the personal facts that its words need.
    pub languages: Vec<(Language, PersonalNeed)>,
    /// Languages whose words the approver left out.
    pub struck: Vec<Language>,
    /// What the campaign is about; empty: of interest to everybody.
    pub topic: String,
    /// Earliest sending.
    pub starts_at: Instant,
    /// Latest sending.
    pub ends_at: Instant,
    /// The brand's limits.
    pub limits: BrandLimits,
}

impl Rules {
    /// The rules of a campaign. An audience that cannot be read counts as profiling. `need` counts the personal facts
    /// that a variant's words need.
    #[must_use]
    pub fn of(campaign: &Campaign, limits: &BrandLimits, need: impl Fn(&Variant) -> PersonalNeed) -> Self {
        Self {
            campaign: campaign.id,
            channel: campaign.plan.channel,
            uses_profiling: segment::parse(&campaign.plan.audience).map_or(true, |ast| ast.uses_profiling()),
            written_with_ai: campaign.plan.written_with_ai,
            languages: campaign.variants.iter().map(|variant| (variant.language, need(variant))).collect(),
            struck: campaign.plan.struck.clone(),
            topic: campaign.plan.topic.clone(),
            starts_at: campaign.plan.starts_at,
            ends_at: campaign.plan.ends_at,
            limits: limits.clone(),
        }
    }

    /// What the words in a language need; `None` when there are none.
    #[must_use]
    pub fn need(&self, language: Language) -> Option<PersonalNeed> {
        self.languages.iter().find(|(written, _)| *written == language).map(|(_, need)| *need)
    }
}
