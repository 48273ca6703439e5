//! kill -9 in mid-erasure and in mid-restore: a real process, killed again and again. What was begun ends by itself, of
//! the erased no byte is left, and of the others nothing is missing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it cannot go on")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use flow::clock::Clock;
use flow::{App, Opening};
use terms::erasure::ErasureCause;
use terms::ids::CustomerKey;
use terms::time::Instant;
use testkit::TestApp;
use testkit::canary::{Subject, plant, scan};

const SUBJECTS: usize = 24;
const KILLS: u64 = 12;

fn opening(home: &Path, now: Instant) -> Opening<'_> {
    Opening { home, database_url: None, smtp_url: None, clock: Clock::at(now) }
}

/// Not tests of their own: the processes that are killed.
fn told() -> Option<(String, Instant, String)> {
    let home = std::env::var("CANDOR_KILL_HOME").ok()?;
    let now = std::env::var("CANDOR_KILL_NOW").ok()?.parse().ok()?;
    Some((home, Instant(now), std::env::var("CANDOR_KILL_WHAT").ok()?))
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_process() {
    let Some((home, now, keys)) = told() else { return };
    let app = App::open(opening(Path::new(&home), now)).await.unwrap();
    for key in keys.split(' ') {
        app.erase_customer(&CustomerKey::new(key), ErasureCause::Request).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_process() {
    let Some((home, now, backup)) = told() else { return };
    let app = App::open_for_restore(opening(Path::new(&home), now)).await.unwrap();
    app.restore(Path::new(&backup)).await.unwrap();
}

fn process(name: &str, home: &Path, now: Instant, what: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact"])
        .env("CANDOR_KILL_HOME", home)
        .env("CANDOR_KILL_NOW", now.0.to_string())
        .env("CANDOR_KILL_WHAT", what)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a process run so long and kills it; whether it was still at work.
fn killed_after(mut child: Child, time: Duration) -> bool {
    std::thread::sleep(time);
    let working = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    working
}

/// How much there is of somebody, by place. Rejected lines and archives for download are not in a backup: both can be
/// made again.
async fn known(app: &App, key: &CustomerKey) -> Vec<(&'static str, usize)> {
    let parts = app.scan(key).await.unwrap().parts.into_iter();
    let backed_up = parts.filter(|part| !["rejects", "exports"].contains(&part.place));
    backed_up.map(|part| (part.place, part.rows.len())).collect()
}

fn hits(home: &Path, all: &[Subject], of: &[&Subject]) -> Vec<String> {
    let found = scan(home, all);
    let hits = found.hits.iter().filter(|hit| of.iter().any(|subject| subject.number == hit.subject));
    hits.map(|hit| format!("{} as {} in {}", hit.field, hit.form, hit.place)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_killed_at_any_moment_ends_by_itself_and_leaves_nothing() {
    let kit = TestApp::empty().await;
    let all = plant(&kit, SUBJECTS, 21).await;
    let (gone, kept): (Vec<&Subject>, Vec<&Subject>) =
        all.iter().partition(|subject| subject.number % 2 == 0);
    let (home, now) = (kit.home(), kit.app.now());
    kit.app.store().close().await;

    let mut in_the_middle = 0;
    for round in 0..KILLS {
        // One person a round, so that every round has something to do; a different moment each time.
        let key = gone[usize::try_from(round).unwrap() % gone.len()].key.as_str();
        let child = process("erasing_process", &home, now, key);
        killed_after(child, Duration::from_millis(60 + 35 * round));
        let app = App::open_for_restore(opening(&home, now)).await.unwrap();
        in_the_middle += usize::from(!app.store().open_erasures().await.unwrap().is_empty());
        app.store().close().await;
    }
    assert!(in_the_middle >= 2, "{in_the_middle} kills fell into an erasure");

    // Nobody asks again: what was begun is finished by whoever works next.
    let app = App::open(opening(&home, now)).await.unwrap();
    app.recover("w").await.unwrap();
    app.clock().set(now.plus_hours(1));
    app.work_until_idle("w").await.unwrap();
    assert!(app.store().open_erasures().await.unwrap().is_empty());
    for subject in &gone {
        app.erase_customer(&subject.key, ErasureCause::Request).await.unwrap();
        assert_eq!(app.scan(&subject.key).await.unwrap().rows(), 0);
    }
    assert!(app.verify_ledger().await.unwrap().verified);
    app.store().close().await;
    assert_eq!(hits(&home, &all, &gone), Vec::<String>::new());
    for subject in kept {
        assert!(!hits(&home, &all, &[subject]).is_empty(), "{} is gone too", subject.number);
    }
    eprintln!("{in_the_middle} of {KILLS} kills fell into an erasure");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_killed_at_any_moment_opens_to_nobody_until_it_is_finished_and_brings_no_erased_back() {
    let kit = TestApp::empty().await;
    let all = plant(&kit, SUBJECTS, 22).await;
    let (gone, kept): (Vec<&Subject>, Vec<&Subject>) =
        all.iter().partition(|subject| subject.number % 2 == 0);
    let (home, now) = (kit.home(), kit.app.now());
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.candor");
    kit.app.back_up(&backup).await.unwrap();
    let keys: Vec<CustomerKey> = gone.iter().map(|subject| subject.key.clone()).collect();
    kit.app.erase_customers(&keys, ErasureCause::Request).await.unwrap();
    let mut before = Vec::new();
    for subject in &kept {
        before.push(known(&kit.app, &subject.key).await);
    }
    kit.app.store().close().await;
    // The disk is lost, but for the keys.
    for entry in std::fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.file_name().unwrap().to_str().unwrap() {
            "keys" => {}
            _ if entry.is_dir() => std::fs::remove_dir_all(&entry).unwrap(),
            _ => std::fs::remove_file(&entry).unwrap(),
        }
    }
    let marker = home.join("keys").join("restoring");
    let mut refused = 0;
    for round in 0..KILLS {
        let mut child = process("restoring_process", &home, now, backup.to_str().unwrap());
        for _ in 0..10_000 {
            if marker.exists() || child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        // At a different moment each time: rows, purchases, copies, the erasures again, the clearing.
        killed_after(child, Duration::from_millis(25 * round));
        if marker.exists() {
            assert!(App::open(opening(&home, now)).await.is_err(), "half a restore opens");
            refused += 1;
        }
    }
    assert!(refused >= 2, "{refused} kills fell into the restore");
    assert!(process("restoring_process", &home, now, backup.to_str().unwrap()).wait().unwrap().success());

    let app = App::open(opening(&home, now)).await.unwrap();
    assert!(app.verify_ledger().await.unwrap().verified);
    for (subject, before) in kept.iter().zip(before) {
        assert_eq!(known(&app, &subject.key).await, before, "subject {}", subject.number);
    }
    for subject in &gone {
        assert_eq!(app.scan(&subject.key).await.unwrap().rows(), 0);
        assert!(app.store().is_erased(&subject.key).await.unwrap());
    }
    app.store().close().await;
    assert_eq!(hits(&home, &all, &gone), Vec::<String>::new(), "in the restored home");
    // The backup itself holds them sealed, and the keys are destroyed.
    assert_eq!(hits(folder.path(), &all, &gone), Vec::<String>::new(), "in the backup");
    eprintln!("{refused} of {KILLS} kills fell into the restore");
}
