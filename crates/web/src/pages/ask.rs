//! Anybody may use a right without a link and without an account. The answer is the same whether the address is known
//! or not; the mail that follows is for whoever reads that address.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::visitor::Visitor;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Form};
use serde::Deserialize;
use terms::rights::RightKind;

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    kind: String,
    email: String,
    words: String,
}

#[derive(Template)]
#[template(path = "ask.html")]
pub(super) struct AskPage {
    pub(super) cx: Cx,
    pub(super) brand: String,
    pub(super) typed: Typed,
    pub(super) problem: String,
    pub(super) done: bool,
}

impl AskPage {
    fn kinds(&self) -> &'static [RightKind] {
        RightKind::ALL
    }
}

/// The form.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let brand = state.app.brand().await?.name;
    let page = AskPage { cx, brand, typed: Typed::default(), problem: String::new(), done: false };
    respond::html(StatusCode::OK, &page)
}

/// Takes it in.
pub(crate) async fn send(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    visitor: Visitor,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    let brand = state.app.brand().await?.name;
    let Ok(kind) = typed.kind.parse::<RightKind>() else {
        return Err(Fault::Unreadable("no such right".to_owned()));
    };
    let source = visitor.address.as_deref().unwrap_or("unknown");
    match state.app.ask_from_form(kind, &typed.email, &typed.words, cx.lang, source).await {
        Ok(()) => {
            let page = AskPage { cx, brand, typed: Typed::default(), problem: String::new(), done: true };
            respond::html(StatusCode::OK, &page)
        }
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            respond::html(status, &AskPage { cx, brand, typed, problem, done: false })
        }
    }
}
