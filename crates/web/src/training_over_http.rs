//! Training as a browser meets it: a test begun, answered and marked over HTTP, and refusals that lead to it.

use crate::matrix::{House, location, text};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use std::fmt::Write as _;
use terms::person::Role;

fn get(path: &str, cookie: &str, accept: &str) -> Request<Body> {
    Request::get(path)
        .header(header::COOKIE, cookie)
        .header(header::ACCEPT, accept)
        .body(Body::empty())
        .unwrap()
}

fn post(path: &str, cookie: &str, body: String) -> Request<Body> {
    Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookie)
        .body(Body::from(body))
        .unwrap()
}

/// The form as somebody sends it who knows the bank.
async fn answers(house: &House, role: Role) -> String {
    let people = house.app.store().people().await.unwrap();
    let person = people.into_iter().find(|person| person.role == role).unwrap();
    let test = house.app.store().tests_of(person.id).await.unwrap().pop().unwrap();
    let exam = house.app.open_test(&person, terms::customer::Language::English).await.unwrap();
    assert_eq!(exam.test, test.id);
    let library = flow::training::Library::get().unwrap();
    let mut form = String::new();
    for shown in &exam.questions {
        let question = library.question(&shown.id).unwrap();
        for (position, answer) in shown.answers.iter().enumerate() {
            if question.right.iter().any(|right| right.en == *answer) {
                let _ = write!(form, "q.{}={position}&", shown.id);
            }
        }
    }
    form.trim_end_matches('&').to_owned()
}

#[tokio::test]
async fn a_test_is_begun_answered_and_marked_without_giving_anything_away_before() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Analyst).await;
    let before = text(house.ask(get("/training/test", &cookie, "text/html")).await).await;
    assert!(before.contains("action=\"/training/test\"") && !before.contains("<fieldset"));
    let begun = house.ask(post("/training/test", &cookie, String::new())).await;
    assert_eq!((begun.status(), location(&begun)), (StatusCode::SEE_OTHER, "/training/test"));
    let page = text(house.ask(get("/training/test", &cookie, "text/html")).await).await;
    assert_eq!(page.matches("<fieldset").count(), flow::training::QUESTIONS);
    let json = text(house.ask(get("/training/test", &cookie, "application/json")).await).await;
    for given_away in ["\"right\"", "\"why\"", "is-right"] {
        assert!(!json.contains(given_away) && !page.contains(given_away), "{given_away}");
    }
    let form = answers(&house, Role::Analyst).await;
    let number = page.split("action=\"/training/test/").nth(1).unwrap().split('"').next().unwrap();
    let marked = house.ask(post(&format!("/training/test/{number}"), &cookie, form.clone())).await;
    assert_eq!(marked.status(), StatusCode::SEE_OTHER);
    let result = text(house.ask(get(location(&marked), &cookie, "text/html")).await).await;
    assert!(result.contains("18 of 18 right") && result.contains("/training/certificate/"), "{result}");
    // Handing in once more changes nothing and says so.
    let again = house.ask(post(&format!("/training/test/{number}"), &cookie, form)).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert!(text(again).await.contains("no longer open"));
    // Nobody else reads it.
    let other = house.cookie(Role::Engineer).await;
    let theirs = house.ask(get(&format!("/training/test/{number}"), &other, "text/html")).await;
    assert_eq!(theirs.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn after_a_year_an_approval_is_refused_with_the_way_to_the_test() {
    let house = House::open().await;
    house.app.clock().set(house.app.now().plus_days(366));
    let cookie = house.cookie(Role::Approver).await;
    let today = text(house.ask(get("/", &cookie, "text/html")).await).await;
    assert!(today.contains("missing or has ended"), "{today}");
    let people = house.app.store().people().await.unwrap();
    let marketer = people.into_iter().find(|person| person.role == Role::Marketer).unwrap();
    let english = terms::customer::Language::English;
    let mut form = house.app.compose_new(Some("win_back"), english).await.unwrap().form;
    form.name = "Any".to_owned();
    let id = house.app.save_campaign(&marketer, None, 0, &form).await.unwrap();
    let approve = format!("/campaigns/{id}/approve");
    let refused = house.ask(post(&approve, &cookie, "seen_hash=x".to_owned())).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let page = text(refused).await;
    assert!(page.contains("Your certificate ended on") && page.contains("href=\"/training/test\""), "{page}");
}

#[tokio::test]
async fn a_lesson_is_read_in_both_languages_and_an_unknown_one_is_not_there() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Marketer).await;
    for (lang, words) in [("en", "What Candor does about it"), ("es", "Qué hace Candor")] {
        let cookie = format!("{cookie}; lang={lang}");
        let page = text(house.ask(get("/training/claims", &cookie, "text/html")).await).await;
        assert!(page.contains(words) && page.contains("/rules#C1"), "{page}");
    }
    let none = house.ask(get("/training/luck", &cookie, "text/html")).await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
    let read = house.ask(post("/training/claims", &cookie, String::new())).await;
    assert!(location(&read).starts_with("/training/law"));
}
