//! Audits on a calendar over everything live, the policy, and what was found so far: the page `/fairness`.
//!
//! Goes in: the clock. Comes out: an audit a month of each campaign that runs or is paused. Its alarms are corrected for twelve
//! audits in a year, and only these audits raise any: one that somebody asks for between them spends nothing.

use policy::fairness_gate::FairnessPolicy;
use serde::Serialize;
use store::fairness::StoredAudit;
use terms::campaign::{Campaign, CampaignState};
use terms::fairness::{AuditOccasion, FairnessVerdict};
use terms::ids::CampaignId;
use terms::person::Person;
use terms::time::Instant;

use super::Attribute;
use super::audience::AudienceAudit;
use super::finding::Lowest;
use super::house::HouseAudit;
use crate::access::{Granted, Permission};
use crate::app::App;
use crate::error::Result;
use crate::jobs::Work;

/// Audits of the past that the page shows.
const SHOWN: i64 = 200;

/// An audit in one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditLine {
    /// Campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Why it was made.
    pub occasion: AuditOccasion,
    /// When.
    pub at: Instant,
    /// How it came out.
    pub verdict: FairnessVerdict,
    /// Whether it raised an alarm.
    pub alarm: bool,
    /// The lowest ratio that could be told, and whose it is.
    pub lowest: Option<Lowest>,
}

/// The page: what is live, the policy, and the history.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FairnessView {
    /// The policy.
    pub policy: FairnessPolicy,
    /// Attributes in the vault, with the number of values.
    pub attributes: Vec<(Attribute, i64)>,
    /// Newest audits of what is live or waits to be, those outside the policy or with an alarm first.
    pub live: Vec<(String, CampaignState, AudienceAudit)>,
    /// Live campaigns that no audit has looked at.
    pub unaudited: Vec<(CampaignId, String)>,
    /// What the last audit of everything live found of the house: proxies and exposure.
    pub house: Option<HouseAudit>,
    /// Audits, newest first.
    pub history: Vec<AuditLine>,
    /// When the calendar audits next.
    pub next: Instant,
}

const fn is_live(campaign: &Campaign) -> bool {
    matches!(campaign.state, CampaignState::Running | CampaignState::Paused)
}

impl App {
    /// Audits everything live. Comes out: one audit a campaign; none where the vault holds nothing to audit by.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for somebody who may not audit.
    pub async fn audit_live(&self, person: &Person) -> Result<Vec<AudienceAudit>> {
        let granted = self.needs(person, Permission::AuditFairness)?;
        self.audit_all(AuditOccasion::Request, Some(&granted)).await
    }

    async fn audit_all(
        &self,
        occasion: AuditOccasion,
        granted: Option<&Granted>,
    ) -> Result<Vec<AudienceAudit>> {
        let mut audits = Vec::new();
        for campaign in self.store().campaigns().await?.iter().filter(|campaign| is_live(campaign)) {
            let Some(audit) = self.audit_audience(campaign, occasion).await? else { continue };
            let content = self.store().campaign_hash(campaign.id).await?;
            let content = content.map(|hash| hash.to_string()).unwrap_or_default();
            let who = match granted {
                Some(granted) => granted.actor(),
                None => self.system("flow.audit").await?,
            };
            self.keep_audit(who, &content, &audit).await?;
            if audit.alarm() && occasion == AuditOccasion::Calendar {
                tracing::warn!(campaign = campaign.id.0, "groups are treated apart by a live campaign");
            }
            audits.push(audit);
        }
        let who = match granted {
            Some(granted) => granted.actor(),
            None => self.system("flow.audit").await?,
        };
        self.audit_house(who, occasion).await?;
        Ok(audits)
    }

    /// The monthly job: audits everything live, and waits for the next month.
    pub(crate) async fn audit_job(&self) -> Result<()> {
        self.enqueue(&Work::AuditFairness, self.next_audit()).await?;
        let month = self.now().day().month_end();
        let done =
            self.store().fairness_audits(SHOWN).await?.into_iter().any(|audit| {
                audit.occasion == AuditOccasion::Calendar && audit.at.day().month_end() == month
            });
        // A restart is no further look: the alarms of a year are corrected for twelve.
        if !done {
            self.audit_all(AuditOccasion::Calendar, None).await?;
        }
        Ok(())
    }

    fn next_audit(&self) -> Instant {
        self.now().day().month_end().plus(1).start()
    }

    /// What the page shows.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn fairness(&self, person: &Person) -> Result<FairnessView> {
        self.needs(person, Permission::View)?;
        let campaigns = self.store().campaigns().await?;
        let stored = self.store().fairness_audits(SHOWN).await?;
        let (mut live, mut unaudited) = (Vec::new(), Vec::new());
        let waits = |campaign: &&Campaign| {
            is_live(campaign) || matches!(campaign.state, CampaignState::Submitted | CampaignState::Approved)
        };
        for campaign in campaigns.iter().filter(waits) {
            let name = campaign.plan.name.clone();
            match self.latest_audit(campaign.id).await? {
                Some(audit) => live.push((name, campaign.state, audit)),
                None if is_live(campaign) => unaudited.push((campaign.id, name)),
                None => {}
            }
        }
        live.sort_by_key(|(_, _, audit)| (audit.may_launch(), !audit.alarm(), audit.campaign.0));
        let line = |stored: &StoredAudit| -> Result<AuditLine> {
            let name = campaigns.iter().find(|campaign| campaign.id == stored.campaign);
            Ok(AuditLine {
                campaign: stored.campaign,
                name: name.map(|campaign| campaign.plan.name.clone()).unwrap_or_default(),
                occasion: stored.occasion,
                at: stored.at,
                verdict: stored.verdict,
                alarm: stored.alarm,
                lowest: AudienceAudit::read(stored)?.lowest(),
            })
        };
        Ok(FairnessView {
            policy: self.fairness_policy().await?,
            attributes: self.store().vault_counts().await?.into_iter().filter(|(_, n)| *n > 0).collect(),
            live,
            unaudited,
            house: self.house_audit().await?,
            history: stored.iter().map(line).collect::<Result<_>>()?,
            next: self.next_audit(),
        })
    }
}
