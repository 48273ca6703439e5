//! Charts as SVG, drawn here: no library, no script, no colour of their own.
//!
//! Goes in: numbers and words. Comes out: an `<svg>` element with `<title>` and `<desc>`. Colours are CSS classes
//! (`s-churned`, `c-accent`), so light and dark need one drawing. Every coordinate goes through [`at`], which turns
//! what is not finite into 0: a chart never holds `NaN`. Each page shows the same figures as a table too.

mod area;
mod band;
mod bar;
mod consent;
mod curve;
mod groups;
mod interval;
mod lessons;
mod migration;
mod rates;
mod scale;
mod spans;
mod spark;
mod square;
mod stage_bar;

pub(crate) use area::{Area, area};
pub(crate) use band::band;
pub(crate) use bar::{bar, signed_bar};
pub(crate) use consent::{Part, bands, months};
pub(crate) use curve::{Curve, curve};
pub(crate) use groups::{GroupDot, groups};
pub(crate) use interval::{Interval, interval, whisker};
pub(crate) use lessons::{Square as LessonSquare, lessons};
pub(crate) use migration::{Moves, migration};
pub(crate) use rates::rates;
pub(crate) use scale::heat;
pub(crate) use spans::{Span, spans};
pub(crate) use spark::spark;
pub(crate) use square::{Square, square};
pub(crate) use stage_bar::stage_bar;

use std::fmt::Display;

/// Class that fills with a stage's colour.
pub(crate) const fn stage_class(stage: terms::stage::Stage) -> &'static str {
    use terms::stage::Stage;
    match stage {
        Stage::Prospect => "s-prospect",
        Stage::New => "s-new",
        Stage::Active => "s-active",
        Stage::AtRisk => "s-at_risk",
        Stage::Churned => "s-churned",
        Stage::Reactivated => "s-reactivated",
    }
}

/// A coordinate with two digits; 0 for what is not finite.
fn at(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text that is safe inside SVG.
fn escape(text: impl Display) -> String {
    text.to_string().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Opens an `<svg>` with its title and description; `stretch` lets it fill its box in both directions.
fn open(class: &str, width: f64, height: f64, fit: Fit, title: &str, desc: &str) -> String {
    open_as("img", class, width, height, fit, title, desc)
}

/// The same with another role: `group` for a drawing that holds links.
fn open_as(role: &str, class: &str, width: f64, height: f64, fit: Fit, title: &str, desc: &str) -> String {
    let fit = match fit {
        Fit::Stretch => " preserveAspectRatio=\"none\"",
        Fit::Keep => "",
    };
    let (title, desc) = (escape(title), escape(desc));
    let (width, height) = (at(width), at(height));
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\"{fit} role=\"{role}\" aria-label=\"{title}\">\
         <title>{title}</title><desc>{desc}</desc>"
    )
}

/// How a drawing fits its box.
#[derive(Clone, Copy)]
enum Fit {
    /// Fills it; only for drawings without text or circles.
    Stretch,
    /// Keeps its shape.
    Keep,
}

#[cfg(test)]
mod tests;
