//! The switch that stops all AI at once.
//!
//! Goes in: somebody who may halt, and why. Comes out: no model acts, no words of a machine are taken in or sent, and
//! what was being sent with either is paused, in one transaction. Deliberately absent: the learned cues of the guard, which
//! can only hold back or show something to a person, so that without them more would be sent and not less.

use serde::Serialize;
use store::oversight::AiSwitch;
use terms::campaign::{CampaignPlan, CampaignState};
use terms::ids::CampaignId;
use terms::ledger::Action;
use terms::person::Person;
use terms::time::Instant;

use crate::access::Permission;
use crate::app::App;
use crate::error::{Error, Result};
use crate::in_flight::InFlight;
use crate::jobs::Work;
use crate::problem::Problem;

/// Throws of the switch that are listed.
const LISTED: i64 = 20;

/// One throw of the switch, with names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AiThrow {
    /// Whether AI was stopped, or let go on.
    pub stopped: bool,
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: String,
}

/// Where the switch stands, and what the reader can do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AiSwitchView {
    /// How it was stopped, while it is.
    pub stopped: Option<AiThrow>,
    /// Who threw it when, newest first.
    pub history: Vec<AiThrow>,
    /// Whether this reader may stop it now.
    pub may_stop: bool,
    /// Whether this reader may let it go on now.
    pub may_resume: bool,
    /// Campaigns that use AI and are paused: they go on one by one, by a person.
    pub waiting: Vec<(CampaignId, String)>,
}

/// What a stop did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AiStopped {
    /// Campaigns that were paused.
    pub paused: Vec<CampaignId>,
}

/// Whether a plan uses AI: a machine wrote of its words, or profiling chooses its audience. What cannot be read does.
pub(crate) fn uses_ai(plan: &CampaignPlan) -> bool {
    plan.written_with_ai || profiles(&plan.audience)
}

/// Whether profiling chooses an audience.
pub(crate) fn profiles(audience: &str) -> bool {
    policy::segment::parse(audience).map_or(true, |segment| segment.uses_profiling())
}

impl App {
    /// How AI was stopped, while it is; `None` while it is on.
    ///
    /// # Errors
    /// When the store fails. Whoever asks in order to use AI does not.
    pub async fn ai_stopped(&self) -> Result<Option<AiThrow>> {
        let Some(throw) = self.store().ai_switch().await?.filter(|throw| throw.stopped) else {
            return Ok(None);
        };
        let by = self.store().person(throw.person).await?.name;
        Ok(Some(AiThrow { stopped: true, by, at: throw.at, reason: throw.reason }))
    }

    /// Refuses what needs AI while it is stopped.
    pub(crate) async fn needs_ai(&self) -> Result<()> {
        match self.ai_stopped().await? {
            None => Ok(()),
            Some(AiThrow { by, at, reason, .. }) => Err(Problem::AiStopped { by, at, reason }.into()),
        }
    }

    /// Refuses a campaign that uses AI while it is stopped.
    pub(crate) async fn plan_needs_ai(&self, plan: &CampaignPlan) -> Result<()> {
        if uses_ai(plan) { self.needs_ai().await } else { Ok(()) }
    }

    /// Where the switch stands.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn ai_switch(&self, person: &Person) -> Result<AiSwitchView> {
        let people = self.store().people().await?;
        let told = |throw: AiSwitch| AiThrow {
            stopped: throw.stopped,
            by: people.iter().find(|p| p.id == throw.person).map(|p| p.name.clone()).unwrap_or_default(),
            at: throw.at,
            reason: throw.reason,
        };
        let throws = self.store().ai_switches(LISTED).await?;
        let last = throws.first().filter(|throw| throw.stopped).cloned();
        let other = last.as_ref().is_some_and(|throw| throw.person != person.id);
        let mut waiting = Vec::new();
        if last.is_some() {
            for campaign in self.store().campaigns().await? {
                if campaign.state == CampaignState::Paused && uses_ai(&campaign.plan) {
                    waiting.push((campaign.id, campaign.plan.name));
                }
            }
        }
        Ok(AiSwitchView {
            may_stop: last.is_none() && self.may(person, Permission::Halt),
            may_resume: other
                && self.may(person, Permission::PromoteModels)
                && self.standing_of(person.id).await?.holds(),
            stopped: last.map(told),
            history: throws.into_iter().map(told).collect(),
            waiting,
        })
    }

    /// Stops all AI. Once this is over, nothing more leaves that a model chose or a machine wrote.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who may not halt, [`Problem::NoReason`] without a reason, [`Problem::AiStopped`] when it is
    /// stopped already.
    pub async fn stop_ai(&self, person: &Person, reason: &str) -> Result<AiStopped> {
        let granted = self.needs(person, Permission::Halt)?;
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Problem::NoReason.into());
        }
        let mut tx = self.store().begin().await?;
        if tx.ai_switch().await?.is_some_and(|throw| throw.stopped) {
            drop(tx);
            return self.needs_ai().await.map(|()| AiStopped::default());
        }
        let now = self.now();
        tx.put_ai_switch(&AiSwitch { stopped: true, person: person.id, reason: reason.to_owned(), at: now })
            .await?;
        let paused = tx.running_with_ai().await?;
        let mut entries = Vec::with_capacity(paused.len() + 1);
        let payload = serde_json::json!({ "reason": reason, "paused": paused });
        entries.push(self.entry(granted.actor(), Action::AiStopped, "ai", payload));
        for id in &paused {
            tx.move_campaign(*id, CampaignState::Running, CampaignState::Paused, now).await?;
            let payload = serde_json::json!({ "because": Action::AiStopped });
            let object = format!("campaign/{id}");
            entries.push(self.entry(granted.actor(), Action::CampaignPaused, object, payload));
        }
        tx.append_entries(&entries).await?;
        tx.commit().await?;
        for id in &paused {
            self.settle_in_flight(InFlight::Of(*id)).await?;
        }
        Ok(AiStopped { paused })
    }

    /// Lets AI go on. Campaigns that were paused stay so until somebody resumes each.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who may not let models act, [`Problem::NotCertified`], [`Problem::OwnStop`] for who stopped
    /// it, [`Problem::AiGoesOn`] when it is not stopped.
    pub async fn resume_ai(&self, person: &Person, reason: &str) -> Result<()> {
        let granted = self.needs(person, Permission::PromoteModels)?;
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Problem::NoReason.into());
        }
        let mut tx = self.store().begin().await?;
        let now = self.now();
        tx.certified(person.id, now).await?;
        match tx.ai_switch().await?.filter(|throw| throw.stopped) {
            None => return Err(Problem::AiGoesOn.into()),
            Some(throw) if throw.person == person.id => return Err(Error::from(Problem::OwnStop)),
            Some(_) => {}
        }
        tx.put_ai_switch(&AiSwitch { stopped: false, person: person.id, reason: reason.to_owned(), at: now })
            .await?;
        let payload = serde_json::json!({ "reason": reason });
        tx.append_entries(&[self.entry(granted.actor(), Action::AiResumed, "ai", payload)]).await?;
        tx.commit().await?;
        // What was not fitted meanwhile.
        self.enqueue(&Work::Lifecycle, now).await
    }
}
