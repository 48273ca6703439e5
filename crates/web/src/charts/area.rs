//! Revenue by day: bars for the days, a line for the mean of seven.

use super::scale::ceiling;
use super::{Fit, at, open};
use std::fmt::Write as _;

/// A drawn area chart and the top of its axis.
pub(crate) struct Area {
    /// The drawing.
    pub(crate) svg: String,
    /// Value at the top edge.
    pub(crate) top: f64,
}

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 180.0;

/// Mean of each value with up to six before it.
fn weekly(values: &[f64]) -> Vec<f64> {
    (1..=values.len())
        .map(|end| {
            let week = values.get(end.saturating_sub(7)..end).unwrap_or_default();
            week.iter().sum::<f64>() / week.len().max(1) as f64
        })
        .collect()
}

/// Draws values, oldest first; the last `recent` are shown stronger.
pub(crate) fn area(values: &[f64], recent: usize, title: &str, desc: &str) -> Area {
    let top = ceiling(values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max));
    let step = WIDTH / values.len().max(1) as f64;
    let y = |value: f64| HEIGHT - (value.max(0.0) / top).min(1.0) * (HEIGHT - 4.0);
    let mut svg = open("chart area", WIDTH, HEIGHT, Fit::Stretch, title, desc);
    for line in [0.0, 0.5, 1.0] {
        let line = at(y(line * top));
        let _ = write!(svg, "<path class=\"grid\" d=\"M0 {line}H{WIDTH}\"/>");
    }
    let split = values.len().saturating_sub(recent);
    for (place, value) in values.iter().enumerate() {
        let class = if place >= split { "day recent" } else { "day" };
        let (x, top) = (at(place as f64 * step + step * 0.14), y(*value));
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            at(top),
            at(step * 0.72),
            at(HEIGHT - top)
        );
    }
    let mut path = String::new();
    for (place, value) in weekly(values).into_iter().enumerate() {
        let letter = if place == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{} {}", at((place as f64 + 0.5) * step), at(y(value)));
    }
    let _ = write!(svg, "<path class=\"line\" d=\"{path}\"/></svg>");
    Area { svg, top }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_the_mean_of_the_last_seven_days() {
        let mean = weekly(&[7.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 7.0]);
        assert_eq!(mean[0], 7.0);
        assert_eq!(mean[1], 3.5);
        assert_eq!(mean[6], 1.0);
        assert_eq!(mean[7], 1.0);
    }
}
