//! A backup, an erasure, and the backup back in: whoever was erased stays erased, and nothing of the rest is lost.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it cannot go on")]

use flow::clock::Clock;
use flow::{App, Opening};
use terms::erasure::ErasureCause;
use terms::ids::CustomerKey;
use terms::person::Role;
use testkit::TestApp;

async fn reopened(kit: &TestApp, restoring: bool) -> flow::Result<App> {
    let home = kit.home();
    let opening =
        Opening { home: &home, database_url: None, smtp_url: None, clock: Clock::at(kit.app.now()) };
    if restoring { App::open_for_restore(opening).await } else { App::open(opening).await }
}

/// An installation with a campaign sent, a backup of it, somebody erased after that and somebody not.
async fn backed_up() -> (TestApp, std::path::PathBuf, CustomerKey, CustomerKey) {
    let kit = TestApp::with_customers(80).await;
    let campaign = kit.approved("Back", "everyone").await;
    let approver = kit.person(Role::Approver).await;
    kit.app.launch_campaign(&approver, campaign).await.unwrap();
    kit.work_for_a_day().await;
    let sent = Some(terms::delivery::DeliveryState::Sent);
    let sent = kit.app.store().messages_of_campaign(campaign, sent, 2, 0).await.unwrap();
    let (gone, kept) = (sent[0].customer.clone(), sent[1].customer.clone());
    let file = kit.home().join("backup.candor");
    let done = kit.app.back_up(&file).await.unwrap();
    assert!(done.sealed > 500 && done.owners >= 80 && done.erased == 0, "{done:?}");
    kit.app.erase_customer(&gone, ErasureCause::Request).await.unwrap();
    (kit, file, gone, kept)
}

/// Everything of somebody but what a restore itself adds.
async fn known(app: &App, key: &CustomerKey) -> Vec<(&'static str, Vec<serde_json::Value>)> {
    app.scan(key).await.unwrap().parts.into_iter().map(|part| (part.place, part.rows)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_installation_comes_back_without_whom_was_erased_after_the_backup() {
    let (kit, file, gone, kept) = backed_up().await;
    let before = known(&kit.app, &kept).await;
    let size = kit.app.store().ledger_size().await.unwrap();
    // The disk is lost, but for the keys and the backup.
    kit.app.store().close().await;
    for entry in std::fs::read_dir(kit.home()).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.file_name().unwrap().to_str().unwrap() {
            "keys" | "backup.candor" => {}
            _ if entry.is_dir() => std::fs::remove_dir_all(&entry).unwrap(),
            _ => std::fs::remove_file(&entry).unwrap(),
        }
    }
    let app = reopened(&kit, true).await.unwrap();
    let done = app.restore(&file).await.unwrap();
    assert!(done.lost && done.ledger_verified && done.unreadable > 5 && done.erased_again == 0, "{done:?}");
    assert!(done.ledger_lost > 0 && done.ledger_in_backup < size, "{done:?}");
    assert_eq!(known(&app, &kept).await, before);
    assert_eq!(app.scan(&gone).await.unwrap().rows(), 0);
    assert!(app.store().is_erased(&gone).await.unwrap());
    let entries = app.ledger("restored", None).await.unwrap();
    assert!(entries.lines[0].payload.contains("entries_lost"), "{}", entries.lines[0].payload);
    // The same backup into what is there now changes nothing any more.
    let again = app.restore(&file).await.unwrap();
    assert!(!again.lost && again.rows.added < done.rows.added && again.ledger_verified, "{again:?}");
    assert_eq!(known(&app, &kept).await, before);
    assert!(reopened(&kit, false).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_takes_back_no_opt_out_and_no_ledger_entry() {
    let (kit, file, gone, kept) = backed_up().await;
    let customer = kit.app.store().customer(&kept).await.unwrap();
    let message = kit.app.store().messages_of_customer(&kept, 1).await.unwrap()[0].id;
    let [_, _, stop] = kit.app.customer_links(message).unwrap();
    kit.app.unsubscribe(&stop, flow::OptOutSource::Page).await.unwrap();
    kit.app.store().restrict_customer(&kept).await.unwrap();
    let size = kit.app.store().ledger_size().await.unwrap();
    // Somebody garbles the records, and wants them back.
    let garbled = terms::customer::Customer { first_name: Some("Garbled".to_owned()), ..customer.clone() };
    kit.app.store().put_customers(&[garbled]).await.unwrap();
    let done = kit.app.restore(&file).await.unwrap();
    assert!(!done.lost && done.ledger_verified && done.ledger_lost == 0, "{done:?}");
    let now = kit.app.store().customer(&kept).await.unwrap();
    assert_eq!((now.first_name, now.restricted), (customer.first_name, true));
    assert!(kit.app.store().suppression(Some(&kept), None).await.unwrap().is_some());
    let receipts = kit.app.store().consent_history(&kept).await.unwrap();
    assert_eq!(receipts.last().unwrap().status, terms::consent::ConsentStatus::Withdrawn);
    assert!(kit.app.store().ledger_size().await.unwrap() > size);
    assert_eq!(kit.app.scan(&gone).await.unwrap().rows(), 0);
    // The rules of the schema hold again.
    assert!(kit.app.store().begin().await.unwrap().erase_rows_of(&consents(), &kept, None).await.is_err());
}

fn consents() -> store::places::Table {
    *store::places::TABLES.iter().find(|table| table.name == "consents").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_opens_an_installation_whose_restore_was_cut_off() {
    let (kit, file, ..) = backed_up().await;
    std::fs::write(kit.home().join("keys/restoring"), "{\"lost\":false}").unwrap();
    assert!(reopened(&kit, false).await.is_err());
    kit.app.restore(&file).await.unwrap();
    assert!(reopened(&kit, false).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_or_one_of_other_keys_changes_nothing() {
    let (kit, file, _, kept) = backed_up().await;
    let before = known(&kit.app, &kept).await;
    let whole = std::fs::read(&file).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    for bytes in [&changed[..], &whole[..whole.len() - 100], b"nonsense"] {
        std::fs::write(&file, bytes).unwrap();
        assert!(kit.app.restore(&file).await.is_err());
    }
    std::fs::write(&file, &whole).unwrap();
    // Keys that no erasure destroyed are missing: that is another keys folder, not an erasure.
    std::fs::write(kit.home().join("keys/customers"), b"").unwrap();
    assert!(kit.app.restore(&file).await.unwrap_err().to_string().contains("keys folder"));
    assert!(!kit.home().join("keys/restoring").exists());
    assert_eq!(known(&kit.app, &kept).await, before);
}
