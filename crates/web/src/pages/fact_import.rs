//! Facts from a file: look at what it would change, then write all of it or nothing. The file travels in the form, so
//! that what is written is what was looked at.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::route::Staff;
use crate::{WebState, respond, words};
use askama::Template;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Form};
use flow::facts::{FactImport, FactPlan, LineFault, Planned};
use serde::Deserialize;

/// Bytes a form with a file may have. Larger files go in by the command line.
pub(crate) const FILE_LIMIT: usize = 4 << 20;
/// Lines of a plan on the page.
const SHOWN: usize = 200;

/// The page.
#[derive(Template)]
#[template(path = "fact_import.html")]
pub(super) struct ImportPage {
    pub(super) cx: Cx,
    pub(super) typed: Typed,
    pub(super) plan: Option<FactPlan>,
    pub(super) problem: String,
}

impl ImportPage {
    fn fault(&self, fault: &LineFault) -> String {
        words::fact_fault(&self.cx, fault)
    }

    fn count(&self, plan: &FactPlan, what: &str) -> String {
        let what = match what {
            "new" => Planned::New,
            "changed" => Planned::Changed,
            "ended" => Planned::Ended,
            _ => Planned::Same,
        };
        self.cx.n(plan.count(what) as u64)
    }

    fn shown(&self) -> usize {
        SHOWN
    }

    fn more(&self, plan: &FactPlan) -> Option<String> {
        let more = plan.lines.len().saturating_sub(SHOWN);
        (more > 0).then(|| self.cx.plural("fa.import.more", more))
    }

    fn what(&self, what: Planned) -> &'static str {
        self.cx.t(match what {
            Planned::New => "fa.plan.new",
            Planned::Changed => "fa.plan.changed",
            Planned::Ended => "fa.plan.ended",
            Planned::Same => "fa.plan.same",
        })
    }
}

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(super) text: String,
    pub(super) source: String,
    pub(super) max_age_hours: String,
    /// What was looked at; empty asks for a look.
    pub(super) seen: String,
}

/// The empty form.
pub(crate) async fn show(Extension(cx): Extension<Cx>) -> Result<Response, Fault> {
    let page = ImportPage { cx, typed: Typed::default(), plan: None, problem: String::new() };
    respond::html(StatusCode::OK, &page)
}

/// A look, or the writing of what was looked at.
pub(crate) async fn take(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let typed = match typed {
        Ok(Form(typed)) => typed,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let problem = cx.t1("fa.import.too_large", FILE_LIMIT >> 20);
            let page = ImportPage { cx, typed: Typed::default(), plan: None, problem };
            return respond::html(StatusCode::PAYLOAD_TOO_LARGE, &page);
        }
        Err(rejection) => return Err(rejection.into()),
    };
    let hours = typed.max_age_hours.trim();
    let max_age_hours = hours.parse().ok();
    if !hours.is_empty() && max_age_hours.is_none() {
        let problem = cx.t1("fa.import.hours", hours);
        let page = ImportPage { cx, typed, plan: None, problem };
        return respond::html(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let import = FactImport { source: typed.source.clone(), max_age_hours };
    let bytes = typed.text.as_bytes();
    let (status, plan, problem) = if typed.seen.is_empty() {
        (StatusCode::OK, Some(state.app.look_at_facts(bytes, &import).await?), String::new())
    } else {
        match state.app.import_facts(&person, bytes, &import, &typed.seen).await {
            Ok(plan) => (StatusCode::OK, Some(plan), String::new()),
            Err(refused) => {
                let (status, problem) = error::inline(&cx, refused)?;
                (status, Some(state.app.look_at_facts(bytes, &import).await?), problem)
            }
        }
    };
    let wrong = plan.as_ref().is_some_and(|plan| !plan.faults.is_empty());
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { status };
    if cx.json {
        return Ok(axum::response::IntoResponse::into_response((status, axum::Json(plan))));
    }
    respond::html(status, &ImportPage { cx, typed, plan, problem })
}
