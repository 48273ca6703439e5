//! A permit takes every proof, and each proof that is missing, old or about something else refuses it.

use super::*;
use crate::approval::check_approval;
use crate::consent::{ConsentState, SaleEvidence};
use crate::decide::{BrandLimits, Rules, Subject, decide};
use terms::approval::Approval;
use terms::campaign::{Campaign, CampaignPlan, Goal};
use terms::consent::{ConsentStatus, LawfulBasis};
use terms::customer::Language;
use terms::decision::ExclusionReason;
use terms::finding::{Finding, SentenceStatus, Severity, Span, Verdict};
use terms::ids::{ApprovalId, CampaignId, CustomerKey, PersonId};
use terms::message::{Field, Variant};
use terms::time::Day;

const fn no_need(_: &terms::message::Variant) -> terms::preference::PersonalNeed {
    terms::preference::PersonalNeed { stated: 0, name: terms::preference::NameUse::Optional }
}

fn noon() -> Instant {
    Day::from_ymd(2026, 3, 4).unwrap().start().plus_hours(12)
}

fn campaign(state: CampaignState) -> Campaign {
    Campaign {
        id: CampaignId(3),
        plan: CampaignPlan {
            name: "Welcome back".into(),
            goal: Goal::WinBack,
            audience: "stage = churned".into(),
            channel: Channel::Email,
            control_share: 0.1,
            seed: 7,
            starts_at: noon().plus_days(-1),
            ends_at: noon().plus_days(2),
            window_days: 30,
            offer: "offer:welcome-back".into(),
            written_with_ai: false,
            topic: String::new(),
            struck: Vec::new(),
            at_most: None,
        },
        variants: vec![Variant {
            id: None,
            language: Language::Spanish,
            subject: "Hola".into(),
            preheader: String::new(),
            headline: "Hola".into(),
            body: "Te esperamos".into(),
            button: "Ver".into(),
            link: "https://shop.example/".into(),
        }],
        state,
        author: PersonId(1),
        changed_at: noon().plus_days(-2),
        version: 1,
    }
}

fn approval(content: ContentHash) -> Approval {
    Approval {
        id: ApprovalId(1),
        campaign: CampaignId(3),
        approver: PersonId(2),
        content,
        at: noon().plus_days(-1),
        note: String::new(),
    }
}

fn hash(campaign: &Campaign) -> ContentHash {
    campaign.content_hash(&["stage@1".into()]).unwrap()
}

fn subject() -> Subject {
    let agreed = Some(ConsentState {
        status: ConsentStatus::Granted,
        basis: LawfulBasis::Consent,
        evidence: SaleEvidence::None,
        at: noon().plus_days(-60),
        source: "checkout".into(),
        notice_version: "v3".into(),
    });
    Subject {
        has_address: true,
        marketing: agreed.clone(),
        profiling: agreed,
        time_zone: Some("Europe/Madrid".into()),
        ..Subject::unknown(CustomerKey::new("C-1"), Language::Spanish)
    }
}

fn message(content: ContentHash) -> Message {
    Message {
        id: MessageId(118),
        campaign: CampaignId(3),
        customer: CustomerKey::new("C-1"),
        to: "ana@customer.example".into(),
        from: "Shop <hola@shop.example>".into(),
        language: Language::Spanish,
        subject: "Hola".into(),
        html: "<p>Te esperamos</p>".into(),
        text: "Te esperamos".into(),
        unsubscribe_url: "https://shop.example/u/1".into(),
        content,
        written_with_ai: false,
    }
}

fn report(findings: Vec<Finding>) -> GuardReport {
    let sentence =
        |field| SentenceStatus { span: Span { field, start: 0, end: 12 }, verdict: Verdict::Unchecked };
    GuardReport {
        findings,
        sentences: [Field::Subject, Field::Body].map(sentence).to_vec(),
        rules_version: "rules-1".into(),
    }
}

type Change = fn(&mut Message);

/// Everything a permit needs, ready to be spoilt.
struct Proofs {
    campaign: Campaign,
    subject: Subject,
    message: Message,
    decided_at: Instant,
}

impl Proofs {
    fn good() -> Self {
        let campaign = campaign(CampaignState::Running);
        let message = message(hash(&campaign));
        Self { campaign, subject: subject(), message, decided_at: noon() }
    }

    fn mint(&self) -> Result<SendPermit, Refusal> {
        let current = hash(&self.campaign);
        let approved = check_approval(&self.campaign, &[approval(current)], 1, current)?;
        let text = check_text(&report(Vec::new()), current)?;
        let rules = Rules::of(&self.campaign, &BrandLimits::default(), no_need);
        let outcome = decide(&self.subject, &rules, self.decided_at);
        mint(&outcome, &text, &approved, &self.message, noon())
    }
}

#[test]
fn with_every_proof_there_is_a_permit_for_exactly_that_message() {
    let proofs = Proofs::good();
    let permit = proofs.mint().unwrap();
    assert_eq!(permit.admits(&proofs.message, noon().plus_seconds(PERMIT_SECONDS)), Ok(()));
    let changes: [(&str, Change); 5] = [
        ("message", |m| m.id = MessageId(119)),
        ("address", |m| m.to = "eva@customer.example".into()),
        ("approved content", |m| m.content = ContentHash::of([b"other".as_slice()])),
        ("wording", |m| m.text.push_str(" hoy")),
        ("wording", |m| m.unsubscribe_url.clear()),
    ];
    for (what, change) in changes {
        let mut other = proofs.message.clone();
        change(&mut other);
        assert_eq!(permit.admits(&other, noon()), Err(Refusal::OtherMessage(what)));
    }
}

#[test]
fn a_permit_runs_out() {
    let proofs = Proofs::good();
    let permit = proofs.mint().unwrap();
    let late = Instant(permit.expires_at().0 + 1);
    assert_eq!(permit.admits(&proofs.message, late), Err(Refusal::Expired(permit.expires_at())));
    assert!(
        permit.admits(&proofs.message, noon().plus_seconds(-1)).is_err(),
        "nor is it valid before it was made"
    );
}

#[test]
fn withdrawn_consent_blocks_an_approved_send() {
    let mut proofs = Proofs::good();
    if let Some(state) = &mut proofs.subject.marketing {
        state.status = ConsentStatus::Withdrawn;
    }
    assert_eq!(proofs.mint().unwrap_err(), Refusal::Excluded(ExclusionReason::NoConsent));
}

#[test]
fn only_a_running_campaign_sends() {
    for &state in CampaignState::ALL {
        let mut proofs = Proofs::good();
        proofs.campaign.state = state;
        assert_eq!(proofs.mint().is_ok(), state == CampaignState::Running, "{state}");
    }
}

#[test]
fn an_old_decision_is_no_decision() {
    let mut proofs = Proofs::good();
    proofs.decided_at = noon().plus_seconds(-DECISION_SECONDS);
    assert!(proofs.mint().is_ok());
    proofs.decided_at = noon().plus_seconds(-DECISION_SECONDS - 1);
    assert_eq!(proofs.mint().unwrap_err(), Refusal::StaleDecision(proofs.decided_at));
    proofs.decided_at = noon().plus_seconds(1);
    assert_eq!(proofs.mint().unwrap_err(), Refusal::StaleDecision(proofs.decided_at));
}

#[test]
fn at_night_the_permit_waits() {
    let mut proofs = Proofs::good();
    // Noon UTC is 01:00 in Auckland in March (UTC+13); 08:00 there is 19:00 UTC.
    proofs.subject.time_zone = Some("Pacific/Auckland".into());
    assert_eq!(proofs.mint().unwrap_err(), Refusal::NotYet(noon().plus_hours(7)));
}

#[test]
fn a_decision_about_somebody_else_permits_nothing() {
    let mut proofs = Proofs::good();
    proofs.subject.customer = CustomerKey::new("C-2");
    assert_eq!(proofs.mint().unwrap_err(), Refusal::OtherDecision);
}

#[test]
fn a_message_from_other_content_is_refused() {
    let mut proofs = Proofs::good();
    proofs.message.content = ContentHash::of([b"unapproved".as_slice()]);
    assert_eq!(proofs.mint().unwrap_err(), Refusal::OtherContent);
}

#[test]
fn an_address_that_could_inject_a_header_is_no_address() {
    for address in ["", "  ", "a@b.example\r\nBcc: all@b.example"] {
        let mut proofs = Proofs::good();
        proofs.message.to = address.into();
        assert_eq!(proofs.mint().unwrap_err(), Refusal::NoAddress);
    }
}

#[test]
fn the_guard_must_have_read_something_and_found_nothing_that_blocks() {
    let content = ContentHash::of([b"content".as_slice()]);
    let unread = GuardReport { findings: Vec::new(), sentences: Vec::new(), rules_version: "rules-1".into() };
    assert_eq!(check_text(&unread, content).unwrap_err(), Refusal::GuardSilent);
    let finding = |blocks| Finding {
        rule: "M1".into(),
        severity: Severity::Block,
        blocks,
        span: Span { field: Field::Subject, start: 0, end: 4 },
        quote: "Only".into(),
        verdict: Verdict::Unknown,
        message: "no fact says that it ends today".into(),
        repair: "drop it".into(),
        fact: None,
        basis: "UCPD 7".into(),
        overridden: None,
    };
    assert!(check_text(&report(vec![finding(false)]), content).is_ok());
    let refused = check_text(&report(vec![finding(false), finding(true)]), content).unwrap_err();
    assert_eq!(refused, Refusal::GuardBlocks("M1 (no fact says that it ends today)".into()));
}

#[test]
fn a_message_without_subject_or_body_is_never_permitted() {
    let content = ContentHash::of([b"content".as_slice()]);
    for field in [Field::Subject, Field::Body] {
        let mut silent = report(Vec::new());
        silent.sentences.retain(|sentence| sentence.span.field != field);
        assert_eq!(check_text(&silent, content).unwrap_err(), Refusal::NoWords(field));
    }
    let changes: [(Field, Change); 3] = [
        (Field::Subject, |m| m.subject = " \u{a0}".into()),
        (Field::Body, |m| m.text.clear()),
        (Field::Body, |m| m.html = "\n".into()),
    ];
    for (field, change) in changes {
        let mut proofs = Proofs::good();
        change(&mut proofs.message);
        assert_eq!(proofs.mint().unwrap_err(), Refusal::NoWords(field));
    }
}

#[test]
fn text_checked_for_other_content_permits_nothing() {
    let proofs = Proofs::good();
    let current = hash(&proofs.campaign);
    let approved = check_approval(&proofs.campaign, &[approval(current)], 1, current).unwrap();
    let text = check_text(&report(Vec::new()), ContentHash::of([b"other".as_slice()])).unwrap();
    let outcome =
        decide(&proofs.subject, &Rules::of(&proofs.campaign, &BrandLimits::default(), no_need), noon());
    assert_eq!(
        mint(&outcome, &text, &approved, &proofs.message, noon()).unwrap_err(),
        Refusal::OtherTextChecked
    );
}

#[test]
fn an_approval_needs_another_person_and_the_same_content() {
    let mut campaign = campaign(CampaignState::Approved);
    let before = hash(&campaign);
    let given = approval(before);
    assert!(check_approval(&campaign, std::slice::from_ref(&given), 1, before).is_ok());
    assert_eq!(check_approval(&campaign, &[], 1, before).unwrap_err(), Refusal::NotApproved);
    let own = Approval { approver: campaign.author, ..given.clone() };
    assert_eq!(check_approval(&campaign, &[own], 1, before).unwrap_err(), Refusal::AuthorApproved);
    let other = Approval { campaign: CampaignId(4), ..given.clone() };
    assert_eq!(
        check_approval(&campaign, &[other], 1, before).unwrap_err(),
        Refusal::OtherCampaign { approved: 4, asked: 3 }
    );
    let twice = [given.clone(), given.clone()];
    let alone = check_approval(&campaign, &twice, 2, before).unwrap_err();
    assert_eq!(alone, Refusal::TooFewApprovers { given: 1, needed: 2 });
    let second = Approval { approver: PersonId(77), ..given.clone() };
    assert!(check_approval(&campaign, &[second, given.clone()], 2, before).is_ok());
    campaign.plan.control_share = 0.0;
    let refused = check_approval(&campaign, &[given], 1, hash(&campaign)).unwrap_err();
    assert_eq!(refused.code(), "edited_after_approval");
}
