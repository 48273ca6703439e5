//! A shop with known truth: customers with individual rhythms, dropout, seasons and consents, and answers to
//! messages that truly differ by segment. For the demo and for tests; never part of a real installation's data.
//!
//! Goes in: a seed, a size, a last day. Comes out: the files any brand would bring, and later the purchases and
//! responses that follow a campaign, with the effect that the messages truly had. Everything about a customer follows
//! from (seed, customer number), so a run repeats, and the treated and the untreated self of a customer can be
//! compared. Deliberately absent: any knowledge of how Candor works.

mod answer;
mod customer;
mod files;
mod process;

pub use answer::{Answers, Contact, Response, TrueUplift};
pub use customer::SimulatedCustomer;
pub use files::{Files, write_consents, write_customers, write_purchases};
pub use process::SimulatedPurchase;

use terms::ids::CustomerKey;
use terms::time::Day;

/// Days in a simulated month.
const MONTH_DAYS: i32 = 30;
/// Days simulated beyond the last day, so that campaigns have a future to change.
const FUTURE_DAYS: i32 = 120;

/// How much faster than on average the shop gains customers on the last day of its files: the derivative of the share
/// of customers who have joined, `t^1.25`, at its end.
const PACE_AT_THE_END: f64 = 1.25;

/// A simulated shop.
#[derive(Debug, Clone)]
pub struct Shop {
    seed: u64,
    first_day: Day,
    last_day: Day,
    customers: Vec<SimulatedCustomer>,
}

impl Shop {
    /// A shop of `customers` people whose files reach from `months` before `last_day` up to and including it.
    #[must_use]
    pub fn new(seed: u64, customers: u32, months: u32, last_day: Day) -> Self {
        let first_day = last_day.plus(-(i32::try_from(months).unwrap_or(0) * MONTH_DAYS) + 1);
        let customers =
            (0..customers).map(|number| SimulatedCustomer::new(seed, number, first_day, last_day)).collect();
        Self { seed, first_day, last_day, customers }
    }

    /// The same shop, open for `days` more: of `customers` people the last ones join one by one after the last day of
    /// the files, at the pace the shop had reached. The others are exactly those of a shop without these days.
    #[must_use]
    pub fn open_for(seed: u64, customers: u32, months: u32, last_day: Day, days: u32) -> Self {
        let before = f64::from(i32::try_from(months).unwrap_or(0) * MONTH_DAYS);
        let after = PACE_AT_THE_END * f64::from(days);
        let joining = (f64::from(customers) * after / (before + after)).round() as u32;
        let mut shop = Self::new(seed, customers - joining.min(customers), months, last_day);
        let until = last_day.plus(i32::try_from(days).unwrap_or(0));
        for place in 0..joining {
            // Spread evenly over the days: newcomers are a stream, not a wave.
            let day = (f64::from(place) + 0.5) / f64::from(joining.max(1)) * f64::from(days);
            let joined = last_day.plus(1 + day as i32).min(until);
            let number = customers - joining.min(customers) + place;
            shop.customers.push(SimulatedCustomer::joining(seed, number, shop.first_day, joined, until));
        }
        shop
    }

    /// The customers who join after the last day of the files and up to `day`.
    pub fn newcomers(&self, day: Day) -> impl Iterator<Item = &SimulatedCustomer> {
        self.customers
            .iter()
            .filter(move |customer| customer.joined > self.last_day && customer.joined <= day)
    }

    /// The customers, in the order of their numbers.
    #[must_use]
    pub fn customers(&self) -> &[SimulatedCustomer] {
        &self.customers
    }

    /// The first day of the files.
    #[must_use]
    pub const fn first_day(&self) -> Day {
        self.first_day
    }

    /// The last day of the files.
    #[must_use]
    pub const fn last_day(&self) -> Day {
        self.last_day
    }

    /// The customer a key belongs to.
    #[must_use]
    pub fn customer(&self, key: &CustomerKey) -> Option<&SimulatedCustomer> {
        let number: usize = key.as_str().strip_prefix("C-")?.parse().ok()?;
        self.customers.get(number.checked_sub(1)?)
    }

    /// The last simulated day.
    fn until(&self) -> Day {
        self.last_day.plus(FUTURE_DAYS)
    }
}

/// Why the files of a shop could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be written.
    #[error("cannot write `{path}`: {source}; check the folder and the space on the disk")]
    File {
        /// Path.
        path: String,
        /// Cause.
        source: std::io::Error,
    },
    /// A row could not be written.
    #[error("cannot write a row: {0}; check the space on the disk")]
    Row(#[from] csv::Error),
}
