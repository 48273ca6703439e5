//! Tests, certificates, and what the schema refuses when somebody writes past the program.

use crate::databases::{at, certify, draft, on_each, passed, people, submitted};
use store::Error;
use terms::campaign::CampaignState;
use terms::person::Role;
use terms::training::{Lesson, TestOrigin};

#[test]
fn a_certificate_is_issued_by_a_test_that_was_passed_in_its_time_and_once() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let pia = store.add_person("Pia", "pia@x.example", Role::PrivacyOfficer, "h").await.unwrap();
        let test = store.begin_test(pia, "s", "b", TestOrigin::Person, at(0), at(60)).await.unwrap();
        assert_eq!(store.tests_of(pia).await.unwrap(), std::slice::from_ref(&test));
        let late = store.put_result(&passed(test.id, at(60)), at(999)).await;
        assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
        let id = store.put_result(&passed(test.id, at(5)), at(999)).await.unwrap().unwrap();
        let twice = store.put_result(&passed(test.id, at(6)), at(999)).await;
        assert!(matches!(twice, Err(Error::Stale { .. })), "{twice:?}");
        let certificate = store.certificate(id).await.unwrap();
        assert_eq!(store.certificates_of(pia).await.unwrap(), std::slice::from_ref(&certificate));
        assert_eq!(
            (certificate.person, certificate.issued_at, certificate.valid_until),
            (pia, at(5), at(999))
        );
        assert_eq!(store.results_of(pia).await.unwrap(), [passed(test.id, at(5))]);
    });
}

#[test]
fn a_test_that_was_not_passed_makes_no_certificate_and_no_mark_passes_that_is_too_low() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let pia = store.add_person("Pia", "pia@x.example", Role::PrivacyOfficer, "h").await.unwrap();
        let begin =
            async || store.begin_test(pia, "s", "b", TestOrigin::Person, at(0), at(60)).await.unwrap();
        let failed = terms::training::TestResult { passed: false, ..passed(begin().await.id, at(5)) };
        assert_eq!(store.put_result(&failed, at(999)).await.unwrap(), None);
        let mut low = passed(begin().await.id, at(5));
        low.right = 14;
        assert!(store.put_result(&low, at(999)).await.is_err(), "14 of 18");
        let mut lost = passed(begin().await.id, at(5));
        lost.right = 16;
        lost.by_lesson[0].1 = 0;
        assert!(store.put_result(&lost, at(999)).await.is_err(), "nothing right of one risk");
        assert!(store.certificates_of(pia).await.unwrap().is_empty());
    });
}

#[test]
fn the_schema_refuses_a_certificate_nobody_earned_and_an_approval_without_one() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (author, approver) = people(store).await;
        let untrained = store.add_person("Nu", "nu@x.example", Role::Approver, "h").await.unwrap();
        let test = store.begin_test(untrained, "s", "b", TestOrigin::Person, at(0), at(60)).await.unwrap();
        let failed = terms::training::TestResult { passed: false, ..passed(test.id, at(5)) };
        store.put_result(&failed, at(999)).await.unwrap();
        let bought = format!(
            "INSERT INTO certificates (id, test, person, issued_at, valid_until) VALUES (900, {}, {}, {}, {})",
            test.id,
            untrained,
            at(5).0,
            at(999).0
        );
        assert!(fresh.tamper(&bought).await.unwrap_err().to_string().contains("earned"));
        // Somebody else's test earns nothing either.
        let theirs = store.tests_of(approver).await.unwrap()[0].id;
        let lent = bought.replace(&format!("900, {}", test.id), &format!("900, {theirs}"));
        assert!(fresh.tamper(&lent).await.is_err());

        let campaign = draft(store, "A", author).await;
        let hash = submitted(store, &campaign).await;
        let refused = store.approve_campaign(campaign.id, untrained, &hash, "", at(3)).await;
        assert!(matches!(refused, Err(Error::NotCertified { ended: None })), "{refused:?}");
        let written = format!(
            "INSERT INTO approvals (id, campaign, author, approver, verdict, content_hash, note, at)
             VALUES (901, {}, {author}, {untrained}, 'approved', '{hash}', '', {})",
            campaign.id,
            at(3).0
        );
        assert!(fresh.tamper(&written).await.unwrap_err().to_string().contains("certificate"));
        // Sending back stops something, and needs none.
        store.reject_campaign(campaign.id, untrained, "say less", at(3)).await.unwrap();
        assert_eq!(store.campaign(campaign.id).await.unwrap().state, CampaignState::Draft);
    });
}

#[test]
fn an_approval_after_the_certificate_ended_is_refused_with_the_day_it_ended() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (author, approver) = people(store).await;
        let campaign = draft(store, "A", author).await;
        let hash = submitted(store, &campaign).await;
        let end = at(0).plus_days(365);
        let refused = store.approve_campaign(campaign.id, approver, &hash, "", end).await;
        assert!(matches!(refused, Err(Error::NotCertified { ended: Some(at) }) if at == end), "{refused:?}");
        certify(store, approver, end).await;
        store.approve_campaign(campaign.id, approver, &hash, "", end).await.unwrap();
    });
}

#[test]
fn what_people_learned_is_never_changed_or_deleted() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (author, approver) = people(store).await;
        assert!(store.put_read(author, Lesson::Law, at(1)).await.unwrap());
        assert!(!store.put_read(author, Lesson::Law, at(2)).await.unwrap(), "the first time counts");
        assert_eq!(store.lessons_read().await.unwrap().len(), 1);
        for table in ["training_reads", "training_tests", "training_results", "certificates"] {
            assert!(fresh.tamper(&format!("DELETE FROM {table}")).await.is_err(), "{table}");
        }
        for change in [
            "UPDATE certificates SET valid_until = valid_until + 1",
            "UPDATE training_results SET passed = 1",
            "UPDATE training_tests SET ends_at = ends_at + 1",
            "UPDATE training_reads SET at = at + 1",
        ] {
            assert!(fresh.tamper(change).await.is_err(), "{change}");
        }
        assert_eq!(store.certificates_of(approver).await.unwrap().len(), 1);
    });
}
