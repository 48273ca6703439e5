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
async fn who_complains_or_whose_mail_comes_back_is_not_written_to_again() {
    use terms::consent::SuppressionReason;
    use terms::delivery::ResponseKind;
    let kit = TestApp::with_customers(200).await;
    let id = kit.approved("Everybody", ALL).await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.work_for_a_day().await;
    let sent = kit.app.store().messages_of_campaign(id, Some(DeliveryState::Sent), 3, 0).await.unwrap();
    let kinds = [ResponseKind::Complained, ResponseKind::Bounced, ResponseKind::Opened];
    let heard: Vec<flow::ResponseIn> = sent
        .iter()
        .zip(kinds)
        .map(|(message, kind)| flow::ResponseIn {
            customer: message.customer.clone(),
            campaign: id,
            kind,
            at: kit.app.now(),
        })
        .collect();
    assert_eq!(heard.len(), 3);
    kit.app.ingest_responses(&heard).await.unwrap();
    let mut reasons = Vec::new();
    for response in &heard {
        let email = kit.app.store().customer(&response.customer).await.unwrap().email;
        let found = kit.app.store().suppression(None, email.as_deref()).await.unwrap();
        reasons.push(found.map(|suppression| suppression.reason));
    }
    let expected = [Some(SuppressionReason::Complaint), Some(SuppressionReason::HardBounce), None];
    assert_eq!(reasons, expected);
    assert!(kit.app.verify_ledger().await.unwrap().verified);
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
async fn a_link_that_is_not_the_brands_can_never_be_submitted() {
    let kit = TestApp::with_customers(50).await;
    let marketer = kit.person(Role::Marketer).await;
    for link in ["javascript:alert(1)", "https://evil.test/", "http://aurora.example/", ""] {
        let id = kit.draft(&format!("Link `{link}`"), ALL).await;
        let compose = kit.app.compose(id, Language::English).await.unwrap();
        let mut form = compose.form;
        form.variants.iter_mut().for_each(|variant| link.clone_into(&mut variant.link));
        kit.app.save_campaign(&marketer, Some(id), compose.version, &form).await.unwrap();
        let view = kit.app.compose(id, Language::English).await.unwrap();
        assert!(!view.can_submit, "{link}");
        let submitted = kit.app.submit_campaign(&marketer, id).await;
        assert!(
            matches!(submitted, Err(Error::Blocked { .. } | Error::Problem(Problem::CannotBeSent { .. }))),
            "{link}: {submitted:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_until_a_day_may_be_told_until_that_day_where_the_customers_live() {
    use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
    let kit = TestApp::empty().await;
    let mut brand = kit.app.brand().await.unwrap();
    for zone in ["Europe/Madrid", "America/New_York"] {
        brand.time_zones = vec![zone.to_owned()];
        kit.app.set_brand(&brand).await.unwrap();
        let last = kit.app.now().day().plus(40);
        let discount = Fact {
            id: terms::ids::FactId(0),
            entity: format!("offer:{}", zone.to_lowercase().replace(['/', '_'], "-")),
            predicate: "discount".to_owned(),
            value: FactValue::Percent(15.0),
            unit: String::new(),
            polarity: Polarity::True,
            source: "test".to_owned(),
            observed_at: kit.app.now(),
            valid_from: None,
            valid_until: Some(brand.end_of(last)),
            max_age_hours: None,
            evidence: EvidenceKind::Plain,
        };
        kit.app.put_fact_as_operator(&discount).await.unwrap();
        for (day, blocked) in [(last, false), (last.plus(1), true)] {
            let date = day.to_date();
            let text = format!("15% off until {}.", date.strftime("%-d %B %Y"));
            let report = kit.app.check_text(&text, Language::English, &discount.entity).await.unwrap();
            assert_eq!(!report.is_clear(), blocked, "{zone} {text}: {:?}", report.findings);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_of_the_brands_own_pages_needs_no_listing() {
    let kit = TestApp::with_customers(50).await;
    let mut brand = kit.app.brand().await.unwrap();
    brand.base_url = "https://mail.aurora.example".to_owned();
    brand.allowed_hosts = vec!["aurora.example".to_owned()];
    kit.app.set_brand(&brand).await.unwrap();
    kit.approved("Everybody", ALL).await;
    brand.base_url = "http://mail.aurora.example".to_owned();
    assert!(matches!(kit.app.set_brand(&brand).await, Err(Error::Invalid { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_subject_or_body_can_never_be_submitted() {
    let kit = TestApp::with_customers(50).await;
    let marketer = kit.person(Role::Marketer).await;
    for (subject, body, missing) in
        [("", "Hello", "subject"), ("Hello", " \n\u{200b}", "body"), ("", "", "subject")]
    {
        let id = kit.draft(&format!("`{subject}` and `{body}`"), ALL).await;
        let compose = kit.app.compose(id, Language::English).await.unwrap();
        let mut form = compose.form;
        for variant in &mut form.variants {
            subject.clone_into(&mut variant.subject);
            body.clone_into(&mut variant.body);
        }
        kit.app.save_campaign(&marketer, Some(id), compose.version, &form).await.unwrap();
        let submitted = kit.app.submit_campaign(&marketer, id).await.unwrap_err().to_string();
        let expected = format!("the {missing} has no words");
        assert!(submitted.contains(&expected), "{submitted}");
        assert_eq!(state(&kit, id).await, CampaignState::Draft);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_nothing_fills_is_named_with_the_command_that_fills_it() {
    let kit = TestApp::with_customers(50).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.draft("Slots", ALL).await;
    let compose = kit.app.compose(id, Language::English).await.unwrap();
    let mut form = compose.form;
    form.variants[0].preheader = "Now {{ offer.price }}".to_owned();
    kit.app.save_campaign(&marketer, Some(id), compose.version, &form).await.unwrap();
    let submitted = kit.app.submit_campaign(&marketer, id).await.unwrap_err().to_string();
    assert!(submitted.contains("the preheader has the slot `{{ offer.price }}`"), "{submitted}");
    assert!(submitted.contains("candor facts set offer:win-back price"), "{submitted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audience_nobody_is_in_is_neither_submitted_nor_launched() {
    let kit = TestApp::with_customers(50).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.draft("Nobody", "purchases >= 100000").await;
    let submitted = kit.app.submit_campaign(&marketer, id).await.unwrap_err();
    assert!(
        submitted.to_string().starts_with("nobody is in the audience `purchases >= 100000`"),
        "{submitted}"
    );
    assert_eq!(state(&kit, id).await, CampaignState::Draft);

    // Everybody opts out between approval and launch: nothing would be sent.
    let id = kit.approved("Everybody", ALL).await;
    for customer in kit.app.store().customers_after(None, 1_000).await.unwrap() {
        let mut tx = kit.app.store().begin().await.unwrap();
        let reason = terms::consent::SuppressionReason::Unsubscribed;
        tx.suppress(Some(&customer.key), None, reason, "test", kit.app.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let launched = kit.app.launch_campaign(&marketer, id).await.unwrap_err();
    assert!(launched.to_string().starts_with("all 50 people in the audience are left out"), "{launched}");
    assert_eq!(state(&kit, id).await, CampaignState::Approved);
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
