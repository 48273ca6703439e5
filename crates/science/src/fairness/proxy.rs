//! Which features give a group away: for each feature, and for all together, how well it tells members from the others.
//!
//! Goes in: features as columns, and who is a member, who is not and of whom it is not known. Comes out: areas under the ROC
//! curve with intervals that hold together. An area is cross-validated: what a value says is learnt on four fifths of the rows
//! and asked of the last. A number is cut into tenths, and what is missing is a value too, so that a feature that tells by its
//! shape or its absence is found; beside it stands the area of the number itself, which is the Mann-Whitney statistic. All
//! together are a logistic regression on what each feature says (its weight of evidence, Good 1950), fitted anew for each
//! fold. Deliberately absent: which feature is a person's own choice or a business need; people say that.

use super::interval::quantile;
use super::separation::{self, Area, Block};
use super::tally::MISSING;
use crate::fit::logistic;
use crate::fit::matrix::Matrix;
use crate::hash::SplitMix64;
use serde::{Deserialize, Serialize};
use terms::estimate::Evidence;

/// A column.
#[derive(Debug, Clone, Copy)]
pub enum Feature<'a> {
    /// Numbers; NaN is missing.
    Number(&'a [f64]),
    /// Codes without an order; [`MISSING`] is missing.
    Category(&'a [u16]),
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// Rows that members, and others, must be at the least: a fifth of them judges a fold.
    pub smallest: u64,
    /// Content of all intervals together.
    pub level: f64,
    /// Groups of the attribute, all features of each of which hold together.
    pub groups: usize,
    /// Rows that the model of all features together looks at, at the most, drawn at random.
    pub most: usize,
    /// Seed of folds and draws.
    pub seed: u64,
}

impl Default for Asked {
    fn default() -> Self {
        Self { smallest: 50, level: 0.95, groups: 1, most: 20_000, seed: 1 }
    }
}

/// From this area on a feature gives the group away: a shift of .36 standard deviations of a normal variable, between the
/// small (.2) and the medium (.5) effect of Cohen (1988).
pub const TELLING: f64 = 0.6;
/// Parts of the cross-validation.
const FOLDS: usize = 5;
/// Parts that a number is cut into.
const PARTS: usize = 10;
/// Rows by which the share of a value is drawn to that of all.
const PRIOR: f64 = 5.0;

/// How well one feature tells.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tells {
    /// Cross-validated area, of what its values say.
    pub area: Evidence,
    /// Area of the number itself; below .5 members have the lower ones. `None` for codes.
    pub ranked: Option<Evidence>,
}

impl Tells {
    /// Whether it gives the group away: by [`TELLING`], and more than by chance.
    #[must_use]
    pub fn gives_away(&self) -> bool {
        matches!(self.area, Evidence::Sufficient(found) if found.value >= TELLING && found.interval.low > 0.5)
    }
}

/// How well features tell one group from everybody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proxies {
    /// Each feature, in the order given.
    pub each: Vec<Tells>,
    /// All together, cross-validated; `None` where it was not asked.
    pub all: Option<Evidence>,
}

/// Features cut into parts, once for all groups.
pub struct Finder<'a> {
    features: Vec<Feature<'a>>,
    /// By feature: the part of each row, and how many parts there are.
    parts: Vec<(Vec<u16>, usize)>,
}

fn cut(values: &[f64]) -> (Vec<u16>, usize) {
    let mut known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    known.sort_unstable_by(f64::total_cmp);
    let mut edges: Vec<f64> =
        (1..PARTS).filter_map(|part| known.get(part * known.len() / PARTS).copied()).collect();
    edges.dedup();
    let part = |value: &f64| match value.is_nan() {
        true => 0,
        false => 1 + edges.partition_point(|edge| edge <= value) as u16,
    };
    (values.iter().map(part).collect(), edges.len() + 2)
}

fn coded(codes: &[u16]) -> (Vec<u16>, usize) {
    let parts = codes.iter().filter(|code| **code != MISSING).max().map_or(1, |most| usize::from(*most) + 2);
    (codes.iter().map(|code| if *code == MISSING { 0 } else { code.saturating_add(1) }).collect(), parts)
}

/// Rows of one group and of the others, each with its fold.
struct Rows {
    /// Row, whether a member, fold.
    rows: Vec<(usize, bool, usize)>,
    members: u64,
}

impl Rows {
    /// Folds that have as many members as others can be shared out evenly, by a seeded shuffle.
    fn of(member: &[Option<bool>], seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        let mut rows = Vec::with_capacity(member.len());
        let mut members = 0;
        for side in [true, false] {
            let mut own: Vec<usize> =
                member.iter().enumerate().filter(|(_, of)| **of == Some(side)).map(|(at, _)| at).collect();
            shuffle(&mut own, &mut random);
            members += if side { own.len() as u64 } else { 0 };
            rows.extend(own.into_iter().enumerate().map(|(place, at)| (at, side, place % FOLDS)));
        }
        Self { rows, members }
    }
}

/// Shuffles (Fisher and Yates 1938).
pub(super) fn shuffle(rows: &mut [usize], random: &mut SplitMix64) {
    for last in (1..rows.len()).rev() {
        rows.swap(last, (random.next_f64() * (last + 1) as f64) as usize);
    }
}

/// Members and others by part, for each fold.
fn counts(parts: &[u16], n_parts: usize, rows: &Rows) -> Vec<Vec<Block>> {
    let mut folds = vec![vec![Block::default(); n_parts]; FOLDS];
    for (at, member, fold) in &rows.rows {
        let part = parts.get(*at).copied().map_or(0, usize::from);
        if let Some(block) = folds.get_mut(*fold).and_then(|fold| fold.get_mut(part)) {
            *(if *member { &mut block.members } else { &mut block.others }) += 1;
        }
    }
    folds
}

/// Log-odds that each part adds, learnt on every fold but one.
fn evidence(folds: &[Vec<Block>], left_out: usize) -> Vec<f64> {
    let n_parts = folds.first().map_or(0, Vec::len);
    let mut learnt = vec![Block::default(); n_parts];
    for (_, fold) in folds.iter().enumerate().filter(|(at, _)| *at != left_out) {
        for (sum, block) in learnt.iter_mut().zip(fold) {
            sum.members += block.members;
            sum.others += block.others;
        }
    }
    let members: u64 = learnt.iter().map(|block| block.members).sum();
    let all: u64 = members + learnt.iter().map(|block| block.others).sum::<u64>();
    let base = (members as f64 + 0.5) / (all as f64 + 1.0);
    let logit = |share: f64| (share / (1.0 - share)).ln();
    learnt
        .iter()
        .map(|block| {
            let size = (block.members + block.others) as f64;
            logit((block.members as f64 + PRIOR * base) / (size + PRIOR)) - logit(base)
        })
        .collect()
}

fn ordered(scores: &[f64], blocks: &[Block]) -> Vec<Block> {
    let mut order: Vec<(f64, Block)> = scores.iter().copied().zip(blocks.iter().copied()).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    // Parts that say the same are level.
    order
        .chunk_by(|a, b| a.0 == b.0)
        .map(|level| {
            level.iter().fold(Block::default(), |sum, (_, block)| Block {
                members: sum.members + block.members,
                others: sum.others + block.others,
            })
        })
        .collect()
}

impl<'a> Finder<'a> {
    /// Cuts features into parts; all of one length.
    #[must_use]
    pub fn new(features: Vec<Feature<'a>>) -> Self {
        let parts = features
            .iter()
            .map(|feature| match feature {
                Feature::Number(values) => cut(values),
                Feature::Category(codes) => coded(codes),
            })
            .collect();
        Self { features, parts }
    }

    /// How well each feature tells members from others; `together` also asks all of them at once.
    #[must_use]
    pub fn ask(&self, member: &[Option<bool>], asked: &Asked, together: Together) -> Proxies {
        let rows = Rows::of(member, asked.seed);
        let others = rows.rows.len() as u64 - rows.members;
        let few = Evidence::Insufficient { n: rows.members.min(others), needed: asked.smallest };
        let told =
            rows.members >= asked.smallest.max(FOLDS as u64) && others >= asked.smallest.max(FOLDS as u64);
        // One figure for each feature and one for all, of each group.
        let z = quantile(asked.level, (self.features.len() + 1) * asked.groups.max(1));
        let found = |area: Option<Area>| area.map_or(few, |area| area.estimate(z, asked.level));
        let counted: Vec<Vec<Vec<Block>>> =
            self.parts.iter().map(|(parts, n)| counts(parts, *n, &rows)).collect();
        let each = self
            .features
            .iter()
            .zip(&counted)
            .map(|(feature, folds)| {
                let ranked = match feature {
                    Feature::Number(_) if !told => Some(few),
                    Feature::Number(values) => {
                        let row = |(at, member, _): &(usize, bool, usize)| Some((*values.get(*at)?, *member));
                        Some(found(separation::of_numbers(rows.rows.iter().filter_map(row))))
                    }
                    Feature::Category(_) => None,
                };
                let areas: Vec<Area> = folds
                    .iter()
                    .enumerate()
                    .filter_map(|(at, fold)| separation::area(&ordered(&evidence(folds, at), fold)))
                    .collect();
                Tells { area: if told { found(separation::mean(&areas)) } else { few }, ranked }
            })
            .collect();
        let all = match together {
            Together::Asked if told => Some(found(self.together(member, &counted, asked))),
            Together::Asked => Some(few),
            Together::NotAsked => None,
        };
        Proxies { each, all }
    }

    /// Area of all features together. What the values say is learnt on all rows outside of a fold, the weights on a draw.
    fn together(&self, member: &[Option<bool>], counted: &[Vec<Vec<Block>>], asked: &Asked) -> Option<Area> {
        // The same folds as those the counts are by.
        let mut rows = Rows::of(member, asked.seed).rows;
        if rows.len() > asked.most {
            let mut order: Vec<usize> = (0..rows.len()).collect();
            shuffle(&mut order, &mut SplitMix64::new(asked.seed ^ 0x5eed));
            rows = order.iter().take(asked.most).filter_map(|at| rows.get(*at).copied()).collect();
        }
        let areas: Vec<Area> = (0..FOLDS)
            .filter_map(|left_out| {
                let says: Vec<Vec<f64>> = counted.iter().map(|folds| evidence(folds, left_out)).collect();
                let row = |at: usize| {
                    self.parts.iter().zip(&says).map(move |((parts, _), says)| {
                        parts.get(at).and_then(|part| says.get(usize::from(*part))).copied().unwrap_or(0.0)
                    })
                };
                let (mut x, mut y) = (Matrix::with_capacity(self.parts.len(), rows.len()), Vec::new());
                for (at, member, fold) in &rows {
                    if *fold != left_out {
                        x.push(row(*at));
                        y.push(*member);
                    }
                }
                let weights = logistic::fit(&x, &y, 1.0);
                let score = |at: usize| row(at).zip(&weights.columns).map(|(x, w)| x * w).sum::<f64>();
                let judged = rows.iter().filter(|(_, _, fold)| *fold == left_out);
                separation::of_numbers(judged.map(|(at, member, _)| (score(*at), *member)))
            })
            .collect();
        separation::mean(&areas)
    }
}

/// Whether all features together are asked too, which costs a fit a fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// They are.
    Asked,
    /// Each by itself only.
    NotAsked,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(evidence: Evidence) -> (f64, f64, f64) {
        match evidence {
            Evidence::Sufficient(found) => (found.value, found.interval.low, found.interval.high),
            Evidence::Insufficient { n, .. } => panic!("only {n}"),
        }
    }

    #[test]
    fn a_proxy_is_found_by_its_order_its_shape_or_its_absence_and_noise_is_not() {
        let mut random = SplitMix64::new(3);
        let member: Vec<Option<bool>> = (0..2_000).map(|at| Some(at % 3 == 0)).collect();
        let is = |at: usize| at.is_multiple_of(3);
        let noise: Vec<f64> = (0..2_000).map(|_| random.next_f64()).collect();
        let order: Vec<f64> =
            (0..2_000).map(|at| random.next_normal() + f64::from(u8::from(is(at)))).collect();
        // Members lie at both ends: the order says nothing, the shape everything.
        let shape: Vec<f64> = (0..2_000)
            .map(|at| if is(at) { (random.next_f64() - 0.5).signum() } else { random.next_f64() - 0.5 })
            .collect();
        let absent: Vec<f64> = (0..2_000)
            .map(|at| if is(at) && random.next_f64() < 0.5 { f64::NAN } else { random.next_f64() })
            .collect();
        let city: Vec<u16> =
            (0..2_000).map(|at| if random.next_f64() < 0.8 { u16::from(is(at)) } else { 2 }).collect();
        let finder = Finder::new(vec![
            Feature::Number(&noise),
            Feature::Number(&order),
            Feature::Number(&shape),
            Feature::Number(&absent),
            Feature::Category(&city),
        ]);
        let found = finder.ask(&member, &Asked::default(), Together::Asked);
        let away: Vec<bool> = found.each.iter().map(Tells::gives_away).collect();
        assert_eq!(away, [false, true, true, true, true], "{found:?}");
        assert!((value(found.each[1].ranked.unwrap()).0 - 0.76).abs() < 0.03);
        assert!(
            (value(found.each[2].ranked.unwrap()).0 - 0.5).abs() < 0.05 && found.each[4].ranked.is_none()
        );
        let best = found.each.iter().map(|tells| value(tells.area).0).fold(0.0, f64::max);
        let (all, low, _) = value(found.all.unwrap());
        assert!(all > best && low > 0.9, "{all} {low} {best}");
    }

    #[test]
    fn noise_alone_is_not_told_apart_in_a_hundred_draws() {
        let mut random = SplitMix64::new(11);
        let (mut raised, mut held, draws) = (0, 0, 100);
        for seed in 0..draws {
            let columns: Vec<Vec<f64>> =
                (0..5).map(|_| (0..400).map(|_| random.next_f64()).collect()).collect();
            let member: Vec<Option<bool>> = (0..400).map(|_| Some(random.next_f64() < 0.3)).collect();
            let finder = Finder::new(columns.iter().map(|column| Feature::Number(column)).collect());
            let found = finder.ask(&member, &Asked { seed, ..Asked::default() }, Together::Asked);
            raised += u32::from(found.each.iter().any(Tells::gives_away));
            let (_, low, high) = value(found.all.unwrap());
            held += u32::from(low <= 0.5 && 0.5 <= high);
        }
        assert!(raised <= 5 && held >= 93, "{raised} {held}");
    }

    #[test]
    fn a_small_group_is_insufficient_and_rows_that_are_not_known_count_for_nothing() {
        let values: Vec<f64> = (0..300).map(f64::from).collect();
        let few: Vec<Option<bool>> = (0..300).map(|at| Some(at < 49)).collect();
        let finder = Finder::new(vec![Feature::Number(&values)]);
        let found = finder.ask(&few, &Asked::default(), Together::Asked);
        let none = Evidence::Insufficient { n: 49, needed: 50 };
        assert_eq!(found, Proxies { each: vec![Tells { area: none, ranked: Some(none) }], all: Some(none) });
        let unknown: Vec<Option<bool>> = (0..300).map(|at| (at < 200).then_some(at < 100)).collect();
        let found = finder.ask(&unknown, &Asked::default(), Together::NotAsked);
        assert!(matches!(found.each[0].area, Evidence::Sufficient(found) if found.n == 200));
        assert_eq!(found.all, None);
    }
}
