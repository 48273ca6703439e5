//! People, customers, consents, suppressions, preferences, facts, settings.

use crate::databases::{at, on_each, people, running};
use store::Error;
use store::identities::{AliasKind, Identity};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::{Customer, Language};
use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
use terms::ids::{CustomerKey, FactId};
use terms::preference::{Personalisation, Preferences};

fn customer(key: &str) -> Customer {
    Customer {
        key: CustomerKey::new(key),
        email: Some(format!("{key}@Example.com")),
        first_name: Some("Lucía".to_owned()),
        locale: "es-ES".to_owned(),
        country: Some("ES".to_owned()),
        time_zone: None,
        known_since: at(0),
        restricted: false,
    }
}

fn receipt(key: &str, status: ConsentStatus, seconds: i64, proof: &str) -> ConsentReceipt {
    ConsentReceipt {
        customer: CustomerKey::new(key),
        purpose: Purpose::Marketing,
        channel: Channel::Email,
        status,
        basis: LawfulBasis::Consent,
        notice_version: "v3".to_owned(),
        notice_hash: String::new(),
        language: Language::Spanish,
        source: "checkout".to_owned(),
        proof: proof.to_owned(),
        at: at(seconds),
    }
}

#[test]
fn opening_again_finds_everything_and_migrates_nothing() {
    on_each(|fresh| async move {
        fresh.store.set_setting("brand", "Ñandú").await.unwrap();
        fresh.store.set_setting("brand", "Ñandú 2").await.unwrap();
        let again = store::Store::open(&fresh.url.replace("%20", " ")).await.unwrap();
        again.ping().await.unwrap();
        assert_eq!(again.setting("brand").await.unwrap().as_deref(), Some("Ñandú 2"));
        assert_eq!(again.setting("none").await.unwrap(), None);
        again.close().await;
    });
}

#[test]
fn a_schema_changed_by_hand_is_refused() {
    on_each(|fresh| async move {
        fresh.tamper("UPDATE schema_versions SET checksum = 'x'").await.unwrap();
        let refused = store::Store::open(&fresh.url.replace("%20", " ")).await.err().unwrap();
        assert!(matches!(refused, Error::Schema { version: 1, .. }), "{refused}");
    });
}

#[test]
fn a_new_password_ends_every_session() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (ana, bo) = people(store).await;
        let (person, hash) = store.person_by_email(" ANA@example.COM").await.unwrap().unwrap();
        assert_eq!((person.id, hash.as_str()), (ana, "hash-a"));
        store.create_session("t1", ana, at(100)).await.unwrap();
        store.create_session("t2", bo, at(100)).await.unwrap();
        assert_eq!(store.session("t1", at(99)).await.unwrap().unwrap().id, ana);
        assert_eq!(store.session("t1", at(100)).await.unwrap(), None);
        store.set_password(ana, "hash-c", at(5)).await.unwrap();
        assert_eq!(store.session("t1", at(6)).await.unwrap(), None);
        assert_eq!(store.session("t2", at(6)).await.unwrap().unwrap().id, bo);
        store.revoke_session("t2", at(7)).await.unwrap();
        assert_eq!(store.session("t2", at(8)).await.unwrap(), None);
        assert_eq!(store.people().await.unwrap().len(), 2);
        let twice = store.add_person("Ana", "ANA@EXAMPLE.COM", person.role, "x").await.unwrap_err();
        assert!(matches!(twice, Error::Taken), "{twice}");
    });
}

#[test]
fn a_restriction_is_not_lifted_under_a_key_that_was_joined_into_another_one() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        store.put_customers(&[customer("C-1"), customer("C-2")]).await.unwrap();
        let joined = CustomerKey::new("C-1");
        store.restrict_customer(&joined).await.unwrap();
        let name = Identity {
            kind: AliasKind::Merged,
            alias: "C-1".to_owned(),
            customer: CustomerKey::new("C-2"),
            source: "test".to_owned(),
            at: at(1),
        };
        store.put_identities(&[name]).await.unwrap();
        assert!(store.unrestrict_customer(&joined).await.is_err());
        assert!(store.customer(&joined).await.unwrap().restricted);
    });
}

#[test]
fn an_import_brings_customers_up_to_date_and_never_lifts_a_restriction() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let many: Vec<Customer> = (0..300).map(|n| customer(&format!("C-{n:03}"))).collect();
        store.put_customers(&many).await.unwrap();
        assert_eq!(store.count_customers().await.unwrap(), 300);
        store.restrict_customer(&CustomerKey::new("C-007")).await.unwrap();
        let mut later = customer("C-007");
        later.email = None;
        later.locale = "en".to_owned();
        later.known_since = at(50);
        let mut last = later.clone();
        last.time_zone = Some("Europe/Madrid".to_owned());
        store.put_customers(&[later, last]).await.unwrap();
        let found = store.customer(&CustomerKey::new("C-007")).await.unwrap();
        assert!(found.restricted);
        assert_eq!(found.email.as_deref(), Some("C-007@Example.com"));
        assert_eq!((found.locale.as_str(), found.known_since), ("en", at(0)));
        assert_eq!(found.time_zone.as_deref(), Some("Europe/Madrid"));
        store.unrestrict_customer(&CustomerKey::new("C-007")).await.unwrap();
        assert!(!store.customer(&CustomerKey::new("C-007")).await.unwrap().restricted);
        let missing = store.customer(&CustomerKey::new("C-999")).await.unwrap_err();
        assert_eq!(missing.to_string(), "customer `C-999` was not found; check the identifier");
    });
}

#[test]
fn customers_are_found_by_the_beginning_of_key_address_and_name() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        store.put_customers(&["A_1", "A%2", "AB3"].map(customer)).await.unwrap();
        let keys = |found: Vec<Customer>| found.into_iter().map(|c| c.key.to_string()).collect::<Vec<_>>();
        assert_eq!(keys(store.search_customers("A_", 10, 0).await.unwrap()), ["A_1"]);
        assert_eq!(keys(store.search_customers("a%2@EX", 10, 0).await.unwrap()), ["A%2"]);
        assert_eq!(store.search_customers("LUC", 2, 0).await.unwrap().len(), 2);
        assert_eq!(store.search_customers("LUC", 2, 2).await.unwrap().len(), 1);
        assert_eq!(keys(store.customers_by_email("ab3@example.com").await.unwrap()), ["AB3"]);
        let some = ["AB3", "none", "A_1"].map(CustomerKey::new);
        assert_eq!(store.customers(&some).await.unwrap().len(), 2);
        let page = store.customers_after(None, 2).await.unwrap();
        let rest = store.customers_after(page.last().map(|last| &last.key), 2).await.unwrap();
        assert_eq!((page.len(), rest.len()), (2, 1));
    });
}

#[test]
fn the_latest_receipt_holds_and_none_can_be_changed() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let receipts = [
            receipt("a", ConsentStatus::Granted, 10, "1"),
            receipt("a", ConsentStatus::Withdrawn, 20, "2"),
            receipt("b", ConsentStatus::Withdrawn, 10, "3"),
            receipt("b", ConsentStatus::Granted, 10, "4"),
        ];
        assert_eq!(store.add_consents(&receipts).await.unwrap(), 4);
        assert_eq!(store.add_consents(&receipts).await.unwrap(), 0, "imported twice is once");
        let states = store.consent_states(Purpose::Marketing, &[Channel::Email], at(15)).await.unwrap();
        let short: Vec<_> = states.iter().map(|(key, state)| (key.as_str(), state.status)).collect();
        let b = [("b", ConsentStatus::Withdrawn), ("b", ConsentStatus::Granted)];
        assert_eq!(short, [("a", ConsentStatus::Granted), b[0], b[1]], "both receipts of one instant");
        let ahead = store.refusals_after(Purpose::Marketing, &[Channel::Email], at(15)).await.unwrap();
        assert_eq!(
            ahead.iter().map(|(key, state)| (key.as_str(), state.at)).collect::<Vec<_>>(),
            [("a", at(20))]
        );
        let b = CustomerKey::new("b");
        let held = store.consent_at(&b, Purpose::Marketing, Channel::Email, at(10)).await.unwrap().unwrap();
        assert_eq!(held.status, ConsentStatus::Withdrawn, "the one that refuses");
        let a = CustomerKey::new("a");
        let now = store.consent_at(&a, Purpose::Marketing, Channel::Email, at(20)).await.unwrap().unwrap();
        assert_eq!(now, receipts[1]);
        assert_eq!(store.consent_at(&a, Purpose::Marketing, Channel::Email, at(9)).await.unwrap(), None);
        assert_eq!(store.consent_at(&a, Purpose::Profiling, Channel::Email, at(99)).await.unwrap(), None);
        assert_eq!(store.consent_history(&a).await.unwrap(), receipts[..2]);
        let rewritten = fresh.tamper("UPDATE consents SET status = 'granted'").await.unwrap_err();
        assert!(rewritten.to_string().contains("append-only"), "{rewritten}");
        assert!(fresh.tamper("DELETE FROM consents").await.is_err());
    });
}

#[test]
fn a_suppression_outlives_its_customer_and_shows_no_address() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (key, email) = (CustomerKey::new("a"), Some("Lucia@Example.com "));
        for _ in 0..2 {
            store
                .suppress(Some(&key), email, SuppressionReason::Unsubscribed, "one_click", at(5))
                .await
                .unwrap();
        }
        store.suppress(None, Some("x@example.com"), SuppressionReason::Manual, "page", at(6)).await.unwrap();
        let found = store.suppression(None, Some("lucia@example.com")).await.unwrap().unwrap();
        assert_eq!((found.reason, found.at), (SuppressionReason::Unsubscribed, at(5)));
        assert!(store.suppression(Some(&key), None).await.unwrap().is_some());
        assert!(
            store.suppression(Some(&CustomerKey::new("b")), Some("b@example.com")).await.unwrap().is_none()
        );
        let set = store.suppression_set().await.unwrap();
        assert_eq!(set.len(), 3);
        assert!(set.find(&CustomerKey::new("new key"), Some("LUCIA@example.com")).unwrap().is_some());
        assert!(set.find(&CustomerKey::new("b"), None).unwrap().is_none());
        store.lift_suppression(Some(&key), email, SuppressionReason::Manual).await.unwrap();
        store.lift_suppression(None, Some("x@example.com"), SuppressionReason::Manual).await.unwrap();
        assert!(store.suppression(Some(&key), email).await.unwrap().is_some(), "only a manual one is lifted");
        assert!(store.suppression(None, Some("x@example.com")).await.unwrap().is_none());
        if fresh.store.kind() == store::Kind::Sqlite {
            let path = fresh.url.trim_start_matches("sqlite://").replace("%20", " ");
            for file in [path.clone(), format!("{path}-wal")] {
                let bytes = std::fs::read(file).unwrap().to_ascii_lowercase();
                assert!(!bytes.windows(5).any(|window| window == b"lucia"));
            }
        }
    });
}

#[test]
fn preferences_have_a_default_and_the_last_choice_holds() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let key = CustomerKey::new("a");
        assert_eq!(store.preferences(&key).await.unwrap(), Preferences::default());
        let choice = Preferences {
            personalisation: Personalisation::None,
            max_per_month: Some(0),
            topics: vec!["café".to_owned()],
            language: Some(Language::English),
        };
        store.set_preferences(&key, &Preferences::default(), at(1)).await.unwrap();
        store.set_preferences(&key, &choice, at(2)).await.unwrap();
        assert_eq!(store.preferences(&key).await.unwrap(), choice);
        assert_eq!(store.all_preferences().await.unwrap(), [(key, choice)]);
    });
}

#[test]
fn a_deleted_fact_can_still_be_explained_but_is_no_ground_any_more() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let mut fact = Fact {
            id: FactId(0),
            entity: "offer:x".to_owned(),
            predicate: "discount".to_owned(),
            value: FactValue::Percent(12.5),
            unit: String::new(),
            polarity: Polarity::True,
            source: "shop:1".to_owned(),
            observed_at: at(0),
            valid_from: None,
            valid_until: Some(at(9)),
            max_age_hours: Some(48),
            evidence: EvidenceKind::Plain,
        };
        fact.id = store.put_fact(&fact, at(0)).await.unwrap();
        fact.value = FactValue::Percent(0.1 + 0.2);
        assert_eq!(store.put_fact(&fact, at(2)).await.unwrap(), fact.id);
        assert_eq!(store.facts_of("offer:x").await.unwrap(), [fact.clone()]);
        assert_eq!(store.facts().await.unwrap().len(), 1);
        store.delete_fact(fact.id, at(3)).await.unwrap();
        assert!(store.facts_of("offer:x").await.unwrap().is_empty());
        assert_eq!(store.fact(fact.id).await.unwrap(), fact);
        assert!(store.delete_fact(fact.id, at(4)).await.is_err());
        let versions = store.fact_versions("offer:x").await.unwrap();
        let told: Vec<_> =
            versions.iter().map(|v| (v.version, v.at, v.ended, v.fact.value.clone())).collect();
        let (first, second) = (FactValue::Percent(12.5), FactValue::Percent(0.1 + 0.2));
        assert_eq!(
            told,
            [(1, at(0), false, first), (2, at(2), false, second.clone()), (3, at(3), true, second)]
        );
        assert_eq!(store.fact_version(fact.id).await.unwrap(), 3);
        assert!(fresh.tamper("DELETE FROM fact_versions").await.is_err());
    });
}

#[test]
fn every_measurement_is_kept_and_the_latest_is_shown() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let (campaign, ..) = running(store, "A").await;
        assert_eq!(store.measurement(campaign.id).await.unwrap(), None);
        for uplift in [0.1, 0.2] {
            store
                .put_measurement(campaign.id, &serde_json::json!({ "uplift": uplift }), at(9))
                .await
                .unwrap();
        }
        assert_eq!(store.measurement(campaign.id).await.unwrap().unwrap()["uplift"], 0.2);
        assert_eq!(store.measurements(campaign.id).await.unwrap().len(), 2);
    });
}

#[test]
fn a_name_is_found_without_its_accents_and_in_any_case() {
    on_each(|fresh| async move {
        let store = &fresh.store;
        let named = |key: &str, name: &str| Customer { first_name: Some(name.to_owned()), ..customer(key) };
        store
            .put_customers(&[named("C-1", "Rocío"), named("C-2", "Íñigo"), named("C-3", "Zoe")])
            .await
            .unwrap();
        for (text, key) in
            [("rocio", "C-1"), ("ROCÍ", "C-1"), ("inigo", "C-2"), ("íñi", "C-2"), ("c-3", "C-3")]
        {
            let found = store.search_customers(text, 10, 0).await.unwrap();
            assert_eq!(found.iter().map(|c| c.key.as_str()).collect::<Vec<_>>(), [key], "{text}");
        }
    });
}
