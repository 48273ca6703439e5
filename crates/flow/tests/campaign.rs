//! One campaign through the house, and everything that must stop it.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::collections::HashSet;

use flow::{Error, Problem};
use terms::campaign::CampaignState;
use terms::customer::Language;
use terms::delivery::DeliveryState;
use terms::ids::CampaignId;
use terms::person::Role;
use testkit::TestApp;

const ALL: &str = "known_days >= 0";

async fn state(kit: &TestApp, id: CampaignId) -> CampaignState {
    kit.app.store().campaign(id).await.unwrap().state
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_campaign_reaches_those_who_agreed_and_its_numbers_add_up() {
    let kit = TestApp::with_customers(600).await;
    let id = kit.approved("Everybody", ALL).await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.work_for_a_day().await;

    let funnel = kit.app.store().funnel(id).await.unwrap();
    let parts: i64 = funnel.states.values().sum::<i64>() + funnel.excluded.values().sum::<i64>();
    assert_eq!(funnel.audience, 600);
    assert_eq!(parts, 600);
    assert_eq!(state(&kit, id).await, CampaignState::Completed);
    let sent = funnel.state(DeliveryState::Sent);
    assert!(sent > 200 && funnel.control() > 20, "{funnel:?}");
    let mails = std::fs::read_dir(kit.home().join("outbox")).unwrap().count();
    assert_eq!(mails as i64, sent);

    // Nobody without a granted consent was written to.
    let messages =
        kit.app.store().messages_of_campaign(id, Some(DeliveryState::Sent), 1_000, 0).await.unwrap();
    let people: HashSet<_> = messages.iter().map(|message| message.customer.clone()).collect();
    assert_eq!(people.len() as i64, sent, "nobody was written to twice");
    for message in &messages {
        let customer = kit.shop.customer(&message.customer).unwrap();
        let by_mail = |r: &&terms::consent::ConsentReceipt| {
            r.purpose == terms::consent::Purpose::Marketing && r.channel == terms::consent::Channel::Email
        };
        let last = customer.consents().iter().filter(by_mail).max_by_key(|receipt| receipt.at).unwrap();
        assert_eq!(last.status, terms::consent::ConsentStatus::Granted, "{}", message.customer);
    }
    let why = kit.app.why(messages[0].id, Language::English).await.unwrap();
    assert_eq!(why.approver, "The approver");
    assert!(why.reasons.iter().all(|reason| reason.allows));
    assert!(kit.app.verify_ledger().await.unwrap().verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawn_consent_blocks_an_approved_send() {
    let kit = TestApp::with_customers(200).await;
    let id = kit.approved("Everybody", ALL).await;
    let marketer = kit.person(Role::Marketer).await;
    // Launched, frozen, planned; then everybody opts out before a worker starts.
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    let planned =
        kit.app.store().messages_of_campaign(id, Some(DeliveryState::Planned), 1_000, 0).await.unwrap();
    assert!(!planned.is_empty());
    for message in &planned {
        let [_, _, unsubscribe] = kit.app.customer_links(message.id).unwrap();
        kit.app.unsubscribe(&unsubscribe, flow::OptOutSource::OneClick).await.unwrap();
    }
    kit.work_for_a_day().await;
    let funnel = kit.app.store().funnel(id).await.unwrap();
    assert_eq!(funnel.state(DeliveryState::Sent), 0);
    assert_eq!(funnel.state(DeliveryState::Suppressed), planned.len() as i64);
    assert_eq!(std::fs::read_dir(kit.home().join("outbox")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn four_eyes_hold_and_an_edit_voids_an_approval() {
    let kit = TestApp::with_customers(200).await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let id = kit.draft("Everybody", ALL).await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let review = kit.app.review(&marketer, id, Language::English).await.unwrap();
    let own = kit.app.approve_campaign(&marketer, id, &review.content_hash, "").await;
    assert!(matches!(own, Err(Error::Forbidden)), "{own:?}");
    let stale = kit.app.approve_campaign(&approver, id, &"0".repeat(64), "").await;
    assert!(matches!(stale, Err(Error::Problem(Problem::ChangedSinceRead))), "{stale:?}");
    kit.app.approve_campaign(&approver, id, &review.content_hash, "").await.unwrap();

    let compose = kit.app.compose(id, Language::English).await.unwrap();
    let mut form = compose.form.clone();
    form.variants[0].subject.push_str(", and more");
    kit.app.save_campaign(&marketer, Some(id), compose.version, &form).await.unwrap();
    assert_eq!(state(&kit, id).await, CampaignState::Draft);
    let launch = kit.app.launch_campaign(&marketer, id).await;
    assert!(matches!(launch, Err(Error::Problem(Problem::NotApproved))), "{launch:?}");
    let old = kit.app.save_campaign(&marketer, Some(id), compose.version, &form).await;
    assert!(matches!(old, Err(Error::Problem(Problem::Stale))), "a stale edit is refused: {old:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_message_cannot_be_submitted() {
    let kit = TestApp::empty().await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.draft("Everybody", ALL).await;
    let compose = kit.app.compose(id, Language::English).await.unwrap();
    let mut form = compose.form;
    form.variants[0].body.push_str("\n\nLast hours! 60% off the best coffee in the world.");
    kit.app.save_campaign(&marketer, Some(id), compose.version, &form).await.unwrap();
    let submitted = kit.app.submit_campaign(&marketer, id).await;
    assert!(matches!(submitted, Err(Error::Blocked { blocking }) if blocking >= 2), "{submitted:?}");
    assert_eq!(state(&kit, id).await, CampaignState::Draft);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_campaign_sends_nothing_until_it_is_resumed() {
    let kit = TestApp::with_customers(200).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.approved("Everybody", ALL).await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.app.pause_campaign(&marketer, id).await.unwrap();
    kit.app.work_until_idle("w").await.unwrap();
    assert_eq!(kit.app.store().funnel(id).await.unwrap().state(DeliveryState::Sent), 0);
    kit.app.resume_campaign(&marketer, id).await.unwrap();
    kit.app.work_until_idle("w").await.unwrap();
    assert!(kit.app.store().funnel(id).await.unwrap().state(DeliveryState::Sent) > 0);
    kit.app.stop_campaign(&marketer, id).await.unwrap();
    let again = kit.app.resume_campaign(&marketer, id).await;
    assert!(matches!(again, Err(Error::Problem(Problem::Elsewhere { .. }))), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_wrong_passwords_close_the_door_for_a_while() {
    let kit = TestApp::empty().await;
    let email = "marketer@aurora.example";
    assert!(kit.app.sign_in(email, testkit::PASSWORD).await.is_ok());
    for _ in 0..8 {
        assert!(matches!(kit.app.sign_in(email, "wrong").await, Err(Error::Invalid { .. })));
    }
    assert!(matches!(kit.app.sign_in(email, testkit::PASSWORD).await, Err(Error::TooMany)));
    kit.app.clock().set(kit.app.now().plus_seconds(6 * 60));
    assert!(kit.app.sign_in(email, testkit::PASSWORD).await.is_ok());
}
