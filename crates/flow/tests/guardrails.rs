//! Models and groups: what the gate says of a score by group, and canaries that are taken back by themselves.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test ends with the first thing that fails"
)]

use std::collections::HashSet;
use std::time::{Duration, Instant as Stopwatch};

use flow::registry::{Step, in_canary};
use terms::delivery::{DeliveryState, ResponseKind};
use terms::gate::{Criterion, Found, GateReport, GateVerdict};
use terms::ids::{CampaignId, CustomerKey};
use terms::model::ModelState;
use terms::person::Role;
use testkit::TestApp;

/// Puts a gender into the vault for everybody.
async fn vault(kit: &TestApp, of: impl Fn(usize, &CustomerKey) -> &'static str) {
    let officer = kit.person(Role::PrivacyOfficer).await;
    let mut text = String::from("customer,attribute,value\n");
    for (at, customer) in kit.app.store().customers_after(None, 5_000).await.unwrap().iter().enumerate() {
        text.push_str(&format!("{},gender,{}\n", customer.key, of(at, &customer.key)));
    }
    let path = kit.home().join("sensitive.csv");
    std::fs::write(&path, text).unwrap();
    kit.app.import_vault(&officer, &path).await.unwrap();
    std::fs::remove_file(&path).unwrap();
}

fn verdict(report: &GateReport, criterion: Criterion) -> (Found, GateVerdict) {
    let line = report.lines.iter().find(|line| line.criterion == criterion).unwrap();
    (line.found, line.verdict)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_is_held_against_the_groups_of_the_vault_and_the_same_data_give_the_same_answer() {
    let kit = TestApp::with_customers(900).await;
    let approver = kit.person(Role::Approver).await;
    // By a coin: nobody is worse off but by chance.
    vault(&kit, |at, _| {
        if at < 5 {
            "few"
        } else if at % 2 == 0 {
            "one"
        } else {
            "two"
        }
    })
    .await;
    for label in ["stage@1", "value@1"] {
        let (first, second) = (
            kit.app.rerun_gate(&approver, label).await.unwrap(),
            kit.app.rerun_gate(&approver, label).await.unwrap(),
        );
        assert!(first.passed, "{label} {:?}", first.lines);
        assert_eq!(first.evidence_hash, second.evidence_hash);
        assert_eq!(first.by_group, second.by_group);
        assert!(first.by_group.iter().any(|table| table.groups.len() == 2), "{:?}", first.by_group);
        assert!(first.by_group.iter().all(|table| table.groups.iter().all(|group| group.group != "few")));
        let (found, verdict) = verdict(&first, Criterion::Fairness);
        assert!(matches!(found, Found::Figure(_)) && verdict == GateVerdict::Passed, "{found:?}");
    }
    assert!(kit.app.store().entries_of("vault/gender").await.unwrap().len() >= 4, "each opening is an entry");

    // The silent ones are a group now: what is said of them is another thing, and a brand has to look at that.
    let silent = kit.approved("To the silent", "silent_days > 60").await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, silent).await.unwrap();
    kit.work_for_a_day().await;
    let silent: HashSet<CustomerKey> = rows(&kit, silent).await.into_iter().map(|(_, key)| key).collect();
    assert!(silent.len() > 40, "{}", silent.len());
    vault(&kit, |_, key| if silent.contains(key) { "two" } else { "one" }).await;
    let report = kit.app.rerun_gate(&approver, "stage@1").await.unwrap();
    let (found, verdict) = verdict(&report, Criterion::Fairness);
    assert!(!report.passed && verdict == GateVerdict::Failed, "{found:?}");
}

async fn rows(kit: &TestApp, campaign: CampaignId) -> Vec<(terms::ids::MessageId, CustomerKey)> {
    let all = kit.app.store().messages_of_campaign(campaign, None, 10_000, 0).await.unwrap();
    all.into_iter().map(|message| (message.id, message.customer)).collect()
}

/// An installation with a canary for half of the customers, and the real worker in the background.
async fn canary(kit: &TestApp) -> tokio::sync::watch::Sender<bool> {
    let approver = kit.person(Role::Approver).await;
    kit.app.refit().await.unwrap();
    let step = Step {
        label: "stage@2".to_owned(),
        to: ModelState::Canary,
        share: 50,
        reason: "for the test".to_owned(),
    };
    kit.app.move_model(&approver, &step).await.unwrap();
    kit.app.profile().await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let app = kit.app.clone();
    tokio::spawn(async move { app.work_forever("w", stopped).await });
    stop
}

async fn state(kit: &TestApp) -> ModelState {
    let models = kit.app.store().models().await.unwrap();
    models.into_iter().find(|model| model.label() == "stage@2").unwrap().state
}

/// Waits for the canary to be taken back, and says why it was.
async fn taken_back(kit: &TestApp, what: &str) -> String {
    let watch = Stopwatch::now();
    while state(kit).await != ModelState::Retired {
        assert!(watch.elapsed() < Duration::from_secs(5), "{what}: not taken back in time");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    eprintln!("{what}: taken back after {:.2} s", watch.elapsed().as_secs_f64());
    let view = kit.app.models_view().await.unwrap();
    assert!(view.faults.is_empty() && view.moves[0].person.is_none() && view.moves[0].label == "stage@2");
    view.moves[0].reason.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_whose_customers_opt_out_complain_or_cannot_be_reached_is_taken_back_within_five_seconds() {
    for (kind, guard) in [
        (ResponseKind::OptedOut, "harm"),
        (ResponseKind::Complained, "harm"),
        (ResponseKind::Bounced, "failure"),
    ] {
        let kit = TestApp::with_customers(600).await;
        let stop = canary(&kit).await;
        let marketer = kit.person(Role::Marketer).await;
        let campaign = kit.approved("To all", "everyone").await;
        kit.app.launch_campaign(&marketer, campaign).await.unwrap();
        kit.work_for_a_day().await;
        let store = kit.app.store();
        let sent = store.messages_of_campaign(campaign, Some(DeliveryState::Sent), 10_000, 0).await.unwrap();
        let its: Vec<_> =
            sent.iter().filter(|it| in_canary("stage@2", 50, it.customer.as_str())).take(20).collect();
        assert_eq!(its.len(), 20, "of {}", sent.len());
        assert_eq!(state(&kit).await, ModelState::Canary, "nothing happened yet");
        let at = kit.app.now();
        let answers: Vec<_> = its.iter().map(|message| (message.id, kind, at)).collect();
        store.add_responses(&answers).await.unwrap();
        let reason = taken_back(&kit, kind.as_str()).await;
        assert!(reason.starts_with(guard), "{reason}");
        let _ = stop.send(true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_selects_a_group_less_often_is_taken_back_within_five_seconds() {
    let kit = TestApp::with_customers(900).await;
    let stop = canary(&kit).await;
    // As if the canary never chose one of the first group, and chose all of the second that the live one leaves out.
    vault(&kit, |_, key| if in_canary("stage@2", 50, key.as_str()) { "two" } else { "one" }).await;
    let campaign = kit.approved("By a score", "risk.churn >= 0").await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, campaign).await.unwrap();
    // The worker plans it; from then on there is something to see.
    while rows(&kit, campaign).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let reason = taken_back(&kit, "disparity").await;
    assert!(reason.starts_with("disparity"), "{reason}");
    let _ = stop.send(true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_treats_groups_alike_stays() {
    let kit = TestApp::with_customers(900).await;
    let stop = canary(&kit).await;
    vault(&kit, |at, _| if at % 2 == 0 { "one" } else { "two" }).await;
    let campaign = kit.approved("By a score", "risk.churn >= 0").await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, campaign).await.unwrap();
    kit.work_for_a_day().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(state(&kit).await, ModelState::Canary);
    let view = kit.app.model_view(&kit.person(Role::Approver).await, "stage@2").await.unwrap();
    let (report, alarm) = view.canary.unwrap();
    let disparity = report.guards.iter().find(|line| line.guard == terms::model::Guard::Disparity).unwrap();
    assert!(!alarm && disparity.out.iter().sum::<u64>() > 60 && disparity.groups.len() == 2, "{disparity:?}");
    let _ = stop.send(true);
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_fail_their_gate_start_no_campaign_and_cues_are_asked_what_people_judged() {
    use flow::registry::GateText;
    use terms::customer::Language;
    let kit = TestApp::with_customers(60).await;
    let (officer, approver) = (kit.person(Role::PrivacyOfficer).await, kit.person(Role::Approver).await);
    let start = async || kit.app.compose_new(Some("win_back"), Language::English).await;
    assert!(kit.app.rerun_gate(&approver, "texts.library@1").await.unwrap().passed && start().await.is_ok());
    // The officer asks for what was not measured: then the texts do not pass, and nothing starts from them.
    let mut rules = kit.app.gate_rules(terms::model::ModelKind::Texts).await.unwrap().rules;
    rules.iter_mut().for_each(|rule| rule.need = terms::gate::Need::Always);
    let text = GateText { base: 0, rules, reason: "nothing unjudged is used here".to_owned() };
    kit.app.set_gate(&officer, terms::model::ModelKind::Texts, &text).await.unwrap();
    assert!(!kit.app.rerun_gate(&approver, "texts.library@1").await.unwrap().passed);
    assert!(matches!(start().await, Err(flow::Error::Problem(flow::Problem::TextsHeld))));
    assert!(kit.app.compose_new(None, Language::English).await.is_ok(), "an empty one is the marketer's own");

    let report = kit.app.rerun_gate(&approver, "cues.en@1").await.unwrap();
    let (found, verdict) = verdict(&report, Criterion::CueMisses);
    assert!(report.passed && verdict == GateVerdict::NotMeasured, "nobody judged a sentence yet: {found:?}");
    assert!(matches!(found, Found::Figure(terms::estimate::Evidence::Insufficient { needed: 20, .. })));
}
