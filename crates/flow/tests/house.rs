//! Rules of the brand through the house: who may change them, what they hold back, and that nothing is silent.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use flow::house::HouseRow;
use flow::{Error, Problem};
use terms::campaign::CampaignState;
use terms::customer::Language;
use terms::finding::Severity;
use terms::person::Role;
use testkit::TestApp;

fn row(word: &str) -> HouseRow {
    HouseRow {
        id: "B-word".into(),
        kind: "terms".into(),
        severity: "block".into(),
        name_en: "our words".into(),
        name_es: "nuestras palabras".into(),
        why_en: "that is not how we speak".into(),
        why_es: "no hablamos así".into(),
        en: word.into(),
        es: word.into(),
        ..HouseRow::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_made_after_the_approval_stops_the_launch() {
    let kit = TestApp::with_customers(60).await;
    let id = kit.approved("Everybody", "known_days >= 0").await;
    let approver = kit.person(Role::Approver).await;
    let short = HouseRow { kind: "length".into(), number: "1".into(), field: "body".into(), ..row("") };
    kit.app.put_house_rule(&approver, &short, 0).await.unwrap();
    let marketer = kit.person(Role::Marketer).await;
    let refused = kit.app.launch_campaign(&marketer, id).await;
    assert!(matches!(refused, Err(Error::Blocked { .. })), "{refused:?}");
    assert_eq!(kit.app.store().campaign(id).await.unwrap().state, CampaignState::Approved);
    // Retired, it finds nothing; its versions are kept, and the ledger has each.
    kit.app.retire_house_rule(&approver, "B-word", true).await.unwrap();
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    assert_eq!(kit.app.house_rule("B-word").await.unwrap().len(), 2);
    assert!(kit.app.verify_ledger().await.unwrap().verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_changes_rules_and_a_bad_file_changes_nothing() {
    let kit = TestApp::with_customers(20).await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let officer = kit.person(Role::PrivacyOfficer).await;
    assert!(matches!(kit.app.put_house_rule(&marketer, &row("cheap"), 0).await, Err(Error::Forbidden)));
    let until = kit.app.now().plus_days(30).day();
    let why = "counsel agreed to this wording";
    for person in [&marketer, &approver] {
        assert!(matches!(kit.app.override_rule(person, "M3", why, until).await, Err(Error::Forbidden)));
    }
    let never = kit.app.override_rule(&officer, "D2", why, until).await;
    assert!(matches!(never, Err(Error::Problem(Problem::BadHouse { .. }))), "{never:?}");
    let id = kit.app.override_rule(&officer, "M3", why, until).await.unwrap();
    let view = kit.app.house_view().await.unwrap();
    assert_eq!((view.overrides.len(), view.overrides[0].entry.id), (1, id));
    kit.app.end_override(&officer, id).await.unwrap();
    assert_eq!(kit.app.house_view().await.unwrap().past.len(), 1);

    kit.app.put_house_rule(&approver, &row("cheap"), 0).await.unwrap();
    let file = kit.app.export_house().await.unwrap();
    let bad = format!("{file}B-x,terms,loud,a,a,a,a,,,word,,,,,\n");
    let refused = kit.app.import_house(&approver, bad.as_bytes()).await.unwrap_err().to_string();
    assert!(refused.contains("line 3"), "{refused}");
    let good = file.replace("cheap", "bargain");
    let done = kit.app.import_house(&approver, good.as_bytes()).await.unwrap();
    assert_eq!((done.added, done.changed, done.same), (0, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_raised_can_be_taken_back_when_the_rule_is_gone() {
    let kit = TestApp::with_customers(20).await;
    let approver = kit.person(Role::Approver).await;
    let why = "complaints of readers";
    let unknown = kit.app.set_severity(&approver, "Z9", false, why).await;
    assert!(matches!(unknown, Err(Error::Problem(Problem::BadHouse { .. }))), "{unknown:?}");
    // An earlier version had the rule.
    let now = kit.app.now();
    kit.app.store().set_severity("Z9", Some(Severity::Block), why, approver.id, now).await.unwrap();
    let check = || kit.app.check_message("Hello", Language::English, Language::English, "");
    assert!(matches!(check().await, Err(Error::Problem(Problem::BadHouse { .. }))));
    assert_eq!(kit.app.house_view().await.unwrap().faults.len(), 1);
    assert!(kit.app.built_in_rule("Z9").await.unwrap().rule.is_none());
    let again = kit.app.set_severity(&approver, "Z9", true, why).await;
    assert!(matches!(again, Err(Error::Problem(Problem::BadHouse { .. }))), "{again:?}");
    kit.app.set_severity(&approver, "Z9", false, why).await.unwrap();
    check().await.unwrap();
    assert!(matches!(kit.app.built_in_rule("Z9").await, Err(Error::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_can_no_longer_be_used_are_retired_one_by_one() {
    let kit = TestApp::with_customers(20).await;
    let approver = kit.person(Role::Approver).await;
    let now = kit.app.now();
    // As an earlier version may have taken them.
    for id in ["B-old", "B-older"] {
        let good = HouseRow { id: id.into(), ..row("cheap") }.read(0).unwrap();
        let broken = terms::house::HouseRule { en: Vec::new(), es: Vec::new(), ..good };
        kit.app.store().add_house_rule(&broken, 0, false, approver.id, now).await.unwrap();
    }
    let check = || kit.app.check_message("Hello", Language::English, Language::English, "");
    assert!(matches!(check().await, Err(Error::Problem(Problem::BadHouse { .. }))));
    kit.app.retire_house_rule(&approver, "B-old", true).await.unwrap();
    assert!(matches!(check().await, Err(Error::Problem(Problem::BadHouse { .. }))));
    kit.app.put_house_rule(&approver, &HouseRow { id: "B-older".into(), ..row("cheap") }, 1).await.unwrap();
    check().await.unwrap();
    let restored = kit.app.retire_house_rule(&approver, "B-old", false).await;
    assert!(matches!(restored, Err(Error::Problem(Problem::BadHouse { .. }))), "{restored:?}");
}
