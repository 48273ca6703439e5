//! How large an effect an audience can show, and how large an audience an effect needs.
//!
//! Goes in: the spread of the outcome and the sizes of the arms. Comes out: the minimal detectable difference or
//! the customers needed, by the normal approximation of the two-sample test (Cohen 1988, section 2.4; Lachin 1981,
//! eq. 1). It is a guide before the start; what an experiment showed is estimated afterwards.

use crate::error::ScienceError;
use statrs::distribution::{ContinuousCDF, Normal};
use terms::estimate::Estimate;

/// What is asked of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// Probability content of the interval, such as .95.
    pub level: f64,
    /// Probability of seeing an effect that is there, such as .8.
    pub power: f64,
}

impl Default for Demand {
    /// A 95 % interval that excludes zero with 80 % probability.
    fn default() -> Self {
        Self { level: 0.95, power: 0.8 }
    }
}

fn inside(name: &'static str, value: f64) -> Result<f64, ScienceError> {
    if value > 0.0 && value < 1.0 {
        return Ok(value);
    }
    Err(ScienceError::OutOfRange { name, value, range: "between 0 and 1" })
}

fn quantiles(demand: &Demand) -> Result<f64, ScienceError> {
    let normal = Normal::standard();
    let level = inside("level", demand.level)?;
    Ok(normal.inverse_cdf(0.5 + level / 2.0) + normal.inverse_cdf(inside("power", demand.power)?))
}

/// The smallest difference in means that `n` customers with a control share can show, in the unit of
/// `deviation`, the standard deviation of the outcome per customer. Infinite when an arm is empty.
///
/// # Errors
/// When share, level or power are not between 0 and 1.
pub fn minimal_detectable(
    n: u64,
    control_share: f64,
    deviation: f64,
    demand: &Demand,
) -> Result<f64, ScienceError> {
    let share = inside("control share", control_share)?;
    if n == 0 {
        return Ok(f64::INFINITY);
    }
    Ok(quantiles(demand)? * deviation * (1.0 / (n as f64 * share * (1.0 - share))).sqrt())
}

/// The smallest difference that numbers with this interval show with the power asked for: the interval's half width is its
/// error times the quantile of its level. `None` for an interval without width.
///
/// # Errors
/// When level or power are not between 0 and 1.
pub fn detectable_from_error(found: &Estimate, demand: &Demand) -> Result<Option<f64>, ScienceError> {
    let level = inside("level", found.interval.level)?;
    let half = (found.interval.high - found.interval.low) / 2.0;
    let error = half / Normal::standard().inverse_cdf(0.5 + level / 2.0);
    let shown = quantiles(demand)? * error;
    Ok((shown > 0.0 && shown.is_finite()).then_some(shown))
}

/// The customers needed in both arms together to show a difference of `effect`.
///
/// # Errors
/// When share, level or power are not between 0 and 1, or the effect is 0.
pub fn sample_size(
    effect: f64,
    control_share: f64,
    deviation: f64,
    demand: &Demand,
) -> Result<u64, ScienceError> {
    let share = inside("control share", control_share)?;
    if effect == 0.0 || !effect.is_finite() {
        return Err(ScienceError::OutOfRange { name: "effect", value: effect, range: "other than 0" });
    }
    Ok(((quantiles(demand)? * deviation / effect).powi(2) / (share * (1.0 - share))).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_deviation_needs_the_printed_number_of_customers() {
        // Two arms, d = .5, 95 %, 80 %: 2 (1.959964 + .841621)^2 / .25 = 62.8 an arm (63 in normal tables).
        assert_eq!(sample_size(0.5, 0.5, 1.0, &Demand::default()).unwrap(), 126);
        let back = minimal_detectable(126, 0.5, 1.0, &Demand::default()).unwrap();
        assert!((back - 0.5).abs() < 0.002, "{back}");
    }

    #[test]
    fn what_numbers_show_follows_from_their_interval() {
        // Half width 1.959964 is an error of 1: 1.959964 + .841621.
        let interval = terms::estimate::Interval { low: -1.959_964, high: 1.959_964, level: 0.95 };
        let found = detectable_from_error(&Estimate { value: 0.0, interval, n: 9 }, &Demand::default());
        assert!((found.unwrap().unwrap() - 2.801_585).abs() < 1e-5);
    }

    #[test]
    fn a_small_control_group_can_show_less() {
        let even = minimal_detectable(10_000, 0.5, 40.0, &Demand::default()).unwrap();
        let tenth = minimal_detectable(10_000, 0.1, 40.0, &Demand::default()).unwrap();
        assert!((tenth / even - (0.25f64 / 0.09).sqrt()).abs() < 1e-9);
    }
}
