//! Training from the first lesson to an approval: a certificate is earned by a test, holds for a year, and without it
//! nobody approves or overrides, whatever is written past the flow.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop where it cannot go on"
)]

use std::collections::BTreeSet;

use flow::access::{On, Permission};
use flow::training::{Library, Standing, Ticked};
use flow::{Error, Problem};
use terms::customer::Language;
use terms::ids::{CampaignId, PersonId};
use terms::ledger::Action;
use terms::person::{Person, Role};
use terms::training::{Lesson, Test, TestOrigin};
use testkit::{PASSWORD, TestApp};

/// What whoever knows the bank ticks, as positions on their page.
fn knows(test: &Test) -> Ticked {
    let drawn = policy::training::draw(&test.seed, &Library::get().unwrap().items());
    drawn.into_iter().map(|question| (question.id, question.right)).collect()
}

async fn newcomer(kit: &TestApp, role: Role) -> Person {
    let id = kit.app.add_person("Nuria", "nuria@aurora.example", role, PASSWORD).await.unwrap();
    kit.app.store().person(id).await.unwrap()
}

fn problem<T: std::fmt::Debug>(answer: Result<T, Error>) -> Problem {
    match answer {
        Err(Error::Problem(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

async fn actions(kit: &TestApp, object: &str) -> Vec<Action> {
    kit.app.store().entries_of(object).await.unwrap().into_iter().map(|entry| entry.entry.action).collect()
}

#[tokio::test]
async fn nobody_approves_without_a_certificate_and_the_refusal_leads_to_the_test() {
    let kit = TestApp::with_customers(40).await;
    let nuria = newcomer(&kit, Role::Approver).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.draft("A", "everyone").await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let review = kit.app.review(&nuria, id, Language::English).await.unwrap();
    assert_eq!(review.may_approve, Err(flow::views::ApproveRefusal::NotCertified));
    assert!(!review.actions.contains(&flow::views::CampaignAction::Approve));
    let refused = problem(kit.app.approve_campaign(&nuria, id, &review.content_hash, "").await);
    assert_eq!(refused, Problem::NotCertified { ended: None });
    assert!(refused.to_string().contains("/training/test"), "{refused}");

    let test = kit.app.begin_test(&nuria, TestOrigin::Person).await.unwrap();
    assert!(kit.app.hand_in(&nuria, test.id, &knows(&test)).await.unwrap().passed);
    assert_eq!(actions(&kit, &format!("test/{}", test.id)).await, [Action::TestBegun, Action::TestPassed]);
    let review = kit.app.review(&nuria, id, Language::English).await.unwrap();
    assert_eq!(review.may_approve, Ok(()));
    kit.app.approve_campaign(&nuria, id, &review.content_hash, "").await.unwrap();
}

#[tokio::test]
async fn a_certificate_that_has_ended_approves_nothing_and_the_try_stands_in_the_ledger() {
    let kit = TestApp::with_customers(40).await;
    let approver = kit.person(Role::Approver).await;
    let start = kit.app.now();
    kit.app.clock().set(start.plus_days(340));
    assert!(matches!(kit.app.standing_of(approver.id).await.unwrap(), Standing::EndsSoon { .. }));
    kit.app.clock().set(start.plus_days(365));
    let Standing::Ended { at } = kit.app.standing_of(approver.id).await.unwrap() else { panic!("it holds") };
    assert_eq!(at, start.plus_days(365));
    let approve = || {
        let on = On::Campaign { id: CampaignId(1), author: PersonId(0) };
        kit.app.needs_on(&approver, Permission::Approve, on)
    };
    let refused = problem(approve().await);
    assert_eq!(refused, Problem::NotCertified { ended: Some(at) });
    let object = format!("person/{}", approver.id);
    assert_eq!(actions(&kit, &object).await.last(), Some(&Action::CertificateRefused));
    // Renewed by the same test as anybody's.
    assert!(kit.app.take_demo_test(&approver).await.unwrap().passed);
    assert!(approve().await.is_ok());
}

#[tokio::test]
async fn the_store_refuses_whoever_writes_past_the_flow() {
    let kit = TestApp::with_customers(40).await;
    let nuria = newcomer(&kit, Role::Approver).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.draft("A", "everyone").await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let hash = kit.app.store().campaign_hash(id).await.unwrap().unwrap();
    let written = kit.app.store().approve_campaign(id, nuria.id, &hash, "", kit.app.now()).await;
    assert!(matches!(written, Err(store::Error::NotCertified { ended: None })), "{written:?}");
    let mut tx = kit.app.store().begin().await.unwrap();
    assert!(matches!(tx.certified(nuria.id, kit.app.now()).await, Err(store::Error::NotCertified { .. })));
}

#[tokio::test]
async fn a_privacy_officer_without_a_certificate_overrides_nothing() {
    let kit = TestApp::empty().await;
    let nuria = newcomer(&kit, Role::PrivacyOfficer).await;
    let why = "a count that our warehouse proves each morning";
    let until = kit.app.now().plus_days(5).day();
    let refused = problem(kit.app.override_rule(&nuria, "M3", why, until).await);
    assert_eq!(refused, Problem::NotCertified { ended: None });
    let written =
        kit.app.store().add_override("M3", why, nuria.id, kit.app.now(), kit.app.now().plus_days(5)).await;
    assert!(matches!(written, Err(store::Error::NotCertified { .. })), "{written:?}");
}

#[tokio::test]
async fn a_failed_test_makes_one_wait_shows_reasons_and_certifies_nobody() {
    let kit = TestApp::empty().await;
    let nuria = newcomer(&kit, Role::Approver).await;
    let test = kit.app.begin_test(&nuria, TestOrigin::Person).await.unwrap();
    let asked = kit.app.open_test(&nuria, Language::Spanish).await.unwrap();
    assert_eq!((asked.test, asked.questions.len()), (test.id, flow::training::QUESTIONS));
    let json = serde_json::to_string(&asked).unwrap();
    assert!(!json.contains("\"right\"") && !json.contains("\"why\""), "the open test gives nothing away");
    let all: Ticked =
        asked.questions.iter().map(|q| (q.id.clone(), (0..q.answers.len()).collect())).collect();
    let result = kit.app.hand_in(&nuria, test.id, &all).await.unwrap();
    assert!(!result.passed);
    let told = kit.app.test_result(&nuria, test.id, Language::Spanish).await.unwrap();
    assert!(told.certificate.is_none() && told.next_try == Some(kit.app.now().plus_hours(1)));
    assert!(told.questions.iter().all(|q| !q.why.is_empty() && q.answers.iter().any(|a| a.right)));
    assert!(matches!(
        problem(kit.app.begin_test(&nuria, TestOrigin::Person).await),
        Problem::TestLater { .. }
    ));
    assert_eq!(problem(kit.app.hand_in(&nuria, test.id, &knows(&test)).await), Problem::TestOver);
    assert_eq!(kit.app.standing_of(nuria.id).await.unwrap(), Standing::Never);
    kit.app.clock().set(kit.app.now().plus_hours(1));
    let again = kit.app.begin_test(&nuria, TestOrigin::Person).await.unwrap();
    assert_ne!(again.seed, test.seed);
}

#[tokio::test]
async fn a_test_left_open_ends_and_coming_back_meanwhile_draws_nothing_new() {
    let kit = TestApp::empty().await;
    let nuria = newcomer(&kit, Role::Approver).await;
    let test = kit.app.begin_test(&nuria, TestOrigin::Person).await.unwrap();
    kit.app.clock().set(test.ends_at.plus_seconds(-1));
    assert_eq!(kit.app.begin_test(&nuria, TestOrigin::Person).await.unwrap(), test);
    kit.app.clock().set(test.ends_at);
    assert_eq!(problem(kit.app.hand_in(&nuria, test.id, &knows(&test)).await), Problem::TestOver);
    assert!(matches!(kit.app.open_test(&nuria, Language::English).await, Err(Error::NotFound)));
    assert!(matches!(
        problem(kit.app.begin_test(&nuria, TestOrigin::Person).await),
        Problem::TestLater { .. }
    ));
}

#[tokio::test]
async fn nobody_reads_or_hands_in_somebody_elses_test() {
    let kit = TestApp::empty().await;
    let nuria = newcomer(&kit, Role::Approver).await;
    let marketer = kit.person(Role::Marketer).await;
    let test = kit.app.begin_test(&nuria, TestOrigin::Person).await.unwrap();
    assert!(matches!(kit.app.hand_in(&marketer, test.id, &knows(&test)).await, Err(Error::NotFound)));
    kit.app.hand_in(&nuria, test.id, &knows(&test)).await.unwrap();
    assert!(matches!(kit.app.test_result(&marketer, test.id, Language::English).await, Err(Error::NotFound)));
    let id = kit.app.test_result(&nuria, test.id, Language::English).await.unwrap().certificate.unwrap();
    assert!(matches!(kit.app.certificate(&marketer, id).await, Err(Error::NotFound)));
    assert_eq!(kit.app.certificate(&nuria, id).await.unwrap().mark, (18, 18));
    let approver = kit.person(Role::Approver).await;
    assert_eq!(kit.app.certificate(&approver, id).await.unwrap().name, "Nuria", "who leads may see it");
}

#[tokio::test]
async fn the_team_shows_who_read_what_and_who_is_certified() {
    let kit = TestApp::empty().await;
    let nuria = newcomer(&kit, Role::Approver).await;
    kit.app.read_lesson(&nuria, Lesson::Law).await.unwrap();
    kit.app.read_lesson(&nuria, Lesson::Law).await.unwrap();
    let team = kit.app.training_team().await.unwrap();
    let her = team.people.iter().find(|person| person.name == "Nuria").unwrap();
    assert_eq!((her.read(), her.tests, her.standing), (1, 0, Standing::Never));
    assert_eq!((team.certified, team.needed), (3, 4));
    assert_eq!(actions(&kit, "lesson/law").await, [Action::LessonRead], "once");
    let demo =
        team.people.iter().find(|person| person.role == Role::Approver && person.name != "Nuria").unwrap();
    assert_eq!(demo.certificate.as_ref().unwrap().origin, TestOrigin::Demo);
    assert!(demo.lessons.iter().all(|(_, _, right)| *right == Some(2)));
}

#[tokio::test]
async fn a_lesson_shows_what_the_guard_held_of_ones_own() {
    let kit = TestApp::with_customers(40).await;
    let marketer = kit.person(Role::Marketer).await;
    let mut form = kit.app.compose_new(Some("win_back"), Language::English).await.unwrap().form;
    form.name = "Pressing".to_owned();
    for variant in &mut form.variants {
        if variant.language == Language::English {
            variant.body = "Almost gone! Get it before it sells out.".to_owned();
        }
    }
    kit.app.save_campaign(&marketer, None, 0, &form).await.unwrap();
    let lesson = kit.app.lesson(&marketer, Lesson::Manipulation, Language::English).await.unwrap();
    let rules: BTreeSet<&str> = lesson.held.iter().map(|held| held.rule.as_str()).collect();
    assert!(rules.contains("M3"), "{:?}", lesson.held);
    assert!(lesson.held.iter().all(|held| held.name == "Pressing" && !held.quote.is_empty()));
    let other = kit.app.lesson(&marketer, Lesson::Privacy, Language::English).await.unwrap();
    assert!(other.held.is_empty(), "{:?}", other.held);
}

#[tokio::test]
async fn a_model_is_let_act_only_by_somebody_certified_and_taken_back_by_anybody_who_may() {
    let kit = TestApp::with_customers(400).await;
    let approver = kit.person(Role::Approver).await;
    kit.app.clock().set(kit.app.now().plus_days(366));
    let step = |to| flow::registry::Step {
        label: "stage@1".to_owned(),
        to,
        share: 0,
        reason: "it passed its gates".to_owned(),
    };
    use terms::model::ModelState::{Live, Retired};
    let promoted = problem(kit.app.move_model(&approver, &step(Live)).await);
    assert!(matches!(promoted, Problem::NotCertified { ended: Some(_) }), "{promoted:?}");
    kit.app.move_model(&approver, &step(Retired)).await.unwrap();
}
