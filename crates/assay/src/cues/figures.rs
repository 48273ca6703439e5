//! Figures with their intervals: shares and areas under the curve.

use science::rate::wilson;
use serde::Serialize;
use terms::estimate::Evidence;

/// `hits` of `n`, with the 95 % interval of Wilson (1927).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub hits: u64,
    /// Of how many.
    pub n: u64,
    /// Lower and upper end, 0 to 1.
    pub interval: [f64; 2],
}

/// A share; of nothing, the interval is everything.
#[must_use]
pub fn share(hits: u64, n: u64) -> Share {
    let interval = match wilson(hits, n, 1, 0.95) {
        Evidence::Sufficient(estimate) => [estimate.interval.low, estimate.interval.high],
        Evidence::Insufficient { .. } => [0.0, 1.0],
    };
    Share { hits, n, interval }
}

/// The area under the curve, 0.5 for chance, and its 95 % interval (Hanley, McNeil 1982, Radiology 143:29-36). Scores
/// that are equal count half. `None` without both outcomes.
#[must_use]
pub fn auc(scores: &[f64], hits: &[bool]) -> Option<(f64, [f64; 2])> {
    let mut order: Vec<(f64, bool)> = scores.iter().copied().zip(hits.iter().copied()).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let positive = order.iter().filter(|(_, hit)| *hit).count() as f64;
    let negative = order.len() as f64 - positive;
    if positive == 0.0 || negative == 0.0 {
        return None;
    }
    let (mut below, mut wins) = (0.0, 0.0);
    for tie in order.chunk_by(|a, b| a.0 == b.0) {
        let up = tie.iter().filter(|(_, hit)| *hit).count() as f64;
        let down = tie.len() as f64 - up;
        wins += up * (below + down / 2.0);
        below += down;
    }
    let area = wins / (positive * negative);
    let (q1, q2) = (area / (2.0 - area), 2.0 * area * area / (1.0 + area));
    let square = area * area;
    let variance =
        (area * (1.0 - area) + (positive - 1.0) * (q1 - square) + (negative - 1.0) * (q2 - square)).max(0.0)
            / (positive * negative);
    let half = 1.959_964 * variance.sqrt();
    Some((area, [(area - half).max(0.0), (area + half).min(1.0)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_counts_pairs_in_the_right_order() {
        // 5 of the 6 pairs are in the right order, one is a tie.
        let (area, interval) = auc(&[0.1, 0.4, 0.4, 0.8, 0.9], &[false, false, true, false, true]).unwrap();
        assert!((area - 4.5 / 6.0).abs() < 1e-12, "{area}");
        assert!(interval[0] < area && area < interval[1]);
        assert_eq!(auc(&[1.0], &[true]), None);
    }
}
