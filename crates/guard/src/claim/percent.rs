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

/// The percentage that begins at a number: none, one, or two for a range.
pub(crate) fn at(text: &Text<'_>, start: usize) -> Vec<PercentClaim> {
    let Some((first, end)) = number::at(text, start) else { return Vec::new() };
    let mut parts = vec![(start..end, first)];
    let mut closes = sign_end(text, end);
    if closes.is_none()
        && matches!(text.word(end), "-" | "to" | "and" | "a" | "y" | "o" | "or")
        && let Some((second, second_end)) = number::at(text, end + 1)
    {
        parts.push((end + 1..second_end, second));
        closes = sign_end(text, second_end);
    }
    let Some(close) = closes.filter(|close| text.same_sentence(close - 1, start)) else { return Vec::new() };
    if let Some(last) = parts.last_mut() {
        last.0.end = close;
    }
    let discount = is_discount(text, start, close);
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
    }
}
