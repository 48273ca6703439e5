//! Fetching a log's checkpoint and holding it to what was cosigned, for logs that do not send, or might stop sending.
//!
//! Goes in: the address below which the log is served. Comes out: the same [`Answer`] as if the log had sent it.

use crate::keeper::{Answer, Error, Keeper};
use crate::note::{Checkpoint, Note};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(15);
/// Bytes of an answer that are read.
const MOST_BYTES: u64 = 64 * 1024;

/// Why a log could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// It did not answer as a log does.
    #[error("{url} gave no checkpoint: {why}")]
    NoAnswer {
        /// Where.
        url: String,
        /// Why.
        why: String,
    },
    /// It answered with another log.
    #[error("{url} serves the log `{found}`, not `{wanted}`")]
    Other {
        /// Where.
        url: String,
        /// What it serves.
        found: String,
        /// What was expected.
        wanted: String,
    },
    /// The witness could not go on.
    #[error(transparent)]
    Keeper(#[from] Error),
}

fn get(url: &str) -> Result<String, PullError> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(LIMIT))
        .max_redirects(0)
        .user_agent("candor-witness")
        .build();
    let failed = |error: ureq::Error| PullError::NoAnswer { url: url.to_owned(), why: error.to_string() };
    let mut answer = ureq::Agent::new_with_config(config).get(url).call().map_err(failed)?;
    answer.body_mut().with_config().limit(MOST_BYTES).read_to_string().map_err(failed)
}

/// The lines of a proof, from the JSON of `/proof/consistency`.
fn proof_lines(text: &str) -> Option<String> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let mut lines = String::new();
    for hash in json.get("consistency_path")?.as_array()? {
        let text = hash.as_str().filter(|text| text.len() == 64)?;
        let bytes: Option<Vec<u8>> =
            (0..64).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect();
        lines.push_str(&crate::note::write_hash(&bytes?.try_into().ok()?));
        lines.push('\n');
    }
    Some(lines)
}

/// Looks at a log once. It blocks.
///
/// # Errors
/// When the log does not answer, or the disk does not take what has to be remembered.
pub fn look(keeper: &Keeper, origin: &str, url: &str, now: u64) -> Result<Answer, PullError> {
    let url = url.trim_end_matches('/');
    let note = get(&format!("{url}/checkpoint"))?;
    let broken = |why: &str| PullError::NoAnswer { url: url.to_owned(), why: why.to_owned() };
    let parsed: Note = note.parse().map_err(|_| broken("it is no signed note"))?;
    let found = Checkpoint::of(&parsed).map_err(|_| broken("it is no checkpoint"))?;
    if found.origin != origin {
        let (found, wanted) = (found.origin, origin.to_owned());
        return Err(PullError::Other { url: url.to_owned(), found, wanted });
    }
    let size = keeper.size(origin);
    let mut proof = String::new();
    if size > 0 && found.size > size {
        // A log that cannot prove what it signed is as bad as one that proves something else.
        let asked = get(&format!("{url}/proof/consistency?first={size}&second={}", found.size));
        match asked {
            Ok(text) => proof = proof_lines(&text).ok_or_else(|| broken("its proof does not read"))?,
            Err(error) => return Err(error),
        }
    }
    // A smaller checkpoint goes in as it is: the keeper says what is wrong with it.
    let old = size.min(found.size);
    Ok(keeper.add_checkpoint(&format!("old {old}\n{proof}\n{note}"), now)?)
}

/// Looks at every log that has an address; a line for each that could not be looked at or was not cosigned.
#[must_use]
pub fn look_at_all(keeper: &Keeper, now: u64) -> Vec<String> {
    let mut words = Vec::new();
    for (origin, url) in keeper.watched() {
        match look(keeper, origin, url, now) {
            Ok(Answer::Cosigned(_)) => {}
            Ok(answer) => words.push(format!("{origin}: not cosigned: {answer:?}")),
            Err(error) => words.push(format!("{origin}: {error}")),
        }
    }
    words
}
