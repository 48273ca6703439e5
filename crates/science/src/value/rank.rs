//! Where a value ranks, in thousandths.

/// The permille, 1 to 1,000, that belongs to a percentile rank: 1,000 is the best thousandth.
///
/// ```
/// assert_eq!(science::value::permille(99.95), 1_000);
/// ```
#[must_use]
pub fn permille(percentile: f64) -> u32 {
    ((percentile * 10.0).floor().clamp(0.0, 999.0) as u32) + 1
}

#[cfg(test)]
mod tests {
    use super::permille;

    #[test]
    fn the_lowest_is_in_the_first_thousandth_and_the_highest_in_the_last() {
        assert_eq!([0.0, 0.05, 0.1, 50.0, 99.95, 100.0].map(permille), [1, 1, 2, 501, 1_000, 1_000]);
        assert_eq!(permille(f64::NAN), 1);
    }
}
