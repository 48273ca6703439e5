//! Customers: the stage map, who moves where, what is expected, and a list that a segment or a search filters.

use crate::charts;
use crate::context::Cx;
use crate::error::Fault;
use crate::pages::today::stage_bar;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use flow::views::{BacktestLine, CustomersView, ForecastView, StageCount};
use serde::Deserialize;
use terms::stage::Stage;

#[derive(Template)]
#[template(path = "customers.html")]
pub(super) struct CustomersPage {
    cx: Cx,
    view: CustomersView,
    stages: String,
    flows: String,
    customers: u64,
}

/// A cell of a table of moves.
struct Cell {
    text: String,
    detail: String,
    heat: u8,
    stayed: bool,
}

/// A row of a table of moves.
struct Row {
    from: Stage,
    cells: Vec<Cell>,
}

impl CustomersPage {
    pub(super) fn new(cx: Cx, view: CustomersView) -> Self {
        let stages = stage_bar(&cx, &view.stages);
        let customers = view.stages.iter().map(|line| line.now).sum();
        let flows = charts::migration(
            &view.moves,
            &charts::MigrationWords {
                title: cx.t("customers.flows"),
                desc: cx.t("customers.flows.desc"),
                stage: &|stage| cx.name("stage", stage),
                count: &|count| cx.n(count),
            },
        );
        Self { cx, view, stages, flows, customers }
    }

    fn share(&self, line: &StageCount) -> f64 {
        line.now as f64 / self.customers.max(1) as f64
    }

    fn observed(&self) -> Vec<Row> {
        let most = self.most(|from, to| self.view.moves.get(from)?.get(to).map(|count| *count as f64));
        rows(|from, to| {
            let count = self.view.moves.get(from.index())?.get(to.index()).copied()?;
            Some((self.cx.n(count), String::new(), charts::heat(count as f64, most)))
        })
    }

    fn expected(&self, forecast: &ForecastView) -> Vec<Row> {
        let most = self.most(|from, to| forecast.moves.get(from)?.get(to).map(|cell| cell.expected));
        rows(|from, to| {
            let cell = forecast.moves.get(from.index())?.get(to.index())?;
            let detail = if cell.expected < 0.05 {
                String::new()
            } else {
                format!("{}–{}", self.cx.n(cell.low), self.cx.n(cell.high))
            };
            Some((self.cx.n(cell.expected), detail, charts::heat(cell.expected.round(), most)))
        })
    }

    /// Expected customers and revenue by the stage they start in.
    fn expected_revenue(&self, forecast: &ForecastView) -> Vec<(Stage, f64)> {
        let revenue = |stage: &Stage| {
            forecast.moves.get(stage.index()).map_or(0.0, |row| row.iter().map(|cell| cell.revenue).sum())
        };
        Stage::ALL.iter().map(|stage| (*stage, revenue(stage))).collect()
    }

    fn most(&self, cell: impl Fn(usize, usize) -> Option<f64>) -> f64 {
        let off = (0..Stage::COUNT).flat_map(|from| (0..Stage::COUNT).map(move |to| (from, to)));
        off.filter(|(from, to)| from != to).filter_map(|(from, to)| cell(from, to)).fold(0.0, f64::max)
    }

    /// How a model compares with the naive one, in plain words.
    fn against_naive(&self, line: &BacktestLine, forecast: &ForecastView) -> String {
        let Some(naive) = forecast.backtest.iter().find(|line| line.naive) else {
            return String::new();
        };
        if line.naive || naive.log_loss <= 0.0 {
            return self.cx.t("customers.naive").to_owned();
        }
        let gain = 1.0 - line.log_loss / naive.log_loss;
        let key = if gain >= 0.0 { "customers.beats" } else { "customers.loses" };
        self.cx.t1(key, self.cx.pct(gain.abs(), 1))
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

fn rows(cell: impl Fn(Stage, Stage) -> Option<(String, String, u8)>) -> Vec<Row> {
    let row = |from: Stage| Row {
        from,
        cells: Stage::ALL
            .iter()
            .map(|to| {
                let (text, detail, heat) = cell(from, *to).unwrap_or_default();
                Cell { text, detail, heat, stayed: from == *to }
            })
            .collect(),
    };
    Stage::ALL.iter().map(|from| row(*from)).collect()
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
    let view = state.app.customers(filter.q.trim(), page).await?;
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
