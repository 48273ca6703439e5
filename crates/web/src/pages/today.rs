//! Today: where the house stands and what waits for somebody.

use crate::charts::{self, Area};
use crate::context::Cx;
use crate::error::Fault;
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use flow::oversight::AiSwitchView;
use flow::training::{Standing, needs_certificate};
use flow::views::{CampaignBrief, StageCount, Task, TaskKind, TodayView, UpliftView};

#[derive(Template)]
#[template(path = "today.html")]
pub(super) struct TodayPage {
    cx: Cx,
    view: TodayView,
    stages: String,
    revenue: Area,
    /// What to say of the reader's certificate, when it needs their attention.
    pub(super) reminder: Option<String>,
    pub(super) ai: AiSwitchView,
}

impl TodayPage {
    pub(super) fn new(cx: Cx, view: TodayView) -> Self {
        let stages = stage_bar(&cx, &view.stages);
        let amounts: Vec<f64> = view.revenue.iter().map(|day| day.amount).collect();
        let desc = cx.t2(
            "today.revenue.desc",
            cx.money(view.revenue_30, &view.currency),
            cx.money(view.revenue_30_before, &view.currency),
        );
        let revenue = charts::area(&amounts, 30, cx.t("today.revenue.title"), &desc);
        Self { cx, view, stages, revenue, reminder: None, ai: AiSwitchView::default() }
    }

    fn task_link(&self, task: &Task) -> String {
        let id = task.campaign;
        match task.kind {
            TaskKind::Mend if self.cx.may_compose() => format!("/campaigns/{id}/edit"),
            TaskKind::Reconcile | TaskKind::Resume => format!("/campaigns/{id}/report"),
            TaskKind::Approve | TaskKind::Launch | TaskKind::Mend => format!("/campaigns/{id}"),
        }
    }

    /// How many, with what they are.
    fn task_count(&self, task: &Task) -> String {
        match task.kind {
            TaskKind::Mend => self.cx.plural("check.blocks", task.count),
            _ => self.cx.plural("task.messages", task.count),
        }
    }

    fn reachable_share(&self) -> f64 {
        self.view.reachable as f64 / self.view.customers.max(1) as f64
    }

    fn revenue_table(&self) -> Vec<(String, String)> {
        let weeks = self.view.revenue.chunks(7);
        weeks
            .filter_map(|week| {
                let sum: f64 = week.iter().map(|day| day.amount).sum();
                let (first, last) = (week.first()?, week.last()?);
                let span = format!("{} – {}", self.cx.short_day(first.day), self.cx.short_day(last.day));
                Some((span, self.cx.money(sum, &self.view.currency)))
            })
            .collect()
    }
}

/// Key of a kind of task.
pub(crate) fn task_key(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Approve => "approve",
        TaskKind::Launch => "launch",
        TaskKind::Mend => "mend",
        TaskKind::Reconcile => "reconcile",
        TaskKind::Resume => "resume",
    }
}

/// The stage bar with its words.
pub(super) fn stage_bar(cx: &Cx, stages: &[StageCount]) -> String {
    let words: Vec<_> = stages
        .iter()
        .map(|line| (line.stage, line.now, format!("{}: {}", cx.name("stage", line.stage), cx.n(line.now))))
        .collect();
    charts::stage_bar(&words, cx.t("today.stages"))
}

/// A small whisker for lists, on a scale that all of the list share.
pub(crate) fn whisker(cx: &Cx, uplift: &UpliftView, currency: &str, list: &[CampaignBrief]) -> String {
    let ends: Vec<f64> =
        list.iter().filter_map(|brief| brief.uplift.as_ref()).flat_map(|it| [it.low, it.high]).collect();
    let desc = cx.t3(
        "uplift.desc",
        cx.gain(uplift.value, currency),
        cx.gain(uplift.low, currency),
        cx.gain(uplift.high, currency),
    );
    charts::whisker(
        &charts::Interval {
            value: uplift.value,
            low: uplift.low,
            high: uplift.high,
            truth: None,
            title: &desc,
            desc: &desc,
        },
        &ends,
    )
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
) -> Result<Response, Fault> {
    let view = state.app.today().await?;
    let standing = state.app.standing_of(person.id).await?;
    let reminder = match standing {
        _ if !needs_certificate(person.role) => None,
        Standing::Valid { .. } => None,
        Standing::EndsSoon { until } => Some(cx.t1("tr.remind.soon", cx.on(until))),
        Standing::Never | Standing::Ended { .. } => Some(cx.t("tr.remind.needed").to_owned()),
    };
    let ai = state.app.ai_switch(&person).await?;
    respond::face(&cx, view, |view| TodayPage { reminder, ai, ..TodayPage::new(cx.clone(), view) })
}

/// Share of a campaign's messages that were sent.
pub(crate) fn sent_share(brief: &CampaignBrief) -> f64 {
    brief.sent as f64 / brief.planned.max(1) as f64
}
