//! What a learned cue sees of a run of tokens: hashes of words, of pairs of neighbours and of pairs with one word
//! between, of three to five letters within a word, of the first word, and of words in capitals. Signs count as words;
//! a digit counts as any other digit. Nothing is allocated.

use crate::text::{Kind, Text};
use std::ops::Range;

/// Bytes of a word that are looked at, the marks at its edges included.
const LONGEST: usize = 34;
/// Longest run of letters.
const GRAM: usize = 5;
/// Shortest run of letters.
const SHORTEST_GRAM: usize = 3;

const WORD: u32 = 0x811c_9dc5;
const PAIR: u32 = 0x1f83_d9ab;
const LETTERS: u32 = 0x5be0_cd19;
const FIRST: u32 = 0x510e_527f;
const SHOUTED: u32 = 0x9b05_688c;

const fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

/// Spreads what the last bytes changed over all bits (the end of MurmurHash3, public domain).
const fn spread(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

/// True for a word of two letters or more, all capitals in the original.
fn is_shouted(text: &Text<'_>, index: usize) -> bool {
    let Some(token) = text.tokens.get(index).filter(|token| token.capital) else { return false };
    let original = text.original.get(token.from..token.to).unwrap_or("");
    original.chars().nth(1).is_some() && original.chars().all(char::is_uppercase)
}

/// Tells `found` every feature of the tokens, each with the token it belongs to; a pair belongs to its second.
pub(super) fn each(text: &Text<'_>, tokens: &Range<usize>, mut found: impl FnMut(usize, u32)) {
    let mut before = WORD;
    let mut two = WORD;
    for index in tokens.clone() {
        let Some(kind) = text.kind(index) else { return };
        let mut marked = [b'_'; LONGEST];
        let mut len = 1;
        let letters = if kind == Kind::Address { "@" } else { text.word(index) };
        let places = marked.iter_mut().skip(1).take(LONGEST - 2);
        for (place, byte) in places.zip(letters.bytes()) {
            *place = if byte.is_ascii_digit() { b'0' } else { byte };
            len += 1;
        }
        let word = marked.iter().skip(1).take(len - 1).fold(WORD, |hash, byte| step(hash, *byte));
        found(index, spread(word));
        found(index, spread(step(before.rotate_left(13) ^ PAIR, 0) ^ word));
        found(index, spread(step(two.rotate_left(7) ^ PAIR, 2) ^ word));
        if index == tokens.start {
            found(index, spread(word ^ FIRST));
        }
        if is_shouted(text, index) {
            found(index, spread(SHOUTED));
            found(index, spread(word ^ SHOUTED));
        }
        two = before;
        before = word;
        if kind == Kind::Word || kind == Kind::Number {
            for start in 0..=len {
                let mut hash = LETTERS;
                for (at, byte) in marked.iter().take(len + 1).skip(start).take(GRAM).enumerate() {
                    hash = step(hash, *byte);
                    if at + 1 >= SHORTEST_GRAM {
                        found(index, spread(hash));
                    }
                }
            }
        }
    }
    let end = tokens.end.saturating_sub(1);
    if end >= tokens.start {
        found(end, spread(step(before.rotate_left(13) ^ PAIR, 1)));
    }
}
