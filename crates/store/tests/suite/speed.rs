//! Figures, run on demand: `cargo test --release -p store --test suite -- --ignored --nocapture speed`.

use crate::databases::{at, on_each};
use std::time::Instant as Clock;
use terms::customer::Customer;
use terms::ids::{CustomerKey, PersonId};
use terms::ledger::{Action, NewEntry};
use terms::person::Actor;

#[test]
#[ignore = "a measurement, not a check"]
fn speed_of_appends_and_of_loading_customers() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let entry = |n: i64| NewEntry {
            at: at(n),
            actor: Actor::System { part: "flow.deliver".to_owned(), responsible: PersonId(1) },
            action: Action::MessageSent,
            object: format!("message/{n}"),
            payload: serde_json::json!({"to": "person@example.com", "n": n}),
        };
        let entries: Vec<NewEntry> = (0..20_000).map(entry).collect();
        let clock = Clock::now();
        for batch in entries.chunks(100) {
            store.append_entries(batch).await.unwrap();
        }
        let rate = entries.len() as f64 / clock.elapsed().as_secs_f64();
        eprintln!("{:?}: {rate:.0} ledger entries/s in durable batches of 100", store.kind());
        let folder = tempfile::tempdir().unwrap();
        let key = store::ledger::LedgerKey::open_or_create(&folder.path().join("k"), "speed").unwrap();
        store.sign_checkpoint(&key, at(0)).await.unwrap();
        let clock = Clock::now();
        let report = store.verify_ledger(&key.verifier(), &[]).await.unwrap();
        assert!(report.is_ok() && report.entries == 20_000);
        eprintln!("{:?}: verified {} entries in {:?}", store.kind(), report.entries, clock.elapsed());

        let customers: Vec<Customer> = (0..20_000)
            .map(|n| Customer {
                key: CustomerKey::new(format!("C-{n:05}")),
                email: Some(format!("person{n}@example.com")),
                first_name: Some("Ana".to_owned()),
                locale: "es-ES".to_owned(),
                country: Some("ES".to_owned()),
                time_zone: Some("Europe/Madrid".to_owned()),
                known_since: at(0),
                restricted: false,
            })
            .collect();
        let clock = Clock::now();
        store.put_customers(&customers).await.unwrap();
        eprintln!("{:?}: 20,000 customers in {:?}", store.kind(), clock.elapsed());
    });
}
