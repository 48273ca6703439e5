//! One square for each lesson: read or not, and how many of its questions were right in the last test.

use super::{Fit, at, escape, open};
use std::fmt::Write as _;

/// A lesson of somebody.
pub(crate) struct Square {
    /// Whether it was read.
    pub(crate) read: bool,
    /// Right answers of two, if somebody was asked.
    pub(crate) right: Option<u32>,
    /// What it says in words.
    pub(crate) tip: String,
}

const SIDE: f64 = 22.0;
const GAP: f64 = 4.0;

/// Draws the row. The number of right answers stands in the square, so that colour is not needed to read it.
pub(crate) fn lessons(squares: &[Square], title: &str, desc: &str) -> String {
    let width = squares.len() as f64 * (SIDE + GAP) - GAP + 2.0;
    let mut svg = open("chart lessons", width.max(2.0), SIDE + 2.0, Fit::Keep, title, desc);
    for (place, square) in squares.iter().enumerate() {
        let x = place as f64 * (SIDE + GAP) + 1.0;
        let class = match square.right {
            Some(0) => "none",
            Some(1) => "half",
            Some(_) => "all",
            None if square.read => "read",
            None => "unread",
        };
        let _ = write!(
            svg,
            "<g class=\"l-{class}\"><title>{}</title><rect x=\"{}\" y=\"1\" width=\"{SIDE}\" height=\"{SIDE}\" rx=\"5\"/>",
            escape(&square.tip),
            at(x)
        );
        if let Some(right) = square.right {
            let _ = write!(
                svg,
                "<text x=\"{}\" y=\"16\" text-anchor=\"middle\">{right}</text>",
                at(x + SIDE / 2.0)
            );
        } else if square.read {
            let _ = write!(svg, "<circle cx=\"{}\" cy=\"12\" r=\"3\"/>", at(x + SIDE / 2.0));
        }
        svg.push_str("</g>");
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_says_what_it_is_without_its_colour_and_words_stay_words() {
        let square = |read, right| Square { read, right, tip: "<b>".to_owned() };
        let svg = lessons(&[square(true, Some(2)), square(true, None), square(false, None)], "t", "d");
        assert_eq!(svg.matches("<rect").count(), 3);
        assert!(svg.contains(">2</text>") && svg.contains("<circle") && svg.contains("&lt;b&gt;"), "{svg}");
        assert!(!svg.contains("<b>") && !svg.contains("NaN"));
        assert!(lessons(&[], "t", "d").contains("viewBox=\"0 0 2 "));
    }
}
