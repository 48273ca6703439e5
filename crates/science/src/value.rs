//! Future value of each customer over a horizon such as a year, and where it ranks.
//!
//! Goes in: histories. Comes out: expected purchases ([`bg_nbd`]) times the expected amount of one
//! ([`gamma_gamma`]), with an interval for the single customer. Costs, margins and discounting are not its business.

pub mod bg_nbd;
pub mod gamma_gamma;
pub mod rank;

use crate::error::ScienceError;
use crate::lifecycle::history::History;
use bg_nbd::{BgNbd, Summary};
use gamma_gamma::GammaGamma;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
use terms::estimate::{Estimate, Interval};

pub use rank::{percentile_ranks, percentile_within};

/// Customers below which no value model is fitted.
pub const FEWEST_CUSTOMERS: u64 = 100;

/// Expected purchases and amounts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ValueModel {
    purchases: BgNbd,
    spend: GammaGamma,
    customers: u64,
}

/// What one customer is expected to bring.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FutureValue {
    /// Expected purchase days within the horizon.
    pub purchases: f64,
    /// Probability that the customer has not left for good, 0 to 1.
    pub alive: f64,
    /// Expected amount of a purchase day, major units.
    pub order_value: f64,
    /// Standard deviation of that amount.
    pub order_deviation: f64,
    /// Expected revenue within the horizon, major units. The interval is that of this one customer's revenue:
    /// variance `E[N] Var[Z] + Var[N] E[Z]^2` with `Var[N] = E[N] + E[N]^2 / (r + x)`, normal, cut at 0. `n` is the
    /// number of the customer's own purchase days.
    pub revenue: Estimate,
}

impl ValueModel {
    /// Fits both parts; deterministic.
    ///
    /// # Errors
    /// With fewer than [`FEWEST_CUSTOMERS`], or without a repeat purchase.
    pub fn fit(histories: &[History]) -> Result<Self, ScienceError> {
        let customers = histories.len() as u64;
        if customers < FEWEST_CUSTOMERS {
            return Err(ScienceError::TooFew { what: "value model", n: customers, needed: FEWEST_CUSTOMERS });
        }
        let summaries: Vec<Summary> = histories.iter().map(Summary::from).collect();
        let orders: Vec<(f64, f64)> = histories
            .iter()
            .filter(|h| h.order_value > 0.0)
            .map(|h| (h.frequency + 1.0, h.order_value))
            .collect();
        Ok(Self { purchases: BgNbd::fit(&summaries)?, spend: GammaGamma::fit(&orders)?, customers })
    }

    /// The purchase model.
    #[must_use]
    pub const fn purchases(&self) -> &BgNbd {
        &self.purchases
    }

    /// The spend model.
    #[must_use]
    pub const fn spend(&self) -> &GammaGamma {
        &self.spend
    }

    /// What a customer is expected to bring within `days`, with a 95 % interval.
    #[must_use]
    pub fn expected(&self, h: &History, days: f64) -> FutureValue {
        let summary = Summary::from(h);
        let purchases = self.purchases.expected(&summary, days);
        let n = h.frequency + 1.0;
        let order_value = self.spend.expected(n, h.order_value.max(0.0));
        let order_deviation = order_value / self.spend.p.sqrt();
        let revenue = purchases * order_value;
        let spread = purchases + purchases * purchases / (self.purchases.r + h.frequency);
        let deviation = (purchases * order_deviation.powi(2) + spread * order_value.powi(2)).sqrt();
        let half = Normal::standard().inverse_cdf(0.975) * deviation;
        let interval = Interval { low: (revenue - half).max(0.0), high: revenue + half, level: 0.95 };
        FutureValue {
            purchases,
            alive: self.purchases.alive(&summary),
            order_value,
            order_deviation,
            revenue: Estimate { value: revenue, interval, n: n as u64 },
        }
    }
}
