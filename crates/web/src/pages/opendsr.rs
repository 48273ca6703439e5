//! OpenDSR 2.0: discovery, requests, status and cancellation for partners' systems. Every answer is signed with the
//! certificate of this installation; without one none of this is there.
//!
//! A partner shows its key (Bearer, or Basic as the password). It sees its own requests only.

use crate::WebState;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::rights::{DsrError, DsrSigner, Partner};
use serde_json::Value;

const DOMAIN: HeaderName = HeaderName::from_static("x-opendsr-processor-domain");
const SIGNATURE: HeaderName = HeaderName::from_static("x-opendsr-signature");

/// An error as the specification writes it, without anything about a person.
fn problem(error: &DsrError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::json!({
        "error": {
            "code": error.status,
            "message": error.message,
            "errors": [{ "domain": "Validation", "reason": "IllegalArgumentException", "message": error.message }],
        }
    });
    (status, axum::Json(body)).into_response()
}

fn refused(status: u16, message: &str) -> Response {
    problem(&DsrError { status, message: message.to_owned() })
}

/// What answers are signed with, or the answer that there is nothing here.
async fn signer(state: &WebState) -> Result<DsrSigner, Response> {
    match state.app.dsr_signer().await {
        Ok(Some(signer)) => Ok(signer),
        Ok(None) => Err(refused(404, "OpenDSR is not set up here")),
        Err(error) => {
            tracing::error!(%error, "OpenDSR answers cannot be signed");
            Err(refused(500, "answers cannot be signed"))
        }
    }
}

/// A signed answer.
fn signed(signer: &DsrSigner, status: StatusCode, body: &Value) -> Response {
    let body = body.to_string();
    let header_of = |text: &str| HeaderValue::from_str(text).ok();
    let signature = signer.sign(&body).ok().as_deref().and_then(header_of);
    let (Some(signature), Some(domain)) = (signature, header_of(&signer.domain)) else {
        return refused(500, "the answer could not be signed");
    };
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind), (DOMAIN, domain), (SIGNATURE, signature)], body).into_response()
}

fn key(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    if let Some(key) = value.strip_prefix("Bearer ") {
        return Some(key.trim().to_owned());
    }
    let pair = STANDARD.decode(value.strip_prefix("Basic ")?.trim()).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    pair.split_once(':').map(|(_, key)| key.to_owned())
}

async fn partner(state: &WebState, headers: &HeaderMap) -> Result<Partner, Response> {
    let refused = || refused(401, "the key is missing or not valid");
    let key = key(headers).ok_or_else(refused)?;
    match state.app.dsr_partner(&key).await {
        Ok(Some(partner)) => Ok(partner),
        Ok(None) => Err(refused()),
        Err(error) => Err(problem(&DsrError::from(error))),
    }
}

/// What is supported.
pub(crate) async fn discovery(State(state): State<WebState>) -> Response {
    let signer = match signer(&state).await {
        Ok(signer) => signer,
        Err(response) => return response,
    };
    match state.app.dsr_discovery().await {
        Ok(body) => signed(&signer, StatusCode::OK, &body),
        Err(error) => problem(&DsrError::from(error)),
    }
}

/// The certificate that signatures are checked with.
pub(crate) async fn certificate(State(state): State<WebState>) -> Response {
    match signer(&state).await {
        Ok(signer) => {
            let kind = [(header::CONTENT_TYPE, "application/x-pem-file")];
            (kind, signer.certificate().to_owned()).into_response()
        }
        Err(response) => response,
    }
}

/// Both: who asks, and what the answer is signed with.
async fn both(state: &WebState, headers: &HeaderMap) -> Result<(DsrSigner, Partner), Response> {
    let signer = signer(state).await?;
    Ok((signer, partner(state, headers).await?))
}

/// Takes in a request.
pub(crate) async fn open(State(state): State<WebState>, headers: HeaderMap, body: Bytes) -> Response {
    let (signer, partner) = match both(&state, &headers).await {
        Ok(both) => both,
        Err(response) => return response,
    };
    let Ok(text) = std::str::from_utf8(&body) else { return refused(400, "the request is not UTF-8") };
    match state.app.dsr_open(&partner, text, &STANDARD.encode(&body)).await {
        Ok(answer) => signed(&signer, StatusCode::CREATED, &answer),
        Err(error) => problem(&error),
    }
}

/// Where a request stands.
pub(crate) async fn status(
    State(state): State<WebState>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let (signer, partner) = match both(&state, &headers).await {
        Ok(both) => both,
        Err(response) => return response,
    };
    match state.app.dsr_status(&partner, &id).await {
        Ok(answer) => signed(&signer, StatusCode::OK, &answer),
        Err(error) => problem(&error),
    }
}

/// Takes a request back.
pub(crate) async fn cancel(
    State(state): State<WebState>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let (signer, partner) = match both(&state, &headers).await {
        Ok(both) => both,
        Err(response) => return response,
    };
    match state.app.dsr_cancel(&partner, &id).await {
        Ok(answer) => signed(&signer, StatusCode::ACCEPTED, &answer),
        Err(error) => problem(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_as_bearer_or_as_the_password() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            key(&headers)
        };
        assert_eq!(of("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(of(&format!("Basic {}", STANDARD.encode("broker:abc"))).as_deref(), Some("abc"));
        assert_eq!(of("Basic !!"), None);
        assert_eq!(of("Digest x"), None);
        assert_eq!(key(&HeaderMap::new()), None);
    }
}
