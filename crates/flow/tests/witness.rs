//! A ledger and its witness, each in its own program's code: growth is signed and shown, an export is checked by code
//! that shares nothing with ours, and a history that was rewritten is refused with the evidence kept.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it cannot go on")]

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use terms::ledger::{Action, NewEntry};
use terms::person::Actor;
use testkit::TestApp;
use witness::folder::{Problem, Trust, verify};
use witness::keeper::{Keeper, Kind};
use witness::note::Verifier;

struct Watch {
    folder: tempfile::TempDir,
    keeper: Arc<Keeper>,
    address: SocketAddr,
}

/// A witness that knows this ledger, answering on a port of its own.
async fn watch(app: &flow::App) -> Watch {
    let folder = tempfile::tempdir().unwrap();
    Keeper::init(folder.path(), "witness.example/one").unwrap();
    Keeper::add_log(folder.path(), &app.log_key(), None).unwrap();
    let keeper = Arc::new(Keeper::open(folder.path()).unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = witness::server::router(Arc::clone(&keeper));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Watch { folder, keeper, address }
}

const DISARMED: &str = "
    DROP TRIGGER ledger_leaves_unchanged; DROP TRIGGER ledger_leaves_kept; DROP TRIGGER ledger_nodes_kept;
    DROP TRIGGER ledger_payloads_kept; DROP TRIGGER ledger_checkpoints_kept; DROP TRIGGER ledger_head_grows;
    DROP TRIGGER ledger_cosignatures_kept";
const EMPTIED: &str = "
    DELETE FROM ledger_cosignatures; DELETE FROM ledger_checkpoints; DELETE FROM ledger_payloads;
    DELETE FROM ledger_leaves; DELETE FROM ledger_nodes; UPDATE ledger_head SET size = 0, edge = ''";

async fn read_all(app: &flow::App) -> Vec<NewEntry> {
    let filter = store::ledger::EntryFilter { limit: i64::MAX, ..store::ledger::EntryFilter::default() };
    let mut entries = app.store().entries(&filter).await.unwrap();
    entries.reverse();
    entries.into_iter().map(|entry| entry.entry).collect()
}

async fn grow(app: &flow::App, n: i64) {
    let entry = |n: i64| NewEntry {
        at: app.now(),
        actor: Actor::Customer,
        action: Action::OptedOut,
        object: format!("customer/C-{n}"),
        payload: serde_json::json!({ "email": "ana@example.com" }),
    };
    app.store().append_entries(&(0..n).map(entry).collect::<Vec<_>>()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn growth_is_cosigned_exported_and_checked_by_two_other_implementations() {
    let test = TestApp::empty().await;
    let app = &test.app;
    let watch = watch(app).await;
    let url = format!("http://{}", watch.address);
    assert!(app.add_witness(&watch.keeper.verifier(), &url, false, Actor::Operator).await.is_err());
    app.add_witness(&watch.keeper.verifier(), &url, true, Actor::Operator).await.unwrap();
    assert!(app.add_witness(&watch.keeper.verifier(), &url, true, Actor::Operator).await.is_err());
    for n in [1, 300, 7] {
        grow(app, n).await;
        let all = app.ask_witnesses().await.unwrap();
        let size = app.store().ledger_size().await.unwrap();
        assert_eq!((all[0].size, all[0].trouble.as_str()), (Some(size), ""), "{all:?}");
    }
    let found = app.verify_ledger().await.unwrap();
    assert!(found.verified && found.cosigned == 3, "{found:?}");
    let note = app.log_checkpoint().await.unwrap().unwrap();
    assert!(note.contains("\u{2014} witness.example/one "), "{note}");

    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("ledger");
    app.export_ledger(&export).await.unwrap();
    assert!(app.export_ledger(&export).await.is_err(), "what is there is not written over");
    let trust = Trust {
        log: Some(app.log_key().parse().unwrap()),
        witnesses: vec![watch.keeper.verifier().parse().unwrap()],
        seen: vec![note],
    };
    let report = verify(&export, &trust);
    assert!(report.holds() && report.seen == 1 && report.cosigned.len() == 1, "{report:?}");

    // The third implementation: a script from the RFCs alone.
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/ledger/verify.py");
    let python = |export: &std::path::Path| {
        Command::new("python3")
            .arg(script)
            .arg(export)
            .args([app.log_key(), watch.keeper.verifier()])
            .output()
    };
    let Ok(first) = python(&export) else {
        eprintln!("skipped: there is no python3 here");
        return;
    };
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stdout));
    let bundle = export.join("tile/entries/000");
    let mut bytes = std::fs::read(&bundle).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let report = verify(&export, &trust);
    assert!(report.problems.contains(&Problem::Entry(0)), "{report:?}");
    assert_eq!(python(&export).unwrap().status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_rewritten_by_the_operator_verifies_at_home_and_is_refused_by_the_witness() {
    let test = TestApp::empty().await;
    let app = &test.app;
    let watch = watch(app).await;
    let url = format!("http://{}", watch.address);
    app.add_witness(&watch.keeper.verifier(), &url, true, Actor::Operator).await.unwrap();
    grow(app, 40).await;
    assert_eq!(app.ask_witnesses().await.unwrap()[0].trouble, "");
    let signed = watch.keeper.latest(app.log_key().split('+').next().unwrap()).unwrap();
    let own_copy = test.home().join("keys/newest-checkpoint");
    let copy = std::fs::read_to_string(&own_copy).unwrap();

    // With the triggers gone, one row altered: the verifier at home finds it.
    let entries: Vec<NewEntry> = read_all(app).await;
    test.tamper(DISARMED).await;
    test.tamper("UPDATE ledger_leaves SET action = 'installed', leaf = REPLACE(leaf, 'opted_out', 'installed') WHERE seq = 17").await;
    let found = app.verify_ledger().await.unwrap();
    assert!(!found.verified && !found.problems.is_empty(), "{found:?}");

    // Whoever has the database and the ledger's own key can build the whole tree anew, without the row, sign it, and
    // take away what witnesses said of the old one: at home everything holds again.
    test.tamper(EMPTIED).await;
    std::fs::remove_file(&own_copy).unwrap();
    let kept: Vec<NewEntry> =
        entries.into_iter().enumerate().filter(|(at, _)| *at != 17).map(|(_, entry)| entry).collect();
    app.store().append_entries(&kept).await.unwrap();
    let found = app.verify_ledger().await.unwrap();
    assert!(found.verified && found.problems.is_empty(), "the database alone cannot show it: {found:?}");

    // The witness refuses it, keeps both checkpoints, and so does the page.
    grow(app, 3).await;
    let all = app.ask_witnesses().await.unwrap();
    assert!(all[0].refused_at.is_some(), "{all:?}");
    let alarms = Keeper::open(watch.folder.path()).unwrap().alarms().unwrap();
    assert_eq!(alarms.len(), 1);
    let log: Verifier = app.log_key().parse().unwrap();
    assert_eq!((alarms[0].kind, &alarms[0].cosigned), (Kind::Unproven, &signed));
    assert!(log.signed(&alarms[0].offered.parse().unwrap()), "the log's own signature is the evidence");
    let refused = app.ledger("witness_refused", None).await.unwrap();
    assert_eq!(refused.lines.len(), 1);

    // And so does everybody who kept a checkpoint, at home or with an export.
    let report = app.store().verify_ledger(&app.log_key(), std::slice::from_ref(&copy)).await.unwrap();
    assert!(
        report.problems.iter().any(|problem| matches!(problem, store::ledger::Problem::Fork(_))),
        "{report:?}"
    );
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("ledger");
    app.export_ledger(&export).await.unwrap();
    let witnesses = vec![watch.keeper.verifier().parse().unwrap()];
    let report = verify(&export, &Trust { log: Some(log), witnesses, seen: vec![copy] });
    let forked = report.problems.iter().any(|problem| matches!(problem, Problem::Fork(_)));
    assert!(
        forked && report.problems.contains(&Problem::Cosignature("witness.example/one".to_owned())),
        "{report:?}"
    );
}
