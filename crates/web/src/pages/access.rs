//! Who may do what: the table of roles as a picture, and the brand's own policies.

use crate::context::Cx;
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use flow::access::{AccessView, Cell, Policy};
use terms::customer::Language;

/// The page of access.
#[derive(Template)]
#[template(path = "access.html")]
pub(super) struct AccessPage {
    pub(super) cx: Cx,
    pub(super) view: AccessView,
}

impl AccessPage {
    /// A policy's reason, in the reader's language.
    fn reason<'a>(&self, policy: &'a Policy) -> &'a str {
        match self.cx.lang {
            Language::English => &policy.reason_en,
            Language::Spanish => &policy.reason_es,
        }
    }

    /// Class and words of a cell.
    fn cell(&self, cell: &Cell) -> (&'static str, &'static str) {
        let (class, key) = match cell {
            Cell::Yes => ("yes", "ac.yes"),
            Cell::No => ("no", "ac.no"),
            Cell::Narrowed => ("narrowed", "ac.narrowed"),
        };
        (class, self.cx.t(key))
    }
}

/// The page of access.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let view = state.app.access_view().await?;
    respond::face(&cx, view, |view| AccessPage { cx: cx.clone(), view })
}
