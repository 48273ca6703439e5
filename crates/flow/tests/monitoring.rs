//! Watching the guard: what is counted is what happened, samples are judged blind, and rates wait for people.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it cannot go on")]

use flow::monitoring::{CueProposal, Said};
use flow::{Error, Problem, ResponseIn};
use terms::customer::Language;
use terms::delivery::{DeliveryState, ResponseKind};
use terms::estimate::Evidence;
use terms::house::CueKind;
use terms::monitoring::{SampleKind, Truth, Writer};
use terms::person::Role;
use testkit::TestApp;

const HASTY: &str =
    "{{ greeting }}\n\nOnly 3 left! The best coffee in Spain, for €9. Guaranteed to make you happy.";

async fn hasty(kit: &TestApp, name: &str) -> terms::ids::CampaignId {
    let marketer = kit.person(Role::Marketer).await;
    let mut form = kit.app.compose_new(Some("win_back"), Language::English).await.unwrap().form;
    name.clone_into(&mut form.name);
    form.variants.retain(|variant| variant.language == Language::English);
    HASTY.clone_into(&mut form.variants[0].body);
    kit.app.save_campaign(&marketer, None, 0, &form).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_read_twice_counts_once_and_counts_are_those_of_the_reports() {
    let kit = TestApp::empty().await;
    let marketer = kit.person(Role::Marketer).await;
    let id = hasty(&kit, "Hasty").await;
    let view = kit.app.compose(id, Language::English).await.unwrap();
    // Saved and checked again and again, the draft is one text.
    for _ in 0..3 {
        kit.app
            .save_campaign(
                &marketer,
                Some(id),
                kit.app.store().campaign(id).await.unwrap().version,
                &view.form,
            )
            .await
            .unwrap();
        assert!(matches!(kit.app.submit_campaign(&marketer, id).await, Err(Error::Blocked { .. })));
        kit.app.check_form(&view.form, Language::English).await.unwrap();
    }
    let monitor = kit.app.guard_monitor().await.unwrap();
    assert_eq!((monitor.texts, monitor.held), (1, 1));
    // A naive count over the report gives the same.
    let report = &view.checks[0].report;
    assert!(report.findings.len() > 2, "{:?}", report.findings);
    for rule in &monitor.rules {
        let of = |blocks: bool| {
            report.findings.iter().filter(|f| f.rule == rule.rule && f.blocks == blocks).count() as u64
        };
        assert_eq!(rule.blocking, of(true), "{}", rule.rule);
        assert_eq!(rule.for_person + rule.evidence, of(false), "{}", rule.rule);
    }
    let found: u64 = monitor.rules.iter().map(|rule| rule.blocking + rule.for_person + rule.evidence).sum();
    assert_eq!(found, report.findings.len() as u64);
    // Mended it is another text of the same draft: the first one stays the first.
    let mut form = view.form.clone();
    "{{ greeting }}\n\nYour next order comes with {{ offer.discount }} off."
        .clone_into(&mut form.variants[0].body);
    let version = kit.app.store().campaign(id).await.unwrap().version;
    kit.app.save_campaign(&marketer, Some(id), version, &form).await.unwrap();
    let monitor = kit.app.guard_monitor().await.unwrap();
    assert_eq!((monitor.texts, monitor.all.drafts, monitor.all.held), (2, 1, 1));
    assert!(matches!(monitor.all.after, Evidence::Insufficient { .. }), "nobody has judged anything");
    assert!(matches!(monitor.all.before, Evidence::Insufficient { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_told_apart_by_who_wrote_them() {
    let kit = TestApp::empty().await;
    let marketer = kit.person(Role::Marketer).await;
    kit.draft("As it is in the library", "everyone").await;
    hasty(&kit, "By a person").await;
    let mut form = kit.app.compose_new(Some("reward"), Language::English).await.unwrap().form;
    "By a model".clone_into(&mut form.name);
    form.written_with_ai = true;
    kit.app.save_campaign(&marketer, None, 0, &form).await.unwrap();
    let monitor = kit.app.guard_monitor().await.unwrap();
    let writers: Vec<_> =
        monitor.writers.iter().map(|l| (l.writer.unwrap(), l.made_by.as_str(), l.drafts)).collect();
    assert_eq!(
        writers,
        [(Writer::Person, "", 1), (Writer::Template, "win_back", 2), (Writer::Machine, "", 2)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_count_against_the_text_and_samples_are_drawn_once_and_judged_blind() {
    let kit = TestApp::with_customers(300).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.approved("Everybody", "known_days >= 0").await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.work_for_a_day().await;
    let sent = kit.app.store().messages_of_campaign(id, Some(DeliveryState::Sent), 1_000, 0).await.unwrap();
    let answers: Vec<ResponseIn> = sent
        .iter()
        .zip([ResponseKind::Complained, ResponseKind::OptedOut, ResponseKind::Complained])
        .map(|(message, kind)| ResponseIn {
            customer: message.customer.clone(),
            campaign: id,
            kind,
            at: kit.app.now(),
        })
        .collect();
    kit.app.ingest_responses(&answers).await.unwrap();
    let monitor = kit.app.guard_monitor().await.unwrap();
    assert_eq!((monitor.sent, monitor.complained, monitor.opted_out), (sent.len() as u64, 2, 1));

    // The month is not over: nothing is drawn. Then it is, once.
    let reviewer = kit.person(Role::Approver).await;
    assert_eq!(kit.app.draw_guard_samples(Some(1)).await.unwrap(), 0);
    kit.app.clock().set(kit.app.now().plus_days(32));
    let drawn = kit.app.draw_guard_samples(Some(1)).await.unwrap();
    assert_eq!(drawn, 4, "both languages, as drafts and as sent");
    assert_eq!(kit.app.draw_guard_samples(Some(2)).await.unwrap(), 0);
    let draws = kit.app.store().guard_draws().await.unwrap();
    let messages: i64 = draws.iter().filter(|d| d.kind == SampleKind::Sent).map(|d| d.messages).sum();
    assert_eq!(messages, sent.len() as i64);

    let samples = kit.app.guard_samples(&reviewer).await.unwrap();
    let next = samples.next.unwrap();
    let text = kit.app.guard_sample(&reviewer, next).await.unwrap();
    assert!(text.sentences.iter().all(|s| s.guard.is_none() && s.rules.is_empty()), "judged blind");
    let all = |truth| -> Vec<Said> {
        let said = |s: &flow::monitoring::JudgeSentence| Said {
            sentence: s.sentence,
            truth,
            unfair: String::new(),
            note: String::new(),
        };
        text.sentences.iter().map(said).collect()
    };
    let part = &all(Truth::True)[1..];
    let refused = kit.app.judge(&reviewer, next, part).await;
    assert!(matches!(refused, Err(Error::Problem(Problem::NotAllJudged))), "{refused:?}");
    assert!(matches!(kit.app.judge(&marketer, next, &all(Truth::True)).await, Err(Error::Forbidden)));
    kit.app.judge(&reviewer, next, &all(Truth::True)).await.unwrap();
    kit.app.judge(&reviewer, next, &all(Truth::True)).await.unwrap();
    let first = kit.app.store().guard_verdicts_of(next).await.unwrap();
    assert_eq!(first.len(), text.sentences.len(), "said twice is said once");
    kit.app.judge(&reviewer, next, &all(Truth::False)).await.unwrap();
    let view = kit.app.guard_sample(&reviewer, next).await.unwrap();
    assert_eq!(view.history.len(), 2 * text.sentences.len(), "a changed mind is kept beside the first one");
    assert!(
        view.sentences.iter().all(|s| s.guard.is_some() && s.mine.as_ref().unwrap().truth == Truth::False)
    );
    assert!(kit.app.verify_ledger().await.unwrap().verified);
}

/// A draft of forty fair sentences and twelve unfair ones, judged as such by an approver when its month is over.
async fn judged(kit: &TestApp) {
    let places = ["Bilbao", "Cádiz", "Vigo", "Lugo", "Soria", "Teruel", "Murcia", "Huesca"];
    let things = ["cups", "plates", "bowls", "lamps", "chairs"];
    let fair = places.iter().flat_map(|place| {
        things.iter().map(move |thing| format!("In {place} our friends paint {thing} by hand."))
    });
    let whom = ["mother", "father", "sister", "brother", "daughter", "son"];
    let unfair = whom.iter().flat_map(|who| {
        [
            format!("A good child thinks of their {who}."),
            format!("The neighbours sent your {who} something nicer."),
        ]
    });
    let marketer = kit.person(Role::Marketer).await;
    let mut form = kit.app.compose_new(Some("win_back"), Language::English).await.unwrap().form;
    "Judged".clone_into(&mut form.name);
    form.variants.retain(|variant| variant.language == Language::English);
    form.variants[0].body = fair.chain(unfair).collect::<Vec<_>>().join(" ");
    kit.app.save_campaign(&marketer, None, 0, &form).await.unwrap();
    let reviewer = kit.person(Role::Approver).await;
    kit.app.clock().set(kit.app.now().plus_days(32));
    kit.app.draw_guard_samples(Some(1)).await.unwrap();
    let draw = kit.app.guard_samples(&reviewer).await.unwrap().next.unwrap();
    let text = kit.app.guard_sample(&reviewer, draw).await.unwrap();
    let said: Vec<Said> = text
        .sentences
        .iter()
        .map(|sentence| {
            let unfair = ["A good child", "something nicer"].iter().any(|part| sentence.words.contains(part));
            let (truth, unfair) = if unfair { (Truth::CannotTell, "V1") } else { (Truth::True, "") };
            Said { sentence: sentence.sentence, truth, unfair: unfair.to_owned(), note: String::new() }
        })
        .collect();
    assert_eq!(said.iter().filter(|said| said.unfair == "V1").count(), 12);
    kit.app.judge(&reviewer, draw, &said).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_judged_moves_a_cue_when_somebody_accepts_it_and_can_be_taken_back() {
    let kit = TestApp::empty().await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    judged(&kit).await;
    let line = async || {
        let view = kit.app.guard_calibration().await.unwrap();
        let of = |line: &CueProposal| line.language == Language::English && line.cue == CueKind::Any;
        (view.cues.iter().find(|line| of(line)).unwrap().clone(), view.rules_version)
    };
    let shown = async || {
        let said = "The neighbours sent your grandmother something nicer.";
        let check = kit.app.check_message(said, Language::English, Language::English, "").await.unwrap();
        check.report.findings.iter().any(|finding| finding.rule == "L1")
    };
    let (before, version) = line().await;
    assert_eq!((before.positives, before.negatives >= 40, before.now), (12, true, before.built_in));
    let to = before.acceptable().unwrap();
    assert!(to < before.now && before.caught.1 > before.caught.0, "{before:?}");
    assert!(!shown().await);

    // Nobody but who keeps the rules, and only what is proposed now, as it was seen.
    let accept = |who, seen| kit.app.accept_calibration(who, Language::English, CueKind::Any, seen);
    assert!(matches!(accept(&marketer, to).await, Err(Error::Forbidden)));
    assert!(matches!(accept(&approver, to - 0.5).await, Err(Error::Problem(Problem::Stale))));
    let spanish = kit.app.accept_calibration(&approver, Language::Spanish, CueKind::Any, to).await;
    assert!(matches!(spanish, Err(Error::Problem(Problem::Stale))), "nothing was judged in Spanish");
    assert_eq!(line().await.1, version);

    accept(&approver, to).await.unwrap();
    let (set, other) = line().await;
    assert_eq!(
        (set.now, set.set.as_ref().unwrap().by.as_str(), set.acceptable()),
        (to, approver.name.as_str(), None)
    );
    assert_ne!(other, version, "another threshold is another version of the rules");
    assert!(shown().await);

    let undo = |who| kit.app.undo_calibration(who, Language::English, CueKind::Any);
    assert!(matches!(undo(&marketer).await, Err(Error::Forbidden)));
    undo(&approver).await.unwrap();
    assert_eq!((line().await.1, shown().await), (version, false));
    assert!(matches!(undo(&approver).await, Err(Error::Problem(Problem::Stale))));
    assert!(kit.app.verify_ledger().await.unwrap().verified);
}
