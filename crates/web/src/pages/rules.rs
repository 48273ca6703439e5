//! The rule book: what the guard holds back, why, on which legal basis, with sentences that fail and pass. Made from the
//! rules themselves.

use crate::context::Cx;
use crate::error::Fault;
use crate::respond;
use askama::Template;
use axum::Extension;
use axum::response::Response;
use flow::guarding::{RuleView, rulebook, rules_version};
use serde::Serialize;

/// The rules with their version.
#[derive(Debug, Serialize)]
pub(super) struct RulesView {
    pub(super) version: String,
    pub(super) rules: Vec<RuleView>,
}

/// The page.
#[derive(Template)]
#[template(path = "rules.html")]
pub(super) struct RulesPage {
    pub(super) cx: Cx,
    pub(super) view: RulesView,
}

impl RulesPage {
    fn name(&self, rule: &RuleView) -> &'static str {
        rule.name(self.cx.lang)
    }
}

/// The book as it is applied.
pub(super) fn book() -> RulesView {
    RulesView { version: rules_version(), rules: rulebook() }
}

/// The page.
pub(crate) async fn show(Extension(cx): Extension<Cx>) -> Result<Response, Fault> {
    respond::face(&cx, book(), |view| RulesPage { cx: cx.clone(), view })
}
