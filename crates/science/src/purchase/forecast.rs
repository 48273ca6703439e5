//! The forecast of purchase days: models pooled by how they did on the brand's own past, corrected where it shows.
//!
//! Goes in: a purchase log, the last day of the past, a horizon. Four steps, each learned from replays of the past
//! ([`super::backtest`]) and none from what comes after it:
//! 1. the models' weights ([`pool::weights`]);
//! 2. a factor for each customer from a Poisson regression on the history's features, used as far as it holds on
//!    origins it was not fitted on;
//! 3. a factor for the total ([`super::total`]);
//! 4. the balanced count ([`super::balance`]) beside the mean.
//!
//! Comes out: [`PurchaseForecast`], which is stored. Where the past is too short for a replay, the pool forecasts with
//! equal weights, and [`PurchaseForecast::notes`] says so.

use super::backtest::{self, MOST_CUSTOMERS, Replay};
use super::balance::{self, Balance};
use super::beta_geometric::Dropout;
use super::features::{self, COUNT};
use super::log::{Observed, PurchaseLog};
use super::pool::{self, MEMBERS, Pool, PoolScorer};
use super::score::deviance;
use super::total::{self, Total};
use crate::error::ScienceError;
use crate::fit::matrix::{Matrix, dot};
use crate::fit::poisson;
use crate::lifecycle::history::History;
use serde::{Deserialize, Serialize};
use terms::time::Day;

/// Version of the stored form.
pub const FORMAT: u32 = 1;
/// Ridge penalty of the regression, in purchases.
const RIDGE: f64 = 100.0;
/// Shares of the regression's factor that are tried.
const SHARES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// The share when the past is too short to rehearse.
const UNTRIED: f64 = 0.5;
/// A feature's distance from its mean, in deviations, beyond which it says no more.
const FARTHEST: f64 = 4.0;

/// What a reader of the forecast should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The past is too short to try the models on it: they count alike and nothing is corrected.
    PastTooShort,
    /// Models of random gaps find no dropout: for them everybody counts as alive.
    DropoutNotIdentified,
    /// Gaps between purchases are regular: a model of regular gaps takes part.
    RegularRhythm,
    /// The forecast of the total is uncertain by more than a tenth.
    TotalUncertain,
}

impl Note {
    /// The note in words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::PastTooShort => {
                "the past is too short to try the models on it; they count alike and nothing is corrected"
            }
            Self::DropoutNotIdentified => {
                "models of random gaps see nobody leave for good: for them everybody counts as alive, however long the silence"
            }
            Self::RegularRhythm => "customers buy at regular gaps; a model of regular gaps takes part",
            Self::TotalUncertain => "the total is uncertain by more than a tenth; import a longer history",
        }
    }
}

/// The regression's factor for a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Mean and scale of each feature, in the order of [`features::NAMES`].
    pub moments: Vec<(f64, f64)>,
    /// Weight of each standardised feature on the logarithm of the expectation.
    pub weights: Vec<f64>,
    /// Share of the factor that is used, 0 to 1.
    pub share: f64,
}

impl Adjustment {
    fn neutral() -> Self {
        Self { moments: vec![(0.0, 1.0); COUNT], weights: vec![0.0; COUNT], share: 0.0 }
    }

    /// Fits weights on replays with their pooled expectations.
    fn fit(parts: &[(&Replay, &[f64])]) -> Self {
        let rows: usize = parts.iter().map(|(_, e)| e.len()).sum();
        let mut x = Matrix::with_capacity(COUNT, rows);
        let (mut offset, mut bought) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        for (replay, expected) in parts {
            // Levels differ between origins; the regression is about customers, the total is forecast apart.
            let total: f64 = replay.customers.iter().map(|c| c.bought).sum();
            let level = (total / expected.iter().sum::<f64>().max(1e-9)).ln();
            for (customer, e) in replay.customers.iter().zip(*expected) {
                x.push(features::of(&customer.history, *e, replay.days()));
                offset.push(e.max(1e-6).ln() + level);
                bought.push(customer.bought);
            }
        }
        let moments: Vec<(f64, f64)> = x.standardise();
        Self { moments, weights: poisson::fit(&x, &offset, &bought, RIDGE).columns, share: 1.0 }
    }

    /// Logarithm of the factor at full share.
    fn ln_factor(&self, features: &[f64; COUNT]) -> f64 {
        let mut standard = *features;
        for (value, (mean, scale)) in standard.iter_mut().zip(&self.moments) {
            *value = ((*value - mean) / scale).clamp(-FARTHEST, FARTHEST);
        }
        dot(&standard, &self.weights).clamp(-3.0, 3.0)
    }

    /// The share that did best on `tried` with weights from `rehearsed`, which end where the first of `tried` begins.
    /// As in the real forecast, weights learned on a shorter past are used on a longer one.
    fn best_share(rehearsed: &[(&Replay, &[f64])], tried: &[(&Replay, &[f64])]) -> f64 {
        let fitted = Self::fit(rehearsed);
        let mut losses = [0.0; SHARES.len()];
        let mut rows = 0;
        for (replay, expected) in tried {
            let bought = replay.bought();
            let total: f64 = bought.iter().sum();
            rows += bought.len();
            let logs: Vec<f64> = replay
                .customers
                .iter()
                .zip(*expected)
                .map(|(c, e)| fitted.ln_factor(&features::of(&c.history, *e, replay.days())))
                .collect();
            for (loss, share) in losses.iter_mut().zip(SHARES) {
                let raw: Vec<f64> =
                    expected.iter().zip(&logs).map(|(e, log)| e * (share * log).exp()).collect();
                let scale = total / raw.iter().sum::<f64>().max(1e-9);
                *loss += deviance(raw.iter().map(|e| e * scale), &bought);
            }
        }
        // Counts vary more than Poisson ones, and replays overlap: losses are read in units of their own spread
        // (McCullagh, Nelder 1989, sec. 9.2) and as of one replay. The share is the mean over what stays plausible.
        let least = losses.into_iter().fold(f64::INFINITY, f64::min);
        let spread = (least / rows.max(1) as f64).max(1.0) * tried.len().max(1) as f64;
        let (mut sum, mut weights) = (0.0, 0.0);
        for (loss, share) in losses.into_iter().zip(SHARES) {
            let weight = (-(loss - least) / (2.0 * spread)).exp();
            sum += weight * share;
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { UNTRIED }
    }
}

/// What the pool with `weights` expected at each replay.
fn pooled<'a>(weights: &[f64; MEMBERS], replays: &'a [Replay]) -> Vec<(&'a Replay, Vec<f64>)> {
    replays.iter().map(|r| (r, r.expected.iter().map(|e| pool::mix(weights, e)).collect())).collect()
}

fn borrowed<'a>(parts: &'a [(&'a Replay, Vec<f64>)]) -> Vec<(&'a Replay, &'a [f64])> {
    parts.iter().map(|(replay, expected)| (*replay, expected.as_slice())).collect()
}

/// A fitted forecast; stored as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PurchaseForecast {
    /// Version of the stored form, [`FORMAT`].
    pub format: u32,
    /// Horizon it was learned for, days.
    pub horizon_days: f64,
    /// The models.
    pub pool: Pool,
    /// Their weights, in the order of [`pool::NAMES`]; sum to 1.
    pub weights: [f64; MEMBERS],
    /// The factor for a customer.
    pub adjustment: Adjustment,
    /// The factor for the total.
    pub total: Total,
    /// Logarithm of the level that makes the customers' factors keep that total.
    pub ln_level: f64,
    /// The balanced count.
    pub balance: Balance,
    /// Origins of the backtest behind it.
    pub origins: u32,
    /// What to know about it.
    pub notes: Vec<Note>,
}

impl PurchaseForecast {
    /// Learns a forecast of `horizon` days after `end` from what `log` has up to `end`.
    ///
    /// # Errors
    /// When the customers are too few, none repeats, or no model can be fitted.
    pub fn fit(log: &PurchaseLog, end: Day, horizon: i32) -> Result<Self, ScienceError> {
        Self::fit_with_replays(log, end, horizon).map(|(forecast, _)| forecast)
    }

    /// As [`PurchaseForecast::fit`], with the replays it learned from.
    ///
    /// # Errors
    /// The same.
    pub fn fit_with_replays(
        log: &PurchaseLog,
        end: Day,
        horizon: i32,
    ) -> Result<(Self, Vec<Replay>), ScienceError> {
        if horizon < 1 {
            return Err(ScienceError::OutOfRange {
                name: "horizon in days",
                value: f64::from(horizon),
                range: "of at least 1",
            });
        }
        let first = log.first_day().unwrap_or(end);
        let customers = log.as_of(end, end);
        let k = pool::regularity(&customers)?;
        let pool = Pool::fit(&customers, k)?;
        let thin = log.thinned(MOST_CUSTOMERS);
        let replays: Vec<Replay> = backtest::origins(first, end, horizon)
            .into_iter()
            .filter_map(|origin| backtest::replay(&thin, origin, k))
            .collect();
        let bought: Vec<Vec<f64>> = replays.iter().map(Replay::bought).collect();
        let tried: Vec<(&[[f64; MEMBERS]], &[f64])> =
            replays.iter().zip(&bought).map(|(r, b)| (r.expected.as_slice(), b.as_slice())).collect();
        let weights = pool::weights(pool.present(), &tried);
        let parts = pooled(&weights, &replays);
        let parts = borrowed(&parts);
        let misses: Vec<_> = parts.iter().map(|(replay, expected)| replay.miss(expected, first)).collect();
        let (days, span) = (f64::from(horizon), f64::from(end.0 - first.0));
        let total = total::correction(&misses, span, days);
        let adjustment = match parts.first() {
            None => Adjustment::neutral(),
            Some(matched) => {
                // The same once more, as if the past had ended at the first origin.
                let origin = matched.0.origin.day;
                let ahead = f64::from(origin.0 - first.0) * days / span.max(1.0);
                let earlier: Vec<Replay> = backtest::origins(first, origin, ahead as i32)
                    .into_iter()
                    .filter_map(|origin| backtest::replay(&thin, origin, k))
                    .collect();
                let rehearsed = pooled(&weights, &earlier);
                let share = if rehearsed.is_empty() {
                    UNTRIED
                } else {
                    Adjustment::best_share(&borrowed(&rehearsed), &parts)
                };
                Adjustment { share, ..Adjustment::fit(&parts) }
            }
        };
        let mut forecast = Self {
            format: FORMAT,
            horizon_days: days,
            pool,
            weights,
            adjustment,
            total,
            ln_level: 0.0,
            balance: Balance { dispersion: 1.0, level: 0.5 },
            origins: replays.len() as u32,
            notes: Vec::new(),
        };
        forecast.settle(&customers, &parts);
        Ok((forecast, replays))
    }

    /// Sets level, balance and notes once everything else stands.
    fn settle(&mut self, customers: &[Observed], parts: &[(&Replay, &[f64])]) {
        let scorer = self.scorer();
        let (mut plain, mut adjusted) = (0.0, 0.0);
        let mut means = Vec::with_capacity(customers.len());
        for customer in customers {
            let expected = scorer.pooled(&customer.history, self.horizon_days);
            let mean = expected * scorer.ln_factor(&customer.history, expected).exp();
            plain += expected;
            adjusted += mean;
            means.push(mean);
        }
        let ln_level = if adjusted > 0.0 { (plain / adjusted).ln() + self.total.ln_factor } else { 0.0 };
        means.iter_mut().for_each(|mean| *mean *= ln_level.exp());
        let (mut then, mut came) = (Vec::new(), Vec::new());
        for (replay, _) in parts {
            let raw = self.replayed(replay);
            let bought: f64 = replay.customers.iter().map(|c| c.bought).sum();
            let scale = bought / raw.iter().sum::<f64>().max(1e-9);
            then.extend(raw.iter().map(|e| e * scale));
            came.extend(replay.customers.iter().map(|c| c.bought));
        }
        let dispersion = if then.is_empty() { 1.0 } else { balance::dispersion(&then, &came) };
        let mut notes = Vec::new();
        let mut note = |applies: bool, note: Note| {
            if applies {
                notes.push(note);
            }
        };
        note(parts.is_empty(), Note::PastTooShort);
        note(self.pool.dropout() == Dropout::NotIdentified, Note::DropoutNotIdentified);
        note(self.pool.regular.is_some(), Note::RegularRhythm);
        note(self.total.deviation > 0.1, Note::TotalUncertain);
        self.ln_level = ln_level;
        self.balance = Balance::new(&means, dispersion);
        self.notes = notes;
    }

    /// What weights and regression make of a replay's expectations; its total stays that of the models then.
    #[must_use]
    pub fn replayed(&self, replay: &Replay) -> Vec<f64> {
        let pooled: Vec<f64> = replay.expected.iter().map(|e| pool::mix(&self.weights, e)).collect();
        let factor = |(customer, expected): (&Observed, &f64)| {
            let features = features::of(&customer.history, *expected, replay.days());
            expected * (self.adjustment.share * self.adjustment.ln_factor(&features)).exp()
        };
        let raw: Vec<f64> = replay.customers.iter().zip(&pooled).map(factor).collect();
        let level = pooled.iter().sum::<f64>() / raw.iter().sum::<f64>().max(1e-9);
        raw.into_iter().map(|mean| mean * level).collect()
    }

    /// What scores customers.
    #[must_use]
    pub fn scorer(&self) -> ForecastScorer<'_> {
        ForecastScorer { forecast: self, pool: self.pool.scorer() }
    }
}

/// A forecast with what its scores need.
pub struct ForecastScorer<'a> {
    forecast: &'a PurchaseForecast,
    pool: PoolScorer,
}

impl ForecastScorer<'_> {
    /// Expected purchase days by each model alone.
    #[must_use]
    pub fn members(&self, h: &History, days: f64) -> [f64; MEMBERS] {
        self.pool.expected(&h.into(), days)
    }

    /// Expected purchase days by the weighted models, uncorrected.
    #[must_use]
    pub fn pooled(&self, h: &History, days: f64) -> f64 {
        pool::mix(&self.forecast.weights, &self.members(h, days))
    }

    /// Logarithm of the customer's factor, as far as it is used. It is that of the horizon learned for, of which
    /// `expected` is the pooled expectation.
    fn ln_factor(&self, h: &History, expected: f64) -> f64 {
        let adjustment = &self.forecast.adjustment;
        if adjustment.share == 0.0 {
            return 0.0;
        }
        adjustment.share * adjustment.ln_factor(&features::of(h, expected, self.forecast.horizon_days))
    }

    /// Expected purchase days within `days`: the mean, for totals and money.
    #[must_use]
    pub fn mean(&self, h: &History, days: f64) -> f64 {
        let horizon = self.forecast.horizon_days;
        let expected = self.pooled(h, days);
        let learned = if days == horizon { expected } else { self.pooled(h, horizon) };
        expected * (self.ln_factor(h, learned) + self.forecast.ln_level).exp()
    }

    /// The balanced count within the horizon learned for: errs least while adding up to the means' total.
    #[must_use]
    pub fn count(&self, h: &History) -> f64 {
        self.forecast.balance.count(self.mean(h, self.forecast.horizon_days))
    }

    /// Probability that the customer has not left for good, 0 to 1.
    #[must_use]
    pub fn alive(&self, h: &History) -> f64 {
        pool::mix(&self.forecast.weights, &self.pool.alive(&h.into())).clamp(0.0, 1.0)
    }
}
