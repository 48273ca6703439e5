//! Bring your own model: from the table it is made of to the scores it gives, and everything that stops it on the way.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends with the first thing that fails"
)]

use flow::registry::{About, NoMove, Step};
use flow::{Error, Problem};
use terms::gate::{Criterion, GateVerdict};
use terms::model::ModelState;
use terms::person::Role;
use terms::stage::Stage;
use testkit::{TestApp, onnx};

const CARD: &str = r#"
[card]
purpose = "who moves on"
data = "the table of this installation"
features = "the stage"
evaluation = "none of its own"
limits = "knows nothing but the stage"
owner = "analytics"
languages = "any"
"#;

fn about(trained_until: &str, inputs: &str) -> String {
    format!("trained_until = \"{trained_until}\"\ninputs = [{inputs}]\n{CARD}")
}

/// Counts who moves where in the rows before the last two periods, as a maker would, and the day the next one begins.
async fn made(kit: &TestApp) -> (Vec<u8>, String) {
    let analyst = kit.person(Role::Analyst).await;
    let mut csv = Vec::new();
    let rows = kit.app.write_training_table(&analyst, &mut csv).await.unwrap();
    let text = String::from_utf8(csv).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len() as u64, rows + 1);
    let column = |name: &str| lines[0].iter().position(|title| *title == name).unwrap();
    let (begins, stage, next) = (column("period_begins"), column("stage"), column("next_stage"));
    let mut days: Vec<&str> = lines[1..].iter().map(|line| line[begins]).collect();
    days.sort_unstable();
    days.dedup();
    let until = days[days.len() - 2];
    let mut counts = [[0.5f32; Stage::COUNT]; Stage::COUNT];
    for line in lines[1..].iter().filter(|line| line[begins] < until) {
        counts[line[stage].parse::<usize>().unwrap()][line[next].parse::<usize>().unwrap()] += 1.0;
    }
    let shares = counts.map(|row| row.map(|count| count / row.iter().sum::<f32>()));
    (onnx::by_stage(&shares), until.to_owned())
}

fn why(result: flow::Result<impl Sized>) -> String {
    match result {
        Err(Error::Problem(Problem::BroughtModel { why })) => why,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was taken"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_made_elsewhere_passes_the_same_gates_and_gives_the_scores_when_somebody_else_promotes_it() {
    let kit = TestApp::with_customers(600).await;
    let (file, until) = made(&kit).await;
    let analyst = kit.person(Role::Analyst).await;
    let read = About::read(&about(&until, "\"stage\"")).unwrap();
    let (version, report) = kit.app.bring_model(&analyst, file, read).await.unwrap();
    assert_eq!((version.label().as_str(), version.responsible), ("stage@2", analyst.id));
    let verdict = |criterion| report.lines.iter().find(|line| line.criterion == criterion).unwrap().verdict;
    assert_eq!(verdict(Criterion::AccuracyNaive), GateVerdict::Passed, "{report:?}");
    assert_eq!(verdict(Criterion::Stability), GateVerdict::Passed, "{report:?}");
    // Knowing nothing but the stage it is worse than the model fitted here, and the gate says so.
    assert_eq!(verdict(Criterion::AccuracyPresent), GateVerdict::Failed, "{report:?}");
    assert!(!report.passed);

    // Where nothing acts there is nothing to be better than.
    let approver = kit.person(Role::Approver).await;
    let step =
        |label: &str, to| Step { label: label.to_owned(), to, share: 0, reason: "for the test".to_owned() };
    kit.app.move_model(&approver, &step("stage@1", ModelState::Retired)).await.unwrap();
    assert!(kit.app.rerun_gate(&approver, "stage@2").await.unwrap().passed);
    let promote = step("stage@2", ModelState::Live);
    let refused = kit.app.move_model(&analyst, &promote).await;
    assert!(matches!(refused, Err(Error::Problem(Problem::NoMove(NoMove::Maker)))), "{refused:?}");
    kit.app.move_model(&approver, &promote).await.unwrap();
    let list = kit.app.customers("stage = active", 1, terms::customer::Language::English).await.unwrap();
    let forecast = list.forecast.unwrap();
    assert_eq!((forecast.model.as_str(), forecast.chosen.as_str()), ("stage@2", "brought"));
    assert!(forecast.held_back.iter().all(|day| day.to_string() >= until), "only periods it had not seen");
    let one = kit.app.customer(&analyst, &list.list[0].key).await.unwrap();
    assert_eq!(one.reasons.iter().map(|reason| reason.feature.as_str()).collect::<Vec<_>>(), ["stage"]);
    let total: f64 = one.next.unwrap().iter().sum();
    assert!((total - 1.0).abs() < 1e-6, "{total}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_such_model_is_not_taken_and_says_what_to_do() {
    let kit = TestApp::with_customers(300).await;
    let (file, until) = made(&kit).await;
    let analyst = kit.person(Role::Analyst).await;
    let bring = async |file: &[u8], text: &str| {
        kit.app.bring_model(&analyst, file.to_vec(), About::read(text)?).await.map(|_| ())
    };
    let good = about(&until, "\"stage\"");
    assert!(why(bring(b"no model", &good).await).contains("not an ONNX file"));
    assert!(why(bring(&file, &about(&until, "\"stage\", \"silence\"")).await).contains("2 columns"));
    assert!(why(bring(&file, &about(&until, "\"age\"")).await).contains("age"), "no such input");
    assert!(why(bring(&file, &about(&until, "\"stage\", \"stage\"")).await).contains("twice"));
    assert!(why(bring(&file, &about("2099-01-01", "\"stage\"")).await).contains("no period to judge it on"));
    assert!(why(bring(&file, &about("tomorrow", "\"stage\"")).await).contains("not a day"));
    assert!(why(bring(&file, &good.replace("analytics", " ")).await).contains("owner"));
    let no_chances = onnx::by_stage(&[[0.5; Stage::COUNT]; Stage::COUNT]);
    assert!(why(bring(&no_chances, &good).await).contains("chances that sum to 1"));
    let marketer = kit.person(Role::Marketer).await;
    let refused = kit.app.bring_model(&marketer, file, About::read(&good).unwrap()).await;
    assert!(matches!(refused, Err(Error::Forbidden | Error::Problem(_))), "{refused:?}");
    let models = kit.app.models_view().await.unwrap().models;
    assert!(models.iter().all(|model| model.label != "stage@2"), "nothing entered the registry");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_exchanged_behind_the_registry_does_not_act() {
    let kit = TestApp::with_customers(300).await;
    let (file, until) = made(&kit).await;
    let analyst = kit.person(Role::Analyst).await;
    let read = About::read(&about(&until, "\"stage\"")).unwrap();
    let (version, _) = kit.app.bring_model(&analyst, file, read).await.unwrap();
    let path = kit.home().join("models").join(format!("{}.json", version.content_hash));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"onnx\":\"C", "\"onnx\":\"D", 1)).unwrap();
    let faults = kit.app.registry_faults().await.unwrap();
    assert!(faults.iter().any(|fault| fault.message.contains("stage@2")), "{faults:?}");
}
