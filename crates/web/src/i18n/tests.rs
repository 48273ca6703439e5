//! Both languages say the same things, and every word a page asks for exists.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;

fn keys_in_order(file: &'static str) -> Vec<&'static str> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, _)| key.trim())
        .collect()
}

fn places(words: &str) -> BTreeSet<&str> {
    words.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(place, _)| place).collect()
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_values_in_them() {
    let (english, spanish): (BTreeSet<_>, BTreeSet<_>) = (ENGLISH.keys().collect(), SPANISH.keys().collect());
    assert_eq!(english, spanish);
    for (key, words) in ENGLISH.iter() {
        assert_eq!(places(words), places(SPANISH[key]), "values of `{key}`");
    }
}

#[test]
fn no_key_is_written_twice() {
    for file in [include_str!("en.txt"), include_str!("es.txt")] {
        let all = keys_in_order(file);
        let distinct: BTreeSet<_> = all.iter().collect();
        let twice: Vec<_> =
            distinct.iter().filter(|key| all.iter().filter(|k| k == *key).count() > 1).collect();
        assert!(twice.is_empty(), "twice: {twice:?}");
    }
}

fn collect(folder: &Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|e| e == "html" || e == "rs") {
            out.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Literal keys in `t("...")`, `t1("...", ..)`, `plural("...", ..)` and the like.
fn asked_for(source: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (call, endings) in [
        (".t(", &[""][..]),
        (".t1(", &[""]),
        (".t2(", &[""]),
        (".t3(", &[""]),
        (".plural(", &[".one", ".other"]),
    ] {
        for after in source.split(call).skip(1) {
            if let Some((key, _)) = after.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"'))
            {
                out.extend(endings.iter().map(|ending| format!("{key}{ending}")));
            }
        }
    }
    out
}

#[test]
fn every_key_a_page_asks_for_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    collect(&root.join("src/pages"), &mut sources);
    collect(&root.join("src/words"), &mut sources);
    collect(&root.join("templates"), &mut sources);
    let asked: BTreeSet<String> = sources.iter().flat_map(|source| asked_for(source)).collect();
    assert!(asked.len() > 100, "the scan found only {} keys", asked.len());
    let missing: Vec<_> = asked.iter().filter(|key| !knows(key)).collect();
    assert!(missing.is_empty(), "no words for {missing:?}");
}

#[test]
fn every_state_the_house_knows_has_a_name() {
    let mut wanted: Vec<String> = Vec::new();
    let mut add =
        |group: &str, texts: Vec<&str>| wanted.extend(texts.iter().map(|text| format!("{group}.{text}")));
    add("stage", terms::stage::Stage::ALL.iter().map(|s| s.as_str()).collect());
    add("state", terms::campaign::CampaignState::ALL.iter().map(|s| s.as_str()).collect());
    add("goal", terms::campaign::Goal::ALL.iter().map(|s| s.as_str()).collect());
    add("role", terms::person::Role::ALL.iter().map(|s| s.as_str()).collect());
    add("excluded", terms::decision::ExclusionReason::ALL.iter().map(|s| s.as_str()).collect());
    add("delivery", terms::delivery::DeliveryState::ALL.iter().map(|s| s.as_str()).collect());
    add("response", terms::delivery::ResponseKind::ALL.iter().map(|s| s.as_str()).collect());
    add("purpose", terms::consent::Purpose::ALL.iter().map(|s| s.as_str()).collect());
    add("channel", terms::consent::Channel::ALL.iter().map(|s| s.as_str()).collect());
    add("consent", terms::consent::ConsentStatus::ALL.iter().map(|s| s.as_str()).collect());
    add("basis", terms::consent::LawfulBasis::ALL.iter().map(|s| s.as_str()).collect());
    add("field", terms::message::Field::ALL.iter().map(|s| s.as_str()).collect());
    add("verdict", terms::finding::Verdict::ALL.iter().map(|s| s.as_str()).collect());
    add("truth", terms::monitoring::Truth::ALL.iter().map(|s| s.as_str()).collect());
    add("mon.writer", terms::monitoring::Writer::ALL.iter().map(|s| s.as_str()).collect());
    add("cue", terms::house::CueKind::ALL.iter().map(|s| s.as_str()).collect());
    for group in ["model_state", "model_step"] {
        add(group, terms::model::ModelState::ALL.iter().map(|s| s.as_str()).collect());
    }
    add("model_kind", terms::model::ModelKind::ALL.iter().map(|s| s.as_str()).collect());
    for what in ["purpose", "limits", "features", "evaluation"] {
        add(&format!("md.card.{what}"), terms::model::ModelKind::ALL.iter().map(|s| s.as_str()).collect());
    }
    for group in ["criterion", "criterion_help"] {
        add(group, terms::gate::Criterion::ALL.iter().map(|s| s.as_str()).collect());
    }
    add("need", terms::gate::Need::ALL.iter().map(|s| s.as_str()).collect());
    add("gate_missing", terms::gate::Missing::ALL.iter().map(|s| s.as_str()).collect());
    add("gate_verdict", terms::gate::GateVerdict::ALL.iter().map(|s| s.as_str()).collect());
    add("severity", terms::finding::Severity::ALL.iter().map(|s| s.as_str()).collect());
    for group in ["house_kind", "house_kind_help"] {
        add(group, terms::house::HouseKind::ALL.iter().map(|s| s.as_str()).collect());
    }
    let row = serde_json::to_value(flow::house::HouseRow::default()).unwrap();
    add("house_column", row.as_object().unwrap().keys().map(String::as_str).collect());
    for (group, names) in [
        ("long_term", terms::long_term::LongTermVerdict::ALL.iter().map(|s| s.as_str()).collect()),
        ("fair_verdict", terms::fairness::FairnessVerdict::ALL.iter().map(|s| s.as_str()).collect()),
        ("fair_occasion", terms::fairness::AuditOccasion::ALL.iter().map(|s| s.as_str()).collect()),
        ("fair_measure", terms::fairness::FairnessMeasure::ALL.iter().map(|s| s.as_str()).collect()),
        ("attribute", flow::audit::Attribute::ALL.iter().map(|s| s.as_str()).collect()),
    ] {
        add(group, names);
    }
    add("action", terms::ledger::Action::ALL.iter().map(|s| s.as_str()).collect());
    let missing: Vec<_> = wanted.iter().filter(|key| !knows(key)).collect();
    assert!(missing.is_empty(), "no words for {missing:?}");
}

#[test]
fn values_are_put_in_where_they_belong() {
    assert_eq!(fill("{1} of {0}", &[&3, &"two"]), "two of 3");
    assert_eq!(fill("a {brace", &[]), "a {brace");
}
