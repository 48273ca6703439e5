//! A value model tried on the last three months: fitted on what lies before them, held against what came.
//!
//! Goes in: a purchase log and a day. Comes out: errors customer by customer, its own and those of the naive forecast
//! (each customer's own past rate), and how far two halves of the customers disagree.

use policy::segment::NumberField;
use science::lifecycle::history::History;
use science::purchase::forecast::PurchaseForecast;
use science::purchase::log::{Observed, PurchaseLog};
use science::value::ValueModel;
use terms::estimate::{Estimate, Interval};
use terms::hash::ContentHash;
use terms::time::Day;

use crate::audit::{Scored, ScoredRow};
use crate::snapshot::YEAR_DAYS;

/// Days held back.
pub(crate) const VALUE_TEST_DAYS: i32 = 90;
/// Two-sided 95 % point of the normal distribution.
const Z95: f64 = 1.959_964;

/// What came of it.
pub(crate) struct ValueTrial {
    histories: Vec<History>,
    actual: Vec<f64>,
    said: Vec<f64>,
    naive: Vec<f64>,
    halves: Option<[Vec<f64>; 2]>,
    scored: Vec<ScoredRow>,
}

impl ValueTrial {
    /// Tries the method on the log as it was [`VALUE_TEST_DAYS`] before `as_of`; `None` when that is too little.
    pub(crate) fn of(log: &PurchaseLog, as_of: Day) -> Option<Self> {
        let from = as_of.plus(-VALUE_TEST_DAYS);
        let earlier = PurchaseForecast::fit(log, from, VALUE_TEST_DAYS).ok()?;
        let before = log.as_of(from, as_of);
        let histories: Vec<History> = before.iter().map(|then| then.history).collect();
        let by = |forecast: &PurchaseForecast| -> Vec<f64> {
            let scorer = forecast.scorer();
            histories.iter().map(|history| scorer.count(history)).collect()
        };
        let half = |odd: usize| {
            let mut half = PurchaseLog::default();
            for customer in log.customers().skip(odd).step_by(2) {
                half.push(customer.iter().map(|(day, amount)| (*day, f64::from(*amount))));
            }
            PurchaseForecast::fit(&half, from, VALUE_TEST_DAYS).ok().map(|forecast| by(&forecast))
        };
        let days = f64::from(VALUE_TEST_DAYS);
        let year = f64::from(YEAR_DAYS);
        let value = ValueModel::fit(log, from, YEAR_DAYS).ok()?;
        let scorer = value.scorer();
        let row = |then: &Observed| ScoredRow {
            customer: then.customer,
            score: scorer.revenue(&then.history, year),
            truth: then.spent * year / days,
        };
        Some(Self {
            scored: before.iter().map(row).collect(),
            said: by(&earlier),
            naive: histories.iter().map(|h| h.frequency * days / h.tenure.max(1.0)).collect(),
            actual: before.iter().map(|then| then.bought).collect(),
            halves: half(0).zip(half(1)).map(|(a, b)| [a, b]),
            histories,
        })
    }

    /// Ranks of what was expected of customers, against ranks of what they spent: 100 is the highest.
    pub(crate) fn scored(&self) -> Scored {
        let ranks = |of: fn(&ScoredRow) -> f64| {
            let mut order: Vec<usize> = (0..self.scored.len()).collect();
            let value = |at: &usize| self.scored.get(*at).map_or(0.0, of);
            order.sort_by(|a, b| value(a).total_cmp(&value(b)));
            let mut ranks = vec![0.0; order.len()];
            let last = order.len().saturating_sub(1).max(1) as f64;
            for (place, at) in order.iter().enumerate() {
                if let Some(rank) = ranks.get_mut(*at) {
                    // Who spent nothing is nobody's best customer, however many there are.
                    *rank = if value(at) > 0.0 { place as f64 / last * 100.0 } else { 0.0 };
                }
            }
            ranks
        };
        let (said, came) = (ranks(|row| row.score), ranks(|row| row.truth));
        let rows = self.scored.iter().zip(said.into_iter().zip(came));
        let rows = rows.map(|(row, (score, truth))| ScoredRow { score, truth, ..*row });
        Scored { field: NumberField::ValuePercentile, rows: rows.collect() }
    }

    pub(crate) fn customers(&self) -> u64 {
        self.actual.len() as u64
    }

    pub(crate) fn histories(&self) -> &[History] {
        &self.histories
    }

    /// Mean absolute error of the model and of the naive forecast, in purchase days a customer.
    pub(crate) fn errors(&self) -> [f64; 2] {
        let mean = |said: &[f64]| {
            let errors = said.iter().zip(&self.actual).map(|(said, actual)| (said - actual).abs());
            errors.sum::<f64>() / self.actual.len().max(1) as f64
        };
        [mean(&self.said), mean(&self.naive)]
    }

    /// How much smaller the model's absolute error is than the naive one's, customer by customer.
    pub(crate) fn lead(&self) -> Option<Estimate> {
        self.lead_of(&self.said)
    }

    /// The same of models from two halves of the customers, each asked about everybody: the worse of the two.
    pub(crate) fn halves_lead(&self) -> Option<Estimate> {
        let [a, b] = self.halves.as_ref()?;
        let (a, b) = (self.lead_of(a)?, self.lead_of(b)?);
        Some(if a.interval.low <= b.interval.low { a } else { b })
    }

    fn lead_of(&self, said: &[f64]) -> Option<Estimate> {
        let rows = said.iter().zip(&self.naive).zip(&self.actual);
        mean_of(rows.map(|((said, naive), actual)| (naive - actual).abs() - (said - actual).abs()).collect())
    }

    /// How much less of the total the model misses than the naive forecast, in shares of what was bought. Both meet the
    /// same season, so it cancels where a bare error of the total would be judged by it.
    pub(crate) fn total_lead(&self) -> Option<Estimate> {
        let actual = self.actual.iter().sum::<f64>();
        let n = self.actual.len() as f64;
        if actual <= 0.0 {
            return None;
        }
        // Which side each is on is taken as known: then the difference is a mean over customers.
        let side = |said: &[f64]| (said.iter().sum::<f64>() - actual).signum();
        let (its, theirs) = (side(&self.said), side(&self.naive));
        let rows = self.said.iter().zip(&self.naive).zip(&self.actual);
        let apart =
            |((said, naive), actual): ((&f64, &f64), &f64)| theirs * (naive - actual) - its * (said - actual);
        mean_of(rows.map(apart).map(|apart| apart * n / actual).collect())
    }

    pub(crate) fn data_hash(&self) -> String {
        let bytes: Vec<Vec<u8>> = self
            .histories
            .iter()
            .zip(&self.actual)
            .map(|(history, actual)| {
                let values = super::evidence::watched(history);
                values.iter().chain([actual]).flat_map(|value| value.to_le_bytes()).collect()
            })
            .collect();
        ContentHash::of(bytes.iter().map(Vec::as_slice)).to_string()
    }
}

/// A mean with its 95 % interval.
fn mean_of(values: Vec<f64>) -> Option<Estimate> {
    if values.len() < 2 {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let half = Z95 * (variance / n).sqrt();
    let interval = Interval { low: mean - half, high: mean + half, level: 0.95 };
    Some(Estimate { value: mean, interval, n: values.len() as u64 })
}
