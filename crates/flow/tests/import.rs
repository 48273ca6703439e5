//! Files in, seen from outside: what is new is counted, what was wrong is undone, and one rule gives the currency.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may fail loudly")]

use std::path::PathBuf;

use lake::import::{CurrencyFrom, Options, Outcome};
use lake::layout::WhichImport;
use store::ledger::EntryFilter;
use terms::ledger::Action;
use testkit::TestApp;

fn file(kit: &TestApp, name: &str, text: &str) -> PathBuf {
    let path = kit.home().with_file_name(name);
    std::fs::write(&path, text).unwrap();
    path
}

const PEOPLE: &str = "clave;correo;nombre\n1;anna@example.com;Anna\n2;ben@example.com;Ben\n3;;Carl\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_and_what_is_changed_is_counted_alike_by_preview_and_import() {
    let kit = TestApp::empty().await;
    let changed = "clave;correo;nombre\n1;anna@example.org;Anna\n2;ben@example.com;Ben\n4;;Dora\n4;;Doris\n";
    for (text, rows, added, changed, repeated) in
        [(PEOPLE, 3, 3, 0, 0), (PEOPLE, 3, 0, 0, 0), (changed, 4, 1, 1, 1), (changed, 4, 0, 0, 1)]
    {
        let path = file(&kit, "people.csv", text);
        let seen = kit.app.preview_customers(&path, Options::default()).await.unwrap();
        let done = kit.app.import_customers(&path, Options::default(), |_| {}).await.unwrap();
        assert_eq!((done.rows, done.added, done.changed, done.repeated), (rows, added, changed, repeated));
        assert_eq!((seen.rows, seen.added, seen.changed, seen.repeated), (rows, added, changed, repeated));
    }
    let fourth = kit.app.store().customer(&terms::ids::CustomerKey::new("4")).await.unwrap();
    assert_eq!(fourth.first_name.as_deref(), Some("Doris"), "the last of two rows counts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_languages_and_dates_leaves_those_that_are_known() {
    let kit = TestApp::empty().await;
    let whole = "key,email,locale,known_since\n1,anna@example.com,es-ES,2025-02-03\n";
    kit.app.import_customers(&file(&kit, "whole.csv", whole), Options::default(), |_| {}).await.unwrap();
    let thin = file(&kit, "thin.csv", "key,first_name\n1,Anna\n2,Ben\n");
    kit.app.import_customers(&thin, Options::default(), |_| {}).await.unwrap();
    let customer = |key: &str| {
        let (store, key) = (kit.app.store().clone(), terms::ids::CustomerKey::new(key));
        async move { store.customer(&key).await.unwrap() }
    };
    let anna = customer("1").await;
    assert_eq!((anna.locale.as_str(), anna.first_name.as_deref()), ("es-ES", Some("Anna")));
    assert_eq!(anna.known_since.day().to_string(), "2025-02-03");
    assert_eq!(customer("2").await.known_since, kit.app.now(), "known from now on, not from 1970 on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_of_receipts_counts_the_new_ones_and_keeps_none() {
    let kit = TestApp::empty().await;
    let text = "cliente,finalidad,canal,estado,fecha\n1,marketing,email,granted,2026-05-13\n\
        1,marketing,email,granted,2026-05-13\n2,marketing,pigeon,granted,2026-05-13\n";
    let path = file(&kit, "said.csv", text);
    for _ in 0..2 {
        let seen = kit.app.preview_consents(&path, Options::default()).await.unwrap();
        assert_eq!((seen.rows, seen.added, seen.repeated), (2, 1, 1));
        assert!(seen.rejected.contains_key("unknown channel `pigeon`; it is one of: email, sms, push, post"));
    }
    let done = kit.app.import_consents(&path, Options::default(), |_| {}).await.unwrap();
    assert_eq!((done.added, done.repeated), (1, 1));
    assert_eq!(kit.app.import_consents(&path, Options::default(), |_| {}).await.unwrap().added, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_undone_and_the_ledger_says_so() {
    let kit = TestApp::empty().await;
    let path = file(&kit, "ambig.csv", "customer,date,amount\nanna,01/02/2026,1.00\nben,03/04/2026,2.00\n");
    let read = |format: &str| Options { time_format: Some(format.into()), ..Options::default() };
    kit.app.import_purchases(&path, read("dmy"), |_| {}).await.unwrap();
    let undone = kit.app.undo_import(WhichImport::Last).await.unwrap();
    assert_eq!((undone.removed, undone.import.at), (2, Some(kit.app.now())));
    assert!(kit.app.imports().unwrap().is_empty());
    let done = kit.app.import_purchases(&path, read("mdy"), |_| {}).await.unwrap();
    assert_eq!((done.outcome, done.added, done.number), (Outcome::Applied, 2, 2));
    kit.app.work_until_idle("w").await.unwrap();
    let filter = EntryFilter { action: Some(Action::ImportUndone), limit: 10, ..EntryFilter::default() };
    let entries = kit.app.store().entries(&filter).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].entry.payload["purchases"], "ambig.csv");
    // An empty lake is no reason for the jobs to fail.
    kit.app.undo_import(WhichImport::File("ambig.csv".into())).await.unwrap();
    kit.app.work_until_idle("w").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_import_sets_the_currency_of_the_brand() {
    let kit = TestApp::empty().await;
    let path = file(&kit, "dollars.csv", "customer,date,dollar_value\nanna,2026-05-01,1.50\n");
    let seen = kit.app.preview_purchases(&path, Options::default()).await.unwrap();
    let done = kit.app.import_purchases(&path, Options::default(), |_| {}).await.unwrap();
    let brand = kit.app.brand().await.unwrap();
    assert_eq!(
        (seen.currency.as_str(), done.currency.as_str(), brand.currency.as_str()),
        ("USD", "USD", "USD")
    );
    assert_eq!((seen.currency_from, done.currency_from), (CurrencyFrom::Amounts, CurrencyFrom::Amounts));
    // From then on a file that names none is in it, and one that names another is rejected.
    let path =
        file(&kit, "more.csv", "customer,date,amount,currency\nanna,2026-05-02,1,\nanna,2026-05-02,1,EUR\n");
    let seen = kit.app.preview_purchases(&path, Options::default()).await.unwrap();
    let done = kit.app.import_purchases(&path, Options::default(), |_| {}).await.unwrap();
    assert_eq!((seen.currency_from, done.added, done.rejected_rows()), (CurrencyFrom::Lake, 1, 1));
    assert_eq!(seen.rejected, done.rejected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_of_the_future_is_rejected() {
    let kit = TestApp::empty().await;
    let path = file(&kit, "future.csv", "customer,date,amount\nanna,2026-05-01,1.50\nanna,2027-05-01,1.50\n");
    let done = kit.app.import_purchases(&path, Options::default(), |_| {}).await.unwrap();
    assert_eq!(done.rejected_lines[0].reason, "time lies in the future");
}
