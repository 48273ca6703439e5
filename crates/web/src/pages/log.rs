//! The ledger over HTTP, for witnesses and auditors: C2SP tlog-tiles below `/log`, and proofs as JSON.
//!
//! Checkpoint, tiles of hashes and proofs are for everybody, so that nobody can be shown another log than the others:
//! they give away how much happens, and nothing of what or who. Entries name people of the house, and need a key of
//! scope `ledger`. What never changes says so in its headers; of what is not signed yet nothing is told.

use super::events::{Problem, answer, in_headers, known, no_key};
use crate::WebState;
use crate::security::Cacheable;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flow::log::parse_tile_path;
use serde::{Deserialize, Serialize};
use terms::event::KeyScope;

const MOMENT: &str = "public, max-age=5";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const FOR_EVER_FOR_ITS_READER: &str = "private, max-age=31536000, immutable";

fn missing() -> Problem {
    let why = "the log has nothing here, or has not signed it yet; begin with /log/checkpoint";
    Problem::new(StatusCode::NOT_FOUND, "not_found", why)
}

fn failed(error: &flow::Error) -> Problem {
    if matches!(error, flow::Error::NotFound) {
        return missing();
    }
    tracing::error!(%error, "the log could not be read");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "the log cannot be read now; ask again later",
    )
}

fn kept(kind: &'static str, caching: &'static str, body: impl IntoResponse) -> Response {
    let mut response =
        ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching)], body).into_response();
    response.extensions_mut().insert(Cacheable);
    response
}

fn proof(found: Result<impl Serialize, flow::Error>) -> Result<Response, Problem> {
    found.map(|proof| axum::Json(proof).into_response()).map_err(|error| failed(&error))
}

/// The newest checkpoint, a signed note.
pub(crate) async fn checkpoint(State(state): State<WebState>) -> Response {
    let found = state.app.log_checkpoint().await.map_err(|error| failed(&error));
    answer(found.and_then(|note| {
        note.map(|note| kept("text/plain; charset=utf-8", MOMENT, note)).ok_or_else(missing)
    }))
}

/// A tile of hashes.
pub(crate) async fn tile(
    State(state): State<WebState>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let found = async {
        let Path((level, rest)) = path.map_err(|_| missing())?;
        // One way of writing a level: `0`, never `00` or `+0`.
        let level: u8 = level.parse().ok().filter(|n: &u8| n.to_string() == level).ok_or_else(missing)?;
        let (place, width) = parse_tile_path(&rest).ok_or_else(missing)?;
        let bytes = state.app.log_tile(level, place, width).await.map_err(|error| failed(&error))?;
        bytes.map(|bytes| kept("application/octet-stream", FOR_EVER, bytes)).ok_or_else(missing)
    };
    answer(found.await)
}

/// A bundle of entries, for whoever has a key of scope `ledger`.
pub(crate) async fn entries(
    State(state): State<WebState>,
    headers: HeaderMap,
    path: Result<Path<String>, PathRejection>,
) -> Response {
    let found = async {
        let key = known(&state, &in_headers(&headers).ok_or_else(no_key)?).await?;
        if key.is_public() || !key.may(KeyScope::Ledger) {
            let why = "this key may not read entries; make one with `candor key add NAME --scope ledger`";
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", why));
        }
        let Path(rest) = path.map_err(|_| missing())?;
        let (place, width) = parse_tile_path(&rest).ok_or_else(missing)?;
        let bytes = state.app.log_entries(place, width).await.map_err(|error| failed(&error))?;
        bytes
            .map(|bytes| kept("application/octet-stream", FOR_EVER_FOR_ITS_READER, bytes))
            .ok_or_else(missing)
    };
    answer(found.await)
}

/// Which entry in which tree.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inclusion {
    index: u64,
    #[serde(default)]
    size: Option<u64>,
}

fn asked<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Problem> {
    let Query(asked) =
        query.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "malformed", error.body_text()))?;
    Ok(asked)
}

/// The proof that an entry is in a signed tree.
pub(crate) async fn inclusion(
    State(state): State<WebState>,
    query: Result<Query<Inclusion>, QueryRejection>,
) -> Response {
    let found = async {
        let Inclusion { index, size } = asked(query)?;
        proof(state.app.log_inclusion(index, size).await)
    };
    answer(found.await)
}

/// Which tree grew out of which.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Growth {
    first: u64,
    #[serde(default)]
    second: Option<u64>,
}

/// The proof that a signed tree grew out of an earlier one.
pub(crate) async fn consistency(
    State(state): State<WebState>,
    query: Result<Query<Growth>, QueryRejection>,
) -> Response {
    let found = async {
        let Growth { first, second } = asked(query)?;
        proof(state.app.log_consistency(first, second).await)
    };
    answer(found.await)
}
