//! Normalisation: compatibility decomposition with marks dropped (what NFKC followed by removing accents gives),
//! lower case, no zero-width characters, look-alike letters turned into Latin ones. Each byte that comes out knows
//! the bytes of the original it came from, so that a finding points at what was written. Letters set apart and letters
//! that stand for digits are read as what they look like (`spread.rs`).

use super::spread;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A folded text with the way back to the original.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    text: String,
    /// For each byte of `text`: the first byte in the original of the character it came from, and one past its last.
    places: Vec<(u32, u32)>,
}

impl Folded {
    pub(crate) fn of(original: &str) -> Self {
        let mut folded =
            Self { text: String::with_capacity(original.len()), places: Vec::with_capacity(original.len()) };
        let mut rest = original;
        while !rest.is_empty() {
            // Most letters are plain ones, and are taken by the run.
            let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
            let (run, tail) = rest.split_at(plain);
            folded.push_plain(run, original.len() - rest.len());
            rest = tail;
            let Some(c) = rest.chars().next() else { break };
            let at = original.len() - rest.len();
            let end = at + c.len_utf8();
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            if is_combining_mark(c) {
                // A mark belongs to the letter before it.
                if let Some(last) = folded.places.last_mut() {
                    last.1 = end as u32;
                }
                continue;
            }
            if is_invisible(c) {
                continue;
            }
            if let Some(plain) = look_alike(c) {
                folded.push(plain, at, end);
                continue;
            }
            decompose_compatible(c, |part| {
                if !is_combining_mark(part) {
                    let part = look_alike(part).unwrap_or(part);
                    for lower in part.to_lowercase() {
                        folded.push(lower, at, end);
                    }
                }
            });
        }
        folded.read_disguises();
        folded
    }

    /// Drops the marks between letters set apart, and turns letters that stand for digits into digits.
    fn read_disguises(&mut self) {
        if let Some(kept) = spread::kept(&self.text) {
            let mut stays = kept.iter();
            let bytes = std::mem::take(&mut self.text).into_bytes();
            let text =
                bytes.into_iter().zip(&kept).filter(|(_, kept)| **kept).map(|(byte, _)| byte).collect();
            // Only ASCII marks go, so this is text still.
            self.text = String::from_utf8(text).unwrap_or_default();
            self.places.retain(|_| stays.next().copied().unwrap_or(true));
        }
        let digits = spread::digits(&self.text);
        if !digits.is_empty() {
            let mut bytes = std::mem::take(&mut self.text).into_bytes();
            for (at, digit) in digits {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = digit;
                }
            }
            self.text = String::from_utf8(bytes).unwrap_or_default();
        }
    }

    fn push_plain(&mut self, run: &str, from: usize) {
        let start = self.text.len();
        self.text.push_str(run);
        if let Some(added) = self.text.get_mut(start..) {
            added.make_ascii_lowercase();
        }
        let from = from as u32;
        self.places.extend((from..from + run.len() as u32).map(|at| (at, at + 1)));
    }

    fn push(&mut self, c: char, from: usize, to: usize) {
        self.text.push(c);
        for _ in 0..c.len_utf8() {
            self.places.push((from as u32, to as u32));
        }
    }

    /// The folded text.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// A part of the folded text; empty when the bounds are no character boundaries.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or("")
    }

    /// The bytes of the original that a part of the folded text came from.
    pub(crate) fn place(&self, start: usize, end: usize) -> (usize, usize) {
        let from = self.places.get(start).map_or(0, |place| place.0 as usize);
        let to =
            end.checked_sub(1).and_then(|last| self.places.get(last)).map_or(from, |place| place.1 as usize);
        (from, to.max(from))
    }
}

/// Folds a short text, such as the value of a fact, the same way.
pub(crate) fn fold(text: &str) -> String {
    Folded::of(text).text
}

/// Characters that leave no ink: zero-width, direction marks, soft hyphen, variation selectors, tags.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E01EF}'
        | '™' | '®' | '©' | '℠')
}

/// The Latin letter or plain sign a character is mistaken for.
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'а' | 'А' | 'α' | 'Α' | 'ɑ' => 'a',
        'В' | 'Β' | 'Ь' => 'b',
        'с' | 'С' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'Е' | 'ε' | 'Ε' | 'ё' | 'Ё' => 'e',
        'ɡ' => 'g',
        'һ' | 'Н' | 'Η' | 'н' => 'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ı' | 'Ӏ' => 'i',
        'ј' | 'Ј' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'м' | 'М' | 'Μ' => 'm',
        'Ν' | 'ո' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'ø' | 'Ø' | 'օ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'Ԝ' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' | '×' => 'x',
        'у' | 'У' | 'Υ' | 'γ' => 'y',
        'Ζ' => 'z',
        '’' | '‘' | '´' | 'ʼ' | '′' | '‛' => '\'',
        '“' | '”' | '«' | '»' | '„' | '‟' | '″' => '"',
        '\u{2010}'..='\u{2015}' | '−' => '-',
        '⁄' | '∕' => '/',
        '٪' => '%',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_width_and_look_alikes_fold_away() {
        assert_eq!(fold("Últimas HORAS"), "ultimas horas");
        assert_eq!(fold("ｆｒｅｅ"), "free");
        assert_eq!(fold("frее"), "free", "with two Cyrillic letters");
        assert_eq!(fold("fr\u{200b}ee"), "free");
        assert_eq!(fold("u\u{301}ltimas"), "ultimas");
        assert_eq!(fold("29\u{a0}€"), "29 €");
    }

    #[test]
    fn every_folded_byte_knows_its_place_in_the_original() {
        let folded = Folded::of("a\u{200b}ñe\u{301}!");
        assert_eq!(folded.as_str(), "ane!");
        assert_eq!(folded.place(0, 1), (0, 1));
        assert_eq!(folded.place(1, 2), (4, 6));
        assert_eq!(folded.place(2, 3), (6, 9), "the letter with its mark");
    }
}
