//! Notices, sign-ups, service mails and counts of consents.

use crate::databases::{at, on_each};
use store::sign_ups::NewSignUp;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::Language;
use terms::ids::CustomerKey;
use terms::service::{ServiceKind, ServiceMail, ServiceState};

#[test]
fn a_notice_can_be_neither_changed_nor_deleted_nor_added_twice() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let purposes = [Purpose::Marketing, Purpose::AiContent];
        store.add_notice("v1", Language::Spanish, &purposes, "Texto", at(1)).await.unwrap();
        assert!(store.add_notice("v1", Language::Spanish, &purposes, "Otro", at(2)).await.is_err());
        store.add_notice("v1", Language::English, &purposes, "Text", at(2)).await.unwrap();
        let notice = store.notice("v1", Language::Spanish).await.unwrap().unwrap();
        assert_eq!((notice.text.as_str(), notice.purposes.as_slice()), ("Texto", &purposes[..]));
        // What `printf Texto | sha256sum` says.
        assert_eq!(notice.hash, terms::hash::ContentHash::of_text("Texto"));
        assert!(fresh.tamper("UPDATE notices SET text = 'x'").await.is_err());
        assert!(fresh.tamper("DELETE FROM notices").await.is_err());
        assert_eq!(store.notices().await.unwrap().len(), 2);
    });
}

#[test]
fn a_sign_up_is_confirmed_once_and_in_time() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let key = CustomerKey::new("web-1");
        let new = |token: &'static str| NewSignUp {
            email: "Ana@Example.org",
            language: Language::English,
            purposes: &[Purpose::Marketing],
            notice_version: "v1",
            notice_hash: "h",
            token_hash: token,
            source: "join",
            address: Some("203.0.113.9"),
            opted_out: true,
            asked_at: at(0),
            expires_at: at(100),
        };
        for token in ["one", "two", "three"] {
            store.add_sign_up(&new(token)).await.unwrap();
        }
        assert!(store.add_sign_up(&new("one")).await.is_err(), "a token is nobody else's");
        assert!(store.confirm_sign_up("one", at(100), &key).await.unwrap());
        assert!(!store.confirm_sign_up("one", at(100), &key).await.unwrap(), "once");
        assert!(!store.confirm_sign_up("two", at(101), &key).await.unwrap(), "in time");
        assert!(!store.confirm_sign_up("four", at(1), &key).await.unwrap());
        let kept = store.sign_up("one").await.unwrap().unwrap();
        assert_eq!((kept.confirmed_at, kept.customer), (Some(at(100)), Some(key.clone())));
        assert!(
            kept.source_hash
                .is_some_and(|hash| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
        );
        assert!(fresh.tamper("UPDATE sign_ups SET confirmed_at = 5 WHERE token_hash = 'one'").await.is_err());
        assert!(fresh.tamper("UPDATE sign_ups SET purposes = 'sharing'").await.is_err());
        assert_eq!(store.delete_expired_sign_ups(at(101)).await.unwrap(), 2, "what was confirmed stays");
        assert_eq!(store.sign_ups_of(&key, Some("ana@example.org")).await.unwrap().len(), 1);
        assert_eq!(store.delete_sign_ups_of(&key, None).await.unwrap(), 1);
    });
}

#[test]
fn attempts_are_counted_by_address_domain_and_source_without_keeping_them() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let mail = |kind, to: &str, source: &str| ServiceMail {
            source: Some(source.to_owned()),
            ..ServiceMail::new(kind, to, Language::English)
        };
        let hour = 3_600;
        for (kind, to, source, when) in [
            (ServiceKind::ConfirmSignUp, "ana@example.org", "s1", 0),
            (ServiceKind::ConfirmSignUp, "ANA@example.org ", "s2", 2 * hour),
            (ServiceKind::RequestDone, "ana@example.org", "s1", 2 * hour),
            (ServiceKind::ConfirmSignUp, "eva@EXAMPLE.org", "s1", 2 * hour),
            (ServiceKind::ConfirmRequest, "leo@other.example", "s1", 2 * hour),
        ] {
            let id = store.begin_service_mail(&mail(kind, to, source), at(when)).await.unwrap();
            store.end_service_mail(id, ServiceState::Sent, "ok", at(when)).await.unwrap();
            // Ended once: what comes later changes nothing.
            store.end_service_mail(id, ServiceState::Failed, "late", at(when)).await.unwrap();
        }
        let next = mail(ServiceKind::ConfirmSignUp, "ana@example.org", "s1");
        let counts = store.service_attempts(&next, at(2 * hour + 60)).await.unwrap();
        assert_eq!((counts.address, counts.any, counts.domain, counts.source), (2, 3, 2, 2));
        let counts = store.service_attempts(&next, at(25 * hour)).await.unwrap();
        assert_eq!((counts.address, counts.any, counts.domain, counts.source), (1, 2, 0, 0));
        let quiet = ServiceMail { source: None, ..next };
        assert_eq!(store.service_attempts(&quiet, at(2 * hour + 60)).await.unwrap().source, 0);
        let key = CustomerKey::new("nobody");
        let rows = store.service_mails_of(&key, Some("ana@example.org")).await.unwrap();
        assert!(rows.len() == 3 && rows.iter().all(|row| row.state == ServiceState::Sent));
        assert!(fresh.tamper("UPDATE service_mails SET state = 'failed'").await.is_err());
        assert_eq!(store.delete_service_mails_of(&key, Some("ana@example.org")).await.unwrap(), 3);
    });
}

#[test]
fn counts_and_days_say_what_everybody_said() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let receipt = |key: &str, purpose, channel, status, when| ConsentReceipt {
            customer: CustomerKey::new(key),
            purpose,
            channel,
            status,
            basis: LawfulBasis::Consent,
            notice_version: String::new(),
            notice_hash: String::new(),
            language: Language::English,
            source: "t".to_owned(),
            proof: format!("{when}"),
            at: at(when),
        };
        use ConsentStatus::{Denied, Granted, Withdrawn};
        let day = 86_400;
        let receipts = [
            receipt("a", Purpose::Marketing, Channel::Email, Granted, 0),
            receipt("a", Purpose::Marketing, Channel::Sms, Granted, 0),
            receipt("a", Purpose::Marketing, Channel::Email, Withdrawn, 2 * day),
            receipt("b", Purpose::Marketing, Channel::Email, Granted, day),
            receipt("b", Purpose::Profiling, Channel::Email, Granted, day),
            receipt("b", Purpose::Profiling, Channel::Sms, Denied, day),
        ];
        let new = store.append_consents(&receipts, at(3 * day)).await.unwrap();
        assert_eq!(new, [true; 6]);
        let mut more = receipts.to_vec();
        more.push(receipt("c", Purpose::Sharing, Channel::Post, Granted, day));
        let new = store.append_consents(&more, at(4 * day)).await.unwrap();
        assert_eq!(new, [false, false, false, false, false, false, true]);
        let counted = async |when| -> Vec<(Purpose, Option<Channel>, ConsentStatus, i64)> {
            let counts = store.consent_counts(at(when)).await.unwrap();
            counts.into_iter().map(|c| (c.purpose, c.channel, c.status, c.customers)).collect()
        };
        let (mail, sms) = (Some(Channel::Email), Some(Channel::Sms));
        assert_eq!(
            counted(day).await,
            [
                (Purpose::Marketing, mail, Granted, 2),
                (Purpose::Marketing, sms, Granted, 1),
                (Purpose::Profiling, None, Denied, 1),
                (Purpose::Sharing, None, Granted, 1),
            ]
        );
        assert_eq!(counted(2 * day).await[0], (Purpose::Marketing, mail, Granted, 1));
        assert_eq!(counted(2 * day).await[1], (Purpose::Marketing, mail, Withdrawn, 1));
        let days = store.consent_days(at(0), at(2 * day)).await.unwrap();
        let first = at(0).day();
        let short: Vec<_> = days.iter().map(|(day, status, n)| (day.0 - first.0, *status, *n)).collect();
        assert_eq!(short, [(0, Granted, 2), (1, Denied, 1), (1, Granted, 3), (2, Withdrawn, 1)]);
        let stored = store.consent_receipts(&CustomerKey::new("b")).await.unwrap();
        assert_eq!(stored.len(), 3);
        assert!(stored.iter().all(|stored| stored.recorded_at == Some(at(3 * day))));
        let keys = store.consent_customers_after(Some(&CustomerKey::new("a")), 9).await.unwrap();
        assert_eq!(keys, ["b", "c"].map(CustomerKey::new));
    });
}

#[test]
fn an_opt_out_ends_by_a_new_sign_up_and_everything_else_stays() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let key = CustomerKey::new("a");
        for reason in SuppressionReason::ALL {
            store.suppress(Some(&key), Some("a@example.org"), *reason, "t", at(1)).await.unwrap();
        }
        assert!(
            store
                .lift_suppression(Some(&key), Some("A@example.org"), SuppressionReason::Unsubscribed)
                .await
                .unwrap()
        );
        assert!(
            !store
                .lift_suppression(Some(&key), Some("a@example.org"), SuppressionReason::Unsubscribed)
                .await
                .unwrap()
        );
        let left = store.suppression_reasons(Some(&key), None).await.unwrap();
        assert_eq!(left.len(), SuppressionReason::ALL.len() - 1);
        assert!(!left.contains(&SuppressionReason::Unsubscribed));
    });
}
