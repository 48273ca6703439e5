//! Models: every AI capability with what acts and what waits; one version with its card, gates and history; the
//! decisions about it; and the gates themselves.

use crate::charts;
use crate::context::Cx;
use crate::error::{self, Fault};
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::access::Permission;
use flow::oversight::AiSwitchView;
use flow::registry::{
    DriftLine, DriftReport, GateText, Guard, Guardrail, ModelLine, ModelView, ModelsView, Step,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use terms::estimate::Evidence;
use terms::gate::{Found, GateLine, GateRule, GateVerdict, Held, Need};
use terms::model::{ModelKind, ModelState};

/// Stability index from which a variable moved much.
const MUCH: f64 = 0.25;

/// The list.
#[derive(Template)]
#[template(path = "models.html")]
pub(super) struct ModelsPage {
    pub(super) cx: Cx,
    pub(super) view: ModelsView,
    pub(super) ai: AiSwitchView,
}

/// Colour of a state.
const fn state_class(state: ModelState) -> &'static str {
    match state {
        ModelState::Live => "c-granted",
        ModelState::Canary | ModelState::Shadow => "st-running",
        ModelState::Validated => "st-submitted",
        ModelState::Candidate | ModelState::Retired => "",
    }
}

impl ModelsPage {
    /// Versions that people decide about, or parts of the program.
    fn lines(&self, built_in: bool) -> Vec<&ModelLine> {
        let of_kind = |model: &&ModelLine| model.kind.is_built_in() == built_in;
        let shown = |model: &&ModelLine| !built_in || model.state != ModelState::Retired;
        self.view.models.iter().filter(of_kind).filter(shown).collect()
    }

    fn class(&self, line: &ModelLine) -> &'static str {
        state_class(line.state)
    }

    fn may_keep_gates(&self) -> bool {
        self.cx.may(Permission::KeepGates)
    }
}

/// One version.
#[derive(Template)]
#[template(path = "model.html")]
pub(super) struct ModelPage {
    pub(super) cx: Cx,
    pub(super) view: ModelView,
    pub(super) problem: Option<String>,
}

/// A figure with its interval, in words.
fn figure(cx: &Cx, line: &GateLine) -> String {
    match &line.found {
        Found::Figure(Evidence::Sufficient(e)) if e.interval.low < e.interval.high => cx.t3(
            "md.figure",
            cx.dec(e.value, 3),
            format!("{} – {}", cx.dec(e.interval.low, 3), cx.dec(e.interval.high, 3)),
            cx.n(e.n),
        ),
        Found::Figure(Evidence::Sufficient(e)) => cx.dec(e.value, 3),
        Found::Figure(Evidence::Insufficient { n, needed }) => {
            cx.t2("mon.insufficient", cx.n(*n), cx.n(*needed))
        }
        Found::Missing { why } => cx.name("gate_missing", why),
    }
}

/// How far a variable moved, against what counts as much.
fn moved(line: &DriftLine) -> String {
    let much = line.stands && line.shift.psi > MUCH;
    charts::bar(line.shift.psi / (2.0 * MUCH), if much { "s-churned" } else { "s-active" })
}

/// How far it had moved each time somebody looked.
fn over_time(cx: &Cx, before: &[DriftReport], line: &DriftLine) -> String {
    let of = |report: &DriftReport| {
        report.lines.iter().find(|other| other.what == line.what).map(|other| other.shift.psi)
    };
    let values: Vec<f64> = before.iter().filter_map(of).collect();
    let title = cx.t(crate::pages::join("md.drift.", &line.what));
    charts::spark(&values, MUCH, title)
}

/// What the test would find among as many customers.
fn power(cx: &Cx, drift: &DriftReport, line: &DriftLine) -> String {
    let [before, now] = line.shift.n;
    if line.what.starts_with("outcome.") {
        return cx.t2("md.drift.of", cx.n(before), cx.n(now));
    }
    // The strictest level that the control of false discoveries may ask for.
    let alpha = 0.05 / drift.lines.len().max(1) as f64;
    cx.t3("md.drift.finds", cx.dec(line.shift.smallest_found(alpha), 2), cx.n(before), cx.n(now))
}

impl ModelPage {
    fn class(&self) -> &'static str {
        state_class(self.view.line.state)
    }

    fn figure(&self, line: &GateLine) -> String {
        figure(&self.cx, line)
    }

    fn limit(&self, line: &GateLine) -> String {
        let key = match line.criterion.held() {
            Held::LowAtLeast => "md.limit.low_at_least",
            Held::HighAtLeast => "md.limit.high_at_least",
            Held::ValueAtMost => "md.limit.at_most",
            Held::HighAtMost => "md.limit.high_at_most",
            Held::LowAtMost => "md.limit.low_at_most",
        };
        self.cx.t1(key, self.cx.dec(line.limit, 2))
    }

    fn verdict_class(&self, verdict: &GateVerdict) -> &'static str {
        match verdict {
            GateVerdict::Passed => "good",
            GateVerdict::Failed => "bad",
            GateVerdict::NotMeasured => "",
        }
    }

    /// How much of its limit a figure uses up, or how far its interval lies from the limit.
    fn picture(&self, line: &GateLine) -> String {
        let Found::Figure(Evidence::Sufficient(e)) = &line.found else { return String::new() };
        match line.criterion.held() {
            Held::ValueAtMost | Held::HighAtMost if line.limit > 0.0 => {
                let class = if line.verdict == GateVerdict::Failed { "s-churned" } else { "s-active" };
                charts::bar(e.value / line.limit, class)
            }
            Held::LowAtLeast | Held::HighAtLeast | Held::LowAtMost => {
                let words = self.figure(line);
                let it = charts::Interval {
                    low: e.interval.low - line.limit,
                    high: e.interval.high - line.limit,
                    value: e.value - line.limit,
                    truth: None,
                    title: &words,
                    desc: self.cx.t("md.picture"),
                };
                charts::whisker(&it, &[0.0])
            }
            _ => String::new(),
        }
    }

    /// What a guardrail counts, in the canary's share (0) or outside of it (1).
    fn guarded(&self, line: &Guardrail, side: usize) -> String {
        let of = |counts: &[u64; 2]| counts.get(side).copied().unwrap_or(0);
        match line.guard {
            Guard::Harm | Guard::Failure => {
                self.cx.t2("md.canary.of", self.cx.n(of(&line.bad)), self.cx.n(of(&line.out)))
            }
            Guard::Prediction => match line.loss.and_then(|loss| loss.get(side).copied()) {
                Some(loss) => self.cx.t2("md.canary.loss", self.cx.dec(loss, 3), self.cx.n(of(&line.out))),
                None => self.cx.t("md.canary.not_yet").to_owned(),
            },
            Guard::Disparity => self.cx.t1("md.canary.selected", self.cx.n(of(&line.out))),
        }
    }

    /// How near a guardrail is to its limit: e-values multiply, so by their logarithm.
    fn evidence(&self, line: &Guardrail, limit: &f64) -> String {
        let near = line.e_value.max(1.0).ln() / limit.max(2.0).ln();
        charts::bar(near, if near >= 1.0 { "s-churned" } else { "s-active" })
    }

    /// A share of a group in words, with a bar.
    fn share(&self, rate: &Evidence) -> String {
        let Evidence::Sufficient(e) = rate else { return self.cx.t("md.groups.few").to_owned() };
        let between = format!(
            "{} – {}",
            self.cx.pct(e.interval.low.max(0.0), 0),
            self.cx.pct(e.interval.high.min(1.0), 0)
        );
        format!("{} {} <small>{between}</small>", charts::bar(e.value, "s-active"), self.cx.pct(e.value, 0))
    }

    /// How far what was said of a group lies from what came true.
    fn apart(&self, found: &Evidence) -> String {
        let Evidence::Sufficient(e) = found else { return self.cx.t("md.groups.few").to_owned() };
        format!(
            "{} <small>{}</small>",
            self.cx.dec(e.value, 3),
            self.between(&e.interval.low, &e.interval.high)
        )
    }

    /// The purpose and limits in the reader's language, where the program wrote the card.
    fn about(&self, what: &str) -> &'static str {
        self.cx.t(format!("md.card.{what}.{}", self.view.line.kind))
    }

    fn may_promote(&self) -> bool {
        self.cx.may(Permission::PromoteModels)
    }

    fn between(&self, low: &f64, high: &f64) -> String {
        format!("{} – {}", self.cx.dec(*low, 3), self.cx.dec(*high, 3))
    }

    fn wants_share(&self) -> bool {
        self.view.steps.contains(&ModelState::Canary)
    }
}

/// The list.
pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
) -> Result<Response, Fault> {
    let view = state.app.models_view().await?;
    let ai = state.app.ai_switch(&person).await?;
    respond::face(&cx, view, |view| ModelsPage { cx: cx.clone(), view, ai })
}

/// One version.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    Path(label): Path<String>,
) -> Result<Response, Fault> {
    let view = state.app.model_view(&person, &label).await?;
    respond::face(&cx, view, |view| ModelPage { cx: cx.clone(), view, problem: None })
}

/// A decision about a version.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    step: String,
    share: String,
    why: String,
}

/// Lets a version act, runs its gates, or rolls back.
pub(crate) async fn step(
    state: State<WebState>,
    cx: Extension<Cx>,
    person: Extension<Staff>,
    label: Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    decide(state, cx, person, label, typed).await
}

/// Takes a version out of use.
pub(crate) async fn retire(
    state: State<WebState>,
    cx: Extension<Cx>,
    person: Extension<Staff>,
    label: Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    decide(state, cx, person, label, Typed { step: ModelState::Retired.as_str().to_owned(), ..typed }).await
}

async fn decide(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    Path(label): Path<String>,
    typed: Typed,
) -> Result<Response, Fault> {
    let app = &state.app;
    let done = match typed.step.as_str() {
        "gate" => app.rerun_gate(&person, &label).await.map(|_| ("model_gated", label.clone())),
        "rollback" => {
            let name = label.split('@').next().unwrap_or_default();
            app.roll_back(&person, name, &typed.why).await.map(|moved| ("model_moved", moved))
        }
        to => {
            let to = to.parse::<ModelState>().map_err(|_| Fault::Unreadable("no such step".to_owned()))?;
            let share = typed.share.trim().parse().unwrap_or(0);
            let step = Step { label: label.clone(), to, share, reason: typed.why.clone() };
            app.move_model(&person, &step).await.map(|()| ("model_moved", label.clone()))
        }
    };
    match done {
        Ok((done, label)) => {
            Ok(Redirect::to(&format!("/models/{}?done={done}", crate::route::encode(&label))).into_response())
        }
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            let view = app.model_view(&person, &label).await?;
            respond::html(status, &ModelPage { cx, view, problem: Some(problem) })
        }
    }
}

/// The gate of a kind.
#[derive(Template)]
#[template(path = "gate.html")]
pub(super) struct GatePage {
    pub(super) cx: Cx,
    pub(super) kind: ModelKind,
    pub(super) view: GateText,
    pub(super) problem: Option<String>,
}

impl GatePage {
    fn may_write(&self) -> bool {
        self.cx.may(Permission::KeepGates)
    }

    fn needs(&self) -> &'static [Need] {
        Need::ALL
    }
}

fn kind_of(text: &str) -> Result<ModelKind, Fault> {
    text.parse().map_err(|_| Fault::App(flow::Error::NotFound))
}

/// The gate of a kind as it stands.
pub(crate) async fn gate(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Path(kind): Path<String>,
) -> Result<Response, Fault> {
    let kind = kind_of(&kind)?;
    let view = state.app.gate_rules(kind).await?;
    respond::face(&cx, view, |view| GatePage { cx: cx.clone(), kind, view, problem: None })
}

/// Writes the gate of a kind. A limit is a field named by its criterion, what happens without a figure one with `need.`
/// before it.
pub(crate) async fn set_gate(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    Path(kind): Path<String>,
    typed: Result<Form<BTreeMap<String, String>>, FormRejection>,
) -> Result<Response, Fault> {
    let kind = kind_of(&kind)?;
    let Form(typed) = typed?;
    let text = |name: &str| typed.get(name).map(|text| text.trim()).unwrap_or_default();
    let stands = state.app.gate_rules(kind).await?;
    let rules: Vec<GateRule> = (stands.rules.iter())
        .map(|rule| GateRule {
            criterion: rule.criterion,
            limit: text(rule.criterion.as_str()).replace(',', ".").parse().unwrap_or(f64::NAN),
            need: text(&format!("need.{}", rule.criterion)).parse().unwrap_or(rule.need),
        })
        .collect();
    let wanted = GateText {
        base: text("base").parse().unwrap_or(-1),
        rules: rules.clone(),
        reason: text("why").to_owned(),
    };
    if rules.iter().any(|rule| !rule.limit.is_finite()) {
        let problem = Some(cx.t("md.gate.not_a_number").to_owned());
        return respond::html(
            StatusCode::UNPROCESSABLE_ENTITY,
            &GatePage { cx, kind, view: stands, problem },
        );
    }
    match state.app.set_gate(&person, kind, &wanted).await {
        Ok(_) => Ok(Redirect::to(&format!("/models/gates/{kind}?done=gate_set")).into_response()),
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            respond::html(status, &GatePage { cx, kind, view: wanted, problem: Some(problem) })
        }
    }
}
