//! Signing up and the signal of browsers, as a browser without an account does it.

use crate::{WebOptions, router};
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use flow::clock::Clock;
use flow::events::NewKey;
use flow::{App, Opening};
use terms::consent::{ConsentStatus, Purpose};
use terms::event::KeyScope;
use terms::ids::CustomerKey;
use terms::person::Actor;
use terms::time::Day;
use tower::ServiceExt;

async fn house() -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::at(Day(20_700).start().plus_hours(10));
    let opening = Opening { home: folder.path(), database_url: None, smtp_url: None, clock };
    (App::open(opening).await.unwrap(), folder)
}

async fn ask(app: &App, request: Request<Body>) -> Response<Body> {
    router(app.clone(), WebOptions::default()).oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

fn post(path: &str) -> axum::http::request::Builder {
    Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

fn token(folder: &tempfile::TempDir) -> String {
    let outbox = std::fs::read_dir(folder.path().join("outbox")).unwrap();
    let mail = outbox.map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some()).unwrap();
    let mail = std::fs::read_to_string(mail).unwrap().replace("=\r\n", "");
    mail.split_once("/join/").unwrap().1.chars().take_while(char::is_ascii_hexdigit).collect()
}

#[tokio::test]
async fn the_form_is_unticked_in_both_languages_small_and_without_scripts() {
    let (app, _folder) = house().await;
    for (lang, words) in [("en", "Hear from"), ("es", "Recibir noticias")] {
        let answer = ask(&app, Request::get(format!("/join?lang={lang}")).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(!answer.headers().contains_key(header::SET_COOKIE));
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(!policy.contains("script-src"), "{policy}");
        let page = text(answer).await;
        assert!(page.contains(words) && page.contains(&format!("<html lang=\"{lang}\">")), "{page}");
        assert!(!page.contains("checked") && !page.contains("<script"), "{page}");
        assert_eq!(page.matches("type=\"checkbox\"").count(), Purpose::ALL.len());
        assert!(page.len() < 50_000);
    }
}

#[tokio::test]
async fn a_visitor_signs_up_confirms_and_can_look_again() {
    let (app, folder) = house().await;
    let body = "email=Ana%40example.org&lang=es&marketing=yes";
    let answer = ask(&app, post("/join").body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(text(answer).await.contains("Mira tu correo"));
    let path = format!("/join/{}", token(&folder));
    let look = || Request::get(path.as_str()).body(Body::empty()).unwrap();
    let page = text(ask(&app, look()).await).await;
    assert!(page.contains("Confirma tu elección") && page.contains("method=\"post\""), "{page}");
    assert!(app.store().customers_by_email("ana@example.org").await.unwrap().is_empty(), "a look is inert");
    let done = ask(&app, post(&path).body(Body::from("confirm=yes")).unwrap()).await;
    assert!(text(done).await.contains("Confirmado"));
    assert_eq!(app.store().customers_by_email("ana@example.org").await.unwrap().len(), 1);
    let again = text(ask(&app, look()).await).await;
    assert!(again.contains("Confirmado") && !again.contains("method=\"post\""));
}

#[tokio::test]
async fn what_was_wrong_is_said_beside_the_form_and_the_signal_is_heard() {
    let (app, folder) = house().await;
    for (body, words) in [
        ("email=nobody&lang=en&marketing=yes", "no e-mail address"),
        ("email=ana%40example.org&lang=en", "tick at least one"),
    ] {
        let answer = ask(&app, post("/join").body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = text(answer).await;
        assert!(page.contains(words) && page.contains("role=\"alert\""), "{page}");
    }
    // Of another site: refused, so that nobody's visitors are made to ask.
    let body = "email=ana%40example.org&lang=en&marketing=yes";
    let forged = Request::post("/join")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    assert_eq!(ask(&app, forged).await.status(), StatusCode::FORBIDDEN);
    let answer = ask(&app, post("/join").header("sec-gpc", "1").body(Body::from(body)).unwrap()).await;
    assert!(text(answer).await.contains("asks not to sell or share"));
    app.confirm_join(&token(&folder)).await.unwrap();
    let ana = app.store().customers_by_email("ana@example.org").await.unwrap().remove(0);
    let said = app.store().consent_receipts(&ana.key).await.unwrap();
    assert!(said.iter().any(|stored| {
        stored.receipt.purpose == Purpose::Sharing && stored.receipt.status == ConsentStatus::Withdrawn
    }));
}

#[tokio::test]
async fn a_program_sends_consents_with_a_key_that_may_and_from_a_server() {
    let (app, _folder) = house().await;
    let key = async |name: &str, scopes: Vec<KeyScope>| {
        let new = NewKey { name: name.to_owned(), scopes, ..NewKey::default() };
        app.add_write_key(&new, Actor::Operator).await.unwrap().key
    };
    let may = key("shop", vec![KeyScope::Consents]).await;
    let may_not = key("events", vec![KeyScope::Events]).await;
    let body = r#"{"consents":[{"customer":"C-1","purpose":"marketing","channel":"email","status":"withdrawn","at":"2026-09-01T10:00:00Z"}]}"#;
    let send = |key: &str, origin: Option<&str>, body: &'static str| {
        let mut request =
            Request::post("/v1/consents").header(header::AUTHORIZATION, format!("Bearer {key}"));
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        ask(&app, request.body(Body::from(body)).unwrap())
    };
    assert_eq!(send("made-up", None, body).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(send(&may_not, None, body).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(send(&may, Some("https://shop.example"), body).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(send(&may, None, "[]").await.status(), StatusCode::BAD_REQUEST);
    let wrong = send(&may, None, r#"{"consents":[{"customer":"C-1"}]}"#).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(wrong).await.contains("\"index\":0"));
    let taken = send(&may, None, body).await;
    assert_eq!(taken.status(), StatusCode::OK);
    assert!(text(taken).await.contains("\"added\":1"));
    let stored = app.store().consent_receipts(&CustomerKey::new("C-1")).await.unwrap();
    assert_eq!((stored.len(), stored[0].receipt.source.as_str()), (1, "api:shop"));
}
