//! Intervals for two shares, by their scores, so that they keep their content in small groups and near 0.
//!
//! The ratio inverts the score test (Koopman 1984, Biometrics 40:513-517; the restricted shares as in Miettinen and Nurminen
//! 1985, Statistics in Medicine 4:213-226): it excludes 1 exactly when Pearson's chi-squared test tells the shares apart.
//! The difference joins two Wilson intervals (Newcombe 1998, Statistics in Medicine 17:873-890, method 10), which is the
//! method of variance estimates recovery with score limits. Both take a quantile, so that the caller can widen them for as
//! many comparisons as it makes.

use statrs::distribution::{ContinuousCDF, Normal};
use terms::estimate::{Estimate, Evidence};

/// Hits among `n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Hits.
    pub hits: u64,
    /// Of how many.
    pub n: u64,
}

impl Share {
    /// The share itself; not a number where there is nobody.
    #[must_use]
    pub fn value(self) -> f64 {
        self.hits as f64 / self.n as f64
    }
}

/// Two-sided quantile of the normal distribution for intervals that hold `level` together, as many as `comparisons`, by
/// Bonferroni's inequality (Dunn 1961, JASA 56:52-64): it asks nothing of how the comparisons depend on each other.
#[must_use]
pub fn quantile(level: f64, comparisons: usize) -> f64 {
    let apart = (1.0 - level.clamp(0.0, 0.999_999)) / comparisons.max(1) as f64;
    Normal::new(0.0, 1.0).map_or(f64::INFINITY, |normal| normal.inverse_cdf(1.0 - apart / 2.0))
}

/// Score interval of a share at a quantile (Wilson 1927).
#[must_use]
pub fn share(of: Share, z: f64) -> (f64, f64) {
    let (n, p) = (of.n as f64, of.value());
    let scale = 1.0 + z * z / n;
    let centre = (p + z * z / (2.0 * n)) / scale;
    let half = z / scale * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    ((centre - half).max(0.0).min(p), (centre + half).min(1.0).max(p))
}

/// Interval of `first - second`.
#[must_use]
pub fn difference(first: Share, second: Share, z: f64) -> (f64, f64) {
    let (p, q) = (first.value(), second.value());
    let ((low, high), (low_2, high_2)) = (share(first, z), share(second, z));
    let d = p - q;
    (d - (p - low).hypot(high_2 - q), d + (high - p).hypot(q - low_2))
}

/// Interval of `first / second`: from 0 where the first has no hits, up to infinity where the second has none.
#[must_use]
pub fn ratio(first: Share, second: Share, z: f64) -> (f64, f64) {
    let low = if first.hits == 0 { 0.0 } else { solve(first, second, z) };
    let high = if second.hits == 0 { f64::INFINITY } else { solve(first, second, -z) };
    (low, high)
}

/// How far the shares are from a ratio, in standard errors under it; falls as the ratio grows.
fn score(first: Share, second: Share, ratio: f64) -> f64 {
    let (m, n) = (first.n as f64, second.n as f64);
    let (x, y) = (first.hits as f64, second.hits as f64);
    let (a, b, c) = ((m + n) * ratio, m * ratio + x + n + y * ratio, x + y);
    let second_share = 2.0 * c / (b + (b * b - 4.0 * a * c).max(0.0).sqrt());
    let first_share = (ratio * second_share).min(1.0);
    let variance =
        first_share * (1.0 - first_share) / m + ratio * ratio * second_share * (1.0 - second_share) / n;
    let distance = first.value() - ratio * second.value();
    if variance > 0.0 {
        distance / variance.sqrt()
    } else {
        // Both shares are 0 or 1 under this ratio: it fits exactly or not at all.
        match distance.total_cmp(&0.0) {
            std::cmp::Ordering::Less => f64::NEG_INFINITY,
            std::cmp::Ordering::Equal => 0.0,
            std::cmp::Ordering::Greater => f64::INFINITY,
        }
    }
}

fn solve(first: Share, second: Share, target: f64) -> f64 {
    // On the logarithm of the ratio: from e^-60 to e^60 holds every ratio of two counts that fit into 64 bits.
    let (mut low, mut high) = (-60.0_f64, 60.0_f64);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if score(first, second, middle.exp()) > target {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high).exp()
}

/// Two-sided p-value of the hypothesis that two shares are equal, by the score test (Pearson's chi-squared without
/// correction): 1 where there is nothing to tell.
#[must_use]
pub fn equal(first: Share, second: Share) -> f64 {
    let z = score(first, second, 1.0);
    let Ok(normal) = Normal::new(0.0, 1.0) else { return 1.0 };
    if z.is_nan() { 1.0 } else { 2.0 * normal.cdf(-z.abs()) }
}

/// The larger interval of an estimate that was found too: for figures that hold for the worst of several comparisons.
pub(super) fn evidence(value: f64, (low, high): (f64, f64), n: u64, level: f64) -> Evidence {
    let interval = terms::estimate::Interval { low: low.min(value), high: high.max(value), level };
    Evidence::Sufficient(Estimate { value, interval, n })
}

#[cfg(test)]
mod tests {
    use super::*;

    const Z: f64 = 1.959_963_984_540_054;

    fn of(hits: u64, n: u64) -> Share {
        Share { hits, n }
    }

    #[test]
    fn the_interval_of_a_ratio_is_the_printed_one() {
        // Koopman 1984, the example with 36 of 40 against 16 of 80: 4.5, (2.94, 7.15).
        let (low, high) = ratio(of(36, 40), of(16, 80), Z);
        assert!((low - 2.94).abs() < 5e-3 && (high - 7.15).abs() < 5e-3, "{low} {high}");
        // Turned around it is the inverse.
        let (turned_low, turned_high) = ratio(of(16, 80), of(36, 40), Z);
        assert!((turned_low * high - 1.0).abs() < 1e-9 && (turned_high * low - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_interval_of_a_difference_is_the_printed_one() {
        // Newcombe 1998, table II, method 10.
        for (first, second, low, high) in [
            (of(56, 70), of(48, 80), 0.0524, 0.3339),
            (of(9, 10), of(3, 10), 0.1705, 0.8090),
            (of(10, 10), of(0, 20), 0.6791, 1.0),
            (of(0, 10), of(0, 20), -0.1611, 0.2775),
        ] {
            let found = difference(first, second, Z);
            assert!((found.0 - low).abs() < 5e-5 && (found.1 - high).abs() < 5e-5, "{found:?}");
        }
    }

    #[test]
    fn a_ratio_is_told_from_one_exactly_when_the_chi_squared_test_says_so() {
        for (x, y) in (0..=40).flat_map(|x| (0..=40).map(move |y| (x, y))) {
            let (first, second) = (of(x, 60), of(y, 45));
            if x + y == 0 {
                continue;
            }
            let (low, high) = ratio(first, second, Z);
            let outside = low > 1.0 || high < 1.0;
            assert_eq!(outside, equal(first, second) < 0.05, "{x} {y}: {low} {high}");
        }
    }

    #[test]
    fn nobody_selected_gives_ends_and_not_nonsense() {
        assert_eq!(ratio(of(0, 50), of(10, 50), Z).0, 0.0);
        assert_eq!(ratio(of(10, 50), of(0, 50), Z).1, f64::INFINITY);
        assert!(ratio(of(50, 50), of(50, 50), Z).0 > 0.9);
        assert_eq!(equal(of(0, 50), of(0, 50)), 1.0);
    }
}
