//! Works off the queue: claims a job under a lease, does it, and says how it went.
//!
//! A worker that dies leaves its job to the next one, once the lease has run out or the same worker starts again. What
//! must not happen twice is guarded where it happens (the outbox), not here.

use std::time::Duration;

use store::jobs::{Job, JobState};
use terms::campaign::CampaignState;

use crate::app::App;
use crate::error::{Error, Result};
use crate::jobs::Work;

/// How long a job may take before another worker takes over. Long work extends its lease.
pub(crate) const LEASE_SECONDS: i64 = 120;
/// Latest jobs in which failures are looked for.
const RECENT_JOBS: i64 = 200;
/// How long to wait before a failed job is tried again.
const BACKOFF_SECONDS: i64 = 30;

impl App {
    /// Takes over what a dead worker of this name left: its jobs wait again; messages it was handing over are settled
    /// by what the channel knows, or left in doubt for a person. Returns how many stay in doubt. Call once when a
    /// worker starts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(&self, worker: &str) -> Result<usize> {
        let now = self.now();
        self.store().recover_jobs_of(worker).await?;
        let mut doubtful = self.store().recover_worker(worker, now).await?;
        doubtful.extend(self.recover_left_over().await?);
        let in_doubt = self.settle(&doubtful).await?;
        // What a kill cut off in mid-erasure is finished before anything else is done.
        match self.finish_erasures().await {
            // Another worker is handing over to somebody who is to be erased; a worker starts all the same.
            Err(Error::Conflict { message }) => tracing::warn!(%message, "an erasure is finished by its job"),
            other => {
                other?;
            }
        }
        // A job that was killed too often is given up; a campaign that is running must still be finished.
        for campaign in self.store().campaigns().await? {
            if campaign.state == CampaignState::Running {
                self.enqueue(&Work::Deliver { campaign: campaign.id }, now).await?;
            }
        }
        // A notice whose job was never queued is told all the same.
        let waiting = self.store().waiting_recipient_notices().await?;
        self.enqueue_notices(&waiting).await?;
        self.forget_unconfirmed().await?;
        self.enqueue(&Work::Retain, now).await?;
        self.enqueue(&Work::SampleGuard, now).await?;
        self.enqueue(&Work::Witness, now).await?;
        self.enqueue(&Work::AuditFairness, now).await?;
        Ok(in_doubt)
    }

    /// Does the jobs that are due until none is left; returns how many were done.
    ///
    /// # Errors
    /// When the store fails. A job that fails is tried again later and does not end the run.
    pub async fn work_until_idle(&self, worker: &str) -> Result<usize> {
        let mut done = 0;
        loop {
            let jobs = self.store().claim_jobs(worker, self.now(), LEASE_SECONDS, 1).await?;
            if jobs.is_empty() {
                return Ok(done);
            }
            for job in jobs {
                self.work_one(&job, worker).await?;
                done += 1;
            }
        }
    }

    /// Jobs whose last try failed and that are not done yet, in words.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn failing_jobs(&self) -> Result<Vec<String>> {
        let open = |job: &Job| matches!(job.state, JobState::Queued | JobState::Failed);
        let told = |job: Job| {
            let next = match job.state {
                JobState::Failed => "it is given up",
                _ => "it is tried again",
            };
            job.error.map(|error| format!("the job `{}` failed: {error}; {next}", job.kind))
        };
        Ok(self.store().jobs(RECENT_JOBS).await?.into_iter().filter(open).filter_map(told).collect())
    }

    /// Works until `stop` resolves, looking for new jobs twice a second.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn work_forever(
        &self,
        worker: &str,
        mut stop: tokio::sync::watch::Receiver<bool>,
    ) -> Result<()> {
        // Beside the jobs, which may be long: a canary that does harm is taken back within seconds.
        let watching = async {
            let mut answered = None;
            loop {
                if let Err(error) = self.guard_canaries(&mut answered).await {
                    tracing::error!(%error, "the canaries could not be looked at; trying again");
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        let working = async {
            loop {
                if let Err(error) = self.work_until_idle(worker).await {
                    tracing::error!(%error, "the worker could not reach its queue; trying again");
                }
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(500)) => {}
                    _ = stop.changed() => return Ok(()),
                }
            }
        };
        tokio::select! {
            done = working => done,
            () = watching => Ok(()),
        }
    }

    /// Looks at the canaries when there is one and somebody said no since the last look.
    async fn guard_canaries(&self, answered: &mut Option<i64>) -> Result<()> {
        let mark = self.canary_mark().await?;
        if mark.is_some() && mark != *answered {
            for label in self.watch_canaries().await? {
                tracing::warn!(%label, "a canary was taken back: it does more harm than what acts");
            }
        }
        *answered = mark;
        Ok(())
    }

    async fn work_one(&self, job: &Job, worker: &str) -> Result<()> {
        let outcome = match serde_json::from_value::<Work>(job.payload.clone()) {
            Ok(work) => self.perform(&work, job, worker).await,
            Err(error) => Err(Error::Internal(format!("the job cannot be read: {error}"))),
        };
        let now = self.now();
        let settled = match outcome {
            Ok(()) => self.store().complete_job(job.id, job.fence, now).await,
            Err(error) => {
                tracing::error!(job = %job.id, kind = %job.kind, %error, "a job failed");
                let failed =
                    self.store().fail_job(job.id, job.fence, &error.to_string(), now, BACKOFF_SECONDS).await;
                failed.map(|_| ())
            }
        };
        match settled {
            // Another worker has taken the job over meanwhile: its result counts, not ours.
            Err(store::Error::Fenced { .. }) => Ok(()),
            other => Ok(other?),
        }
    }

    async fn perform(&self, work: &Work, job: &Job, worker: &str) -> Result<()> {
        match work {
            Work::Profile => self.profile().await,
            // Nothing is fitted or scored while all AI is stopped; letting it go on queues the fitting again.
            Work::Lifecycle | Work::Learn if self.ai_stopped().await?.is_some() => Ok(()),
            Work::Lifecycle => self.lifecycle().await.map(|_| ()),
            Work::Deliver { campaign } => self.deliver(*campaign, job, worker).await,
            Work::Measure { campaign } => self.measure(*campaign).await.map(|_| ()),
            Work::Learn => self.learn().await.map(|_| ()),
            Work::Erase { erasure } => self.run_erasures(&[*erasure]).await,
            Work::Retain => self.retain_job().await,
            Work::SampleGuard => self.sample_job().await,
            Work::Witness => self.witness_job().await,
            Work::AuditFairness => self.audit_job().await,
            Work::Compact => self.compact_job().await,
            Work::Notify { notice } => self.deliver_notice(*notice, job.attempts >= job.max_attempts).await,
            Work::CallBack { url, body, .. } => self.deliver_callback(url, body).await,
        }
    }
}
