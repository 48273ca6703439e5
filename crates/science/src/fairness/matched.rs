//! Situation testing: people of two groups who are alike otherwise, one against one, and whether they are treated alike.
//!
//! Goes in: what people are alike in, as numbers and as a key that must be the same. Comes out: pairs, and of pairs the
//! difference in selection with its interval. Whom to pair with whom is from Luong, Ruggieri and Turini (2011, k-NN as an
//! implementation of situation testing, KDD): the nearest of the other group, by ranks, so that no unit and no outlier weighs
//! more; nobody is used twice. The flip of Kusner, Loftus, Russell and Silva (2017, Counterfactual fairness, NIPS) asks what
//! would be decided had somebody been of the other group: for a decision that never reads the attribute nothing changes, so the
//! caller exchanges what stands for it too, with the values of the one they are paired with.

use super::interval::quantile;
use super::proxy::shuffle;
use crate::hash::SplitMix64;
use terms::estimate::{Estimate, Evidence, Interval};

/// How far two of a pair may be apart, on average over the numbers: two tenths of the order of everybody. A caliper keeps
/// pairs alike (Rosenbaum and Rubin 1985, The American Statistician 39:33-38); who finds nobody stays alone.
pub const CALIPER: f64 = 0.2;
/// Others that are looked through for one person at the most, drawn at random.
const MOST_OTHERS: usize = 20_000;

/// What people are alike in: ranks from 0 to 1, one vector a person, and a key that must be the same.
#[derive(Debug, Clone, Default)]
pub struct Alike {
    columns: usize,
    ranks: Vec<f64>,
    keys: Vec<u64>,
}

impl Alike {
    /// Numbers of `n` people become ranks (ties share theirs); what is missing goes into the key, and so do codes.
    #[must_use]
    pub fn new(n: usize, numbers: &[&[f64]], codes: &[&[u16]]) -> Self {
        let mut alike =
            Self { columns: numbers.len(), ranks: vec![0.0; n * numbers.len()], keys: vec![0; n] };
        let spread = |key: &mut u64, with: u64| *key = crate::hash::seeded_hash(*key, &with.to_le_bytes());
        for (column, values) in numbers.iter().enumerate() {
            let mut order: Vec<(f64, usize)> = values
                .iter()
                .take(n)
                .enumerate()
                .filter(|(_, value)| !value.is_nan())
                .map(|(at, value)| (*value, at))
                .collect();
            order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            let size = order.len().max(1) as f64;
            let mut before = 0;
            for level in order.chunk_by(|a, b| a.0 == b.0) {
                let rank = (before as f64 + level.len() as f64 / 2.0) / size;
                before += level.len();
                for (_, at) in level {
                    if let Some(slot) = alike.ranks.get_mut(at * numbers.len() + column) {
                        *slot = rank;
                    }
                }
            }
            for (key, value) in alike.keys.iter_mut().zip(*values) {
                spread(key, u64::from(value.is_nan()));
            }
        }
        for codes in codes {
            alike.keys.iter_mut().zip(*codes).for_each(|(key, code)| spread(key, u64::from(*code)));
        }
        alike
    }

    fn key(&self, at: usize) -> u64 {
        self.keys.get(at).copied().unwrap_or_default()
    }

    fn row(&self, at: usize) -> &[f64] {
        self.ranks.get(at * self.columns..(at + 1) * self.columns).unwrap_or_default()
    }

    /// Sum of squares of how far two are apart, or more than `most`.
    fn apart(&self, a: usize, b: usize, most: f64) -> f64 {
        let mut sum = 0.0;
        for (x, y) in self.row(a).iter().zip(self.row(b)) {
            sum += (x - y) * (x - y);
            if sum > most {
                break;
            }
        }
        sum
    }

    /// Pairs of `first` with the nearest of `second`, each used once, of at most `most` of the first, drawn by the seed.
    #[must_use]
    pub fn pairs(&self, first: &[usize], second: &[usize], most: usize, seed: u64) -> Vec<(usize, usize)> {
        let mut random = SplitMix64::new(seed);
        let (mut first, mut second) = (first.to_vec(), second.to_vec());
        shuffle(&mut first, &mut random);
        shuffle(&mut second, &mut random);
        first.truncate(most);
        second.truncate(MOST_OTHERS);
        let mut by_key: std::collections::HashMap<u64, Vec<usize>> = std::collections::HashMap::new();
        for at in second {
            by_key.entry(self.key(at)).or_default().push(at);
        }
        // Root mean square of the distances within the caliper.
        let reach = CALIPER * CALIPER * self.columns as f64 * (1.0 + 1e-9);
        let mut pairs = Vec::new();
        for at in first {
            let Some(others) = by_key.get_mut(&self.key(at)) else { continue };
            let mut nearest: Option<(usize, f64)> = None;
            for (place, other) in others.iter().enumerate() {
                let most = nearest.map_or(reach, |(_, apart)| apart);
                let apart = self.apart(at, *other, most);
                if apart < most || (nearest.is_none() && apart <= most) {
                    nearest = Some((place, apart));
                }
            }
            if let Some((place, _)) = nearest {
                pairs.push((at, others.swap_remove(place)));
            }
        }
        pairs
    }
}

/// Pairs by who of the two was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chosen {
    /// Both, or neither.
    pub alike: u64,
    /// Only the first.
    pub first: u64,
    /// Only the second.
    pub second: u64,
}

/// Share of firsts chosen less share of seconds, among pairs: 0 is the same for both. The interval is the adjusted one of
/// Bonett and Price (2012, J. of Educational and Behavioral Statistics 37:479-488) for `comparisons` that hold together.
#[must_use]
pub fn difference(chosen: Chosen, smallest: u64, level: f64, comparisons: usize) -> Evidence {
    let n = chosen.alike + chosen.first + chosen.second;
    if n < smallest.max(1) {
        return Evidence::Insufficient { n, needed: smallest.max(1) };
    }
    let size = n as f64;
    let value = (chosen.first as f64 - chosen.second as f64) / size;
    let (p, q) = ((chosen.first as f64 + 1.0) / (size + 2.0), (chosen.second as f64 + 1.0) / (size + 2.0));
    let half = quantile(level, comparisons) * ((p + q - (p - q) * (p - q)) / (size + 2.0)).sqrt();
    let interval = Interval {
        low: (p - q - half).max(-1.0).min(value),
        high: (p - q + half).min(1.0).max(value),
        level,
    };
    Evidence::Sufficient(Estimate { value, interval, n })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_nearest_of_the_other_group_is_taken_and_nobody_twice() {
        // Twenty places on one line: 2 pairs with 3, 10 with 11, and 19 has nobody near.
        let line: Vec<f64> = (0..20).map(f64::from).collect();
        let alike = Alike::new(20, &[&line], &[]);
        let mut pairs = alike.pairs(&[2, 10, 19], &[3, 11], 10, 1);
        pairs.sort_unstable();
        assert_eq!(pairs, [(2, 3), (10, 11)]);
        // Of another country nobody is alike.
        let countries: Vec<u16> = (0..20).map(|at| u16::from(at == 3 || at == 11)).collect();
        let other = Alike::new(20, &[&line], &[&countries]);
        assert!(other.pairs(&[2, 10], &[3, 11], 10, 1).is_empty());
        let missing = [f64::NAN, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, f64::NAN];
        assert_eq!(Alike::new(10, &[&missing], &[]).pairs(&[0, 1], &[9], 10, 1), [(0, 9)]);
    }

    #[test]
    fn the_difference_of_pairs_is_that_worked_out_by_hand() {
        // 20 pairs, 6 only the first, 1 only the second: .25; adjusted 7/22 and 2/22, half width 1.96 sqrt((9 - 25/22) / 22 / 22).
        let chosen = Chosen { alike: 13, first: 6, second: 1 };
        let Evidence::Sufficient(found) = difference(chosen, 20, 0.95, 1) else { panic!("told") };
        let half = 1.959_963_984_540_054 * ((9.0_f64 / 22.0 - (5.0 / 22.0_f64).powi(2)) / 22.0).sqrt();
        assert!((found.value - 0.25).abs() < 1e-12);
        assert!((found.interval.low - (5.0 / 22.0 - half)).abs() < 1e-9, "{found:?}");
        assert!((found.interval.high - (5.0 / 22.0 + half)).abs() < 1e-9);
        assert!(matches!(difference(chosen, 21, 0.95, 1), Evidence::Insufficient { n: 20, needed: 21 }));
    }

    #[test]
    fn the_interval_holds_the_truth_as_often_as_it_says() {
        // Of a pair both are chosen by one chance (.3), the second by .1 more.
        let mut random = SplitMix64::new(5);
        let mut held = 0;
        for _ in 0..1000 {
            let mut chosen = Chosen::default();
            for _ in 0..150 {
                let first = random.next_f64() < 0.3;
                let second = first || random.next_f64() < 0.1 / 0.7;
                match (first, second) {
                    (true, false) => chosen.first += 1,
                    (false, true) => chosen.second += 1,
                    _ => chosen.alike += 1,
                }
            }
            let Evidence::Sufficient(found) = difference(chosen, 20, 0.95, 1) else { panic!("told") };
            held += u32::from(found.interval.low <= -0.1 && -0.1 <= found.interval.high);
        }
        assert!((935..=975).contains(&held), "{held}");
    }

    proptest! {
        #[test]
        fn pairs_are_alike_and_of_both_groups(values in prop::collection::vec((0_i32..50, 0_u16..3), 4..80)) {
            let numbers: Vec<f64> = values.iter().map(|(value, _)| f64::from(*value)).collect();
            let codes: Vec<u16> = values.iter().map(|(_, code)| *code).collect();
            let alike = Alike::new(values.len(), &[&numbers], &[&codes]);
            let (first, second): (Vec<usize>, Vec<usize>) = (0..values.len()).partition(|at| at % 2 == 0);
            let pairs = alike.pairs(&first, &second, 1000, 9);
            let mut used: Vec<usize> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
            used.sort_unstable();
            let before = used.len();
            used.dedup();
            prop_assert_eq!(used.len(), before);
            for (a, b) in pairs {
                prop_assert!(a % 2 == 0 && b % 2 == 1 && codes[a] == codes[b]);
                prop_assert!((alike.row(a)[0] - alike.row(b)[0]).abs() <= CALIPER + 1e-12);
            }
        }
    }
}
