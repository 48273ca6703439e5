//! Conditional parity: are groups still apart among those who are alike in something that may decide?
//!
//! Goes in: two groups' hits and sizes, stratum by stratum. Comes out: the Mantel-Haenszel ratio of their rates (Mantel and
//! Haenszel 1959, JNCI 22:719-748; for rates: Rothman, Modern Epidemiology, eq. 15-21) with the interval of Greenland and
//! Robins (1985, Biometrics 41:55-68, eq. 13) on the logarithm. It does not say whether the stratum may decide.

use terms::estimate::Evidence;

use super::interval::{self, Share};

/// One stratum: the group in question and the one it is held against.
pub type Stratum = (Share, Share);

/// The common ratio of the first group's rates over the second's; `comparisons` are those that must hold together.
#[must_use]
pub fn ratio(strata: &[Stratum], needed: u64, level: f64, comparisons: usize) -> Evidence {
    let (mut top, mut bottom, mut variance) = (0.0, 0.0, 0.0);
    let mut n = 0;
    for (first, second) in strata.iter().filter(|(first, second)| first.n > 0 && second.n > 0) {
        let (x, m) = (first.hits as f64, first.n as f64);
        let (y, k) = (second.hits as f64, second.n as f64);
        let all = m + k;
        top += x * k / all;
        bottom += y * m / all;
        variance += (m * k * (x + y) - x * y * all) / (all * all);
        n += first.n.min(second.n);
    }
    if n < needed.max(1) || top <= 0.0 || bottom <= 0.0 {
        return Evidence::Insufficient { n, needed };
    }
    let value = top / bottom;
    let half = interval::quantile(level, comparisons) * (variance / (top * bottom)).sqrt();
    interval::evidence(value, (value * (-half).exp(), value * half.exp()), n, level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_that_lies_in_the_strata_alone_goes_away() {
        // Berkeley's paradox in small: in each stratum the groups are alike (60 %, 20 %), overall they are not.
        let share = |hits, n| Share { hits, n };
        let strata = [(share(12, 20), share(48, 80)), (share(16, 80), share(4, 20))];
        let Evidence::Sufficient(found) = ratio(&strata, 20, 0.95, 1) else { panic!() };
        assert!((found.value - 1.0).abs() < 1e-12);
        assert!(found.interval.low < 1.0 && found.interval.high > 1.0);
    }

    #[test]
    fn ratio_and_interval_are_those_worked_out_by_hand() {
        // One stratum: 10/40 over 20/40 is .5. Variance of its logarithm 1/10 - 1/40 + 1/20 - 1/40 = .1.
        let stratum = (Share { hits: 10, n: 40 }, Share { hits: 20, n: 40 });
        let Evidence::Sufficient(found) = ratio(&[stratum], 20, 0.95, 1) else { panic!() };
        let half = 1.959_963_984_540_054 * 0.1_f64.sqrt();
        assert!((found.value - 0.5).abs() < 1e-12);
        assert!((found.interval.low - 0.5 * (-half).exp()).abs() < 1e-9);
        assert!((found.interval.high - 0.5 * half.exp()).abs() < 1e-9);
    }

    #[test]
    fn strata_with_one_group_only_say_nothing() {
        let stratum = (Share { hits: 10, n: 40 }, Share { hits: 0, n: 0 });
        assert!(matches!(ratio(&[stratum], 20, 0.95, 1), Evidence::Insufficient { n: 0, .. }));
    }
}
