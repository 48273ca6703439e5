//! The global holdout: a share of all customers whom no marketing contacts for a quarter or half a year, and what all
//! marketing together changes, read off the difference.
//!
//! Goes in: rules that a named person sets. Comes out: the period of a day, whether a customer is drawn in it, and the effect.
//! A change takes over at the next period, because an experiment is not edited while it runs. Service mails have a way of
//! their own and know nothing of this.

mod effect;

pub use effect::{MarketingEffectView, PastRule, PeriodEffect, ShareChoice};
pub use science::experiment::holdout::{HoldoutPeriod, HoldoutRule, MISMATCH};

use science::experiment::holdout::{next_start, period};
use science::hash::seeded_hash;
use store::holdout::KeptHoldout;
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Person;
use terms::time::{Day, Instant};

use crate::access::Permission;
use crate::app::App;
use crate::error::Result;
use crate::problem::Problem;

/// Largest share that can be held out, in percent.
pub const MOST_PERCENT: f64 = 20.0;
/// Months that a period may have.
pub const MONTHS: [u32; 2] = [3, 6];

/// The rules of the holdout, read once for many customers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holdout(Vec<HoldoutRule>);

impl Holdout {
    /// The last day of the period at an instant, for who is drawn in it.
    pub(crate) fn until(&self, customer: &CustomerKey, at: Instant) -> Option<Day> {
        let period = period(&self.0, at.day())?;
        period.draws(customer.as_str()).then_some(period.to)
    }

    pub(crate) fn rules(&self) -> &[HoldoutRule] {
        &self.0
    }
}

fn rule(kept: &KeptHoldout) -> HoldoutRule {
    HoldoutRule {
        from: kept.from,
        months: kept.months,
        share: f64::from(kept.share) / 10_000.0,
        seed: kept.seed,
    }
}

impl App {
    pub(crate) async fn holdout(&self) -> Result<Holdout> {
        Ok(Holdout(self.store().holdout_rules().await?.iter().map(rule).collect()))
    }

    /// Sets which share of all customers hears no marketing, in percent, and for how many months before others are drawn.
    /// Comes out: the first day on which it holds, today where nothing is held out now.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for a role that does not keep gates; [`Problem::HoldoutShare`] for a share or a period that
    /// cannot be.
    pub async fn set_holdout(&self, person: &Person, percent: f64, months: u32) -> Result<Day> {
        let granted = self.needs(person, Permission::KeepGates)?;
        let hundredths = (percent * 100.0).round();
        let readable = (0.0..=MOST_PERCENT).contains(&percent) && MONTHS.contains(&months);
        let share = Some(hundredths).filter(|share| readable && (share / 100.0 - percent).abs() < 1e-9);
        let Some(share) = share else { return Err(Problem::HoldoutShare { percent, months }.into()) };
        let share = share as u32;
        let now = self.now();
        let mut tx = self.store().begin().await?;
        // Read where it is written: of two who set it at once, the second sees the first.
        let rules: Vec<HoldoutRule> = tx.holdout_rules().await?.iter().map(rule).collect();
        let from = next_start(&rules, now.day());
        let seed = seeded_hash(now.0.cast_unsigned(), format!("holdout {}", rules.len()).as_bytes()) >> 1;
        tx.put_holdout_rule(from, months, share, seed, person.id, now).await?;
        let payload = serde_json::json!({ "percent": percent, "months": months, "from": from, "seed": seed });
        tx.append_entries(&[self.entry(granted.actor(), Action::HoldoutSet, "holdout", payload)]).await?;
        tx.commit().await?;
        Ok(from)
    }
}
