//! Reading for fatigue: what everybody's messages brought, and how likely the next one does harm to one person.
//!
//! Goes in: messages of the last two years. Comes out: everybody's curve, fitted on those who did not refuse profiling,
//! and for those who allow it their own. Nobody else is judged by it: caps hold for them anyway.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use policy::decide::{Harm, Worth};
use science::fatigue::decay::ResponseDecay;
use science::fatigue::{FatigueModel, WINDOW_DAYS};
use store::Conn;
use store::contacts::Exposure;
use terms::estimate::Estimate;
use terms::ids::CustomerKey;
use terms::time::Instant;

use super::{Fitting, Lawful, Profiling};
use crate::app::App;
use crate::error::Result;
use crate::long_term::Economy;

/// Days back that are looked at.
const BACK_DAYS: i64 = 730;
/// Probability content of the interval whose lower end decides: the probability is above it with 90 %.
const LEVEL: f64 = 0.8;

/// Probability content of the interval of harm whose lower end a message's worth is bound by: 95 % on that side.
const BOUND: f64 = 0.9;
/// Standard errors of a bound of 95 % on one side.
const Z_95: f64 = 1.644_854;

/// How long everybody's curve serves until it is fitted anew, in days: it is read off two years. Each plan fits it.
const FRESH_DAYS: i64 = 7;

/// Everybody's curve as of an instant; without a model where too little is known of anybody.
pub(crate) struct Fatigue {
    model: Option<FatigueModel>,
    /// How answers fade.
    decay: Option<ResponseDecay>,
    /// What messages bring and readers are worth.
    economy: Option<Economy>,
    as_of: Instant,
}

/// What everybody got in the last two years, and who of them may be judged by it.
pub(crate) struct Exposures {
    profiling: Lawful<Profiling>,
    of: HashMap<CustomerKey, Vec<Exposure>>,
}

impl Exposures {
    /// What a customer got; `None` where they do not allow profiling.
    pub(crate) fn of(&self, customer: &CustomerKey) -> Option<&[Exposure]> {
        let exposures = self.of.get(customer).map_or(&[][..], Vec::as_slice);
        Some(exposures).filter(|_| self.profiling.covers(customer))
    }
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
    /// What the next message would do to a customer who allows profiling, got `exposures`, and got or is planned for
    /// `contacts` lately; `None` where too little is known of anybody.
    pub(crate) fn harm(&self, exposures: &[Exposure], contacts: &[Instant], now: Instant) -> Option<Harm> {
        let from = now.plus_days(-WINDOW_DAYS);
        let recent = contacts.iter().filter(|contact| **contact > from).count();
        let risk = self.model.as_ref()?.risk(&counted(exposures), recent + 1, LEVEL);
        Some(Harm { expected: risk.value, low: risk.interval.low })
    }

    /// What the next message is worth to a customer who allows profiling: what it brings, which fades with how many came
    /// lately, less the risk of losing a reader. `None` where too little is known of harm or answers, or where measured
    /// campaigns do not credibly bring anything: then there is no evidence to weigh.
    pub(crate) fn worth(&self, exposures: &[Exposure], contacts: &[Instant], now: Instant) -> Option<Worth> {
        let from = now.plus_days(-WINDOW_DAYS);
        let nth = contacts.iter().filter(|contact| **contact > from).count() + 1;
        let risk = self.model.as_ref()?.risk(&counted(exposures), nth, BOUND);
        let (response, most) = self.decay.as_ref()?.ratio(nth);
        let economy = self.economy.as_ref()?;
        let (uplift, to_come) = (economy.uplift, economy.to_come);
        let (least, best) =
            (Z_95.mul_add(-uplift.error, uplift.value), Z_95.mul_add(uplift.error, uplift.value));
        if economy.campaigns == 0 || least <= 0.0 {
            return None;
        }
        // An opt-out costs the messages to come, at the same uplift: so both go up and down together.
        let share = risk.value.mul_add(-to_come, response);
        let highest = risk.interval.low.mul_add(-to_come, most);
        Some(Worth {
            expected: uplift.value * share,
            cost: uplift.value * risk.value * to_come,
            high: highest * if highest < 0.0 { least } else { best },
        })
    }

    /// The curve of a customer who allows profiling; `None` where too little is known of anybody.
    pub(crate) fn curve(&self, exposures: &[Exposure], now: Instant) -> Option<PersonalCurve> {
        let model = self.model.as_ref()?;
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
    /// Everybody's curve, fitted within the last week.
    pub(crate) async fn fatigue(&self) -> Result<Arc<Fatigue>> {
        let now = self.now();
        let kept = self.fatigue_slot().lock().unwrap_or_else(PoisonError::into_inner).clone();
        match kept.filter(|kept| kept.as_of <= now && now < kept.as_of.plus_days(FRESH_DAYS)) {
            Some(kept) => Ok(kept),
            None => self.fit_fatigue(&self.store().exposures(now.plus_days(-BACK_DAYS)).await?).await,
        }
    }

    /// Everybody's curve as of now, and what each of those got who may be judged by it.
    pub(crate) async fn fatigue_of_all(&self) -> Result<(Arc<Fatigue>, Exposures)> {
        let of = self.store().exposures(self.now().plus_days(-BACK_DAYS)).await?;
        let fatigue = self.fit_fatigue(&of).await?;
        Ok((fatigue, Exposures { profiling: self.lawful::<Profiling>().await?, of }))
    }

    async fn fit_fatigue(&self, exposures: &HashMap<CustomerKey, Vec<Exposure>>) -> Result<Arc<Fatigue>> {
        let as_of = self.now();
        let fitting = self.lawful::<Fitting>().await?;
        let histories: Vec<Vec<(usize, bool)>> = exposures
            .iter()
            .filter(|(customer, _)| fitting.covers(customer))
            .map(|(_, exposures)| counted(exposures))
            .collect();
        let answers: Vec<(usize, bool)> = exposures
            .iter()
            .filter(|(customer, _)| fitting.covers(customer))
            .flat_map(|(_, exposures)| {
                let places = counted(exposures).into_iter().map(|(nth, _)| nth);
                places.zip(exposures.iter().map(|exposure| exposure.answered))
            })
            .collect();
        let (model, decay) = (FatigueModel::fit(&histories), ResponseDecay::fit(&answers));
        let economy = match (&model, &decay) {
            (Some(_), Some(_)) => Some(self.economy(None).await?),
            _ => None,
        };
        let fitted = Arc::new(Fatigue { model, decay, economy, as_of });
        *self.fatigue_slot().lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&fitted));
        Ok(fitted)
    }
}

/// What one customer got, as of an instant.
pub(crate) async fn exposures_of(
    conn: &mut Conn,
    customer: &CustomerKey,
    now: Instant,
) -> Result<Vec<Exposure>> {
    Ok(conn.exposures_of(customer, now.plus_days(-BACK_DAYS)).await?)
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
