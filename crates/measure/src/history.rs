//! `measure history`: what laying a file out by customer costs, and what the pass over it costs.
//!
//! The import and the pass each run in a process of their own (this program again, with a hidden subcommand), so that
//! neither one's memory hides in the other's. It compares nothing: run the peers beside it.

use crate::import_flags::ImportFlags;
use crate::process;
use clap::Args;
use lake::Lake;
use lake::history::PassOptions;
use lake::import::{self, Options, Progress, Step};
use miette::{IntoDiagnostic, WrapErr, miette};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use terms::time::Day;

/// What to measure, and what detection should be told.
#[derive(Debug, Clone, Args)]
pub(crate) struct HistoryArgs {
    /// Purchases, CSV or Parquet.
    pub(crate) file: PathBuf,
    /// As-of day of the profiles; the last day in the data when absent.
    #[arg(long)]
    as_of: Option<Day>,
    /// Threads; 0 means one for each core.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Memory for rows on their way into the layout, in MiB.
    #[arg(long, default_value_t = 64)]
    memory_mib: usize,
    /// Keep the lake and the profile table in this folder instead of a temporary one.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    columns: ImportFlags,
}

/// The hidden subcommand that lays a file out.
#[derive(Debug, Args)]
pub(crate) struct LayArgs {
    lake: PathBuf,
    #[command(flatten)]
    what: HistoryArgs,
}

/// The hidden subcommand that runs the pass.
#[derive(Debug, Args)]
pub(crate) struct PassArgs {
    lake: PathBuf,
    as_of: Day,
    threads: usize,
    table: PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
struct Sums {
    frequency: u64,
    recency_days: i64,
    t_days: i64,
    monetary: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Laid {
    cpu_seconds: f64,
    wall_seconds: f64,
    peak_mib: f64,
    rejected: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Passed {
    customers: u64,
    cpu_seconds: f64,
    wall_seconds: f64,
    peak_mib: f64,
    checksums: Sums,
}

#[derive(Debug, Serialize)]
struct Report {
    rows: u64,
    returns: u64,
    rejected: u64,
    customers: u64,
    as_of: String,
    import_cpu_seconds: f64,
    import_wall_seconds: f64,
    import_peak_mib: f64,
    cpu_seconds: f64,
    wall_seconds: f64,
    peak_mib: f64,
    checksums: Sums,
}

/// Measures and prints.
pub(crate) fn run(args: &HistoryArgs) -> miette::Result<()> {
    let scratch = tempfile::tempdir().into_diagnostic()?;
    let folder = args.keep.clone().unwrap_or_else(|| scratch.path().to_owned());
    let lake_folder = folder.join("lake");
    let laid: Laid = child(&lay_arguments(&lake_folder, args))?;
    let stats = Lake::open(&lake_folder).and_then(|lake| lake.stats()).map_err(|error| miette!("{error}"))?;
    let as_of =
        args.as_of.or(stats.last_day).ok_or_else(|| miette!("`{}` left no rows", args.file.display()))?;
    let table = folder.join("profiles.parquet");
    let texts = [as_of.to_string(), args.threads.to_string()];
    let passed: Passed = child(&[
        "history-pass".into(),
        lake_folder.into_os_string(),
        (&texts[0]).into(),
        (&texts[1]).into(),
        table.into_os_string(),
    ])?;
    let report = Report {
        rows: stats.rows,
        returns: stats.returns,
        rejected: laid.rejected,
        customers: passed.customers,
        as_of: as_of.to_string(),
        import_cpu_seconds: laid.cpu_seconds,
        import_wall_seconds: laid.wall_seconds,
        import_peak_mib: laid.peak_mib,
        cpu_seconds: passed.cpu_seconds,
        wall_seconds: passed.wall_seconds,
        peak_mib: passed.peak_mib,
        checksums: passed.checksums,
    };
    print(&report, args.json)
}

#[expect(clippy::print_stdout, reason = "the figures are the program's output")]
fn print(report: &Report, json: bool) -> miette::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report).into_diagnostic()?);
        return Ok(());
    }
    println!(
        "{} rows ({} returns, {} rejected), {} customers, as of {}",
        report.rows, report.returns, report.rejected, report.customers, report.as_of
    );
    println!(
        "import  {:.2} CPU s, {:.2} s, {:.0} MiB",
        report.import_cpu_seconds, report.import_wall_seconds, report.import_peak_mib
    );
    println!(
        "pass    {:.2} CPU s, {:.2} s, {:.0} MiB",
        report.cpu_seconds, report.wall_seconds, report.peak_mib
    );
    let sums = &report.checksums;
    println!(
        "sums    frequency {}, recency days {}, T days {}, monetary {:.3}",
        sums.frequency, sums.recency_days, sums.t_days, sums.monetary
    );
    Ok(())
}

fn lay_arguments(lake: &Path, args: &HistoryArgs) -> Vec<std::ffi::OsString> {
    let mut out: Vec<std::ffi::OsString> = vec!["history-lay".into(), lake.into(), args.file.clone().into()];
    let mut flag = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            out.push(format!("--{name}={value}").into());
        }
    };
    let columns = args.columns.clone();
    flag("threads", Some(args.threads.to_string()));
    flag("memory-mib", Some(args.memory_mib.to_string()));
    flag("customer", columns.customer);
    flag("time", columns.time);
    flag("amount", columns.amount);
    flag("order", columns.order);
    flag("quantity", columns.quantity);
    flag("unit-price", columns.unit_price);
    flag("currency", columns.currency);
    flag("delimiter", columns.delimiter);
    flag("time-format", columns.time_format);
    if columns.no_header {
        out.push("--no-header".into());
    }
    out
}

/// Runs this program again and reads what it prints.
fn child<T: for<'a> Deserialize<'a>>(arguments: &[std::ffi::OsString]) -> miette::Result<T> {
    let program = std::env::current_exe().into_diagnostic()?;
    let output = Command::new(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .into_diagnostic()
        .wrap_err("the measured process could not be started")?;
    if !output.status.success() {
        return Err(miette!("the measured process ended with {}; its message stands above", output.status));
    }
    serde_json::from_slice(&output.stdout).into_diagnostic()
}

/// Lays a file out and prints what that cost.
#[expect(clippy::print_stdout, reason = "the parent process reads it")]
pub(crate) fn lay(args: &LayArgs) -> miette::Result<()> {
    let start = Instant::now();
    let lake = Lake::open(&args.lake).map_err(|error| miette!("{error}"))?;
    let options = Options {
        threads: args.what.threads,
        memory_mib: args.what.memory_mib,
        ..args.what.columns.options()
    };
    let imported = import::purchases(&lake, &args.what.file, &options, &mut show())
        .map_err(|error| miette!("{error}"))?;
    eprintln!();
    let laid = Laid {
        cpu_seconds: process::cpu_seconds(),
        wall_seconds: start.elapsed().as_secs_f64(),
        peak_mib: process::peak_mib(),
        rejected: imported.rejected_rows(),
    };
    println!("{}", serde_json::to_string(&laid).into_diagnostic()?);
    Ok(())
}

/// Runs the pass, writes the profile table and prints what that cost.
#[expect(clippy::print_stdout, reason = "the parent process reads it")]
pub(crate) fn pass(args: &PassArgs) -> miette::Result<()> {
    let start = Instant::now();
    let lake = Lake::open(&args.lake).map_err(|error| miette!("{error}"))?;
    let options = PassOptions { threads: args.threads, ..PassOptions::default() };
    let sums = lake.write_profiles(args.as_of, &options, &args.table).map_err(|error| miette!("{error}"))?;
    let passed = Passed {
        customers: sums.customers,
        cpu_seconds: process::cpu_seconds(),
        wall_seconds: start.elapsed().as_secs_f64(),
        peak_mib: process::peak_mib(),
        checksums: Sums {
            frequency: sums.frequency,
            recency_days: sums.recency_days,
            t_days: sums.t_days,
            monetary: sums.monetary,
        },
    };
    println!("{}", serde_json::to_string(&passed).into_diagnostic()?);
    Ok(())
}

/// A line on standard error that is written over, a few times a second at most.
fn show() -> impl FnMut(Progress) {
    let mut last = Instant::now();
    move |progress| {
        if last.elapsed().as_millis() > 200 {
            last = Instant::now();
            let step = match progress.step {
                Step::Reading => "reading",
                Step::Arranging => "arranging",
            };
            eprint!("\r{step} {:>3} %  ", progress.done * 100 / progress.total.max(1));
        }
    }
}
