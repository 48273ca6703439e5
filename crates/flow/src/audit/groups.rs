//! Groups of customers by attribute, as codes beside the snapshot, and how something falls on them. Values stay here: what
//! leaves are counts of groups that are large enough.

use std::collections::{BTreeMap, HashMap};

use science::fairness::alarm::{Watch, alarm};
use science::fairness::interval::Share;
use science::fairness::tally::MISSING;
use science::fairness::{Confusion, Demand, Rate, Tally, compare};
use terms::estimate::Evidence;
use terms::fairness::FairnessMeasure;
use terms::ids::CustomerKey;

use super::SMALLEST_GROUP;
use super::audience::{AuditFinding, GroupRate};
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;

/// Probability content of all intervals of an audit together.
const LEVEL: f64 = 0.95;

/// The groups of one attribute.
pub(super) struct Grouping {
    name: String,
    values: Vec<String>,
    /// By position in the snapshot.
    codes: Vec<u16>,
}

impl Grouping {
    /// Codes for those whom the snapshot knows and `may` lets be counted.
    pub(super) fn new(
        name: &str,
        snapshot: &Snapshot,
        held: Vec<(CustomerKey, String)>,
        may: impl Fn(&CustomerKey) -> bool,
    ) -> Self {
        let mut known: HashMap<String, u16> = HashMap::new();
        let mut values = Vec::new();
        let mut codes = vec![MISSING; snapshot.customers.len()];
        for (customer, value) in held {
            let Some(slot) =
                snapshot.position(&customer).filter(|_| may(&customer)).and_then(|at| codes.get_mut(at))
            else {
                continue;
            };
            let next = u16::try_from(values.len()).unwrap_or(MISSING);
            *slot = *known.entry(value).or_insert_with_key(|value| {
                values.push(value.clone());
                next
            });
        }
        Self { name: name.to_owned(), values, codes }
    }
}

/// An attribute by itself, or two of them together.
pub(super) struct Cut<'a>(Vec<&'a Grouping>);

/// Every attribute, then every pair of them.
pub(super) fn cuts(groupings: &[Grouping]) -> Vec<Cut<'_>> {
    let single = groupings.iter().map(|one| Cut(vec![one]));
    let pairs = groupings
        .iter()
        .enumerate()
        .flat_map(|(at, first)| groupings.iter().skip(at + 1).map(move |second| Cut(vec![first, second])));
    single.chain(pairs).collect()
}

impl Cut<'_> {
    /// How a choice falls on the groups. `base` says who counts, `chosen` who was chosen, `messages` how many each got in a
    /// year; `cuts` is the number of findings that must hold together, `looks` the audits of a year.
    pub(super) fn finding(
        &self,
        measure: FairnessMeasure,
        (base, chosen, messages): (&[bool], &[bool], &[u32]),
        (limit, cuts, looks): (f64, usize, u32),
    ) -> Result<AuditFinding> {
        let mut tally = Tally::new(self.0.len());
        let room: Vec<usize> = self.0.iter().map(|one| one.values.len()).collect();
        let codes: Vec<&[u16]> = self.0.iter().map(|one| one.codes.as_slice()).collect();
        let outcome: Vec<u8> = base.iter().map(|counts| if *counts { 0 } else { u8::MAX }).collect();
        let prediction: Vec<u8> = chosen.iter().map(|chosen| u8::from(*chosen)).collect();
        tally
            .reserve(&room)
            .and_then(|()| tally.add(&codes, &outcome, &prediction))
            .map_err(|error| Error::Invalid { message: error.to_string() })?;
        let burden = self.burden(base, messages);
        let cells = tally.intersections();
        let counts: Vec<Confusion> = cells.iter().map(|(_, counts)| *counts).collect();
        let level = 1.0 - (1.0 - LEVEL) / cuts.max(1) as f64;
        let demand = Demand { smallest: SMALLEST_GROUP, level };
        let found = compare(Rate::Selection, &counts, &demand);
        let name = |codes: &[usize]| -> String {
            let text = |(one, code): (&&Grouping, &usize)| one.values.get(*code).cloned();
            self.0.iter().zip(codes).filter_map(text).collect::<Vec<_>>().join(" × ")
        };
        let mut groups = Vec::new();
        for ((codes, counts), rate) in cells.iter().zip(&found.groups) {
            // How small a small group is would already say something of the few in it.
            if let Evidence::Sufficient(_) = rate {
                let (selected, size) = Rate::Selection.of(counts);
                let all = burden.get(codes).copied().unwrap_or_default();
                let messages = all as f64 / size as f64;
                groups.push(GroupRate { group: name(codes), size, selected, rate: *rate, messages });
            }
        }
        groups.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.group.cmp(&b.group)));
        let shares: Vec<Share> = counts
            .iter()
            .map(|counts| {
                let (hits, n) = Rate::Selection.of(counts);
                Share { hits, n }
            })
            .collect();
        let watch = Watch {
            looks,
            attributes: u32::try_from(cuts).unwrap_or(u32::MAX),
            limit,
            smallest: SMALLEST_GROUP,
            ..Watch::default()
        };
        let named = |at: Option<usize>| cells.get(at?).map(|(codes, _)| name(codes));
        let silent = |evidence: Evidence| match evidence {
            Evidence::Insufficient { needed, .. } => Evidence::Insufficient { n: 0, needed },
            told @ Evidence::Sufficient(_) => told,
        };
        Ok(AuditFinding {
            attribute: self.0.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(" × "),
            measure,
            small: (cells.len() - groups.len()) as u64,
            ratio: silent(found.ratio),
            difference: silent(found.difference),
            lowest: named(found.lowest),
            highest: named(found.highest),
            alarm: alarm(&shares, &watch),
            groups,
        })
    }

    /// Messages of a year to each group.
    fn burden(&self, base: &[bool], messages: &[u32]) -> BTreeMap<Vec<usize>, u64> {
        let mut sums: BTreeMap<Vec<usize>, u64> = BTreeMap::new();
        for (at, (_, messages)) in base.iter().zip(messages).enumerate().filter(|(_, (base, _))| **base) {
            let code = |one: &&Grouping| one.codes.get(at).filter(|code| **code != MISSING).copied();
            let codes: Option<Vec<usize>> = self.0.iter().map(|one| code(one).map(usize::from)).collect();
            if let Some(codes) = codes {
                *sums.entry(codes).or_default() += u64::from(*messages);
            }
        }
        sums
    }
}
