//! What all marketing changes: everybody else against those held out, and the share that is held out.

use crate::charts::{self, Interval};
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
use flow::holdout::{MarketingEffectView, PastRule, PeriodEffect, ShareChoice};
use flow::views::UpliftView;
use serde::Deserialize;

/// A measure in words: name, with, without, difference, interval; the last are empty where there are too few.
struct Line {
    name: &'static str,
    told: Option<[String; 4]>,
}

/// A period of the trend: from, to or until when, share, difference, and its drawing.
struct PastLine {
    when: String,
    running: bool,
    share: String,
    difference: String,
    drawing: String,
}

#[derive(Template)]
#[template(path = "holdout.html")]
pub(super) struct EffectPage {
    cx: Cx,
    view: MarketingEffectView,
    plot: String,
    lines: Vec<Line>,
    trend: Vec<PastLine>,
}

impl EffectPage {
    pub(super) fn new(cx: Cx, view: MarketingEffectView) -> Self {
        let newest = view.effects.first();
        let plot = newest.and_then(|effect| effect.revenue).map_or_else(String::new, |it| {
            let label = |value: f64| cx.gain(value, &view.currency);
            let desc = cx.t3("uplift.desc", label(it.value), label(it.low), label(it.high));
            let title = cx.t("effect.page");
            let (value, low, high) = (it.value, it.low, it.high);
            charts::interval(&Interval { value, low, high, truth: None, title, desc: &desc }, &label)
        });
        let lines = newest.map(|effect| lines(&cx, &view.currency, effect)).unwrap_or_default();
        let ends: Vec<f64> = view
            .effects
            .iter()
            .filter_map(|effect| effect.revenue)
            .flat_map(|it| [it.low, it.high])
            .collect();
        let trend = view.effects.iter().map(|effect| past(&cx, &view.currency, effect, &ends)).collect();
        Self { plot, lines, trend, cx, view }
    }

    fn may_set(&self) -> bool {
        self.cx.may(Permission::KeepGates)
    }

    fn headline(&self, effect: &PeriodEffect) -> String {
        let amount = |it: &UpliftView| self.cx.cents(it.value.abs(), &self.view.currency);
        match (effect.verdict.as_str(), &effect.revenue) {
            ("positive", Some(it)) => self.cx.t1("effect.headline.positive", amount(it)),
            ("negative", Some(it)) => self.cx.t1("effect.headline.negative", amount(it)),
            _ => self.cx.t("effect.headline.unsure").to_owned(),
        }
    }

    fn tone(&self, effect: &PeriodEffect) -> &'static str {
        match effect.verdict.as_str() {
            "positive" => "good",
            "negative" => "bad",
            _ => "unsure",
        }
    }

    fn total(&self, effect: &PeriodEffect) -> Option<String> {
        let money = |value: f64| self.cx.money(value, &self.view.currency);
        effect
            .total()
            .map(|(value, low, high)| self.cx.t3("effect.total", money(value), money(low), money(high)))
    }

    fn percent(&self, percent: &f64) -> String {
        self.cx.pct(percent / 100.0, if percent.fract() == 0.0 { 0 } else { 2 })
    }

    fn share(&self, share: &f64) -> String {
        self.percent(&(share * 100.0))
    }

    fn shows(&self, choice: &ShareChoice) -> String {
        choice.detectable.map_or_else(
            || self.cx.t("effect.untold").to_owned(),
            |shown| self.cx.cents(shown, &self.view.currency),
        )
    }

    fn relative(&self, choice: &ShareChoice) -> String {
        choice.relative.map_or_else(|| "–".to_owned(), |relative| self.cx.pct(relative, 0))
    }

    fn rule(&self, rule: &PastRule) -> String {
        let words = self.cx.t("effect.rule");
        let parts: [&dyn std::fmt::Display; 5] = [
            &self.percent(&rule.percent),
            &rule.months,
            &self.cx.day(rule.from),
            &rule.by,
            &self.cx.on(rule.at),
        ];
        crate::i18n::fill(words, &parts)
    }
}

fn lines(cx: &Cx, currency: &str, effect: &PeriodEffect) -> Vec<Line> {
    let line =
        |name, of: &Option<UpliftView>, each: &dyn Fn(f64) -> String, gain: &dyn Fn(f64) -> String| Line {
            name: cx.t(name),
            told: of.map(|it| {
                let span = format!("{} – {}", gain(it.low), gain(it.high));
                [each(it.mean_treated), each(it.mean_control), gain(it.value), span]
            }),
        };
    let (money, gain) = (|value: f64| cx.cents(value, currency), |value: f64| cx.gain(value, currency));
    let (share, points) = (|value: f64| cx.pct(value, 2), |value: f64| cx.points(value));
    vec![
        line("effect.revenue", &effect.revenue, &money, &gain),
        line("effect.purchases", &effect.purchases, &|value| cx.dec(value, 3), &|value| {
            cx.signed_dec(value, 3)
        }),
        line("effect.value", &effect.value, &money, &gain),
        line("effect.opt_outs", &effect.opt_outs, &share, &points),
        line("effect.complaints", &effect.complaints, &share, &points),
    ]
}

fn past(cx: &Cx, currency: &str, effect: &PeriodEffect, ends: &[f64]) -> PastLine {
    let period = effect.period;
    let title = cx.t("effect.revenue");
    PastLine {
        when: format!("{} – {}", cx.day(period.from), cx.day(period.to)),
        running: effect.until < period.to,
        share: cx.pct(period.share, 1),
        difference: effect
            .revenue
            .map_or_else(|| cx.t("effect.untold").to_owned(), |it| cx.gain(it.value, currency)),
        drawing: effect.revenue.map_or_else(String::new, |it| {
            let label = |value: f64| cx.gain(value, currency);
            let desc = cx.t3("uplift.desc", label(it.value), label(it.low), label(it.high));
            let (value, low, high) = (it.value, it.low, it.high);
            charts::whisker(&Interval { value, low, high, truth: None, title, desc: &desc }, ends)
        }),
    }
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let view = state.app.marketing_effect().await?;
    respond::face(&cx, view, |view| EffectPage::new(cx.clone(), view))
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Typed {
    percent: f64,
    months: u32,
}

/// Sets the share.
pub(crate) async fn set(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    form: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(Typed { percent, months }) = form?;
    state.app.set_holdout(&person, percent, months).await?;
    Ok(Redirect::to("/campaigns/effect?done=holdout").into_response())
}
