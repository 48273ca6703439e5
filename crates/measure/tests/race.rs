//! Withdrawals that race a live campaign, at a size for every build.

#![expect(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

mod common;

use measure::proof::race::{Race, run};

async fn race(database_url: Option<String>) {
    let what = Race { withdrawals: 500, workers: 3, customers_at_once: 4, database_url };
    let raced = run(&what).await.unwrap();
    eprintln!("{raced:?}");
    assert_eq!(raced.attempts_after_withdrawal, 0);
    assert_eq!(raced.withdrawals, 500, "everybody was answered");
    assert_eq!(raced.attempts_before_withdrawal + raced.held, 500, "in time or too late");
    // A race that one side always wins shows nothing.
    assert!(raced.held > 50 && raced.attempts_before_withdrawal > 50, "{raced:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_begins_after_a_withdrawal_on_sqlite() {
    race(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_begins_after_a_withdrawal_on_postgresql() {
    let Some(database) = common::database("race").await else { return };
    race(Some(database.url.clone())).await;
    database.drop().await;
}
