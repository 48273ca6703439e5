//! Poisson regression with a ridge penalty on all weights but the intercept, and an offset.
//!
//! Goes in: a standardised matrix, the logarithm of what is expected already, and counts. Comes out: the weights that
//! minimise `sum (e^z - y z) + ridge/2 |w|^2` with `z = offset + intercept + w x` (McCullagh, Nelder 1989, Generalized
//! Linear Models, table 2.1), by Newton steps. With a large ridge nothing is added to the offset but a level.
#![expect(clippy::indexing_slicing, reason = "a numeric kernel on indices bounded by the dimension")]

use super::cholesky;
use super::logistic::Weights;
use super::matrix::{Matrix, add_scaled, dot};

/// Fits weights; rows beyond the shortest of the three inputs are ignored.
#[must_use]
pub fn fit(x: &Matrix, offset: &[f64], y: &[f64], ridge: f64) -> Weights {
    let p = x.columns();
    let size = p + 1;
    let mut w = vec![0.0; size];
    let base: f64 = offset.iter().map(|z| z.exp()).sum();
    let total: f64 = y.iter().sum();
    w[p] = (total.max(0.5) / base.max(1e-9)).ln();
    for _ in 0..50 {
        let (mut gradient, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
        for ((row, z), y) in x.rows().zip(offset).zip(y) {
            let e = (z + w[p] + dot(row, &w[..p])).clamp(-30.0, 8.0).exp();
            add_scaled(&mut gradient[..p], e - y, row);
            gradient[p] += e - y;
            for i in 0..p {
                add_scaled(&mut hessian[i * size..=i * size + i], e * row[i], &row[..=i]);
            }
            add_scaled(&mut hessian[p * size..p * size + p], e, row);
            hessian[p * size + p] += e;
        }
        for i in 0..p {
            gradient[i] += ridge * w[i];
            hessian[i * size + i] += ridge;
        }
        hessian[p * size + p] += 1e-9;
        let Some(step) = cholesky::solve(hessian, &gradient) else { break };
        let mut largest = 0.0f64;
        for (w, step) in w.iter_mut().zip(&step) {
            *w -= step.clamp(-1.0, 1.0);
            largest = largest.max(step.abs());
        }
        if largest < 1e-8 {
            break;
        }
    }
    let intercept = w.pop().unwrap_or(0.0);
    Weights { intercept, columns: w }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_without_penalty_give_the_logarithms_of_their_rates() {
        // Twice as much as the offset says at x = 1, half as much at x = -1: weight ln 2, intercept 0.
        let mut x = Matrix::with_capacity(1, 4);
        [1.0, 1.0, -1.0, -1.0].iter().for_each(|v| x.push([*v]));
        let offset = [3f64.ln(); 4];
        let w = fit(&x, &offset, &[5.0, 7.0, 1.0, 2.0], 1e-9);
        assert!((w.columns[0] - 2f64.ln()).abs() < 1e-6 && w.intercept.abs() < 1e-6, "{w:?}");
    }

    #[test]
    fn a_heavy_ridge_leaves_a_level_only() {
        let mut x = Matrix::with_capacity(1, 4);
        [1.0, 1.0, -1.0, -1.0].iter().for_each(|v| x.push([*v]));
        let w = fit(&x, &[0.0; 4], &[5.0, 7.0, 1.0, 3.0], 1e9);
        assert!(w.columns[0].abs() < 1e-6 && (w.intercept - 4f64.ln()).abs() < 1e-6, "{w:?}");
    }
}
