//! Quantities with a unit: `24 h`, `1,5 kg`, "two litres", "medio litro", `2-3 days`, `10 x 20 cm`, `SPF 30`; how they
//! are meant ("over", "about", "up to"), and what a length of time is for. Whether one is true is for F9 and F10.

use super::number::{self, Decimal};
use super::{after, before};
use crate::text::{Kind, Text};
use std::ops::Range;

mod purpose;
mod unit;

pub(crate) use purpose::Purpose;
pub(crate) use unit::{Dimension, Measure, of_fact};

/// How a quantity is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    Exact,
    /// "About", "nearly".
    Roughly,
    /// "Over", "at least".
    AtLeast,
    /// "Under", "less than".
    Below,
}

/// A quantity in a text.
#[derive(Debug, Clone)]
pub(crate) struct QuantityClaim {
    pub(crate) tokens: Range<usize>,
    pub(crate) measure: Measure,
    pub(crate) bound: Bound,
    pub(crate) purpose: Purpose,
}

/// The unit that begins at a token: its dimension, size, system, and the token after it.
fn unit_at(text: &Text<'_>, at: usize) -> Option<(Dimension, f64, bool, usize)> {
    let word = text.word(at);
    let squared = |end: usize| {
        let touches =
            text.tokens.get(end - 1).zip(text.tokens.get(end)).is_some_and(|(a, b)| a.end == b.start);
        if touches { text.word(end) } else { "" }
    };
    match word {
        "working" | "business" if matches!(text.word(at + 1), "day" | "days") => {
            return Some((Dimension::WorkingDays, 1.0, false, at + 2));
        }
        "dia" | "dias" if matches!(text.word(at + 1), "laborable" | "laborables" | "habil" | "habiles") => {
            return Some((Dimension::WorkingDays, 1.0, false, at + 2));
        }
        "square" | "sq" => {
            let (dimension, size, imperial) = unit::unit(text.word(at + 1))?;
            return (dimension == Dimension::Length).then_some((
                Dimension::Area,
                size * size,
                imperial,
                at + 2,
            ));
        }
        "m" | "cm" | "metros" | "metro"
            if squared(at + 1) == "2" || text.word(at + 1).starts_with("cuadrad") =>
        {
            let size = if word == "cm" { 10.0 } else { 1_000.0 };
            return Some((Dimension::Area, size * size, false, at + 2));
        }
        "m" if squared(at + 1) == "3" => return Some((Dimension::Volume, 1e6, false, at + 2)),
        "km" if text.word(at + 1) == "/" && text.word(at + 2) == "h" => {
            return Some((Dimension::Speed, 1.0, false, at + 3));
        }
        "c" | "k" if at > 0 => {
            let sign = text.tokens.get(at - 1).zip(text.tokens.get(at));
            let gap = sign.map_or("", |(number, unit)| text.folded.slice(number.end, unit.start));
            return match word {
                "c" if gap.contains('°') || gap.contains('º') => {
                    Some((Dimension::Temperature, 1.0, false, at + 1))
                }
                "k" if gap == " " => Some((Dimension::Other("K"), 1.0, false, at + 1)),
                _ => None,
            };
        }
        "degrees" | "grados" => return Some((Dimension::Temperature, 1.0, false, at + 1)),
        "fluid" | "fl" if matches!(text.word(at + 1), "oz" | "ounce" | "ounces") => {
            return Some((Dimension::Volume, 29.573_5, true, at + 2));
        }
        _ => {}
    }
    unit::unit(word).map(|(dimension, size, imperial)| (dimension, size, imperial, at + 1))
}

/// "Half a litre", "medio kilo": the number and the token of the unit.
fn half(text: &Text<'_>, start: usize) -> Option<usize> {
    match (text.word(start), text.word(start + 1)) {
        ("half", "a" | "an") => Some(start + 2),
        ("half", _) | ("medio" | "media", _) => Some(start + 1),
        _ => None,
    }
}

/// Words in front of a number that make it a quantity: `SPF 30`, `sizes 36-46`.
fn prefix(word: &str) -> Option<&'static str> {
    Some(match word {
        "spf" | "fps" => "SPF",
        "size" | "sizes" | "talla" | "tallas" => "size",
        "ip" => "IP",
        _ => return None,
    })
}

const fn is_range_joint(word: &str) -> bool {
    matches!(word.as_bytes(), b"-" | b"to" | b"a" | b"y" | b"and" | b"or" | b"o")
}

/// The quantities that begin at a token: none, one, or one for each side of `10 x 20 cm`.
pub(crate) fn at(text: &Text<'_>, start: usize) -> Vec<QuantityClaim> {
    if let Some(unit) = half(text, start)
        && let Some((dimension, size, imperial, end)) = unit_at(text, unit)
        && text.same_clause(end - 1, start)
        && !matches!(dimension, Dimension::Temperature)
    {
        let value = size / 2.0;
        return vec![claim(text, start..end, Measure { dimension, low: value, high: value, imperial })];
    }
    let Some((first, mut end)) = number::at(text, start) else { return Vec::new() };
    let mut values: Vec<(Range<usize>, Decimal)> = vec![(start..end, first)];
    let mut sides = false;
    while values.len() < 3 {
        let joint = text.word(end);
        let by = matches!(joint, "x" | "by" | "por") || times_sign(text, end);
        let next = if times_sign(text, end) { end } else { end + 1 };
        if !(by || is_range_joint(joint)) || !text.same_sentence(next, start) {
            break;
        }
        let Some((value, after)) = number::at(text, next) else { break };
        sides |= by;
        values.push((next..after, value));
        end = after;
    }
    // "2 and 24 hours": without a unit behind all of them, only what is next to a unit counts.
    let led = start.checked_sub(1).and_then(|at| prefix(text.word(at)));
    let (dimension, size, imperial, end) = match (unit_at(text, end), led) {
        (Some(found), _) if text.same_sentence(end, start) => found,
        (_, Some(name)) => (Dimension::Other(name), 1.0, false, end),
        _ => return Vec::new(),
    };
    let of = |low: f64, high: f64| Measure { dimension, low: low * size, high: high * size, imperial };
    if sides {
        let last = values.len() - 1;
        return values
            .iter()
            .enumerate()
            .map(|(n, (tokens, value))| {
                let end = if n == last { end } else { tokens.end };
                claim(text, tokens.start..end, of(value.value(), value.value()))
            })
            .collect();
    }
    let (low, high) = match values.as_slice() {
        [(_, low), (_, high)] if low.value() < high.value() => (low.value(), high.value()),
        [.., (_, only)] => (only.value(), only.value()),
        [] => return Vec::new(),
    };
    let from = if led.is_some() { start - 1 } else { start };
    let mut measure = of(low, high);
    let mut end = end;
    // "Un litro y medio", "two and a half hours", "2 h 30 min".
    if text.word(end) == "y" && matches!(text.word(end + 1), "medio" | "media") {
        measure = of(low + 0.5, high + 0.5);
        end += 2;
    } else if dimension == Dimension::Time
        && let Some((minutes, after)) = number::at(text, end)
        && let Some((Dimension::Time, smaller, _, after)) = unit_at(text, after)
        && smaller < size
    {
        measure.low += minutes.value() * smaller;
        measure.high += minutes.value() * smaller;
        end = after;
    }
    vec![claim(text, from..end, measure)]
}

/// A `×` leaves no token; it stands between two numbers.
fn times_sign(text: &Text<'_>, at: usize) -> bool {
    at > 0
        && text.kind(at) == Some(Kind::Number)
        && text
            .tokens
            .get(at - 1)
            .zip(text.tokens.get(at))
            .is_some_and(|(before, here)| text.folded.slice(before.end, here.start).contains('×'))
}

fn claim(text: &Text<'_>, tokens: Range<usize>, measure: Measure) -> QuantityClaim {
    let bound = bound(text, &tokens);
    let purpose = purpose::of(text, &tokens, measure.dimension);
    QuantityClaim { tokens, measure, bound, purpose }
}

fn bound(text: &Text<'_>, tokens: &Range<usize>) -> Bound {
    let head: Vec<&str> = before(text, tokens.start, 3).collect();
    let pair = |first: &str, second: &str| head.windows(2).any(|pair| pair == [second, first]);
    let near = |words: &[&str]| head.iter().take(2).any(|word| words.contains(word));
    let behind = |words: &[&str]| after(text, tokens.end, 2).any(|word| words.contains(&word));
    if pair("more", "than")
        || pair("mas", "de")
        || pair("at", "least")
        || pair("al", "menos")
        || pair("como", "minimo")
        || near(&["over", "above", "exceeding", "minimum", "superior"])
        || behind(&["plus", "minimum"])
    {
        return Bound::AtLeast;
    }
    if pair("less", "than") || pair("menos", "de") || near(&["under", "below"]) {
        return Bound::Below;
    }
    let rough = [
        "about",
        "around",
        "approximately",
        "approx",
        "roughly",
        "nearly",
        "almost",
        "unos",
        "unas",
        "aproximadamente",
        "casi",
        "cerca",
        "alrededor",
    ];
    if near(&rough) || behind(&["aproximadamente", "approximately"]) { Bound::Roughly } else { Bound::Exact }
}

impl QuantityClaim {
    /// True when a stated measure makes the claim true; `Some(true)` exactly, `Some(false)` by what is implied.
    pub(crate) fn agrees_with(&self, stated: &Measure) -> Option<bool> {
        if self.measure.equals(stated, self.bound == Bound::Roughly) {
            return (self.bound != Bound::Below).then_some(true);
        }
        let same = self.measure.dimension == stated.dimension;
        let implied = match self.bound {
            Bound::AtLeast => same && stated.low >= self.measure.high,
            Bound::Below => same && stated.high < self.measure.low,
            Bound::Exact | Bound::Roughly => false,
        };
        implied.then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Claims;
    use terms::message::Field;

    fn read(text: &str) -> Vec<(f64, f64)> {
        let claims = Claims::of(&Text::read(Field::Body, text)).quantities;
        claims.iter().map(|claim| (claim.measure.low, claim.measure.high)).collect()
    }

    #[test]
    fn quantities_are_read_in_every_common_way() {
        for (text, base) in [
            ("a 24-hour battery", 24.0),
            ("batería de 24 h", 24.0),
            ("twenty-four hours of light", 24.0),
            ("2 days", 48.0),
            ("500 ml", 500.0),
            ("0.5 l", 500.0),
            ("0,5 litros", 500.0),
            ("half a litre", 500.0),
            ("medio litro", 500.0),
            ("un litro y medio", 1_500.0),
            ("1,5 kg", 1_500.0),
            ("1.5kg", 1_500.0),
            ("kilo y 20 cm", 200.0),
            ("5.000 mAh", 5_000.0),
            ("SPF 30", 30.0),
            ("20 m²", 2e7),
            ("2 h 30 min", 2.5),
            ("3 working days", 3.0),
            ("3 días laborables", 3.0),
            ("at 60 °C", 60.0),
        ] {
            let read = read(text);
            assert!(read.len() == 1 && (read[0].0 - base).abs() < 1e-6, "{text}: {read:?}");
        }
        assert_eq!(read("2-3 days"), [(48.0, 72.0)]);
        assert_eq!(read("de 2 a 3 días"), [(48.0, 72.0)]);
        assert_eq!(read("10 x 20 cm"), [(100.0, 100.0), (200.0, 200.0)]);
        assert_eq!(read("10 × 20 cm"), [(100.0, 100.0), (200.0, 200.0)]);
        assert_eq!(read("tallas 36-46"), [(36.0, 46.0)]);
        assert!(read("We have 3 shops, 2 cats and 40 % of the town").is_empty());
    }

    #[test]
    fn words_in_front_say_how_a_quantity_is_meant() {
        let bound = |text: &str| Claims::of(&Text::read(Field::Body, text)).quantities[0].bound;
        assert_eq!(bound("over 24 h of battery"), Bound::AtLeast);
        assert_eq!(bound("más de 24 h de batería"), Bound::AtLeast);
        assert_eq!(bound("less than 2 kg"), Bound::Below);
        assert_eq!(bound("about 2 kg"), Bound::Roughly);
        assert_eq!(bound("up to 24 h of battery"), Bound::Exact);
    }
}
