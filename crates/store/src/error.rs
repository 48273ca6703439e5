//! What can go wrong with the store, each with what to do next.

use terms::campaign::CampaignState;
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, MessageId};
use terms::time::Instant;

/// Result of every call of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such row.
    #[error("{what} was not found; check the identifier")]
    NotFound {
        /// What was looked for: "campaign `7`".
        what: String,
    },
    /// The rows, or a rule of the schema, do not allow it.
    #[error("{what}; {next}")]
    Conflict {
        /// What stands against it.
        what: String,
        /// What to do next.
        next: &'static str,
    },
    /// A campaign is in another state than the move needs.
    #[error(
        "campaign `{id}` is {now} and cannot become {wanted}; reload it and choose a step its state allows"
    )]
    Elsewhere {
        /// Campaign.
        id: CampaignId,
        /// Its state.
        now: CampaignState,
        /// The state it was to get.
        wanted: CampaignState,
    },
    /// The author decides about their own campaign.
    #[error("the author cannot decide about their own campaign; ask somebody else who may approve")]
    OwnWork,
    /// Somebody without a valid certificate does what needs one.
    #[error("this needs a valid certificate; take the test at /training/test first")]
    NotCertified {
        /// When the last certificate ended; `None` when there never was one.
        ended: Option<Instant>,
    },
    /// A message is settled that is not in doubt.
    #[error(
        "message `{message}` cannot be settled as {to}; settle messages in doubt only, as sent or as failed"
    )]
    NotInDoubt {
        /// Message.
        message: MessageId,
        /// How it was to be settled.
        to: DeliveryState,
    },
    /// A name, an address or a key that must be the only one is taken.
    #[error("there is already one like it; choose another name, or change what is there")]
    Taken,
    /// Somebody else changed it first.
    #[error("{what} has changed since it was read; read it again and repeat the change")]
    Stale {
        /// What changed.
        what: String,
    },
    /// The lease ran out, and somebody else may own the row now. Nothing was written.
    #[error("the lease on {what} is no longer held; leave it to its new owner or to a person")]
    Fenced {
        /// What is no longer owned.
        what: String,
    },
    /// A row says something that cannot be.
    #[error("{what} in the store cannot be read; run `candor doctor`")]
    Corrupt {
        /// Where.
        what: String,
    },
    /// The SQLite library is older than the fix of its WAL-reset corruption.
    #[error("this SQLite is version `{found}`; 3.51.3 or later is needed, build with the bundled one")]
    OldSqlite {
        /// Version found.
        found: String,
    },
    /// The schema in the database is newer than this program, or was changed by hand.
    #[error("schema version `{version}` in the database {what}; use the version of candor that wrote it")]
    Schema {
        /// Version of the schema.
        version: i64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The secret of suppressions and tombstones is not the one this database was used with.
    #[error(
        "`{path}` is not the secret this database was used with, so nobody who opted out would be recognised; put the right file back"
    )]
    Pepper {
        /// Where it should be.
        path: String,
    },
    /// A file beside the database, such as the ledger key, cannot be used.
    #[error("`{path}` cannot be used: {source}; check that it exists and who may read it")]
    File {
        /// Path.
        path: String,
        /// Cause.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("the database failed: {0}; run `candor doctor`")]
    Database(sqlx::Error),
    /// A value cannot be written as JSON.
    #[error("a value cannot be written as json: {0}; remove numbers that are not finite")]
    Json(#[from] serde_json::Error),
}

impl Error {
    pub(crate) fn missing(what: &str, id: impl std::fmt::Display) -> Self {
        Self::NotFound { what: format!("{what} `{id}`") }
    }
}

/// Prefix of the messages that the triggers raise.
const RULE: &str = "candor: ";

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(database) = &error {
            let text = database.message();
            if let Some((_, rule)) = text.split_once(RULE) {
                let next = "look at its state and its approval, then choose a step that is allowed";
                return Self::Conflict { what: rule.to_owned(), next };
            }
            if database.is_unique_violation() {
                return Self::Taken;
            }
            if database.is_check_violation() {
                let next = "the author and the approver must be two people, and every value within its range";
                return Self::Conflict { what: format!("a rule of the schema refused it ({text})"), next };
            }
            if database.is_foreign_key_violation() {
                let next = "add what it refers to first";
                return Self::Conflict {
                    what: "it refers to something that does not exist".to_owned(),
                    next,
                };
            }
        }
        Self::Database(error)
    }
}
