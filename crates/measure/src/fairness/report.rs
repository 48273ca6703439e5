//! What is said of the counts: a block for each column of groups and one for the intersections, as JSON or as lines.

use super::beside::Beside;
use super::{Counted, FairnessArgs};
use miette::{IntoDiagnostic, miette};
use science::fairness::calibration::Fit;
use science::fairness::conditional;
use science::fairness::disparity::{AgainstReference, EqualizedOdds, Spread};
use science::fairness::interval::Share;
use science::fairness::reweigh::{self, Weights};
use science::fairness::{Confusion, Demand, Rate, compare, equalized_odds};
use serde::Serialize;
use std::collections::BTreeMap;
use terms::estimate::Evidence;

/// Most groups that are compared pair by pair.
const MOST_GROUPS: usize = 200;

#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Version of this layout.
    layout: u32,
    rows: u64,
    /// Rows without a group, an outcome or a prediction, left out.
    missing: u64,
    smallest: u64,
    level: f64,
    /// By what method intervals were made.
    method: &'static str,
    /// A block for each column of groups, then one for their intersections.
    attributes: Vec<Block>,
    /// What gives groups away, and what they got.
    #[serde(flatten)]
    beside: Option<Beside>,
    /// Weights of rows for fitting a model (Kamiran and Calders 2012), by column of groups and group.
    reweighing: BTreeMap<String, BTreeMap<String, Weights>>,
    /// Scores outside 0 to 1 that calibration leaves out.
    #[serde(skip_serializing_if = "Option::is_none")]
    scores_left_out: Option<u64>,
    cpu_seconds: f64,
    counting_cpu_seconds: f64,
    peak_mib: f64,
}

#[derive(Debug, Serialize)]
struct Block {
    columns: Vec<String>,
    groups: Vec<Line>,
    /// Groups of which some rate is about fewer rows than `smallest`.
    insufficient: Vec<String>,
    /// Ratios and differences, by rate.
    rates: BTreeMap<Rate, Apart>,
    equalized_odds: EqualizedOdds,
    /// Ratios of selection against the largest group among rows alike in `--given`.
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<BTreeMap<String, Evidence>>,
}

#[derive(Debug, Serialize)]
struct Line {
    group: String,
    n: u64,
    counts: Confusion,
    rates: BTreeMap<Rate, Figure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<Fit>,
}

/// One rate of one group.
#[derive(Debug, Serialize)]
struct Figure {
    /// The bare share, as fairlearn has it; absent where it is about nobody.
    share: Option<f64>,
    estimate: Evidence,
    #[serde(skip_serializing_if = "Option::is_none")]
    against_reference: Option<AgainstReference>,
}

#[derive(Debug, Serialize)]
struct Apart {
    /// Over every group, as fairlearn's `between_groups`.
    over_all: Option<Spread>,
    ratio: Evidence,
    difference: Evidence,
    lowest: Option<String>,
    highest: Option<String>,
    reference: Option<String>,
}

/// Groups with their names, their counts and the codes of their columns.
struct Groups {
    columns: Vec<String>,
    members: Vec<(String, Vec<usize>, Confusion)>,
}

impl Report {
    pub(super) fn new(args: &FairnessArgs, counted: &Counted, demand: &Demand) -> miette::Result<Self> {
        let named = args.groups.len();
        let mut blocks = Vec::new();
        let single = (0..named).map(|at| vec![at]);
        let all = (named > 1).then(|| (0..named).collect::<Vec<_>>());
        for columns in single.chain(all) {
            let groups = Groups::of(args, counted, &columns);
            if groups.members.len() > MOST_GROUPS {
                return Err(miette!(
                    "{} make {} groups, and at most {MOST_GROUPS} can be compared pair by pair; name fewer columns, or \
                     columns with fewer values",
                    groups.columns.join(" x "),
                    groups.members.len()
                ));
            }
            blocks.push(block(args, counted, demand, &columns, groups)?);
        }
        Ok(Self {
            layout: 1,
            rows: counted.rows,
            missing: counted.tally.missing(),
            smallest: demand.smallest,
            level: demand.level,
            method: "rates: Wilson; ratios: Koopman's score interval; differences: Newcombe's method 10; all pairs of groups, \
                     together by Bonferroni",
            reweighing: blocks.iter().map(|block| (block.columns.join(" x "), block.weights())).collect(),
            attributes: blocks,
            beside: Beside::new(args)?,
            scores_left_out: counted.scores.as_ref().map(|scores| scores.outside),
            cpu_seconds: crate::process::cpu_seconds(),
            counting_cpu_seconds: counted.counting,
            peak_mib: crate::process::peak_mib(),
        })
    }

    #[expect(clippy::print_stdout, reason = "this is the output")]
    pub(super) fn print(&self, json: bool) -> miette::Result<()> {
        if json {
            println!("{}", serde_json::to_string(self).into_diagnostic()?);
            return Ok(());
        }
        println!(
            "{} rows, {} of them left out for a missing value; intervals of {:.0} % together",
            self.rows,
            self.missing,
            self.level * 100.0
        );
        for block in &self.attributes {
            block.print();
        }
        if let Some(beside) = &self.beside {
            beside.print();
        }
        println!("{}", self.method);
        println!(
            "{:.2} CPU s ({:.2} of them counting), {:.0} MiB",
            self.cpu_seconds, self.counting_cpu_seconds, self.peak_mib
        );
        Ok(())
    }
}

impl Groups {
    fn of(args: &FairnessArgs, counted: &Counted, columns: &[usize]) -> Self {
        let mut members: BTreeMap<Vec<usize>, Confusion> = BTreeMap::new();
        for (codes, counts) in counted.tally.intersections() {
            let codes = columns.iter().filter_map(|at| codes.get(*at).copied()).collect();
            *members.entry(codes).or_default() += counts;
        }
        let text = |(at, code): (&usize, &usize)| {
            counted.labels.get(*at).and_then(|labels| labels.texts().get(*code)).cloned().unwrap_or_default()
        };
        let mut members: Vec<(String, Vec<usize>, Confusion)> = members
            .into_iter()
            .map(|(codes, counts)| {
                let name: Vec<String> = columns.iter().zip(&codes).map(text).collect();
                (name.join(" x "), codes, counts)
            })
            .collect();
        members.sort_by(|a, b| a.0.cmp(&b.0));
        let columns = columns.iter().filter_map(|at| args.groups.get(*at).cloned()).collect();
        Self { columns, members }
    }
}

fn block(
    args: &FairnessArgs,
    counted: &Counted,
    demand: &Demand,
    columns: &[usize],
    groups: Groups,
) -> miette::Result<Block> {
    let counts: Vec<Confusion> = groups.members.iter().map(|(_, _, counts)| *counts).collect();
    let name = |at: Option<usize>| Some(groups.members.get(at?)?.0.clone());
    let mut lines: Vec<Line> = groups
        .members
        .iter()
        .map(|(group, codes, counts)| {
            let table = counted.scores.as_ref().zip(columns.first()).filter(|_| columns.len() == 1);
            let fit = |(scores, at): (&super::Scores, &usize)| scores.tables.get(*at)?.fit(*codes.first()?);
            Line {
                group: group.clone(),
                n: counts.size(),
                counts: *counts,
                rates: BTreeMap::new(),
                calibration: table.and_then(fit),
            }
        })
        .collect();
    let mut rates = BTreeMap::new();
    for rate in Rate::ALL {
        let found = compare(*rate, &counts, demand);
        let figures = found.groups.iter().zip(&found.against_reference);
        for (line, (estimate, against)) in lines.iter_mut().zip(figures) {
            let figure =
                Figure { share: rate.share(&line.counts), estimate: *estimate, against_reference: *against };
            line.rates.insert(*rate, figure);
        }
        let apart = Apart {
            over_all: found.over_all,
            ratio: found.ratio,
            difference: found.difference,
            lowest: name(found.lowest),
            highest: name(found.highest),
            reference: name(found.reference),
        };
        rates.insert(*rate, apart);
    }
    let small = |line: &&Line| {
        line.rates.values().any(|figure| matches!(figure.estimate, Evidence::Insufficient { .. }))
    };
    let insufficient = lines.iter().filter(small).map(|line| line.group.clone()).collect();
    let given = args.given.as_ref().map(|_| given(counted, demand, columns, &groups));
    Ok(Block {
        columns: groups.columns.clone(),
        insufficient,
        equalized_odds: equalized_odds(&counts, demand),
        groups: lines,
        rates,
        given,
    })
}

/// Each group against the largest, stratum by stratum of the column that may decide, which is the tally's last.
fn given(
    counted: &Counted,
    demand: &Demand,
    columns: &[usize],
    groups: &Groups,
) -> BTreeMap<String, Evidence> {
    let mut strata: BTreeMap<usize, BTreeMap<Vec<usize>, Confusion>> = BTreeMap::new();
    for (codes, counts) in counted.tally.intersections() {
        let group = columns.iter().filter_map(|at| codes.get(*at).copied()).collect();
        let stratum = codes.last().copied().unwrap_or_default();
        *strata.entry(stratum).or_default().entry(group).or_default() += counts;
    }
    let Some(largest) = groups.members.iter().max_by_key(|(_, _, counts)| counts.size()) else {
        return BTreeMap::new();
    };
    let others: Vec<_> = groups.members.iter().filter(|(_, codes, _)| *codes != largest.1).collect();
    let share = |stratum: &BTreeMap<Vec<usize>, Confusion>, codes: &[usize]| {
        let (hits, n) = stratum.get(codes).map_or((0, 0), |counts| Rate::Selection.of(counts));
        Share { hits, n }
    };
    others
        .iter()
        .map(|(name, codes, _)| {
            let pairs: Vec<_> =
                strata.values().map(|stratum| (share(stratum, codes), share(stratum, &largest.1))).collect();
            let ratio = conditional::ratio(&pairs, demand.smallest, demand.level, others.len());
            (name.clone(), ratio)
        })
        .collect()
}

pub(super) fn told(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Sufficient(found) => {
            format!("{:.4} ({:.4} to {:.4})", found.value, found.interval.low, found.interval.high)
        }
        Evidence::Insufficient { n, needed } => format!("insufficient ({n} of {needed})"),
    }
}

impl Block {
    fn weights(&self) -> BTreeMap<String, Weights> {
        let counts: Vec<Confusion> = self.groups.iter().map(|line| line.counts).collect();
        self.groups.iter().map(|line| line.group.clone()).zip(reweigh::weights(&counts)).collect()
    }

    #[expect(clippy::print_stdout, reason = "this is the output")]
    fn print(&self) {
        println!("\n{}", self.columns.join(" x "));
        for line in &self.groups {
            println!("  {} (n = {})", line.group, line.n);
            for (rate, figure) in &line.rates {
                println!("    {:<20} {}", word(*rate), told(&figure.estimate));
            }
            if let Some(fit) = &line.calibration {
                println!(
                    "    {:<20} mean score {:.4}, observed {:.4}, error {:.4}",
                    "calibration", fit.mean_score, fit.observed, fit.expected_calibration_error
                );
            }
        }
        for (rate, apart) in &self.rates {
            println!("  {:<20} ratio {}", word(*rate), told(&apart.ratio));
            println!("  {:<20} difference {}", "", told(&apart.difference));
            if let (Some(lowest), Some(highest)) = (&apart.lowest, &apart.highest) {
                println!("  {:<20} lowest {lowest}, highest {highest}", "");
            }
        }
        println!("  {:<20} ratio {}", "equalized odds", told(&self.equalized_odds.ratio));
        println!("  {:<20} difference {}", "", told(&self.equalized_odds.difference));
        for (group, ratio) in self.given.iter().flatten() {
            println!("  alike otherwise      {group}: {}", told(ratio));
        }
        if !self.insufficient.is_empty() {
            println!("  too small in some rate: {}", self.insufficient.join(", "));
        }
    }
}

const fn word(rate: Rate) -> &'static str {
    match rate {
        Rate::Selection => "selection",
        Rate::TruePositive => "true positive",
        Rate::FalsePositive => "false positive",
        Rate::FalseNegative => "false negative",
        Rate::PositivePredictive => "positive predictive",
        Rate::Base => "base",
    }
}
