//! The audit of an audience before it is launched: how it falls on groups, whether the brand's policy accepts that, and what
//! could be done about it.
//!
//! Goes in: a campaign. Comes out: rates by attribute and by pairs of attributes, of two kinds: who of those that may be
//! written to gets this campaign, and who of them got any campaign in a year, this one included, so that the others are never
//! offered anything. Who may not be written to (no consent, opted out) is in neither: that is the customer's own choice. Deliberately
//! absent: any value of anybody; groups under [`super::SMALLEST_GROUP`] are counted and not shown.

use policy::fairness_gate::{FairnessPolicy, Found, GateReason, Judgement, judge};
use policy::segment::Ast;
use science::fairness::proxy::Together;
use serde::{Deserialize, Serialize};
use store::fairness::StoredAudit;
use terms::campaign::{Campaign, CampaignState};
use terms::fairness::{AuditOccasion, FairnessMeasure, FairnessVerdict};
use terms::ids::CampaignId;
use terms::ledger::{Action, NewEntry};
use terms::person::{Actor, Person};
use terms::time::Instant;

use super::Attribute;
use super::features::Features;
use super::finding::{AuditFinding, Lowest, lowest};
use super::flip::{self, Flip, Held};
use super::groups::{Cut, Grouping, cuts};
use super::proxies::{self, UsedProxy};
use super::remedy::{self, Remedy};
use crate::access::{Granted, Permission};
use crate::app::{App, json_text, json_value};
use crate::error::{Error, Result};
use crate::lawful::FairnessAudit;
use crate::problem::Problem;
use crate::snapshot::Snapshot;
use crate::stages::decide;

/// Setting that holds the brand's policy.
const POLICY: &str = "fairness_policy";
/// Audits of a live campaign in a year, by the calendar.
pub(super) const LOOKS: u32 = 12;
/// Days back that reach looks.
pub(super) const REACH_DAYS: i64 = 365;

/// An audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AudienceAudit {
    /// Campaign.
    pub campaign: CampaignId,
    /// Why it was made.
    pub occasion: AuditOccasion,
    /// When.
    pub at: Instant,
    /// The policy that was in force.
    pub policy: FairnessPolicy,
    /// The verdict with its reasons.
    pub judgement: Judgement,
    /// Every finding; none where the vault holds no attribute.
    pub findings: Vec<AuditFinding>,
    /// Features the audience uses that give a group away.
    #[serde(default)]
    pub proxies: Vec<UsedProxy>,
    /// People who are alike otherwise, by group.
    #[serde(default)]
    pub flips: Vec<Flip>,
    /// What could be done, with its cost; only where it was refused.
    pub remedies: Vec<Remedy>,
}

impl AudienceAudit {
    /// Whether the policy lets the audience be launched.
    #[must_use]
    pub fn may_launch(&self) -> bool {
        self.judgement.may_launch(&self.policy)
    }

    /// Whether any finding raised an alarm.
    #[must_use]
    pub fn alarm(&self) -> bool {
        self.findings.iter().any(|finding| finding.alarm.raised)
    }

    /// The lowest ratio that could be told, and whose it is.
    #[must_use]
    pub fn lowest(&self) -> Option<Lowest> {
        lowest(&self.findings)
    }

    /// The row it is kept as.
    pub(crate) fn stored(&self, content: &str) -> Result<StoredAudit> {
        Ok(StoredAudit {
            id: 0,
            campaign: self.campaign,
            occasion: self.occasion,
            at: self.at,
            content: content.to_owned(),
            verdict: self.judgement.verdict,
            alarm: self.alarm() && self.occasion == AuditOccasion::Calendar,
            findings: json_text(self)?,
        })
    }

    pub(super) fn read(stored: &StoredAudit) -> Result<Self> {
        serde_json::from_str(&stored.findings)
            .map_err(|error| Error::Internal(format!("audit {} cannot be read: {error}", stored.id)))
    }

    fn refuse(&self) -> Result<()> {
        if self.may_launch() {
            return Ok(());
        }
        let below = self.judgement.reasons.iter().filter_map(|reason| match reason {
            GateReason::BelowLimit { ratio, .. } => Some(*ratio),
            GateReason::NoAttribute | GateReason::TooSmall { .. } => None,
        });
        let ratio = below.fold(f64::NAN, f64::min);
        Err(Problem::UnfairAudience { ratio, limit: self.policy.lowest_ratio }.into())
    }
}

/// Who is chosen out of whom, by position in the snapshot.
pub(super) struct Choice {
    pub(super) base: Vec<bool>,
    pub(super) included: Vec<bool>,
    reached: Vec<bool>,
    messages: Vec<u32>,
}

impl Choice {
    pub(super) fn findings(&self, cuts: &[Cut<'_>], limit: f64) -> Result<Vec<AuditFinding>> {
        let held = (limit, cuts.len() * FairnessMeasure::ALL.len(), LOOKS);
        let mut found = Vec::new();
        for measure in FairnessMeasure::ALL {
            let chosen = match measure {
                FairnessMeasure::Inclusion => &self.included,
                FairnessMeasure::Reach => &self.reached,
            };
            for cut in cuts {
                found.push(cut.finding(*measure, (&self.base, chosen, &self.messages), held)?);
            }
        }
        Ok(found)
    }

    /// The same with others included.
    pub(super) fn with(&self, included: Vec<bool>) -> Self {
        let included: Vec<bool> = included.iter().zip(&self.base).map(|(one, base)| *one && *base).collect();
        let reached = included
            .iter()
            .zip(&self.messages)
            .map(|(included, messages)| *included || *messages > 0)
            .collect();
        Self { base: self.base.clone(), included, reached, messages: self.messages.clone() }
    }
}

/// What the policy says of findings.
pub(super) fn judged(policy: &FairnessPolicy, findings: &[AuditFinding]) -> Judgement {
    let found: Vec<Found> = findings
        .iter()
        .map(|finding| Found {
            attribute: finding.attribute.clone(),
            measure: finding.measure,
            ratio: finding.ratio,
            small: finding.small,
        })
        .collect();
    judge(policy, &found)
}

/// Which conditions of an audience give a group away, and what would change without what gives it away.
fn looked_behind(
    segment: &Ast,
    snapshot: &Snapshot,
    choice: &Choice,
    groupings: &[Grouping],
) -> (Vec<UsedProxy>, Vec<Flip>) {
    let features = Features::of(&snapshot.columns);
    let finder = features.finder();
    let (base, included) = (choice.base.as_slice(), choice.included.as_slice());
    let held = Held { segment, snapshot, features: &features, base, included };
    let comparisons = flip::comparisons(groupings, base);
    let (mut used, mut flips) = (Vec::new(), Vec::new());
    for grouping in groupings {
        let found = proxies::find(&features, &finder, grouping, base, Together::NotAsked);
        used.extend(proxies::used(segment, grouping.name(), &found));
        flips.extend(held.flips(grouping, &found.away, comparisons));
    }
    (used, flips)
}

impl App {
    /// The brand's fairness policy.
    ///
    /// # Errors
    /// When the store fails or the setting cannot be read: then nothing is launched.
    pub async fn fairness_policy(&self) -> Result<FairnessPolicy> {
        match self.store().setting(POLICY).await? {
            None => Ok(FairnessPolicy::default()),
            Some(text) => serde_json::from_str(&text)
                .map_err(|error| Error::Internal(format!("the fairness policy cannot be read: {error}"))),
        }
    }

    /// Changes the brand's fairness policy; the ledger keeps both.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for somebody who may not audit; [`Error::Problem`] for a policy that cannot be kept.
    pub async fn change_fairness_policy(&self, person: &Person, policy: &FairnessPolicy) -> Result<()> {
        let granted = self.needs(person, Permission::AuditFairness)?;
        if !policy.is_valid() {
            let why = format!("`{}` is no lowest ratio", policy.lowest_ratio);
            return Err(Problem::FairnessPolicy { why }.into());
        }
        if let Some(unknown) = policy.attributes.iter().find(|name| name.parse::<Attribute>().is_err()) {
            let why = format!("`{unknown}` is no attribute of the vault");
            return Err(Problem::FairnessPolicy { why }.into());
        }
        let before = self.fairness_policy().await?;
        let payload = serde_json::json!({ "before": before, "after": policy });
        let mut tx = self.store().begin().await?;
        tx.set_setting(POLICY, &json_text(policy)?).await?;
        let entry = self.entry(
            granted.actor(),
            Action::FairnessPolicyChanged,
            "fairness/policy",
            json_value(&payload)?,
        );
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The attributes of which the vault holds something and that the policy audits.
    pub(crate) async fn audited_attributes(&self, policy: &FairnessPolicy) -> Result<Vec<Attribute>> {
        let counts = self.store().vault_counts().await?;
        Ok(counts
            .into_iter()
            .filter(|(attribute, n)| *n > 0 && policy.covers(attribute.as_str()))
            .map(|(attribute, _)| attribute)
            .collect())
    }

    /// Audits the audience of a campaign as it is now; of one that was launched, those it was launched for. Every opening of
    /// the vault is an entry of the ledger. `None` when there is no attribute to audit by.
    pub(crate) async fn audit_audience(
        &self,
        campaign: &Campaign,
        occasion: AuditOccasion,
    ) -> Result<Option<AudienceAudit>> {
        let policy = self.fairness_policy().await?;
        let attributes = self.audited_attributes(&policy).await?;
        if attributes.is_empty() {
            return Ok(None);
        }
        let snapshot = self.snapshot().await?;
        let lawful = self.lawful::<FairnessAudit>().await?;
        let segment = policy::segment::parse(&campaign.plan.audience)
            .map_err(|error| Problem::segment(&campaign.plan.audience, error))?;
        let mut groupings = Vec::new();
        for attribute in attributes {
            let about =
                serde_json::json!({ "audit": "audience", "campaign": campaign.id, "occasion": occasion });
            let held = self.values_for_audit(attribute, about).await?;
            groupings.push(Grouping::new(attribute.as_str(), &snapshot, held, |key| lawful.covers(key)));
        }
        // Whom an approver left out with their language is among those who could have got it.
        let mut whole = campaign.clone();
        whole.plan.struck.clear();
        let mut base = decide::eligible(self, &whole, &snapshot).await?;
        let not_struck = |at: &usize| {
            let language = snapshot.customers.get(*at).map(|customer| customer.language());
            !language.is_some_and(|language| campaign.plan.struck.contains(&language))
        };
        let mut included = vec![false; base.len()];
        let mut include = |at: usize| included.get_mut(at).into_iter().for_each(|slot| *slot = true);
        if matches!(campaign.state, CampaignState::Running | CampaignState::Paused) {
            // Whom it was launched for was decided then: who has been written to since is not left out of the count.
            for at in
                self.store().planned_of(campaign.id).await?.iter().filter_map(|key| snapshot.position(key))
            {
                include(at);
                base.get_mut(at).into_iter().for_each(|slot| *slot = true);
            }
        } else {
            policy::segment::eval_columns(&segment, &snapshot.columns)
                .ones()
                .filter(not_struck)
                .for_each(include);
        }
        let mut messages = vec![0; base.len()];
        for (key, n, _) in self.store().reached_since(self.now().plus_days(-REACH_DAYS)).await? {
            if let Some(slot) = snapshot.position(&key).and_then(|at| messages.get_mut(at)) {
                *slot = u32::try_from(n).unwrap_or(u32::MAX);
            }
        }
        let choice = Choice { base, included: Vec::new(), reached: Vec::new(), messages }.with(included);
        let cuts = cuts(&groupings);
        let findings = choice.findings(&cuts, policy.lowest_ratio)?;
        let judgement = judged(&policy, &findings);
        let (proxies, flips) = looked_behind(&segment, &snapshot, &choice, &groupings);
        let remedies = match judgement.verdict {
            FairnessVerdict::Refused => {
                let seed = (campaign.plan.seed & 0xffff) as u32;
                remedy::offers(&segment, &snapshot, &choice, &cuts, &policy, seed)?
            }
            FairnessVerdict::Passed | FairnessVerdict::Insufficient => Vec::new(),
        };
        Ok(Some(AudienceAudit {
            campaign: campaign.id,
            occasion,
            at: self.now(),
            policy,
            judgement,
            findings,
            proxies,
            flips,
            remedies,
        }))
    }

    /// The ledger's entry about an audit.
    pub(crate) fn audit_entry(&self, who: Actor, audit: &AudienceAudit) -> Result<NewEntry> {
        let payload = serde_json::json!({
            "occasion": audit.occasion, "verdict": audit.judgement.verdict, "lowest_ratio": audit.lowest().map(|lowest| lowest.ratio.value),
            "limit": audit.policy.lowest_ratio, "alarm": audit.alarm(),
        });
        let object = format!("campaign/{}", audit.campaign);
        Ok(self.entry(who, Action::FairnessAudited, object, json_value(&payload)?))
    }

    /// Keeps an audit by itself, with its entry.
    pub(super) async fn keep_audit(&self, who: Actor, content: &str, audit: &AudienceAudit) -> Result<()> {
        let mut tx = self.store().begin().await?;
        tx.put_fairness_audit(&audit.stored(content)?).await?;
        tx.append_entries(&[self.audit_entry(who, audit)?]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Audits before a launch. Comes out: the audit, to be kept with the launch. Outside of the policy it is kept at once and
    /// the launch refused.
    pub(crate) async fn fair_to_launch(
        &self,
        granted: &Granted,
        campaign: &Campaign,
        content: &str,
    ) -> Result<Option<AudienceAudit>> {
        let Some(audit) = self.audit_audience(campaign, AuditOccasion::Launch).await? else {
            return Ok(None);
        };
        if !audit.may_launch() {
            self.keep_audit(granted.actor(), content, &audit).await?;
            audit.refuse()?;
        }
        Ok(Some(audit))
    }

    /// Refuses to approve what the last audit of this very content found outside of the policy as it is now.
    pub(crate) async fn fair_to_approve(
        &self,
        granted: &Granted,
        campaign: &Campaign,
        content: &str,
    ) -> Result<()> {
        let policy = self.fairness_policy().await?;
        match self.store().latest_fairness_audit(campaign.id).await? {
            Some(stored) if stored.content == content => {
                let audit = AudienceAudit::read(&stored)?;
                let judgement = judged(&policy, &audit.findings);
                AudienceAudit { policy, judgement, ..audit }.refuse()
            }
            // Submitted before there was anything to audit by: it is audited now, before anybody has said yes to it.
            _ => match self.audit_audience(campaign, AuditOccasion::Submission).await? {
                Some(audit) => {
                    self.keep_audit(granted.actor(), content, &audit).await?;
                    audit.refuse()
                }
                None => Ok(()),
            },
        }
    }

    /// The newest audit of a campaign, if it was about this content.
    pub(crate) async fn audit_of(
        &self,
        campaign: CampaignId,
        content: &str,
    ) -> Result<Option<AudienceAudit>> {
        let stored = self.store().latest_fairness_audit(campaign).await?;
        stored.filter(|stored| stored.content == content).as_ref().map(AudienceAudit::read).transpose()
    }

    /// The newest audit of a campaign, if there is one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn latest_audit(&self, campaign: CampaignId) -> Result<Option<AudienceAudit>> {
        self.store().latest_fairness_audit(campaign).await?.as_ref().map(AudienceAudit::read).transpose()
    }
}
