//! The pass: every customer's history from the sorted buckets, in one read and without a hash table.
//!
//! Goes in: an as-of day (or many). Comes out: profiles in the order of buckets and keys, which does not depend on the
//! number of threads. Rows after the as-of day are as if they were not there.

mod fold;
mod outcomes;
mod snapshots;
mod table;
mod timeline;
mod totals;

pub use outcomes::Outcome;
pub use snapshots::{CustomerSnapshots, PurchaseDay};
pub use table::Checksums;
pub use totals::DayTotal;

use crate::error::Result;
use crate::layout::bucket::{self, DaysAndAmounts};
use crate::layout::key::{Key, KeyKind};
use crate::layout::manifest::{Bucket, Manifest};
use crate::{Lake, parallel};
use compact_str::CompactString;
use fold::{Fold, RECENT_DAYS, Summary};
use std::collections::HashMap;
use terms::ids::CustomerKey;
use terms::profile::Profile;
use terms::time::Day;

/// How to run a pass.
#[derive(Debug, Clone, Default)]
pub struct PassOptions<'a> {
    /// Threads; 0 means one for each core.
    pub threads: usize,
    /// Opens and clicks of each customer within the 90 days up to the as-of day, where the brand has them.
    pub engagement_90: Option<&'a HashMap<CustomerKey, u32>>,
}

impl PassOptions<'_> {
    fn threads(&self) -> usize {
        if self.threads == 0 { parallel::default_threads() } else { self.threads }
    }

    fn engagement(&self, customer: &CustomerKey) -> u32 {
        self.engagement_90.and_then(|map| map.get(customer)).copied().unwrap_or(0)
    }
}

impl Lake {
    /// The profile of every customer with a purchase up to and including the as-of day, a bucket at a time.
    ///
    /// # Errors
    /// When a bucket cannot be read, or `each` fails.
    pub fn profiles(
        &self,
        as_of: Day,
        options: &PassOptions<'_>,
        mut each: impl FnMut(Vec<Profile>) -> Result<()>,
    ) -> Result<()> {
        let manifest = self.manifest()?;
        let scale = scale(&manifest);
        let buckets: Vec<&Bucket> = manifest.buckets.iter().flatten().collect();
        let work = |bucket: &&Bucket| match manifest.key {
            KeyKind::Integer => bucket_profiles::<i64>(self, bucket, as_of, scale, options),
            KeyKind::Text => bucket_profiles::<CompactString>(self, bucket, as_of, scale, options),
        };
        parallel::in_order(&buckets, options.threads(), work, |profiles| {
            if profiles.is_empty() { Ok(()) } else { each(profiles) }
        })
    }

    /// The profile of every customer, in one vector; for brands whose customers fit into memory (250 bytes each).
    ///
    /// # Errors
    /// When a bucket cannot be read.
    pub fn all_profiles(&self, as_of: Day, options: &PassOptions<'_>) -> Result<Vec<Profile>> {
        let mut all = Vec::new();
        self.profiles(as_of, options, |part| {
            all.extend(part);
            Ok(())
        })?;
        Ok(all)
    }

    /// The profile of one customer; `None` when they have not bought by that day. Equal to the row of the pass.
    ///
    /// # Errors
    /// When a bucket cannot be read.
    pub fn profile_of(
        &self,
        customer: &CustomerKey,
        as_of: Day,
        options: &PassOptions<'_>,
    ) -> Result<Option<Profile>> {
        let mut fold = Fold::default();
        for row in self.history_of(customer)? {
            if row.time.day() <= as_of {
                fold.push(row.time.day().0, row.amount.minor, recent_from(as_of));
            }
        }
        let scale = scale(&self.manifest()?);
        let engagement = options.engagement(customer);
        Ok(fold.summary(as_of.0).map(|summary| profile(customer.clone(), &summary, scale, engagement)))
    }
}

/// Minor units in a major one.
fn scale(manifest: &Manifest) -> f64 {
    10_f64.powi(manifest.currency.map_or(2, |currency| currency.digits()).cast_signed())
}

const fn recent_from(as_of: Day) -> i32 {
    as_of.0 - RECENT_DAYS + 1
}

fn bucket_profiles<K: Key>(
    lake: &Lake,
    bucket: &Bucket,
    as_of: Day,
    scale: f64,
    options: &PassOptions<'_>,
) -> Result<Vec<Profile>> {
    let mut profiles = Vec::with_capacity(bucket.customers as usize);
    each_summary::<K>(lake, bucket, as_of, |key, summary| {
        let customer = key.customer();
        let engagement = options.engagement(&customer);
        profiles.push(profile(customer, summary, scale, engagement));
    })?;
    Ok(profiles)
}

/// The pass over one bucket.
fn each_summary<K: Key>(
    lake: &Lake,
    bucket: &Bucket,
    as_of: Day,
    mut each: impl FnMut(&K, &Summary),
) -> Result<()> {
    let recent = recent_from(as_of);
    let mut rows = DaysAndAmounts::open(lake, bucket)?;
    for (key, count) in bucket::customers::<K>(lake, bucket)? {
        let mut fold = Fold::default();
        rows.take(count as usize, |days, amounts| {
            for (day, amount) in days.iter().zip(amounts) {
                if *day <= as_of.0 {
                    fold.push(*day, *amount, recent);
                }
            }
        })?;
        if let Some(summary) = fold.summary(as_of.0) {
            each(&key, &summary);
        }
    }
    Ok(())
}

fn profile(customer: CustomerKey, s: &Summary, scale: f64, engagement_90: u32) -> Profile {
    Profile {
        customer,
        first_day: Day(s.first_day),
        last_day: Day(s.last_day),
        frequency: s.frequency,
        recency_days: s.recency_days,
        t_days: s.t_days,
        monetary: s.monetary / scale,
        spend: s.spend as f64 / scale,
        first_amount: s.first_amount as f64 / scale,
        last_amount: s.last_amount as f64 / scale,
        last_gap_days: s.last_gap_days,
        gap_mean: s.gap_mean,
        gap_sd: s.gap_sd,
        purchases_90: s.purchases_90,
        engagement_90,
    }
}
