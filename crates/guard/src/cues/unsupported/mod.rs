//! Words that no fact supports: for a text and the facts it was written from, a score for each word, each sentence and
//! the whole text. It reads fields of any name, so that it serves a shop as well as a restaurant.
//!
//! Goes in: facts as fields with typed values, free texts among them, and a text. Comes out: how likely people would mark
//! a word as stated by no fact, or against one. It shows and ranks; it never releases anything. Training is
//! `measure guard claims train`.

mod ground;
mod hours;
mod model;
mod words;

pub use ground::{Ground, Stated, StatedValue};
pub use model::{
    AROUND, BadUnsupported, Doubt, DoubtedSentence, DoubtedWord, Fitted, SUMS, TextFeatures,
    UnsupportedModel, UnsupportedOrigin, around, spans,
};

use crate::text::{Kind, Text};
use ground::{IN_FIELDS, IN_FREE, NO, UNKNOWN, YES, plain_number};
use std::ops::Range;
use terms::message::Field;
use words::{hash, is_empty, is_negation, key, mix};

/// A word of a text beside the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenWord {
    /// First byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Number of its sentence.
    pub sentence: u32,
    /// Hashes of what is seen of it; a model looks at their low bits.
    pub features: Vec<u32>,
    /// It says something, and no fact has it.
    pub novel: bool,
    /// It contradicts a fact ([`AGAINST_NO`], [`AGAINST_HOURS`], [`AGAINST_NUMBER`]) or claims what is unknown
    /// ([`AGAINST_UNKNOWN`]).
    pub against: u8,
}

/// An attribute said to be there that is not, or the other way round.
pub const AGAINST_NO: u8 = 1;
/// An attribute of which nobody knows.
pub const AGAINST_UNKNOWN: u8 = 2;
/// Other days or times than the opening hours.
pub const AGAINST_HOURS: u8 = 4;
/// Another number than the field has.
pub const AGAINST_NUMBER: u8 = 8;

/// How a word stands to the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
enum Standing {
    Empty,
    Field,
    Free,
    Both,
    Name,
    Novel,
    Yes,
    Denied,
    No,
    NoDenied,
    Unknown,
    UnknownDenied,
    Mixed,
    NumberField,
    NumberFree,
    NumberNovel,
    Rating,
    RatingOther,
}

/// What is seen of each word and number of a text.
#[must_use]
pub fn seen_words(ground: &Ground, text: &str) -> Vec<SeenWord> {
    let text = Text::read(Field::Body, text);
    let mut seen = Vec::with_capacity(text.tokens.len());
    let count = text.sentences.len();
    for (place, sentence) in text.sentences.iter().enumerate() {
        read_sentence(ground, &text, &sentence.tokens, (place, count), &mut seen);
    }
    seen
}

fn standing(ground: &Ground, text: &Text<'_>, at: usize, denied: bool) -> Standing {
    let word = text.word(at);
    if text.kind(at) == Some(Kind::Number) {
        let plain = plain_number(word);
        let beside = |at: usize| text.word(at).starts_with("star");
        if ground.has_ratings() && (beside(at + 1) || (text.word(at + 1) == "-" && beside(at + 2))) {
            return if ground.is_rating(&plain) { Standing::Rating } else { Standing::RatingOther };
        }
        return match ground.number(&plain) {
            from if from & IN_FIELDS != 0 => Standing::NumberField,
            from if from & IN_FREE != 0 => Standing::NumberFree,
            _ => Standing::NumberNovel,
        };
    }
    if is_empty(word) {
        return Standing::Empty;
    }
    // "Wi-Fi" is two words here and one in fields.
    let joined = (word == "wi" && beside_word(text, at, 1) == "fi")
        || (word == "fi" && beside_word(text, at, -1) == "wi");
    let word = key(if joined { "wifi" } else { word });
    match (ground.attribute_of(word), denied) {
        (0, _) => {}
        (YES, false) => return Standing::Yes,
        (YES, true) => return Standing::Denied,
        (NO, false) => return Standing::No,
        (NO, true) => return Standing::NoDenied,
        (UNKNOWN, false) => return Standing::Unknown,
        (UNKNOWN, true) => return Standing::UnknownDenied,
        _ => return Standing::Mixed,
    }
    match ground.word(word) {
        from if from & IN_FIELDS != 0 && from & IN_FREE != 0 => Standing::Both,
        from if from & IN_FIELDS != 0 => Standing::Field,
        from if from & IN_FREE != 0 => Standing::Free,
        0 => Standing::Novel,
        _ => Standing::Name,
    }
}

/// The word before or after one, past a hyphen.
fn beside_word<'t>(text: &'t Text<'_>, at: usize, step: isize) -> &'t str {
    let near = at.checked_add_signed(step).map_or("", |other| text.word(other));
    if near == "-" { at.checked_add_signed(2 * step).map_or("", |other| text.word(other)) } else { near }
}

/// Which words are denied: from a negation on until something is said to be there again, and those before "is not
/// available" within the clause.
fn denied(text: &Text<'_>, words: &[usize]) -> Vec<bool> {
    let mut on = false;
    let mut denied: Vec<bool> = Vec::with_capacity(words.len());
    for (index, at) in words.iter().enumerate() {
        let word = text.word(*at);
        let after_negation = index
            .checked_sub(1)
            .and_then(|before| words.get(before))
            .is_some_and(|before| is_negation(text.word(*before)));
        if is_negation(word) {
            on = true;
            let is_verb_before =
                index.checked_sub(1).and_then(|before| words.get(before)).map(|before| text.word(*before));
            if matches!(is_verb_before, Some("is" | "are" | "was" | "were")) {
                // "Valet parking is not available": what stands before it in its clause.
                for (other, denied) in words.iter().zip(&mut denied) {
                    *denied |= text.same_clause(*other, *at);
                }
            }
        } else if on
            && !after_negation
            && matches!(
                word,
                "but"
                    | "however"
                    | "while"
                    | "although"
                    | "though"
                    | "offers"
                    | "provides"
                    | "has"
                    | "includes"
                    | "accepts"
                    | "with"
                    | "it"
                    | "they"
                    | "pero"
                    | "ofrece"
                    | "tiene"
            )
        {
            on = false;
        }
        denied.push(on);
    }
    denied
}

/// Share of words in steps of a fifth; five and more words alike.
fn fifths(part: usize, whole: usize) -> u32 {
    (part * 5).checked_div(whole).map_or(9, |fifths| fifths as u32)
}

fn read_sentence(
    ground: &Ground,
    text: &Text<'_>,
    tokens: &Range<usize>,
    (place, count): (usize, usize),
    seen: &mut Vec<SeenWord>,
) {
    let is_word = |at: &usize| matches!(text.kind(*at), Some(Kind::Word | Kind::Number));
    let words: Vec<usize> = tokens.clone().filter(is_word).collect();
    let denied = denied(text, &words);
    // "The data do not say whether ..." claims nothing.
    let of_data = words.iter().any(|at| {
        matches!(
            text.word(*at),
            "mention"
                | "mentioned"
                | "specify"
                | "specified"
                | "information"
                | "data"
                | "details"
                | "listed"
                | "unclear"
                | "unknown"
                | "whether"
        )
    });
    let standings: Vec<Standing> =
        words.iter().zip(&denied).map(|(at, denied)| standing(ground, text, *at, *denied)).collect();
    let says: Vec<u32> = words
        .iter()
        .zip(&standings)
        .filter(|(_, standing)| **standing != Standing::Empty)
        .map(|(at, _)| key(text.word(*at)))
        .collect();
    // How much of the sentence some one sentence of a free text has.
    let best = ground
        .sentences
        .iter()
        .map(|sentence| says.iter().filter(|word| sentence.contains(word)).count())
        .max()
        .unwrap_or(0);
    let novel = standings
        .iter()
        .filter(|standing| matches!(standing, Standing::Novel | Standing::NumberNovel))
        .count();
    let checked =
        if ground.has_hours { hours::check(text, tokens, &ground.hours) } else { hours::Checked::default() };
    let time =
        u32::from(checked.speaks) | u32::from(checked.conflict) << 1 | u32::from(checked.strange_time) << 2;
    let quoted = words.iter().any(|at| {
        matches!(
            text.word(*at),
            "customer"
                | "customers"
                | "reviewer"
                | "reviewers"
                | "review"
                | "reviews"
                | "patrons"
                | "visitors"
                | "diners"
                | "guests"
                | "clientes"
        )
    });
    let position = if place == 0 {
        0
    } else if place + 1 == count {
        2
    } else {
        1
    };
    let (cover, share) = (fifths(best, says.len()), fifths(novel, says.len()));
    let (mut last, mut last_hash) = (0u32, 0u32);
    for (index, (at, standing)) in words.iter().zip(&standings).enumerate() {
        let state = *standing as u32;
        let beside = |step: isize| {
            index
                .checked_add_signed(step)
                .and_then(|other| standings.get(other))
                .map_or(99, |other| *other as u32)
        };
        let word_beside = |step: isize| {
            let other = index.checked_add_signed(step).and_then(|other| words.get(other));
            other.map_or(0, |other| hash(text.word(*other)))
        };
        let whole = hash(text.word(*at));
        let stemmed = key(text.word(*at));
        let pair = if *standing == Standing::Empty || last == 0 {
            2
        } else {
            u32::from(ground.pairs.contains(&mix(1, last, stemmed)))
        };
        let clause = text.clause(*at);
        let in_clause = |wanted: &[Standing]| {
            words
                .iter()
                .zip(&standings)
                .any(|(other, standing)| clause.contains(other) && wanted.contains(standing))
        };
        let against = in_clause(&[Standing::No, Standing::Denied]);
        let unknown = in_clause(&[Standing::Unknown, Standing::UnknownDenied]);
        let novel_clause = words
            .iter()
            .zip(&standings)
            .filter(|(other, standing)| {
                clause.contains(other) && matches!(standing, Standing::Novel | Standing::NumberNovel)
            })
            .count()
            .min(4) as u32;
        let marks =
            u32::from(against) | u32::from(unknown) << 1 | u32::from(quoted) << 2 | u32::from(of_data) << 3;
        let mut features = Vec::with_capacity(24);
        let mut add = |template: u32, a: u32, b: u32| features.push(mix(template, a, b));
        add(1, whole, 0);
        add(2, whole, state);
        add(3, state, 0);
        add(4, state, beside(-1));
        add(5, state, beside(1));
        add(6, whole, word_beside(-1));
        add(7, whole, word_beside(1));
        add(8, state, cover | u32::from(quoted) << 8);
        add(9, state, share);
        add(10, state, marks);
        add(11, state, time);
        add(12, whole, time);
        add(13, state, pair | cover << 4);
        add(14, state, novel_clause);
        add(15, marks, novel_clause);
        add(16, position, state);
        add(17, cover, share);
        add(18, last_hash, stemmed);
        add(19, whole, marks & 3);
        add(20, word_beside(-1), state);
        add(21, word_beside(1), state);
        add(22, word_beside(-2), whole);
        add(23, time, marks);
        seen.push(SeenWord {
            start: text.tokens.get(*at).map_or(0, |token| token.from),
            end: text.tokens.get(*at).map_or(0, |token| token.to),
            sentence: place as u32,
            features,
            novel: matches!(standing, Standing::Novel | Standing::NumberNovel),
            against: match standing {
                Standing::No | Standing::Denied => AGAINST_NO,
                Standing::Unknown | Standing::UnknownDenied if !of_data => AGAINST_UNKNOWN,
                Standing::RatingOther => AGAINST_NUMBER,
                _ if (checked.conflict || checked.strange_time)
                    && (text.kind(*at) == Some(Kind::Number) || hours::day_of(text.word(*at)).is_some()) =>
                {
                    AGAINST_HOURS
                }
                _ => 0,
            },
        });
        if *standing != Standing::Empty {
            (last, last_hash) = (stemmed, stemmed);
        }
    }
}
