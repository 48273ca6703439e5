//! Where values lie on an axis, and how strong a colour is.

/// A round number at or above `most`: 1, 2, 2.5 or 5 times a power of ten. 1 when there is nothing to show.
pub(super) fn ceiling(most: f64) -> f64 {
    if !most.is_finite() || most <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(most.log10().floor());
    [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0]
        .into_iter()
        .map(|step| step * power)
        .find(|top| *top >= most * 0.999_999)
        .unwrap_or(10.0 * power)
}

/// Strength of a cell in a heat table, 0 (none) to 6 (most), on a square-root scale: small moves stay visible.
pub(crate) fn heat(value: f64, most: f64) -> u8 {
    if !(value > 0.0 && most > 0.0) {
        return 0;
    }
    ((value / most).sqrt() * 6.0).ceil().clamp(1.0, 6.0) as u8
}
