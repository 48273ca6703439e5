//! Profile: from purchases laid out by customer to what each customer's history says today.
//!
//! Goes in: the lake and the contact records. Comes out: a fresh snapshot in memory. Deliberately absent: fitting
//! models; this stage reads the live one through its alias and enqueues the lifecycle stage.

use std::sync::Arc;

use store::consents::UseMark;
use terms::ledger::Action;

use crate::app::App;
use crate::error::{Error, Result};
use crate::jobs::Work;
use crate::snapshot::{Ingredients, Snapshot};

impl App {
    /// Makes profiles of everybody and enqueues the lifecycle stage.
    ///
    /// # Errors
    /// When lake or store fail.
    pub async fn profile(&self) -> Result<()> {
        let snapshot = self.refresh().await?;
        let payload = serde_json::json!({
            "as_of": snapshot.as_of.to_string(), "customers": snapshot.customers.len(),
            "with_purchases": snapshot.profiles.iter().flatten().count(),
        });
        self.record(self.system("flow.profile").await?, Action::Profiled, "lake", payload).await?;
        self.enqueue(&Work::Lifecycle, self.now()).await
    }

    /// The state of all customers; made the first time it is asked for.
    pub(crate) async fn snapshot(&self) -> Result<Arc<Snapshot>> {
        let held = self.snapshot_slot().read().map_err(|_| broken())?.clone();
        match held {
            Some(snapshot) if self.still_lawful(&snapshot).await? => Ok(snapshot),
            _ => self.refresh().await,
        }
    }

    /// Whether nobody has refused a use since the snapshot was made: a score that somebody does not want any more is
    /// not shown or used once more, whichever process they told. A grant waits for the next snapshot.
    async fn still_lawful(&self, snapshot: &Snapshot) -> Result<bool> {
        let (then, now) = (snapshot.mark, self.store().use_mark().await?);
        if (UseMark { receipts: now.receipts, ..then }) != now {
            return Ok(false);
        }
        Ok(then.receipts == now.receipts || self.store().refused_since(then.receipts).await? == 0)
    }

    /// Makes the state of all customers afresh and swaps it in as a whole.
    pub(crate) async fn refresh(&self) -> Result<Arc<Snapshot>> {
        let ingredients = Ingredients::gather(self).await?;
        let lake = self.lake().clone();
        let snapshot = tokio::task::spawn_blocking(move || Snapshot::make(&lake, ingredients))
            .await
            .map_err(|error| Error::Internal(error.to_string()))??;
        let snapshot = Arc::new(snapshot);
        *self.snapshot_slot().write().map_err(|_| broken())? = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }
}

fn broken() -> Error {
    Error::Internal("the state of all customers is broken; restart the program".to_owned())
}
