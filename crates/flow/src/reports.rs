//! Review and report of one campaign: what an approver needs, and what came of it.

use terms::campaign::{Campaign, CampaignState};
use terms::customer::Language;
use terms::decision::ExclusionReason;
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, MessageId};
use terms::ledger::Action;
use terms::person::{Person, Role};

use crate::access::{Permission, allows};
use crate::app::{App, actor};
use crate::campaigns::needs;
use crate::error::Result;
use crate::stages::measure::stored;
use crate::views::{ApproveRefusal, CampaignAction, FunnelStep, MessageLine, ReportView, ReviewView};

/// How a person settles a message in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reconciled {
    /// It went out.
    Sent,
    /// It did not.
    NotSent,
}

/// Setting under which a demo keeps the true uplift of a campaign.
fn truth_setting(id: CampaignId) -> String {
    format!("true_uplift/{id}")
}

impl App {
    /// The review page.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when there is no such campaign.
    pub async fn review(&self, person: &Person, id: CampaignId, language: Language) -> Result<ReviewView> {
        let campaign = self.store().campaign(id).await?;
        let approval = self.store().valid_approval(id).await?;
        let content_hash = self.content_hash(&campaign).await?;
        let approved_by = match &approval {
            Some(approval) => Some(self.store().person(approval.approver).await?.name),
            None => None,
        };
        Ok(ReviewView {
            compose: self.compose(id, language).await?,
            author: self.store().person(campaign.author).await?.name,
            content_hash: content_hash.to_string(),
            models: self.models_of(&campaign.plan.audience).await?,
            may_approve: may_approve(person, &campaign),
            approved_by,
            approved_at: approval.as_ref().map(|approval| approval.at),
            approval_valid: self.covering_approval(&campaign).await.is_ok(),
            actions: actions(person, &campaign),
        })
    }

    /// The report page.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when there is no such campaign.
    pub async fn report(&self, person: &Person, id: CampaignId) -> Result<ReportView> {
        let campaign = self.store().campaign(id).await?;
        let people = self.store().people().await?;
        let funnel = self.store().funnel(id).await?;
        let measured = stored(self, id).await?;
        let truth = self.store().setting(&truth_setting(id)).await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        let excluded = |(reason, people): (&ExclusionReason, &i64)| FunnelStep {
            reason: reason.to_string(),
            people: count(*people),
        };
        let responses = self.store().response_counts(id).await?;
        let messages = self.store().messages_of_campaign(id, None, 50, 0).await?;
        let window_ends = measured.as_ref().map(|measured| measured.to);
        let planned_end = campaign.changed_at.plus_days(i64::from(campaign.plan.window_days)).day();
        let line = |message: store::deliveries::Delivery| MessageLine {
            id: message.id,
            customer: message.customer.to_string(),
            state: message.state.map_or_else(|| "excluded".to_owned(), |state| state.to_string()),
            at: message.finished_at.or(message.not_before).unwrap_or(campaign.changed_at),
        };
        Ok(ReportView {
            brief: self.brief(&campaign, &people).await?,
            currency: self.brand().await?.currency.to_string(),
            audience: count(funnel.audience),
            funnel: funnel.excluded.iter().map(excluded).collect(),
            planned: count(funnel.planned()),
            deliveries: funnel.states.iter().map(|(state, n)| (state.to_string(), count(*n))).collect(),
            responses: responses.iter().map(|(kind, n)| (kind.to_string(), count(*n))).collect(),
            revenue: measured.as_ref().and_then(|measured| measured.revenue),
            purchases: measured.as_ref().and_then(|measured| measured.purchases),
            opt_outs: measured.as_ref().and_then(|measured| measured.opt_outs),
            verdict: measured.as_ref().map(|measured| measured.verdict.clone()),
            curve: measured.map(|measured| measured.curve).unwrap_or_default(),
            true_uplift: truth.and_then(|text| text.parse().ok()),
            window_ends: window_ends.or((!campaign.state.is_editable()).then_some(planned_end)),
            messages: messages.into_iter().map(line).collect(),
            actions: actions(person, &campaign),
        })
    }

    /// Keeps the true uplift of a campaign in a simulated shop, to be shown beside the measured one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_true_uplift(&self, id: CampaignId, per_customer: f64) -> Result<()> {
        Ok(self.store().set_setting(&truth_setting(id), &per_customer.to_string()).await?)
    }

    /// Settles a message in doubt.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] and [`crate::Error::Conflict`] when it is not in doubt.
    pub async fn reconcile(&self, person: &Person, message: MessageId, settled: Reconciled) -> Result<()> {
        needs(person, Permission::Reconcile)?;
        let state = match settled {
            Reconciled::Sent => DeliveryState::Sent,
            Reconciled::NotSent => DeliveryState::Failed,
        };
        let mut tx = self.store().begin().await?;
        tx.reconcile_message(message, state, person.id, self.now()).await?;
        let payload = serde_json::json!({ "settled": state });
        let object = format!("message/{message}");
        tx.append_entries(&[self.entry(actor(person), Action::MessageReconciled, object, payload)]).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn may_approve(person: &Person, campaign: &Campaign) -> std::result::Result<(), ApproveRefusal> {
    if campaign.state != CampaignState::Submitted {
        Err(ApproveRefusal::NotSubmitted)
    } else if campaign.author == person.id {
        Err(ApproveRefusal::Author)
    } else if person.role == Role::Approver {
        Ok(())
    } else {
        Err(ApproveRefusal::Role)
    }
}

/// The buttons that make sense for this reader, in the order a page shows them.
fn actions(person: &Person, campaign: &Campaign) -> Vec<CampaignAction> {
    let may = |permission| allows(person.role, permission);
    let mut actions = Vec::new();
    let mut offer = |when: bool, action| {
        if when {
            actions.push(action);
        }
    };
    let state = campaign.state;
    offer(may(Permission::Compose) && state.is_editable(), CampaignAction::Edit);
    let draft = matches!(state, CampaignState::Draft | CampaignState::Checked);
    offer(may(Permission::Compose) && draft, CampaignAction::Submit);
    offer(may_approve(person, campaign).is_ok(), CampaignAction::Approve);
    offer(may_approve(person, campaign).is_ok(), CampaignAction::Reject);
    offer(may(Permission::Run) && state == CampaignState::Approved, CampaignAction::Launch);
    offer(may(Permission::Run) && state == CampaignState::Running, CampaignAction::Pause);
    offer(may(Permission::Run) && state == CampaignState::Paused, CampaignAction::Resume);
    offer(
        may(Permission::Run) && matches!(state, CampaignState::Running | CampaignState::Paused),
        CampaignAction::Stop,
    );
    actions
}
