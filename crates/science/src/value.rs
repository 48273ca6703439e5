//! Future value of each customer over a horizon such as a year, and where it ranks.
//!
//! Goes in: a purchase log. Comes out: expected purchases ([`crate::purchase::forecast`]) times the expected amount of
//! one ([`crate::purchase::gamma_gamma`]), with an interval for the single customer whose coverage was calibrated on the
//! brand's own past. Costs, margins and discounting are not its business.

pub mod interval;
pub mod rank;

use crate::error::ScienceError;
use crate::lifecycle::history::History;
use crate::purchase::backtest::Replay;
use crate::purchase::forecast::{ForecastScorer, PurchaseForecast};
use crate::purchase::gamma_gamma::GammaGamma;
use crate::purchase::log::{Observed, PurchaseLog};
use interval::{Revenue, calibrated_level};
use serde::{Deserialize, Serialize};
use terms::estimate::Estimate;
use terms::time::Day;

pub use rank::permille;

/// Customers below which no value model is fitted.
pub const FEWEST_CUSTOMERS: u64 = 100;
/// Share of customers whose revenue an interval is meant to contain.
pub const COVERAGE: f64 = 0.8;
/// Version of the stored form.
pub const FORMAT: u32 = 2;

/// Expected purchases and amounts; stored as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueModel {
    /// Version of the stored form, [`FORMAT`].
    format: u32,
    purchases: PurchaseForecast,
    spend: GammaGamma,
    customers: u64,
    /// Nominal level of intervals that cover [`COVERAGE`] of those who bought once, and of repeat buyers.
    levels: [f64; 2],
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
    /// Expected revenue within the horizon, major units. The 80 % interval is that of this one customer's revenue, see
    /// [`interval`]. `n` is the number of the customer's own purchase days.
    pub revenue: Estimate,
}

/// Purchase days and their mean amount, where it is positive.
fn orders(customers: &[Observed]) -> Vec<(f64, f64)> {
    let rows = customers.iter().map(|c| (c.history.frequency + 1.0, c.history.order_value));
    rows.filter(|(_, value)| *value > 0.0).collect()
}

impl ValueModel {
    /// Fits both parts on what `log` has up to `end`, for `horizon` days ahead; deterministic.
    ///
    /// # Errors
    /// With fewer than [`FEWEST_CUSTOMERS`], without a repeat purchase, or without amounts.
    pub fn fit(log: &PurchaseLog, end: Day, horizon: i32) -> Result<Self, ScienceError> {
        let customers = log.as_of(end, end);
        let n = customers.len() as u64;
        if n < FEWEST_CUSTOMERS {
            return Err(ScienceError::TooFew { what: "value model", n, needed: FEWEST_CUSTOMERS });
        }
        let spend = GammaGamma::fit(&orders(&customers))?;
        let (purchases, replays) = PurchaseForecast::fit_with_replays(log, end, horizon)?;
        let mut model = Self { format: FORMAT, purchases, spend, customers: n, levels: [COVERAGE; 2] };
        model.levels = model.depths(&replays).map(|depths| calibrated_level(depths, COVERAGE));
        Ok(model)
    }

    /// At the origin most like the real forecast: how far from the middle of their distribution the revenue of one-time
    /// and of repeat buyers came out. The two are calibrated apart (Vovk, Lindsay, Nouretdinov, Gammerman 2003,
    /// "Mondrian confidence machine"), because the many who bought once and never come back are covered by 0 alone.
    /// The total is the one a forecast would have had then, not the true one.
    fn depths(&self, replays: &[Replay]) -> [Vec<f64>; 2] {
        let factor = self.purchases.total.ln_factor.exp();
        let (mut once, mut repeat) = (Vec::new(), Vec::new());
        let Some(replay) = replays.iter().find(|r| !r.origin.year_ago) else { return [once, repeat] };
        let Ok(spend) = GammaGamma::fit(&orders(&replay.customers)) else { return [once, repeat] };
        let means: Vec<f64> = self.purchases.replayed(replay).into_iter().map(|mean| mean * factor).collect();
        let dispersion = self.purchases.balance.dispersion;
        for (customer, mean) in replay.customers.iter().zip(means) {
            let depth = revenue(&spend, &customer.history, mean, dispersion).depth(customer.spent);
            if customer.history.frequency > 0.0 { repeat.push(depth) } else { once.push(depth) }
        }
        [once, repeat]
    }

    /// The purchase forecast.
    #[must_use]
    pub const fn purchases(&self) -> &PurchaseForecast {
        &self.purchases
    }

    /// The spend model.
    #[must_use]
    pub const fn spend(&self) -> &GammaGamma {
        &self.spend
    }

    /// What scores customers.
    #[must_use]
    pub fn scorer(&self) -> ValueScorer<'_> {
        ValueScorer { model: self, purchases: self.purchases.scorer() }
    }
}

fn revenue(spend: &GammaGamma, h: &History, purchases: f64, dispersion: f64) -> Revenue {
    let n = if h.order_value > 0.0 { h.frequency + 1.0 } else { 0.0 };
    let shape = (spend.p * n + spend.q).max(1e-3);
    Revenue::new(purchases, dispersion, spend.p, shape, n.mul_add(h.order_value.max(0.0), spend.v))
}

/// A value model with what its scores need.
pub struct ValueScorer<'a> {
    model: &'a ValueModel,
    purchases: ForecastScorer<'a>,
}

impl ValueScorer<'_> {
    /// The forecast of purchases behind it.
    #[must_use]
    pub const fn purchases(&self) -> &ForecastScorer<'_> {
        &self.purchases
    }

    /// Expected amount of a purchase day, major units.
    #[must_use]
    pub fn order_value(&self, h: &History) -> f64 {
        let n = if h.order_value > 0.0 { h.frequency + 1.0 } else { 0.0 };
        self.model.spend.expected(n, h.order_value.max(0.0))
    }

    /// Standard deviation of the amount of one purchase day around that: amounts of a customer are gamma variables of
    /// shape `p` (Fader, Hardie 2013, note 025, sec. 2).
    #[must_use]
    pub fn order_deviation(&self, h: &History) -> f64 {
        self.order_value(h) / self.model.spend.p.sqrt()
    }

    /// Expected revenue within `days` alone, for columns of customers.
    #[must_use]
    pub fn revenue(&self, h: &History, days: f64) -> f64 {
        self.purchases.mean(h, days) * self.order_value(h)
    }

    /// What a customer is expected to bring within `days`, with an 80 % interval.
    #[must_use]
    pub fn expected(&self, h: &History, days: f64) -> FutureValue {
        let purchases = self.purchases.mean(h, days);
        let order_value = self.order_value(h);
        let [once, repeat] = self.model.levels;
        let level = if h.frequency > 0.0 { repeat } else { once };
        let distribution = revenue(&self.model.spend, h, purchases, self.model.purchases.balance.dispersion);
        FutureValue {
            purchases,
            alive: self.purchases.alive(h),
            order_value,
            revenue: Estimate {
                value: purchases * order_value,
                interval: distribution.interval(level, COVERAGE),
                n: (h.frequency + 1.0) as u64,
            },
        }
    }
}
