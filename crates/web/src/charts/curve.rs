//! Revenue per customer as it adds up after launch: those who got the message beside those held out.

use super::scale::ceiling;
use super::{Fit, at, open};
use std::fmt::Write as _;

/// A drawn curve and the top of its axis.
pub(crate) struct Curve {
    /// The drawing.
    pub(crate) svg: String,
    /// Value at the top edge.
    pub(crate) top: f64,
}

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 220.0;

/// Draws points `(day, treated, control)`, in the order of days.
pub(crate) fn curve(points: &[(u32, f64, f64)], title: &str, desc: &str) -> Curve {
    let most = points.iter().flat_map(|(_, t, c)| [*t, *c]).filter(|v| v.is_finite()).fold(0.0, f64::max);
    let top = ceiling(most);
    let last = points.iter().map(|(day, ..)| *day).max().unwrap_or(1).max(1);
    let x = |day: u32| f64::from(day) / f64::from(last) * WIDTH;
    let y = |value: f64| HEIGHT - (value / top).clamp(0.0, 1.0) * (HEIGHT - 4.0);
    let mut svg = open("chart curve", WIDTH, HEIGHT, Fit::Stretch, title, desc);
    for line in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let _ = write!(svg, "<path class=\"grid\" d=\"M0 {}H{WIDTH}\"/>", at(y(line * top)));
    }
    let line = |pick: fn(&(u32, f64, f64)) -> f64| {
        points.iter().enumerate().fold(String::new(), |mut path, (place, point)| {
            let letter = if place == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{} {}", at(x(point.0)), at(y(pick(point))));
            path
        })
    };
    let (treated, control) = (line(|point| point.1), line(|point| point.2));
    let back = points.iter().rev().fold(String::new(), |mut path, point| {
        let _ = write!(path, "L{} {}", at(x(point.0)), at(y(point.2)));
        path
    });
    if !points.is_empty() {
        let _ = write!(
            svg,
            "<path class=\"between\" d=\"{treated}{back}Z\"/><path class=\"line control\" d=\"{control}\"/>\
             <path class=\"line treated\" d=\"{treated}\"/>"
        );
    }
    svg.push_str("</svg>");
    Curve { svg, top }
}
