//! What customers did in a window of their own: the outcome side of a campaign's measurement.

use crate::error::Result;
use crate::layout::bucket;
use crate::layout::key::{Key, KeyKind, bucket_of};
use crate::layout::manifest::{Bucket, Manifest};
use crate::{Lake, parallel};
use compact_str::CompactString;
use std::collections::BTreeMap;
use terms::ids::CustomerKey;
use terms::time::Instant;

/// What one customer did within their window.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Whose.
    pub customer: CustomerKey,
    /// Purchase rows.
    pub purchases: u32,
    /// UTC days with a purchase.
    pub purchase_days: u32,
    /// Sum of all amounts in major units, returns subtracted.
    pub revenue: f64,
}

/// A window: from (included) and to (excluded).
type Windows<K> = BTreeMap<usize, Vec<(K, usize, Instant, Instant)>>;

impl Lake {
    /// The outcome of each customer within a window of their own, from the first instant (included) to the second
    /// (excluded), in the order asked for. Customers without a row in the window have zeros, so nobody is dropped.
    ///
    /// # Errors
    /// When a bucket cannot be read.
    pub fn outcomes(&self, windows: &[(CustomerKey, Instant, Instant)]) -> Result<Vec<Outcome>> {
        let manifest = self.manifest()?;
        match manifest.key {
            KeyKind::Integer => outcomes::<i64>(self, &manifest, windows),
            KeyKind::Text => outcomes::<CompactString>(self, &manifest, windows),
        }
    }
}

fn outcomes<K: Key>(
    lake: &Lake,
    manifest: &Manifest,
    asked: &[(CustomerKey, Instant, Instant)],
) -> Result<Vec<Outcome>> {
    let zero = |(customer, _, _): &(CustomerKey, Instant, Instant)| Outcome {
        customer: customer.clone(),
        purchases: 0,
        purchase_days: 0,
        revenue: 0.0,
    };
    let mut out: Vec<Outcome> = asked.iter().map(zero).collect();
    let mut by_bucket: Windows<K> = BTreeMap::new();
    for (at, (customer, from, to)) in asked.iter().enumerate() {
        if let Some(key) = K::from_customer(customer) {
            let number = bucket_of(key.hash(), manifest.bucket_bits);
            by_bucket.entry(number).or_default().push((key, at, *from, *to));
        }
    }
    let scale = super::scale(manifest);
    let work: Vec<(&Bucket, Vec<_>)> = by_bucket
        .into_iter()
        .filter_map(|(number, asked)| Some((manifest.buckets.get(number)?.as_ref()?, asked)))
        .collect();
    let measure = |(bucket, asked): &(&Bucket, Vec<(K, usize, Instant, Instant)>)| {
        let rows = bucket::rows::<K>(lake, bucket)?;
        let mut found = Vec::with_capacity(asked.len());
        for (key, at, from, to) in asked {
            let start = rows.partition_point(|row| (&row.key, row.time) < (key, from.0));
            let (mut purchases, mut days, mut revenue, mut last) = (0_u32, 0_u32, 0_i64, None);
            for row in rows.iter().skip(start).take_while(|row| row.key == *key && row.time < to.0) {
                revenue += row.amount;
                if row.amount >= 0 {
                    let day = Instant(row.time).day();
                    purchases += 1;
                    days += u32::from(last != Some(day));
                    last = Some(day);
                }
            }
            found.push((*at, purchases, days, revenue as f64 / scale));
        }
        Ok(found)
    };
    parallel::in_order(&work, parallel::default_threads(), measure, |found| {
        for (at, purchases, purchase_days, revenue) in found {
            if let Some(outcome) = out.get_mut(at) {
                *outcome = Outcome { purchases, purchase_days, revenue, ..outcome.clone() };
            }
        }
        Ok(())
    })?;
    Ok(out)
}
