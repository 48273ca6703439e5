//! Who moves where in the next period: expected counts and revenue per migration, with intervals.
//!
//! Goes in: one row a customer with the joint probabilities of outcome and next stage. Comes out: a 6 x 6 matrix
//! of estimates. A count is a sum of independent yes-or-no draws (Poisson binomial: mean `sum p`, variance
//! `sum p (1 - p)`; Le Cam 1960), its interval the normal approximation cut at 0 and at the customers there are.
//! Revenue adds the spread of order values. Both leave out what is common to all customers, such as a season: the
//! intervals are those of a period like the ones the model has seen.

use crate::lifecycle::model::Joint;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
use terms::estimate::{Estimate, Interval};
use terms::stage::Stage;

/// One customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForecastRow {
    /// Stage now.
    pub from: Stage,
    /// Probabilities of outcome and next stage.
    pub joint: Joint,
    /// Expected amount of a purchase day, major units.
    pub order_value: f64,
    /// Standard deviation of that amount.
    pub order_deviation: f64,
}

/// One possible move.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Migration {
    /// From.
    pub from: Stage,
    /// To.
    pub to: Stage,
    /// Customers expected to make it.
    pub customers: Estimate,
    /// Revenue expected from them in the period, major units.
    pub revenue: Estimate,
}

/// All moves of a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastMatrix {
    /// Moves with any probability, row by row in the order of [`Stage::ALL`].
    pub migrations: Vec<Migration>,
    /// Customers now, by stage.
    pub now: [u64; Stage::COUNT],
    /// Customers expected at the end, by stage.
    pub next: Vec<Estimate>,
    /// Revenue expected in the period.
    pub revenue: Estimate,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    mean: f64,
    variance: f64,
}

impl Sum {
    fn add(&mut self, mean: f64, variance: f64) {
        self.mean += mean;
        self.variance += variance.max(0.0);
    }

    fn estimate(self, z: f64, level: f64, n: u64, high: f64) -> Estimate {
        let half = z * self.variance.sqrt();
        let interval =
            Interval { low: (self.mean - half).max(0.0), high: (self.mean + half).min(high), level };
        Estimate { value: self.mean, interval, n }
    }
}

/// Sums the rows up. `purchases_when_several`: mean purchase days in a period with several; `level`: probability
/// content of the intervals, clamped to .5 to .999.
#[must_use]
pub fn summary(rows: &[ForecastRow], purchases_when_several: f64, level: f64) -> ForecastMatrix {
    let level = level.clamp(0.5, 0.999);
    let z = Normal::standard().inverse_cdf(0.5 + level / 2.0);
    let mut now = [0u64; Stage::COUNT];
    let mut counts = [[Sum::default(); Stage::COUNT]; Stage::COUNT];
    let mut money = counts;
    let mut next = [Sum::default(); Stage::COUNT];
    let mut total = Sum::default();
    let k = purchases_when_several.max(2.0);
    for row in rows {
        let from = row.from.index();
        if let Some(n) = now.get_mut(from) {
            *n += 1;
        }
        let (value, spread) = (row.order_value.max(0.0), row.order_deviation.powi(2));
        let (mut all_mean, mut all_square) = (0.0, 0.0);
        let cells = row.joint.silent.iter().zip(&row.joint.single).zip(&row.joint.several).enumerate();
        for (to, ((silent, single), several)) in cells {
            let p = silent + single + several;
            let mean = value * several.mul_add(k, *single);
            // E[revenue^2] on this move: one order, or k of them.
            let square =
                single * value.mul_add(value, spread) + several * (k * value).mul_add(k * value, k * spread);
            all_mean += mean;
            all_square += square;
            if let Some(cell) = counts.get_mut(from).and_then(|cells| cells.get_mut(to)) {
                cell.add(p, p * (1.0 - p));
            }
            if let Some(cell) = money.get_mut(from).and_then(|cells| cells.get_mut(to)) {
                cell.add(mean, square - mean * mean);
            }
            if let Some(cell) = next.get_mut(to) {
                cell.add(p, p * (1.0 - p));
            }
        }
        total.add(all_mean, all_square - all_mean * all_mean);
    }
    let mut migrations = Vec::new();
    for ((from, n), (count_row, money_row)) in Stage::ALL.iter().zip(now).zip(counts.iter().zip(&money)) {
        for ((to, count), revenue) in Stage::ALL.iter().zip(count_row).zip(money_row) {
            if count.mean > 0.0 {
                migrations.push(Migration {
                    from: *from,
                    to: *to,
                    customers: count.estimate(z, level, n, n as f64),
                    revenue: revenue.estimate(z, level, n, f64::INFINITY),
                });
            }
        }
    }
    let n = rows.len() as u64;
    let next = next.iter().map(|sum| sum.estimate(z, level, n, n as f64)).collect();
    ForecastMatrix { migrations, now, next, revenue: total.estimate(z, level, n, f64::INFINITY) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_equal_customers_give_the_binomial_by_hand() {
        let mut joint = Joint { silent: [0.0; 6], single: [0.0; 6], several: [0.0; 6] };
        joint.silent[Stage::AtRisk.index()] = 0.8;
        joint.single[Stage::Active.index()] = 0.2;
        let row = ForecastRow { from: Stage::Active, joint, order_value: 50.0, order_deviation: 0.0 };
        let matrix = summary(&[row; 100], 2.0, 0.95);
        let stays = matrix.migrations.iter().find(|m| m.to == Stage::Active).unwrap();
        // 100 x .2 = 20, half width 1.959964 x sqrt(100 x .2 x .8) = 7.839856; revenue fifty times that.
        assert!((stays.customers.value - 20.0).abs() < 1e-9);
        assert!((stays.customers.interval.high - 27.839_856).abs() < 1e-4);
        assert!((matrix.revenue.value - 1_000.0).abs() < 1e-9);
        assert!((matrix.revenue.interval.high - 1_391.992_8).abs() < 1e-2);
        assert_eq!(matrix.now[Stage::Active.index()], 100);
    }
}
