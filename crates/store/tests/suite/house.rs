//! Rules of the brand, changes of severity and overrides.

use crate::databases::{at, certify, on_each};
use store::Error;
use terms::finding::Severity;
use terms::house::{HouseKind, HouseRule};
use terms::person::Role;
use terms::time::Instant;

fn rule(id: &str, line: &str) -> HouseRule {
    HouseRule {
        id: id.to_owned(),
        kind: HouseKind::Terms,
        severity: Severity::Block,
        name_en: "n".into(),
        name_es: "n".into(),
        why_en: "w".into(),
        why_es: "w".into(),
        repair_en: String::new(),
        repair_es: String::new(),
        en: vec![line.to_owned()],
        es: Vec::new(),
        number: None,
        field: None,
        evidence: None,
        evidence_predicate: String::new(),
    }
}

#[test]
fn every_version_of_a_rule_is_kept_and_the_last_one_stands() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let ana = store.add_person("Ana", "ana@x.example", Role::Approver, "h").await.unwrap();
        assert_eq!(store.add_house_rule(&rule("B-a", "one"), 0, false, ana, at(1)).await.unwrap(), 1);
        let again = store.add_house_rule(&rule("B-a", "other"), 0, false, ana, at(2)).await;
        assert!(matches!(again, Err(Error::Stale { .. })), "somebody else wrote it first");
        store.add_house_rule(&rule("B-a", "two"), 1, false, ana, at(3)).await.unwrap();
        store.add_house_rule(&rule("B-a", "two"), 2, true, ana, at(4)).await.unwrap();
        let versions = store.house_rule_versions("B-a").await.unwrap();
        assert_eq!(versions.iter().map(|v| v.rule.en[0].as_str()).collect::<Vec<_>>(), ["one", "two", "two"]);
        let standing = store.house_rules().await.unwrap();
        assert_eq!((standing.len(), standing[0].version, standing[0].retired), (1, 3, true));
        assert_eq!(standing[0].by, "Ana");
    });
}

#[test]
fn a_severity_is_raised_and_taken_back() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let ana = store.add_person("Ana", "ana@x.example", Role::Approver, "h").await.unwrap();
        store.set_severity("V1", Some(Severity::Block), "parents read us", ana, at(1)).await.unwrap();
        let raises = store.house_raises().await.unwrap();
        assert_eq!(
            (raises.len(), raises[0].to, raises[0].why.as_str()),
            (1, Severity::Block, "parents read us")
        );
        store.set_severity("V1", None, "no longer", ana, at(2)).await.unwrap();
        assert!(store.house_raises().await.unwrap().is_empty());
        // The database knows no lower severity.
        assert!(store.set_severity("M3", Some(Severity::Warn), "why", ana, at(3)).await.is_err());
    });
}

#[test]
fn the_database_takes_overrides_of_privacy_officers_alone_with_a_reason_and_an_end() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let why = "counsel agreed to this wording";
        let year = |days: i64| Instant(at(1).0 + days * 86_400_000_000);
        for role in Role::ALL.iter().filter(|role| **role != Role::PrivacyOfficer) {
            let who = store.add_person("X", &format!("{role}@x.example"), *role, "h").await.unwrap();
            certify(store, who, at(0)).await;
            assert!(store.add_override("M3", why, who, at(1), year(9)).await.is_err(), "{role}");
        }
        let officer = store.add_person("Pia", "pia@x.example", Role::PrivacyOfficer, "h").await.unwrap();
        let untrained = store.add_override("M3", why, officer, at(1), year(9)).await;
        assert!(matches!(untrained, Err(Error::NotCertified { ended: None })), "{untrained:?}");
        certify(store, officer, at(0)).await;
        assert!(store.add_override("M3", "short", officer, at(1), year(9)).await.is_err());
        assert!(store.add_override("M3", why, officer, at(1), year(366)).await.is_err());
        assert!(store.add_override("M3", why, officer, at(1), at(1)).await.is_err());
        let id = store.add_override("M3", why, officer, at(1), year(9)).await.unwrap();
        let kept = store.house_overrides().await.unwrap();
        assert_eq!(
            (kept.len(), kept[0].entry.by.as_str(), kept[0].entry.role),
            (1, "Pia", Role::PrivacyOfficer)
        );
        store.end_override(id, officer, at(5)).await.unwrap();
        assert!(store.end_override(id, officer, at(6)).await.is_err(), "only once");
        assert_eq!(store.house_overrides().await.unwrap()[0].ended, Some(at(5)));
    });
}
