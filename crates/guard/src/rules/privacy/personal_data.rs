//! # P3 leaked personal data
//! **Catches**: e-mail addresses, phone numbers, card numbers, IBANs, DNI/NIE and social security numbers that are
//! neither the recipient's own nor a contact of the brand.
//! **Why**: one customer's data in another's inbox is a breach to be reported within 72 hours.
//! **Basis**: GDPR 5, 32. Fails: "Write to ana@example.net". Passes: the brand's own address.
//!
//! Numbers with check digits are only reported when these are right. It does not recognise people's names.

use crate::case::{Case, Outcome, Problem};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use regex::Regex;
use std::sync::LazyLock;
use terms::customer::Language;
use terms::finding::{Severity, Span, Verdict};

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "P3",
        family: Family::Privacy,
        name_en: "leaked personal data",
        name_es: "datos personales filtrados",
        catches: "An address, phone or identity number that is neither the recipient's own nor the brand's.",
        why: "One customer's data in another's inbox is a breach.",
        basis: "GDPR 5, 32",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Write to bruno.diaz@example.net.",
                passes: "Write to hello@lumo.example.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Tu cuenta ES91 2100 0418 4502 0005 1332 está lista.",
                passes: "Llámanos al +34 910 000 000.",
            },
        ],
    },
    cues: &[],
    check,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Email,
    Phone,
    Card,
    Iban,
    SpanishId,
    SocialSecurity,
}

impl What {
    const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Email, Language::English) => "an e-mail address",
            (Self::Email, Language::Spanish) => "una dirección de correo",
            (Self::Phone, Language::English) => "a phone number",
            (Self::Phone, Language::Spanish) => "un número de teléfono",
            (Self::Card, Language::English) => "a card number",
            (Self::Card, Language::Spanish) => "un número de tarjeta",
            (Self::Iban, Language::English) => "a bank account",
            (Self::Iban, Language::Spanish) => "una cuenta bancaria",
            (Self::SpanishId, Language::English) => "a Spanish identity number",
            (Self::SpanishId, Language::Spanish) => "un DNI o NIE",
            (Self::SocialSecurity, Language::English) => "a social security number",
            (Self::SocialSecurity, Language::Spanish) => "un número de la Seguridad Social",
        }
    }
}

/// In order: what is found first keeps its place. Word boundaries are those of ASCII, which the regex automaton
/// finds without falling back to its slow engine; folded letters are ASCII.
static PATTERNS: LazyLock<Vec<(What, Regex)>> = LazyLock::new(|| {
    [
        (What::Email, r"[a-z0-9._%+\-]{1,64}@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+"),
        (What::Iban, r"\b[a-z]{2}[0-9]{2}(?:[ \-]?[a-z0-9]{4}){2,7}(?:[ \-]?[a-z0-9]{1,3})?\b"),
        (What::Card, r"\b[0-9](?:[ \-]?[0-9]){12,18}\b"),
        (What::SpanishId, r"\b(?:[xyz][ \-]?[0-9]{7}|[0-9]{2}\.?[0-9]{3}\.?[0-9]{3})[ \-]?[a-z]\b"),
        (What::SocialSecurity, r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b|\b[0-9]{2}[ /\-]?[0-9]{8}[ /\-]?[0-9]{2}\b"),
        (
            What::Phone,
            r"\+[0-9]{1,3}(?:[ .\-]?\(?[0-9]{1,4}\)?){2,6}|\(?\b[0-9]{3}\)?[ .\-][0-9]{3}[ .\-][0-9]{4}\b|\b[6789][0-9]{2}(?:[ .\-]?[0-9]{3}){2}\b|\b[6789][0-9]{2}(?:[ .\-]?[0-9]{2}){3}\b",
        ),
    ]
    .into_iter()
    .filter_map(|(what, pattern)| Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).ok().map(|regex| (what, regex)))
    .collect()
});

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts {
        let folded = part.text.folded.as_str();
        let (at_sign, digits) = (folded.contains('@'), folded.bytes().filter(u8::is_ascii_digit).count());
        let mut taken: Vec<(usize, usize)> = Vec::new();
        for (what, pattern) in PATTERNS.iter() {
            if (*what == What::Email && !at_sign) || (*what != What::Email && digits < 7) {
                continue;
            }
            for found in pattern.find_iter(folded) {
                let Some(real) = real_part(*what, found.as_str()) else { continue };
                let place = (found.start(), found.start() + real.len());
                let overlaps = taken.iter().any(|(start, end)| place.0 < *end && *start < place.1);
                if overlaps || in_something_else(*what, folded, place) {
                    continue;
                }
                taken.push(place);
                if is_allowed(case, real) {
                    continue;
                }
                let (start, end) = part.text.folded.place(place.0, place.1);
                let language = case.context.explain_in;
                let name = what.name(language);
                let problem = Problem {
                    verdict: Verdict::Unknown,
                    message: case.say(
                        || format!("{name} that is neither the recipient's own nor a contact of the brand"),
                        || format!("{name} que no es ni del destinatario ni un contacto de la marca"),
                    ),
                    repair: case.say(
                        || "take it out; a contact of the brand belongs into the facts of `brand`".to_owned(),
                        || "quítalo; un contacto de la marca va en los datos de `brand`".to_owned(),
                    ),
                };
                outcome.blocks_at(case, part, Span { field: part.text.field, start, end }, problem);
            }
        }
    }
}

/// Order and reference numbers, amounts, dates, and digits of a web address are no phone numbers.
fn in_something_else(what: What, folded: &str, (start, end): (usize, usize)) -> bool {
    if what != What::Phone && what != What::SocialSecurity {
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
            )
        }) && !words.iter().any(|word| matches!(*word, "phone" | "telefono" | "tel" | "call" | "llama"))
    };
    let address = last.contains("://") && !before.ends_with(char::is_whitespace);
    let amount = after.trim_start().starts_with(['€', '%', '$'])
        || after.starts_with(|c: char| c.is_ascii_alphanumeric());
    reference || address || amount
}

fn is_allowed(case: &Case<'_>, found: &str) -> bool {
    let context = case.context;
    let plain = |text: &str| -> String {
        crate::text::fold::fold(text).chars().filter(|c| c.is_alphanumeric() || *c == '@').collect()
    };
    let wanted = plain(found);
    // A national number also matches itself with its country code.
    let same = |other: &str| {
        let other = plain(other);
        !other.is_empty()
            && (other == wanted
                || (wanted.len() >= 9
                    && other.bytes().all(|b| b.is_ascii_digit())
                    && (other.ends_with(&wanted) || (other.len() >= 9 && wanted.ends_with(&other)))))
    };
    let own = context.recipient.and_then(|recipient| recipient.email).is_some_and(same);
    let brand = context
        .facts
        .entries()
        .filter(|entry| entry.fact.entity == "brand" || entry.fact.entity.starts_with("brand:"))
        .filter(|entry| case.holds(entry))
        .filter_map(|entry| entry.text())
        .any(|text| same(text) || text.split_whitespace().any(same) || plain(text).contains(&wanted));
    own || brand || context.allowed_contacts.iter().any(|contact| same(contact))
}

/// The longest part, from its beginning, that is what it looks like: the word after an account number may have four
/// letters as well.
fn real_part(what: What, found: &str) -> Option<&str> {
    let mut part = found;
    while !is_real(what, part) {
        if !matches!(what, What::Iban | What::Card) {
            return None;
        }
        part = part.get(..part.rfind([' ', '-'])?)?;
    }
    Some(part)
}

fn is_real(what: What, found: &str) -> bool {
    let digits: Vec<u32> = found.chars().filter_map(|c| c.to_digit(10)).collect();
    match what {
        What::Email => true,
        What::Phone => (9..=15).contains(&digits.len()),
        What::Card => (13..=19).contains(&digits.len()) && luhn(&digits),
        What::Iban => iban(found),
        What::SpanishId => spanish_id(found),
        What::SocialSecurity => social_security(found, &digits),
    }
}

/// The Luhn check (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(
            |(place, digit)| {
                if place % 2 == 1 { if *digit > 4 { digit * 2 - 9 } else { digit * 2 } } else { *digit }
            },
        )
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

/// ISO 13616: the first four characters to the end, letters as 10 to 35, remainder 1 by 97.
fn iban(found: &str) -> bool {
    let plain: Vec<char> = found.chars().filter(char::is_ascii_alphanumeric).collect();
    if !(15..=34).contains(&plain.len()) {
        return false;
    }
    let (head, tail) = plain.split_at(4);
    let rest = tail.iter().chain(head).filter_map(|c| c.to_digit(36)).fold(0u32, |rest, value| {
        if value < 10 { (rest * 10 + value) % 97 } else { (rest * 100 + value) % 97 }
    });
    rest == 1
}

/// The letter of a DNI or NIE: the number modulo 23.
fn spanish_id(found: &str) -> bool {
    const LETTERS: &[u8; 23] = b"trwagmyfpdxbnjzsqvhlcke";
    let plain: String = found.chars().filter(char::is_ascii_alphanumeric).collect();
    let Some(letter) = plain.bytes().last() else { return false };
    let Some(body) = plain.get(..plain.len() - 1) else { return false };
    let number = body.replacen('x', "0", 1).replacen('y', "1", 1).replacen('z', "2", 1);
    number.parse::<usize>().is_ok_and(|number| LETTERS.get(number % 23) == Some(&letter))
}

/// United States: no part all zeros, area neither 666 nor 900 to 999. Spain: last two digits = the others mod 97.
fn social_security(found: &str, digits: &[u32]) -> bool {
    let value = |digits: &[u32]| digits.iter().fold(0u64, |value, digit| value * 10 + u64::from(*digit));
    if let (9, Some((area, rest))) = (digits.len(), digits.split_at_checked(3)) {
        let (group, serial) = rest.split_at_checked(2).unwrap_or((rest, &[]));
        let area = value(area);
        return found.contains('-')
            && area != 0
            && area != 666
            && area < 900
            && value(group) != 0
            && value(serial) != 0;
    }
    match (digits.len(), digits.split_at_checked(10)) {
        (12, Some((body, check))) => {
            let (province, number) = body.split_at_checked(2).unwrap_or((body, &[]));
            // A number below ten million is written without its leading zero in the sum.
            let (province, number) = (value(province), value(number));
            let whole = if number < 10_000_000 { number + province * 10_000_000 } else { value(body) };
            (1..=66).contains(&province) && whole % 97 == value(check)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u32> {
        text.chars().filter_map(|c| c.to_digit(10)).collect()
    }

    #[test]
    fn check_digits_follow_the_published_examples() {
        assert!(luhn(&digits("4111 1111 1111 1111")));
        assert!(!luhn(&digits("4111 1111 1111 1112")));
        assert!(iban("es91 2100 0418 4502 0005 1332"));
        assert!(iban("gb82 west 1234 5698 7654 32"));
        assert!(!iban("es92 2100 0418 4502 0005 1332"));
        assert!(spanish_id("12345678z"));
        assert!(!spanish_id("12345678a"));
        assert!(spanish_id("x1234567l"));
        assert!(social_security("078-05-1120", &digits("078-05-1120")));
        assert!(!social_security("666-05-1120", &digits("666-05-1120")));
    }
}
