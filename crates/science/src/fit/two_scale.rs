//! Minimises a costly smooth function with the help of a cheap one that is nearly the same.
//!
//! Goes in: both functions with their gradients. Comes out: the minimum of the costly one. The cheap function shows
//! the way (L-BFGS) and gives the Hessian there by differences of its gradient; Newton steps with the exact gradient
//! end it (Byrd, Chin, Neveitt, Nocedal 2011, "On the use of stochastic Hessian information"). A costly function is
//! called some five times instead of forty.
#![expect(clippy::indexing_slicing, reason = "a numeric kernel on indices bounded by the dimension")]

use super::lbfgs::{self, Minimum};
use super::{cholesky, matrix::dot};

/// Step of the differences, on the scale of log-parameters.
const STEP: f64 = 1e-4;

fn largest(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |m: f64, x| m.max(x.abs()))
}

/// The Hessian of `f` at `x` by central differences of its gradient, symmetrised and lifted a little.
fn hessian(x: &[f64], f: &mut impl FnMut(&[f64], &mut [f64]) -> f64) -> Vec<f64> {
    let n = x.len();
    let mut h = vec![0.0; n * n];
    let (mut up, mut down) = (vec![0.0; n], vec![0.0; n]);
    for j in 0..n {
        let mut at = x.to_vec();
        at[j] = x[j] + STEP;
        f(&at, &mut up);
        at[j] = x[j] - STEP;
        f(&at, &mut down);
        for i in 0..n {
            let slope = (up[i] - down[i]) / (2.0 * STEP);
            h[i * n + j] += 0.5 * slope;
            h[j * n + i] += 0.5 * slope;
        }
    }
    (0..n).for_each(|i| h[i * n + i] += 1e-7);
    h
}

/// Minimises `full` from `start`; `coarse` is close to it. Functions as in [`lbfgs::minimise`], and of the size of
/// one (a mean, not a sum).
pub fn minimise(
    start: &[f64],
    tolerance: f64,
    mut coarse: impl FnMut(&[f64], &mut [f64]) -> f64,
    mut full: impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Minimum {
    let near = lbfgs::minimise(start, tolerance, 300, &mut coarse);
    let mut x = near.x;
    let mut gradient = vec![0.0; x.len()];
    let mut value = full(&x, &mut gradient);
    let curvature = hessian(&x, &mut coarse);
    for _ in 0..6 {
        if largest(&gradient) <= tolerance {
            break;
        }
        let Some(mut step) = cholesky::solve(curvature.clone(), &gradient) else { break };
        let long = largest(&step);
        if long > 1.0 {
            step.iter_mut().for_each(|s| *s /= long);
        }
        let expected = dot(&step, &gradient);
        let next: Vec<f64> = x.iter().zip(&step).map(|(a, s)| a - s).collect();
        let mut next_gradient = vec![0.0; x.len()];
        let next_value = full(&next, &mut next_gradient);
        if next_value.is_nan() || next_value > value + 1e-14 * value.abs() {
            break;
        }
        (x, value, gradient) = (next, next_value, next_gradient);
        if expected.abs() < 1e-14 * value.abs().max(1.0) {
            break;
        }
    }
    // Where the cheap function misled, the long way is gone with the costly one.
    if value.is_finite() && largest(&gradient) <= tolerance.max(1e-6) {
        return Minimum { gradient: largest(&gradient), x, value };
    }
    lbfgs::minimise(&x, tolerance, 200, full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minimum_moved_a_little_is_found_exactly() {
        // (x - 1)^2 + (y - 2)^4 + y^2 around; the cheap function has its minimum elsewhere.
        let bowl = |centre: f64| {
            move |x: &[f64], g: &mut [f64]| {
                g[0] = 2.0 * (x[0] - centre);
                g[1] = 2.0 * x[1] + (x[1] - x[0]);
                g[0] -= x[1] - x[0];
                (x[0] - centre).powi(2) + x[1] * x[1] + 0.5 * (x[1] - x[0]).powi(2)
            }
        };
        let minimum = minimise(&[0.0, 0.0], 1e-10, bowl(1.02), bowl(1.0));
        // Gradient zero by hand: 3y = x, 2(x - 1) = y - x, so x = 3/4 and y = 1/4.
        assert!((minimum.x[0] - 0.75).abs() < 1e-8 && (minimum.x[1] - 0.25).abs() < 1e-8, "{minimum:?}");
    }
}
