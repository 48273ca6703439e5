//! A share among units that come in clusters, from a sample drawn with known probabilities: statements within messages.
//!
//! Goes in: judged clusters with their weights, and what a cheaper judge said of everything. Comes out: the ratio with its
//! interval, or that too little was judged. The point estimate is the difference estimator of two phases (Särndal,
//! Swensson and Wretman 1992, Model Assisted Survey Sampling, eq. 9.8.4): totals by the cheap judge of all clusters, put
//! right by the weighted differences in the judged ones (Horvitz and Thompson 1952). Without a cheap judge it is the
//! weighted ratio. The interval is Wilson's on the effective number of units, with Student's quantile for the degrees of
//! freedom of the design (Korn and Graubard 1998, Survey Methodology 24:193-201; Dean and Pagano 2015, JSSAM 3:484-503),
//! because shares near 0 make the usual interval too short; with a cheap judge it also takes in
//! the usual one. Its coverage is simulated in the tests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};
use terms::estimate::{Estimate, Evidence, Interval};

/// A judged cluster.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Cluster {
    /// Group within which it was drawn.
    pub stratum: usize,
    /// What it stands for: the inverse of its probability, times its messages.
    pub weight: f64,
    /// Units that have the property.
    pub hits: f64,
    /// Units.
    pub units: f64,
    /// Units that have the property according to the cheap judge; 0 without one.
    pub guessed_hits: f64,
    /// Units according to the cheap judge; 0 without one.
    pub guessed_units: f64,
}

/// What the cheap judge says of all clusters, judged or not; zeros without one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Known {
    /// Units that have the property.
    pub hits: f64,
    /// Units.
    pub units: f64,
}

/// How much must be judged before a share is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needed {
    /// Clusters.
    pub clusters: u64,
    /// Units.
    pub units: u64,
}

/// Clusters with the property below which their spread says too little of its own.
const FEW: usize = 20;

/// The share of units with the property, with its interval of content `level`; `n` counts judged units.
#[must_use]
pub fn ratio(clusters: &[Cluster], known: Known, needed: Needed, level: f64) -> Evidence {
    let judged: f64 = clusters.iter().map(|cluster| cluster.units).sum();
    let n = judged.round().max(0.0) as u64;
    let total = |of: fn(&Cluster) -> f64| clusters.iter().map(|c| c.weight * of(c)).sum::<f64>();
    let hits = known.hits + total(|c| c.hits - c.guessed_hits);
    let units = known.units + total(|c| c.units - c.guessed_units);
    let enough = clusters.len() as u64 >= needed.clusters.max(2) && n >= needed.units.max(1);
    let finite = hits.is_finite() && units.is_finite() && units > 0.0;
    if !enough || !finite {
        return Evidence::Insufficient { n, needed: needed.units };
    }
    let raw = hits / units;
    let share = raw.clamp(0.0, 1.0);
    let residual = |c: &Cluster| c.weight * ((c.hits - c.guessed_hits) - raw * (c.units - c.guessed_units));
    let (variance, strata) = between(clusters, residual);
    let freedom = (clusters.len() as f64 - strata as f64).max(1.0);
    let variance = variance / (units * units);
    let effective = effective(clusters, share, variance, judged);
    let Ok(student) = StudentsT::new(0.0, 1.0, freedom) else {
        return Evidence::Insufficient { n, needed: needed.units };
    };
    let t = student.inverse_cdf(0.5 + level.clamp(0.0, 0.999_999) / 2.0);
    let (mut low, mut high) = score(share, effective, t);
    if known.units > 0.0 {
        // The errors of the cheap judge do not shrink with the share, as the score interval takes for granted.
        let half = t * variance.sqrt();
        low = low.min(raw - half).max(0.0);
        high = high.max(raw + half).min(1.0);
    }
    Evidence::Sufficient(Estimate { value: share, interval: Interval { low, high, level }, n })
}

/// Variance of a weighted total over clusters within strata, as if drawn with replacement; strata with one judged cluster
/// are taken together. Comes out with the number of strata that were told apart.
fn between(clusters: &[Cluster], of: impl Fn(&Cluster) -> f64) -> (f64, usize) {
    let mut strata: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for cluster in clusters {
        strata.entry(cluster.stratum).or_default().push(of(cluster));
    }
    let (alone, mut groups): (Vec<Vec<f64>>, Vec<Vec<f64>>) =
        strata.into_values().partition(|group| group.len() < 2);
    let alone: Vec<f64> = alone.into_iter().flatten().collect();
    if !alone.is_empty() {
        // One that is left over alone joins another group, so that it adds to the variance.
        match groups.first_mut() {
            Some(group) if alone.len() == 1 => group.extend(alone),
            _ => groups.push(alone),
        }
    }
    let spread = |group: &Vec<f64>| {
        let size = group.len() as f64;
        let mean = group.iter().sum::<f64>() / size;
        size / (size - 1.0).max(1.0) * group.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    (groups.iter().map(spread).sum(), groups.len())
}

/// Units of a simple sample that would say as much. Where few clusters have the property their spread says little, and
/// then every cluster counts as one unit at the most, evened out for unequal weights (Kish 1965).
fn effective(clusters: &[Cluster], share: f64, variance: f64, judged: f64) -> f64 {
    let by_spread = share * (1.0 - share) / variance;
    let with = clusters.iter().filter(|cluster| (cluster.hits - cluster.guessed_hits).abs() > 0.0).count();
    let sizes = || clusters.iter().map(|cluster| cluster.weight * cluster.units);
    let (sum, squares) = (sizes().sum::<f64>(), sizes().map(|size| size * size).sum::<f64>());
    let by_cluster = if squares > 0.0 { sum * sum / squares } else { 1.0 };
    let found = match by_spread.is_finite() && by_spread > 0.0 {
        true if with >= FEW => by_spread,
        true => by_cluster.min(by_spread),
        false => by_cluster,
    };
    found.clamp(1.0, judged.max(1.0))
}

/// Wilson's score interval for a share of `n` units at a quantile.
fn score(share: f64, n: f64, z: f64) -> (f64, f64) {
    let scale = 1.0 + z * z / n;
    let centre = (share + z * z / (2.0 * n)) / scale;
    let half = z / scale * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    ((centre - half).max(0.0).min(share), (centre + half).min(1.0).max(share))
}

/// How far two judges agree beyond chance: Cohen's kappa (1960, Educational and Psychological Measurement 20:37-46, eq. 1)
/// with the interval from its standard error (eq. 7). 1 is agreement in everything, 0 what chance would give. `pairs`
/// are the categories that both gave to the same unit.
#[must_use]
pub fn kappa(pairs: &[(usize, usize)], needed: u64, level: f64) -> Evidence {
    let n = pairs.len() as u64;
    let size = pairs.len() as f64;
    let mut shares: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (first, second) in pairs {
        shares.entry(*first).or_default().0 += 1.0 / size;
        shares.entry(*second).or_default().1 += 1.0 / size;
    }
    let chance: f64 = shares.values().map(|(first, second)| first * second).sum();
    let same = pairs.iter().filter(|(first, second)| first == second).count() as f64 / size;
    let Ok(student) = StudentsT::new(0.0, 1.0, (size - 1.0).max(1.0)) else {
        return Evidence::Insufficient { n, needed };
    };
    // Where chance alone gives everything, there is nothing beyond it to agree on.
    if n < needed.max(2) || chance > 1.0 - 1e-9 {
        return Evidence::Insufficient { n, needed };
    }
    let value = (same - chance) / (1.0 - chance);
    let error = (same * (1.0 - same) / size).sqrt() / (1.0 - chance);
    let half = student.inverse_cdf(0.5 + level.clamp(0.0, 0.999_999) / 2.0) * error;
    let interval = Interval { low: (value - half).max(-1.0), high: (value + half).min(1.0), level };
    Evidence::Sufficient(Estimate { value, interval, n })
}

/// The highest threshold at which of new positives at most a share `risk` lies below it on average, from the scores of
/// known ones: conformal risk control with the loss "missed" (Angelopoulos, Bates, Fisch, Lei and Schuster 2024, ICLR,
/// eq. 4). `None` where so few cannot promise it: at 10 % it takes nine.
#[must_use]
pub fn risk_controlled(positives: &[f64], risk: f64) -> Option<f64> {
    let allowed = (risk * (positives.len() as f64 + 1.0)).floor() as usize;
    let mut scores = positives.to_vec();
    scores.sort_by(f64::total_cmp);
    scores.get(allowed.checked_sub(1)?).copied().filter(|score| score.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    const NEEDED: Needed = Needed { clusters: 5, units: 20 };

    fn told(evidence: Evidence) -> Estimate {
        match evidence {
            Evidence::Sufficient(estimate) => estimate,
            Evidence::Insufficient { n, .. } => panic!("only {n}"),
        }
    }

    #[test]
    fn a_weighted_ratio_is_the_one_worked_out_by_hand() {
        // Weights 10 and 2: (10*1 + 2*3) / (10*5 + 2*5) = 16 / 60.
        let cluster = |weight, hits| Cluster { weight, hits, units: 5.0, ..Cluster::default() };
        let found = ratio(
            &[cluster(10.0, 1.0), cluster(2.0, 3.0)],
            Known::default(),
            Needed { clusters: 2, units: 10 },
            0.95,
        );
        assert!((told(found).value - 16.0 / 60.0).abs() < 1e-12);
    }

    #[test]
    fn what_a_cheap_judge_said_is_put_right_by_the_judged() {
        // 100 units guessed, 10 of them bad. In the judged half the guess missed 2 and called 1 too many: weight 2.
        let cluster = |hits, guessed_hits| Cluster {
            weight: 2.0,
            hits,
            units: 10.0,
            guessed_hits,
            guessed_units: 10.0,
            ..Cluster::default()
        };
        let judged =
            [cluster(3.0, 1.0), cluster(1.0, 2.0), cluster(1.0, 1.0), cluster(1.0, 1.0), cluster(0.0, 0.0)];
        let found = told(ratio(&judged, Known { hits: 10.0, units: 100.0 }, NEEDED, 0.95));
        assert!((found.value - 0.12).abs() < 1e-12, "{found:?}");
        assert!(found.interval.low < 0.12 && found.interval.high > 0.12);
    }

    #[test]
    fn too_little_judged_is_no_number() {
        let few = [Cluster { weight: 1.0, units: 40.0, ..Cluster::default() }; 4];
        assert_eq!(
            ratio(&few, Known::default(), NEEDED, 0.95),
            Evidence::Insufficient { n: 160, needed: 20 }
        );
        assert!(matches!(ratio(&[], Known::default(), NEEDED, 0.95), Evidence::Insufficient { n: 0, .. }));
        let empty = [Cluster { weight: 1.0, ..Cluster::default() }; 9];
        assert!(matches!(
            ratio(&empty, Known::default(), Needed { clusters: 1, units: 0 }, 0.95),
            Evidence::Insufficient { .. }
        ));
    }

    #[test]
    fn nothing_found_in_a_few_messages_leaves_room_for_something() {
        let clean = [Cluster { weight: 1.0, units: 8.0, ..Cluster::default() }; 20];
        let found = told(ratio(&clean, Known::default(), NEEDED, 0.95));
        assert!(found.value == 0.0 && found.interval.low == 0.0);
        assert!(found.interval.high > 0.1 && found.interval.high < 0.25, "{found:?}");
    }

    /// Share of 1,000 samples whose interval holds the truth: messages of eight statements from a population in which a
    /// message is bad as a whole with some probability and its statements otherwise, drawn with unequal probabilities.
    fn coverage(share: f64, together: f64, messages: usize, uneven: bool, judge: f64) -> f64 {
        let mut random =
            SplitMix64::new((share * 1e6) as u64 ^ ((together * 1e3) as u64) << 20 ^ (messages as u64) << 32);
        let mut population = Vec::new();
        for _ in 0..2_000 {
            let size = if uneven { 1.0 + (random.next_f64() * 9.0).floor() } else { 1.0 };
            let all = random.next_f64() < share;
            let (mut hits, mut guessed) = (0.0, 0.0);
            for _ in 0..8 {
                let bad = if random.next_f64() < together { all } else { random.next_f64() < share };
                hits += f64::from(u8::from(bad));
                // The cheap judge errs in 1 of 10 where there is one.
                let says = if random.next_f64() < judge { bad } else { !bad };
                guessed += f64::from(u8::from(says));
            }
            population.push((size, hits, guessed));
        }
        let sizes: f64 = population.iter().map(|(size, ..)| size).sum();
        let truth = population.iter().map(|(size, hits, _)| size * hits).sum::<f64>() / (8.0 * sizes);
        let with_judge = judge > 0.5;
        let known = if with_judge {
            Known {
                hits: population.iter().map(|(size, _, guessed)| size * guessed).sum(),
                units: 8.0 * sizes,
            }
        } else {
            Known::default()
        };
        let runs = 1_000;
        let mut held = 0;
        for _ in 0..runs {
            let clusters: Vec<Cluster> = (0..messages)
                .map(|_| {
                    // Proportional to size, with replacement.
                    let mut at = random.next_f64() * sizes;
                    let found = population
                        .iter()
                        .find(|(size, ..)| {
                            at -= size;
                            at < 0.0
                        })
                        .unwrap_or(&population[0]);
                    let expected = messages as f64 * found.0 / sizes;
                    Cluster {
                        stratum: 0,
                        weight: found.0 / expected,
                        hits: found.1,
                        units: 8.0,
                        guessed_hits: if with_judge { found.2 } else { 0.0 },
                        guessed_units: if with_judge { 8.0 } else { 0.0 },
                    }
                })
                .collect();
            let found = told(ratio(&clusters, known, NEEDED, 0.95));
            held += u32::from(found.interval.low <= truth && truth <= found.interval.high);
        }
        f64::from(held) / f64::from(runs)
    }

    #[test]
    fn the_interval_holds_the_truth_as_often_as_it_says() {
        for messages in [10, 20, 60] {
            for share in [0.01, 0.05, 0.2] {
                for together in [0.0, 0.2, 0.6] {
                    for (uneven, judge) in [(false, 0.0), (true, 0.0), (true, 0.9)] {
                        let found = coverage(share, together, messages, uneven, judge);
                        eprintln!(
                            "messages {messages} share {share} together {together} judge {judge}: {found:.3}"
                        );
                        assert!(found >= 0.93, "{messages} {share} {together} {uneven} {judge}: {found}");
                    }
                }
            }
        }
    }

    #[test]
    fn kappa_is_the_one_worked_out_by_hand() {
        // Both yes 20, first yes only 5, second yes only 10, both no 15: po .7, pe .5, kappa .4.
        let mut pairs = vec![(1, 1); 20];
        pairs.extend(vec![(1, 0); 5]);
        pairs.extend(vec![(0, 1); 10]);
        pairs.extend(vec![(0, 0); 15]);
        assert!((told(kappa(&pairs, 20, 0.95)).value - 0.4).abs() < 1e-12);
        assert!(matches!(kappa(&[(1, 1); 50], 20, 0.95), Evidence::Insufficient { n: 50, .. }));
        assert!(matches!(kappa(&pairs[..19], 20, 0.95), Evidence::Insufficient { .. }));
    }

    #[test]
    fn a_threshold_promises_only_what_so_many_positives_can() {
        let scores: Vec<f64> = (1..=8).map(f64::from).collect();
        assert_eq!(risk_controlled(&scores, 0.1), None);
        let scores: Vec<f64> = (1..=9).rev().map(f64::from).collect();
        assert_eq!(risk_controlled(&scores, 0.1), Some(1.0));
        let scores: Vec<f64> = (1..=19).map(f64::from).collect();
        assert_eq!(risk_controlled(&scores, 0.1), Some(2.0), "one of nineteen may be missed");
    }

    #[test]
    fn new_positives_are_missed_no_more_often_than_promised() {
        let mut random = SplitMix64::new(7);
        let mut missed = 0.0;
        for _ in 0..20_000 {
            let known: Vec<f64> = (0..15).map(|_| random.next_normal()).collect();
            let threshold = risk_controlled(&known, 0.1).unwrap();
            missed += f64::from(u8::from(random.next_normal() < threshold)) / 20_000.0;
        }
        assert!(missed <= 0.1, "{missed}");
    }
}
