//! One bar: a share of a whole, or a push to the left or right.

use super::{Fit, at, open};
use std::fmt::Write as _;

/// A bar filled to a share (0 to 1) of its width; the words beside it carry the value.
pub(crate) fn bar(share: f64, class: &str) -> String {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let width = if share > 0.0 { (share * 100.0).max(0.6) } else { 0.0 };
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"track\" width=\"100\" height=\"8\" rx=\"1\"/>\
         <rect class=\"{class}\" width=\"{}\" height=\"8\" rx=\"1\"/></svg>",
        at(width)
    )
}

/// A bar from the middle: to the right for what adds, to the left for what takes away. `most` fills one side.
pub(crate) fn signed_bar(value: f64, most: f64, title: &str) -> String {
    let share = if most > 0.0 && value.is_finite() { (value.abs() / most).min(1.0) } else { 0.0 };
    let width = (share * 50.0).max(0.4);
    let (x, class) = if value < 0.0 { (50.0 - width, "minus") } else { (50.0, "plus") };
    let mut svg = open("bar signed", 100.0, 8.0, Fit::Stretch, title, "");
    let _ = write!(
        svg,
        "<rect class=\"track\" width=\"100\" height=\"8\"/><rect class=\"{class}\" x=\"{}\" width=\"{}\" height=\"8\"/>\
         <path class=\"zero\" d=\"M50 0V8\"/></svg>",
        at(x),
        at(width)
    );
    svg
}
