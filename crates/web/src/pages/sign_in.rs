//! Signing in and out. The same words for a wrong address and a wrong password; one click in a demo home.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::route::own_path;
use crate::{WebState, respond, session};
use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignInPage {
    pub(super) cx: Cx,
    pub(super) demo: Vec<flow::DemoSignIn>,
    pub(super) email: String,
    pub(super) next: String,
    /// Key of what went wrong.
    pub(super) problem: Option<&'static str>,
}

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// The form.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    headers: HeaderMap,
    next: Result<Query<Next>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(next) = next?;
    if let Some(token) = session::token(&headers, state.options)
        && state.app.session(token).await?.is_some()
    {
        return Ok(Redirect::to(own_path(&next.next)).into_response());
    }
    let demo = state.app.demo_sign_ins().await?;
    let page =
        SignInPage { cx, demo, email: String::new(), next: own_path(&next.next).to_owned(), problem: None };
    respond::html(StatusCode::OK, &page)
}

/// Checks the pair and starts a session.
pub(crate) async fn enter(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    form: Result<Form<Credentials>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(form) = form?;
    match state.app.sign_in(form.email.trim(), &form.password).await {
        Ok(signed_in) => {
            let cookie = session::start(&signed_in.token, state.options);
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(own_path(&form.next))).into_response())
        }
        Err(wrong) => {
            let (status, _) = error::inline(&cx, wrong)?;
            let too_many = status == StatusCode::TOO_MANY_REQUESTS;
            let page = SignInPage {
                cx,
                demo: state.app.demo_sign_ins().await?,
                email: form.email,
                next: own_path(&form.next).to_owned(),
                problem: Some(if too_many { "signin.too_many" } else { "signin.wrong" }),
            };
            respond::html(status, &page)
        }
    }
}

/// Ends the session, here and in the store.
pub(crate) async fn leave(State(state): State<WebState>, headers: HeaderMap) -> Result<Response, Fault> {
    if let Some(token) = session::token(&headers, state.options) {
        state.app.sign_out(token).await?;
    }
    Ok(([(header::SET_COOKIE, session::end(state.options))], Redirect::to("/sign-in")).into_response())
}
