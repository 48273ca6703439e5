//! How many events a key may send a second: a bucket for each key that fills steadily and holds ten seconds' worth.
//!
//! Goes in: a key, its rate, events, and a steady clock's seconds. Comes out: go on, or how long to wait. Kept in
//! memory: a restart forgives.

use std::collections::HashMap;

use terms::ids::WriteKeyId;

/// Seconds' worth that a bucket holds.
const BURST_SECONDS: f64 = 10.0;

/// The buckets of all keys.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    buckets: HashMap<WriteKeyId, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: f64,
}

impl Limiter {
    /// Takes events out of a key's bucket, or says after how many seconds there will be enough.
    pub(super) fn take(
        &mut self,
        key: WriteKeyId,
        per_second: i64,
        events: usize,
        now: f64,
    ) -> Result<(), u64> {
        let rate = per_second.max(1) as f64;
        let full = rate * BURST_SECONDS;
        let bucket = self.buckets.entry(key).or_insert(Bucket { left: full, at: now });
        bucket.left = full.min(bucket.left + (now - bucket.at).max(0.0) * rate);
        bucket.at = now;
        // A batch larger than the bucket goes once the bucket is full.
        let wanted = (events as f64).min(full);
        if bucket.left >= wanted {
            bucket.left -= wanted;
            return Ok(());
        }
        Err(((wanted - bucket.left) / rate).ceil().max(1.0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_burst_and_then_waits_as_long_as_it_must() {
        let (mut limiter, key) = (Limiter::default(), WriteKeyId(1));
        assert_eq!(limiter.take(key, 100, 1_000, 0.0), Ok(()));
        assert_eq!(limiter.take(key, 100, 100, 0.0), Err(1));
        assert_eq!(limiter.take(key, 100, 500, 0.5), Err(5));
        assert_eq!(limiter.take(key, 100, 100, 1.0), Ok(()));
        assert_eq!(limiter.take(WriteKeyId(2), 100, 100, 1.0), Ok(()), "keys do not share");
    }

    #[test]
    fn a_batch_larger_than_the_bucket_is_not_refused_for_ever() {
        let (mut limiter, key) = (Limiter::default(), WriteKeyId(1));
        assert_eq!(limiter.take(key, 1, 500, 0.0), Ok(()));
        assert_eq!(limiter.take(key, 1, 500, 1.0), Err(9));
        assert_eq!(limiter.take(key, 1, 500, 10.0), Ok(()));
    }
}
