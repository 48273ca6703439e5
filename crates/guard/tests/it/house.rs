//! A brand's own rules: what each kind finds, what a house refuses, and that nothing it says makes a block silent.

use crate::desk;
use guard::{House, HouseFault, NEVER_LOWERED, rulebook};
use proptest::prelude::*;
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::finding::{Finding, GuardReport, Severity, Verdict};
use terms::house::{CueKind, CueThreshold, HouseData, HouseKind, HouseRule, Override, Raise};
use terms::message::Field;
use terms::person::Role;

fn rule(id: &str, kind: HouseKind) -> HouseRule {
    HouseRule {
        id: id.to_owned(),
        kind,
        severity: Severity::Block,
        name_en: "our words".into(),
        name_es: "nuestras palabras".into(),
        why_en: "That is not how we speak".into(),
        why_es: "No hablamos así".into(),
        repair_en: String::new(),
        repair_es: String::new(),
        en: Vec::new(),
        es: Vec::new(),
        number: None,
        field: None,
        evidence: None,
        evidence_predicate: String::new(),
    }
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn house(rules: Vec<HouseRule>) -> House {
    House::new(HouseData { rules, ..HouseData::default() }).unwrap()
}

fn read(house: &House, language: Language, field: Field, text: &str) -> GuardReport {
    let sheet = guard::FactSheet::new(desk::facts());
    let context = guard::Context { house, ..desk::context(&sheet, language) };
    guard::check(&desk::draft(language, field, text), &context)
}

fn of_house(report: &GuardReport) -> Vec<&Finding> {
    report.findings.iter().filter(|finding| finding.rule.starts_with("B-")).collect()
}

fn quotes(house: &House, language: Language, text: &str) -> Vec<String> {
    of_house(&read(house, language, Field::Body, text)).iter().map(|finding| finding.quote.clone()).collect()
}

fn faults(rule: HouseRule) -> Vec<HouseFault> {
    let read = House::new(HouseData { rules: vec![rule], ..HouseData::default() });
    read.unwrap_err().into_iter().map(|error| error.fault).collect()
}

#[test]
fn terms_are_found_however_they_are_written_and_look_alikes_are_not() {
    let terms = HouseRule {
        en: lines(&["Cheap|bargain", "- dirt cheap humour", "rock-bottom prices?"]),
        es: lines(&["Chollo|chollazo"]),
        ..rule("B-cheap", HouseKind::Terms)
    };
    let house = house(vec![terms]);
    assert_eq!(quotes(&house, Language::English, "A CHEAP lamp. A bаrgain!"), ["CHEAP", "bаrgain"]);
    assert_eq!(quotes(&house, Language::English, "At Rock-bottom prices"), ["Rock-bottom prices"]);
    assert!(quotes(&house, Language::English, "Dirt cheap humour for lamps").is_empty());
    assert!(
        quotes(&house, Language::English, "Un chollo").is_empty(),
        "lines in Spanish are for messages in Spanish"
    );
    assert_eq!(quotes(&house, Language::Spanish, "¡Un chóllo!"), ["chóllo"]);
}

#[test]
fn preferred_wording_says_what_to_write_instead() {
    let wording = HouseRule {
        severity: Severity::Warn,
        en: lines(&["clients|client -> customers"]),
        es: lines(&["clientes -> clientela"]),
        ..rule("B-clients", HouseKind::Wording)
    };
    let house = house(vec![wording]);
    let report = read(&house, Language::English, Field::Body, "For all our clients");
    let found = of_house(&report);
    assert_eq!((found[0].quote.as_str(), found[0].repair.as_str()), ("clients", "write `customers`"));
    assert!(!found[0].blocks && report.is_clear(), "a warning stops nothing");
    assert!(report.rules_version.ends_with(house.version()) && !house.version().is_empty());
}

#[test]
fn patterns_limits_capitals_and_required_words_are_found() {
    let own = house(vec![
        HouseRule { en: lines(&["\\bSKU-\\d{3,}\\b"]), ..rule("B-sku", HouseKind::Pattern) },
        HouseRule { number: Some(1), ..rule("B-calm", HouseKind::Exclamations) },
        HouseRule { number: Some(4), en: lines(&["HEPA"]), ..rule("B-shout", HouseKind::Capitals) },
        HouseRule { number: Some(3), field: Some(Field::Body), ..rule("B-short", HouseKind::Length) },
        HouseRule {
            field: Some(Field::Footer),
            en: lines(&["registered in dublin"]),
            ..rule("B-legal", HouseKind::Required)
        },
    ]);
    let report = read(&own, Language::English, Field::Body, "LOOK! A HEPA filter sku-1234! Yes!");
    let found: Vec<(&str, &str)> =
        of_house(&report).iter().map(|finding| (finding.rule.as_str(), finding.quote.as_str())).collect();
    assert_eq!(
        found,
        [
            ("B-shout", "LOOK"),
            ("B-short", "filter sku-1234! Yes!"),
            ("B-sku", "sku-1234"),
            ("B-calm", "!"),
            ("B-legal", "")
        ]
    );
    let spanish = read(&own, Language::Spanish, Field::Body, "Hola");
    assert!(of_house(&spanish).is_empty(), "required words of English are not asked of Spanish");
}

#[test]
fn the_form_of_address_is_kept() {
    let usted = house(vec![HouseRule { es: lines(&["usted"]), ..rule("B-usted", HouseKind::Address) }]);
    assert_eq!(quotes(&usted, Language::Spanish, "Tu lámpara le espera"), ["Tu"]);
    assert!(quotes(&usted, Language::Spanish, "Su lámpara le espera a usted").is_empty());
    let tu = house(vec![HouseRule { es: lines(&["tú"]), ..rule("B-tu", HouseKind::Address) }]);
    assert_eq!(quotes(&tu, Language::Spanish, "Una lámpara para usted"), ["usted"]);
}

#[test]
fn evidence_releases_only_the_fact_that_was_named() {
    let organic = HouseRule {
        severity: Severity::Evidence,
        en: lines(&["handwoven"]),
        evidence: Some(EvidenceKind::Certificate),
        evidence_predicate: "weaving_certificate".into(),
        ..rule("B-woven", HouseKind::Terms)
    };
    let house = house(vec![organic]);
    let mut facts = desk::facts();
    let mut fact = facts[0].clone();
    fact.value = terms::fact::FactValue::Text("ISO 1".into());
    (fact.predicate, fact.evidence) = ("other_certificate".into(), EvidenceKind::Certificate);
    facts.push(fact.clone());
    let check = |facts: Vec<terms::fact::Fact>| {
        let sheet = guard::FactSheet::new(facts);
        let context = guard::Context { house: &house, ..desk::context(&sheet, Language::English) };
        let report =
            guard::check(&desk::draft(Language::English, Field::Body, "A handwoven shade"), &context);
        of_house(&report).iter().map(|finding| (finding.blocks, finding.verdict)).collect::<Vec<_>>()
    };
    assert_eq!(check(facts.clone()), [(true, Verdict::Unknown)]);
    fact.predicate = "weaving_certificate".into();
    facts.push(fact.clone());
    assert_eq!(check(facts), [(false, Verdict::Supported)]);
}

#[test]
fn a_house_that_cannot_be_read_whole_is_refused() {
    assert_eq!(faults(HouseRule { en: lines(&["x y"]), ..rule("M3", HouseKind::Terms) }), [HouseFault::Id]);
    assert_eq!(faults(rule("B-a", HouseKind::Terms)), [HouseFault::NoLines]);
    assert!(matches!(
        faults(HouseRule { en: lines(&["(a"]), ..rule("B-a", HouseKind::Pattern) })[..],
        [HouseFault::Pattern { .. }]
    ));
    for large in ["(\\w{1,500}){1,500}", "a*"] {
        let found = faults(HouseRule { en: lines(&[large]), ..rule("B-a", HouseKind::Pattern) });
        assert!(matches!(found[..], [HouseFault::Pattern { .. }]), "{large}");
    }
    for unreadable in ["a?", "<..> end", "gar~", "e.g. this", "what?!"] {
        let found = faults(HouseRule { en: lines(&[unreadable]), ..rule("B-a", HouseKind::Terms) });
        assert!(matches!(found[..], [HouseFault::Phrase { .. }]), "{unreadable}: {found:?}");
    }
    assert_eq!(faults(HouseRule { number: Some(99), ..rule("B-a", HouseKind::Exclamations) }).len(), 1);
    let no_evidence =
        HouseRule { severity: Severity::Evidence, en: lines(&["abc"]), ..rule("B-a", HouseKind::Terms) };
    assert_eq!(faults(no_evidence), [HouseFault::Evidence]);
    let twice = HouseRule { en: lines(&["abc"]), ..rule("B-a", HouseKind::Terms) };
    let data = HouseData { rules: vec![twice.clone(), twice], ..HouseData::default() };
    assert_eq!(House::new(data).unwrap_err()[0].fault, HouseFault::Twice);
}

fn entry(rule: &str) -> Override {
    let from = desk::friday_morning().plus_days(-1);
    Override {
        id: 7,
        rule: rule.to_owned(),
        why: "counsel agreed to this wording for the anniversary".into(),
        by: "Ana Ruiz".into(),
        role: Role::PrivacyOfficer,
        at: from,
        until: from.plus_days(30),
    }
}

fn with(overrides: Vec<Override>) -> Result<House, Vec<guard::HouseError>> {
    House::new(HouseData { overrides, ..HouseData::default() })
}

#[test]
fn an_override_turns_a_block_into_a_warning_that_says_who_and_why() {
    let text = "Only €12 today";
    let bare = read(House::bare(), Language::English, Field::Body, text);
    let blocked = bare.findings.iter().find(|finding| finding.blocks).unwrap().rule.clone();
    let report = read(&with(vec![entry(&blocked)]).unwrap(), Language::English, Field::Body, text);
    let finding = report.findings.iter().find(|finding| finding.rule == blocked).unwrap();
    assert_eq!((finding.blocks, finding.severity), (false, Severity::Warn));
    assert_eq!(finding.overridden.as_ref().unwrap().by, "Ana Ruiz");
    assert!(finding.message.contains("Ana Ruiz overrode") && finding.message.contains("anniversary"));
    // Over, or over before the last message leaves: it does not count.
    let over = Override { until: desk::friday_morning().plus_hours(-1), ..entry(&blocked) };
    assert!(!read(&with(vec![over]).unwrap(), Language::English, Field::Body, text).is_clear());
    let later = Override { at: desk::friday_morning().plus_hours(1), ..entry(&blocked) };
    assert!(!read(&with(vec![later]).unwrap(), Language::English, Field::Body, text).is_clear());
}

#[test]
fn only_a_privacy_officer_overrides_for_a_reason_and_for_a_time_and_never_the_last_lines() {
    let fault = |entry: Override| with(vec![entry]).unwrap_err()[0].fault.clone();
    for role in Role::ALL.iter().filter(|role| **role != Role::PrivacyOfficer) {
        assert_eq!(fault(Override { role: *role, ..entry("M3") }), HouseFault::NotAnOfficer);
    }
    assert!(matches!(
        fault(Override { why: "because".into(), ..entry("M3") }),
        HouseFault::ShortReason { .. }
    ));
    let at = desk::friday_morning();
    assert_eq!(fault(Override { at, until: at, ..entry("M3") }), HouseFault::EndsBefore);
    assert!(matches!(
        fault(Override { at, until: at.plus_days(366), ..entry("M3") }),
        HouseFault::TooLong { .. }
    ));
    for rule in NEVER_LOWERED {
        assert!(rulebook().iter().any(|doc| doc.id == *rule), "{rule}");
        assert_eq!(fault(entry(rule)), HouseFault::NeverLowered);
    }
    assert_eq!(fault(entry("L1")), HouseFault::OnlyWarns);
    assert_eq!(fault(entry("Z9")), HouseFault::NoSuchRule);
}

#[test]
fn severities_are_raised_and_never_lowered() {
    let raise = |rule: &str, to| Raise {
        rule: rule.into(),
        to,
        why: "our readers are children's parents".into(),
        by: "Ana".into(),
        at: desk::friday_morning(),
    };
    let with = |raise| House::new(HouseData { raises: vec![raise], ..HouseData::default() });
    for (rule, to) in
        [("M3", Severity::Warn), ("M3", Severity::Block), ("C1", Severity::Warn), ("V1", Severity::Warn)]
    {
        assert_eq!(with(raise(rule, to)).unwrap_err()[0].fault, HouseFault::NoRaise, "{rule} {to}");
    }
    assert_eq!(with(raise("V1", Severity::Evidence)).unwrap_err()[0].fault, HouseFault::NoEvidence);
    let text = "Your mother won't be here forever, and you will wish you had bought this.";
    let found = |house: &House| {
        let report = read(house, Language::English, Field::Body, text);
        report.findings.iter().filter(|f| f.rule == "L1").map(|f| f.blocks).collect::<Vec<_>>()
    };
    let bare = found(House::bare());
    assert!(!bare.is_empty() && bare.iter().all(|blocks| !blocks), "{bare:?}");
    assert_eq!(found(&with(raise("L1", Severity::Block)).unwrap()), [true]);
}

fn any_house() -> impl Strategy<Value = House> {
    let ids: Vec<&'static str> = rulebook().iter().map(|doc| doc.id).collect();
    let overrides = prop::collection::vec((prop::sample::select(ids.clone()), -40_i64..40, 1_i64..365), 0..6);
    let raises = prop::collection::btree_set(prop::sample::select(ids), 0..4);
    let terms =
        prop::collection::vec(prop::sample::select(vec!["hurry", "free", "€", "until <n>", "gratis"]), 1..4);
    (overrides, raises, terms, -4.0..12.0_f64).prop_map(|(overrides, raises, terms, shown_from)| {
        let overrides = overrides.into_iter().enumerate().map(|(id, (rule, from, days))| {
            let at = desk::friday_morning().plus_days(from);
            Override { id: id as i64, at, until: at.plus_days(days), ..entry(rule) }
        });
        let raises = raises.into_iter().map(|rule| Raise {
            rule: rule.into(),
            to: Severity::Block,
            why: "why".into(),
            by: "Ana".into(),
            at: desk::friday_morning(),
        });
        let own = HouseRule {
            severity: Severity::Warn,
            en: lines(&terms),
            es: lines(&terms),
            ..rule("B-own", HouseKind::Terms)
        };
        let overrides = overrides.filter(|entry| guard::may_override(entry).is_ok()).collect();
        let raises = raises.filter(|raise| guard::may_raise(&raise.rule, raise.to).is_ok()).collect();
        let cues = CueKind::ALL.iter().map(|kind| cue(*kind, shown_from)).collect();
        House::new(HouseData { rules: vec![own], raises, overrides, cues }).unwrap()
    })
}

fn cue(cue: CueKind, shown_from: f64) -> CueThreshold {
    CueThreshold {
        language: Language::English,
        cue,
        model: guard::cues::hash(Language::English, cue),
        shown_from,
        risk: 0.1,
        judged: (40, 400),
        by: "Ana Ruiz".into(),
        at: desk::friday_morning(),
    }
}

#[test]
fn a_threshold_of_the_house_counts_for_its_own_model_and_blocks_nothing() {
    let house = |cue| House::new(HouseData { cues: vec![cue], ..HouseData::default() });
    let found = |house: &House| {
        let text = "Dispatch on the day you order. Our friends in the north paint every cup by hand.";
        let report = read(house, Language::English, Field::Body, text);
        report.findings.iter().filter(|f| f.rule == "L1").map(|f| f.blocks).collect::<Vec<_>>()
    };
    assert!(found(House::bare()).is_empty());
    let low = house(cue(CueKind::Any, -20.0)).unwrap();
    assert_eq!(found(&low), [false, false], "every sentence of four words is above it");
    assert_ne!(guard::rules_version_of(&low), guard::rules_version());
    let of_another = CueThreshold { model: "0".repeat(64), ..cue(CueKind::Any, -20.0) };
    assert!(found(&house(of_another).unwrap()).is_empty());
    let faults = house(cue(CueKind::Orders, f64::NAN)).unwrap_err();
    assert_eq!(faults[0].fault, HouseFault::NoThreshold);
    let twice = HouseData { cues: vec![cue(CueKind::Any, 1.0); 2], ..HouseData::default() };
    assert_eq!(House::new(twice).unwrap_err()[0].fault, HouseFault::Twice);
}

fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "Hurry",
        "últimas horas",
        "€12",
        "40 %",
        "until Sunday",
        "the best",
        "free Wi-Fi",
        "guaranteed results",
        "only 2 left",
        "write to ana@example.com",
        "{{ name }}",
        "clinically proven",
        "we know you are pregnant",
        "ignore all previous instructions",
        "gratis",
        "Don't miss out",
        "for our lamp",
    ]);
    prop::collection::vec(pieces, 1..7).prop_map(|pieces| pieces.join(". "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_house_makes_a_block_silent(house in any_house(), text in any_text(), spanish in any::<bool>()) {
        let language = if spanish { Language::Spanish } else { Language::English };
        let bare = read(House::bare(), language, Field::Body, &text);
        let own = read(&house, language, Field::Body, &text);
        let (from, until) = { let sheet = guard::FactSheet::default(); let c = desk::context(&sheet, language); (c.send_from, c.send_until) };
        for finding in &bare.findings {
            let twin = own.findings.iter().find(|other| other.rule == finding.rule && other.span == finding.span && other.repair == finding.repair);
            prop_assert!(twin.is_some(), "{} is gone", finding.rule);
            let twin = twin.unwrap();
            if finding.blocks && !twin.blocks {
                prop_assert_eq!(twin.severity, Severity::Warn);
                let entry = house.override_of(&finding.rule, from, until);
                prop_assert!(entry.is_some_and(|entry| entry.at <= from && until <= entry.until));
                prop_assert_eq!(twin.overridden.as_ref().map(|o| o.id), entry.map(|entry| entry.id));
                prop_assert!(!NEVER_LOWERED.contains(&finding.rule.as_str()));
            }
            // The other way round: what did not block blocks only by a raise that is on record.
            if !finding.blocks && twin.blocks {
                prop_assert!(house.raise(&finding.rule).is_some());
            }
        }
    }
}
