//! How well scores rank customers by uplift: the qini coefficient and the uplift among the best.
//!
//! Goes in: scores, arms and outcomes of customers the scores were not learned from. Comes out: areas under the curve
//! of additional outcomes, `y_t(k) - y_c(k) n_t(k) / n_c(k)` over the k best (Radcliffe 2007, "Using control groups to
//! target on predicted lift", section 5), above random targeting and as a share of what a ranking that knew the
//! outcomes would reach. Definitions, ties included, are those of scikit-uplift 0.5 (`qini_auc_score` and
//! `uplift_at_k(strategy="overall")`), so that figures can be compared. Rows may have weights, for the bootstrap.

use super::randomised::Sample;

/// A customer in the order of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Entry {
    row: usize,
    treated: bool,
    outcome: f64,
    /// Whether the next one has another score.
    last_of_tie: bool,
}

/// Customers from the highest score to the lowest.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    entries: Vec<Entry>,
}

/// An area under a curve, and where the curve ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    under: f64,
    end: f64,
    n: f64,
}

impl Ranking {
    /// Ranks `rows` of a sample by `scores` (as many as rows). Among equal scores the later row comes first, as in
    /// scikit-uplift.
    #[must_use]
    pub fn new(sample: &Sample<'_>, rows: &[usize], scores: &[f64]) -> Self {
        let mut entries: Vec<(f64, usize, Entry)> = rows
            .iter()
            .zip(scores)
            .enumerate()
            .filter_map(|(place, (row, score))| {
                let (treated, outcome) = sample.observed(*row)?;
                // Adding 0 makes one number of the two zeros.
                Some((score + 0.0, place, Entry { row: *row, treated, outcome, last_of_tie: true }))
            })
            .collect();
        entries.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        let next: Vec<f64> = entries.iter().skip(1).map(|(score, ..)| *score).collect();
        for ((score, _, entry), after) in entries.iter_mut().zip(next) {
            entry.last_of_tie = *score != after;
        }
        Self { entries: entries.into_iter().map(|(_, _, entry)| entry).collect() }
    }

    /// The ranking that knows what happened: treated with an outcome first, untreated with one last.
    #[must_use]
    pub fn perfect(sample: &Sample<'_>, rows: &[usize]) -> Self {
        let score = |row: &usize| match sample.observed(*row) {
            Some((true, outcome)) => outcome,
            Some((false, outcome)) => -outcome,
            None => 0.0,
        };
        let scores: Vec<f64> = rows.iter().map(score).collect();
        Self::new(sample, rows, &scores)
    }

    /// The area under the curve when each row counts `weight(row)` times.
    pub(super) fn area(&self, weight: impl Fn(usize) -> f64) -> Area {
        let (mut n_t, mut n_c, mut y_t, mut y_c) = (0.0, 0.0, 0.0, 0.0);
        let mut area = Area { under: 0.0, end: 0.0, n: 0.0 };
        for entry in &self.entries {
            let w = weight(entry.row);
            if entry.treated {
                n_t += w;
                y_t += w * entry.outcome;
            } else {
                n_c += w;
                y_c += w * entry.outcome;
            }
            if entry.last_of_tie {
                let value = if n_c > 0.0 { y_t - y_c * (n_t / n_c) } else { y_t };
                area.under += (n_t + n_c - area.n) * (value + area.end) / 2.0;
                area.end = value;
                area.n = n_t + n_c;
            }
        }
        area
    }

    /// The qini coefficient against the perfect ranking of the same rows: 0 is random targeting, 1 the perfect ranking,
    /// below 0 worse than random. `None` when no ranking could differ, as without any outcome.
    #[must_use]
    pub fn qini(&self, perfect: &Self) -> Option<f64> {
        self.weighted_qini(&perfect.area(|_| 1.0), |_| 1.0)
    }

    /// The qini coefficient when each row counts `weight(row)` times, in the perfect ranking's area as well.
    pub(super) fn weighted_qini(&self, best: &Area, weight: impl Fn(usize) -> f64) -> Option<f64> {
        let own = self.area(&weight);
        let random = best.n * best.end / 2.0;
        let whole = best.under - random;
        (whole > 1e-12).then(|| (own.under - random) / whole)
    }

    /// Mean outcome of the treated minus that of the untreated among the best `share` of all rows; `None` when one arm
    /// is missing there.
    #[must_use]
    pub fn uplift_at(&self, share: f64) -> Option<f64> {
        self.weighted_uplift_at(share, |_| 1.0)
    }

    /// The same when each row counts `weight(row)` times.
    pub(super) fn weighted_uplift_at(&self, share: f64, weight: impl Fn(usize) -> f64) -> Option<f64> {
        let total: f64 = self.entries.iter().map(|entry| weight(entry.row)).sum();
        let mut left = (total * share).floor();
        let (mut n_t, mut n_c, mut y_t, mut y_c) = (0.0, 0.0, 0.0, 0.0);
        for entry in &self.entries {
            let w = weight(entry.row).min(left);
            left -= w;
            if entry.treated {
                n_t += w;
                y_t += w * entry.outcome;
            } else {
                n_c += w;
                y_c += w * entry.outcome;
            }
            if left <= 0.0 {
                break;
            }
        }
        (n_t > 0.0 && n_c > 0.0).then(|| y_t / n_t - y_c / n_c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uplift::randomised::Randomised;
    use proptest::prelude::*;

    /// scikit-uplift 0.5.1 (Python 3.11, NumPy 2.4): `y = [1,0,1,1,0,0,1,0,1,0]`, `t = [1,1,0,1,0,0,1,0,0,1]`,
    /// `u = [.9,.8,.7,.7,.5,.4,.3,.3,.3,.1]`.
    const OUTCOME: [f64; 10] = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0];
    const TREATED: [bool; 10] = [true, true, false, true, false, false, true, false, false, true];
    const GOLDEN_QINI: f64 = 0.09729729729729729;
    const GOLDEN_AT_40: f64 = -0.33333333333333337;
    const GOLDEN_AT_50: f64 = 0.16666666666666663;
    const SCORE: [f64; 10] = [0.9, 0.8, 0.7, 0.7, 0.5, 0.4, 0.3, 0.3, 0.3, 0.1];

    fn with_sample<T>(treated: &[bool], outcome: &[f64], work: impl FnOnce(&Sample<'_>) -> T) -> T {
        let proof = Randomised::for_tests(treated);
        work(&Sample::new(&proof, &[], treated, outcome).unwrap())
    }

    #[test]
    fn qini_and_uplift_at_k_are_those_of_scikit_uplift() {
        let rows: Vec<usize> = (0..10).collect();
        let (qini, two_fifths, half) = with_sample(&TREATED, &OUTCOME, |sample| {
            let ranking = Ranking::new(sample, &rows, &SCORE);
            let perfect = Ranking::perfect(sample, &rows);
            (ranking.qini(&perfect), ranking.uplift_at(0.4), ranking.uplift_at(0.5))
        });
        assert!((qini.unwrap() - GOLDEN_QINI).abs() < 1e-12, "{qini:?}");
        assert!((two_fifths.unwrap() - GOLDEN_AT_40).abs() < 1e-12, "{two_fifths:?}");
        assert!((half.unwrap() - GOLDEN_AT_50).abs() < 1e-12, "{half:?}");
    }

    proptest! {
        #[test]
        fn a_constant_score_has_a_qini_of_zero(
            rows in prop::collection::vec((any::<bool>(), any::<bool>()), 8..200)
        ) {
            let treated: Vec<bool> = rows.iter().map(|(t, _)| *t).collect();
            let outcome: Vec<f64> = rows.iter().map(|(_, y)| f64::from(u8::from(*y))).collect();
            prop_assume!((2..treated.len() - 1).contains(&treated.iter().filter(|t| **t).count()));
            let places: Vec<usize> = (0..rows.len()).collect();
            let qini = with_sample(&treated, &outcome, |sample| {
                Ranking::new(sample, &places, &vec![0.5; rows.len()]).qini(&Ranking::perfect(sample, &places))
            });
            prop_assert!(qini.is_none_or(|q| q.abs() < 1e-9));
        }

        #[test]
        fn a_weight_of_two_counts_as_two_rows(
            rows in prop::collection::vec((any::<bool>(), any::<bool>(), 0u8..20), 8..100)
        ) {
            let treated: Vec<bool> = rows.iter().map(|(t, ..)| *t).collect();
            let outcome: Vec<f64> = rows.iter().map(|(_, y, _)| f64::from(u8::from(*y))).collect();
            prop_assume!((2..treated.len() - 1).contains(&treated.iter().filter(|t| **t).count()));
            let scores: Vec<f64> = rows.iter().map(|(.., s)| f64::from(*s)).collect();
            let places: Vec<usize> = (0..rows.len()).collect();
            let doubled: Vec<usize> = places.iter().flat_map(|p| [*p, *p]).collect();
            let scores_doubled: Vec<f64> = scores.iter().flat_map(|s| [*s, *s]).collect();
            let (weighted, twice) = with_sample(&treated, &outcome, |sample| {
                let weighted = Ranking::new(sample, &places, &scores)
                    .weighted_qini(&Ranking::perfect(sample, &places).area(|_| 2.0), |_| 2.0);
                let twice = Ranking::new(sample, &doubled, &scores_doubled)
                    .qini(&Ranking::perfect(sample, &doubled));
                (weighted, twice)
            });
            prop_assert_eq!(weighted.is_some(), twice.is_some());
            prop_assert!(weighted.zip(twice).is_none_or(|(a, b)| (a - b).abs() < 1e-9));
        }
    }
}
