//! Personal data in a text: what has a pattern and often check digits (e-mail, phone, card, IBAN, DNI and NIE, social
//! security number, IP), and what only its surroundings give away (names, addresses, organisations, places, dates,
//! ages), which a small learned tagger marks. Also how many personal facts a text needs before it is filled.
//!
//! Goes in: a text. Comes out: places with a kind, and whether the kind is certain by pattern. Training is
//! `measure guard pii train`; this module only reads, and what it reads is the same for both.

mod checks;
mod features;
mod lexicon;
mod need;
mod pattern;
mod tagger;
mod token;

pub use features::{PersonalToken, personal_tokens};
pub use need::personal_need;
pub use tagger::{BadTagger, LabelScores, MOST_LABELS, Tagged, Tagger, TaggerOrigin, best_sequence};

pub(crate) use pattern::each_sure;

use terms::customer::Language;

static ENGLISH: &[u8] = include_bytes!("../../cues/names.en.tagger");
static SPANISH: &[u8] = include_bytes!("../../cues/names.es.tagger");

/// The bytes of the taggers that are part of the program: English and Spanish.
#[must_use]
pub const fn shipped_taggers() -> [&'static [u8]; 2] {
    [ENGLISH, SPANISH]
}

/// What a piece of personal data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonalKind {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A card number.
    Card,
    /// A bank account.
    Iban,
    /// A DNI or NIE.
    SpanishId,
    /// A social security number, of Spain or the United States.
    SocialSecurity,
    /// An address of the internet protocol.
    Ip,
    /// A web address.
    Url,
    /// Anything else, by the name its training data gave it.
    Other,
}

impl PersonalKind {
    /// The name of its label in files of taggers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::SpanishId => "spanish_id",
            Self::SocialSecurity => "social_security",
            Self::Ip => "ip",
            Self::Url => "url",
            Self::Other => "other",
        }
    }
}

/// A piece of personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personal {
    /// Its label: that of the tagger, or of the pattern where the tagger saw nothing.
    pub label: String,
    /// First byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// A pattern with check digits or an unmistakable form found it.
    pub sure: bool,
}

/// Everything personal in a text, in reading order, by the shipped tagger of a language.
///
/// ```
/// use terms::customer::Language;
/// let found = guard::personal::find(Language::English, "Write to ana@shop.example.");
/// assert!(found.iter().any(|one| one.sure && one.start == 9));
/// ```
#[must_use]
pub fn find(language: Language, text: &str) -> Vec<Personal> {
    use std::sync::LazyLock;
    static TAGGERS: LazyLock<[Option<Tagger>; 2]> =
        LazyLock::new(|| shipped_taggers().map(|bytes| Tagger::read(bytes).ok()));
    let [english, spanish] = &*TAGGERS;
    let tagger = match language {
        Language::English => english,
        Language::Spanish => spanish,
    };
    find_with(tagger.as_ref(), text)
}

/// Everything personal in a text by patterns and, when there is one, a tagger.
#[must_use]
pub fn find_with(tagger: Option<&Tagger>, text: &str) -> Vec<Personal> {
    let tokens = personal_tokens(text);
    let tagged = tagger.map(|tagger| tagger.tag(&tokens)).unwrap_or_default();
    let mut found: Vec<Personal> = Vec::new();
    // The run that a token belongs to: a sure pattern whatever the tagger thinks, else what it says.
    let mut last = None;
    let mut tagged = tagged.iter().peekable();
    for (at, token) in tokens.iter().enumerate() {
        while tagged.next_if(|run| run.tokens.end <= at).is_some() {}
        let run = tagged.peek().filter(|run| run.tokens.start <= at);
        let key = match (token.sure, run) {
            (Some((find, kind)), _) => Some((true, find, kind.as_str())),
            (None, Some(run)) => {
                let label = tagger.and_then(|tagger| tagger.labels.get(run.label)).map_or("", String::as_str);
                Some((false, run.tokens.start, label))
            }
            (None, None) => None,
        };
        match (key, found.last_mut()) {
            (None, _) => {}
            (Some(_), Some(open)) if key == last => open.end = token.end,
            (Some((sure, _, label)), _) => {
                found.push(Personal { label: label.to_owned(), start: token.start, end: token.end, sure });
            }
        }
        last = key;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure(text: &str) -> Vec<(String, String)> {
        let found = find_with(None, text);
        found.into_iter().map(|one| (one.label, text[one.start..one.end].to_owned())).collect()
    }

    /// The digit that makes a Luhn sum a multiple of ten.
    fn luhn_digit(body: &str) -> u32 {
        let sum: u32 = body
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, digit)| {
                let digit = u32::from(digit - b'0');
                if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
            })
            .sum();
        (10 - sum % 10) % 10
    }

    #[test]
    fn every_number_with_right_check_digits_is_found_in_every_spelling_and_none_with_wrong_ones() {
        let groups = |text: &str, with: &str| {
            text.as_bytes()
                .chunks(4)
                .map(|four| std::str::from_utf8(four).unwrap())
                .collect::<Vec<_>>()
                .join(with)
        };
        let mut state = 7u64;
        for round in 0..500 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = state >> 11;
            let body = format!("4{:014}", number % 100_000_000_000_000);
            let digit = luhn_digit(&body);
            let card = format!("{body}{digit}");
            let account = format!("{:020}", number % 10_000_000_000_000_000);
            // "ES00" read as "142800"; remainders by parts, as a person would take them on paper.
            let rest = format!("{account}142800")
                .bytes()
                .fold(0u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
            let iban = format!("ES{:02}{account}", 98 - rest);
            let id = number % 100_000_000;
            let letter = "TRWAGMYFPDXBNJZSQVHLCKE".as_bytes()[(id % 23) as usize] as char;
            let dni = format!("{id:08}{letter}");
            for with in ["", " ", "-"] {
                for (label, right) in [("card", groups(&card, with)), ("iban", groups(&iban, with))] {
                    let found = sure(&format!("Su dato {right}, gracias"));
                    assert_eq!(found, [(label.to_owned(), right)], "round {round}");
                }
                let wrong = groups(&format!("{body}{}", (digit + 1) % 10), with);
                assert!(
                    !sure(&format!("Su dato {wrong}, gracias")).iter().any(|one| one.0 == "card"),
                    "{wrong}"
                );
            }
            assert_eq!(sure(&format!("DNI {dni}.")), [("spanish_id".to_owned(), dni)]);
            let other = if letter == 'A' { 'B' } else { 'A' };
            assert!(sure(&format!("DNI {id:08}{other}.")).is_empty());
        }
    }

    #[test]
    fn an_address_of_the_internet_protocol_is_no_version() {
        assert_eq!(sure("from 203.0.113.7 today"), [("ip".to_owned(), "203.0.113.7".to_owned())]);
        assert!(sure("firmware version 10.2.0.1").is_empty());
        assert!(sure("of 300.1.2.3 points").is_empty());
    }

    #[test]
    fn names_and_places_are_marked_and_numbers_are_not_read_as_words() {
        let text = "Hi Maria Lopez, your parcel went to 12 Baker Street, London. Call (212) 555-1000.";
        let found = find(Language::English, text);
        let of = |label: &str| {
            found
                .iter()
                .filter(|one| one.label == label)
                .map(|one| &text[one.start..one.end])
                .collect::<Vec<_>>()
        };
        assert_eq!(of("PERSON").first(), Some(&"Maria Lopez"), "{found:?}");
        assert!(of("LOCATION").concat().contains("12 Baker Street"), "{found:?}");
        assert_eq!(of("phone"), ["(212) 555-1000"]);
    }

    #[test]
    fn files_that_are_no_taggers_are_refused() {
        let [english, _] = shipped_taggers();
        assert!(Tagger::read(english).is_ok());
        assert!(Tagger::read(b"").is_err());
        assert!(Tagger::read(&english[..english.len() - 1]).is_err());
        let other = String::from_utf8_lossy(&english[..200]).replace("candor-tagger 1", "candor-tagger 9");
        assert!(Tagger::read(other.as_bytes()).is_err());
    }
}
