//! Why was this sent? From a message back to data, models, checks, approver and ledger, for people who work here.

use crate::context::Cx;
use crate::error::Fault;
use crate::pages::customer::{feature_value, feature_words};
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::views::WhyView;
use serde::Deserialize;
use terms::ids::MessageId;

#[derive(Template)]
#[template(path = "why.html")]
pub(super) struct WhyPage {
    pub(super) cx: Cx,
    pub(super) view: WhyView,
}

impl WhyPage {
    fn feature(&self, name: &str) -> String {
        feature_words(&self.cx, name)
    }

    fn figure(&self, name: &str, value: &str) -> String {
        feature_value(&self.cx, name, value)
    }

    /// What is explained, by what became of it.
    fn title(&self) -> String {
        let key = match (self.view.state.as_str(), self.view.exclusion.as_deref()) {
            ("excluded", Some("control")) => "why.title.control",
            ("excluded", _) => "why.title.excluded",
            ("sent", _) => "why.title.sent",
            ("planned" | "attempting", _) => "why.title.planned",
            ("suppressed", _) => "why.title.held",
            ("failed", _) => "why.title.failed",
            ("cancelled", _) => "why.title.cancelled",
            _ => "why.title.in_doubt",
        };
        self.cx.t1(key, &self.view.customer)
    }

    /// False for who was left out when the audience was frozen.
    fn was_planned(&self) -> bool {
        self.view.state != "excluded"
    }

    fn blocking(&self) -> usize {
        self.view.guard.as_ref().map_or(0, |report| report.findings.iter().filter(|f| f.blocks).count())
    }
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.why(MessageId(id?.0), cx.lang).await?;
    respond::face(&cx, view, |view| WhyPage { cx: cx.clone(), view })
}

/// What a person found out about a message in doubt.
#[derive(Debug, Deserialize)]
pub(crate) struct Found {
    found: String,
}

/// Settles a message nobody knows the fate of.
pub(crate) async fn reconcile(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<Found>, FormRejection>,
) -> Result<Response, Fault> {
    let (Path(id), Form(form)) = (id?, form?);
    let found = match form.found.as_str() {
        "sent" => flow::Reconciled::Sent,
        "not_sent" => flow::Reconciled::NotSent,
        other => return Err(Fault::Unreadable(format!("`{other}` is neither `sent` nor `not_sent`"))),
    };
    state.app.reconcile(&person, MessageId(id), found).await?;
    Ok(Redirect::to(&format!("/messages/{id}/why?done=reconciled")).into_response())
}
