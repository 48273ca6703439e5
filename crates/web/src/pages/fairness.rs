//! Fairness: how what is live falls on groups of customers, the brand's policy, and every audit there was.

use crate::charts::{self, GroupDot};
use crate::context::Cx;
use crate::error::Fault;
use crate::pages::fairness_house::{self, CourseShown, HouseShown};
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::access::Permission;
use flow::audit::{
    AudienceAudit, AuditFinding, Credible, FairnessPolicy, FairnessView, GateReason, Lowest, Remedy,
    RemedyKind, SmallGroups,
};
use serde::Deserialize;
use terms::campaign::CampaignState;
use terms::estimate::Evidence;
use terms::fairness::{AuditOccasion, FairnessVerdict};
use terms::ids::CampaignId;

/// A finding, in words and as a drawing.
#[derive(Clone)]
pub(super) struct FindingShown {
    pub(super) title: String,
    pub(super) sentence: String,
    pub(super) chart: String,
    /// Group, how many of how many, rate with interval, messages a year.
    pub(super) groups: Vec<(String, String, String, String)>,
    pub(super) withheld: Option<String>,
}

/// A remedy, in words.
#[derive(Clone)]
pub(super) struct RemedyShown {
    pub(super) change: String,
    pub(super) audience: String,
    /// The cut that is outside now, now and then.
    pub(super) ratio: String,
    /// The lowest of any cut then.
    pub(super) lowest: Option<String>,
    pub(super) people: String,
    pub(super) moved: String,
    pub(super) revenue: String,
    pub(super) worth: String,
}

/// An audit as pages show it.
#[derive(Clone)]
pub(super) struct AuditShown {
    pub(super) class: &'static str,
    pub(super) notice: &'static str,
    pub(super) refused: bool,
    /// The campaign whose audience can be changed by a click.
    pub(super) takes: Option<i64>,
    pub(super) verdict: String,
    pub(super) sentence: &'static str,
    pub(super) reasons: Vec<String>,
    pub(super) worst: Option<FindingShown>,
    pub(super) findings: Vec<FindingShown>,
    /// Features of the audience that give a group away.
    pub(super) proxies: Vec<String>,
    /// Who against whom, what was exchanged, decisions that change, difference of pairs.
    pub(super) flips: Vec<(String, String, String, String)>,
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
pub(super) fn attribute(cx: &Cx, name: &str) -> String {
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
            let messages = match group.burden.as_ref().and_then(told) {
                Some((mean, low, high)) => {
                    format!("{} ({} – {})", cx.dec(mean, 1), cx.dec(low, 1), cx.dec(high, 1))
                }
                None => cx.dec(group.messages, 1),
            };
            (group.group.clone(), of, rate, messages)
        })
        .collect();
    let withheld = (finding.withheld > 0).then(|| cx.plural("fair.withheld", finding.withheld));
    FindingShown { title, sentence, chart, groups, withheld }
}

/// A lowest ratio with its interval and whose it is.
fn told_lowest(cx: &Cx, lowest: &Lowest) -> String {
    let Lowest { attribute: name, measure, ratio } = lowest;
    let span = format!("{} – {}", cx.dec(ratio.interval.low, 2), cx.dec(ratio.interval.high, 2));
    let of = format!("{}, {}", attribute(cx, name), cx.name("fair_measure", measure).to_lowercase());
    cx.t3("fair.lowest.of", cx.dec(ratio.value, 2), span, of)
}

fn remedy(cx: &Cx, remedy: &Remedy) -> RemedyShown {
    let change = match (remedy.kind, &remedy.becomes) {
        (Some(RemedyKind::Draw), Some(draw)) => cx.t1("fair.drawn", draw),
        (_, Some(becomes)) => cx.t2("fair.moved", &remedy.condition, becomes),
        (_, None) => cx.t1("fair.without", &remedy.condition),
    };
    let cut = match (&remedy.before, &remedy.after) {
        (Some(before), Some(after)) => {
            let (low, high) = (after.ratio.interval.low, after.ratio.interval.high);
            let then = format!("{} ({} – {})", cx.dec(after.ratio.value, 2), cx.dec(low, 2), cx.dec(high, 2));
            let of = format!(
                "{}, {}",
                attribute(cx, &before.attribute),
                cx.name("fair_measure", before.measure).to_lowercase()
            );
            format!("{of}: {}", cx.t2("fair.then", cx.dec(before.ratio.value, 2), then))
        }
        _ => cx.dec(remedy.ratio_then, 2),
    };
    let worth = match (remedy.value_now, remedy.value_added) {
        (Some(now), Some(added)) => cx.t2("fair.worth.of", cx.dec(now, 2), cx.dec(added, 2)),
        _ => "–".to_owned(),
    };
    RemedyShown {
        change,
        audience: remedy.audience.clone(),
        ratio: cut,
        lowest: remedy.lowest_then.as_ref().map(|lowest| cx.t1("fair.lowest.any", told_lowest(cx, lowest))),
        people: cx.t2("fair.then", cx.n(remedy.people_now), cx.n(remedy.people_then)),
        moved: cx.t2("fair.added", cx.n(remedy.added), cx.n(remedy.removed)),
        revenue: cx.t2("fair.then", cx.dec(remedy.revenue_now, 2), cx.dec(remedy.revenue_then, 2)),
        worth,
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
            takes: None,
            verdict: cx.name("fair_verdict", verdict),
            sentence: cx.t(sentence),
            reasons: once,
            worst: worst.map(|one| finding(cx, one, limit)),
            findings: audit.findings.iter().map(|one| finding(cx, one, limit)).collect(),
            proxies: audit.proxies.iter().map(|one| fairness_house::used(cx, one)).collect(),
            flips: audit.flips.iter().map(|one| fairness_house::flip(cx, one)).collect(),
            remedies: audit.remedies.iter().map(|one| remedy(cx, one)).collect(),
        }
    }
}

impl AuditShown {
    /// With a button at each remedy, where the reader may compose and the campaign can still be edited.
    pub(super) fn takes(mut self, cx: &Cx, campaign: i64, state: CampaignState) -> Self {
        self.takes = (cx.may_compose() && state.is_editable()).then_some(campaign);
        self
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
    courses: Vec<CourseShown>,
    house: Option<HouseShown>,
}

impl FairnessPage {
    pub(super) fn new(cx: Cx, view: FairnessView) -> Self {
        let live = view
            .live
            .iter()
            .map(|(name, state, audit)| LiveShown {
                id: audit.campaign.0,
                name: name.clone(),
                when: cx.t2("fair.made", cx.name("fair_occasion", audit.occasion), cx.when(audit.at)),
                alarm: audit.alarm() && audit.occasion == AuditOccasion::Calendar,
                audit: AuditShown::of(&cx, audit).takes(&cx, audit.campaign.0, *state),
            })
            .collect();
        let courses = fairness_house::courses(&cx, &view.history, view.policy.lowest_ratio);
        let house = view.house.as_ref().map(|house| HouseShown::of(&cx, house));
        Self { cx, view, live, courses, house }
    }

    fn may_audit(&self) -> bool {
        self.cx.may(Permission::AuditFairness)
    }

    fn class(&self, verdict: &FairnessVerdict) -> &'static str {
        class(*verdict)
    }

    fn lowest(&self, lowest: &Option<Lowest>) -> String {
        lowest.as_ref().map_or_else(|| "–".to_owned(), |lowest| told_lowest(&self.cx, lowest))
    }

    /// Every attribute there is something of, and every one the policy names: name, words, whether it is audited.
    fn choices(&self) -> Vec<(String, String, bool)> {
        let named = &self.view.policy.attributes;
        let mut names: Vec<String> = self.view.attributes.iter().map(|(one, _)| one.to_string()).collect();
        names.extend(named.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        let choice = |name: String| {
            let on = named.is_empty() || named.contains(&name);
            (name.clone(), attribute(&self.cx, &name), on)
        };
        names.into_iter().map(choice).collect()
    }

    /// Whether every attribute is audited, those to come too.
    fn every(&self) -> bool {
        self.view.policy.attributes.is_empty()
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

/// What the form of the policy sends, but for the attributes, of which there are several.
#[derive(Debug, Deserialize)]
struct Typed {
    lowest_ratio: f64,
    credible: Credible,
    small_groups: SmallGroups,
}

/// Changes the policy. No attribute named is every one, which the form says with a box of its own.
pub(crate) async fn policy(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(pairs) = form?;
    let given = |name: &str| -> Vec<String> {
        pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    };
    let every = !given("every").is_empty();
    let plain = serde_json::json!({
        "lowest_ratio": given("lowest_ratio").first().and_then(|text| text.parse::<f64>().ok()),
        "credible": given("credible").first(),
        "small_groups": given("small_groups").first(),
    });
    let Typed { lowest_ratio, credible, small_groups } = serde_json::from_value(plain)
        .map_err(|error| flow::Problem::FairnessPolicy { why: error.to_string() })
        .map_err(flow::Error::from)?;
    let attributes = if every { Vec::new() } else { given("attribute") };
    if attributes.is_empty() && !every {
        let why = "it audits no attribute".to_owned();
        return Err(flow::Error::from(flow::Problem::FairnessPolicy { why }).into());
    }
    let changed = FairnessPolicy { attributes, lowest_ratio, credible, small_groups };
    state.app.change_fairness_policy(&person, &changed).await?;
    Ok(Redirect::to("/fairness?done=fairness_policy").into_response())
}

/// The audience of a remedy.
#[derive(Debug, Deserialize)]
pub(crate) struct Taken {
    audience: String,
}

/// Makes a draft of the campaign with the audience of a remedy.
pub(crate) async fn remedy_taken(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<Taken>, FormRejection>,
) -> Result<Response, Fault> {
    let (id, Form(taken)) = (id?.0, form?);
    state.app.take_remedy(&person, CampaignId(id), &taken.audience).await?;
    Ok(Redirect::to(&format!("/campaigns/{id}?done=remedied")).into_response())
}
