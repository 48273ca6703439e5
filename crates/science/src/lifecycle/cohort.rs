//! Cohorts: customers by the month of their first purchase, and how many of them bought in each month since.
//!
//! Goes in: each customer's purchase days with amounts, ascending. Comes out: one [`Cohort`] a month, oldest first.
//! Observed counts only; nothing is estimated.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use terms::time::Day;

/// Customers who first bought in one month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// Last day of that month.
    pub month: Day,
    /// Customers in it.
    pub customers: u64,
    /// Customers with a purchase in the month of the first purchase (all of them), the next month, and so on up to
    /// the as-of day; the last month may not be over.
    pub buyers: Vec<u64>,
    /// Their purchases in these months, major units.
    pub revenue: Vec<f64>,
}

/// Adds customers up to cohorts.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohorts {
    as_of: Day,
    by_month: BTreeMap<i32, Cohort>,
}

/// Months from `from`'s to `to`'s, by stepping over month ends.
fn months_between(from: Day, to: Day) -> usize {
    let ends = std::iter::successors(Some(from.month_end()), |end| Some(end.plus(1).month_end()));
    ends.take_while(|end| *end < to.month_end()).count()
}

impl Cohorts {
    /// No customers yet; nothing after `as_of` counts.
    #[must_use]
    pub const fn new(as_of: Day) -> Self {
        Self { as_of, by_month: BTreeMap::new() }
    }

    /// Adds one customer's purchase days, ascending, with the amount of each.
    pub fn add_customer(&mut self, purchases: impl IntoIterator<Item = (Day, f64)>) {
        let as_of = self.as_of;
        let mut purchases = purchases.into_iter().take_while(|(day, _)| *day <= as_of).peekable();
        let Some((first, _)) = purchases.peek().copied() else { return };
        let cohort = self.by_month.entry(first.month_end().0).or_insert_with(|| {
            let months = months_between(first, as_of) + 1;
            Cohort {
                month: first.month_end(),
                customers: 0,
                buyers: vec![0; months],
                revenue: vec![0.0; months],
            }
        });
        cohort.customers += 1;
        let (mut month, mut end, mut counted) = (0, first.month_end(), false);
        for (day, amount) in purchases {
            while day > end {
                (month, end, counted) = (month + 1, end.plus(1).month_end(), false);
            }
            if let (Some(buyers), Some(revenue)) =
                (cohort.buyers.get_mut(month), cohort.revenue.get_mut(month))
            {
                *buyers += u64::from(!counted);
                *revenue += amount;
                counted = true;
            }
        }
    }

    /// The cohorts of the last `months` months, oldest first.
    #[must_use]
    pub fn latest(&self, months: usize) -> Vec<Cohort> {
        let skip = self.by_month.len().saturating_sub(months);
        self.by_month.values().skip(skip).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_customer_counts_once_a_month_and_what_comes_after_the_as_of_day_does_not_count() {
        let mut cohorts = Cohorts::new(day("2026-04-10"));
        cohorts.add_customer([
            (day("2026-01-05"), 10.0),
            (day("2026-01-31"), 5.0),
            (day("2026-03-01"), 7.0),
            (day("2026-04-11"), 99.0),
        ]);
        cohorts.add_customer([(day("2026-01-31"), 1.0)]);
        cohorts.add_customer([(day("2026-03-15"), 2.0)]);
        cohorts.add_customer([(day("2026-05-01"), 2.0)]);
        let found = cohorts.latest(12);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].month, found[0].customers), (day("2026-01-31"), 2));
        assert_eq!(found[0].buyers, [2, 0, 1, 0]);
        assert_eq!(found[0].revenue, [16.0, 0.0, 7.0, 0.0]);
        assert_eq!((found[1].buyers.as_slice(), found[1].customers), ([1, 0].as_slice(), 1));
        assert_eq!(cohorts.latest(1).len(), 1);
    }
}
