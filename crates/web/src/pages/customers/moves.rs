//! Moves as tables and ribbons, observed and expected; each leads to the customers behind it.

use super::{CustomersPage, percent};
use crate::charts;
use flow::views::{CustomersView, ForecastView};
use terms::stage::Stage;

/// A cell of a table of moves.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) detail: String,
    pub(super) heat: u8,
    pub(super) stayed: bool,
    /// Address of the customers behind it; empty when there are none.
    pub(super) link: String,
}

/// A row of a table of moves.
pub(super) struct Row {
    pub(super) from: Stage,
    pub(super) cells: Vec<Cell>,
    pub(super) revenue: f64,
    pub(super) revenue_range: String,
}

/// The segment of those who made an observed move.
fn made(from: Stage, to: Stage) -> String {
    format!("/customers?q={}#list", percent(&format!("moved.from = {from} and moved.to = {to}")))
}

/// The segment of those likelier than the average of their stage to make an expected move.
fn likely(from: Stage, to: Stage, average: f64) -> String {
    let field = match (from, to) {
        (Stage::Prospect, _) => "chance.conversion",
        (Stage::Churned, _) => "chance.reactivation",
        (_, Stage::Churned) => "risk.churn",
        _ => "chance.purchase",
    };
    let least = (average * 1000.0).floor() / 1000.0;
    format!("/customers?q={}#list", percent(&format!("stage = {from} and {field} >= {least}")))
}

impl CustomersPage {
    /// Ribbons of the observed moves.
    pub(super) fn observed_picture(cx: &crate::context::Cx, view: &CustomersView) -> String {
        let cell = |from: Stage, to: Stage| view.moves.get(from.index()).and_then(|row| row.get(to.index()));
        charts::migration(&charts::Moves {
            title: cx.t("customers.flows"),
            desc: cx.t("customers.flows.desc"),
            stage: &|stage| cx.name("stage", stage),
            count: &|count| cx.n(count),
            moved: &|from, to| cell(from, to).map_or(0.0, |cell| cell.customers as f64),
            more: &|from, to| {
                cell(from, to)
                    .filter(|cell| cell.revenue > 0.0)
                    .map_or_else(String::new, |cell| format!("· {}", cx.money(cell.revenue, &view.currency)))
            },
            link: &made,
        })
    }

    /// Ribbons of the expected moves.
    pub(super) fn expected_picture(
        cx: &crate::context::Cx,
        view: &CustomersView,
        forecast: &ForecastView,
    ) -> String {
        let cell =
            |from: Stage, to: Stage| forecast.moves.get(from.index()).and_then(|row| row.get(to.index()));
        charts::migration(&charts::Moves {
            title: cx.t("customers.forecast.title"),
            desc: cx.t("customers.flows.desc"),
            stage: &|stage| cx.name("stage", stage),
            count: &|count| cx.n(count),
            moved: &|from, to| cell(from, to).map_or(0.0, |cell| cell.expected),
            more: &|from, to| {
                cell(from, to).map_or_else(String::new, |cell| {
                    format!(
                        "({}–{}) · {}",
                        cx.n(cell.low),
                        cx.n(cell.high),
                        cx.money(cell.revenue, &view.currency)
                    )
                })
            },
            link: &|from, to| likely(from, to, share(forecast, from, to)),
        })
    }

    /// The table of observed moves.
    pub(super) fn observed(&self) -> Vec<Row> {
        let cell = |from: Stage, to: Stage| self.view.moves.get(from.index())?.get(to.index());
        let most = most(|from, to| cell(from, to).map(|cell| cell.customers as f64));
        rows(|from, to| {
            let moved = cell(from, to)?;
            Some((
                Cell {
                    text: self.cx.n(moved.customers),
                    detail: self.paid(moved.revenue),
                    heat: charts::heat(moved.customers as f64, most),
                    stayed: from == to,
                    link: if moved.customers > 0 { made(from, to) } else { String::new() },
                },
                [moved.revenue; 3],
            ))
        })
    }

    /// The table of expected moves.
    pub(super) fn expected(&self, forecast: &ForecastView) -> Vec<Row> {
        let cell = |from: Stage, to: Stage| forecast.moves.get(from.index())?.get(to.index());
        let most = most(|from, to| cell(from, to).map(|cell| cell.expected));
        let mut rows = rows(|from, to| {
            let moves = cell(from, to)?;
            let any = moves.expected >= 0.05;
            let detail = format!("{}–{}", self.cx.n(moves.low), self.cx.n(moves.high));
            Some((
                Cell {
                    text: self.cx.n(moves.expected),
                    detail: if any { detail } else { String::new() },
                    heat: charts::heat(moves.expected.round(), most),
                    stayed: from == to,
                    link: if moves.expected >= 0.5 {
                        likely(from, to, share(forecast, from, to))
                    } else {
                        String::new()
                    },
                },
                [moves.revenue, moves.revenue_low, moves.revenue_high],
            ))
        });
        for row in &mut rows {
            let cells = Stage::ALL.iter().filter_map(|to| cell(row.from, *to));
            // Moves from one stage are as good as independent: their spreads add up in squares.
            let half = cells.map(|c| (c.revenue_high - c.revenue).powi(2)).sum::<f64>().sqrt();
            if row.revenue > 0.0 {
                row.revenue_range = format!(
                    "{}–{}",
                    self.cx.money((row.revenue - half).max(0.0), &self.view.currency),
                    self.cx.money(row.revenue + half, &self.view.currency)
                );
            }
        }
        rows
    }

    fn paid(&self, revenue: f64) -> String {
        if revenue > 0.0 { self.cx.money(revenue.round(), &self.view.currency) } else { String::new() }
    }
}

/// Share of a stage that is expected to move.
fn share(forecast: &ForecastView, from: Stage, to: Stage) -> f64 {
    let row = forecast.moves.get(from.index());
    let all: f64 = row.map_or(0.0, |row| row.iter().map(|cell| cell.expected).sum());
    let some = row.and_then(|row| row.get(to.index())).map_or(0.0, |cell| cell.expected);
    if all > 0.0 { some / all } else { 0.0 }
}

fn most(cell: impl Fn(Stage, Stage) -> Option<f64>) -> f64 {
    let pairs = Stage::ALL.iter().flat_map(|from| Stage::ALL.iter().map(move |to| (*from, *to)));
    pairs.filter(|(from, to)| from != to).filter_map(|(from, to)| cell(from, to)).fold(0.0, f64::max)
}

fn rows(cell: impl Fn(Stage, Stage) -> Option<(Cell, [f64; 3])>) -> Vec<Row> {
    let empty = || {
        let (text, detail, link) = (String::new(), String::new(), String::new());
        (Cell { text, detail, heat: 0, stayed: false, link }, [0.0; 3])
    };
    let row = |from: Stage| {
        let (cells, revenues): (Vec<Cell>, Vec<[f64; 3]>) =
            Stage::ALL.iter().map(|to| cell(from, *to).unwrap_or_else(empty)).unzip();
        let revenue = revenues.iter().map(|[value, ..]| value).sum();
        Row { from, cells, revenue, revenue_range: String::new() }
    };
    Stage::ALL.iter().map(|from| row(*from)).collect()
}
