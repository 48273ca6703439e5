//! Ridge regression with a weight a row and a penalty a column, for outcomes that happen or that are amounts.
//!
//! Goes in: a standardised matrix, outcomes, weights and penalties. Comes out: the coefficients, intercept last, that
//! minimise `sum w loss + 1/2 sum ridge_j b_j^2` with the logistic or the squared loss (Hastie, Tibshirani, Friedman
//! 2009, eq. 3.41, 4.20, 18.11). Newton steps with the exact gradient; a large logistic Hessian comes from evenly
//! spaced rows (Byrd, Chin, Neveitt, Nocedal 2011). [`crate::fit::logistic`] has neither weights nor penalties a column.
#![expect(clippy::indexing_slicing, reason = "a numeric kernel on indices bounded by the dimension")]

use crate::fit::cholesky;
use crate::fit::logistic::probability;
use crate::fit::matrix::{Matrix, add_scaled, dot};

/// Rows a logistic Hessian is built from at most.
const HESSIAN_ROWS: usize = 6_000;

/// What an outcome is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// 0 or 1.
    Logit,
    /// An amount.
    Identity,
}

/// What is to be fitted: `x` is `n x p`, `y` and `weights` have n entries (no weights: all 1), `ridge` has p.
pub(super) struct Problem<'a> {
    pub(super) x: &'a Matrix,
    pub(super) y: &'a [f64],
    pub(super) weights: Option<&'a [f64]>,
    pub(super) ridge: &'a [f64],
    pub(super) link: Link,
}

impl Link {
    /// The mean that belongs to a linear predictor.
    pub(super) fn mean(self, z: f64) -> f64 {
        match self {
            Self::Logit => probability(z),
            Self::Identity => z,
        }
    }

    fn loss(self, z: f64, y: f64) -> f64 {
        match self {
            Self::Logit => z.max(0.0) + (-z.abs()).exp().ln_1p() - y * z,
            Self::Identity => 0.5 * (z - y) * (z - y),
        }
    }

    fn curvature(self, z: f64) -> f64 {
        match self {
            Self::Logit => {
                let q = probability(z);
                q * (1.0 - q)
            }
            Self::Identity => 1.0,
        }
    }
}

/// The linear predictor of a row.
pub(super) fn predictor(row: &[f64], b: &[f64]) -> f64 {
    let p = b.len().saturating_sub(1);
    dot(row, &b[..p]) + b[p]
}

impl Problem<'_> {
    fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    fn loss(&self, b: &[f64], gradient: &mut [f64]) -> f64 {
        let p = self.x.columns();
        gradient.fill(0.0);
        let mut value = 0.0;
        for (at, (row, y)) in self.x.rows().zip(self.y).enumerate() {
            let z = predictor(row, b);
            let weight = self.weight(at);
            value += weight * self.link.loss(z, *y);
            let residual = weight * (self.link.mean(z) - y);
            add_scaled(&mut gradient[..p], residual, row);
            gradient[p] += residual;
        }
        for j in 0..p {
            value += 0.5 * self.ridge[j] * b[j] * b[j];
            gradient[j] += self.ridge[j] * b[j];
        }
        value
    }

    fn hessian(&self, b: &[f64]) -> Vec<f64> {
        let p = self.x.columns();
        let size = p + 1;
        let mut h = vec![0.0; size * size];
        let stride = match self.link {
            Link::Logit => self.x.len().div_ceil(HESSIAN_ROWS).max(1),
            Link::Identity => 1,
        };
        let mut used = 0usize;
        for (at, row) in self.x.rows().enumerate().step_by(stride) {
            used += 1;
            let c = self.weight(at) * self.link.curvature(predictor(row, b));
            for i in 0..p {
                if row[i] != 0.0 {
                    add_scaled(&mut h[i * size..=i * size + i], c * row[i], &row[..=i]);
                }
            }
            add_scaled(&mut h[p * size..p * size + p], c, row);
            h[p * size + p] += c;
        }
        let factor = self.x.len() as f64 / used.max(1) as f64;
        h.iter_mut().for_each(|v| *v *= factor);
        for i in 0..p {
            h[i * size + i] += self.ridge[i];
        }
        h[p * size + p] += 1e-9 * self.x.len() as f64;
        h
    }

    /// Fits from `start` (p + 1 numbers, or none for zeros); penalties must be above 0. `None` when the problem has no
    /// rows or cannot be solved.
    pub(super) fn fit(&self, start: Option<&[f64]>) -> Option<Vec<f64>> {
        let p = self.x.columns();
        let n = self.x.len();
        if n == 0 || self.y.len() != n || self.ridge.len() != p {
            return None;
        }
        let mut b = match start {
            Some(start) if start.len() == p + 1 => start.to_vec(),
            _ => {
                let mean = self.y.iter().sum::<f64>() / n as f64;
                let mut b = vec![0.0; p + 1];
                b[p] = match self.link {
                    Link::Identity => mean,
                    Link::Logit => {
                        let rate = (mean * n as f64 + 0.5) / (n as f64 + 1.0);
                        (rate / (1.0 - rate)).ln()
                    }
                };
                b
            }
        };
        let mut gradient = vec![0.0; p + 1];
        let mut value = self.loss(&b, &mut gradient);
        for _ in 0..60 {
            let step = cholesky::solve(self.hessian(&b), &gradient)?;
            let decrement = dot(&step, &gradient);
            if decrement < 1e-9 * n as f64 {
                break;
            }
            let mut length = 1.0;
            let mut improved = false;
            for _ in 0..30 {
                let mut next = b.clone();
                add_scaled(&mut next, -length, &step);
                let mut next_gradient = vec![0.0; p + 1];
                let next_value = self.loss(&next, &mut next_gradient);
                if next_value <= value - 1e-4 * length * decrement {
                    (b, value, gradient) = (next, next_value, next_gradient);
                    improved = true;
                    break;
                }
                length *= 0.5;
            }
            if !improved {
                break;
            }
        }
        b.iter().all(|v| v.is_finite()).then_some(b)
    }

    /// Twice the loss without its penalty: the deviance up to a constant.
    pub(super) fn deviance(&self, b: &[f64]) -> f64 {
        let rows = self.x.rows().zip(self.y).enumerate();
        2.0 * rows.map(|(at, (row, y))| self.weight(at) * self.link.loss(predictor(row, b), *y)).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[f64]) -> Matrix {
        let mut x = Matrix::with_capacity(1, rows.len());
        rows.iter().for_each(|value| x.push([*value]));
        x
    }

    #[test]
    fn a_weighted_line_agrees_with_a_calculation_by_hand() {
        // Points (0,0) weight 1, (1,1) weight 1, (1,3) weight 3: the line passes 0 and (1 + 9)/4 = 2.5.
        let x = matrix(&[0.0, 1.0, 1.0]);
        let weights = [1.0, 1.0, 3.0];
        let problem = Problem {
            x: &x,
            y: &[0.0, 1.0, 3.0],
            weights: Some(&weights),
            ridge: &[1e-9],
            link: Link::Identity,
        };
        let b = problem.fit(None).unwrap();
        assert!((b[0] - 2.5).abs() < 1e-6 && b[1].abs() < 1e-6, "{b:?}");
    }

    #[test]
    fn a_row_of_weight_two_counts_as_two_rows() {
        let (once, twice) = (matrix(&[1.0, -1.0, 0.5]), matrix(&[1.0, -1.0, 0.5, 0.5]));
        let weights = [1.0, 1.0, 2.0];
        let fit = |x: &Matrix, y: &[f64], weights: Option<&[f64]>| {
            Problem { x, y, weights, ridge: &[0.3], link: Link::Logit }.fit(None).unwrap()
        };
        let (a, b) = (fit(&once, &[1.0, 0.0, 0.0], Some(&weights)), fit(&twice, &[1.0, 0.0, 0.0, 0.0], None));
        assert!(a.iter().zip(&b).all(|(p, q)| (p - q).abs() < 1e-3), "{a:?} {b:?}");
    }
}
