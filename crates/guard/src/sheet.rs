//! The fact sheet: the facts in scope, found by what they are about, what they say and which kind of value they
//! have. Predicates have synonyms (`was` is `price_before`); whether a fact holds is asked with a time.

use crate::claim::Claims;
use crate::claim::quantity::{Measure, Purpose, of_fact};
use crate::phrase::Fnv;
use crate::text::fold::fold;
use crate::text::{Kind, Text};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
use terms::message::Field;
use terms::money::Money;
use terms::time::Instant;

/// The facts a text is held against.
///
/// Predicates the rules know by name: `price`, `price_before` (with evidence `price_history`), `discount`,
/// `discount_max`, `saving`, `voucher`, `free_shipping_from`, `min_order`, `multi_buy`, `valid_from`, `valid_until`,
/// `stock`, `delivery_time`, `returns_period`, `warranty`, `name`, `sender_name`, `sender_address`, `sender_email`, `sender_phone`, and yes-or-no attributes such
/// as `free_shipping` or `waterproof`. Any other predicate is matched by its words and its value.
#[derive(Debug, Clone, Default)]
pub struct FactSheet {
    /// Sheets with one number have the same facts; that without facts has 0.
    number: u64,
    entries: Vec<Entry>,
    /// Entries whose words may be repeated by a text, by the first of them.
    by_word: HashMap<String, Vec<usize>, Fnv>,
    /// Yes-or-no entries, by the first word of their predicate.
    by_predicate: HashMap<String, Vec<usize>, Fnv>,
    /// Names of products, by their first word.
    products: HashMap<String, Vec<usize>, Fnv>,
    /// Products that have a name.
    named: HashSet<String>,
    /// Entries that count things.
    counts: Vec<usize>,
    /// Entries by their predicate.
    by_name: HashMap<String, Vec<usize>, Fnv>,
    /// Entries that affirm an amount of money.
    amounts: Vec<usize>,
}

/// A fact with what is looked up again and again.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) fact: Fact,
    /// The predicate under its usual name.
    pub(crate) predicate: String,
    /// The words of a text, enum or quote value, folded.
    pub(crate) words: Vec<String>,
    /// The words of the predicate.
    pub(crate) predicate_words: Vec<String>,
    /// The quantities it states, by its value or in its text.
    pub(crate) measures: Vec<Measure>,
    /// What those speak of.
    pub(crate) purpose: Purpose,
}

/// Other names of predicates.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("price", &["price_now", "current_price", "precio", "offer_price"]),
    (
        "price_before",
        &["was", "old_price", "former_price", "original_price", "previous_price", "precio_antes", "rrp"],
    ),
    ("discount", &["discount_percent", "percent_off", "descuento"]),
    ("discount_max", &["max_discount", "discount_up_to", "descuento_max"]),
    ("discount_min", &["min_discount"]),
    ("saving", &["savings", "discount_amount", "ahorro"]),
    ("voucher", &["voucher_value", "gift_card", "coupon_value", "credit", "vale"]),
    (
        "free_shipping_from",
        &["free_shipping_over", "free_delivery_from", "free_delivery_over", "shipping_threshold"],
    ),
    ("free_shipping", &["free_delivery", "envio_gratis", "shipping_free"]),
    (
        "valid_until",
        &["ends", "ends_at", "end_date", "expires", "deadline", "valid_to", "until", "offer_ends"],
    ),
    ("valid_from", &["starts", "start_date", "offer_starts"]),
    ("stock", &["stock_count", "units_left", "existencias", "in_stock_count"]),
    ("sender_name", &["sender", "company_name", "legal_name"]),
    ("sender_address", &["postal_address", "address", "company_address"]),
    ("sender_email", &["contact_email", "email"]),
    ("sender_phone", &["contact_phone", "phone"]),
    ("delivery_time", &["delivery_days", "shipping_time", "delivery", "plazo_entrega", "entrega"]),
    (
        "returns_period",
        &["return_period", "returns_days", "return_days", "returns_window", "devolucion", "plazo_devolucion"],
    ),
    ("warranty", &["warranty_period", "garantia"]),
    ("multi_buy", &["multibuy", "bundle_deal"]),
    ("name", &["product_name", "title"]),
];

/// The name under which the rules know a predicate: `was` and `RRP` are `price_before`.
#[must_use]
pub fn usual_name(predicate: &str) -> String {
    let predicate = fold(predicate.trim()).replace(['-', ' '], "_");
    SYNONYMS
        .iter()
        .find(|(_, others)| others.contains(&predicate.as_str()))
        .map_or(predicate, |(usual, _)| (*usual).to_owned())
}

/// The folded words and numbers of a text, cut as a message is cut.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    let text = Text::read(Field::Body, text);
    (0..text.tokens.len())
        .filter(|at| matches!(text.kind(*at), Some(Kind::Word | Kind::Number)))
        .map(|at| text.word(at).to_owned())
        .collect()
}

/// True when a word is another one, or its plural in either language.
fn is_form_of(word: &str, of: &str) -> bool {
    word.strip_prefix(of).is_some_and(|end| matches!(end, "" | "s" | "es"))
}

fn measures_in(text: &str) -> Vec<Measure> {
    Claims::of(&Text::read(Field::Body, text)).quantities.into_iter().map(|claim| claim.measure).collect()
}

impl FactSheet {
    /// A sheet of facts, all of them in scope.
    ///
    /// ```
    /// let sheet = guard::FactSheet::new(Vec::new());
    /// assert!(sheet.facts().next().is_none());
    /// ```
    #[must_use]
    pub fn new(facts: Vec<Fact>) -> Self {
        Self::of(facts.into_iter().map(Entry::new).collect())
    }

    fn of(entries: Vec<Entry>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut sheet = Self { number, entries, ..Self::default() };
        for (at, entry) in sheet.entries.iter().enumerate() {
            sheet.by_name.entry(entry.predicate.clone()).or_default().push(at);
            if entry.money().is_some() {
                sheet.amounts.push(at);
            }
            let name = matches!(entry.predicate.as_str(), "name" | "sender_name" | "brand_name");
            let said = matches!(entry.fact.value, FactValue::Text(_) | FactValue::Enum(_));
            if let Some(first) = entry.words.first()
                && said
                && entry.text().is_some()
                && (name || entry.words.len() > 1)
            {
                sheet.by_word.entry(first.clone()).or_default().push(at);
            }
            if entry.predicate == "name" && entry.fact.entity.starts_with("product:") {
                sheet.named.insert(entry.fact.entity.clone());
                if let Some(first) = entry.words.first() {
                    sheet.products.entry(first.clone()).or_default().push(at);
                }
            }
            let counts = match entry.fact.value {
                FactValue::Count(_) => true,
                FactValue::Quantity(_) => entry.fact.unit.is_empty(),
                _ => false,
            };
            if counts && entry.predicate != "stock" && entry.measures.is_empty() {
                sheet.counts.push(at);
            }
            if let Some(first) = entry.predicate_words.first()
                && entry.truth().is_some()
            {
                sheet.by_predicate.entry(first.clone()).or_default().push(at);
            }
        }
        sheet
    }

    /// A number that no sheet with other facts has, while the program runs.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Only the facts about these entities and about the brand (`brand`, `brand:...`).
    #[must_use]
    pub fn about(mut self, entities: &[&str]) -> Self {
        self.entries.retain(|entry| {
            let entity = entry.fact.entity.as_str();
            entity == "brand" || entity.starts_with("brand:") || entities.contains(&entity)
        });
        Self::of(self.entries)
    }

    /// The facts in scope, in the order given.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.entries.iter().map(|entry| &entry.fact)
    }

    /// The facts that say `predicate` (or a synonym) of `entity`.
    pub fn find<'s>(&'s self, entity: &'s str, predicate: &str) -> impl Iterator<Item = &'s Fact> {
        let predicate = usual_name(predicate);
        self.entries
            .iter()
            .filter(move |entry| entry.fact.entity == entity && entry.predicate == predicate)
            .map(|entry| &entry.fact)
    }

    /// Entries whose text begins with a word and may be repeated by a message.
    pub(crate) fn repeated_from(&self, word: &str) -> impl Iterator<Item = &Entry> {
        self.by_word.get(word).into_iter().flatten().filter_map(|at| self.entries.get(*at))
    }

    /// Names of products that begin with a word.
    pub(crate) fn products_from(&self, word: &str) -> impl Iterator<Item = &Entry> {
        self.products.get(word).into_iter().flatten().filter_map(|at| self.entries.get(*at))
    }

    /// True when a product has a name a text could say.
    pub(crate) fn has_name(&self, entity: &str) -> bool {
        self.named.contains(entity)
    }

    /// Yes-or-no entries whose predicate begins with a word.
    pub(crate) fn affirmed_from(&self, word: &str) -> impl Iterator<Item = &Entry> {
        self.by_predicate.get(word).into_iter().flatten().filter_map(|at| self.entries.get(*at))
    }

    /// Entries that count something a word names: `brightness_levels` for "levels".
    pub(crate) fn counted<'s>(&'s self, word: &'s str) -> impl Iterator<Item = &'s Entry> {
        self.counts.iter().filter_map(|at| self.entries.get(*at)).filter(move |entry| {
            entry.predicate_words.iter().rev().take(2).any(|noun| {
                noun.len() > 2
                    && noun.len() <= word.len() + 3
                    && (is_form_of(word, noun) || is_form_of(noun, word))
            })
        })
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Every fact with this predicate, whatever it is about, in the order given.
    pub(crate) fn named(&self, predicate: &str) -> impl Iterator<Item = &Entry> + use<'_> {
        self.by_name.get(predicate).into_iter().flatten().filter_map(|at| self.entries.get(*at))
    }

    /// Every fact with one of these predicates, in the order given.
    pub(crate) fn named_any(&self, predicates: &[&str]) -> Vec<&Entry> {
        let mut found: Vec<usize> =
            predicates.iter().filter_map(|name| self.by_name.get(*name)).flatten().copied().collect();
        found.sort_unstable();
        found.into_iter().filter_map(|at| self.entries.get(at)).collect()
    }

    /// Every fact that affirms an amount of money, in the order given.
    pub(crate) fn amounts(&self) -> impl Iterator<Item = (&Entry, Money)> {
        let entries = self.amounts.iter().filter_map(|at| self.entries.get(*at));
        entries.filter_map(|entry| Some((entry, entry.money()?)))
    }
}

impl Entry {
    fn new(fact: Fact) -> Self {
        let predicate = usual_name(&fact.predicate);
        let predicate_words: Vec<String> = predicate.split('_').map(str::to_owned).collect();
        let (words, measures) = match &fact.value {
            FactValue::Text(text) | FactValue::Enum(text) => (words_of(text), measures_in(text)),
            FactValue::Quote(text) => (words_of(text), Vec::new()),
            FactValue::Quantity(value) => {
                (Vec::new(), of_fact(*value, &fact.unit, &predicate_words).into_iter().collect())
            }
            FactValue::Count(count) => {
                (Vec::new(), of_fact(*count as f64, &fact.unit, &predicate_words).into_iter().collect())
            }
            _ => (Vec::new(), Vec::new()),
        };
        let purpose = Purpose::of_predicate(&predicate_words);
        Self { fact, predicate, words, predicate_words, measures, purpose }
    }

    /// True when the fact holds from the first to the last moment of sending.
    pub(crate) fn holds(&self, from: Instant, until: Instant) -> bool {
        self.fact.holds_at(from) && self.fact.holds_at(until)
    }

    /// The amount, if the fact affirms one.
    pub(crate) fn money(&self) -> Option<Money> {
        match self.fact.value {
            FactValue::Money(money) if self.fact.polarity == Polarity::True => Some(money),
            _ => None,
        }
    }

    /// The percentage, if the fact affirms one.
    pub(crate) fn percent(&self) -> Option<f64> {
        match self.fact.value {
            FactValue::Percent(percent) if self.fact.polarity == Polarity::True => Some(percent),
            _ => None,
        }
    }

    /// Whether the attribute holds; `None` when nobody knows or the value is no yes or no. Null is not true.
    pub(crate) fn truth(&self) -> Option<bool> {
        match (&self.fact.value, self.fact.polarity) {
            (_, Polarity::Unknown) => None,
            (FactValue::Bool(value), Polarity::True) => Some(*value),
            (FactValue::Bool(_), Polarity::False) => Some(false),
            _ => None,
        }
    }

    /// The text of a text, enum or quote value, if the fact affirms it.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.fact.value {
            FactValue::Text(text) | FactValue::Enum(text) | FactValue::Quote(text)
                if self.fact.polarity == Polarity::True =>
            {
                Some(text)
            }
            _ => None,
        }
    }

    /// True when the fact affirms something and is evidence of this kind.
    pub(crate) fn is_evidence(&self, kind: EvidenceKind) -> bool {
        self.fact.evidence == kind
            && self.fact.polarity == Polarity::True
            && !matches!(self.fact.value, FactValue::Bool(false))
    }
}
