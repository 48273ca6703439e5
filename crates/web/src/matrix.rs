//! Every route against everybody: nobody gets past a policy, on a real home with a real database.

use crate::route::{Policy, Registered};
use crate::{WebOptions, WebState, pages, router, session};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response, StatusCode, header};
use flow::access::Permission;
use flow::clock::Clock;
use flow::{App, Opening};
use terms::person::Role;
use terms::time::Day;
use tower::ServiceExt;

const PASSWORD: &str = "a long enough password";

/// A home with one person of each role.
pub(crate) struct House {
    pub(crate) app: App,
    _folder: tempfile::TempDir,
}

fn address(role: Role) -> String {
    format!("{role}@candor.test")
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::narrowed(None).await
    }

    /// The same, with policies of the brand.
    pub(crate) async fn narrowed(policies: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some(policies) = policies {
            std::fs::write(folder.path().join("access.cedar"), policies).unwrap();
        }
        let clock = Clock::at(Day::from_ymd(2026, 11, 24).unwrap().start().plus_hours(10));
        let opening = Opening { home: folder.path(), database_url: None, smtp_url: None, clock };
        let app = App::open(opening).await.unwrap();
        for role in Role::ALL {
            app.add_person(role.as_str(), &address(*role), *role, PASSWORD).await.unwrap();
        }
        for person in app.store().people().await.unwrap() {
            if matches!(person.role, Role::Approver | Role::PrivacyOfficer) {
                assert!(app.take_demo_test(&person).await.unwrap().passed);
            }
        }
        Self { app, _folder: folder }
    }

    fn router(&self) -> Router {
        router(self.app.clone(), WebOptions::default())
    }

    fn table(&self) -> Vec<Registered> {
        let state = WebState { app: self.app.clone(), options: WebOptions::default() };
        pages::routes(state).finish().1
    }

    pub(crate) async fn cookie(&self, role: Role) -> String {
        let token = self.app.sign_in(&address(role), PASSWORD).await.unwrap().token;
        format!("{}={token}", session::name(WebOptions::default()))
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Response<Body> {
        self.router().oneshot(request).await.unwrap()
    }
}

fn request(route: &Registered, cookie: Option<&str>, site: &str) -> Request<Body> {
    let path = route.path.replace("{id}", "1").replace("{key}", "x").replace("{token}", "x");
    let path = path.replace("{lesson}", "law");
    let path = path.replace("{level}", "0").replace("{*path}", "000.p/1");
    let path = path.replace("{kind}", "stage").replace("{label}", "stage@1");
    let mut request =
        Request::builder().method(route.method.clone()).uri(path).header("sec-fetch-site", site);
    if route.method == Method::POST {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    request.body(Body::empty()).unwrap()
}

pub(crate) fn location(response: &Response<Body>) -> &str {
    response.headers().get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
}

pub(crate) async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

/// Who gets past a route of which permission, as a person wrote it: marketer, approver, analyst, privacy officer,
/// engineer. A changed policy fails here, and whoever changed it writes it a second time.
#[rustfmt::skip]
const BY_HAND: &[(Permission, [bool; 5])] = {
    const Y: bool = true;
    const N: bool = false;
    &[
        (Permission::View,          [Y, Y, Y, Y, Y]),
        (Permission::SeeContacts,   [N, N, N, Y, N]),
        (Permission::Compose,       [Y, N, N, N, N]),
        (Permission::Approve,       [N, Y, N, N, N]),
        (Permission::Launch,        [Y, Y, N, N, N]),
        (Permission::Halt,          [Y, Y, N, Y, Y]),
        (Permission::ReadLedger,    [Y, Y, Y, Y, Y]),
        (Permission::Reconcile,     [N, N, N, Y, Y]),
        (Permission::ManageRights,  [N, N, N, Y, N]),
        (Permission::JudgeSamples,  [N, Y, Y, Y, N]),
        (Permission::AuditFairness, [N, N, Y, Y, N]),
        (Permission::KeepRules,     [N, Y, N, Y, N]),
        (Permission::OverrideRules, [N, N, N, Y, N]),
        (Permission::SeeTraining,   [N, Y, N, Y, N]),
        (Permission::PromoteModels, [N, Y, Y, N, N]),
        (Permission::KeepGates,     [N, N, N, Y, N]),
    ]
};

fn by_hand(role: Role, permission: Permission) -> bool {
    let (_, roles) = BY_HAND.iter().find(|(one, _)| *one == permission).unwrap();
    roles[Role::ALL.iter().position(|one| *one == role).unwrap()]
}

fn staff(table: &[Registered]) -> impl Iterator<Item = (&Registered, Permission)> {
    table.iter().filter_map(|route| match route.policy {
        Policy::Staff(permission) => Some((route, permission)),
        Policy::Public | Policy::Visitor | Policy::Customer | Policy::WriteKey => None,
    })
}

#[tokio::test]
async fn a_stranger_is_sent_to_the_sign_in_page_from_every_staff_route() {
    let house = House::open().await;
    let table = house.table();
    assert!(staff(&table).count() > 20);
    for (route, _) in staff(&table) {
        for cookie in [None, Some("candor=made-up")] {
            let answer = house.ask(request(route, cookie, "same-origin")).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{} {}", route.method, route.path);
            assert!(location(&answer).starts_with("/sign-in?next=/"), "{} {}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn every_role_gets_at_every_route_what_cedar_and_the_table_written_by_hand_say() {
    let house = House::open().await;
    let table = house.table();
    for role in Role::ALL {
        let cookie = house.cookie(*role).await;
        let person = house.app.store().person_by_email(&address(*role)).await.unwrap().unwrap().0;
        for (route, permission) in staff(&table) {
            let answer = house.ask(request(route, Some(&cookie), "same-origin")).await;
            let allowed = by_hand(*role, permission);
            assert_eq!(house.app.may(&person, permission), allowed, "{role} {permission}: cedar");
            let refused = answer.status() == StatusCode::FORBIDDEN;
            assert_eq!(
                refused,
                !allowed,
                "{role}: {} {} answered {}",
                route.method,
                route.path,
                answer.status()
            );
            assert!(!location(&answer).starts_with("/sign-in"), "{role}: {} {}", route.method, route.path);
            assert!(!answer.status().is_server_error(), "{role}: {} {}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn no_other_site_can_change_anything() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Engineer).await;
    let mut tried = 0;
    let ours = |route: &&Registered| !matches!(route.policy, Policy::Customer | Policy::WriteKey);
    for route in house.table().iter().filter(|route| route.method == Method::POST).filter(ours) {
        for site in ["cross-site", "same-site"] {
            let answer = house.ask(request(route, Some(&cookie), site)).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{} {site}", route.path);
            tried += 1;
        }
    }
    assert!(tried > 20);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let house = House::open().await;
    for route in house.table() {
        let answer = house.ask(request(&route, None, "same-origin")).await;
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{}",
            route.path
        );
        assert!(!policy.contains("script-src 'unsafe"), "{}", route.path);
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{}", route.path);
        if !route.path.starts_with("/assets/") {
            assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store", "{}", route.path);
        }
    }
}

#[tokio::test]
async fn a_wrong_token_is_told_in_both_languages_and_nothing_more() {
    let house = House::open().await;
    for route in house.table().iter().filter(|route| route.policy == Policy::Customer) {
        let answer = house.ask(request(route, None, "cross-site")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{} {}", route.method, route.path);
        assert!(!answer.headers().contains_key(header::SET_COOKIE));
        assert_eq!(answer.headers()[header::REFERRER_POLICY], "no-referrer");
        let page = text(answer).await;
        assert!(
            page.contains("This link does not work") && page.contains("Este enlace no funciona"),
            "{}",
            route.path
        );
        assert!(!page.contains("/sign-in"), "{}", route.path);
    }
}

#[tokio::test]
async fn signing_in_needs_the_right_pair_and_sets_a_cookie_no_script_can_read() {
    let house = House::open().await;
    let form = |password: &str| {
        let body = format!(
            "email=marketer%40candor.test&password={}&next=%2F%2Fevil.test",
            password.replace(' ', "+")
        );
        Request::post("/sign-in")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap()
    };
    let wrong = house.ask(form("wrong")).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!wrong.headers().contains_key(header::SET_COOKIE));
    assert!(text(wrong).await.contains("do not belong together"));
    let right = house.ask(form(PASSWORD)).await;
    assert_eq!((right.status(), location(&right)), (StatusCode::SEE_OTHER, "/"));
    let cookie = right.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn a_program_gets_json_and_a_plain_refusal() {
    let house = House::open().await;
    let ask = |cookie: Option<String>| {
        let mut request = Request::get("/campaigns").header(header::ACCEPT, "application/json");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        request.body(Body::empty()).unwrap()
    };
    let refused = house.ask(ask(None)).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let cookie = house.cookie(Role::Analyst).await;
    let answer = house.ask(ask(Some(cookie))).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let view: serde_json::Value = serde_json::from_str(&text(answer).await).unwrap();
    assert!(view["campaigns"].is_array(), "{view}");
}

#[tokio::test]
async fn an_address_that_leads_nowhere_has_a_way_out() {
    let house = House::open().await;
    let answer = house.ask(Request::get("/nowhere").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let page = text(answer).await;
    assert!(page.contains("There is nothing here") && page.contains("href=\"/sign-in\""));
}

#[tokio::test]
async fn a_form_that_is_too_long_is_answered_with_the_limit_and_a_way_back_in_both_languages() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Marketer).await;
    for (lang, words) in [("en", "A form may hold 256 KB"), ("es", "caben 256 KB")] {
        let long = format!("name=x&en_body={}", "a".repeat(2 << 20));
        let request = Request::post("/campaigns/new")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, format!("{cookie}; lang={lang}"))
            .body(Body::from(long))
            .unwrap();
        let answer = house.ask(request).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let page = text(answer).await;
        assert!(page.contains(words) && page.contains("href=\"/campaigns/new\""), "{page}");
        assert!(!page.contains("buffer"), "{page}");
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_taken_is_answered_in_the_readers_language_with_its_words_kept() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Marketer).await;
    let post = |body: &'static str| {
        Request::post("/campaigns/new")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, format!("{cookie}; lang=es"))
            .body(Body::from(body))
            .unwrap()
    };
    let share = "name=Prueba&goal=other&audience=everyone&control_percent=99&window_days=28&send_days=14&es_body=Hola";
    let page = text(house.ask(post(share)).await).await;
    assert!(page.contains("no puede ser «99»") && page.contains("Hola"), "{page}");
    let segment = "name=P&goal=other&audience=stage+%3D+churnd&control_percent=9&window_days=28&send_days=14&es_body=Hola";
    let page = text(house.ask(post(segment)).await).await;
    assert!(page.contains("no es una etapa") && !page.contains("did you mean"), "{page}");
    let wordless = "then=submit&name=Vacia&goal=other&audience=everyone&control_percent=9&window_days=28&send_days=14&es_body=Hola";
    let page = text(house.ask(post(wordless)).await).await;
    assert!(page.contains("Español: el texto no se puede enviar") && page.contains("no hay texto"), "{page}");
    // Saved, but held back: the page says that it was saved.
    let held = "then=submit&name=Prueba&goal=other&audience=everyone&control_percent=9&window_days=28&send_days=14&es_subject=Hola&es_body=Solo+quedan+3";
    let answer = house.ask(post(held)).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(answer).await;
    assert!(page.contains("Guardada como borrador, pero no presentada."), "{page}");
    assert!(page.contains("El guardián la retiene") && !page.contains("No se hizo."), "{page}");
}

#[tokio::test]
async fn whoever_may_not_is_told_who_may_and_by_what_reason() {
    let policy = r#"@id("only-ana") @reason_en("Ana alone launches.") @reason_es("Solo Ana lanza.")
forbid (principal, action == Action::"launch", resource) unless { principal.email == "ana@candor.test" };"#;
    let house = House::narrowed(Some(policy)).await;
    let cookie = house.cookie(Role::Marketer).await;
    let post = |lang: &str| {
        Request::post("/campaigns/1/launch")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, format!("{cookie}; lang={lang}"))
            .body(Body::empty())
            .unwrap()
    };
    for (lang, reason) in [("en", "Ana alone launches."), ("es", "Solo Ana lanza.")] {
        let answer = house.ask(post(lang)).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let page = text(answer).await;
        assert!(page.contains(reason), "{page}");
    }
    // Nothing permits it to the role: the page names the role that may, and who has it.
    let request = Request::get("/rights").header(header::COOKIE, &cookie).body(Body::empty()).unwrap();
    let page = text(house.ask(request).await).await;
    assert!(page.contains("Privacy officer") && page.contains("privacy_officer"), "{page}");
    // What is taken away is not offered either, and the table says by whom.
    let request =
        Request::get("/settings/access").header(header::COOKIE, &cookie).body(Body::empty()).unwrap();
    let page = text(house.ask(request).await).await;
    assert!(page.contains("only-ana") && page.contains("class=\"narrowed\""), "{page}");
}
