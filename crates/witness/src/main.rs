//! `candor-witness`: keeps a key, cosigns what only grew, raises alarms, and checks exported ledgers.
//!
//! Deliberately absent: anything that is decided; that is the library's.

#![allow(clippy::print_stdout, reason = "a command's answer goes to standard output")]

use clap::{Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use witness::folder::{Trust, verify};
use witness::keeper::Keeper;
use witness::note::Verifier;
use witness::{pull, server};

#[derive(Debug, Parser)]
#[command(
    name = "candor-witness",
    version,
    about = "Cosigns ledgers that only grow, and keeps evidence of those that do not"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one, for as long as the program runs")]
enum Command {
    /// Make a witness: a fresh key in a folder that only you can read
    Init {
        /// Folder of the witness
        folder: PathBuf,
        /// Its name, such as witness.example.org/candor: one word that nobody else uses
        #[arg(long)]
        name: String,
    },
    /// Take on a log
    Add {
        /// Folder of the witness
        folder: PathBuf,
        /// The log's key, as `candor ledger witness key` shows it
        key: String,
        /// Where the log is served, such as https://crm.example.org/log: it is then looked at, too, not only listened to
        #[arg(long)]
        url: Option<String>,
    },
    /// Answer logs that send their checkpoints, and look at those that have an address
    Serve {
        /// Folder of the witness
        folder: PathBuf,
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:7171")]
        listen: SocketAddr,
        /// Seconds between two looks
        #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
        every: u64,
    },
    /// Look once at every log that has an address; ends with 1 when one was not cosigned
    Look {
        /// Folder of the witness
        folder: PathBuf,
    },
    /// Show the key, and what was cosigned when; ends with 1 when there are alarms
    Status {
        /// Folder of the witness
        folder: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the alarms, with both checkpoints of each
    Alarms {
        /// Folder of the witness
        folder: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the latest checkpoint that was cosigned of a log, to be kept or compared
    Latest {
        /// Folder of the witness
        folder: PathBuf,
        /// The log's name
        log: String,
    },
    /// Check a ledger exported with `candor ledger export`; ends with 1 when something is wrong
    Verify {
        /// Folder of the ledger
        folder: PathBuf,
        /// The log's key, from where you trust it
        #[arg(long, value_name = "KEY")]
        log_key: Option<Verifier>,
        /// The key of a witness who must have cosigned
        #[arg(long, value_name = "KEY")]
        witness_key: Vec<Verifier>,
        /// A file with a checkpoint that was seen before, such as `candor-witness latest` prints
        #[arg(long, value_name = "FILE")]
        seen: Vec<PathBuf>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Init { folder, name } => {
            println!("{}", Keeper::init(&folder, &name)?.verifier());
            Ok(ExitCode::SUCCESS)
        }
        Command::Add { folder, key, url } => {
            // A folder without a key would be a witness that cannot sign.
            Keeper::open(&folder)?;
            println!("{}", Keeper::add_log(&folder, &key, url.as_deref())?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve { folder, listen, every } => serve(Keeper::open(&folder)?, listen, every),
        Command::Look { folder } => {
            let words = pull::look_at_all(&Keeper::open(&folder)?, server::now());
            words.iter().for_each(|line| println!("{line}"));
            Ok(if words.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Status { folder, json } => status(&Keeper::open(&folder)?, json),
        Command::Alarms { folder, json } => alarms(&Keeper::open(&folder)?, json),
        Command::Latest { folder, log } => match Keeper::open(&folder)?.latest(&log) {
            Some(note) => {
                print!("{note}");
                Ok(ExitCode::SUCCESS)
            }
            None => Err(format!("nothing of `{log}` was cosigned yet").into()),
        },
        Command::Verify { folder, log_key, witness_key, seen, json } => {
            let own = log_key.is_none();
            let mut trust = if own { Trust::of_folder(&folder) } else { Trust::default() };
            trust.log = log_key.or(trust.log);
            trust.witnesses.extend(witness_key);
            for path in &seen {
                trust.seen.push(std::fs::read_to_string(path)?);
            }
            Ok(check(&folder, &trust, own, json))
        }
    }
}

fn serve(keeper: Keeper, listen: SocketAddr, every: u64) -> Result<ExitCode, Failure> {
    let keeper = Arc::new(keeper);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        println!("{}", keeper.verifier());
        println!("listening on http://{}", listener.local_addr()?);
        let watcher = Arc::clone(&keeper);
        tokio::spawn(async move {
            loop {
                let keeper = Arc::clone(&watcher);
                let looked = tokio::task::spawn_blocking(move || pull::look_at_all(&keeper, server::now()));
                looked.await.unwrap_or_default().iter().for_each(|line| eprintln!("{line}"));
                tokio::time::sleep(Duration::from_secs(every)).await;
            }
        });
        let stop = async { drop(tokio::signal::ctrl_c().await) };
        axum::serve(listener, server::router(keeper)).with_graceful_shutdown(stop).await?;
        Ok(ExitCode::SUCCESS)
    })
}

fn status(keeper: &Keeper, json: bool) -> Result<ExitCode, Failure> {
    let logs = keeper.status()?;
    if json {
        println!("{}", serde_json::json!({ "key": keeper.verifier(), "logs": logs }));
    } else {
        println!("{}", keeper.verifier());
        for log in &logs {
            let seen = match log.cosigned_at {
                Some(at) => format!("{} entries, {} seconds ago", log.size, server::now().saturating_sub(at)),
                None => "nothing cosigned yet".to_owned(),
            };
            println!("{}  {seen}  {} alarms", log.origin, log.alarms);
        }
    }
    let calm = logs.iter().all(|log| log.alarms == 0);
    Ok(if calm { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn alarms(keeper: &Keeper, json: bool) -> Result<ExitCode, Failure> {
    let alarms = keeper.alarms()?;
    if json {
        println!("{}", serde_json::to_string_pretty(&alarms)?);
    } else {
        for alarm in &alarms {
            println!("{} (at {}): {}", alarm.origin, alarm.at, alarm.kind.words());
            println!("cosigned before:\n{}\noffered:\n{}", alarm.cosigned, alarm.offered);
        }
    }
    Ok(if alarms.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(folder: &PathBuf, trust: &Trust, own: bool, json: bool) -> ExitCode {
    let report = verify(folder, trust);
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    if json {
        let view = serde_json::json!({
            "log": report.origin, "size": report.size, "entries": report.entries, "holds": report.holds(),
            "root": witness::note::write_hash(&report.root), "keys_from_folder": own, "cosigned": report.cosigned,
            "seen_before": report.seen, "found": report.found, "problems": problems,
        });
        println!("{view}");
    } else {
        println!("{}: {} of {} entries read", report.origin, report.entries, report.size);
        for (name, time) in &report.cosigned {
            println!("cosigned by {name} at {time}");
        }
        problems.iter().for_each(|problem| println!("  {problem}"));
        if own {
            println!("the keys are those in the folder: this shows that it is whole, not whose it is");
        }
        println!("{}", if report.holds() { "the ledger holds" } else { "the ledger does not hold" });
    }
    if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
