//! Purchases from events into the lake: many at once, because a bucket is written anew as a whole.
//!
//! Goes in: rows that wait in the store. Comes out: the lake with them, then the store without them. A kill in between
//! leaves rows in both; the next run merges them again, which adds nothing, because the lake keeps alike rows once.
//! The rows of one month belong to one import, which can be undone like any other (ADR 14).

use std::collections::BTreeSet;

use lake::layout::{StreamRow, Streamed};
use terms::ids::CustomerKey;
use terms::ledger::Action;

use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::jobs::Work;

/// Rows of one step.
const ROWS: i64 = 100_000;
/// Joined keys of one step.
const KEYS: i64 = 1_000;
/// Seconds until the new purchases show in profiles: making them reads the whole lake.
const PROFILE_SECONDS: i64 = 900;
/// Seconds until a lake that another process is changing is tried again.
const BUSY_SECONDS: i64 = 30;

impl App {
    /// Brings purchases that came as events into the lake, and gives those of joined keys to their customers. Returns
    /// how many rows were new there.
    ///
    /// # Errors
    /// When store or lake fail; what was not brought waits.
    pub async fn compact_events(&self) -> Result<u64> {
        let moved = self.move_joined().await?;
        let mut added = 0;
        loop {
            let rows = self.store().event_purchases_ready(ROWS).await?;
            if rows.is_empty() {
                break;
            }
            // Between reading the rows and writing the lake somebody may be erased; they are looked for again below.
            let now = self.now();
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            let stream: Vec<StreamRow> = rows
                .into_iter()
                .filter_map(|row| {
                    Some(StreamRow {
                        customer: row.customer?,
                        time: row.at,
                        minor: row.minor,
                        order: row.order,
                    })
                })
                .collect();
            let customers: Vec<CustomerKey> =
                stream.iter().map(|row| row.customer.clone()).collect::<BTreeSet<_>>().into_iter().collect();
            let (lake, currency) = (self.lake().clone(), self.brand().await?.currency);
            let month = now.day().to_date().strftime("%Y-%m").to_string();
            let name = format!("events {month}");
            let streamed: Streamed = blocking(move || lake.stream(&name, &stream, currency, now)).await?;
            let (erased, _) = self.store().erased_among(&customers, &[]).await?;
            if !erased.is_empty() {
                let (lake, erased) = (self.lake().clone(), erased.into_iter().collect::<Vec<_>>());
                blocking(move || lake.erase(&erased)).await?;
            }
            self.store().delete_event_purchases(&ids).await?;
            let payload = json_value(&streamed)?;
            self.record(self.system("flow.events").await?, Action::Imported, "lake/purchases", payload)
                .await?;
            added += streamed.added;
        }
        if added + moved > 0 {
            self.enqueue(&Work::Profile, self.now().plus_seconds(PROFILE_SECONDS)).await?;
        }
        Ok(added)
    }

    /// Once a day: forgets messageIds that nobody repeats any more, and behaviour whose time is over.
    pub(super) async fn tidy_events(&self) -> Result<()> {
        const SETTING: &str = "events_tidied";
        let today = self.now().day();
        if self.store().setting(SETTING).await?.is_some_and(|day| day == today.to_string()) {
            return Ok(());
        }
        let settings = self.event_settings().await?;
        let mut tx = self.store().begin().await?;
        tx.forget_event_ids(i64::from(today.0) - settings.remember_days).await?;
        tx.delete_events_before(self.now().plus_days(-settings.keep_days)).await?;
        tx.set_setting(SETTING, &today.to_string()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The job: a lake that is being changed is tried again soon, and is no failure.
    pub(crate) async fn compact_job(&self) -> Result<()> {
        match self.compact_events().await {
            Err(Error::Lake(lake::Error::Busy(_))) => {
                self.enqueue(&Work::Compact, self.now().plus_seconds(BUSY_SECONDS)).await
            }
            other => other.map(|_| ()),
        }
    }

    async fn move_joined(&self) -> Result<u64> {
        let mut moved = 0;
        loop {
            let started = self.now();
            let joined = self.store().joined_not_moved(KEYS).await?;
            if joined.is_empty() {
                return Ok(moved);
            }
            let pairs: Vec<(CustomerKey, CustomerKey)> =
                joined.iter().map(|each| (CustomerKey::new(&each.alias), each.customer.clone())).collect();
            let lake = self.lake().clone();
            moved += blocking(move || lake.rename(&pairs)).await?;
            let aliases: Vec<&str> = joined.iter().map(|each| each.alias.as_str()).collect();
            self.store().set_moved(&aliases, started, self.now()).await?;
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, lake::Error> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(done?)
}
