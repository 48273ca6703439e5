//! Has what goes in, or what comes out, changed? Population stability index, the two-sample Kolmogorov-Smirnov test,
//! Pearson's chi-square for categories, and control of false discoveries over all of them.
//!
//! Goes in: values before and now. Comes out: how far apart they are, and how surprising that is. Deliberately absent:
//! what to do about it.

use serde::{Deserialize, Serialize};

/// Bins of the stability index: deciles of the values before.
pub const BINS: usize = 10;

/// Values each side needs before anything is said.
pub const FEWEST: usize = 50;

/// One variable, before and now.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// Population stability index; 0 for the same shares, below .1 little, above .25 much (Siddiqi 2006).
    pub psi: f64,
    /// Largest distance between the two distribution functions, 0 to 1.
    pub distance: f64,
    /// Probability of such a distance when nothing changed.
    pub p: f64,
    /// Values before and now.
    pub n: [u64; 2],
}

impl Shift {
    /// The smallest shift of a normal variable, in standard deviations, that a Kolmogorov-Smirnov test at level `alpha`
    /// finds among as many values with a probability of .95. Where the two distribution functions are furthest apart, the
    /// distance varies by at most `sqrt(1/n + 1/m) / 2`.
    #[must_use]
    pub fn smallest_found(&self, alpha: f64) -> f64 {
        let [n, m] = self.n.map(|n| n.max(1) as f64);
        let spread = (1.0 / n + 1.0 / m).sqrt();
        let distance = (spread * (-(alpha / 2.0).ln() / 2.0).sqrt() + 1.645 * spread / 2.0).min(0.999);
        // Two normal distributions a shift `d` apart are `2 F(d / 2) - 1` apart.
        statrs::distribution::Normal::new(0.0, 1.0).map_or(f64::INFINITY, |normal| {
            2.0 * statrs::distribution::ContinuousCDF::inverse_cdf(&normal, f64::midpoint(1.0, distance))
        })
    }
}

/// Compares values; `None` with fewer than [`FEWEST`] on a side.
///
/// ```
/// let before: Vec<f64> = (0..1_000).map(f64::from).collect();
/// let shift = science::drift::shift(&before, &before).unwrap();
/// assert!(shift.psi < 1e-9 && shift.p > 0.99);
/// ```
#[must_use]
pub fn shift(before: &[f64], now: &[f64]) -> Option<Shift> {
    let (a, b) = (sorted(before), sorted(now));
    if a.len() < FEWEST || b.len() < FEWEST {
        return None;
    }
    let distance = ks_distance(&a, &b);
    let (n, m) = (a.len() as f64, b.len() as f64);
    Some(Shift {
        psi: psi(&counts(&a, &a), &counts(&a, &b)),
        distance,
        p: ks_p(distance, n * m / (n + m)),
        n: [a.len() as u64, b.len() as u64],
    })
}

/// Compares shares of categories; `None` with fewer than [`FEWEST`] on a side.
#[must_use]
pub fn shift_of_shares(before: &[u64], now: &[u64]) -> Option<Shift> {
    let (n, m) = (before.iter().sum::<u64>(), now.iter().sum::<u64>());
    if n < FEWEST as u64 || m < FEWEST as u64 {
        return None;
    }
    let (nf, mf) = (n as f64, m as f64);
    let (mut statistic, mut classes, mut distance) = (0.0, 0usize, 0.0f64);
    for (a, b) in before.iter().zip(now) {
        let together = (a + b) as f64;
        if together == 0.0 {
            continue;
        }
        classes += 1;
        for (seen, of) in [(*a as f64, nf), (*b as f64, mf)] {
            let expected = together * of / (nf + mf);
            statistic += (seen - expected).powi(2) / expected;
        }
        distance += (*a as f64 / nf - *b as f64 / mf).abs() / 2.0;
    }
    let p = if classes < 2 { 1.0 } else { chi_square_tail(statistic, (classes - 1) as f64) };
    Some(Shift { psi: psi(before, now), distance, p, n: [n, m] })
}

/// Which of several findings stand when at most a share `rate` of those that do may be false (Benjamini, Hochberg 1995,
/// "Controlling the false discovery rate", theorem 1).
#[must_use]
pub fn discoveries(p: &[f64], rate: f64) -> Vec<bool> {
    let mut order: Vec<f64> = p.to_vec();
    order.sort_by(f64::total_cmp);
    let m = p.len().max(1) as f64;
    let last =
        order.iter().enumerate().rev().find(|(at, p)| **p <= (*at + 1) as f64 / m * rate).map(|(_, p)| *p);
    p.iter().map(|p| last.is_some_and(|last| *p <= last)).collect()
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Counts of sorted `values` in the bins between the deciles of sorted `reference`.
fn counts(reference: &[f64], values: &[f64]) -> Vec<u64> {
    let mut edges: Vec<f64> =
        (1..BINS).filter_map(|at| reference.get(at * reference.len() / BINS).copied()).collect();
    edges.dedup();
    let below: Vec<usize> = edges.iter().map(|edge| values.partition_point(|value| value < edge)).collect();
    let starts = std::iter::once(0).chain(below.iter().copied());
    let ends = below.iter().copied().chain(std::iter::once(values.len()));
    starts.zip(ends).map(|(start, end)| (end - start) as u64).collect()
}

/// `sum((b - a) ln(b / a))` over shares; half an observation is added to each bin, so that an empty one is not endless.
fn psi(before: &[u64], now: &[u64]) -> f64 {
    let bins = before.len().max(1) as f64;
    let share = |counts: &[u64]| {
        let total = counts.iter().sum::<u64>() as f64 + bins / 2.0;
        counts.iter().map(|count| (*count as f64 + 0.5) / total).collect::<Vec<f64>>()
    };
    share(before).iter().zip(share(now)).map(|(a, b)| (b - a) * (b / a).ln()).sum()
}

fn ks_distance(a: &[f64], b: &[f64]) -> f64 {
    let (mut i, mut j, mut most) = (0usize, 0usize, 0.0f64);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let at = x.min(*y);
        i += a.get(i..).map_or(0, |rest| rest.partition_point(|value| *value <= at));
        j += b.get(j..).map_or(0, |rest| rest.partition_point(|value| *value <= at));
        most = most.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
    }
    most
}

/// Tail of the Kolmogorov distribution with the correction of Stephens (1970, "Use of the Kolmogorov-Smirnov, ...
/// statistics without extensive tables"). With ties it is rather too large than too small.
fn ks_p(distance: f64, n: f64) -> f64 {
    let root = n.sqrt();
    let lambda = (root + 0.12 + 0.11 / root) * distance;
    if lambda < 0.2 {
        return 1.0;
    }
    let mut sum = 0.0;
    for k in 1..=100 {
        let k = f64::from(k);
        let sign = if k % 2.0 == 1.0 { 1.0 } else { -1.0 };
        sum += sign * (-2.0 * k * k * lambda * lambda).exp();
    }
    (2.0 * sum).clamp(0.0, 1.0)
}

fn chi_square_tail(x: f64, k: f64) -> f64 {
    use statrs::distribution::{ChiSquared, ContinuousCDF};
    ChiSquared::new(k).map_or(1.0, |distribution| distribution.sf(x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    #[test]
    fn the_index_and_the_tails_agree_with_printed_and_computed_values() {
        // Shares .5/.5 and .6/.4: (.1) ln 1.2 + (-.1) ln .8 = .040546.
        assert!((psi(&[500_000, 500_000], &[600_000, 400_000]) - 0.040_546_5).abs() < 1e-6);
        // Printed tables: chi-square 3.841 with 1, 18.307 with 10 degrees of freedom are the 5 % points.
        assert!((chi_square_tail(3.841_459, 1.0) - 0.05).abs() < 1e-6);
        assert!((chi_square_tail(18.307_038, 10.0) - 0.05).abs() < 1e-6);
        assert!((chi_square_tail(2.0, 2.0) - (-1.0f64).exp()).abs() < 1e-12);
        // Kolmogorov: the 5 % point of the limit is 1.3581.
        assert!((ks_p(1.358_1 / 1e4, 1e8) - 0.05).abs() < 1e-4);
        let a: Vec<f64> = (0..100).map(f64::from).collect();
        let b: Vec<f64> = (50..150).map(f64::from).collect();
        assert!((ks_distance(&a, &b) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn false_discoveries_are_controlled_as_in_the_paper() {
        // Benjamini and Hochberg's own example: 15 p-values, four stand at .05.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719,
            0.6528, 0.759, 1.0,
        ];
        assert_eq!(discoveries(&p, 0.05).iter().filter(|stands| **stands).count(), 4);
        assert!(discoveries(&[], 0.05).is_empty());
    }

    fn share_found(shift_by: f64, n: usize, runs: u64) -> f64 {
        let found = (0..runs).filter(|seed| {
            let mut rng = SplitMix64::new(*seed);
            let mut draw = |by: f64| -> Vec<f64> { (0..n).map(|_| rng.next_normal() + by).collect() };
            let (a, b) = (draw(0.0), draw(shift_by));
            shift(&a, &b).is_some_and(|shift| shift.p <= 0.01)
        });
        found.count() as f64 / runs as f64
    }

    #[test]
    fn the_test_keeps_its_level_and_finds_a_fifth_of_a_deviation_among_two_thousand() {
        assert!(share_found(0.0, 500, 400) <= 0.025);
        let (large, small) = (share_found(0.2, 2_000, 200), share_found(0.2, 500, 200));
        assert!(large >= 0.95, "{large}");
        assert!(small < large && small > 0.2, "500 are too few for that: {small}");
    }
}
