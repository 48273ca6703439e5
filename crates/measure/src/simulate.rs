//! `measure simulate`: seeds of the simulation of scheduler, consent and outbox, with the product's own code.
//!
//! Goes in: how many seeds, from which on. Comes out: seeds, violations and the first seed that failed; `--seed 17
//! --trace` replays one and prints what happened. Seeds are independent, so they can be split over processes.

use crate::process;
use measure::proof::defect::Defect;
use measure::proof::simulation::{Options, Ran, run as run_seed};
use measure::proof::template::Template;
use miette::{IntoDiagnostic, miette};
use serde::Serialize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A seed takes a fraction of a second. One that is not over by now waits for something that does not come.
const STANDSTILL: Duration = Duration::from_secs(300);

/// What to simulate.
#[derive(Debug, clap::Args)]
pub(crate) struct SimulateArgs {
    /// How many seeds.
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// Only this one.
    #[arg(long, conflicts_with_all = ["seeds", "first_seed"])]
    seed: Option<u64>,
    /// Print what happened, turn by turn.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Plant a defect in the wiring, to see it found.
    #[arg(long, value_enum)]
    plant: Option<Defect>,
    /// Threads to use.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Default, Serialize)]
struct Report {
    seeds: u64,
    violations: u64,
    first_failing_seed: Option<u64>,
    /// What the first failing seed violated.
    first_violation: Option<String>,
    events: u64,
    sends: u64,
    /// Of these, while customers acted, workers died and the clock jumped.
    sends_in_the_storm: u64,
    kills: u64,
    /// The hash of all traces together: the same seeds give the same one.
    hash: String,
    elapsed_seconds: f64,
    cpu_milliseconds_per_seed: f64,
}

pub(crate) fn run(arguments: &SimulateArgs) -> miette::Result<()> {
    let (first, seeds) = arguments.seed.map_or((arguments.first_seed, arguments.seeds), |seed| (seed, 1));
    let watch = Instant::now();
    let cpu = process::cpu_seconds();
    let next = AtomicU64::new(0);
    let all = Mutex::new((Report::default(), 0_u64));
    let outcomes: Vec<miette::Result<()>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..arguments.threads.max(1))
            .map(|_| scope.spawn(|| worker(arguments, first, seeds, &next, &all)))
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread.join().unwrap_or_else(|_| Err(miette!("a thread of the simulation panicked")))
            })
            .collect()
    });
    outcomes.into_iter().collect::<miette::Result<()>>()?;
    let (mut report, hash) = all.into_inner().into_diagnostic()?;
    report.hash = format!("{hash:016x}");
    report.elapsed_seconds = watch.elapsed().as_secs_f64();
    report.cpu_milliseconds_per_seed = (process::cpu_seconds() - cpu) * 1_000.0 / seeds.max(1) as f64;
    print(&report, arguments.json)?;
    match report.first_failing_seed {
        Some(seed) => {
            Err(miette!("seed {seed} fails; replay it with `measure simulate --seed {seed} --trace`"))
        }
        None => Ok(()),
    }
}

fn worker(
    arguments: &SimulateArgs,
    first: u64,
    seeds: u64,
    next: &AtomicU64,
    all: &Mutex<(Report, u64)>,
) -> miette::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().into_diagnostic()?;
    runtime.block_on(async {
        let template = Template::make().await.into_diagnostic()?;
        let options = Options { trace: arguments.trace, defect: arguments.plant };
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= seeds {
                return Ok(());
            }
            // A planted defect is found by its first seed; the rest would say the same.
            let found = || all.lock().is_ok_and(|all| all.0.first_failing_seed.is_some());
            if arguments.plant.is_some() && found() {
                return Ok(());
            }
            let seed = first + at;
            let ran = tokio::time::timeout(STANDSTILL, run_seed(&template, seed, options))
                .await
                .map_err(|_| miette!("seed {seed} stands still; see where with `--seed {seed} --trace`"))?
                .into_diagnostic()?;
            if at > 0 && at.is_multiple_of(1_000) {
                eprintln!("{at} seeds");
            }
            add(all, &ran);
        }
    })
}

fn add(all: &Mutex<(Report, u64)>, ran: &Ran) {
    let mut all = all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (report, hash) = &mut *all;
    // Added up, so that the order in which threads finish does not matter.
    *hash = hash.wrapping_add(ran.hash.wrapping_mul(ran.seed | 1));
    report.seeds += 1;
    report.violations += ran.violations.len() as u64;
    report.events += ran.events;
    report.sends += ran.sends;
    report.sends_in_the_storm += ran.stirred;
    report.kills += ran.kills;
    if let Some(violation) = ran.violations.first()
        && report.first_failing_seed.is_none_or(|known| ran.seed < known)
    {
        report.first_failing_seed = Some(ran.seed);
        report.first_violation = Some(violation.clone());
    }
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
fn print(report: &Report, json: bool) -> miette::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report).into_diagnostic()?);
    } else {
        println!(
            "{} seeds, {} violations, {} events, {} messages left ({} in the storm), {} workers died, {:.1} s, {:.1} ms a seed",
            report.seeds,
            report.violations,
            report.events,
            report.sends,
            report.sends_in_the_storm,
            report.kills,
            report.elapsed_seconds,
            report.cpu_milliseconds_per_seed,
        );
        if let Some(violation) = &report.first_violation {
            println!("{violation}");
        }
    }
    Ok(())
}
