//! The jobs there are: one variant a piece of work, with what it needs as data. Stages hand over to each other by
//! enqueuing the next.

use serde::{Deserialize, Serialize};
use store::jobs::NewJob;
use terms::ids::{CampaignId, RecipientNoticeId, RequestId};
use terms::time::Instant;

use crate::app::{App, json_value};
use crate::error::Result;

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Make profiles of everybody from the lake.
    Profile,
    /// Fit the stage models and put the best into the registry.
    Lifecycle,
    /// Send what is planned for a campaign.
    Deliver {
        /// Campaign.
        campaign: CampaignId,
    },
    /// Measure what a campaign changed.
    Measure {
        /// Campaign.
        campaign: CampaignId,
    },
    /// Hold what came true against what was forecast.
    Learn,
    /// Go on with an erasure, from wherever it is.
    Erase {
        /// Number of the erasure; never whose it is.
        erasure: i64,
    },
    /// Delete what its retention period has ended for.
    Retain,
    /// Draw texts of the month that is over for people to judge.
    SampleGuard,
    /// Sign the newest checkpoint of the ledger and have it witnessed.
    Witness,
    /// Audit everything live for fairness.
    AuditFairness,
    /// Bring purchases that came as events into the lake.
    Compact,
    /// Tell a recipient of data what a customer asked for.
    Notify {
        /// The notice.
        notice: RecipientNoticeId,
    },
    /// Tell a partner where its request stands.
    CallBack {
        /// The request.
        request: RequestId,
        /// Which of the addresses it named.
        url: String,
        /// What is said, word for word.
        body: String,
    },
}

impl Work {
    /// Name of the kind in the queue.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Lifecycle => "lifecycle",
            Self::Deliver { .. } => "deliver",
            Self::Measure { .. } => "measure",
            Self::Learn => "learn",
            Self::Erase { .. } => "erase",
            Self::Retain => "retain",
            Self::SampleGuard => "sample_guard",
            Self::Witness => "witness",
            Self::AuditFairness => "audit_fairness",
            Self::Compact => "compact",
            Self::Notify { .. } => "notify",
            Self::CallBack { .. } => "call_back",
        }
    }

    pub(crate) fn dedup(&self) -> String {
        match self {
            Self::Erase { erasure } => format!("{}/{erasure}", self.kind()),
            Self::Notify { notice } => format!("{}/{notice}", self.kind()),
            Self::CallBack { request, url, body } => {
                format!("{}/{request}/{url}/{}", self.kind(), body.len())
            }
            Self::Deliver { campaign } | Self::Measure { campaign } => format!("{}/{campaign}", self.kind()),
            _ => self.kind().to_owned(),
        }
    }
}

/// Times a job is tried before it is left for a person.
const ATTEMPTS: i64 = 5;

impl App {
    /// Puts work into the queue, to be done from `run_at` on. The same work already waiting is not put there twice.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn enqueue(&self, work: &Work, run_at: Instant) -> Result<()> {
        let job = NewJob {
            kind: work.kind().to_owned(),
            payload: json_value(work)?,
            run_at,
            dedup: Some(work.dedup()),
            max_attempts: ATTEMPTS,
        };
        self.store().enqueue_job(&job, self.now()).await?;
        Ok(())
    }
}
