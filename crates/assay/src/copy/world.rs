//! Worlds that copy is written about: a shop with an offer and a product, every value known, and the fact sheet that
//! states them. Random by a seed; nothing of it is read by the guard's grammar.

use crate::desk::{fact, numbered, sender};
use science::hash::SplitMix64;
use terms::fact::{EvidenceKind, Fact, FactValue};
use terms::money::{Currency, Money};
use terms::time::Day;

/// A value of a list, by chance.
pub(crate) fn pick<'l, T>(rng: &mut SplitMix64, list: &'l [T]) -> &'l T {
    let at = (rng.next_u64() % list.len().max(1) as u64) as usize;
    // Lists here are constants that are not empty.
    #[expect(
        clippy::indexing_slicing,
        reason = "the remainder is below the length of a list that is not empty"
    )]
    &list[at]
}

/// A whole number of a range, both ends included.
pub(crate) fn between(rng: &mut SplitMix64, low: i64, high: i64) -> i64 {
    low + (rng.next_u64() % (high - low + 1).max(1) as u64) as i64
}

/// A product with what it is in both languages; feminine in Spanish where marked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thing {
    pub(crate) en: &'static str,
    pub(crate) es: &'static str,
    pub(crate) feminine: bool,
}

const fn thing(en: &'static str, es: &'static str, feminine: bool) -> Thing {
    Thing { en, es, feminine }
}

const THINGS: &[Thing] = &[
    thing("desk lamp", "lámpara de mesa", true),
    thing("speaker", "altavoz", false),
    thing("kettle", "hervidor", false),
    thing("rucksack", "mochila", true),
    thing("coffee grinder", "molinillo de café", false),
    thing("torch", "linterna", true),
    thing("scooter", "patinete", false),
    thing("blender", "batidora", true),
];
const NAMES: &[&str] =
    &["Aurora", "Nube", "Brisa", "Calima", "Tormes", "Halley", "Kestrel", "Maren", "Solano", "Vireo"];
const BRANDS: &[&str] = &["Lumo", "Cafetal", "Monte", "Sonda", "Ribera", "Fennel", "Oakhurst"];

/// An attribute: its predicate, and what is said of a thing that has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    pub(crate) predicate: &'static str,
    pub(crate) en: &'static str,
    pub(crate) es: [&'static str; 2],
}

const fn attribute(predicate: &'static str, en: &'static str, es: [&'static str; 2]) -> Attribute {
    Attribute { predicate, en, es }
}

/// Masculine and feminine in Spanish.
pub(crate) const ATTRIBUTES: &[Attribute] = &[
    attribute("waterproof", "waterproof", ["impermeable", "impermeable"]),
    attribute("rechargeable", "rechargeable", ["recargable", "recargable"]),
    attribute("wireless", "wireless", ["inalámbrico", "inalámbrica"]),
    attribute("handmade", "handmade", ["hecho a mano", "hecha a mano"]),
    attribute("recyclable", "recyclable", ["reciclable", "reciclable"]),
    attribute("dishwasher_safe", "dishwasher safe", ["apto para lavavajillas", "apta para lavavajillas"]),
    attribute("vegan", "vegan", ["vegano", "vegana"]),
    attribute("hypoallergenic", "hypoallergenic", ["hipoalergénico", "hipoalergénica"]),
];

/// Reviews, in both languages.
pub(crate) const REVIEWS: [&[&str]; 2] = [
    &[
        "I use it every single morning",
        "It does exactly what it says",
        "Easy to clean and quiet",
        "We would buy it again",
    ],
    &[
        "Lo uso todas las mañanas",
        "Hace justo lo que promete",
        "Fácil de limpiar y silencioso",
        "Lo compraríamos otra vez",
    ],
];
pub(crate) const PEOPLE: &[&str] =
    &["Marta", "Lucía", "Bruno", "Oliver", "Sofía", "Hannah", "Pedro", "Ingrid"];

/// Everything that is known.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) today: Day,
    pub(crate) brand: &'static str,
    pub(crate) name: &'static str,
    pub(crate) thing: Thing,
    pub(crate) currency: Currency,
    pub(crate) before: i64,
    pub(crate) percent: i64,
    pub(crate) price: i64,
    pub(crate) threshold: i64,
    pub(crate) voucher: i64,
    pub(crate) until: Day,
    pub(crate) stock: i64,
    pub(crate) customers: i64,
    pub(crate) battery: i64,
    pub(crate) grams: i64,
    pub(crate) cable: i64,
    pub(crate) millilitres: i64,
    pub(crate) watts: i64,
    pub(crate) levels: i64,
    pub(crate) delivery: (i64, i64),
    pub(crate) returns: i64,
    pub(crate) warranty: i64,
    pub(crate) has: Attribute,
    pub(crate) lacks: Attribute,
    pub(crate) unknown: Attribute,
    pub(crate) free_shipping: bool,
    pub(crate) review: [&'static str; 2],
    pub(crate) reviewer: &'static str,
    pub(crate) for_two: bool,
}

impl World {
    pub(crate) fn random(rng: &mut SplitMix64, today: Day) -> Self {
        let percent = *pick(rng, &[10, 15, 20, 25, 30, 40, 50, 60]);
        // The price is a whole number of cents, or of units, at the very percentage.
        let before = between(rng, 1, 90) * if between(rng, 0, 2) == 0 { 1_000 } else { 2_000 };
        let first = between(rng, 0, ATTRIBUTES.len() as i64 - 1) as usize;
        let nth = |n: usize| ATTRIBUTES.get((first + n) % ATTRIBUTES.len()).copied();
        let fallback = attribute("waterproof", "waterproof", ["impermeable", "impermeable"]);
        let review = between(rng, 0, 3) as usize;
        let low = between(rng, 1, 4);
        Self {
            today,
            brand: *pick(rng, BRANDS),
            name: *pick(rng, NAMES),
            thing: *pick(rng, THINGS),
            currency: *pick(
                rng,
                &[Currency::EUR, Currency::EUR, Currency::EUR, Currency::GBP, Currency::USD],
            ),
            before,
            percent,
            price: before * (100 - percent) / 100,
            threshold: between(rng, 3, 12) * 1_000 + 700,
            voucher: between(rng, 1, 9) * 500 + 300,
            until: today.plus(between(rng, 2, 40) as i32),
            stock: between(rng, 3, 18),
            customers: between(rng, 11, 480) * 100,
            battery: *pick(rng, &[6, 8, 10, 12, 18, 24, 30, 36]),
            grams: between(rng, 2, 48) * 50,
            cable: *pick(rng, &[120, 150, 180, 200, 250]),
            millilitres: *pick(rng, &[250, 330, 500, 750, 1_200, 1_500]),
            watts: between(rng, 2, 40) * 5,
            levels: between(rng, 3, 12),
            delivery: (low, low + between(rng, 1, 3)),
            returns: *pick(rng, &[14, 21, 30, 45, 60, 100]),
            warranty: between(rng, 2, 7),
            has: nth(0).unwrap_or(fallback),
            lacks: nth(1).unwrap_or(fallback),
            unknown: nth(2).unwrap_or(fallback),
            free_shipping: between(rng, 0, 1) == 1,
            review: [0, 1].map(|language: usize| {
                REVIEWS.get(language).and_then(|reviews| reviews.get(review)).copied().unwrap_or("")
            }),
            reviewer: *pick(rng, PEOPLE),
            for_two: between(rng, 0, 1) == 1,
        }
    }

    /// The fact sheet that states all of it, in the language of the copy where words are facts.
    pub(crate) fn facts(&self, spanish: bool) -> Vec<Fact> {
        const OFFER: &str = "offer:autumn";
        const PRODUCT: &str = "product:one";
        const REVIEW: &str = "review:7";
        let money = |minor: i64| FactValue::Money(Money::new(minor, self.currency));
        let text = |words: &str| FactValue::Text(words.to_owned());
        let quantity = |predicate: &str, value: f64, unit: &str| {
            let mut found = fact(PRODUCT, predicate, FactValue::Quantity(value));
            found.unit = unit.to_owned();
            found
        };
        let of_brand = |predicate: &str, value: i64, unit: &str| {
            let mut found = fact("brand", predicate, FactValue::Quantity(value as f64));
            found.unit = unit.to_owned();
            found
        };
        let thing = if spanish { self.thing.es } else { self.thing.en };
        let name = if spanish { format!("{thing} {}", self.name) } else { format!("{} {thing}", self.name) };
        let (low, high) = self.delivery;
        let mut facts = sender();
        facts.extend([
            fact("brand", "name", text(self.brand)),
            fact(PRODUCT, "name", text(&name)),
            fact(OFFER, "price", money(self.price)),
            fact(OFFER, "price_before", money(self.before)),
            fact(OFFER, "free_shipping_from", money(self.threshold)),
            fact(OFFER, "voucher", money(self.voucher)),
            fact(OFFER, "valid_until", FactValue::Date(self.until)),
            fact(OFFER, "multi_buy", text(if self.for_two { "2x1" } else { "3x2" })),
            fact(OFFER, "free_shipping", FactValue::Bool(self.free_shipping)),
            fact(PRODUCT, "stock", FactValue::Count(self.stock)),
            fact("brand", "customers", FactValue::Count(self.customers)),
            quantity("battery_life", self.battery as f64, "h"),
            quantity("weight", self.grams as f64, "g"),
            quantity("cable_length", self.cable as f64 / 100.0, "m"),
            quantity("capacity", self.millilitres as f64, "ml"),
            quantity("power", self.watts as f64, "W"),
            fact(PRODUCT, if spanish { "niveles" } else { "levels" }, FactValue::Count(self.levels)),
            fact("brand", "delivery_time", text(&format!("{low}-{high} days"))),
            of_brand("returns_period", self.returns, "day"),
            of_brand("warranty", self.warranty, "year"),
            fact(PRODUCT, self.has.predicate, FactValue::Bool(true)),
            fact(PRODUCT, self.lacks.predicate, FactValue::Bool(false)),
            fact(REVIEW, "review", FactValue::Quote(self.review_in(spanish).to_owned())),
            fact(REVIEW, "author", text(self.reviewer)),
        ]);
        for found in &mut facts {
            match found.predicate.as_str() {
                "price_before" => found.evidence = EvidenceKind::PriceHistory,
                "review" => found.evidence = EvidenceKind::VerifiedReview,
                "warranty" => found.evidence = EvidenceKind::Guarantee,
                _ => {}
            }
        }
        numbered(facts)
    }

    pub(crate) fn review_in(&self, spanish: bool) -> &'static str {
        let [english, other] = self.review;
        if spanish { other } else { english }
    }

    /// Every amount that some fact states.
    pub(crate) fn amounts(&self) -> [i64; 5] {
        [self.price, self.before, self.threshold, self.voucher, self.before - self.price]
    }
}
