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

#[tokio::test(flavor = "multi_thread")]
async fn a_later_file_does_not_bring_somebody_erased_back_and_repeats_nothing_of_them() {
    let kit = TestApp::with_customers(60).await;
    let customer = kit.app.store().customers_after(None, 1).await.unwrap().pop().unwrap();
    let (key, email) = (customer.key.clone(), customer.email.clone().unwrap());
    kit.app.erase_customer(&key, ErasureCause::Request).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let people = write(
        "people.csv",
        format!(
            "key,email,first_name\n{key},{email},Canary\nNEW-1,{email},Canary\nNEW-2,new@example.org,Bea\n"
        ),
    );
    let receipts = write(
        "receipts.csv",
        format!("key,purpose,channel,status,at\n{key},marketing,email,granted,2026-09-01T10:00:00Z\n"),
    );
    let shop = write(
        "shop.csv",
        format!(
            "customer,time,amount\n{key},2026-09-01T10:00:00Z,77.00\nNEW-2,2026-09-01T10:00:00Z,9.50\n{key},not a time,5\n"
        ),
    );
    let options = lake::import::Options::default;
    let done = kit.app.import_customers(&people, options(), |_| {}).await.unwrap();
    assert_eq!((done.added, done.rejected.values().sum::<u64>()), (1, 2), "{done:?}");
    let done = kit.app.import_consents(&receipts, options(), |_| {}).await.unwrap();
    assert_eq!(done.added, 0);
    let done = kit.app.import_purchases(&shop, options(), |_| {}).await.unwrap();
    assert_eq!(done.added, 1, "{done:?}");
    // And whoever writes to the store directly fares no better.
    kit.app.store().put_customers(std::slice::from_ref(&customer)).await.unwrap();
    assert_eq!(kit.app.scan(&key).await.unwrap().rows(), 0);
    for file in std::fs::read_dir(kit.app.home().rejects()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains(key.as_str()) && !text.contains(&email) && !text.contains("Canary"), "{text}");
        assert!(text.contains("was erased"), "{text}");
    }

    // Back by a consent of their own: the address is free, the old key is not.
    assert!(kit.app.welcome_back(&email).await.unwrap());
    let again = terms::customer::Customer { key: CustomerKey::new("FRESH-1"), ..customer.clone() };
    kit.app.store().put_customers(&[again, customer]).await.unwrap();
    let found = kit.app.store().customers_by_email(&email).await.unwrap();
    assert_eq!(found.iter().map(|found| found.key.as_str()).collect::<Vec<_>>(), ["FRESH-1"]);
}
