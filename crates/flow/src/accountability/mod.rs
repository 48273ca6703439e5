//! Who answers for what was done: by name of an action or an object, and for a month as a report.
//!
//! Goes in: the ledger, and what the rows beside it say. Comes out: views. Architecture invariant: no figure here is kept
//! anywhere; each is counted from what happened when it is asked for. Deliberately absent: words, which are the web's.

mod month;

pub use month::{
    AuditLine, CampaignLine, DriftLine, ModelUse, MonthView, OverrideLine, PersonLine, RightsLine,
    parse_month,
};

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Serialize;
use store::ledger::EntryFilter;
use terms::ledger::{Action, Entry};
use terms::time::Instant;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ledger::ledger_line;
use crate::problem::Problem;
use crate::views::LedgerLine;

/// Entries that are listed of an action.
const LISTED: i64 = 50;
/// Entries read at a time.
const PAGE: i64 = 1_000;

/// Who did something, and who answers for it.
#[derive(Debug, Clone, Serialize)]
pub struct WhoView {
    /// What was asked about: an action, or an object such as `campaign/3`.
    pub about: String,
    /// What was done, oldest first; of an action, the latest.
    pub lines: Vec<LedgerLine>,
    /// People who answer for it, with for how many of these entries.
    pub responsible: Vec<(String, usize)>,
}

impl App {
    /// Who did something and who answers for it: of an object such as `campaign/3` everything that was done to it, of an
    /// action such as `campaign_approved` the latest times it was done.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nothing was done to the object; [`Problem::UnknownAction`] for an action there is not.
    pub async fn who_answers(&self, about: &str) -> Result<WhoView> {
        let entries = if about.contains('/') {
            self.store().entries_of(about).await?
        } else {
            let unknown = |_| Problem::UnknownAction { action: about.to_owned() };
            let action = Some(Action::from_str(about).map_err(unknown)?);
            let filter = EntryFilter { limit: LISTED, action, ..EntryFilter::default() };
            let mut entries = self.store().entries(&filter).await?;
            entries.reverse();
            entries
        };
        if entries.is_empty() {
            return Err(Error::NotFound);
        }
        let people = self.store().people().await?;
        let responsible = self.brand().await?.responsible;
        let lines: Vec<LedgerLine> =
            entries.iter().map(|entry| ledger_line(entry, &people, responsible)).collect();
        let mut answering: BTreeMap<&str, usize> = BTreeMap::new();
        for line in &lines {
            *answering.entry(line.responsible.as_str()).or_default() += 1;
        }
        let mut responsible: Vec<(String, usize)> =
            answering.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
        responsible.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(WhoView { about: about.to_owned(), lines, responsible })
    }

    /// The entries of a time, oldest first. Entries are in the order they were written, and a clock can be set back by
    /// a little, so a day more is read on the older side.
    async fn entries_between(&self, from: Instant, to: Instant) -> Result<Vec<Entry>> {
        let mut found = Vec::new();
        let mut before = None;
        let earliest = from.plus_days(-1);
        loop {
            let filter = EntryFilter { before, limit: PAGE, ..EntryFilter::default() };
            let page = self.store().entries(&filter).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.seq);
            let done = last.entry.at < earliest || last.seq == 0;
            found.extend(page.into_iter().filter(|entry| entry.entry.at >= from && entry.entry.at < to));
            if done {
                break;
            }
        }
        found.reverse();
        Ok(found)
    }
}
