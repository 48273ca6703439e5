//! Events coming in, and behaviour that is given to customers and forgotten.

use crate::databases::{at, on_each};
use store::events::KeptEvent;
use store::intake::{Intake, Taken};
use terms::event::EventKind;
use terms::ids::{CustomerKey, WriteKeyId};

/// A request with these messageIds, each an event `{"n":"ID"}`; an empty one means none.
fn request(store: &store::Store, ids: &[&str]) -> Intake {
    let hasher = store.event_hasher().unwrap();
    let (mut text, mut events) = (String::new(), Vec::new());
    for id in ids {
        text.push_str(&format!("{{\"n\":\"{id}\"}}"));
        events.push((text.len(), (!id.is_empty()).then(|| hasher.hash(WriteKeyId(1), id))));
    }
    Intake { key: WriteKeyId(1), received_at: at(0), text, events, refused: Vec::new() }
}

fn kept(customer: Option<&str>, anonymous: &str) -> KeptEvent {
    KeptEvent {
        kind: EventKind::Page,
        name: "Product".to_owned(),
        customer: customer.map(CustomerKey::new),
        anonymous: Some(anonymous.to_owned()),
        properties: "{}".to_owned(),
        at: at(0),
        received_at: at(0),
        source: "api:shop".to_owned(),
    }
}

#[test]
fn an_event_counts_once_whether_it_is_repeated_in_a_request_a_transaction_or_later() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let first = [request(store, &["a", "b", "a"]), request(store, &["b", "c", ""])];
        let taken = store.take_events(&first).await.unwrap();
        assert_eq!(
            taken,
            [Taken { accepted: 2, duplicates: 1 }, Taken { accepted: 2, duplicates: 1 }],
            "an event without a messageId cannot be told from its repetition"
        );
        let taken = store.take_events(&[request(store, &["c", "d", ""])]).await.unwrap();
        assert_eq!(taken, [Taken { accepted: 2, duplicates: 1 }]);
        let taken = store.take_events(&[request(store, &["a", "b", "c", "d"])]).await.unwrap();
        assert_eq!(taken, [Taken { accepted: 0, duplicates: 4 }]);
        let bodies: Vec<String> = store.inbox(10).await.unwrap().into_iter().map(|row| row.body).collect();
        assert_eq!(
            bodies,
            [r#"[{"n":"a"},{"n":"b"}]"#, r#"[{"n":"c"},{"n":""}]"#, r#"[{"n":"d"},{"n":""}]"#]
        );
        assert_eq!(store.inbox_state().await.unwrap().events, 6);
    });
}

#[test]
fn hashes_are_remembered_in_any_number_and_told_apart_from_new_ones() {
    on_each(|fresh| async move {
        let hasher = fresh.store.event_hasher().unwrap();
        let hashes: Vec<_> = (0..3_000).map(|n| hasher.order(&n.to_string())).collect();
        assert!(fresh.store.remember_events(&[], 7).await.unwrap().is_empty());
        assert!(fresh.store.remember_events(&hashes[..2_000], 7).await.unwrap().is_empty());
        let seen = fresh.store.remember_events(&hashes[1_990..], 8).await.unwrap();
        assert_eq!(seen, hashes[1_990..2_000].iter().copied().collect());
        assert_eq!(fresh.store.seen_events(&hashes).await.unwrap().len(), 3_000);
        assert_eq!(fresh.store.forget_event_ids(8).await.unwrap(), 2_000, "the day of the first time counts");
    });
}

#[test]
fn what_anonymous_ids_did_is_given_to_their_customers_and_forgotten_with_them() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (a, b) = (CustomerKey::new("A"), CustomerKey::new("B"));
        store
            .add_events(&[kept(None, "x"), kept(None, "y"), kept(None, "z"), kept(Some("C"), "x")])
            .await
            .unwrap();
        assert_eq!(store.give_events(&[("x", &a), ("y", &b)]).await.unwrap(), (2, 0));
        let names =
            |events: Vec<KeptEvent>| events.into_iter().filter_map(|e| e.anonymous).collect::<Vec<_>>();
        assert_eq!(names(store.events_of(&a, 9).await.unwrap()), ["x"]);
        assert_eq!(names(store.events_of(&b, 9).await.unwrap()), ["y"]);
        assert_eq!(names(store.events_of_anonymous("z", 9).await.unwrap()), ["z"], "nobody's name is on it");
        assert_eq!(store.delete_events_of(&[a, b]).await.unwrap(), 2);
        assert_eq!(store.count_kept_events().await.unwrap(), 2, "that of others stays");
    });
}
