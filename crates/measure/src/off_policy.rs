//! `measure off-policy`: what a policy would have earned, from a log of another one, in the Open Bandit layout.
//!
//! Goes in: a folder with `random_men.csv.gz` and the like (behaviour policy, campaign), their `_item_context` tables,
//! and `prior_bts.yaml`. Comes out: five estimates of the evaluation policy's mean reward with intervals, the effective
//! sample size, warnings, and, where the folder holds the evaluation policy's own log, what it really earned.
//!
//! The evaluation policy `bts` is Bernoulli Thompson sampling at its prior; its probabilities are simulated with the
//! random numbers of the Open Bandit pipeline, so that figures can be compared digit by digit, or integrated
//! (`--simulations 0`). `random` is uniform.

mod log;
mod policy;

use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic, miette};
use science::off_policy::{Settings, evaluate};
use serde::Serialize;
use std::path::PathBuf;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct OffPolicyArgs {
    /// Folder with the logs.
    dir: PathBuf,
    /// Campaign, such as `men`; `men` or else the first that has a log, when absent.
    #[arg(long)]
    campaign: Option<String>,
    /// Policy that wrote the log.
    #[arg(long, value_enum, default_value_t = Policy::Random)]
    behavior: Policy,
    /// Policy to judge.
    #[arg(long, value_enum, default_value_t = Policy::Bts)]
    evaluation: Policy,
    /// Draws of the evaluation policy's probabilities; 0 integrates them instead.
    #[arg(long, default_value_t = 100_000)]
    simulations: u32,
    /// Seed of those draws, of the folds and of the bootstrap.
    #[arg(long, default_value_t = 12_345)]
    seed: u32,
    /// Replicates of the bootstrap.
    #[arg(long, default_value_t = 2_000)]
    replicates: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// A policy the layout knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Policy {
    /// Each action equally often.
    Random,
    /// Bernoulli Thompson sampling.
    Bts,
}

impl Policy {
    const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Bts => "bts",
        }
    }
}

#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    value: f64,
    low: f64,
    high: f64,
    /// Value over the log's own mean reward.
    relative: f64,
}

#[derive(Debug, Serialize)]
struct Mean {
    value: f64,
    low: f64,
    high: f64,
    n: u64,
}

#[derive(Debug, Serialize)]
struct Report {
    estimators: Vec<Row>,
    effective_sample_size: f64,
    effective_share: f64,
    effective_rewarded: f64,
    warnings: Vec<String>,
    rounds: u64,
    level: f64,
    mean_weight: f64,
    largest_weight: f64,
    campaign: String,
    other_campaigns: Vec<String>,
    behavior: &'static str,
    evaluation: &'static str,
    /// How the evaluation policy's probabilities were computed.
    probabilities: String,
    /// Mean reward in the log.
    logged: Mean,
    /// Mean reward in the evaluation policy's own log, if there is one.
    on_policy: Option<Mean>,
    folds: usize,
}

/// Folds of the reward model, as in the Open Bandit examples.
const FOLDS: usize = 3;

/// Measures and prints.
pub(crate) fn run(args: &OffPolicyArgs) -> miette::Result<()> {
    let campaigns = log::campaigns(&args.dir, args.behavior.name())?;
    let wanted = args.campaign.clone().or_else(|| campaigns.iter().find(|name| *name == "men").cloned());
    let Some(campaign) = wanted.or_else(|| campaigns.first().cloned()) else {
        return Err(miette!(
            "`{}` holds no log of policy `{}`, such as `{}_men.csv.gz`",
            args.dir.display(),
            args.behavior.name(),
            args.behavior.name()
        ));
    };
    let logged = log::Log::read(&args.dir, args.behavior.name(), &campaign)?;
    let (probabilities, how) = match args.evaluation {
        Policy::Random => (policy::uniform(logged.actions.len(), logged.positions), "uniform".to_owned()),
        Policy::Bts => {
            let prior = policy::prior(&args.dir.join("prior_bts.yaml"), &campaign, logged.actions.len())?;
            policy::thompson(&prior, logged.positions, args.simulations, args.seed)?
        }
    };
    let (rounds, error) = logged.rounds(&probabilities, FOLDS, args.seed)?;
    let settings = Settings {
        replicates: args.replicates,
        seed: u64::from(args.seed),
        model_error: Some(error),
        ..Settings::default()
    };
    let found = evaluate(&rounds, &settings).into_diagnostic()?;
    let mean = mean(&logged.reward);
    let estimators = found
        .estimates
        .iter()
        .map(|(estimator, estimate)| Row {
            name: estimator.name(),
            value: estimate.value,
            low: estimate.interval.low,
            high: estimate.interval.high,
            relative: estimate.value / mean.value,
        })
        .collect();
    let own = args.evaluation.name();
    let on_policy = (args.evaluation != args.behavior)
        .then(|| log::Log::read(&args.dir, own, &campaign).ok())
        .flatten()
        .map(|log| self::mean(&log.reward));
    let report = Report {
        estimators,
        effective_sample_size: found.support.effective,
        effective_share: found.support.effective / found.support.n.max(1) as f64,
        effective_rewarded: found.support.effective_rewarded,
        warnings: found.warnings,
        rounds: found.support.n,
        level: settings.level,
        mean_weight: found.support.mean_weight,
        largest_weight: found.support.largest_weight,
        other_campaigns: campaigns.into_iter().filter(|name| *name != campaign).collect(),
        campaign,
        behavior: args.behavior.name(),
        evaluation: own,
        probabilities: how,
        logged: mean,
        on_policy,
        folds: FOLDS,
    };
    print(&report, args.json)
}

/// The share of rewarded rounds with the interval of Wilson (1927).
fn mean(reward: &[bool]) -> Mean {
    let n = reward.len().max(1) as f64;
    let p = reward.iter().filter(|hit| **hit).count() as f64 / n;
    let z = 1.959_963_984_540_054_f64;
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    Mean { value: p, low: centre - half, high: centre + half, n: reward.len() as u64 }
}

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn print(report: &Report, json: bool) -> miette::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report).into_diagnostic()?);
        return Ok(());
    }
    println!(
        "campaign {}: {} rounds of `{}`, judging `{}` ({})",
        report.campaign, report.rounds, report.behavior, report.evaluation, report.probabilities
    );
    println!("{:<8} {:<10} {:<22} relative to the log", "", "value", "95 % interval");
    for row in &report.estimators {
        println!(
            "{:<8} {:.6}   {:.6} to {:.6}   {:.3}",
            row.name, row.value, row.low, row.high, row.relative
        );
    }
    println!("logged   {:.6}   {:.6} to {:.6}", report.logged.value, report.logged.low, report.logged.high);
    if let Some(own) = &report.on_policy {
        println!("own log  {:.6}   {:.6} to {:.6}   n {}", own.value, own.low, own.high, own.n);
    }
    println!(
        "effective sample size {:.1} of {} ({:.1} %), of rewarded rounds {:.1}; weights {:.3} on average, {:.2} at most",
        report.effective_sample_size,
        report.rounds,
        100.0 * report.effective_share,
        report.effective_rewarded,
        report.mean_weight,
        report.largest_weight
    );
    println!("the interval of DM holds its reward model to be right; the others do not");
    for warning in &report.warnings {
        println!("warning: {warning}");
    }
    if !report.other_campaigns.is_empty() {
        println!("other campaigns in this folder: {} (--campaign)", report.other_campaigns.join(", "));
    }
    Ok(())
}
