//! Logistic regression with a ridge penalty on all weights but the intercept, and with signs where one is known.
//!
//! Goes in: a matrix (standardise it first) and what happened. Comes out: the weights that minimise
//! `sum ln(1 + exp(-(2y-1) z)) + ridge/2 |w|^2` (Hastie, Tibshirani, Friedman 2009, eq. 4.20 and 18.11). Newton
//! steps take the exact gradient and a Hessian of at most 20,000 evenly spaced rows: the end point is that of the
//! full problem, only the way there is cheaper (Byrd, Chin, Neveitt, Nocedal 2011). Weights with a sign are kept on
//! their side by projection (Bertsekas 1982, "Projected Newton methods for optimization problems with simple
//! constraints", SIAM J. Control and Optimization 20(2), eq. 29 to 36).
#![expect(clippy::indexing_slicing, reason = "a numeric kernel on indices bounded by the dimension")]

use super::cholesky;
use super::matrix::{Matrix, add_scaled, dot};

/// Rows the Hessian is built from at most.
const HESSIAN_ROWS: usize = 20_000;

/// Fitted weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Log-odds at the mean of all columns.
    pub intercept: f64,
    /// One weight a column.
    pub columns: Vec<f64>,
}

/// On which side of 0 a weight must stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// Never above 0: more of this never makes it likelier.
    Falls,
    /// Either.
    Free,
    /// Never below 0: more of this never makes it less likely.
    Rises,
}

impl Sign {
    /// The nearest weight on this side.
    const fn project(self, weight: f64) -> f64 {
        match self {
            Self::Falls => weight.min(0.0),
            Self::Free => weight,
            Self::Rises => weight.max(0.0),
        }
    }

    /// True when a weight at 0 cannot follow `gradient` downhill without leaving its side.
    fn holds(self, weight: f64, gradient: f64) -> bool {
        match self {
            Self::Falls => weight >= 0.0 && gradient < 0.0,
            Self::Free => false,
            Self::Rises => weight <= 0.0 && gradient > 0.0,
        }
    }
}

/// The probability that belongs to log-odds.
#[must_use]
pub fn probability(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// `ln(1 + exp(z))` without overflow.
fn log1p_exp(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

/// Penalised loss at `w` (intercept last) and its gradient.
fn loss(x: &Matrix, y: &[bool], ridge: f64, w: &[f64], gradient: &mut [f64]) -> f64 {
    let p = x.columns();
    let mut value = 0.0;
    gradient.fill(0.0);
    for (row, hit) in x.rows().zip(y) {
        let z = dot(row, &w[..p]) + w[p];
        let target = f64::from(u8::from(*hit));
        value += log1p_exp(z) - target * z;
        let residual = probability(z) - target;
        add_scaled(&mut gradient[..p], residual, row);
        gradient[p] += residual;
    }
    for j in 0..p {
        value += 0.5 * ridge * w[j] * w[j];
        gradient[j] += ridge * w[j];
    }
    value
}

/// Lower triangle of the Hessian from evenly spaced rows.
fn hessian(x: &Matrix, ridge: f64, w: &[f64]) -> Vec<f64> {
    let p = x.columns();
    let size = p + 1;
    let mut h = vec![0.0; size * size];
    let stride = x.len().div_ceil(HESSIAN_ROWS).max(1);
    let mut used = 0usize;
    for row in x.rows().step_by(stride) {
        used += 1;
        let q = probability(dot(row, &w[..p]) + w[p]);
        let weight = q * (1.0 - q);
        for i in 0..p {
            add_scaled(&mut h[i * size..=i * size + i], weight * row[i], &row[..=i]);
        }
        add_scaled(&mut h[p * size..p * size + p], weight, row);
        h[p * size + p] += weight;
    }
    let factor = x.len() as f64 / used.max(1) as f64;
    h.iter_mut().for_each(|v| *v *= factor);
    for i in 0..p {
        h[i * size + i] += ridge;
    }
    h[p * size + p] += 1e-9 * x.len() as f64;
    h
}

/// Takes the columns of weights that their sign holds at 0 out of a Newton system.
fn hold(h: &mut [f64], gradient: &mut [f64], held: &[bool]) {
    let size = gradient.len();
    for (i, stays) in held.iter().enumerate() {
        if *stays {
            (0..=i).for_each(|j| h[i * size + j] = 0.0);
            (i..size).for_each(|j| h[j * size + i] = 0.0);
            h[i * size + i] = 1.0;
            gradient[i] = 0.0;
        }
    }
}

/// Fits weights of either sign; see [`fit_signed`].
#[must_use]
pub fn fit(x: &Matrix, y: &[bool], ridge: f64) -> Weights {
    fit_signed(x, y, ridge, &vec![Sign::Free; x.columns()])
}

/// Fits weights, each on the side of its sign; `ridge` must be above 0. Without both outcomes, or without rows, the
/// answer is the smoothed rate `(hits + 1/2) / (n + 1)` and no weights.
#[must_use]
pub fn fit_signed(x: &Matrix, y: &[bool], ridge: f64, signs: &[Sign]) -> Weights {
    let p = x.columns();
    let n = x.len().min(y.len());
    let hits = y.iter().filter(|hit| **hit).count();
    let rate = (hits as f64 + 0.5) / (n as f64 + 1.0);
    let mut w = vec![0.0; p + 1];
    w[p] = (rate / (1.0 - rate)).ln();
    if hits == 0 || hits == n {
        return Weights { intercept: w[p], columns: vec![0.0; p] };
    }
    let sign = |j: usize| signs.get(j).copied().unwrap_or(Sign::Free);
    let mut gradient = vec![0.0; p + 1];
    let mut value = loss(x, y, ridge, &w, &mut gradient);
    for _ in 0..60 {
        let held: Vec<bool> = (0..=p).map(|j| j < p && sign(j).holds(w[j], gradient[j])).collect();
        let (mut h, mut slope) = (hessian(x, ridge, &w), gradient.clone());
        hold(&mut h, &mut slope, &held);
        let Some(step) = cholesky::solve(h, &slope) else { break };
        if dot(&step, &slope) < 1e-9 * n as f64 {
            break;
        }
        let mut length = 1.0;
        let mut improved = false;
        for _ in 0..30 {
            let mut next = w.clone();
            add_scaled(&mut next, -length, &step);
            (0..p).for_each(|j| next[j] = sign(j).project(next[j]));
            let promised: f64 = (0..=p).map(|j| gradient[j] * (w[j] - next[j])).sum();
            let mut next_gradient = vec![0.0; p + 1];
            let next_value = loss(x, y, ridge, &next, &mut next_gradient);
            if promised > 0.0 && next_value <= value - 1e-4 * promised {
                (w, value, gradient) = (next, next_value, next_gradient);
                improved = true;
                break;
            }
            length *= 0.5;
        }
        if !improved {
            break;
        }
    }
    let intercept = w.pop().unwrap_or(0.0);
    Weights { intercept, columns: w }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    fn sample(n: usize) -> (Matrix, Vec<bool>) {
        let mut stream = SplitMix64::new(3);
        let (mut x, mut y) = (Matrix::with_capacity(2, n), Vec::new());
        for _ in 0..n {
            let (a, b) = (stream.next_normal(), stream.next_normal());
            y.push(stream.next_f64() < probability(-0.5 + 0.8 * a - 1.2 * b));
            x.push([a, b]);
        }
        (x, y)
    }

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        let (x, y) = sample(200);
        let w = [0.3, -0.2, 0.1];
        let mut gradient = [0.0; 3];
        loss(&x, &y, 0.7, &w, &mut gradient);
        for j in 0..3 {
            let mut scratch = [0.0; 3];
            let (mut up, mut down) = (w, w);
            up[j] += 1e-5;
            down[j] -= 1e-5;
            let numeric =
                (loss(&x, &y, 0.7, &up, &mut scratch) - loss(&x, &y, 0.7, &down, &mut scratch)) / 2e-5;
            assert!((gradient[j] - numeric).abs() < 1e-5, "{j}: {} {numeric}", gradient[j]);
        }
    }

    #[test]
    fn two_groups_without_penalty_give_their_own_log_odds() {
        // 3 of 4 at x = 1, 1 of 4 at x = -1: weight ln 3, intercept 0.
        let mut x = Matrix::with_capacity(1, 8);
        let y = [true, true, true, false, true, false, false, false];
        for row in 0..8 {
            x.push([if row < 4 { 1.0 } else { -1.0 }]);
        }
        let w = fit(&x, &y, 1e-9);
        assert!((w.columns[0] - 3f64.ln()).abs() < 1e-4 && w.intercept.abs() < 1e-4, "{w:?}");
    }

    #[test]
    fn a_subsampled_hessian_ends_where_the_gradient_vanishes() {
        let (x, y) = sample(50_000);
        let fitted = fit(&x, &y, 1.0);
        let w = [fitted.columns[0], fitted.columns[1], fitted.intercept];
        let mut gradient = [0.0; 3];
        loss(&x, &y, 1.0, &w, &mut gradient);
        assert!(gradient.iter().all(|g| g.abs() < 3.0), "{gradient:?}");
        assert!((w[0] - 0.8).abs() < 0.05 && (w[1] + 1.2).abs() < 0.05 && (w[2] + 0.5).abs() < 0.05);
    }

    #[test]
    fn a_weight_on_the_wrong_side_of_its_sign_ends_at_zero_and_the_rest_makes_the_best_of_it() {
        let (x, y) = sample(5_000);
        let fitted = fit_signed(&x, &y, 1.0, &[Sign::Rises, Sign::Rises]);
        assert_eq!(fitted.columns[1], 0.0);
        let mut alone = Matrix::with_capacity(1, 5_000);
        x.rows().for_each(|row| alone.push([row[0]]));
        let reference = fit(&alone, &y, 1.0);
        assert!((fitted.columns[0] - reference.columns[0]).abs() < 1e-3, "{fitted:?} {reference:?}");
        assert!((fitted.intercept - reference.intercept).abs() < 1e-3);
        let free = fit_signed(&x, &y, 1.0, &[Sign::Rises, Sign::Falls]);
        let both = fit(&x, &y, 1.0);
        assert!((free.columns[1] - both.columns[1]).abs() < 1e-6, "a sign that holds anyway changes nothing");
    }

    #[test]
    fn one_outcome_only_gives_the_smoothed_rate() {
        let mut x = Matrix::with_capacity(1, 3);
        (0..3).for_each(|i| x.push([f64::from(i)]));
        let w = fit(&x, &[false; 3], 1.0);
        assert!((probability(w.intercept) - 0.125).abs() < 1e-12);
    }
}
