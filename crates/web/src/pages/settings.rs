//! Language and colours, kept in cookies. Forms, so that they work without a script.

use crate::WebState;
use crate::context::Theme;
use crate::cookies::{self, Transport};
use crate::error::Fault;
use crate::route::own_path;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use terms::customer::Language;

/// A choice and where to go back to.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    value: String,
    #[serde(default)]
    back: String,
}

fn keep(state: &WebState, name: &str, value: &str, back: &str) -> Response {
    let cookie = cookies::choice(name, value, Transport::of(state.options));
    ([(header::SET_COOKIE, cookie)], Redirect::to(own_path(back))).into_response()
}

/// Keeps the language.
pub(crate) async fn language(
    State(state): State<WebState>,
    form: Result<Form<Choice>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(choice) = form?;
    let language = choice.value.parse().unwrap_or(Language::English);
    Ok(keep(&state, cookies::LANG, language.as_str(), &choice.back))
}

/// Keeps the colours.
pub(crate) async fn theme(
    State(state): State<WebState>,
    form: Result<Form<Choice>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(choice) = form?;
    Ok(keep(&state, cookies::THEME, Theme::of(Some(&choice.value)).as_str(), &choice.back))
}
