//! One customer's rows, oldest first: for their page, their rights and their explanation.

use crate::error::Result;
use crate::layout::bucket;
use crate::layout::key::{Key, KeyKind, bucket_of};
use crate::{Lake, Purchase};
use compact_str::CompactString;
use terms::ids::CustomerKey;
use terms::money::{Currency, Money};
use terms::time::Instant;

impl Lake {
    /// Every purchase and return of one customer, oldest first; empty for an unknown customer. Reads one bucket.
    ///
    /// # Errors
    /// When the bucket cannot be read.
    pub fn history_of(&self, customer: &CustomerKey) -> Result<Vec<Purchase>> {
        match self.manifest()?.key {
            KeyKind::Integer => history::<i64>(self, customer),
            KeyKind::Text => history::<CompactString>(self, customer),
        }
    }
}

fn history<K: Key>(lake: &Lake, customer: &CustomerKey) -> Result<Vec<Purchase>> {
    let manifest = lake.manifest()?;
    let currency = manifest.currency.unwrap_or(Currency::EUR);
    let Some(key) = K::from_customer(customer) else { return Ok(Vec::new()) };
    let number = bucket_of(key.hash(), manifest.bucket_bits);
    let Some(Some(bucket)) = manifest.buckets.get(number) else { return Ok(Vec::new()) };
    let rows = bucket::rows::<K>(lake, bucket)?;
    let from = rows.partition_point(|row| row.key < key);
    Ok(rows
        .into_iter()
        .skip(from)
        .take_while(|row| row.key == key)
        .map(|row| Purchase {
            customer: customer.clone(),
            time: Instant(row.time),
            amount: Money::new(row.amount, currency),
            order: (!row.order.is_empty()).then(|| row.order.to_string()),
        })
        .collect())
}
