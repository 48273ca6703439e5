//! `measure fairness-alarm`: the alarm of the calendar's audits on simulated groups, equal ones and ones with a planted ratio.
//!
//! Goes in: how many simulations, members of each group, the ratio, and base rates. Comes out: for each base rate the share of
//! simulations in which an alarm was raised, with Wilson's interval: for one audit, and for a year of audits of mostly the same
//! people with the correction for as many. It calls [`science::fairness::alarm::alarm`], as the audits do, and nothing else.

use clap::Args;
use miette::{IntoDiagnostic, miette};
use science::fairness::alarm::{Watch, alarm};
use science::fairness::interval::Share;
use science::hash::SplitMix64;
use science::rate::wilson;
use serde::Serialize;
use terms::estimate::Evidence;

/// What to simulate.
#[derive(Debug, Args)]
pub(crate) struct AlarmArgs {
    /// Simulations of each kind.
    #[arg(long, default_value_t = 1000)]
    simulations: u32,
    /// Members of each group.
    #[arg(long, default_value_t = 2000)]
    members: u32,
    /// Groups; the last one is treated worse where a ratio is planted.
    #[arg(long, default_value_t = 2)]
    groups: u32,
    /// Planted ratio of the last group's rate to the others'.
    #[arg(long, default_value_t = 0.75)]
    ratio: f64,
    /// Selection rates of the groups that are treated well.
    #[arg(long, value_delimiter = ',', default_value = "0.05,0.1,0.15,0.2,0.25,0.3,0.4,0.5")]
    base_rates: Vec<f64>,
    /// Audits in a year.
    #[arg(long, default_value_t = 12)]
    looks: u32,
    /// Share of members whose selection is drawn anew from one audit to the next; the others keep theirs.
    #[arg(long, default_value_t = 0.2)]
    turnover: f64,
    /// Share of false alarms up to which the goal counts as reached; the alarm itself is as the audits have it.
    #[arg(long, default_value_t = 0.01)]
    false_alarms: f64,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// How often an alarm was raised.
#[derive(Debug, Serialize)]
struct Line {
    base_rate: f64,
    /// One audit, groups alike.
    false_alarms: Evidence,
    /// One audit, ratio planted.
    power: Evidence,
    /// Any alarm in a year of audits, groups alike.
    year_false_alarms: Evidence,
    /// At the first audit of such a year, ratio planted.
    first_look_power: Evidence,
    /// At any audit of the year, ratio planted.
    year_power: Evidence,
}

#[derive(Debug, Serialize)]
struct Report {
    simulations: u32,
    members: u32,
    groups: u32,
    ratio: f64,
    looks: u32,
    turnover: f64,
    allowed: f64,
    lines: Vec<Line>,
    /// Base rates with power of .95 at least and false alarms of `allowed` at most, for one audit.
    reached_once: Vec<f64>,
    /// The same for a year: power at the first audit, false alarms at any.
    reached_in_a_year: Vec<f64>,
}

/// Members of one group and whether each is selected.
struct Members {
    rate: f64,
    selected: Vec<bool>,
}

impl Members {
    fn drawn(rate: f64, n: u32, random: &mut SplitMix64) -> Self {
        Self { rate, selected: (0..n).map(|_| random.next_f64() < rate).collect() }
    }

    fn move_on(&mut self, turnover: f64, random: &mut SplitMix64) {
        for selected in &mut self.selected {
            if random.next_f64() < turnover {
                *selected = random.next_f64() < self.rate;
            }
        }
    }

    fn share(&self) -> Share {
        let hits = self.selected.iter().filter(|selected| **selected).count();
        Share { hits: hits as u64, n: self.selected.len() as u64 }
    }
}

/// Simulations in which an alarm was raised.
#[derive(Default)]
struct Raised {
    once: u64,
    first_look: u64,
    in_the_year: u64,
}

/// Simulates and prints.
#[expect(clippy::print_stdout, reason = "this is the output")]
pub(crate) fn run(args: &AlarmArgs) -> miette::Result<()> {
    let share = |rate: &f64| *rate > 0.0 && *rate < 1.0;
    let shares = args.base_rates.iter().chain([&args.false_alarms]).all(share);
    if !shares || !(0.0..=1.0).contains(&args.turnover) || args.ratio <= 0.0 || args.ratio > 1.0 {
        return Err(miette!("rates lie between 0 and 1, the ratio above 0 and up to 1; see --help"));
    }
    if args.simulations == 0 || args.looks == 0 || args.groups < 2 {
        return Err(miette!("give at least one simulation, one audit a year and two groups"));
    }
    let report = report(args);
    if args.json {
        println!("{}", serde_json::to_string(&report).into_diagnostic()?);
        return Ok(());
    }
    println!(
        "{} simulations each, {} groups of {}, planted ratio {}, {} audits a year",
        args.simulations, args.groups, args.members, args.ratio, args.looks
    );
    println!(
        "base rate   false alarms           power                  year: false            first audit: power"
    );
    for line in &report.lines {
        let told = |evidence: &Evidence| match evidence {
            Evidence::Sufficient(e) => {
                format!("{:.3} ({:.3} to {:.3})", e.value, e.interval.low, e.interval.high)
            }
            Evidence::Insufficient { .. } => "insufficient".to_owned(),
        };
        println!(
            "{:>9.2}   {}  {}  {}  {}",
            line.base_rate,
            told(&line.false_alarms),
            told(&line.power),
            told(&line.year_false_alarms),
            told(&line.first_look_power)
        );
    }
    println!(
        "goal reached (power >= .95, false alarms <= {}): once {:?}, in a year {:?}",
        args.false_alarms, report.reached_once, report.reached_in_a_year
    );
    Ok(())
}

fn report(args: &AlarmArgs) -> Report {
    let told = |hits: u64| wilson(hits, u64::from(args.simulations), 1, 0.95);
    let lines: Vec<Line> = args
        .base_rates
        .iter()
        .enumerate()
        .map(|(at, base_rate)| {
            let seed = args.seed.wrapping_mul(1_000_003).wrapping_add(at as u64 * 2);
            let (equal, planted) =
                (simulate(args, *base_rate, 1.0, seed), simulate(args, *base_rate, args.ratio, seed + 1));
            Line {
                base_rate: *base_rate,
                false_alarms: told(equal.once),
                power: told(planted.once),
                year_false_alarms: told(equal.in_the_year),
                first_look_power: told(planted.first_look),
                year_power: told(planted.in_the_year),
            }
        })
        .collect();
    let value = |evidence: &Evidence| match evidence {
        Evidence::Sufficient(found) => found.value,
        Evidence::Insufficient { .. } => f64::NAN,
    };
    let reached = |of: fn(&Line) -> (&Evidence, &Evidence)| {
        let met = |line: &&Line| value(of(line).0) <= args.false_alarms && value(of(line).1) >= 0.95;
        lines.iter().filter(met).map(|line| line.base_rate).collect()
    };
    Report {
        simulations: args.simulations,
        members: args.members,
        groups: args.groups,
        ratio: args.ratio,
        looks: args.looks,
        turnover: args.turnover,
        allowed: args.false_alarms,
        reached_once: reached(|line| (&line.false_alarms, &line.power)),
        reached_in_a_year: reached(|line| (&line.year_false_alarms, &line.first_look_power)),
        lines,
    }
}

fn simulate(args: &AlarmArgs, base_rate: f64, ratio: f64, seed: u64) -> Raised {
    let once = Watch::default();
    let year = Watch { looks: args.looks, ..once };
    let mut random = SplitMix64::new(seed);
    let mut raised = Raised::default();
    for _ in 0..args.simulations {
        let mut groups: Vec<Members> = (1..=args.groups)
            .map(|group| {
                let rate = if group == args.groups { base_rate * ratio } else { base_rate };
                Members::drawn(rate, args.members, &mut random)
            })
            .collect();
        let mut any = false;
        for look in 0..args.looks {
            let shares: Vec<Share> = groups.iter().map(Members::share).collect();
            let heard = alarm(&shares, &year).raised;
            any |= heard;
            if look == 0 {
                raised.once += u64::from(alarm(&shares, &once).raised);
                raised.first_look += u64::from(heard);
            }
            groups.iter_mut().for_each(|group| group.move_on(args.turnover, &mut random));
        }
        raised.in_the_year += u64::from(any);
    }
    raised
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        args: AlarmArgs,
    }

    #[test]
    fn at_a_rate_of_three_in_ten_the_alarm_is_heard_and_a_fair_house_hears_none() {
        let args = Only::parse_from(["x", "--base-rates", "0.3", "--simulations", "400"]).args;
        let report = report(&args);
        assert_eq!((report.reached_once, report.reached_in_a_year), (vec![0.3], vec![0.3]));
    }
}
