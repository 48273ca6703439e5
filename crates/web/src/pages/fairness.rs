//! Fairness: how what is live falls on groups of customers, the brand's policy, and every audit there was.

use crate::charts::{self, GroupDot};
use crate::context::Cx;
use crate::error::Fault;
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::access::Permission;
use flow::audit::{
    AudienceAudit, AuditFinding, Credible, FairnessPolicy, FairnessView, GateReason, Remedy, SmallGroups,
};
use serde::Deserialize;
use terms::estimate::Evidence;
use terms::fairness::{AuditOccasion, FairnessVerdict};

/// A finding, in words and as a drawing.
#[derive(Clone)]
pub(super) struct FindingShown {
    pub(super) title: String,
    pub(super) sentence: String,
    pub(super) chart: String,
    /// Group, how many of how many, rate with interval, messages a year.
    pub(super) groups: Vec<(String, String, String, String)>,
}

/// A remedy, in words.
#[derive(Clone)]
pub(super) struct RemedyShown {
    pub(super) change: String,
    pub(super) audience: String,
    pub(super) ratio: String,
    pub(super) people: String,
    pub(super) revenue: String,
}

/// An audit as pages show it.
#[derive(Clone)]
pub(super) struct AuditShown {
    pub(super) class: &'static str,
    pub(super) notice: &'static str,
    pub(super) refused: bool,
    pub(super) verdict: String,
    pub(super) sentence: &'static str,
    pub(super) reasons: Vec<String>,
    pub(super) worst: Option<FindingShown>,
    pub(super) findings: Vec<FindingShown>,
    pub(super) remedies: Vec<RemedyShown>,
}

/// Colour of a verdict.
const fn class(verdict: FairnessVerdict) -> &'static str {
    match verdict {
        FairnessVerdict::Passed => "good",
        FairnessVerdict::Refused => "bad",
        FairnessVerdict::Insufficient => "warn",
    }
}

/// An attribute, or two joined, in the reader's words.
fn attribute(cx: &Cx, name: &str) -> String {
    name.split(" × ").map(|one| cx.name("attribute", one)).collect::<Vec<_>>().join(" × ")
}

fn reason(cx: &Cx, reason: &GateReason) -> String {
    match reason {
        GateReason::NoAttribute => cx.t("fair.no_attribute").to_owned(),
        GateReason::BelowLimit { attribute: name, measure, ratio } => cx.t3(
            "fair.reason.below",
            attribute(cx, name),
            cx.name("fair_measure", measure).to_lowercase(),
            cx.dec(*ratio, 2),
        ),
        GateReason::TooSmall { attribute: name, groups: 0, .. } => {
            cx.t1("fair.reason.nothing", attribute(cx, name))
        }
        GateReason::TooSmall { attribute: name, groups, .. } => {
            cx.t2("fair.reason.small", attribute(cx, name), cx.n(*groups))
        }
    }
}

fn finding(cx: &Cx, finding: &AuditFinding, limit: f64) -> FindingShown {
    let told = |evidence: &Evidence| match evidence {
        Evidence::Sufficient(found) => Some((found.value, found.interval.low, found.interval.high)),
        Evidence::Insufficient { .. } => None,
    };
    let title =
        cx.t2("fair.finding", attribute(cx, &finding.attribute), cx.name("fair_measure", finding.measure));
    let sentence = match (told(&finding.ratio), &finding.lowest, &finding.highest) {
        (Some((value, low, high)), Some(lowest), Some(highest)) if lowest != highest => {
            let span = format!("{} – {}", cx.dec(low, 2), cx.dec(high, 2));
            format!(
                "{} {}",
                cx.t2("fair.extremes", lowest, highest),
                cx.t2("fair.ratio", cx.dec(value, 2), span)
            )
        }
        (Some((value, low, high)), ..) => {
            cx.t2("fair.ratio", cx.dec(value, 2), format!("{} – {}", cx.dec(low, 2), cx.dec(high, 2)))
        }
        _ => cx.t("fair.untold").to_owned(),
    };
    let dots: Vec<GroupDot> = finding
        .groups
        .iter()
        .filter_map(|group| {
            let (rate, low, high) = told(&group.rate)?;
            Some(GroupDot { name: group.group.clone(), rate, low, high })
        })
        .collect();
    let highest = dots.iter().map(|dot| dot.rate).fold(0.0, f64::max);
    let desc = cx.t("fair.chart.desc");
    let chart = charts::groups(&dots, highest * limit, &|value| cx.pct(value, 0), &title, desc);
    let groups = finding
        .groups
        .iter()
        .map(|group| {
            let rate = told(&group.rate).map_or_else(String::new, |(rate, low, high)| {
                format!("{} ({} – {})", cx.pct(rate, 1), cx.pct(low, 1), cx.pct(high, 1))
            });
            let of = cx.t2("fair.of", cx.n(group.selected), cx.n(group.size));
            (group.group.clone(), of, rate, cx.dec(group.messages, 1))
        })
        .collect();
    FindingShown { title, sentence, chart, groups }
}

fn remedy(cx: &Cx, remedy: &Remedy) -> RemedyShown {
    let change = match &remedy.becomes {
        Some(becomes) => cx.t2("fair.moved", &remedy.condition, becomes),
        None => cx.t1("fair.without", &remedy.condition),
    };
    RemedyShown {
        change,
        audience: remedy.audience.clone(),
        ratio: cx.dec(remedy.ratio_then, 2),
        people: cx.t2("fair.then", cx.n(remedy.people_now), cx.n(remedy.people_then)),
        revenue: cx.t2("fair.then", cx.dec(remedy.revenue_now, 2), cx.dec(remedy.revenue_then, 2)),
    }
}

impl AuditShown {
    pub(super) fn of(cx: &Cx, audit: &AudienceAudit) -> Self {
        let verdict = audit.judgement.verdict;
        let limit = audit.policy.lowest_ratio;
        let value = |one: &AuditFinding| match one.ratio {
            Evidence::Sufficient(found) => found.value,
            Evidence::Insufficient { .. } => f64::INFINITY,
        };
        let worst = audit.findings.iter().min_by(|a, b| value(a).total_cmp(&value(b)));
        let (sentence, notice) = match verdict {
            FairnessVerdict::Passed => ("fair.passed", ""),
            FairnessVerdict::Refused => ("fair.refused", "bad"),
            FairnessVerdict::Insufficient if audit.may_launch() => ("fair.insufficient", "warn"),
            FairnessVerdict::Insufficient => ("fair.insufficient.held", "warn"),
        };
        // Of what is outside every reason; what is too small is said only when nothing is worse.
        let below = |one: &&GateReason| matches!(one, GateReason::BelowLimit { .. });
        let reasons = audit.judgement.reasons.iter();
        let reasons: Vec<String> = match verdict {
            FairnessVerdict::Refused => reasons.filter(below).map(|one| reason(cx, one)).collect(),
            _ => reasons.map(|one| reason(cx, one)).collect(),
        };
        let mut once = reasons;
        once.dedup();
        Self {
            class: class(verdict),
            notice,
            refused: verdict == FairnessVerdict::Refused,
            verdict: cx.name("fair_verdict", verdict),
            sentence: cx.t(sentence),
            reasons: once,
            worst: worst.map(|one| finding(cx, one, limit)),
            findings: audit.findings.iter().map(|one| finding(cx, one, limit)).collect(),
            remedies: audit.remedies.iter().map(|one| remedy(cx, one)).collect(),
        }
    }
}

/// A live campaign.
pub(super) struct LiveShown {
    id: i64,
    name: String,
    when: String,
    alarm: bool,
    audit: AuditShown,
}

/// The page.
#[derive(Template)]
#[template(path = "fairness.html")]
pub(super) struct FairnessPage {
    cx: Cx,
    view: FairnessView,
    live: Vec<LiveShown>,
    trend: String,
}

impl FairnessPage {
    pub(super) fn new(cx: Cx, view: FairnessView) -> Self {
        let live = view
            .live
            .iter()
            .map(|(name, _, audit)| LiveShown {
                id: audit.campaign.0,
                name: name.clone(),
                when: cx.t2("fair.made", cx.name("fair_occasion", audit.occasion), cx.when(audit.at)),
                alarm: audit.alarm() && audit.occasion == AuditOccasion::Calendar,
                audit: AuditShown::of(&cx, audit),
            })
            .collect();
        // The lowest ratio of each of the last audits, oldest first.
        let points: Vec<_> = view
            .history
            .iter()
            .take(12)
            .rev()
            .filter_map(|line| Some((line, line.lowest_ratio?)))
            .map(|(line, ratio)| {
                let point = Some((ratio, ratio, ratio));
                let outside = ratio < view.policy.lowest_ratio;
                let day = cx.short_day(line.at.day());
                if outside { (day, point, None) } else { (day, None, point) }
            })
            .collect();
        let trend = if points.len() > 1 {
            charts::rates(&points, &|value| cx.dec(value, 1), cx.t("fair.trend.chart"), cx.t("fair.trend"))
        } else {
            String::new()
        };
        Self { cx, view, live, trend }
    }

    fn may_audit(&self) -> bool {
        self.cx.may(Permission::AuditFairness)
    }

    fn class(&self, verdict: &FairnessVerdict) -> &'static str {
        class(*verdict)
    }

    fn ratio(&self, ratio: &Option<f64>) -> String {
        ratio.map_or_else(|| "–".to_owned(), |ratio| self.cx.dec(ratio, 2))
    }

    fn attributes(&self) -> String {
        let names = &self.view.policy.attributes;
        if names.is_empty() {
            return self.cx.t("fair.policy.every").to_owned();
        }
        names.iter().map(|name| attribute(&self.cx, name)).collect::<Vec<_>>().join(", ")
    }

    fn credible(&self) -> &'static str {
        match self.view.policy.credible {
            Credible::Observed => "fair.credible.observed",
            Credible::Unequal => "fair.credible.unequal",
            Credible::BelowLimit => "fair.credible.below_limit",
        }
    }

    fn small(&self) -> &'static str {
        match self.view.policy.small_groups {
            SmallGroups::Mention => "fair.small.mention",
            SmallGroups::Hold => "fair.small.hold",
        }
    }

    fn is_credible(&self, name: &str) -> bool {
        self.credible().ends_with(&format!(".{name}"))
    }

    fn is_small(&self, name: &str) -> bool {
        self.small().ends_with(&format!(".{name}"))
    }
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
) -> Result<Response, Fault> {
    let view = state.app.fairness(&person).await?;
    respond::face(&cx, view, |view| FairnessPage::new(cx.clone(), view))
}

/// Audits everything live now.
pub(crate) async fn audit(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
) -> Result<Response, Fault> {
    state.app.audit_live(&person).await?;
    Ok(Redirect::to("/fairness?done=audited").into_response())
}

/// What the form of the policy sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Typed {
    lowest_ratio: f64,
    credible: Credible,
    small_groups: SmallGroups,
}

/// Changes the policy; which attributes are audited stays as it is.
pub(crate) async fn policy(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    form: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(Typed { lowest_ratio, credible, small_groups }) = form?;
    let attributes = state.app.fairness_policy().await?.attributes;
    let changed = FairnessPolicy { attributes, lowest_ratio, credible, small_groups };
    state.app.change_fairness_policy(&person, &changed).await?;
    Ok(Redirect::to("/fairness?done=fairness_policy").into_response())
}
