//! Patterns of personal data in a folded text. Some are sure (check digits, or a form nothing else has); loose ones only
//! tell the tagger where numbers of somebody may stand.

use super::PersonalKind;
use super::checks::real_part;
use regex::Regex;
use std::sync::LazyLock;

/// A place in the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: PersonalKind,
    /// The pattern alone decides.
    pub(crate) sure: bool,
    /// Bytes in the folded text.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

struct Pattern {
    kind: PersonalKind,
    sure: bool,
    /// Fewest digits of a text in which it can be found.
    digits: usize,
    regex: Regex,
}

/// In order: what is found first keeps its place. Word boundaries are those of ASCII, which the regex automaton
/// finds without falling back to its slow engine; folded letters are ASCII.
static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    use PersonalKind::{Card, Email, Iban, Ip, Phone, SocialSecurity, SpanishId, Url};
    [
        (Email, true, 0, r"[a-z0-9._%+\-]{1,64}@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+"),
        (Url, true, 0, r"\bhttps?://[^\s<>()\x22]+|\bwww\.[a-z0-9\-]+\.[^\s<>()\x22]+"),
        (Iban, true, 13, r"\b[a-z]{2}[0-9]{2}(?:[ \-]?[a-z0-9]{4}){2,7}(?:[ \-]?[a-z0-9]{1,3})?\b"),
        (Card, true, 13, r"\b[0-9](?:[ \-]?[0-9]){12,18}\b"),
        (SpanishId, true, 7, r"\b(?:[xyz][ \-]?[0-9]{7}|[0-9]{2}\.?[0-9]{3}\.?[0-9]{3})[ \-]?[a-z]\b"),
        (SocialSecurity, true, 9, r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b|\b[0-9]{2}[ /\-]?[0-9]{8}[ /\-]?[0-9]{2}\b"),
        (Ip, true, 4, r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b|\b(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b"),
        (
            Phone,
            true,
            7,
            r"\+[0-9]{1,3}(?:[ .\-]?\(?[0-9]{1,4}\)?){2,6}|\(?\b[0-9]{3}\)?[ .\-][0-9]{3}[ .\-][0-9]{4}\b|\b[6789][0-9]{2}(?:[ .\-]?[0-9]{3}){2}\b|\b[6789][0-9]{2}(?:[ .\-]?[0-9]{2}){3}\b",
        ),
        (Iban, false, 10, r"\b[a-z]{2}[0-9]{2}[a-z0-9]{11,30}\b"),
        (Card, false, 12, r"\b[0-9]{12,19}\b"),
        (Phone, false, 7, r"\(?\+?\b[0-9]{1,5}\)?(?:[ .\-/]{1,2}\(?[0-9]{1,5}\)?){1,6}(?:x[0-9]{2,5})?\b|\b[0-9]{7,11}\b"),
        (Url, false, 0, r"\b[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.[a-z]{2,6}\b/?"),
    ]
    .into_iter()
    .filter_map(|(kind, sure, digits, pattern)| {
        let regex = Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).ok()?;
        Some(Pattern { kind, sure, digits, regex })
    })
    .collect()
});

/// Everything the patterns find; places do not overlap.
pub(crate) fn each_found(folded: &str) -> Vec<Found> {
    found_by(folded, PATTERNS.len())
}

/// What the sure patterns alone find: they come first, and keep their places whatever the others would find.
pub(crate) fn each_sure(folded: &str) -> Vec<Found> {
    found_by(folded, PATTERNS.iter().take_while(|pattern| pattern.sure).count())
}

fn found_by(folded: &str, patterns: usize) -> Vec<Found> {
    let digits = folded.bytes().filter(u8::is_ascii_digit).count();
    let row = digits_in_a_row(folded);
    let (at_sign, dots) = (folded.contains('@'), folded.contains('.'));
    let web = folded.contains("://") || folded.contains("www.");
    let mut found: Vec<Found> = Vec::new();
    for Pattern { kind, sure, digits: fewest, regex } in PATTERNS.iter().take(patterns) {
        let possible = match kind {
            PersonalKind::Email => at_sign,
            PersonalKind::Url if *sure => web,
            PersonalKind::Url => dots,
            PersonalKind::Card
            | PersonalKind::SpanishId
            | PersonalKind::SocialSecurity
            | PersonalKind::Phone
                if *sure =>
            {
                row >= *fewest
            }
            PersonalKind::Iban if *sure => digits >= *fewest && opens_an_account(folded),
            _ => digits >= *fewest,
        };
        if !possible {
            continue;
        }
        for seen in regex.find_iter(folded) {
            let real = if *sure { real_part(*kind, seen.as_str()) } else { Some(seen.as_str()) };
            let Some(real) = real else { continue };
            let (start, end) = (seen.start(), seen.start() + real.len());
            let overlaps = found.iter().any(|other| start < other.end && other.start < end);
            if overlaps || (*sure && in_something_else(*kind, folded, (start, end))) {
                continue;
            }
            if !*sure && *kind == PersonalKind::Phone && real.bytes().filter(u8::is_ascii_digit).count() < 7 {
                continue;
            }
            found.push(Found { kind: *kind, sure: *sure, start, end });
        }
    }
    found
}

/// The most digits with no more than three signs that part numbers between one and the next.
fn digits_in_a_row(folded: &str) -> usize {
    let (mut most, mut row, mut gap) = (0, 0, 0);
    for byte in folded.bytes() {
        match byte {
            b'0'..=b'9' => {
                (row, gap) = (row + 1, 0);
                most = most.max(row);
            }
            b' ' | b'.' | b'-' | b'/' | b'(' | b')' if gap < 3 => gap += 1,
            _ => (row, gap) = (0, 0),
        }
    }
    most
}

/// True when two letters stand right before two digits, as in an account number.
fn opens_an_account(folded: &str) -> bool {
    folded
        .as_bytes()
        .windows(4)
        .any(|four| matches!(four, [b'a'..=b'z', b'a'..=b'z', b'0'..=b'9', b'0'..=b'9']))
}

/// Order and reference numbers, amounts, dates, and digits of a web address are no phone numbers.
fn in_something_else(what: PersonalKind, folded: &str, (start, end): (usize, usize)) -> bool {
    if !matches!(what, PersonalKind::Phone | PersonalKind::SocialSecurity | PersonalKind::Ip) {
        return false;
    }
    let before = folded.get(..start).unwrap_or("");
    let after = folded.get(end..).unwrap_or("");
    let last = before.split_whitespace().next_back().unwrap_or("");
    let reference = before.ends_with(['#', '/', '=', '_', '€', '$']) || {
        let words: Vec<&str> = before.split_whitespace().rev().take(3).collect();
        words.iter().any(|word| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            matches!(
                word,
                "order"
                    | "pedido"
                    | "ref"
                    | "reference"
                    | "referencia"
                    | "invoice"
                    | "factura"
                    | "no"
                    | "numero"
                    | "number"
                    | "ean"
                    | "isbn"
                    | "version"
                    | "firmware"
            )
        }) && !words.iter().any(|word| matches!(*word, "phone" | "telefono" | "tel" | "call" | "llama"))
    };
    let address = last.contains("://") && !before.ends_with(char::is_whitespace);
    let amount = after.trim_start().starts_with(['€', '%', '$'])
        || after.starts_with(|c: char| c.is_ascii_alphanumeric());
    reference || address || amount
}
