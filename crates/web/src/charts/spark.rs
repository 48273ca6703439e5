//! A line as small as a word: one figure over time, with the height from which it counts as much.

use super::{Fit, at, open};
use std::fmt::Write as _;

/// Draws values, the oldest first, up to twice the `limit`.
pub(crate) fn spark(values: &[f64], limit: f64, title: &str) -> String {
    const WIDTH: f64 = 120.0;
    const HEIGHT: f64 = 24.0;
    let y = |value: f64| {
        let share = if value.is_finite() { (value / (2.0 * limit)).clamp(0.0, 1.0) } else { 0.0 };
        HEIGHT - 3.0 - share * (HEIGHT - 6.0)
    };
    let last = values.len().saturating_sub(1).max(1) as f64;
    let x = |place: usize| 4.0 + place as f64 / last * (WIDTH - 8.0);
    let mut svg = open("mini", WIDTH, HEIGHT, Fit::Keep, title, "");
    let _ = write!(svg, "<path class=\"zero\" d=\"M2 {}H{}\"/>", at(y(limit)), at(WIDTH - 2.0));
    let mut path = String::new();
    for (place, value) in values.iter().enumerate() {
        let _ = write!(path, "{}{} {}", if place == 0 { "M" } else { "L" }, at(x(place)), at(y(*value)));
    }
    let class = if values.last().is_some_and(|value| *value > limit) { "bad" } else { "unsure" };
    let _ = write!(svg, "<path class=\"whisker {class}\" d=\"{path}\"/>");
    if let Some(value) = values.last() {
        let place = values.len().saturating_sub(1);
        let _ = write!(
            svg,
            "<circle class=\"point {class}\" cx=\"{}\" cy=\"{}\" r=\"3\"/>",
            at(x(place)),
            at(y(*value))
        );
    }
    svg.push_str("</svg>");
    svg
}
