//! The draw of the global holdout once more, from its words: the bytes of a seed and then of a key are read by FNV-1a, a
//! number is added, three shifts and two products spread the bits, and who falls below the share is drawn.

/// A rule of the holdout in its first period.
#[derive(Debug, Clone, Copy)]
pub struct Lot {
    /// Share of all customers, in hundredths of a percent.
    pub hundredths: u32,
    /// The rule's seed.
    pub seed: u64,
}

fn spread(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash: u64 = 14_695_981_039_346_656_037;
    for byte in seed.to_le_bytes().iter().chain(bytes) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(1_099_511_628_211);
    }
    hash = hash.wrapping_add(11_400_714_819_323_198_485);
    hash = (hash ^ (hash >> 30)).wrapping_mul(13_787_848_793_156_543_929);
    hash = (hash ^ (hash >> 27)).wrapping_mul(10_723_151_780_598_845_931);
    hash ^ (hash >> 31)
}

/// Whether a customer hears no marketing.
#[must_use]
pub fn drawn(lot: Lot, key: &str) -> bool {
    let period = spread(lot.seed, &[0, 0, 0, 0]);
    let place = (spread(period, key.as_bytes()) >> 11) as f64 / 9_007_199_254_740_992.0;
    place * 10_000.0 < f64::from(lot.hundredths)
}
