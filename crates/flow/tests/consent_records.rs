//! What receipts say at any instant, where they come from, and what leaves as consent records.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop where it cannot go on"
)]

use flow::consent::export::{faults, receipts_of};
use flow::views::{NoticeState, SaleCheck};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::customer::Language;
use terms::ids::CustomerKey;
use terms::person::Actor;
use terms::time::Instant;
use testkit::TestApp;

fn receipt(key: &str, purpose: Purpose, status: ConsentStatus, at: Instant) -> ConsentReceipt {
    ConsentReceipt {
        customer: CustomerKey::new(key),
        purpose,
        channel: Channel::Email,
        status,
        basis: LawfulBasis::Consent,
        notice_version: String::new(),
        notice_hash: String::new(),
        language: Language::English,
        source: "test".to_owned(),
        proof: format!("{purpose} {status} {}", at.0),
        at,
    }
}

fn write(kit: &TestApp, name: &str, text: &str) -> std::path::PathBuf {
    let path = kit.home().parent().unwrap().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// What receipts say, the slow way: everything up to the instant, one after the other; a refusal of the same instant is
/// never overtaken by a grant.
fn naive(
    receipts: &[ConsentReceipt],
    purpose: Purpose,
    channel: Channel,
    at: Instant,
) -> Option<ConsentStatus> {
    let mut said: Option<(Instant, ConsentStatus)> = None;
    for receipt in receipts {
        let about =
            receipt.purpose == purpose && (purpose != Purpose::Marketing || receipt.channel == channel);
        if !about || receipt.at > at {
            continue;
        }
        said = match said {
            Some((when, _)) if when > receipt.at => said,
            Some((when, status)) if when == receipt.at && status != ConsentStatus::Granted => said,
            _ => Some((receipt.at, receipt.status)),
        };
    }
    said.map(|(_, status)| status)
}

fn any_receipts() -> impl Strategy<Value = Vec<ConsentReceipt>> {
    let one = (0..Purpose::ALL.len(), 0..Channel::ALL.len(), 0..3usize, 0i64..12, 0..3u8).prop_map(
        |(purpose, channel, status, at, proof)| ConsentReceipt {
            channel: Channel::ALL[channel],
            proof: format!("form {proof}"),
            ..receipt("x", Purpose::ALL[purpose], ConsentStatus::ALL[status], Instant(at))
        },
    );
    proptest::collection::vec(one, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_state_at_any_instant_is_what_a_naive_fold_says_and_a_refusal_wins_a_tie(
        receipts in any_receipts(), at in 0i64..13,
    ) {
        for purpose in Purpose::ALL {
            for channel in Channel::ALL {
                let state = policy::consent::state_at(&receipts, *purpose, *channel, Instant(at));
                let expected = naive(&receipts, *purpose, *channel, Instant(at));
                // Of two refusals of one instant either may be named: both are no.
                let no = |status: Option<ConsentStatus>| status.map(|status| status == ConsentStatus::Granted);
                prop_assert_eq!(no(state.map(|state| state.status)), no(expected));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_says_at_every_instant_what_the_fold_says() {
    let kit = TestApp::empty().await;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut asked = 0;
    for round in 0..60 {
        let key = format!("r{round}");
        let receipts: Vec<ConsentReceipt> = any_receipts()
            .new_tree(&mut runner)
            .unwrap()
            .current()
            .into_iter()
            .map(|receipt| ConsentReceipt { customer: CustomerKey::new(&key), ..receipt })
            .collect();
        kit.app.record_consents(&receipts, Actor::Operator).await.unwrap();
        for at in 0..12 {
            for purpose in Purpose::ALL {
                let customer = CustomerKey::new(&key);
                let said = kit
                    .app
                    .store()
                    .consent_at(&customer, *purpose, Channel::Email, Instant(at))
                    .await
                    .unwrap();
                let granted =
                    |status: Option<ConsentStatus>| status.map(|status| status == ConsentStatus::Granted);
                let expected = naive(&receipts, *purpose, Channel::Email, Instant(at));
                assert_eq!(granted(said.map(|said| said.status)), granted(expected), "{key} {purpose} {at}");
                asked += 1;
            }
        }
    }
    assert_eq!(asked, 60 * 12 * 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_past_instant_can_be_asked_with_proof_and_notice() {
    let kit = TestApp::empty().await;
    let now = kit.app.now();
    let notice = kit.app.current_notice(Purpose::Marketing, Language::English).await.unwrap();
    let mut granted = receipt("a", Purpose::Marketing, ConsentStatus::Granted, now.plus_days(-30));
    (granted.notice_version, granted.notice_hash) = (notice.version.clone(), notice.hash.to_string());
    let mut unknown = receipt("a", Purpose::Profiling, ConsentStatus::Granted, now.plus_days(-20));
    unknown.notice_version = "shop-2019".to_owned();
    let mut other = receipt("a", Purpose::Measurement, ConsentStatus::Granted, now.plus_days(-20));
    (other.notice_version, other.notice_hash) = (notice.version.clone(), "0".repeat(64));
    let withdrawn = receipt("a", Purpose::Marketing, ConsentStatus::Withdrawn, now.plus_days(-10));
    let all = [granted, unknown, other, withdrawn];
    kit.app.record_consents(&all, Actor::Operator).await.unwrap();
    let key = CustomerKey::new("a");
    let allows = async |days: i64| {
        let history = kit.app.consent_history(&key, Some(now.plus_days(days))).await.unwrap();
        history.states.iter().find(|state| state.purpose == Purpose::Marketing).map(|state| state.allows)
    };
    assert_eq!(allows(-31).await, None);
    assert_eq!(allows(-30).await, Some(true));
    assert_eq!(allows(-11).await, Some(true));
    assert_eq!(allows(-10).await, Some(false));
    let history = kit.app.consent_history(&key, None).await.unwrap();
    let notices: Vec<&NoticeState> = history.receipts.iter().map(|line| &line.notice).collect();
    assert!(matches!(notices[0], NoticeState::Known { text } if *text == notice.text));
    assert_eq!(history.receipts.iter().filter(|line| line.counts).count(), 3);
    assert!(notices.contains(&&NoticeState::Unknown) && notices.contains(&&NoticeState::OtherText));
    let marketing = history.tracks.iter().find(|track| track.purpose == Purpose::Marketing).unwrap();
    assert_eq!(marketing.stretches.len(), 2);
    assert_eq!(marketing.stretches[0].to, Some(now.plus_days(-10)));
    let view = kit.app.consent_view("a", &now.plus_days(-15).to_string()).await.unwrap();
    let counted = view.counts.iter().find(|counts| counts.purpose == Purpose::Marketing).unwrap();
    assert_eq!((counted.counts.granted, counted.counts.withdrawn), (1, 0));
    assert_eq!(view.months.iter().map(|month| month.granted).sum::<i64>(), 3);
    let view = kit.app.consent_view("nobody", "tomorrow?").await.unwrap();
    assert!(view.nobody && view.unread_time);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_never_changed_and_a_new_version_is_shown_from_then_on() {
    let kit = TestApp::empty().await;
    let add = async |version: &str, text: &str| {
        kit.app.add_notice(version, Language::English, &[Purpose::Marketing], text).await
    };
    add("mail-2", "We write to you about coffee.").await.unwrap();
    assert!(add("mail-2", "We write to you about everything.").await.is_err());
    assert!(add("mail 3", "x").await.is_err() && add("mail-3", " ").await.is_err());
    let current = kit.app.current_notice(Purpose::Marketing, Language::English).await.unwrap();
    assert_eq!(current.version, "mail-2");
    assert_eq!(current.hash, terms::hash::ContentHash::of_text("We write to you about coffee."));
    let other = kit.app.current_notice(Purpose::Profiling, Language::English).await.unwrap();
    assert_eq!(other.version, "sign-up-1");
    // The page offers what its notice speaks of, and nothing else.
    let page = kit.app.join_view(Language::English).await.unwrap();
    assert_eq!(page.purposes, [Purpose::Marketing]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_opt_in_counts_only_with_a_sale_that_is_known() {
    let kit = TestApp::with_customers(300).await;
    let now = kit.app.now();
    // Somebody who bought: the first customer whose page shows a purchase.
    let mut buyer = None;
    for customer in kit.app.store().customers_after(None, 300).await.unwrap() {
        let page = kit
            .app
            .customer(&kit.person(terms::person::Role::PrivacyOfficer).await, customer.key.as_str())
            .await;
        if page.is_ok_and(|page| page.profile.is_some()) {
            buyer = Some(customer.key);
            break;
        }
    }
    let buyer = buyer.unwrap();
    let soft = |key: &CustomerKey, proof: &str, at| ConsentReceipt {
        basis: LawfulBasis::SoftOptIn,
        proof: proof.to_owned(),
        channel: Channel::Sms,
        ..receipt(key.as_str(), Purpose::Marketing, ConsentStatus::Granted, at)
    };
    let stranger = CustomerKey::new("nobody-knows");
    let years_ago = now.plus_days(-20 * 365);
    let receipts = [
        soft(&buyer, "order:1", years_ago),
        soft(&buyer, "newsletter", years_ago.plus_days(1)),
        soft(&buyer, "order:2", now.plus_days(-1)),
        soft(&stranger, "order:3", now.plus_days(-1)),
    ];
    kit.app.record_consents(&receipts, Actor::Operator).await.unwrap();
    let history = kit.app.consent_history(&buyer, None).await.unwrap();
    let checks: Vec<SaleCheck> = history
        .receipts
        .iter()
        .filter(|line| line.receipt.channel == Channel::Sms)
        .map(|line| line.sale)
        .collect();
    assert_eq!(checks, [SaleCheck::NoPurchase, SaleCheck::NoProof, SaleCheck::Found]);
    let allows = |history: &flow::views::ConsentHistory| {
        let by_sms = |state: &&flow::views::StateLine| state.channel == Some(Channel::Sms);
        history.states.iter().find(by_sms).map(|state| state.allows)
    };
    assert_eq!(allows(&history), Some(true));
    let earlier = kit.app.consent_history(&buyer, Some(years_ago)).await.unwrap();
    assert_eq!(allows(&earlier), Some(false), "no purchase by then");
    let unknown = kit.app.consent_history(&stranger, None).await.unwrap();
    assert_eq!(allows(&unknown), Some(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_strings_become_receipts_and_what_cannot_be_read_is_told_row_by_row() {
    let kit = TestApp::empty().await;
    let file = write(
        &kit,
        "strings.csv",
        "customer,tcf,at\n\
         a,DBABTA~1YYN,2026-09-01\n\
         b,1YNN,2026-09-02\n\
         c,CPSG_8APSG_8AAAAAAENAACAAAAAAAAAAAAAAAAAAAAA.QAAA,2026-09-03\n\
         d,hello,2026-09-04\n\
         e,DBACNYA~CPX~1YYN,2026-09-05\n\
         f,CPSG_8APSG_8AAAAAAENAACAAAAAAAAAAAAAAAAAAAAA.QAAA.IAAA,2026-09-06\n",
    );
    let done = kit.app.import_consent_strings(&file, lake::import::Options::default(), |_| {}).await.unwrap();
    assert_eq!((done.strings, done.silent, done.refusals_kept), (3, 1, 1));
    assert_eq!(done.rejected_lines.len(), 3, "{:?}", done.rejected_lines);
    let rejected: Vec<u64> = done.rejected_lines.iter().map(|line| line.line).collect();
    assert_eq!(rejected, [4, 5, 6]);
    assert!(done.rejected_lines[0].reason.contains("disclosedVendors"), "{:?}", done.rejected_lines[0]);
    let said = async |key: &str, purpose| {
        let at = kit.app.now();
        let said = kit.app.store().consent_at(&CustomerKey::new(key), purpose, Channel::Email, at).await;
        said.unwrap().map(|said| said.status)
    };
    assert_eq!(said("a", Purpose::Sharing).await, Some(ConsentStatus::Withdrawn));
    assert_eq!(said("b", Purpose::Sharing).await, None);
    assert_eq!(
        said("e", Purpose::Sharing).await,
        Some(ConsentStatus::Withdrawn),
        "kept out of a rejected row"
    );
    assert_eq!(said("f", Purpose::Profiling).await, Some(ConsentStatus::Denied));
    assert_eq!(said("f", Purpose::Marketing).await, None);
    // The same file again brings nothing new.
    let again =
        kit.app.import_consent_strings(&file, lake::import::Options::default(), |_| {}).await.unwrap();
    assert_eq!(again.added, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_receipt_comes_back_from_its_consent_record() {
    let kit = TestApp::with_customers(400).await;
    let now = kit.app.now();
    let mut hostile =
        receipt("weird \"key\" ñ", Purpose::AiContent, ConsentStatus::Denied, Instant(now.0 - 7));
    hostile.proof = "a \\ \" </script> \u{1F600}\n".to_owned();
    let same_second =
        receipt("weird \"key\" ñ", Purpose::AiContent, ConsentStatus::Granted, Instant(now.0 - 9));
    kit.app.record_consents(&[hostile, same_second], Actor::Operator).await.unwrap();
    let mut out = Vec::new();
    let (records, receipts) = kit.app.export_consents(&mut out).await.unwrap();
    let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let graph = document["@graph"].as_array().unwrap();
    assert_eq!(graph.len() as u64, records);
    let mut back = Vec::new();
    for record in graph {
        assert_eq!(faults(record), Vec::<String>::new());
        back.extend(receipts_of(record).unwrap());
    }
    let mut stored: Vec<ConsentReceipt> = kit
        .app
        .store()
        .consent_receipts_after(0, i64::MAX)
        .await
        .unwrap()
        .into_iter()
        .map(|s| s.receipt)
        .collect();
    assert_eq!((back.len() as u64, stored.len() as u64), (receipts, receipts));
    assert!(receipts > 400, "{receipts}");
    let order = |receipt: &ConsentReceipt| {
        (
            receipt.customer.clone(),
            receipt.purpose,
            receipt.channel,
            receipt.at,
            receipt.status,
            receipt.proof.clone(),
        )
    };
    back.sort_by_key(order);
    stored.sort_by_key(order);
    assert_eq!(back, stored);
    // The check of the structure can fail.
    for pointer in ["/record_header/record_id", "/events", "/@type", "/pii_processing/purposes/0/purpose"] {
        let mut broken = graph[0].clone();
        *broken.pointer_mut(pointer).unwrap() = serde_json::Value::Null;
        assert!(!faults(&broken).is_empty(), "{pointer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_sends_receipts_all_or_none_and_hears_what_is_wrong() {
    let kit = TestApp::empty().await;
    let one = r#"{"customer":"a","purpose":"marketing","channel":"email","status":"granted","at":"2026-09-01T10:00:00+02:00","proof":"form/7"}"#;
    let soft = r#"{"customer":"b","purpose":"marketing","channel":"email","status":"granted","basis":"soft_opt_in","at":"2026-09-01T10:00:00Z"}"#;
    let future = r#"{"customer":"b","purpose":"marketing","channel":"email","status":"granted","at":"2031-09-01T10:00:00Z"}"#;
    let word = r#"{"customer":"b","purpose":"spam","channel":"email","status":"granted","at":"2026-09-01T10:00:00Z"}"#;
    let body = format!("{{\"consents\":[{one},{soft},{future},{word},7]}}");
    let taken = kit.app.take_consents("shop", &body).await.unwrap();
    assert_eq!((taken.received, taken.added), (5, 0));
    let places: Vec<usize> = taken.errors.iter().map(|fault| fault.index).collect();
    assert_eq!(places, [1, 2, 3, 4], "{:?}", taken.errors);
    assert!(taken.errors[0].message.contains("needs a sale"));
    assert!(kit.app.store().consent_receipts_after(0, 9).await.unwrap().is_empty());
    let body = format!("{{\"consents\":[{one},{one}]}}");
    let taken = kit.app.take_consents("shop", &body).await.unwrap();
    assert_eq!((taken.received, taken.added, taken.errors.len()), (2, 1, 0));
    let stored = kit.app.store().consent_receipts(&CustomerKey::new("a")).await.unwrap();
    assert_eq!(
        (stored[0].receipt.source.as_str(), stored[0].receipt.at.to_string().as_str()),
        ("api:shop", "2026-09-01T08:00:00Z")
    );
    assert!(kit.app.take_consents("shop", "[]").await.is_err());
}
