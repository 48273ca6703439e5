//! Words in both languages: two files of `key = words`, compiled into the program.
//!
//! Goes in: a language and a key. Comes out: words, with values put in at `{0}`, `{1}`, `{2}`. A test holds the two
//! files to the same keys and values, and every key that a template or page names to an entry.
//! It does not choose plural forms beyond one and other: English and Spanish have no more.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;
use terms::customer::Language;

type Words = HashMap<&'static str, &'static str>;

static ENGLISH: LazyLock<Words> = LazyLock::new(|| parse(include_str!("en.txt")));
static SPANISH: LazyLock<Words> = LazyLock::new(|| parse(include_str!("es.txt")));

fn parse(file: &'static str) -> Words {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, words)| (key.trim(), words.trim()))
        .collect()
}

fn words(lang: Language) -> &'static Words {
    match lang {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
    }
}

/// The words of a key; a visible mark when the key is unknown, which the tests exclude.
pub(crate) fn text(lang: Language, key: &str) -> &'static str {
    words(lang).get(key).or_else(|| ENGLISH.get(key)).copied().unwrap_or("⟦?⟧")
}

/// True when there are words for a key.
pub(crate) fn knows(key: &str) -> bool {
    ENGLISH.contains_key(key)
}

/// Puts values into words. Values are text like any other: the template escapes the result.
pub(crate) fn fill(words: &str, values: &[&dyn Display]) -> String {
    let mut out = String::with_capacity(words.len() + 16);
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((place, tail)) = after.split_once('}') else {
            out.push('{');
            out.push_str(after);
            return out;
        };
        if let Some(value) = place.parse::<usize>().ok().and_then(|place| values.get(place)) {
            out.push_str(&value.to_string());
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
