//! The brand's totals by day, for charts.

use super::scale;
use crate::error::Result;
use crate::layout::bucket::DaysAndAmounts;
use crate::layout::manifest::Bucket;
use crate::{Lake, parallel};
use std::collections::BTreeMap;
use terms::time::Day;

/// One day of the brand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayTotal {
    /// The day.
    pub day: Day,
    /// Purchase rows.
    pub purchases: u64,
    /// Return rows.
    pub returns: u64,
    /// Sum of all amounts in major units, returns subtracted.
    pub revenue: f64,
}

impl Lake {
    /// Purchases, returns and revenue by day, ascending; days without a row are absent.
    ///
    /// # Errors
    /// When a bucket cannot be read.
    pub fn day_totals(&self) -> Result<Vec<DayTotal>> {
        let manifest = self.manifest()?;
        let scale = scale(&manifest);
        let buckets: Vec<&Bucket> = manifest.buckets.iter().flatten().collect();
        let mut totals: BTreeMap<i32, (u64, u64, i64)> = BTreeMap::new();
        let work = |bucket: &&Bucket| {
            let mut part: BTreeMap<i32, (u64, u64, i64)> = BTreeMap::new();
            DaysAndAmounts::open(self, bucket)?.take(bucket.rows as usize, |days, amounts| {
                for (day, amount) in days.iter().zip(amounts) {
                    let total = part.entry(*day).or_default();
                    total.0 += u64::from(*amount >= 0);
                    total.1 += u64::from(*amount < 0);
                    total.2 += amount;
                }
            })?;
            Ok(part)
        };
        parallel::in_order(&buckets, parallel::default_threads(), work, |part| {
            for (day, (purchases, returns, revenue)) in part {
                let total = totals.entry(day).or_default();
                *total = (total.0 + purchases, total.1 + returns, total.2 + revenue);
            }
            Ok(())
        })?;
        let day_total = |(day, (purchases, returns, revenue)): (i32, (u64, u64, i64))| DayTotal {
            day: Day(day),
            purchases,
            returns,
            revenue: revenue as f64 / scale,
        };
        Ok(totals.into_iter().map(day_total).collect())
    }
}
