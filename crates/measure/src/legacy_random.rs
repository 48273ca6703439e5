//! The random numbers of NumPy's `RandomState`, so that a split by seed is the split the Python peers make.
//!
//! Goes in: a seed. Comes out: MT19937 (Matsumoto, Nishimura 1998), seeded as their `init_genrand`, and the draws
//! NumPy documents as frozen (NEP 19): masked rejection, Fisher-Yates from the end, polar normals, gammas of
//! Marsaglia and Tsang (2000) and betas of Joehnk. For comparisons only: new work takes [`science::hash`].

use std::fmt;

const SIZE: usize = 624;
const SHIFT: usize = 397;

/// A stream of numbers.
pub(crate) struct LegacyRandom {
    state: Vec<u32>,
    at: usize,
    kept_normal: Option<f64>,
}

impl fmt::Debug for LegacyRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyRandom").field("at", &self.at).finish_non_exhaustive()
    }
}

impl LegacyRandom {
    /// A stream that starts at `seed`, as `numpy.random.RandomState(seed)` does.
    pub(crate) fn new(seed: u32) -> Self {
        let mut state = Vec::with_capacity(SIZE);
        let mut last = seed;
        for place in 0..SIZE as u32 {
            if place > 0 {
                last = 1_812_433_253u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(place);
            }
            state.push(last);
        }
        Self { state, at: SIZE, kept_normal: None }
    }

    #[expect(clippy::indexing_slicing, reason = "a numeric kernel on indices modulo the size of the state")]
    fn turn(&mut self) {
        for k in 0..SIZE {
            let y = (self.state[k] & 0x8000_0000) | (self.state[(k + 1) % SIZE] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[k] = self.state[(k + SHIFT) % SIZE] ^ (y >> 1) ^ odd;
        }
        self.at = 0;
    }

    /// The next 32 bits.
    pub(crate) fn next_u32(&mut self) -> u32 {
        if self.at >= SIZE {
            self.turn();
        }
        let mut y = self.state.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// The next number from 0 (included) to 1 (excluded), with 53 bits.
    pub(crate) fn next_f64(&mut self) -> f64 {
        let (a, b) = (self.next_u32() >> 5, self.next_u32() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) / 9_007_199_254_740_992.0
    }

    /// A whole number from 0 to `most`, both included.
    fn up_to(&mut self, most: u32) -> u32 {
        let mask = u32::MAX.checked_shr(most.leading_zeros()).unwrap_or(0);
        if mask == 0 {
            return 0;
        }
        loop {
            let value = self.next_u32() & mask;
            if value <= most {
                return value;
            }
        }
    }

    /// Puts a slice into random order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            let other = self.up_to(place as u32) as usize;
            items.swap(place, other);
        }
    }

    /// The numbers from 0 to `n` (excluded) in random order.
    pub(crate) fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut items: Vec<usize> = (0..n).collect();
        self.shuffle(&mut items);
        items
    }

    /// A standard normal number.
    pub(crate) fn next_normal(&mut self) -> f64 {
        if let Some(kept) = self.kept_normal.take() {
            return kept;
        }
        loop {
            let (x, y) = (2.0 * self.next_f64() - 1.0, 2.0 * self.next_f64() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.kept_normal = Some(factor * x);
                return factor * y;
            }
        }
    }

    fn next_gamma(&mut self, shape: f64) -> f64 {
        if shape == 1.0 {
            return -(1.0 - self.next_f64()).ln();
        }
        if shape < 1.0 {
            return self.next_small_gamma(shape);
        }
        let b = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * b).sqrt();
        loop {
            let (mut x, mut v) = (0.0, 0.0);
            while v <= 0.0 {
                x = self.next_normal();
                v = 1.0 + c * x;
            }
            let v = v * v * v;
            let u = self.next_f64();
            if u < 1.0 - 0.0331 * (x * x) * (x * x) || u.ln() < 0.5 * x * x + b * (1.0 - v + v.ln()) {
                return b * v;
            }
        }
    }

    fn next_small_gamma(&mut self, shape: f64) -> f64 {
        loop {
            let u = self.next_f64();
            let v = -(1.0 - self.next_f64()).ln();
            if u <= 1.0 - shape {
                let x = u.powf(1.0 / shape);
                if x <= v {
                    return x;
                }
            } else {
                let y = -((1.0 - u) / shape).ln();
                let x = (1.0 - shape + shape * y).powf(1.0 / shape);
                if x <= v + y {
                    return x;
                }
            }
        }
    }

    /// A number with a Beta distribution.
    pub(crate) fn next_beta(&mut self, a: f64, b: f64) -> f64 {
        if a > 1.0 || b > 1.0 {
            let x = self.next_gamma(a);
            let y = self.next_gamma(b);
            return x / (x + y);
        }
        loop {
            let (u, v) = (self.next_f64(), self.next_f64());
            let (x, y) = (u.powf(1.0 / a), v.powf(1.0 / b));
            let sum = x + y;
            if sum <= 1.0 && u + v > 0.0 {
                if sum > 0.0 {
                    return x / sum;
                }
                let (log_x, log_y) = (u.ln() / a, v.ln() / b);
                let most = log_x.max(log_y);
                let (x, y) = (log_x - most, log_y - most);
                return (x - (x.exp() + y.exp()).ln()).exp();
            }
        }
    }
}

/// A split of rows into a training and a test part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Split {
    /// Rows to learn from.
    pub(crate) train: Vec<usize>,
    /// Rows to judge on.
    pub(crate) test: Vec<usize>,
}

/// The split of scikit-learn's `train_test_split(range(n), test_size=share, random_state=seed, stratify=classes)`,
/// rows in the same order (`StratifiedShuffleSplit`, version 1.x). `None` when a class has fewer than two rows or a
/// part would be empty.
pub(crate) fn stratified_split(classes: &[usize], share: f64, seed: u32) -> Option<Split> {
    let n = classes.len();
    let n_test = (share * n as f64).ceil() as usize;
    let n_train = n.checked_sub(n_test)?;
    let most = classes.iter().max()?;
    // Classes are counted in their order; those that do not occur are none.
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); most + 1];
    for (row, class) in classes.iter().enumerate() {
        members.get_mut(*class)?.push(row);
    }
    members.retain(|rows| !rows.is_empty());
    let counts: Vec<usize> = members.iter().map(Vec::len).collect();
    if counts.iter().any(|count| *count < 2) || n_train < counts.len() || n_test < counts.len() {
        return None;
    }
    let mut random = LegacyRandom::new(seed);
    let of_train = approximate_mode(&counts, n_train, &mut random);
    let left: Vec<usize> = counts.iter().zip(&of_train).map(|(count, taken)| count - taken).collect();
    let of_test = approximate_mode(&left, n_test, &mut random);
    let (mut train, mut test) = (Vec::with_capacity(n_train), Vec::with_capacity(n_test));
    for ((rows, of_train), of_test) in members.iter().zip(of_train).zip(of_test) {
        let order = random.permutation(rows.len());
        let mut shuffled = order.into_iter().filter_map(|place| rows.get(place).copied());
        train.extend(shuffled.by_ref().take(of_train));
        test.extend(shuffled.take(of_test));
    }
    random.shuffle(&mut train);
    random.shuffle(&mut test);
    Some(Split { train, test })
}

/// How many of each class to draw, scikit-learn's `_approximate_mode`: the floors of the exact shares, and one more of
/// the classes with the largest remainders, ties by lot.
fn approximate_mode(counts: &[usize], draws: usize, random: &mut LegacyRandom) -> Vec<usize> {
    let total = counts.iter().sum::<usize>() as f64;
    let exact: Vec<f64> = counts.iter().map(|count| *count as f64 / total * draws as f64).collect();
    let mut taken: Vec<usize> = exact.iter().map(|share| share.floor() as usize).collect();
    let mut missing = draws.saturating_sub(taken.iter().sum());
    let remainders: Vec<f64> = exact.iter().map(|share| share - share.floor()).collect();
    let mut values = remainders.clone();
    values.sort_by(|a, b| b.total_cmp(a));
    values.dedup();
    for value in values {
        if missing == 0 {
            break;
        }
        let tied: Vec<usize> =
            remainders.iter().enumerate().filter(|(_, r)| **r == value).map(|(class, _)| class).collect();
        let now = tied.len().min(missing);
        let order = random.permutation(tied.len());
        for class in order.into_iter().take(now).filter_map(|place| tied.get(place)) {
            if let Some(count) = taken.get_mut(*class) {
                *count += 1;
            }
        }
        missing -= now;
    }
    taken
}

/// The folds of scikit-learn's `KFold(folds, shuffle=True, random_state=seed)`: the fold of each row.
pub(crate) fn shuffled_folds(n: usize, folds: usize, seed: u32) -> Vec<usize> {
    let order = LegacyRandom::new(seed).permutation(n);
    let folds = folds.max(1);
    let (size, rest) = (n / folds, n % folds);
    let mut of = vec![0; n];
    let mut places = order.into_iter();
    for fold in 0..folds {
        for row in places.by_ref().take(size + usize::from(fold < rest)) {
            if let Some(slot) = of.get_mut(row) {
                *slot = fold;
            }
        }
    }
    of
}

#[cfg(test)]
mod tests {
    use super::*;
    // Golden numbers: NumPy 2.4.6 `RandomState`, scikit-learn 1.9.1, Python 3.11, printed by calls as the names say.

    #[test]
    fn permutations_and_uniforms_are_those_of_random_state_12345() {
        assert_eq!(LegacyRandom::new(12_345).permutation(10), [0, 7, 3, 9, 6, 4, 1, 8, 5, 2]);
        let mut random = LegacyRandom::new(12_345);
        assert_eq!(
            [random.next_f64(), random.next_f64()],
            [0.929_616_092_817_147_9, 0.316_375_554_581_785_9]
        );
    }

    #[test]
    fn betas_are_those_of_random_state_7() {
        let mut random = LegacyRandom::new(7);
        let parameters = [(47.0, 12_198.0), (3.0, 2_367.0), (0.5, 0.5), (1.0, 1.0), (0.3, 2.0)];
        let expected = [
            0.004_849_789_367_377_611,
            0.000_664_891_596_196_012_6,
            0.970_911_997_864_777,
            0.320_634_660_767_192_43,
            0.081_965_958_710_356,
        ];
        for ((a, b), golden) in parameters.into_iter().zip(expected) {
            let drawn = random.next_beta(a, b);
            assert!((drawn / golden - 1.0).abs() < 1e-12, "{drawn} {golden}");
        }
    }

    #[test]
    fn a_stratified_split_is_that_of_scikit_learn_row_by_row() {
        let classes = [0, 1, 2, 3, 0, 0, 1, 2, 2, 3, 3, 0, 0, 1, 0, 2, 0, 0, 1, 3, 0, 0, 2, 1];
        let split = stratified_split(&classes, 0.3, 0).unwrap();
        assert_eq!(split.train, [15, 19, 17, 6, 12, 8, 3, 7, 5, 21, 4, 9, 1, 13, 16, 20]);
        assert_eq!(split.test, [23, 0, 11, 14, 2, 10, 22, 18]);
        let split = stratified_split(&classes, 0.3, 3).unwrap();
        assert_eq!(split.train, [23, 1, 21, 18, 8, 19, 9, 14, 16, 5, 3, 7, 4, 17, 15, 12]);
        assert_eq!(split.test, [20, 2, 10, 13, 22, 11, 6, 0]);
    }

    #[test]
    fn folds_are_those_of_scikit_learn() {
        assert_eq!(shuffled_folds(10, 3, 12_345), [0, 1, 2, 0, 1, 2, 1, 0, 2, 0]);
    }

    #[test]
    fn a_class_of_one_row_cannot_be_split() {
        assert_eq!(stratified_split(&[0, 0, 0, 1], 0.3, 0), None);
    }
}
