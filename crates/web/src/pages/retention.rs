//! Retention: every kind's period with what it would end, and the steps: set, look, let it act, stop.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::Problem;
use flow::retention::{RetentionLine, RetentionView, longest_days, shortest_days};
use serde::Deserialize;
use terms::person::Actor;
use terms::processing::RetentionKind;

#[derive(Template)]
#[template(path = "retention.html")]
pub(super) struct RetentionPage {
    pub(super) cx: Cx,
    pub(super) view: RetentionView,
    /// What was typed for which kind, when it could not be taken, and why.
    pub(super) refused: Option<(RetentionKind, String, String)>,
}

impl RetentionPage {
    /// Age of the oldest against the period, red where it is over.
    fn bar(&self, line: &RetentionLine) -> String {
        let share = line.oldest_days.map_or(0.0, |oldest| oldest as f64 / line.days.max(1) as f64);
        crate::charts::bar(share, if share > 1.0 { "s-churned" } else { "s-active" })
    }

    fn age(&self, line: &RetentionLine) -> String {
        match line.oldest_days {
            Some(oldest) => self.cx.t2("rt.oldest", self.cx.n(oldest), self.cx.n(line.days)),
            None => self.cx.t1("rt.oldest.none", self.cx.n(line.days)),
        }
    }

    fn state(&self, line: &RetentionLine) -> (&'static str, &'static str) {
        match (line.active, line.looked) {
            (true, _) => ("c-granted", self.cx.t("rt.acts")),
            (false, true) => ("st-submitted", self.cx.t("rt.looked")),
            (false, false) => ("", self.cx.t("rt.waits")),
        }
    }

    fn typed(&self, line: &RetentionLine) -> String {
        match &self.refused {
            Some((kind, typed, _)) if *kind == line.kind => typed.clone(),
            _ => line.days.to_string(),
        }
    }

    fn problem(&self, line: &RetentionLine) -> Option<&str> {
        self.refused.as_ref().filter(|(kind, ..)| *kind == line.kind).map(|(.., problem)| problem.as_str())
    }
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let view = state.app.retention_view().await?;
    respond::face(&cx, view, |view| RetentionPage { cx: cx.clone(), view, refused: None })
}

/// One step with one kind; a look may be at all of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    kind: String,
    step: String,
    days: String,
}

fn not_days(kind: RetentionKind) -> flow::Error {
    Problem::RetentionDays { shortest: shortest_days(kind), longest: longest_days() }.into()
}

/// Looks at a period, which is set first when it is another than the one that stands.
async fn look(app: &flow::App, kind: RetentionKind, days: i64, by: Actor) -> flow::Result<()> {
    let lines = app.retention_view().await?.lines;
    if lines.iter().any(|line| line.kind == kind && line.days != days) {
        app.set_retention(kind, days, by.clone()).await?;
    }
    app.look_at_retention(Some(kind), by).await.map(|_| ())
}

/// Does a step.
pub(crate) async fn step(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    let (app, by) = (&state.app, state.app.officer(&person)?.actor());
    let unreadable = || Fault::Unreadable("no such step or kind of data".to_owned());
    if typed.step == "look" && typed.kind.is_empty() {
        app.look_at_retention(None, by).await?;
        return Ok(Redirect::to("/retention?done=retention_looked").into_response());
    }
    let kind: RetentionKind = typed.kind.parse().map_err(|_| unreadable())?;
    let done = match typed.step.as_str() {
        "set" => match typed.days.trim().parse() {
            Ok(days) => app.set_retention(kind, days, by).await.map(|()| "set"),
            Err(_) => Err(not_days(kind)),
        },
        // What is typed is what is looked at, so it is set first.
        "look" => match typed.days.trim().parse() {
            Ok(days) => look(app, kind, days, by).await.map(|()| "looked"),
            Err(_) => Err(not_days(kind)),
        },
        // The days that were on the page: a number that was typed and not set, or set elsewhere since, does not act.
        "act" => match typed.days.trim().parse() {
            Ok(days) => app.activate_retention(kind, days, by).await.map(|()| "active"),
            Err(_) => Err(Problem::NotLookedAt.into()),
        },
        "stop" => app.stop_retention(kind, by).await.map(|()| "stopped"),
        _ => return Err(unreadable()),
    };
    match done {
        Ok(done) => Ok(Redirect::to(&format!("/retention?done=retention_{done}#{kind}")).into_response()),
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            let view = app.retention_view().await?;
            let refused = Some((kind, typed.days, problem));
            respond::html(status, &RetentionPage { cx, view, refused })
        }
    }
}
