//! Evidence of a log that did not only grow: what was cosigned and what was offered, both signed by the log.

use serde::{Deserialize, Serialize};

/// What is wrong with what a log offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The log signed two trees of one size. The two checkpoints prove it by themselves, to anybody.
    Fork,
    /// The log offers a later tree, and the proof that it grew out of the cosigned one does not hold. Either the log
    /// was rewritten, or whoever sent it made a mistake: ask the log for a proof.
    Unproven,
    /// The log offers fewer entries than it had. Either its end was cut off, or an old checkpoint came late.
    Smaller,
}

impl Kind {
    /// In words, for the reader of an alarm.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Fork => "the log signed two different trees of one size: entries were rewritten",
            Self::Unproven => {
                "the log cannot prove that it grew out of what was cosigned: entries were rewritten, or the proof is wrong"
            }
            Self::Smaller => {
                "the log shows fewer entries than were cosigned: its end was cut off, or an old checkpoint came late"
            }
        }
    }
}

/// An alarm with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// What.
    pub kind: Kind,
    /// When, in seconds since 1970.
    pub at: u64,
    /// Which log.
    pub origin: String,
    /// The checkpoint that was cosigned last, with all its signatures.
    pub cosigned: String,
    /// The checkpoint that was offered, signed by the log.
    pub offered: String,
    /// The proof that came with it, hashes in base64.
    pub proof: Vec<String>,
    /// Of a fork: the checkpoint of the same size that was cosigned.
    pub earlier: Option<String>,
}
