//! The test: begun, shown, handed in, told.
//!
//! Goes in: a person and what they ticked, as positions on their page. Comes out: questions without a hint of what is
//! right, and after handing in each with its reason. A test is marked from its seed and the bank: nothing that a browser
//! sends says what is right.

use std::collections::{BTreeMap, BTreeSet};

use policy::training::{Drawn, MINUTES, draw, mark, next_try, valid_until};
use serde::Serialize;
use terms::customer::Language;
use terms::ledger::Action;
use terms::person::Person;
use terms::time::Instant;
use terms::training::{Lesson, Test, TestOrigin, TestResult};

use super::Library;
use crate::access::Permission;
use crate::app::App;
use crate::error::{Error, Result};
use crate::problem::Problem;

/// Positions that were ticked, by the name of the question.
pub type Ticked = BTreeMap<String, BTreeSet<usize>>;

/// An open test.
#[derive(Debug, Clone, Serialize)]
pub struct ExamView {
    /// Its number.
    pub test: i64,
    /// Until when it may be handed in.
    pub ends_at: Instant,
    /// The questions in their order.
    pub questions: Vec<QuestionView>,
}

/// A question as it is asked.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionView {
    /// Its name.
    pub id: String,
    /// What is asked.
    pub ask: String,
    /// Answers, by position.
    pub answers: Vec<String>,
    /// More than one is right.
    pub several: bool,
}

/// A test that was handed in.
#[derive(Debug, Clone, Serialize)]
pub struct ResultView {
    /// Its number.
    pub test: i64,
    /// When it was handed in.
    pub at: Instant,
    /// Whether it was passed.
    pub passed: bool,
    /// Right answers.
    pub right: u32,
    /// Questions.
    pub asked: u32,
    /// Right answers by lesson.
    pub by_lesson: Vec<(Lesson, u32)>,
    /// The certificate it earned.
    pub certificate: Option<i64>,
    /// When another try is open, if somebody has to wait.
    pub next_try: Option<Instant>,
    /// Each question with what is right and why; none when the bank has changed since.
    pub questions: Vec<Marked>,
}

/// A question that was answered.
#[derive(Debug, Clone, Serialize)]
pub struct Marked {
    /// What it was about.
    pub lesson: Lesson,
    /// What was asked.
    pub ask: String,
    /// Answers, by position.
    pub answers: Vec<Answered>,
    /// Whether exactly the right ones were ticked.
    pub right: bool,
    /// Why.
    pub why: String,
}

/// An answer with what is true of it.
#[derive(Debug, Clone, Serialize)]
pub struct Answered {
    /// Its words.
    pub text: String,
    /// Whether it is right.
    pub right: bool,
    /// Whether it was ticked.
    pub ticked: bool,
}

/// What somebody's tests say about the next one.
pub(super) struct Record {
    pub(super) tests: Vec<Test>,
    pub(super) results: Vec<TestResult>,
}

impl Record {
    fn result(&self, test: i64) -> Option<&TestResult> {
        self.results.iter().find(|result| result.test == test)
    }

    /// The test that is open now. One from another bank cannot be marked, so it is not open.
    pub(super) fn open(&self, bank: &str, now: Instant) -> Option<&Test> {
        let last = self.tests.last()?;
        let open = last.begun_at <= now && now < last.ends_at && last.bank == bank;
        (open && self.result(last.id).is_none()).then_some(last)
    }

    /// From when another test may begin, if not at once. A test that was left open until its end was not passed.
    pub(super) fn wait(&self, now: Instant) -> Option<Instant> {
        let mut failures = 0;
        let mut last = None;
        for test in &self.tests {
            match self.result(test.id) {
                Some(result) if result.passed => failures = 0,
                Some(result) => (failures, last) = (failures + 1, Some(result.at)),
                None => (failures, last) = (failures + 1, Some(test.ends_at)),
            }
        }
        next_try(failures, last?).filter(|at| *at > now)
    }
}

fn drawn(test: &Test, library: &Library) -> Vec<Drawn> {
    if test.bank == library.bank { draw(&test.seed, &library.items()) } else { Vec::new() }
}

/// Right positions of a test: what the demo's set-up ticks.
///
/// # Errors
/// When the bank cannot be read.
pub(super) fn key(test: &Test) -> Result<Ticked> {
    Ok(drawn(test, Library::get()?).into_iter().map(|question| (question.id, question.right)).collect())
}

impl App {
    pub(super) async fn tests_taken(&self, person: &Person) -> Result<Record> {
        let conn = self.store();
        Ok(Record { tests: conn.tests_of(person.id).await?, results: conn.results_of(person.id).await? })
    }

    /// Begins a test, or goes on with the one that is open: leaving and coming back draws no other questions.
    ///
    /// # Errors
    /// [`Problem::TestLater`] too soon after a failure.
    pub async fn begin_test(&self, person: &Person, origin: TestOrigin) -> Result<Test> {
        let granted = self.needs(person, Permission::View)?;
        let library = Library::get()?;
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let record =
            Record { tests: tx.tests_of(person.id).await?, results: tx.results_of(person.id).await? };
        if let Some(open) = record.open(&library.bank, now) {
            return Ok(open.clone());
        }
        if let Some(at) = record.wait(now) {
            return Err(Problem::TestLater { at }.into());
        }
        let seed = format!("{:032x}", rand::random::<u128>());
        let ends_at = now.plus_seconds(MINUTES * 60);
        let test = tx.begin_test(person.id, &seed, &library.bank, origin, now, ends_at).await?;
        let payload =
            serde_json::json!({ "seed": seed, "bank": library.bank, "origin": origin, "ends_at": ends_at });
        let object = format!("test/{}", test.id);
        tx.append_entries(&[self.entry(granted.actor(), Action::TestBegun, object, payload)]).await?;
        tx.commit().await?;
        Ok(test)
    }

    /// The open test of somebody, as it is asked.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none is open.
    pub async fn open_test(&self, person: &Person, language: Language) -> Result<ExamView> {
        let library = Library::get()?;
        let record = self.tests_taken(person).await?;
        let test = record.open(&library.bank, self.now()).ok_or(Error::NotFound)?;
        let questions = drawn(test, library).into_iter().filter_map(|drawn| {
            let question = library.question(&drawn.id)?;
            let answers = drawn.order.iter().filter_map(|answer| question.answer(*answer));
            Some(QuestionView {
                ask: question.ask.of(language).to_owned(),
                answers: answers.map(|answer| answer.of(language).to_owned()).collect(),
                several: question.several(),
                id: drawn.id,
            })
        });
        Ok(ExamView { test: test.id, ends_at: test.ends_at, questions: questions.collect() })
    }

    /// Marks a test. Whoever passes is certified from now on, for a year.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a test that is not this person's, [`Problem::TestOver`] for one that is not open.
    pub async fn hand_in(&self, person: &Person, test: i64, ticked: &Ticked) -> Result<TestResult> {
        let granted = self.needs(person, Permission::View)?;
        let library = Library::get()?;
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let record =
            Record { tests: tx.tests_of(person.id).await?, results: tx.results_of(person.id).await? };
        if !record.tests.iter().any(|known| known.id == test) {
            return Err(Error::NotFound);
        }
        let open = record.open(&library.bank, now).filter(|open| open.id == test).ok_or(Problem::TestOver)?;
        let questions = drawn(open, library);
        let mark = mark(&questions, ticked);
        let asked: BTreeSet<&str> = questions.iter().map(|question| question.id.as_str()).collect();
        let kept = ticked.iter().filter(|(id, _)| asked.contains(id.as_str()));
        let result = TestResult {
            test,
            at: now,
            right: mark.right(),
            asked: u32::try_from(questions.len()).unwrap_or(u32::MAX),
            by_lesson: mark.by_lesson.clone(),
            passed: mark.passed,
            answers: kept.map(|(id, ticked)| (id.clone(), ticked.iter().copied().collect())).collect(),
        };
        let until = valid_until(now);
        let certificate = tx.put_result(&result, until).await?;
        let mut payload = serde_json::json!({
            "right": result.right, "asked": result.asked, "by_lesson": result.by_lesson, "origin": open.origin,
        });
        if let (Some(number), Some(fields)) = (certificate, payload.as_object_mut()) {
            fields.insert("certificate".to_owned(), number.into());
            fields.insert("valid_until".to_owned(), serde_json::json!(until));
        }
        let action = if result.passed { Action::TestPassed } else { Action::TestFailed };
        tx.append_entries(&[self.entry(granted.actor(), action, format!("test/{test}"), payload)]).await?;
        tx.commit().await?;
        Ok(result)
    }

    /// A test of somebody that was handed in, with what was right and why.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a test that is not this person's, or not handed in.
    pub async fn test_result(&self, person: &Person, test: i64, language: Language) -> Result<ResultView> {
        let library = Library::get()?;
        let record = self.tests_taken(person).await?;
        let begun = record.tests.iter().find(|known| known.id == test).ok_or(Error::NotFound)?;
        let result = record.result(test).ok_or(Error::NotFound)?;
        let ticked: Ticked =
            result.answers.iter().map(|(id, at)| (id.clone(), at.iter().copied().collect())).collect();
        let questions = drawn(begun, library);
        let mark = mark(&questions, &ticked);
        let marked = questions.iter().zip(mark.each).filter_map(|(drawn, right)| {
            let question = library.question(&drawn.id)?;
            let mine = ticked.get(&drawn.id);
            let answers = drawn.order.iter().enumerate().filter_map(|(position, answer)| {
                Some(Answered {
                    text: question.answer(*answer)?.of(language).to_owned(),
                    right: drawn.right.contains(&position),
                    ticked: mine.is_some_and(|ticked| ticked.contains(&position)),
                })
            });
            Some(Marked {
                lesson: drawn.lesson,
                ask: question.ask.of(language).to_owned(),
                answers: answers.collect(),
                right,
                why: question.why.of(language).to_owned(),
            })
        });
        let questions = marked.collect();
        let certificates = self.store().certificates_of(person.id).await?;
        Ok(ResultView {
            test,
            at: result.at,
            passed: result.passed,
            right: result.right,
            asked: result.asked,
            by_lesson: result.by_lesson.clone(),
            certificate: certificates.iter().find(|kept| kept.test == test).map(|kept| kept.id),
            next_try: record.wait(self.now()),
            questions,
        })
    }

    /// Takes a test from the bank's own answers, which is what the demo's set-up and tests do. It says so wherever it is
    /// shown: test, certificate and ledger have the origin `demo`.
    ///
    /// # Errors
    /// As [`App::begin_test`] and [`App::hand_in`].
    pub async fn take_demo_test(&self, person: &Person) -> Result<TestResult> {
        let test = self.begin_test(person, TestOrigin::Demo).await?;
        self.hand_in(person, test.id, &key(&test)?).await
    }
}
