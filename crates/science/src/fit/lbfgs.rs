//! Minimises a smooth function from its value and gradient: L-BFGS (Nocedal, Wright 2006, Numerical Optimization,
//! alg. 7.4 and 7.5) with backtracking to the Armijo condition (eq. 3.4). It makes no random choices.

use super::matrix::{add_scaled, dot};
use std::collections::VecDeque;

/// Pairs of steps and gradient changes that are remembered.
const MEMORY: usize = 10;
/// Relative gain of a step below which the minimum is reached.
const FLAT: f64 = 1e-11;

/// Where a minimisation ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// The point.
    pub x: Vec<f64>,
    /// The function there.
    pub value: f64,
    /// Largest absolute entry of the gradient there.
    pub gradient: f64,
}

/// Minimises `f` from `start`. `f` writes the gradient at its first argument into its second and returns the
/// value. Ends when the largest gradient entry is at most `tolerance`, when no step helps
/// or gains more than [`FLAT`], or after `iterations`.
pub fn minimise(
    start: &[f64],
    tolerance: f64,
    iterations: usize,
    mut f: impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Minimum {
    let mut x = start.to_vec();
    let mut gradient = vec![0.0; x.len()];
    let mut value = f(&x, &mut gradient);
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::with_capacity(MEMORY);
    for _ in 0..iterations {
        if largest(&gradient) <= tolerance {
            break;
        }
        let mut direction = two_loop(&gradient, &memory);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 || !slope.is_finite() {
            memory.clear();
            direction = gradient.iter().map(|g| -g).collect();
            slope = dot(&direction, &gradient);
        }
        let mut step = if memory.is_empty() { (1.0 / largest(&gradient)).min(1.0) } else { 1.0 };
        let mut found = None;
        for _ in 0..40 {
            let mut next = x.clone();
            add_scaled(&mut next, step, &direction);
            let mut next_gradient = vec![0.0; x.len()];
            let next_value = f(&next, &mut next_gradient);
            if next_value.is_finite() && next_value <= 1e-4f64.mul_add(step * slope, value) {
                found = Some((next, next_value, next_gradient));
                break;
            }
            step *= 0.5;
        }
        let Some((next, next_value, next_gradient)) = found else {
            if memory.is_empty() {
                break;
            }
            memory.clear();
            continue;
        };
        let s: Vec<f64> = next.iter().zip(&x).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&s, &y);
        if curvature > 1e-12 * dot(&y, &y) {
            if memory.len() == MEMORY {
                memory.pop_front();
            }
            memory.push_back((s, y, 1.0 / curvature));
        }
        let gained = value - next_value;
        (x, value, gradient) = (next, next_value, next_gradient);
        // A flat valley: further steps move the point and change nothing that anybody could see.
        if gained <= FLAT * value.abs().max(1.0) {
            break;
        }
    }
    Minimum { gradient: largest(&gradient), x, value }
}

/// Algorithm 7.4: the product of the inverse Hessian's approximation with minus the gradient.
fn two_loop(gradient: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut alphas = Vec::with_capacity(memory.len());
    for (s, y, rho) in memory.iter().rev() {
        let alpha = rho * dot(s, &q);
        add_scaled(&mut q, -alpha, y);
        alphas.push(alpha);
    }
    if let Some((_, y, rho)) = memory.back() {
        let scale = 1.0 / (rho * dot(y, y));
        q.iter_mut().for_each(|v| *v *= scale);
    }
    for ((s, y, rho), alpha) in memory.iter().zip(alphas.iter().rev()) {
        let beta = rho * dot(y, &q);
        add_scaled(&mut q, alpha - beta, s);
    }
    q
}

fn largest(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |m: f64, x| m.max(x.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_valley_of_rosenbrock_ends_at_one_one() {
        let minimum = minimise(&[-1.2, 1.0], 1e-8, 500, |x, g| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            g[0] = -2.0 * a - 400.0 * x[0] * b;
            g[1] = 200.0 * b;
            a * a + 100.0 * b * b
        });
        assert!((minimum.x[0] - 1.0).abs() < 1e-6 && (minimum.x[1] - 1.0).abs() < 1e-6, "{minimum:?}");
    }
}
