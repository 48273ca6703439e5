//! The stage bar: all customers in one line, one colour a stage.

use super::{Fit, at, escape, open};
use std::fmt::Write as _;
use terms::stage::Stage;

const GAP: f64 = 3.0;
const WIDTH: f64 = 1_000.0;

/// Draws stages with their counts and the words for each (`Active: 8,112`).
pub(crate) fn stage_bar(stages: &[(Stage, u64, String)], title: &str) -> String {
    let shown: Vec<_> = stages.iter().filter(|(_, count, _)| *count > 0).collect();
    let total: u64 = shown.iter().map(|(_, count, _)| *count).sum();
    let room = WIDTH - GAP * shown.len().saturating_sub(1) as f64;
    let desc = shown.iter().map(|(.., words)| words.as_str()).collect::<Vec<_>>().join("; ");
    let mut svg = open("stage-bar", WIDTH, 14.0, Fit::Stretch, title, &desc);
    let mut x = 0.0;
    for (stage, count, words) in shown {
        let width = room * *count as f64 / total.max(1) as f64;
        let _ = write!(
            svg,
            "<rect class=\"s-{stage}\" x=\"{}\" width=\"{}\" height=\"14\"><title>{}</title></rect>",
            at(x),
            at(width.max(1.0)),
            escape(words)
        );
        x += width + GAP;
    }
    svg.push_str("</svg>");
    svg
}
