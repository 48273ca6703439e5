//! An effect with its interval: a point, a whisker, and the zero line it has to clear.

use super::{Fit, at, escape, open};
use std::fmt::Write as _;

/// What is drawn.
pub(crate) struct Interval<'a> {
    /// Point estimate.
    pub(crate) value: f64,
    /// Lower end.
    pub(crate) low: f64,
    /// Upper end.
    pub(crate) high: f64,
    /// Known truth, if there is one.
    pub(crate) truth: Option<f64>,
    /// Title.
    pub(crate) title: &'a str,
    /// Description.
    pub(crate) desc: &'a str,
}

fn class(low: f64, high: f64) -> &'static str {
    if low > 0.0 {
        "good"
    } else if high < 0.0 {
        "bad"
    } else {
        "unsure"
    }
}

/// The span that holds the interval, zero and the truth, with some air.
fn span(values: &[f64]) -> (f64, f64) {
    let finite = || values.iter().copied().filter(|value| value.is_finite()).chain([0.0]);
    let (low, high) = (finite().fold(0.0, f64::min), finite().fold(0.0, f64::max));
    let air = if high > low { (high - low) * 0.1 } else { 1.0 };
    (low - air, high + air)
}

/// Draws one effect large, with values under its ends; `label` writes a value.
pub(crate) fn interval(it: &Interval<'_>, label: &dyn Fn(f64) -> String) -> String {
    const WIDTH: f64 = 560.0;
    /// Room that a value under an end needs on either side.
    const ROOM: f64 = 56.0;
    let (from, to) = span(&[it.low, it.high, it.value, it.truth.unwrap_or(0.0)]);
    let x = |value: f64| ROOM + (value - from) / (to - from) * (WIDTH - 2.0 * ROOM);
    let class = class(it.low, it.high);
    let mut svg = open("chart interval", WIDTH, 92.0, Fit::Keep, it.title, it.desc);
    let zero = at(x(0.0));
    let _ = write!(
        svg,
        "<path class=\"zero\" d=\"M{zero} 10V68\"/><text class=\"tick\" x=\"{zero}\" y=\"84\" text-anchor=\"middle\">0</text>\
         <path class=\"whisker {class}\" d=\"M{a} 40H{b}M{a} 32V48M{b} 32V48\"/>\
         <rect class=\"band {class}\" x=\"{a}\" y=\"34\" width=\"{w}\" height=\"12\" rx=\"2\"/>\
         <circle class=\"point {class}\" cx=\"{p}\" cy=\"40\" r=\"7\"/>\
         <text class=\"value\" x=\"{p}\" y=\"20\" text-anchor=\"middle\">{value}</text>",
        a = at(x(it.low)),
        b = at(x(it.high)),
        w = at((x(it.high) - x(it.low)).max(0.0)),
        p = at(x(it.value)),
        value = escape(label(it.value)),
    );
    for end in [it.low, it.high] {
        if (x(end) - x(0.0)).abs() > 60.0 {
            let _ = write!(
                svg,
                "<text class=\"tick\" x=\"{}\" y=\"84\" text-anchor=\"middle\">{}</text>",
                at(x(end)),
                escape(label(end))
            );
        }
    }
    if let Some(truth) = it.truth {
        let c = x(truth);
        let _ = write!(
            svg,
            "<path class=\"truth\" d=\"M{} 57L{} 63L{} 57L{} 51Z\"/>",
            at(c - 6.0),
            at(c),
            at(c + 6.0),
            at(c)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Draws one effect small, for lists. `ends` are the ends of all intervals of the list, so that lengths compare.
pub(crate) fn whisker(it: &Interval<'_>, ends: &[f64]) -> String {
    const WIDTH: f64 = 120.0;
    let shared: Vec<f64> = ends.iter().copied().chain([it.low, it.high, it.value]).collect();
    let (from, to) = span(&shared);
    let x = |value: f64| 4.0 + (value - from) / (to - from) * (WIDTH - 8.0);
    let class = class(it.low, it.high);
    let mut svg = open("mini", WIDTH, 20.0, Fit::Keep, it.title, it.desc);
    let _ = write!(
        svg,
        "<path class=\"zero\" d=\"M{} 2V18\"/><path class=\"whisker {class}\" d=\"M{} 10H{}\"/>\
         <circle class=\"point {class}\" cx=\"{}\" cy=\"10\" r=\"4\"/></svg>",
        at(x(0.0)),
        at(x(it.low)),
        at(x(it.high)),
        at(x(it.value))
    );
    svg
}
