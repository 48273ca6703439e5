//! The switch that stops all AI: what it stops, who throws it, and that it holds.
#![expect(clippy::unwrap_used, reason = "tests")]

use flow::{Error, Problem};
use terms::campaign::CampaignState;
use terms::customer::Language;
use terms::ids::CampaignId;
use terms::ledger::Action;
use terms::person::{Person, Role};
use testkit::TestApp;

async fn state(kit: &TestApp, id: CampaignId) -> CampaignState {
    kit.app.store().campaign(id).await.unwrap().state
}

async fn colleague(kit: &TestApp, role: Role) -> Person {
    let id = kit.app.add_person("Nuria", "nuria@aurora.example", role, testkit::PASSWORD).await.unwrap();
    let person = kit.app.store().person(id).await.unwrap();
    assert!(kit.app.take_demo_test(&person).await.unwrap().passed);
    person
}

fn stopped<T: std::fmt::Debug>(result: flow::Result<T>) -> bool {
    matches!(result, Err(Error::Problem(Problem::AiStopped { .. })))
}

#[tokio::test]
async fn a_stop_pauses_what_uses_ai_and_nothing_of_it_is_submitted_approved_launched_or_resumed() {
    let kit = TestApp::with_customers(400).await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let profiled = kit.approved("Profiled", "stage = active").await;
    let ready = kit.approved("Ready", "stage = churned").await;
    let plain = kit.approved("Plain", "country = \"GB\"").await;
    let draft = kit.draft("Draft", "stage = new").await;
    kit.app.launch_campaign(&marketer, profiled).await.unwrap();
    kit.app.launch_campaign(&marketer, plain).await.unwrap();

    let none = kit.app.stop_ai(&marketer, "  ").await;
    assert!(matches!(none, Err(Error::Problem(Problem::NoReason))), "{none:?}");
    let done = kit.app.stop_ai(&marketer, "The stages look wrong").await.unwrap();
    assert_eq!(done.paused, [profiled]);
    assert_eq!(state(&kit, profiled).await, CampaignState::Paused);
    assert_eq!(state(&kit, plain).await, CampaignState::Running, "it uses no AI");

    assert!(stopped(kit.app.submit_campaign(&marketer, draft).await));
    assert!(stopped(kit.app.launch_campaign(&marketer, ready).await));
    assert!(stopped(kit.app.resume_campaign(&marketer, profiled).await));
    assert!(stopped(kit.app.stop_ai(&approver, "again").await), "it is stopped once");
    assert!(stopped(kit.app.lifecycle().await), "nothing is fitted");
    assert!(stopped(kit.app.compose_new(Some("win_back"), Language::English).await));
    let mut form = kit.app.compose(draft, Language::English).await.unwrap().form;
    let shown = kit.app.compose(draft, Language::English).await.unwrap();
    assert!(shown.audience.ai_stopped && !shown.can_submit);
    form.written_with_ai = true;
    assert!(stopped(kit.app.save_campaign(&marketer, Some(draft), 1, &form).await));

    kit.work_for_a_day().await;
    let sent =
        "SELECT COUNT(*) FROM deliveries WHERE state <> 'planned' AND state <> 'excluded' AND campaign = ";
    assert_eq!(kit.count(&format!("{sent}{profiled}")).await, 0);
    assert!(kit.count(&format!("{sent}{plain}")).await > 0);
    let entries = kit.app.store().entries_of("ai").await.unwrap();
    assert_eq!(entries.last().unwrap().entry.action, Action::AiStopped);
}

#[tokio::test]
async fn the_switch_holds_in_the_statement_that_begins_a_message_even_when_the_state_was_put_back() {
    let kit = TestApp::with_customers(300).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.approved("Profiled", "stage = active").await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.app.stop_ai(&marketer, "Look first").await.unwrap();
    // As somebody with full rights on the database could: without the trigger the campaign would run.
    kit.tamper(&format!(
        "DROP TRIGGER campaigns_without_ai; UPDATE campaigns SET state = 'running' WHERE id = {id}"
    ))
    .await;
    kit.work_for_a_day().await;
    let begun = format!("SELECT COUNT(*) FROM deliveries WHERE attempted_at IS NOT NULL AND campaign = {id}");
    assert_eq!(kit.count(&begun).await, 0);
}

#[tokio::test]
async fn ai_goes_on_by_somebody_certified_who_did_not_stop_it_also_in_the_database() {
    let kit = TestApp::with_customers(200).await;
    let (approver, analyst) = (kit.person(Role::Approver).await, kit.person(Role::Analyst).await);
    let engineer = kit.person(Role::Engineer).await;
    let too_early = kit.app.resume_ai(&analyst, "why not").await;
    assert!(matches!(too_early, Err(Error::Problem(Problem::AiGoesOn))), "{too_early:?}");
    assert!(
        matches!(kit.app.stop_ai(&analyst, "no").await, Err(Error::Forbidden)),
        "no halting for analysts"
    );
    kit.app.stop_ai(&approver, "I am not sure").await.unwrap();
    let own = kit.app.resume_ai(&approver, "I am sure").await;
    assert!(matches!(own, Err(Error::Problem(Problem::OwnStop))), "{own:?}");
    assert!(matches!(kit.app.resume_ai(&engineer, "sure").await, Err(Error::Forbidden)));
    let view = kit.app.ai_switch(&analyst).await.unwrap();
    assert!(view.may_resume && !view.may_stop);
    assert!(!kit.app.ai_switch(&approver).await.unwrap().may_resume);
    for person in [approver.id, engineer.id] {
        let throw =
            store::oversight::AiSwitch { stopped: false, person, reason: "x".into(), at: kit.app.now() };
        let mut tx = kit.app.store().begin().await.unwrap();
        assert!(tx.put_ai_switch(&throw).await.is_err(), "the schema says it, too");
    }
    kit.app.resume_ai(&analyst, "Two of us looked").await.unwrap();
    assert!(kit.app.ai_stopped().await.unwrap().is_none());
    let again = colleague(&kit, Role::Approver).await;
    assert!(kit.app.ai_switch(&again).await.unwrap().may_stop);
    assert_eq!(kit.app.ai_switch(&again).await.unwrap().history.len(), 2);
}

#[tokio::test]
async fn a_model_that_acts_does_not_while_ai_is_stopped_and_acts_again_afterwards() {
    let kit = TestApp::with_customers(1_200).await;
    kit.promote_waiting().await;
    let (marketer, analyst) = (kit.person(Role::Marketer).await, kit.person(Role::Analyst).await);

    let before = kit.app.today().await.unwrap().expected_churn;
    assert!(before.is_some(), "a model acts");
    kit.app.stop_ai(&marketer, "Look first").await.unwrap();
    assert!(kit.app.today().await.unwrap().expected_churn.is_none(), "nobody has a score");
    assert!(stopped(kit.app.customers("risk.churn >= 0.5", 1, Language::English).await));
    kit.app.resume_ai(&analyst, "It was right").await.unwrap();
    assert_eq!(kit.app.today().await.unwrap().expected_churn, before);
}
