//! `measure long-term`: the long-term guard on simulated campaigns whose truth is known: how often it vetoes where there is no
//! loss, how often where there is one, and how often its intervals hold the truth.
//!
//! Goes in: how many campaigns, customers, and losses. Comes out: for each loss the share of vetoes and of intervals that hold
//! the truth, with Wilson's intervals. It calls the estimate and the gate that the product uses, and nothing else.

use clap::Args;
use miette::{IntoDiagnostic, miette};
use policy::long_term_gate::{LongTermPolicy, judge};
use science::experiment::estimate::Settings;
use science::experiment::long_term::{Price, Prices, Subject, evaluate, probability_below};
use science::hash::SplitMix64;
use science::rate::wilson;
use serde::Serialize;
use terms::estimate::{Estimate, Evidence};
use terms::long_term::LongTermVerdict;

/// What to simulate.
#[derive(Debug, Args)]
pub(crate) struct LongTermArgs {
    /// Campaigns of each kind.
    #[arg(long, default_value_t = 1000)]
    simulations: u32,
    /// Customers of a campaign, both arms.
    #[arg(long, value_delimiter = ',', default_value = "2000,10000")]
    customers: Vec<u32>,
    /// Share that is held out.
    #[arg(long, default_value_t = 0.1)]
    control: f64,
    /// True losses of future value a customer treated; 0 is none.
    #[arg(long, value_delimiter = ',', default_value = "0,0.5,1,2,4")]
    losses: Vec<f64>,
    /// True increase of the share that opts out.
    #[arg(long, value_delimiter = ',', default_value = "0,0.01,0.03")]
    opt_outs: Vec<f64>,
    /// True price of an opt-out; the campaign knows it with an error of a quarter.
    #[arg(long, default_value_t = 12.0)]
    price: f64,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Line {
    customers: u32,
    loss: f64,
    opt_outs: f64,
    /// True long-term change a customer treated.
    truth: f64,
    /// Share of campaigns vetoed: false alarms where the truth is 0, power elsewhere.
    vetoed: Evidence,
    /// Share of 95 % intervals that hold the truth.
    covered: Evidence,
}

/// One campaign: amounts are log-normal, a tenth buys, the message makes half as many more buy.
fn campaign(
    args: &LongTermArgs,
    customers: u32,
    loss: f64,
    opt_outs: f64,
    random: &mut SplitMix64,
) -> Vec<Subject> {
    (0..customers)
        .map(|at| {
            let treated = random.next_f64() >= args.control;
            let before = (0.9 * random.next_normal() + 3.0).exp();
            let buys = random.next_f64() < if treated { 0.15 } else { 0.10 };
            let gain = if buys { 0.6f64.mul_add(random.next_normal(), 3.0).exp() } else { 0.0 };
            // What the model expects after: what it expected before, moved by what happened in the window.
            let moved = 8.0 * random.next_normal();
            let value = before + moved - if treated { loss } else { 0.0 };
            let refused = random.next_f64() < 0.004 + if treated { opt_outs } else { 0.0 };
            Subject {
                treated,
                stratum: at % 5,
                covariate: before,
                gain,
                value: Some(value),
                refused,
                complained: false,
            }
        })
        .collect()
}

fn line(args: &LongTermArgs, customers: u32, loss: f64, opt_outs: f64) -> miette::Result<Line> {
    let policy = LongTermPolicy::default();
    let truth = -loss - opt_outs * args.price;
    let (mut vetoed, mut covered) = (0_u64, 0_u64);
    for run in 0..args.simulations {
        let salt = (u64::from(run) << 20)
            ^ u64::from(customers)
            ^ loss.to_bits()
            ^ opt_outs.to_bits().rotate_left(7);
        let mut random = SplitMix64::new(args.seed ^ salt);
        let error = args.price / 4.0;
        let opt_out = Price { value: error.mul_add(random.next_normal(), args.price), error };
        let prices = Prices { opt_out, ..Prices::default() };
        let subjects = campaign(args, customers, loss, opt_outs, &mut random);
        let found = evaluate(&subjects, &prices, &Settings::default()).into_diagnostic()?;
        let gain = match found.gain {
            Evidence::Sufficient(gain) => gain.value,
            Evidence::Insufficient { .. } => 0.0,
        };
        let probability = probability_below(&found.long, policy.limit(gain));
        vetoed += u64::from(judge(&policy, probability) == LongTermVerdict::Vetoed);
        if let Evidence::Sufficient(Estimate { interval, .. }) = found.long {
            covered += u64::from(interval.low <= truth && truth <= interval.high);
        }
    }
    let share = |hits| wilson(hits, u64::from(args.simulations), 1, 0.95);
    Ok(Line { customers, loss, opt_outs, truth, vetoed: share(vetoed), covered: share(covered) })
}

fn told(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Sufficient(found) => {
            format!("{:.3} ({:.3} - {:.3})", found.value, found.interval.low, found.interval.high)
        }
        Evidence::Insufficient { .. } => "too few".to_owned(),
    }
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(crate) fn run(args: &LongTermArgs) -> miette::Result<()> {
    if !(args.control > 0.0 && args.control < 1.0) || args.simulations == 0 {
        return Err(miette!("hold out a share between 0 and 1, and simulate at least one campaign"));
    }
    let mut lines = Vec::new();
    for customers in &args.customers {
        for loss in &args.losses {
            for opt_outs in &args.opt_outs {
                lines.push(line(args, *customers, *loss, *opt_outs)?);
            }
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&lines).into_diagnostic()?);
        return Ok(());
    }
    println!(
        "{:>9} {:>6} {:>8} {:>7}  {:<24} {:<24}",
        "customers", "loss", "opt-outs", "truth", "vetoed", "interval holds"
    );
    for line in &lines {
        println!(
            "{:>9} {:>6} {:>8} {:>7.2}  {:<24} {:<24}",
            line.customers,
            line.loss,
            line.opt_outs,
            line.truth,
            told(&line.vetoed),
            told(&line.covered)
        );
    }
    Ok(())
}
