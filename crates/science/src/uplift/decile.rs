//! Predicted against observed uplift, tenth by tenth: does the ranking hold, and are its figures to be believed?
//!
//! Goes in: cross-fitted scores. Comes out: from the highest scores to the lowest, what was predicted and what the arms
//! show, with the interval of [`crate::experiment::estimate`]. A tenth whose smaller arm has fewer than 50 rows is
//! insufficient, not zero.

use super::randomised::Sample;
use crate::error::ScienceError;
use crate::experiment::estimate::{Outcome, Settings, estimate};
use terms::estimate::Evidence;

/// One tenth of the customers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decile {
    /// Mean predicted uplift.
    pub predicted: f64,
    /// Difference of the arms' mean outcomes.
    pub observed: Evidence,
    /// Rows.
    pub n: u64,
}

/// Ten tenths, the highest scores first; fewer when there are fewer than ten rows.
///
/// # Errors
/// When the level of `settings` is not between 0 and 1.
pub fn deciles(
    sample: &Sample<'_>,
    rows: &[usize],
    scores: &[f64],
    settings: &Settings,
) -> Result<Vec<Decile>, ScienceError> {
    let mut order: Vec<(f64, usize)> = scores.iter().copied().zip(rows.iter().copied()).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut deciles = Vec::with_capacity(10);
    for tenth in 0..10 {
        let (from, to) = (tenth * order.len() / 10, (tenth + 1) * order.len() / 10);
        let part = order.get(from..to).unwrap_or_default();
        if part.is_empty() {
            continue;
        }
        let arm = |wanted: bool| -> Vec<Outcome> {
            let of_arm =
                part.iter().filter_map(|(_, row)| sample.observed(*row)).filter(|(t, _)| *t == wanted);
            of_arm.map(|(_, y)| Outcome { revenue: y, purchases: 0.0, stratum: 0, covariate: 0.0 }).collect()
        };
        deciles.push(Decile {
            predicted: part.iter().map(|(score, _)| score).sum::<f64>() / part.len() as f64,
            observed: estimate(&arm(true), &arm(false), settings)?.revenue,
            n: part.len() as u64,
        });
    }
    Ok(deciles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uplift::randomised::Randomised;

    #[test]
    fn the_first_tenth_holds_the_highest_scores_and_a_small_one_is_insufficient() {
        let n = 1_100;
        let treated: Vec<bool> = (0..n).map(|i| i % 2 == 0).collect();
        let outcome: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 2 == 0 && i >= 990))).collect();
        let proof = Randomised::for_tests(&treated);
        let sample = Sample::new(&proof, &[], &treated, &outcome).unwrap();
        let rows: Vec<usize> = (0..n).collect();
        let scores: Vec<f64> = rows.iter().map(|row| *row as f64).collect();
        let all = deciles(&sample, &rows, &scores, &Settings::default()).unwrap();
        assert_eq!((all.len(), all[0].n), (10, 110));
        let Evidence::Sufficient(first) = all[0].observed else { panic!("{all:?}") };
        assert!((first.value - 1.0).abs() < 1e-12);
        let few = deciles(&sample, &rows[..500], &scores[..500], &Settings::default()).unwrap();
        assert_eq!(few[0].observed, Evidence::Insufficient { n: 25, needed: 50 });
    }
}
