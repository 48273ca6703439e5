//! Percentages: `20 %`, "20 percent", "veinte por ciento", `20-40 %`; whether they speak of a discount and whether
//! they are a ceiling ("up to 40 %").

use super::number::{self, Decimal};
use super::{after, before};
use crate::text::Text;
use std::ops::Range;

/// A percentage in a text.
#[derive(Debug, Clone)]
pub(crate) struct PercentClaim {
    pub(crate) tokens: Range<usize>,
    pub(crate) amount: Decimal,
    /// Speaks of a discount; otherwise of a property ("100 % cotton").
    pub(crate) discount: bool,
    /// "Up to".
    pub(crate) ceiling: bool,
}

/// The token after the sign or words for "per cent" at `at`.
fn sign_end(text: &Text<'_>, at: usize) -> Option<usize> {
    match (text.word(at), text.word(at + 1)) {
        ("%" | "percent" | "pct", _) => Some(at + 1),
        ("per", "cent") | ("por", "ciento" | "cien") => Some(at + 2),
        _ => None,
    }
}

/// Words between two alternatives: "ten, or even twenty", "entre un diez y un veinte".
fn is_joint(word: &str) -> bool {
    matches!(
        word,
        "," | "-"
            | "to"
            | "and"
            | "or"
            | "even"
            | "maybe"
            | "perhaps"
            | "possibly"
            | "a"
            | "y"
            | "e"
            | "o"
            | "u"
            | "un"
            | "el"
            | "incluso"
            | "quiza"
            | "quizas"
            | "hasta"
            | "aun"
    )
}

/// The next number after joints from a token, and the token after it. A comma alone joins nothing ("Since 2019, 15 %").
fn alternative(text: &Text<'_>, from: usize) -> Option<(Range<usize>, Decimal, usize)> {
    let mut joined = false;
    let mut at = from;
    while at < from + 5 && is_joint(text.word(at)) && text.same_sentence(at, from.saturating_sub(1)) {
        joined |= !matches!(text.word(at), "," | "un" | "el");
        at += 1;
        // "Un" before another number is an article.
        let article = text.word(at) == "un" && is_number(text, at + 1);
        if let Some((value, end)) = number::at(text, at).filter(|_| joined && !article) {
            return Some((at..end, value, end));
        }
    }
    None
}

fn is_number(text: &Text<'_>, at: usize) -> bool {
    number::at(text, at).is_some()
}

/// The percentages that begin at a number: none, one, or several for a range or alternatives.
pub(crate) fn at(text: &Text<'_>, start: usize) -> Vec<PercentClaim> {
    let Some((first, end)) = number::at(text, start) else { return Vec::new() };
    let mut parts = vec![(start..end, first)];
    let mut at = end;
    let close = loop {
        let comma = usize::from(text.word(at) == ",");
        if let Some(close) = sign_end(text, at).or_else(|| sign_end(text, at + comma)) {
            break close;
        }
        match alternative(text, at).filter(|_| parts.len() < 3) {
            Some((tokens, value, end)) => {
                parts.push((tokens, value));
                at = end;
            }
            None => return Vec::new(),
        }
    };
    if !text.same_sentence(close - 1, start) {
        return Vec::new();
    }
    if let Some(last) = parts.last_mut() {
        last.0.end = close;
    }
    // "In 2026 and 15 % off": a year is no percentage.
    let whole = parts.len();
    parts.retain(|(tokens, value)| tokens.end == close || whole == 1 || value.value() <= 100.0);
    let mut discount = is_discount(text, start, close);
    // "Fifteen percent, or even twenty, off": the sign stands with the first only.
    let mut end = close;
    while let Some((tokens, value, after)) = alternative(text, end).filter(|_| parts.len() < 3) {
        let cue = after + usize::from(text.word(after) == ",");
        let off = matches!(text.word(cue), "off" | "less" | "menos")
            || (text.word(cue) == "de" && matches!(text.word(cue + 1), "descuento" | "rebaja" | "dto"));
        let last = discount && (matches!(text.word(after), "." | "!") || after >= text.tokens.len());
        let disjunction = (end..tokens.start)
            .any(|at| matches!(text.word(at), "or" | "even" | "o" | "u" | "incluso" | "maybe" | "perhaps"));
        if !(off || last) || !disjunction || !text.same_sentence(tokens.start, start) {
            break;
        }
        discount = true;
        end = after;
        parts.push((tokens, value));
    }
    let ceiling = before(text, start, 3).any(|word| matches!(word, "hasta"))
        || before(text, start, 4)
            .collect::<Vec<_>>()
            .windows(2)
            .any(|pair| matches!(pair, ["to", "up"] | ["as", "much"]));
    parts.into_iter().map(|(tokens, amount)| PercentClaim { tokens, amount, discount, ceiling }).collect()
}

fn is_discount(text: &Text<'_>, start: usize, end: usize) -> bool {
    let cue = |word: &str| {
        matches!(
            word,
            "off" | "less" | "menos" | "dto" | "dtos" | "reduction" | "reduced" | "cheaper" | "sale"
        ) || ["discount", "descuento", "rebaja", "ahorr", "save", "saving"]
            .iter()
            .any(|stem| word.starts_with(stem))
    };
    before(text, start, 6).any(cue) || after(text, end, 6).any(cue)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Claims;
    use terms::message::Field;

    fn read(text: &str) -> Vec<(f64, bool, bool)> {
        let claims = Claims::of(&Text::read(Field::Body, text));
        claims.percents.iter().map(|c| (c.amount.value(), c.discount, c.ceiling)).collect()
    }

    #[test]
    fn percentages_are_read_in_every_common_way() {
        for text in [
            "20% off",
            "20 % off",
            "20 percent off",
            "twenty per cent off",
            "20 % de descuento",
            "veinte por ciento de descuento",
            "-20 % dto.",
        ] {
            assert_eq!(read(text), [(20.0, true, false)], "{text}");
        }
        assert_eq!(read("hasta un 40 % de descuento"), [(40.0, true, true)]);
        assert_eq!(read("up to 40% off"), [(40.0, true, true)]);
        assert_eq!(read("20-40 % off"), [(20.0, true, false), (40.0, true, false)]);
        assert_eq!(read("100 % cotton"), [(100.0, false, false)]);
        assert_eq!(read("un quince por ciento de descuento"), [(15.0, true, false)]);
    }

    #[test]
    fn every_alternative_of_a_percentage_is_read() {
        for (text, both) in [
            ("fifteen percent, or even twenty, off everything", (15.0, 20.0)),
            ("ten, maybe even thirty percent off", (10.0, 30.0)),
            ("un diez, o incluso un veinte, por ciento de descuento", (10.0, 20.0)),
            ("15 % o incluso 20 de descuento", (15.0, 20.0)),
        ] {
            assert_eq!(read(text), [(both.0, true, false), (both.1, true, false)], "{text}");
        }
        assert_eq!(read("15% off, or 20 minutes of your time"), [(15.0, true, false)]);
        assert_eq!(read("Since 2019, 15% off"), [(15.0, true, false)]);
        assert_eq!(read("Choose 2, 15% off"), [(15.0, true, false)]);
    }
}
