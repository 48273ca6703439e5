//! Retention: how long which kind is kept, what every look and run found, and the rows whose period has ended.
//!
//! Goes in: a cut-off. Comes out: how many rows of a place end, from when the oldest is, or that they are gone. One
//! statement says which rows these are, for the look and for the run, so that a run deletes what a look says.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use terms::ids::{CampaignId, CustomerKey, MessageId};
use terms::processing::RetentionKind;
use terms::time::Instant;

/// How long a kind is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Period {
    /// Kind.
    pub kind: RetentionKind,
    /// Days.
    pub days: i64,
    /// Whether it acts.
    pub active: bool,
    /// The period that was last looked at.
    pub looked_days: Option<i64>,
    /// When that was.
    pub looked_at: Option<Instant>,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Instant,
}

/// A look at what would end (`dry`), or a run that deletes it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Run {
    /// Number.
    pub id: i64,
    /// Whether it only looked.
    pub dry: bool,
    /// The moment that periods are counted back from.
    pub at: Instant,
    /// When it was through; `None` for one that was cut off and will be gone on with.
    pub finished_at: Option<Instant>,
}

/// What was found in one place, and deleted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Step {
    /// Kind.
    pub kind: RetentionKind,
    /// Place.
    pub place: String,
    /// The period it was done with.
    pub days: i64,
    /// Rows or files whose period had ended.
    pub found: u64,
    /// From when the oldest of all is.
    pub oldest: Option<Instant>,
    /// Rows or files deleted; `None` when it was only looked at, or is still to be done.
    pub deleted: Option<u64>,
}

/// Tables from which rows end by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Behaviour.
    Events,
    /// Purchases that are not in the lake yet.
    EventPurchases,
    /// Responses.
    Responses,
    /// Reasons and evidence of messages; the row stays, without them.
    Messages,
    /// Notes of people who judged texts; the verdict stays, without them.
    JudgingNotes,
    /// Service mails.
    ServiceMails,
    /// Sign-ins.
    Sessions,
    /// Sign-ups that nobody confirmed.
    SignUps,
    /// Links.
    Links,
    /// Jobs.
    Jobs,
    /// Requests; the row stays, without whose it was.
    RightsRequests,
    /// Receipts.
    Consents,
}

impl Ends {
    /// The statements: which rows end, what ends them, and from when the oldest of all is.
    const fn statements(self) -> [&'static str; 3] {
        match self {
            Self::Events => [
                sql!("retention", "due_events"),
                sql!("retention", "end_events"),
                sql!("retention", "oldest_events"),
            ],
            Self::EventPurchases => [
                sql!("retention", "due_event_purchases"),
                sql!("retention", "end_event_purchases"),
                sql!("retention", "oldest_event_purchases"),
            ],
            Self::Responses => [
                sql!("retention", "due_responses"),
                sql!("retention", "end_responses"),
                sql!("retention", "oldest_responses"),
            ],
            Self::Messages => [
                sql!("retention", "due_messages"),
                sql!("retention", "end_messages"),
                sql!("retention", "oldest_messages"),
            ],
            Self::JudgingNotes => [
                sql!("retention", "due_judging_notes"),
                sql!("retention", "end_judging_notes"),
                sql!("retention", "oldest_judging_notes"),
            ],
            Self::ServiceMails => [
                sql!("retention", "due_service_mails"),
                sql!("retention", "end_service_mails"),
                sql!("retention", "oldest_service_mails"),
            ],
            Self::Sessions => [
                sql!("retention", "due_sessions"),
                sql!("retention", "end_sessions"),
                sql!("retention", "oldest_sessions"),
            ],
            Self::SignUps => [
                sql!("retention", "due_sign_ups"),
                sql!("retention", "end_sign_ups"),
                sql!("retention", "oldest_sign_ups"),
            ],
            Self::Links => [
                sql!("retention", "due_customer_links"),
                sql!("retention", "end_customer_links"),
                sql!("retention", "oldest_customer_links"),
            ],
            Self::Jobs => [
                sql!("retention", "due_jobs"),
                sql!("retention", "end_jobs"),
                sql!("retention", "oldest_jobs"),
            ],
            Self::RightsRequests => [
                sql!("retention", "due_rights_requests"),
                sql!("retention", "end_rights_requests"),
                sql!("retention", "oldest_rights_requests"),
            ],
            Self::Consents => [
                sql!("retention", "due_consents"),
                sql!("retention", "end_consents"),
                sql!("retention", "oldest_consents"),
            ],
        }
    }
}

/// Puts the statement that says which rows end into another one.
fn around(outer: &str, due: &str) -> AssertSqlSafe<String> {
    let due: Vec<&str> = due.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    AssertSqlSafe(outer.replace("/*due*/", due.join("\n").trim().trim_end_matches(';')))
}

/// A statement with the cut-off, and with now where it asks for it.
macro_rules! bound {
    ($text:expr, $cut:expr, $now:expr) => {{
        let AssertSqlSafe(text) = $text;
        let uses_now = text.contains("$2");
        let query = sqlx::query(AssertSqlSafe(text)).bind($cut.0);
        if uses_now { query.bind($now.0) } else { query }
    }};
}

fn number(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn integer(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn period(row: &AnyRow) -> Result<Period> {
    Ok(Period {
        kind: row.word("kind")?,
        days: row.int("days")?,
        active: row.flag("active")?,
        looked_days: row.opt_int("looked_days")?,
        looked_at: row.opt_at("looked_at")?,
        changed_by: row.text("changed_by")?,
        changed_at: row.at("changed_at")?,
    })
}

fn run(row: &AnyRow) -> Result<Run> {
    Ok(Run {
        id: row.int("id")?,
        dry: row.flag("dry")?,
        at: row.at("at")?,
        finished_at: row.opt_at("finished_at")?,
    })
}

fn step(row: &AnyRow) -> Result<Step> {
    Ok(Step {
        kind: row.word("kind")?,
        place: row.text("place")?,
        days: row.int("days")?,
        found: number(row.int("found")?),
        oldest: row.opt_at("oldest")?,
        deleted: row.opt_int("deleted")?.map(number),
    })
}

reads! {
    /// Every period that was set or looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention_periods(&mut self) -> Result<Vec<Period>> {
        sql::rows(&sqlx::query(sql!("retention", "periods")).fetch_all(self.db()).await?, period)
    }

    /// The latest looks and runs, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention_runs(&mut self, limit: i64) -> Result<Vec<Run>> {
        sql::rows(&sqlx::query(sql!("retention", "runs")).bind(limit).fetch_all(self.db()).await?, run)
    }

    /// The run that was begun and is not through.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_retention_run(&mut self) -> Result<Option<Run>> {
        let row = sqlx::query(sql!("retention", "open_run")).fetch_optional(self.db()).await?;
        row.as_ref().map(run).transpose()
    }

    /// What a look or a run found, by kind and place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention_steps(&mut self, id: i64) -> Result<Vec<Step>> {
        sql::rows(&sqlx::query(sql!("retention", "steps")).bind(id).fetch_all(self.db()).await?, step)
    }

    /// Of each kind the steps of the last look, or of the last run, with when it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_retention_steps(&mut self, dry: bool) -> Result<Vec<(Instant, Step)>> {
        let query = sqlx::query(sql!("retention", "last_steps")).bind(i64::from(dry));
        sql::rows(&query.fetch_all(self.db()).await?, |row| Ok((row.at("at")?, step(row)?)))
    }

    /// Customers with a request that is open: nothing of theirs ends before it does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn customers_with_open_requests(&mut self) -> Result<Vec<CustomerKey>> {
        let rows = sqlx::query(sql!("retention", "protected")).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok(CustomerKey::new(row.text("customer")?)))
    }

    /// From when on purchases are needed by a campaign that is under way or still being measured.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn purchases_needed_from(&mut self, now: Instant) -> Result<Option<Instant>> {
        let row = sqlx::query(sql!("retention", "first_needed")).bind(now.0).fetch_one(self.db()).await?;
        row.opt_at("at")
    }

    /// How many rows end, and from when the oldest row of all is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ended(&mut self, table: Ends, cut: Instant, now: Instant) -> Result<(u64, Option<Instant>)> {
        let [due, _, oldest] = table.statements();
        let count = around(sql!("retention", "count_due"), due);
        let n = bound!(count, cut, now).fetch_one(self.db()).await?.int("n")?;
        let oldest = sqlx::query(oldest).fetch_one(self.db()).await?.opt_at("at")?;
        Ok((number(n), oldest))
    }

    /// Customers of whom the store heard nothing since the cut-off, and whom nothing under way needs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quiet_customers(&mut self, cut: Instant, now: Instant) -> Result<Vec<CustomerKey>> {
        let query = sqlx::query(sql!("retention", "quiet_customers")).bind(cut.0).bind(now.0);
        sql::rows(&query.fetch_all(self.db()).await?, |row| Ok(CustomerKey::new(row.text("key")?)))
    }

    /// Since when the customer known for longest is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn oldest_customer(&mut self) -> Result<Option<Instant>> {
        sqlx::query(sql!("retention", "oldest_customers")).fetch_one(self.db()).await?.opt_at("at")
    }

    /// Messages that ended before the cut-off, by which copies are named.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages_ended(
        &mut self, cut: Instant, now: Instant,
    ) -> Result<Vec<(CampaignId, MessageId, Instant)>> {
        let query = sqlx::query(sql!("retention", "old_copies")).bind(cut.0).bind(now.0);
        sql::rows(&query.fetch_all(self.db()).await?, |row| {
            Ok((CampaignId(row.int("campaign")?), MessageId(row.int("id")?), row.at("since")?))
        })
    }

    /// Service mails that ended before the cut-off, likewise.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn service_mails_ended(&mut self, cut: Instant) -> Result<Vec<(i64, Instant)>> {
        let query = sqlx::query(sql!("retention", "due_service_mails")).bind(cut.0);
        sql::rows(&query.fetch_all(self.db()).await?, |row| Ok((row.int("id")?, row.at("since")?)))
    }
}

writes! {
    /// Writes down a period that nobody set: the default.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_retention_period(
        &mut self, kind: RetentionKind, days: i64, by: &str, at: Instant,
    ) -> Result<()> {
        let query = sqlx::query(sql!("retention", "add_period"));
        query.bind(kind.as_str()).bind(days).bind(by).bind(at.0).execute(self.db()).await?;
        Ok(())
    }

    /// Sets a period. It waits for a look.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_retention_period(
        &mut self, kind: RetentionKind, days: i64, by: &str, at: Instant,
    ) -> Result<()> {
        let query = sqlx::query(sql!("retention", "set_period"));
        query.bind(kind.as_str()).bind(days).bind(by).bind(at.0).execute(self.db()).await?;
        Ok(())
    }

    /// Makes a period act.
    ///
    /// # Errors
    /// When no look was made with exactly this period.
    pub async fn activate_retention(
        &mut self, kind: RetentionKind, days: i64, by: &str, at: Instant,
    ) -> Result<()> {
        let query = sqlx::query(sql!("retention", "activate_period"));
        let done = query.bind(kind.as_str()).bind(days).bind(by).bind(at.0).execute(self.db()).await?;
        if done.rows_affected() == 0 { Err(Error::Stale { what: format!("the period of `{kind}`") }) } else { Ok(()) }
    }

    /// Writes down what a look found, and that each of its periods was looked at; or what a run is going to delete.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_retention_run(&mut self, dry: bool, steps: &[Step], at: Instant) -> Result<i64> {
        let id = self.take_numbers("retention_runs", 1).await?;
        sqlx::query(sql!("retention", "add_run"))
            .bind(id).bind(i64::from(dry)).bind(at.0).bind(dry.then_some(at.0))
            .execute(self.db())
            .await?;
        for step in steps {
            sqlx::query(sql!("retention", "add_step"))
                .bind(id).bind(step.kind.as_str()).bind(step.place.as_str()).bind(step.days)
                .bind(integer(step.found)).bind(step.oldest.map(|at| at.0))
                .execute(self.db())
                .await?;
            if dry {
                let query = sqlx::query(sql!("retention", "note_look"));
                query.bind(step.kind.as_str()).bind(step.days).bind(at.0).execute(self.db()).await?;
            }
        }
        Ok(id)
    }

    /// Deletes the rows that have ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_rows(&mut self, table: Ends, cut: Instant, now: Instant) -> Result<u64> {
        let [due, end, _] = table.statements();
        if table == Ends::Consents {
            bound!(around(sql!("retention", "open_consents"), due), cut, now).execute(self.db()).await?;
        }
        let done = bound!(around(end, due), cut, now).execute(self.db()).await?;
        if table == Ends::Consents {
            sqlx::query(sql!("retention", "close_consents")).execute(self.db()).await?;
        }
        Ok(done.rows_affected())
    }

    /// A step of a run is done.
    ///
    /// # Errors
    /// When it was before.
    pub async fn end_retention_step(&mut self, id: i64, step: &Step, deleted: u64) -> Result<()> {
        let query = sqlx::query(sql!("retention", "end_step"));
        let query = query.bind(id).bind(step.kind.as_str()).bind(step.place.as_str()).bind(integer(deleted));
        if query.execute(self.db()).await?.rows_affected() == 0 {
            return Err(Error::Stale { what: format!("the step `{}` of retention", step.place) });
        }
        Ok(())
    }

    /// A run is through.
    ///
    /// # Errors
    /// When it was before.
    pub async fn finish_retention_run(&mut self, id: i64, at: Instant) -> Result<()> {
        let done = sqlx::query(sql!("retention", "finish_run")).bind(id).bind(at.0).execute(self.db()).await?;
        if done.rows_affected() == 0 { Err(Error::Stale { what: format!("retention run `{id}`") }) } else { Ok(()) }
    }
}
