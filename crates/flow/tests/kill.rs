//! kill -9 in mid-campaign: the worker is a real process, killed while it hands messages over, again and again, until
//! the campaign is complete. Nobody gets a message twice, and nobody is forgotten.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::collections::HashSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use flow::clock::Clock;
use flow::{App, Opening};
use terms::campaign::CampaignState;
use terms::delivery::DeliveryState;
use terms::person::Role;
use terms::time::Instant;
use testkit::TestApp;

/// Kills before the worker is left alone.
const KILLS: usize = 15;

async fn open(home: &Path, now: Instant) -> App {
    App::open(Opening { home, database_url: None, smtp_url: None, clock: Clock::at(now) }).await.unwrap()
}

/// Not a test of its own: the process that is killed. It works on the clock it is given, so that the campaign's hours
/// do not depend on when the test runs.
#[tokio::test(flavor = "multi_thread")]
async fn worker_process() {
    let (Ok(home), Ok(now)) = (std::env::var("CANDOR_KILL_HOME"), std::env::var("CANDOR_KILL_NOW")) else {
        return;
    };
    let app = open(Path::new(&home), Instant(now.parse().unwrap())).await;
    app.recover("w").await.unwrap();
    for _ in 0..9 {
        app.work_until_idle("w").await.unwrap();
        // Retries and other time zones: later the same day.
        app.clock().set(app.now().plus_hours(3));
    }
}

fn worker(home: &Path, now: Instant) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["worker_process", "--exact"])
        .env("CANDOR_KILL_HOME", home)
        .env("CANDOR_KILL_NOW", now.0.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_in_mid_campaign_loses_and_doubles_nothing() {
    let kit = TestApp::with_customers(1_500).await;
    kit.one_approver_is_enough().await;
    let id = kit.approved("Everybody", "known_days >= 0").await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    let planned = kit.app.store().funnel(id).await.unwrap().planned();
    assert!(planned > 600, "{planned}");
    let (home, now) = (kit.home(), kit.app.now());
    kit.app.store().close().await;

    let outbox = home.join("outbox");
    let mails = || -> i64 {
        let is_mail = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.unwrap().path().extension().is_some_and(|extension| extension == "eml")
        };
        std::fs::read_dir(&outbox).unwrap().filter_map(|entry| is_mail(entry).then_some(())).count() as i64
    };
    let mut in_the_middle = 0;
    for round in 0..KILLS {
        let before = mails();
        let mut process = worker(&home, now);
        for _ in 0..2_000 {
            std::thread::sleep(Duration::from_millis(5));
            if mails() > before || process.try_wait().unwrap().is_some() {
                break;
            }
        }
        // At a different moment each time: while handing over, while recording the replies, while claiming.
        std::thread::sleep(Duration::from_millis(7 * round as u64));
        process.kill().unwrap();
        process.wait().unwrap();
        in_the_middle += usize::from(mails() > before && mails() < planned);
    }
    assert!(in_the_middle >= 3, "{in_the_middle} kills hit the sending");
    assert!(worker(&home, now).wait().unwrap().success());

    let app = open(&home, now).await;
    let funnel = app.store().funnel(id).await.unwrap();
    eprintln!("{in_the_middle} kills in mid-sending, {planned} planned, {:?}", funnel.states);
    assert_eq!(funnel.state(DeliveryState::InDoubt), 0, "an outbox folder always knows");
    let held = funnel.state(DeliveryState::Suppressed) + funnel.state(DeliveryState::Failed);
    assert_eq!(funnel.state(DeliveryState::Sent) + held, planned, "nobody is lost: {funnel:?}");
    assert_eq!(funnel.state(DeliveryState::Sent), mails(), "the table says what left the house: {funnel:?}");
    let sent = app.store().messages_of_campaign(id, Some(DeliveryState::Sent), 10_000, 0).await.unwrap();
    let people: HashSet<_> = sent.iter().map(|message| message.customer.clone()).collect();
    assert_eq!(people.len(), sent.len(), "nobody got it twice");
    assert_eq!(app.store().campaign(id).await.unwrap().state, CampaignState::Completed);
    assert!(app.verify_ledger().await.unwrap().verified);
}
