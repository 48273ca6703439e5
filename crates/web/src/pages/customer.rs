//! One customer: where they are, where they are heading and why, what they agreed to, what happened.

use crate::charts;
use crate::context::Cx;
use crate::error::Fault;
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use flow::views::{CustomerView, FatigueView, ReasonLine, TimelineEvent};
use terms::stage::Stage;

mod words;

#[derive(Template)]
#[template(path = "customer.html")]
pub(super) struct CustomerPage {
    cx: Cx,
    view: CustomerView,
    most: f64,
}

impl CustomerPage {
    pub(super) fn new(cx: Cx, view: CustomerView) -> Self {
        let most = view.reasons.iter().map(|line| line.contribution.abs()).fold(0.0, f64::max);
        Self { cx, view, most }
    }

    /// Stages with their probability at the end of the next period.
    fn outlook(&self) -> Vec<(Stage, f64)> {
        let next = self.view.next.as_deref().unwrap_or_default();
        Stage::ALL.iter().copied().zip(next.iter().copied()).filter(|(_, p)| *p >= 0.000_5).collect()
    }

    /// What their own history says of the next message, in words.
    fn tired(&self, fatigue: &FatigueView) -> String {
        let cx = &self.cx;
        let at = usize::try_from(fatigue.next).unwrap_or(1).clamp(1, fatigue.points.len().max(1));
        let Some(point) = fatigue.points.get(at - 1) else { return String::new() };
        let (own, low) = (cx.pct(point.own, 1), cx.pct(point.low, 1));
        let next = cx.t3("customer.fatigue.next", cx.n(fatigue.next), own, low);
        let key = if fatigue.tired { "customer.fatigue.tired" } else { "customer.fatigue.fine" };
        format!("{next} {}", cx.t1(key, cx.pct(fatigue.most, 1)))
    }

    /// The same for every number of messages, drawn.
    fn fatigue_curve(&self, fatigue: &FatigueView) -> charts::Curve {
        let points: Vec<_> =
            fatigue.points.iter().map(|point| (point.everybody, point.own, point.low, point.high)).collect();
        charts::band(&points, self.cx.t("customer.fatigue"), self.cx.t("customer.fatigue.desc"))
    }

    fn reason_bar(&self, line: &ReasonLine) -> String {
        let title = format!("{}: {}", self.feature(&line.feature), self.cx.signed_dec(line.contribution, 2));
        charts::signed_bar(line.contribution, self.most, &title)
    }

    /// A feature in words; stage features (`stage=churned`) name the stage.
    fn feature(&self, feature: &str) -> String {
        feature_words(&self.cx, feature)
    }

    fn value(&self, line: &ReasonLine) -> String {
        if line.feature == "stage" {
            let stage = Stage::ALL.iter().find(|stage| stage.index() as f64 == line.value);
            return stage.map_or_else(String::new, |stage| self.cx.name("stage", stage));
        }
        let digits = usize::from(line.value.fract().abs() > 0.005) * 2;
        self.cx.dec(line.value, digits)
    }

    fn stage_class(&self, stage: &Stage) -> &'static str {
        crate::charts::stage_class(*stage)
    }

    fn about(&self, event: &TimelineEvent) -> String {
        match event.kind.as_str() {
            "consent" | "preference" => self.cx.name("purpose", &event.about),
            _ => event.about.clone(),
        }
    }

    fn status(&self, event: &TimelineEvent) -> String {
        match event.kind.as_str() {
            "consent" => self.cx.name("consent", &event.status),
            // Who was left out of a campaign has the reason as status.
            "message" if crate::i18n::knows(&format!("delivery.{}", event.status)) => {
                self.cx.name("delivery", &event.status)
            }
            "message" => self.cx.name("excluded", &event.status),
            _ => event.status.clone(),
        }
    }
}

/// The words for a feature of the profile.
pub(super) fn feature_words(cx: &Cx, feature: &str) -> String {
    let stage = feature.strip_prefix("stage").map(|rest| rest.trim_start_matches(['=', ':', '_', '.', ' ']));
    match stage {
        Some(stage) if stage.parse::<Stage>().is_ok() => cx.t1("feature.stage_is", cx.name("stage", stage)),
        _ => cx.name("feature", feature),
    }
}

/// A figure's value in words, where it is not a number.
pub(super) fn feature_value(cx: &Cx, feature: &str, value: &str) -> String {
    match feature {
        "stage" | "moved.from" | "moved.to" => cx.name("stage", value),
        "language" => cx.name("lang", value),
        _ => value.to_owned(),
    }
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    key: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let Path(key) = key?;
    let view = state.app.customer(&person, &key).await?;
    respond::face(&cx, view, |view| CustomerPage::new(cx.clone(), view))
}
