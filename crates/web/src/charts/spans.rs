//! Estimates on an axis of their own, each a bar from where nothing is to be seen to its value, with its interval.

use super::{Fit, at, escape, open};
use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const LEFT: f64 = 190.0;
const ROW: f64 = 26.0;
const TOP: f64 = 12.0;

/// One estimate.
pub(crate) struct Span {
    /// What it is of.
    pub(crate) name: String,
    /// Value.
    pub(crate) value: f64,
    /// Lower end.
    pub(crate) low: f64,
    /// Upper end.
    pub(crate) high: f64,
    /// Whether it is one to worry about.
    pub(crate) bad: bool,
}

/// Draws estimates on an axis between two ends; `mark` is where worry begins, `label` writes a value.
pub(crate) fn spans(
    spans: &[Span],
    (from, to): (f64, f64),
    mark: Option<f64>,
    label: &dyn Fn(f64) -> String,
    title: &str,
    desc: &str,
) -> String {
    let ends = spans.iter().map(|span| span.high).filter(|end| end.is_finite()).fold(0.0, f64::max);
    let to = if to.is_finite() { to } else { super::scale::ceiling(ends) };
    let x = |value: f64| {
        let part = (value - from) / (to - from);
        LEFT + if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) } * (WIDTH - LEFT - 24.0)
    };
    let floor = TOP + ROW * spans.len() as f64;
    let mut svg = open("chart interval groups", WIDTH, floor + 26.0, Fit::Keep, title, desc);
    for part in [0.0, 0.5, 1.0] {
        let value = from + part * (to - from);
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{x} {TOP}V{floor}\"/><text class=\"tick\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{words}</text>",
            x = at(x(value)),
            floor = at(floor),
            y = at(floor + 18.0),
            words = escape(label(value))
        );
    }
    if let Some(mark) = mark {
        let _ = write!(svg, "<path class=\"zero\" d=\"M{l} {TOP}V{f}\"/>", l = at(x(mark)), f = at(floor));
    }
    for (place, span) in spans.iter().enumerate() {
        let y = TOP + ROW * (place as f64 + 0.5);
        let class = if span.bad { "bad" } else { "good" };
        let _ = write!(
            svg,
            "<text class=\"tick\" x=\"{edge}\" y=\"{ty}\" text-anchor=\"end\">{name}</text>\
             <rect class=\"band {class}\" x=\"{LEFT}\" y=\"{by}\" width=\"{w}\" height=\"12\" rx=\"2\"/>\
             <path class=\"whisker {class}\" d=\"M{a} {y}H{b}\"/><circle class=\"point {class}\" cx=\"{p}\" cy=\"{y}\" r=\"5\"/>",
            edge = at(LEFT - 12.0),
            ty = at(y + 4.0),
            name = escape(super::groups::short(&span.name)),
            by = at(y - 6.0),
            w = at(x(span.value) - LEFT),
            a = at(x(span.low)),
            b = at(x(span.high)),
            p = at(x(span.value)),
            y = at(y),
        );
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_away_is_told_apart_and_nothing_leaves_the_drawing() {
        let span = |name: &str, value, low, high, bad| Span { name: name.into(), value, low, high, bad };
        let all = [span("<city>", 0.8, 0.7, 0.9, true), span("b", 0.4, f64::NAN, 9.0, false)];
        let svg = spans(&all, (0.5, 1.0), Some(0.6), &|value| format!("{value:.2}"), "t", "d");
        assert!(svg.contains("point good") && svg.contains("point bad") && !svg.contains("<city>"));
        assert!(!svg.contains("NaN") && !svg.contains("width=\"-"), "{svg}");
        let none = spans(&[], (0.0, f64::INFINITY), None, &|value| value.to_string(), "t", "d");
        assert!(!none.contains("NaN") && !none.contains("inf"), "{none}");
    }
}
