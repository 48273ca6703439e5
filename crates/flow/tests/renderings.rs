//! Every rendering is judged before it is handed over, also where a thousand are alike: what an approved text turns into
//! by a name is held back for that name, told to people, and nobody else's mail waits for it.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::collections::BTreeMap;

use terms::decision::ExclusionReason;
use terms::delivery::DeliveryState;
use terms::person::Role;
use testkit::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_makes_a_claim_is_held_back_and_all_others_are_sent() {
    let kit = TestApp::with_customers(300).await;
    let names = ["Ana", "Will", "Salud", "Free shipping for ever", "Gana 500 €", "leo@example.net"];
    let mut customers: Vec<_> = kit.app.store().customers_after(None, 1_000).await.unwrap();
    customers.retain(|one| one.email.is_some());
    for (at, customer) in customers.iter_mut().enumerate() {
        customer.first_name = Some(names[at % names.len()].to_owned());
    }
    kit.app.store().put_customers(&customers).await.unwrap();
    let id = kit.approved("Everybody", "known_days >= 0").await;
    kit.app.launch_campaign(&kit.person(Role::Marketer).await, id).await.unwrap();
    kit.work_for_a_day().await;

    let mut told: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for (at, customer) in customers.iter().enumerate() {
        for message in kit.app.store().messages_of_customer(&customer.key, 10).await.unwrap() {
            let counts = told.entry(names[at % names.len()]).or_default();
            match message.state {
                Some(DeliveryState::Sent) => counts.0 += 1,
                Some(DeliveryState::Suppressed) if message.exclusion == Some(HELD) => counts.1 += 1,
                _ => {}
            }
        }
    }
    for (name, (sent, held)) in &told {
        let plain = matches!(*name, "Ana" | "Will" | "Salud");
        assert_eq!((*sent > 3, *held > 3), (plain, !plain), "{name}: {sent} sent, {held} held back");
    }
    let held: u32 = told.values().map(|(_, held)| held).sum();
    let funnel = kit.app.store().funnel(id).await.unwrap();
    assert_eq!(funnel.held.get(&HELD).copied(), Some(i64::from(held)), "the report counts them");
}

const HELD: ExclusionReason = ExclusionReason::Guard;
