//! The report of a campaign: what the message itself changed, said plainly, with the numbers that lead there.

use crate::charts::{self, Curve};
use crate::context::Cx;
use crate::error::Fault;
use crate::pages::check::{Step, planned_bar, steps};
use crate::pages::lasting::LastingShown;
use crate::pages::review::can;
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use flow::views::{MessageFilter, MessageLine, ReportView, UpliftView};
use serde::Deserialize;
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
    lasting: Option<LastingShown>,
}

impl ReportPage {
    pub(super) fn new(cx: Cx, view: ReportView) -> Self {
        let funnel = steps(&view.funnel, view.audience);
        let planned = planned_bar(view.planned, view.audience);
        let points: Vec<_> =
            view.curve.iter().map(|point| (point.day, point.treated, point.control)).collect();
        let curve = charts::curve(&points, cx.t("report.curve"), cx.t("report.curve.desc"));
        let lasting = view.long_term.as_ref().map(|found| LastingShown::of(&cx, found, &view.currency));
        Self { cx, view, funnel, planned, curve, lasting }
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

/// Which messages are listed, as the address says it: nothing, `state.sent`, `excluded.no_consent`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Shown {
    show: String,
    page: String,
}

/// Reads and writes the filter of the address.
struct Filter;

impl Filter {
    /// The filter of an address; everything, for what nobody wrote.
    fn read(text: &str) -> MessageFilter {
        match text.split_once('.') {
            Some(("state", state)) => state.parse().map_or(MessageFilter::All, MessageFilter::State),
            Some(("excluded", reason)) => reason.parse().map_or(MessageFilter::All, MessageFilter::Excluded),
            _ => MessageFilter::All,
        }
    }

    fn write(filter: MessageFilter) -> String {
        match filter {
            MessageFilter::All => String::new(),
            MessageFilter::State(state) => format!("state.{state}"),
            MessageFilter::Excluded(reason) => format!("excluded.{reason}"),
        }
    }
}

impl ReportPage {
    /// What can be chosen, with its address, its words and how many there are: only what there is any of.
    fn choices(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.cx.t1("report.show.all", self.cx.n(self.view.audience)));
        let counted = |words: String, n: u64| self.cx.t2("report.show.one", words, self.cx.n(n));
        let states = self
            .view
            .deliveries
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(state, n)| (format!("state.{state}"), counted(self.cx.name("delivery", state), *n)));
        let reasons = self.view.funnel.iter().filter(|step| step.people > 0).map(|step| {
            (
                format!("excluded.{}", step.reason),
                counted(self.cx.name("excluded", &step.reason), step.people),
            )
        });
        [all].into_iter().chain(states).chain(reasons).collect()
    }

    fn is_shown(&self, choice: &str) -> bool {
        Filter::write(self.view.filter) == choice
    }

    /// The address of a page of the list.
    fn page_link(&self, page: u64) -> String {
        let show = Filter::write(self.view.filter);
        format!("/campaigns/{}/report?show={show}&page={page}#msg", self.view.brief.id)
    }

    /// A row's state in words.
    fn row_state(&self, line: &MessageLine) -> String {
        match line.state.as_str() {
            "excluded" if line.reason.as_deref() == Some("control") => {
                self.cx.t("delivery.held_out").to_owned()
            }
            state => self.cx.name("delivery", state),
        }
    }

    /// Why a row was left out or held back; nothing for the control group, whose state says it.
    fn row_reason(&self, line: &MessageLine) -> String {
        let reason = line.reason.as_deref().filter(|reason| *reason != "control");
        reason.map_or_else(String::new, |reason| self.cx.name("excluded", reason))
    }
}

/// The report, for the route of its own and for a campaign that was launched.
pub(super) async fn page(
    state: &WebState,
    cx: Cx,
    person: &Person,
    id: CampaignId,
    shown: &Shown,
) -> Result<Response, Fault> {
    let filter = Filter::read(&shown.show);
    let view = state.app.report(person, id, filter, shown.page.parse().unwrap_or(1)).await?;
    respond::face(&cx, view, |view| ReportPage::new(cx.clone(), view))
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Result<Path<i64>, PathRejection>,
    shown: Result<Query<Shown>, QueryRejection>,
) -> Result<Response, Fault> {
    page(&state, cx, &person, CampaignId(id?.0), &shown?.0).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::decision::ExclusionReason;
    use terms::delivery::DeliveryState;

    #[test]
    fn every_filter_survives_its_own_address_and_nonsense_shows_everything() {
        let states = DeliveryState::ALL.iter().map(|state| MessageFilter::State(*state));
        let reasons = ExclusionReason::ALL.iter().map(|reason| MessageFilter::Excluded(*reason));
        for filter in states.chain(reasons).chain([MessageFilter::All]) {
            assert_eq!(Filter::read(&Filter::write(filter)), filter);
        }
        for nonsense in ["state.", "excluded.sent", "state.no_consent", "\"><script>", "sent"] {
            assert_eq!(Filter::read(nonsense), MessageFilter::All, "{nonsense}");
        }
    }
}
