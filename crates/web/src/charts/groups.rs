//! Rates of groups, each a dot with its interval on one scale, against the rate that the policy asks of every group.

use super::{Fit, at, escape, open};
use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const LEFT: f64 = 190.0;
const ROW: f64 = 30.0;
const TOP: f64 = 12.0;

/// A group.
pub(crate) struct GroupDot {
    /// Its name.
    pub(crate) name: String,
    /// Rate, 0 to 1.
    pub(crate) rate: f64,
    /// Lower end.
    pub(crate) low: f64,
    /// Upper end.
    pub(crate) high: f64,
}

/// A name that fits beside its dot.
pub(super) fn short(name: &str) -> String {
    const MOST: usize = 26;
    if name.chars().count() <= MOST {
        name.to_owned()
    } else {
        name.chars().take(MOST - 1).chain(['…']).collect()
    }
}

/// Draws groups; `limit` is the lowest rate that is accepted, `label` writes a rate.
pub(crate) fn groups(
    dots: &[GroupDot],
    limit: f64,
    label: &dyn Fn(f64) -> String,
    title: &str,
    desc: &str,
) -> String {
    let ends = dots.iter().map(|dot| dot.high).chain([limit]).filter(|end| end.is_finite());
    let top = super::scale::ceiling(ends.fold(0.0, f64::max)).clamp(f64::MIN_POSITIVE, 1.0);
    let x = |value: f64| LEFT + (value / top).clamp(0.0, 1.0) * (WIDTH - LEFT - 24.0);
    let floor = TOP + ROW * dots.len() as f64;
    let mut svg = open("chart interval groups", WIDTH, floor + 26.0, Fit::Keep, title, desc);
    for part in [0.0, 0.5, 1.0] {
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{x} {TOP}V{floor}\"/><text class=\"tick\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{words}</text>",
            x = at(x(part * top)),
            floor = at(floor),
            y = at(floor + 18.0),
            words = escape(label(part * top))
        );
    }
    let _ = write!(svg, "<path class=\"zero\" d=\"M{l} {TOP}V{f}\"/>", l = at(x(limit)), f = at(floor));
    for (place, dot) in dots.iter().enumerate() {
        let y = TOP + ROW * (place as f64 + 0.5);
        let class = if dot.rate < limit { "bad" } else { "good" };
        let _ = write!(
            svg,
            "<text class=\"tick\" x=\"{edge}\" y=\"{ty}\" text-anchor=\"end\">{name}</text>\
             <path class=\"whisker {class}\" d=\"M{a} {y}H{b}\"/><circle class=\"point {class}\" cx=\"{p}\" cy=\"{y}\" r=\"6\"/>",
            edge = at(LEFT - 12.0),
            ty = at(y + 4.0),
            name = escape(short(&dot.name)),
            a = at(x(dot.low)),
            b = at(x(dot.high)),
            p = at(x(dot.rate)),
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
    fn groups_below_the_limit_are_told_apart_and_nothing_leaves_the_drawing() {
        let dot = |name: &str, rate, low, high| GroupDot { name: name.into(), rate, low, high };
        let dots = [dot("<a>", 0.5, 0.4, 0.6), dot("b", 0.1, f64::NAN, 9.0)];
        let svg = groups(&dots, 0.4, &|value| format!("{value:.2}"), "t", "d");
        assert!(svg.contains("point good") && svg.contains("point bad") && !svg.contains("<a>"));
        assert!(!svg.contains("NaN") && !groups(&[], 0.0, &|v| v.to_string(), "t", "d").contains("NaN"));
    }
}
