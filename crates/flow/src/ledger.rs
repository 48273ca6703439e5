//! Reading and verifying the ledger.

use std::str::FromStr;
use std::time::Instant as Stopwatch;

use store::ledger::EntryFilter;
use terms::ledger::{Action, Entry};
use terms::person::{Actor, Person};

use crate::app::App;
use crate::error::{Error, Result};
use crate::views::{LedgerLine, LedgerView, VerificationView};

/// Entries on a page.
const PAGE: i64 = 50;

impl App {
    /// A page of the ledger, newest first. An empty `action` means all.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an action there is not.
    pub async fn ledger(&self, action: &str, before: Option<u64>) -> Result<LedgerView> {
        let filter = match action {
            "" => None,
            text => {
                Some(Action::from_str(text).map_err(|error| Error::Invalid { message: error.to_string() })?)
            }
        };
        let entries =
            self.store().entries(&EntryFilter { before, limit: PAGE, action: filter, object: None }).await?;
        let people = self.store().people().await?;
        let next_before =
            entries.last().map(|entry| entry.seq).filter(|seq| *seq > 0 && entries.len() as i64 == PAGE);
        // A checkpoint of what stands now, so that the page shows a root somebody can compare.
        self.store().sign_checkpoint(self.ledger_key(), self.now()).await?;
        let checkpoint = self.store().latest_checkpoint().await?.map(|(_, note)| note).unwrap_or_default();
        Ok(LedgerView {
            entries: self.store().ledger_size().await?,
            root: checkpoint.lines().nth(2).unwrap_or_default().to_owned(),
            checkpoint,
            verification: None,
            action: action.to_owned(),
            lines: entries.iter().map(|entry| ledger_line(entry, &people)).collect(),
            next_before,
        })
    }

    /// Recomputes the whole ledger and checks every signature.
    ///
    /// # Errors
    /// When the store fails. What does not hold is not an error but stands in the view.
    pub async fn verify_ledger(&self) -> Result<VerificationView> {
        let watch = Stopwatch::now();
        self.store().sign_checkpoint(self.ledger_key(), self.now()).await?;
        let report = self.store().verify_ledger(&self.ledger_key().verifier(), &[]).await?;
        let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
        Ok(VerificationView {
            entries: report.entries,
            verified: problems.is_empty() && report.checkpoint_ok,
            problems,
            seconds: watch.elapsed().as_secs_f64(),
        })
    }
}

/// An entry in words.
pub(crate) fn ledger_line(entry: &Entry, people: &[Person]) -> LedgerLine {
    let name_of =
        |id| people.iter().find(|person| person.id == id).map_or("?", |person| person.name.as_str());
    let (actor, responsible) = match &entry.entry.actor {
        Actor::Person { name, .. } => (name.clone(), name.clone()),
        Actor::System { part, responsible } => (part.clone(), name_of(*responsible).to_owned()),
        Actor::Customer => ("customer".to_owned(), String::new()),
        Actor::Operator => ("operator".to_owned(), "operator".to_owned()),
    };
    LedgerLine {
        seq: entry.seq,
        at: entry.entry.at,
        actor,
        responsible,
        action: entry.entry.action.to_string(),
        object: entry.entry.object.clone(),
        payload: entry.entry.payload.to_string(),
    }
}
