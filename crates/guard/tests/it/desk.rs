//! A desk to check texts at: the fact sheet of `fixtures/facts.json`, sent on Friday 27 November 2026 in Madrid.

use std::sync::LazyLock;

use guard::{Author, Context, Draft, FactSheet, Medium, RecipientFacts, check};
use terms::customer::Language;
use terms::fact::Fact;
use terms::finding::GuardReport;
use terms::message::Field;
use terms::time::{Day, Instant};

pub(crate) const FOOTERS: [(Language, &str); 2] = [
    (
        Language::English,
        "Lumo Home SL, Calle Mayor 12, 28013 Madrid. You receive this because you subscribed. Unsubscribe",
    ),
    (Language::Spanish, "Lumo Home SL · Calle Mayor 12 · 28013 Madrid. ¿Por qué recibo esto? Darse de baja"),
];

pub(crate) fn facts() -> Vec<Fact> {
    serde_json::from_str(include_str!("../../fixtures/facts.json")).unwrap()
}

pub(crate) fn friday_morning() -> Instant {
    Day::from_ymd(2026, 11, 27).unwrap().start().plus_hours(8)
}

/// The hosts of the desk's brand.
static HOSTS: LazyLock<Vec<String>> = LazyLock::new(|| vec!["lumo.example".to_owned()]);

pub(crate) fn context(sheet: &FactSheet, explain_in: Language) -> Context<'_> {
    Context {
        facts: sheet,
        send_from: friday_morning(),
        send_until: friday_morning().plus_hours(10),
        time_zone: "Europe/Madrid",
        explain_in,
        recipient: Some(RecipientFacts { email: Some("ana@example.org"), name: Some("Ana") }),
        allowed_hosts: &HOSTS,
        allowed_contacts: &[],
        unsubscribe_url: Some("https://lumo.example/u/1"),
        personal_facts: Some(3),
        last_calls: Some(&[]),
        author: Author::Person,
        medium: Medium::Mail,
        house: guard::House::bare(),
    }
}

pub(crate) fn footer(language: Language) -> String {
    FOOTERS.iter().find(|(other, _)| *other == language).unwrap().1.to_owned()
}

pub(crate) fn draft(language: Language, field: Field, text: &str) -> Draft<'static> {
    let mut fields = vec![(field, text.to_owned())];
    if field != Field::Footer {
        fields.push((Field::Footer, footer(language)));
    }
    Draft { language, fields, known_slots: &[] }
}

pub(crate) fn read(facts: Vec<Fact>, language: Language, field: Field, text: &str) -> GuardReport {
    let sheet = FactSheet::new(facts);
    check(&draft(language, field, text), &context(&sheet, Language::English))
}
