//! What stands beside the rates: which columns give a group away, and how often people of each group were contacted.
//!
//! Goes in: the same file, columns that decisions may use (`--proxies`), and a column of counts (`--burden`). Comes out: areas under
//! the ROC curve and means by group, with intervals that hold together. A column of numbers is ranked, and its area is the
//! Mann-Whitney statistic; any column is also asked by its values, cross-validated. Codes are kept, two bytes a cell.

use lake::import::{Header, NO_CODE, Options, codes};
use miette::{IntoDiagnostic, miette};
use science::fairness::exposure::{Burden, Got, burden};
use science::fairness::proxy::{Asked, Feature, Finder, Together};
use science::fairness::tally::MISSING;
use serde::Serialize;
use std::collections::BTreeMap;
use terms::estimate::Evidence;

use super::FairnessArgs;

/// Beside the rates.
#[derive(Debug, Serialize)]
pub(super) struct Beside {
    /// By column of groups, then by group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) proxies: Option<BTreeMap<String, BTreeMap<String, Away>>>,
    /// By column of groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) burden: Option<BTreeMap<String, Carried>>,
}

/// How well columns tell a group from everybody else.
#[derive(Debug, Serialize)]
pub(super) struct Away {
    pub(super) columns: BTreeMap<String, Column>,
    /// All columns together, cross-validated.
    pub(super) all: Option<Evidence>,
}

/// How well one column does.
#[derive(Debug, Serialize)]
pub(super) struct Column {
    /// Cross-validated, of what its values say.
    pub(super) area: Evidence,
    /// Of the number itself: the Mann-Whitney statistic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ranked: Option<Evidence>,
    pub(super) gives_away: bool,
}

/// What people of each group got.
#[derive(Debug, Serialize)]
pub(super) struct Carried {
    pub(super) groups: BTreeMap<String, Evidence>,
    pub(super) ratio: Evidence,
    pub(super) difference: Evidence,
}

/// Codes and numbers of a file, column by column.
struct Kept {
    groups: Vec<(Vec<u16>, Vec<String>)>,
    features: Vec<(Vec<u16>, Vec<String>)>,
    amounts: Vec<f64>,
}

fn read(args: &FairnessArgs) -> miette::Result<Kept> {
    let options =
        Options { delimiter: args.delimiter.clone(), header: Header::Present, ..Options::default() };
    let coded: Vec<String> = args.groups.iter().chain(&args.proxies).cloned().collect();
    let numbers: Vec<String> = args.burden.iter().cloned().collect();
    let mut columns: Vec<Vec<u16>> = vec![Vec::new(); coded.len()];
    let mut amounts = Vec::new();
    let read = codes(&args.file, &options, (&coded, &numbers), &mut |_| {}, &mut |batch| {
        for (all, some) in columns.iter_mut().zip(&batch.columns) {
            all.extend_from_slice(some);
        }
        amounts.extend(batch.numbers.first().into_iter().flatten());
    });
    let (labels, _) = read.into_diagnostic()?;
    let mut kept: Vec<(Vec<u16>, Vec<String>)> =
        columns.into_iter().zip(labels).map(|(codes, labels)| (codes, labels.texts().to_vec())).collect();
    let features = kept.split_off(args.groups.len());
    Ok(Kept { groups: kept, features, amounts })
}

/// The numbers that the texts of a column are; `None` when one is none.
fn numbers(codes: &[u16], texts: &[String]) -> Option<Vec<f64>> {
    let values: Vec<f64> = texts.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
    Some(codes.iter().map(|code| values.get(usize::from(*code)).copied().unwrap_or(f64::NAN)).collect())
}

impl Beside {
    /// Reads the file once more. `None` when nothing was asked.
    pub(super) fn new(args: &FairnessArgs) -> miette::Result<Option<Self>> {
        if args.proxies.is_empty() && args.burden.is_none() {
            return Ok(None);
        }
        if let Some(twice) = args.proxies.iter().find(|name| args.groups.contains(name)) {
            return Err(miette!(
                "`{twice}` makes the groups, so it would give itself away; leave it out of --proxies"
            ));
        }
        let kept = read(args)?;
        let ranked: Vec<Option<Vec<f64>>> =
            kept.features.iter().map(|(codes, texts)| numbers(codes, texts)).collect();
        let features = kept.features.iter().zip(&ranked).map(|((codes, _), ranked)| match ranked {
            Some(values) => Feature::Number(values),
            None => Feature::Category(codes),
        });
        let finder = Finder::new(features.collect());
        let proxies = (!args.proxies.is_empty()).then(|| {
            let of = kept.groups.iter().map(|group| away(args, &finder, group));
            args.groups.iter().cloned().zip(of).collect()
        });
        let burden = args.burden.as_ref().map(|_| {
            let of = kept.groups.iter().map(|group| carried(args, group, &kept.amounts));
            args.groups.iter().cloned().zip(of).collect()
        });
        Ok(Some(Self { proxies, burden }))
    }

    #[expect(clippy::print_stdout, reason = "this is the output")]
    pub(super) fn print(&self) {
        for (attribute, groups) in self.proxies.iter().flatten() {
            for (group, away) in groups {
                let all = away.all.as_ref().map_or_else(String::new, super::report::told);
                println!("\n{attribute} = {group}, told from everybody else by all columns together: {all}");
                for (name, column) in &away.columns {
                    let ranked = column.ranked.as_ref().map_or_else(String::new, |area| {
                        format!(", by order alone {}", super::report::told(area))
                    });
                    let flag = if column.gives_away { "  gives the group away" } else { "" };
                    println!("  {name:<24} {}{ranked}{flag}", super::report::told(&column.area));
                }
            }
        }
        for (attribute, carried) in self.burden.iter().flatten() {
            println!("\n{attribute}: mean by group");
            for (group, mean) in &carried.groups {
                println!("  {group:<24} {}", super::report::told(mean));
            }
            println!("  ratio {}", super::report::told(&carried.ratio));
            println!("  difference {}", super::report::told(&carried.difference));
        }
    }
}

fn away(
    args: &FairnessArgs,
    finder: &Finder<'_>,
    (codes, texts): &(Vec<u16>, Vec<String>),
) -> BTreeMap<String, Away> {
    let asked = Asked { level: args.level, groups: texts.len(), seed: args.seed, ..Asked::default() };
    let of_group = |(text, code): (&String, u16)| {
        let member: Vec<Option<bool>> =
            codes.iter().map(|known| (*known != NO_CODE).then_some(*known == code)).collect();
        let found = finder.ask(&member, &asked, Together::Asked);
        let columns = args.proxies.iter().cloned().zip(found.each.iter().map(|tells| Column {
            area: tells.area,
            ranked: tells.ranked,
            gives_away: tells.gives_away(),
        }));
        (text.clone(), Away { columns: columns.collect(), all: found.all })
    };
    texts.iter().zip(0..MISSING).map(of_group).collect()
}

fn carried(args: &FairnessArgs, (codes, texts): &(Vec<u16>, Vec<String>), amounts: &[f64]) -> Carried {
    let mut got = vec![Got::default(); texts.len()];
    for (code, amount) in codes.iter().zip(amounts).filter(|(_, amount)| !amount.is_nan()) {
        got.get_mut(usize::from(*code)).into_iter().for_each(|got| got.add(*amount));
    }
    let Burden { groups, ratio, difference } = burden(&got, args.smallest, args.level);
    Carried { groups: texts.iter().cloned().zip(groups).collect(), ratio, difference }
}
