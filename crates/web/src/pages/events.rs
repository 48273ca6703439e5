//! The ingest API: `/v1/identify`, `track`, `page`, `screen`, `group`, `alias`, `batch` and `import`, as SDKs of the
//! Segment spec call them.
//!
//! Goes in: JSON, plain or gzip, with a write key (Basic, Bearer, or `writeKey` in the body). Comes out: 202 once the
//! events survive a power cut, or an error in JSON that says what to do. No cookie is ever read here, so any site may
//! be answered; which sites may send is decided by the key.

use std::io::Read;
use std::time::Duration;

use crate::WebState;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::events::{Call, MAX_BATCH_BYTES, WriteKey, write_key_in};
use terms::event::{EventFate, EventKind, KeyScope};

/// How long a sender may take for one body.
const PATIENCE: Duration = Duration::from_secs(20);
/// A packed body may unpack to this many times its size: JSON of alike events packs well, bombs pack better.
const MAX_RATIO: usize = 250;
/// Packed bodies below this size when unpacked are never called bombs.
const SMALL: usize = 64 * 1024;

/// An error, as SDKs read it.
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<u64>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "success": false, "code": self.code, "message": self.message });
        let mut response = (self.status, axum::Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let realm = HeaderValue::from_static("Basic realm=\"write key\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
        }
        response
    }
}

/// Defines the handler of each call.
macro_rules! calls {
    ($($name:ident = $call:expr),+ $(,)?) => {$(
        /// Takes in this kind of call.
        pub(crate) async fn $name(State(state): State<WebState>, request: Request) -> Response {
            answer(take(&state, $call, request).await)
        }
    )+};
}

calls! {
    identify = Call::One(EventKind::Identify),
    track = Call::One(EventKind::Track),
    page = Call::One(EventKind::Page),
    screen = Call::One(EventKind::Screen),
    group = Call::One(EventKind::Group),
    alias = Call::One(EventKind::Alias),
    batch = Call::Batch,
}

/// What browsers ask before they send. No cookie is involved, so every site gets the same answer.
pub(crate) async fn preflight() -> Response {
    let mut response = answer(Ok(StatusCode::NO_CONTENT.into_response()));
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    let allowed = HeaderValue::from_static("authorization, content-type, content-encoding");
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

/// How the intake is, for whoever holds a key for servers.
pub(crate) async fn health(State(state): State<WebState>, headers: HeaderMap) -> Response {
    let health = async {
        let shown = in_headers(&headers).ok_or_else(no_key)?;
        let key = known(&state, &shown).await?;
        if key.is_public() {
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", "use a key for servers"));
        }
        let health = state.app.intake_health().await.map_err(|error| failed(&error))?;
        Ok(axum::Json(health).into_response())
    };
    answer(health.await)
}

/// Takes in receipts of consent from a program of the brand. All of a call are taken, or none.
pub(crate) async fn consents(State(state): State<WebState>, request: Request) -> Response {
    let taken = async {
        let (parts, body) = request.into_parts();
        let shown = in_headers(&parts.headers).ok_or_else(no_key)?;
        let key = known(&state, &shown).await?;
        // What a page can send, anybody can: a receipt needs somebody who vouches for it.
        if key.is_public() || parts.headers.contains_key(header::ORIGIN) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "use a key for servers, from a server",
            ));
        }
        if !key.may(KeyScope::Consents) {
            let why = "this key may not send consents; make one with `candor key add --scope consents`";
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", why));
        }
        let body = read(&parts.headers, body).await?;
        let body = std::str::from_utf8(&body).map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST, "malformed", "the body is not UTF-8; send JSON in UTF-8")
        })?;
        let taken = state.app.take_consents(&key.name, body).await.map_err(|error| failed(&error))?;
        let status = if taken.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        Ok((status, axum::Json(taken)).into_response())
    };
    answer(taken.await)
}

pub(super) fn answer(result: Result<Response, Problem>) -> Response {
    let mut response = result.unwrap_or_else(Problem::into_response);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn take(state: &WebState, call: Call, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    // A key in the headers is looked up before a byte of the body is read.
    let named = match in_headers(headers) {
        Some(shown) => Some(known(state, &shown).await?),
        None => None,
    };
    let body = read(headers, body).await?;
    let body = std::str::from_utf8(&body).map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "malformed", "the body is not UTF-8; send JSON in UTF-8")
    })?;
    let key = match named {
        Some(key) => key,
        None => known(state, &write_key_in(body).ok_or_else(no_key)?).await?,
    };
    if let Some(origin) = headers.get(header::ORIGIN)
        && !allows(&key, origin)
    {
        state.app.count_refusal(key.id, EventFate::WrongOrigin, 1);
        let why = if key.is_public() {
            "this site is not among the key's origins; add a key for it with `candor key add --origin`"
        } else {
            "this key is for servers; pages need a key of their own: `candor key add --origin https://your.site`"
        };
        return Err(Problem::new(StatusCode::FORBIDDEN, "wrong_origin", why));
    }
    let gpc = headers.get("sec-gpc").is_some_and(|value| value.as_bytes() == b"1");
    let receipt = state.app.take_events(&key, call, body, gpc).await.map_err(|error| failed(&error))?;
    let status = if receipt.success { StatusCode::ACCEPTED } else { StatusCode::BAD_REQUEST };
    if receipt.success {
        return Ok((status, axum::Json(receipt)).into_response());
    }
    // Nothing of it was taken: SDKs read `code` and `message`.
    let first = receipt.errors.first();
    let mut body = serde_json::json!({
        "code": first.map_or("malformed", |error| error.code.as_str()),
        "message": first.map_or("no event could be taken", |error| error.message.as_str()),
    });
    if let (Some(body), Ok(serde_json::Value::Object(more))) =
        (body.as_object_mut(), serde_json::to_value(&receipt))
    {
        body.extend(more);
    }
    Ok((status, axum::Json(body)).into_response())
}

fn allows(key: &WriteKey, origin: &HeaderValue) -> bool {
    let origin = origin.to_str().unwrap_or_default();
    key.origins.iter().any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(origin))
}

/// The key in the headers: the user name of Basic, or a Bearer.
pub(super) fn in_headers(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    Some(text.split(':').next().unwrap_or_default().to_owned())
}

pub(super) async fn known(state: &WebState, shown: &str) -> Result<WriteKey, Problem> {
    let found = if shown.len() > 200 {
        None
    } else {
        state.app.write_key(shown).await.map_err(|error| failed(&error))?
    };
    found.ok_or_else(|| {
        let message = "this write key is unknown or revoked; make one with `candor key add`";
        Problem::new(StatusCode::UNAUTHORIZED, "unknown_key", message)
    })
}

pub(super) fn no_key() -> Problem {
    let message =
        "send the write key as the user name of HTTP Basic, as a Bearer, or as `writeKey` in the body";
    Problem::new(StatusCode::UNAUTHORIZED, "no_key", message)
}

fn too_large() -> Problem {
    let message = format!(
        "a request may hold {MAX_BATCH_BYTES} bytes when unpacked; send the events in smaller batches"
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}

pub(super) fn failed(error: &flow::Error) -> Problem {
    match error {
        flow::Error::Invalid { message } => {
            Problem::new(StatusCode::BAD_REQUEST, "malformed", message.clone())
        }
        flow::Error::Later { seconds } => Problem {
            retry_after: Some(*seconds),
            ..Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many", error.to_string())
        },
        other => {
            tracing::error!(error = %other, "events could not be taken");
            let message = "the events could not be written; keep them and send them again";
            Problem {
                retry_after: Some(2),
                ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
            }
        }
    }
}

/// The body, unpacked.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let packed = match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity" | b"") => false,
        Some(b"gzip" | b"x-gzip") => true,
        Some(_) => {
            let message = "send the body as it is, or packed with gzip";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown_encoding", message));
        }
    };
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BATCH_BYTES) {
        return Err(too_large());
    }
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, MAX_BATCH_BYTES)).await;
    let bytes = match read {
        Err(_) => {
            let message = "the body did not arrive in time; send it again";
            return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", message));
        }
        Ok(Err(_)) if length.is_none() => return Err(too_large()),
        Ok(Err(_)) => {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "malformed", "the body ended too early"));
        }
        Ok(Ok(bytes)) => bytes,
    };
    if packed { unpack(&bytes) } else { Ok(bytes) }
}

fn unpack(packed: &[u8]) -> Result<Bytes, Problem> {
    let most = MAX_BATCH_BYTES.min((packed.len() * MAX_RATIO).max(SMALL));
    let mut body = Vec::with_capacity((packed.len() * 8).min(most));
    let unpacked = flate2::read::MultiGzDecoder::new(packed).take(most as u64 + 1).read_to_end(&mut body);
    match unpacked {
        Ok(_) if body.len() > most => Err(too_large()),
        Ok(_) => Ok(Bytes::from(body)),
        Err(_) => {
            let message = "the body says it is gzip and cannot be unpacked";
            Err(Problem::new(StatusCode::BAD_REQUEST, "malformed", message))
        }
    }
}

#[cfg(test)]
mod tests;
