//! `measure erasure`: whether anything is left of who was erased, byte by byte.
//!
//! Goes in: how many made-up customers, perhaps an empty PostgreSQL database. Comes out: what was searched and found; it
//! fails when something of somebody erased was found, or when the search did not find everybody else.

use miette::{IntoDiagnostic, miette};
use serde::Serialize;
use testkit::TestApp;
use testkit::canary::{Proof, prove};

use crate::process::cpu_seconds;

/// What to prove it on.
#[derive(Debug, clap::Args)]
pub(crate) struct ErasureArgs {
    /// Customers to plant; half of them are erased.
    #[arg(long, default_value_t = 1_000)]
    subjects: usize,
    /// What the words are made from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// An empty PostgreSQL database to use instead of SQLite.
    #[arg(long)]
    database_url: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    proof: Proof,
    seconds: f64,
    cpu_seconds: f64,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(crate) fn run(arguments: &ErasureArgs) -> miette::Result<()> {
    let began = std::time::Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().into_diagnostic()?;
    let url = arguments.database_url.as_deref();
    let proof = runtime.block_on(async {
        let kit = match url {
            Some(url) => TestApp::on_postgres(url, 0).await,
            None => TestApp::empty().await,
        };
        prove(&kit, url, arguments.subjects, arguments.seed).await
    });
    let report = Report { proof, seconds: began.elapsed().as_secs_f64(), cpu_seconds: cpu_seconds() };
    let proof = &report.proof;
    if arguments.json {
        println!("{}", serde_json::to_string(&report).into_diagnostic()?);
    } else {
        println!(
            "{} of {} erased; {} places and {} bytes searched; {} hits of the erased, {} of the others found; {:.1} s",
            proof.erased,
            proof.subjects,
            proof.files_scanned,
            proof.bytes_scanned,
            proof.hits_erased,
            proof.subjects_kept_found,
            report.seconds,
        );
    }
    for hit in proof.hits.iter().take(20) {
        eprintln!("left: {} as {} in {}", hit.field, hit.form, hit.place);
    }
    let blind = proof.subjects_kept_found != proof.subjects - proof.erased;
    if proof.hits_erased > 0 || blind || !proof.holds {
        return Err(miette!("erasure is not complete, or the search is blind"));
    }
    Ok(())
}
