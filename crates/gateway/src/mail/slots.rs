//! What can be put into a slot: the offer's facts, the brand's facts, a greeting. Nothing else about a customer.

use std::collections::BTreeMap;

use minijinja::Value;
use terms::customer::Language;
use terms::fact::Fact;

use super::fact_text;

/// Values for the slots of one message.
#[derive(Debug, Clone)]
pub struct Slots {
    offer: String,
    values: BTreeMap<String, Value>,
}

impl Slots {
    /// Slots that do not depend on the customer: `{{ offer.* }}` and `{{ brand.* }}`, from the facts filed under
    /// `offer` and under `brand`.
    #[must_use]
    pub fn for_campaign(facts: &[Fact], offer: &str, language: Language) -> Self {
        let under = |entity: &str| -> BTreeMap<String, String> {
            facts
                .iter()
                .filter(|fact| fact.entity == entity)
                .map(|fact| (fact.predicate.clone(), fact_text(&fact.value, &fact.unit, language)))
                .collect()
        };
        let values = BTreeMap::from([
            ("offer".to_owned(), Value::from(under(offer))),
            ("brand".to_owned(), Value::from(under("brand"))),
        ]);
        Self { offer: offer.to_owned(), values }
    }

    /// Adds what depends on the customer: their given name (with a greeting that works without one) and the
    /// addresses of their own pages.
    #[must_use]
    pub fn for_customer(&self, language: Language, first_name: Option<&str>, links: &Links) -> Self {
        let name = first_name.map(str::trim).filter(|name| !name.is_empty());
        let greeting = match (language, name) {
            (Language::English, Some(name)) => format!("Hello {name},"),
            (Language::English, None) => "Hello,".to_owned(),
            (Language::Spanish, Some(name)) => format!("Hola, {name}:"),
            (Language::Spanish, None) => "Hola:".to_owned(),
        };
        let mut values = self.values.clone();
        // Our own addresses: letters, digits and slashes, which need no escaping.
        values.insert("greeting".to_owned(), Value::from(greeting));
        values.insert("first_name".to_owned(), Value::from(name.unwrap_or_default()));
        values.insert("why_url".to_owned(), Value::from_safe_string(links.why.clone()));
        values.insert("preferences_url".to_owned(), Value::from_safe_string(links.preferences.clone()));
        values.insert("unsubscribe_url".to_owned(), Value::from_safe_string(links.unsubscribe.clone()));
        Self { offer: self.offer.clone(), values }
    }

    /// True when a slot, such as `offer.price`, has a value.
    pub(super) fn fills(&self, slot: &str) -> bool {
        let (root, name) = slot.split_once('.').map_or((slot, None), |(root, name)| (root, Some(name)));
        self.values.get(root).is_some_and(|value| {
            name.is_none_or(|name| value.get_attr(name).is_ok_and(|found| !found.is_undefined()))
        })
    }

    /// What to do so that a slot has a value.
    pub(super) fn filled_by(&self, slot: &str) -> String {
        let set = |entity: &str, predicate: &str| {
            let example = match predicate {
                "discount" => "15%",
                "price" | "price_before" | "saving" | "voucher" => "\"29.90 EUR\"",
                "valid_until" | "valid_from" => "2027-01-31",
                "free_shipping" | "free_returns" => "true",
                _ => "VALUE",
            };
            format!("set it with `candor facts set {entity} {predicate} {example}`")
        };
        match slot.split_once('.') {
            Some(("offer", _)) if self.offer.is_empty() => {
                "choose the offer that the message is about".to_owned()
            }
            Some(("offer", predicate)) => set(&self.offer, predicate),
            Some(("brand", predicate)) => set("brand", predicate),
            _ => "use `greeting`, `first_name`, `offer.` or `brand.` with the name of a fact".to_owned(),
        }
    }

    /// The addresses of the customer's own pages.
    pub(super) fn links(&self) -> Vec<&str> {
        let names = ["why_url", "preferences_url", "unsubscribe_url"];
        names.iter().filter_map(|name| self.values.get(*name)).filter_map(Value::as_str).collect()
    }

    pub(super) fn values(&self) -> &BTreeMap<String, Value> {
        &self.values
    }
}

/// Addresses of a customer's own pages.
#[derive(Debug, Clone)]
pub struct Links {
    /// Why did I get this?
    pub why: String,
    /// Preferences.
    pub preferences: String,
    /// Opt out.
    pub unsubscribe: String,
}
