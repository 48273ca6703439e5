//! Who moved where: ribbons from the stages at the start of a period to the stages at its end. Those who stayed are
//! not drawn (they would drown the rest); the table beside it has them.

use super::{Fit, at, escape, open};
use std::fmt::Write as _;
use terms::stage::Stage;

const WIDTH: f64 = 580.0;
const HEIGHT: f64 = 300.0;
const GAP: f64 = 16.0;
const NODE: f64 = 10.0;
const LABEL: f64 = 138.0;

/// Words the drawing needs.
pub(crate) struct Words<'a> {
    /// Title.
    pub(crate) title: &'a str,
    /// Description.
    pub(crate) desc: &'a str,
    /// Name of a stage.
    pub(crate) stage: &'a dyn Fn(Stage) -> String,
    /// A count.
    pub(crate) count: &'a dyn Fn(f64) -> String,
}

fn cell(moves: &[Vec<u64>], from: Stage, to: Stage) -> f64 {
    if from == to {
        return 0.0;
    }
    moves.get(from.index()).and_then(|row| row.get(to.index())).map_or(0.0, |count| *count as f64)
}

/// Top of each stage's node, and its height, for totals in the order of [`Stage::ALL`].
fn stack(totals: &[(Stage, f64)], scale: f64) -> Vec<(Stage, f64, f64)> {
    let used: f64 = totals.iter().map(|(_, total)| total * scale).sum();
    let free = (HEIGHT - used) / totals.len().max(1) as f64;
    let mut y = free.min(GAP * 2.0) / 2.0;
    let gap = if totals.len() > 1 { (HEIGHT - used - y * 2.0) / (totals.len() - 1) as f64 } else { 0.0 };
    totals
        .iter()
        .map(|(stage, total)| {
            let node = (*stage, y, total * scale);
            y += total * scale + gap;
            node
        })
        .collect()
}

/// Draws moves: rows from, columns to, in the order of [`Stage::ALL`]. Empty when nobody moved.
pub(crate) fn migration(moves: &[Vec<u64>], words: &Words<'_>) -> String {
    let sum = |pick: &dyn Fn(Stage) -> f64| -> Vec<(Stage, f64)> {
        Stage::ALL.iter().map(|stage| (*stage, pick(*stage))).filter(|(_, total)| *total > 0.0).collect()
    };
    let left = sum(&|from| Stage::ALL.iter().map(|to| cell(moves, from, *to)).sum());
    let right = sum(&|to| Stage::ALL.iter().map(|from| cell(moves, *from, to)).sum());
    let total: f64 = left.iter().map(|(_, count)| count).sum();
    if total <= 0.0 {
        return String::new();
    }
    let nodes = left.len().max(right.len()) as f64;
    let scale = (HEIGHT - GAP * nodes).max(60.0) / total;
    let (left, right) = (stack(&left, scale), stack(&right, scale));
    let (x0, x1) = (LABEL + NODE, WIDTH - LABEL - NODE);
    let middle = (x0 + x1) / 2.0;

    let mut svg = open("chart migration", WIDTH, HEIGHT, Fit::Keep, words.title, words.desc);
    let mut arrived: Vec<(Stage, f64)> = right.iter().map(|(stage, y, _)| (*stage, *y)).collect();
    for (from, top, _) in &left {
        let mut y = *top;
        for (to, target) in &mut arrived {
            let count = cell(moves, *from, *to);
            if count <= 0.0 {
                continue;
            }
            let thick = count * scale;
            let (a, b, c, d) = (at(y), at(y + thick), at(*target), at(*target + thick));
            let (x0, x1, m) = (at(x0), at(x1), at(middle));
            let tip = escape(format!(
                "{} → {}: {}",
                (words.stage)(*from),
                (words.stage)(*to),
                (words.count)(count)
            ));
            let _ = write!(
                svg,
                "<path class=\"ribbon s-{from}\" d=\"M{x0} {a}C{m} {a} {m} {c} {x1} {c}V{d}C{m} {d} {m} {b} {x0} {b}Z\">\
                 <title>{tip}</title></path>"
            );
            y += thick;
            *target += thick;
        }
    }
    for (nodes, x, label, anchor) in
        [(&left, LABEL, LABEL - 10.0, "end"), (&right, x1, x1 + NODE + 10.0, "start")]
    {
        for (stage, y, height) in nodes {
            let _ = write!(
                svg,
                "<rect class=\"s-{stage}\" x=\"{}\" y=\"{}\" width=\"{NODE}\" height=\"{}\" rx=\"2\"/>\
                 <text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\"><tspan class=\"name\">{}</tspan> \
                 <tspan class=\"count\" dx=\"4\">{}</tspan></text>",
                at(x),
                at(*y),
                at(height.max(1.5)),
                at(label),
                at(y + height / 2.0 + 4.0),
                escape((words.stage)(*stage)),
                escape((words.count)(height / scale)),
            );
        }
    }
    svg.push_str("</svg>");
    svg
}
