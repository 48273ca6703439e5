//! Reading for what marketing changes in the long run: what everybody did in a period, whether they said no to the brand, and
//! what they are expected to bring after it.
//!
//! Goes in: a period of the holdout, or a day. Comes out: rows without names, of those who may be measured. A future value
//! exists only for who allows profiling; the others are counted in everything else.

use std::collections::{HashMap, HashSet};

use science::experiment::estimate::Outcome;
use science::experiment::holdout::HoldoutPeriod;
use science::lifecycle::history::History;
use terms::consent::{Channel, Purpose};
use terms::ids::CustomerKey;
use terms::time::{Day, Instant};

use super::subjects::latest;
use super::{Lawful, MeasuredArms, Measurement, Profiling};
use crate::app::App;
use crate::error::{Error, Result};
use crate::snapshot::YEAR_DAYS;

/// What one customer did in a period.
pub(crate) struct Lived {
    /// Drawn to hear no marketing.
    pub(crate) held_out: bool,
    /// Purchases in the period, with what came before as covariate.
    pub(crate) outcome: Outcome,
    /// Expected revenue in the year after, where it may be estimated.
    pub(crate) value: Option<f64>,
    /// Took consent to marketing back.
    pub(crate) refused: bool,
    /// Complained of a message.
    pub(crate) complained: bool,
}

/// Expected revenue in the year after a day.
pub(crate) struct FutureValues {
    /// The model that says it.
    pub(crate) model: String,
    profiling: Lawful<Profiling>,
    of: HashMap<CustomerKey, f64>,
}

impl FutureValues {
    /// What somebody is expected to bring; `None` where they do not allow profiling. Of who never bought nothing is expected:
    /// the model knows buyers only, in both arms alike.
    pub(crate) fn of(&self, customer: &CustomerKey) -> Option<f64> {
        self.profiling.covers(customer).then(|| self.of.get(customer).copied().unwrap_or(0.0))
    }
}

impl App {
    /// What everybody who may be profiled is expected to bring in the year after a day, given what is known at its end;
    /// `None` where no value model acts.
    pub(crate) async fn future_values(&self, day: Day) -> Result<Option<FutureValues>> {
        let Some((label, model)) = self.snapshot().await?.value.clone() else { return Ok(None) };
        let profiling = self.lawful::<Profiling>().await?;
        let lake = self.lake().clone();
        let read = move || -> Result<FutureValues> {
            let (scorer, mut of) = (model.scorer(), HashMap::new());
            profiling.histories(&lake, &[day], |customer| {
                if let Some(profile) = customer.profiles.into_iter().flatten().next() {
                    let value = scorer.revenue(&History::from(&profile), f64::from(YEAR_DAYS));
                    of.insert(customer.customer, value);
                }
            })?;
            Ok(FutureValues { model: label, profiling, of })
        };
        let read = tokio::task::spawn_blocking(read).await;
        read.map_err(|error| Error::Internal(error.to_string()))?.map(Some)
    }

    /// Who of the measured complained of any message between two instants.
    pub(crate) async fn measured_complaints(
        &self,
        arms: &MeasuredArms,
        from: Instant,
        to: Instant,
    ) -> Result<HashSet<CustomerKey>> {
        let counted: HashSet<&CustomerKey> = arms.rows().iter().map(|row| &row.customer).collect();
        let mut complained = self.store().complained_between(from, to).await?;
        complained.retain(|customer| counted.contains(customer));
        Ok(complained)
    }

    /// Messages that a customer who gets any gets in a year, on average, of those who may be measured; at least one.
    pub(crate) async fn messages_a_year(&self) -> Result<f64> {
        let lawful = self.lawful::<Measurement>().await?;
        let year = self.now().plus_days(-i64::from(YEAR_DAYS));
        let counts = self.store().reached_since(year).await?.into_iter();
        let (readers, messages) = counts
            .filter(|(customer, ..)| lawful.covers(customer))
            .fold((0_u64, 0_i64), |(readers, messages), (_, n, _)| (readers + 1, messages + n));
        Ok((messages as f64 / readers.max(1) as f64).max(1.0))
    }

    /// What everybody with a contact record did in a period until a day. Comes out besides: how many may not be measured, of
    /// those held out and of the others, and the model that values them.
    pub(crate) async fn everybody_in(
        &self,
        period: HoldoutPeriod,
        until: Day,
    ) -> Result<(Vec<Lived>, [u64; 2], Option<String>)> {
        let (start, end) = (period.from.start(), until.end());
        let before = start.plus_days(-i64::from(YEAR_DAYS));
        let lawful = self.lawful::<Measurement>().await?;
        let agreed = latest(self, Purpose::Marketing, &[Channel::Email], start).await?;
        let refused = self.store().withdrawn_between(start, end).await?;
        let complained = self.store().complained_between(start, end).await?;
        let values = self.future_values(until).await?;
        let (mut customers, mut left_out) = (Vec::new(), [0_u64; 2]);
        for customer in self.every_record().await?.into_iter().filter(|record| record.known_since < end) {
            let held_out = period.draws(customer.key.as_str());
            if lawful.covers(&customer.key) {
                customers.push((customer, held_out));
            } else {
                let [held, others] = &mut left_out;
                *(if held_out { held } else { others }) += 1;
            }
        }
        let lake = self.lake().clone();
        let keys: Vec<CustomerKey> = customers.iter().map(|(customer, _)| customer.key.clone()).collect();
        let read = move || -> Result<_> {
            let window = |from: Instant, to: Instant| -> Vec<_> {
                keys.iter().map(|key| (key.clone(), from, to)).collect()
            };
            Ok((lake.outcomes(&window(start, end))?, lake.outcomes(&window(before, start))?))
        };
        let read = tokio::task::spawn_blocking(read).await;
        let (during, past) = read.map_err(|error| Error::Internal(error.to_string()))??;
        let lived = customers.iter().zip(during).zip(past).map(|(((customer, held_out), during), past)| {
            // Both were so before the draw: whoever came later is a stratum of their own.
            let new = u32::from(customer.known_since >= start);
            let consent = agreed
                .get(&customer.key)
                .is_some_and(|state| state.allows(Purpose::Marketing, Channel::Email));
            Lived {
                held_out: *held_out,
                outcome: Outcome {
                    revenue: during.revenue,
                    purchases: f64::from(during.purchases),
                    stratum: new * 2 + u32::from(consent),
                    covariate: past.revenue,
                },
                value: values.as_ref().and_then(|values| values.of(&customer.key)),
                refused: refused.contains(&customer.key),
                complained: complained.contains(&customer.key),
            }
        });
        let lived: Vec<Lived> = lived.collect();
        Ok((lived, left_out, values.map(|values| values.model)))
    }
}
