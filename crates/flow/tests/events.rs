//! Events from the request to their effect, on a real installation.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use flow::App;
use flow::events::{Call, NewKey, Receipt, WriteKey};
use serde_json::{Value, json};
use store::identities::AliasKind;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::Language;
use terms::delivery::DeliveryState;
use terms::erasure::ErasureCause;
use terms::event::{EventFate, EventKind, KeyScope};
use terms::ids::CustomerKey;
use terms::person::{Actor, Role};
use testkit::TestApp;

async fn key(app: &App, name: &str, origins: &[&str]) -> WriteKey {
    let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
    let new = NewKey { name: name.to_owned(), origins, ..NewKey::default() };
    let issued = app.add_write_key(&new, Actor::Operator).await.unwrap();
    app.write_key(&issued.key).await.unwrap().unwrap()
}

async fn send(app: &App, key: &WriteKey, events: Value) -> Receipt {
    app.take_events(key, Call::Batch, &json!({ "batch": events }).to_string(), false).await.unwrap()
}

/// Sends, and uses what was sent.
async fn tell(app: &App, key: &WriteKey, events: Value) -> Receipt {
    let receipt = send(app, key, events).await;
    app.apply_all_events().await.unwrap();
    receipt
}

async fn fate(app: &App, fate: EventFate) -> i64 {
    let counts = app.store().event_counts().await.unwrap();
    counts.iter().filter(|count| count.fate == fate).map(|count| count.n).sum()
}

fn customer(name: &str) -> CustomerKey {
    CustomerKey::new(name)
}

async fn says(app: &App, who: &str, purpose: Purpose) -> Option<ConsentStatus> {
    let found = app.store().consent_at(&customer(who), purpose, Channel::Email, app.now()).await.unwrap();
    found.map(|receipt| receipt.status)
}

fn bought(app: &App, who: &str) -> Vec<(i64, Option<String>)> {
    let rows = app.lake().history_of(&customer(who)).unwrap();
    rows.into_iter().map(|row| (row.amount.minor, row.order)).collect()
}

fn order(id: &str, user: &str, number: &str, total: f64) -> Value {
    json!({"type": "track", "event": "Order Completed", "messageId": id, "userId": user,
           "properties": {"order_id": number, "total": total, "currency": "EUR"}})
}

#[tokio::test]
async fn an_event_counts_once_however_often_it_is_sent() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    let events =
        json!([order("m1", "C1", "A1", 10.0), order("m2", "C1", "A2", 5.0), order("m2", "C1", "A2", 5.0)]);
    let first = send(app, &shop, events.clone()).await;
    assert_eq!((first.accepted, first.duplicates, first.success), (2, 1, true));
    let second = tell(app, &shop, events.clone()).await;
    assert_eq!((second.accepted, second.duplicates), (0, 3));
    app.compact_events().await.unwrap();
    let third = tell(app, &shop, events).await;
    assert_eq!((third.accepted, third.duplicates), (0, 3), "also when they are used and in the lake");
    app.compact_events().await.unwrap();
    let mut rows = bought(app, "C1");
    rows.sort_unstable();
    assert_eq!(rows, [(500, Some("A2".to_owned())), (1_000, Some("A1".to_owned()))]);
    let other = key(app, "other shop", &[]).await;
    let same_id = send(app, &other, json!([{"type": "page", "messageId": "m1", "userId": "C1"}])).await;
    assert_eq!(same_id.accepted, 1, "another key has ids of its own");
}

#[tokio::test]
async fn a_late_event_does_not_overwrite_a_newer_one() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    let identify = |id: &str, at: &str, traits: Value| json!({"type": "identify", "messageId": id, "userId": "C1", "timestamp": at, "traits": traits});
    tell(app, &shop, json!([identify("1", "2026-03-02T00:00:00Z", json!({"email": "new@example.com"}))]))
        .await;
    let late = json!({"email": "old@example.com", "firstName": "Ana", "locale": "es-ES", "createdAt": "2024-01-01T00:00:00Z"});
    tell(app, &shop, json!([identify("2", "2026-03-01T00:00:00Z", late)])).await;
    let record = app.store().customer(&customer("C1")).await.unwrap();
    assert_eq!(record.email.as_deref(), Some("new@example.com"));
    assert_eq!((record.first_name.as_deref(), record.locale.as_str()), (Some("Ana"), "es-ES"));
    assert_eq!(record.known_since.to_string(), "2024-01-01T00:00:00Z");
    let sources = app.store().trait_sources(&[customer("C1")]).await.unwrap();
    assert!(sources.iter().all(|known| known.source == "api:shop"), "{sources:?}");
    tell(app, &shop, json!([identify("3", "2026-03-01T00:00:00Z", json!({"email": "older@example.com"}))]))
        .await;
    assert_eq!(fate(app, EventFate::Outdated).await, 1);
}

#[tokio::test]
async fn categories_grant_what_the_settings_say_and_never_more() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    let with = |id: &str, categories: Value| {
        json!({"type": "track", "event": "Seen", "messageId": id, "userId": "C1",
               "context": {"consent": {"categoryPreferences": categories}}})
    };
    let all = json!({"Marketing": true, "Personalization": true, "Advertising": true, "Invented": true});
    tell(app, &shop, json!([with("1", all.clone())])).await;
    assert_eq!(says(app, "C1", Purpose::Profiling).await, Some(ConsentStatus::Granted));
    assert_eq!(says(app, "C1", Purpose::Sharing).await, Some(ConsentStatus::Granted));
    assert_eq!(says(app, "C1", Purpose::Marketing).await, None, "nobody said that the category means it");
    assert_eq!(fate(app, EventFate::UnknownCategory).await, 2);
    let receipts = app.store().consent_history(&customer("C1")).await.unwrap().len();
    tell(app, &shop, json!([with("2", all.clone())])).await;
    assert_eq!(
        app.store().consent_history(&customer("C1")).await.unwrap().len(),
        receipts,
        "only changes are receipts"
    );
    app.map_category("Marketing", &[Purpose::Marketing]).await.unwrap();
    tell(app, &shop, json!([with("3", all)])).await;
    assert_eq!(says(app, "C1", Purpose::Marketing).await, Some(ConsentStatus::Granted));
    tell(app, &shop, json!([with("4", json!({"Marketing": false, "Personalization": "maybe"}))])).await;
    assert_eq!(says(app, "C1", Purpose::Marketing).await, Some(ConsentStatus::Withdrawn));
    assert_eq!(
        says(app, "C1", Purpose::Profiling).await,
        Some(ConsentStatus::Withdrawn),
        "what is not yes is no"
    );
}

#[tokio::test]
async fn a_privacy_signal_withdraws_sharing_and_beats_a_yes_beside_it() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    let yes = json!({"consent": {"categoryPreferences": {"Advertising": true}}});
    tell(app, &shop, json!([{"type": "page", "messageId": "1", "userId": "C1", "context": yes}])).await;
    assert_eq!(says(app, "C1", Purpose::Sharing).await, Some(ConsentStatus::Granted));
    let body = json!({"type": "page", "messageId": "2", "userId": "C1", "context": yes}).to_string();
    app.take_events(&shop, Call::One(EventKind::Page), &body, true).await.unwrap();
    app.apply_all_events().await.unwrap();
    assert_eq!(says(app, "C1", Purpose::Sharing).await, Some(ConsentStatus::Withdrawn));
}

#[tokio::test]
async fn a_key_that_everybody_can_read_records_refusals_but_no_agreement_and_redirects_no_mail() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    let page = key(app, "page", &["https://shop.example"]).await;
    assert!(page.is_public() && !page.may(KeyScope::Consents));
    let with = |id: &str, yes: bool| {
        json!({"type": "identify", "messageId": id, "userId": "C1", "anonymousId": "d1", "traits": {"email": "thief@example.com"},
               "context": {"consent": {"categoryPreferences": {"Personalization": yes}}}})
    };
    tell(app, &shop, json!([{"type": "identify", "messageId": "0", "userId": "C1", "traits": {"email": "c1@example.com"}}])).await;
    tell(app, &page, json!([with("1", true)])).await;
    assert_eq!(says(app, "C1", Purpose::Profiling).await, None);
    assert_eq!(fate(app, EventFate::NoScope).await, 1);
    assert_eq!(app.store().customer(&customer("C1")).await.unwrap().email.as_deref(), Some("c1@example.com"));
    tell(app, &page, json!([with("2", false)])).await;
    assert_eq!(says(app, "C1", Purpose::Profiling).await, Some(ConsentStatus::Denied));
    tell(app, &shop, json!([{"type": "identify", "messageId": "3", "userId": "C2", "traits": {"email": "c2@example.com"}}])).await;
    tell(app, &page, json!([{"type": "alias", "messageId": "4", "previousId": "C2", "userId": "C1"}])).await;
    assert_eq!(app.store().resolve_customer(&customer("C2")).await.unwrap(), customer("C2"));
    assert_eq!(fate(app, EventFate::NotJoined).await, 1);
}

#[tokio::test]
async fn orders_reach_the_lake_once_even_if_the_program_dies_between_lake_and_store() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    tell(app, &shop, json!([
        order("1", "C1", "A1", 27.5), order("2", "C1", "A1", 27.5), order("3", "C2", "A2", 3.0),
        {"type": "track", "event": "Order Refunded", "messageId": "4", "userId": "C1", "properties": {"order_id": "A1", "total": 7.5}},
        {"type": "track", "event": "Order Completed", "messageId": "5", "userId": "C1", "properties": {"order_id": "A9"}},
        {"type": "track", "event": "Order Completed", "messageId": "6", "userId": "C1", "properties": {"total": 1, "currency": "USD"}},
    ])).await;
    for (what, n) in [
        (EventFate::Purchase, 2),
        (EventFate::Return, 1),
        (EventFate::RepeatedOrder, 1),
        (EventFate::NoAmount, 1),
        (EventFate::OtherCurrency, 1),
    ] {
        assert_eq!(fate(app, what).await, n, "{what}");
    }
    // The rows go to the lake, and the program dies before the store forgets them.
    let waiting = app.store().event_purchases_ready(100).await.unwrap();
    let rows: Vec<lake::layout::StreamRow> = waiting
        .into_iter()
        .map(|row| lake::layout::StreamRow {
            customer: row.customer.unwrap(),
            time: row.at,
            minor: row.minor,
            order: row.order,
        })
        .collect();
    app.lake().stream("events 2026-10", &rows, terms::money::Currency::EUR, app.now()).unwrap();
    assert_eq!(app.compact_events().await.unwrap(), 0, "they are there");
    assert_eq!(app.store().event_purchases_state().await.unwrap(), (0, 0));
    let mut amounts: Vec<i64> = bought(app, "C1").into_iter().map(|(minor, _)| minor).collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [-750, 2_750]);
    assert_eq!(bought(app, "C2").len(), 1);
    // The stream is an import like any other: it can be taken out again, and goes on afterwards.
    let imports = app.imports().unwrap();
    assert_eq!((imports.len(), imports[0].name.as_str()), (1, "events 2026-10"));
    app.undo_import(lake::layout::WhichImport::Last).await.unwrap();
    assert!(bought(app, "C1").is_empty());
    tell(app, &shop, json!([order("9", "C1", "A7", 1.0)])).await;
    assert_eq!(app.compact_events().await.unwrap(), 1);
    assert_eq!(bought(app, "C1"), [(100, Some("A7".to_owned()))]);
}

#[tokio::test]
async fn an_order_of_nobody_waits_until_somebody_says_whose_it_is() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    let guest = json!({"type": "track", "event": "Order Completed", "messageId": "1", "anonymousId": "device-1",
                       "properties": {"order_id": "A1", "revenue": 12}});
    tell(app, &shop, json!([guest])).await;
    assert_eq!(app.compact_events().await.unwrap(), 0);
    assert_eq!(app.store().event_purchases_state().await.unwrap(), (0, 1));
    tell(
        app,
        &shop,
        json!([{"type": "identify", "messageId": "2", "anonymousId": "device-1", "userId": "C1"}]),
    )
    .await;
    assert_eq!(app.compact_events().await.unwrap(), 1);
    assert_eq!(bought(app, "C1"), [(1_200, Some("A1".to_owned()))]);
    let later = json!({"type": "track", "event": "Order Completed", "messageId": "3", "anonymousId": "device-1",
                       "properties": {"order_id": "A2", "revenue": 3}});
    tell(app, &shop, json!([later])).await;
    app.compact_events().await.unwrap();
    assert_eq!(bought(app, "C1").len(), 2);
}

#[tokio::test]
async fn behaviour_is_kept_of_those_who_agreed_and_goes_when_they_refuse() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    let seen = |id: &str, user: &str| json!({"type": "page", "name": "Home", "messageId": id, "userId": user, "properties": {"title": "<script>"}});
    let says_so = |id: &str, yes: bool| json!({"type": "identify", "messageId": id, "userId": "C1", "context": {"consent": {"categoryPreferences": {"Personalization": yes}}}});
    tell(app, &shop, json!([seen("1", "C1"), seen("2", "C2")])).await;
    assert_eq!(app.store().count_kept_events().await.unwrap(), 0, "who said nothing agreed to nothing");
    assert_eq!(fate(app, EventFate::NoProfiling).await, 2);
    tell(
        app,
        &shop,
        json!([says_so("3", true), seen("4", "C1"), seen("5", "C2"), order("6", "C1", "A1", 2.0)]),
    )
    .await;
    let kept = app.store().events_of(&customer("C1"), 10).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].name.as_str(), kept[0].properties.as_str()), ("Home", r#"{"title":"<script>"}"#));
    kit.app.clock().set(app.now().plus_seconds(60));
    tell(app, &shop, json!([says_so("7", false), seen("8", "C1"), order("9", "C1", "A2", 2.0)])).await;
    assert_eq!(app.store().count_kept_events().await.unwrap(), 0, "nor what they did before");
    assert_eq!(app.compact_events().await.unwrap(), 2, "the contract needs its orders");
}

fn receipt(who: &str, purpose: Purpose, status: ConsentStatus, at: terms::time::Instant) -> ConsentReceipt {
    ConsentReceipt {
        customer: customer(who),
        purpose,
        channel: Channel::Email,
        status,
        basis: LawfulBasis::Consent,
        notice_version: "v1".to_owned(),
        notice_hash: String::new(),
        language: Language::English,
        source: "test".to_owned(),
        proof: String::new(),
        at,
    }
}

#[tokio::test]
async fn two_names_of_one_person_share_what_was_bought_and_agreed_and_every_refusal() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    tell(app, &shop, json!([
        {"type": "identify", "messageId": "1", "userId": "old", "traits": {"email": "old@example.com", "firstName": "Ana"}},
        {"type": "identify", "messageId": "2", "userId": "new", "traits": {"country": "ES"}},
        order("3", "old", "A1", 1.0), order("4", "new", "A2", 2.0),
    ])).await;
    app.compact_events().await.unwrap();
    let (granted, denied) = (ConsentStatus::Granted, ConsentStatus::Withdrawn);
    let t = |seconds: i64| app.now().plus_seconds(seconds - 1_000);
    let receipts = [
        receipt("old", Purpose::Marketing, denied, t(1)),
        receipt("new", Purpose::Marketing, granted, t(2)),
        receipt("old", Purpose::Profiling, granted, t(3)),
        receipt("old", Purpose::AiContent, granted, t(4)),
        receipt("new", Purpose::AiContent, denied, t(5)),
    ];
    app.record_consents(&receipts, Actor::Operator).await.unwrap();
    app.store()
        .suppress(Some(&customer("old")), None, SuppressionReason::Objection, "test", t(6))
        .await
        .unwrap();
    tell(app, &shop, json!([{"type": "alias", "messageId": "5", "previousId": "old", "userId": "new"}]))
        .await;
    assert_eq!(fate(app, EventFate::Joined).await, 1);
    for (purpose, wanted) in
        [(Purpose::Marketing, denied), (Purpose::Profiling, granted), (Purpose::AiContent, denied)]
    {
        assert_eq!(says(app, "new", purpose).await, Some(wanted), "{purpose}");
    }
    assert!(app.store().suppression(Some(&customer("new")), None).await.unwrap().is_some());
    let record = app.store().customer(&customer("new")).await.unwrap();
    assert_eq!(
        (record.email.as_deref(), record.first_name.as_deref(), record.country.as_deref()),
        (Some("old@example.com"), Some("Ana"), Some("ES"))
    );
    assert!(app.store().customer(&customer("old")).await.unwrap().restricted, "nobody is written to twice");
    app.compact_events().await.unwrap();
    assert!(bought(app, "old").is_empty());
    assert_eq!(bought(app, "new").len(), 2);
    // Late events under the old name are the person's; joining again, also the other way round, changes nothing.
    tell(app, &shop, json!([order("6", "old", "A3", 3.0), {"type": "alias", "messageId": "7", "previousId": "new", "userId": "old"}])).await;
    app.compact_events().await.unwrap();
    assert_eq!(bought(app, "new").len(), 3);
    let names = app.store().identities_of(&customer("new")).await.unwrap();
    assert_eq!(names.iter().filter(|name| name.kind == AliasKind::Merged).count(), 1);
}

#[tokio::test]
async fn who_was_erased_stays_out_under_every_name() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    tell(
        app,
        &shop,
        json!([
            {"type": "identify", "messageId": "1", "userId": "C1", "traits": {"email": "gone@example.com"}},
            {"type": "alias", "messageId": "2", "previousId": "C0", "userId": "C1"},
            order("3", "C1", "A1", 1.0),
        ]),
    )
    .await;
    app.compact_events().await.unwrap();
    app.erase_customer(&customer("C1"), ErasureCause::Request).await.unwrap();
    let late = tell(
        app,
        &shop,
        json!([
            order("4", "C1", "A2", 1.0), order("5", "C0", "A3", 1.0),
            {"type": "identify", "messageId": "6", "userId": "C1", "traits": {"firstName": "Ana"}},
            {"type": "identify", "messageId": "7", "userId": "C9", "traits": {"email": "GONE@example.com"}},
            {"type": "alias", "messageId": "8", "previousId": "C1", "userId": "C8"},
            {"type": "alias", "messageId": "9", "previousId": "C7", "userId": "C1"},
        ]),
    )
    .await;
    assert_eq!((late.accepted, late.success), (6, true), "nobody is told who was erased");
    assert_eq!(fate(app, EventFate::Erased).await, 6);
    app.compact_events().await.unwrap();
    assert!(bought(app, "C1").is_empty() && bought(app, "C0").is_empty());
    assert_eq!(app.store().count_customers().await.unwrap(), 0);
    assert!(app.store().identities_of(&customer("C8")).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_person_is_erased_under_each_of_their_names() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    tell(
        app,
        &shop,
        json!([
            {"type": "identify", "messageId": "1", "userId": "old", "traits": {"email": "old@example.com"}},
            {"type": "identify", "messageId": "2", "userId": "new", "traits": {"email": "new@example.com"}},
            order("3", "old", "A1", 1.0),
            {"type": "alias", "messageId": "4", "previousId": "old", "userId": "new"},
        ]),
    )
    .await;
    app.compact_events().await.unwrap();
    // Sent before the erasure, not used yet.
    send(app, &shop, json!([order("5", "old", "A2", 1.0)])).await;
    app.erase_customer(&customer("old"), ErasureCause::Request).await.unwrap();
    assert_eq!(app.store().count_customers().await.unwrap(), 0);
    assert_eq!(app.store().inbox_state().await.unwrap().events, 0);
    app.compact_events().await.unwrap();
    assert!(bought(app, "old").is_empty() && bought(app, "new").is_empty());
    tell(app, &shop, json!([order("6", "new", "A3", 1.0)])).await;
    assert_eq!(fate(app, EventFate::Erased).await, 2);
}

#[tokio::test]
async fn an_opt_out_in_the_mail_program_works_at_once() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    tell(app, &shop, json!([{"type": "identify", "messageId": "1", "userId": "C1", "traits": {"email": "c1@example.com"}}])).await;
    app.record_consents(
        &[receipt("C1", Purpose::Marketing, ConsentStatus::Granted, app.now().plus_days(-1))],
        Actor::Operator,
    )
    .await
    .unwrap();
    tell(app, &shop, json!([{"type": "track", "event": "Unsubscribed", "messageId": "2", "user_id": "C1", "properties": {"email_id": "18vzF7u3z"}}])).await;
    assert_eq!(says(app, "C1", Purpose::Marketing).await, Some(ConsentStatus::Withdrawn));
    let found = app.store().suppression(None, Some("c1@example.com")).await.unwrap().unwrap();
    assert_eq!(found.reason, SuppressionReason::Unsubscribed);
    assert_eq!(fate(app, EventFate::Answer).await, 1);
}

#[tokio::test]
async fn a_revoked_key_takes_nothing_and_the_ledger_knows() {
    let kit = TestApp::empty().await;
    let app = &kit.app;
    let new = NewKey { name: "shop".to_owned(), ..NewKey::default() };
    let issued = app.add_write_key(&new, Actor::Operator).await.unwrap();
    assert!(app.add_write_key(&new, Actor::Operator).await.is_err(), "one name, one key");
    assert!(app.write_key(&issued.key).await.unwrap().is_some());
    assert!(app.write_key(&issued.key[..issued.key.len() - 1]).await.unwrap().is_none());
    app.revoke_write_key("shop", Actor::Operator).await.unwrap();
    assert!(app.write_key(&issued.key).await.unwrap().is_none());
    let entries = app.store().entries_of(&format!("write_key/{}", issued.id)).await.unwrap();
    assert_eq!(entries.len(), 2);
    assert!(!format!("{entries:?}").contains(&issued.key), "the key itself is nowhere");
}

#[tokio::test]
async fn a_link_in_a_mail_to_a_name_of_before_works_for_the_customer_that_stays() {
    let kit = TestApp::with_customers(200).await;
    let campaign = kit.approved("Both names", "known_days >= 0").await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, campaign).await.unwrap();
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    let planned =
        app.store().messages_of_campaign(campaign, Some(DeliveryState::Planned), 1_000, 0).await.unwrap();
    let (mine, other) = (&planned[0], &planned[1]);
    let (old, new) = (mine.customer.clone(), other.customer.clone());
    assert_ne!(old, new);
    tell(
        app,
        &shop,
        json!([{"type": "alias", "messageId": "1", "previousId": old.as_str(), "userId": new.as_str()}]),
    )
    .await;
    assert_eq!(app.store().resolve_customer(&old).await.unwrap(), new);
    assert_eq!(says(app, new.as_str(), Purpose::Marketing).await, Some(ConsentStatus::Granted));
    let [_, preferences, unsubscribe] = app.customer_links(mine.id).unwrap();
    assert!(!app.preferences(&preferences).await.unwrap().restricted, "it is the page of the one that stays");
    app.unsubscribe(&unsubscribe, flow::OptOutSource::OneClick).await.unwrap();
    assert_eq!(says(app, new.as_str(), Purpose::Marketing).await, Some(ConsentStatus::Withdrawn));
    for name in [&old, &new] {
        assert!(app.store().suppression(Some(name), None).await.unwrap().is_some(), "{name}");
    }
    kit.work_for_a_day().await;
    let left = app.store().message(other.id).await.unwrap().state;
    assert!(left.is_some_and(|state| state != DeliveryState::Sent), "{left:?}");
    let sent = app.store().messages_of_campaign(campaign, Some(DeliveryState::Sent), 1_000, 0).await.unwrap();
    assert!(
        !sent.is_empty() && sent.iter().all(|message| message.customer != old && message.customer != new)
    );
    // What is said under the old name later: a refusal is the person's, an agreement is not stretched.
    let at = |seconds: i64| app.now().plus_seconds(seconds - 100);
    let later = [
        receipt(old.as_str(), Purpose::Sharing, ConsentStatus::Denied, at(1)),
        receipt(old.as_str(), Purpose::Measurement, ConsentStatus::Granted, at(2)),
    ];
    let before = says(app, new.as_str(), Purpose::Measurement).await;
    app.record_consents(&later, Actor::Operator).await.unwrap();
    assert_eq!(says(app, new.as_str(), Purpose::Sharing).await, Some(ConsentStatus::Denied));
    assert_eq!(says(app, new.as_str(), Purpose::Measurement).await, before);
}

#[tokio::test]
async fn who_refuses_profiling_by_any_way_is_not_remembered_by_what_they_did() {
    let kit = TestApp::empty().await;
    let (app, shop) = (&kit.app, key(&kit.app, "shop", &[]).await);
    let at = |seconds: i64| app.now().plus_seconds(seconds - 1_000);
    let (yes, no) = (ConsentStatus::Granted, ConsentStatus::Withdrawn);
    app.record_consents(&[receipt("C1", Purpose::Profiling, yes, at(10))], Actor::Operator).await.unwrap();
    tell(app, &shop, json!([{"type": "page", "messageId": "1", "userId": "C1", "name": "Seen"}])).await;
    let kept = async || app.store().events_of(&customer("C1"), 10).await.unwrap().len();
    assert_eq!(kept().await, 1);
    app.record_consents(&[receipt("C1", Purpose::Profiling, no, at(5))], Actor::Operator).await.unwrap();
    assert_eq!(kept().await, 1, "an older refusal that arrives late was taken back since");
    app.record_consents(&[receipt("C1", Purpose::Profiling, no, at(20))], Actor::Operator).await.unwrap();
    assert_eq!(kept().await, 0);
}
