//! `measure ingest`: how many events a second the ingest API makes durable over HTTP, and how that grows.
//!
//! Goes in: how many events, in batches of how many, over how many connections; SQLite in a temporary home, or a
//! PostgreSQL by URL. Comes out: events a second until the last answer of 202, in all and for each tenth of the way;
//! how long answers took; when all of them were used and how many waited for that; processor time and memory of the
//! server. The events come from this process, on the same machine: both share its cores, so the bodies are made before
//! the clock starts, and the processor time of sending is told. It starts `candor serve` beside itself and counts what the
//! server says it has, so a figure of lost events would be an error here.

mod batch;
mod server;

use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use miette::{Context, IntoDiagnostic, Result, miette};
use serde::Serialize;
use serde_json::Value;

use batch::batch;
use server::{Line, serve, usage};

/// Parts of the way that are timed by themselves.
const TENTHS: usize = 10;
/// How long to wait for the last event to be used.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    /// Events to send
    #[arg(long, default_value_t = 100_000)]
    events: u64,
    /// Events of a batch
    #[arg(long, default_value_t = 100)]
    batch: u64,
    /// Connections that send at the same time, kept alive
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Customers the events are about
    #[arg(long, default_value_t = 20_000)]
    customers: u64,
    /// PostgreSQL to keep the store in, instead of SQLite; an empty database
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// The program [default: candor beside this one]
    #[arg(long, value_name = "FILE")]
    candor: Option<PathBuf>,
    /// Folder for the temporary home [default: the system's]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    store: &'static str,
    events: u64,
    batch: u64,
    connections: usize,
    accepted_by_server: u64,
    lost: i64,
    durable_seconds: f64,
    durable_per_second: f64,
    /// Events a second in each tenth of the way.
    tenths: Vec<f64>,
    answer_ms_p50: f64,
    answer_ms_p99: f64,
    turned_away: u64,
    used_seconds: f64,
    used_per_second: f64,
    /// The most events that were seen to wait to be used.
    waiting_most: i64,
    /// Events that waited when the last was durable.
    waiting_then: i64,
    sender_cpu_seconds: f64,
    server_cpu_seconds: f64,
    server_peak_mib: f64,
    database_mib: Option<f64>,
    fates: Value,
}

pub(crate) fn run(arguments: &IngestArgs) -> Result<()> {
    let home = match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    };
    let home = home.into_diagnostic()?;
    let candor = match &arguments.candor {
        Some(path) => path.clone(),
        None => std::env::current_exe().into_diagnostic()?.with_file_name("candor"),
    };
    let command = |words: &[&str]| {
        let mut command = Command::new(&candor);
        command.arg("--home").arg(home.path().join("home")).args(words);
        if let Some(url) = &arguments.database_url {
            command.arg("--database-url").arg(url);
        }
        command
    };
    let name = format!("load-{}", std::process::id());
    let issued = json_of(command(&["key", "add", &name, "--per-second", "1000000", "--json"]))?;
    let key =
        issued.get("key").and_then(Value::as_str).ok_or_else(|| miette!("no key was issued"))?.to_owned();
    let server = serve(command(&["serve", "--listen", "127.0.0.1:0"]))?;

    let batches = arguments.events.div_ceil(arguments.batch);
    let (next, turned_away) = (AtomicUsize::new(0), AtomicU64::new(0));
    let done: Mutex<Vec<(f64, f64, u64)>> =
        Mutex::new(Vec::with_capacity(usize::try_from(batches).unwrap_or(0)));
    let bodies: Vec<(String, u64)> = (0..batches)
        .map(|number| {
            let first = number * arguments.batch;
            let last = (first + arguments.batch).min(arguments.events);
            (batch(first..last, arguments.customers), last - first)
        })
        .collect();
    let durable = AtomicU64::new(0);
    let (sending, waiting_most) = (AtomicBool::new(true), AtomicI64::new(0));
    let prepared = usage(std::process::id()).0;
    let began = Instant::now();
    std::thread::scope(|scope| -> Result<()> {
        let watcher = scope.spawn(|| -> Result<()> {
            let mut line = Line::open(&server.address, &key)?;
            while sending.load(Ordering::Relaxed) {
                waiting_most.fetch_max(waiting(&mut line)?, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(500));
            }
            Ok(())
        });
        let mut workers = Vec::new();
        for _ in 0..arguments.connections.max(1) {
            workers.push(scope.spawn(|| -> Result<()> {
                let mut line = Line::open(&server.address, &key)?;
                let mut answers = Vec::new();
                while let Some((body, n)) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let sent = Instant::now();
                    loop {
                        match line.post("/v1/batch", body)? {
                            (202, _) => break,
                            (429 | 503, _) => {
                                turned_away.fetch_add(1, Ordering::Relaxed);
                                std::thread::sleep(Duration::from_millis(50));
                            }
                            (status, body) => return Err(miette!("the server answered {status}: {body}")),
                        }
                    }
                    answers.push((began.elapsed().as_secs_f64(), sent.elapsed().as_secs_f64(), *n));
                }
                if let Ok(mut done) = done.lock() {
                    done.append(&mut answers);
                }
                Ok(())
            }));
        }
        let sent: Vec<_> = workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        durable.store(began.elapsed().as_micros() as u64, Ordering::Relaxed);
        sending.store(false, Ordering::Relaxed);
        for sent in sent.into_iter().chain([watcher.join()]) {
            sent.map_err(|_| miette!("a sender failed"))??;
        }
        Ok(())
    })?;
    let durable_seconds = durable.into_inner() as f64 / 1e6;
    let sender_cpu_seconds = usage(std::process::id()).0 - prepared;
    eprintln!("{} events are durable after {durable_seconds:.2} s", arguments.events);
    let mut line = Line::open(&server.address, &key)?;
    let waiting_then = waiting(&mut line)?;
    while waiting(&mut line)? > 0 {
        if began.elapsed() > PATIENCE {
            return Err(miette!("the events were not used in time"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let used_seconds = began.elapsed().as_secs_f64();
    let (server_cpu_seconds, server_peak_mib) = usage(server.child.id());
    drop(server);
    let keys = json_of(command(&["key", "list", "--json"]))?;
    let fates = keys
        .as_array()
        .and_then(|keys| keys.iter().find(|line| line.get("name").and_then(Value::as_str) == Some(&name)))
        .and_then(|line| line.get("counts").cloned())
        .unwrap_or_default();
    let count = |fate: &str| -> u64 {
        let pairs = fates.as_array().map(Vec::as_slice).unwrap_or_default();
        let found = pairs.iter().find(|pair| pair.get(0).and_then(Value::as_str) == Some(fate));
        found.and_then(|pair| pair.get(1)).and_then(Value::as_u64).unwrap_or(0)
    };
    let accepted = count("accepted");
    let mut answers = done.into_inner().unwrap_or_default();
    let tenths = tenths(&mut answers, arguments.events);
    let mut waits: Vec<f64> = answers.iter().map(|(_, wait, _)| wait * 1e3).collect();
    waits.sort_by(f64::total_cmp);
    let at =
        |share: f64| waits.get(((waits.len() as f64 - 1.0) * share) as usize).copied().unwrap_or(f64::NAN);
    let report = Report {
        store: if arguments.database_url.is_some() { "postgres" } else { "sqlite" },
        events: arguments.events,
        batch: arguments.batch,
        connections: arguments.connections,
        accepted_by_server: accepted,
        lost: i64::try_from(arguments.events).unwrap_or(0) - i64::try_from(accepted).unwrap_or(0),
        durable_seconds,
        durable_per_second: arguments.events as f64 / durable_seconds,
        tenths,
        answer_ms_p50: at(0.5),
        answer_ms_p99: at(0.99),
        turned_away: turned_away.into_inner(),
        used_seconds,
        used_per_second: arguments.events as f64 / used_seconds,
        waiting_most: waiting_most.into_inner().max(waiting_then),
        waiting_then,
        sender_cpu_seconds,
        server_cpu_seconds,
        server_peak_mib,
        database_mib: std::fs::metadata(home.path().join("home/candor.sqlite"))
            .ok()
            .filter(|_| arguments.database_url.is_none())
            .map(|file| file.len() as f64 / (1 << 20) as f64),
        fates,
    };
    print(&report, arguments.json)?;
    if report.lost != 0 {
        return Err(miette!("{} events that were answered with 202 are missing", report.lost));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what the command is for")]
fn print(report: &Report, json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string(report).into_diagnostic()?);
        return Ok(());
    }
    println!(
        "{} events in batches of {} over {} connections, {}",
        report.events, report.batch, report.connections, report.store
    );
    println!(
        "durable    {:>9.0} events/s, the last after {:.2} s",
        report.durable_per_second, report.durable_seconds
    );
    let tenths: Vec<String> = report.tenths.iter().map(|rate| format!("{rate:.0}")).collect();
    println!("by tenths  {}", tenths.join(" "));
    println!("answers    {:.1} ms median, {:.1} ms at 99 %", report.answer_ms_p50, report.answer_ms_p99);
    println!(
        "used       {:>9.0} events/s, the last after {:.2} s",
        report.used_per_second, report.used_seconds
    );
    println!("waiting    {} at most, {} when the last was durable", report.waiting_most, report.waiting_then);
    println!("senders    {:.2} s of processor time", report.sender_cpu_seconds);
    println!(
        "server     {:.2} s of processor time, {:.0} MiB at its peak",
        report.server_cpu_seconds, report.server_peak_mib
    );
    println!("lost       {}", report.lost);
    Ok(())
}

/// How many durable events wait to be used.
fn waiting(line: &mut Line) -> Result<i64> {
    let (_, body) = line.get("/v1/health")?;
    let health: Value = serde_json::from_str(&body).into_diagnostic()?;
    let waiting = health.get("waiting").and_then(Value::as_i64);
    waiting.ok_or_else(|| miette!("the server does not say how it is: {body}"))
}

/// Events a second in each tenth of the way, by the time of the answers.
fn tenths(answers: &mut [(f64, f64, u64)], events: u64) -> Vec<f64> {
    answers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let each = (events as f64 / TENTHS as f64).max(1.0);
    let (mut rates, mut from, mut sum, mut before) = (Vec::with_capacity(TENTHS), 0.0, 0_u64, 0_u64);
    for (at, _, n) in answers.iter() {
        sum += n;
        if sum as f64 >= each * (rates.len() + 1) as f64 {
            rates.push((sum - before) as f64 / (at - from).max(1e-9));
            (from, before) = (*at, sum);
        }
    }
    rates
}

fn json_of(mut command: Command) -> Result<Value> {
    let output = command
        .output()
        .into_diagnostic()
        .wrap_err("cannot run candor; build it too, or name it with --candor")?;
    if !output.status.success() {
        return Err(miette!("candor failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).into_diagnostic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_of_an_even_pace_are_alike() {
        let mut answers: Vec<(f64, f64, u64)> =
            (1..=100).map(|at| (f64::from(at) / 10.0, 0.01, 100)).collect();
        let rates = tenths(&mut answers, 10_000);
        assert_eq!(rates.len(), 10);
        assert!(rates.iter().all(|rate| (rate - 1_000.0).abs() < 1.0), "{rates:?}");
    }
}
