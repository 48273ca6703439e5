//! Consents over time: one band for each purpose and channel, and grants beside refusals by month.

use super::scale::ceiling;
use super::{Fit, at, escape, open};
use std::fmt::Write as _;

const WIDTH: f64 = 900.0;
const LABEL: f64 = 220.0;
const ROW: f64 = 30.0;
const BAND: f64 = 14.0;

/// A stretch of one band, in any unit of time.
pub(crate) struct Part {
    /// From.
    pub(crate) from: f64,
    /// To; `None` goes on to the end.
    pub(crate) to: Option<f64>,
    /// Class that fills it.
    pub(crate) class: &'static str,
    /// What it says, for whoever points at it.
    pub(crate) title: String,
}

/// Draws bands between two times, with a line at the time asked about.
pub(crate) fn bands(
    rows: &[(String, Vec<Part>)],
    (from, to): (f64, f64),
    asked: f64,
    ends: (&str, &str),
    title: &str,
    desc: &str,
) -> String {
    let height = ROW * rows.len() as f64 + 24.0;
    let span = (to - from).max(1.0);
    let x = |time: f64| LABEL + ((time - from) / span).clamp(0.0, 1.0) * (WIDTH - LABEL);
    let mut svg = open("chart bands", WIDTH, height, Fit::Keep, title, desc);
    for (place, (name, parts)) in rows.iter().enumerate() {
        let y = ROW * place as f64 + (ROW - BAND) / 2.0;
        let _ = write!(
            svg,
            "<text class=\"name\" x=\"0\" y=\"{}\">{}</text><rect class=\"track\" x=\"{LABEL}\" y=\"{}\" width=\"{}\" height=\"{BAND}\" rx=\"2\"/>",
            at(y + 11.0),
            escape(name),
            at(y),
            at(WIDTH - LABEL)
        );
        for part in parts {
            let (left, right) = (x(part.from), x(part.to.unwrap_or(to)));
            let _ = write!(
                svg,
                "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{BAND}\" rx=\"2\"><title>{}</title></rect>",
                part.class,
                at(left),
                at(y),
                at((right - left).max(2.0)),
                escape(&part.title)
            );
        }
    }
    let bottom = ROW * rows.len() as f64;
    let _ = write!(
        svg,
        "<path class=\"asked\" d=\"M{0} 0V{1}\"/><text class=\"tick\" x=\"{LABEL}\" y=\"{2}\">{3}</text>\
         <text class=\"tick\" x=\"{WIDTH}\" y=\"{2}\" text-anchor=\"end\">{4}</text></svg>",
        at(x(asked)),
        at(bottom),
        at(bottom + 16.0),
        escape(ends.0),
        escape(ends.1)
    );
    svg
}

/// Draws two columns for each month: grants up, refusals and withdrawals down. Comes out: the drawing, and the value at
/// its upper and lower edge.
pub(crate) fn months(counts: &[(i64, i64)], title: &str, desc: &str) -> (String, f64) {
    const HEIGHT: f64 = 180.0;
    let most = counts.iter().flat_map(|(up, down)| [*up, *down]).max().unwrap_or(0);
    let top = ceiling(most as f64);
    let middle = HEIGHT / 2.0;
    let step = WIDTH / counts.len().max(1) as f64;
    let mut svg = open("chart months", WIDTH, HEIGHT, Fit::Stretch, title, desc);
    for line in [0.0, middle, HEIGHT] {
        let _ = write!(svg, "<path class=\"grid\" d=\"M0 {}H{WIDTH}\"/>", at(line));
    }
    for (place, (up, down)) in counts.iter().enumerate() {
        let x = at(step * place as f64 + step * 0.15);
        let width = at(step * 0.7);
        let tall = |count: i64| (count as f64 / top).clamp(0.0, 1.0) * (middle - 2.0);
        let (up, down) = (tall(*up), tall(*down));
        let _ = write!(
            svg,
            "<rect class=\"yes\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{}\"/>\
             <rect class=\"no\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{}\"/>",
            at(middle - up),
            at(up),
            at(middle),
            at(down)
        );
    }
    svg.push_str("</svg>");
    (svg, top)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_stays_within_its_row_whatever_the_times() {
        let part = |from, to| Part { from, to, class: "yes", title: "<b>".into() };
        let rows =
            vec![("Marketing".to_owned(), vec![part(-5.0, Some(2.0)), part(2.0, None), part(99.0, None)])];
        let svg = bands(&rows, (0.0, 10.0), 5.0, ("a", "b"), "t", "d");
        assert!(!svg.contains("NaN") && !svg.contains("<b>") && !svg.contains("=\"-"), "{svg}");
        assert_eq!(svg.matches("<rect class=\"yes\"").count(), 3);
        let empty = bands(&[], (0.0, 0.0), 0.0, ("a", "b"), "t", "d");
        assert!(empty.ends_with("</svg>") && !empty.contains("NaN"));
    }

    #[test]
    fn the_tallest_month_stays_within_the_drawing() {
        let (svg, top) = months(&[(0, 0), (7, 120), (33, 1)], "t", "d");
        assert!(top >= 120.0 && !svg.contains("NaN"));
        assert_eq!(svg.matches("<rect").count(), 6);
        assert!(!months(&[], "t", "d").0.contains("NaN"));
    }
}
