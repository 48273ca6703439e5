//! Reading for fatigue: what everybody's messages brought, and how likely the next one does harm to one person.
//!
//! Goes in: messages of the last two years. Comes out: everybody's curve, fitted on those who did not refuse profiling,
//! and for those who allow it their own. Nobody else is judged by it: caps hold for them anyway.

use std::collections::HashMap;

use policy::decide::Harm;
use science::fatigue::{FatigueModel, WINDOW_DAYS};
use store::contacts::Exposure;
use terms::estimate::Estimate;
use terms::ids::CustomerKey;
use terms::time::Instant;

use super::{Fitting, Lawful, Profiling};
use crate::app::App;
use crate::error::Result;

/// Days back that are looked at.
const BACK_DAYS: i64 = 730;
/// Probability content of the interval whose lower end decides: the probability is above it with 90 %.
const LEVEL: f64 = 0.8;

/// Everybody's curve, and the histories of those who may be judged by it.
pub(crate) struct Fatigue {
    model: Option<FatigueModel>,
    profiling: Lawful<Profiling>,
    exposures: HashMap<CustomerKey, Vec<Exposure>>,
}

/// How one person takes messages.
pub(crate) struct PersonalCurve {
    /// Which message within the window the next one would be.
    pub(crate) next: usize,
    /// Messages it is judged by.
    pub(crate) messages: u64,
    /// For the first message and on: everybody's probability of harm, and theirs with its interval.
    pub(crate) points: Vec<(f64, Estimate)>,
}

/// For each message how many came within the window, up to and with it, and whether it did harm.
fn counted(exposures: &[Exposure]) -> Vec<(usize, bool)> {
    exposures
        .iter()
        .enumerate()
        .map(|(at, exposure)| {
            let from = exposure.at.plus_days(-WINDOW_DAYS);
            let before = exposures.iter().take(at).filter(|earlier| earlier.at > from).count();
            (before + 1, exposure.harmed)
        })
        .collect()
}

impl Fatigue {
    /// What the next message would do to a customer, who got or is planned for `contacts` lately; `None` where they do
    /// not allow profiling or too little is known of anybody.
    pub(crate) fn harm(&self, customer: &CustomerKey, contacts: &[Instant], now: Instant) -> Option<Harm> {
        let model = self.model.as_ref().filter(|_| self.profiling.covers(customer))?;
        let history = counted(self.exposures.get(customer).map_or(&[], Vec::as_slice));
        let from = now.plus_days(-WINDOW_DAYS);
        let recent = contacts.iter().filter(|contact| **contact > from).count();
        let risk = model.risk(&history, recent + 1, LEVEL);
        Some(Harm { expected: risk.value, low: risk.interval.low })
    }

    /// The curve of a customer; `None` where they do not allow profiling or too little is known of anybody.
    pub(crate) fn curve(&self, customer: &CustomerKey, now: Instant) -> Option<PersonalCurve> {
        let model = self.model.as_ref().filter(|_| self.profiling.covers(customer))?;
        let exposures = self.exposures.get(customer).map_or(&[][..], Vec::as_slice);
        let history = counted(exposures);
        let from = now.plus_days(-WINDOW_DAYS);
        let next = exposures.iter().filter(|exposure| exposure.at > from).count() + 1;
        let points = model
            .curve()
            .iter()
            .enumerate()
            .map(|(at, everybody)| (*everybody, model.risk(&history, at + 1, LEVEL)))
            .collect();
        Some(PersonalCurve { next, messages: history.len() as u64, points })
    }
}

impl App {
    /// Everybody's curve as of now.
    pub(crate) async fn fatigue(&self) -> Result<Fatigue> {
        let exposures = self.store().exposures(self.now().plus_days(-BACK_DAYS)).await?;
        let fitting = self.lawful::<Fitting>().await?;
        let histories: Vec<Vec<(usize, bool)>> = exposures
            .iter()
            .filter(|(customer, _)| fitting.covers(customer))
            .map(|(_, exposures)| counted(exposures))
            .collect();
        Ok(Fatigue {
            model: FatigueModel::fit(&histories),
            profiling: self.lawful::<Profiling>().await?,
            exposures,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_count_within_the_window_only() {
        let at = |day| Exposure { at: Instant(0).plus_days(day), harmed: day == 31, answered: false };
        let counted = counted(&[at(0), at(10), at(30), at(31), at(100)]);
        assert_eq!(counted, [(1, false), (2, false), (2, false), (3, true), (1, false)]);
    }
}
