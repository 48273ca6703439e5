//! `measure canary`: how often the guardrails of a canary are right, on simulated messages.
//!
//! Goes in: how many simulations, the canary's share, messages, rates. Comes out: for each guardrail how often it takes a
//! canary back that is as good as what acts (both arms are the same: A/A), and one with a planted harm, with Wilson's
//! intervals. It calls [`science::experiment`] as the watch does, looks after every event, and holds each guardrail
//! against the limit that the watch uses.

use clap::Args;
use miette::{IntoDiagnostic, Result};
use science::experiment::guardrail::{LossTest, SelectionTest};
use science::experiment::sequential::{HarmTest, Stream};
use science::hash::SplitMix64;
use science::rate::wilson;
use serde::Serialize;
use terms::estimate::Evidence;
use terms::model::Guard;

/// What to simulate.
#[derive(Debug, Args)]
pub(crate) struct CanaryArgs {
    /// Simulations of each kind.
    #[arg(long, default_value_t = 1000)]
    simulations: u64,
    /// Share of the customers the canary decides for.
    #[arg(long, default_value_t = 0.1)]
    share: f64,
    /// Messages to everybody.
    #[arg(long, default_value_t = 20_000)]
    messages: u64,
    /// Rate of opt-outs and complaints.
    #[arg(long, default_value_t = 0.01)]
    harm: f64,
    /// Rate of messages that fail.
    #[arg(long, default_value_t = 0.02)]
    failure: f64,
    /// Customers selected by a score, once each.
    #[arg(long, default_value_t = 5_000)]
    selected: u64,
    /// Groups, all of one size.
    #[arg(long, default_value_t = 4)]
    groups: u64,
    /// Customers and weeks of which what was said is known to have come true or not.
    #[arg(long, default_value_t = 2_000)]
    outcomes: u64,
    /// How many times as often the bad canary does harm and fails.
    #[arg(long, default_value_t = 3.0)]
    times: f64,
    /// How many times as often it selects the last group.
    #[arg(long, default_value_t = 0.5)]
    ratio: f64,
    /// By how much more of a loss between 0 and 1 it has.
    #[arg(long, default_value_t = 0.03)]
    loss: f64,
    /// False alarms of all guardrails together; the watch has a hundredth.
    #[arg(long, default_value_t = 0.01)]
    alpha: f64,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// One row.
#[derive(Debug, Serialize)]
struct Line {
    guardrail: &'static str,
    same: Evidence,
    worse: Evidence,
}

fn harmful(args: &CanaryArgs, random: &mut SplitMix64, rate: f64, times: f64) -> f64 {
    let (mut test, mut out) = (HarmTest::default(), [0u64; 2]);
    for _ in 0..args.messages {
        let canary = random.next_f64() < args.share;
        let [a, b] = &mut out;
        *(if canary { &mut *a } else { &mut *b }) += 1;
        if random.next_f64() < rate * if canary { times } else { 1.0 } {
            test.add(if canary { Stream::Watched } else { Stream::Other }, *a, *b);
        }
    }
    test.highest
}

fn unequal(args: &CanaryArgs, random: &mut SplitMix64, ratio: f64) -> f64 {
    let mut tests: Vec<SelectionTest> = (0..args.groups).map(|_| SelectionTest::new(args.share)).collect();
    let (mut highest, mut selected) = (1.0f64, 0);
    while selected < args.selected {
        let (group, canary) = (random.next_u64() % args.groups.max(1), random.next_f64() < args.share);
        let fewer = canary && group + 1 == args.groups;
        if random.next_f64() >= 0.3 * if fewer { ratio } else { 1.0 } {
            continue;
        }
        selected += 1;
        for (at, test) in (0..).zip(&mut tests) {
            test.add(at == group, canary);
        }
        let mean = tests.iter().map(SelectionTest::e_value).sum::<f64>() / args.groups.max(1) as f64;
        highest = highest.max(mean);
    }
    highest
}

fn mistaken(args: &CanaryArgs, random: &mut SplitMix64, more: f64) -> f64 {
    let mut test = LossTest::default();
    (0..args.outcomes).for_each(|_| test.add((random.next_f64() - 0.5) * 0.6 + more));
    test.highest
}

fn simulate(args: &CanaryArgs) -> Vec<Line> {
    let limit = Guard::ALL.len() as f64 / args.alpha;
    let told = |hits: u64| wilson(hits, args.simulations, 1, 0.95);
    let mut hits = vec![[0u64; 2]; Guard::ALL.len() + 1];
    for seed in 0..args.simulations {
        for worse in [0, 1] {
            let mut random = SplitMix64::new(args.seed ^ (seed << 8) ^ worse as u64);
            let pick = |bad: f64, same: f64| if worse == 1 { bad } else { same };
            let mut any = false;
            for (guard, hits) in Guard::ALL.iter().zip(&mut hits) {
                let e = match guard {
                    Guard::Harm => harmful(args, &mut random, args.harm, pick(args.times, 1.0)),
                    Guard::Failure => harmful(args, &mut random, args.failure, pick(args.times, 1.0)),
                    Guard::Prediction => mistaken(args, &mut random, pick(args.loss, 0.0)),
                    Guard::Disparity => unequal(args, &mut random, pick(args.ratio, 1.0)),
                };
                let alarm = e >= limit;
                any |= alarm;
                if let Some(count) = hits.get_mut(worse) {
                    *count += u64::from(alarm);
                }
            }
            if let Some(count) = hits.last_mut().and_then(|hits| hits.get_mut(worse)) {
                *count += u64::from(any);
            }
        }
    }
    let names = Guard::ALL.iter().map(|guard| guard.as_str()).chain(["any"]);
    names
        .zip(hits)
        .map(|(guardrail, [same, worse])| Line { guardrail, same: told(same), worse: told(worse) })
        .collect()
}

fn words(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Sufficient(e) => {
            format!("{:.4} ({:.4} to {:.4})", e.value, e.interval.low, e.interval.high)
        }
        Evidence::Insufficient { n, .. } => format!("{n} simulations"),
    }
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(crate) fn run(args: &CanaryArgs) -> Result<()> {
    let lines = simulate(args);
    if args.json {
        println!("{}", serde_json::to_string(&lines).into_diagnostic()?);
        return Ok(());
    }
    println!("{} simulations each; share of canaries that are taken back", args.simulations);
    println!("{:<12} {:<28} worse", "guardrail", "the same");
    for line in &lines {
        println!("{:<12} {:<28} {}", line.guardrail, words(&line.same), words(&line.worse));
    }
    Ok(())
}
