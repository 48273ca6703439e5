//! For machines: is the house up, and does it honour Global Privacy Control?

use crate::WebState;
use crate::error::Fault;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// `ok` when the store answers.
pub(crate) async fn health(State(state): State<WebState>) -> Result<&'static str, Fault> {
    state.app.health().await?;
    Ok("ok\n")
}

/// The Global Privacy Control resource: the signal is honoured.
pub(crate) async fn gpc() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], "{\"gpc\":true,\"lastUpdate\":\"2026-11-24\"}\n")
        .into_response()
}
