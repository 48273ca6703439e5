//! The record of processing and the impact assessment: both documents, and the form for what only people can say.

use crate::context::Cx;
use crate::documents::{self, Document, Kind};
use crate::error::{self, Fault};
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::processing::{ProcessingView, Statements};
use std::collections::BTreeMap;
use terms::processing::Statement;

#[derive(Template)]
#[template(path = "processing.html")]
pub(super) struct ProcessingPage {
    pub(super) cx: Cx,
    pub(super) view: ProcessingView,
    /// What stands in the form: what was typed, when that could not be taken.
    pub(super) typed: Statements,
    pub(super) problem: String,
}

impl ProcessingPage {
    fn statements(&self) -> &'static [Statement] {
        Statement::ALL
    }

    fn words(&self, what: &Statement) -> &str {
        self.typed.get(what).map_or("", String::as_str)
    }

    fn gaps(&self) -> String {
        let missing = Statement::ALL.iter().filter(|what| !self.view.statements.contains_key(what)).count();
        match missing {
            0 => self.cx.t("dp.gaps.none").to_owned(),
            missing => self.cx.plural("dp.gaps", missing as u64),
        }
    }

    /// Each document with the identifier of its heading and its address as text.
    fn documents(&self) -> [(&'static str, &'static str, Document); 2] {
        let make = |kind| documents::make(&self.cx, kind, &self.view);
        [
            ("record", "/processing/record.md", make(Kind::Record)),
            ("dpia", "/processing/dpia.md", make(Kind::Dpia)),
        ]
    }
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let view = state.app.processing_view().await?;
    let page = |view: ProcessingView| ProcessingPage {
        cx: cx.clone(),
        typed: view.statements.clone(),
        view,
        problem: String::new(),
    };
    respond::face(&cx, view, page)
}

/// Keeps what people state.
pub(crate) async fn state(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    typed: Result<Form<BTreeMap<String, String>>, FormRejection>,
) -> Result<Response, Fault> {
    let mut statements = Statements::new();
    for (what, words) in typed?.0 {
        let what =
            what.parse::<Statement>().map_err(|_| Fault::Unreadable("no such statement".to_owned()))?;
        statements.insert(what, words);
    }
    match state.app.set_statements(statements.clone(), state.app.officer(&person)?.actor()).await {
        Ok(()) => Ok(Redirect::to("/processing?done=processing").into_response()),
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            let view = state.app.processing_view().await?;
            respond::html(status, &ProcessingPage { cx, view, typed: statements, problem })
        }
    }
}

async fn text(state: &WebState, cx: &Cx, kind: Kind, name: &str) -> Result<Response, Fault> {
    let view = state.app.processing_view().await?;
    let file = format!("attachment; filename=\"{name}-{}.md\"", view.at.day());
    let kind_of_text = "text/markdown; charset=utf-8".to_owned();
    let headers = [(header::CONTENT_TYPE, kind_of_text), (header::CONTENT_DISPOSITION, file)];
    Ok((StatusCode::OK, headers, documents::markdown(kind, cx.lang, &view)).into_response())
}

/// The record as text.
pub(crate) async fn record(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    text(&state, &cx, Kind::Record, "record").await
}

/// The assessment as text.
pub(crate) async fn dpia(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    text(&state, &cx, Kind::Dpia, "dpia").await
}
