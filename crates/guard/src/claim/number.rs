//! Numbers as people write them: `1.299,50`, `1,299.50`, `29'90`, `1 299`, "twenty-five", "treinta y cinco".
//!
//! A single separator before exactly three digits parts thousands (`1.299`); otherwise it parts decimals.

use crate::text::{Kind, Text};

/// An exact decimal number: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) mantissa: i64,
    pub(crate) scale: u32,
}

impl Decimal {
    pub(crate) const fn whole(value: i64) -> Self {
        Self { mantissa: value, scale: 0 }
    }

    pub(crate) fn value(self) -> f64 {
        self.mantissa as f64 / 10f64.powi(self.scale as i32)
    }

    /// The number in units of `10^-digits`; `None` when it has more decimals than that.
    pub(crate) fn minor(self, digits: u32) -> Option<i64> {
        if self.scale <= digits {
            10i64.checked_pow(digits - self.scale).and_then(|unit| self.mantissa.checked_mul(unit))
        } else {
            let unit = 10i64.checked_pow(self.scale - digits)?;
            (self.mantissa % unit == 0).then_some(self.mantissa / unit)
        }
    }

    /// The value when it is whole.
    pub(crate) fn integer(self) -> Option<i64> {
        self.minor(0)
    }
}

/// Reads digits with separators.
pub(crate) fn parse(raw: &str) -> Option<Decimal> {
    let marks: Vec<char> = raw.chars().filter(|c| !c.is_ascii_digit()).collect();
    let last = marks.last().copied();
    let decimal_mark = match (marks.as_slice(), last) {
        ([], _) | (_, None) => None,
        ([only], _) => {
            let (head, tail) = raw.split_once(*only)?;
            let thousands = tail.len() == 3 && (1..=3).contains(&head.len()) && !head.starts_with('0');
            (!thousands).then_some(*only)
        }
        (several, Some(last)) if several.iter().all(|mark| *mark == last) => None,
        (several, Some(last)) => (several.iter().filter(|mark| **mark == last).count() == 1).then_some(last),
    };
    let (head, tail) = match decimal_mark {
        Some(mark) => raw.rsplit_once(mark)?,
        None => (raw, ""),
    };
    let groups: Vec<&str> = head.split(['.', ',', '\'']).collect();
    if groups.len() > 1
        && (groups.iter().skip(1).any(|g| g.len() != 3) || groups.first().is_none_or(|g| g.len() > 3))
    {
        return None;
    }
    let digits: String = groups.concat() + tail;
    Some(Decimal { mantissa: digits.parse().ok()?, scale: tail.len() as u32 })
}

/// The value of one number word of either language.
pub(crate) fn word_value(word: &str) -> Option<i64> {
    // A length test keeps ordinary long words out of the table.
    if word.len() > 14 || word.len() < 2 {
        return None;
    }
    Some(match word {
        "zero" | "cero" => 0,
        "one" | "un" | "uno" | "una" => 1,
        "two" | "dos" => 2,
        "three" | "tres" => 3,
        "four" | "cuatro" => 4,
        "five" | "cinco" => 5,
        "six" | "seis" => 6,
        "seven" | "siete" => 7,
        "eight" | "ocho" => 8,
        "nine" | "nueve" => 9,
        "ten" | "diez" => 10,
        "eleven" | "once" => 11,
        "twelve" | "doce" => 12,
        "thirteen" | "trece" => 13,
        "fourteen" | "catorce" => 14,
        "fifteen" | "quince" => 15,
        "sixteen" | "dieciseis" => 16,
        "seventeen" | "diecisiete" => 17,
        "eighteen" | "dieciocho" => 18,
        "nineteen" | "diecinueve" => 19,
        "twenty" | "veinte" => 20,
        "veintiun" | "veintiuno" | "veintiuna" => 21,
        "veintidos" => 22,
        "veintitres" => 23,
        "veinticuatro" => 24,
        "veinticinco" => 25,
        "veintiseis" => 26,
        "veintisiete" => 27,
        "veintiocho" => 28,
        "veintinueve" => 29,
        "thirty" | "treinta" => 30,
        "forty" | "cuarenta" => 40,
        "fifty" | "cincuenta" => 50,
        "sixty" | "sesenta" => 60,
        "seventy" | "setenta" => 70,
        "eighty" | "ochenta" => 80,
        "ninety" | "noventa" => 90,
        "hundred" | "cien" | "ciento" => 100,
        "doscientos" | "doscientas" => 200,
        "trescientos" | "trescientas" => 300,
        "cuatrocientos" | "cuatrocientas" => 400,
        "quinientos" | "quinientas" => 500,
        "seiscientos" | "seiscientas" => 600,
        "setecientos" | "setecientas" => 700,
        "ochocientos" | "ochocientas" => 800,
        "novecientos" | "novecientas" => 900,
        "thousand" | "mil" => 1_000,
        "million" | "millon" | "millones" => 1_000_000,
        _ => return None,
    })
}

/// The number that begins at a token, in digits or words, and the token after it.
pub(crate) fn at(text: &Text<'_>, start: usize) -> Option<(Decimal, usize)> {
    if !text.is_numeral(start) {
        return None;
    }
    if text.kind(start) == Some(Kind::Number) {
        let mut value = parse(text.word(start))?;
        let mut end = start + 1;
        // "1 299": a space parts thousands.
        while value.scale == 0 && value.mantissa < 1_000_000 && space_parts_thousands(text, end) {
            let tail = parse(text.word(end))?;
            let unit = 10i64.checked_pow(tail.scale)?;
            value = Decimal { mantissa: value.mantissa * 1_000 * unit + tail.mantissa, scale: tail.scale };
            end += 1;
        }
        if let Some(factor) = word_value(text.word(end)).filter(|factor| *factor >= 1_000) {
            value.mantissa = value.mantissa.checked_mul(factor)?;
            end += 1;
        }
        return Some((value, end));
    }
    in_words(text, start)
}

/// True when token `index` is three digits, perhaps with decimals, one space after at most three digits.
fn space_parts_thousands(text: &Text<'_>, index: usize) -> bool {
    let Some((before, here)) =
        index.checked_sub(1).and_then(|b| text.tokens.get(b)).zip(text.tokens.get(index))
    else {
        return false;
    };
    let (whole, decimals) = text.word(index).split_once(['.', ',']).unwrap_or((text.word(index), ""));
    here.kind == Kind::Number
        && whole.len() == 3
        && decimals.len() <= 2
        && before.end - before.start <= 3
        && text.folded.slice(before.end, here.start) == " "
        && whole.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit())
}

fn in_words(text: &Text<'_>, start: usize) -> Option<(Decimal, usize)> {
    word_value(text.word(start))?;
    let (mut total, mut current, mut end) = (0i64, 0i64, start);
    loop {
        let word = text.word(end);
        if let Some(value) =
            word_value(word).filter(|value| end == start || continues(current, total, *value))
        {
            match value {
                1_000.. => {
                    total += current.max(1).checked_mul(value)?;
                    current = 0;
                }
                100 if word == "hundred" => current = current.max(1) * 100,
                _ => current += value,
            }
            end += 1;
        } else if matches!(word, "and" | "y")
            && end > start
            && word_value(text.word(end + 1)).is_some_and(|v| v < 100 && continues(current, total, v))
        {
            end += 1;
        } else {
            break;
        }
    }
    Some((Decimal::whole(total.checked_add(current)?), end))
}

/// True when a number word goes on with the number before it: "twenty five" does, "un quince" and "ten twenty" do not.
const fn continues(current: i64, total: i64, value: i64) -> bool {
    match value {
        1_000.. => current > 0 || total == 0,
        100 => matches!(current, 0..=9),
        _ if current == 0 => total > 0,
        _ if current % 100 == 0 => value < 100,
        _ if current % 10 == 0 && current % 100 >= 20 => value < 10,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::message::Field;

    fn read(text: &str) -> Option<f64> {
        at(&Text::read(Field::Body, text), 0).map(|(value, _)| value.value())
    }

    #[test]
    fn both_ways_of_writing_thousands_and_decimals_are_read() {
        for (text, value) in [
            ("1.299,50", 1299.5),
            ("1,299.50", 1299.5),
            ("1.299", 1299.0),
            ("1,299", 1299.0),
            ("12.000.000", 12_000_000.0),
            ("29,90", 29.9),
            ("29.9", 29.9),
            ("29'90", 29.9),
            ("1 299,50", 1299.5),
            ("0.125", 0.125),
            ("3 mil", 3000.0),
        ] {
            assert_eq!(read(text), Some(value), "{text}");
        }
        assert_eq!(parse("30.11.2026"), None, "a date is no number");
    }

    #[test]
    fn number_words_are_read_in_both_languages() {
        for (text, value) in [
            ("twenty", 20.0),
            ("twenty-five", 25.0),
            ("two hundred and fifty", 250.0),
            ("one thousand two hundred", 1200.0),
            ("treinta y cinco", 35.0),
            ("ciento veinte", 120.0),
            ("mil doscientos", 1200.0),
            ("dos mil", 2000.0),
            ("un quince", 1.0),
            ("ten twenty", 10.0),
        ] {
            assert_eq!(read(text), Some(value), "{text}");
        }
    }

    #[test]
    fn minor_units_are_exact() {
        assert_eq!(Decimal { mantissa: 2990, scale: 2 }.minor(2), Some(2990));
        assert_eq!(Decimal { mantissa: 299, scale: 1 }.minor(2), Some(2990));
        assert_eq!(Decimal { mantissa: 29_999, scale: 3 }.minor(2), None);
    }
}
