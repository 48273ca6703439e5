//! Logistic regression with a ridge penalty on rows that are mostly 0, such as texts by hashed n-grams.
//!
//! Goes in: rows as (column, value) pairs and what happened. Comes out: the weights that minimise
//! `sum ln(1 + exp(-(2y-1) z)) + ridge/2 |w|^2` (Hastie, Tibshirani, Friedman 2009, eq. 4.20 and 18.11), the intercept
//! without penalty, by L-BFGS from 0. No random choices, and exponentials from `libm` instead of the machine's: the same
//! rows give the same weights everywhere.
#![expect(clippy::indexing_slicing, reason = "a numeric kernel; columns are checked when a row is added")]

use super::lbfgs::minimise;
use super::logistic::Weights;

/// Rows of pairs, one after the other.
#[derive(Debug, Clone, Default)]
pub struct SparseRows {
    ends: Vec<usize>,
    pairs: Vec<(u32, f64)>,
    columns: usize,
}

impl SparseRows {
    /// No rows yet, of `columns` columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self { ends: Vec::new(), pairs: Vec::new(), columns }
    }

    /// Adds a row; pairs of a column that does not exist are left out, pairs of one column add up.
    pub fn push(&mut self, row: impl IntoIterator<Item = (u32, f64)>) {
        let columns = self.columns;
        self.pairs.extend(row.into_iter().filter(|(column, _)| (*column as usize) < columns));
        self.ends.push(self.pairs.len());
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn iter(&self) -> impl Iterator<Item = &[(u32, f64)]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.pairs[start..*end])
    }
}

/// Fits weights; `ridge` must be above 0. Without both outcomes the answer is the smoothed rate
/// `(hits + 1/2) / (n + 1)` and no weights.
#[must_use]
pub fn fit(x: &SparseRows, y: &[bool], ridge: f64) -> Weights {
    let p = x.columns;
    let n = x.len().min(y.len());
    let hits = y.iter().take(n).filter(|hit| **hit).count();
    let rate = (hits as f64 + 0.5) / (n as f64 + 1.0);
    let mut start = vec![0.0; p + 1];
    start[p] = libm::log(rate / (1.0 - rate));
    if hits == 0 || hits == n {
        return Weights { intercept: start[p], columns: vec![0.0; p] };
    }
    let minimum = minimise(&start, 1e-4, 200, |w, gradient| {
        let mut value = 0.0;
        for j in 0..p {
            gradient[j] = ridge * w[j];
            value += 0.5 * ridge * w[j] * w[j];
        }
        gradient[p] = 0.0;
        for (row, hit) in x.iter().zip(y) {
            let z = row.iter().fold(w[p], |z, (j, v)| v.mul_add(w[*j as usize], z));
            let target = f64::from(u8::from(*hit));
            value += z.max(0.0) + libm::log1p(libm::exp(-z.abs())) - target * z;
            let residual = 1.0 / (1.0 + libm::exp(-z)) - target;
            row.iter().for_each(|(j, v)| gradient[*j as usize] += residual * v);
            gradient[p] += residual;
        }
        value
    });
    let mut columns = minimum.x;
    let intercept = columns.pop().unwrap_or(0.0);
    Weights { intercept, columns }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_without_penalty_give_their_own_log_odds() {
        // 3 of 4 where the column is 1, 1 of 4 where it is -1: weight ln 3, intercept 0.
        let mut x = SparseRows::new(3);
        (0..8).for_each(|row| x.push([(1, if row < 4 { 1.0 } else { -1.0 }), (9, 1.0)]));
        let w = fit(&x, &[true, true, true, false, true, false, false, false], 1e-9);
        assert!((w.columns[1] - 3f64.ln()).abs() < 1e-3 && w.intercept.abs() < 1e-3, "{w:?}");
        assert_eq!((w.columns[0], w.columns[2]), (0.0, 0.0));
    }

    #[test]
    fn sparse_and_dense_rows_give_the_same_weights() {
        let (mut sparse, mut dense) =
            (SparseRows::new(2), super::super::matrix::Matrix::with_capacity(2, 60));
        let mut y = Vec::new();
        for i in 0..60u32 {
            let (a, b) = (f64::from(i % 7), f64::from(i % 4));
            sparse.push([(0, a), (1, b)]);
            dense.push([a, b]);
            y.push((i * 5) % 9 < 4 + i % 3);
        }
        let (w, reference) = (fit(&sparse, &y, 1.0), super::super::logistic::fit(&dense, &y, 1.0));
        assert!((w.intercept - reference.intercept).abs() < 1e-3, "{w:?} {reference:?}");
        assert!((w.columns[0] - reference.columns[0]).abs() < 1e-3);
        assert!((w.columns[1] - reference.columns[1]).abs() < 1e-3);
    }

    #[test]
    fn one_outcome_only_gives_the_smoothed_rate() {
        let mut x = SparseRows::new(1);
        (0..3).for_each(|_| x.push([(0, 1.0)]));
        assert!(
            (super::super::logistic::probability(fit(&x, &[false; 3], 1.0).intercept) - 0.125).abs() < 1e-12
        );
    }
}
