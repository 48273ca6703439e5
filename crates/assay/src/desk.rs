//! The desk at which texts are held against facts: a brand with a footer in each language, a day of sending, and the
//! guard's answer. What is measured stands in the fields; the footer is as it should be, so that no rule about footers
//! decides anything.

use guard::{Author, Context, Draft, FactSheet, LastCall, Medium, RecipientFacts, check};
use miette::miette;
use terms::customer::Language;
use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
use terms::finding::GuardReport;
use terms::ids::FactId;
use terms::message::Field;
use terms::time::{Day, Instant};

/// The address of the brand's pages.
pub const HOST: &str = "lumo.example";
/// The sender of every text that is measured.
const SENDER: &str = "Lumo Home SL";
const ADDRESS: &str = "Calle Mayor 12, 28013 Madrid";
/// The recipient.
pub const RECIPIENT: &str = "Ana";

/// A desk on one day.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The day of sending.
    pub day: Day,
    hosts: Vec<String>,
    last_calls: Vec<LastCall>,
}

impl Desk {
    /// A desk on a day, for a brand that has called for the last time for no offer yet.
    #[must_use]
    pub fn on(day: Day) -> Self {
        Self { day, hosts: vec![HOST.to_owned()], last_calls: Vec::new() }
    }

    /// The same on a day written as `2026-11-27`.
    ///
    /// # Errors
    /// When it is no such day.
    pub fn at(day: &str) -> miette::Result<Self> {
        let parts: Vec<&str> = day.split('-').collect();
        let read = match parts.as_slice() {
            [year, month, day] => match (year.parse(), month.parse(), day.parse()) {
                (Ok(year), Ok(month), Ok(day)) => Day::from_ymd(year, month, day),
                _ => None,
            },
            _ => None,
        };
        read.map(Self::on).ok_or_else(|| miette!("`{day}` is no day; write it as 2026-11-27"))
    }

    /// The morning on which the message leaves.
    #[must_use]
    pub fn morning(&self) -> Instant {
        self.day.start().plus_hours(8)
    }

    /// What a text in this language is read with.
    #[must_use]
    pub fn context<'a>(&'a self, sheet: &'a FactSheet) -> Context<'a> {
        Context {
            facts: sheet,
            send_from: self.morning(),
            send_until: self.morning().plus_hours(10),
            time_zone: "Europe/Madrid",
            explain_in: Language::English,
            recipient: Some(RecipientFacts { email: None, name: Some(RECIPIENT) }),
            allowed_hosts: &self.hosts,
            allowed_contacts: &[],
            unsubscribe_url: Some("https://lumo.example/u/1"),
            personal_facts: Some(3),
            last_calls: Some(&self.last_calls),
            author: Author::Machine,
            medium: Medium::Mail,
            house: guard::House::bare(),
        }
    }

    /// What the guard says of one field of a mail.
    #[must_use]
    pub fn read(&self, sheet: &FactSheet, language: Language, field: Field, text: &str) -> GuardReport {
        check(&draft(language, field, text), &self.context(sheet))
    }
}

/// A mail with one field and its footer.
#[must_use]
pub fn draft(language: Language, field: Field, text: &str) -> Draft<'static> {
    let footer = match language {
        Language::English => format!(
            "Advertising from {SENDER}, {ADDRESS}. Some of these words were written with AI and checked by a person.\n\
             Why did I get this?\nUnsubscribe"
        ),
        Language::Spanish => format!(
            "Publicidad de {SENDER}, {ADDRESS}. Parte de este texto se escribió con IA y lo revisó una persona.\n\
             ¿Por qué recibo esto?\nDarse de baja"
        ),
    };
    Draft { language, fields: vec![(field, text.to_owned()), (Field::Footer, footer)], known_slots: &[] }
}

/// A fact that holds; its number is given by the sheet it is put into.
#[must_use]
pub fn fact(entity: &str, predicate: &str, value: FactValue) -> Fact {
    Fact {
        id: FactId(0),
        entity: entity.to_owned(),
        predicate: predicate.to_owned(),
        value,
        unit: String::new(),
        polarity: Polarity::True,
        source: "measure".to_owned(),
        observed_at: Instant(0),
        valid_from: None,
        valid_until: None,
        max_age_hours: None,
        evidence: EvidenceKind::Plain,
    }
}

/// The facts of the sender that every sheet has.
#[must_use]
pub fn sender() -> Vec<Fact> {
    let text = |predicate: &str, value: &str| fact("brand", predicate, FactValue::Text(value.to_owned()));
    vec![text("sender_name", SENDER), text("sender_address", ADDRESS)]
}

/// Numbers the facts of a sheet, so that a finding names one.
#[must_use]
pub fn numbered(mut facts: Vec<Fact>) -> Vec<Fact> {
    for (number, fact) in facts.iter_mut().enumerate() {
        fact.id = FactId(number as i64 + 1);
    }
    facts
}
