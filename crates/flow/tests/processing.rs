//! The record of processing says what the installation holds and does, and nothing that it does not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it cannot go on")]

use flow::places::{Kept, PLACES};
use terms::person::Actor;
use terms::processing::{ProcessingPurpose, RetentionKind, Risk, SafeguardKind, Statement};
use testkit::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn every_place_with_personal_data_is_in_the_record_for_each_of_its_purposes() {
    let kit = TestApp::empty().await;
    let view = kit.app.processing_view().await.unwrap();
    for place in PLACES.iter().filter(|place| !matches!(place.kept, Kept::Nothing(_))) {
        assert!(!place.purposes.is_empty(), "{} is kept for nothing", place.name);
        for purpose in place.purposes {
            let activity = view.activities.iter().find(|activity| activity.purpose == *purpose).unwrap();
            assert!(activity.places.contains(&place.name), "{} is not in {purpose}", place.name);
            assert!(place.categories.iter().all(|category| activity.categories.contains(category)));
            assert!(place.grounds.iter().all(|ground| activity.grounds.contains(ground)));
            match place.retention {
                Some(kind) => assert!(activity.kept_for.iter().any(|kept| kept.kind == kind), "{kind}"),
                None => assert!(activity.with_customer),
            }
        }
    }
    // Nothing is handed on, so nothing says so.
    assert!(view.activities.iter().all(|activity| activity.purpose != ProcessingPurpose::Sharing));
    assert!(view.models.is_empty() && view.recipients.is_empty());
    assert!(view.safeguards.iter().all(|safeguard| safeguard.kind != SafeguardKind::SignedNotices));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_or_used_appears_by_itself() {
    let kit = TestApp::with_customers(80).await;
    let campaign = kit.approved("Back", "everyone").await;
    let before = kit.app.processing_view().await.unwrap();
    assert_eq!(before.customers, 80);
    let has = |view: &flow::processing::ProcessingView, kind| {
        view.safeguards.iter().find(|safeguard| safeguard.kind == kind).map(|found| found.numbers.clone())
    };
    assert!(has(&before, SafeguardKind::Retention).is_none());
    let missing = |view: &flow::processing::ProcessingView| {
        let risk = view.risks.iter().find(|line| line.risk == Risk::TooLong).unwrap();
        risk.missing.contains(&SafeguardKind::Retention)
    };
    assert!(missing(&before));
    assert!(before.grounds.iter().map(|(_, _, n)| n).sum::<i64>() > 0, "{:?}", before.grounds);
    assert!(kit.app.store().campaign(campaign).await.unwrap().plan.control_share > 0.0);
    assert_eq!(has(&before, SafeguardKind::ControlGroups), Some(vec![1, 1]));

    kit.app.set_retention(RetentionKind::Rejects, 45, Actor::Operator).await.unwrap();
    kit.app.look_at_retention(Some(RetentionKind::Rejects), Actor::Operator).await.unwrap();
    kit.app.activate_retention(RetentionKind::Rejects, 45, Actor::Operator).await.unwrap();
    let kinds = [terms::rights::NoticeKind::Erasure];
    kit.app
        .add_recipient("Letter shop", "https://letters.example/notices", &kinds, true, Actor::Operator)
        .await
        .unwrap();
    let after = kit.app.processing_view().await.unwrap();
    assert_eq!(has(&after, SafeguardKind::Retention), Some(vec![1, RetentionKind::ALL.len() as i64]));
    assert!(!missing(&after));
    let quality = after.activities.iter().find(|a| a.purpose == ProcessingPurpose::DataQuality).unwrap();
    let rejects = quality.kept_for.iter().find(|kept| kept.kind == RetentionKind::Rejects).unwrap();
    assert_eq!((rejects.days, rejects.active), (45, true));
    assert_eq!(after.recipients[0].name, "Letter shop");
    assert!(has(&after, SafeguardKind::SignedNotices).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_state_is_kept_word_for_word_on_record_and_can_be_taken_back() {
    let kit = TestApp::empty().await;
    let size = kit.app.store().ledger_size().await.unwrap();
    let state = |words: &str| [(Statement::Controller, words.to_owned())].into();
    kit.app.set_statements(state("  Tostadero Norte S.L.\r\nBilbao "), Actor::Operator).await.unwrap();
    let stated = kit.app.statements().await.unwrap();
    assert_eq!(stated[&Statement::Controller], "Tostadero Norte S.L.\nBilbao");
    // The same again changes nothing and says nothing.
    kit.app.set_statements(state("Tostadero Norte S.L.\nBilbao"), Actor::Operator).await.unwrap();
    assert_eq!(kit.app.store().ledger_size().await.unwrap(), size + 1);
    // Too long: refused as a whole.
    let long = [(Statement::Officer, "Ana".to_owned()), (Statement::Views, "x".repeat(4_001))].into();
    let refused = kit.app.set_statements(long, Actor::Operator).await.unwrap_err();
    assert!(refused.to_string().contains("at most 4000 characters"), "{refused}");
    assert_eq!(kit.app.statements().await.unwrap().len(), 1);
    kit.app.set_statements(state(" "), Actor::Operator).await.unwrap();
    assert!(kit.app.statements().await.unwrap().is_empty());
}
