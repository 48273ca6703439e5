//! What the tagger sees of a token: hashes of the word, its ends, its shape, its neighbours, the classes of a small
//! lexicon, the pattern it stands in, and the words its line begins with ("Phone: ...").

use super::PersonalKind;
use super::lexicon::{class, tail_class};
use super::pattern::each_found;
use super::token::{Cut, cut};
use crate::text::fold::Folded;
use smallvec::SmallVec;

/// A token as the tagger and its training see it.
#[derive(Debug, Clone)]
pub struct PersonalToken {
    /// First byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Hashes; a model looks at their low bits. As many as fit lie in the token itself.
    pub features: SmallVec<[u32; 36]>,
    /// It is letters and nothing else.
    pub letters: bool,
    /// The number of a sure find it stands in, and what that is.
    pub sure: Option<(usize, PersonalKind)>,
}

/// What features of a token and of its neighbours are made of.
#[derive(Default, Clone, Copy)]
struct Looks {
    word: u32,
    shape: u32,
    /// The shape with runs counted as one.
    outline: u32,
    class: u32,
    pattern: u32,
    heads: [u32; 3],
    tails: [u32; 4],
    key: u32,
    line: u32,
}

fn mix(template: u32, a: u32, b: u32) -> u32 {
    let mut h = template.wrapping_mul(0x9E37_79B1) ^ a;
    h = (h ^ (h >> 15)).wrapping_mul(0x85EB_CA77);
    h ^= b.rotate_left(13);
    h = (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE3D);
    h ^ (h >> 16)
}

fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |h, byte| (h ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The tokens of a text with their features.
#[must_use]
pub fn personal_tokens(text: &str) -> Vec<PersonalToken> {
    let cuts = cut(text);
    let folded = Folded::of(text);
    let mut finds: Vec<(usize, usize, PersonalKind, bool)> = each_found(folded.as_str())
        .into_iter()
        .map(|found| {
            let (start, end) = folded.place(found.start, found.end);
            (start, end, found.kind, found.sure)
        })
        .collect();
    finds.sort_unstable_by_key(|find| (find.0, find.1));
    let has_capitals = text.chars().any(char::is_uppercase);
    let mut sure = vec![None; cuts.len()];
    let looks = looks(text, &cuts, &finds, has_capitals, &mut sure);
    let none = Looks::default();
    let at = |place: Option<usize>| place.and_then(|place| looks.get(place)).unwrap_or(&none);
    (0..cuts.len())
        .zip(&cuts)
        .zip(sure)
        .map(|((here, cut), sure)| {
            let (l, p, n) = (at(Some(here)), at(here.checked_sub(1)), at(Some(here + 1)));
            let (pp, nn) = (at(here.checked_sub(2)), at(Some(here + 2)));
            let flags = u32::from(cut.new_line) | u32::from(cut.space) << 1 | u32::from(has_capitals) << 2;
            let mut features = SmallVec::new();
            let mut add = |template: u32, a: u32, b: u32| features.push(mix(template, a, b));
            add(1, l.word, 0);
            add(2, p.word, 0);
            add(3, n.word, 0);
            add(4, pp.word, p.word);
            add(5, n.word, nn.word);
            add(6, p.word, l.outline);
            add(7, n.word, l.outline);
            add(8, l.shape, flags);
            add(9, p.outline, l.outline);
            add(10, l.outline, n.outline);
            add(11, p.outline ^ l.outline.rotate_left(9), n.outline);
            for (template, head) in (12..).zip(l.heads) {
                add(template, head, 0);
            }
            for (template, tail) in (15..).zip(l.tails) {
                add(template, tail, u32::from(template == 16) * l.outline);
            }
            add(20, l.class, l.outline);
            add(21, p.class, l.outline);
            add(22, n.class, l.outline);
            add(23, l.class ^ p.class.rotate_left(8), n.class);
            add(24, l.pattern, l.shape);
            add(25, p.pattern, l.outline);
            add(26, n.pattern, l.outline);
            add(27, l.key, l.outline);
            add(28, l.key, l.line);
            add(29, p.shape, l.shape);
            add(30, l.shape, n.shape);
            add(31, pp.word, l.outline);
            add(32, nn.word, l.outline);
            add(33, p.class, p.outline ^ l.class.rotate_left(5));
            add(34, pp.class ^ nn.class.rotate_left(7), l.outline);
            add(35, pp.outline ^ p.outline.rotate_left(9), l.outline);
            let letters =
                text.get(cut.start..cut.end).is_some_and(|word| word.chars().all(char::is_alphabetic));
            PersonalToken { start: cut.start, end: cut.end, features, letters, sure }
        })
        .collect()
}

fn looks(
    text: &str,
    cuts: &[Cut],
    finds: &[(usize, usize, PersonalKind, bool)],
    has_capitals: bool,
    sure: &mut [Option<(usize, PersonalKind)>],
) -> Vec<Looks> {
    let (mut lower, mut ends) = (String::new(), Vec::new());
    let (mut key, mut words_of_line, mut key_is_open, mut line) = (0u32, 0u32, true, 0u32);
    let mut next_find = 0;
    let mut all = Vec::with_capacity(cuts.len());
    for (cut, sure) in cuts.iter().zip(sure) {
        let word = text.get(cut.start..cut.end).unwrap_or("");
        lower.clear();
        lower.extend(word.chars().flat_map(char::to_lowercase));
        if cut.new_line {
            (key, words_of_line, key_is_open, line) = (0, 0, true, 0);
        }
        let mut l = Looks { word: hash(&lower), key, line: line.min(3), ..Looks::default() };
        if lower == ":" && words_of_line <= 4 {
            key_is_open = false;
            key |= 1;
        } else if key_is_open && words_of_line < 5 {
            key = mix(99, key, l.word) & !1;
            words_of_line += 1;
        } else if key_is_open {
            // A line without a colon near its beginning has no key.
            (key, key_is_open) = (0, false);
        } else {
            line += 1;
        }
        (l.shape, l.outline) = shapes(word, has_capitals);
        l.class = class(&lower) | tail_class(&lower);
        ends.clear();
        ends.extend(lower.char_indices().map(|(at, _)| at).chain([lower.len()]));
        let letters = ends.len() - 1;
        if lower.starts_with(char::is_alphabetic) {
            for (n, head) in (1..).zip(&mut l.heads) {
                *head = ends.get(n).and_then(|end| lower.get(..*end)).map_or(0, hash);
            }
            for (n, tail) in (1..).zip(&mut l.tails) {
                let from = letters.checked_sub(n).and_then(|at| ends.get(at));
                *tail = from.and_then(|from| lower.get(*from..)).map_or(0, hash);
            }
        }
        while finds.get(next_find).is_some_and(|find| find.1 <= cut.start) {
            next_find += 1;
        }
        if let Some((start, end, kind, is_sure)) = finds.get(next_find)
            && *start < cut.end
            && cut.start < *end
        {
            let inside = u32::from(cut.start > *start);
            l.pattern = (*kind as u32 + 1) << 2 | u32::from(*is_sure) << 1 | inside;
            if *is_sure {
                *sure = Some((next_find, *kind));
            }
        }
        all.push(l);
    }
    all
}

/// Hashes of a word's shape: with its length, and in outline.
fn shapes(word: &str, has_capitals: bool) -> (u32, u32) {
    let (mut shape, mut outline) = (17u32 + u32::from(has_capitals), 31u32 + u32::from(has_capitals));
    let (mut last, mut run) = (0u32, 0u32);
    for c in word.chars() {
        let kind = if c.is_uppercase() {
            1
        } else if c.is_lowercase() {
            2
        } else if c.is_ascii_digit() {
            3
        } else if c.is_alphabetic() {
            4
        } else {
            u32::from(c)
        };
        run = if kind == last { run + 1 } else { 1 };
        if run == 1 || (run == 2 && kind == 1) {
            outline = mix(7, outline, kind);
        }
        // Letters are counted up to three, digits to the end: five of them are no year.
        if run <= 3 || kind == 3 {
            shape = mix(5, shape, kind);
        }
        last = kind;
    }
    (shape, outline)
}
