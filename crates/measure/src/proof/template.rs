//! What all seeds share: an installation with people, a brand, facts, eight customers and three approved campaigns,
//! made once with the product's own use cases. A seed copies its database and nothing else.

use crate::proof::oracle::{Ask, Event, Lot};
use crate::proof::{Failure, Result};
use flow::clock::Clock;
use flow::events::NewKey;
use flow::{App, Brand, Opening, Topic};
use std::path::PathBuf;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::customer::{Customer, Language};
use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
use terms::ids::{CampaignId, CustomerKey, FactId, PersonId, WriteKeyId};
use terms::person::{Actor, Person, Role};
use terms::preference::{NameUse, PersonalNeed};
use terms::time::{Day, Instant};

/// Customers of the simulated shop.
pub const CUSTOMERS: usize = 8;
/// What each edition of a campaign carries in its link, so that its words can be told from an earlier edition's.
pub const EDITION: &str = "https://aurora.example/?edition=";

/// The global holdout: of the eight customers it draws the fifth.
const LOT: Lot = Lot { hundredths: 2_000, seed: 3 };

/// Topics of the brand.
const TOPICS: [&str; 3] = ["coffee", "events", "tea"];

/// A campaign of the template.
#[derive(Debug, Clone)]
pub struct Planned {
    /// What it asks for.
    pub ask: Ask,
    /// Its audience in the segment language.
    pub audience: &'static str,
}

/// The template.
pub struct Template {
    folder: tempfile::TempDir,
    /// The installation; its own store is closed.
    pub app: App,
    /// When the seeds begin.
    pub start: Instant,
    /// What had happened until then.
    pub history: Vec<Event>,
    /// The campaigns, approved.
    pub campaigns: Vec<Planned>,
    /// The marketer, who writes and launches.
    pub marketer: Person,
    /// The approver.
    pub approver: Person,
    /// The engineer, who settles what is in doubt.
    pub engineer: Person,
    /// The key under which a server sends events.
    pub write_key: WriteKeyId,
    /// Topics of the brand.
    pub topics: Vec<String>,
}

/// The key of a customer.
#[must_use]
pub fn key(at: usize) -> CustomerKey {
    CustomerKey::new(format!("C-{at}"))
}

fn customer(at: usize, since: Instant) -> Customer {
    // Two share an address; zones, countries and languages differ, and of some nothing is known.
    let address = if at == 7 { "c6@example.com".to_owned() } else { format!("c{at}@example.com") };
    let zone = [Some("Europe/Madrid"), None, Some("America/New_York"), None].get(at % 4).copied().flatten();
    let country = [Some("ES"), Some("GB"), None, None, Some("MX")].get(at % 5).copied().flatten();
    Customer {
        key: key(at),
        email: Some(address),
        first_name: Some(["Ana", "Bob", "Eva", "Leo"].get(at % 4).copied().unwrap_or("Ana").to_owned()),
        locale: if at.is_multiple_of(3) { "es-ES" } else { "en-GB" }.to_owned(),
        country: country.map(str::to_owned),
        time_zone: zone.map(str::to_owned),
        known_since: since,
        restricted: false,
    }
}

/// A receipt of a customer.
#[must_use]
pub fn receipt(
    customer: &CustomerKey,
    purpose: Purpose,
    channel: Channel,
    status: ConsentStatus,
    at: Instant,
) -> ConsentReceipt {
    ConsentReceipt {
        customer: customer.clone(),
        purpose,
        channel,
        status,
        basis: LawfulBasis::Consent,
        notice_version: "v1".to_owned(),
        notice_hash: String::new(),
        language: Language::English,
        source: "form".to_owned(),
        proof: "form:1".to_owned(),
        at,
    }
}

/// A folder in memory where there is one: nothing of a simulation needs to outlive a power cut.
pub(crate) fn folder() -> Result<tempfile::TempDir> {
    let memory = std::path::Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    Ok(made?)
}

impl Template {
    /// Makes the template.
    ///
    /// # Errors
    /// When a use case refuses what the simulation needs.
    pub async fn make() -> Result<Self> {
        let folder = folder()?;
        let day = Day::from_ymd(2026, 4, 30).ok_or_else(|| Failure::Other("no such day".to_owned()))?;
        // The day before a holiday in some of the customers' countries.
        let start = day.start().plus_hours(9);
        let home = folder.path().join("home");
        let opening = Opening { home: &home, database_url: None, smtp_url: None, clock: Clock::at(start) };
        let app = App::open(opening).await?;
        let people = people(&app).await?;
        let person = |role: Role| somebody(&people, role);
        let (marketer, approver, engineer) =
            (person(Role::Marketer)?, person(Role::Approver)?, person(Role::Engineer)?);
        furnish(&app, start, person(Role::Analyst)?.id).await?;
        let officer = person(Role::PrivacyOfficer)?.id;
        let mut tx = app.store().begin().await?;
        tx.put_holdout_rule(start.day(), 3, LOT.hundredths, LOT.seed, officer, start).await?;
        tx.commit().await?;
        let mut history = Vec::new();
        let customers: Vec<Customer> = (0..CUSTOMERS).map(|at| customer(at, start.plus_days(-90))).collect();
        app.store().put_customers(&customers).await?;
        let mut receipts = Vec::new();
        for (at, customer) in customers.into_iter().enumerate() {
            let mut grant = |purpose, channel| {
                receipts.push(receipt(
                    &customer.key,
                    purpose,
                    channel,
                    ConsentStatus::Granted,
                    start.plus_days(-30),
                ));
            };
            grant(Purpose::Marketing, Channel::Email);
            if at != 1 {
                grant(Purpose::Profiling, Channel::Email);
            }
            if at != 2 {
                grant(Purpose::AiContent, Channel::Email);
            }
            history.push(Event::Record(customer));
        }
        app.store().add_consents(&receipts).await?;
        history.extend(receipts.into_iter().map(Event::Receipt));
        let shop = NewKey { name: "shop".to_owned(), ..NewKey::default() };
        let write_key = app.add_write_key(&shop, Actor::Operator).await?.id;
        let mut campaigns = Vec::new();
        for (name, audience, profiled, with_ai, topic) in [
            ("All", "known_days >= 0", false, false, ""),
            ("Prospects", "stage = prospect", true, false, "coffee"),
            ("Written", "known_days >= 1", false, true, "events"),
        ] {
            let words = Words { name, audience, topic, with_ai, control_percent: 20.0 };
            let id = write(&app, &marketer, &words).await?;
            approve(&app, &marketer, &approver, id).await?;
            let plan = app.store().campaign(id).await?.plan;
            let profiled =
                profiled || policy::segment::parse(audience).map_or(true, |segment| segment.uses_profiling());
            let ask = Ask {
                campaign: id,
                channel: Channel::Email,
                profiled,
                with_ai,
                // The greeting names them where they like that, and does without where they do not.
                languages: Language::ALL
                    .iter()
                    .map(|language| (*language, PersonalNeed { stated: 0, name: NameUse::Optional }))
                    .collect(),
                topic: plan.topic,
                personal_facts: 3,
                from: plan.starts_at,
                until: plan.ends_at,
                caps: vec![(4, 30), (1, 3)],
                brand_zones: vec!["Europe/Madrid".to_owned(), "Europe/London".to_owned()],
                lot: LOT,
            };
            campaigns.push(Planned { ask, audience });
        }
        app.store().close().await;
        let topics = TOPICS.map(str::to_owned).to_vec();
        Ok(Self { folder, app, start, history, campaigns, marketer, approver, engineer, write_key, topics })
    }

    /// A copy of the database for one seed.
    ///
    /// # Errors
    /// When the file cannot be copied.
    pub fn copy(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        std::fs::copy(self.app.home().database(), &path)?;
        // What the seed before erased is on record beside the database, and would be erased in this one too.
        for file in ["erasures", "customers"] {
            match std::fs::remove_file(self.app.home().keys().join(file)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(path)
    }
}

/// A person of each role; who approves is certified.
pub(crate) async fn people(app: &App) -> Result<Vec<Person>> {
    for role in Role::ALL {
        // No password has this hash, so nobody signs in and none is computed.
        app.store().add_person(role.as_str(), &format!("{role}@aurora.example"), *role, "none").await?;
    }
    let people = app.store().people().await?;
    app.take_demo_test(&somebody(&people, Role::Approver)?).await?;
    // One approver, and no grace: what is proved here is the rules of contact.
    let settings = flow::oversight::Oversight {
        people: u64::MAX,
        share_percent: 100.0,
        second_for: vec![terms::approval::Risk::Audience],
        grace_minutes: 0,
        ..flow::oversight::Oversight::default()
    };
    app.change_oversight(&somebody(&people, Role::PrivacyOfficer)?, &settings).await?;
    Ok(people)
}

/// The person of a role.
pub(crate) fn somebody(people: &[Person], role: Role) -> Result<Person> {
    let found = people.iter().find(|person| person.role == role).cloned();
    found.ok_or_else(|| Failure::Other(format!("there is no {role}")))
}

/// A brand and the facts its campaigns name.
pub(crate) async fn furnish(app: &App, start: Instant, responsible: PersonId) -> Result<()> {
    let brand = Brand {
        name: "Café Aurora".to_owned(),
        from: "Café Aurora <hola@aurora.example>".to_owned(),
        allowed_hosts: vec!["aurora.example".to_owned(), "127.0.0.1".to_owned()],
        time_zones: vec!["Europe/Madrid".to_owned(), "Europe/London".to_owned()],
        topics: TOPICS
            .iter()
            .map(|id| Topic { id: (*id).to_owned(), en: (*id).to_owned(), es: (*id).to_owned() })
            .collect(),
        ..Brand::unnamed(responsible)
    };
    app.set_brand(&brand).await?;
    let text = |text: &str| FactValue::Text(text.to_owned());
    let facts = [
        ("brand", "sender_name", text("Café Aurora")),
        ("brand", "sender_address", text("Calle del Olmo 14, 28012 Madrid")),
        ("offer:win-back", "discount", FactValue::Percent(15.0)),
        ("offer:win-back", "valid_until", FactValue::Date(start.plus_days(200).day())),
    ];
    for (entity, predicate, value) in facts {
        let fact = Fact {
            id: FactId(0),
            entity: entity.to_owned(),
            predicate: predicate.to_owned(),
            value,
            unit: String::new(),
            polarity: Polarity::True,
            source: "simulation".to_owned(),
            observed_at: start,
            valid_from: None,
            valid_until: None,
            max_age_hours: None,
            evidence: EvidenceKind::Plain,
        };
        app.put_fact_as_operator(&fact).await?;
    }
    Ok(())
}

/// A campaign to be written.
pub(crate) struct Words<'a> {
    pub(crate) name: &'a str,
    pub(crate) audience: &'a str,
    /// One of the brand's topics, or none.
    pub(crate) topic: &'a str,
    pub(crate) with_ai: bool,
    pub(crate) control_percent: f64,
}

/// Saves a draft of the win-back text, to be sent within two days.
pub(crate) async fn write(app: &App, marketer: &Person, words: &Words<'_>) -> Result<CampaignId> {
    let mut form = app.compose_new(Some("win_back"), Language::English).await?.form;
    words.name.clone_into(&mut form.name);
    words.audience.clone_into(&mut form.audience);
    words.topic.clone_into(&mut form.topic);
    form.written_with_ai = words.with_ai;
    form.send_days = 2;
    form.control_percent = words.control_percent;
    form.variants.iter_mut().for_each(|variant| variant.link = format!("{EDITION}0"));
    Ok(app.save_campaign(marketer, None, 0, &form).await?)
}

/// Submits a draft and has it approved by somebody else.
///
/// # Errors
/// When the guard or the approver's page refuses it.
pub async fn approve(app: &App, marketer: &Person, approver: &Person, id: CampaignId) -> Result<()> {
    app.submit_campaign(marketer, id).await?;
    let hash = app.store().campaign_hash(id).await?;
    let hash = hash.ok_or_else(|| Failure::Other("a submitted campaign has no hash".to_owned()))?;
    app.approve_campaign(approver, id, &hash.to_string(), "").await?;
    Ok(())
}
