//! Multinomial logistic regression with a ridge penalty, for classes `0..K` of which some may be absent.
//!
//! Goes in: a standardised matrix and class numbers. Comes out: one intercept and weight row a class that occurs
//! (Hastie, Tibshirani, Friedman 2009, eq. 4.17 in its symmetric form, 18.11); absent classes get probability 0.
#![expect(clippy::indexing_slicing, reason = "a numeric kernel on indices bounded by the dimension")]

use super::lbfgs;
use super::matrix::{Matrix, add_scaled, dot};

/// Fitted weights of the classes that occur.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassWeights {
    /// Class number.
    pub class: usize,
    /// Log-odds (up to a constant) at the mean of all columns.
    pub intercept: f64,
    /// One weight a column.
    pub columns: Vec<f64>,
}

/// Mean penalised loss at `w` (per class: columns, then intercept) and its gradient.
fn loss(x: &Matrix, y: &[usize], classes: usize, ridge: f64, w: &[f64], gradient: &mut [f64]) -> f64 {
    let p = x.columns();
    let size = p + 1;
    let n = x.len().max(1) as f64;
    let mut value = 0.0;
    let mut z = vec![0.0; classes];
    gradient.fill(0.0);
    for (row, target) in x.rows().zip(y) {
        for (k, score) in z.iter_mut().enumerate() {
            *score = dot(row, &w[k * size..k * size + p]) + w[k * size + p];
        }
        let top = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        value -= z[*target] - top;
        z.iter_mut().for_each(|score| *score = (*score - top).exp());
        let total: f64 = z.iter().sum();
        value += total.ln();
        for (k, score) in z.iter().enumerate() {
            let residual = score / total - f64::from(u8::from(k == *target));
            add_scaled(&mut gradient[k * size..k * size + p], residual, row);
            gradient[k * size + p] += residual;
        }
    }
    for k in 0..classes {
        for j in k * size..k * size + p {
            value += 0.5 * ridge * w[j] * w[j];
            gradient[j] += ridge * w[j];
        }
    }
    gradient.iter_mut().for_each(|g| *g /= n);
    value / n
}

/// Fits the classes that occur in `y`; `ridge` must be above 0.
#[must_use]
pub fn fit(x: &Matrix, y: &[usize], ridge: f64) -> Vec<ClassWeights> {
    let mut present: Vec<usize> = y.to_vec();
    present.sort_unstable();
    present.dedup();
    let targets: Vec<usize> = y.iter().map(|class| present.binary_search(class).unwrap_or(0)).collect();
    let size = x.columns() + 1;
    let start = vec![0.0; present.len() * size];
    let minimum = lbfgs::minimise(&start, 2e-5, 150, |w, gradient| {
        loss(x, &targets, present.len(), ridge, w, gradient)
    });
    present
        .iter()
        .zip(minimum.x.chunks_exact(size))
        .map(|(class, w)| ClassWeights {
            class: *class,
            intercept: w[size - 1],
            columns: w[..size - 1].to_vec(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        let mut stream = SplitMix64::new(5);
        let mut x = Matrix::with_capacity(2, 60);
        let y: Vec<usize> = (0..60).map(|i| i % 3).collect();
        (0..60).for_each(|_| x.push([stream.next_normal(), stream.next_normal()]));
        let w: Vec<f64> = (0..9).map(|_| stream.next_normal()).collect();
        let mut gradient = vec![0.0; 9];
        loss(&x, &y, 3, 0.5, &w, &mut gradient);
        let mut scratch = vec![0.0; 9];
        for j in 0..9 {
            let (mut up, mut down) = (w.clone(), w.clone());
            up[j] += 1e-5;
            down[j] -= 1e-5;
            let numeric =
                (loss(&x, &y, 3, 0.5, &up, &mut scratch) - loss(&x, &y, 3, 0.5, &down, &mut scratch)) / 2e-5;
            assert!((gradient[j] - numeric).abs() < 1e-7, "{j}: {} {numeric}", gradient[j]);
        }
    }

    #[test]
    fn classes_without_information_get_their_shares() {
        let mut x = Matrix::with_capacity(1, 10);
        (0..10).for_each(|_| x.push([0.0]));
        let y = [0, 0, 0, 0, 0, 0, 3, 3, 3, 3];
        let fitted = fit(&x, &y, 1.0);
        assert_eq!(fitted.iter().map(|c| c.class).collect::<Vec<_>>(), [0, 3]);
        let odds = (fitted[0].intercept - fitted[1].intercept).exp();
        assert!((odds - 1.5).abs() < 1e-3, "{odds}");
    }
}
