//! The public log as programs reach it: what is signed is served, for ever where it never changes, and nothing else.

use crate::matrix::House;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use flow::events::NewKey;
use terms::event::KeyScope;
use terms::ledger::{Action, NewEntry};
use terms::person::Actor;
use terms::time::Instant;

struct Answer {
    status: StatusCode,
    kind: String,
    caching: String,
    body: Vec<u8>,
}

async fn get(house: &House, path: &str, key: Option<&str>) -> Answer {
    let mut request = Request::get(path);
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    let answer = house.ask(request.body(Body::empty()).unwrap()).await;
    let text = |name: header::HeaderName| {
        answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let (kind, caching) = (text(header::CONTENT_TYPE), text(header::CACHE_CONTROL));
    let status = answer.status();
    Answer { status, kind, caching, body: to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec() }
}

async fn grown(house: &House, to: u64) {
    let at = house.app.store().ledger_size().await.unwrap();
    let entry = |n: u64| NewEntry {
        at: Instant(n as i64),
        actor: Actor::Customer,
        action: Action::OptedOut,
        object: "customer/C-0815".to_owned(),
        payload: serde_json::json!({ "email": "ana@example.com" }),
    };
    house.app.store().append_entries(&(at..to).map(entry).collect::<Vec<_>>()).await.unwrap();
}

async fn key(house: &House, name: &str, scopes: Vec<KeyScope>) -> String {
    let new = NewKey { name: name.to_owned(), scopes, origins: Vec::new(), per_second: None };
    house.app.add_write_key(&new, Actor::Operator).await.unwrap().key
}

#[tokio::test]
async fn nothing_is_served_before_it_is_signed() {
    let house = House::open().await;
    let reader = key(&house, "auditor", vec![KeyScope::Ledger]).await;
    grown(&house, 10).await;
    for path in [
        "/log/checkpoint",
        "/log/tile/0/000.p/1",
        "/log/tile/entries/000.p/1",
        "/log/proof/inclusion?index=0",
        "/log/proof/consistency?first=1&second=2",
    ] {
        let answer = get(&house, path, Some(&reader)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.caching, "no-store", "{path}");
    }
}

#[tokio::test]
async fn tiles_are_as_c2sp_lays_them_out_and_never_change() {
    let house = House::open().await;
    grown(&house, 600).await;
    house.app.verify_ledger().await.unwrap();
    let note = get(&house, "/log/checkpoint", None).await;
    assert_eq!((note.status, note.kind.as_str()), (StatusCode::OK, "text/plain; charset=utf-8"));
    assert_eq!(note.caching, "public, max-age=5");
    let note = String::from_utf8(note.body).unwrap();
    assert_eq!(note.lines().nth(1), Some("600"), "{note}");
    for (path, hashes) in [
        ("/log/tile/0/000", 256),
        ("/log/tile/0/001", 256),
        ("/log/tile/0/002.p/88", 88),
        ("/log/tile/0/002.p/3", 3),
        ("/log/tile/1/000.p/2", 2),
    ] {
        let tile = get(&house, path, None).await;
        assert_eq!((tile.status, tile.kind.as_str()), (StatusCode::OK, "application/octet-stream"), "{path}");
        assert_eq!(tile.caching, "public, max-age=31536000, immutable", "{path}");
        assert_eq!(tile.body.len(), hashes * 32, "{path}");
    }
    for path in [
        "/log/tile/0/002",
        "/log/tile/0/002.p/89",
        "/log/tile/1/000",
        "/log/tile/1/000.p/3",
        "/log/tile/2/000.p/1",
        "/log/tile/00/000",
        "/log/tile/+0/000",
        "/log/tile/0/0",
        "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/256",
        "/log/tile/0/x000/000",
        "/log/tile/0/999",
        "/log/tile/63/000.p/1",
        "/log/tile/64/000.p/1",
        "/log/tile/255/000.p/1",
        "/log/tile/x/000",
        "/log/tile/0/x999/x999/x999/x999/x999/x999/999",
    ] {
        let answer = get(&house, path, None).await;
        assert_eq!((answer.status, answer.caching.as_str()), (StatusCode::NOT_FOUND, "no-store"), "{path}");
    }
}

#[tokio::test]
async fn entries_are_for_who_has_a_key_of_that_scope_and_name_no_customer() {
    let house = House::open().await;
    let (reader, shop) = (
        key(&house, "auditor", vec![KeyScope::Ledger]).await,
        key(&house, "shop", vec![KeyScope::Events]).await,
    );
    grown(&house, 300).await;
    house.app.verify_ledger().await.unwrap();
    let path = "/log/tile/entries/000";
    assert_eq!(get(&house, path, None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&house, path, Some("wk_made-up")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&house, path, Some(&shop)).await.status, StatusCode::FORBIDDEN);
    let bundle = get(&house, path, Some(&reader)).await;
    assert_eq!((bundle.status, bundle.kind.as_str()), (StatusCode::OK, "application/octet-stream"));
    assert_eq!(bundle.caching, "private, max-age=31536000, immutable");
    let (mut rest, mut entries) = (bundle.body.as_slice(), 0);
    while let Some((length, tail)) = rest.split_first_chunk::<2>() {
        let (leaf, tail) = tail.split_at(usize::from(u16::from_be_bytes(*length)));
        assert!(leaf.starts_with(b"candor-ledger-leaf/v1\n"));
        (rest, entries) = (tail, entries + 1);
    }
    assert_eq!(entries, 256);
    let text = String::from_utf8_lossy(&bundle.body);
    assert!(!text.contains("C-0815") && !text.contains("ana@example.com"));
    assert!(text.contains("{\"kind\":\"customer\"}"));
    let part = get(&house, "/log/tile/entries/001.p/44", Some(&reader)).await;
    assert_eq!(part.status, StatusCode::OK);
    assert_eq!(get(&house, "/log/tile/entries/001.p/45", Some(&reader)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn proofs_are_between_signed_trees_of_any_size() {
    let house = House::open().await;
    grown(&house, 300).await;
    house.app.verify_ledger().await.unwrap();
    let json = |answer: Answer| -> serde_json::Value {
        assert_eq!(answer.status, StatusCode::OK);
        serde_json::from_slice(&answer.body).unwrap()
    };
    let proof = json(get(&house, "/log/proof/inclusion?index=7&size=256", None).await);
    assert_eq!(proof["inclusion_path"].as_array().unwrap().len(), 8);
    assert!(proof.get("leaf").is_none());
    let proof = json(get(&house, "/log/proof/inclusion?index=299", None).await);
    assert_eq!(proof["tree_size"], 300);
    let growth = json(get(&house, "/log/proof/consistency?first=17&second=256", None).await);
    assert!(!growth["consistency_path"].as_array().unwrap().is_empty());
    assert_ne!(growth["first_hash"], growth["second_hash"]);
    for (path, status) in [
        ("/log/proof/inclusion?index=300", StatusCode::NOT_FOUND),
        ("/log/proof/inclusion?index=0&size=301", StatusCode::NOT_FOUND),
        ("/log/proof/inclusion?index=0&size=0", StatusCode::NOT_FOUND),
        ("/log/proof/consistency?first=2&second=1", StatusCode::NOT_FOUND),
        ("/log/proof/consistency?first=1&second=301", StatusCode::NOT_FOUND),
        ("/log/proof/inclusion?index=-1", StatusCode::BAD_REQUEST),
        ("/log/proof/inclusion?index=99999999999999999999", StatusCode::BAD_REQUEST),
        ("/log/proof/consistency", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(get(&house, path, None).await.status, status, "{path}");
    }
}
