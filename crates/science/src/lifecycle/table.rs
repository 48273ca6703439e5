//! Training rows: every customer known at one month end, with what the next month end shows.
//!
//! Goes in: profiles at two as-of days. Comes out: one row a customer and period. Customers who were first seen
//! between the two days are not rows of that period; prospects are counted, not listed.

use super::history::History;
use std::collections::HashMap;
use terms::ids::CustomerKey;
use terms::profile::Profile;
use terms::stage::{Stage, StageRule};
use terms::time::Day;

/// One customer over one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingRow {
    /// Whose, as [`crate::hash::seeded_hash`] of seed 0 of the key: only for holding rows of one customer together.
    pub customer: u64,
    /// The as-of day at which the period begins.
    pub snapshot: Day,
    /// Length of the period.
    pub days: i32,
    /// History at its beginning.
    pub history: History,
    /// Stage at its beginning.
    pub stage: Stage,
    /// Stage at its end.
    pub next: Stage,
    /// Purchase days within it.
    pub purchases: u32,
}

/// Prospects of one period, by how long they have been known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProspectCount {
    /// The as-of day at which the period begins.
    pub snapshot: Day,
    /// Days since they became known.
    pub known_days: i32,
    /// Prospects.
    pub n: u64,
    /// Those of them who bought within the period.
    pub converted: u64,
}

/// Rows of several periods under one stage rule.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingTable {
    /// The thresholds that name the stages.
    pub rule: StageRule,
    /// Rows, period after period.
    pub rows: Vec<TrainingRow>,
    /// Prospects.
    pub prospects: Vec<ProspectCount>,
}

impl TrainingTable {
    /// An empty table.
    #[must_use]
    pub const fn new(rule: StageRule) -> Self {
        Self { rule, rows: Vec::new(), prospects: Vec::new() }
    }

    /// Adds the period from `from` to `to`, given everybody's profile at both days. Returns the rows added.
    pub fn add_period(&mut self, from: Day, to: Day, before: &[Profile], after: &[Profile]) -> usize {
        let later: HashMap<&CustomerKey, &Profile> = after.iter().map(|p| (&p.customer, p)).collect();
        let rule = self.rule;
        let start = self.rows.len();
        self.rows.extend(before.iter().filter_map(|p| {
            let next = later.get(&p.customer)?;
            Some(TrainingRow {
                customer: crate::hash::seeded_hash(0, p.customer.as_str().as_bytes()),
                snapshot: from,
                days: to.0 - from.0,
                history: History::from(p),
                stage: rule.stage_of(p.t_days, p.silent_days(), p.last_gap_days),
                next: rule.stage_of(next.t_days, next.silent_days(), next.last_gap_days),
                purchases: next.frequency.saturating_sub(p.frequency),
            })
        }));
        self.rows.len() - start
    }

    /// The days at which periods begin, in order.
    #[must_use]
    pub fn snapshots(&self) -> Vec<Day> {
        let mut days: Vec<Day> = self.rows.iter().map(|row| row.snapshot).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The rows of periods that begin on a day for which `keep` holds.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(Day) -> bool) -> Self {
        Self {
            rule: self.rule,
            rows: self.rows.iter().filter(|row| keep(row.snapshot)).copied().collect(),
            prospects: self.prospects.iter().filter(|p| keep(p.snapshot)).copied().collect(),
        }
    }

    /// At most about `rows` rows, evenly spaced: for very large brands, where more rows change no weight.
    #[must_use]
    pub fn thinned(mut self, rows: usize) -> Self {
        let stride = self.rows.len().div_ceil(rows.max(1)).max(1);
        self.rows = self.rows.into_iter().step_by(stride).collect();
        self
    }
}
