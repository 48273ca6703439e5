//! Samples to be judged: how far they are, and one text at a time, sentence by sentence. Everything is a form of its own
//! kind: no script is needed, and the keyboard does all of it.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::guarding::{RuleView, rulebook};
use flow::monitoring::{JudgeSentence, JudgeView, Said, SampleView};
use std::collections::BTreeMap;
use terms::monitoring::Truth;

/// The samples.
#[derive(Template)]
#[template(path = "samples.html")]
pub(super) struct SamplesPage {
    pub(super) cx: Cx,
    pub(super) view: SampleView,
}

impl SamplesPage {
    fn agreement(&self) -> String {
        super::monitor::rate_plain(&self.cx, &self.view.agreement)
    }
}

/// One text.
#[derive(Template)]
#[template(path = "sample.html")]
pub(super) struct SamplePage {
    cx: Cx,
    view: JudgeView,
    typed: BTreeMap<String, String>,
    problem: String,
    book: Vec<RuleView>,
}

impl SamplePage {
    pub(super) fn new(cx: Cx, view: JudgeView, typed: BTreeMap<String, String>, problem: String) -> Self {
        Self { cx, view, typed, problem, book: rulebook() }
    }

    fn typed(&self, what: &str, sentence: &JudgeSentence) -> Option<&str> {
        self.typed.get(&format!("{what}{}", sentence.sentence)).map(String::as_str)
    }

    fn truth_is(&self, sentence: &JudgeSentence, truth: &Truth) -> bool {
        let mine = || sentence.mine.as_ref().map(|mine| mine.truth.as_str());
        self.typed("t", sentence).or_else(mine) == Some(truth.as_str())
    }

    fn unfair_is(&self, sentence: &JudgeSentence, rule: &str) -> bool {
        let mine = || sentence.mine.as_ref().map(|mine| mine.unfair.as_str());
        self.typed("u", sentence).or_else(mine).unwrap_or_default() == rule
    }

    fn note<'a>(&'a self, sentence: &'a JudgeSentence) -> &'a str {
        let mine = || sentence.mine.as_ref().map(|mine| mine.note.as_str());
        self.typed("n", sentence).or_else(mine).unwrap_or_default()
    }

    fn rule_name(&self, id: &str) -> &'static str {
        self.book.iter().find(|rule| rule.id == id).map_or("", |rule| rule.name(self.cx.lang))
    }

    fn words(&self, sentence: &i64) -> &str {
        let found = self.view.sentences.iter().find(|known| known.sentence as i64 == *sentence);
        found.map_or("", |sentence| sentence.words.as_str())
    }

    fn missing(&self, sentence: &JudgeSentence) -> bool {
        !self.problem.is_empty() && self.typed("t", sentence).is_none()
    }
}

/// The samples.
pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
) -> Result<Response, Fault> {
    let view = state.app.guard_samples(&person).await?;
    respond::face(&cx, view, |view| SamplesPage { cx: cx.clone(), view })
}

/// One text.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Fault> {
    let Path(id) = id?;
    let view = state.app.guard_sample(&person, id).await?;
    respond::face(&cx, view, |view| SamplePage::new(cx.clone(), view, BTreeMap::new(), String::new()))
}

/// What was said of each sentence: `t3=false`, `u3=M1`, `n3=...`.
fn said(typed: &BTreeMap<String, String>) -> Vec<Said> {
    let of =
        |what: char, sentence: usize| typed.get(&format!("{what}{sentence}")).cloned().unwrap_or_default();
    typed
        .iter()
        .filter_map(|(name, truth)| {
            let sentence: usize = name.strip_prefix('t')?.parse().ok()?;
            let truth = truth.parse().ok()?;
            Some(Said { sentence, truth, unfair: of('u', sentence), note: of('n', sentence) })
        })
        .collect()
}

/// Keeps what was said, and leads to the next text.
pub(crate) async fn judge(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Result<Path<i64>, PathRejection>,
    typed: Result<Form<BTreeMap<String, String>>, FormRejection>,
) -> Result<Response, Fault> {
    let (Path(id), Form(typed)) = (id?, typed?);
    if let Err(error) = state.app.judge(&person, id, &said(&typed)).await {
        let (status, problem) = error::inline(&cx, error)?;
        let view = state.app.guard_sample(&person, id).await?;
        return respond::html(status, &SamplePage::new(cx, view, typed, problem));
    }
    if cx.json {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Redirect::to(&format!("/guard/sample/{id}?done=judged")).into_response())
}
