//! Purchase days and amounts of many customers, and how each stood on a day.
//!
//! Goes in: each customer's purchase days, ascending, same-day purchases merged. Comes out: histories as of a day with
//! what came after it. Rows after the day never reach a history.

use super::summary::Summary;
use crate::lifecycle::history::History;
use terms::time::Day;

/// Days that count as recent, as in the lake's profiles.
const RECENT_DAYS: i32 = 90;

/// Purchase days of customers, one after the other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PurchaseLog {
    ends: Vec<usize>,
    ids: Vec<u64>,
    purchases: Vec<(Day, f32)>,
}

/// A customer on a day, and what they did after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// Whose, as the log was told; 0 when it was not.
    pub customer: u64,
    /// The history up to and including the day.
    pub history: History,
    /// Sum over its gaps of `ln(weeks)`.
    pub log_gaps: f64,
    /// Purchase days after the day, up to the end.
    pub bought: f64,
    /// Their amounts.
    pub spent: f64,
}

impl Observed {
    /// What the likelihoods need.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::from(&self.history)
    }

    /// Mean amount of the repeat purchase days (note 025 leaves the first one out); `None` without one.
    #[must_use]
    pub fn repeat_orders(&self, first_amount: f64) -> Option<(f64, f64)> {
        let n = self.history.frequency;
        (n > 0.0).then(|| (n, (self.history.spend - first_amount) / n))
    }
}

impl PurchaseLog {
    /// Adds a customer; days must ascend. A customer without a purchase is left out.
    pub fn push(&mut self, purchases: impl IntoIterator<Item = (Day, f64)>) {
        self.push_as(0, purchases);
    }

    /// The same, of a customer who can be told again by `id`.
    pub fn push_as(&mut self, id: u64, purchases: impl IntoIterator<Item = (Day, f64)>) {
        let before = self.purchases.len();
        self.purchases.extend(purchases.into_iter().map(|(day, amount)| (day, amount as f32)));
        if self.purchases.len() > before {
            self.ends.push(self.purchases.len());
            self.ids.push(id);
        }
    }

    /// Customers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True without customers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The first day anybody bought.
    #[must_use]
    pub fn first_day(&self) -> Option<Day> {
        self.purchases.iter().map(|(day, _)| *day).min()
    }

    /// Each customer's purchases.
    pub fn customers(&self) -> impl Iterator<Item = &[(Day, f32)]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.purchases.get(start..*end))
    }

    /// At most `most` customers, evenly spaced.
    #[must_use]
    pub fn thinned(&self, most: usize) -> Self {
        let stride = self.len().div_ceil(most.max(1)).max(1);
        let mut thin = Self::default();
        for (id, customer) in self.ids.iter().zip(self.customers()).step_by(stride) {
            thin.push_as(*id, customer.iter().map(|(day, amount)| (*day, f64::from(*amount))));
        }
        thin
    }

    /// Everybody who had bought by `day`, with what they bought after it up to and including `until`.
    #[must_use]
    pub fn as_of(&self, day: Day, until: Day) -> Vec<Observed> {
        let of = |(id, purchases): (&u64, &[(Day, f32)])| {
            Some(Observed { customer: *id, ..observe(purchases, day, until)? })
        };
        self.ids.iter().zip(self.customers()).filter_map(of).collect()
    }
}

/// How a customer stood on a day; `None` before the first purchase.
#[must_use]
pub fn observe(purchases: &[(Day, f32)], day: Day, until: Day) -> Option<Observed> {
    let (past, rest) = purchases.split_at(purchases.partition_point(|(at, _)| *at <= day));
    let (first, last) = (past.first()?.0, past.last()?);
    let frequency = past.len() as f64 - 1.0;
    let (mut squares, mut log_gaps, mut last_gap) = (0.0, 0.0, 0.0);
    for pair in past.windows(2) {
        if let [(from, _), (to, _)] = pair {
            last_gap = f64::from(to.0 - from.0);
            squares += last_gap * last_gap;
            log_gaps += (last_gap.max(1.0) / 7.0).ln();
        }
    }
    let spend: f64 = past.iter().map(|(_, amount)| f64::from(*amount)).sum();
    let span = f64::from(last.0.0 - first.0);
    let gap_mean = if frequency > 0.0 { span / frequency } else { 0.0 };
    let gap_sd =
        if frequency > 1.0 { ((squares - span * gap_mean) / (frequency - 1.0)).max(0.0).sqrt() } else { 0.0 };
    let later = rest.iter().take_while(|(at, _)| *at <= until);
    let (bought, spent) = later.fold((0.0, 0.0), |(n, sum), (_, amount)| (n + 1.0, sum + f64::from(*amount)));
    let history = History {
        tenure: f64::from(day.0 - first.0),
        silent: f64::from(day.0 - last.0.0),
        last_gap,
        frequency,
        order_value: spend / (frequency + 1.0),
        spend,
        last_amount: f64::from(last.1),
        gap_mean,
        gap_sd,
        purchases_90: past.iter().filter(|(at, _)| at.0 > day.0 - RECENT_DAYS).count() as f64,
        engagement_90: 0.0,
    };
    Some(Observed { customer: 0, history, log_gaps, bought, spent })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_worked_by_hand_leaves_the_future_out() {
        // Days 10, 20, 50 and later 70 and 200; as of day 60, until 100.
        let days = [(10, 5.0), (20, 7.0), (50, 9.0), (70, 4.0), (200, 1.0)];
        let days: Vec<(Day, f32)> = days.iter().map(|(day, amount)| (Day(*day), *amount)).collect();
        let found = observe(&days, Day(60), Day(100)).unwrap();
        let h = found.history;
        assert_eq!((h.tenure, h.silent, h.frequency, h.last_gap), (50.0, 10.0, 2.0, 30.0));
        assert_eq!((h.spend, h.last_amount, h.gap_mean, h.purchases_90), (21.0, 9.0, 20.0, 3.0));
        assert!((h.gap_sd - 200f64.sqrt()).abs() < 1e-9);
        assert_eq!((found.bought, found.spent), (1.0, 4.0));
        assert_eq!(found.repeat_orders(5.0), Some((2.0, 8.0)));
        assert!(observe(&days, Day(9), Day(100)).is_none());
    }
}
