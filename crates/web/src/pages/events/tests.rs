//! The ingest API over HTTP, against what senders get wrong and what attackers try. On a real home with a real database.

use crate::{WebOptions, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::clock::Clock;
use flow::events::NewKey;
use flow::{App, Opening};
use serde_json::{Value, json};
use std::io::Write;
use terms::person::Actor;
use terms::time::Day;
use tower::ServiceExt;

struct House {
    app: App,
    router: Router,
    key: String,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl House {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::at(Day::from_ymd(2026, 11, 24).unwrap().start().plus_hours(10));
        let opening = Opening { home: folder.path(), database_url: None, smtp_url: None, clock };
        let app = App::open(opening).await.unwrap();
        let router = router(app.clone(), WebOptions::default());
        let key = Self::key(&app, "shop", &[]).await;
        Self { app, router, key, _folder: folder }
    }

    async fn key(app: &App, name: &str, origins: &[&str]) -> String {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        let new = NewKey { name: name.to_owned(), origins, ..NewKey::default() };
        app.add_write_key(&new, Actor::Operator).await.unwrap().key
    }

    async fn send(&self, path: &str, body: impl Into<Body>, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(path);
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header(
                header::AUTHORIZATION,
                format!("Basic {}", STANDARD.encode(format!("{}:", self.key))),
            );
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        self.ask(request.body(body.into()).unwrap()).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn a_key_is_taken_as_basic_as_bearer_and_in_the_body() {
    let house = House::open().await;
    let event = json!({"type": "track", "event": "Seen", "userId": "C1", "messageId": "1"});
    assert_eq!(house.send("/v1/track", event.to_string(), &[]).await.status, StatusCode::ACCEPTED);
    let bearer = format!("Bearer {}", house.key);
    let answer = house.send("/v1/track", event.to_string(), &[("authorization", &bearer)]).await;
    assert_eq!((answer.status, &answer.body["duplicates"]), (StatusCode::ACCEPTED, &json!(1)));
    let mut named = event.clone();
    named["writeKey"] = json!(house.key);
    let answer = house.send("/v1/t", named.to_string(), &[("authorization", "")]).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    for (authorization, code) in [
        ("", "no_key"),
        ("Bearer wk_made_up", "unknown_key"),
        ("Basic !!!", "no_key"),
        ("Digest x", "no_key"),
    ] {
        let answer = house.send("/v1/track", event.to_string(), &[("authorization", authorization)]).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (StatusCode::UNAUTHORIZED, &json!(code)),
            "{authorization}"
        );
    }
}

#[tokio::test]
async fn in_a_batch_the_good_events_are_kept_and_the_bad_ones_named() {
    let house = House::open().await;
    let batch = json!({"batch": [
        {"type": "track", "event": "Seen", "userId": "C1", "messageId": "1"},
        {"type": "dance", "userId": "C1", "messageId": "2"},
        {"type": "track", "userId": "C1", "messageId": "3"},
        {"type": "page", "userId": {"a": 1}, "messageId": "4"},
        {"type": "page", "userId": "C1", "timestamp": "yesterday", "messageId": "5"},
        "an event", 7, null,
        {"type": "page", "userId": "C1", "properties": {"x": "y".repeat(40_000)}},
        {"type": "page", "userId": 12345, "messageId": 9},
    ]});
    let answer = house.send("/v1/batch", batch.to_string(), &[]).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!((&answer.body["accepted"], &answer.body["refused"]), (&json!(2), &json!(8)));
    let codes: Vec<(u64, &str)> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["index"].as_u64().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    let wanted = [
        (1, "unknown_type"),
        (2, "no_name"),
        (3, "bad_id"),
        (4, "bad_time"),
        (5, "malformed"),
        (6, "malformed"),
        (7, "malformed"),
        (8, "too_large"),
    ];
    assert_eq!(codes, wanted);
    assert_eq!(answer.body["errors"][0]["messageId"], "2");
    assert!(answer.body["errors"][7]["message"].as_str().unwrap().contains("32768"), "{}", answer.body);
    let alone = house.send("/v1/track", r#"{"userId":"C1"}"#, &[]).await;
    assert_eq!((alone.status, &alone.body["code"]), (StatusCode::BAD_REQUEST, &json!("no_name")));
    house.send("/v1/page", "{}", &[]).await;
    let counts = house.app.write_keys().await.unwrap().remove(0).counts;
    let refused: i64 = counts.iter().filter(|(fate, _)| fate.is_refusal()).map(|(_, n)| n).sum();
    assert_eq!(refused, 9, "nothing is lost silently: {counts:?}");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_whole_and_says_where() {
    let house = House::open().await;
    let deep = format!(
        "{{\"batch\":[{{\"type\":\"page\",\"userId\":\"C1\",\"properties\":{}1{}}}]}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    for body in [
        "",
        "{",
        "nonsense",
        "[]",
        "{\"batch\":7}",
        "{\"batch\":[{]}",
        "{}",
        "\u{feff}{}",
        "{\"batch\":[NaN]}",
        "{\"batch\":[{\"type\":\"page\",\"userId\":\"C1\",\"properties\":{\"x\":NaN}}]}",
        "{\"batch\":[1,]}",
        "{\"batch\":[],\"batch\":[]}",
        "{\"batch\":[\"\u{1}\"]}",
        "{\"batch\":[\"\\ud800\\u0041\\x\"]}",
    ] {
        let answer = house.send("/v1/batch", body, &[]).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (StatusCode::BAD_REQUEST, &json!("malformed")),
            "{body}"
        );
        assert!(!answer.body["message"].as_str().unwrap().is_empty());
    }
    let answer = house.send("/v1/batch", vec![b'{', 0xff, 0xfe, b'}'], &[]).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::BAD_REQUEST, &json!("malformed")));
    let answer = house.send("/v1/batch", deep, &[]).await;
    assert!(
        answer.status == StatusCode::ACCEPTED || answer.status == StatusCode::BAD_REQUEST,
        "{}",
        answer.status
    );
    assert_eq!(house.send("/v1/batch", "{\"batch\":[]}", &[]).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn hostile_values_are_taken_as_what_they_are_and_harm_nothing() {
    let house = House::open().await;
    let many: serde_json::Map<String, Value> =
        (0..1_000).map(|n| (format!("property number {n}"), json!(n))).collect();
    let events = [
        json!({"type": "track", "event": "<script>alert(1)</script>", "userId": "C1", "properties": {"x": "\u{0}'; DROP TABLE events; --"}}),
        json!({"type": "identify", "userId": "C1", "traits": {"email": "a\u{0}@b", "firstName": "\u{0}\u{7}Ana\u{202e}", "locale": 7, "country": ["ES"], "timezone": "../../etc/passwd", "createdAt": 1e300}}),
        json!({"type": "identify", "userId": "'; DROP TABLE customers; --", "traits": "no object"}),
        json!({"type": "track", "event": "Order Completed", "userId": "C1", "properties": {"order_id": "x".repeat(5_000), "total": "1e400"}}),
        json!({"type": "track", "event": "Order Completed", "userId": "C1", "properties": {"order_id": {"a": 1}, "total": -5}}),
        json!({"type": "track", "event": "Email Opened", "userId": "C1", "properties": {"message_id": "99999999999999999999"}}),
        json!({"type": "page", "userId": "C1", "properties": many, "context": "no object"}),
        json!({"type": "page", "userId": "C1", "context": {"consent": {"categoryPreferences": [true]}, "timezone": {}, "traits": 1}}),
        json!({"type": "group", "userId": "C1", "groupId": "g", "traits": null}),
        json!({"type": "alias", "userId": "C1", "previousId": "C1"}),
        json!({"type": "alias", "userId": "C1"}),
        json!({"type": "page", "anonymousId": "", "userId": null}),
    ];
    let answer = house.send("/v1/batch", json!({ "batch": events }).to_string(), &[]).await;
    assert_eq!(
        (answer.status, &answer.body["accepted"]),
        (StatusCode::ACCEPTED, &json!(12)),
        "{}",
        answer.body
    );
    // serde_json writes control characters as escapes, as every sender must.
    for (raw, code) in [
        (r#"{"type":"page","userId":"C1","userId":"C2"}"#, "malformed"),
        (r#"{"type":"page","userId":"a\u0007b"}"#, "bad_id"),
        (r#"{"type":"page","userId":1e999}"#, "bad_id"),
        (r#"{"type":"page","userId":-1}"#, "bad_id"),
        (r#"{"type":["page"],"userId":"C1"}"#, "unknown_type"),
        (r#"{"type":"page","userId":"C1","timestamp":1e999}"#, "bad_time"),
        (r#"{"type":"page","userId":"C1","timestamp":{"$date":1}}"#, "bad_time"),
    ] {
        let answer = house.send("/v1/batch", format!("{{\"batch\":[{raw}]}}"), &[]).await;
        assert_eq!((answer.status, &answer.body["code"]), (StatusCode::BAD_REQUEST, &json!(code)), "{raw}");
    }
    house.app.apply_all_events().await.unwrap();
    house.app.compact_events().await.unwrap();
    let odd = house.app.store().customers_after(None, 10).await.unwrap();
    let ana = odd.iter().find(|record| record.key.as_str() == "C1").unwrap();
    assert_eq!(
        (ana.email.as_deref(), ana.time_zone.as_deref(), ana.country.as_deref()),
        (Some("a@b"), None, None)
    );
    assert!(ana.first_name.as_deref().is_some_and(|name| !name.contains('\0')));
    assert!(odd.iter().any(|record| record.key.as_str() == "'; DROP TABLE customers; --"));
}

#[tokio::test]
async fn a_million_properties_are_refused_before_they_cost_anything() {
    let house = House::open().await;
    let mut body = String::from("{\"batch\":[{\"type\":\"page\",\"userId\":\"C1\",\"properties\":{");
    for n in 0..1_000_000 {
        if n > 0 {
            body.push(',');
        }
        body.push_str(&format!("\"{n}\":{n}"));
    }
    body.push_str("}}]}");
    let packed = gzip(body.as_bytes());
    let answer = house.send("/v1/batch", body, &[]).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large")));
    let answer = house.send("/v1/batch", packed, &[("content-encoding", "gzip")]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn packed_bodies_are_unpacked_and_bombs_are_not() {
    let house = House::open().await;
    let events: Vec<Value> =
        (0..100).map(|n| json!({"type": "page", "userId": "C1", "messageId": format!("m{n}")})).collect();
    let packed = gzip(json!({ "batch": events }).to_string().as_bytes());
    let answer = house.send("/v1/batch", packed, &[("content-encoding", "gzip")]).await;
    assert_eq!((answer.status, &answer.body["accepted"]), (StatusCode::ACCEPTED, &json!(100)));
    let bomb = gzip(&vec![b' '; 450_000]);
    assert!(bomb.len() < 1_000);
    let answer = house.send("/v1/batch", bomb, &[("content-encoding", "gzip")]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = house.send("/v1/batch", "no gzip", &[("content-encoding", "gzip")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let answer = house.send("/v1/batch", "{}", &[("content-encoding", "br")]).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn browsers_may_send_with_a_key_for_their_site_and_with_no_other() {
    let house = House::open().await;
    let event = json!({"type": "page", "anonymousId": "d1"}).to_string();
    let page = format!("Bearer {}", House::key(&house.app, "page", &["https://shop.example"]).await);
    let from = |origin: &'static str, key: &str| {
        (
            vec![("origin".to_owned(), origin.to_owned()), ("authorization".to_owned(), key.to_owned())],
            event.clone(),
        )
    };
    let server = format!("Bearer {}", house.key);
    for (origin, key, status) in [
        ("https://shop.example", page.as_str(), StatusCode::ACCEPTED),
        ("https://evil.example", page.as_str(), StatusCode::FORBIDDEN),
        ("null", page.as_str(), StatusCode::FORBIDDEN),
        ("https://shop.example", server.as_str(), StatusCode::FORBIDDEN),
    ] {
        let (headers, body) = from(origin, key);
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = house.send("/v1/p", body, &headers).await;
        assert_eq!(answer.status, status, "{origin}");
        assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(!answer.headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
    }
    let preflight =
        Request::options("/v1/t").header("origin", "https://shop.example").body(Body::empty()).unwrap();
    let answer = house.ask(preflight).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_METHODS], "POST");
}

#[tokio::test]
async fn a_key_that_sends_too_much_is_told_when_to_come_back() {
    let house = House::open().await;
    let new = NewKey { name: "small".to_owned(), per_second: Some(1), ..NewKey::default() };
    let key = format!("Bearer {}", house.app.add_write_key(&new, Actor::Operator).await.unwrap().key);
    let events: Vec<Value> =
        (0..10).map(|n| json!({"type": "page", "userId": "C1", "messageId": format!("m{n}")})).collect();
    let body = json!({ "batch": events }).to_string();
    assert_eq!(
        house.send("/v1/batch", body.clone(), &[("authorization", &key)]).await.status,
        StatusCode::ACCEPTED
    );
    let answer = house.send("/v1/batch", body, &[("authorization", &key)]).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("too_many")));
    assert!(answer.headers[header::RETRY_AFTER].to_str().unwrap().parse::<u64>().unwrap() >= 9);
}

#[tokio::test]
async fn no_cookie_opens_the_api_and_no_key_opens_a_page() {
    let house = House::open().await;
    let event = json!({"type": "page", "userId": "C1"}).to_string();
    let answer = house.send("/v1/page", event, &[("authorization", ""), ("cookie", "candor=x")]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let request = Request::get("/customers")
        .header(header::AUTHORIZATION, format!("Bearer {}", house.key))
        .body(Body::empty())
        .unwrap();
    assert_eq!(house.ask(request).await.status, StatusCode::SEE_OTHER);
    let request = Request::get("/v1/health")
        .header(header::AUTHORIZATION, format!("Bearer {}", house.key))
        .body(Body::empty())
        .unwrap();
    let answer = house.ask(request).await;
    assert_eq!((answer.status, &answer.body["waiting"]), (StatusCode::OK, &json!(0)));
}

#[tokio::test]
async fn every_example_of_the_segment_spec_is_taken() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/segment_spec/examples.json.gz");
    let Ok(packed) = std::fs::read(&file) else {
        eprintln!("skipped: there is no {}", file.display());
        return;
    };
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(packed.as_slice()), &mut text).unwrap();
    let examples: Vec<Value> = serde_json::from_str(&text).unwrap();
    let calls: Vec<&Value> = examples.iter().filter_map(|example| example.get("json")).collect();
    assert!(calls.len() >= 75, "{}", calls.len());
    let house = House::open().await;
    for call in &calls {
        let kind = call.get("type").or(call.get("action")).and_then(Value::as_str).unwrap();
        let answer = house.send(&format!("/v1/{kind}"), call.to_string(), &[]).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{call} {}", answer.body);
    }
    let together = house.send("/v1/import", json!({ "batch": calls }).to_string(), &[]).await;
    assert_eq!(
        (together.status, &together.body["refused"]),
        (StatusCode::ACCEPTED, &json!(0)),
        "{}",
        together.body
    );
    house.app.apply_all_events().await.unwrap();
    house.app.compact_events().await.unwrap();
    let peter = house.app.store().customers_by_email("peter@example.com").await.unwrap();
    assert_eq!(peter.len(), 1);
}
