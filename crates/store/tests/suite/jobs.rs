//! The queue: keys, leases, fences, retries.

use crate::databases::{at, on_each};
use store::Error;
use store::jobs::{JobState, NewJob};

fn job(kind: &str, dedup: Option<&str>) -> NewJob {
    NewJob {
        kind: kind.to_owned(),
        payload: serde_json::json!({"n": 1}),
        run_at: at(10),
        dedup: dedup.map(ToOwned::to_owned),
        max_attempts: 2,
    }
}

#[test]
fn the_same_work_waits_once_and_can_be_queued_again_while_it_runs() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let first = store.enqueue_job(&job("profile", Some("profile")), at(0)).await.unwrap();
        assert!(first.is_some());
        assert_eq!(store.enqueue_job(&job("profile", Some("profile")), at(0)).await.unwrap(), None);
        assert!(store.claim_jobs("w", at(9), 60, 5).await.unwrap().is_empty(), "not due");
        let claimed = store.claim_jobs("w", at(10), 60, 5).await.unwrap();
        assert_eq!(Some(claimed[0].id), first);
        assert_eq!((claimed[0].payload["n"].as_i64(), claimed[0].attempts), (Some(1), 1));
        assert!(store.enqueue_job(&job("profile", Some("profile")), at(11)).await.unwrap().is_some());
        assert_eq!(store.open_jobs().await.unwrap(), 2);
    });
}

#[test]
fn a_late_worker_cannot_complete_a_job_and_its_effect_is_rolled_back() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        store.enqueue_job(&job("a", None), at(0)).await.unwrap();
        let late = store.claim_jobs("w1", at(10), 60, 1).await.unwrap().remove(0);
        assert!(store.claim_jobs("w2", at(69), 60, 1).await.unwrap().is_empty());
        store.extend_job(late.id, late.fence, at(80)).await.unwrap();
        assert!(store.claim_jobs("w2", at(79), 60, 1).await.unwrap().is_empty());
        let next = store.claim_jobs("w2", at(80), 60, 1).await.unwrap().remove(0);
        assert_eq!((next.id, next.attempts), (late.id, 2));
        let mut tx = store.begin().await.unwrap();
        tx.set_setting("effect", "late").await.unwrap();
        let refused = tx.complete_job(late.id, late.fence, at(81)).await.unwrap_err();
        assert!(matches!(refused, Error::Fenced { .. }), "{refused}");
        drop(tx);
        let mut tx = store.begin().await.unwrap();
        tx.set_setting("effect", "once").await.unwrap();
        tx.complete_job(next.id, next.fence, at(82)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.setting("effect").await.unwrap().as_deref(), Some("once"));
        assert!(store.extend_job(next.id, next.fence, at(99)).await.is_err());
        assert_eq!(store.jobs(1).await.unwrap()[0].state, JobState::Done);
    });
}

#[test]
fn a_job_that_fails_is_tried_again_later_and_then_given_up() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        store.enqueue_job(&job("a", Some("k")), at(0)).await.unwrap();
        let one = store.claim_jobs("w", at(10), 60, 1).await.unwrap().remove(0);
        assert_eq!(
            store.fail_job(one.id, one.fence, "disk full", at(11), 30).await.unwrap(),
            JobState::Queued
        );
        assert!(store.fail_job(one.id, one.fence, "again", at(11), 30).await.is_err());
        assert!(store.claim_jobs("w", at(40), 60, 1).await.unwrap().is_empty(), "backs off");
        let two = store.claim_jobs("w", at(41), 60, 1).await.unwrap().remove(0);
        assert_eq!(two.error.as_deref(), Some("disk full"));
        assert_eq!(
            store.fail_job(two.id, two.fence, "disk full", at(42), 30).await.unwrap(),
            JobState::Failed
        );
        assert_eq!(store.open_jobs().await.unwrap(), 0);
    });
}

#[test]
fn a_worker_that_dies_on_the_last_attempt_ends_the_job() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        store.enqueue_job(&job("a", None), at(0)).await.unwrap();
        store.claim_jobs("w", at(10), 60, 1).await.unwrap();
        assert_eq!(store.recover_jobs_of("w").await.unwrap(), 1);
        assert_eq!(
            store.claim_jobs("w", at(11), 60, 1).await.unwrap().len(),
            1,
            "at once, before the lease ends"
        );
        assert!(store.claim_jobs("w", at(90), 60, 1).await.unwrap().is_empty());
        assert_eq!(store.jobs(1).await.unwrap()[0].state, JobState::Failed);
    });
}
