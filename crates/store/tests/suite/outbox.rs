//! The frozen audience and the outbox: numbers that add up, leases, fences, recovery, four workers at once.

use crate::databases::{at, on_each, running};
use std::collections::BTreeSet;
use store::deliveries::{AudienceRow, Counting, Place};
use store::outbox::{Attempt, Claim, Fence};
use store::{Error, Store};
use terms::campaign::{Campaign, CampaignState};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::customer::Language;
use terms::decision::{ExclusionReason, Reason};
use terms::delivery::{DeliveryState, ResponseKind};
use terms::experiment::Arm;
use terms::ids::{CustomerKey, MessageId};

fn row(campaign: &Campaign, n: usize) -> AudienceRow {
    let variant = campaign.variants[0].id.unwrap();
    let place = match n % 10 {
        8 => Place::Excluded(ExclusionReason::NoConsent),
        9 => Place::Excluded(ExclusionReason::Control),
        _ => Place::Planned { variant, not_before: at(100) },
    };
    AudienceRow {
        customer: CustomerKey::new(format!("C-{n:05}")),
        step: 0,
        stratum: "es/high".to_owned(),
        propensity: (n % 10 != 8).then_some(0.9),
        place,
        reasons: vec![Reason {
            check: "consent.marketing.email".to_owned(),
            found: "granted".to_owned(),
            allows: true,
        }],
    }
}

/// A running campaign with an audience of `n`: 80 % planned, 10 % without consent, 10 % held out.
pub(crate) async fn frozen(store: &Store, name: &str, n: usize) -> Campaign {
    let (campaign, ..) = running(store, name).await;
    let rows: Vec<AudienceRow> = (0..n).map(|n| row(&campaign, n)).collect();
    assert_eq!(store.freeze_audience(campaign.id, &rows).await.unwrap(), n as u64);
    campaign
}

fn attempts(claims: &[Claim]) -> Vec<Attempt> {
    let evidence = serde_json::json!({"approval": 1});
    claims.iter().map(|claim| Attempt { message: claim.message, evidence: evidence.clone() }).collect()
}

#[test]
fn everybody_in_the_audience_is_planned_or_excluded_with_one_reason() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let campaign = frozen(store, "A", 1000).await;
        let again: Vec<AudienceRow> = (0..1000).map(|n| row(&campaign, n)).collect();
        assert_eq!(store.freeze_audience(campaign.id, &again).await.unwrap(), 0, "frozen once");
        let funnel = store.funnel(campaign.id).await.unwrap();
        assert_eq!((funnel.audience, funnel.planned(), funnel.control()), (1000, 800, 100));
        assert_eq!(funnel.excluded[&ExclusionReason::NoConsent], 100);
        assert_eq!(funnel.audience, funnel.planned() + funnel.excluded.values().sum::<i64>());
        let arms = store.arms(campaign.id).await.unwrap();
        let control = arms.iter().filter(|row| row.arm == Arm::Control).count();
        assert_eq!((arms.len(), control), (900, 100));
        let page =
            store.messages_of_campaign(campaign.id, Some(DeliveryState::Planned), 10, 795).await.unwrap();
        assert_eq!(page.len(), 5);
        let all = store.messages_of_campaign(campaign.id, None, 2000, 0).await.unwrap();
        assert_eq!(all.len(), 1000);
        assert_eq!(all[8].exclusion, Some(ExclusionReason::NoConsent));
        assert_eq!((all[8].state, all[8].arm), (None, None));
        assert_eq!(all[0].reasons, row(&campaign, 0).reasons);
        assert_eq!(all[0].propensity, Some(0.9));
    });
}

#[test]
fn what_is_being_handed_over_can_be_waited_for_and_nothing_joins_it_after_a_pause() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let campaign = frozen(store, "A", 10).await;
        let claims = store.claim_messages(Some(campaign.id), "w", at(200), 60, 3).await.unwrap();
        let (first, second) = (&claims[0], &claims[1]);
        let begun = store.mark_attempting(first.fence, &attempts(&claims[..1]), at(201), 60).await.unwrap();
        assert_eq!(begun, [first.message]);
        assert_eq!(store.handing_over(campaign.id, at(202)).await.unwrap(), 1);
        assert_eq!(store.handing_over_to(&first.customer, at(202)).await.unwrap(), 1);
        assert_eq!(store.handing_over_to(&second.customer, at(202)).await.unwrap(), 0);
        assert_eq!(store.handing_over(campaign.id, at(300)).await.unwrap(), 0, "its lease ran out");
        store
            .move_campaign(campaign.id, CampaignState::Running, CampaignState::Paused, at(203))
            .await
            .unwrap();
        let late = store.mark_attempting(second.fence, &attempts(&claims[1..]), at(204), 60).await.unwrap();
        assert!(late.is_empty(), "{late:?}");
        store.mark_in_doubt(first.fence, first.message, "the connection broke").await.unwrap();
        assert_eq!(store.handing_over(campaign.id, at(205)).await.unwrap(), 0);
        let message = store.message(first.message).await.unwrap();
        assert_eq!(message.state, Some(DeliveryState::InDoubt));
        assert_eq!(message.detail.as_deref(), Some("the connection broke"));
        let stale = store.mark_in_doubt(Fence(0), second.message, "").await;
        assert!(matches!(stale, Err(Error::Fenced { .. })), "{stale:?}");
    });
}

#[test]
fn a_row_without_a_reason_or_with_two_fates_is_refused_by_the_schema() {
    on_each(|fresh| async move {
        frozen(&fresh.store, "A", 10).await;
        for statement in [
            "UPDATE deliveries SET exclusion = 'cap' WHERE state = 'planned'",
            "UPDATE deliveries SET exclusion = NULL WHERE state = 'excluded'",
            "UPDATE deliveries SET state = 'sent' WHERE state = 'planned'",
            "UPDATE deliveries SET state = 'planned', exclusion = NULL WHERE state = 'excluded'",
        ] {
            assert!(fresh.tamper(statement).await.is_err(), "{statement}");
        }
    });
}

#[test]
fn four_workers_claim_at_once_and_nobody_is_claimed_twice() {
    on_each(|fresh| async move {
        let campaign = frozen(&fresh.store, "A", 1000).await;
        let mut workers = Vec::new();
        for worker in 0..4 {
            let store = fresh.store.clone();
            workers.push(tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let name = format!("w{worker}");
                    let claims = store.claim_messages(None, &name, at(200), 60, 17).await.unwrap();
                    if claims.is_empty() {
                        return mine;
                    }
                    let fence = claims[0].fence;
                    let accepted =
                        store.mark_attempting(fence, &attempts(&claims), at(201), 60).await.unwrap();
                    assert_eq!(accepted.len(), claims.len());
                    let mut tx = store.begin().await.unwrap();
                    for message in &accepted {
                        tx.mark_sent(fence, *message, "ok", at(202)).await.unwrap();
                    }
                    tx.commit().await.unwrap();
                    mine.extend(accepted);
                }
            }));
        }
        let mut all = Vec::new();
        let mut busy = 0;
        for worker in workers {
            let mine = worker.await.unwrap();
            busy += usize::from(!mine.is_empty());
            all.extend(mine);
        }
        assert_eq!(all.len(), 800);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 800, "no double");
        assert!(busy > 1, "the work was shared");
        assert_eq!(fresh.store.funnel(campaign.id).await.unwrap().state(DeliveryState::Sent), 800);
        assert_eq!(fresh.store.pending_messages(campaign.id).await.unwrap(), 0);
    });
}

#[test]
fn a_worker_that_slept_through_its_lease_is_refused() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let campaign = frozen(store, "A", 1).await;
        assert!(
            store.claim_messages(Some(campaign.id), "w1", at(99), 60, 9).await.unwrap().is_empty(),
            "not due yet"
        );
        let first = store.claim_messages(Some(campaign.id), "w1", at(200), 60, 9).await.unwrap();
        assert!(store.claim_messages(None, "w2", at(210), 60, 9).await.unwrap().is_empty(), "leased");
        let second = store.claim_messages(None, "w2", at(260), 60, 9).await.unwrap();
        assert_eq!(second[0].message, first[0].message);
        assert!(second[0].fence > first[0].fence);
        let late = store.mark_attempting(first[0].fence, &attempts(&first), at(261), 60).await.unwrap();
        assert!(late.is_empty());
        let message = first[0].message;
        let reasons = &[];
        let stale = first[0].fence;
        assert!(store.release_message(stale, message).await.is_err());
        assert!(store.mark_suppressed(stale, message, ExclusionReason::Cap, reasons, at(261)).await.is_err());
        let fence = second[0].fence;
        let expired = store.mark_attempting(fence, &attempts(&second), at(320), 60).await.unwrap();
        assert!(expired.is_empty(), "the lease ended at 320");
        let accepted = store.mark_attempting(fence, &attempts(&second), at(319), 60).await.unwrap();
        assert_eq!(accepted, [message]);
        let refused = store.mark_sent(stale, message, "x", at(320)).await.unwrap_err();
        assert!(matches!(refused, Error::Fenced { .. }), "{refused}");
        store.mark_sent(fence, message, "250 ok", at(320)).await.unwrap();
        assert!(store.mark_sent(fence, message, "again", at(321)).await.is_err(), "once");
        let sent = store.message(message).await.unwrap();
        assert_eq!((sent.state, sent.reference.as_deref()), (Some(DeliveryState::Sent), Some("250 ok")));
        assert_eq!((sent.attempted_at, sent.finished_at), (Some(at(319)), Some(at(320))));
        assert_eq!(sent.evidence.unwrap()["approval"], 1);
    });
}

#[test]
fn what_was_being_handed_over_when_a_worker_died_is_in_doubt_and_never_sent_again() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let campaign = frozen(store, "A", 8).await;
        let claims = store.claim_messages(None, "w1", at(200), 60, 5).await.unwrap();
        let fence = claims[0].fence;
        store.mark_attempting(fence, &attempts(&claims[..3]), at(201), 60).await.unwrap();
        store.mark_sent(fence, claims[0].message, "ok", at(202)).await.unwrap();
        store.mark_failed(fence, claims[1].message, "550 no such user", at(202)).await.unwrap();
        assert!(store.recover_messages(at(260)).await.unwrap().is_empty(), "the lease still runs");
        assert_eq!(store.recover_messages(at(261)).await.unwrap(), [claims[2].message]);
        assert!(store.mark_sent(fence, claims[2].message, "late", at(262)).await.is_err());
        let rest = store.claim_messages(None, "w2", at(300), 60, 99).await.unwrap();
        let again: Vec<MessageId> = rest.iter().map(|claim| claim.message).collect();
        assert!(!again.contains(&claims[2].message));
        assert_eq!(rest.len(), 5, "claims that were not attempted are free again");
        let (_, person, _) = running(store, "B").await;
        assert!(
            store
                .reconcile_message(claims[2].message, DeliveryState::Planned, person, at(301))
                .await
                .is_err()
        );
        store.reconcile_message(claims[2].message, DeliveryState::Sent, person, at(301)).await.unwrap();
        assert!(
            store.reconcile_message(claims[2].message, DeliveryState::Failed, person, at(302)).await.is_err()
        );
        assert_eq!(store.message(claims[2].message).await.unwrap().reconciled_by, Some(person));
        assert_eq!(store.funnel(campaign.id).await.unwrap().state(DeliveryState::Sent), 2);
    });
}

#[test]
fn a_worker_known_to_be_dead_is_recovered_before_its_leases_end() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        frozen(store, "A", 8).await;
        let claims = store.claim_messages(None, "w1", at(200), 600, 4).await.unwrap();
        store.mark_attempting(claims[0].fence, &attempts(&claims[..1]), at(201), 600).await.unwrap();
        let other = store.claim_messages(None, "w2", at(200), 600, 1).await.unwrap();
        assert_eq!(store.recover_worker("w1", at(202)).await.unwrap(), [claims[0].message]);
        let free = store.claim_messages(None, "w3", at(203), 600, 99).await.unwrap();
        assert_eq!(free.len(), 6);
        assert!(
            free.iter().all(|claim| claim.message != other[0].message && claim.message != claims[0].message)
        );
    });
}

#[test]
fn a_paused_campaign_sends_nothing_not_even_what_was_claimed() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let campaign = frozen(store, "A", 8).await;
        let claims = store.claim_messages(None, "w1", at(200), 60, 2).await.unwrap();
        store
            .move_campaign(campaign.id, CampaignState::Running, CampaignState::Paused, at(201))
            .await
            .unwrap();
        assert!(
            store.mark_attempting(claims[0].fence, &attempts(&claims), at(202), 60).await.unwrap().is_empty()
        );
        assert!(store.claim_messages(None, "w2", at(300), 60, 9).await.unwrap().is_empty());
        store
            .move_campaign(campaign.id, CampaignState::Paused, CampaignState::Stopped, at(301))
            .await
            .unwrap();
        assert_eq!(store.cancel_planned(campaign.id, at(302)).await.unwrap(), 8);
        assert_eq!(store.pending_messages(campaign.id).await.unwrap(), 0);
    });
}

#[test]
fn a_message_can_be_held_back_postponed_and_released() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let campaign = frozen(store, "A", 3).await;
        let claims = store.claim_messages(None, "w1", at(200), 60, 3).await.unwrap();
        let fence = claims[0].fence;
        let no = [Reason { check: "consent".to_owned(), found: "withdrawn".to_owned(), allows: false }];
        store
            .mark_suppressed(fence, claims[0].message, ExclusionReason::NoConsent, &no, at(201))
            .await
            .unwrap();
        store.postpone_message(fence, claims[1].message, at(500)).await.unwrap();
        store.release_message(fence, claims[2].message).await.unwrap();
        assert!(store.release_message(fence, claims[2].message).await.is_err(), "given back once");
        let again = store.claim_messages(None, "w1", at(202), 60, 9).await.unwrap();
        assert_eq!(again.len(), 1);
        assert_eq!(store.claim_messages(None, "w1", at(500), 60, 9).await.unwrap().len(), 2);
        let funnel = store.funnel(campaign.id).await.unwrap();
        assert_eq!(funnel.held[&ExclusionReason::NoConsent], 1);
        assert_eq!(funnel.planned(), 3);
        assert_eq!(store.message(claims[0].message).await.unwrap().reasons, no);
    });
}

#[test]
fn contacts_are_counted_across_campaigns_and_doubt_counts() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let first = frozen(store, "A", 4).await;
        let second = frozen(store, "B", 2).await;
        let claims = store.claim_messages(Some(first.id), "w", at(200), 10, 2).await.unwrap();
        store.mark_attempting(claims[0].fence, &attempts(&claims), at(201), 10).await.unwrap();
        store.mark_sent(claims[0].fence, claims[0].message, "", at(202)).await.unwrap();
        store.recover_messages(at(300)).await.unwrap();
        let key = |n: usize| CustomerKey::new(format!("C-{n:05}"));
        let sent = store.contacts_since(None, at(0), Counting::Sent).await.unwrap();
        assert_eq!((sent.len(), sent[&key(0)], sent[&key(1)]), (2, 1, 1));
        let all = store.contacts_since(None, at(0), Counting::SentAndPlanned).await.unwrap();
        assert_eq!((all[&key(0)], all[&key(1)], all[&key(2)]), (2, 2, 1));
        let some =
            store.contacts_since(Some(&[key(0), key(9)]), at(0), Counting::SentAndPlanned).await.unwrap();
        assert_eq!(some.into_iter().collect::<Vec<_>>(), [(key(0), 2)]);
        assert!(
            store.contacts_since(None, at(202), Counting::Sent).await.unwrap().is_empty(),
            "too long ago"
        );
        let elsewhere = store.planned_elsewhere(first.id).await.unwrap();
        assert_eq!(elsewhere, [key(0), key(1)].into());
        assert_eq!(store.messages_of_customer(&key(0), 9).await.unwrap()[0].campaign, second.id);
    });
}

#[test]
fn responses_are_counted_once_and_opting_out_in_both_arms() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let campaign = frozen(store, "A", 20).await;
        let rows = store.messages_of_campaign(campaign.id, None, 20, 0).await.unwrap();
        let responses = [
            (rows[0].id, ResponseKind::Opened, at(300)),
            (rows[0].id, ResponseKind::Opened, at(301)),
            (rows[1].id, ResponseKind::Clicked, at(301)),
        ];
        assert_eq!(store.add_responses(&responses).await.unwrap(), 3);
        assert_eq!(store.add_responses(&responses).await.unwrap(), 0);
        let counts = store.response_counts(campaign.id).await.unwrap();
        assert_eq!(
            counts.into_iter().collect::<Vec<_>>(),
            [(ResponseKind::Opened, 1), (ResponseKind::Clicked, 1)]
        );
        assert_eq!(store.responses_of(rows[0].id).await.unwrap().len(), 2);
        let left = |n: usize, seconds: i64| ConsentReceipt {
            customer: CustomerKey::new(format!("C-{n:05}")),
            purpose: Purpose::Marketing,
            channel: Channel::Email,
            status: ConsentStatus::Withdrawn,
            basis: LawfulBasis::Consent,
            notice_version: "v1".to_owned(),
            notice_hash: String::new(),
            language: Language::English,
            source: "one_click".to_owned(),
            proof: String::new(),
            at: at(seconds),
        };
        let receipts = [left(0, 10), left(1, 10), left(2, -10), left(3, 999), left(8, 10), left(9, 10)];
        store.add_consents(&receipts).await.unwrap();
        let opted_out = store.opted_out(campaign.id, at(900)).await.unwrap();
        let of = |arm: Arm| opted_out.iter().filter(|(other, _)| *other == arm).count();
        assert_eq!((of(Arm::Treated), of(Arm::Control)), (2, 1));
    });
}

#[test]
fn an_edit_before_the_launch_thaws_the_audience() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (running, author, _) = running(store, "A").await;
        let campaign = crate::databases::draft(store, "B", author).await;
        store.freeze_audience(campaign.id, &[row(&campaign, 0), row(&campaign, 9)]).await.unwrap();
        store.update_campaign(campaign.id, &campaign.plan, &campaign.variants, 1, at(9)).await.unwrap();
        assert_eq!(store.funnel(campaign.id).await.unwrap().audience, 0);
        assert_eq!(store.mark_attempting(Fence(0), &[], at(0), 1).await.unwrap(), []);
        assert_eq!(store.funnel(running.id).await.unwrap().audience, 0);
    });
}
