//! Requests, links, recipients and breaches: moves the schema refuses, and what an erasure leaves.

use crate::databases::{at, on_each};
use crate::outbox::frozen;
use store::Error;
use store::links::CustomerLinkKind;
use store::rights::{NewRequestRow, Step, Which};
use terms::customer::Language;
use terms::ids::CustomerKey;
use terms::rights::{
    Details, Law, NoticeKind, NoticeState, RequestOrigin, RequestState, RightKind, Verification,
};

fn request(key: &str, kind: RightKind, due: i64) -> NewRequestRow {
    NewRequestRow {
        customer: Some(CustomerKey::new(key)),
        kind,
        state: RequestState::Received,
        law: Law::Gdpr,
        origin: RequestOrigin::Page,
        language: Language::Spanish,
        received_at: at(0),
        due_at: at(due),
        confirm_by: None,
        details: Details { words: "por favor".to_owned(), ..Details::default() },
        contact: None,
        handled_by: None,
        partner: None,
    }
}

#[test]
fn every_move_the_vocabulary_does_not_allow_is_refused_by_the_schema() {
    on_each(|fresh| async move {
        let id = fresh.store.add_rights_request(&request("a", RightKind::Access, 10)).await.unwrap();
        for to in ["completed", "extended", "waiting_on_customer"] {
            let sql = format!("UPDATE rights_requests SET state = '{to}' WHERE id = {id}");
            assert!(fresh.tamper(&sql).await.is_err(), "received to {to}");
        }
        let late = format!("UPDATE rights_requests SET received_at = received_at + 1 WHERE id = {id}");
        assert!(fresh.tamper(&late).await.is_err(), "the clock cannot be set back");
        assert!(fresh.tamper(&format!("DELETE FROM rights_requests WHERE id = {id}")).await.is_err());
        let verified = Step { verified: Some((Verification::SignedLink, at(1))), ..Step::default() };
        let (from, to) = (RequestState::Received, RequestState::InProgress);
        fresh.store.move_rights_request(id, from, to, &verified).await.unwrap();
        let again = fresh.store.move_rights_request(id, from, to, &verified).await;
        assert!(matches!(again, Err(Error::Stale { .. })), "somebody else moved it");
        let longer = Step { extended: Some((at(90), at(2))), ..Step::default() };
        let (from, to) = (RequestState::InProgress, RequestState::Extended);
        fresh.store.move_rights_request(id, from, to, &longer).await.unwrap();
        let twice = format!("UPDATE rights_requests SET due_at = due_at + 1 WHERE id = {id}");
        assert!(fresh.tamper(&twice).await.is_err(), "extended once");
    });
}

#[test]
fn open_requests_come_by_due_date_and_are_counted() {
    on_each(|fresh| async move {
        for (key, due) in [("a", 500), ("b", 100), ("c", 300)] {
            fresh.store.add_rights_request(&request(key, RightKind::Erasure, due)).await.unwrap();
        }
        let open = fresh.store.rights_requests(Which::Open, None, 10).await.unwrap();
        let keys: Vec<_> = open.iter().map(|r| r.customer.as_ref().unwrap().to_string()).collect();
        assert_eq!(keys, ["b", "c", "a"]);
        let counts = fresh.store.rights_counts(at(200), at(400)).await.unwrap();
        assert_eq!((counts.open, counts.overdue, counts.soon), (3, 1, 1));
        let none = fresh.store.rights_requests(Which::Open, Some(RightKind::Access), 10).await.unwrap();
        assert!(none.is_empty());
        assert!(fresh.store.rights_requests(Which::Closed, None, 10).await.unwrap().is_empty());
    });
}

#[test]
fn an_erasure_leaves_a_request_without_its_person_and_links_that_know_what_happened() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let key = CustomerKey::new("a");
        let kept = store.add_rights_request(&request("a", RightKind::Erasure, 10)).await.unwrap();
        let verified = Step { verified: Some((Verification::MailConfirmed, at(1))), ..Step::default() };
        let (from, to) = (RequestState::Received, RequestState::InProgress);
        store.move_rights_request(kept, from, to, &verified).await.unwrap();
        let open = store.add_rights_request(&request("a", RightKind::Access, 10)).await.unwrap();
        store.add_customer_link("h1", CustomerLinkKind::Centre, Some(&key), None, at(0), None).await.unwrap();
        store.end_rights_of(&key, at(5)).await.unwrap();
        for name in ["rights_requests", "customer_links"] {
            let table = store::places::TABLES.iter().find(|table| table.name == name).unwrap();
            assert!(store.erase_rows_of(table, &key, None).await.unwrap() > 0, "{name}");
            assert!(store.rows_of(table, &key, None).await.unwrap().is_empty(), "{name}");
        }
        for id in [kept, open] {
            let row = store.rights_request(id).await.unwrap();
            assert_eq!((row.customer, row.details, row.contact), (None, Details::default(), None));
        }
        assert_eq!(store.rights_request(open).await.unwrap().state, RequestState::Withdrawn);
        assert_eq!(store.rights_request(kept).await.unwrap().state, RequestState::InProgress);
        let link = store.customer_link("h1").await.unwrap().unwrap();
        assert_eq!((link.customer, link.erased_at), (None, Some(at(5))));
    });
}

#[test]
fn messages_of_the_erased_are_remembered_as_numbers() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        frozen(store, "A", 10).await;
        let (gone, stays) = (CustomerKey::new("C-00001"), CustomerKey::new("C-00002"));
        let of_gone = store.messages_of_customer(&gone, 10).await.unwrap()[0].id;
        let of_other = store.messages_of_customer(&stays, 10).await.unwrap()[0].id;
        store.end_rights_of(&gone, at(9)).await.unwrap();
        assert_eq!(store.erased_message(of_gone).await.unwrap(), Some(at(9)));
        assert_eq!(store.erased_message(of_other).await.unwrap(), None);
    });
}

#[test]
fn a_link_is_used_once_and_not_after_it_was_taken_back() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let key = CustomerKey::new("a");
        for hash in ["h1", "h2"] {
            store
                .add_customer_link(hash, CustomerLinkKind::Confirm, Some(&key), None, at(0), None)
                .await
                .unwrap();
        }
        assert!(store.use_customer_link("h1", at(1)).await.unwrap());
        assert!(!store.use_customer_link("h1", at(2)).await.unwrap());
        assert!(
            fresh.tamper("UPDATE customer_links SET used_at = NULL WHERE token_hash = 'h1'").await.is_err()
        );
        store.revoke_customer_links(&key, at(3)).await.unwrap();
        assert!(!store.use_customer_link("h2", at(4)).await.unwrap());
        assert!(!store.use_customer_link("none", at(4)).await.unwrap());
    });
}

#[test]
fn a_notice_forgets_whom_it_was_about_once_it_was_taken() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let id = store.add_rights_request(&request("a", RightKind::Erasure, 10)).await.unwrap();
        let kinds = [NoticeKind::Erasure];
        let shop =
            store.add_recipient("Shop", "https://shop.example/h", "s", &kinds, false, at(0)).await.unwrap();
        let notice = store
            .add_recipient_notice(id, shop, NoticeKind::Erasure, "{\"customer\":\"a\"}", at(0))
            .await
            .unwrap();
        assert!(store.recipient_notice_tried(notice, NoticeState::Waiting, "503", at(1)).await.unwrap());
        assert!(store.recipient_notice(notice).await.unwrap().subject.is_some());
        assert!(store.recipient_notice_tried(notice, NoticeState::Delivered, "204", at(2)).await.unwrap());
        let told = store.recipient_notice(notice).await.unwrap();
        assert_eq!((told.subject, told.attempts, told.delivered_at), (None, 2, Some(at(2))));
        assert!(!store.recipient_notice_tried(notice, NoticeState::GivenUp, "late", at(3)).await.unwrap());
        store.remove_recipient(shop, at(4)).await.unwrap();
        assert!(store.recipients().await.unwrap().is_empty());
        assert_eq!(store.recipient_notices_of(id).await.unwrap().len(), 1);
    });
}

#[test]
fn partners_are_known_by_the_hash_of_their_key_until_it_is_taken_back() {
    on_each(|fresh| async move {
        let id = fresh.store.add_partner("Broker", "hash", at(0)).await.unwrap();
        assert_eq!(fresh.store.partner_by_key("hash").await.unwrap().unwrap().name, "Broker");
        let mut sent = request("a", RightKind::Access, 10);
        sent.partner = Some((id, "ref-1".to_owned(), vec!["https://b.example/cb".to_owned()]));
        let request = fresh.store.add_rights_request(&sent).await.unwrap();
        assert!(matches!(fresh.store.add_rights_request(&sent).await, Err(Error::Taken)));
        assert_eq!(fresh.store.rights_of_partner(id, "ref-1").await.unwrap().unwrap().id, request);
        let (callbacks, reference, name) = fresh.store.rights_callbacks(request).await.unwrap().unwrap();
        assert_eq!((callbacks.len(), reference.as_str(), name.as_str()), (1, "ref-1", "Broker"));
        fresh.store.revoke_partner(id, at(1)).await.unwrap();
        assert!(fresh.store.partner_by_key("hash").await.unwrap().is_none());
        assert!(fresh.store.partners().await.unwrap().is_empty());
    });
}

#[test]
fn a_breach_is_reported_and_closed_once() {
    on_each(|fresh| async move {
        let id = fresh.store.add_breach("Lost laptop", at(0), at(259_200), None, Some(12)).await.unwrap();
        fresh.store.report_breach(id, at(10)).await.unwrap();
        assert!(fresh.store.report_breach(id, at(11)).await.is_err());
        fresh.store.told_of_breach(id, at(12)).await.unwrap();
        fresh.store.close_breach(id, "encrypted disk", at(20)).await.unwrap();
        assert!(fresh.store.close_breach(id, "again", at(21)).await.is_err());
        let breach = fresh.store.breaches().await.unwrap().remove(0);
        assert_eq!((breach.reported_at, breach.outcome.as_str()), (Some(at(10)), "encrypted disk"));
    });
}
