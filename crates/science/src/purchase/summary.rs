//! What the likelihoods of repeat purchase need of a customer, with equal customers counted once.
//!
//! Goes in: one [`Summary`] a customer. Comes out: [`Groups`], the distinct summaries with their numbers, and a
//! coarser version of them for the long way to the maximum. It fits nothing.

use crate::error::ScienceError;
use crate::lifecycle::history::History;

/// Customers below which no purchase model is fitted.
pub const FEWEST_CUSTOMERS: u64 = 10;

/// Cells for one unit of `ln(1 + weeks)` in the coarse groups.
const CELLS: f64 = 16.0;

/// What the likelihood needs of a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Repeat purchase days.
    pub frequency: u32,
    /// Weeks from the first to the last purchase.
    pub recency: f64,
    /// Weeks since the first purchase.
    pub age: f64,
}

impl From<&History> for Summary {
    fn from(h: &History) -> Self {
        Self { frequency: h.frequency as u32, recency: (h.tenure - h.silent) / 7.0, age: h.tenure / 7.0 }
    }
}

impl Summary {
    /// The summary with impossible numbers refused.
    ///
    /// # Errors
    /// When a time is not finite or negative, or the last purchase comes after the end.
    pub fn checked(self) -> Result<Self, ScienceError> {
        let refuse = |name, value, range| Err(ScienceError::OutOfRange { name, value, range });
        if !self.age.is_finite() || self.age < 0.0 {
            return refuse("weeks since the first purchase", self.age, "of at least 0");
        }
        if !(self.recency >= 0.0 && self.recency <= self.age) {
            return refuse(
                "weeks to the last purchase",
                self.recency,
                "between 0 and the weeks since the first",
            );
        }
        Ok(self)
    }
}

/// Distinct summaries and how many customers have each.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    rows: Vec<(Summary, f64)>,
    customers: u64,
    largest: u32,
}

impl Groups {
    /// Groups customers with the same numbers.
    ///
    /// # Errors
    /// With fewer than [`FEWEST_CUSTOMERS`], without a repeat purchase, or with an impossible summary.
    pub fn new(customers: &[Summary]) -> Result<Self, ScienceError> {
        let n = customers.len() as u64;
        if n < FEWEST_CUSTOMERS {
            return Err(ScienceError::TooFew { what: "purchase model", n, needed: FEWEST_CUSTOMERS });
        }
        customers.iter().try_for_each(|s| s.checked().map(|_| ()))?;
        let largest = customers.iter().map(|s| s.frequency).max().unwrap_or(0);
        if largest == 0 {
            return Err(ScienceError::TooFew { what: "repeat buyers", n: 0, needed: 1 });
        }
        let mut sorted = customers.to_vec();
        let key = |s: &Summary| (s.frequency, s.recency.to_bits(), s.age.to_bits());
        sorted.sort_unstable_by_key(key);
        let rows = sorted
            .chunk_by(|p, q| key(p) == key(q))
            .filter_map(|same| Some((*same.first()?, same.len() as f64)))
            .collect();
        Ok(Self { rows, customers: n, largest })
    }

    /// Neighbours merged into cells of 1/16 in `ln(1 + weeks)`, at their mean. The likelihood is smooth in both
    /// times, so the error is of second order in a cell's width; it guides a fit and never ends one.
    #[must_use]
    pub fn coarse(&self) -> Self {
        let cell = |weeks: f64| (weeks.ln_1p() * CELLS).round() as u32;
        let mut keyed: Vec<((u32, u32, u32), Summary, f64)> = self
            .rows
            .iter()
            .map(|(s, weight)| ((s.frequency, cell(s.recency), cell(s.age)), *s, *weight))
            .collect();
        keyed.sort_unstable_by_key(|(key, ..)| *key);
        let merge = |same: &[((u32, u32, u32), Summary, f64)]| {
            let weight: f64 = same.iter().map(|(.., w)| w).sum();
            let mean = |of: fn(&Summary) -> f64| same.iter().map(|(_, s, w)| of(s) * w).sum::<f64>() / weight;
            let frequency = same.first().map_or(0, |(_, s, _)| s.frequency);
            (Summary { frequency, recency: mean(|s| s.recency), age: mean(|s| s.age) }, weight)
        };
        Self { rows: keyed.chunk_by(|p, q| p.0 == q.0).map(merge).collect(), ..*self }
    }

    /// The distinct summaries with their numbers of customers.
    #[must_use]
    pub fn rows(&self) -> &[(Summary, f64)] {
        &self.rows
    }

    /// Customers in all groups.
    #[must_use]
    pub const fn customers(&self) -> u64 {
        self.customers
    }

    /// The largest frequency.
    #[must_use]
    pub const fn largest(&self) -> u32 {
        self.largest
    }
}

/// Sums over `i < x` of `ln(shift + i)` and `1 / (shift + i)` for every x up to the largest: differences of
/// log-gamma and digamma functions (Abramowitz, Stegun 6.1.16, 6.3.6).
#[derive(Debug, Clone)]
pub(crate) struct Ladder(Vec<(f64, f64)>);

impl Ladder {
    pub(crate) fn new(shift: f64, largest: u32) -> Self {
        let mut sums = Vec::with_capacity(largest as usize + 1);
        let (mut log, mut inverse) = (0.0, 0.0);
        sums.push((log, inverse));
        for i in 0..largest {
            let at = shift + f64::from(i);
            log += at.ln();
            inverse += 1.0 / at;
            sums.push((log, inverse));
        }
        Self(sums)
    }

    pub(crate) fn at(&self, x: u32) -> (f64, f64) {
        self.0.get(x as usize).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(frequency: u32, recency: f64, age: f64) -> Summary {
        Summary { frequency, recency, age }
    }

    #[test]
    fn equal_customers_are_counted_once() {
        let mut customers = vec![customer(0, 0.0, 5.0); 9];
        customers.push(customer(2, 3.0, 5.0));
        let groups = Groups::new(&customers).unwrap();
        assert_eq!(groups.rows().iter().map(|(_, w)| *w).collect::<Vec<_>>(), [9.0, 1.0]);
        assert_eq!(groups.coarse().rows().len(), 2);
    }

    #[test]
    fn hostile_customers_are_refused_in_words() {
        let nobody = Groups::new(&[customer(0, 0.0, 5.0); 20]).unwrap_err();
        assert!(nobody.to_string().contains("repeat buyers"), "{nobody}");
        assert!(Groups::new(&[customer(1, 1.0, 2.0)]).unwrap_err().to_string().contains("purchase model"));
        for bad in [customer(1, 3.0, 2.0), customer(1, f64::NAN, 2.0), customer(0, 0.0, f64::INFINITY)] {
            assert!(Groups::new(&[bad; 20]).unwrap_err().to_string().contains("weeks"));
        }
    }
}
