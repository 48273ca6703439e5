//! Check digits: whether a run of characters is what its pattern says.

use super::PersonalKind;

/// The longest part, from its beginning, that is what it looks like: the word after an account number may have four
/// letters as well.
pub(super) fn real_part(what: PersonalKind, found: &str) -> Option<&str> {
    let mut part = found;
    while !is_real(what, part) {
        if !matches!(what, PersonalKind::Iban | PersonalKind::Card) {
            return None;
        }
        part = part.get(..part.rfind([' ', '-'])?)?;
    }
    Some(part)
}

fn is_real(what: PersonalKind, found: &str) -> bool {
    let digits: Vec<u32> = found.chars().filter_map(|c| c.to_digit(10)).collect();
    match what {
        PersonalKind::Email | PersonalKind::Url | PersonalKind::Other => true,
        PersonalKind::Ip => ip(found),
        PersonalKind::Phone => (9..=15).contains(&digits.len()),
        PersonalKind::Card => (13..=19).contains(&digits.len()) && luhn(&digits),
        PersonalKind::Iban => iban(found),
        PersonalKind::SpanishId => spanish_id(found),
        PersonalKind::SocialSecurity => social_security(found, &digits),
    }
}

/// Four numbers up to 255, or the eight groups that its pattern asks for.
fn ip(found: &str) -> bool {
    found.contains(':')
        || found
            .split('.')
            .all(|octet| octet.parse::<u8>().is_ok() && (octet.len() == 1 || !octet.starts_with('0')))
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
