//! Extra approvers, approval in part, and launches that are taken back.
#![expect(clippy::unwrap_used, reason = "tests")]

use flow::oversight::{Oversight, Part};
use flow::{Error, Problem};
use terms::approval::Risk;
use terms::campaign::CampaignState;
use terms::customer::Language;
use terms::person::Role;
use testkit::TestApp;

async fn settle(kit: &TestApp, change: impl FnOnce(&mut Oversight)) {
    let officer = kit.person(Role::PrivacyOfficer).await;
    let mut settings = kit.app.oversight().await.unwrap();
    change(&mut settings);
    kit.app.change_oversight(&officer, &settings).await.unwrap();
}

#[tokio::test]
async fn a_large_audience_is_approved_by_two_people_who_did_not_write_it() {
    let kit = TestApp::with_customers(300).await;
    settle(&kit, |settings| settings.people = 50).await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let id = kit.draft("Everybody", "everyone").await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let review = kit.app.review(&approver, id, Language::English).await.unwrap();
    assert_eq!(review.risk.needed, 2);
    assert_eq!(review.risk.risks.iter().map(|line| line.risk).collect::<Vec<_>>(), [Risk::Audience]);
    let approve = |person, hash: String| {
        let app = kit.app.clone();
        async move { app.approve_part(&person, id, &hash, "", &Part::default()).await }
    };
    let first = approve(approver.clone(), review.content_hash.clone()).await.unwrap();
    assert_eq!(first, CampaignState::Submitted);
    let twice = approve(approver.clone(), review.content_hash.clone()).await;
    assert!(matches!(twice, Err(Error::Problem(Problem::ApprovedByYou))), "{twice:?}");
    assert!(!kit.try_statement(&format!("UPDATE campaigns SET state = 'approved' WHERE id = {id}")).await);
    let other =
        kit.app.add_person("Nuria", "n@aurora.example", Role::Approver, testkit::PASSWORD).await.unwrap();
    let other = kit.app.store().person(other).await.unwrap();
    kit.app.take_demo_test(&other).await.unwrap();
    assert_eq!(approve(other, review.content_hash).await.unwrap(), CampaignState::Approved);
    kit.app.launch_campaign(&marketer, id).await.unwrap();
}

#[tokio::test]
async fn what_needs_more_eyes_by_the_launch_goes_back_to_where_they_look() {
    let kit = TestApp::with_customers(300).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.approved("Everybody", "everyone").await;
    settle(&kit, |settings| settings.people = 50).await;
    let refused = kit.app.launch_campaign(&marketer, id).await;
    assert!(matches!(refused, Err(Error::Problem(Problem::AnotherApprover))), "{refused:?}");
    assert_eq!(kit.app.store().campaign(id).await.unwrap().state, CampaignState::Submitted);
}

#[tokio::test]
async fn an_approval_in_part_binds_what_is_left_and_the_funnel_adds_up() {
    let kit = TestApp::with_customers(400).await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let id = kit.draft("Pilot", "everyone").await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let review = kit.app.review(&approver, id, Language::English).await.unwrap();
    let nothing = Part { struck: vec![Language::English, Language::Spanish], at_most: None };
    let left = kit.app.approve_part(&approver, id, &review.content_hash, "", &nothing).await;
    assert!(matches!(left, Err(Error::Problem(Problem::NothingLeft))), "{left:?}");
    let part = Part { struck: vec![Language::English], at_most: Some(20) };
    kit.app.approve_part(&approver, id, &review.content_hash, "a pilot first", &part).await.unwrap();
    let after = kit.app.review(&approver, id, Language::English).await.unwrap();
    assert_ne!(after.content_hash, review.content_hash, "what was approved is something else");
    assert_eq!(after.risk.part, part);
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    let count = |what: &str| format!("SELECT COUNT(*) FROM deliveries WHERE campaign = {id} AND {what}");
    let takes_part = kit.count(&count("arm IS NOT NULL")).await;
    assert_eq!(takes_part, 20, "treated and held out");
    assert!(kit.count(&count("exclusion = 'not_approved'")).await > 0);
    assert!(kit.count(&count("exclusion = 'pilot'")).await > 0);
    let funnel = kit.app.store().funnel(id).await.unwrap();
    let all: i64 = funnel.states.values().sum::<i64>() + funnel.excluded.values().sum::<i64>();
    assert_eq!(all, funnel.audience);
}

#[tokio::test]
async fn a_launch_is_undone_whole_until_the_first_message_begins_and_not_after() {
    let kit = TestApp::with_customers(300).await;
    settle(&kit, |settings| settings.grace_minutes = 10).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.approved("Grace", "everyone").await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.app.work_until_idle("w").await.unwrap();
    let begun = format!("SELECT COUNT(*) FROM deliveries WHERE campaign = {id} AND attempted_at IS NOT NULL");
    assert_eq!(kit.count(&begun).await, 0, "nothing leaves within the grace");
    kit.app.undo_launch(&marketer, id).await.unwrap();
    assert_eq!(kit.app.store().campaign(id).await.unwrap().state, CampaignState::Approved);
    assert_eq!(kit.count(&format!("SELECT COUNT(*) FROM deliveries WHERE campaign = {id}")).await, 0);
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.work_for_a_day().await;
    assert!(kit.count(&begun).await > 0);
    let late = kit.app.undo_launch(&marketer, id).await;
    assert!(late.is_err(), "{late:?}");
}
