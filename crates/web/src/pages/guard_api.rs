//! The guard for programs: `POST /v1/guard/check` with a key for servers of scope `guard`. What shops write elsewhere is held to the same
//! facts and rules. Nothing is stored, nothing is sent.

use super::events::{Problem, answer, failed, in_headers, known, no_key, read};
use crate::WebState;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use terms::customer::Language;
use terms::event::KeyScope;

/// What a program asks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    /// Plain words, subject and body, HTML or MJML.
    message: String,
    /// Language it is meant to be in.
    language: Language,
    /// Language of the explanations; that of the message when left out.
    #[serde(default)]
    explain_in: Option<Language>,
    /// Offer or product whose facts count, beside those of the brand.
    #[serde(default)]
    offer: String,
}

/// Checks one message.
pub(crate) async fn check(State(state): State<WebState>, request: Request) -> Response {
    let checked = async {
        let (parts, body) = request.into_parts();
        let shown = in_headers(&parts.headers).ok_or_else(no_key)?;
        let key = known(&state, &shown).await?;
        // The answer tells facts of the brand: a key that stands in pages is everybody's.
        if key.is_public() || parts.headers.contains_key(header::ORIGIN) {
            let why = "use a key for servers, from a server";
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", why));
        }
        if !key.may(KeyScope::Guard) {
            let why =
                "this key may not ask the guard; make one that may with `candor key add NAME --scope guard`";
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", why));
        }
        let body = read(&parts.headers, body).await?;
        let ask: Ask = serde_json::from_slice(&body)
            .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "malformed", error.to_string()))?;
        let explain_in = ask.explain_in.unwrap_or(ask.language);
        let checked =
            state.app.check_message(&ask.message, ask.language, explain_in, &ask.offer).await.map_err(
                |error| match error {
                    flow::Error::Problem(problem) => {
                        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_offer", problem.to_string())
                    }
                    other => failed(&other),
                },
            )?;
        Ok(axum::Json(checked).into_response())
    };
    answer(checked.await)
}
