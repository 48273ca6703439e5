//! A draw: a share of everybody, by chance and not by anything about them, and the same people whenever it is asked again.
//!
//! Goes in: a customer's key and the seed that stands in the segment. Comes out: a number from 0 to 100. Another seed draws other
//! people, and whether somebody is drawn says nothing about them: so a draw can give everybody a chance of an offer that
//! conditions keep from some.

use terms::hash::ContentHash;

/// What a customer draws with; the same for ever.
#[must_use]
pub fn lot(key: &str) -> u64 {
    let digits = ContentHash::of_text(key).to_string();
    // The first half of the digits always reads as a number.
    digits.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

/// What a lot draws under a seed, from 0 (included) to 100 (excluded), spread by the finaliser of SplitMix64 (Steele, Lea and
/// Flood 2014).
#[must_use]
pub(crate) fn drawn(lot: u64, seed: u32) -> f64 {
    let mut z = lot ^ u64::from(seed).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_takes_its_share_and_another_seed_takes_others() {
        let lots: Vec<u64> = (0..10_000).map(|at| lot(&format!("C-{at}"))).collect();
        let taken = |seed: u32| lots.iter().map(|lot| drawn(*lot, seed) < 20.0).collect::<Vec<_>>();
        let (first, second) = (taken(4711), taken(4712));
        let count = |taken: &[bool]| taken.iter().filter(|taken| **taken).count();
        assert!((1_880..2_120).contains(&count(&first)) && (1_880..2_120).contains(&count(&second)));
        let both = first.iter().zip(&second).filter(|(a, b)| **a && **b).count();
        assert!((330..470).contains(&both), "{both}");
        assert_eq!(first, taken(4711));
    }
}
