//! Who moved where: ribbons from the stages at the start of a period to the stages at its end, each a link to the
//! customers behind it. Those who stayed are not drawn (they would drown the rest); the table beside it has them.

use super::{Fit, at, escape, open_as};
use std::fmt::Write as _;
use terms::stage::Stage;

const WIDTH: f64 = 580.0;
const HEIGHT: f64 = 300.0;
const GAP: f64 = 16.0;
const NODE: f64 = 10.0;
const LABEL: f64 = 138.0;

/// What the drawing asks its page for.
pub(crate) struct Moves<'a> {
    /// Title.
    pub(crate) title: &'a str,
    /// Description.
    pub(crate) desc: &'a str,
    /// Name of a stage.
    pub(crate) stage: &'a dyn Fn(Stage) -> String,
    /// A count in words.
    pub(crate) count: &'a dyn Fn(f64) -> String,
    /// Customers who move from the first stage to the second.
    pub(crate) moved: &'a dyn Fn(Stage, Stage) -> f64,
    /// More about a move, such as its revenue; may be empty.
    pub(crate) more: &'a dyn Fn(Stage, Stage) -> String,
    /// Address of the customers behind a move.
    pub(crate) link: &'a dyn Fn(Stage, Stage) -> String,
}

impl Moves<'_> {
    fn cell(&self, from: Stage, to: Stage) -> f64 {
        let moved = if from == to { 0.0 } else { (self.moved)(from, to) };
        if moved.is_finite() { moved.max(0.0) } else { 0.0 }
    }
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

/// Moves of less than half a customer are not drawn.
const SMALLEST: f64 = 0.5;

/// Draws moves. Empty when nobody moves.
pub(crate) fn migration(moves: &Moves<'_>) -> String {
    let drawn = |from: Stage, to: Stage| {
        let cell = moves.cell(from, to);
        if cell < SMALLEST { 0.0 } else { cell }
    };
    let sum = |pick: &dyn Fn(Stage) -> f64| -> Vec<(Stage, f64)> {
        Stage::ALL.iter().map(|stage| (*stage, pick(*stage))).filter(|(_, total)| *total > 0.0).collect()
    };
    let left = sum(&|from| Stage::ALL.iter().map(|to| drawn(from, *to)).sum());
    let right = sum(&|to| Stage::ALL.iter().map(|from| drawn(*from, to)).sum());
    let total: f64 = left.iter().map(|(_, count)| count).sum();
    if total <= 0.0 {
        return String::new();
    }
    let nodes = left.len().max(right.len()) as f64;
    let scale = (HEIGHT - GAP * nodes).max(60.0) / total;
    let (left, right) = (stack(&left, scale), stack(&right, scale));
    let (x0, x1) = (LABEL + NODE, WIDTH - LABEL - NODE);
    let middle = (x0 + x1) / 2.0;

    let mut svg = open_as("group", "chart migration", WIDTH, HEIGHT, Fit::Keep, moves.title, moves.desc);
    let mut arrived: Vec<(Stage, f64)> = right.iter().map(|(stage, y, _)| (*stage, *y)).collect();
    for (from, top, _) in &left {
        let mut y = *top;
        for (to, target) in &mut arrived {
            let count = drawn(*from, *to);
            if count <= 0.0 {
                continue;
            }
            let thick = count * scale;
            let (a, b, c, d) = (at(y), at(y + thick), at(*target), at(*target + thick));
            let (x0, x1, m) = (at(x0), at(x1), at(middle));
            let tip = escape(format!(
                "{} → {}: {} {}",
                (moves.stage)(*from),
                (moves.stage)(*to),
                (moves.count)(count),
                (moves.more)(*from, *to)
            ));
            let tip = tip.trim_end();
            let _ = write!(
                svg,
                "<a href=\"{}\" aria-label=\"{tip}\"><path class=\"ribbon s-{from}\" \
                 d=\"M{x0} {a}C{m} {a} {m} {c} {x1} {c}V{d}C{m} {d} {m} {b} {x0} {b}Z\"><title>{tip}</title></path></a>",
                escape((moves.link)(*from, *to))
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
                escape((moves.stage)(*stage)),
                escape((moves.count)(height / scale)),
            );
        }
    }
    svg.push_str("</svg>");
    svg
}
