//! What a regression on counts reads off a history: figures without a unit, so that they mean the same in a short
//! past and in a long one.
//!
//! Goes in: a history, what the models expect, the horizon. Comes out: [`COUNT`] numbers with [`NAMES`]. Nothing here
//! is learned.

use crate::lifecycle::history::History;

/// Number of features.
pub const COUNT: usize = 14;

/// What each is, for reports.
pub const NAMES: [&str; COUNT] = [
    "expected by the models",
    "repeat purchases",
    "silence as a share of tenure",
    "silence beyond the own gap",
    "silence beyond two own gaps",
    "silence in own gaps",
    "bought once",
    "bought twice",
    "recent purchases against own rate",
    "last gap against own gap",
    "variation of gaps",
    "order value",
    "last order against own",
    "tenure against horizon",
];

/// The features of a history whose expected purchases within `days` are `expected`.
#[must_use]
pub fn of(h: &History, expected: f64, days: f64) -> [f64; COUNT] {
    let when = |yes: bool, value: f64| if yes { value } else { 0.0 };
    let (x, tenure) = (h.frequency, h.tenure.max(0.0) + 1.0);
    let gap = if x > 0.0 { h.gap_mean } else { tenure };
    let silence = ((h.silent + 1.0) / (gap + 1.0)).ln();
    // One gap says less about a rhythm than ten.
    let trust = x / (x + 1.0);
    let usual = (x + 1.0) * (90.0 / tenure).min(1.0);
    let order = h.order_value.max(0.0).ln_1p();
    [
        expected.max(1e-6).ln(),
        x.ln_1p(),
        ((h.silent + 1.0) / tenure).ln(),
        trust * silence.max(0.0),
        trust * (silence - std::f64::consts::LN_2).max(0.0),
        when(x > 0.0, silence),
        when(x == 0.0, 1.0),
        when(x == 1.0, 1.0),
        ((h.purchases_90 + 0.5) / (usual + 0.5)).ln(),
        when(x > 1.0, ((h.last_gap + 3.0) / (gap + 3.0)).ln()),
        when(x > 1.0, h.gap_sd / (gap + 1.0)),
        order,
        when(x > 0.0, h.last_amount.max(0.0).ln_1p() - order),
        (tenure / days.max(1.0)).ln(),
    ]
    .map(|value| value.clamp(-12.0, 12.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_stretched_in_time_keeps_its_shape() {
        let h = History {
            tenure: 2_000.0,
            silent: 300.0,
            last_gap: 150.0,
            frequency: 8.0,
            gap_mean: 212.5,
            gap_sd: 40.0,
            ..History::first_purchase(300.0, 20.0)
        };
        let long =
            History { tenure: 4_000.0, silent: 600.0, last_gap: 300.0, gap_mean: 425.0, gap_sd: 80.0, ..h };
        for (place, (a, b)) in of(&h, 2.0, 100.0).iter().zip(of(&long, 2.0, 200.0)).enumerate() {
            // Recent purchases are counted over fixed days.
            assert!(place == 8 || (a - b).abs() < 0.02, "{}: {a} {b}", NAMES[place]);
        }
    }

    #[test]
    fn an_empty_history_gives_finite_numbers() {
        assert!(of(&History::first_purchase(0.0, 0.0), 0.0, 0.0).iter().all(|v| v.is_finite()));
    }
}
