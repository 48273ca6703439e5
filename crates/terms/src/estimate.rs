//! Estimates that never travel without their uncertainty, and small groups that say so.

use serde::{Deserialize, Serialize};

/// An interval around an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end, in the unit of the value.
    pub low: f64,
    /// Upper end, in the unit of the value.
    pub high: f64,
    /// Probability content, 0 to 1: .95 for a 95 % interval.
    pub level: f64,
}

/// A value with its interval and the number of observations behind it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The point estimate.
    pub value: f64,
    /// Its interval.
    pub interval: Interval,
    /// Observations behind it.
    pub n: u64,
}

impl Estimate {
    /// True when the interval lies wholly on one side of zero.
    #[must_use]
    pub fn excludes_zero(&self) -> bool {
        self.interval.low > 0.0 || self.interval.high < 0.0
    }
}

/// What the data allow to say: an estimate, or that they are too few.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "evidence", rename_all = "snake_case")]
pub enum Evidence {
    /// Enough observations for an estimate.
    Sufficient(Estimate),
    /// Too few observations; never to be shown as zero.
    Insufficient {
        /// Observations there are.
        n: u64,
        /// Observations that would be needed.
        needed: u64,
    },
}
