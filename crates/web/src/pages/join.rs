//! Signing up: the public form, and the page behind the link that confirms it. Opening either changes nothing.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::visitor::Visitor;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use flow::views::{JoinConfirmView, JoinForm, JoinState, JoinStep, JoinView};
use serde::Deserialize;
use terms::consent::Purpose;

#[derive(Template)]
#[template(path = "join.html")]
pub(super) struct JoinPage {
    pub(super) cx: Cx,
    pub(super) view: JoinView,
    /// What was typed, to be mended.
    pub(super) typed: Typed,
    /// What was wrong with it.
    pub(super) problem: Option<String>,
}

#[derive(Template)]
#[template(path = "join_confirm.html")]
pub(super) struct JoinConfirmPage {
    pub(super) cx: Cx,
    pub(super) view: JoinConfirmView,
}

impl JoinPage {
    fn ticked(&self, purpose: &Purpose) -> bool {
        self.typed.ticked(*purpose)
    }
}

/// A language named in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    lang: String,
}

/// What the page sends: a box that is not ticked is not sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(super) email: String,
    pub(super) lang: String,
    pub(super) marketing: String,
    pub(super) profiling: String,
    pub(super) ai_content: String,
    pub(super) measurement: String,
    pub(super) sharing: String,
}

impl Typed {
    fn ticked(&self, purpose: Purpose) -> bool {
        !match purpose {
            Purpose::Marketing => &self.marketing,
            Purpose::Profiling => &self.profiling,
            Purpose::AiContent => &self.ai_content,
            Purpose::Measurement => &self.measurement,
            Purpose::Sharing => &self.sharing,
        }
        .is_empty()
    }
}

/// The form.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    visitor: Visitor,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    cx.lang = asked?.0.lang.parse().unwrap_or(cx.lang);
    let view = JoinView { opted_out: visitor.opted_out, ..state.app.join_view(cx.lang).await? };
    respond::face(&cx, view, |view| JoinPage { cx: cx.clone(), view, typed: Typed::default(), problem: None })
}

/// Takes the form; the answer is the same for every address.
pub(crate) async fn ask(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    visitor: Visitor,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    cx.lang = typed.lang.parse().unwrap_or(cx.lang);
    let form = JoinForm {
        email: typed.email.clone(),
        language: cx.lang,
        purposes: Purpose::ALL.iter().copied().filter(|purpose| typed.ticked(*purpose)).collect(),
        address: visitor.address,
        opted_out: visitor.opted_out,
    };
    match state.app.ask_to_join(&form).await {
        Ok(view) => respond::face(&cx, view, |view| JoinPage { cx: cx.clone(), view, typed, problem: None }),
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            let view = JoinView { opted_out: visitor.opted_out, ..state.app.join_view(cx.lang).await? };
            if cx.json {
                let body = serde_json::json!({ "error": problem });
                return Ok((status, axum::Json(body)).into_response());
            }
            respond::html(status, &JoinPage { cx, view, typed, problem: Some(problem) })
        }
    }
}

/// The page behind the link; inert.
pub(crate) async fn confirmation(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.join_confirm_view(&token?.0).await?;
    cx.lang = view.language;
    confirm_page(cx, view)
}

/// Confirms.
pub(crate) async fn confirm(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.confirm_join(&token?.0).await?;
    cx.lang = view.language;
    confirm_page(cx, view)
}

fn confirm_page(cx: Cx, view: JoinConfirmView) -> Result<Response, Fault> {
    if view.state == JoinState::Expired && !cx.json {
        return respond::html(StatusCode::GONE, &JoinConfirmPage { cx, view });
    }
    respond::face(&cx, view, |view| JoinConfirmPage { cx: cx.clone(), view })
}
