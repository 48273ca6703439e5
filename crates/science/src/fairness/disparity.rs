//! How far groups are apart in a rate: lowest over highest, highest less lowest, with intervals that hold for all groups at
//! once.
//!
//! Goes in: counts by group. Comes out: each group's rate, the ratio and the difference. Point values over every group are
//! those of fairlearn (`MetricFrame.ratio` and `.difference`, method `between_groups`). The estimates with intervals are over
//! the groups that are large enough. Their intervals come from all pairs of those groups, each at a level that Bonferroni's
//! inequality makes hold together; since they hold together, the lowest of the pairs' lower ends and the lowest of their upper
//! ends hold the lowest of the true ratios, whichever pair that is. So nothing is claimed for having picked the worst pair.

use serde::Serialize;
use terms::estimate::Evidence;

use super::interval::{self, Share};
use super::rates::{Confusion, Rate};

/// What is asked of groups before anything is said of them, and how sure it has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// Rows a group's rate must be about. Score intervals keep close to their content from about 20 on, whatever the share
    /// (Brown, Cai and DasGupta 2001, Statistical Science 16:101-133); in smaller groups rates also say too much of the
    /// few in them.
    pub smallest: u64,
    /// Content of all intervals of one rate together, 0 to 1.
    pub level: f64,
}

impl Default for Demand {
    fn default() -> Self {
        Self { smallest: 20, level: 0.95 }
    }
}

/// Lowest over highest and highest less lowest, as bare numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// 1 is the same for all. `None` when the highest is 0.
    pub ratio: Option<f64>,
    /// 0 is the same for all.
    pub difference: f64,
}

/// A group held against the largest one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AgainstReference {
    /// The group's rate over the reference's; its upper end is absent where the reference has no hits.
    pub ratio: Evidence,
    /// The group's rate less the reference's.
    pub difference: Evidence,
}

/// How groups compare in one rate. Groups are named by their place in what went in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The rate.
    pub rate: Rate,
    /// Each group's rate, intervals holding together.
    pub groups: Vec<Evidence>,
    /// Over every group, small ones too, as fairlearn has it; `None` with no group.
    pub over_all: Option<Spread>,
    /// Lowest over highest among groups large enough.
    pub ratio: Evidence,
    /// Highest less lowest among groups large enough.
    pub difference: Evidence,
    /// The group with the lowest rate, of those large enough.
    pub lowest: Option<usize>,
    /// The one with the highest.
    pub highest: Option<usize>,
    /// The largest group, which the others are held against.
    pub reference: Option<usize>,
    /// Each group against it; `None` for the reference itself and for groups too small.
    pub against_reference: Vec<Option<AgainstReference>>,
}

/// Pairs of groups, each with its interval.
struct Pairs {
    ratio: (f64, f64),
    difference: (f64, f64),
}

impl Pairs {
    fn of(shares: &[Share], z: f64) -> Self {
        let mut pairs = Self { ratio: (1.0, 1.0), difference: (0.0, 0.0) };
        for (at, first) in shares.iter().enumerate() {
            for second in shares.iter().skip(at + 1) {
                if first.hits + second.hits > 0 {
                    let (low, high) = interval::ratio(*first, *second, z);
                    // The smaller over the larger, whichever that is in truth.
                    let upper = if high < 1.0 {
                        high
                    } else if low > 1.0 {
                        1.0 / low
                    } else {
                        1.0
                    };
                    pairs.ratio.0 = pairs.ratio.0.min(low).min(1.0 / high);
                    pairs.ratio.1 = pairs.ratio.1.min(upper);
                }
                let (low, high) = interval::difference(*first, *second, z);
                pairs.difference.0 = pairs.difference.0.max(low).max(-high);
                pairs.difference.1 = pairs.difference.1.max(high).max(-low);
            }
        }
        pairs
    }
}

fn spread(shares: impl Iterator<Item = f64>) -> Option<Spread> {
    let (low, high) = shares
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), share| (low.min(share), high.max(share)));
    high.is_finite().then(|| Spread { ratio: (high > 0.0).then(|| low / high), difference: high - low })
}

fn shares(rate: Rate, groups: &[Confusion]) -> Vec<Share> {
    let of = |counts: &Confusion| {
        let (hits, n) = rate.of(counts);
        Share { hits, n }
    };
    groups.iter().map(of).collect()
}

/// Compares groups in a rate.
#[must_use]
pub fn compare(rate: Rate, groups: &[Confusion], demand: &Demand) -> Comparison {
    let all = shares(rate, groups);
    let needed = demand.smallest.max(1);
    let told: Vec<Share> = all.iter().copied().filter(|share| share.n >= needed).collect();
    let pairs = told.len() * told.len().saturating_sub(1) / 2;
    let z_each = interval::quantile(demand.level, told.len());
    let each = |share: &Share| {
        if share.n >= needed {
            interval::evidence(share.value(), interval::share(*share, z_each), share.n, demand.level)
        } else {
            Evidence::Insufficient { n: share.n, needed }
        }
    };
    let n: u64 = told.iter().map(|share| share.n).sum();
    let few = Evidence::Insufficient { n, needed };
    let (mut ratio, mut difference) = (few, few);
    if let Some(found) = spread(told.iter().map(|share| share.value())).filter(|_| pairs > 0) {
        let bounds = Pairs::of(&told, interval::quantile(demand.level, pairs));
        difference = interval::evidence(found.difference, bounds.difference, n, demand.level);
        if let Some(value) = found.ratio {
            ratio = interval::evidence(value, bounds.ratio, n, demand.level);
        }
    }
    let among = || all.iter().enumerate().filter(|(_, share)| share.n >= needed);
    let by_rate = |a: &(usize, &Share), b: &(usize, &Share)| a.1.value().total_cmp(&b.1.value());
    // Of groups of one size the first is the reference.
    let reference = among().max_by_key(|(at, share)| (share.n, std::cmp::Reverse(*at))).map(|(at, _)| at);
    let z_reference = interval::quantile(demand.level, told.len().saturating_sub(1));
    let against = |(at, share): (usize, &Share)| {
        let base = *all.get(reference.filter(|reference| *reference != at)?)?;
        (share.n >= needed).then(|| {
            let bounds = interval::ratio(*share, base, z_reference);
            let ratio = if base.hits > 0 {
                interval::evidence(share.value() / base.value(), bounds, share.n, demand.level)
            } else {
                Evidence::Insufficient { n: base.hits, needed: 1 }
            };
            let bounds = interval::difference(*share, base, z_reference);
            let difference = interval::evidence(share.value() - base.value(), bounds, share.n, demand.level);
            AgainstReference { ratio, difference }
        })
    };
    Comparison {
        rate,
        groups: all.iter().map(each).collect(),
        over_all: spread(all.iter().filter(|share| share.n > 0).map(|share| share.value())),
        ratio,
        difference,
        lowest: among().min_by(by_rate).map(|(at, _)| at),
        highest: among().max_by(by_rate).map(|(at, _)| at),
        reference,
        against_reference: all.iter().enumerate().map(against).collect(),
    }
}

/// Equalized odds: the worse of true and false positive rates, as fairlearn's `equalized_odds_ratio` and `_difference`, with
/// intervals that hold for both together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EqualizedOdds {
    /// Over every group, as fairlearn has it.
    pub over_all: Option<Spread>,
    /// The lower of the two ratios.
    pub ratio: Evidence,
    /// The larger of the two differences.
    pub difference: Evidence,
}

/// Compares groups in both rates of equalized odds.
#[must_use]
pub fn equalized_odds(groups: &[Confusion], demand: &Demand) -> EqualizedOdds {
    // Each of two families at half of what may go wrong.
    let each = Demand { level: 1.0 - (1.0 - demand.level) / 2.0, ..*demand };
    let sides = [Rate::TruePositive, Rate::FalsePositive].map(|rate| compare(rate, groups, &each));
    let [first, second] = &sides;
    let over_all = first.over_all.zip(second.over_all).map(|(a, b)| Spread {
        ratio: a.ratio.zip(b.ratio).map(|(a, b)| a.min(b)),
        difference: a.difference.max(b.difference),
    });
    let join = |a: Evidence, b: Evidence, pick: fn(f64, f64) -> f64| match (a, b) {
        (Evidence::Sufficient(a), Evidence::Sufficient(b)) => {
            let bounds = (pick(a.interval.low, b.interval.low), pick(a.interval.high, b.interval.high));
            interval::evidence(pick(a.value, b.value), bounds, a.n.min(b.n), demand.level)
        }
        (few @ Evidence::Insufficient { .. }, _) | (_, few) => few,
    };
    EqualizedOdds {
        over_all,
        ratio: join(first.ratio, second.ratio, f64::min),
        difference: join(first.difference, second.difference, f64::max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;
    use proptest::prelude::*;

    fn told(evidence: Evidence) -> (f64, f64, f64) {
        match evidence {
            Evidence::Sufficient(estimate) => (estimate.value, estimate.interval.low, estimate.interval.high),
            Evidence::Insufficient { n, .. } => panic!("only {n}"),
        }
    }

    #[test]
    fn ratio_and_difference_are_those_worked_out_by_hand() {
        // 30 %, 24 % and, of only ten, 10 %: the small group counts over all and not in the estimate.
        let groups = [Confusion::selected(30, 100), Confusion::selected(48, 200), Confusion::selected(1, 10)];
        let found = compare(Rate::Selection, &groups, &Demand::default());
        let all = found.over_all.unwrap();
        assert!((all.ratio.unwrap() - 1.0 / 3.0).abs() < 1e-12 && (all.difference - 0.2).abs() < 1e-12);
        let (ratio, low, high) = told(found.ratio);
        assert!((ratio - 0.8).abs() < 1e-12 && low < 0.8 && high == 1.0);
        assert!((told(found.difference).0 - 0.06).abs() < 1e-12 && told(found.difference).1 == 0.0);
        assert_eq!((found.lowest, found.highest, found.reference), (Some(1), Some(0), Some(1)));
        assert!(matches!(found.groups[2], Evidence::Insufficient { n: 10, needed: 20 }));
        assert!(found.against_reference[1].is_none() && found.against_reference[2].is_none());
        assert!((told(found.against_reference[0].unwrap().ratio).0 - 1.25).abs() < 1e-12);
    }

    #[test]
    fn one_group_or_nobody_selected_is_insufficient_and_not_equal() {
        let one = compare(Rate::Selection, &[Confusion::selected(30, 100)], &Demand::default());
        assert!(matches!(one.ratio, Evidence::Insufficient { .. }));
        let none = compare(Rate::Selection, &[Confusion::selected(0, 100); 2], &Demand::default());
        assert!(matches!(none.ratio, Evidence::Insufficient { .. }));
        assert_eq!(told(none.difference).0, 0.0);
    }

    #[test]
    fn the_intervals_hold_the_truth_for_four_groups_at_once() {
        // True rates .30, .30, .27, .24: lowest over highest .8. The interval must hold it in 95 of 100 draws at least.
        let truth = [0.30, 0.30, 0.27, 0.24];
        let mut random = SplitMix64::new(7);
        let (mut held, mut held_each, draws) = (0, 0, 1000);
        for _ in 0..draws {
            let groups = truth.map(|rate| {
                let hits = (0..400).filter(|_| random.next_f64() < rate).count() as u64;
                Confusion::selected(hits, 400)
            });
            let found = compare(Rate::Selection, &groups, &Demand::default());
            let (_, low, high) = told(found.ratio);
            held += u64::from(low <= 0.8 && 0.8 <= high);
            let all = found.groups.iter().zip(truth).all(|(group, rate)| {
                let (_, low, high) = told(*group);
                low <= rate && rate <= high
            });
            held_each += u64::from(all);
        }
        assert!(held >= 950 && held_each >= 940, "{held} {held_each}");
    }

    proptest! {
        #[test]
        fn estimates_lie_in_their_intervals_and_the_order_of_groups_changes_nothing(
            counts in prop::collection::vec((0_u64..300, 0_u64..300), 2..6)
        ) {
            let groups: Vec<Confusion> =
                counts.iter().map(|(hits, more)| Confusion::selected(*hits, hits + more)).collect();
            let mut turned = groups.clone();
            turned.reverse();
            let (a, b) = (
                compare(Rate::Selection, &groups, &Demand::default()),
                compare(Rate::Selection, &turned, &Demand::default()),
            );
            for (found, other) in [(a.ratio, b.ratio), (a.difference, b.difference)] {
                match (found, other) {
                    (Evidence::Sufficient(x), Evidence::Sufficient(y)) => {
                        prop_assert!((x.value - y.value).abs() < 1e-12);
                        prop_assert!((x.interval.low - y.interval.low).abs() < 1e-9);
                        prop_assert!(0.0 <= x.interval.low && x.interval.low <= x.value);
                        prop_assert!(x.value <= x.interval.high && x.interval.high <= 1.0);
                    }
                    (x, y) => prop_assert_eq!(x, y),
                }
            }
        }
    }
}
