//! Random histories: what `policy` decides, one by one and over columns, and what the store derives, against the oracle
//! that was written from the rules' words alone.

#![expect(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use measure::proof::oracle::{Ask, Event, Lot, agreed, forbids, record_of};
use policy::cap::Cap;
use policy::consent::{ConsentState, SaleEvidence, state_at, state_now};
use policy::decide::{BrandLimits, Harm, Rules, Subject, SubjectColumns, decide, decide_columns};
use policy::quiet_hours::QuietHours;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use science::experiment::holdout::{HoldoutRule, period};
use std::sync::atomic::{AtomicU64, Ordering};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::{Customer, Language};
use terms::decision::Decision;
use terms::ids::{CampaignId, CustomerKey};
use terms::preference::{NameUse, PersonalNeed, Personalisation};
use terms::time::Instant;

/// The middle of all histories: 2026-05-02, 12:00 UTC, between holidays.
const NOON: Instant = Instant(1_777_723_200_000_000);
const ADDRESSES: [&str; 3] = ["ana@example.com", " Ana@Example.COM", "bob@example.com"];

fn key(at: usize) -> CustomerKey {
    CustomerKey::new(format!("C-{at}"))
}

/// Instants on few places, so that many fall together: around windows of caps, and hours apart for the night.
fn instant() -> impl Strategy<Value = Instant> {
    prop_oneof![
        (-3i64..4).prop_map(|days| NOON.plus_days(days * 3)),
        (-14i64..15).prop_map(|hours| NOON.plus_hours(hours)),
        (-1i64..2).prop_map(|micros| Instant(NOON.plus_days(-3).0 + micros)),
        (-32i64..-27).prop_map(|days| NOON.plus_days(days)),
    ]
}

fn receipt() -> impl Strategy<Value = ConsentReceipt> {
    (
        0usize..3,
        prop::sample::select(vec![
            Purpose::Marketing,
            Purpose::Marketing,
            Purpose::Profiling,
            Purpose::AiContent,
            Purpose::Sharing,
        ]),
        prop::sample::select(vec![Channel::Email, Channel::Email, Channel::Sms, Channel::Post]),
        prop::sample::select(vec![
            ConsentStatus::Granted,
            ConsentStatus::Granted,
            ConsentStatus::Withdrawn,
            ConsentStatus::Denied,
        ]),
        prop::sample::select(LawfulBasis::ALL.to_vec()),
        prop::sample::select(vec!["order:1", "order: ", "invoice:A", "form:9", "sale", ""]),
        instant(),
        0u32..1000,
    )
        .prop_map(|(customer, purpose, channel, status, basis, proof, at, source)| ConsentReceipt {
            customer: key(customer),
            purpose,
            channel,
            status,
            basis,
            notice_version: "v1".to_owned(),
            notice_hash: String::new(),
            language: Language::English,
            source: format!("s{source}"),
            proof: proof.to_owned(),
            at,
        })
}

fn record() -> impl Strategy<Value = Customer> {
    (
        0usize..3,
        prop::sample::select(vec![Some(0), Some(1), Some(2), None, Some(9)]),
        prop::sample::select(vec!["es-ES", "en-GB", "fr-FR", "ES"]),
        prop::sample::select(vec![None, Some("ES"), Some("GB"), Some("MX"), Some("ZZ")]),
        prop::sample::select(vec![None, Some("Europe/Madrid"), Some("Asia/Tokyo"), Some("Nowhere/Else")]),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(customer, address, locale, country, zone, restricted)| Customer {
            key: key(customer),
            email: address.map(|at: usize| ADDRESSES.get(at).copied().unwrap_or("nobody").to_owned()),
            first_name: None,
            locale: locale.to_owned(),
            country: country.map(str::to_owned),
            time_zone: zone.map(str::to_owned),
            known_since: NOON.plus_days(-90),
            restricted,
        })
}

fn event() -> impl Strategy<Value = Event> {
    let target = (0usize..3, prop::option::of(0usize..3), any::<bool>()).prop_map(|(who, address, keyed)| {
        let address = address.and_then(|at| ADDRESSES.get(at)).map(|address| (*address).to_owned());
        (keyed.then(|| key(who)), address)
    });
    prop_oneof![
        8 => receipt().prop_map(Event::Receipt),
        2 => record().prop_map(Event::Record),
        1 => (0usize..3, any::<bool>()).prop_map(|(who, on)| Event::Restriction(key(who), on)),
        1 => (target.clone(), prop::sample::select(SuppressionReason::ALL.to_vec()))
            .prop_map(|((who, address), reason)| Event::Suppression(who, address, reason)),
        1 => target.prop_map(|(who, address)| Event::ManualLifted(who, address)),
        1 => (0usize..3, prop::option::of(0u32..3)).prop_map(|(who, cap)| Event::OwnCap(key(who), cap)),
        1 => (0usize..3, prop::option::of(prop::sample::select(Language::ALL.to_vec())))
            .prop_map(|(who, language)| Event::OwnLanguage(key(who), language)),
        1 => (0usize..3, prop::collection::vec(prop::sample::select(vec!["coffee", "tea"]), 0..2))
            .prop_map(|(who, topics)| Event::OwnTopics(key(who), topics.into_iter().map(str::to_owned).collect())),
        1 => (0usize..3, prop::sample::select(Personalisation::ALL.to_vec()))
            .prop_map(|(who, level)| Event::OwnLevel(key(who), level)),
        1 => (0usize..40).prop_map(|who| Event::Erased(key(who))),
        2 => (0usize..3, 0i64..4, instant())
            .prop_map(|(who, campaign, at)| Event::Contact(key(who), CampaignId(campaign), at)),
        1 => (0usize..3, 0i64..4).prop_map(|(who, campaign)| Event::NoContact(key(who), CampaignId(campaign))),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    (
        prop::sample::select(vec![Channel::Email, Channel::Email, Channel::Email, Channel::Post]),
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(vec![
            vec![Language::English, Language::Spanish],
            vec![Language::English],
            vec![Language::Spanish],
        ]),
        (
            prop_oneof![3 => Just(0u32), 1 => 0u32..4],
            prop::sample::select(NameUse::ALL.to_vec()),
            0u32..4,
            prop::sample::select(vec!["", "", "coffee"]),
            prop_oneof![3 => Just(0u32), 1 => 0u32..2_000],
            0u64..50,
        ),
        prop::sample::select(vec![(-20i64, 20i64), (-20, 20), (-20, 0), (1, 20)]),
        prop::sample::select(vec![vec!["Europe/Madrid", "Europe/London"], vec!["Europe/Madrid"], vec![]]),
    )
        .prop_map(|(channel, profiled, with_ai, languages, words, (from, until), zones)| Ask {
            campaign: CampaignId(0),
            channel,
            profiled,
            with_ai,
            languages: languages
                .into_iter()
                .map(|language| (language, PersonalNeed { stated: words.0, name: words.1 }))
                .collect(),
            topic: words.3.to_owned(),
            personal_facts: words.2,
            from: NOON.plus_days(from),
            until: NOON.plus_days(until),
            caps: vec![(4, 30), (1, 3)],
            brand_zones: zones.into_iter().map(str::to_owned).collect(),
            lot: Lot { hundredths: words.4, seed: words.5 },
        })
}

/// A history in which most things are well, so that the answer hangs on what follows.
fn history() -> impl Strategy<Value = Vec<Event>> {
    let grants = |who: usize| {
        [Purpose::Marketing, Purpose::Profiling, Purpose::AiContent].map(|purpose| {
            Event::Receipt(ConsentReceipt {
                customer: key(who),
                purpose,
                channel: Channel::Email,
                status: ConsentStatus::Granted,
                basis: LawfulBasis::Consent,
                notice_version: "v1".to_owned(),
                notice_hash: String::new(),
                language: Language::English,
                source: "first".to_owned(),
                proof: "form:1".to_owned(),
                at: NOON.plus_days(-60),
            })
        })
    };
    (prop::collection::vec(record(), 3), prop::collection::vec(event(), 0..14)).prop_map(
        move |(records, events)| {
            let mut history = Vec::new();
            for (who, mut record) in records.into_iter().enumerate() {
                record.key = key(who);
                history.push(Event::Record(record));
                history.extend(grants(who));
            }
            history.extend(events);
            history
        },
    )
}

fn rules(ask: &Ask) -> Rules {
    Rules {
        struck: Vec::new(),
        campaign: ask.campaign,
        channel: ask.channel,
        uses_profiling: ask.profiled,
        written_with_ai: ask.with_ai,
        languages: ask.languages.clone(),
        topic: ask.topic.clone(),
        starts_at: ask.from,
        ends_at: ask.until,
        limits: BrandLimits {
            caps: ask
                .caps
                .iter()
                .map(|(limit, days)| Cap { limit: *limit, window_days: u32::try_from(*days).unwrap() })
                .collect(),
            quiet: QuietHours::STANDARD,
            zones: ask.brand_zones.clone(),
            personal_facts: ask.personal_facts,
            ..BrandLimits::default()
        },
    }
}

/// The facts as the store and `flow::subjects` put them together: a fold over the history, event by event.
fn subject(history: &[Event], ask: &Ask, who: &CustomerKey, now: Instant) -> Option<Subject> {
    let record = record_of(history, who)?;
    let mut subject = Subject::unknown(who.clone(), record.language());
    subject.has_address = record.email.as_deref().is_some_and(|email| email.contains('@'));
    subject.time_zone.clone_from(&record.time_zone);
    subject.country = record.country.as_deref().and_then(|code| code.parse().ok());
    let mut receipts = Vec::new();
    let mut suppressed: Vec<(String, SuppressionReason)> = Vec::new();
    let mut contacts: Vec<(CampaignId, Instant)> = Vec::new();
    let folded = |address: &str| format!("@{}", address.trim().to_lowercase());
    let names = |customer: &Option<CustomerKey>, address: &Option<String>| -> Vec<String> {
        let key = customer.as_ref().map(|customer| format!("key {customer}"));
        key.into_iter().chain(address.as_deref().map(folded)).collect()
    };
    for event in history {
        match event {
            Event::Record(new) if new.key == *who => subject.restricted |= new.restricted,
            Event::Receipt(receipt) if receipt.customer == *who => receipts.push(receipt.clone()),
            Event::Restriction(customer, on) if customer == who => subject.restricted = *on,
            Event::Suppression(customer, address, reason) => {
                suppressed.extend(names(customer, address).into_iter().map(|name| (name, *reason)));
            }
            Event::ManualLifted(customer, address) => {
                let lifted = names(customer, address);
                suppressed.retain(|(name, why)| *why != SuppressionReason::Manual || !lifted.contains(name));
            }
            Event::OwnCap(customer, cap) if customer == who => subject.monthly_max = *cap,
            Event::OwnLanguage(customer, language) if customer == who => {
                subject.language = language.unwrap_or(record.language());
            }
            Event::OwnTopics(customer, topics) if customer == who => subject.topics.clone_from(topics),
            Event::OwnLevel(customer, level) if customer == who => subject.personalisation = *level,
            Event::Contact(customer, campaign, at) if customer == who => contacts.push((*campaign, *at)),
            Event::NoContact(customer, campaign) if customer == who => {
                contacts.retain(|(by, _)| by != campaign);
            }
            _ => {}
        }
    }
    let mine = names(&Some(who.clone()), &record.email);
    subject.suppressed = suppressed.iter().find(|(name, _)| mine.contains(name)).map(|(_, reason)| *reason);
    let (share, seed) = (f64::from(ask.lot.hundredths) / 10_000.0, ask.lot.seed);
    let rule = HoldoutRule { from: NOON.day().plus(-60), months: 6, share, seed };
    let drawn = period(&[rule], now.day()).filter(|period| period.draws(who.as_str()));
    subject.holdout_until = drawn.map(|period| period.to);
    subject.marketing = state_now(&receipts, Purpose::Marketing, ask.channel, now);
    subject.profiling = state_now(&receipts, Purpose::Profiling, ask.channel, now);
    subject.ai_content = state_now(&receipts, Purpose::AiContent, ask.channel, now);
    subject.contacts =
        contacts.iter().filter(|(campaign, _)| *campaign != ask.campaign).map(|(_, at)| *at).collect();
    Some(subject)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Both ways: nobody is written to whom the oracle forbids, and nobody is left out whom it does not.
    #[test]
    fn a_decision_allows_exactly_what_the_rules_allow(
        history in history(), ask in ask(), now in instant(), who in 0usize..3,
        harm in prop::option::weighted(0.3, prop::sample::select(vec![0.0, 0.02, 0.021, 0.5, f64::NAN])),
    ) {
        let who = key(who);
        // One message a campaign and customer is the outbox's promise, which the simulation holds it to.
        let history: Vec<Event> = history
            .into_iter()
            .filter(|event| !matches!(event, Event::Contact(_, CampaignId(0), _)))
            .collect();
        let mut forbidden = forbids(&history, &ask, &who, now);
        // How likely a message does harm is for its own tests; here, that it is obeyed, and that no number is no leave.
        if harm.is_some_and(|low| low > 0.02 || low.is_nan()) {
            forbidden.push("they have had enough");
        }
        let rules = rules(&ask);
        let allowed = match subject(&history, &ask, &who, now) {
            None => false,
            Some(mut subject) => {
                subject.harm = harm.map(|low| Harm { expected: low, low });
                let outcome = decide(&subject, &rules, now);
                let mut columns = SubjectColumns::with_capacity(1);
                columns.push(&subject);
                let decisions = decide_columns(&columns, &rules, now);
                prop_assert_eq!(decisions.decisions, vec![outcome.decision()]);
                prop_assert_eq!(decisions.not_before, vec![outcome.not_before()]);
                outcome.decision() == Decision::Contact && outcome.not_before().is_some_and(|at| at <= now)
            }
        };
        prop_assert_eq!(allowed, forbidden.is_empty(), "the oracle says {:?}", forbidden);
    }

    /// The state at an instant of the past is that of the receipts up to it; the state now knows refusals to come.
    #[test]
    fn receipts_say_what_their_words_say(
        receipts in prop::collection::vec(receipt(), 0..12),
        purpose in prop::sample::select(Purpose::ALL.to_vec()),
        channel in prop::sample::select(Channel::ALL.to_vec()),
        at in instant(),
    ) {
        let who = key(0);
        let own: Vec<ConsentReceipt> = receipts.iter().filter(|one| one.customer == who).cloned().collect();
        let history: Vec<Event> = receipts.iter().cloned().map(Event::Receipt).collect();
        let allows = |state: Option<ConsentState>| state.is_some_and(|state| state.allows(purpose, channel));
        prop_assert_eq!(
            allows(state_now(&own, purpose, channel, at)),
            agreed(&history, &who, purpose, channel, at)
        );
        let until: Vec<Event> = receipts.into_iter().filter(|one| one.at <= at).map(Event::Receipt).collect();
        prop_assert_eq!(
            allows(state_at(&own, purpose, channel, at)),
            agreed(&until, &who, purpose, channel, at)
        );
    }
}

/// Receipts in the store, case after case in one database, on keys of their own.
async fn store_says_the_same(store: &store::Store, cases: u32) {
    static CASE: AtomicU64 = AtomicU64::new(0);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = (
        prop::collection::vec(receipt(), 1..12),
        prop::sample::select(Purpose::ALL.to_vec()),
        prop::sample::select(Channel::ALL.to_vec()),
        instant(),
    );
    for _ in 0..cases {
        let (receipts, purpose, channel, at) = strategy.new_tree(&mut runner).unwrap().current();
        let case = CASE.fetch_add(1, Ordering::Relaxed);
        let named = |key: &CustomerKey| CustomerKey::new(format!("{case}-{key}"));
        let receipts: Vec<ConsentReceipt> = receipts
            .into_iter()
            .map(|one| ConsentReceipt { customer: named(&one.customer), ..one })
            .collect();
        store.add_consents(&receipts).await.unwrap();
        let history: Vec<Event> = receipts.iter().cloned().map(Event::Receipt).collect();
        let until: Vec<Event> =
            receipts.iter().filter(|one| one.at <= at).cloned().map(Event::Receipt).collect();
        let states = store.consent_states(purpose, &[channel], at).await.unwrap();
        let ahead = store.refusals_after(purpose, &[channel], at).await.unwrap();
        for who in (0..3).map(|at| named(&key(at))) {
            let told = store.consent_history(&who).await.unwrap();
            let expected = agreed(&history, &who, purpose, channel, at);
            let found = state_now(&told, purpose, channel, at);
            assert_eq!(found.is_some_and(|state| state.allows(purpose, channel)), expected, "{receipts:?}");
            // For one channel, what all receipts of the latest instant say together is what the rules say of it.
            let mine = states.iter().filter(|(customer, _)| *customer == who).map(|(_, state)| state);
            let allow = |state: &store::consents::ConsentState| {
                let state = ConsentState {
                    status: state.status,
                    basis: state.basis,
                    evidence: SaleEvidence::of_proof(&state.proof),
                    at: state.at,
                    source: state.source.clone(),
                    notice_version: state.notice_version.clone(),
                };
                state.allows(purpose, channel)
            };
            let of_channel: Vec<Event> = until
                .iter()
                .filter(|event| matches!(event, Event::Receipt(one) if one.channel == channel))
                .cloned()
                .collect();
            let together = mine.clone().count() > 0 && mine.clone().all(allow);
            assert_eq!(together, agreed(&of_channel, &who, purpose, channel, at), "{receipts:?}");
            // The one receipt that the store names for an instant refuses whenever any of that instant does.
            let about = |one: &&ConsentReceipt| {
                one.customer == who
                    && one.purpose == purpose
                    && (one.channel == channel || purpose != Purpose::Marketing)
                    && one.at <= at
            };
            let latest = receipts.iter().filter(about).map(|one| one.at).max();
            let refused = receipts
                .iter()
                .filter(about)
                .any(|one| Some(one.at) == latest && one.status != ConsentStatus::Granted);
            let one = store.consent_at(&who, purpose, channel, at).await.unwrap();
            assert_eq!(one.as_ref().map(|one| one.at), latest, "{receipts:?}");
            assert_eq!(one.is_some_and(|one| one.status != ConsentStatus::Granted), refused, "{receipts:?}");
            let later = receipts.iter().any(|one| {
                one.customer == who
                    && one.purpose == purpose
                    && one.channel == channel
                    && one.at > at
                    && one.status != ConsentStatus::Granted
            });
            assert_eq!(ahead.iter().any(|(customer, _)| *customer == who), later, "{receipts:?}");
        }
    }
}

#[tokio::test]
async fn the_store_derives_what_the_rules_say_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = store::Store::open(folder.path().join("s.db").to_str().unwrap()).await.unwrap();
    store_says_the_same(&store, 300).await;
    store.close().await;
}

#[tokio::test]
async fn the_store_derives_what_the_rules_say_on_postgresql() {
    let Some(database) = common::database("properties").await else { return };
    let store = store::Store::open(&database.url).await.unwrap();
    store_says_the_same(&store, 300).await;
    store.close().await;
    database.drop().await;
}

mod common;
