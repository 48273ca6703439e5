//! The privacy officer's queue of requests under the law.

use crate::WebState;
use crate::context::Cx;
use crate::error::Fault;
use crate::respond;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "rights.html")]
pub(super) struct RightsPage {
    pub(super) cx: Cx,
}

/// The page.
pub(crate) async fn show(State(_): State<WebState>, Extension(cx): Extension<Cx>) -> Result<Response, Fault> {
    respond::html(StatusCode::OK, &RightsPage { cx })
}
