//! The queue of background jobs: claimed with a lease and a fence, completed in the transaction that holds their
//! effect. A job whose lease ran out is claimed again with a higher fence, and the late worker's completion is
//! refused, so its effect is rolled back with it: at most one effect for each job.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::outbox::Fence;
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::ids::JobId;
use terms::time::Instant;

/// State of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waiting for its time or its turn.
    Queued,
    /// Claimed.
    Running,
    /// Completed.
    Done,
    /// Given up after its last attempt.
    Failed,
}

impl JobState {
    /// Its text in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A piece of work to be queued.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Which kind of job.
    pub kind: String,
    /// Its arguments.
    pub payload: serde_json::Value,
    /// Not before.
    pub run_at: Instant,
    /// While a job with this key waits, another one is not queued.
    pub dedup: Option<String>,
    /// How often it is tried, at least 1.
    pub max_attempts: i64,
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Identifier.
    pub id: JobId,
    /// Which kind of job.
    pub kind: String,
    /// State.
    pub state: JobState,
    /// Its arguments.
    pub payload: serde_json::Value,
    /// Not before.
    pub run_at: Instant,
    /// How often it was claimed.
    pub attempts: i64,
    /// How often it is tried.
    pub max_attempts: i64,
    /// The token of the latest claim.
    pub fence: Fence,
    /// What went wrong last.
    pub error: Option<String>,
    /// When it was queued.
    pub created_at: Instant,
}

fn read(row: &AnyRow) -> Result<Job> {
    let state = match row.text("state")?.as_str() {
        "queued" => JobState::Queued,
        "running" => JobState::Running,
        "done" => JobState::Done,
        "failed" => JobState::Failed,
        _ => return Err(Error::Corrupt { what: "column `state` of a job".to_owned() }),
    };
    Ok(Job {
        id: JobId(row.int("id")?),
        kind: row.text("kind")?,
        state,
        payload: row.json("payload")?,
        run_at: row.at("run_at")?,
        attempts: row.int("attempts")?,
        max_attempts: row.int("max_attempts")?,
        fence: Fence(row.int("fence")?),
        error: row.opt_text("error")?,
        created_at: row.at("created_at")?,
    })
}

fn held(changed: u64, job: JobId) -> Result<()> {
    if changed == 0 { Err(Error::Fenced { what: format!("job `{job}`") }) } else { Ok(()) }
}

reads! {
    /// The latest jobs, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn jobs(&mut self, limit: i64) -> Result<Vec<Job>> {
        sql::rows(&sqlx::query(sql!("jobs", "jobs")).bind(limit).fetch_all(self.db()).await?, read)
    }

    /// Jobs that are queued or running.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_jobs(&mut self) -> Result<i64> {
        sqlx::query(sql!("jobs", "open_jobs")).fetch_one(self.db()).await?.int("n")
    }
}

writes! {
    /// Queues a job; `None` when one with the same key waits already.
    ///
    /// # Errors
    /// When the number of attempts is below 1.
    pub async fn enqueue_job(&mut self, job: &NewJob, now: Instant) -> Result<Option<JobId>> {
        let id = self.take_numbers("jobs", 1).await?;
        let added = sqlx::query(sql!("jobs", "enqueue_job"))
            .bind(id).bind(job.kind.clone()).bind(job.payload.to_string()).bind(job.dedup.clone()).bind(job.run_at.0)
            .bind(job.max_attempts).bind(now.0)
            .execute(self.db())
            .await?
            .rows_affected();
        Ok((added == 1).then_some(JobId(id)))
    }

    /// Claims jobs that are due, and running ones whose lease ran out. One that ran out on its last attempt is given
    /// up instead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_jobs(&mut self, worker: &str, now: Instant, lease_seconds: i64, limit: i64) -> Result<Vec<Job>> {
        sqlx::query(sql!("jobs", "give_up_jobs")).bind(now.0).execute(self.db()).await?;
        let fence = self.take_numbers("fence", 1).await?;
        let query = sqlx::query(sql!("jobs", "claim_jobs"))
            .bind(worker).bind(fence).bind(now.plus_seconds(lease_seconds).0).bind(now.0).bind(limit);
        let mut jobs = sql::rows(&query.fetch_all(self.db()).await?, read)?;
        jobs.sort_unstable_by_key(|job| (job.run_at, job.id));
        Ok(jobs)
    }

    /// Completes a job. Call it in the transaction that holds the job's effect.
    ///
    /// # Errors
    /// When the fence is stale: roll back, somebody else runs it.
    pub async fn complete_job(&mut self, job: JobId, fence: Fence, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("jobs", "complete_job")).bind(job.0).bind(fence.0).bind(at.0);
        held(query.execute(self.db()).await?.rows_affected(), job)
    }

    /// Records a failure: the job is queued again after `backoff_seconds`, doubled with each attempt, or given up
    /// after its last one. Comes out: which of the two.
    ///
    /// # Errors
    /// When the fence is stale.
    pub async fn fail_job(
        &mut self, job: JobId, fence: Fence, error: &str, at: Instant, backoff_seconds: i64,
    ) -> Result<JobState> {
        let row = sqlx::query(sql!("jobs", "held_job")).bind(job.0).bind(fence.0).fetch_optional(self.db()).await?;
        let row = row.ok_or_else(|| Error::Fenced { what: format!("job `{job}`") })?;
        let attempts = row.int("attempts")?;
        let last = attempts >= row.int("max_attempts")?;
        let to = if last { JobState::Failed } else { JobState::Queued };
        let wait = backoff_seconds.saturating_mul(1_i64 << (attempts - 1).clamp(0, 10));
        let query = sqlx::query(sql!("jobs", "fail_job"))
            .bind(job.0).bind(fence.0).bind(to.as_str()).bind(error).bind(at.plus_seconds(wait).0).bind(at.0);
        held(query.execute(self.db()).await?.rows_affected(), job)?;
        Ok(to)
    }

    /// Extends the lease of a long job.
    ///
    /// # Errors
    /// When the fence is stale.
    pub async fn extend_job(&mut self, job: JobId, fence: Fence, until: Instant) -> Result<()> {
        let query = sqlx::query(sql!("jobs", "extend_job")).bind(job.0).bind(fence.0).bind(until.0);
        held(query.execute(self.db()).await?.rows_affected(), job)
    }

    /// Ends at once the leases of a worker that is known to be dead, so that its jobs are claimed again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recover_jobs_of(&mut self, worker: &str) -> Result<u64> {
        let query = sqlx::query(sql!("jobs", "recover_jobs_of")).bind(worker);
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}
