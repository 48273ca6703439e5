//! What the program writes to its log names nobody, however much it is asked to say.
#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use terms::erasure::ErasureCause;
use testkit::TestApp;
use testkit::canary::{plant, scan};
use tracing_subscriber::filter::LevelFilter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_finest_level_the_log_holds_no_word_of_any_customer() {
    let log = Log::default();
    let written = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || written.clone())
        .with_ansi(false)
        .init();
    let kit = TestApp::empty().await;
    // Sign-ups, imports, events, sealed attributes, a campaign, its answers and requests.
    let all = plant(&kit, 16, 31).await;
    kit.app.erase_customer(&all.first().unwrap().key, ErasureCause::Request).await.unwrap();
    kit.app.store().close().await;

    let text = log.0.lock().unwrap().clone();
    let lines = text.iter().filter(|byte| **byte == b'\n').count();
    assert!(lines > 1_000, "{lines} lines: nothing was logged, so nothing was tried");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("log"), &text).unwrap();
    let found = scan(folder.path(), &all);
    let hits: Vec<_> = found.hits.iter().map(|hit| (hit.field, hit.form)).collect();
    assert!(hits.is_empty(), "{hits:?}");
    // The search itself is not blind: the home does hold them.
    assert!(!scan(&kit.home(), &all).hits.is_empty());
}
