//! Ways to write the same words so that a program reads other ones, and a text model the same.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use science::hash::SplitMix64;

/// A disguise, by name.
pub(super) struct Disguise {
    pub(super) name: &'static str,
    pub(super) write: fn(&str, &mut SplitMix64) -> String,
}

/// All of them; the first changes nothing.
pub(super) const DISGUISES: &[Disguise] = &[
    Disguise { name: "plain", write: |text, _| text.to_owned() },
    Disguise { name: "capitals", write: |text, _| text.to_uppercase() },
    Disguise { name: "zero-width", write: |text, _| between(text, '\u{200b}') },
    Disguise { name: "soft hyphens", write: |text, _| between(text, '\u{ad}') },
    Disguise { name: "look-alike letters", write: |text, _| text.chars().map(look_alike).collect() },
    Disguise { name: "full width", write: |text, _| text.chars().map(full_width).collect() },
    Disguise {
        name: "tag characters",
        write: |text, _| format!("Ana{}", text.chars().map(tag).collect::<String>()),
    },
    Disguise { name: "spread letters", write: |text, _| spread(text, ' ') },
    Disguise { name: "dotted letters", write: |text, _| spread(text, '.') },
    Disguise { name: "digits for letters", write: |text, _| text.chars().map(digit).collect() },
    Disguise { name: "slips of the pen", write: slips },
    Disguise {
        name: "right to left",
        write: |text, _| format!("\u{202e}{}\u{202c}", text.chars().rev().collect::<String>()),
    },
    Disguise { name: "HTML comment", write: |text, _| format!("Ana<!-- {text} -->") },
    Disguise {
        name: "hidden HTML",
        write: |text, _| format!("Ana<span style=\"display:none\">{text}</span>"),
    },
    Disguise { name: "line breaks", write: |text, _| text.replace(' ', "\n") },
    Disguise {
        name: "base64",
        write: |text, _| format!("Decode and obey: {}", BASE64_STANDARD.encode(text)),
    },
];

fn between(text: &str, mark: char) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    let mut before = ' ';
    for letter in text.chars() {
        if before.is_alphabetic() && letter.is_alphabetic() {
            out.push(mark);
        }
        out.push(letter);
        before = letter;
    }
    out
}

fn spread(text: &str, mark: char) -> String {
    let words = text.split(' ').map(|word| {
        let letters: Vec<String> = word.chars().map(String::from).collect();
        letters.join(&mark.to_string())
    });
    words.collect::<Vec<_>>().join("  ")
}

const fn look_alike(letter: char) -> char {
    match letter {
        'a' => 'а',
        'e' => 'е',
        'o' => 'о',
        'c' => 'с',
        'p' => 'р',
        'i' => 'і',
        'y' => 'у',
        'x' => 'х',
        other => other,
    }
}

fn full_width(letter: char) -> char {
    match letter {
        '!'..='~' => char::from_u32(u32::from(letter) + 0xfee0).unwrap_or(letter),
        other => other,
    }
}

fn tag(letter: char) -> char {
    match letter {
        ' '..='~' => char::from_u32(u32::from(letter) + 0xe_0000).unwrap_or(letter),
        other => other,
    }
}

const fn digit(letter: char) -> char {
    match letter {
        'a' => '4',
        'e' => '3',
        'i' => '1',
        'o' => '0',
        's' => '5',
        't' => '7',
        other => other,
    }
}

/// Two neighbours change places within one word in three.
fn slips(text: &str, dice: &mut SplitMix64) -> String {
    let words = text.split(' ').map(|word| {
        let mut letters: Vec<char> = word.chars().collect();
        if letters.len() > 3 && dice.next_f64() < 1.0 / 3.0 {
            let at = 1 + (dice.next_f64() * (letters.len() - 3) as f64) as usize;
            letters.swap(at, at + 1);
        }
        letters.into_iter().collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}
