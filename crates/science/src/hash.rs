//! A stable seeded hash and a small random stream, for assignments that must be repeatable years later.
//!
//! Goes in: a seed and bytes. Comes out: 64 bits that are the same on every machine and in every version. FNV-1a
//! (Fowler, Noll, Vo, draft-eastlake-fnv) reads the bytes, the finaliser of SplitMix64 (Steele, Lea, Flood 2014,
//! "Fast splittable pseudorandom number generators", fig. 14) spreads them. It is not a cryptographic hash: it
//! hides nothing, and must not be used where somebody gains from predicting it.

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;
const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn fnv1a(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME))
}

/// The hash of `bytes` under `seed`.
#[must_use]
pub fn seeded_hash(seed: u64, bytes: &[u8]) -> u64 {
    mix(fnv1a(fnv1a(FNV_OFFSET, &seed.to_le_bytes()), bytes).wrapping_add(GOLDEN_GAMMA))
}

/// A hash as a number from 0 (included) to 1 (excluded), with 53 random bits.
#[must_use]
pub fn unit_interval(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

/// A stream of repeatable random numbers: SplitMix64.
#[derive(Debug, Clone)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// A stream that starts at `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        mix(self.0)
    }

    /// The next number from 0 (included) to 1 (excluded).
    pub fn next_f64(&mut self) -> f64 {
        unit_interval(self.next_u64())
    }

    /// The next standard normal number (Box, Muller 1958).
    pub fn next_normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.next_f64()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.next_f64()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_gives_the_published_fnv_1a_values() {
        assert_eq!(fnv1a(FNV_OFFSET, b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(FNV_OFFSET, b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(FNV_OFFSET, b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn the_stream_gives_the_published_splitmix64_values() {
        let mut stream = SplitMix64::new(1_234_567);
        assert_eq!(stream.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(stream.next_u64(), 3_203_168_211_198_807_973);
        assert_eq!(stream.next_u64(), 9_817_491_932_198_370_423);
    }

    #[test]
    fn another_seed_gives_another_hash_and_the_same_seed_the_same() {
        assert_eq!(seeded_hash(7, b"C-00042"), seeded_hash(7, b"C-00042"));
        assert_ne!(seeded_hash(7, b"C-00042"), seeded_hash(8, b"C-00042"));
        assert_ne!(seeded_hash(7, b"C-00042"), seeded_hash(7, b"C-00043"));
    }
}
