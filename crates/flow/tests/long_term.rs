//! The long-term guard: what a campaign did is judged when its window is over, a veto stops every copy, and a person who did
//! not write it lets one through with a reason, as it stands.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends with the first thing that fails"
)]

use flow::{Error, Problem};
use terms::campaign::CampaignState;
use terms::customer::Language;
use terms::ids::CampaignId;
use terms::ledger::Action;
use terms::long_term::LongTermVerdict;
use terms::person::Role;
use testkit::TestApp;

/// Sends and measures a campaign to everybody. Comes out: its number.
async fn measured(kit: &TestApp) -> CampaignId {
    let id = kit.approved("The first", "known_days >= 0").await;
    kit.app.launch_campaign(&kit.person(Role::Marketer).await, id).await.unwrap();
    kit.work_for_a_day().await;
    kit.app.clock().set(kit.app.now().plus_days(29));
    kit.app.measure(id).await.unwrap();
    id
}

/// Judges a campaign as if it had been measured to lose.
async fn veto(kit: &TestApp, id: CampaignId) {
    let campaign = kit.app.store().campaign(id).await.unwrap();
    let kind = policy::long_term_gate::kind(&campaign.plan);
    let found = kit.app.measure(id).await.unwrap().long_term.unwrap();
    let found = serde_json::to_string(&found).unwrap();
    let mut tx = kit.app.store().begin().await.unwrap();
    tx.put_long_term_judgement(id, &kind, LongTermVerdict::Vetoed, &found, kit.app.now()).await.unwrap();
    tx.commit().await.unwrap();
}

fn is_veto(result: Result<(), Error>) -> bool {
    matches!(result, Err(Error::Problem(Problem::LongTermVeto { .. })))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_judged_when_its_window_is_over_and_not_before() {
    // A tenth is held out, and both arms need fifty whose value is known.
    let kit = TestApp::with_customers(1_200).await;
    kit.one_approver_is_enough().await;
    let id = kit.approved("The first", "known_days >= 0").await;
    kit.app.launch_campaign(&kit.person(Role::Marketer).await, id).await.unwrap();
    kit.work_for_a_day().await;
    let early = kit.app.measure(id).await.unwrap().long_term.unwrap();
    assert!(!early.over && early.verdict == LongTermVerdict::Unclear);
    let judged = |entries: Vec<terms::ledger::Entry>| {
        entries.into_iter().filter(|entry| entry.entry.action == Action::LongTermJudged).count()
    };
    let object = format!("campaign/{id}");
    assert_eq!(judged(kit.app.store().entries_of(&object).await.unwrap()), 0);
    kit.app.clock().set(kit.app.now().plus_days(29));
    let late = kit.app.measure(id).await.unwrap().long_term.unwrap();
    assert!(late.over && late.loss.is_some() && late.value_model.is_some(), "{late:?}");
    assert!(late.parts.prices.opt_out.value >= 0.0 && late.parts.prices.opt_out.error > 0.0);
    assert_eq!(judged(kit.app.store().entries_of(&object).await.unwrap()), 1);
    // The report shows what was kept.
    let marketer = kit.person(Role::Marketer).await;
    let report = kit.app.report(&marketer, id, flow::views::MessageFilter::All, 1).await.unwrap();
    let told = report.long_term.unwrap();
    assert_eq!((told.verdict, told.over, told.value_model), (late.verdict, late.over, late.value_model));
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(
        near(told.loss.unwrap(), late.loss.unwrap())
            && near(told.parts.prices.complaint.error, late.parts.prices.complaint.error)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_veto_stops_every_copy_until_a_person_overrules_it_with_a_reason_for_this_very_campaign() {
    let kit = TestApp::with_customers(400).await;
    let first = measured(&kit).await;
    veto(&kit, first).await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let officer = kit.person(Role::PrivacyOfficer).await;
    // Another name and another threshold: of the same kind.
    let copy = kit.draft("A copy", "known_days >= 5").await;
    kit.app.submit_campaign(&marketer, copy).await.unwrap();
    let review = kit.app.review(&approver, copy, Language::English).await.unwrap();
    assert!(review.veto.is_some_and(|veto| veto.campaign == first && veto.overruled.is_none()));
    let hash = review.content_hash;
    assert!(is_veto(kit.app.approve_campaign(&approver, copy, &hash, "").await));
    // Who may not, and without a reason, nobody.
    for person in [&marketer, &approver] {
        let refused = kit.app.overrule_veto(person, copy, "it is worth it to us").await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    }
    let silent = kit.app.overrule_veto(&officer, copy, "  why   ").await;
    assert!(matches!(silent, Err(Error::Problem(Problem::NoReasonToOverrule))));
    let other = kit.draft("Of another kind", "country = \"ES\"").await;
    let nothing = kit.app.overrule_veto(&officer, other, "nothing stands against it").await;
    assert!(matches!(nothing, Err(Error::Problem(Problem::NoVeto))));
    kit.app
        .overrule_veto(&officer, copy, "the words are others, and we look again in a month")
        .await
        .unwrap();
    kit.app.approve_campaign(&approver, copy, &hash, "").await.unwrap();
    // It is in the ledger and in the month's report.
    let entries = kit.app.store().entries_of(&format!("campaign/{copy}")).await.unwrap();
    assert!(entries.iter().any(|entry| entry.entry.action == Action::VetoOverruled));
    let month: String = kit.app.now().day().to_string().chars().take(7).collect();
    let report = kit.app.responsible_ai(&month).await.unwrap();
    let line = report.overrides.iter().find(|line| line.rule == format!("long_term/campaign/{copy}"));
    assert!(line.is_some_and(|line| line.by == officer.name && line.why.contains("look again")));
    // An edit asks again: another copy with the same override is another content.
    let next = kit.draft("Another copy", "known_days >= 7").await;
    kit.app.submit_campaign(&marketer, next).await.unwrap();
    let hash = kit.app.review(&approver, next, Language::English).await.unwrap().content_hash;
    assert!(is_veto(kit.app.approve_campaign(&approver, next, &hash, "").await));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_approved_before_the_veto_is_not_launched_and_what_is_paused_not_resumed() {
    let kit = TestApp::with_customers(400).await;
    let first = measured(&kit).await;
    let marketer = kit.person(Role::Marketer).await;
    let approved = kit.approved("Approved before", "known_days >= 3").await;
    veto(&kit, first).await;
    assert!(is_veto(kit.app.launch_campaign(&marketer, approved).await));
    kit.app
        .overrule_veto(&kit.person(Role::PrivacyOfficer).await, approved, "a last time, as announced")
        .await
        .unwrap();
    kit.app.launch_campaign(&marketer, approved).await.unwrap();
    kit.app.pause_campaign(&marketer, approved).await.unwrap();
    // Overruled as it stands: it may go on. A later veto is another one.
    kit.app.resume_campaign(&marketer, approved).await.unwrap();
    kit.app.pause_campaign(&marketer, approved).await.unwrap();
    veto(&kit, first).await;
    assert!(is_veto(kit.app.resume_campaign(&marketer, approved).await));
    assert_eq!(kit.app.store().campaign(approved).await.unwrap().state, CampaignState::Paused);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_takes_no_override_of_the_author_and_none_without_a_certificate() {
    let kit = TestApp::with_customers(400).await;
    let first = measured(&kit).await;
    veto(&kit, first).await;
    let (marketer, engineer) = (kit.person(Role::Marketer).await, kit.person(Role::Engineer).await);
    let officer = kit.person(Role::PrivacyOfficer).await;
    let now = kit.app.now().0;
    let insert = |id: i64, person: i64| {
        format!(
            "INSERT INTO long_term_overrides (id, judgement, campaign, content, person, why, at) \
             SELECT {id}, MAX(id), {first}, 'x', {person}, 'because', {now} FROM long_term_judgements"
        )
    };
    assert!(!kit.try_statement(&insert(901, marketer.id.0)).await, "the author");
    assert!(!kit.try_statement(&insert(902, engineer.id.0)).await, "no certificate");
    assert!(kit.try_statement(&insert(903, officer.id.0)).await);
    for change in [
        "UPDATE long_term_overrides SET why = 'other'",
        "DELETE FROM long_term_overrides",
        "UPDATE long_term_judgements SET verdict = 'fine'",
        "DELETE FROM long_term_judgements",
    ] {
        assert!(!kit.try_statement(change).await, "{change}");
    }
}
