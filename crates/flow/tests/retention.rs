//! Retention in a whole installation: looks delete nothing, runs delete what looks said, and nothing acts unasked.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it cannot go on")]

use flow::retention::RetentionReport;
use terms::person::Actor;
use terms::processing::RetentionKind;
use testkit::TestApp;

fn counts(report: &RetentionReport, kind: RetentionKind) -> Vec<(String, u64)> {
    let of = report.steps.iter().filter(|step| step.kind == kind);
    of.map(|step| (step.place.clone(), step.deleted.unwrap_or(step.found))).collect()
}

async fn rows(kit: &TestApp) -> u64 {
    kit.app.lake().stats().unwrap().rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_deletes_nothing_and_a_run_deletes_exactly_what_it_said() {
    let kit = TestApp::with_customers(120).await;
    let (app, kind) = (&kit.app, RetentionKind::Purchases);
    let before = rows(&kit).await;
    app.set_retention(kind, 180, Actor::Operator).await.unwrap();
    let look = app.look_at_retention(None, Actor::Operator).await.unwrap();
    assert_eq!(rows(&kit).await, before);
    let said = counts(&look, kind);
    assert!(said[0].1 > 0 && said[0].1 < before, "{said:?} of {before}");
    // Looked at, and still not asked to act.
    let none = app.run_retention(Actor::Operator).await.unwrap();
    assert!(none.run.is_none() && rows(&kit).await == before);
    app.activate_retention(kind, 180, Actor::Operator).await.unwrap();
    let run = app.run_retention(Actor::Operator).await.unwrap();
    assert_eq!(counts(&run, kind), said);
    assert_eq!(rows(&kit).await, before - said[0].1);
    let again = app.run_retention(Actor::Operator).await.unwrap();
    assert!(again.steps.iter().all(|step| step.deleted == Some(0)), "{again:?}");
    assert!(app.verify_ledger().await.unwrap().verified);
    // Stopped, it deletes nothing any more, and stays set.
    app.stop_retention(kind, Actor::Operator).await.unwrap();
    assert!(app.run_retention(Actor::Operator).await.unwrap().run.is_none());
    let view = app.retention_view().await.unwrap();
    let line = view.lines.iter().find(|line| line.kind == kind).unwrap();
    assert_eq!((line.days, line.active), (180, false));
    // What there is may have changed since: it acts again only after another look.
    assert!(!line.looked && app.activate_retention(kind, 180, Actor::Operator).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_acts_only_after_a_look_with_this_very_period() {
    let kit = TestApp::with_customers(60).await;
    let (app, kind) = (&kit.app, RetentionKind::Purchases);
    let usual = flow::retention::default_days(kind);
    assert!(app.activate_retention(kind, usual, Actor::Operator).await.is_err());
    app.look_at_retention(Some(kind), Actor::Operator).await.unwrap();
    let other = app.activate_retention(kind, usual + 1, Actor::Operator).await;
    assert!(other.is_err(), "not the period that whoever decides has seen");
    app.activate_retention(kind, usual, Actor::Operator).await.unwrap();
    app.set_retention(kind, 100, Actor::Operator).await.unwrap();
    assert!(app.activate_retention(kind, 100, Actor::Operator).await.is_err(), "another period");
    let run = app.run_retention(Actor::Operator).await.unwrap();
    assert!(run.run.is_none(), "a changed period stops acting until it was looked at");
    // The database says so too.
    assert!(app.store().activate_retention(kind, 100, "x", app.now()).await.is_err());
    assert!(app.set_retention(RetentionKind::Messages, 30, Actor::Operator).await.is_err(), "too short");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_cut_off_is_gone_on_with_and_says_all_that_it_deleted() {
    let kit = TestApp::with_customers(80).await;
    let (app, kind) = (&kit.app, RetentionKind::Purchases);
    app.set_retention(kind, 180, Actor::Operator).await.unwrap();
    let look = app.look_at_retention(Some(kind), Actor::Operator).await.unwrap();
    app.activate_retention(kind, 180, Actor::Operator).await.unwrap();
    // As a kill leaves it: written down, half of it deleted, nothing said.
    let (at, before) = (app.now(), rows(&kit).await);
    let id = app.store().add_retention_run(false, &look.steps, at).await.unwrap();
    app.lake().expire(at.plus_days(-200), &[]).unwrap();
    app.clock().set(at.plus_hours(5));
    let run = app.run_retention(Actor::Operator).await.unwrap();
    assert_eq!(run.run, Some(id));
    assert_eq!(counts(&run, kind), counts(&look, kind));
    assert_eq!(rows(&kit).await, before - counts(&look, kind)[0].1);
    assert!(app.store().open_retention_run().await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_can_be_looked_at_and_run_long_after() {
    let kit = TestApp::with_customers(60).await;
    let app = &kit.app;
    let campaign = kit.approved("Back", "everyone").await;
    let approver = kit.person(terms::person::Role::Approver).await;
    app.launch_campaign(&approver, campaign).await.unwrap();
    kit.work_for_a_day().await;
    let soon = app.look_at_retention(Some(RetentionKind::Messages), Actor::Operator).await.unwrap();
    assert!(soon.steps.iter().all(|step| step.found == 0), "{soon:?}");
    app.clock().set(app.now().plus_days(3_000));
    let look = app.look_at_retention(None, Actor::Operator).await.unwrap();
    for kind in RetentionKind::ALL {
        assert!(look.steps.iter().any(|step| step.kind == *kind), "{kind} has no place");
        app.activate_retention(*kind, flow::retention::default_days(*kind), Actor::Operator).await.unwrap();
    }
    let run = app.run_retention(Actor::Operator).await.unwrap();
    assert!(run.steps.iter().all(|step| step.deleted.is_some()));
    let lake = counts(&run, RetentionKind::Purchases);
    assert_eq!(lake, counts(&look, RetentionKind::Purchases));
    assert!(app.verify_ledger().await.unwrap().verified);
}
