//! `measure ingest`: how many events a second the ingest API makes durable over HTTP, and how that grows.
//!
//! Goes in: how many events, in batches of how many, over how many connections; SQLite in a temporary home, or a
//! PostgreSQL by URL. Comes out: events a second until the last answer of 202, in all and for each tenth of the way;
//! how long answers took; when all of them were used; processor time and memory of the server. The events come from
//! this process, on the same machine: both share its cores. It starts `candor serve` beside itself and counts what the
//! server says it has, so a figure of lost events would be an error here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use miette::{Context, IntoDiagnostic, Result, miette};
use serde::Serialize;
use serde_json::Value;

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
    server_cpu_seconds: f64,
    server_peak_mib: f64,
    database_mib: Option<f64>,
    fates: Value,
}

/// The server, stopped when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
    let (next, turned_away) = (AtomicU64::new(0), AtomicU64::new(0));
    let done: Mutex<Vec<(f64, f64, u64)>> =
        Mutex::new(Vec::with_capacity(usize::try_from(batches).unwrap_or(0)));
    let began = Instant::now();
    std::thread::scope(|scope| -> Result<()> {
        let mut workers = Vec::new();
        for _ in 0..arguments.connections.max(1) {
            workers.push(scope.spawn(|| -> Result<()> {
                let mut line = Line::open(&server.address, &key)?;
                let mut answers = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= batches {
                        break;
                    }
                    let first = number * arguments.batch;
                    let last = (first + arguments.batch).min(arguments.events);
                    let body = batch(first..last, arguments.customers);
                    let sent = Instant::now();
                    loop {
                        match line.post("/v1/batch", &body)? {
                            (202, _) => break,
                            (429 | 503, _) => {
                                turned_away.fetch_add(1, Ordering::Relaxed);
                                std::thread::sleep(Duration::from_millis(50));
                            }
                            (status, body) => return Err(miette!("the server answered {status}: {body}")),
                        }
                    }
                    answers.push((began.elapsed().as_secs_f64(), sent.elapsed().as_secs_f64(), last - first));
                }
                if let Ok(mut done) = done.lock() {
                    done.append(&mut answers);
                }
                Ok(())
            }));
        }
        for worker in workers {
            worker.join().map_err(|_| miette!("a sender failed"))??;
        }
        Ok(())
    })?;
    let durable_seconds = began.elapsed().as_secs_f64();
    eprintln!("{} events are durable after {durable_seconds:.2} s", arguments.events);
    let mut line = Line::open(&server.address, &key)?;
    loop {
        let (_, body) = line.get("/v1/health")?;
        let health: Value = serde_json::from_str(&body).into_diagnostic()?;
        if health.get("waiting").and_then(Value::as_i64) == Some(0) {
            break;
        }
        if began.elapsed() > PATIENCE {
            return Err(miette!("the events were not used in time: {body}"));
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
    println!(
        "server     {:.2} s of processor time, {:.0} MiB at its peak",
        report.server_cpu_seconds, report.server_peak_mib
    );
    println!("lost       {}", report.lost);
    Ok(())
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

fn serve(mut command: Command) -> Result<Server> {
    let mut child = command.stdout(Stdio::piped()).spawn().into_diagnostic()?;
    let output = child.stdout.take().ok_or_else(|| miette!("candor says nothing"))?;
    for line in BufReader::new(output).lines() {
        let line = line.into_diagnostic()?;
        if let Some((_, rest)) = line.split_once("Candor is at http://") {
            let address = rest.split_whitespace().next().unwrap_or_default().to_owned();
            return Ok(Server { child, address });
        }
    }
    Err(miette!("candor did not start"))
}

/// Processor seconds and peak memory in MiB of a process, as Linux tells them; zero elsewhere.
fn usage(process: u32) -> (f64, f64) {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let stat = read("stat");
    let after = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks: f64 = after.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    let status = read("status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = peak.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0.0);
    (ticks / 100.0, kib / 1024.0)
}

/// A connection that is kept alive.
struct Line {
    stream: BufReader<TcpStream>,
    address: String,
    authorization: String,
}

impl Line {
    fn open(address: &str, key: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).into_diagnostic()?;
        stream.set_nodelay(true).into_diagnostic()?;
        let authorization = format!("Bearer {key}");
        Ok(Self { stream: BufReader::new(stream), address: address.to_owned(), authorization })
    }

    fn post(&mut self, path: &str, body: &str) -> Result<(u16, String)> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.address,
            self.authorization,
            body.len()
        );
        let mut request = head.into_bytes();
        request.extend_from_slice(body.as_bytes());
        self.stream.get_mut().write_all(&request).into_diagnostic()?;
        self.answer()
    }

    fn get(&mut self, path: &str) -> Result<(u16, String)> {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\n\r\n",
            self.address, self.authorization
        );
        self.stream.get_mut().write_all(head.as_bytes()).into_diagnostic()?;
        self.answer()
    }

    fn answer(&mut self) -> Result<(u16, String)> {
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).into_diagnostic()? == 0 {
                return Err(miette!("the server closed the connection"));
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if line.starts_with("HTTP/") {
                status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
            } else if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().into_diagnostic()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).into_diagnostic()?;
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// A batch as an SDK for servers sends it: mostly behaviour, some records, an order in twenty.
fn batch(numbers: std::ops::Range<u64>, customers: u64) -> String {
    use std::fmt::Write as _;
    let mut body = String::with_capacity(48 << 10);
    body.push_str("{\"batch\":[");
    let first = numbers.start;
    for n in numbers {
        // A multiplier of splitmix64: neighbours are about different customers.
        let mixed = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let customer = (mixed >> 20) % customers.max(1);
        let agrees = customer.is_multiple_of(2);
        if n > first {
            body.push(',');
        }
        // Writing to a string cannot fail.
        let _ = write!(
            body,
            "{{\"messageId\":\"node-next-{mixed:016x}-{n:012}\",\"userId\":\"C-{customer:06}\",\"timestamp\":\"2026-03-01T10:{:02}:{:02}.{:03}Z\",\"sentAt\":\"2026-03-01T11:00:00.000Z\",\"context\":{{\"library\":{{\"name\":\"@segment/analytics-node\",\"version\":\"2.2.0\"}},\"consent\":{{\"categoryPreferences\":{{\"Personalization\":{agrees}}}}}}},",
            n / 60_000 % 60,
            n / 1_000 % 60,
            n % 1_000
        );
        let _ = match n % 20 {
            0 => write!(
                body,
                "\"type\":\"track\",\"event\":\"Order Completed\",\"properties\":{{\"order_id\":\"O-{n:010}\",\"total\":{}.{:02},\"currency\":\"EUR\"}}}}",
                mixed % 200,
                mixed % 100
            ),
            1 | 2 => write!(
                body,
                "\"type\":\"identify\",\"traits\":{{\"email\":\"c{customer}@example.com\",\"firstName\":\"Ana\",\"locale\":\"es-ES\",\"country\":\"ES\"}}}}"
            ),
            3..=7 => write!(
                body,
                "\"type\":\"page\",\"name\":\"Product\",\"properties\":{{\"url\":\"https://shop.example/p/{}\",\"title\":\"A product\",\"referrer\":\"https://shop.example/\"}}}}",
                mixed % 5_000
            ),
            _ => write!(
                body,
                "\"type\":\"track\",\"event\":\"Product Viewed\",\"properties\":{{\"product_id\":\"{:08x}\",\"sku\":\"G-{}\",\"name\":\"A product of the shop\",\"price\":{}.99,\"category\":\"Coffee\"}}}}",
                mixed as u32,
                mixed % 977,
                mixed % 60
            ),
        };
    }
    body.push_str("]}");
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_json_with_as_many_events_as_asked_for() {
        let body: Value = serde_json::from_str(&batch(40..140, 50)).unwrap();
        let events = body["batch"].as_array().unwrap();
        assert_eq!(events.len(), 100);
        let ids: std::collections::BTreeSet<&str> =
            events.iter().map(|e| e["messageId"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 100);
        assert_eq!(events.iter().filter(|event| event["event"] == "Order Completed").count(), 5);
    }

    #[test]
    fn tenths_of_an_even_pace_are_alike() {
        let mut answers: Vec<(f64, f64, u64)> =
            (1..=100).map(|at| (f64::from(at) / 10.0, 0.01, 100)).collect();
        let rates = tenths(&mut answers, 10_000);
        assert_eq!(rates.len(), 10);
        assert!(rates.iter().all(|rate| (rate - 1_000.0).abs() < 1.0), "{rates:?}");
    }
}
