//! What pages say of a campaign is what happened to it: the approval as it was given, everybody's reason, all of the
//! messages, and who may let them out.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use flow::Error;
use flow::views::{ApprovalStanding, ApproveRefusal, MessageFilter, Used};
use terms::campaign::CampaignState;
use terms::customer::Language;
use terms::decision::ExclusionReason;
use terms::delivery::DeliveryState;
use terms::person::Role;
use testkit::TestApp;

const ALL: &str = "known_days >= 0";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_approved_stays_what_is_shown_when_models_and_audience_have_moved_on() {
    let kit = TestApp::with_customers(600).await;
    let audience = "purchases >= 1 and silent_days >= 0";
    let id = kit.approved("Buyers", audience).await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let approved = kit.app.review(&approver, id, Language::English).await.unwrap();
    assert_eq!(approved.standing, ApprovalStanding::Holds);
    assert_eq!(approved.may_approve, Err(ApproveRefusal::Decided));

    // A model that goes live before the launch is told; the content is not called changed.
    kit.app.lifecycle().await.unwrap();
    let before = kit.app.review(&approver, id, Language::English).await.unwrap();
    let moved_on = before.standing == ApprovalStanding::NewModel;
    assert!(moved_on || before.standing == ApprovalStanding::Holds, "{:?}", before.standing);
    let id = if moved_on { kit.approved("Buyers again", audience).await } else { id };
    let approved = kit.app.review(&approver, id, Language::English).await.unwrap();
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.work_for_a_day().await;

    // Afterwards another model acts and the clock is elsewhere: the page shows what was approved and frozen.
    kit.app.lifecycle().await.unwrap();
    kit.app.clock().set(kit.app.now().plus_days(400));
    let after = kit.app.review(&approver, id, Language::Spanish).await.unwrap();
    assert_eq!(after.standing, ApprovalStanding::Holds);
    assert_eq!((&after.content_hash, &after.models), (&approved.content_hash, &approved.models));
    assert_eq!(after.approved_by.as_deref(), Some("The approver"));
    let frozen = kit.app.store().funnel(id).await.unwrap();
    assert!(after.compose.audience.frozen);
    assert_eq!(after.compose.audience.people as i64, frozen.audience);
    assert_eq!(after.compose.audience.would_plan as i64, frozen.planned());
    let blocked =
        after.compose.checks.iter().flat_map(|check| &check.report.findings).filter(|f| f.blocks).count();
    assert_eq!(blocked, 0, "an offer that has ended since was not ended when it was approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_left_out_is_told_the_reason_and_the_models_of_the_audience() {
    let kit = TestApp::with_customers(600).await;
    kit.app.lifecycle().await.unwrap();
    let id = kit.approved("Buyers", "purchases >= 1").await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    let live = kit.app.review(&marketer, id, Language::English).await.unwrap().models;
    let excluded = MessageFilter::Excluded(ExclusionReason::NoConsent);
    let report = kit.app.report(&marketer, id, excluded, 1).await.unwrap();
    let line = &report.messages[0];
    assert_eq!((line.state.as_str(), line.reason.as_deref()), ("excluded", Some("no_consent")));
    let why = kit.app.why(line.id, Language::English).await.unwrap();
    assert_eq!((why.state.as_str(), why.exclusion.as_deref()), ("excluded", Some("no_consent")));
    assert_eq!((why.subject.as_str(), why.propensity), ("", None));
    assert_eq!(why.models, live);
    assert!(why.reasons.iter().any(|reason| !reason.allows));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_of_a_campaign_can_be_reached_page_by_page_and_by_state_and_reason() {
    let kit = TestApp::with_customers(300).await;
    let id = kit.approved("Everybody", ALL).await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    let mut seen = std::collections::BTreeSet::new();
    let first = kit.app.report(&marketer, id, MessageFilter::All, 1).await.unwrap();
    assert_eq!((first.matches, first.pages), (300, 6));
    for page in 1..=first.pages {
        let view = kit.app.report(&marketer, id, MessageFilter::All, page).await.unwrap();
        assert!(view.messages.iter().all(|line| seen.insert(line.id.0)), "a row on two pages");
    }
    assert_eq!(seen.len(), 300);
    let beyond = kit.app.report(&marketer, id, MessageFilter::All, 99).await.unwrap();
    assert_eq!(beyond.page, 6, "a page too far is the last one");
    let planned = MessageFilter::State(DeliveryState::Planned);
    let view = kit.app.report(&marketer, id, planned, 1).await.unwrap();
    assert!(view.matches > 50 && view.messages.iter().all(|line| line.state == "planned"));
    assert_eq!(view.matches, view.planned);
    let held_out = MessageFilter::Excluded(ExclusionReason::Control);
    let view = kit.app.report(&marketer, id, held_out, 1).await.unwrap();
    assert!(view.matches > 0 && view.messages.iter().all(|line| line.reason.as_deref() == Some("control")));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_marketer_and_approver_launch_and_all_but_the_analyst_may_stop() {
    let kit = TestApp::with_customers(60).await;
    for role in [Role::Analyst, Role::PrivacyOfficer, Role::Engineer] {
        let id = kit.approved(&format!("By the {role}"), ALL).await;
        let person = kit.person(role).await;
        let refused = kit.app.launch_campaign(&person, id).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{role}: {refused:?}");
        let marketer = kit.person(Role::Marketer).await;
        kit.app.launch_campaign(&marketer, id).await.unwrap();
        let paused = kit.app.pause_campaign(&person, id).await;
        if role == Role::Analyst {
            assert!(matches!(paused, Err(Error::Forbidden)), "{role}: {paused:?}");
            kit.app.stop_campaign(&marketer, id).await.unwrap();
            continue;
        }
        paused.unwrap();
        let resumed = kit.app.resume_campaign(&person, id).await;
        assert!(matches!(resumed, Err(Error::Forbidden)), "resuming lets messages out, too: {resumed:?}");
        kit.app.stop_campaign(&person, id).await.unwrap();
        let state = kit.app.store().campaign(id).await.unwrap().state;
        assert_eq!(state, CampaignState::Stopped);
    }
    let id = kit.approved("By the approver", ALL).await;
    kit.app.launch_campaign(&kit.person(Role::Approver).await, id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_told_of_a_score_only_when_one_was_used_and_keeps_their_language() {
    let kit = TestApp::with_customers(200).await;
    let marketer = kit.person(Role::Marketer).await;
    for (audience, used) in
        [("known_days >= 0", Used::Record), ("purchases >= 1 or stage = prospect", Used::Behaviour)]
    {
        let id = kit.approved(audience, audience).await;
        kit.app.launch_campaign(&marketer, id).await.unwrap();
        let planned =
            kit.app.store().messages_of_campaign(id, Some(DeliveryState::Planned), 1, 0).await.unwrap();
        let [why, preferences, _] = kit.app.customer_links(planned[0].id).unwrap();
        assert_eq!(kit.app.customer_why(&why).await.unwrap().used, used, "{audience}");
        let before = kit.app.preferences(&preferences).await.unwrap();
        let form = flow::views::PreferencesForm {
            channels: vec![terms::consent::Channel::Email],
            profiling: before.profiling,
            ai_content: before.ai_content,
            measurement: before.measurement,
            sharing: before.sharing,
            personalisation: None,
            topics: None,
            max_per_month: None,
            language: None,
        };
        let after = kit.app.save_preferences(&preferences, &form).await.unwrap();
        assert_eq!(after.language, before.language);
        kit.app.stop_campaign(&marketer, id).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_of_the_library_resembles_forbidden_words() {
    let kit = TestApp::with_customers(60).await;
    let mut sentences = 0;
    for template in gateway::text_model::template::library() {
        let compose = kit.app.compose_new(Some(template.id), Language::English).await.unwrap();
        for check in &compose.checks {
            let cues: Vec<_> = check.report.findings.iter().filter(|finding| finding.rule == "L1").collect();
            assert!(cues.is_empty(), "{}: {cues:#?}", template.id);
            sentences += check.report.sentences.len();
        }
    }
    assert!(sentences > 20, "{sentences} sentences were read");
}
