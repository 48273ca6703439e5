//! What would change had somebody been of another group: the flip, in the form that says something here.
//!
//! An audience never reads a sensitive attribute, so to change the attribute alone changes no decision, by construction. What
//! can is asked instead, of pairs of people of two groups who are alike in everything that does not give a group away
//! ([`science::fairness::matched`]): how many decisions change when what gives the group away is exchanged with the other of the
//! pair, and whether the two are chosen equally often.

use policy::segment::{Ast, SegmentField, eval_row};
use science::fairness::matched::{Alike, Chosen, difference};
use science::rate::wilson;
use serde::{Deserialize, Serialize};
use terms::estimate::Evidence;

use super::SMALLEST_GROUP;
use super::features::{Features, exchanged};
use super::groups::Grouping;
use crate::snapshot::Snapshot;

/// Pairs that are looked for at the most.
const MOST_PAIRS: usize = 1_000;
/// Seed of who is looked for.
const SEED: u64 = 39;
/// Content of the intervals of all flips of an audit together.
const LEVEL: f64 = 0.95;

/// A group held against the largest, person by person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// The attribute.
    pub attribute: String,
    /// The group.
    pub group: String,
    /// The largest group, which it is held against.
    pub reference: String,
    /// Features that give one of the groups away, and that were exchanged.
    pub exchanged: Vec<String>,
    /// Share of decisions about the group that change when they are; 0 says that they make no difference.
    pub changed: Evidence,
    /// Share of the group chosen less share of the others, among pairs: 0 is the same for both.
    pub difference: Evidence,
}

/// What a flip is made from.
pub(super) struct Held<'a> {
    pub(super) segment: &'a Ast,
    pub(super) snapshot: &'a Snapshot,
    pub(super) features: &'a Features<'a>,
    pub(super) base: &'a [bool],
    pub(super) included: &'a [bool],
}

impl Held<'_> {
    /// Every group of an attribute that is large enough against the largest; `comparisons` hold together.
    pub(super) fn flips(&self, grouping: &Grouping, away: &[SegmentField], comparisons: usize) -> Vec<Flip> {
        let told = grouping.told(self.base);
        let Some(((reference, reference_name), others)) = told.split_first() else { return Vec::new() };
        if others.is_empty() {
            return Vec::new();
        }
        let (numbers, codes) = self.features.without(away);
        let alike = Alike::new(self.base.len(), &numbers, &codes);
        let of = |code: u16| -> Vec<usize> {
            grouping
                .codes(self.base)
                .enumerate()
                .filter(|(_, known)| *known == Some(code))
                .map(|(at, _)| at)
                .collect()
        };
        let second = of(*reference);
        let each = others.iter().map(|(code, group)| {
            let (mut chosen, mut changed, mut pairs) = (Chosen::default(), 0_u64, 0_u64);
            for (one, other) in alike.pairs(&of(*code), &second, MOST_PAIRS, SEED) {
                pairs += 1;
                let (row, with) = (self.snapshot.columns.row(one), self.snapshot.columns.row(other));
                let before = eval_row(self.segment, &row);
                let after = eval_row(self.segment, &exchanged(&row, &with, away));
                changed += u64::from(before != after);
                let is_in = |at: usize| self.included.get(at).copied().unwrap_or(false);
                match (is_in(one), is_in(other)) {
                    (true, false) => chosen.first += 1,
                    (false, true) => chosen.second += 1,
                    _ => chosen.alike += 1,
                }
            }
            let level = 1.0 - (1.0 - LEVEL) / comparisons.max(1) as f64;
            Flip {
                attribute: grouping.name().to_owned(),
                group: group.clone(),
                reference: reference_name.clone(),
                exchanged: away.iter().map(ToString::to_string).collect(),
                changed: wilson(changed, pairs, SMALLEST_GROUP, level),
                difference: difference(chosen, SMALLEST_GROUP, LEVEL, comparisons),
            }
        });
        each.collect()
    }
}

/// How many comparisons the flips of groupings make: two figures for each group but the largest.
pub(super) fn comparisons(groupings: &[Grouping], base: &[bool]) -> usize {
    groupings.iter().map(|grouping| 2 * grouping.told(base).len().saturating_sub(1)).sum()
}
