//! The fact sheet and the guard as people and programs reach them: forms, and the API with a key.

use crate::matrix::{House, location, text};
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use terms::person::Role;

pub(crate) fn form(path: &str, cookie: &str, pairs: &[(&str, &str)]) -> Request<Body> {
    let encode = |text: &str| crate::route::encode(text).replace('/', "%2F");
    let body: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookie)
        .body(Body::from(body.join("&")))
        .unwrap()
}

pub(crate) fn page(path: &str, cookie: &str) -> Request<Body> {
    Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()
}

/// What a page says the file was, to be sent back with it.
fn seen(page: &str) -> String {
    page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

const FILE: &str = "entity,predicate,value\noffer:hello,price,29.00 EUR\noffer:hello,discount,20%\n";

#[tokio::test]
async fn a_file_is_looked_at_and_then_written_as_it_was_looked_at() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Marketer).await;
    let wrong =
        form("/facts/import", &cookie, &[("text", "entity,predicate,value\noffer:x,discount,900%\n")]);
    let answer = house.ask(wrong).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let told = text(answer).await;
    assert!(
        told.contains("Line 2: discount: `900%` is no discount") && !told.contains("name=\"seen\""),
        "{told}"
    );
    let look =
        text(house.ask(form("/facts/import", &cookie, &[("text", FILE), ("source", "erp")])).await).await;
    assert!(look.contains("What would change") && house.app.store().facts().await.unwrap().is_empty());
    let seen = seen(&look);
    let other = FILE.replace("20%", "30%");
    let swapped = form("/facts/import", &cookie, &[("text", &other), ("source", "erp"), ("seen", &seen)]);
    assert_eq!(house.ask(swapped).await.status(), StatusCode::CONFLICT);
    assert!(house.app.store().facts().await.unwrap().is_empty());
    // Browsers send line ends as CR LF; what was looked at was sent the same way.
    let write = form("/facts/import", &cookie, &[("text", FILE), ("source", "erp"), ("seen", &seen)]);
    let done = text(house.ask(write).await).await;
    assert!(done.contains("Written"), "{done}");
    assert_eq!(house.app.store().facts().await.unwrap().len(), 2);
    let sheet = text(house.ask(page("/facts?q=price", &cookie)).await).await;
    assert!(sheet.contains("€29") && sheet.contains("erp#2") && !sheet.contains("20%"), "{sheet}");
}

#[tokio::test]
async fn a_file_that_is_too_large_is_answered_with_the_command_that_takes_it() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Marketer).await;
    let large = "x".repeat(crate::pages::FILE_LIMIT + 10);
    let answer = house.ask(form("/facts/import", &cookie, &[("text", &large)])).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text(answer).await.contains("candor facts import FILE"));
}

async fn add(house: &House, cookie: &str, pairs: &[(&str, &str)]) -> Response<Body> {
    house.ask(form("/facts/new", cookie, pairs)).await
}

#[tokio::test]
async fn a_fact_is_added_mended_and_ended_and_each_step_is_on_its_page() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Marketer).await;
    let fact = [("entity", "offer:hello"), ("predicate", "price")];
    let wrong = add(&house, &cookie, &[fact[0], fact[1], ("value", "1.299 EUR")]).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let told = text(wrong).await;
    assert!(told.contains("is no amount of money") && told.contains("1.299 EUR"), "{told}");
    let made = add(&house, &cookie, &[fact[0], fact[1], ("value", "29 EUR")]).await;
    assert_eq!(location(&made), "/facts/1?done=fact_saved");
    let mend = |value: &'static str, version: &'static str| {
        form("/facts/1", &cookie, &[fact[0], fact[1], ("value", value), ("version", version)])
    };
    assert_eq!(house.ask(mend("31 EUR", "1")).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.ask(mend("33 EUR", "1")).await.status(), StatusCode::CONFLICT);
    let shown = text(house.ask(page("/facts/1", &cookie)).await).await;
    assert!(shown.contains("€29 → €31") && shown.contains("31.00 EUR") && !shown.contains("€33"), "{shown}");
    let end = |reason: &'static str| form("/facts/1/end", &cookie, &[("reason", reason)]);
    assert_eq!(house.ask(end("")).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(location(&house.ask(end("withdrawn")).await), "/facts/1?done=fact_ended");
    let shown = text(house.ask(page("/facts/1", &cookie)).await).await;
    assert!(shown.contains("withdrawn") && !shown.contains("action=\"/facts/1\""), "{shown}");
    // An analyst sees it, and has no form.
    let analyst = house.cookie(Role::Analyst).await;
    let seen = text(house.ask(page("/facts/1", &analyst)).await).await;
    assert!(seen.contains("€31") && !seen.contains("<textarea id=\"value\""), "{seen}");
}

#[tokio::test]
async fn a_link_fills_in_what_a_claim_needs_but_never_its_value() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Marketer).await;
    let link = "/facts/new?entity=offer%3Ax&predicate=free_wifi&evidence=plain&claim=free%20Wi-Fi&value=true";
    let shown = text(house.ask(page(link, &cookie)).await).await;
    assert!(shown.contains("value=\"free_wifi\"") && shown.contains("free Wi-Fi"), "{shown}");
    assert!(!shown.contains(">true</textarea>"), "{shown}");
    let back =
        [("entity", "offer:x"), ("predicate", "free_wifi"), ("value", "true"), ("back", "//evil.test")];
    assert_eq!(location(&add(&house, &cookie, &back).await), "/");
}

#[tokio::test]
async fn a_program_with_a_key_for_servers_may_ask_the_guard() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Marketer).await;
    for (predicate, value) in [("price", "29 EUR"), ("discount", "20%")] {
        add(&house, &cookie, &[("entity", "offer:hello"), ("predicate", predicate), ("value", value)]).await;
    }
    let key = async |name: &str, origins: &[&str]| {
        let new = flow::events::NewKey {
            name: name.to_owned(),
            scopes: if origins.is_empty() { vec![terms::event::KeyScope::Guard] } else { Vec::new() },
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            per_second: None,
        };
        house.app.add_write_key(&new, terms::person::Actor::Operator).await.unwrap().key
    };
    let mute = {
        let new = flow::events::NewKey { name: "mute".to_owned(), ..flow::events::NewKey::default() };
        house.app.add_write_key(&new, terms::person::Actor::Operator).await.unwrap().key
    };
    let (server, browser) = (key("server", &[]).await, key("page", &["https://shop.example"]).await);
    let ask = |key: &str, body: String| {
        Request::post("/v1/guard/check")
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .body(Body::from(body))
            .unwrap()
    };
    let body = |message: &str, offer: &str| {
        serde_json::json!({ "message": message, "language": "en", "offer": offer }).to_string()
    };
    assert_eq!(house.ask(ask("wk_none", body("x", ""))).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.ask(ask(&browser, body("x", ""))).await.status(), StatusCode::FORBIDDEN);
    let refused = house.ask(ask(&mute, body("x", ""))).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(text(refused).await.contains("--scope guard"));
    assert_eq!(house.ask(ask(&server, "{".to_owned())).await.status(), StatusCode::BAD_REQUEST);
    let unknown = house.ask(ask(&server, body("Now €29", "offer:none"))).await;
    assert_eq!(unknown.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let answer = house.ask(ask(&server, body("Now €29.00, last hours!", "offer:hello"))).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let told: serde_json::Value = serde_json::from_str(&text(answer).await).unwrap();
    assert_eq!(told["severity"], "block", "{told}");
    assert_eq!(told["grounds"][0]["predicate"], "price", "{told}");
    assert!(told["report"]["findings"].as_array().unwrap().iter().any(|f| f["rule"] == "M1"), "{told}");
}

#[tokio::test]
async fn a_repair_is_made_without_script_and_saves_nothing() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Marketer).await;
    add(&house, &cookie, &[("entity", "offer:hello"), ("predicate", "price"), ("value", "29 EUR")]).await;
    let typed = |mend: &str| {
        form(
            "/campaigns/new",
            &cookie,
            &[
                ("name", "Hello"),
                ("goal", "other"),
                ("audience", "everyone"),
                ("control_percent", "10"),
                ("window_days", "28"),
                ("send_days", "14"),
                ("offer", "offer:hello"),
                ("en_subject", "Hello"),
                ("en_body", "The filter costs €19.00. Come in."),
                ("mend", mend),
            ],
        )
    };
    let check = {
        let mut request = typed("");
        *request.uri_mut() = "/campaigns/check".parse().unwrap();
        text(house.ask(request).await).await
    };
    assert!(check.contains("{{ offer.price }}") && check.contains("name=\"mend\""), "{check}");
    assert!(check.contains("/facts/1"), "{check}");
    let change = r#"{"field":"en_body","start":17,"was":"€19.00","by":"{{ offer.price }}"}"#;
    let before = house.app.store().campaigns().await.unwrap().len();
    let mended = text(house.ask(typed(change)).await).await;
    assert!(mended.contains("The filter costs {{ offer.price }}. Come in."), "{mended}");
    assert_eq!(house.app.store().campaigns().await.unwrap().len(), before);
    let moved = r#"{"field":"en_body","start":0,"was":"€99","by":""}"#;
    assert_eq!(house.ask(typed(moved)).await.status(), StatusCode::CONFLICT);
}
