//! Review: everything an approver needs, side by side, and the buttons that move a campaign on.

use crate::context::Cx;
use crate::error::Fault;
use crate::pages::check::{CheckShown, Step, planned_bar, preview_steps};
use crate::pages::fairness::AuditShown;
use crate::pages::report;
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::oversight::Part;
use flow::views::{ApprovalStanding, ApproveRefusal, CampaignAction, ReviewView};
use serde::Deserialize;
use terms::campaign::CampaignState;
use terms::customer::Language;
use terms::ids::CampaignId;

#[derive(Template)]
#[template(path = "review.html")]
pub(super) struct ReviewPage {
    cx: Cx,
    view: ReviewView,
    checks: Vec<CheckShown>,
    funnel: Vec<Step>,
    planned: String,
    fairness: Option<AuditShown>,
    id: i64,
}

impl ReviewPage {
    pub(super) fn new(cx: Cx, view: ReviewView) -> Self {
        let checks = view.compose.checks.iter().map(CheckShown::of).collect();
        let funnel = preview_steps(&view.compose.audience);
        let planned = planned_bar(view.compose.audience.would_plan, view.compose.audience.people);
        let id = view.compose.id.map_or(0, |id| id.0);
        let fairness =
            view.fairness.as_ref().map(|audit| AuditShown::of(&cx, audit).takes(&cx, id, view.compose.state));
        Self { cx, view, checks, funnel, planned, fairness, id }
    }

    fn can(&self, action: &str) -> bool {
        can(&self.view.actions, action)
    }

    /// Why the approval no longer counts, if there is one that does not.
    fn void(&self) -> Option<&'static str> {
        match self.view.standing {
            ApprovalStanding::None | ApprovalStanding::Holds => None,
            ApprovalStanding::Edited => Some(self.cx.t("review.void")),
            ApprovalStanding::NewModel => Some(self.cx.t("review.void.model")),
        }
    }

    /// The share held out, in percent.
    fn control(&self) -> String {
        let percent = self.view.compose.form.control_percent;
        self.cx.pct(percent / 100.0, usize::from(percent.fract() != 0.0))
    }

    /// The reader may overrule a veto: not their own campaign's.
    fn may_overrule(&self) -> bool {
        self.cx.may(flow::access::Permission::OverrideRules)
    }

    /// What the long term of the measured campaign came to.
    fn veto_found(&self, veto: &flow::long_term::VetoView) -> String {
        let chance = veto.found.loss.map_or_else(|| "–".to_owned(), |loss| self.cx.chance(loss, 1));
        self.cx.t3("veto.found", &veto.name, self.cx.on(veto.at), chance)
    }

    /// Whether only a certificate is missing.
    fn needs_test(&self) -> bool {
        self.view.may_approve == Err(ApproveRefusal::NotCertified)
    }

    /// A risk in words, with what was found.
    fn risk(&self, line: &flow::oversight::RiskLine) -> String {
        self.cx.t1(&format!("risk.{}", line.risk), self.cx.n(line.found))
    }

    fn risk_class(&self) -> (&'static str, &'static str) {
        use flow::oversight::RiskClass;
        match self.view.risk.class {
            RiskClass::Usual => ("good", self.cx.t("risk.class.usual")),
            RiskClass::Raised => ("warn", self.cx.t("risk.class.raised")),
            RiskClass::High => ("bad", self.cx.t("risk.class.high")),
        }
    }

    fn refusal(&self) -> Option<&'static str> {
        Some(match self.view.may_approve.err()? {
            ApproveRefusal::Author => "author",
            ApproveRefusal::Role => "role",
            ApproveRefusal::NotSubmitted => "not_submitted",
            ApproveRefusal::Decided => "decided",
            ApproveRefusal::NotCertified => "not_certified",
        })
    }
}

/// True when an action is among those that make sense.
pub(super) fn can(actions: &[CampaignAction], name: &str) -> bool {
    actions.iter().any(|action| name_of(*action) == name)
}

fn name_of(action: CampaignAction) -> &'static str {
    match action {
        CampaignAction::Edit => "edit",
        CampaignAction::Submit => "submit",
        CampaignAction::Approve => "approve",
        CampaignAction::Reject => "reject",
        CampaignAction::Launch => "launch",
        CampaignAction::Pause => "pause",
        CampaignAction::Resume => "resume",
        CampaignAction::Undo => "undo",
        CampaignAction::Stop => "stop",
    }
}

type Id = Result<Path<i64>, PathRejection>;

/// A campaign: its review before launch, its report afterwards.
pub(crate) async fn campaign(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Id,
    shown: Result<Query<report::Shown>, QueryRejection>,
) -> Result<Response, Fault> {
    let id = CampaignId(id?.0);
    let view = state.app.review(&person, id, cx.lang).await?;
    if view.compose.state.is_editable() {
        page(&cx, view)
    } else {
        report::page(&state, cx, &person, id, &shown?.0).await
    }
}

/// What was reviewed, whatever the state.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Id,
) -> Result<Response, Fault> {
    let view = state.app.review(&person, CampaignId(id?.0), cx.lang).await?;
    page(&cx, view)
}

fn page(cx: &Cx, view: ReviewView) -> Result<Response, Fault> {
    Ok(respond::with_mail(respond::face(cx, view, |view| ReviewPage::new(cx.clone(), view))?))
}

/// What an approver sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    seen_hash: String,
    at_most: String,
    // A box that is not ticked is not sent.
    strike_en: String,
    strike_es: String,
    note: String,
}

fn back(id: CampaignId, done: &str) -> Response {
    Redirect::to(&format!("/campaigns/{id}?done={done}")).into_response()
}

/// Approves exactly what was seen.
pub(crate) async fn approve(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    id: Id,
    said: Result<Form<Said>, FormRejection>,
) -> Result<Response, Fault> {
    let (id, Form(said)) = (CampaignId(id?.0), said?);
    let at_most = match said.at_most.trim() {
        "" => None,
        typed => Some(typed.parse().map_err(|_| Fault::Unreadable("no number of people".to_owned()))?),
    };
    let struck = [(Language::English, &said.strike_en), (Language::Spanish, &said.strike_es)];
    let struck = struck.into_iter().filter(|(_, ticked)| !ticked.is_empty()).map(|(language, _)| language);
    let part = Part { struck: struck.collect(), at_most };
    let state = state.app.approve_part(&person, id, &said.seen_hash, said.note.trim(), &part).await?;
    Ok(back(id, if state == CampaignState::Approved { "approved" } else { "seconded" }))
}

/// Overrules the long-term veto against a campaign.
pub(crate) async fn overrule(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    id: Id,
    said: Result<Form<Said>, FormRejection>,
) -> Result<Response, Fault> {
    let (id, Form(said)) = (CampaignId(id?.0), said?);
    state.app.overrule_veto(&person, id, &said.note).await?;
    Ok(Redirect::to(&format!("/campaigns/{id}/review?done=overruled")).into_response())
}

/// Sends a campaign back with a reason.
pub(crate) async fn reject(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    id: Id,
    said: Result<Form<Said>, FormRejection>,
) -> Result<Response, Fault> {
    let (id, Form(said)) = (CampaignId(id?.0), said?);
    state.app.reject_campaign(&person, id, said.note.trim()).await?;
    Ok(back(id, "rejected"))
}

macro_rules! moves {
    ($($(#[$meta:meta])* $name:ident = $method:ident, $done:literal;)+) => {$(
        $(#[$meta])*
        pub(crate) async fn $name(
            State(state): State<WebState>,
            Extension(Staff(person)): Extension<Staff>,
            id: Id,
        ) -> Result<Response, Fault> {
            let id = CampaignId(id?.0);
            state.app.$method(&person, id).await?;
            Ok(back(id, $done))
        }
    )+};
}

moves! {
    /// Hands a campaign to an approver.
    submit = submit_campaign, "submitted";
    /// Starts sending.
    launch = launch_campaign, "launched";
    /// Halts.
    pause = pause_campaign, "paused";
    /// Goes on.
    resume = resume_campaign, "resumed";
    /// Ends for good.
    stop = stop_campaign, "stopped";
    /// Takes a launch back of which nothing has left.
    undo = undo_launch, "undone";
}
