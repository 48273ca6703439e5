//! What a campaign did to the long term, as its report shows it: parts that add up, each with its interval and drawing.

use crate::charts::{self, Interval};
use crate::context::Cx;
use flow::long_term::LongTermFound;
use terms::estimate::Evidence;
use terms::long_term::LongTermVerdict;

/// One part: its name, what it comes to, its interval, its drawing.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) span: String,
    pub(super) drawing: String,
}

/// The card.
pub(super) struct LastingShown {
    pub(super) class: &'static str,
    pub(super) verdict: String,
    pub(super) sentence: String,
    pub(super) parts: Vec<Part>,
    pub(super) counts: Vec<String>,
    pub(super) prices: String,
}

impl LastingShown {
    pub(super) fn of(cx: &Cx, found: &LongTermFound, currency: &str) -> Self {
        let parts = [
            ("lasting.gain", found.parts.gain),
            ("lasting.value", found.parts.value),
            ("lasting.long", found.parts.long),
            ("lasting.overall", found.parts.overall),
        ];
        let ends: Vec<f64> = parts
            .iter()
            .filter_map(|(_, evidence)| match evidence {
                Evidence::Sufficient(it) => Some([it.interval.low, it.interval.high]),
                Evidence::Insufficient { .. } => None,
            })
            .flatten()
            .collect();
        let gain = |value: f64| cx.gain(value, currency);
        let part = |(name, evidence): &(&str, Evidence)| match evidence {
            Evidence::Sufficient(it) => {
                let (low, high, value) = (it.interval.low, it.interval.high, it.value);
                let desc = cx.t3("uplift.desc", gain(value), gain(low), gain(high));
                let drawn = Interval { value, low, high, truth: None, title: cx.t(name), desc: &desc };
                Part {
                    name: cx.t(name),
                    value: gain(value),
                    span: format!("{} – {}", gain(low), gain(high)),
                    drawing: charts::whisker(&drawn, &ends),
                }
            }
            Evidence::Insufficient { .. } => Part {
                name: cx.t(name),
                value: cx.t("effect.untold").to_owned(),
                span: String::new(),
                drawing: String::new(),
            },
        };
        let rate = |key: &str, evidence: &Evidence| match evidence {
            Evidence::Sufficient(it) => {
                Some(cx.t3(key, cx.points(it.value), cx.points(it.interval.low), cx.points(it.interval.high)))
            }
            Evidence::Insufficient { .. } => None,
        };
        let counts = [
            rate("lasting.opt_outs", &found.parts.opt_outs),
            rate("lasting.complaints", &found.parts.complaints),
        ];
        let key = match (found.over, found.verdict) {
            (false, _) => "lasting.open",
            (true, LongTermVerdict::Fine) => "lasting.fine",
            (true, LongTermVerdict::Unclear) => "lasting.unclear",
            (true, LongTermVerdict::Vetoed) => "lasting.vetoed",
        };
        let prices = &found.parts.prices;
        Self {
            class: match found.verdict {
                LongTermVerdict::Fine => "good",
                LongTermVerdict::Unclear => "warn",
                LongTermVerdict::Vetoed => "bad",
            },
            verdict: cx.name("long_term", found.verdict),
            sentence: cx.t1(key, found.loss.map_or_else(|| "–".to_owned(), |loss| cx.chance(loss, 1))),
            parts: parts.iter().map(part).collect(),
            counts: counts.into_iter().flatten().collect(),
            prices: cx.t3(
                "lasting.prices",
                cx.cents(prices.opt_out.value, currency),
                cx.cents(prices.opt_out.error, currency),
                cx.cents(prices.complaint.value, currency),
            ),
        }
    }
}
