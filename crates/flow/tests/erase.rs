//! Erasing a customer in a whole installation: what goes, what stays, what is kept out afterwards.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it cannot go on")]

use terms::erasure::ErasureCause;
use terms::ids::CustomerKey;
use testkit::TestApp;

async fn with_campaign() -> (TestApp, terms::ids::CampaignId) {
    let kit = TestApp::with_customers(120).await;
    let campaign = kit.approved("Back", "everyone").await;
    let approver = kit.person(terms::person::Role::Approver).await;
    kit.app.launch_campaign(&approver, campaign).await.unwrap();
    kit.work_for_a_day().await;
    (kit, campaign)
}

async fn somebody_written_to(kit: &TestApp, campaign: terms::ids::CampaignId) -> CustomerKey {
    let sent = Some(terms::delivery::DeliveryState::Sent);
    let sent = kit.app.store().messages_of_campaign(campaign, sent, 10, 0).await.unwrap();
    sent[0].customer.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_leaves_nothing_in_any_place_and_the_ledger_verifies() {
    let (kit, campaign) = with_campaign().await;
    let key = somebody_written_to(&kit, campaign).await;
    let archive = kit.app.archive_of(&key).await.unwrap();
    for place in [
        "outbox",
        "lake.purchases",
        "store.customers",
        "store.consents",
        "store.deliveries",
        "store.ledger_payloads",
    ] {
        let part = archive.parts.iter().find(|part| part.place == place).unwrap();
        assert!(!part.rows.is_empty(), "nothing in `{place}` before");
    }
    let receipts = kit.app.erase_customer(&key, ErasureCause::Request).await.unwrap();
    for receipt in &receipts {
        let before = archive.parts.iter().find(|part| part.place == receipt.place).unwrap().rows.len() as u64;
        assert!(receipt.left == 0 && receipt.found >= before, "{receipt:?}, {before} before");
    }
    assert_eq!(kit.app.scan(&key).await.unwrap().rows(), 0);
    assert!(kit.app.store().is_erased(&key).await.unwrap());
    assert!(kit.app.verify_ledger().await.unwrap().verified);
    // Again finds nothing and fails nothing.
    let again = kit.app.erase_customer(&key, ErasureCause::Request).await.unwrap();
    assert!(again.iter().all(|receipt| receipt.erased == 0), "{again:?}");
}
