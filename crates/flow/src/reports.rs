//! Review and report of one campaign: what an approver needs, and what came of it.

use store::deliveries::Funnel;
use terms::approval::Approval;
use terms::campaign::{Campaign, CampaignState};
use terms::customer::Language;
use terms::decision::ExclusionReason;
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, MessageId};
use terms::ledger::Action;
use terms::person::Person;

use crate::access::Permission;
use crate::app::App;
use crate::error::{Error, Result};
use crate::stages::measure::stored;
use crate::views::{
    ApprovalStanding, ApproveRefusal, AudiencePreview, CampaignAction, FunnelStep, MessageFilter,
    MessageLine, ReportView, ReviewView,
};

/// Messages on a page.
const PAGE: u64 = 50;

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
        let approved = approval.as_ref().filter(|_| !is_open(campaign.state));
        let standing = self.standing(&campaign, approved).await?;
        let (content_hash, models) = match approved {
            Some(approval) => (approval.content, self.approved_models(&campaign, Some(approval)).await?),
            None => (self.content_hash(&campaign).await?, self.models_of(&campaign.plan.audience).await?),
        };
        let mut compose = self
            .compose_as_of(&campaign, language, approved.map_or(self.now(), |approval| approval.at))
            .await?;
        let funnel = self.store().funnel(id).await?;
        if approved.is_some() && funnel.audience > 0 {
            compose.audience = frozen(&funnel, compose.audience);
        }
        let approved_by = match &approval {
            Some(approval) => Some(self.store().person(approval.approver).await?.name),
            None => None,
        };
        let (mut may_approve, mut actions) =
            (may_approve(self, person, &campaign), actions(self, person, &campaign));
        // Sending back needs no certificate: it stops something.
        if may_approve.is_ok() && !self.standing_of(person.id).await?.holds() {
            may_approve = Err(ApproveRefusal::NotCertified);
            actions.retain(|action| *action != CampaignAction::Approve);
        }
        Ok(ReviewView {
            compose,
            author: self.store().person(campaign.author).await?.name,
            models,
            content_hash: content_hash.to_string(),
            may_approve,
            veto: self.veto_of(&campaign).await?,
            fairness: self.audit_of(id, &content_hash.to_string()).await?,
            audited_attributes: self.audited_attributes(&self.fairness_policy().await?).await?.len(),
            risk: self.risk_view(&campaign, &content_hash.to_string()).await?,
            approved_by,
            approved_at: approval.as_ref().map(|approval| approval.at),
            standing,
            actions,
        })
    }

    /// Whether an approval covers a campaign as it is. From the launch on the models are those of the frozen audience,
    /// whatever went live since.
    async fn standing(&self, campaign: &Campaign, approval: Option<&Approval>) -> Result<ApprovalStanding> {
        let Some(approval) = approval else { return Ok(ApprovalStanding::None) };
        let models = self.approved_models(campaign, Some(approval)).await?;
        let hash = campaign.content_hash(&models).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(if hash != approval.content {
            ApprovalStanding::Edited
        } else if campaign.state == CampaignState::Approved
            && models != self.models_of(&campaign.plan.audience).await?
        {
            ApprovalStanding::NewModel
        } else {
            ApprovalStanding::Holds
        })
    }

    /// The models a campaign was approved with, as the ledger keeps them; today's where there is no approval.
    pub(crate) async fn approved_models(
        &self,
        campaign: &Campaign,
        approval: Option<&Approval>,
    ) -> Result<Vec<String>> {
        if let Some(approval) = approval {
            let content = approval.content.to_string();
            for entry in self.store().entries_of(&format!("campaign/{}", campaign.id)).await? {
                let payload = &entry.entry.payload;
                let same = payload.get("content").and_then(serde_json::Value::as_str) == Some(&content);
                if entry.entry.action == Action::CampaignApproved
                    && same
                    && let Some(models) = payload.get("models")
                    && let Ok(models) = serde_json::from_value(models.clone())
                {
                    return Ok(models);
                }
            }
        }
        self.models_of(&campaign.plan.audience).await
    }

    /// The report page, with one page of the messages that `filter` lets through.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when there is no such campaign.
    pub async fn report(
        &self,
        person: &Person,
        id: CampaignId,
        filter: MessageFilter,
        page: u64,
    ) -> Result<ReportView> {
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
        let matches = matching(&funnel, filter);
        let pages = matches.div_ceil(PAGE).max(1);
        let page = page.clamp(1, pages);
        let offset = i64::try_from((page - 1) * PAGE).unwrap_or(0);
        let messages = match filter {
            MessageFilter::All => self.store().messages_of_campaign(id, None, PAGE as i64, offset).await?,
            MessageFilter::State(state) => {
                self.store().messages_of_campaign(id, Some(state), PAGE as i64, offset).await?
            }
            MessageFilter::Excluded(reason) => {
                self.store().excluded_of_campaign(id, reason, PAGE as i64, offset).await?
            }
        };
        let mut actions = actions(self, person, &campaign);
        let live = matches!(campaign.state, CampaignState::Running | CampaignState::Paused);
        // Until the first message has begun to leave, the launch can be taken back whole.
        if live && self.may(person, Permission::Halt) && self.store().nothing_began(id).await? {
            actions.insert(0, CampaignAction::Undo);
        }
        let sends_from = self.store().sends_from(id).await?.filter(|at| live && *at > self.now());
        let window_ends = measured.as_ref().map(|measured| measured.to);
        let planned_end = campaign.changed_at.plus_days(i64::from(campaign.plan.window_days)).day();
        let line = |message: store::deliveries::Delivery| MessageLine {
            id: message.id,
            customer: message.customer.to_string(),
            state: message.state.map_or_else(|| "excluded".to_owned(), |state| state.to_string()),
            reason: message.exclusion.map(|reason| reason.to_string()),
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
            long_term: measured.as_ref().and_then(|measured| measured.long_term.clone()),
            left_out: measured.as_ref().map_or([0, 0], |measured| measured.left_out),
            verdict: measured.as_ref().map(|measured| measured.verdict.clone()),
            curve: measured.map(|measured| measured.curve).unwrap_or_default(),
            true_uplift: truth.and_then(|text| text.parse().ok()),
            window_ends: window_ends.or((!campaign.state.is_editable()).then_some(planned_end)),
            messages: messages.into_iter().map(line).collect(),
            filter,
            matches,
            page,
            pages,
            sends_from,
            actions,
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
        let granted = self.needs(person, Permission::Reconcile)?;
        let state = match settled {
            Reconciled::Sent => DeliveryState::Sent,
            Reconciled::NotSent => DeliveryState::Failed,
        };
        let mut tx = self.store().begin().await?;
        tx.reconcile_message(message, state, person.id, self.now()).await?;
        let payload = serde_json::json!({ "settled": state });
        let object = format!("message/{message}");
        tx.append_entries(&[self.entry(granted.actor(), Action::MessageReconciled, object, payload)]).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Before the approval, everything is as it stands now.
const fn is_open(state: CampaignState) -> bool {
    matches!(state, CampaignState::Draft | CampaignState::Checked | CampaignState::Submitted)
}

/// The audience as it was frozen, in the words of the preview.
fn frozen(funnel: &Funnel, preview: AudiencePreview) -> AudiencePreview {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let step = |(reason, people): (&ExclusionReason, &i64)| FunnelStep {
        reason: reason.to_string(),
        people: count(*people),
    };
    AudiencePreview {
        people: count(funnel.audience),
        funnel: funnel.excluded.iter().map(step).collect(),
        would_plan: count(funnel.planned()),
        would_hold_out: count(funnel.control()),
        languages: Vec::new(),
        stages: Vec::new(),
        levels: Vec::new(),
        detectable: None,
        frozen: true,
        ..preview
    }
}

/// Rows of an audience that a filter lets through.
fn matching(funnel: &Funnel, filter: MessageFilter) -> u64 {
    let rows = match filter {
        MessageFilter::All => funnel.audience,
        MessageFilter::State(state) => funnel.state(state),
        MessageFilter::Excluded(reason) => funnel.excluded.get(&reason).copied().unwrap_or(0),
    };
    u64::try_from(rows).unwrap_or(0)
}

fn may_approve(app: &App, person: &Person, campaign: &Campaign) -> std::result::Result<(), ApproveRefusal> {
    if !is_open(campaign.state) {
        Err(ApproveRefusal::Decided)
    } else if campaign.state != CampaignState::Submitted {
        Err(ApproveRefusal::NotSubmitted)
    } else if campaign.author == person.id {
        Err(ApproveRefusal::Author)
    } else if app.may(person, Permission::Approve) {
        Ok(())
    } else {
        Err(ApproveRefusal::Role)
    }
}

/// The buttons that make sense for this reader, in the order a page shows them.
fn actions(app: &App, person: &Person, campaign: &Campaign) -> Vec<CampaignAction> {
    let may = |permission| app.may(person, permission);
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
    offer(may_approve(app, person, campaign).is_ok(), CampaignAction::Approve);
    offer(may_approve(app, person, campaign).is_ok(), CampaignAction::Reject);
    offer(may(Permission::Launch) && state == CampaignState::Approved, CampaignAction::Launch);
    offer(may(Permission::Halt) && state == CampaignState::Running, CampaignAction::Pause);
    offer(may(Permission::Launch) && state == CampaignState::Paused, CampaignAction::Resume);
    offer(
        may(Permission::Halt) && matches!(state, CampaignState::Running | CampaignState::Paused),
        CampaignAction::Stop,
    );
    actions
}
