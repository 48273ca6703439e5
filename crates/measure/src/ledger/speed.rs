//! Entries that become durable in a second: each batch is a transaction of its own, committed (SQLite:
//! `synchronous=FULL`, one fsync a commit; PostgreSQL: as its server is set up) before the next one begins.

#![expect(clippy::indexing_slicing, reason = "halves of a whole")]

use super::export::entry;
use miette::IntoDiagnostic;
use serde::Serialize;
use store::Store;
use terms::ledger::NewEntry;

/// One size of batch.
#[derive(Serialize)]
pub(crate) struct Appended {
    database: String,
    batch: usize,
    entries: u64,
    per_second: f64,
    /// The same for the second half, which goes into a ledger that is as long as the first half already.
    second_half_per_second: f64,
    cpu_seconds: f64,
    /// Entries in the ledger afterwards.
    size: u64,
}

impl Appended {
    pub(crate) fn words(&self) -> String {
        format!(
            "{}: {} entries in transactions of {}: {:.0} entries/s, {:.0} in the second half; {:.2} CPU s; {} in the ledger",
            self.database,
            self.entries,
            self.batch,
            self.per_second,
            self.second_half_per_second,
            self.cpu_seconds,
            self.size
        )
    }
}

pub(crate) async fn run(url: Option<&str>, entries: u64, batches: &[usize]) -> miette::Result<Vec<Appended>> {
    let folder = tempfile::tempdir().into_diagnostic()?;
    let path = folder.path().join("candor.db").to_string_lossy().into_owned();
    let store = Store::open(url.unwrap_or(&path)).await.into_diagnostic()?;
    let all: Vec<NewEntry> = (0..entries).map(entry).collect();
    let mut appended = Vec::new();
    for batch in batches {
        let cpu = crate::process::cpu_seconds();
        let mut seconds = [0.0; 2];
        let middle = all.len() / 2;
        for (half, time) in [&all[..middle], &all[middle..]].into_iter().zip(&mut seconds) {
            let began = std::time::Instant::now();
            for some in half.chunks((*batch).max(1)) {
                store.append_entries(some).await.into_diagnostic()?;
            }
            *time = began.elapsed().as_secs_f64();
        }
        appended.push(Appended {
            database: format!("{:?}", store.kind()),
            batch: *batch,
            entries,
            per_second: entries as f64 / seconds.iter().sum::<f64>(),
            second_half_per_second: (all.len() - middle) as f64 / seconds[1],
            cpu_seconds: crate::process::cpu_seconds() - cpu,
            size: store.ledger_size().await.into_diagnostic()?,
        });
    }
    Ok(appended)
}
