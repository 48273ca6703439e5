//! What the purchases and events of a customer say about them at an as-of day; one row and columns of rows.
//!
//! Architecture invariant: no sensitive attribute has a name here. Segments and features are built from these
//! fields only, so they cannot reach what the vault holds.

use crate::ids::CustomerKey;
use crate::time::Day;
use serde::{Deserialize, Serialize};

/// A customer's history up to and including the as-of day, in numbers. Purchases of one day count as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Whose.
    pub customer: CustomerKey,
    /// Day of the first purchase.
    pub first_day: Day,
    /// Day of the last purchase.
    pub last_day: Day,
    /// Days with a purchase minus one: repeat purchases (0 for a one-time buyer).
    pub frequency: u32,
    /// Days from the first to the last purchase.
    pub recency_days: i32,
    /// Days from the first purchase to the as-of day.
    pub t_days: i32,
    /// Mean amount of a purchase row, in major units of the brand's currency.
    pub monetary: f64,
    /// Sum of all amounts, returns subtracted, major units.
    pub spend: f64,
    /// Amount of the first purchase day.
    pub first_amount: f64,
    /// Amount of the last purchase day.
    pub last_amount: f64,
    /// Days between the last two purchase days; 0 with fewer than two.
    pub last_gap_days: i32,
    /// Mean days between purchase days; 0 with fewer than two.
    pub gap_mean: f64,
    /// Standard deviation of those gaps; 0 with fewer than three purchase days.
    pub gap_sd: f64,
    /// Purchase days within the 90 days up to the as-of day.
    pub purchases_90: u32,
    /// Opens and clicks within the 90 days up to the as-of day (0 where the brand sends none in).
    pub engagement_90: u32,
}

impl Profile {
    /// Days from the last purchase to the as-of day.
    #[must_use]
    pub const fn silent_days(&self) -> i32 {
        self.t_days - self.recency_days
    }
}
