//! `measure drift`: how often the drift test of a model is right, on simulated customers.
//!
//! Goes in: how many simulations, customers a side, shifts in standard deviations. Comes out: how often the variable that
//! was shifted is told, and how often one that was not, with Wilson's intervals. It calls [`science::drift`] as the watch of
//! models does: nine variables, false discoveries controlled over all of them.

use clap::Args;
use miette::{IntoDiagnostic, Result};
use science::drift::{discoveries, shift};
use science::hash::SplitMix64;
use science::rate::wilson;
use serde::Serialize;
use terms::estimate::Evidence;

/// What to simulate.
#[derive(Debug, Args)]
pub(crate) struct DriftArgs {
    /// Simulations of each kind.
    #[arg(long, default_value_t = 1000)]
    simulations: u64,
    /// Customers before and now.
    #[arg(long, value_delimiter = ',', default_value = "500,2000,10000")]
    customers: Vec<usize>,
    /// Shifts of one variable, in standard deviations; 0 for none.
    #[arg(long, value_delimiter = ',', default_value = "0,0.05,0.1,0.2,0.5")]
    shifts: Vec<f64>,
    /// Variables that are watched.
    #[arg(long, default_value_t = 9)]
    variables: usize,
    /// Correlation of a customer's values before and now: they are mostly the same people.
    #[arg(long, default_value_t = 0.0)]
    correlation: f64,
    /// Share of false discoveries that is allowed.
    #[arg(long, default_value_t = 0.05)]
    rate: f64,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// One row of the table.
#[derive(Debug, Serialize)]
struct Line {
    customers: usize,
    shift: f64,
    /// The shifted variable was told; without a shift, any was.
    found: Evidence,
    /// Any variable was told that was not shifted.
    false_alarm: Evidence,
    /// Mean stability index of the shifted variable.
    psi: f64,
}

/// A standard normal number (Box, Muller 1958).
fn normal(random: &mut SplitMix64) -> f64 {
    let (u, v) = (random.next_f64().max(f64::MIN_POSITIVE), random.next_f64());
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

fn line(args: &DriftArgs, customers: usize, by: f64) -> Line {
    let mut random = SplitMix64::new(args.seed ^ (customers as u64) << 20 ^ by.to_bits());
    let (mut found, mut wrong, mut index) = (0, 0, 0.0);
    let apart = (1.0 - args.correlation * args.correlation).max(0.0).sqrt();
    for _ in 0..args.simulations {
        let mut shifts = Vec::new();
        for variable in 0..args.variables {
            let before: Vec<f64> = (0..customers).map(|_| normal(&mut random)).collect();
            let moved = if variable == 0 { by } else { 0.0 };
            let now: Vec<f64> =
                before.iter().map(|x| args.correlation * x + apart * normal(&mut random) + moved).collect();
            shifts.extend(shift(&before, &now));
        }
        let stands = discoveries(&shifts.iter().map(|shift| shift.p).collect::<Vec<_>>(), args.rate);
        let first = stands.first().copied().unwrap_or(false);
        let others = stands.iter().skip(1).any(|stands| *stands);
        found += u64::from(first || (by == 0.0 && others));
        wrong += u64::from(others || (by == 0.0 && first));
        index += shifts.first().map_or(0.0, |shift| shift.psi);
    }
    let told = |hits: u64| wilson(hits, args.simulations, 1, 0.95);
    let psi = index / args.simulations.max(1) as f64;
    Line { customers, shift: by, found: told(found), false_alarm: told(wrong), psi }
}

fn words(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Sufficient(e) => {
            format!("{:.3} ({:.3} to {:.3})", e.value, e.interval.low, e.interval.high)
        }
        Evidence::Insufficient { n, .. } => format!("{n} simulations"),
    }
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(crate) fn run(args: &DriftArgs) -> Result<()> {
    let lines: Vec<Line> = args
        .customers
        .iter()
        .flat_map(|customers| args.shifts.iter().map(|by| line(args, *customers, *by)))
        .collect();
    if args.json {
        println!("{}", serde_json::to_string(&lines).into_diagnostic()?);
        return Ok(());
    }
    println!("{} simulations each, {} variables, one of them shifted", args.simulations, args.variables);
    println!("customers  shift   found                     another one told          index");
    for line in &lines {
        println!(
            "{:>9}  {:>5.2}   {:<25} {:<25} {:.3}",
            line.customers,
            line.shift,
            words(&line.found),
            words(&line.false_alarm),
            line.psi
        );
    }
    Ok(())
}
