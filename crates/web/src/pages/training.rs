//! Training: the lessons, the test, its result, a certificate to print, and how far everybody is.

use crate::charts::{self, LessonSquare};
use crate::context::Cx;
use crate::error::{self, Fault};
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::access::Permission;
use flow::training::{
    CertificateView, ExamView, LessonView, MINUTES, PASS_PERCENT, PersonProgress, QUESTIONS, QuestionView,
    ResultView, Standing, TeamView, Ticked, TrainingView, Verdict,
};
use terms::training::{Lesson, TestOrigin};

/// The page of training.
#[derive(Template)]
#[template(path = "training.html")]
pub(super) struct TrainingPage {
    pub(super) cx: Cx,
    pub(super) view: TrainingView,
}

/// How somebody stands, in words, with the class of its colour.
fn standing(cx: &Cx, standing: &Standing) -> (&'static str, String) {
    match standing {
        Standing::Never => ("warn", cx.t("tr.standing.never").to_owned()),
        Standing::Valid { until } => ("good", cx.t1("tr.standing.valid", cx.on(until))),
        Standing::EndsSoon { until } => ("warn", cx.t1("tr.standing.soon", cx.on(until))),
        Standing::Ended { at } => ("bad", cx.t1("tr.standing.ended", cx.on(at))),
    }
}

impl TrainingPage {
    fn standing(&self) -> (&'static str, String) {
        standing(&self.cx, &self.view.standing)
    }

    fn rules(&self) -> String {
        rules(&self.cx)
    }

    fn read(&self) -> usize {
        self.view.lessons.iter().filter(|line| line.read_at.is_some()).count()
    }

    fn shade(&self, right: &u32) -> &'static str {
        match right {
            0 => "bad",
            1 => "warn",
            _ => "good",
        }
    }

    fn sees_team(&self) -> bool {
        self.cx.may(Permission::SeeTraining)
    }

    fn chart(&self) -> String {
        let squares: Vec<LessonSquare> = self
            .view
            .lessons
            .iter()
            .map(|line| square(&self.cx, &line.title, line.read_at.is_some(), line.right))
            .collect();
        charts::lessons(&squares, self.cx.t("tr.progress"), self.cx.t("tr.progress.desc"))
    }
}

fn rules(cx: &Cx) -> String {
    cx.t3("tr.test.rules", QUESTIONS, cx.pct(PASS_PERCENT as f64 / 100.0, 0), MINUTES)
}

fn square(cx: &Cx, title: &str, read: bool, right: Option<u32>) -> LessonSquare {
    let state = match right {
        Some(right) => cx.t1("tr.right_of_two", right),
        None => cx.t(if read { "tr.read" } else { "tr.unread" }).to_owned(),
    };
    LessonSquare { read, right, tip: format!("{title}: {state}") }
}

/// A lesson.
#[derive(Template)]
#[template(path = "lesson.html")]
pub(super) struct LessonPage {
    pub(super) cx: Cx,
    pub(super) view: LessonView,
}

impl LessonPage {
    /// The texts of an example with their headings.
    fn texts<'a>(&self, example: &'a flow::training::ExampleView) -> [(&'static str, &'a Verdict); 2] {
        [("tr.example.bad", &example.bad), ("tr.example.good", &example.good)]
    }

    fn parts(&self) -> [(&'static str, &[String]); 4] {
        let view = &self.view;
        [
            ("tr.part.wrong", &view.wrong),
            ("tr.part.law", &view.law),
            ("tr.part.candor", &view.candor),
            ("tr.part.you", &view.you),
        ]
    }

    fn number(&self) -> usize {
        Lesson::ALL.iter().position(|lesson| *lesson == self.view.lesson).map_or(0, |place| place + 1)
    }
}

/// The test: its questions, or how to begin.
#[derive(Template)]
#[template(path = "exam.html")]
pub(super) struct ExamPage {
    pub(super) cx: Cx,
    pub(super) view: Option<ExamView>,
    pub(super) training: TrainingView,
    pub(super) problem: String,
}

impl ExamPage {
    fn rules(&self) -> String {
        rules(&self.cx)
    }

    fn kind(&self, question: &QuestionView) -> &'static str {
        if question.several { "checkbox" } else { "radio" }
    }
}

/// What came of a test.
#[derive(Template)]
#[template(path = "exam_result.html")]
pub(super) struct ResultPage {
    pub(super) cx: Cx,
    pub(super) view: ResultView,
}

impl ResultPage {
    fn lesson(&self, lesson: &Lesson) -> String {
        self.cx.name("lesson", lesson)
    }

    /// Lessons of which nothing was right: they fail a test by themselves.
    fn lost(&self) -> Vec<String> {
        let none = self.view.by_lesson.iter().filter(|(_, right)| *right == 0);
        none.map(|(lesson, _)| self.lesson(lesson)).collect()
    }

    fn chart(&self) -> String {
        let squares: Vec<LessonSquare> = self
            .view
            .by_lesson
            .iter()
            .map(|(lesson, right)| square(&self.cx, &self.lesson(lesson), true, Some(*right)))
            .collect();
        charts::lessons(&squares, self.cx.t("tr.progress"), self.cx.t("tr.progress.desc"))
    }
}

/// A certificate.
#[derive(Template)]
#[template(path = "certificate.html")]
pub(super) struct CertificatePage {
    pub(super) cx: Cx,
    pub(super) view: CertificateView,
}

impl CertificatePage {
    fn is_demo(&self) -> bool {
        self.view.certificate.origin == TestOrigin::Demo
    }
}

/// How far everybody is.
#[derive(Template)]
#[template(path = "training_team.html")]
pub(super) struct TeamPage {
    pub(super) cx: Cx,
    pub(super) view: TeamView,
}

impl TeamPage {
    fn standing(&self, person: &PersonProgress) -> (&'static str, String) {
        if !person.needed && person.standing == Standing::Never {
            return ("", self.cx.t("tr.team.not_needed").to_owned());
        }
        standing(&self.cx, &person.standing)
    }

    fn chart(&self, person: &PersonProgress) -> String {
        let squares: Vec<LessonSquare> = person
            .lessons
            .iter()
            .map(|(lesson, read, right)| square(&self.cx, &self.cx.name("lesson", lesson), *read, *right))
            .collect();
        let title = self.cx.t1("tr.team.of", &person.name);
        charts::lessons(&squares, &title, self.cx.t("tr.progress.desc"))
    }

    fn is_demo(&self, person: &PersonProgress) -> bool {
        person.certificate.as_ref().is_some_and(|certificate| certificate.origin == TestOrigin::Demo)
    }
}

/// The page of training.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
) -> Result<Response, Fault> {
    let view = state.app.training(&person, cx.lang).await?;
    respond::face(&cx, view, |view| TrainingPage { cx: cx.clone(), view })
}

/// How far everybody is.
pub(crate) async fn team(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let view = state.app.training_team().await?;
    respond::face(&cx, view, |view| TeamPage { cx: cx.clone(), view })
}

fn lesson_of(path: Result<Path<String>, PathRejection>) -> Result<Lesson, Fault> {
    path?.0.parse().map_err(|_| Fault::App(flow::Error::NotFound))
}

/// A lesson.
pub(crate) async fn lesson(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.lesson(&person, lesson_of(path)?, cx.lang).await?;
    respond::face(&cx, view, |view| LessonPage { cx: cx.clone(), view })
}

/// It was read: on to the next one.
pub(crate) async fn read(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let lesson = lesson_of(path)?;
    state.app.read_lesson(&person, lesson).await?;
    let next = Lesson::ALL.iter().skip_while(|known| **known != lesson).nth(1);
    let path = next.map_or_else(|| "/training".to_owned(), |next| format!("/training/{next}"));
    Ok(Redirect::to(&format!("{path}?done=lesson_read")).into_response())
}

/// The test.
pub(crate) async fn exam(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
) -> Result<Response, Fault> {
    let view = match state.app.open_test(&person, cx.lang).await {
        Ok(view) => Some(view),
        Err(flow::Error::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let training = state.app.training(&person, cx.lang).await?;
    respond::face(&cx, view, |view| ExamPage { cx: cx.clone(), view, training, problem: String::new() })
}

/// Begins a test.
pub(crate) async fn begin(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
) -> Result<Response, Fault> {
    match state.app.begin_test(&person, TestOrigin::Person).await {
        Ok(_) => Ok(Redirect::to("/training/test").into_response()),
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            let training = state.app.training(&person, cx.lang).await?;
            respond::html(status, &ExamPage { cx, view: None, training, problem })
        }
    }
}

type Number = Result<Path<i64>, PathRejection>;

/// Ticked positions; what is no question or position is left out, which makes it wrong and nothing else.
fn ticked(sent: Vec<(String, String)>) -> Ticked {
    let mut ticked = Ticked::new();
    for (name, value) in sent {
        if let (Some(id), Ok(position)) = (name.strip_prefix("q."), value.parse()) {
            ticked.entry(id.to_owned()).or_default().insert(position);
        }
    }
    ticked
}

/// Marks a test.
pub(crate) async fn hand_in(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    number: Number,
    sent: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    let (Path(test), Form(sent)) = (number?, sent?);
    match state.app.hand_in(&person, test, &ticked(sent)).await {
        Ok(_) => Ok(Redirect::to(&format!("/training/test/{test}")).into_response()),
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            let training = state.app.training(&person, cx.lang).await?;
            respond::html(status, &ExamPage { cx, view: None, training, problem })
        }
    }
}

/// What came of a test.
pub(crate) async fn result(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    number: Number,
) -> Result<Response, Fault> {
    let view = state.app.test_result(&person, number?.0, cx.lang).await?;
    respond::face(&cx, view, |view| ResultPage { cx: cx.clone(), view })
}

/// A certificate.
pub(crate) async fn certificate(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    number: Number,
) -> Result<Response, Fault> {
    let view = state.app.certificate(&person, number?.0).await?;
    respond::face(&cx, view, |view| CertificatePage { cx: cx.clone(), view })
}

#[cfg(test)]
mod tests {
    use super::ticked;

    #[test]
    fn what_is_no_question_or_no_position_is_left_out() {
        let sent = [("q.a", "1"), ("q.a", "3"), ("q.b", "x"), ("b", "2"), ("q.c", "-1")];
        let read = ticked(sent.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        assert_eq!(read.len(), 1);
        assert_eq!(read["a"].iter().copied().collect::<Vec<_>>(), [1, 3]);
    }
}
