//! The global holdout: nobody who is drawn hears marketing, also when they were planned before; the share is not edited while
//! a period runs; and what all marketing changes is read off everybody.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends with the first thing that fails"
)]

use flow::Problem;
use terms::customer::Language;
use terms::decision::ExclusionReason;
use terms::delivery::DeliveryState;
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Role;
use terms::rights::RightKind;
use testkit::TestApp;

/// Who is drawn now, by the rule as it is recorded and by nothing else.
async fn drawn(kit: &TestApp) -> Vec<CustomerKey> {
    let kept = kit.app.store().holdout_rules().await.unwrap();
    let rules: Vec<_> = kept
        .iter()
        .map(|kept| flow::holdout::HoldoutRule {
            from: kept.from,
            months: kept.months,
            share: f64::from(kept.share) / 10_000.0,
            seed: kept.seed,
        })
        .collect();
    let period = science::experiment::holdout::period(&rules, kit.app.now().day()).unwrap();
    let everybody = kit.app.store().customers_after(None, 10_000).await.unwrap();
    everybody.into_iter().map(|customer| customer.key).filter(|key| period.draws(key.as_str())).collect()
}

fn mails(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { mails(&path) } else { 1 }).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_drawn_is_left_out_with_that_reason_and_service_mails_know_nothing_of_it() {
    let kit = TestApp::with_customers(300).await;
    let officer = kit.person(Role::PrivacyOfficer).await;
    let today = kit.app.now().day();
    assert_eq!(kit.app.set_holdout(&officer, 20.0, 3).await.unwrap(), today);
    let out = drawn(&kit).await;
    assert!((35..90).contains(&out.len()), "{}", out.len());
    let id = kit.approved("To everybody", "everyone").await;
    kit.app.launch_campaign(&kit.person(Role::Marketer).await, id).await.unwrap();
    kit.work_for_a_day().await;
    let (mut named, mut sent) = (0, 0);
    for customer in kit.app.store().customers_after(None, 10_000).await.unwrap() {
        for message in kit.app.store().messages_of_customer(&customer.key, 10).await.unwrap() {
            let held = message.exclusion == Some(ExclusionReason::GlobalHoldout);
            if message.state == Some(DeliveryState::Sent) {
                sent += 1;
                assert!(!out.contains(&customer.key), "{} was drawn and got a message", customer.key);
            }
            if held {
                named += 1;
                assert!(out.contains(&customer.key) && message.propensity.is_none());
                let line = message.reasons.iter().find(|reason| reason.check == "holdout").unwrap();
                assert!(line.found.starts_with("drawn to hear no marketing until 2026-12-31"), "{line:?}");
            }
        }
    }
    assert!(named > 10 && sent > 50, "{named} {sent}");
    let entries = kit.app.store().entries_of("holdout").await.unwrap();
    assert_eq!(entries.last().unwrap().entry.action, Action::HoldoutSet);
    // They ask for their data: the mail that confirms it goes out.
    let someone = kit.app.store().customer(&out[0]).await.unwrap();
    let address = someone.email.unwrap();
    let before = mails(&kit.app.home().outbox());
    kit.app.ask_from_form(RightKind::Access, &address, "", Language::English, "a").await.unwrap();
    assert_eq!(mails(&kit.app.home().outbox()), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_planned_before_the_draw_is_held_back_at_the_moment_of_sending() {
    let kit = TestApp::with_customers(300).await;
    let id = kit.approved("To everybody", "everyone").await;
    kit.app.launch_campaign(&kit.person(Role::Marketer).await, id).await.unwrap();
    kit.app.set_holdout(&kit.person(Role::PrivacyOfficer).await, 20.0, 6).await.unwrap();
    let out = drawn(&kit).await;
    kit.work_for_a_day().await;
    let mut held = 0;
    for key in &out {
        for message in kit.app.store().messages_of_customer(key, 10).await.unwrap() {
            assert_ne!(message.state, Some(DeliveryState::Sent));
            held += u32::from(
                message.state == Some(DeliveryState::Suppressed)
                    && message.exclusion == Some(ExclusionReason::GlobalHoldout),
            );
        }
    }
    assert!(held > 10, "{held}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_share_takes_over_when_the_period_is_over_and_nonsense_is_refused() {
    let kit = TestApp::with_customers(60).await;
    let officer = kit.person(Role::PrivacyOfficer).await;
    for (percent, months) in [(20.5, 3), (-1.0, 3), (f64::NAN, 3), (5.0, 4), (1.234, 3)] {
        let refused = kit.app.set_holdout(&officer, percent, months).await.unwrap_err();
        assert!(
            matches!(refused, flow::Error::Problem(Problem::HoldoutShare { .. })),
            "{percent} {months}: {refused}"
        );
    }
    let marketer = kit.person(Role::Marketer).await;
    assert!(matches!(kit.app.set_holdout(&marketer, 5.0, 3).await, Err(flow::Error::Forbidden)));
    let first = kit.app.set_holdout(&officer, 20.0, 3).await.unwrap();
    let before = drawn(&kit).await;
    kit.app.clock().set(kit.app.now().plus_days(30));
    let second = kit.app.set_holdout(&officer, 0.0, 3).await.unwrap();
    assert_eq!((first.to_string(), second.to_string()), ("2026-10-01".into(), "2027-01-01".into()));
    assert_eq!(drawn(&kit).await, before);
    kit.app.clock().set(second.start());
    assert_eq!(drawn(&kit).await, []);
    // Nothing takes a rule back.
    let tampered = kit.app.store().holdout_rules().await.unwrap();
    assert_eq!(tampered.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_marketing_changes_is_told_with_its_arms_and_says_when_it_cannot_be_told() {
    let kit = TestApp::with_customers(400).await;
    let off = kit.app.marketing_effect().await.unwrap();
    assert!(off.effects.is_empty() && off.now.is_none() && off.choices.len() == 5);
    let now = kit.app.now();
    kit.app.clock().set(now.plus_days(-88));
    kit.app.set_holdout(&kit.person(Role::PrivacyOfficer).await, 20.0, 3).await.unwrap();
    kit.app.clock().set(now);
    let view = kit.app.marketing_effect().await.unwrap();
    let effect = &view.effects[0];
    assert_eq!(effect.held_out + effect.others + effect.left_out.iter().sum::<u64>(), 400);
    assert!(effect.held_out >= 50 && !effect.mismatched(), "{effect:?}");
    // Nothing was sent, so nothing can have changed but by chance; and the interval says so.
    let revenue = effect.revenue.unwrap();
    assert!(revenue.low < revenue.value && revenue.value < revenue.high);
    assert!(effect.detectable.unwrap() > 0.0 && effect.value.is_some(), "{effect:?}");
    let again = kit.app.marketing_effect().await.unwrap();
    assert_eq!(serde_json::to_value(&again.effects).unwrap(), serde_json::to_value(&view.effects).unwrap());
}
