//! How many must approve a campaign and why, its settings, and what approvers left out.
//!
//! Goes in: a campaign as it stands. Comes out: its risks by [`policy::oversight`], who approved, and who is still needed.

use policy::oversight::{Oversight, RiskClass, RiskLine, Traits, approvers_needed, class, risks};
use serde::Serialize;
use terms::campaign::Campaign;
use terms::customer::Language;
use terms::fact::FactValue;
use terms::fairness::FairnessVerdict;
use terms::ledger::Action;
use terms::person::Person;
use terms::time::Instant;

use crate::access::Permission;
use crate::app::{App, json_text, json_value};
use crate::error::{Error, Result};
use crate::problem::Problem;

/// Setting they are kept under.
const SETTING: &str = "oversight";

/// What an approver leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Languages whose words are not approved.
    pub struck: Vec<Language>,
    /// How many may take part at the most, drawn at random: a pilot.
    pub at_most: Option<u64>,
}

impl Part {
    /// Nothing is left out.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.struck.is_empty() && self.at_most.is_none()
    }
}

/// An approval that holds, with a name.
#[derive(Debug, Clone, Serialize)]
pub struct ApproverLine {
    /// Who.
    pub name: String,
    /// When.
    pub at: Instant,
    /// What they wrote.
    pub note: String,
}

/// How risky a campaign is, and how many must approve it.
#[derive(Debug, Clone, Serialize)]
pub struct RiskView {
    /// Class.
    pub class: RiskClass,
    /// Risks that hold.
    pub risks: Vec<RiskLine>,
    /// People other than the author who must approve.
    pub needed: u32,
    /// Those who did.
    pub approved: Vec<ApproverLine>,
    /// What approvers left out.
    pub part: Part,
}

impl App {
    /// The settings of oversight.
    ///
    /// # Errors
    /// When the store fails or the setting cannot be read: then nothing is approved or launched.
    pub async fn oversight(&self) -> Result<Oversight> {
        match self.store().setting(SETTING).await? {
            None => Ok(Oversight::default()),
            Some(text) => serde_json::from_str(&text).map_err(|error| {
                Error::Internal(format!("the settings of oversight cannot be read: {error}"))
            }),
        }
    }

    /// Changes the settings of oversight; the ledger keeps both.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who does not keep gates; [`Problem::Oversight`] for settings that cannot be used.
    pub async fn change_oversight(&self, person: &Person, settings: &Oversight) -> Result<()> {
        let granted = self.needs(person, Permission::KeepGates)?;
        settings.check().map_err(|why| Error::from(Problem::Oversight(why)))?;
        let before = self.oversight().await?;
        let payload = serde_json::json!({ "before": before, "after": settings });
        let mut tx = self.store().begin().await?;
        tx.set_setting(SETTING, &json_text(settings)?).await?;
        let entry = self.entry(
            granted.actor(),
            Action::OversightChanged,
            "oversight/settings",
            json_value(&payload)?,
        );
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The risks of a campaign as it stands, its words read anew.
    pub(crate) async fn risks_of(&self, campaign: &Campaign, content: &str) -> Result<Vec<RiskLine>> {
        let checks =
            self.checks_of(Some(campaign.id), &campaign.plan, &campaign.variants, self.now()).await?;
        let findings = checks.iter().flat_map(|check| &check.report.findings);
        let overridden = findings.filter(|finding| finding.overridden.is_some()).count() as u64;
        let snapshot = self.snapshot().await?;
        let segment = policy::segment::parse(&campaign.plan.audience)
            .map_err(|error| Problem::segment(&campaign.plan.audience, error))?;
        let people = policy::segment::eval_columns(&segment, &snapshot.columns).ones().count() as u64;
        let facts = self.facts_for(&campaign.plan.offer).await?;
        let percents = facts.iter().filter(|fact| fact.predicate.contains("discount"));
        let discount = percents
            .filter_map(|fact| match fact.value {
                FactValue::Percent(percent) => Some(percent),
                _ => None,
            })
            .reduce(f64::max);
        let audit = self.audit_of(campaign.id, content).await?;
        let traits = Traits {
            people: campaign.plan.at_most.map_or(people, |most| most.min(people)),
            customers: snapshot.customers.len() as u64,
            written_with_ai: campaign.plan.written_with_ai,
            scored: segment.uses_scores(),
            profiled: segment.uses_profiling(),
            discount,
            topic: campaign.plan.topic.clone(),
            overridden,
            fairness_unknown: audit
                .is_some_and(|audit| audit.judgement.verdict == FairnessVerdict::Insufficient),
        };
        Ok(risks(&traits, &self.oversight().await?))
    }

    /// How many must approve a campaign as it stands: what its risks ask for, and never fewer than was found before.
    pub(crate) async fn needed_for(&self, campaign: &Campaign, content: &str) -> Result<u32> {
        Ok(approvers_needed(&self.risks_of(campaign, content).await?))
    }

    /// What the review page says of it.
    pub(crate) async fn risk_view(&self, campaign: &Campaign, content: &str) -> Result<RiskView> {
        let risks = self.risks_of(campaign, content).await?;
        let written = u32::try_from(self.store().approvals_needed(campaign.id).await?).unwrap_or(u32::MAX);
        let mut approved = Vec::new();
        for approval in self.store().valid_approvals(campaign.id).await? {
            let name = self.store().person(approval.approver).await?.name;
            approved.push(ApproverLine { name, at: approval.at, note: approval.note });
        }
        Ok(RiskView {
            class: class(&risks),
            needed: approvers_needed(&risks).max(written),
            risks,
            approved,
            part: Part { struck: campaign.plan.struck.clone(), at_most: campaign.plan.at_most },
        })
    }
}
