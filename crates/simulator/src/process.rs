//! How customers buy: gamma-distributed gaps in a time that runs faster in season, a chance of dropping out after
//! each purchase, log-normal amounts, a few returns.

use rand::RngExt;
use rand_distr::{Distribution, Gamma, LogNormal};
use terms::ids::CustomerKey;
use terms::time::{Day, Instant, MICROS_PER_SECOND};

use crate::Shop;
use crate::customer::{SimulatedCustomer, Stream, stream};

/// A purchase or a return of the simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedPurchase {
    /// Whose.
    pub customer: CustomerKey,
    /// When.
    pub at: Instant,
    /// Amount in cents of a euro; negative for a return.
    pub cents: i64,
    /// Order number; a return carries the number of what it returns.
    pub order: String,
}

/// Share of purchases that are returned.
const RETURN_SHARE: f64 = 0.025;
/// Spread of a customer's amounts around their own median, on the log scale.
pub(crate) const AMOUNT_SPREAD: f64 = 0.35;

/// How eagerly the shop's customers buy on a day, 1 on average: up before Christmas and at weekends, down in August.
pub(crate) fn season(day: Day) -> f64 {
    let date = day.to_date();
    let month = match date.month() {
        11 => 1.35,
        12 => 1.45,
        1 => 0.85,
        7 => 0.9,
        8 => 0.75,
        _ => 1.0,
    };
    // 1970-01-01 was a Thursday.
    let week = match (day.0 + 4).rem_euclid(7) {
        0 => 1.2,
        6 => 1.3,
        _ => 0.9,
    };
    month * week
}

impl SimulatedCustomer {
    /// Everything this customer buys without any message, in order, up to and including `until`.
    pub(crate) fn undisturbed(&self, seed: u64, until: Day) -> Vec<SimulatedPurchase> {
        let mut rng = stream(seed, self.number, Stream::Purchases);
        let mut rows = Vec::new();
        let habit = &self.habit;
        if !habit.buys {
            return rows;
        }
        let Ok(gaps) = Gamma::new(habit.regularity, habit.mean_gap / habit.regularity) else { return rows };
        let Ok(amounts) = LogNormal::new(habit.amount.ln(), AMOUNT_SPREAD) else { return rows };
        let mut day = self.joined.plus(habit.first_after);
        let mut count = 0_u32;
        while day <= until {
            count += 1;
            let at = Instant(day.start().0 + rng.random_range(8 * 3_600..22 * 3_600) * MICROS_PER_SECOND);
            let at = if count == 1 { at.max(self.record.known_since) } else { at };
            let cents = (amounts.sample(&mut rng) * 100.0).round().max(100.0) as i64;
            let order = format!("{}-{count}", self.number + 1);
            if rng.random_bool(RETURN_SHARE) {
                let back = at.plus_days(rng.random_range(3..15));
                if back.day() <= until {
                    let order = order.clone();
                    rows.push(SimulatedPurchase {
                        customer: self.record.key.clone(),
                        at: back,
                        cents: -cents,
                        order,
                    });
                }
            }
            rows.push(SimulatedPurchase { customer: self.record.key.clone(), at, cents, order });
            if rng.random_bool(habit.dropout) {
                break;
            }
            // The gap passes at the season's speed, a day at a time; at least one day lies between two purchases.
            let mut left = gaps.sample(&mut rng);
            loop {
                day = day.plus(1);
                left -= season(day);
                if left <= 0.0 || day > until {
                    break;
                }
            }
        }
        rows.sort_by_key(|row| row.at);
        rows
    }
}

impl Shop {
    /// Purchases of the shop's files: of everybody, up to and including the last day.
    #[must_use]
    pub fn purchases(&self) -> Vec<SimulatedPurchase> {
        let last = self.last_day;
        let mut rows: Vec<_> = self
            .customers
            .iter()
            .flat_map(|customer| customer.undisturbed(self.seed, self.until()))
            .filter(|row| row.at.day() <= last)
            .collect();
        rows.sort_by(|a, b| (a.at, &a.customer).cmp(&(b.at, &b.customer)));
        rows
    }
}
