//! A model of the reward for the direct method and the doubly robust estimators.
//!
//! Goes in: contexts, logged actions with their features, positions, rewards that are 0 or 1, folds, and a policy that
//! depends on the position only. Comes out: for each round what a model that has not seen its fold expects of the logged
//! action and of the policy, and the standard error of the direct method. One logistic model a position with a ridge of
//! 1, as the Open Bandit pipeline's `RegressionModel` with scikit-learn's defaults; cross-fitted (Chernozhukov et al.
//! 2018, definition 3.1).

use crate::error::ScienceError;
use crate::fit::cholesky;
use crate::fit::logistic::{self, Weights, probability};
use crate::fit::matrix::{Matrix, add_scaled, dot};

/// A log with its features.
#[derive(Debug, Clone, Copy)]
pub struct Log<'a> {
    /// Context of each round.
    pub contexts: &'a [Vec<f64>],
    /// Features of each action.
    pub actions: &'a [Vec<f64>],
    /// Logged action of each round.
    pub action: &'a [usize],
    /// Position of each round, from 0.
    pub position: &'a [usize],
    /// Whether each round was rewarded.
    pub reward: &'a [bool],
    /// Fold of each round, from 0.
    pub fold: &'a [usize],
}

/// What the model expects.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// Of the logged action, one a round.
    pub logged: Vec<f64>,
    /// Of the policy's actions, one a round.
    pub policy: Vec<f64>,
    /// Standard error of the direct method: rounds are a sample, and coefficients are estimated (delta method with the
    /// sandwich; White 1982, eq. 3.2).
    pub error: f64,
}

/// The rounds of one position in one fold, and those the model of that cell was fitted on.
struct Cell {
    weights: Weights,
    /// Training rounds.
    train: Vec<usize>,
    /// Rounds to predict.
    test: Vec<usize>,
}

/// Fits and predicts; `policy` is `positions x actions`.
///
/// # Errors
/// When parts of the log have different lengths, or an action or position is not in the policy.
pub fn expect(log: &Log<'_>, policy: &[Vec<f64>]) -> Result<Expected, ScienceError> {
    let n = log.contexts.len();
    let lengths = [log.action.len(), log.position.len(), log.reward.len(), log.fold.len()];
    if lengths.iter().any(|len| *len != n) || n == 0 {
        return Err(ScienceError::TooFew { what: "a part of the log", n: 0, needed: n.max(1) as u64 });
    }
    let unknown = |name, value: usize, known: usize| match value < known {
        true => Ok(()),
        false => Err(ScienceError::OutOfRange { name, value: value as f64, range: "that the policy knows" }),
    };
    for (action, position) in log.action.iter().zip(log.position) {
        unknown("action", *action, log.actions.len())?;
        unknown("position", *position, policy.len())?;
    }
    let folds = log.fold.iter().max().map_or(1, |last| last + 1);
    let mut cells = Vec::new();
    for fold in 0..folds {
        for position in 0..policy.len() {
            let rounds = |inside: bool| -> Vec<usize> {
                let places = log.fold.iter().zip(log.position).enumerate();
                places
                    // With one fold the model sees everything, as there is nothing else to fit it on.
                    .filter(|(_, (of, at))| {
                        **at == position && ((**of == fold) == inside || (folds == 1 && !inside))
                    })
                    .map(|(round, _)| round)
                    .collect()
            };
            let (test, train) = (rounds(true), rounds(false));
            let (x, y) = design(log, &train);
            cells.push((position, Cell { weights: logistic::fit(&x, &y, 1.0), train, test }));
        }
    }
    predict(log, policy, &cells)
}

fn features<'a>(log: &Log<'a>, round: usize, action: usize) -> impl Iterator<Item = f64> + 'a {
    let context = log.contexts.get(round).map(Vec::as_slice).unwrap_or_default();
    let action = log.actions.get(action).map(Vec::as_slice).unwrap_or_default();
    context.iter().chain(action).copied()
}

fn design(log: &Log<'_>, rounds: &[usize]) -> (Matrix, Vec<bool>) {
    let width = log.contexts.first().map_or(0, Vec::len) + log.actions.first().map_or(0, Vec::len);
    let mut x = Matrix::with_capacity(width, rounds.len());
    let mut y = Vec::with_capacity(rounds.len());
    for round in rounds {
        let action = log.action.get(*round).copied().unwrap_or_default();
        x.push(features(log, *round, action));
        y.push(log.reward.get(*round).copied().unwrap_or_default());
    }
    (x, y)
}

fn predict(log: &Log<'_>, policy: &[Vec<f64>], cells: &[(usize, Cell)]) -> Result<Expected, ScienceError> {
    let n = log.contexts.len();
    let (mut logged, mut of_policy, mut moved) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    for (position, Cell { weights, train, test }) in cells {
        let p = weights.columns.len();
        let shares = policy.get(*position).map(Vec::as_slice).unwrap_or_default();
        let of_context = log.contexts.first().map_or(0, Vec::len);
        let (for_context, for_action) = weights.columns.split_at_checked(of_context).unwrap_or_default();
        let of_actions: Vec<f64> = log.actions.iter().map(|features| dot(features, for_action)).collect();
        // How the direct method moves with the coefficients of this cell.
        let mut slope = vec![0.0; p + 1];
        for round in test {
            let Some(context) = log.contexts.get(*round) else { continue };
            let base = weights.intercept + dot(context, for_context);
            let (mut sum, mut curvature) = (0.0, 0.0);
            for ((action, share), features) in of_actions.iter().zip(shares).zip(log.actions) {
                let q = probability(base + action);
                let c = share * q * (1.0 - q) / n as f64;
                sum += share * q;
                curvature += c;
                if let Some(part) = slope.get_mut(of_context..p) {
                    add_scaled(part, c, features);
                }
            }
            if let Some(part) = slope.get_mut(..of_context) {
                add_scaled(part, curvature, context);
            }
            if let Some(intercept) = slope.last_mut() {
                *intercept += curvature;
            }
            let action = log.action.get(*round).and_then(|action| of_actions.get(*action)).copied();
            if let (Some(a), Some(b)) = (logged.get_mut(*round), of_policy.get_mut(*round)) {
                *a = probability(base + action.unwrap_or(0.0));
                *b = sum;
            }
        }
        let (x, y) = design(log, train);
        let Some(direction) = cholesky::solve(hessian(&x, weights), &slope) else { continue };
        for ((row, hit), round) in x.rows().zip(&y).zip(train) {
            let (columns, intercept) = direction.split_at_checked(p).unwrap_or_default();
            let residual =
                f64::from(u8::from(*hit)) - probability(weights.intercept + dot(row, &weights.columns));
            if let Some(slot) = moved.get_mut(*round) {
                *slot += residual * (dot(row, columns) + intercept.first().copied().unwrap_or(0.0));
            }
        }
    }
    let mean = of_policy.iter().sum::<f64>() / n as f64;
    let parts = moved.iter().zip(&of_policy).map(|(moved, q)| moved + (q - mean) / n as f64);
    let error = parts.map(|part| part * part).sum::<f64>().sqrt();
    Ok(Expected { logged, policy: of_policy, error })
}

/// Lower triangle of the Hessian at fitted weights, intercept last.
fn hessian(x: &Matrix, weights: &Weights) -> Vec<f64> {
    let size = x.columns() + 1;
    let mut h = vec![0.0; size * size];
    let mut extended = Vec::with_capacity(size);
    for row in x.rows() {
        extended.clear();
        extended.extend_from_slice(row);
        extended.push(1.0);
        let q = probability(weights.intercept + dot(row, &weights.columns));
        for (i, value) in extended.iter().enumerate() {
            if let (Some(line), Some(left)) = (h.get_mut(i * size..=i * size + i), extended.get(..=i)) {
                add_scaled(line, q * (1.0 - q) * value, left);
            }
        }
    }
    for i in 0..size {
        if let Some(cell) = h.get_mut(i * size + i) {
            // The intercept has no penalty; a trace keeps the matrix regular.
            *cell += if i + 1 < size { 1.0 } else { 1e-9 };
        }
    }
    h
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    /// Two actions whose chances are .2 and .4, one context column without information.
    fn log(n: usize, seed: u64) -> (Vec<Vec<f64>>, Vec<usize>, Vec<bool>, Vec<usize>) {
        let mut stream = SplitMix64::new(seed);
        let (mut contexts, mut action, mut reward, mut fold) = (vec![], vec![], vec![], vec![]);
        for round in 0..n {
            let a = usize::from(stream.next_f64() < 0.5);
            contexts.push(vec![stream.next_normal()]);
            reward.push(stream.next_f64() < if a == 1 { 0.4 } else { 0.2 });
            action.push(a);
            fold.push(round % 3);
        }
        (contexts, action, reward, fold)
    }

    fn direct(n: usize, seed: u64) -> Expected {
        let (contexts, action, reward, fold) = log(n, seed);
        let position = vec![0; n];
        let log = Log {
            contexts: &contexts,
            actions: &[vec![0.0], vec![1.0]],
            action: &action,
            position: &position,
            reward: &reward,
            fold: &fold,
        };
        expect(&log, &[vec![0.0, 1.0]]).unwrap()
    }

    #[test]
    fn the_direct_method_finds_the_value_of_always_taking_the_better_action() {
        let expected = direct(20_000, 1);
        let value = expected.policy.iter().sum::<f64>() / 20_000.0;
        assert!((value - 0.4).abs() < 0.015, "{value}");
    }

    #[test]
    fn its_error_is_what_simulation_shows() {
        let values: Vec<f64> =
            (0..120).map(|seed| direct(900, seed).policy.iter().sum::<f64>() / 900.0).collect();
        let mean = values.iter().sum::<f64>() / 120.0;
        let spread = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 119.0).sqrt();
        let said = direct(900, 1).error;
        assert!((said / spread - 1.0).abs() < 0.2, "{said} {spread}");
    }

    #[test]
    fn a_logged_action_the_policy_does_not_know_is_refused() {
        let log = Log {
            contexts: &[vec![0.0]],
            actions: &[vec![0.0]],
            action: &[1],
            position: &[0],
            reward: &[true],
            fold: &[0],
        };
        let error = expect(&log, &[vec![1.0]]).unwrap_err().to_string();
        assert_eq!(error, "`action` is `1`; give a number that the policy knows");
    }
}
