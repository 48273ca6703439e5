//! The responsible-AI report of a month: page, and the same as a file.

use crate::context::Cx;
use crate::documents::{self, Document};
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use flow::accountability::MonthView;
use serde::Deserialize;
use terms::time::Instant;

#[derive(Template)]
#[template(path = "month.html")]
pub(super) struct MonthPage {
    cx: Cx,
    view: MonthView,
    document: Document,
}

/// The month of an instant, as `2026-10`.
fn month_of(at: Instant) -> String {
    at.day().to_string().chars().take(7).collect()
}

impl MonthPage {
    pub(super) fn new(cx: Cx, view: MonthView) -> Self {
        let document = documents::month_document(&cx, &view);
        Self { cx, view, document }
    }

    fn picture(&self) -> String {
        documents::month_picture(&self.cx, &self.view)
    }

    fn before(&self) -> String {
        month_of(self.view.from.plus_days(-1))
    }

    fn newest(&self) -> String {
        month_of(self.view.made_at)
    }
}

/// Which month; the one that is going on when none is named.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    month: String,
}

async fn view(state: &WebState, asked: Result<Query<Asked>, QueryRejection>) -> Result<MonthView, Fault> {
    let Query(Asked { month }) = asked?;
    let month = if month.is_empty() { month_of(state.app.now()) } else { month };
    Ok(state.app.responsible_ai(&month).await?)
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    respond::face(&cx, view(&state, asked).await?, |view| MonthPage::new(cx.clone(), view))
}

/// The file.
pub(crate) async fn file(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    let view = view(&state, asked).await?;
    let name = format!("attachment; filename=\"responsible-ai-{}-{}.html\"", view.month, cx.lang);
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    let page = documents::month_html(cx.lang, &view).map_err(Fault::Page)?;
    Ok((headers, page).into_response())
}
