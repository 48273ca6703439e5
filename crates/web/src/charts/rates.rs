//! Two rates by month, before and after, each a point with its interval; what is not known is not drawn.

use super::scale::ceiling;
use super::{Fit, at, escape, open};
use std::fmt::Write as _;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 52.0;

/// A rate with the ends of its interval.
pub(crate) type Point = Option<(f64, f64, f64)>;

/// Draws months with their names; `label` writes a value of the axis.
pub(crate) fn rates(
    months: &[(String, Point, Point)],
    label: &dyn Fn(f64) -> String,
    title: &str,
    desc: &str,
) -> String {
    let ends = months.iter().flat_map(|(_, before, after)| [before, after]).flatten().map(|point| point.2);
    let top = ceiling(ends.filter(|end| end.is_finite()).fold(0.0, f64::max)).min(1.0);
    let y = |value: f64| 8.0 + (1.0 - (value / top).clamp(0.0, 1.0)) * (HEIGHT - 40.0);
    let mut svg = open("chart rates", WIDTH, HEIGHT, Fit::Keep, title, desc);
    for part in [0.0, 0.5, 1.0] {
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {y}H{WIDTH}\"/><text class=\"tick\" x=\"{x}\" y=\"{ty}\" text-anchor=\"end\">{words}</text>",
            y = at(y(part * top)),
            x = at(LEFT - 6.0),
            ty = at(y(part * top) + 4.0),
            words = escape(label(part * top))
        );
    }
    let step = (WIDTH - LEFT) / months.len().max(1) as f64;
    for (place, (name, before, after)) in months.iter().enumerate() {
        let middle = LEFT + step * (place as f64 + 0.5);
        let _ = write!(
            svg,
            "<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            at(middle),
            at(HEIGHT - 8.0),
            escape(name)
        );
        for (point, class, shift) in [(before, "bad", -7.0), (after, "good", 7.0)] {
            let Some((value, low, high)) = point else { continue };
            let _ = write!(
                svg,
                "<path class=\"whisker {class}\" d=\"M{x} {a}V{b}\"/><circle class=\"point {class}\" cx=\"{x}\" cy=\"{p}\" r=\"5\"/>",
                x = at(middle + shift),
                a = at(y(*low)),
                b = at(y(*high)),
                p = at(y(*value))
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_drawn_and_nothing_leaves_the_drawing() {
        let months = [
            ("<Oct>".to_owned(), Some((0.2, 0.1, 0.4)), None),
            ("Nov".to_owned(), None, Some((f64::NAN, 0.0, 2.0))),
            ("Dec".to_owned(), None, None),
        ];
        let svg = rates(&months, &|value| format!("{value:.2}"), "t", "d");
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(!svg.contains("NaN") && !svg.contains("<Oct>") && !svg.contains("=\"-"), "{svg}");
        assert!(!rates(&[], &|value| value.to_string(), "t", "d").contains("NaN"));
    }
}
