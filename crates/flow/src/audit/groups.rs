//! Groups of customers by attribute, as codes beside the snapshot, and how something falls on them. Values stay here: what
//! leaves are counts of groups that are large enough, without those from which a small one could be worked out
//! ([`science::fairness::suppress`]).

use std::collections::{BTreeMap, HashMap};

use science::fairness::alarm::{Watch, alarm};
use science::fairness::exposure::{self, Got};
use science::fairness::interval::Share;
use science::fairness::suppress;
use science::fairness::tally::MISSING;
use science::fairness::{Confusion, Demand, Rate, Tally, compare};
use terms::estimate::Evidence;
use terms::fairness::FairnessMeasure;
use terms::ids::CustomerKey;

use super::SMALLEST_GROUP;
use super::finding::{AuditFinding, GroupRate, blurred, blurred_alarm};
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

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The code of everybody who counts; `None` for others and where it is not known.
    pub(super) fn codes(&self, base: &[bool]) -> impl Iterator<Item = Option<u16>> {
        let known = |(code, counts): (&u16, &bool)| (*counts && *code != MISSING).then_some(*code);
        self.codes.iter().zip(base).map(known)
    }

    fn sizes(&self, base: &[bool]) -> Vec<u64> {
        let mut sizes = vec![0; self.values.len()];
        for code in self.codes(base).flatten() {
            sizes.get_mut(usize::from(code)).into_iter().for_each(|size| *size += 1);
        }
        sizes
    }

    /// How many groups somebody who counts is in.
    pub(super) fn groups(&self, base: &[bool]) -> usize {
        self.sizes(base).iter().filter(|size| **size > 0).count()
    }

    /// Groups that may be spoken of, largest first: their code and name.
    pub(super) fn told(&self, base: &[bool]) -> Vec<(u16, String)> {
        let sizes = self.sizes(base);
        let withheld = suppress::row(&sizes, SMALLEST_GROUP);
        let mut told: Vec<(u64, u16, &String)> = self
            .values
            .iter()
            .zip(sizes.iter().zip(withheld))
            .zip(0_u16..)
            .filter(|((_, (size, withheld)), _)| **size > 0 && !withheld)
            .map(|((name, (size, _)), code)| (*size, code, name))
            .collect();
        told.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.cmp(b.2)));
        told.into_iter().map(|(_, code, name)| (code, name.clone())).collect()
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
        let cells = tally.intersections();
        let got = self.got(base, messages, &cells);
        let withheld = self.withheld(&cells);
        let counts: Vec<Confusion> = cells.iter().map(|(_, counts)| *counts).collect();
        let level = 1.0 - (1.0 - LEVEL) / cuts.max(1) as f64;
        let demand = Demand { smallest: SMALLEST_GROUP, level };
        let found = compare(Rate::Selection, &counts, &demand);
        let name = |codes: &[usize]| -> String {
            let text = |(one, code): (&&Grouping, &usize)| one.values.get(*code).cloned();
            self.0.iter().zip(codes).filter_map(text).collect::<Vec<_>>().join(" × ")
        };
        let burdens = exposure::burden(&got, SMALLEST_GROUP, level).groups;
        let mut groups = Vec::new();
        let (mut small, mut hidden) = (0, 0);
        for (((codes, counts), rate), (withheld, (got, burden))) in
            cells.iter().zip(&found.groups).zip(withheld.iter().zip(got.iter().zip(&burdens)))
        {
            // How small a small group is would already say something of the few in it.
            match rate {
                Evidence::Insufficient { .. } => small += 1,
                Evidence::Sufficient(_) if *withheld => hidden += 1,
                Evidence::Sufficient(_) => {
                    let (selected, size) = Rate::Selection.of(counts);
                    let (group, messages, burden) = (name(codes), got.mean(), Some(*burden));
                    groups.push(GroupRate { group, size, selected, rate: *rate, messages, burden });
                }
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
        let shown: u64 = groups.iter().map(|group| group.size).sum();
        let silent = |evidence: Evidence| match evidence {
            Evidence::Insufficient { needed, .. } => Evidence::Insufficient { n: 0, needed },
            told if hidden > 0 => blurred(told, shown),
            told => told,
        };
        let raised = alarm(&shares, &watch);
        Ok(AuditFinding {
            attribute: self.0.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(" × "),
            measure,
            small,
            withheld: hidden,
            ratio: silent(found.ratio),
            difference: silent(found.difference),
            lowest: named(found.lowest),
            highest: named(found.highest),
            alarm: if hidden > 0 { blurred_alarm(raised) } else { raised },
            groups,
        })
    }

    /// Messages of a year to each group, in the order of the cells.
    fn got(&self, base: &[bool], messages: &[u32], cells: &[(Vec<usize>, Confusion)]) -> Vec<Got> {
        let places: BTreeMap<&[usize], usize> =
            cells.iter().enumerate().map(|(place, (codes, _))| (codes.as_slice(), place)).collect();
        let mut got = vec![Got::default(); cells.len()];
        for (at, (_, messages)) in base.iter().zip(messages).enumerate().filter(|(_, (base, _))| **base) {
            let code = |one: &&Grouping| one.codes.get(at).filter(|code| **code != MISSING).copied();
            let codes: Option<Vec<usize>> = self.0.iter().map(|one| code(one).map(usize::from)).collect();
            let place = codes.and_then(|codes| places.get(codes.as_slice()).copied());
            if let Some(sum) = place.and_then(|place| got.get_mut(place)) {
                sum.add(f64::from(*messages));
            }
        }
        got
    }

    /// Cells that are not shown, so that no small one follows from the others and the totals.
    fn withheld(&self, cells: &[(Vec<usize>, Confusion)]) -> Vec<bool> {
        let size = |counts: &Confusion| counts.size();
        let [rows, columns] = self.0.as_slice() else {
            let sizes: Vec<u64> = cells.iter().map(|(_, counts)| size(counts)).collect();
            return suppress::row(&sizes, SMALLEST_GROUP);
        };
        let mut table = vec![vec![0; columns.values.len()]; rows.values.len()];
        let place = |codes: &[usize]| (codes.first().copied(), codes.get(1).copied());
        for (codes, counts) in cells {
            if let (Some(row), Some(column)) = place(codes)
                && let Some(cell) = table.get_mut(row).and_then(|row| row.get_mut(column))
            {
                *cell = size(counts);
            }
        }
        let withheld = suppress::table(&table, SMALLEST_GROUP);
        let of = |(codes, _): &(Vec<usize>, Confusion)| match place(codes) {
            (Some(row), Some(column)) => {
                withheld.get(row).and_then(|row| row.get(column)).copied().unwrap_or(true)
            }
            _ => true,
        };
        cells.iter().map(of).collect()
    }
}
