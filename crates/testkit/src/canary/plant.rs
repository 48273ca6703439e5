//! Planting: each field of each subject gets a word of its own, by the way it comes in.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use flow::OptOutSource;
use flow::events::{Call, NewKey, WriteKey};
use flow::views::{JoinForm, PreferencesForm};
use lake::import::Options;
use serde_json::json;
use terms::consent::{Channel, Purpose};
use terms::customer::Language;
use terms::delivery::DeliveryState;
use terms::ids::CustomerKey;
use terms::person::{Actor, Role};
use terms::preference::Personalisation;
use terms::rights::{Details, RightKind};
use terms::service::{ServiceKind, ServiceMail};

use crate::TestApp;

/// Subjects of each eight that come by the sign-up form, and by an event; the others by a file.
const EIGHT: usize = 8;

/// A made-up customer.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Their number.
    pub number: usize,
    /// Their key, once they have one.
    pub key: CustomerKey,
    /// Their address.
    pub email: String,
    /// Their words, by field.
    pub words: Vec<(&'static str, String)>,
}

impl Subject {
    fn new(number: usize, salt: u64) -> Self {
        let mut subject = Self { number, key: CustomerKey::new(""), email: String::new(), words: Vec::new() };
        let key = subject.word("key", salt);
        subject.key = CustomerKey::new(key);
        subject.email = format!("{}@mail.example", subject.word("email", salt));
        for field in FIELDS {
            subject.word(field, salt);
        }
        subject
    }

    /// Makes the word of a field. A keyed number and not a random one: a run can be repeated.
    fn word(&mut self, field: &'static str, salt: u64) -> String {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ salt;
        for byte in format!("{}/{field}", self.number).bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let word = format!("cnry-{:05}-{field}-{hash:016x}", self.number);
        self.words.push((field, word.clone()));
        word
    }

    /// The word of a field.
    #[must_use]
    pub fn said(&self, field: &str) -> &str {
        self.words.iter().find(|(name, _)| *name == field).map_or("", |(_, word)| word)
    }

    fn by_form(&self) -> bool {
        self.number.is_multiple_of(EIGHT)
    }

    fn by_event(&self) -> bool {
        self.number % EIGHT == 1
    }
}

const FIELDS: &[&str] = &[
    "name",
    "order",
    "badrow",
    "proof",
    "source",
    "anon",
    "trait",
    "page",
    "product",
    "group",
    "basket",
    "old",
    "vault",
    "words",
    "fix",
    "formwords",
    "reason",
    "eventorder",
];

fn file(kit: &TestApp, name: &str, text: &str) -> PathBuf {
    let path = kit.home().with_file_name(name);
    std::fs::write(&path, text).expect("a file");
    path
}

/// Plants subjects by every way there is.
pub async fn plant(kit: &TestApp, number: usize, salt: u64) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = (0..number).map(|number| Subject::new(number, salt)).collect();
    sign_up(kit, &mut subjects).await;
    let shop = write_key(kit).await;
    identify(kit, &shop, &subjects).await;
    import(kit, &subjects).await;
    track(kit, &shop, &subjects).await;
    kit.app.work_until_idle("setup").await.expect("profiles");
    seal(kit, &subjects).await;
    send(kit, &subjects).await;
    ask(kit, &subjects).await;
    subjects
}

async fn write_key(kit: &TestApp) -> WriteKey {
    let new = NewKey { name: "shop".to_owned(), per_second: Some(100_000), ..NewKey::default() };
    let issued = kit.app.add_write_key(&new, Actor::Operator).await.expect("a key");
    kit.app.write_key(&issued.key).await.expect("the store").expect("the key")
}

/// Through /join: asked, mailed, confirmed. They get the key that the installation makes.
async fn sign_up(kit: &TestApp, subjects: &mut [Subject]) {
    for subject in subjects.iter_mut().filter(|subject| subject.by_form()) {
        let form = JoinForm {
            email: subject.email.clone(),
            language: Language::English,
            purposes: vec![Purpose::Marketing, Purpose::Profiling],
            address: Some(format!("198.51.{}.{}", subject.number / 250, subject.number % 250)),
            opted_out: false,
        };
        kit.app.ask_to_join(&form).await.expect("a sign-up");
        let token = mailed(kit, &subject.email, "/join/").expect("a confirmation in the outbox");
        kit.app.confirm_join(&token).await.expect("a confirmation");
        let found = kit.app.store().customers_by_email(&subject.email).await.expect("customers");
        subject.key = found.first().expect("who signed up").key.clone();
        subject.words.retain(|(field, _)| *field != "key");
        subject.words.push(("key", subject.key.as_str().to_owned()));
    }
}

/// The newest token after `before` in a mail to an address.
fn mailed(kit: &TestApp, to: &str, before: &str) -> Option<String> {
    let mut mails: Vec<PathBuf> = std::fs::read_dir(kit.home().join("outbox"))
        .expect("the outbox")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    mails.sort_by_key(|path| std::fs::metadata(path).and_then(|data| data.modified()).ok());
    mails.iter().rev().find_map(|path| {
        let text =
            String::from_utf8_lossy(&std::fs::read(path).ok()?).replace("=\r\n", "").replace("=3D", "=");
        let (_, rest) = text.contains(to).then(|| text.split_once(before))??;
        Some(rest.chars().take_while(char::is_ascii_hexdigit).collect())
    })
}

async fn tell(kit: &TestApp, key: &WriteKey, events: &[serde_json::Value]) {
    for group in events.chunks(100) {
        let body = json!({ "batch": group }).to_string();
        let receipt = kit.app.take_events(key, Call::Batch, &body, false).await.expect("events");
        assert_eq!(receipt.accepted, group.len() as u64, "{receipt:?}");
    }
    kit.app.apply_all_events().await.expect("events used");
}

async fn identify(kit: &TestApp, shop: &WriteKey, subjects: &[Subject]) {
    let events: Vec<_> = subjects
        .iter()
        .filter(|subject| subject.by_event())
        .map(|subject| {
            json!({"type": "identify", "messageId": format!("i{}", subject.number), "userId": subject.key.as_str(),
                   "traits": {"email": subject.email, "firstName": subject.said("name"), "city": subject.said("trait")}})
        })
        .collect();
    tell(kit, shop, &events).await;
}

/// Files, each with rows that are rejected.
async fn import(kit: &TestApp, subjects: &[Subject]) {
    let mut customers = "key,email,first_name,locale,country,time_zone,known_since\n".to_owned();
    let mut purchases = "customer,time,amount,currency,order\n".to_owned();
    let mut consents = "customer,purpose,channel,status,basis,language,source,proof,at\n".to_owned();
    for subject in subjects {
        let (key, said) = (subject.key.as_str(), |field| subject.said(field));
        if !subject.by_form() && !subject.by_event() {
            let (email, name) = (&subject.email, said("name"));
            let _ = writeln!(customers, "{key},{email},{name},en-GB,GB,Europe/London,2025-02-03");
            let _ = writeln!(
                customers,
                "{key},{} at nowhere,{name},en-GB,GB,Europe/London,2025-02-03",
                said("badrow")
            );
        }
        for month in 3..9 {
            let _ = writeln!(purchases, "{key},2026-0{month}-07,21.50,EUR,{}-{month}", said("order"));
        }
        let _ = writeln!(purchases, "{key},2026-05-07,many,EUR,{}", said("badrow"));
        for purpose in ["marketing", "profiling", "measurement", "ai_content"] {
            let (source, proof) = (said("source"), said("proof"));
            let _ =
                writeln!(consents, "{key},{purpose},email,granted,consent,en,{source},{proof},2026-05-13");
        }
        let _ =
            writeln!(consents, "{key},marketing,pigeon,granted,consent,en,x,{},2026-05-13", said("badrow"));
    }
    let none = Options::default;
    kit.app.import_customers(&file(kit, "c.csv", &customers), none(), |_| {}).await.expect("customers");
    kit.app.import_consents(&file(kit, "s.csv", &consents), none(), |_| {}).await.expect("consents");
    kit.app.import_purchases(&file(kit, "p.csv", &purchases), none(), |_| {}).await.expect("purchases");
}

/// What shops and apps send, some of it before anybody knows who it was.
async fn track(kit: &TestApp, shop: &WriteKey, subjects: &[Subject]) {
    let mut events = Vec::new();
    for subject in subjects {
        let (n, key, anon) = (subject.number, subject.key.as_str(), subject.said("anon"));
        events.push(json!({"type": "page", "messageId": format!("p{n}"), "anonymousId": anon,
            "name": "Page", "properties": {"url": format!("https://aurora.example/{}", subject.said("page"))}}));
        events.push(
            json!({"type": "identify", "messageId": format!("j{n}"), "userId": key, "anonymousId": anon,
            "traits": {"nick": subject.said("trait")}}),
        );
        events.push(
            json!({"type": "track", "messageId": format!("t{n}"), "userId": key, "event": "Product Viewed",
            "properties": {"product": subject.said("product")}}),
        );
        events.push(json!({"type": "track", "messageId": format!("b{n}"), "anonymousId": anon, "event": subject.said("basket")}));
        events.push(json!({"type": "group", "messageId": format!("g{n}"), "userId": key, "groupId": subject.said("group")}));
        events.push(json!({"type": "alias", "messageId": format!("a{n}"), "previousId": subject.said("old"), "userId": key}));
        events.push(
            json!({"type": "track", "messageId": format!("o{n}"), "userId": key, "event": "Order Completed",
            "properties": {"order_id": subject.said("eventorder"), "total": 12.0, "currency": "EUR"}}),
        );
    }
    tell(kit, shop, &events).await;
    kit.app.compact_events().await.expect("the lake takes orders");
}

/// The vault; the file itself is the operator's and goes.
async fn seal(kit: &TestApp, subjects: &[Subject]) {
    let mut text = "customer,attribute,value\n".to_owned();
    for subject in subjects {
        let _ = writeln!(text, "{},religion,{}", subject.key.as_str(), subject.said("vault"));
    }
    let officer = kit.person(Role::PrivacyOfficer).await;
    kit.app.import_vault(&officer, &file(kit, "v.csv", &text)).await.expect("a vault");
}

/// A campaign to everybody, and opt-outs of a third.
async fn send(kit: &TestApp, subjects: &[Subject]) {
    let id = kit.approved("Canaries", "known_days >= 0").await;
    kit.app.launch_campaign(&kit.person(Role::Marketer).await, id).await.expect("a launch");
    kit.work_for_a_day().await;
    let sent =
        kit.app.store().messages_of_campaign(id, Some(DeliveryState::Sent), 100_000, 0).await.expect("sent");
    let numbers: HashMap<&CustomerKey, usize> =
        subjects.iter().map(|subject| (&subject.key, subject.number)).collect();
    assert!(sent.len() > subjects.len() / 3, "{} of {} were written to", sent.len(), subjects.len());
    for message in sent.iter().filter(|message| numbers.get(&message.customer).is_some_and(|n| n % 3 == 0)) {
        let [_, _, token] = kit.app.customer_links(message.id).expect("links");
        kit.app.unsubscribe(&token, OptOutSource::Page).await.expect("an opt-out");
    }
}

/// Preferences, rights requests with words, service mails, and an archive.
async fn ask(kit: &TestApp, subjects: &[Subject]) {
    for subject in subjects {
        let link = kit.app.centre_link(&subject.key).await.expect("a link");
        if subject.number % 2 == 0 {
            let form = PreferencesForm {
                channels: vec![Channel::Email],
                profiling: true,
                ai_content: true,
                measurement: true,
                sharing: false,
                personalisation: Some(Personalisation::Full),
                topics: None,
                max_per_month: Some(3),
                language: Some(Language::Spanish),
            };
            kit.app.save_preferences(&link, &form).await.expect("preferences");
        }
        let fix = Details {
            words: subject.said("words").to_owned(),
            fields: vec![("first_name".to_owned(), subject.said("fix").to_owned())],
            ..Details::default()
        };
        kit.app.ask_from_page(&link, RightKind::Rectification, fix).await.expect("a request");
        let source = format!("203.0.{}.{}", subject.number / 250, subject.number % 250);
        kit.app
            .ask_from_form(
                RightKind::Access,
                &subject.email,
                subject.said("formwords"),
                Language::English,
                &source,
            )
            .await
            .expect("a request by the form");
        let mut mail =
            ServiceMail::new(ServiceKind::RequestRefused, subject.email.clone(), Language::English);
        mail.customer = Some(subject.key.clone());
        mail.reference = Some("R-1".to_owned());
        mail.reason = Some(subject.said("reason").to_owned());
        kit.app.send_service(mail).await.expect("a service mail");
        let path = kit.app.export_path(&subject.key, "archive.json").expect("a path");
        let archive = kit.app.archive_of(&subject.key).await.expect("an archive");
        std::fs::write(path, serde_json::to_vec(&archive).expect("JSON")).expect("an archive on disk");
    }
}

/// What comes late about these subjects: events under each of their names.
pub async fn late(kit: &TestApp, subjects: &[Subject]) {
    let new = NewKey { name: "late".to_owned(), per_second: Some(100_000), ..NewKey::default() };
    let issued = kit.app.add_write_key(&new, Actor::Operator).await.expect("a key");
    let shop = kit.app.write_key(&issued.key).await.expect("the store").expect("the key");
    identify(kit, &shop, subjects).await;
    track(kit, &shop, subjects).await;
}
