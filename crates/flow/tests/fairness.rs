//! The fairness gate: an audience that falls on groups outside of the brand's policy is not approved and not launched, and
//! what was found stays in counts.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends with the first thing that fails"
)]

use flow::audit::AudienceAudit;
use flow::{Error, Problem};
use policy::fairness_gate::{FairnessPolicy, SmallGroups};
use terms::campaign::CampaignState;
use terms::customer::Language;
use terms::estimate::Evidence;
use terms::fairness::{AuditOccasion, FairnessMeasure, FairnessVerdict};
use terms::ids::CampaignId;
use terms::ledger::Action;
use terms::person::Role;
use testkit::TestApp;

const ALL: &str = "known_days >= 0";
const ALL_BUT: &str = "known_days >= 1";
const ENGLISH: &str = "known_days >= 0 and language = en";

/// Puts a gender into the vault for everybody, as `of` says by position and language.
async fn vault(kit: &TestApp, of: impl Fn(usize, Language) -> &'static str) {
    let officer = kit.person(Role::PrivacyOfficer).await;
    let mut text = String::from("customer,attribute,value\n");
    for (at, customer) in kit.app.store().customers_after(None, 5_000).await.unwrap().iter().enumerate() {
        text.push_str(&format!("{},gender,{}\n", customer.key, of(at, customer.language())));
    }
    let path = kit.home().join("sensitive.csv");
    std::fs::write(&path, text).unwrap();
    kit.app.import_vault(&officer, &path).await.unwrap();
    std::fs::remove_file(&path).unwrap();
}

async fn state(kit: &TestApp, id: CampaignId) -> CampaignState {
    kit.app.store().campaign(id).await.unwrap().state
}

async fn latest(kit: &TestApp, id: CampaignId) -> AudienceAudit {
    kit.app.latest_audit(id).await.unwrap().unwrap()
}

/// Nine of ten who read English are one gender, nine of ten of the others the other: language gives it away.
fn by_language(at: usize, language: Language) -> &'static str {
    if at.is_multiple_of(10) == (language == Language::English) { "two" } else { "one" }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audience_that_treats_groups_alike_is_audited_and_launches() {
    let kit = TestApp::with_customers(600).await;
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
    let id = kit.approved("Everybody", ALL).await;
    let audit = latest(&kit, id).await;
    assert_eq!(audit.occasion, AuditOccasion::Submission);
    // Everybody who may be written to is in: the rates are 1, and the few are counted and not shown.
    let inclusion = audit.findings.iter().find(|one| one.measure == FairnessMeasure::Inclusion).unwrap();
    // With the few the smaller of the two is withheld, since they would follow from it.
    assert_eq!((inclusion.groups.len(), inclusion.small, inclusion.withheld), (1, 1, 1));
    assert!(inclusion.groups.iter().all(|group| group.selected == group.size && group.size > 100));
    let Evidence::Sufficient(ratio) = inclusion.ratio else { panic!("{:?}", inclusion.ratio) };
    assert!((ratio.value - 1.0).abs() < 1e-12 && ratio.interval.low > 0.8);
    assert_eq!(audit.judgement.verdict, FairnessVerdict::Insufficient);
    assert!(audit.may_launch() && audit.remedies.is_empty());
    let text = serde_json::to_string(&audit).unwrap();
    assert!(!text.contains("few"), "{text}");

    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    assert_eq!(latest(&kit, id).await.occasion, AuditOccasion::Launch);
    // Each opening and each audit stands in the ledger, and the calendar finds the running campaign.
    let audited = kit.app.store().entries_of(&format!("campaign/{id}")).await.unwrap();
    let audited: Vec<_> = audited.iter().filter(|e| e.entry.action == Action::FairnessAudited).collect();
    assert_eq!(audited.len(), 2);
    assert_eq!(kit.app.store().entries_of("vault/gender").await.unwrap().len(), 2);
    let analyst = kit.person(Role::Analyst).await;
    let live = kit.app.audit_live(&analyst).await.unwrap();
    assert_eq!(live.len(), 1);
    // Those it was launched for are found again, whatever has been sent since.
    let groups =
        |audit: &AudienceAudit| audit.findings[0].groups.iter().map(|g| g.selected).collect::<Vec<_>>();
    assert_eq!(groups(&live[0]), groups(&audit));
    let view = kit.app.fairness(&marketer).await.unwrap();
    assert_eq!((view.live.len(), view.history.len(), view.unaudited.len()), (1, 3, 0));
    assert!(kit.app.audit_live(&marketer).await.is_err());
    assert!(kit.app.verify_ledger().await.unwrap().verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audience_outside_of_the_policy_is_not_approved_and_says_what_would_help() {
    let kit = TestApp::with_customers(600).await;
    vault(&kit, by_language).await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let id = kit.draft("In English", ENGLISH).await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let review = kit.app.review(&approver, id, Language::English).await.unwrap();
    let refused = kit.app.approve_campaign(&approver, id, &review.content_hash, "").await.unwrap_err();
    assert!(
        matches!(refused, Error::Problem(Problem::UnfairAudience { ratio, limit }) if ratio < 0.8 && limit == 0.8),
        "{refused}"
    );
    assert_eq!(state(&kit, id).await, CampaignState::Submitted);
    let audit = latest(&kit, id).await;
    assert_eq!(audit.judgement.verdict, FairnessVerdict::Refused);
    // Without the condition that gives the attribute away the audience is accepted, and its cost is told.
    let without = audit.remedies.iter().find(|remedy| remedy.condition == "language = en").unwrap();
    assert!(without.people_then > without.people_now && without.ratio_then >= 0.8, "{without:?}");
    assert_eq!((without.audience.as_str(), &without.becomes), (ALL, &None));
    let cut = without.before.as_ref().unwrap();
    assert_eq!((cut.attribute.as_str(), cut.measure), ("gender", FairnessMeasure::Inclusion));
    assert!(cut.ratio.value < 0.8 && without.after.as_ref().unwrap().ratio.value >= 0.8);
    assert_eq!(without.people_now + without.added, without.people_then + without.removed);
    // It is said what the audience uses, and that the same people of the other language would have been chosen.
    assert_eq!(
        (audit.proxies[0].feature.as_str(), audit.proxies[0].attribute.as_str()),
        ("language", "gender")
    );
    assert!(matches!(audit.proxies[0].area, Evidence::Sufficient(area) if area.value > 0.8));
    let flip = &audit.flips[0];
    assert!(flip.exchanged.contains(&"language".to_owned()), "{flip:?}");
    assert!(matches!(flip.changed, Evidence::Sufficient(share) if share.value > 0.5), "{flip:?}");
    assert!(matches!(flip.difference, Evidence::Sufficient(found) if found.excludes_zero()), "{flip:?}");
    // A brand that lowers its limit, with an entry of the ledger, lets it pass.
    let analyst = kit.person(Role::Analyst).await;
    let lenient = FairnessPolicy { lowest_ratio: 0.01, ..FairnessPolicy::default() };
    assert!(kit.app.change_fairness_policy(&marketer, &lenient).await.is_err());
    kit.app.change_fairness_policy(&analyst, &lenient).await.unwrap();
    assert_eq!(kit.app.store().entries_of("fairness/policy").await.unwrap().len(), 1);
    kit.app.approve_campaign(&approver, id, &review.content_hash, "").await.unwrap();
    // Raised again, it is not launched, and the audit that refused it is kept.
    kit.app.change_fairness_policy(&analyst, &FairnessPolicy::default()).await.unwrap();
    let refused = kit.app.launch_campaign(&marketer, id).await.unwrap_err();
    assert!(matches!(refused, Error::Problem(Problem::UnfairAudience { .. })), "{refused}");
    assert_eq!(state(&kit, id).await, CampaignState::Approved);
    assert_eq!(latest(&kit, id).await.occasion, AuditOccasion::Launch);
    assert_eq!(kit.app.store().funnel(id).await.unwrap().audience, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remedy_that_was_offered_makes_a_draft_and_another_audience_does_not() {
    let kit = TestApp::with_customers(600).await;
    vault(&kit, by_language).await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let id = kit.draft("In English", ENGLISH).await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let audit = latest(&kit, id).await;
    // Chance adds as many as the policy asks for, by a seed that stands in the audience.
    let drawn = audit.remedies.iter().find(|remedy| remedy.audience.contains(" or draw(")).unwrap();
    assert!(drawn.added > 0 && drawn.removed == 0 && drawn.ratio_then >= 0.8, "{drawn:?}");
    let refused = kit.app.take_remedy(&marketer, id, ALL_BUT).await.unwrap_err();
    assert!(matches!(refused, Error::Problem(Problem::NoSuchRemedy)), "{refused}");
    assert!(kit.app.take_remedy(&approver, id, &drawn.audience).await.is_err());
    assert_eq!(state(&kit, id).await, CampaignState::Submitted);
    kit.app.take_remedy(&marketer, id, &drawn.audience).await.unwrap();
    assert_eq!(state(&kit, id).await, CampaignState::Draft);
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let again = latest(&kit, id).await;
    assert!(again.may_launch(), "{:?}", again.judgement);
    let review = kit.app.review(&approver, id, Language::English).await.unwrap();
    kit.app.approve_campaign(&approver, id, &review.content_hash, "").await.unwrap();
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    assert_eq!(state(&kit, id).await, CampaignState::Running);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_house_is_audited_for_proxies_and_for_who_hears_nothing() {
    let kit = TestApp::with_customers(600).await;
    vault(&kit, by_language).await;
    let analyst = kit.person(Role::Analyst).await;
    assert!(kit.app.fairness(&analyst).await.unwrap().house.is_none());
    kit.app.audit_live(&analyst).await.unwrap();
    let house = kit.app.fairness(&analyst).await.unwrap().house.unwrap();
    let gender = &house.attributes[0];
    // Of two groups one question is enough; language tells it, and nothing bought does.
    assert_eq!((gender.attribute.as_str(), gender.proxies.len(), gender.withheld), ("gender", 1, 0));
    let away: Vec<&str> = gender.proxies[0]
        .features
        .iter()
        .filter(|line| line.gives_away)
        .map(|line| line.feature.as_str())
        .collect();
    assert!(away.contains(&"language") && !away.contains(&"spend"), "{away:?}");
    assert!(matches!(gender.proxies[0].all, Some(Evidence::Sufficient(all)) if all.value > 0.8));
    // Nobody was written to: that is a figure for each group, and no ratio.
    assert_eq!(gender.exposure.len(), 2);
    for group in &gender.exposure {
        assert!(matches!(group.contacts, Evidence::Sufficient(mean) if mean.value == 0.0));
        assert!(matches!(group.never, Evidence::Sufficient(share) if share.value == 1.0));
    }
    assert!(matches!(gender.contacts_ratio, Evidence::Insufficient { .. }));
    assert_eq!(kit.app.store().entries_of("fairness/house").await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_into_the_vault_after_the_approval_is_found_at_the_launch() {
    let kit = TestApp::with_customers(600).await;
    let id = kit.approved("In English", ENGLISH).await;
    assert!(kit.app.latest_audit(id).await.unwrap().is_none());
    vault(&kit, by_language).await;
    let marketer = kit.person(Role::Marketer).await;
    assert!(kit.app.launch_campaign(&marketer, id).await.is_err());
    assert_eq!(state(&kit, id).await, CampaignState::Approved);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_holds_what_cannot_be_told_holds_small_groups() {
    let kit = TestApp::with_customers(600).await;
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
    let analyst = kit.person(Role::Analyst).await;
    let strict = FairnessPolicy { small_groups: SmallGroups::Hold, ..FairnessPolicy::default() };
    kit.app.change_fairness_policy(&analyst, &strict).await.unwrap();
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let id = kit.draft("Everybody", ALL).await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let review = kit.app.review(&approver, id, Language::English).await.unwrap();
    assert!(kit.app.approve_campaign(&approver, id, &review.content_hash, "").await.is_err());
    let unknown = FairnessPolicy { attributes: vec!["shoe_size".into()], ..FairnessPolicy::default() };
    assert!(kit.app.change_fairness_policy(&analyst, &unknown).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_submitted_before_the_vault_held_anything_is_audited_before_anybody_approves_it() {
    let kit = TestApp::with_customers(600).await;
    let (marketer, approver) = (kit.person(Role::Marketer).await, kit.person(Role::Approver).await);
    let id = kit.draft("In English", ENGLISH).await;
    kit.app.submit_campaign(&marketer, id).await.unwrap();
    let review = kit.app.review(&approver, id, Language::English).await.unwrap();
    vault(&kit, by_language).await;
    let refused = kit.app.approve_campaign(&approver, id, &review.content_hash, "").await.unwrap_err();
    assert!(matches!(refused, Error::Problem(Problem::UnfairAudience { .. })), "{refused}");
    assert_eq!(state(&kit, id).await, CampaignState::Submitted);
    assert_eq!(latest(&kit, id).await.judgement.verdict, FairnessVerdict::Refused);
}
