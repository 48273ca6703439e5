//! Approve: a campaign is submitted by its author and approved, or sent back, by somebody else.
//!
//! Goes in: a checked campaign and a person. Comes out: an approval bound to the hash of exactly what was read. The
//! hash that the approver's page showed must still be the hash of the campaign: what changed meanwhile is not approved.

use policy::approval::check_approval;
use terms::campaign::{Campaign, CampaignState};
use terms::hash::ContentHash;
use terms::ids::CampaignId;
use terms::ledger::Action;
use terms::model::{ModelKind, ModelState};
use terms::person::Person;

use crate::access::{Permission, on_campaign};
use crate::app::App;
use crate::error::{Error, Result};
use crate::oversight::Part;
use crate::problem::Problem;

impl App {
    /// The hash of a campaign as it stands, models included.
    pub(crate) async fn content_hash(&self, campaign: &Campaign) -> Result<ContentHash> {
        let models = self.models_of(&campaign.plan.audience).await?;
        campaign.content_hash(&models).map_err(|error| Error::Internal(error.to_string()))
    }

    /// Registry labels of the models that choose a campaign's audience: none when the segment asks for nothing computed.
    pub(crate) async fn models_of(&self, audience: &str) -> Result<Vec<String>> {
        let profiled = policy::segment::parse(audience).map_or(true, |segment| segment.uses_profiling());
        let mut labels = Vec::new();
        if profiled {
            for kind in [ModelKind::Stage, ModelKind::Value] {
                let acting = self.store().acting_models(kind.as_str()).await?;
                labels.extend(acting.iter().map(|model| match model.state {
                    ModelState::Canary => format!("{} for {} %", model.label(), model.share),
                    _ => model.label(),
                }));
            }
        }
        Ok(labels)
    }

    /// Approves a submitted campaign. `seen_hash` is the hash the approver's page showed.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a role that does not approve, [`Problem::NotCertified`] without a certificate that holds,
    /// [`Error::Conflict`] for the author, for a campaign that is not submitted, or for one that changed since it was read.
    pub async fn approve_campaign(
        &self,
        person: &Person,
        id: CampaignId,
        seen_hash: &str,
        note: &str,
    ) -> Result<()> {
        self.approve_part(person, id, seen_hash, note, &Part::default()).await.map(|_| ())
    }

    /// Approves a submitted campaign, or what `part` leaves of it. Comes out: the state it is in then; it stays submitted
    /// while it needs another approver.
    ///
    /// # Errors
    /// As [`App::approve_campaign`]; [`Problem::NothingLeft`] when every language is left out, [`Problem::ApprovedByYou`]
    /// for who approved it already.
    pub async fn approve_part(
        &self,
        person: &Person,
        id: CampaignId,
        seen_hash: &str,
        note: &str,
        part: &Part,
    ) -> Result<CampaignState> {
        let mut campaign = self.store().campaign(id).await?;
        let granted = self.needs_on(person, Permission::Approve, on_campaign(&campaign)).await?;
        let seen = self.content_hash(&campaign).await?;
        if seen.to_string() != seen_hash {
            return Err(Problem::ChangedSinceRead.into());
        }
        let given = self.store().valid_approvals(id).await?;
        if part.is_whole() && given.iter().any(|approval| approval.approver == person.id) {
            return Err(Problem::ApprovedByYou.into());
        }
        narrow(&mut campaign, part)?;
        let current = self.content_hash(&campaign).await?;
        let narrowed = current != seen;
        self.plan_needs_ai(&campaign.plan).await?;
        self.still_clear(&campaign).await?;
        self.not_vetoed(&campaign).await?;
        let content = current.to_string();
        self.fair_to_approve(&granted, &campaign, &content).await?;
        let needed = self.needed_for(&campaign, &content).await?;
        let report = if narrowed { self.store().report(id, &seen).await? } else { None };
        let mut tx = self.store().begin().await?;
        if narrowed {
            if tx.campaign_hash(id).await? != Some(seen) {
                return Err(Problem::ChangedSinceRead.into());
            }
            let (struck, at_most) = (&campaign.plan.struck, campaign.plan.at_most);
            tx.narrow_campaign(id, struck, at_most, &current, self.now()).await?;
        }
        if let Some(report) = report {
            tx.put_report(id, &current, &report, self.now()).await?;
        }
        tx.need_approvals(id, i64::from(needed)).await?;
        let approval = tx.approve_campaign(id, person.id, &current, note, self.now()).await?;
        let state = tx.campaign(id).await?.state;
        // Whoever approves has seen what the guard left to a person, and lets it pass; it is counted once.
        let passed =
            if state == CampaignState::Approved { tx.put_passes(approval.id, id).await? } else { Vec::new() };
        let action = match state {
            CampaignState::Approved => Action::CampaignApproved,
            _ => Action::CampaignSeconded,
        };
        let payload = serde_json::json!({
            "campaign": campaign.plan.name, "passed": passed, "content": current.to_string(), "approval": approval.id, "note": note,
            "needed": needed, "struck": campaign.plan.struck, "at_most": campaign.plan.at_most,
            "author": campaign.author, "models": self.models_of(&campaign.plan.audience).await?,
        });
        tx.append_entries(&[self.entry(granted.actor(), action, format!("campaign/{id}"), payload)]).await?;
        tx.commit().await?;
        Ok(state)
    }

    /// Refuses a campaign that the guard would hold back now: facts or rules of the brand may have changed since it was
    /// checked, and an override may be over.
    pub(crate) async fn still_clear(&self, campaign: &Campaign) -> Result<()> {
        let checks =
            self.checks_of(Some(campaign.id), &campaign.plan, &campaign.variants, self.now()).await?;
        match crate::workshop::blocking(&checks) {
            0 => Ok(()),
            blocking => Err(Error::Blocked { blocking }),
        }
    }

    /// Sends a submitted campaign back to its author, with a reason.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a reason; otherwise as [`App::approve_campaign`].
    pub async fn reject_campaign(&self, person: &Person, id: CampaignId, note: &str) -> Result<()> {
        let granted = self.needs(person, Permission::Approve)?;
        if note.trim().is_empty() {
            return Err(Problem::NoReason.into());
        }
        let mut tx = self.store().begin().await?;
        tx.reject_campaign(id, person.id, note, self.now()).await?;
        let payload = serde_json::json!({ "note": note });
        tx.append_entries(&[self.entry(
            granted.actor(),
            Action::CampaignRejected,
            format!("campaign/{id}"),
            payload,
        )])
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The approval that covers the campaign as it stands, or why there is none.
    pub(crate) async fn covering_approval(
        &self,
        campaign: &Campaign,
    ) -> Result<policy::approval::ApprovedContent> {
        let approvals = self.store().valid_approvals(campaign.id).await?;
        let needed = u32::try_from(self.store().approvals_needed(campaign.id).await?).unwrap_or(u32::MAX);
        // A model promoted after the approval changes the hash of a draft, never of a campaign already running: its
        // audience was frozen with the models that were approved.
        let current = match campaign.state {
            CampaignState::Running | CampaignState::Paused => {
                self.store().campaign_hash(campaign.id).await?.ok_or(Error::NotFound)?
            }
            _ => self.content_hash(campaign).await?,
        };
        check_approval(campaign, &approvals, needed, current).map_err(|refusal| Problem::from(refusal).into())
    }
}

/// Takes what an approver leaves out off a campaign. What was left out before stays so.
fn narrow(campaign: &mut Campaign, part: &Part) -> Result<()> {
    for language in &part.struck {
        if !campaign.plan.struck.contains(language) {
            campaign.plan.struck.push(*language);
        }
    }
    campaign.plan.struck.sort_unstable();
    let left = |language| !campaign.plan.struck.contains(&language);
    if part.at_most == Some(0) || !campaign.variants.iter().any(|variant| left(variant.language)) {
        return Err(Problem::NothingLeft.into());
    }
    campaign.plan.at_most = [campaign.plan.at_most, part.at_most].into_iter().flatten().min();
    Ok(())
}
