//! A dense matrix, row after row, with columns that can be standardised. No views, no broadcasting.

/// `n_rows x n_columns`, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    columns: usize,
    cells: Vec<f64>,
}

impl Matrix {
    /// An empty matrix of `columns` columns with room for `rows`.
    #[must_use]
    pub fn with_capacity(columns: usize, rows: usize) -> Self {
        Self { columns: columns.max(1), cells: Vec::with_capacity(columns.max(1) * rows) }
    }

    /// Adds a row: exactly `columns` numbers are taken, missing ones are 0.
    pub fn push(&mut self, row: impl IntoIterator<Item = f64>) {
        let end = self.cells.len() + self.columns;
        self.cells.extend(row.into_iter().take(self.columns));
        self.cells.resize(end, 0.0);
    }

    /// The rows.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.cells.chunks_exact(self.columns)
    }

    /// Number of columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len() / self.columns
    }

    /// True without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Shifts and scales each column to mean 0 and standard deviation 1 and returns what was done as
    /// `(mean, scale)` per column. A constant column gets scale 1.
    pub fn standardise(&mut self) -> Vec<(f64, f64)> {
        let n = self.len().max(1) as f64;
        let mut moments = vec![(0.0, 0.0); self.columns];
        for row in self.rows() {
            for (moment, x) in moments.iter_mut().zip(row) {
                moment.0 += x / n;
            }
        }
        for row in self.rows() {
            for (moment, x) in moments.iter_mut().zip(row) {
                moment.1 += (x - moment.0).powi(2) / n;
            }
        }
        for moment in &mut moments {
            moment.1 = if moment.1 > 1e-18 { moment.1.sqrt() } else { 1.0 };
        }
        for row in self.cells.chunks_exact_mut(self.columns) {
            for (x, (mean, scale)) in row.iter_mut().zip(&moments) {
                *x = (*x - mean) / scale;
            }
        }
        moments
    }
}

/// The inner product of two slices of one length, in four running sums.
#[must_use]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0f64; 4];
    let (mut left, mut right) = (a.chunks_exact(4), b.chunks_exact(4));
    for (x, y) in left.by_ref().zip(right.by_ref()) {
        for (sum, (p, q)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += p * q;
        }
    }
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(p, q)| p * q).sum();
    sums.iter().sum::<f64>() + rest
}

/// Adds `factor * x` to `y`.
pub fn add_scaled(y: &mut [f64], factor: f64, x: &[f64]) {
    for (to, from) in y.iter_mut().zip(x) {
        *to += factor * from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standardised_columns_have_mean_zero_and_deviation_one() {
        let mut matrix = Matrix::with_capacity(2, 4);
        for x in [1.0, 2.0, 3.0, 4.0] {
            matrix.push([x, 7.0]);
        }
        let moments = matrix.standardise();
        assert_eq!(moments[1], (7.0, 1.0));
        assert!((moments[0].1 - 1.25f64.sqrt()).abs() < 1e-12);
        assert!(matrix.rows().map(|r| r[0]).sum::<f64>().abs() < 1e-12);
    }
}
