//! One bit a customer, 64 to a word, so that `and`, `or` and `not` work on whole words.

/// A fixed number of bits. Bits beyond the length are always 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// All bits alike.
    pub(crate) fn filled(len: usize, bit: Bit) -> Self {
        let word = match bit {
            Bit::Zero => 0,
            Bit::One => u64::MAX,
        };
        let mut bits = Self { words: vec![word; len.div_ceil(64)], len };
        bits.trim();
        bits
    }

    /// One bit for each value, by a test that the compiler can unroll over 64 values at a time.
    pub(crate) fn of<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Self {
        let words = values
            .chunks(64)
            .map(|chunk| chunk.iter().rev().fold(0u64, |word, &value| word << 1 | u64::from(test(value))))
            .collect();
        Self { words, len: values.len() }
    }

    /// Keeps bits that are also in `other`.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
        self
    }

    /// Adds the bits of `other`.
    pub(crate) fn or(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
        self
    }

    /// Drops the bits of `other`.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
        self
    }

    fn trim(&mut self) {
        if let (Some(last), used @ 1..) = (self.words.last_mut(), self.len % 64) {
            *last &= (1 << used) - 1;
        }
    }

    /// How many bits there are, set or not.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// True when there are no bits at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// True when bit `at` is set; false beyond the end.
    #[must_use]
    pub fn get(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// How many bits are set.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The positions of the set bits, ascending.
    pub fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            std::iter::successors(Some(word), |&left| Some(left & left.wrapping_sub(1)))
                .take_while(|&left| left != 0)
                .map(move |left| at * 64 + left.trailing_zeros() as usize)
        })
    }

    /// One bool a bit, for those who want a plain vector.
    #[must_use]
    pub fn to_vec(&self) -> Vec<bool> {
        (0..self.len).map(|at| self.get(at)).collect()
    }
}

/// What to fill with.
pub(crate) enum Bit {
    Zero,
    One,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_beyond_the_length_stay_zero() {
        let all = Bits::filled(70, Bit::One);
        assert_eq!(all.count(), 70);
        assert!(all.get(69) && !all.get(70));
        assert_eq!(all.ones().last(), Some(69));
    }

    #[test]
    fn positions_come_back_as_they_went_in() {
        let values: Vec<u32> = (0..200).collect();
        let thirds = Bits::of(&values, |value| value % 3 == 0);
        assert_eq!(thirds.ones().collect::<Vec<_>>(), (0..200).step_by(3).collect::<Vec<_>>());
        assert!(Bits::filled(3, Bit::Zero).ones().next().is_none());
    }
}
