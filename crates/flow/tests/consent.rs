//! Consent from the first question to the receipt: sign-up, service mails, signals of browsers.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop where it cannot go on"
)]

use flow::Error;
use flow::views::{JoinForm, JoinState, JoinStep};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::{Customer, Language};
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Actor;
use terms::service::{ServiceKind, ServiceMail};
use testkit::TestApp;

fn form(email: &str) -> JoinForm {
    JoinForm {
        email: email.to_owned(),
        language: Language::Spanish,
        purposes: vec![Purpose::Marketing, Purpose::Profiling],
        address: Some("203.0.113.9".to_owned()),
        opted_out: false,
    }
}

/// The mails of the outbox folder, decoded as far as a link needs it.
fn mails(kit: &TestApp) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(kit.home().join("outbox"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "eml"))
        .collect();
    names.sort();
    names.iter().map(|path| std::fs::read_to_string(path).unwrap().replace("=\r\n", "")).collect()
}

fn token(mail: &str) -> String {
    let (_, rest) = mail.split_once("/join/").unwrap();
    rest.chars().take_while(char::is_ascii_hexdigit).collect()
}

fn customer(key: &str, email: &str, kit: &TestApp) -> Customer {
    Customer {
        key: CustomerKey::new(key),
        email: Some(email.to_owned()),
        first_name: None,
        locale: "es-ES".to_owned(),
        country: None,
        time_zone: None,
        known_since: kit.app.now(),
        restricted: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_becomes_a_receipt_only_when_it_is_confirmed_and_only_once() {
    let kit = TestApp::empty().await;
    let asked_at = kit.app.now();
    let view = kit.app.ask_to_join(&form("Ana@Example.org")).await.unwrap();
    assert_eq!(view.step, JoinStep::Asked);
    assert!(kit.app.store().customers_by_email("ana@example.org").await.unwrap().is_empty());
    let mail = mails(&kit).pop().unwrap();
    assert!(mail.contains("X-Candor-Service:") && !mail.contains("List-Unsubscribe"), "{mail}");
    let token = token(&mail);
    assert_eq!(token.len(), 32, "128 bits");
    // Looking does nothing, however often.
    for _ in 0..3 {
        assert_eq!(kit.app.join_confirm_view(&token).await.unwrap().state, JoinState::Waiting);
    }
    assert!(kit.app.store().consent_receipts_after(0, 10).await.unwrap().is_empty());
    kit.app.clock().set(asked_at.plus_hours(2));
    assert_eq!(kit.app.confirm_join(&token).await.unwrap().state, JoinState::Confirmed);
    let customers = kit.app.store().customers_by_email("ana@example.org").await.unwrap();
    let [customer] = customers.as_slice() else { panic!("{customers:?}") };
    let receipts = kit.app.store().consent_receipts(&customer.key).await.unwrap();
    assert_eq!(receipts.len(), 2);
    for stored in &receipts {
        let receipt = &stored.receipt;
        assert_eq!((receipt.status, receipt.source.as_str()), (ConsentStatus::Granted, "double_opt_in"));
        assert!(
            receipt.proof.contains(&asked_at.to_string()) && receipt.proof.contains("confirmed"),
            "{receipt:?}"
        );
        let notice =
            kit.app.store().notice(&receipt.notice_version, receipt.language).await.unwrap().unwrap();
        assert!(notice.has_hash(&receipt.notice_hash));
    }
    // Again: the same answer, and nothing more.
    assert_eq!(kit.app.confirm_join(&token).await.unwrap().state, JoinState::Confirmed);
    assert_eq!(kit.app.store().consent_receipts(&customer.key).await.unwrap(), receipts);
    // Neither token nor address nor network stands in the database as it was typed.
    kit.app.store().close().await;
    let database = std::fs::read(kit.app.home().database()).unwrap();
    let holds = |text: &str| database.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("Ana@Example.org"), "the file is the one that was written to");
    assert!(!holds(&token) && !holds("203.0.113.9"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_runs_out_after_48_hours_and_an_unknown_one_was_never_there() {
    let kit = TestApp::empty().await;
    kit.app.ask_to_join(&form("ana@example.org")).await.unwrap();
    let token = token(&mails(&kit).pop().unwrap());
    kit.app.clock().set(kit.app.now().plus_hours(48).plus_seconds(1));
    assert_eq!(kit.app.confirm_join(&token).await.unwrap().state, JoinState::Expired);
    assert!(kit.app.store().customers_by_email("ana@example.org").await.unwrap().is_empty());
    // The next request sweeps it away.
    kit.app.ask_to_join(&form("eva@example.org")).await.unwrap();
    assert!(matches!(kit.app.join_confirm_view(&token).await, Err(Error::NotFound)));
    assert!(matches!(kit.app.confirm_join(&"0".repeat(32)).await, Err(Error::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_tells_nobody_who_is_a_customer() {
    let kit = TestApp::empty().await;
    kit.app.store().put_customers(&[customer("C-1", "known@example.org", &kit)]).await.unwrap();
    kit.app
        .store()
        .suppress(None, Some("bounced@example.org"), SuppressionReason::HardBounce, "test", kit.app.now())
        .await
        .unwrap();
    let known = kit.app.ask_to_join(&form("known@example.org")).await.unwrap();
    let unknown = kit.app.ask_to_join(&form("unknown@example.org")).await.unwrap();
    let bounced = kit.app.ask_to_join(&form("bounced@example.org")).await.unwrap();
    assert_eq!(known, unknown);
    assert_eq!(known, bounced);
    assert_eq!(mails(&kit).len(), 2, "the address that bounced got none");
    let known_mail = mails(&kit).into_iter().find(|mail| mail.contains("To: known@")).unwrap();
    kit.app.confirm_join(&token(&known_mail)).await.unwrap();
    let receipts = kit.app.store().consent_receipts(&CustomerKey::new("C-1")).await.unwrap();
    assert_eq!(receipts.len(), 2, "joined the record that was there");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_fill_a_mailbox_with_confirmations() {
    let kit = TestApp::empty().await;
    for round in 0..8 {
        let mut form = form("victim@example.org");
        form.address = Some(format!("203.0.113.{round}"));
        assert_eq!(kit.app.ask_to_join(&form).await.unwrap().step, JoinStep::Asked, "the same answer");
    }
    assert_eq!(mails(&kit).len(), 3);
    // One source cannot go through a list of addresses.
    let mut refused = 0;
    for round in 0..15 {
        match kit.app.ask_to_join(&form(&format!("a{round}@d{round}.example.org"))).await {
            Ok(_) => {}
            Err(Error::TooMany) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(refused, 5);
    kit.app.clock().set(kit.app.now().plus_hours(25));
    kit.app.ask_to_join(&form("victim@example.org")).await.unwrap();
    assert_eq!(mails(&kit).len(), 14, "the next day it works again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_sign_up_ends_an_opt_out_but_no_objection() {
    let kit = TestApp::empty().await;
    let now = kit.app.now();
    let store = kit.app.store();
    for (key, email, reason) in [
        ("C-1", "back@example.org", SuppressionReason::Unsubscribed),
        ("C-2", "never@example.org", SuppressionReason::Objection),
    ] {
        let customer = customer(key, email, &kit);
        store.put_customers(std::slice::from_ref(&customer)).await.unwrap();
        store.suppress(Some(&customer.key), Some(email), reason, "test", now).await.unwrap();
        kit.app.ask_to_join(&form(email)).await.unwrap();
        let mail = mails(&kit).into_iter().find(|mail| mail.contains(&format!("To: {email}"))).unwrap();
        kit.app.confirm_join(&token(&mail)).await.unwrap();
    }
    let reason = |key: &str, email: &'static str| {
        let key = CustomerKey::new(key);
        async move { store.suppression(Some(&key), Some(email)).await.unwrap().map(|found| found.reason) }
    };
    assert_eq!(reason("C-1", "back@example.org").await, None);
    assert_eq!(reason("C-2", "never@example.org").await, Some(SuppressionReason::Objection));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signal_of_a_browser_is_one_withdrawal_of_sharing_however_often_it_comes() {
    let kit = TestApp::empty().await;
    let customer = customer("C-1", "ana@example.org", &kit);
    kit.app.store().put_customers(std::slice::from_ref(&customer)).await.unwrap();
    assert!(kit.app.record_gpc(&customer).await.unwrap());
    kit.app.clock().set(kit.app.now().plus_hours(1));
    assert!(!kit.app.record_gpc(&customer).await.unwrap());
    let receipts = kit.app.store().consent_receipts(&customer.key).await.unwrap();
    let [only] = receipts.as_slice() else { panic!("{receipts:?}") };
    assert_eq!((only.receipt.purpose, only.receipt.source.as_str()), (Purpose::Sharing, "gpc"));
    assert_eq!(only.receipt.status, ConsentStatus::Withdrawn);
    // A sign-up with the signal notes it, whatever was ticked.
    let mut asked = form("eva@example.org");
    asked.purposes.push(Purpose::Sharing);
    asked.opted_out = true;
    kit.app.ask_to_join(&asked).await.unwrap();
    kit.app.confirm_join(&token(&mails(&kit).pop().unwrap())).await.unwrap();
    let eva = &kit.app.store().customers_by_email("eva@example.org").await.unwrap()[0];
    let said = kit
        .app
        .store()
        .consent_at(&eva.key, Purpose::Sharing, Channel::Email, kit.app.now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((said.status, said.source.as_str()), (ConsentStatus::Withdrawn, "gpc"));
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_come_in_once_with_one_entry_for_each_customer() {
    let kit = TestApp::empty().await;
    let receipt = |key: &str, purpose, status| ConsentReceipt {
        customer: CustomerKey::new(key),
        purpose,
        channel: Channel::Email,
        status,
        basis: LawfulBasis::Consent,
        notice_version: "sign-up-1".to_owned(),
        notice_hash: String::new(),
        language: Language::English,
        source: "api".to_owned(),
        proof: "call/1".to_owned(),
        at: kit.app.now().plus_days(-3),
    };
    let receipts = [
        receipt("a", Purpose::Marketing, ConsentStatus::Granted),
        receipt("a", Purpose::Profiling, ConsentStatus::Denied),
        receipt("b", Purpose::Marketing, ConsentStatus::Withdrawn),
    ];
    assert_eq!(kit.app.record_consents(&receipts, Actor::Operator).await.unwrap(), 3);
    assert_eq!(kit.app.record_consents(&receipts, Actor::Operator).await.unwrap(), 0);
    for object in ["customer/a", "customer/b"] {
        let entries = kit.app.store().entries_of(object).await.unwrap();
        assert_eq!(entries.len(), 1, "{object}");
        assert_eq!(entries[0].entry.action, Action::ConsentRecorded);
    }
    let stored = kit.app.store().consent_receipts(&CustomerKey::new("b")).await.unwrap();
    assert_eq!(stored[0].recorded_at, Some(kit.app.now()), "given three days ago, recorded now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_mail_leaves_a_durable_record_and_answers_in_the_customers_language() {
    let kit = TestApp::empty().await;
    let base = kit.app.brand().await.unwrap().base_url;
    let key = CustomerKey::new("C-1");
    let mail = ServiceMail {
        customer: Some(key.clone()),
        link: Some(format!("{base}/r/1")),
        reference: Some("R-1".to_owned()),
        ..ServiceMail::new(ServiceKind::RequestDone, "ana@example.org", Language::Spanish)
    };
    kit.app.send_service(mail.clone()).await.unwrap();
    let rows = kit.app.store().service_mails_of(&key, None).await.unwrap();
    assert_eq!((rows.len(), rows[0].state), (1, terms::service::ServiceState::Sent));
    let foreign = ServiceMail { link: Some("https://shop.example/offer".to_owned()), ..mail };
    assert!(matches!(kit.app.send_service(foreign).await, Err(Error::Refused(_))));
    assert_eq!(
        kit.app.store().service_mails_of(&key, None).await.unwrap().len(),
        1,
        "no row without a permit"
    );
}
