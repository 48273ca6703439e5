//! One customer: who they are, how they buy, what they agreed to. All of it follows from (seed, number).

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, Exp, LogNormal};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::customer::{Customer, Language};
use terms::ids::CustomerKey;
use terms::time::{Day, Instant};

/// What a random stream is for, so that one more draw here never moves the draws there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stream {
    Person = 1,
    Purchases = 2,
    Consents = 3,
    Answer = 4,
}

/// The random stream of a customer for one use.
pub(crate) fn stream(seed: u64, number: u32, stream: Stream) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(u64::from(number) << 3 | stream as u64);
    rng
}

/// How a customer buys, which nobody outside the simulation sees.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habit {
    /// Mean days between purchases, season aside.
    pub(crate) mean_gap: f64,
    /// Regularity: shape of the gamma-distributed gaps; 1 is a coin flip a day, 8 is clockwork.
    pub(crate) regularity: f64,
    /// Probability of never coming back after a purchase.
    pub(crate) dropout: f64,
    /// Median amount of a purchase.
    pub(crate) amount: f64,
    /// Days from registering to the first purchase; 0 for who registers when they buy.
    pub(crate) first_after: i32,
    /// False for somebody who registered and never buys by themselves.
    pub(crate) buys: bool,
}

/// A customer of the simulated shop.
#[derive(Debug, Clone)]
pub struct SimulatedCustomer {
    pub(crate) number: u32,
    pub(crate) record: Customer,
    pub(crate) joined: Day,
    pub(crate) habit: Habit,
    pub(crate) consents: Vec<ConsentReceipt>,
}

struct Place {
    country: &'static str,
    locale: &'static str,
    zone: &'static str,
    weight: u32,
}

/// Where most customers live.
const HOME: Place = Place { country: "ES", locale: "es-ES", zone: "Europe/Madrid", weight: 52 };

const PLACES: &[Place] = &[
    HOME,
    Place { country: "ES", locale: "es-ES", zone: "Atlantic/Canary", weight: 4 },
    Place { country: "MX", locale: "es-MX", zone: "America/Mexico_City", weight: 8 },
    Place { country: "PT", locale: "en-PT", zone: "Europe/Lisbon", weight: 6 },
    Place { country: "GB", locale: "en-GB", zone: "Europe/London", weight: 16 },
    Place { country: "IE", locale: "en-IE", zone: "Europe/Dublin", weight: 6 },
    Place { country: "US", locale: "en-US", zone: "America/New_York", weight: 8 },
];

const SPANISH_NAMES: &[&str] = &[
    "Lucía", "Martín", "Sofía", "Hugo", "Valeria", "Mateo", "Paula", "Daniel", "Carmen", "Pablo", "Elena",
    "Javier", "Noa", "Álvaro", "Inés", "Diego", "Marta", "Adrián", "Rocío", "Íñigo",
];
const ENGLISH_NAMES: &[&str] = &[
    "Olivia", "Jack", "Amelia", "George", "Isla", "Harry", "Grace", "Oscar", "Niamh", "Conor", "Emily",
    "Noah", "Chloe", "Liam", "Hannah", "James", "Ruth", "Peter", "Alice", "Tom",
];
const DOMAINS: &[&str] = &["example.com", "example.net", "example.org"];

/// Versions of the notice customers agreed to, and since which share of the shop's life each was shown.
const NOTICES: [(&str, &str); 2] = [
    ("v2", "6b1b36cbb04b41490bfc0ab2bfa26f86b1b36cbb04b41490bfc0ab2bfa26f86f"),
    ("v3", "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"),
];

fn pick<'a, T>(rng: &mut ChaCha8Rng, from: &'a [T], otherwise: &'a T) -> &'a T {
    from.get(rng.random_range(0..from.len().max(1))).unwrap_or(otherwise)
}

/// A draw from a distribution whose parameters are constants of this file; 1 should they ever be out of range.
fn draw<D: Distribution<f64>, E>(rng: &mut ChaCha8Rng, distribution: Result<D, E>) -> f64 {
    distribution.map_or(1.0, |distribution| distribution.sample(rng))
}

impl SimulatedCustomer {
    /// Somebody who joins on a day of the simulation's choosing between the first and the last.
    pub(crate) fn new(seed: u64, number: u32, first: Day, last: Day) -> Self {
        Self::make(seed, number, first, last, None)
    }

    /// Somebody who joins on a given day.
    pub(crate) fn joining(seed: u64, number: u32, first: Day, joined: Day, last: Day) -> Self {
        Self::make(seed, number, first, last, Some(joined))
    }

    fn make(seed: u64, number: u32, first: Day, last: Day, joins: Option<Day>) -> Self {
        let mut rng = stream(seed, number, Stream::Person);
        let total: u32 = PLACES.iter().map(|place| place.weight).sum();
        let mut ticket = rng.random_range(0..total);
        let place = PLACES
            .iter()
            .find(|place| {
                let hit = ticket < place.weight;
                ticket = ticket.saturating_sub(place.weight);
                hit
            })
            .unwrap_or(&HOME);
        let names = if place.locale.starts_with("es") { SPANISH_NAMES } else { ENGLISH_NAMES };
        let name = *pick(&mut rng, names, &"Alex");
        let domain = *pick(&mut rng, DOMAINS, &"example.com");
        // The shop grows: more people join late than early.
        let days = f64::from(last.0 - first.0 + 1);
        let grown = first.plus((days * rng.random::<f64>().powf(0.8)) as i32).min(last);
        let joined = joins.unwrap_or(grown);
        let plain: String = name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
        let record = Customer {
            key: CustomerKey::new(format!("C-{:06}", number + 1)),
            // A few left no address, and a few no name.
            email: rng.random_bool(0.97).then(|| format!("{plain}.{}@{domain}", number + 1)),
            first_name: rng.random_bool(0.94).then(|| name.to_owned()),
            locale: place.locale.to_owned(),
            country: Some(place.country.to_owned()),
            time_zone: rng.random_bool(0.96).then(|| place.zone.to_owned()),
            known_since: Instant(joined.start().0 + rng.random_range(8 * 3_600..22 * 3_600) * 1_000_000),
            restricted: false,
        };
        let habit = Habit {
            mean_gap: (draw(&mut rng, LogNormal::new(3.55_f64, 0.6))).clamp(6.0, 240.0),
            regularity: match rng.random_range(0..10) {
                0..=4 => 1.0,
                5..=7 => 2.5,
                _ => 8.0,
            },
            dropout: draw(&mut rng, Beta::new(0.9, 3.2)).clamp(0.005, 0.95),
            amount: draw(&mut rng, LogNormal::new(3.2_f64, 0.55)).clamp(6.0, 400.0),
            first_after: if rng.random_bool(0.4) {
                draw(&mut rng, Exp::new(1.0 / 18.0)).min(200.0) as i32
            } else {
                0
            },
            buys: rng.random_bool(0.94),
        };
        let mut customer = Self { number, record, joined, habit, consents: Vec::new() };
        customer.consents = customer.agree(seed, first, last);
        customer
    }

    /// The contact record.
    #[must_use]
    pub const fn record(&self) -> &Customer {
        &self.record
    }

    /// The consent receipts, oldest first.
    #[must_use]
    pub fn consents(&self) -> &[ConsentReceipt] {
        &self.consents
    }

    fn agree(&self, seed: u64, first: Day, last: Day) -> Vec<ConsentReceipt> {
        let mut rng = stream(seed, self.number, Stream::Consents);
        let late = f64::from(self.joined.0 - first.0) > 0.6 * f64::from(last.0 - first.0);
        let [earlier, later] = NOTICES;
        let (version, hash) = if late { later } else { earlier };
        let language = Language::of_locale(&self.record.locale);
        let mut receipts = Vec::new();
        let mut sign = |purpose: Purpose, channel: Channel, status, basis, source: &str, at: Instant| {
            receipts.push(ConsentReceipt {
                customer: self.record.key.clone(),
                purpose,
                channel,
                status,
                basis,
                notice_version: version.to_owned(),
                notice_hash: hash.to_owned(),
                language,
                source: source.to_owned(),
                proof: match basis {
                    // A soft opt-in stands on a sale: the customer's first order.
                    LawfulBasis::SoftOptIn => format!("order:{}-1", self.number + 1),
                    _ => format!("form:{}-{}", self.number + 1, purpose.as_str()),
                },
                at,
            });
        };
        let asked = self.record.known_since.plus_seconds(20);
        let (granted, denied) = (ConsentStatus::Granted, ConsentStatus::Denied);
        // Marketing by e-mail: 70 % agree, 15 % decline, 5 % are customers under soft opt-in, 10 % were never asked.
        let answer: f64 = rng.random();
        let agreed = answer < 0.75;
        match answer {
            a if a < 0.70 => {
                sign(Purpose::Marketing, Channel::Email, granted, LawfulBasis::Consent, "checkout", asked)
            }
            a if a < 0.75 => {
                sign(Purpose::Marketing, Channel::Email, granted, LawfulBasis::SoftOptIn, "sale", asked)
            }
            a if a < 0.90 => {
                sign(Purpose::Marketing, Channel::Email, denied, LawfulBasis::Consent, "checkout", asked)
            }
            _ => {}
        }
        if agreed && rng.random_bool(0.08) {
            // Took it back some time later.
            let left = last.end().0 - asked.0;
            let at = Instant(asked.0 + (left as f64 * rng.random::<f64>()) as i64);
            sign(
                Purpose::Marketing,
                Channel::Email,
                ConsentStatus::Withdrawn,
                LawfulBasis::Consent,
                "preference_centre",
                at,
            );
        }
        for (purpose, share) in
            [(Purpose::Profiling, 0.86), (Purpose::AiContent, 0.72), (Purpose::Measurement, 0.90)]
        {
            let status = if rng.random_bool(share) { granted } else { denied };
            sign(purpose, Channel::Email, status, LawfulBasis::Consent, "checkout", asked);
        }
        if rng.random_bool(0.2) {
            sign(Purpose::Marketing, Channel::Sms, granted, LawfulBasis::Consent, "checkout", asked);
        }
        receipts
    }
}
