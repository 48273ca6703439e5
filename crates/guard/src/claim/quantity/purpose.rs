//! What a quantity speaks of: a property of a product, or one of the seller's policies. A length of time is either only
//! beside a word that says so: "ready in five minutes" and "we have been here for six years" are neither.

use super::unit::Dimension;
use crate::text::{Kind, Text};
use std::ops::Range;

/// A policy of the seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Delivery,
    Returns,
    Warranty,
    Trial,
}

/// What a quantity speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A property of the product; the property, where a word names it.
    Property(Option<Property>),
    Policy(Policy),
    /// An age, a distance from here, a deadline, or something nobody can tell: no claim.
    Nothing,
}

/// Properties that are told apart where a fact sheet has several of one dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Property {
    Battery,
    Charging,
    Weight,
    Load,
    Height,
    Width,
    Depth,
    Length,
    Diameter,
    Capacity,
    Range,
    Screen,
}

/// Stems of words, of texts and of predicates alike.
const PROPERTIES: &[(Property, &[&str])] = &[
    (Property::Charging, &["charge", "charging", "recharge", "carga", "recarga", "cargar", "cargarse"]),
    (
        Property::Battery,
        &["batter", "bateria", "autonom", "runtime", "playback", "reproduccion", "standby", "playtime"],
    ),
    (Property::Load, &["load", "support", "soport", "aguant", "resist", "holds"]),
    (Property::Weight, &["weigh", "pesa", "peso", "pesan", "heavy"]),
    (Property::Height, &["height", "high", "tall", "alto", "alta", "altura"]),
    (Property::Width, &["width", "wide", "ancho", "ancha", "anchura"]),
    (Property::Depth, &["depth", "deep", "fondo", "profund"]),
    (Property::Diameter, &["diamet", "across"]),
    (Property::Length, &["length", "long", "largo", "larga", "longitud", "cable"]),
    (
        Property::Capacity,
        &["capacit", "capacidad", "volume", "volumen", "storage", "almacenamiento", "tank", "deposito"],
    ),
    (Property::Range, &["range", "alcance", "reach"]),
    (Property::Screen, &["screen", "display", "pantalla"]),
];

const POLICIES: &[(Policy, &[&str])] = &[
    (
        Policy::Delivery,
        &[
            "deliver", "shipp", "ships", "dispatch", "arriv", "doorstep", "envio", "enviamos", "enviar",
            "entreg", "recib", "llega", "llegar",
        ],
    ),
    (
        Policy::Returns,
        &[
            "return", "refund", "exchange", "devol", "devuel", "reembols", "desist", "cambiarl", "cambialo",
            "cambios", "withdraw",
        ],
    ),
    (Policy::Warranty, &["warrant", "guarant", "garanti"]),
    (Policy::Trial, &["trial", "prueb", "probar"]),
];

/// Words beside which a length of time is a property of the product.
const LASTING: &[&str] = &[
    "lasts",
    "lasting",
    "dura",
    "duran",
    "duracion",
    "runs",
    "plays",
    "burn",
    "burns",
    "brew",
    "timer",
    "temporizador",
    "funciona",
    "funcionan",
    "light",
    "luz",
    "power",
    "uso",
    "use",
    "musica",
    "music",
    "listening",
    "heat",
    "calor",
    "warm",
    "cold",
    "caliente",
    "frio",
    "aged",
    "anejad",
    "crianza",
    "matured",
    "curad",
];

/// Words beside which a length of time is a deadline, an age or a habit.
const OTHER_TIMES: &[&str] = &[
    "ends",
    "ending",
    "left",
    "quedan",
    "queda",
    "termina",
    "acaba",
    "expires",
    "caduca",
    "since",
    "desde",
    "ago",
    "hace",
    "answer",
    "answers",
    "reply",
    "replies",
    "respond",
    "contest",
    "old",
    "experience",
    "experiencia",
    "history",
    "anniversary",
    "aniversario",
    "valid",
    "valido",
    "valida",
    "open",
    "abierto",
    "abrimos",
    "every",
    "cada",
    "read",
    "walk",
    "contract",
    "subscription",
    "suscripcion",
    "plazos",
    "financ",
];

/// Words that make a length a distance from somewhere, or a journey.
const JOURNEYS: &[&str] = &[
    "away", "walk", "walked", "ran", "run", "running", "ride", "rode", "drive", "caminar", "corr", "carrera",
    "race", "marathon",
];

/// Words of a recipe or an instruction: what is to be taken is no property.
const INSTRUCTIONS: &[&str] = &[
    "needs", "add", "mix", "pour", "stir", "bake", "simmer", "boil", "dissolve", "sprinkle", "faltan",
    "falta", "anade", "anadir", "mezcla", "vierte", "hornea", "hierve", "disuelve", "necesita",
];

fn begins(word: &str, stems: &[&str]) -> bool {
    stems.iter().any(|stem| word.starts_with(stem))
}

/// The property a predicate or a text's words name.
pub(super) fn property_of_words<'w>(words: impl Iterator<Item = &'w str>) -> Option<Property> {
    let words: Vec<&str> = words.collect();
    PROPERTIES.iter().find(|(_, stems)| words.iter().any(|word| begins(word, stems))).map(|(found, _)| *found)
}

/// The policy that the words of a predicate name.
fn policy_of_words<'w>(mut words: impl Iterator<Item = &'w str>) -> Option<Policy> {
    words.find_map(policy)
}

fn policy(word: &str) -> Option<Policy> {
    if word == "money" || word == "moneyback" {
        return Some(Policy::Returns);
    }
    POLICIES.iter().find(|(_, stems)| begins(word, stems)).map(|(found, _)| *found)
}

impl Purpose {
    /// The purpose that the words of a fact's predicate give its value.
    pub(crate) fn of_predicate(words: &[String]) -> Self {
        let words = || words.iter().map(String::as_str);
        match policy_of_words(words()) {
            Some(policy) => Self::Policy(policy),
            None => Self::Property(property_of_words(words())),
        }
    }
}

/// Words of the sentence by how near they stand, those of the clause first.
fn nearest<'t>(text: &'t Text<'_>, tokens: &Range<usize>, reach: usize) -> Vec<(usize, &'t str)> {
    let sentence = text.sentence(tokens.start);
    let mut words: Vec<(usize, &str)> = sentence
        .filter(|at| !tokens.contains(at) && text.kind(*at) == Some(Kind::Word))
        .filter_map(|at| {
            let gap = if at < tokens.start { tokens.start - at } else { at + 1 - tokens.end };
            let far = if text.same_clause(at, tokens.start) { gap } else { gap + 4 };
            (far <= reach).then(|| (far, text.word(at)))
        })
        .collect();
    words.sort_by_key(|(far, _)| *far);
    words
}

pub(super) fn of(text: &Text<'_>, tokens: &Range<usize>, dimension: Dimension) -> Purpose {
    let words = nearest(text, tokens, 9);
    let property = || words.iter().find_map(|(_, word)| property_of_words(std::iter::once(*word)));
    if !matches!(dimension, Dimension::Time | Dimension::WorkingDays) {
        let journey = dimension == Dimension::Length
            && words.iter().any(|(far, word)| *far <= 5 && begins(word, JOURNEYS));
        let instruction = words.iter().any(|(far, word)| *far <= 4 && INSTRUCTIONS.contains(word));
        return if journey || instruction { Purpose::Nothing } else { Purpose::Property(property()) };
    }
    // "The warranty lasts two years": what lasts is the policy.
    let lasting = words.first().is_some_and(|(_, word)| LASTING.contains(word));
    if lasting
        && let Some(policy) = words.iter().filter(|(far, _)| *far <= 3).find_map(|(_, word)| policy(word))
    {
        return Purpose::Policy(policy);
    }
    for (far, word) in &words {
        if let Some(policy) = policy(word) {
            return Purpose::Policy(policy);
        }
        let named = property_of_words(std::iter::once(*word))
            .filter(|found| matches!(found, Property::Battery | Property::Charging));
        if named.is_some() {
            // "24 hours on one charge" is how long the battery lasts.
            let lasting = named == Some(Property::Charging)
                && words
                    .iter()
                    .any(|(_, word)| begins(word, &["one", "single", "una", "lasts", "dura", "runs"]));
            return Purpose::Property(if lasting { Some(Property::Battery) } else { named });
        }
        if *far <= 5 && begins(word, OTHER_TIMES) {
            return Purpose::Nothing;
        }
        if *far <= 4 && LASTING.iter().any(|stem| word == stem) {
            return Purpose::Property(None);
        }
    }
    Purpose::Nothing
}
