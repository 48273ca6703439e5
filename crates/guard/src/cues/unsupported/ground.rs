//! What a text may stand on: fields with typed values, opening hours, and free texts (reviews, descriptions), indexed by
//! the words they could be spoken of with.

use super::hours::{DAYS, Hours, day_of, hours_of};
use super::words::{SYNONYMS, is_empty, is_label, key, mix};
use crate::text::{Kind, Text};
use std::collections::{HashMap, HashSet};
use terms::message::Field;

/// A field of structured facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// The names of the fields on the way to it, with dots between: `attributes.BusinessParking.garage`.
    pub path: String,
    /// What it says.
    pub value: StatedValue,
}

/// What a field says. Unknown is not "no", and not "yes" either.
#[derive(Debug, Clone, PartialEq)]
pub enum StatedValue {
    /// True.
    Yes,
    /// False.
    No,
    /// Nobody knows.
    Unknown,
    /// A number.
    Number(f64),
    /// Words: a name, a category, a review.
    Text(String),
}

/// From how many words on a value is a free text.
const FREE_TEXT: usize = 12;

pub(super) const IN_FIELDS: u8 = 1;
pub(super) const IN_FREE: u8 = 2;
pub(super) const IN_NAMES: u8 = 4;

/// What is known of an attribute: bits, because several fields may share a word.
pub(super) const YES: u8 = 1;
pub(super) const NO: u8 = 2;
pub(super) const UNKNOWN: u8 = 4;

/// The index.
#[derive(Debug, Default)]
pub struct Ground {
    words: HashMap<u32, u8>,
    /// Neighbours among words that say something.
    pub(super) pairs: HashSet<u32>,
    /// The words of each sentence of a free text.
    pub(super) sentences: Vec<HashSet<u32>>,
    attributes: HashMap<u32, u8>,
    numbers: HashMap<String, u8>,
    /// Numbers of fields by the words of their names: ratings.
    ratings: HashSet<String>,
    pub(super) hours: [Option<Hours>; DAYS],
    /// Some field gives hours of a day.
    pub(super) has_hours: bool,
}

impl Ground {
    /// Indexes fields.
    #[must_use]
    pub fn new(stated: &[Stated]) -> Self {
        let mut ground = Self::default();
        for one in stated {
            ground.add(one);
        }
        ground
    }

    fn add(&mut self, stated: &Stated) {
        let last = stated.path.rsplit('.').next().unwrap_or("");
        let name = words_of_name(last);
        for word in stated.path.split('.').flat_map(words_of_name) {
            *self.words.entry(key(&word)).or_insert(0) |= IN_NAMES;
        }
        match &stated.value {
            StatedValue::Yes => self.attribute(&name, YES),
            StatedValue::No => self.attribute(&name, NO),
            StatedValue::Unknown => self.attribute(&name, UNKNOWN),
            StatedValue::Number(number) => {
                for spelled in [format!("{number}"), format!("{number:.1}")] {
                    if name.iter().any(|word| matches!(word.as_str(), "stars" | "rating" | "score")) {
                        self.ratings.insert(spelled.clone());
                    }
                    *self.numbers.entry(spelled).or_insert(0) |= IN_FIELDS;
                }
            }
            StatedValue::Text(text) => {
                if let (Some(day), Some(hours)) = (day_of(&last.to_lowercase()), hours_of(text)) {
                    self.has_hours = true;
                    if let (Some(place), Some(hours)) = (self.hours.get_mut(day), hours) {
                        *place = Some(hours);
                    }
                    return;
                }
                let bare = text.trim().to_lowercase();
                match bare.as_str() {
                    "no" | "none" | "false" => self.attribute(&name, NO),
                    "" | "unknown" | "null" => self.attribute(&name, UNKNOWN),
                    _ => {
                        if bare.split_whitespace().count() == 1 {
                            self.attribute(&name, YES);
                        }
                        self.text(text);
                    }
                }
            }
        }
    }

    fn attribute(&mut self, name: &[String], state: u8) {
        for word in name.iter().filter(|word| !is_label(word)) {
            let others =
                SYNONYMS.iter().find(|(of, _)| of == word).map_or(word.as_str(), |(_, others)| others);
            for other in others.split_whitespace() {
                *self.attributes.entry(key(other)).or_insert(0) |= state;
            }
        }
    }

    fn text(&mut self, value: &str) {
        let text = Text::read(Field::Body, value);
        let from = if text.tokens.len() >= FREE_TEXT { IN_FREE } else { IN_FIELDS };
        for sentence in &text.sentences {
            let mut last = 0;
            let mut all = HashSet::new();
            for at in sentence.tokens.clone() {
                let word = text.word(at);
                match text.kind(at) {
                    Some(Kind::Number) => {
                        *self.numbers.entry(word.to_owned()).or_insert(0) |= from;
                    }
                    Some(Kind::Word) if !is_empty(word) => {
                        let word = key(word);
                        *self.words.entry(word).or_insert(0) |= from;
                        self.pairs.insert(mix(1, last, word));
                        all.insert(word);
                        last = word;
                    }
                    _ => {}
                }
            }
            if from == IN_FREE && !all.is_empty() {
                self.sentences.push(all);
            }
        }
    }

    pub(super) fn word(&self, word: u32) -> u8 {
        self.words.get(&word).copied().unwrap_or(0)
    }

    pub(super) fn attribute_of(&self, word: u32) -> u8 {
        self.attributes.get(&word).copied().unwrap_or(0)
    }

    pub(super) fn number(&self, spelled: &str) -> u8 {
        self.numbers.get(spelled).copied().unwrap_or(0)
    }

    pub(super) fn is_rating(&self, spelled: &str) -> bool {
        self.ratings.contains(spelled)
    }

    pub(super) fn has_ratings(&self) -> bool {
        !self.ratings.is_empty()
    }
}

/// `BusinessParking` and `take_out` as words in lower case; `WiFi` stays one.
fn words_of_name(name: &str) -> Vec<String> {
    let joined = name.replace("WiFi", "Wifi").replace("Wi-Fi", "Wifi");
    let mut words: Vec<String> = vec![String::new()];
    let mut last_is_lower = false;
    for c in joined.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && last_is_lower) {
            words.push(String::new());
        }
        last_is_lower = c.is_lowercase();
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A number as it is compared: without separators of thousands, `4.0` like `4`.
pub(super) fn plain_number(word: &str) -> String {
    word.replace(',', "")
}
