//! `measure race`: customers who withdraw while their campaign is being sent.
//!
//! Goes in: how many withdraw, how many workers, perhaps a PostgreSQL database that is empty. Comes out: attempts
//! committed after the withdrawal of the same customer, which must be none, and the time from a withdrawal to its stop.

use measure::proof::race::{Race, Raced, run as race};
use miette::{IntoDiagnostic, miette};

/// What to race.
#[derive(Debug, clap::Args)]
pub(crate) struct RaceArgs {
    /// Customers who withdraw.
    #[arg(long, default_value_t = 10_000)]
    withdrawals: usize,
    /// Workers that deliver.
    #[arg(long, default_value_t = 3)]
    workers: usize,
    /// Customers who withdraw at the same time.
    #[arg(long, default_value_t = 4)]
    at_once: usize,
    /// An empty PostgreSQL database to use instead of SQLite.
    #[arg(long)]
    database_url: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &RaceArgs) -> miette::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().into_diagnostic()?;
    let what = Race {
        withdrawals: arguments.withdrawals,
        workers: arguments.workers,
        customers_at_once: arguments.at_once,
        database_url: arguments.database_url.clone(),
    };
    let raced = runtime.block_on(race(&what)).into_diagnostic()?;
    print(&raced, arguments.json)?;
    match raced.attempts_after_withdrawal {
        0 => Ok(()),
        late => Err(miette!("{late} attempts were committed after the customer's withdrawal")),
    }
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
fn print(raced: &Raced, json: bool) -> miette::Result<()> {
    if json {
        println!("{}", serde_json::to_string(raced).into_diagnostic()?);
        return Ok(());
    }
    println!(
        "{}: {} withdrew, {} attempts after a withdrawal, {} before, {} held back, {} sent",
        raced.database,
        raced.withdrawals,
        raced.attempts_after_withdrawal,
        raced.attempts_before_withdrawal,
        raced.held,
        raced.sent,
    );
    println!(
        "from withdrawal to stop: p50 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms; {:.1} s in all",
        raced.stop_p50_ms, raced.stop_p99_ms, raced.stop_max_ms, raced.elapsed_seconds,
    );
    Ok(())
}
