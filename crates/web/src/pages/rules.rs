//! The rule book: what the guard holds back, why, on which legal basis, with sentences that fail and pass. Made from the
//! rules themselves.

use crate::context::Cx;
use crate::error::Fault;
use crate::respond;
use crate::{WebState, words};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use flow::guarding::{RuleView, rulebook};
use flow::house::{HouseView, LineFault};
use serde::Serialize;

/// The rules with their version.
#[derive(Debug, Serialize)]
pub(super) struct RulesView {
    pub(super) version: String,
    pub(super) rules: Vec<RuleView>,
    pub(super) house: HouseView,
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

    fn catches(&self, rule: &RuleView) -> &'static str {
        rule.catches(self.cx.lang)
    }

    fn why(&self, rule: &RuleView) -> &'static str {
        rule.why(self.cx.lang)
    }

    fn basis(&self, rule: &RuleView) -> &'static str {
        rule.basis(self.cx.lang)
    }

    fn own(&self, english: &str, spanish: &str) -> String {
        let spanish_reader = self.cx.lang == terms::customer::Language::Spanish;
        if spanish_reader { spanish.to_owned() } else { english.to_owned() }
    }

    fn fault(&self, fault: &LineFault) -> String {
        words::house_fault(&self.cx, fault)
    }
}

/// The book as it is applied.
pub(super) fn book(house: HouseView) -> RulesView {
    RulesView { version: house.version.clone(), rules: rulebook(), house }
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let house = state.app.house_view().await?;
    respond::face(&cx, book(house), |view| RulesPage { cx: cx.clone(), view })
}
