//! Decisions: each reason, their order, and the same answer in columns as one by one.

use super::*;
use crate::cap::Cap;
use crate::consent::{ConsentState, SaleEvidence};
use crate::quiet_hours::{Holidays, QuietHours, Sundays};
use proptest::prelude::*;
use proptest::sample::select;
use terms::consent::{Channel, ConsentStatus, LawfulBasis, SuppressionReason};
use terms::customer::Language;
use terms::decision::{Decision, ExclusionReason};
use terms::ids::{CampaignId, CustomerKey};
use terms::preference::{NameUse, PersonalNeed, Personalisation};
use terms::time::{Day, Instant};

fn noon() -> Instant {
    Day::from_ymd(2026, 3, 4).unwrap().start().plus_hours(12)
}

fn agreed() -> Option<ConsentState> {
    Some(ConsentState {
        status: ConsentStatus::Granted,
        basis: LawfulBasis::Consent,
        evidence: SaleEvidence::None,
        at: Day::from_ymd(2026, 1, 4).unwrap().start(),
        source: "checkout".into(),
        notice_version: "v3".into(),
    })
}

const fn need(stated: u32, name: NameUse) -> PersonalNeed {
    PersonalNeed { stated, name }
}

/// Somebody who may be contacted.
fn willing() -> Subject {
    Subject {
        has_address: true,
        marketing: agreed(),
        profiling: agreed(),
        ai_content: agreed(),
        time_zone: Some("Europe/Madrid".into()),
        ..Subject::unknown(CustomerKey::new("C-1"), Language::Spanish)
    }
}

fn rules() -> Rules {
    Rules {
        struck: Vec::new(),
        campaign: CampaignId(3),
        channel: Channel::Email,
        uses_profiling: true,
        written_with_ai: true,
        languages: vec![(Language::Spanish, need(1, NameUse::Optional))],
        topic: "coffee".into(),
        starts_at: noon().plus_days(-1),
        ends_at: noon().plus_days(2),
        limits: BrandLimits::default(),
    }
}

fn reason(subject: &Subject, rules: &Rules) -> Option<ExclusionReason> {
    match decide(subject, rules, noon()).decision() {
        Decision::Contact => None,
        Decision::Exclude { reason } => Some(reason),
    }
}

type Fault = fn(&mut Subject);

/// One change each that makes a reason hold, in the order of the reasons.
fn faults() -> Vec<(ExclusionReason, Fault)> {
    vec![
        (ExclusionReason::Restricted, |s| s.restricted = true),
        (ExclusionReason::NoAddress, |s| s.has_address = false),
        (ExclusionReason::Suppressed, |s| s.suppressed = Some(SuppressionReason::Complaint)),
        (ExclusionReason::NoConsent, |s| s.marketing = None),
        (ExclusionReason::NoProfiling, |s| s.profiling = None),
        (ExclusionReason::NoAiContent, |s| s.ai_content = None),
        (ExclusionReason::Topic, |s| s.topics = vec!["tea".into()]),
        (ExclusionReason::Cap, |s| s.contacts = vec![noon().plus_days(-1)]),
        (ExclusionReason::Fatigue, |s| s.harm = Some(Harm { expected: 0.08, low: 0.03 })),
        (ExclusionReason::NotWorthAContact, |s| {
            s.worth = Some(Worth { expected: -0.4, cost: 0.6, high: -0.1 })
        }),
        (ExclusionReason::QuietHours, |s| s.time_zone = None),
        (ExclusionReason::NoVariant, |s| s.language = Language::English),
        (ExclusionReason::Personalisation, |s| {
            (s.personalisation, s.language) = (Personalisation::None, Language::Spanish);
        }),
        (ExclusionReason::OtherCampaign, |s| s.planned_elsewhere = Some(CampaignId(2))),
        (ExclusionReason::MissingFacts, |s| s.missing = vec!["contact history".into()]),
        (ExclusionReason::GlobalHoldout, |s| s.holdout_until = Day::from_ymd(2026, 3, 31)),
        (ExclusionReason::Control, |s| s.in_control = true),
    ]
}

#[test]
fn somebody_who_agreed_to_everything_is_contacted() {
    let outcome = decide(&willing(), &rules(), noon());
    assert_eq!(outcome.decision(), Decision::Contact);
    assert_eq!(outcome.not_before(), Some(noon()));
    assert!(outcome.reasons().iter().all(|reason| reason.allows));
}

#[test]
fn each_fault_alone_is_the_reason_that_is_named() {
    for (expected, break_it) in faults() {
        let mut subject = willing();
        break_it(&mut subject);
        assert_eq!(reason(&subject, &rules()), Some(expected));
    }
}

#[test]
fn words_that_the_approver_left_out_reach_nobody() {
    let subject = willing();
    let struck = Rules { struck: vec![subject.language], ..rules() };
    assert_eq!(reason(&subject, &struck), Some(ExclusionReason::NotApproved));
    let other = Rules { struck: vec![Language::English], ..rules() };
    assert_eq!(subject.language, Language::Spanish);
    assert_eq!(reason(&subject, &other), None);
}

#[test]
fn of_several_reasons_the_first_in_order_is_named_and_all_are_kept() {
    let faults = faults();
    // What an approver left out is a rule of the campaign, the guard speaks later, and a pilot is drawn elsewhere.
    let of_customers = ExclusionReason::ALL.iter().copied().filter(|reason| {
        use ExclusionReason::{Guard, NotApproved, Pilot};
        !matches!(reason, Guard | NotApproved | Pilot)
    });
    assert_eq!(faults.iter().map(|fault| fault.0).collect::<Vec<_>>(), of_customers.collect::<Vec<_>>());
    for from in 0..faults.len() {
        let mut subject = willing();
        faults[from..].iter().for_each(|(_, break_it)| break_it(&mut subject));
        let outcome = decide(&subject, &rules(), noon());
        if faults[from].0 != ExclusionReason::NoVariant {
            assert_eq!(outcome.decision(), Decision::Exclude { reason: faults[from].0 });
        }
        let about_them = outcome.reasons().iter().filter(|reason| reason.check != "approval.language");
        let denied: Vec<bool> = about_them.map(|reason| !reason.allows).collect();
        // Words there are in no language ask for no facts either: of these two faults one hides the other.
        let hidden = |at: usize| faults[at].0 == ExclusionReason::NoVariant && from <= at;
        let expected: Vec<bool> = (0..faults.len()).map(|at| at >= from && !hidden(at)).collect();
        assert_eq!(denied, expected);
    }
}

#[test]
fn somebody_nothing_is_known_about_is_never_contacted() {
    let nobody = Subject::unknown(CustomerKey::new("C-1"), Language::Spanish);
    assert_eq!(reason(&nobody, &rules()), Some(ExclusionReason::NoAddress));
}

#[test]
fn denied_and_withdrawn_are_no_consent() {
    for status in [ConsentStatus::Denied, ConsentStatus::Withdrawn] {
        let mut subject = willing();
        subject.marketing = agreed().map(|state| ConsentState { status, ..state });
        assert_eq!(reason(&subject, &rules()), Some(ExclusionReason::NoConsent));
    }
}

#[test]
fn a_soft_opt_in_counts_only_with_sale_evidence() {
    let mut subject = willing();
    let soft =
        |evidence| agreed().map(|state| ConsentState { basis: LawfulBasis::SoftOptIn, evidence, ..state });
    subject.marketing = soft(SaleEvidence::Sale);
    assert_eq!(reason(&subject, &rules()), None);
    subject.marketing = soft(SaleEvidence::None);
    assert_eq!(reason(&subject, &rules()), Some(ExclusionReason::NoConsent));
}

#[test]
fn profiling_and_ai_consent_are_asked_only_where_they_are_used() {
    let mut subject = willing();
    (subject.profiling, subject.ai_content) = (None, None);
    let plain = Rules { uses_profiling: false, written_with_ai: false, ..rules() };
    assert_eq!(reason(&subject, &plain), None);
}

#[test]
fn the_customers_own_limit_holds_beside_the_brands() {
    let mut subject = willing();
    subject.contacts = vec![noon().plus_days(-10), noon().plus_days(-20)];
    assert_eq!(reason(&subject, &rules()), None);
    subject.monthly_max = Some(2);
    assert_eq!(reason(&subject, &rules()), Some(ExclusionReason::Cap));
    subject.contacts = Vec::new();
    subject.monthly_max = Some(0);
    assert_eq!(reason(&subject, &rules()), Some(ExclusionReason::Cap));
}

#[test]
fn who_chose_topics_gets_those_and_what_is_of_interest_to_everybody() {
    let mut subject = willing();
    assert_eq!(reason(&subject, &rules()), None);
    subject.topics = vec!["tea".into()];
    assert_eq!(reason(&subject, &rules()), Some(ExclusionReason::Topic));
    assert_eq!(reason(&subject, &Rules { topic: String::new(), ..rules() }), None);
    subject.topics.push("coffee".into());
    assert_eq!(reason(&subject, &rules()), None);
}

#[test]
fn a_text_that_needs_more_facts_than_the_customer_allows_is_not_sent_to_them() {
    let with = |stated, name, personalisation| {
        let rules = Rules { languages: vec![(Language::Spanish, need(stated, name))], ..rules() };
        reason(&Subject { personalisation, ..willing() }, &rules)
    };
    assert_eq!(with(0, NameUse::Optional, Personalisation::None), None);
    assert_eq!(with(0, NameUse::Required, Personalisation::None), Some(ExclusionReason::Personalisation));
    assert_eq!(with(1, NameUse::Optional, Personalisation::Basic), None);
    assert_eq!(with(2, NameUse::Optional, Personalisation::Basic), Some(ExclusionReason::Personalisation));
    assert_eq!(with(3, NameUse::Optional, Personalisation::Full), None);
    assert_eq!(with(3, NameUse::Required, Personalisation::Full), Some(ExclusionReason::Personalisation));
}

#[test]
fn fatigue_is_a_lower_bound_above_the_brands_limit_and_a_limit_that_is_no_number_allows_nobody() {
    let with = |low, most_harm| {
        let subject = Subject { harm: Some(Harm { expected: 0.5, low }), ..willing() };
        reason(&subject, &Rules { limits: BrandLimits { most_harm, ..BrandLimits::default() }, ..rules() })
    };
    assert_eq!(with(0.02, 0.02), None);
    assert_eq!(with(0.021, 0.02), Some(ExclusionReason::Fatigue));
    assert_eq!(with(0.0, f64::NAN), Some(ExclusionReason::Fatigue));
}

#[test]
fn at_night_the_decision_is_to_contact_in_the_morning() {
    let night = Day::from_ymd(2026, 3, 4).unwrap().start().plus_hours(22);
    let outcome = decide(&willing(), &rules(), night);
    assert_eq!(outcome.decision(), Decision::Contact);
    // 08:00 in Madrid in winter is 07:00 UTC.
    assert_eq!(outcome.not_before(), Some(Day::from_ymd(2026, 3, 5).unwrap().start().plus_hours(7)));
}

#[test]
fn after_its_end_a_campaign_contacts_nobody() {
    let late = Rules { ends_at: noon().plus_hours(-1), ..rules() };
    assert_eq!(reason(&willing(), &late), Some(ExclusionReason::QuietHours));
}

#[test]
fn a_reason_names_the_receipt_it_rests_on() {
    let outcome = decide(&willing(), &rules(), noon());
    let line = outcome.reasons().iter().find(|reason| reason.check == "consent.marketing.email").unwrap();
    assert_eq!(line.found, "granted 2026-01-04 through checkout, notice v3");
    let cap = outcome.reasons().iter().find(|reason| reason.check == "cap").unwrap();
    assert_eq!(cap.found, "0 of 4 in 30 days, 0 of 1 in 3 days");
}

fn consent() -> impl Strategy<Value = Option<ConsentState>> {
    let state = (
        prop_oneof![4 => Just(ConsentStatus::Granted), 1 => select(ConsentStatus::ALL)],
        prop_oneof![4 => Just(LawfulBasis::Consent), 1 => select(LawfulBasis::ALL)],
        select(vec![SaleEvidence::Sale, SaleEvidence::None]),
    )
        .prop_map(|(status, basis, evidence)| {
            agreed().map(|state| ConsentState { status, basis, evidence, ..state })
        });
    prop_oneof![1 => Just(None), 9 => state]
}

fn rarely() -> impl Strategy<Value = bool> {
    proptest::bool::weighted(0.05)
}

fn subject() -> impl Strategy<Value = Subject> {
    let zone = select(vec![None, Some("Europe/Madrid"), Some("America/New_York"), Some("nowhere")]);
    let country = select(vec![None, Some("ES"), Some("US"), Some("XX")]);
    (
        (rarely(), rarely(), rarely(), rarely(), rarely(), rarely()),
        (consent(), consent(), consent()),
        proptest::collection::vec(-60i64..10, 0..6),
        proptest::option::weighted(0.2, 0u32..5),
        (zone, country, select(Language::ALL)),
        (
            select(vec![Vec::new(), vec!["coffee".to_owned()], vec!["tea".to_owned(), "cups".to_owned()]]),
            select(Personalisation::ALL),
            proptest::option::of(0.0f64..0.06),
            (proptest::option::weighted(0.3, -0.5f64..2.0), rarely()),
        ),
    )
        .prop_map(|(flags, consents, contacts, monthly_max, (zone, country, language), chosen)| {
            Subject {
                customer: CustomerKey::new("C-1"),
                restricted: flags.0,
                has_address: !flags.1,
                suppressed: flags.2.then_some(SuppressionReason::HardBounce),
                marketing: consents.0,
                profiling: consents.1,
                ai_content: consents.2,
                contacts: contacts.into_iter().map(|days| noon().plus_days(days)).collect(),
                monthly_max,
                topics: chosen.0,
                personalisation: chosen.1,
                harm: chosen.2.map(|low| Harm { expected: low * 1.5, low }),
                worth: chosen.3.0.map(|high| Worth { expected: high - 0.3, cost: 0.2, high }),
                holdout_until: chosen.3.1.then_some(noon().day()),
                time_zone: zone.map(str::to_owned),
                country: country.map(|code| code.parse().unwrap()),
                language,
                planned_elsewhere: flags.3.then_some(CampaignId(9)),
                missing: if flags.4 { vec!["profile".to_owned()] } else { Vec::new() },
                in_control: flags.5,
            }
        })
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let caps = proptest::collection::vec((1u32..5, 1u32..40), 0..3);
    (
        select(Channel::ALL),
        (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
        caps,
        -3i64..3,
        0i64..80,
        (any::<bool>(), any::<bool>()),
        (select(vec!["", "coffee", "tea"]), 0u32..4, select(NameUse::ALL), 0u32..4, 0.0f64..0.06),
    )
        .prop_map(
            |(channel, (profiling, ai, both, zones), caps, start, hours, (quiet_sundays, rest), words)| {
                Rules {
                    channel,
                    uses_profiling: profiling,
                    written_with_ai: ai,
                    languages: Language::ALL
                        .iter()
                        .filter(|language| both || **language == Language::Spanish)
                        .map(|language| (*language, need(words.1, words.2)))
                        .collect(),
                    topic: words.0.to_owned(),
                    starts_at: noon().plus_days(start),
                    ends_at: noon().plus_days(start).plus_hours(hours),
                    limits: BrandLimits {
                        caps: caps
                            .into_iter()
                            .map(|(limit, window_days)| Cap { limit, window_days })
                            .collect(),
                        quiet: QuietHours {
                            sundays: if quiet_sundays { Sundays::Quiet } else { Sundays::Usual },
                            holidays: if rest { Holidays::Quiet } else { Holidays::Usual },
                            ..QuietHours::STANDARD
                        },
                        zones: if zones { vec!["Europe/Lisbon".to_owned()] } else { Vec::new() },
                        personal_facts: words.3,
                        most_harm: words.4,
                    },
                    ..rules()
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn columns_and_single_customers_get_the_same_decision(
        subjects in proptest::collection::vec(subject(), 0..40),
        rules in any_rules(),
        hour in 0i64..48,
    ) {
        let now = noon().plus_hours(hour);
        let mut columns = SubjectColumns::with_capacity(subjects.len());
        subjects.iter().for_each(|subject| columns.push(subject));
        let together = decide_columns(&columns, &rules, now);
        let apart: Vec<Outcome> = subjects.iter().map(|subject| decide(subject, &rules, now)).collect();
        prop_assert_eq!(together.decisions, apart.iter().map(Outcome::decision).collect::<Vec<_>>());
        prop_assert_eq!(together.not_before, apart.iter().map(Outcome::not_before).collect::<Vec<_>>());
    }

    /// The decision is the first line that does not allow, and there is one exactly when somebody is left out.
    #[test]
    fn reasons_and_decision_never_disagree(subject in subject(), rules in any_rules()) {
        let outcome = decide(&subject, &rules, noon());
        let first = outcome.reasons().iter().position(|reason| !reason.allows);
        let elsewhere = |reason: &ExclusionReason| matches!(reason, ExclusionReason::Guard | ExclusionReason::Pilot);
        let decided: Vec<_> = ExclusionReason::ALL.iter().copied().filter(|reason| !elsewhere(reason)).collect();
        let expected = first.map_or(Decision::Contact, |at| Decision::Exclude { reason: decided[at] });
        prop_assert_eq!(outcome.decision(), expected);
        prop_assert_eq!(outcome.reasons().len(), decided.len());
    }
}

proptest! {
    /// Whoever is contacted may be used for it, by the one rule that all reads for a purpose follow.
    #[test]
    fn nobody_is_contacted_whose_data_may_not_be_used_for_it(subject in subject(), rules in any_rules()) {
        use crate::purpose::{Flags, Standing, Use, may};
        // All else speaks for the contact, so that most of what is left hangs on the receipts.
        let subject = Subject {
            restricted: subject.restricted,
            marketing: subject.marketing,
            profiling: subject.profiling,
            ai_content: subject.ai_content,
            ..willing()
        };
        let rules = Rules {
            channel: rules.channel,
            uses_profiling: rules.uses_profiling,
            written_with_ai: rules.written_with_ai,
            ..self::rules()
        };
        if decide(&subject, &rules, noon()).decision() != Decision::Contact {
            return Ok(());
        }
        let flags = Flags { restricted: subject.restricted, ..Flags::default() };
        let stands = |said: &Option<ConsentState>| Standing::new(said.clone(), flags);
        prop_assert_eq!(may(Use::Marketing(rules.channel), &stands(&subject.marketing)), Ok(()));
        if rules.uses_profiling {
            prop_assert_eq!(may(Use::Profiling, &stands(&subject.profiling)), Ok(()));
        }
        if rules.written_with_ai {
            prop_assert_eq!(may(Use::AiContent, &stands(&subject.ai_content)), Ok(()));
        }
    }
}

/// Every note a decision can write, one of each kind, in the file that whoever translates them is held to.
#[test]
fn the_notes_of_a_decision_are_those_that_are_listed() {
    let mut notes = std::collections::BTreeSet::new();
    let mut note = |subject: &Subject, rules: &Rules| {
        for reason in decide(subject, rules, noon()).reasons() {
            notes.insert(format!("{} | {}", reason.check, reason.found));
        }
    };
    note(&willing(), &rules());
    for (_, break_it) in faults() {
        let mut subject = willing();
        break_it(&mut subject);
        note(&subject, &rules());
    }
    for (basis, evidence) in [
        (LawfulBasis::SoftOptIn, SaleEvidence::Sale),
        (LawfulBasis::SoftOptIn, SaleEvidence::None),
        (LawfulBasis::LegitimateInterest, SaleEvidence::None),
    ] {
        let marketing =
            agreed().map(|state| ConsentState { basis, evidence, source: "sale".into(), ..state });
        note(&Subject { marketing, ..willing() }, &rules());
    }
    let taken_back = agreed().map(|state| ConsentState {
        status: ConsentStatus::Withdrawn,
        source: String::new(),
        notice_version: String::new(),
        ..state
    });
    note(&Subject { marketing: taken_back, ..willing() }, &rules());
    let plain = Rules { uses_profiling: false, written_with_ai: false, ..rules() };
    note(&willing(), &plain);
    note(&willing(), &Rules { topic: String::new(), ..rules() });
    note(&willing(), &Rules { struck: vec![Language::Spanish], ..rules() });
    let rich = Rules { languages: vec![(Language::Spanish, need(0, NameUse::Optional))], ..rules() };
    note(&willing(), &rich);
    let late = Rules { ends_at: noon().plus_days(-1), ..rules() };
    note(&willing(), &late);
    let free = Rules { limits: BrandLimits { caps: Vec::new(), ..rules().limits }, ..rules() };
    note(&willing(), &free);
    let listed: std::collections::BTreeSet<String> =
        include_str!("found.txt").lines().map(str::to_owned).collect();
    let missing: Vec<_> = notes.difference(&listed).collect();
    let stale: Vec<_> = listed.difference(&notes).collect();
    assert!(missing.is_empty() && stale.is_empty(), "missing: {missing:#?}, stale: {stale:#?}");
}
