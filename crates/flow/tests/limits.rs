//! Limits of use: what a refusal, a restriction and an objection end, everywhere; and the vault.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends with the first thing that fails"
)]

use flow::audit::{Attribute, SMALLEST_GROUP};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::Language;
use terms::estimate::Evidence;
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Role;
use testkit::TestApp;

/// A receipt of now.
fn receipt(kit: &TestApp, customer: &str, purpose: Purpose, status: ConsentStatus) -> ConsentReceipt {
    ConsentReceipt {
        customer: CustomerKey::new(customer),
        purpose,
        channel: Channel::Email,
        status,
        basis: LawfulBasis::Consent,
        notice_version: "v1".into(),
        notice_hash: String::new(),
        language: Language::English,
        source: "test".into(),
        proof: "test".into(),
        at: kit.app.now(),
    }
}

async fn say(kit: &TestApp, customer: &str, purpose: Purpose, status: ConsentStatus) {
    kit.app.store().add_consents(&[receipt(kit, customer, purpose, status)]).await.unwrap();
}

/// Customers with a score, by the list of everybody.
async fn scored(kit: &TestApp) -> Vec<String> {
    let mut keys = Vec::new();
    for page in 1.. {
        let view = kit.app.customers("everyone", page, Language::English).await.unwrap();
        keys.extend(view.list.iter().filter(|line| line.churn.is_some()).map(|line| line.key.clone()));
        if page >= view.pages {
            return keys;
        }
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_profiling_ends_scores_at_once_and_everywhere() {
    let kit = TestApp::with_customers(600).await;
    let before = scored(&kit).await;
    assert!(before.len() > 20, "{}", before.len());
    let key = before[0].clone();
    let analyst = kit.person(Role::Analyst).await;
    let page = kit.app.customer(&analyst, &key).await.unwrap();
    assert!(page.next.is_some() && page.line.percentile.is_some());
    let ranked = kit.app.customers("value.percentile >= 0", 1, Language::English).await.unwrap().matches;
    say(&kit, &key, Purpose::Profiling, ConsentStatus::Withdrawn).await;
    let page = kit.app.customer(&analyst, &key).await.unwrap();
    assert!(page.next.is_none() && page.buys.is_none() && page.future.is_none() && page.reasons.is_empty());
    assert!(page.line.value.is_none() && page.line.percentile.is_none() && page.line.churn.is_none());
    let left = kit.app.customers("value.percentile >= 0", 1, Language::English).await.unwrap().matches;
    assert_eq!(left, ranked - 1);
    assert!(!scored(&kit).await.contains(&key));
}

#[tokio::test(flavor = "multi_thread")]
async fn models_are_not_fitted_on_who_refused() {
    let kit = TestApp::with_customers(300).await;
    let everybody = kit.app.refit().await.unwrap().backtest;
    // The same by everybody who did not refuse: half of the customers say no, and the fit is another one.
    for (at, customer) in kit.app.store().customers_after(None, 1_000).await.unwrap().iter().enumerate() {
        if at % 2 == 0 {
            say(&kit, customer.key.as_str(), Purpose::Profiling, ConsentStatus::Denied).await;
        }
    }
    let half = kit.app.refit().await.unwrap().backtest;
    let losses = |lines: &[flow::views::BacktestLine]| -> Vec<String> {
        lines.iter().map(|line| format!("{} {:.6}", line.name, line.log_loss)).collect()
    };
    assert_ne!(losses(&everybody), losses(&half));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_keeps_the_record_and_stops_every_use() {
    let kit = TestApp::with_customers(300).await;
    let key = scored(&kit).await[0].clone();
    let customer = CustomerKey::new(&key);
    let everyone = |page| kit.app.customers("everyone", page, Language::English);
    let before = everyone(1).await.unwrap().matches;
    let reach = everyone(1).await.unwrap().reach;
    let id = kit.approved("Before the restriction", "everyone").await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.app.store().restrict_customer(&customer).await.unwrap();
    // Not in segments, counts or reach, and not shown in use; the record itself is still there.
    let after = everyone(1).await.unwrap();
    assert_eq!(after.matches, before - 1);
    assert!(after.reach.profiling < reach.profiling);
    let analyst = kit.person(Role::Analyst).await;
    let error = kit.app.customer(&analyst, &key).await.unwrap_err().to_string();
    assert!(error.contains("restricted"), "{error}");
    assert!(kit.app.store().customer(&customer).await.is_ok());
    // Planned before, held back at the moment of sending.
    kit.work_for_a_day().await;
    let messages = kit.app.store().messages_of_customer(&customer, 10).await.unwrap();
    assert!(messages.iter().all(|message| message.state != Some(terms::delivery::DeliveryState::Sent)));
    // Not in the audience of a campaign that comes later.
    let preview = kit.app.compose(kit.draft("After it", "everyone").await, Language::English).await.unwrap();
    assert_eq!(preview.audience.people, before - 1);
    // Not measured.
    let restricted: u64 = kit.app.measure(id).await.unwrap().left_out.iter().sum();
    kit.app.store().unrestrict_customer(&customer).await.unwrap();
    let lifted: u64 = kit.app.measure(id).await.unwrap().left_out.iter().sum();
    assert_eq!(restricted, lifted + u64::from(messages.iter().any(|message| message.propensity.is_some())));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_to_marketing_ends_profiling_too() {
    let kit = TestApp::with_customers(300).await;
    let key = scored(&kit).await[0].clone();
    let customer = CustomerKey::new(&key);
    let now = kit.app.now();
    let record = kit.app.store().customer(&customer).await.unwrap();
    let objection = SuppressionReason::Objection;
    kit.app.store().suppress(Some(&customer), record.email.as_deref(), objection, "test", now).await.unwrap();
    assert!(!scored(&kit).await.contains(&key));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_measuring_is_counted_in_neither_arm() {
    let kit = TestApp::with_customers(300).await;
    let id = kit.approved("Measured", "everyone").await;
    let marketer = kit.person(Role::Marketer).await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    kit.work_for_a_day().await;
    let everybody = kit.app.measure(id).await.unwrap();
    let arms = kit.app.store().arms(id).await.unwrap();
    // Some of the shop's customers refused before.
    let refused =
        kit.app.store().consent_states(Purpose::Measurement, &[Channel::Email], kit.app.now()).await.unwrap();
    let refused: Vec<&str> = refused
        .iter()
        .filter(|(_, state)| state.status != ConsentStatus::Granted)
        .map(|(key, _)| key.as_str())
        .collect();
    let willing = |arm| {
        let refused = &refused;
        arms.iter().filter(move |row| row.arm == arm && !refused.contains(&row.customer.as_str()))
    };
    let in_arm = |arm| arms.iter().filter(|row| row.arm == arm).count() as u64;
    let [treated, control] = [terms::experiment::Arm::Treated, terms::experiment::Arm::Control];
    let counted = |measured: &flow::Measured| {
        [in_arm(treated) - measured.left_out[0], in_arm(control) - measured.left_out[1]]
    };
    let willing_in = |arm| willing(arm).count() as u64;
    assert_eq!(counted(&everybody), [willing_in(treated), willing_in(control)]);
    let of = |arm| willing(arm).take(3).map(|row| row.customer.as_str());
    for key in of(treated).chain(of(control).take(2)) {
        say(&kit, key, Purpose::Measurement, ConsentStatus::Denied).await;
    }
    let without = kit.app.measure(id).await.unwrap();
    assert_eq!(counted(&without), [willing_in(treated) - 3, willing_in(control) - 2]);
}

fn vault_file(kit: &TestApp, text: &str) -> std::path::PathBuf {
    let path = kit.home().join("sensitive.csv");
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vault_is_sealed_and_each_opening_stands_in_the_ledger() {
    let kit = TestApp::with_customers(200).await;
    let officer = kit.person(Role::PrivacyOfficer).await;
    let customers = kit.app.store().customers_after(None, 1_000).await.unwrap();
    let mut text = String::from("customer,attribute,value\n");
    for (at, customer) in customers.iter().enumerate() {
        let group = if at < 5 {
            "secret-few"
        } else if at % 2 == 0 {
            "secret-one"
        } else {
            "secret-two"
        };
        text.push_str(&format!("{},religion,{group}\n", customer.key));
    }
    let file = vault_file(&kit, &text);
    let done = kit.app.import_vault(&officer, &file).await.unwrap();
    assert_eq!(done.values[&Attribute::Religion], customers.len() as u64);
    std::fs::remove_file(&file).unwrap();
    // Nothing of it is on the disk in clear.
    for entry in ["candor.sqlite", "candor.sqlite-wal"] {
        let bytes = std::fs::read(kit.home().join(entry)).unwrap_or_default();
        assert!(!bytes.windows(10).any(|window| window == b"secret-one"), "{entry}");
    }
    let audience = "purchases >= 2";
    let reason = "yearly check of whom the loyalty mails select";
    let audit = kit.app.audit_selection(&officer, audience, Attribute::Religion, reason).await.unwrap();
    assert_eq!(audit.known, customers.len() as u64);
    let few = audit.groups.iter().find(|line| line.group == "secret-few").unwrap();
    assert_eq!((few.size, few.selected), (None, None));
    assert_eq!(few.rate, Evidence::Insufficient { n: 0, needed: SMALLEST_GROUP });
    let selected: u64 = audit.groups.iter().filter_map(|line| line.selected).sum();
    assert!(selected > 0 && audit.ratio.is_some());
    // Who, why, what and how many, in the ledger and in the log of openings.
    let opened = kit.app.store().entries_of("vault/religion").await.unwrap();
    assert!(opened.iter().all(|entry| entry.entry.action == Action::VaultOpened));
    assert_eq!(opened.len(), 1);
    let text = format!("{:?}", opened[0]);
    assert!(text.contains(reason) && text.contains(&officer.name) && text.contains("religion"), "{text}");
    assert!(text.contains(&customers.len().to_string()) && !text.contains("secret"), "{text}");
    assert_eq!(kit.app.store().vault_openings(5).await.unwrap()[0].rows, customers.len() as i64);
    // A marketer cannot, nor can anybody without a reason, and a refusal leaves no opening.
    let marketer = kit.person(Role::Marketer).await;
    assert!(kit.app.audit_selection(&marketer, audience, Attribute::Religion, reason).await.is_err());
    assert!(kit.app.audit_selection(&officer, audience, Attribute::Religion, "audit").await.is_err());
    assert_eq!(kit.app.store().vault_openings(5).await.unwrap().len(), 1);
    // The customer's own archive has it in clear; erasing shreds it.
    let key = &customers[7].key;
    let archive = serde_json::to_string(&kit.app.archive_of(key).await.unwrap()).unwrap();
    assert!(archive.contains("secret-"), "{archive}");
    kit.app.erase_customer(key, terms::erasure::ErasureCause::Request).await.unwrap();
    assert_eq!(kit.app.store().vault_keys(std::slice::from_ref(key)).await.unwrap(), []);
    assert_eq!(
        kit.app.store().vault_counts().await.unwrap()[&Attribute::Religion],
        customers.len() as i64 - 1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_takes_in_nothing_and_is_never_repeated() {
    let kit = TestApp::with_customers(20).await;
    let officer = kit.person(Role::PrivacyOfficer).await;
    let key = kit.app.store().customers_after(None, 1).await.unwrap()[0].key.clone();
    let text = format!("customer,attribute,value\n{key},health,asthma\nnobody-here,health,epilepsy\n");
    let error = kit.app.import_vault(&officer, &vault_file(&kit, &text)).await.unwrap_err().to_string();
    assert!(
        error.contains("line 3") && !error.contains("epilepsy") && !error.contains("nobody-here"),
        "{error}"
    );
    assert!(kit.app.store().vault_counts().await.unwrap().is_empty());
}

#[test]
fn no_segment_can_name_what_the_vault_holds() {
    let synonyms = [
        "age",
        "underage",
        "minors",
        "gender",
        "sex",
        "race",
        "ethnicity",
        "nationality",
        "faith",
        "belief",
        "illness",
        "pregnant",
        "politics",
        "union",
        "dna",
        "fingerprint",
        "debt",
        "income",
        "vulnerable",
        "addiction",
        "edad",
        "menor",
        "menor_de_edad",
        "género",
        "sexo",
        "raza",
        "etnia",
        "nacionalidad",
        "religión",
        "creencias",
        "salud",
        "enfermedad",
        "discapacidad",
        "embarazada",
        "ideología",
        "sindicato",
        "genética",
        "biometría",
        "deudas",
        "ingresos",
        "vulnerable",
        "orientación_sexual",
        "vida_sexual",
        "adicción",
    ];
    let names = Attribute::ALL.iter().map(|attribute| attribute.as_str()).chain(synonyms);
    for name in names {
        for spelled in
            [name.to_owned(), name.to_uppercase(), format!("vault.{name}"), format!("customer.{name}")]
        {
            let text = format!("{spelled} = 1");
            let error = policy::segment::parse(&text).expect_err(&text);
            for (language, why) in
                [(Language::English, "only the fairness audit"), (Language::Spanish, "auditoría de equidad")]
            {
                let told = error.render(&text, language).replace('\n', " ");
                assert!(told.contains(why), "`{text}`: {told}");
            }
        }
    }
}
