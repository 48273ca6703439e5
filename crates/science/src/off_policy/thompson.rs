//! Bernoulli Thompson sampling as a policy over the positions of a list.
//!
//! Goes in: the Beta parameters of each action. Comes out: with which probability each action stands at each position
//! when one draw of each is sorted from the highest down (Thompson 1933; Chapelle, Li 2011). Computed by integration
//! over the draw, `P(i at j) = int P(exactly j - 1 others draw more than x) dF_i(x)`, not by simulation. It does not
//! update parameters.

use crate::error::ScienceError;
use statrs::distribution::{Beta, ContinuousCDF};

/// Points of the integration.
const POINTS: usize = 4_000;

/// Probability of each action at each position: `positions x actions`, rows sum to 1.
///
/// ```
/// let even = science::off_policy::thompson::positions(&[(1.0, 1.0), (1.0, 1.0)], 1).unwrap();
/// assert!((even[0][0] - 0.5).abs() < 1e-6);
/// ```
///
/// # Errors
/// When a parameter is not above 0, or there are fewer actions than positions.
pub fn positions(parameters: &[(f64, f64)], positions: usize) -> Result<Vec<Vec<f64>>, ScienceError> {
    if parameters.len() < positions.max(1) {
        return Err(ScienceError::TooFew {
            what: "actions of the policy",
            n: parameters.len() as u64,
            needed: positions.max(1) as u64,
        });
    }
    let mut draws = Vec::with_capacity(parameters.len());
    for (a, b) in parameters {
        let range = "above 0";
        let wrong =
            |value| ScienceError::OutOfRange { name: "parameter of a Beta distribution", value, range };
        draws.push(Beta::new(*a, *b).map_err(|_| wrong(if *a > 0.0 { *b } else { *a }))?);
    }
    // Even steps of log-odds over where any draw falls.
    let ends = |q: f64| draws.iter().map(move |draw| draw.inverse_cdf(q).clamp(1e-15, 1.0 - 1e-12));
    let logit = |x: f64| (x / (1.0 - x)).ln();
    let low = logit(ends(1e-9).fold(1.0 - 1e-12, f64::min));
    let high = logit(ends(1.0 - 1e-9).fold(1e-15, f64::max));
    let point = |k: usize| {
        let z = low + (high - low) * k as f64 / POINTS as f64;
        1.0 / (1.0 + (-z).exp())
    };
    let mut table = vec![vec![0.0; parameters.len()]; positions];
    let mut before = at(&draws, point(0), positions);
    for k in 1..=POINTS {
        let now = at(&draws, point(k), positions);
        for (action, (old, new)) in before.iter().zip(&now).enumerate() {
            let mass = new.below - old.below;
            for (row, (a, b)) in table.iter_mut().zip(old.above.iter().zip(&new.above)) {
                if let Some(cell) = row.get_mut(action) {
                    *cell += mass * (a + b) / 2.0;
                }
            }
        }
        before = now;
    }
    for row in &mut table {
        let total: f64 = row.iter().sum();
        row.iter_mut().for_each(|p| *p /= total);
    }
    Ok(table)
}

/// At a point: the probability that an action draws less, and that exactly 0, 1, ... others draw more.
struct Point {
    below: f64,
    above: Vec<f64>,
}

fn at(draws: &[Beta], x: f64, positions: usize) -> Vec<Point> {
    let below: Vec<f64> = draws.iter().map(|draw| draw.cdf(x)).collect();
    let others = |action: usize| {
        let mut counts = vec![0.0; positions];
        if let Some(none) = counts.first_mut() {
            *none = 1.0;
        }
        for (_, below) in below.iter().enumerate().filter(|(other, _)| *other != action) {
            let mut carried = 0.0;
            for count in &mut counts {
                let stays = *count * below + carried;
                carried = *count * (1.0 - below);
                *count = stays;
            }
        }
        counts
    };
    below.iter().enumerate().map(|(action, below)| Point { below: *below, above: others(action) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_actions_agree_with_a_calculation_by_hand() {
        // X ~ Beta(2, 1), Y ~ Beta(1, 1): P(X > Y) = E[X] = 2/3.
        let table = positions(&[(2.0, 1.0), (1.0, 1.0)], 2).unwrap();
        assert!(
            (table[0][0] - 2.0 / 3.0).abs() < 1e-6 && (table[1][0] - 1.0 / 3.0).abs() < 1e-6,
            "{table:?}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn positions_sum_to_one_and_nobody_stands_twice(
            parameters in prop::collection::vec((0.5..50.0f64, 1.0..500.0f64), 3..12)
        ) {
            let table = positions(&parameters, 3).unwrap();
            for row in &table {
                prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                prop_assert!(row.iter().all(|p| *p >= 0.0));
            }
            for action in 0..parameters.len() {
                let total: f64 = table.iter().map(|row| row[action]).sum();
                prop_assert!(total <= 1.0 + 1e-4, "{total}");
            }
        }
    }
}
