//! Caps and choices at the moment of sending: two campaigns and two workers after the same people, and what customers
//! chose.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends with the first thing that fails"
)]

use std::collections::BTreeMap;

use flow::Brand;
use store::deliveries::{AudienceRow, Place};
use terms::campaign::CampaignState;
use terms::delivery::DeliveryState;
use terms::person::Role;
use terms::preference::{Personalisation, Preferences};
use testkit::TestApp;

/// Messages that were handed over, by customer.
async fn sent(kit: &TestApp) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for customer in kit.app.store().customers_after(None, 10_000).await.unwrap() {
        let messages = kit.app.store().messages_of_customer(&customer.key, 100).await.unwrap();
        let sent = messages.iter().filter(|message| message.state == Some(DeliveryState::Sent)).count();
        counts.insert(customer.key.to_string(), sent);
    }
    counts
}

async fn two_campaigns_race(kit: TestApp) {
    let marketer = kit.person(Role::Marketer).await;
    let first = kit.approved("First", "everyone").await;
    let second = kit.approved("Second", "everyone").await;
    kit.app.launch_campaign(&marketer, first).await.unwrap();
    let planned: Vec<_> = kit.app.store().arms(first).await.unwrap();
    let planned: Vec<_> = planned.into_iter().filter(|row| row.state.is_some()).collect();
    assert!(planned.len() > 20, "{}", planned.len());
    // The second is planned for the same people, as by a planning that ran at the same time and saw nothing of it.
    let campaign = kit.app.store().campaign(second).await.unwrap();
    let now = kit.app.now();
    let rows: Vec<AudienceRow> = planned
        .iter()
        .map(|row| AudienceRow {
            customer: row.customer.clone(),
            step: 0,
            stratum: row.stratum.clone(),
            propensity: row.propensity,
            place: Place::Planned { variant: campaign.variants[0].id.unwrap(), not_before: now },
            reasons: Vec::new(),
        })
        .collect();
    let mut tx = kit.app.store().begin().await.unwrap();
    tx.freeze_audience(second, &rows).await.unwrap();
    tx.move_campaign(second, CampaignState::Approved, CampaignState::Running, now).await.unwrap();
    tx.commit().await.unwrap();
    // Pausing and resuming hands it to the workers.
    kit.app.pause_campaign(&marketer, second).await.unwrap();
    kit.app.resume_campaign(&marketer, second).await.unwrap();
    for _ in 0..25 {
        let (one, two) = (kit.app.clone(), kit.app.clone());
        let (a, b) = tokio::join!(one.work_until_idle("one"), two.work_until_idle("two"));
        a.unwrap();
        b.unwrap();
        kit.app.clock().set(kit.app.now().plus_hours(1));
    }
    let counts = sent(&kit).await;
    assert!(counts.values().sum::<usize>() > 20);
    assert_eq!(kit.app.brand().await.unwrap().cap_3_days, 1);
    let twice: Vec<_> = counts.iter().filter(|(_, sent)| **sent > 1).collect();
    assert!(twice.is_empty(), "more than one message in a day: {twice:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_and_two_campaigns_never_write_to_somebody_twice_within_a_cap() {
    two_campaigns_race(TestApp::with_customers(200).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_holds_on_postgresql() {
    let Ok(url) = std::env::var("CANDOR_TEST_POSTGRES_EMPTY") else {
        eprintln!("skipped: CANDOR_TEST_POSTGRES_EMPTY names no empty database");
        return;
    };
    two_campaigns_race(TestApp::on_postgres(&url, 200).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_as_personal_as_its_reader_allows_and_about_what_they_chose() {
    let kit = TestApp::with_customers(120).await;
    let brand = kit.app.brand().await.unwrap();
    let topics = ["coffee=Coffee/Café", "tea=Tea/Té"].map(|topic| topic.parse().unwrap()).to_vec();
    kit.app.set_brand(&Brand { topics, ..brand }).await.unwrap();
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.draft("Coffee", "everyone").await;
    let mut view = kit.app.compose(id, terms::customer::Language::English).await.unwrap();
    view.form.topic = "coffee".into();
    kit.app.save_campaign(&marketer, Some(id), view.version, &view.form).await.unwrap();
    kit.approve(id).await;
    let now = kit.app.now();
    let customers = kit.app.store().customers_after(None, 1_000).await.unwrap();
    for (at, customer) in customers.iter().enumerate() {
        let choice = Preferences {
            personalisation: if at % 2 == 0 { Personalisation::None } else { Personalisation::Basic },
            topics: if at % 5 == 0 { vec!["tea".into()] } else { Vec::new() },
            ..Preferences::default()
        };
        kit.app.store().set_preferences(&customer.key, &choice, now).await.unwrap();
    }
    let levels = kit.app.compose(id, terms::customer::Language::English).await.unwrap().audience.levels;
    assert!(levels[0].people > 0 && levels[0].neutral == levels[0].people, "{levels:?}");
    assert!(levels[1].people > 0 && levels[1].named == levels[1].people, "{levels:?}");
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.work_for_a_day().await;
    let (mut named, mut neutral, mut other_topics) = (0, 0, 0);
    for (at, customer) in customers.iter().enumerate() {
        for message in kit.app.store().messages_of_customer(&customer.key, 10).await.unwrap() {
            if message.exclusion == Some(terms::decision::ExclusionReason::Topic) {
                assert_eq!(at % 5, 0);
                other_topics += 1;
            }
            if message.state != Some(DeliveryState::Sent) {
                continue;
            }
            assert_ne!(at % 5, 0, "a message about coffee to somebody who chose tea");
            let mail = kit.sent_mail(message.campaign, message.id);
            let Some(name) = customer.first_name.as_deref().filter(|name| name.is_ascii()) else { continue };
            assert_eq!(mail.contains(name), at % 2 == 1, "{name}: {mail}");
            *(if at % 2 == 1 { &mut named } else { &mut neutral }) += 1;
        }
    }
    assert!(named > 5 && neutral > 5 && other_topics > 5, "{named} {neutral} {other_topics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_tired_by_their_own_history_is_left_alone_and_nobody_else_is_judged_by_it() {
    use terms::consent::{Channel, ConsentStatus, Purpose};
    use terms::decision::ExclusionReason;
    use terms::delivery::ResponseKind;
    let kit = TestApp::with_customers(300).await;
    let marketer = kit.person(Role::Marketer).await;
    let brand = kit.app.brand().await.unwrap();
    kit.app.set_brand(&Brand { cap_30_days: 100, cap_3_days: 100, ..brand }).await.unwrap();
    // Campaigns of the past; the same few complain each time, and stay, until they are left alone.
    let granted =
        kit.app.store().consent_states(Purpose::Profiling, &[Channel::Email], kit.app.now()).await.unwrap();
    let willing: Vec<String> = granted
        .iter()
        .filter(|(_, state)| state.status == ConsentStatus::Granted)
        .map(|(key, _)| key.to_string())
        .collect();
    let mut complaining: Vec<String> = Vec::new();
    for round in 0..5 {
        let id = kit.approved(&format!("Campaign {round}"), "everyone").await;
        kit.app.launch_campaign(&marketer, id).await.unwrap();
        kit.work_for_a_day().await;
        let mut responses = Vec::new();
        for key in &willing {
            let key = terms::ids::CustomerKey::new(key);
            let messages = kit.app.store().messages_of_customer(&key, 50).await.unwrap();
            let Some(message) =
                messages.iter().find(|m| m.campaign == id && m.state == Some(DeliveryState::Sent))
            else {
                continue;
            };
            if complaining.len() < 4 && !complaining.contains(&key.to_string()) {
                complaining.push(key.to_string());
            }
            if complaining.contains(&key.to_string()) {
                responses.push((message.id, ResponseKind::Complained, kit.app.now()));
            }
        }
        kit.app.store().add_responses(&responses).await.unwrap();
    }
    let last = kit.approved("The next", "everyone").await;
    kit.app.launch_campaign(&marketer, last).await.unwrap();
    let mut tired = Vec::new();
    for customer in kit.app.store().customers_after(None, 1_000).await.unwrap() {
        for message in kit.app.store().messages_of_customer(&customer.key, 50).await.unwrap() {
            if message.campaign == last && message.exclusion == Some(ExclusionReason::Fatigue) {
                tired.push(customer.key.to_string());
            }
        }
    }
    assert!(
        complaining.len() == 4 && complaining.iter().all(|key| tired.contains(key)),
        "{complaining:?} {tired:?}"
    );
    assert!(tired.iter().all(|key| willing.contains(key)), "judged without leave: {tired:?}");
    assert!(tired.len() < 12, "{tired:?}");
    let analyst = kit.person(Role::Analyst).await;
    let view = kit.app.customer(&analyst, &complaining[0]).await.unwrap().fatigue.unwrap();
    assert!(view.tired && view.messages >= 2 && view.points[0].low > view.points[0].everybody, "{view:?}");
}
