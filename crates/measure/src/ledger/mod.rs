//! `measure ledger`: how much tampering is found, and how fast entries become durable.
//!
//! Goes in: how many mutations of an exported ledger, how many of rows of a real database, how many entries. Comes out:
//! counts by kind of mutation, made and found, and entries a second. It fails when one mutation was not found, so a
//! figure of "all" cannot be printed over one that was not.

mod export;
mod mutation;
mod rows;
mod speed;

use clap::Args;
use miette::{IntoDiagnostic, miette};
use serde::Serialize;
use std::collections::BTreeMap;

use crate::process::cpu_seconds;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    /// Mutations of exported ledgers of several sizes, each read by the offline verifier from its first byte.
    #[arg(long, default_value_t = 0)]
    mutations: u64,
    /// Mutations of rows of a SQLite file, its triggers taken off, each read by the verifier at home.
    #[arg(long, default_value_t = 0)]
    rows: u64,
    /// Entries to append, for each size of batch.
    #[arg(long, default_value_t = 0)]
    entries: u64,
    /// Entries in a transaction; repeat for several.
    #[arg(long, default_values_t = [1, 8, 64])]
    batch: Vec<usize>,
    /// An empty PostgreSQL database to append to, instead of a SQLite file.
    #[arg(long)]
    database_url: Option<String>,
    /// What the mutations are drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Made and found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    made: u64,
    found: u64,
}

/// By kind of mutation.
pub(crate) type Tallies = BTreeMap<&'static str, Tally>;

#[derive(Serialize)]
struct Mutations {
    made: u64,
    found: u64,
    /// Drawn, but they changed nothing.
    idle: u64,
    by_kind: Tallies,
    seconds: f64,
    cpu_seconds: f64,
}

impl Mutations {
    fn of(by_kind: Tallies, idle: u64, began: std::time::Instant, cpu: f64) -> Self {
        let (made, found) = by_kind.values().fold((0, 0), |(a, b), one| (a + one.made, b + one.found));
        let seconds = began.elapsed().as_secs_f64();
        Self { made, found, idle, by_kind, seconds, cpu_seconds: cpu_seconds() - cpu }
    }

    fn words(&self, what: &str) -> String {
        let mut out = format!(
            "{} mutations of {what}, {} found; {} more changed nothing; {:.1} s, {:.1} CPU s\n",
            self.made, self.found, self.idle, self.seconds, self.cpu_seconds
        );
        for (kind, tally) in &self.by_kind {
            out.push_str(&format!("  {kind:<28} {:>9} made {:>9} found\n", tally.made, tally.found));
        }
        out
    }
}

#[derive(Serialize, Default)]
struct Report {
    mutations: Option<Mutations>,
    rows: Option<Mutations>,
    appended: Vec<speed::Appended>,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(crate) fn run(arguments: &LedgerArgs) -> miette::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().into_diagnostic()?;
    let mut report = Report::default();
    if arguments.mutations > 0 {
        let originals = runtime.block_on(export::originals())?;
        let (began, cpu) = (std::time::Instant::now(), cpu_seconds());
        let (tallies, idle) = mutation::run(&originals, arguments.mutations, arguments.seed)?;
        report.mutations = Some(Mutations::of(tallies, idle, began, cpu));
    }
    if arguments.rows > 0 {
        let (began, cpu) = (std::time::Instant::now(), cpu_seconds());
        let (tallies, idle) = runtime.block_on(rows::run(arguments.rows, arguments.seed))?;
        report.rows = Some(Mutations::of(tallies, idle, began, cpu));
    }
    if arguments.entries > 0 {
        let url = arguments.database_url.as_deref();
        report.appended = runtime.block_on(speed::run(url, arguments.entries, &arguments.batch))?;
    }
    if arguments.json {
        println!("{}", serde_json::to_string(&report).into_diagnostic()?);
    } else {
        for (found, what) in [(&report.mutations, "exported ledgers"), (&report.rows, "rows")] {
            found.iter().for_each(|found| print!("{}", found.words(what)));
        }
        report.appended.iter().for_each(|line| println!("{}", line.words()));
    }
    let missed: u64 =
        [&report.mutations, &report.rows].into_iter().flatten().map(|one| one.made - one.found).sum();
    if missed > 0 {
        return Err(miette!("{missed} mutations were not found"));
    }
    Ok(())
}
