//! A rising risk with its interval, beside everybody's: one point for each message within 30 days.

use super::scale::ceiling;
use super::{Curve, Fit, at, open};
use std::fmt::Write as _;

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 120.0;

/// Draws points `(everybody, own, low, high)` in order.
pub(crate) fn band(points: &[(f64, f64, f64, f64)], title: &str, desc: &str) -> Curve {
    let most = points.iter().map(|(everybody, _, _, high)| everybody.max(*high)).filter(|v| v.is_finite());
    let top = ceiling(most.fold(0.0, f64::max));
    let steps = points.len().saturating_sub(1).max(1) as f64;
    let place = |step: usize, value: f64| {
        let y = HEIGHT - (value / top).clamp(0.0, 1.0) * (HEIGHT - 4.0);
        format!("{} {}", at(step as f64 / steps * WIDTH), at(y))
    };
    let line = |pick: fn(&(f64, f64, f64, f64)) -> f64, back: bool| {
        let mut places: Vec<String> =
            points.iter().enumerate().map(|(step, point)| place(step, pick(point))).collect();
        if back {
            places.reverse();
        }
        places.join("L")
    };
    let mut svg = open("chart curve", WIDTH, HEIGHT, Fit::Stretch, title, desc);
    if !points.is_empty() {
        let _ = write!(
            svg,
            "<path class=\"between\" d=\"M{}L{}Z\"/><path class=\"line control\" d=\"M{}\"/><path class=\"line treated\" d=\"M{}\"/>",
            line(|point| point.3, false),
            line(|point| point.2, true),
            line(|point| point.0, false),
            line(|point| point.1, false),
        );
    }
    svg.push_str("</svg>");
    Curve { svg, top }
}
