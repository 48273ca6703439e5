//! Campaigns: moves, edits, four eyes, and what the schema refuses by itself.

use crate::databases::{at, draft, on_each, people, plan, running, submitted, variant};
use store::Error;
use store::approvals::Verdict;
use terms::campaign::CampaignState;
use terms::customer::Language;

#[test]
fn a_campaign_reads_back_exactly_as_it_was_written() {
    on_each(|fresh| async move {
        let (author, _) = people(&fresh.store).await;
        let campaign = draft(&fresh.store, "Vuelve, Íñigo", author).await;
        assert_eq!(campaign.plan, plan("Vuelve, Íñigo"), "the seed has all its 64 bits");
        assert_eq!((campaign.state, campaign.version), (CampaignState::Draft, 1));
        let read = fresh.store.campaign(campaign.id).await.unwrap();
        assert_eq!(read, campaign);
        assert_eq!(read.content_hash(&[]).unwrap(), campaign.content_hash(&[]).unwrap());
        assert_eq!(fresh.store.campaigns().await.unwrap(), [campaign]);
    });
}

#[test]
fn a_name_is_taken_while_its_campaign_lives() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (campaign, author, _) = running(store, "A").await;
        let twice = store.create_campaign(&plan("A"), &[], author, at(9)).await.unwrap_err();
        assert!(matches!(twice, Error::Taken), "{twice}");
        store
            .move_campaign(campaign.id, CampaignState::Running, CampaignState::Stopped, at(9))
            .await
            .unwrap();
        draft(store, "A", author).await;
    });
}

#[test]
fn an_edit_voids_the_approval_and_needs_the_latest_version() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (author, approver) = people(store).await;
        let campaign = draft(store, "A", author).await;
        let hash = submitted(store, &campaign).await;
        store.put_report(campaign.id, &hash, &serde_json::json!({"findings": []}), at(2)).await.unwrap();
        let approval = store.approve_campaign(campaign.id, approver, &hash, "fine", at(3)).await.unwrap();
        assert_eq!(store.valid_approval(campaign.id).await.unwrap(), Some(approval));
        let words = [variant(Language::English, "Changed")];
        let edited = store.update_campaign(campaign.id, &plan("A"), &words, 1, at(4)).await.unwrap();
        assert_eq!((edited.state, edited.version, edited.variants.len()), (CampaignState::Draft, 2, 1));
        assert_eq!(edited.variants[0].id, campaign.variants[0].id, "the same language keeps its identifier");
        assert_eq!(store.valid_approval(campaign.id).await.unwrap(), None);
        assert_eq!(store.campaign_hash(campaign.id).await.unwrap(), None);
        let decided = store.approvals(campaign.id).await.unwrap();
        assert_eq!((decided[0].verdict, decided[0].voided_at), (Verdict::Approved, Some(at(4))));
        let stale = store.update_campaign(campaign.id, &plan("A"), &words, 1, at(5)).await.unwrap_err();
        assert!(matches!(stale, Error::Stale { .. }), "{stale}");
        let other = edited.content_hash(&[]).unwrap();
        assert!(store.report(campaign.id, &hash).await.unwrap().is_some());
        assert_eq!(store.report(campaign.id, &other).await.unwrap(), None, "a report is about one content");
    });
}

#[test]
fn nobody_approves_their_own_campaign_nor_other_content() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (author, approver) = people(store).await;
        let campaign = draft(store, "A", author).await;
        let hash = submitted(store, &campaign).await;
        assert!(store.approve_campaign(campaign.id, author, &hash, "", at(3)).await.is_err());
        let other = campaign.content_hash(&["stage@2".to_owned()]).unwrap();
        assert!(store.approve_campaign(campaign.id, approver, &other, "", at(3)).await.is_err());
        assert!(store.reject_campaign(campaign.id, approver, "  ", at(3)).await.is_err());
        store.reject_campaign(campaign.id, approver, "the date is wrong", at(3)).await.unwrap();
        assert_eq!(store.campaign(campaign.id).await.unwrap().state, CampaignState::Draft);
        assert_eq!(store.approvals(campaign.id).await.unwrap()[0].verdict, Verdict::Rejected);
    });
}

#[test]
fn four_eyes_hold_for_somebody_with_a_database_client() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (author, approver) = people(store).await;
        let campaign = draft(store, "A", author).await;
        let hash = submitted(store, &campaign).await;
        let (a, b) = (author.0, approver.0);
        let approve = |written_as: i64, by: i64| {
            format!(
                "INSERT INTO approvals (id, campaign, author, approver, verdict, content_hash, note, at)
                 VALUES (99, {}, {written_as}, {by}, 'approved', '{hash}', '', 1)",
                campaign.id
            )
        };
        assert!(fresh.tamper(&approve(a, a)).await.is_err(), "the author cannot approve");
        assert!(fresh.tamper(&approve(b, a)).await.is_err(), "nor pass somebody else off as the author");
        let launch = "UPDATE campaigns SET state = 'approved' WHERE state = 'submitted'";
        let refused = fresh.tamper(launch).await.unwrap_err().to_string();
        assert!(refused.contains("a campaign needs a valid approval of exactly this content"), "{refused}");
        for statement in [
            "UPDATE campaigns SET state = 'running'",
            "UPDATE campaigns SET author = 2",
            "INSERT INTO campaigns SELECT 77, 'B', 'running', goal, audience, channel, control_share, seed, starts_at, ends_at,
               window_days, offer, written_with_ai, author, content_hash, changed_at, version FROM campaigns",
        ] {
            assert!(fresh.tamper(statement).await.is_err(), "{statement}");
        }
        store.approve_campaign(campaign.id, approver, &hash, "", at(3)).await.unwrap();
        fresh.tamper("UPDATE campaigns SET content_hash = 'other'").await.unwrap();
        assert!(fresh.tamper("UPDATE campaigns SET state = 'running'").await.is_err(), "other content");
        assert!(fresh.tamper("UPDATE approvals SET content_hash = 'other'").await.is_err());
        assert!(fresh.tamper("DELETE FROM approvals").await.is_err());
    });
}

#[test]
fn a_running_campaign_cannot_be_edited_and_a_stopped_one_never_runs_again() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (campaign, ..) = running(store, "A").await;
        let refused = store.update_campaign(campaign.id, &plan("A"), &[], 1, at(5)).await.unwrap_err();
        assert!(matches!(refused, Error::Elsewhere { now: CampaignState::Running, .. }), "{refused}");
        assert!(fresh.tamper("UPDATE campaigns SET audience = 'everybody'").await.is_err());
        store.move_campaign(campaign.id, CampaignState::Running, CampaignState::Paused, at(5)).await.unwrap();
        let raced =
            store.move_campaign(campaign.id, CampaignState::Running, CampaignState::Stopped, at(6)).await;
        assert_eq!(
            raced.unwrap_err().to_string(),
            "campaign `1` is paused and cannot become stopped; reload it and choose a step its state allows"
        );
        store.move_campaign(campaign.id, CampaignState::Paused, CampaignState::Stopped, at(6)).await.unwrap();
        assert!(
            store
                .move_campaign(campaign.id, CampaignState::Stopped, CampaignState::Running, at(7))
                .await
                .is_err()
        );
        assert!(fresh.tamper("UPDATE campaigns SET state = 'running'").await.is_err());
    });
}

#[test]
fn a_transaction_that_is_dropped_leaves_no_trace() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (author, _) = people(store).await;
        let mut tx = store.begin().await.unwrap();
        let campaign = tx.create_campaign(&plan("A"), &[], author, at(0)).await.unwrap();
        assert_eq!(tx.campaigns().await.unwrap().len(), 1, "a transaction reads its own writes");
        assert!(store.campaigns().await.unwrap().is_empty(), "nobody else does");
        drop(tx);
        let again = draft(store, "A", author).await;
        assert_eq!(again.id, campaign.id, "not even the number was used");
    });
}
