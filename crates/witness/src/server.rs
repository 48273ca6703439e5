//! `POST /add-checkpoint` as C2SP tlog-witness says, and `GET /status` for whoever watches the witness.
//!
//! Plain HTTP: put a proxy with a certificate before it when it is reached over a network that others can read. What is
//! sent is signed, so nothing secret goes over the wire and nothing can be changed on the way.

use crate::keeper::{Answer, Keeper};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes a request may have: 63 hashes and a checkpoint with many signatures.
const BODY_LIMIT: usize = 64 * 1024;

/// Seconds since 1970.
#[must_use]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs())
}

/// All routes of a witness.
pub fn router(keeper: Arc<Keeper>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/status", get(status))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(keeper)
}

fn text(status: StatusCode, kind: &'static str, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], body).into_response()
}

const PLAIN: &str = "text/plain; charset=utf-8";

async fn add_checkpoint(State(keeper): State<Arc<Keeper>>, body: String) -> Response {
    // The disk is waited for: never on a thread that answers others.
    let decided = tokio::task::spawn_blocking(move || keeper.add_checkpoint(&body, now())).await;
    let answer = match decided {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            eprintln!("nothing was cosigned: {error}");
            return text(
                StatusCode::INTERNAL_SERVER_ERROR,
                PLAIN,
                "the witness cannot remember now\n".to_owned(),
            );
        }
        Err(_) => return text(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, "the witness failed\n".to_owned()),
    };
    match answer {
        Answer::Cosigned(line) => text(StatusCode::OK, PLAIN, line),
        Answer::Malformed(why) => text(StatusCode::BAD_REQUEST, PLAIN, format!("{why}\n")),
        Answer::Unsigned => text(StatusCode::FORBIDDEN, PLAIN, "the log did not sign this\n".to_owned()),
        Answer::Unknown => text(StatusCode::NOT_FOUND, PLAIN, "this log is not known here\n".to_owned()),
        Answer::Conflict(size) => text(StatusCode::CONFLICT, "text/x.tlog.size", format!("{size}\n")),
        Answer::Unproven => {
            text(StatusCode::UNPROCESSABLE_ENTITY, PLAIN, "the proof does not hold\n".to_owned())
        }
    }
}

async fn status(State(keeper): State<Arc<Keeper>>) -> Response {
    let status = tokio::task::spawn_blocking(move || keeper.status().map(|logs| (keeper.verifier(), logs)));
    match status.await {
        Ok(Ok((key, logs))) => {
            let body = serde_json::json!({ "key": key, "logs": logs }).to_string();
            text(StatusCode::OK, "application/json", body)
        }
        _ => {
            text(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, "the witness cannot read its folder\n".to_owned())
        }
    }
}
