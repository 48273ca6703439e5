//! Profiles at many as-of days in one read, for models that learn from the brand's past month by month.

use super::fold::{Fold, RECENT_DAYS};
use super::{PassOptions, profile, scale};
use crate::error::Result;
use crate::layout::bucket::{self, DaysAndAmounts};
use crate::layout::key::{Key, KeyKind};
use crate::layout::manifest::Bucket;
use crate::{Lake, parallel};
use compact_str::CompactString;
use terms::ids::CustomerKey;
use terms::profile::Profile;
use terms::time::Day;

/// A day on which a customer bought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurchaseDay {
    /// The day.
    pub day: Day,
    /// Sum of the day's purchases in major units; returns are not subtracted.
    pub amount: f64,
    /// Purchase rows of the day.
    pub rows: u32,
}

/// One customer at each of the as-of days asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerSnapshots {
    /// Whose.
    pub customer: CustomerKey,
    /// One for each as-of day, in their order; `None` before the first purchase.
    pub profiles: Vec<Option<Profile>>,
    /// Every purchase day in the lake, also after the last as-of day, ascending.
    pub purchase_days: Vec<PurchaseDay>,
}

impl CustomerSnapshots {
    /// Whether the customer bought after `from`, up to and including `to`.
    #[must_use]
    pub fn bought_between(&self, from: Day, to: Day) -> bool {
        let after = self.purchase_days.partition_point(|p| p.day <= from);
        self.purchase_days.get(after).is_some_and(|p| p.day <= to)
    }
}

impl Lake {
    /// Every customer's profiles at several as-of days, a bucket at a time, from one read of the lake. The days are
    /// taken in ascending order. `engagement_90` of the profiles is 0: pass it per day to [`Lake::profiles`] instead.
    ///
    /// # Errors
    /// When a bucket cannot be read, or `each` fails.
    pub fn snapshots(
        &self,
        as_of_days: &[Day],
        options: &PassOptions<'_>,
        mut each: impl FnMut(Vec<CustomerSnapshots>) -> Result<()>,
    ) -> Result<()> {
        let manifest = self.manifest()?;
        let scale = scale(&manifest);
        let mut days = as_of_days.to_vec();
        days.sort_unstable();
        let buckets: Vec<&Bucket> = manifest.buckets.iter().flatten().collect();
        let work = |bucket: &&Bucket| match manifest.key {
            KeyKind::Integer => bucket_snapshots::<i64>(self, bucket, &days, scale),
            KeyKind::Text => bucket_snapshots::<CompactString>(self, bucket, &days, scale),
        };
        parallel::in_order(&buckets, options.threads(), work, |part| {
            if part.is_empty() { Ok(()) } else { each(part) }
        })
    }
}

fn bucket_snapshots<K: Key>(
    lake: &Lake,
    bucket: &Bucket,
    as_of: &[Day],
    scale: f64,
) -> Result<Vec<CustomerSnapshots>> {
    let mut out = Vec::with_capacity(bucket.customers as usize);
    let mut stream = DaysAndAmounts::open(lake, bucket)?;
    let mut rows: Vec<(i32, i64)> = Vec::new();
    for (key, count) in bucket::customers::<K>(lake, bucket)? {
        rows.clear();
        stream.take(count as usize, |days, amounts| {
            rows.extend(days.iter().copied().zip(amounts.iter().copied()))
        })?;
        out.push(customer_snapshots(&key.customer(), &rows, as_of, scale));
    }
    Ok(out)
}

fn customer_snapshots(
    customer: &CustomerKey,
    rows: &[(i32, i64)],
    as_of: &[Day],
    scale: f64,
) -> CustomerSnapshots {
    let purchase_days: Vec<PurchaseDay> = rows
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|day| {
            let bought = || day.iter().filter(|(_, amount)| *amount >= 0);
            let sum: i64 = bought().map(|(_, amount)| amount).sum();
            let (first, rows) = (day.first()?.0, bought().count() as u32);
            (rows > 0).then_some(PurchaseDay { day: Day(first), amount: sum as f64 / scale, rows })
        })
        .collect();
    let mut fold = Fold::default();
    let mut left = rows.iter().peekable();
    let mut profiles = Vec::with_capacity(as_of.len());
    for day in as_of {
        while let Some((at, amount)) = left.next_if(|(at, _)| *at <= day.0) {
            fold.push(*at, *amount, i32::MAX);
        }
        let up_to = |limit: i32| purchase_days.partition_point(|p| p.day.0 <= limit);
        let recent = up_to(day.0) - up_to(day.0 - RECENT_DAYS);
        let summary = fold.with_recent(recent as u32).summary(day.0);
        profiles.push(summary.map(|summary| profile(customer.clone(), &summary, scale, 0)));
    }
    CustomerSnapshots { customer: customer.clone(), profiles, purchase_days }
}
