//! A line over two shares, both from 0 to 1, beside the diagonal: calibration and gains.

use super::{Fit, at, escape, open};
use std::fmt::Write as _;

/// What is drawn.
pub(crate) struct Square<'a> {
    /// Title.
    pub(crate) title: &'a str,
    /// Description.
    pub(crate) desc: &'a str,
    /// Words under the picture.
    pub(crate) x: &'a str,
    /// Words beside it.
    pub(crate) y: &'a str,
    /// Points, by x; each with a tip.
    pub(crate) points: Vec<(f64, f64, String)>,
}

const SIDE: f64 = 220.0;
const MARGIN: f64 = 34.0;

/// Draws the line with its points; empty without points.
pub(crate) fn square(what: &Square<'_>) -> String {
    let points: Vec<&(f64, f64, String)> =
        what.points.iter().filter(|(x, y, _)| x.is_finite() && y.is_finite()).collect();
    if points.is_empty() {
        return String::new();
    }
    let x = |share: f64| MARGIN + share.clamp(0.0, 1.0) * SIDE;
    let y = |share: f64| 6.0 + (1.0 - share.clamp(0.0, 1.0)) * SIDE;
    let (width, height) = (MARGIN + SIDE + 12.0, SIDE + 48.0);
    let mut svg = open("chart square", width, height, Fit::Keep, what.title, what.desc);
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let (gx, gy) = (at(x(share)), at(y(share)));
        let (left, right, top, bottom) = (at(x(0.0)), at(x(1.0)), at(y(1.0)), at(y(0.0)));
        let percent = at(share * 100.0);
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{left} {gy}H{right}M{gx} {top}V{bottom}\"/>\
             <text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{percent}</text>\
             <text class=\"tick\" x=\"{gx}\" y=\"{}\" text-anchor=\"middle\">{percent}</text>",
            at(x(0.0) - 5.0),
            at(y(share) + 3.5),
            at(y(0.0) + 14.0)
        );
    }
    let _ = write!(
        svg,
        "<path class=\"diagonal\" d=\"M{} {}L{} {}\"/>",
        at(x(0.0)),
        at(y(0.0)),
        at(x(1.0)),
        at(y(1.0))
    );
    let line = points.iter().enumerate().fold(String::new(), |mut path, (place, (px, py, _))| {
        let letter = if place == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{} {}", at(x(*px)), at(y(*py)));
        path
    });
    let _ = write!(svg, "<path class=\"line treated\" d=\"{line}\"/>");
    for (px, py, tip) in points {
        let (cx, cy) = (at(x(*px)), at(y(*py)));
        let _ = write!(
            svg,
            "<circle class=\"dot\" cx=\"{cx}\" cy=\"{cy}\" r=\"3.2\"><title>{}</title></circle>",
            escape(tip)
        );
    }
    let middle = at(x(0.5));
    let _ = write!(
        svg,
        "<text class=\"axis\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>\
         <text class=\"axis\" transform=\"translate(9 {}) rotate(-90)\" text-anchor=\"middle\">{}</text></svg>",
        at(y(0.0) + 34.0),
        escape(what.x),
        at(y(0.5)),
        escape(what.y)
    );
    svg
}
