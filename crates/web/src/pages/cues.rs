//! Learned cues: from which score on each shows a sentence, what verdicts of people propose, and its acceptance or undoing
//! by somebody who keeps the rules.

use crate::context::Cx;
use crate::error::Fault;
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::monitoring::{CalibrationView, CueProposal};
use serde::Deserialize;
use terms::customer::Language;
use terms::house::CueKind;

/// The page.
#[derive(Template)]
#[template(path = "cues.html")]
pub(super) struct CuesPage {
    pub(super) cx: Cx,
    pub(super) view: CalibrationView,
}

impl CuesPage {
    /// Log-odds as people see them in findings: a score of 100.
    fn score(&self, log_odds: &f64) -> String {
        self.cx.dec(100.0 / (1.0 + (-log_odds).exp()), 0)
    }

    /// How many of how many, now and then.
    fn of(&self, counts: &(u64, u64), all: &u64, line: &CueProposal) -> String {
        let now = self.cx.t2("cues.of", self.cx.n(counts.0), self.cx.n(*all));
        match line.acceptable() {
            Some(_) => {
                self.cx.t2("cues.then", now, self.cx.t2("cues.of", self.cx.n(counts.1), self.cx.n(*all)))
            }
            None => now,
        }
    }
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Typed {
    language: Language,
    cue: CueKind,
    /// The proposal as it was seen; none: as built in.
    seen: Option<f64>,
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let view = state.app.guard_calibration().await?;
    respond::face(&cx, view, |view| CuesPage { cx: cx.clone(), view })
}

/// Accepts a proposal, or sets a cue back to how it is built in.
pub(crate) async fn set(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    form: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = form?;
    let done = match typed.seen {
        Some(seen) => {
            state.app.accept_calibration(&person, typed.language, typed.cue, seen).await?;
            "cue_set"
        }
        None => {
            state.app.undo_calibration(&person, typed.language, typed.cue).await?;
            "cue_undone"
        }
    };
    Ok(Redirect::to(&format!("/guard/cues?done={done}")).into_response())
}
