//! Progress of everybody who works here, for who leads them; and a certificate as it is shown.

use serde::Serialize;
use terms::ids::PersonId;
use terms::person::{Person, Role};
use terms::time::Instant;
use terms::training::{Certificate, Lesson};

use super::{Standing, needs_certificate};
use crate::access::Permission;
use crate::app::App;
use crate::error::{Error, Result};

/// How far everybody is.
#[derive(Debug, Clone, Serialize)]
pub struct TeamView {
    /// People, those whose role needs a certificate first.
    pub people: Vec<PersonProgress>,
    /// People whose role needs a certificate.
    pub needed: usize,
    /// Of these, those whose certificate holds.
    pub certified: usize,
    /// Today.
    pub now: Instant,
}

/// How far somebody is.
#[derive(Debug, Clone, Serialize)]
pub struct PersonProgress {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Whether it needs a certificate.
    pub needed: bool,
    /// How they stand.
    pub standing: Standing,
    /// Their last certificate.
    pub certificate: Option<Certificate>,
    /// For each lesson whether they read it, and right answers about it in their last test.
    pub lessons: Vec<(Lesson, bool, Option<u32>)>,
    /// Tests handed in.
    pub tests: usize,
    /// Of these, those that were passed.
    pub passed: usize,
}

impl PersonProgress {
    /// Lessons read.
    #[must_use]
    pub fn read(&self) -> usize {
        self.lessons.iter().filter(|(_, read, _)| *read).count()
    }
}

/// A certificate with whom it names.
#[derive(Debug, Clone, Serialize)]
pub struct CertificateView {
    /// The certificate.
    pub certificate: Certificate,
    /// Whose.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The brand they work for.
    pub brand: String,
    /// Right answers and questions of its test.
    pub mark: (u32, u32),
    /// Whether it holds now.
    pub holds: bool,
}

impl App {
    /// How far everybody is with training.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn training_team(&self) -> Result<TeamView> {
        let now = self.now();
        let read = self.store().lessons_read().await?;
        let mut people = Vec::new();
        for person in self.store().people().await? {
            if crate::app::is_operator(&person) {
                continue;
            }
            let certificates = self.store().certificates_of(person.id).await?;
            let results = self.store().results_of(person.id).await?;
            let lessons = Lesson::ALL.iter().map(|lesson| {
                let read = read.iter().any(|read| read.person == person.id && read.lesson == *lesson);
                let last = results.last().and_then(|last| last.by_lesson.iter().find(|(l, _)| l == lesson));
                (*lesson, read, last.map(|(_, right)| *right))
            });
            people.push(PersonProgress {
                person: person.id,
                needed: needs_certificate(person.role),
                standing: policy::training::standing(&certificates, now),
                certificate: certificates.last().cloned(),
                lessons: lessons.collect(),
                tests: results.len(),
                passed: results.iter().filter(|result| result.passed).count(),
                name: person.name,
                role: person.role,
            });
        }
        people.sort_by_key(|progress| (!progress.needed, progress.person));
        let needed = people.iter().filter(|progress| progress.needed);
        let certified = needed.clone().filter(|progress| progress.standing.holds()).count();
        Ok(TeamView { needed: needed.count(), certified, people, now })
    }

    /// A certificate, for its owner and for who may see how others are getting on.
    ///
    /// # Errors
    /// [`Error::NotFound`] for anybody else.
    pub async fn certificate(&self, reader: &Person, id: i64) -> Result<CertificateView> {
        let certificate = self.store().certificate(id).await?;
        if certificate.person != reader.id && !self.may(reader, Permission::SeeTraining) {
            return Err(Error::NotFound);
        }
        let person = self.store().person(certificate.person).await?;
        let results = self.store().results_of(person.id).await?;
        let mark = results.iter().find(|result| result.test == certificate.test);
        Ok(CertificateView {
            name: person.name,
            role: person.role,
            brand: self.brand().await?.name,
            mark: mark.map(|result| (result.right, result.asked)).unwrap_or_default(),
            holds: certificate.holds(self.now()),
            certificate,
        })
    }
}
