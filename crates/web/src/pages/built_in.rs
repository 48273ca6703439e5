//! A built-in rule: raise it and take that back, and override it for a while. Everybody sees who did so, why and until when.

use super::house::{self, refusal};
use crate::context::Cx;
use crate::error::Fault;
use crate::route::{Staff, encode};
use crate::{WebState, respond, words};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::guarding::RuleView;
use flow::house::{BuiltInView, HouseFault, LineFault};
use serde::Deserialize;
use terms::time::Day;

/// The page.
#[derive(Template)]
#[template(path = "built_in_rule.html")]
pub(super) struct BuiltInPage {
    pub(super) cx: Cx,
    pub(super) view: BuiltInView,
    pub(super) typed: Typed,
    pub(super) problems: Vec<String>,
}

impl BuiltInPage {
    fn name(&self) -> &'static str {
        self.view.rule.as_ref().map_or("", |rule| rule.name(self.cx.lang))
    }

    fn catches(&self, rule: &RuleView) -> &'static str {
        rule.catches(self.cx.lang)
    }

    fn why(&self, rule: &RuleView) -> &'static str {
        rule.why(self.cx.lang)
    }

    fn basis(&self, rule: &RuleView) -> &'static str {
        rule.basis(self.cx.lang)
    }

    fn why_not(&self, fault: &LineFault) -> String {
        words::house_fault(&self.cx, fault)
    }

    fn label(&self, column: &str) -> String {
        self.cx.name("house_column", column)
    }
}

/// What the forms of the page send.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    /// Why it is raised, or is not any more.
    pub(super) raise: String,
    /// Why it is overridden.
    pub(super) why: String,
    /// The last day of the override.
    pub(super) until: String,
    /// What was raised is taken back.
    pub(super) undo: String,
    /// Number of the override that ends.
    pub(super) number: String,
}

type Id = Result<Path<String>, PathRejection>;
type Sent = Result<Form<Typed>, FormRejection>;

/// A rule, of the brand or built in.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    id: Id,
) -> Result<Response, Fault> {
    let Path(id) = id?;
    match state.app.built_in_rule(&id).await {
        Ok(view) => respond::face(&cx, view, |view| BuiltInPage {
            cx: cx.clone(),
            view,
            typed: Typed::default(),
            problems: Vec::new(),
        }),
        Err(flow::Error::NotFound) => house::show(&state, &cx, &id).await,
        Err(error) => Err(error.into()),
    }
}

/// Back to the page: with what was done, or with what was typed and why not.
async fn end(
    state: &WebState,
    cx: Cx,
    id: &str,
    typed: Typed,
    done: Result<&str, flow::Error>,
) -> Result<Response, Fault> {
    match done {
        Ok(done) => {
            // A rule that is no more has no page once nothing is decided about it.
            let known = state.app.built_in_rule(id).await.is_ok();
            let path = if known { format!("/rules/{}", encode(id)) } else { "/rules".to_owned() };
            Ok(Redirect::to(&format!("{path}?done={done}")).into_response())
        }
        Err(error) => {
            let (status, problems) = refusal(&cx, error)?;
            let view = state.app.built_in_rule(id).await?;
            respond::html(status, &BuiltInPage { cx, view, typed, problems })
        }
    }
}

/// Raises it, or takes that back.
pub(crate) async fn raise(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Id,
    sent: Sent,
) -> Result<Response, Fault> {
    let (Path(id), Form(typed)) = (id?, sent?);
    let raised = typed.undo.is_empty();
    let done = state.app.set_severity(&person, &id, raised, &typed.raise).await;
    let done = done.map(|()| if raised { "rule_raised" } else { "rule_lowered" });
    end(&state, cx, &id, typed, done).await
}

/// Overrides it through a day.
pub(crate) async fn override_it(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Id,
    sent: Sent,
) -> Result<Response, Fault> {
    let (Path(id), Form(typed)) = (id?, sent?);
    let done = match typed.until.trim().parse::<Day>() {
        Ok(until) => state.app.override_rule(&person, &id, &typed.why, until).await.map(drop),
        Err(_) => {
            let fault = HouseFault::Word { column: "until" };
            let faults = vec![LineFault { line: 0, rule: String::new(), fault }];
            Err(flow::Problem::BadHouse { faults }.into())
        }
    };
    end(&state, cx, &id, typed, done.map(|()| "rule_overridden")).await
}

/// Ends an override early.
pub(crate) async fn end_override(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Id,
    sent: Sent,
) -> Result<Response, Fault> {
    let (Path(id), Form(typed)) = (id?, sent?);
    let number = typed.number.parse().unwrap_or(0);
    let done = state.app.end_override(&person, number).await;
    end(&state, cx, &id, typed, done.map(|()| "override_ended")).await
}
