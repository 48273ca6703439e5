//! Personal data breaches: 72 hours from the moment somebody knew (GDPR 33).

use policy::rights::breach_due;
use store::breaches::Breach;
use terms::ids::{BreachId, PersonId};
use terms::ledger::Action;
use terms::person::Actor;
use terms::time::Instant;

use crate::app::App;
use crate::error::{Error, Result};
use crate::problem::Problem;

/// What is recorded of a breach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreachStep {
    /// The authority was told.
    Reported,
    /// The people concerned were told.
    Told,
}

impl App {
    /// Opens the record of a breach; the clock runs from when it became known.
    ///
    /// # Errors
    /// When it has no title, or became known in the future.
    pub async fn open_breach(
        &self,
        title: &str,
        aware_at: Instant,
        people: Option<i64>,
        by: Option<PersonId>,
        actor: Actor,
    ) -> Result<BreachId> {
        let title = title.trim();
        if title.is_empty() || title.len() > 300 {
            return Err(Error::Invalid { message: "say in 1 to 300 characters what happened".to_owned() });
        }
        if aware_at > self.now() {
            return Err(Problem::InTheFuture.into());
        }
        let due = breach_due(aware_at);
        let mut tx = self.store().begin().await?;
        let id = tx.add_breach(title, aware_at, due, by, people.filter(|people| *people >= 0)).await?;
        let payload = serde_json::json!({ "opened": true, "aware": aware_at, "due": due });
        tx.append_entries(&[self.entry(actor, Action::BreachRecorded, format!("breach/{id}"), payload)])
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Records that the authority, or the people concerned, were told.
    ///
    /// # Errors
    /// When it was recorded before, or the breach is closed.
    pub async fn record_breach(&self, id: BreachId, step: BreachStep, actor: Actor) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let word = match step {
            BreachStep::Reported => {
                tx.report_breach(id, now).await?;
                "reported"
            }
            BreachStep::Told => {
                tx.told_of_breach(id, now).await?;
                "told"
            }
        };
        let payload = serde_json::json!({ "step": word });
        tx.append_entries(&[self.entry(actor, Action::BreachRecorded, format!("breach/{id}"), payload)])
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Closes a breach with how it ended.
    ///
    /// # Errors
    /// When nothing is said, or it is closed.
    pub async fn close_breach(&self, id: BreachId, outcome: &str, actor: Actor) -> Result<()> {
        let outcome = outcome.trim();
        if outcome.is_empty() || outcome.len() > super::LONGEST_WORDS {
            return Err(Problem::NoWordsForPerson.into());
        }
        let mut tx = self.store().begin().await?;
        tx.close_breach(id, outcome, self.now()).await?;
        let payload = serde_json::json!({ "closed": true });
        tx.append_entries(&[self.entry(actor, Action::BreachRecorded, format!("breach/{id}"), payload)])
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Every breach, open ones first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn breaches(&self) -> Result<Vec<Breach>> {
        Ok(self.store().breaches().await?)
    }
}
