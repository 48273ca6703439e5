//! Lessons that people read, tests they took, certificates they earned. Only a test that was passed makes a certificate,
//! in the statement and by a trigger; nothing is changed or deleted.
//!
//! Architecture invariant: whether somebody is certified is asked at the instant of the act, in the transaction of the
//! act, by [`Tx::certified`] or by the acting statement itself.

use crate::error::{Error, Result};
use crate::open::{Tx, reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::ids::PersonId;
use terms::time::Instant;
use terms::training::{Certificate, Lesson, Test, TestOrigin, TestResult};

/// That somebody read a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// Who.
    pub person: PersonId,
    /// Which.
    pub lesson: Lesson,
    /// When first.
    pub at: Instant,
}

fn certificate(row: &AnyRow) -> Result<Certificate> {
    Ok(Certificate {
        id: row.int("id")?,
        test: row.int("test")?,
        person: PersonId(row.int("person")?),
        issued_at: row.at("issued_at")?,
        valid_until: row.at("valid_until")?,
        origin: row.word("origin")?,
    })
}

fn count(row: &AnyRow, column: &str) -> Result<u32> {
    u32::try_from(row.int(column)?).map_err(|_| Error::Corrupt { what: format!("column `{column}`") })
}

reads! {
    /// Every lesson that anybody read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lessons_read(&mut self) -> Result<Vec<Read>> {
        sql::rows(&sqlx::query(sql!("training", "reads")).fetch_all(self.db()).await?, |row| {
            Ok(Read { person: PersonId(row.int("person")?), lesson: row.word("lesson")?, at: row.at("at")? })
        })
    }

    /// Every test somebody began, the first one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tests_of(&mut self, person: PersonId) -> Result<Vec<Test>> {
        let rows = sqlx::query(sql!("training", "tests")).bind(person.0).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| {
            Ok(Test {
                id: row.int("id")?,
                person: PersonId(row.int("person")?),
                seed: row.text("seed")?,
                bank: row.text("bank")?,
                origin: row.word("origin")?,
                begun_at: row.at("begun_at")?,
                ends_at: row.at("ends_at")?,
            })
        })
    }

    /// Every result of somebody's tests, in the order of the tests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn results_of(&mut self, person: PersonId) -> Result<Vec<TestResult>> {
        let rows = sqlx::query(sql!("training", "results")).bind(person.0).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| {
            Ok(TestResult {
                test: row.int("test")?,
                at: row.at("at")?,
                right: count(row, "right_ones")?,
                asked: count(row, "asked")?,
                by_lesson: row.json("by_lesson")?,
                passed: row.flag("passed")?,
                answers: row.json("answers")?,
            })
        })
    }

    /// Every certificate of somebody, the first one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn certificates_of(&mut self, person: PersonId) -> Result<Vec<Certificate>> {
        let rows = sqlx::query(sql!("training", "certificates")).bind(person.0).fetch_all(self.db()).await?;
        sql::rows(&rows, certificate)
    }

    /// A certificate.
    ///
    /// # Errors
    /// When there is none of that number.
    pub async fn certificate(&mut self, id: i64) -> Result<Certificate> {
        let row = sqlx::query(sql!("training", "certificate")).bind(id).fetch_optional(self.db()).await?;
        certificate(&row.ok_or_else(|| Error::missing("certificate", id))?)
    }
}

writes! {
    /// Records that somebody read a lesson, the first time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_read(&mut self, person: PersonId, lesson: Lesson, at: Instant) -> Result<bool> {
        let query = sqlx::query(sql!("training", "put_read")).bind(person.0).bind(lesson.as_str()).bind(at.0);
        Ok(query.execute(self.db()).await?.rows_affected() > 0)
    }

    /// Begins a test.
    ///
    /// # Errors
    /// When the database fails, or there is no such person.
    pub async fn begin_test(
        &mut self, person: PersonId, seed: &str, bank: &str, origin: TestOrigin, at: Instant, ends_at: Instant,
    ) -> Result<Test> {
        let id = self.take_numbers("training_tests", 1).await?;
        sqlx::query(sql!("training", "begin"))
            .bind(id).bind(person.0).bind(seed).bind(bank).bind(origin.as_str()).bind(at.0).bind(ends_at.0)
            .execute(self.db())
            .await?;
        Ok(Test { id, person, seed: seed.to_owned(), bank: bank.to_owned(), origin, begun_at: at, ends_at })
    }

    /// Keeps what came of a test; `until` is how long its certificate holds, when it was passed.
    ///
    /// # Errors
    /// [`Error::Stale`] when it was handed in already, or is no longer open; when the mark is none that passes.
    pub async fn put_result(&mut self, result: &TestResult, until: Instant) -> Result<Option<i64>> {
        let weakest = result.by_lesson.iter().map(|(_, right)| *right).min().unwrap_or(0);
        let query = sqlx::query(sql!("training", "put_result"))
            .bind(result.test)
            .bind(result.at.0)
            .bind(i64::from(result.right))
            .bind(i64::from(result.asked))
            .bind(i64::from(weakest))
            .bind(serde_json::to_string(&result.by_lesson)?)
            .bind(serde_json::to_string(&result.answers)?)
            .bind(i64::from(result.passed));
        if query.execute(self.db()).await?.rows_affected() == 0 {
            return Err(Error::Stale { what: format!("test `{}`", result.test) });
        }
        if !result.passed {
            return Ok(None);
        }
        let id = self.take_numbers("certificates", 1).await?;
        sqlx::query(sql!("training", "issue")).bind(id).bind(result.test).bind(until.0).execute(self.db()).await?;
        Ok(Some(id))
    }
}

impl Tx {
    /// Refuses whoever has no certificate that holds at this time.
    ///
    /// # Errors
    /// [`Error::NotCertified`], or when the database fails.
    pub async fn certified(&mut self, person: PersonId, at: Instant) -> Result<()> {
        let holds = self.certificates_of(person).await?.iter().any(|certificate| certificate.holds(at));
        if holds { Ok(()) } else { Err(self.uncertified(person, at).await?) }
    }

    /// What to say to somebody without a certificate.
    pub(crate) async fn uncertified(&mut self, person: PersonId, at: Instant) -> Result<Error> {
        self.person(person).await?;
        let row =
            sqlx::query(sql!("training", "last_end")).bind(person.0).bind(at.0).fetch_one(self.db()).await?;
        Ok(Error::NotCertified { ended: row.opt_at("ended")? })
    }
}
