//! The area under the ROC curve: how well a number tells members of a group from the others, whatever threshold is used.
//!
//! Goes in: blocks of equal values from lowest to highest, with members and others in each. Comes out: the Mann-Whitney
//! statistic with its variance by DeLong, DeLong and Clarke-Pearson (1988, Biometrics 44:837-845), both exact with ties and both
//! from counts, so that rows are never kept. 1 tells them apart without fault, .5 not at all; below .5 it tells them the other
//! way round. Intervals lie on the logit (Pepe 2003, section 5.2), so that they stay within 0 and 1.

use super::interval::{self, Share};
use terms::estimate::{Estimate, Evidence, Interval};

/// Members and others that share one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Block {
    /// Members of the group.
    pub members: u64,
    /// The others.
    pub others: u64,
}

/// An area with its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// The area, 0 to 1.
    pub value: f64,
    /// Its variance.
    pub variance: f64,
    /// Members.
    pub members: u64,
    /// Others.
    pub others: u64,
}

/// The area that blocks from the lowest value to the highest have; `None` without members or without others.
#[must_use]
pub fn area(blocks: &[Block]) -> Option<Area> {
    let members: u64 = blocks.iter().map(|block| block.members).sum();
    let others: u64 = blocks.iter().map(|block| block.others).sum();
    if members == 0 || others == 0 {
        return None;
    }
    let (m, n) = (members as f64, others as f64);
    // Of each member the share of others below it, of each other one the share of members above it; half of those level.
    let (mut below, mut under) = (0_u64, 0_u64);
    let (mut sum, mut sum_m, mut sum_n) = (0.0, 0.0, 0.0);
    let placed: Vec<(f64, f64, f64, f64)> = blocks
        .iter()
        .map(|block| {
            let (p, q) = (block.members as f64, block.others as f64);
            let of_member = (below as f64 + q / 2.0) / n;
            under += block.members;
            let of_other = ((members - under) as f64 + p / 2.0) / m;
            below += block.others;
            sum += p * (below as f64 - q / 2.0);
            (p, of_member, q, of_other)
        })
        .collect();
    let value = sum / (m * n);
    for (p, of_member, q, of_other) in placed {
        sum_m += p * (of_member - value).powi(2);
        sum_n += q * (of_other - value).powi(2);
    }
    let spread = |sum: f64, size: f64| if size > 1.0 { sum / (size - 1.0) / size } else { 0.25 };
    Some(Area { value, variance: spread(sum_m, m) + spread(sum_n, n), members, others })
}

/// The area of numbers, by rank; what is no number is left out.
#[must_use]
pub fn of_numbers(rows: impl Iterator<Item = (f64, bool)>) -> Option<Area> {
    let mut rows: Vec<(f64, bool)> = rows.filter(|(value, _)| !value.is_nan()).collect();
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let blocks: Vec<Block> = rows
        .chunk_by(|a, b| a.0 == b.0)
        .map(|level| {
            let members = level.iter().filter(|(_, member)| *member).count() as u64;
            Block { members, others: level.len() as u64 - members }
        })
        .collect();
    area(&blocks)
}

/// The mean of areas that were found apart from each other, such as those of the parts of a cross-validation, whose variance
/// is that of their influence curves (LeDell, Petersen and van der Laan 2015, Electronic J. of Statistics 9:1583-1607).
#[must_use]
pub fn mean(areas: &[Area]) -> Option<Area> {
    let k = areas.len() as f64;
    (!areas.is_empty()).then(|| Area {
        value: areas.iter().map(|area| area.value).sum::<f64>() / k,
        variance: areas.iter().map(|area| area.variance).sum::<f64>() / (k * k),
        members: areas.iter().map(|area| area.members).sum(),
        others: areas.iter().map(|area| area.others).sum(),
    })
}

impl Area {
    /// The area with its interval at a quantile that holds `level` for all that is compared together.
    #[must_use]
    pub fn estimate(&self, z: f64, level: f64) -> Evidence {
        let few = self.members.min(self.others);
        let (low, high) = if self.value <= 0.0 || self.value >= 1.0 || self.variance <= 0.0 {
            // Told apart without a fault: the spread says nothing, so as many as the smaller side say how sure that is.
            let (low, high) = interval::share(Share { hits: few, n: few }, z);
            if self.value <= 0.0 { (1.0 - high, 1.0 - low) } else { (low.min(self.value), high) }
        } else {
            let logit = (self.value / (1.0 - self.value)).ln();
            let half = z * self.variance.sqrt() / (self.value * (1.0 - self.value));
            let back = |logit: f64| 1.0 / (1.0 + (-logit).exp());
            (back(logit - half), back(logit + half))
        };
        let interval = Interval { low: low.min(self.value), high: high.max(self.value), level };
        Evidence::Sufficient(Estimate { value: self.value, interval, n: self.members + self.others })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;
    use proptest::prelude::*;

    #[test]
    fn the_area_and_its_variance_are_those_worked_out_by_hand() {
        // Members 2, 3 and 3, others 1 and 3. Pairs won: 2>1, 3>1 twice; level: 3=3 twice. (3 + 1) / 6.
        let rows = [(2.0, true), (3.0, true), (3.0, true), (1.0, false), (3.0, false)];
        let found = of_numbers(rows.into_iter()).unwrap();
        assert!((found.value - 4.0 / 6.0).abs() < 1e-15);
        // Of the members .5, .75, .75 (mean 2/3): variance 1/48, over 3. Of the others 1, 1/3: variance 2/9, over 2.
        assert!((found.variance - (1.0 / 144.0 + 1.0 / 9.0)).abs() < 1e-15, "{}", found.variance);
        assert_eq!((found.members, found.others), (3, 2));
        assert!(of_numbers([(1.0, true), (f64::NAN, false)].into_iter()).is_none());
    }

    #[test]
    fn the_interval_of_two_shifted_groups_holds_the_true_area_as_often_as_it_says() {
        // Normal groups a standard deviation apart: the area is Phi(1 / sqrt 2) = .760250.
        let mut random = SplitMix64::new(20);
        let (mut held, draws) = (0, 1000);
        for _ in 0..draws {
            let rows: Vec<(f64, bool)> =
                (0..200).map(|at| (random.next_normal() + f64::from(u8::from(at < 60)), at < 60)).collect();
            let found = of_numbers(rows.into_iter()).unwrap().estimate(1.959_964, 0.95);
            let Evidence::Sufficient(found) = found else { panic!("{found:?}") };
            held += u32::from(found.interval.low <= 0.760_250 && 0.760_250 <= found.interval.high);
        }
        assert!((930..=970).contains(&held), "{held}");
    }

    #[test]
    fn groups_without_overlap_are_told_apart_and_few_of_them_not_for_sure() {
        let rows = (0..40).map(|at| (f64::from(at), at >= 30));
        let found = of_numbers(rows).unwrap().estimate(1.959_964, 0.95);
        let Evidence::Sufficient(found) = found else { panic!("{found:?}") };
        assert_eq!((found.value, found.interval.high), (1.0, 1.0));
        assert!((0.65..0.8).contains(&found.interval.low), "{found:?}");
    }

    proptest! {
        #[test]
        fn the_area_is_the_share_of_pairs_won(rows in prop::collection::vec((0_i32..9, any::<bool>()), 2..60)) {
            let rows: Vec<(f64, bool)> = rows.into_iter().map(|(value, member)| (f64::from(value), member)).collect();
            let (mut won, mut pairs) = (0.0, 0.0);
            for (a, _) in rows.iter().filter(|row| row.1) {
                for (b, _) in rows.iter().filter(|row| !row.1) {
                    pairs += 1.0;
                    won += if a > b { 1.0 } else if a == b { 0.5 } else { 0.0 };
                }
            }
            match of_numbers(rows.into_iter()) {
                Some(found) => prop_assert!((found.value - won / pairs).abs() < 1e-12),
                None => prop_assert_eq!(pairs, 0.0),
            }
        }
    }
}
