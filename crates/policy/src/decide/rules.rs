//! What a campaign and its brand ask of every contact.

use crate::cap::Cap;
use crate::quiet_hours::QuietHours;
use crate::segment;
use terms::campaign::Campaign;
use terms::consent::Channel;
use terms::customer::Language;
use terms::ids::CampaignId;
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
}

impl Default for BrandLimits {
    /// The standard caps and quiet hours, and no zones.
    fn default() -> Self {
        Self { caps: Cap::STANDARD.to_vec(), quiet: QuietHours::STANDARD, zones: Vec::new() }
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
    /// Languages there is a variant in.
    pub languages: Vec<Language>,
    /// Earliest sending.
    pub starts_at: Instant,
    /// Latest sending.
    pub ends_at: Instant,
    /// The brand's limits.
    pub limits: BrandLimits,
}

impl Rules {
    /// The rules of a campaign. An audience that cannot be read counts as profiling.
    #[must_use]
    pub fn of(campaign: &Campaign, limits: &BrandLimits) -> Self {
        Self {
            campaign: campaign.id,
            channel: campaign.plan.channel,
            uses_profiling: segment::parse(&campaign.plan.audience).map_or(true, |ast| ast.uses_profiling()),
            written_with_ai: campaign.plan.written_with_ai,
            languages: campaign.variants.iter().map(|variant| variant.language).collect(),
            starts_at: campaign.plan.starts_at,
            ends_at: campaign.plan.ends_at,
            limits: limits.clone(),
        }
    }
}
