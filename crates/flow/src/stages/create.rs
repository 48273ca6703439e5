//! Create: a form becomes a stored draft, and a draft that the guard lets through is handed to an approver.
//!
//! Goes in: a form and a person. Comes out: a campaign in the store, with the guard's report of exactly this content.
//! Deliberately absent: approval; this stage only says what stands in the way.

use store::guard_readings::Step;
use terms::campaign::CampaignState;
use terms::customer::Language;
use terms::fairness::AuditOccasion;
use terms::ids::CampaignId;
use terms::ledger::Action;
use terms::person::Person;

use crate::access::{Permission, on_campaign};
use crate::app::{App, json_value};
use crate::campaigns::plan_of;
use crate::error::{Error, Result};
use crate::monitoring::readings_of;
use crate::problem::Problem;
use crate::views::CampaignForm;
use crate::workshop::{Workshop, all_clear, blocking};

impl App {
    /// Saves a form as a new campaign (`id` is `None`) or over an older version of one. Any earlier check or approval
    /// is void. Returns the campaign.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the form cannot be read, [`Error::Conflict`] when somebody else saved in between or the
    /// campaign can no longer be edited.
    pub async fn save_campaign(
        &self,
        person: &Person,
        id: Option<CampaignId>,
        version: i64,
        form: &CampaignForm,
    ) -> Result<CampaignId> {
        let granted = self.needs(person, Permission::Compose)?;
        let now = self.now();
        let seed = match id {
            Some(id) => self.store().campaign(id).await?.plan.seed,
            None => science::hash::seeded_hash(now.0.unsigned_abs(), form.name.as_bytes()) >> 32,
        };
        let (plan, variants) = plan_of(form, seed, now)?;
        if plan.written_with_ai {
            self.needs_ai().await?;
        }
        let checks = self.checks_of(id, &plan, &variants, now).await?;
        let mut tx = self.store().begin().await?;
        let campaign = match id {
            Some(id) => tx.update_campaign(id, &plan, &variants, version, now).await?,
            None => tx.create_campaign(&plan, &variants, person.id, now).await?,
        };
        let object = format!("campaign/{}", campaign.id);
        let payload = serde_json::json!({ "version": campaign.version, "plan": json_value(&plan)? });
        tx.append_entries(&[self.entry(granted.actor(), Action::CampaignEdited, object, payload)]).await?;
        for reading in readings_of(campaign.id, &plan, &variants, &checks)? {
            tx.put_reading(&reading, Step::Saved, now).await?;
        }
        tx.commit().await?;
        Ok(campaign.id)
    }

    /// Lets the guard read a draft, and hands it to an approver when nothing blocks.
    ///
    /// # Errors
    /// [`Error::Blocked`] when the guard holds it back: the campaign stays a draft. [`Error::Invalid`] when a text has
    /// no subject or body or cannot be filled, when the offer has no facts, or when nobody is in the audience.
    /// [`Error::Forbidden`] and [`Error::Conflict`] as for saving.
    pub async fn submit_campaign(&self, person: &Person, id: CampaignId) -> Result<()> {
        let campaign = self.store().campaign(id).await?;
        let granted = self.needs_on(person, Permission::Compose, on_campaign(&campaign)).await?;
        if !matches!(campaign.state, CampaignState::Draft | CampaignState::Checked) {
            return Err(Problem::NotADraft { state: campaign.state }.into());
        }
        self.plan_needs_ai(&campaign.plan).await?;
        let now = self.now();
        if !campaign.plan.offer.is_empty() {
            self.known_offer(&campaign.plan.offer).await?;
        }
        let facts = self.facts_for(&campaign.plan.offer).await?;
        let last_calls = self.last_calls(Some(id)).await?;
        let workshop =
            Workshop::new(self.brand().await?, campaign.plan.clone(), facts, last_calls, self.house().await?);
        let checks: Vec<_> = campaign
            .variants
            .iter()
            .map(|variant| workshop.check_variant(variant, now, Language::English))
            .collect();
        if all_clear(&checks) {
            self.needs_people(&campaign.plan.audience).await?;
        }
        let hash = self.content_hash(&campaign).await?;
        let object = format!("campaign/{id}");
        let who = granted.actor();
        let audit = match all_clear(&checks) {
            true => self.audit_audience(&campaign, AuditOccasion::Submission).await?,
            false => None,
        };
        let mut tx = self.store().begin().await?;
        tx.put_report(id, &hash, &json_value(&checks)?, now).await?;
        let step = if all_clear(&checks) { Step::Submitted } else { Step::Saved };
        for reading in readings_of(id, &campaign.plan, &campaign.variants, &checks)? {
            tx.put_reading(&reading, step, now).await?;
        }
        let blocking = blocking(&checks);
        let payload = serde_json::json!({ "content": hash.to_string(), "blocking": blocking });
        tx.append_entries(&[self.entry(who.clone(), Action::CampaignChecked, object.clone(), payload)])
            .await?;
        if !all_clear(&checks) {
            tx.commit().await?;
            let broken = checks.into_iter().find_map(|check| {
                check.error.map(|why| Problem::CannotBeSent { language: check.language, why })
            });
            return Err(broken.map_or(Error::Blocked { blocking }, Error::Problem));
        }
        if campaign.state == CampaignState::Draft {
            tx.move_campaign(id, CampaignState::Draft, CampaignState::Checked, now).await?;
        }
        tx.submit_campaign(id, &hash, now).await?;
        let payload = serde_json::json!({ "content": hash.to_string() });
        let mut entries = Vec::new();
        if let Some(audit) = &audit {
            tx.put_fairness_audit(&audit.stored(&hash.to_string())?).await?;
            entries.push(self.audit_entry(who.clone(), audit)?);
        }
        entries.push(self.entry(who, Action::CampaignSubmitted, object, payload));
        tx.append_entries(&entries).await?;
        tx.commit().await?;
        Ok(())
    }
}
