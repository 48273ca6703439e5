//! Forecasts made on earlier days of the brand's own past, where what came next is known.
//!
//! Goes in: a purchase log, the end of the past, the horizon. Comes out: [`Replay`]s: the pool refitted on what was
//! known on an earlier day, and what it expected. A replay never sees a purchase after its origin; nothing here sees
//! one after the end.

use super::log::{Observed, PurchaseLog};
use super::pool::{MEMBERS, Pool};
use super::total::Miss;
use terms::time::Day;

/// Customers a replay is made with at most; more only take longer.
pub const MOST_CUSTOMERS: usize = 30_000;
/// Customers and purchases after the origin below which an origin says nothing.
const FEWEST_CUSTOMERS: usize = 100;
const FEWEST_BOUGHT: f64 = 30.0;
/// Days of the past below which an origin says nothing.
const FEWEST_DAYS: i32 = 28;
/// A year in whole weeks, so that weekdays match.
const YEAR: i32 = 364;
/// Days of the past an origin a year ago must have seen.
const SEASONED: i32 = 90;

/// A day on which the forecast is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The last day it may see.
    pub day: Day,
    /// The last day it forecasts.
    pub until: Day,
    /// Whether it forecasts the same days a year before.
    pub year_ago: bool,
}

/// The origins for a forecast of `horizon` days after `end`: the one whose horizon is to its past as the real one is
/// to the whole past, two later ones with what is left, and the same day a year before where the past reaches back
/// far enough.
#[must_use]
pub fn origins(first: Day, end: Day, horizon: i32) -> Vec<Origin> {
    let span = f64::from(end.0 - first.0);
    let matched = span / (1.0 + f64::from(horizon.max(1)) / span.max(1.0));
    let mut found: Vec<Origin> = [0.0, 0.25, 0.5]
        .into_iter()
        .map(|part| {
            let days = (span - matched).mul_add(part, matched) as i32;
            Origin { day: first.plus(days), until: end, year_ago: false }
        })
        .filter(|o| o.day.0 - first.0 >= FEWEST_DAYS && o.day < o.until)
        .collect();
    found.dedup();
    if end.0 - first.0 - YEAR >= SEASONED && horizon <= YEAR + 1 {
        let day = end.plus(-YEAR);
        found.push(Origin { day, until: day.plus(horizon).min(end), year_ago: true });
    }
    found
}

/// What an origin's pool expected, and what came.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The origin.
    pub origin: Origin,
    /// Customers as they stood, with what they bought.
    pub customers: Vec<Observed>,
    /// What each member expected of each.
    pub expected: Vec<[f64; MEMBERS]>,
}

/// The pool fitted at an origin; `None` when too little was known or came, or nothing could be fitted.
#[must_use]
pub fn replay(log: &PurchaseLog, origin: Origin, k: u32) -> Option<Replay> {
    let customers = log.as_of(origin.day, origin.until);
    let bought: f64 = customers.iter().map(|c| c.bought).sum();
    if customers.len() < FEWEST_CUSTOMERS || bought < FEWEST_BOUGHT {
        return None;
    }
    let scorer = Pool::fit(&customers, k).ok()?.scorer();
    let days = f64::from(origin.until.0 - origin.day.0);
    let expected = customers.iter().map(|c| scorer.expected(&c.summary(), days)).collect();
    Some(Replay { origin, customers, expected })
}

impl Replay {
    /// Days ahead it was asked for.
    #[must_use]
    pub fn days(&self) -> f64 {
        f64::from(self.origin.until.0 - self.origin.day.0)
    }

    /// What each customer bought.
    #[must_use]
    pub fn bought(&self) -> Vec<f64> {
        self.customers.iter().map(|c| c.bought).collect()
    }

    /// By how much expectations missed the total, seen from the first day of the log.
    #[must_use]
    pub fn miss(&self, expected: &[f64], first: Day) -> Miss {
        let bought: f64 = self.customers.iter().map(|c| c.bought).sum();
        let scale = bought.max(0.5) / expected.iter().sum::<f64>().max(1e-9);
        let noise: f64 =
            expected.iter().zip(&self.customers).map(|(e, c)| (c.bought - e * scale).powi(2)).sum();
        Miss {
            ln_ratio: scale.ln(),
            variance: noise / bought.max(1.0).powi(2),
            past: f64::from(self.origin.day.0 - first.0),
            ahead: self.days(),
            year_ago: self.origin.year_ago,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_origin_has_the_same_ratio_and_nothing_lies_after_the_end() {
        let found = origins(Day(0), Day(272), 273);
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].day, found[0].until), (Day(135), Day(272)));
        assert!(found.iter().all(|o| o.until <= Day(272) && !o.year_ago));
    }

    #[test]
    fn two_years_of_past_bring_the_same_days_a_year_before() {
        let found = origins(Day(0), Day(760), 90);
        assert_eq!(found.last(), Some(&Origin { day: Day(396), until: Day(486), year_ago: true }));
    }

    #[test]
    fn a_past_of_some_weeks_has_no_origin() {
        assert!(origins(Day(0), Day(20), 30).is_empty());
        assert!(origins(Day(0), Day(0), 30).is_empty());
    }
}
