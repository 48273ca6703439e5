//! The registry, seen from outside: what acts, who let it, and what an edited row or file comes to.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test ends with the first thing that fails"
)]

use flow::registry::{NoMove, Step};
use flow::{Error, Problem};
use terms::delivery::{DeliveryState, ResponseKind};
use terms::model::ModelState;
use terms::person::Role;
use testkit::TestApp;

fn step(label: &str, to: ModelState) -> Step {
    Step { label: label.to_owned(), to, share: 10, reason: "for the test".to_owned() }
}

fn refused(result: flow::Result<()>) -> NoMove {
    match result {
        Err(Error::Problem(Problem::NoMove(why))) => why,
        other => panic!("{other:?}"),
    }
}

async fn scored(kit: &TestApp) -> bool {
    kit.app.customers("", 1, terms::customer::Language::English).await.unwrap().forecast.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_acts_when_somebody_else_than_its_maker_promotes_it_and_not_before() {
    let kit = TestApp::with_customers(400).await;
    let view = kit.app.models_view().await.unwrap();
    assert!(view.faults.is_empty(), "{:?}", view.faults);
    let live: Vec<_> =
        view.models.iter().filter(|m| m.state == ModelState::Live && !m.kind.is_built_in()).collect();
    assert_eq!(live.iter().map(|m| m.label.as_str()).collect::<Vec<_>>(), ["stage@1", "value@1"]);
    assert!(view.models.iter().filter(|m| m.kind.is_built_in()).count() >= 9, "the parts of the program");
    assert!(scored(&kit).await);

    kit.app.refit().await.unwrap();
    assert_eq!(kit.app.models_view().await.unwrap().waiting, ["stage@2", "value@2"]);
    let [analyst, approver, marketer] =
        [kit.person(Role::Analyst).await, kit.person(Role::Approver).await, kit.person(Role::Marketer).await];
    let promote = step("stage@2", ModelState::Live);
    assert_eq!(refused(kit.app.move_model(&analyst, &promote).await), NoMove::Maker, "they answer for it");
    assert!(matches!(kit.app.move_model(&marketer, &promote).await, Err(Error::Forbidden)));
    kit.app.move_model(&approver, &promote).await.unwrap();
    assert!(
        matches!(refused(kit.app.move_model(&approver, &promote).await), NoMove::State { .. }),
        "only once"
    );
    let states = |view: &flow::registry::ModelsView| -> Vec<(String, ModelState)> {
        let fitted = view.models.iter().filter(|m| m.name == "stage");
        fitted.map(|m| (m.label.clone(), m.state)).collect()
    };
    let view = kit.app.models_view().await.unwrap();
    assert_eq!(
        states(&view),
        [("stage@2".into(), ModelState::Live), ("stage@1".into(), ModelState::Retired)]
    );

    assert_eq!(kit.app.roll_back(&approver, "stage", "worse in practice").await.unwrap(), "stage@1");
    let view = kit.app.models_view().await.unwrap();
    assert_eq!(
        states(&view),
        [("stage@2".into(), ModelState::Retired), ("stage@1".into(), ModelState::Live)]
    );
    assert!(kit.app.registry_faults().await.unwrap().is_empty());

    kit.app.move_model(&marketer, &step("stage@1", ModelState::Retired)).await.unwrap();
    assert!(!scored(&kit).await, "anybody may take back, and then nobody has a score");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_gives_the_same_bytes_again_for_the_same_data() {
    let kit = TestApp::with_customers(400).await;
    let approver = kit.person(Role::Approver).await;
    for label in ["stage@1", "value@1"] {
        let (first, second) = (
            kit.app.rerun_gate(&approver, label).await.unwrap(),
            kit.app.rerun_gate(&approver, label).await.unwrap(),
        );
        assert_eq!(first.data_hash, second.data_hash);
        assert_eq!(first.evidence_hash, second.evidence_hash, "{label}");
        let without_time = |report: &terms::gate::GateReport| {
            let lines = report.lines.iter().filter(|line| line.criterion != terms::gate::Criterion::Latency);
            serde_json::to_string(&lines.collect::<Vec<_>>()).unwrap()
        };
        assert_eq!(without_time(&first), without_time(&second), "{label}");
        assert!(first.passed && first.rows > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_edited_is_noticed_and_nothing_of_it_acts() {
    for (what, statements) in [
        ("the alias leads elsewhere", "UPDATE model_aliases SET model = 3 WHERE name = 'stage'"),
        ("the alias is gone", "DELETE FROM model_aliases WHERE name = 'stage'"),
        (
            "a version is marked live",
            "UPDATE models SET state = 'retired' WHERE name = 'stage' AND version = 1;
            UPDATE models SET state = 'live' WHERE name = 'stage' AND version = 2",
        ),
        (
            "the hash of what acts",
            "UPDATE models SET content_hash = 'ab' WHERE name = 'stage' AND version = 1;
            UPDATE model_aliases SET content_hash = 'ab' WHERE name = 'stage'",
        ),
        ("who answers for it", "UPDATE models SET responsible = 1 WHERE name = 'stage' AND version = 1"),
        (
            "the gate it passed",
            "UPDATE model_gates SET report = '{}' WHERE model = (SELECT id FROM models WHERE name = 'stage' AND version = 1)",
        ),
        (
            "who promoted it",
            "UPDATE model_moves SET person = 1 WHERE to_state = 'live' AND model = (SELECT id FROM models WHERE name = 'stage' AND version = 1)",
        ),
        (
            "the last moves are gone",
            "DELETE FROM model_aliases; DELETE FROM model_moves WHERE id > 2;
            UPDATE models SET state = 'validated' WHERE version = 1 AND kind IN ('stage', 'value')",
        ),
        (
            "all moves are gone",
            "DELETE FROM model_aliases; DELETE FROM model_moves;
            UPDATE models SET state = 'candidate' WHERE kind IN ('stage', 'value')",
        ),
    ] {
        let kit = TestApp::with_customers(300).await;
        kit.app.refit().await.unwrap();
        assert!(scored(&kit).await && kit.app.registry_faults().await.unwrap().is_empty(), "{what}");
        kit.edit_registry(statements).await;
        assert!(!kit.app.registry_faults().await.unwrap().is_empty(), "{what} went unnoticed");
        // What was computed before the edit is made anew, as it is each night and when the program starts.
        kit.app.refit().await.ok();
        kit.app.profile().await.unwrap();
        assert!(!scored(&kit).await, "{what}, and it acts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_promote_at_once_come_one_after_the_other() {
    let kit = TestApp::with_customers(300).await;
    kit.app.refit().await.unwrap();
    let approver = kit.person(Role::Approver).await;
    let promote = step("stage@2", ModelState::Live);
    let (a, b) =
        tokio::join!(kit.app.move_model(&approver, &promote), kit.app.move_model(&approver, &promote));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert!(kit.app.registry_faults().await.unwrap().is_empty());
}

/// The real worker, in the background; ends with the sender.
fn worker(kit: &TestApp) -> tokio::sync::watch::Sender<bool> {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let app = kit.app.clone();
    tokio::spawn(async move { app.work_forever("w", stopped).await });
    stop
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_does_harm_is_taken_back_by_itself_in_less_than_five_seconds() {
    let kit = TestApp::with_customers(600).await;
    let approver = kit.person(Role::Approver).await;
    kit.app.refit().await.unwrap();
    kit.app.move_model(&approver, &Step { share: 50, ..step("stage@2", ModelState::Canary) }).await.unwrap();
    let before = kit.app.models_view().await.unwrap();
    assert!(
        before.models.iter().any(|m| m.label == "stage@2" && m.state == ModelState::Canary && m.share == 50)
    );
    let campaign = kit.approved("To all", "everyone").await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, campaign).await.unwrap();
    kit.work_for_a_day().await;
    let sent =
        kit.app.store().messages_of_campaign(campaign, Some(DeliveryState::Sent), 10_000, 0).await.unwrap();
    let of_canary: Vec<_> =
        sent.iter().filter(|m| flow::registry::in_canary("stage@2", 50, m.customer.as_str())).collect();
    assert!(sent.len() > 60 && of_canary.len() > 20, "{} of {}", of_canary.len(), sent.len());
    assert!(kit.app.watch_canaries().await.unwrap().is_empty(), "nobody said no");

    let stop = worker(&kit);
    let at = kit.app.now();
    let harm: Vec<_> = of_canary.iter().take(20).map(|m| (m.id, ResponseKind::Complained, at)).collect();
    kit.app.store().add_responses(&harm).await.unwrap();
    let watch = std::time::Instant::now();
    loop {
        let state = kit
            .app
            .store()
            .models()
            .await
            .unwrap()
            .into_iter()
            .find(|m| m.label() == "stage@2")
            .unwrap()
            .state;
        if state == ModelState::Retired {
            break;
        }
        assert!(watch.elapsed().as_secs() < 5, "not taken back in time");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    eprintln!("taken back after {:.2} s", watch.elapsed().as_secs_f64());
    let _ = stop.send(true);
    let view = kit.app.models_view().await.unwrap();
    assert!(view.faults.is_empty() && view.moves[0].person.is_none() && view.moves[0].label == "stage@2");
    assert!(
        view.models.iter().any(|m| m.label == "stage@1" && m.state == ModelState::Live),
        "the live one stays"
    );
    let again = Step { share: 10, ..step("stage@2", ModelState::Canary) };
    assert!(matches!(refused(kit.app.move_model(&approver, &again).await), NoMove::State { .. }));
}
