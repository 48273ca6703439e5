//! One view struct, two faces: the page, or the same struct as JSON.

use crate::context::Cx;
use crate::error::Fault;
use crate::security::HoldsMail;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;

/// Answers with the page made from a view, or with the view as JSON when that was asked for.
pub(crate) fn face<V: Serialize, P: Template>(
    cx: &Cx,
    view: V,
    page: impl FnOnce(V) -> P,
) -> Result<Response, Fault> {
    if cx.json { Ok(axum::Json(view).into_response()) } else { html(StatusCode::OK, &page(view)) }
}

/// Answers with a page.
pub(crate) fn html(status: StatusCode, page: &impl Template) -> Result<Response, Fault> {
    Ok((status, Html(page.render()?)).into_response())
}

/// Marks an answer as holding a mail preview, which needs style attributes.
pub(crate) fn with_mail(mut response: Response) -> Response {
    response.extensions_mut().insert(HoldsMail);
    response
}
