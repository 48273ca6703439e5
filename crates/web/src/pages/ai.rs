//! The switch of all AI: where it stands, who threw it when, and the two buttons.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::oversight::AiSwitchView;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "ai.html")]
pub(super) struct AiPage {
    pub(super) cx: Cx,
    pub(super) ai: AiSwitchView,
    pub(super) problem: Option<String>,
}

/// Why the switch is thrown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    why: String,
}

/// Where it stands.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
) -> Result<Response, Fault> {
    let ai = state.app.ai_switch(&person).await?;
    respond::face(&cx, ai, |ai| AiPage { cx: cx.clone(), ai, problem: None })
}

/// Stops all AI.
pub(crate) async fn stop(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    let done = state.app.stop_ai(&person, &typed.why).await.map(|_| "ai_stopped");
    answer(state, cx, &person, done).await
}

/// Lets it go on.
pub(crate) async fn resume(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    let done = state.app.resume_ai(&person, &typed.why).await.map(|()| "ai_resumed");
    answer(state, cx, &person, done).await
}

async fn answer(
    state: WebState,
    cx: Cx,
    person: &terms::person::Person,
    done: flow::Result<&str>,
) -> Result<Response, Fault> {
    match done {
        Ok(done) => Ok(Redirect::to(&format!("/ai?done={done}")).into_response()),
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            let ai = state.app.ai_switch(person).await?;
            respond::html(status, &AiPage { cx, ai, problem: Some(problem) })
        }
    }
}
