//! A small language for phrases, and one automaton that finds all phrases of all rules in a single pass.
//!
//! A phrase is a line of words. `a|b` is either, a trailing `?` makes a word optional, `garantiz~` is any word that
//! begins so (four letters at least), `<n>` is a number in digits or words, `<w>` any one word, `<..>` up to three
//! words. Phrases are written folded: lower case, no accents. They never reach over the end of a sentence.

use crate::text::{Kind, Text};
use std::collections::HashMap;
use std::ops::Range;

/// A group of phrases that mean the same to a rule. Phrases of the group [`SAFE`] excuse what they overlap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cues {
    pub(crate) tag: u16,
    pub(crate) phrases: &'static [&'static str],
}

/// Honest look-alikes: a cue of the same rule that overlaps one of these is no cue.
pub(crate) const SAFE: u16 = u16::MAX;

/// A phrase found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Position of the rule in the registry.
    pub(crate) rule: usize,
    pub(crate) tag: u16,
    pub(crate) tokens: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kindred {
    Words,
    Number,
    AnyWord,
    Gap,
}

#[derive(Debug, Clone)]
struct Element {
    kind: Kindred,
    words: Vec<Box<str>>,
    /// The same words as numbers: a text's words are looked up once, and compared as numbers ever after.
    ids: Vec<u32>,
    stems: Vec<Box<str>>,
    optional: bool,
}

#[derive(Debug, Clone)]
struct Phrase {
    rule: usize,
    tag: u16,
    elements: Vec<Element>,
}

/// All phrases, indexed by how they begin.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    phrases: Vec<Phrase>,
    /// The number of every word that stands in a phrase, from 1.
    words: HashMap<Box<str>, u32, Fnv>,
    /// Phrases by the number of their first word.
    by_word: Vec<Starts>,
    by_stem: HashMap<[u8; 4], Starts, Fnv>,
    by_number: Starts,
}

/// Phrases that begin alike, by the word that must come next: most of what begins with "you" goes on otherwise than the
/// text does, and is not looked at.
#[derive(Debug, Clone, Default)]
struct Starts {
    /// Number of the second word, and the phrase; sorted.
    by_word: Vec<(u32, usize)>,
    /// The first letters of the second word, and the phrase; sorted.
    by_stem: Vec<([u8; 4], usize)>,
    /// Phrases of one word, and those that go on with a number or any word.
    others: Vec<usize>,
}

impl Starts {
    fn add(&mut self, id: usize, second: Option<&Second>) {
        let Some(second) = second else { return self.others.push(id) };
        for number in &second.numbers {
            let place = self.by_word.partition_point(|entry| *entry < (*number, id));
            self.by_word.insert(place, (*number, id));
        }
        for key in &second.stems {
            let place = self.by_stem.partition_point(|entry| *entry < (*key, id));
            self.by_stem.insert(place, (*key, id));
        }
    }

    /// The phrases that may go on with a word, given by its number and its letters.
    fn before(&self, number: u32, word: &str) -> impl Iterator<Item = usize> {
        let by_word = of_key(&self.by_word, number);
        let by_stem = match stem_key(word) {
            Some(key) if !self.by_stem.is_empty() => of_key(&self.by_stem, key),
            _ => &[],
        };
        let by_stem = by_stem.iter().map(|(_, id)| *id);
        self.others.iter().copied().chain(by_word.iter().map(|(_, id)| *id)).chain(by_stem)
    }
}

/// The entries of one key in a sorted list.
fn of_key<K: Ord + Copy>(sorted: &[(K, usize)], key: K) -> &[(K, usize)] {
    let from = sorted.partition_point(|(other, _)| *other < key);
    let rest = sorted.get(from..).unwrap_or_default();
    rest.get(..rest.iter().take_while(|(other, _)| *other == key).count()).unwrap_or_default()
}

/// What the second token of a match may be, where only words can follow.
#[derive(Debug, Default)]
struct Second {
    numbers: Vec<u32>,
    stems: Vec<[u8; 4]>,
}

impl Second {
    /// `None` when a phrase may end after its first word, or go on with something else than words.
    fn of(rest: &[Element]) -> Option<Self> {
        let mut second = Self::default();
        for element in rest {
            if element.kind != Kindred::Words {
                return None;
            }
            second.numbers.extend(&element.ids);
            for stem in &element.stems {
                second.stems.push(stem_key(stem)?);
            }
            if !element.optional {
                second.numbers.sort_unstable();
                second.numbers.dedup();
                second.stems.sort_unstable();
                second.stems.dedup();
                return Some(second);
            }
        }
        None
    }
}

pub(crate) type Fnv = std::hash::BuildHasherDefault<FnvHasher>;

/// FNV-1a: short keys, fixed lists, no adversary chooses what is inserted.
#[derive(Debug)]
pub(crate) struct FnvHasher(u64);

impl Default for FnvHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl std::hash::Hasher for FnvHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl Phrases {
    /// Adds the phrases of one rule.
    pub(crate) fn add(&mut self, rule: usize, cues: &'static [Cues]) {
        for group in cues {
            for phrase in group.phrases {
                self.add_written(rule, group.tag, phrase);
            }
        }
    }

    /// Adds one phrase as it is written.
    pub(crate) fn add_written(&mut self, rule: usize, tag: u16, phrase: &str) {
        let mut rest = elements(phrase);
        // A phrase that may begin with its second word is indexed under that word too.
        while rest.first().is_some_and(|first| first.optional) {
            self.add_phrase(Phrase { rule, tag, elements: rest.clone() });
            rest.remove(0);
        }
        self.add_phrase(Phrase { rule, tag, elements: rest });
    }

    fn add_phrase(&mut self, mut phrase: Phrase) {
        let id = self.phrases.len();
        for element in &mut phrase.elements {
            element.ids = element.words.iter().map(|word| self.number(word)).collect();
        }
        if let Some((first, rest)) = phrase.elements.split_first() {
            let second = Second::of(rest);
            for number in &first.ids {
                if let Some(starts) = self.by_word.get_mut(*number as usize) {
                    starts.add(id, second.as_ref());
                }
            }
            for stem in &first.stems {
                if let Some(key) = stem_key(stem) {
                    self.by_stem.entry(key).or_default().add(id, second.as_ref());
                }
            }
            if first.kind == Kindred::Number {
                self.by_number.add(id, second.as_ref());
            }
        }
        self.phrases.push(phrase);
    }

    fn number(&mut self, word: &str) -> u32 {
        let next = self.words.len() as u32 + 1;
        let number = *self.words.entry(word.into()).or_insert(next);
        self.by_word.resize(self.by_word.len().max(number as usize + 1), Starts::default());
        number
    }

    /// Every phrase in a text, honest look-alikes taken out, rule by rule in reading order. Where phrases of one rule overlap,
    /// the one that begins first, and of those the longest, is kept.
    pub(crate) fn hits<'t>(&self, text: &'t Text<'t>) -> Vec<Hit> {
        let mut hits = Vec::new();
        let numbers: Vec<u32> = (0..text.tokens.len())
            .map(|at| self.words.get(text.word(at)).copied().unwrap_or_default())
            .collect();
        let read = Numbered { text, numbers: &numbers };
        for at in 0..text.tokens.len() {
            if let Some(starts) = self.by_word.get(read.number(at) as usize) {
                self.try_at(&read, at, starts, &mut hits);
            }
            if let Some(starts) = stem_key(text.word(at)).and_then(|key| self.by_stem.get(&key)) {
                self.try_at(&read, at, starts, &mut hits);
            }
            if text.is_numeral(at) {
                self.try_at(&read, at, &self.by_number, &mut hits);
            }
        }
        settle(hits)
    }

    fn try_at(&self, read: &Numbered<'_>, at: usize, starts: &Starts, hits: &mut Vec<Hit>) {
        let second = starts.before(read.number(at + 1), read.text.word(at + 1));
        for phrase in second.filter_map(|id| self.phrases.get(id)) {
            if let Some(end) = matches(read, at, at, &phrase.elements) {
                hits.push(Hit { rule: phrase.rule, tag: phrase.tag, tokens: at..end });
            }
        }
    }
}

/// A text with the number of each of its words among those of phrases; 0 for a word of none.
struct Numbered<'t> {
    text: &'t Text<'t>,
    numbers: &'t [u32],
}

impl Numbered<'_> {
    fn number(&self, at: usize) -> u32 {
        self.numbers.get(at).copied().unwrap_or_default()
    }
}

/// Drops what a safe phrase excuses, then overlapping hits of the same rule. The hits of a rule come out together.
fn settle(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_unstable_by_key(|hit| (hit.rule, hit.tokens.start, usize::MAX - hit.tokens.end, hit.tag));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for of_rule in hits.chunk_by(|a, b| a.rule == b.rule) {
        let excused = |hit: &Hit| {
            let safe = of_rule.iter().filter(|other| other.tag == SAFE);
            safe.into_iter()
                .any(|safe| hit.tokens.start < safe.tokens.end && safe.tokens.start < hit.tokens.end)
        };
        // In reading order only the last one kept can reach into the next.
        let mut free_from = 0;
        for hit in of_rule.iter().filter(|hit| hit.tag != SAFE) {
            if hit.tokens.start >= free_from && !excused(hit) {
                free_from = hit.tokens.end;
                kept.push(hit.clone());
            }
        }
    }
    kept
}

fn stem_key(word: &str) -> Option<[u8; 4]> {
    word.as_bytes().get(..4).and_then(|head| head.try_into().ok())
}

/// The end of the longest match of `elements` from `at`, within the sentence of token `first`.
fn matches(read: &Numbered<'_>, first: usize, at: usize, elements: &[Element]) -> Option<usize> {
    let text = read.text;
    let Some((element, rest)) = elements.split_first() else { return Some(at) };
    if element.kind == Kindred::Gap {
        return (0..=3usize)
            .take_while(|skip| {
                (at..at + skip).all(|i| matches!(text.kind(i), Some(Kind::Word | Kind::Number)))
            })
            .find_map(|skip| matches(read, first, at + skip, rest));
    }
    let fits = text.same_sentence(at, first)
        && match element.kind {
            Kindred::Number => text.is_numeral(at),
            Kindred::AnyWord => text.kind(at) == Some(Kind::Word),
            Kindred::Words | Kindred::Gap => {
                let number = read.number(at);
                (number != 0 && element.ids.contains(&number))
                    || (!element.stems.is_empty()
                        && element.stems.iter().any(|stem| text.word(at).starts_with(&**stem)))
            }
        };
    let taken = if fits { matches(read, first, at + 1, rest) } else { None };
    taken.or_else(|| if element.optional { matches(read, first, at, rest) } else { None })
}

fn elements(phrase: &str) -> Vec<Element> {
    phrase.split_whitespace().map(element).collect()
}

fn element(source: &str) -> Element {
    let (source, optional) = match source.strip_suffix('?') {
        Some(inner) if !inner.is_empty() => (inner, true),
        _ => (source, false),
    };
    let kind = match source {
        "<n>" => Kindred::Number,
        "<w>" => Kindred::AnyWord,
        "<..>" => Kindred::Gap,
        _ => Kindred::Words,
    };
    let (mut words, mut stems) = (Vec::new(), Vec::new());
    if kind == Kindred::Words {
        for word in source.split('|') {
            match word.strip_suffix('~') {
                Some(stem) => stems.push(stem.into()),
                None => words.push(word.into()),
            }
        }
    }
    Element { kind, words, ids: Vec::new(), stems, optional }
}

/// Why a phrase could never be found as written, if so; checked for every built-in rule by a test, and for those of a
/// house when it is made.
pub(crate) fn fault(phrase: &str) -> Option<String> {
    let elements = elements(phrase);
    let first = elements.iter().find(|element| !element.optional)?;
    if elements
        .iter()
        .take(1)
        .chain([first])
        .any(|first| matches!(first.kind, Kindred::AnyWord | Kindred::Gap))
    {
        return Some(format!("`{phrase}` must begin with a word or number"));
    }
    for element in &elements {
        if let Some(stem) = element.stems.iter().find(|stem| stem.len() < 4) {
            return Some(format!("the stem `{stem}` in `{phrase}` is shorter than four letters"));
        }
        let folded = |word: &str| crate::text::fold::fold(word) == *word;
        if let Some(word) = element.words.iter().chain(&element.stems).find(|word| !folded(word)) {
            return Some(format!("`{word}` in `{phrase}` is not folded"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::message::Field;

    fn found(phrases: &'static [Cues], text: &str) -> Vec<String> {
        let mut automaton = Phrases::default();
        automaton.add(0, phrases);
        let text = Text::read(Field::Body, text);
        automaton.hits(&text).into_iter().map(|hit| text.quote(text.span(&hit.tokens)).to_owned()).collect()
    }

    #[test]
    fn alternatives_stems_options_numbers_and_gaps_match() {
        const CUES: &[Cues] = &[Cues {
            tag: 0,
            phrases: &["last|final few? hours", "garantiz~", "only <n> left", "you <..> prize"],
        }];
        assert_eq!(found(CUES, "The last few hours! Final hours."), ["last few hours", "Final hours"]);
        assert_eq!(found(CUES, "Te lo garantizamos"), ["garantizamos"]);
        assert_eq!(found(CUES, "Only three left, only 3 left"), ["Only three left", "only 3 left"]);
        assert_eq!(found(CUES, "You have won a prize"), ["You have won a prize"]);
        assert!(found(CUES, "The last. Hours").is_empty(), "not over the end of a sentence");
    }

    #[test]
    fn a_safe_phrase_excuses_the_cue_it_overlaps() {
        const CUES: &[Cues] =
            &[Cues { tag: 0, phrases: &["best"] }, Cues { tag: SAFE, phrases: &["best regards|wishes"] }];
        assert_eq!(found(CUES, "The best coffee. Best regards"), ["best"]);
    }
}
