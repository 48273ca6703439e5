//! A share of a group with its interval, and the refusal to give one for a group that is too small.

use terms::estimate::{Estimate, Evidence, Interval};

use statrs::distribution::{ContinuousCDF, Normal};

/// The share `hits / n` with its score interval (Wilson 1927, JASA 22:209-212), or that the group is smaller than
/// `needed`. It lies within 0 and 1 and keeps its content at shares near the ends, where the usual one does not
/// (Brown, Cai and DasGupta 2001, Statistical Science 16:101-133).
#[must_use]
pub fn wilson(hits: u64, n: u64, needed: u64, level: f64) -> Evidence {
    if n < needed.max(1) || hits > n {
        return Evidence::Insufficient { n, needed };
    }
    let Ok(normal) = Normal::new(0.0, 1.0) else { return Evidence::Insufficient { n, needed } };
    let z = normal.inverse_cdf(0.5 + level.clamp(0.0, 0.999_999) / 2.0);
    let (size, share) = (n as f64, hits as f64 / n as f64);
    let scale = 1.0 + z * z / size;
    let centre = (share + z * z / (2.0 * size)) / scale;
    let half = z / scale * (share * (1.0 - share) / size + z * z / (4.0 * size * size)).sqrt();
    let interval = Interval {
        low: (centre - half).max(0.0).min(share),
        high: (centre + half).min(1.0).max(share),
        level,
    };
    Evidence::Sufficient(Estimate { value: share, interval, n })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(hits: u64, n: u64) -> (f64, f64) {
        match wilson(hits, n, 1, 0.95) {
            Evidence::Sufficient(estimate) => (estimate.interval.low, estimate.interval.high),
            Evidence::Insufficient { .. } => panic!("{hits} of {n}"),
        }
    }

    #[test]
    fn the_interval_is_the_printed_one() {
        // Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3.
        for (hits, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let found = interval(hits, n);
            assert!((found.0 - low).abs() < 5e-5 && (found.1 - high).abs() < 5e-5, "{hits}/{n}: {found:?}");
        }
    }

    #[test]
    fn a_small_group_is_insufficient_and_not_zero() {
        assert_eq!(wilson(3, 19, 20, 0.95), Evidence::Insufficient { n: 19, needed: 20 });
        assert_eq!(wilson(0, 0, 0, 0.95), Evidence::Insufficient { n: 0, needed: 0 });
        assert!(matches!(wilson(3, 20, 20, 0.95), Evidence::Sufficient(_)));
    }
}
