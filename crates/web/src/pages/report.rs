//! The report of a campaign: what the message itself changed, said plainly, with the numbers that lead there.

use crate::charts::{self, Curve};
use crate::context::Cx;
use crate::error::Fault;
use crate::pages::check::{Step, planned_bar, steps};
use crate::pages::review::can;
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use flow::views::{ReportView, UpliftView};
use terms::ids::CampaignId;
use terms::person::Person;

#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct ReportPage {
    cx: Cx,
    view: ReportView,
    funnel: Vec<Step>,
    planned: String,
    curve: Curve,
}

impl ReportPage {
    pub(super) fn new(cx: Cx, view: ReportView) -> Self {
        let funnel = steps(&view.funnel, view.audience);
        let planned = planned_bar(view.planned, view.audience);
        let points: Vec<_> =
            view.curve.iter().map(|point| (point.day, point.treated, point.control)).collect();
        let curve = charts::curve(&points, cx.t("report.curve"), cx.t("report.curve.desc"));
        Self { cx, view, funnel, planned, curve }
    }

    fn can(&self, action: &str) -> bool {
        can(&self.view.actions, action)
    }

    /// Planned, left out and held out together; equals the audience, and the page says so.
    fn accounted(&self) -> u64 {
        self.view.planned + self.view.funnel.iter().map(|step| step.people).sum::<u64>()
    }

    fn plot(&self, uplift: &UpliftView) -> String {
        let label = |value: f64| self.cx.gain(value, &self.view.currency);
        let desc = self.cx.t3("uplift.desc", label(uplift.value), label(uplift.low), label(uplift.high));
        charts::interval(
            &charts::Interval {
                value: uplift.value,
                low: uplift.low,
                high: uplift.high,
                truth: self.view.true_uplift,
                title: self.cx.t("report.effect"),
                desc: &desc,
            },
            &label,
        )
    }

    /// The headline: one sentence, no jargon, and no claim without evidence.
    fn headline(&self, uplift: &UpliftView) -> String {
        let amount = self.cx.cents(uplift.value.abs(), &self.view.currency);
        let key = match self.view.verdict.as_deref() {
            Some("positive") => "report.headline.positive",
            Some("negative") => "report.headline.negative",
            _ => return self.cx.t("report.headline.unsure").to_owned(),
        };
        self.cx.t1(key, amount)
    }

    fn tone(&self) -> &'static str {
        match self.view.verdict.as_deref() {
            Some("positive") => "good",
            Some("negative") => "bad",
            _ => "unsure",
        }
    }

    /// What the message brought in total, with its interval.
    fn total(&self, uplift: &UpliftView) -> String {
        let n = uplift.treated as f64;
        let money = |value: f64| self.cx.money(value * n, &self.view.currency);
        self.cx.t3("report.total", money(uplift.value), money(uplift.low), money(uplift.high))
    }

    fn is_live(&self) -> bool {
        self.view.brief.state == terms::campaign::CampaignState::Running
    }

    fn delivery_share(&self, count: u64) -> String {
        charts::bar(count as f64 / self.view.planned.max(1) as f64, "planned")
    }

    fn last_day(&self) -> u32 {
        self.view.curve.iter().map(|point| point.day).max().unwrap_or(0)
    }
}

/// The report, for the route of its own and for a campaign that was launched.
pub(super) async fn page(
    state: &WebState,
    cx: Cx,
    person: &Person,
    id: CampaignId,
) -> Result<Response, Fault> {
    let view = state.app.report(person, id).await?;
    respond::face(&cx, view, |view| ReportPage::new(cx.clone(), view))
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Fault> {
    page(&state, cx, &person, CampaignId(id?.0)).await
}
