//! Customers: the stage map, who moves where, what is expected, and a list that a segment or a search filters.

use crate::context::Cx;
use crate::error::Fault;
use crate::pages::today::stage_bar;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use flow::views::{CustomersView, StageCount};
use serde::Deserialize;
use terms::stage::Stage;

mod moves;
mod quality;

#[derive(Template)]
#[template(path = "customers.html")]
pub(super) struct CustomersPage {
    cx: Cx,
    view: CustomersView,
    stages: String,
    flows: String,
    outlook: String,
    customers: u64,
}

impl CustomersPage {
    pub(super) fn new(cx: Cx, view: CustomersView) -> Self {
        let stages = stage_bar(&cx, &view.stages);
        let customers = view.stages.iter().map(|line| line.now).sum();
        let flows = Self::observed_picture(&cx, &view);
        let outlook =
            view.forecast.as_ref().map_or_else(String::new, |f| Self::expected_picture(&cx, &view, f));
        Self { cx, view, stages, flows, outlook, customers }
    }

    fn share(&self, line: &StageCount) -> f64 {
        line.now as f64 / self.customers.max(1) as f64
    }

    /// The address of a page of the list.
    fn page_link(&self, page: u64) -> String {
        format!("/customers?q={}&page={page}#list", percent(&self.view.query))
    }

    /// The address of the customers of a stage.
    fn stage_link(&self, stage: Stage) -> String {
        format!("/customers?q={}#list", percent(&format!("stage = {stage}")))
    }

    fn is_stage(&self, stage: Stage) -> bool {
        self.view.query.trim() == format!("stage = {stage}")
    }
}

/// Percent-encodes a query value.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
        out
    })
}

/// Filter and page of the list.
#[derive(Debug, Deserialize)]
pub(crate) struct Filter {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(filter) = filter?;
    let page = filter.page.parse().unwrap_or(1).max(1);
    let view = state.app.customers(filter.q.trim(), page, cx.lang).await?;
    respond::face(&cx, view, |view| CustomersPage::new(cx.clone(), view))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_segment_survives_as_a_query_value() {
        assert_eq!(super::percent("stage = new & x"), "stage+%3D+new+%26+x");
        assert_eq!(super::percent("año"), "a%C3%B1o");
    }
}
