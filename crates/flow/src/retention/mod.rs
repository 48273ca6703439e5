//! Retention: how long each kind of data is kept, looks at what would end, and the daily run that deletes it.
//!
//! Goes in: a kind and days. Comes out: a report by kind and place. Architecture invariants: a period acts only after
//! a look (dry run) with exactly this period, which the database enforces; a look and a run find by the same means,
//! so a run deletes what a look says; a run writes down what it is going to do first, so one that was cut off is gone
//! on with, by the same cut-off, and still says what it deleted.
//!
//! Deliberately absent: ending suppressions and tombstones. Never ended: what an open rights request may ask for, and
//! what a campaign under way or still being measured needs.

mod ending;

use serde::Serialize;
use store::retention::Period;
pub use store::retention::{Run as RetentionRun, Step as RetentionStep};
use store::retention::{Run, Step};
use terms::ledger::Action;
use terms::person::Actor;
use terms::processing::RetentionKind;
use terms::time::Instant;

use crate::app::{App, json_value};
use crate::error::Result;
use crate::jobs::Work;
use crate::problem::Problem;

/// The longest period, in days.
const LONGEST: i64 = 36_500;

/// For how long a kind is kept when nobody said otherwise, in days.
#[must_use]
pub const fn default_days(kind: RetentionKind) -> i64 {
    match kind {
        RetentionKind::Purchases | RetentionKind::ConsentReceipts => 6 * 365,
        RetentionKind::Events | RetentionKind::Responses | RetentionKind::MessageCopies => 2 * 365,
        RetentionKind::Messages | RetentionKind::InactiveCustomers | RetentionKind::RightsRequests => 3 * 365,
        RetentionKind::Rejects | RetentionKind::Jobs => 90,
        RetentionKind::Sessions | RetentionKind::Exports | RetentionKind::Links => 30,
    }
}

/// The shortest period a kind may have: customers may ask why they got any message of the last year, and a receipt
/// must outlast a dispute about it.
#[must_use]
pub const fn shortest_days(kind: RetentionKind) -> i64 {
    match kind {
        RetentionKind::Messages
        | RetentionKind::ConsentReceipts
        | RetentionKind::InactiveCustomers
        | RetentionKind::RightsRequests => 365,
        _ => 1,
    }
}

/// The longest period a kind may have, in days.
#[must_use]
pub const fn longest_days() -> i64 {
    LONGEST
}

/// What stands of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionLine {
    /// Kind.
    pub kind: RetentionKind,
    /// Days.
    pub days: i64,
    /// The default.
    pub default_days: i64,
    /// Whether the period acts.
    pub active: bool,
    /// Whether a look with exactly this period was made.
    pub looked: bool,
    /// What a run would delete now, by place.
    pub now: Vec<Step>,
    /// When the last run was, with what it deleted.
    pub last: Option<(Instant, Vec<Step>)>,
    /// Age of the oldest, in days.
    pub oldest_days: Option<i64>,
}

impl RetentionLine {
    /// Rows and files that a run would delete now.
    #[must_use]
    pub fn would_delete(&self) -> u64 {
        self.now.iter().map(|step| step.found).sum()
    }

    /// Rows and files that the last run deleted.
    #[must_use]
    pub fn deleted(&self) -> u64 {
        self.last.iter().flat_map(|(_, steps)| steps).filter_map(|step| step.deleted).sum()
    }
}

/// Every kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionView {
    /// Now.
    pub at: Instant,
    /// By kind.
    pub lines: Vec<RetentionLine>,
    /// The latest looks and runs.
    pub runs: Vec<RetentionRunLine>,
}

/// A look or a run, with what it found and did place by place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionRunLine {
    /// When, and how far it got.
    #[serde(flatten)]
    pub run: Run,
    /// Places where something had ended.
    pub steps: Vec<Step>,
}

/// What a look or a run found and did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionReport {
    /// Number; `None` when no period acts.
    pub run: Option<i64>,
    /// Whether it only looked.
    pub dry: bool,
    /// By kind and place.
    pub steps: Vec<Step>,
}

/// The day before which a kind ends.
const fn cut_off(at: Instant, days: i64) -> Instant {
    at.plus_days(-days)
}

fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::Person { name, .. } => name.clone(),
        Actor::System { part, .. } => part.clone(),
        Actor::Operator => "operator".to_owned(),
        _ => "customer".to_owned(),
    }
}

impl App {
    /// Every kind's period, set or default.
    pub(crate) async fn periods(&self) -> Result<Vec<Period>> {
        let known = self.store().retention_periods().await?;
        let period = |kind: &RetentionKind| {
            let found = known.iter().find(|period| period.kind == *kind).cloned();
            found.unwrap_or_else(|| Period {
                kind: *kind,
                days: default_days(*kind),
                active: false,
                looked_days: None,
                looked_at: None,
                changed_by: "default".to_owned(),
                changed_at: self.now(),
            })
        };
        Ok(RetentionKind::ALL.iter().map(period).collect())
    }

    /// Periods, what a run would delete now, and what the last ones did.
    ///
    /// # Errors
    /// When a place cannot be read.
    pub async fn retention_view(&self) -> Result<RetentionView> {
        let at = self.now();
        let runs = self.store().last_retention_steps(false).await?;
        let mut lines = Vec::new();
        for period in self.periods().await? {
            let now = self.find_ended(period.kind, period.days, at).await?;
            let steps: Vec<(Instant, Step)> =
                runs.iter().filter(|(_, step)| step.kind == period.kind).cloned().collect();
            let last = steps.first().map(|(at, _)| *at);
            let oldest = now.iter().filter_map(|step| step.oldest).min();
            lines.push(RetentionLine {
                kind: period.kind,
                days: period.days,
                default_days: default_days(period.kind),
                active: period.active,
                looked: period.looked_days == Some(period.days),
                oldest_days: oldest.map(|oldest| i64::from(at.day().0 - oldest.day().0)),
                last: last.map(|at| (at, steps.into_iter().map(|(_, step)| step).collect())),
                now,
            });
        }
        let mut latest = Vec::new();
        for run in self.store().retention_runs(20).await? {
            let mut steps = self.store().retention_steps(run.id).await?;
            steps.retain(|step| step.found > 0);
            latest.push(RetentionRunLine { run, steps });
        }
        Ok(RetentionView { at, lines, runs: latest })
    }

    /// Sets a period. It acts once it was looked at and made active.
    ///
    /// # Errors
    /// When the days are out of range.
    pub async fn set_retention(&self, kind: RetentionKind, days: i64, actor: Actor) -> Result<()> {
        let shortest = shortest_days(kind);
        if !(shortest..=LONGEST).contains(&days) {
            return Err(Problem::RetentionDays { shortest, longest: LONGEST }.into());
        }
        let (by, payload) = (name_of(&actor), serde_json::json!({ "days": days, "active": false }));
        let mut tx = self.store().begin().await?;
        tx.set_retention_period(kind, days, &by, self.now()).await?;
        let entry = self.entry(actor, Action::RetentionChanged, format!("retention/{kind}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Looks at what would be deleted, of one kind or of all, and deletes nothing.
    ///
    /// # Errors
    /// When a place cannot be read.
    pub async fn look_at_retention(
        &self,
        kind: Option<RetentionKind>,
        actor: Actor,
    ) -> Result<RetentionReport> {
        let at = self.now();
        let periods = self.periods().await?;
        let asked = |period: &&Period| kind.is_none_or(|kind| kind == period.kind);
        let mut steps = Vec::new();
        for period in periods.iter().filter(asked) {
            steps.extend(self.find_ended(period.kind, period.days, at).await?);
        }
        let payload = serde_json::json!({ "dry": true, "steps": json_value(&steps)? });
        let mut tx = self.store().begin().await?;
        for period in periods.iter().filter(asked) {
            tx.add_retention_period(period.kind, period.days, "default", at).await?;
        }
        let run = tx.add_retention_run(true, &steps, at).await?;
        let entry = self.entry(actor, Action::RetentionRun, format!("retention_run/{run}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(RetentionReport { run: Some(run), dry: true, steps })
    }

    /// Makes a period act: the one of so many days, which whoever decides has seen.
    ///
    /// # Errors
    /// When exactly this period was not looked at, or another one is set by now.
    pub async fn activate_retention(&self, kind: RetentionKind, days: i64, actor: Actor) -> Result<()> {
        let period = self.periods().await?.into_iter().find(|period| period.kind == kind);
        let seen = |period: &Period| period.days == days && period.looked_days == Some(days);
        let Some(period) = period.filter(seen) else {
            return Err(Problem::NotLookedAt.into());
        };
        let (by, payload) = (name_of(&actor), serde_json::json!({ "days": period.days, "active": true }));
        let mut tx = self.store().begin().await?;
        tx.activate_retention(kind, period.days, &by, self.now()).await?;
        let entry = self.entry(actor, Action::RetentionChanged, format!("retention/{kind}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets a period act no more; it stays set.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn stop_retention(&self, kind: RetentionKind, actor: Actor) -> Result<()> {
        match self.periods().await?.into_iter().find(|period| period.kind == kind && period.active) {
            Some(period) => self.set_retention(kind, period.days, actor).await,
            None => Ok(()),
        }
    }

    /// Deletes what has ended of the kinds whose period acts. A run that was cut off is gone on with instead.
    ///
    /// # Errors
    /// When a place refuses; the run then stays open, and the next call goes on with it.
    pub async fn run_retention(&self, actor: Actor) -> Result<RetentionReport> {
        let run = match self.store().open_retention_run().await? {
            Some(run) => run,
            None => {
                let at = self.now();
                let mut steps = Vec::new();
                for period in self.periods().await?.iter().filter(|period| period.active) {
                    steps.extend(self.find_ended(period.kind, period.days, at).await?);
                }
                if steps.is_empty() {
                    return Ok(RetentionReport { run: None, dry: false, steps });
                }
                let id = self.store().add_retention_run(false, &steps, at).await?;
                Run { id, dry: false, at, finished_at: None }
            }
        };
        self.go_on(&run, actor).await
    }

    async fn go_on(&self, run: &Run, actor: Actor) -> Result<RetentionReport> {
        for step in self.store().retention_steps(run.id).await?.iter().filter(|step| step.deleted.is_none()) {
            // Asked afresh: somebody may have changed the period since the run began.
            let acts = self.periods().await?;
            let acts = acts.iter().any(|p| p.kind == step.kind && p.active && p.days == step.days);
            let deleted = if acts && step.found > 0 { self.end(step, run.at).await? } else { 0 };
            self.store().end_retention_step(run.id, step, deleted).await?;
        }
        let steps = self.store().retention_steps(run.id).await?;
        if steps.iter().any(|step| step.deleted.is_some_and(|n| n > 0)) {
            self.forget_snapshot()?;
            self.store().scrub().await?;
        }
        let payload = serde_json::json!({ "dry": false, "steps": json_value(&steps)? });
        let mut tx = self.store().begin().await?;
        tx.finish_retention_run(run.id, self.now()).await?;
        let entry = self.entry(actor, Action::RetentionRun, format!("retention_run/{}", run.id), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(RetentionReport { run: Some(run.id), dry: false, steps })
    }

    /// The daily job; the next day's waits before this one's work begins, so that a failure does not end the row.
    pub(crate) async fn retain_job(&self) -> Result<()> {
        self.enqueue(&Work::Retain, self.now().plus_days(1)).await?;
        let actor = self.system("flow.retention").await?;
        self.run_retention(actor).await.map(|_| ())
    }
}
