//! What can go wrong in a use case, sorted by what the reader can do about it.

use crate::problem::Problem;

/// An error of a use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or this reader may not know of it.
    #[error("not found; it may have been removed, or the link is incomplete")]
    NotFound,
    /// The customer a link belonged to was erased.
    #[error("the data behind this link were erased on {at}; nothing is left to show")]
    Gone {
        /// When.
        at: terms::time::Instant,
    },
    /// The reader's role does not allow it.
    #[error("your role does not allow this; ask somebody whose role does")]
    Forbidden,
    /// A policy forbids it, and says why.
    #[error(transparent)]
    Denied(Box<policy::access::Denied>),
    /// The brand's own policies cannot be used.
    #[error("`{file}` cannot be used, and nothing starts without it: {}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Access {
        /// Which file.
        file: String,
        /// Every place of it.
        faults: Vec<policy::access::Fault>,
    },
    /// The brand's own policies were there before and are gone.
    #[error(
        "`{file}` is gone, and with it the policies that narrow who may do what; put it back, or an empty file to go on without them"
    )]
    PoliciesGone {
        /// Which file.
        file: String,
    },
    /// Somebody else changed it, or its state does not allow it.
    #[error("{message}")]
    Conflict {
        /// What stands in the way and what to do next.
        message: String,
    },
    /// The input cannot be taken.
    #[error("{message}")]
    Invalid {
        /// What is wrong and what to do next.
        message: String,
    },
    /// What stands in somebody's way, for a page to say in their language.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The guard holds the message back.
    #[error(
        "the guard holds this message back: {blocking} findings block; mend them or add the missing facts"
    )]
    Blocked {
        /// Findings that block.
        blocking: usize,
    },
    /// Policy refuses it, and says what to do next.
    #[error(transparent)]
    Refused(#[from] policy::Refusal),
    /// Too many tries.
    #[error("too many tries; wait a minute and try again")]
    TooMany,
    /// Not now: the sender keeps what it has and comes back.
    #[error("there is no room now; send it again in {seconds} seconds")]
    Later {
        /// Seconds to wait.
        seconds: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(store::Error),
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// A file or folder of the home could not be used.
    #[error("cannot use `{path}`: {source}; check that the folder exists and is writable")]
    Io {
        /// Path.
        path: String,
        /// Cause.
        source: std::io::Error,
    },
    /// A model that may not act.
    #[error("{message}")]
    Model {
        /// Which, why, and what to do next.
        message: String,
    },
    /// Something that should not happen.
    #[error("internal error: {0}; see the log")]
    Internal(String),
}

/// Result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<store::Error> for Error {
    /// What a reader can act on keeps its words; the rest is an error of the store.
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound { .. } => Self::NotFound,
            store::Error::Elsewhere { now, wanted, .. } => Self::Problem(Problem::Elsewhere { now, wanted }),
            store::Error::Taken => Self::Problem(Problem::Taken),
            store::Error::OwnWork => Self::Problem(Problem::OwnCampaign),
            store::Error::NotCertified { ended } => Self::Problem(Problem::NotCertified { ended }),
            store::Error::NotInDoubt { .. } => Self::Problem(Problem::NotInDoubt),
            store::Error::Stale { .. } => Self::Problem(Problem::Stale),
            store::Error::Conflict { .. } | store::Error::Fenced { .. } => {
                Self::Conflict { message: error.to_string() }
            }
            other => Self::Store(other),
        }
    }
}
