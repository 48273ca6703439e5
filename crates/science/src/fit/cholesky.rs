//! Solves `A x = b` for a symmetric positive definite `A` (Golub, Van Loan, Matrix Computations 4th ed., alg. 4.2.1).
#![expect(clippy::indexing_slicing, reason = "a numeric kernel on indices bounded by the dimension")]

/// The solution of `a x = b`; `a` is `n x n` row-major with its lower triangle filled, `n = b.len()`. `None` when
/// `a` is not positive definite.
#[must_use]
pub fn solve(mut a: Vec<f64>, b: &[f64]) -> Option<Vec<f64>> {
    let n = b.len();
    if a.len() != n * n {
        return None;
    }
    for j in 0..n {
        for i in j..n {
            let inner: f64 = (0..j).map(|k| a[i * n + k] * a[j * n + k]).sum();
            let value = a[i * n + j] - inner;
            if i == j {
                if value <= 0.0 || !value.is_finite() {
                    return None;
                }
                a[j * n + j] = value.sqrt();
            } else {
                a[i * n + j] = value / a[j * n + j];
            }
        }
    }
    let mut x = b.to_vec();
    for i in 0..n {
        let inner: f64 = (0..i).map(|k| a[i * n + k] * x[k]).sum();
        x[i] = (x[i] - inner) / a[i * n + i];
    }
    for i in (0..n).rev() {
        let inner: f64 = (i + 1..n).map(|k| a[k * n + i] * x[k]).sum();
        x[i] = (x[i] - inner) / a[i * n + i];
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_worked_by_hand_is_solved() {
        // [4 2; 2 3] x = [8; 7] has the solution [1.25; 1.5].
        let x = solve(vec![4.0, 0.0, 2.0, 3.0], &[8.0, 7.0]).unwrap();
        assert!((x[0] - 1.25).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12);
    }

    #[test]
    fn an_indefinite_matrix_has_no_solution_here() {
        assert!(solve(vec![1.0, 0.0, 2.0, 1.0], &[1.0, 1.0]).is_none());
    }
}
