//! Who may do what, end to end: a brand narrows, four eyes hold for who changed role, a broken file stops the start.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop where it cannot go on"
)]

use flow::access::Permission;
use flow::clock::Clock;
use flow::{App, Error, Opening};
use terms::ledger::Action;
use terms::person::{Person, Role};
use testkit::TestApp;

const NOT_OWN: &str = r#"@id("own-launch")
@reason_en("Whoever wrote a campaign does not launch it.")
@reason_es("Quien escribió una campaña no la lanza.")
forbid (principal, action == Action::"launch", resource is Campaign) when { resource.author == principal };
"#;

async fn open(home: &std::path::Path) -> Result<App, Error> {
    App::open(Opening { home, database_url: None, smtp_url: None, clock: Clock::System }).await
}

async fn changes(app: &App) -> Vec<serde_json::Value> {
    let entries = app.store().entries_of("access/brand").await.unwrap();
    let of_policies = entries.into_iter().filter(|entry| entry.entry.action == Action::PoliciesChanged);
    of_policies.map(|entry| entry.entry.payload).collect()
}

#[tokio::test]
async fn a_file_that_cannot_be_used_stops_the_start_and_says_where_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("access.cedar");
    for (text, place) in [
        (
            "@id(\"a\") @reason(\"b\")\npermit (principal, action, resource);",
            "line 1, column 1: a brand's own",
        ),
        ("// x\nforbid (principal, action, resurce);", "line 2, column 28"),
    ] {
        std::fs::write(&file, text).unwrap();
        let told = open(folder.path()).await.err().unwrap().to_string();
        assert!(told.contains(place) && told.contains("access.cedar"), "{told}");
    }
    std::fs::write(&file, [0xff, 0xfe]).unwrap();
    assert!(open(folder.path()).await.is_err(), "not even text");
    std::fs::remove_file(&file).unwrap();
    assert!(open(folder.path()).await.is_ok());
}

#[tokio::test]
async fn each_change_of_the_brands_policies_is_an_entry_and_a_lost_file_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("access.cedar");
    assert!(changes(&open(folder.path()).await.unwrap()).await.is_empty());
    std::fs::write(&file, NOT_OWN).unwrap();
    open(folder.path()).await.unwrap();
    let app = open(folder.path()).await.unwrap();
    let noted = changes(&app).await;
    assert_eq!(noted.len(), 1, "a start without a change is none");
    assert_eq!(noted[0]["policies"], serde_json::json!(["own-launch"]));
    assert_eq!(noted[0]["after"], serde_json::json!(app.access().brand_hash().unwrap().to_string()));
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(open(folder.path()).await, Err(Error::PoliciesGone { .. })));
    std::fs::write(&file, "").unwrap();
    let app = open(folder.path()).await.unwrap();
    assert_eq!(changes(&app).await.len(), 2, "an empty file is a decision");
}

#[tokio::test]
async fn an_author_who_became_an_approver_does_not_approve_their_own() {
    let kit = TestApp::with_customers(40).await;
    let approver = kit.person(Role::Approver).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.draft("A", "everyone").await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    // As it stands when their role was changed after they wrote it.
    let promoted = Person { role: Role::Approver, ..marketer.clone() };
    assert!(kit.app.take_demo_test(&promoted).await.unwrap().passed);
    let hash = kit.app.store().campaign_hash(id).await.unwrap().unwrap().to_string();
    match kit.app.approve_campaign(&promoted, id, &hash, "").await {
        Err(Error::Denied(denied)) => assert!(denied.is_by("own-campaign"), "{denied}"),
        other => panic!("{other:?}"),
    }
    kit.app.approve_campaign(&approver, id, &hash, "").await.unwrap();
    let why = |person: &Person, on: &str| {
        let (app, person, on) = (kit.app.clone(), person.email.clone(), on.to_owned());
        async move { app.access_why(&person, Permission::Approve, &on).await.unwrap() }
    };
    let on = format!("campaign/{id}");
    let yes = why(&approver, &on).await;
    assert!(yes.allowed && yes.certified == Some(true));
    assert_eq!(yes.by[0].id, "approve");
    let no = why(&marketer, &on).await;
    assert!(!no.allowed);
    assert!(no.who.people.contains(&approver.name), "{:?}", no.who);
    assert!(kit.app.access_why("nobody@x", Permission::View, "").await.is_err());
    assert!(kit.app.access_why(&marketer.email, Permission::View, "shop/3").await.is_err());
}

#[tokio::test]
async fn a_brand_that_forbids_launching_ones_own_is_obeyed_by_the_use_case() {
    let kit = TestApp::with_customers(40).await;
    let (approver, marketer) = (kit.person(Role::Approver).await, kit.person(Role::Marketer).await);
    let id = kit.draft("A", "everyone").await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let hash = kit.app.store().campaign_hash(id).await.unwrap().unwrap().to_string();
    kit.app.approve_campaign(&approver, id, &hash, "").await.unwrap();
    std::fs::write(kit.app.home().access(), NOT_OWN).unwrap();
    let home = kit.app.home().path().to_owned();
    let clock = kit.app.clock().clone();
    let app = App::open(Opening { home: &home, database_url: None, smtp_url: None, clock }).await.unwrap();
    match app.launch_campaign(&marketer, id).await {
        Err(Error::Denied(denied)) => {
            assert!(denied.is_by("own-launch"));
            assert_eq!(denied.to_string(), "Whoever wrote a campaign does not launch it.");
        }
        other => panic!("{other:?}"),
    }
    app.launch_campaign(&approver, id).await.unwrap();
}
