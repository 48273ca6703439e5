//! Training (ADR 33): lessons on nine risks, a test drawn from a bank, a certificate for a year, without which nobody
//! approves, overrides or promotes.
//!
//! Goes in: a person, what they ticked. Comes out: views, a certificate. Architecture invariant: the only way to a
//! certificate is a test that was handed in and passed; whether it holds is asked at the moment of the act, here with a
//! reason for the person and again in the store by the act's own statement.

mod exam;
mod lesson;
mod library;
mod team;
#[cfg(test)]
mod tests;

pub use exam::{Answered, ExamView, Marked, QuestionView, ResultView, Ticked};
pub use lesson::{ExampleView, HeldBefore, LessonLine, LessonView, TrainingView, Verdict};
pub use library::{Both, Chapter, Example, LessonText, Library, Question};
pub use policy::training::{MINUTES, PASS_PERCENT, QUESTIONS, REMIND_DAYS, Standing};
pub use team::{CertificateView, PersonProgress, TeamView};

use terms::ids::PersonId;
use terms::person::Role;

use crate::access::{Permission, allows};
use crate::app::App;
use crate::error::Result;

/// Roles whose work needs a certificate: who approves, who overrides rules, who promotes models.
#[must_use]
pub fn needs_certificate(role: Role) -> bool {
    Permission::ALL.iter().any(|one| one.needs_certificate() && allows(role, *one))
}

impl App {
    /// How somebody's certificates stand now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn standing_of(&self, person: PersonId) -> Result<Standing> {
        Ok(policy::training::standing(&self.store().certificates_of(person).await?, self.now()))
    }
}
