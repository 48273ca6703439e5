//! Reading and verifying the ledger.

use std::str::FromStr;
use std::time::Instant as Stopwatch;

use store::ledger::EntryFilter;
use terms::ids::PersonId;
use terms::ledger::{Action, Entry};
use terms::person::{Actor, Person, Role};

use crate::app::App;
use crate::error::Result;
use crate::log::CosignedView;
use crate::problem::Problem;
use crate::views::{ActorKind, LedgerLine, LedgerView, VerificationView};

/// Entries on a page.
const PAGE: i64 = 50;
/// Signatures of witnesses that are listed.
const COSIGNED: i64 = 12;

impl App {
    /// A page of the ledger, newest first. An empty `action` means all.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an action there is not.
    pub async fn ledger(&self, action: &str, before: Option<u64>) -> Result<LedgerView> {
        let filter = match action {
            "" => None,
            text => {
                let unknown = |_| Problem::UnknownAction { action: text.to_owned() };
                Some(Action::from_str(text).map_err(unknown)?)
            }
        };
        let entries =
            self.store().entries(&EntryFilter { before, limit: PAGE, action: filter, object: None }).await?;
        let people = self.store().people().await?;
        let responsible = self.brand().await?.responsible;
        let next_before =
            entries.last().map(|entry| entry.seq).filter(|seq| *seq > 0 && entries.len() as i64 == PAGE);
        // A checkpoint of what stands now, so that the page shows a root somebody can compare.
        self.checkpoint().await?;
        let checkpoint = self.store().latest_checkpoint().await?.map(|(_, note)| note).unwrap_or_default();
        Ok(LedgerView {
            entries: self.store().ledger_size().await?,
            root: checkpoint.lines().nth(2).unwrap_or_default().to_owned(),
            checkpoint,
            log_key: self.log_key(),
            witnesses: self.witnesses().await?,
            cosigned: (self.store().recent_cosignatures(COSIGNED).await?.into_iter())
                .map(|signed| CosignedView { witness: signed.witness, size: signed.size, at: signed.at })
                .collect(),
            at: self.now(),
            verification: None,
            action: action.to_owned(),
            lines: entries.iter().map(|entry| ledger_line(entry, &people, responsible)).collect(),
            next_before,
        })
    }

    /// Recomputes the whole ledger and checks every signature.
    ///
    /// # Errors
    /// When the store fails. What does not hold is not an error but stands in the view.
    pub async fn verify_ledger(&self) -> Result<VerificationView> {
        // The copy that lies outside of the database, from before this one is signed.
        let outside: Vec<String> =
            std::fs::read_to_string(self.home().keys().join("newest-checkpoint")).into_iter().collect();
        self.verify_against(&outside).await
    }

    /// The same, held against these checkpoints from outside of the database.
    pub(crate) async fn verify_against(&self, outside: &[String]) -> Result<VerificationView> {
        let watch = Stopwatch::now();
        self.checkpoint().await?;
        let report = self.store().verify_ledger(&self.log_key(), outside).await?;
        let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
        Ok(VerificationView {
            entries: report.entries,
            cosigned: report.cosigned,
            verified: problems.is_empty() && report.checkpoint_ok,
            problems,
            seconds: watch.elapsed().as_secs_f64(),
        })
    }
}

/// An entry as pages show it. `responsible` answers for the brand. For what customers do with their rights, the
/// privacy officer answers; where there is none, the brand's responsible person.
pub(crate) fn ledger_line(entry: &Entry, people: &[Person], responsible: PersonId) -> LedgerLine {
    let name_of =
        |id| people.iter().find(|person| person.id == id).map_or_else(|| "?".to_owned(), |p| p.name.clone());
    let officer = || people.iter().find(|person| person.role == Role::PrivacyOfficer).map(|p| p.name.clone());
    let (by, actor, responsible) = match &entry.entry.actor {
        Actor::Person { name, .. } => (ActorKind::Person, name.clone(), name.clone()),
        Actor::System { part, responsible } => (ActorKind::System, part.clone(), name_of(*responsible)),
        Actor::Customer => {
            (ActorKind::Customer, "customer".to_owned(), officer().unwrap_or_else(|| name_of(responsible)))
        }
        Actor::Operator => (ActorKind::Operator, "operator".to_owned(), name_of(responsible)),
    };
    LedgerLine {
        seq: entry.seq,
        at: entry.entry.at,
        by,
        actor,
        responsible,
        action: entry.entry.action.to_string(),
        object: entry.entry.object.clone(),
        payload: entry.entry.payload.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::ledger::NewEntry;

    fn person(id: i64, name: &str, role: Role) -> Person {
        Person { id: PersonId(id), name: name.to_owned(), email: format!("{id}@candor.test"), role }
    }

    fn line(actor: Actor, people: &[Person]) -> LedgerLine {
        let entry = NewEntry {
            at: terms::time::Instant(0),
            actor,
            action: Action::OptedOut,
            object: "customer/C-1".to_owned(),
            payload: serde_json::Value::Null,
        };
        ledger_line(&Entry { seq: 1, entry }, people, PersonId(1))
    }

    #[test]
    fn somebody_answers_for_what_customers_and_operators_do() {
        let people = [person(1, "Ana", Role::Analyst), person(2, "Pilar", Role::PrivacyOfficer)];
        assert_eq!(line(Actor::Customer, &people).responsible, "Pilar");
        assert_eq!(line(Actor::Customer, &people[..1]).responsible, "Ana");
        let operator = line(Actor::Operator, &people);
        assert_eq!((operator.by, operator.responsible.as_str()), (ActorKind::Operator, "Ana"));
    }
}
