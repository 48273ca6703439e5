//! Amounts and quantities as files write them: `1.299,50`, `1,299.50`, `€ 12`, `(7.00)`, `-3`.
//!
//! Numbers are read as exact decimals of six places, so that cents and unit prices multiply without binary rounding.

/// Which character separates the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalMark {
    /// `1,299.50`
    Point,
    /// `1.299,50`
    Comma,
}

/// A decimal number with six places: `1.5` is 1,500,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(pub(crate) i64);

const ONE: i64 = 1_000_000;
/// A trillion: beyond it a sum of amounts might not fit.
const MAX: i64 = 1_000_000_000_000;

impl DecimalMark {
    /// The mark that a sample of amounts speaks for; the point when nothing does.
    pub(crate) fn detect<'a>(sample: impl Iterator<Item = &'a str>) -> Self {
        let (mut point, mut comma) = (0, 0);
        for text in sample {
            let marks: Vec<(usize, char)> =
                text.char_indices().filter(|(_, c)| matches!(c, '.' | ',')).collect();
            let (Some((at, last)), many) = (marks.last(), marks.len()) else { continue };
            let digits = text.get(at + 1..).unwrap_or_default().chars().filter(char::is_ascii_digit).count();
            let mixed = marks.iter().any(|(_, mark)| mark != last);
            // One mark before exactly three digits, or a mark repeated, separates thousands; anything else decimals.
            let decimal = mixed || (many == 1 && digits != 3);
            let speaks_for_comma = if decimal { *last == ',' } else { *last == '.' && many > 1 };
            if decimal || many > 1 {
                *(if speaks_for_comma { &mut comma } else { &mut point }) += 1;
            }
        }
        if comma > point { Self::Comma } else { Self::Point }
    }
}

impl Decimal {
    /// Reads a number; `None` when it is none, is not finite, or lies beyond a trillion.
    pub(crate) fn parse(text: &str, mark: DecimalMark) -> Option<Self> {
        let text = text.trim();
        let (text, mut negative) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            Some(inside) => (inside, true),
            None => (text, false),
        };
        let (mut whole, mut places, mut seen, mut after, mut round) = (0_i64, 0, false, false, false);
        // A currency code may stand before or after the digits; no digit follows the one after.
        let (mut letters, mut closed) = (0, false);
        for c in text.chars() {
            match c {
                '0'..='9' if !closed => {
                    seen = true;
                    let digit = i64::from(u32::from(c) - u32::from('0'));
                    if after && places == 6 {
                        round |= digit >= 5;
                        places = 7;
                    } else if !after || places < 6 {
                        whole = whole.checked_mul(10)?.checked_add(digit)?;
                        places += i32::from(after);
                        if !after && whole > MAX {
                            return None;
                        }
                    }
                }
                '.' | ',' if (c == '.') == (mark == DecimalMark::Point) => {
                    if after || closed {
                        return None;
                    }
                    after = true;
                }
                '.' | ',' | '\'' | '’' if seen && !after => {}
                '-' | '\u{2212}' if !negative => negative = true,
                '+' if !seen => {}
                ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '€' | '$' | '£' | '¥' => {}
                // A currency code before or after: `EUR 12`, `12 USD`, `US$ 12`.
                'A'..='Z' | 'a'..='z' if letters < 3 => {
                    letters += 1;
                    closed |= seen;
                }
                _ => return None,
            }
        }
        // Letters that make a word of their own are no currency: `NaN`, `inf`.
        if !seen {
            return None;
        }
        let shift = 6 - places.min(6);
        let value = whole.checked_mul(10_i64.pow(shift.cast_unsigned()))?.checked_add(i64::from(round))?;
        (value <= MAX.checked_mul(ONE)?).then_some(Self(if negative { -value } else { value }))
    }

    /// Reads a binary number; `None` when it is not finite or lies beyond a trillion.
    pub(crate) fn from_f64(value: f64) -> Option<Self> {
        (value.abs() <= MAX as f64).then(|| Self((value * ONE as f64).round() as i64))
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let product = i128::from(self.0) * i128::from(other.0);
        let half = i128::from(ONE / 2) * product.signum();
        i64::try_from((product + half) / i128::from(ONE)).ok().map(Self)
    }

    /// In minor units of a currency with this many digits, halves away from zero.
    pub(crate) fn minor(self, digits: u32) -> i64 {
        let unit = 10_i64.pow(6 - digits.min(6));
        (self.0 + unit / 2 * self.0.signum()) / unit
    }
}

/// The minor units of a binary amount; `None` when it is not finite or lies beyond a trillion.
pub(crate) fn minor_of_f64(value: f64, scale: f64) -> Option<i64> {
    (value.abs() <= MAX as f64).then(|| (value * scale).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_the_way_people_write_them() {
        let read = |text: &str, mark| Decimal::parse(text, mark).map(|d| d.minor(2));
        assert_eq!(read("1.299,50", DecimalMark::Comma), Some(129_950));
        assert_eq!(read("1,299.50", DecimalMark::Point), Some(129_950));
        assert_eq!(read("1 299,50 €", DecimalMark::Comma), Some(129_950));
        assert_eq!(read("$12", DecimalMark::Point), Some(1_200));
        assert_eq!(read("EUR 0.005", DecimalMark::Point), Some(1));
        assert_eq!(read("(7.00)", DecimalMark::Point), Some(-700));
        assert_eq!(read("-3", DecimalMark::Point), Some(-300));
        assert_eq!(read("12.50 USD", DecimalMark::Point), Some(1_250));
        for bad in ["NaN", "inf", "-inf", "", "abc", "1.2.3", "1e5", "12345678901234567890", "9999999999999"]
        {
            assert_eq!(read(bad, DecimalMark::Point), None, "{bad}");
        }
        assert_eq!(minor_of_f64(f64::NAN, 100.0), None);
        assert_eq!(minor_of_f64(f64::INFINITY, 100.0), None);
        assert_eq!(minor_of_f64(12.345, 100.0), Some(1_235));
    }

    #[test]
    fn the_sample_decides_what_a_comma_means() {
        assert_eq!(DecimalMark::detect(["1.299,50", "3"].into_iter()), DecimalMark::Comma);
        assert_eq!(DecimalMark::detect(["12,5"].into_iter()), DecimalMark::Comma);
        assert_eq!(DecimalMark::detect(["1,299"].into_iter()), DecimalMark::Point);
        assert_eq!(DecimalMark::detect(["1.299.000"].into_iter()), DecimalMark::Comma);
    }

    #[test]
    fn quantity_times_price_is_exact() {
        let price = Decimal::parse("2.55", DecimalMark::Point).unwrap();
        let quantity = Decimal::parse("-6", DecimalMark::Point).unwrap();
        assert_eq!(price.times(quantity).unwrap().minor(2), -1_530);
    }
}
