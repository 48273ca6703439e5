//! How well the guard works: its decisions, overrides and complaints by rule, and the rate of unsupported statements
//! before and after it, by writer and month.

use crate::charts;
use crate::context::Cx;
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use flow::access::Permission;
use flow::guarding::{RuleView, rulebook};
use flow::monitoring::{MonitorView, RateLine, RuleLine};
use terms::estimate::Evidence;
use terms::monitoring::Writer;
use terms::time::Day;

/// The page.
#[derive(Template)]
#[template(path = "monitor.html")]
pub(super) struct MonitorPage {
    pub(super) cx: Cx,
    pub(super) view: MonitorView,
    chart: String,
    book: Vec<RuleView>,
}

/// A rate in percent with its interval, or that too little was judged.
pub(super) fn rate(cx: &Cx, evidence: &Evidence) -> String {
    match evidence {
        Evidence::Sufficient(found) => cx.t3(
            "mon.rate",
            cx.pct(found.value, 1),
            format!("{} – {}", cx.pct(found.interval.low, 1), cx.pct(found.interval.high, 1)),
            cx.n(found.n),
        ),
        // Enough statements, but in too few texts to tell how much texts differ.
        Evidence::Insufficient { n, needed } if n >= needed => cx.t("mon.one_text").to_owned(),
        Evidence::Insufficient { n, needed } => cx.t2("mon.insufficient", cx.n(*n), cx.n(*needed)),
    }
}

/// The same as a plain number, such as kappa.
pub(super) fn rate_plain(cx: &Cx, evidence: &Evidence) -> String {
    match evidence {
        Evidence::Sufficient(found) => cx.t3(
            "mon.rate",
            cx.dec(found.value, 2),
            format!("{} – {}", cx.dec(found.interval.low, 2), cx.dec(found.interval.high, 2)),
            cx.n(found.n),
        ),
        Evidence::Insufficient { n, needed } => cx.t2("mon.insufficient", cx.n(*n), cx.n(*needed)),
    }
}

impl MonitorPage {
    pub(super) fn new(cx: Cx, view: MonitorView) -> Self {
        let point = |evidence: &Evidence| match evidence {
            Evidence::Sufficient(e) => Some((e.value, e.interval.low, e.interval.high)),
            Evidence::Insufficient { .. } => None,
        };
        let months: Vec<_> = view
            .months
            .iter()
            .map(|line| {
                let before = point(&line.before).or_else(|| point(&line.by_guard));
                (month(&cx, line), before, point(&line.after))
            })
            .collect();
        let chart =
            charts::rates(&months, &|value| cx.pct(value, 0), cx.t("mon.chart"), cx.t("mon.chart.desc"));
        Self { cx, view, chart, book: rulebook() }
    }

    fn rate(&self, evidence: &Evidence) -> String {
        rate(&self.cx, evidence)
    }

    /// Answers for each thousand messages.
    fn per_thousand(&self, evidence: &Evidence) -> String {
        match evidence {
            Evidence::Sufficient(found) => self.cx.t2(
                "mon.thousand",
                self.cx.dec(found.value * 1_000.0, 1),
                format!(
                    "{} – {}",
                    self.cx.dec(found.interval.low * 1_000.0, 1),
                    self.cx.dec(found.interval.high * 1_000.0, 1)
                ),
            ),
            Evidence::Insufficient { n: 0, .. } => "–".to_owned(),
            Evidence::Insufficient { n, needed } => self.cx.t2("mon.few", self.cx.n(*n), self.cx.n(*needed)),
        }
    }

    fn kappa(&self, evidence: &Evidence) -> String {
        rate_plain(&self.cx, evidence)
    }

    fn month(&self, line: &RateLine) -> String {
        month(&self.cx, line)
    }

    fn writer(&self, line: &RateLine) -> String {
        match line.writer {
            None => self.cx.t("mon.writer.all").to_owned(),
            Some(Writer::Person) => self.cx.t("mon.writer.person").to_owned(),
            Some(writer) if line.made_by.is_empty() => self.cx.name("mon.writer", writer),
            Some(writer) => format!("{} ({})", self.cx.name("mon.writer", writer), line.made_by),
        }
    }

    fn rule_name(&self, line: &RuleLine) -> &'static str {
        self.book.iter().find(|rule| rule.id == line.rule).map_or("", |rule| rule.name(self.cx.lang))
    }

    fn may_judge(&self) -> bool {
        self.cx.may(Permission::JudgeSamples)
    }
}

fn month(cx: &Cx, line: &RateLine) -> String {
    let day = line.month.as_ref().and_then(|month| format!("{month}-01").parse::<Day>().ok());
    day.map_or_else(|| cx.t("mon.month.all").to_owned(), |day| cx.month(day))
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let view = state.app.guard_monitor().await?;
    respond::face(&cx, view, |view| MonitorPage::new(cx.clone(), view))
}
