//! How many personal facts a text needs, before it is filled for anybody: what planning and composing ask.
//!
//! Goes in: a variant as written, with its slots. Comes out: the kinds of facts its words state, and whether it has a
//! place for the name that also reads without. The count is that of rule P2, so that what was planned is what the
//! guard finds in the finished message.

use crate::check::PHRASES;
use crate::rules;
use crate::rules::privacy::over_personalisation::{RULE, stated};
use crate::text::Text;
use terms::message::Variant;
use terms::preference::{NameUse, PersonalNeed};

/// The personal facts that a variant needs.
#[must_use]
pub fn personal_need(variant: &Variant) -> PersonalNeed {
    let position = rules::ALL.iter().position(|rule| rule.doc.id == RULE.doc.id).unwrap_or(usize::MAX);
    let mut name = NameUse::None;
    let mut plain = Vec::new();
    for (field, text) in variant.fields() {
        let (words, used) = without_slots(text);
        name = most(name, used);
        plain.push((field, words));
    }
    let texts: Vec<Text<'_>> = plain.iter().map(|(field, words)| Text::read(*field, words)).collect();
    let hits = texts.iter().flat_map(|text| {
        let found = PHRASES.hits(text).into_iter().filter(|hit| hit.rule == position);
        found.map(move |hit| (text, hit.tag, hit.tokens)).collect::<Vec<_>>()
    });
    PersonalNeed { stated: u32::try_from(stated(hits).len()).unwrap_or(u32::MAX), name }
}

const fn most(a: NameUse, b: NameUse) -> NameUse {
    match (a, b) {
        (NameUse::Required, _) | (_, NameUse::Required) => NameUse::Required,
        (NameUse::Optional, _) | (_, NameUse::Optional) => NameUse::Optional,
        _ => NameUse::None,
    }
}

/// The words of a text without its slots, and how these use the name. A slot that names it is optional when it has
/// other words to fall back on (`or`, `default`), or stands in a block that asks first (`if first_name`).
fn without_slots(text: &str) -> (String, NameUse) {
    let mut words = String::with_capacity(text.len());
    let (mut name, mut asked, mut rest) = (NameUse::None, 0_u32, text);
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let (before, slot) = rest.split_at(at);
        words.push_str(before);
        let block = slot.starts_with("{%");
        let end = slot.find(if block { "%}" } else { "}}" }).map_or(slot.len(), |end| end + 2);
        let (inside, after) = slot.split_at(end);
        let mentions =
            |what: &str| inside.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == what);
        if block {
            asked = match (mentions("if"), mentions("endif")) {
                (true, _) => asked + u32::from(mentions("first_name") || asked > 0),
                (_, true) => asked.saturating_sub(1),
                _ => asked,
            };
            if mentions("first_name") {
                name = most(name, NameUse::Optional);
            }
        } else if mentions("greeting") {
            name = most(name, NameUse::Optional);
        } else if mentions("first_name") {
            let falls_back = asked > 0 || mentions("or") || mentions("default") || mentions("d");
            name = most(name, if falls_back { NameUse::Optional } else { NameUse::Required });
        }
        // Something stands there: words before and after it are no neighbours.
        words.push_str(" … ");
        rest = after;
    }
    words.push_str(rest);
    (words, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::customer::Language;

    fn need(language: Language, body: &str) -> PersonalNeed {
        personal_need(&Variant {
            id: None,
            language,
            subject: "A note".into(),
            preheader: String::new(),
            headline: "Hello".into(),
            body: body.to_owned(),
            button: String::new(),
            link: String::new(),
        })
    }

    #[test]
    fn a_name_is_optional_where_the_text_reads_without_it() {
        let name = |body| need(Language::English, body).name;
        assert_eq!(name("Nothing personal here."), NameUse::None);
        assert_eq!(name("{{ greeting }}\n\nNews."), NameUse::Optional);
        assert_eq!(name("Dear {{ first_name or 'reader' }}, news."), NameUse::Optional);
        assert_eq!(name("Dear {{ first_name | default('reader', true) }}, news."), NameUse::Optional);
        assert_eq!(
            name("{% if first_name %}Dear {{ first_name }}{% else %}Hello{% endif %}"),
            NameUse::Optional
        );
        assert_eq!(name("Dear {{ first_name }}, news."), NameUse::Required);
        assert_eq!(name("{% if offer.price %}x{% endif %} Dear {{ first_name }}"), NameUse::Required);
        assert_eq!(name("{{ greeting }} it is for you, {{ first_name|upper }}"), NameUse::Required);
    }

    #[test]
    fn kinds_of_facts_are_counted_once_in_both_languages() {
        let stated = |language, body| need(language, body).stated;
        assert_eq!(stated(Language::English, "Your last order, and the coffee you bought."), 1);
        assert_eq!(
            stated(Language::English, "Your last order shipped to your city before your birthday."),
            3
        );
        assert_eq!(stated(Language::Spanish, "Tu último pedido llegó a tu barrio por tu cumpleaños."), 3);
        assert_eq!(stated(Language::English, "It has been a while. Your next order has free shipping."), 0);
        assert_eq!(stated(Language::Spanish, "Hace un tiempo que no sabemos de ti. Tu próximo pedido."), 0);
    }
}
