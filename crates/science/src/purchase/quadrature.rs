//! Gauss-Legendre nodes on [-1, 1], computed once by Newton's method (Abramowitz, Stegun 25.4.29; Golub, Welsch 1969).
//!
//! Goes in: an order. Comes out: pairs of node and weight. It integrates nothing itself.

/// `(node, weight)` of the rule of order `n`, exact for polynomials up to degree 2n - 1.
#[must_use]
pub fn gauss_legendre(n: u32) -> Vec<(f64, f64)> {
    let size = f64::from(n.max(1));
    let node = |i: u32| {
        let mut x = (std::f64::consts::PI * (f64::from(i) + 0.75) / (size + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..60 {
            // Legendre's recurrence (Abramowitz, Stegun 22.7.10) and its derivative (22.8.5).
            let (mut before, mut p) = (1.0, x);
            for j in 2..=n.max(1) {
                let j = f64::from(j);
                (before, p) = (p, ((2.0 * j - 1.0) * x * p - (j - 1.0) * before) / j);
            }
            slope = size * (x * p - before) / (x * x - 1.0);
            let step = p / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..n.max(1)).map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_of_order_three_is_the_printed_one() {
        // Abramowitz, Stegun table 25.4: nodes 0 and +-.774596669241483, weights .888888888888889, .555555555555556.
        let rule = gauss_legendre(3);
        assert!((rule[0].0 - 0.774_596_669_241_483).abs() < 1e-14 && (rule[0].1 - 5.0 / 9.0).abs() < 1e-14);
        assert!(rule[1].0.abs() < 1e-14 && (rule[1].1 - 8.0 / 9.0).abs() < 1e-14);
    }

    #[test]
    fn an_exponential_is_integrated() {
        let sum: f64 = gauss_legendre(16).iter().map(|(x, w)| w * (-12.0 * (x + 1.0)).exp()).sum();
        let exact = (1.0 - (-24f64).exp()) / 12.0;
        assert!((sum - exact).abs() < 1e-9, "{sum} {exact}");
    }
}
