//! Amounts and quantities as files write them: `1.299,50`, `1,299.50`, `€ 12`, `(7.00)`, `-3`, `1e3`.
//!
//! Numbers are read as exact decimals of six places, so that cents and unit prices multiply without binary rounding. A
//! mark separates thousands only when groups of exactly three digits follow it, and a number that contradicts the decimal
//! mark of its column is refused rather than read another way.

use super::decimal_mark::DecimalMark;
use super::rejects::Reason;
use compact_str::CompactString;
use terms::money::Currency;

/// A decimal number with six places: `1.5` is 1,500,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(pub(crate) i64);

/// A sign or code that stands beside a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A code, `€` or `£`.
    Of(Currency),
    /// `$`, which many currencies share.
    Dollar,
    /// `¥`, which two share.
    Yen,
}

/// A number as it stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) value: Decimal,
    pub(crate) sign: Option<Sign>,
}

const ONE: i64 = 1_000_000;
/// A trillion: beyond it a sum of amounts might not fit.
const MAX: i64 = 1_000_000_000_000;

impl Sign {
    /// Whether an amount beside which it stands can be in this currency.
    pub(crate) fn agrees(self, currency: Currency) -> bool {
        match self {
            Self::Of(named) => named == currency,
            Self::Dollar => ![Currency::EUR, Currency::GBP].contains(&currency),
            Self::Yen => ![Currency::EUR, Currency::GBP, Currency::USD].contains(&currency),
        }
    }

    /// The currency that it stands for most often.
    pub(crate) fn usual(self) -> Option<Currency> {
        match self {
            Self::Of(named) => Some(named),
            Self::Dollar => Some(Currency::USD),
            Self::Yen => None,
        }
    }

    fn read(text: &str) -> Result<Option<Self>, Reason> {
        Ok(match text {
            "" => None,
            "€" => Some(Self::Of(Currency::EUR)),
            "£" => Some(Self::Of(Currency::GBP)),
            "¥" => Some(Self::Yen),
            letters if letters.len() <= 3 && letters.bytes().all(|b| b.is_ascii_alphabetic()) => {
                match letters.len() {
                    // One letter is no currency: `C536379` is the number of a cancelled order.
                    1 => return Err(Reason::BadAmount),
                    2 => None,
                    _ => letters.parse().ok().map(Self::Of),
                }
            }
            dollars if dollars.len() <= 4 => {
                let country = dollars.strip_suffix('$').ok_or(Reason::BadAmount)?;
                if !country.bytes().all(|b| b.is_ascii_alphabetic()) {
                    return Err(Reason::BadAmount);
                }
                Some(Self::Dollar)
            }
            _ => return Err(Reason::BadAmount),
        })
    }
}

impl Number {
    /// Reads a number by its column's mark. Without a mark a number is read only when it has none, or has a point that
    /// cannot separate thousands.
    pub(crate) fn parse(text: &str, mark: Option<DecimalMark>) -> Result<Self, Reason> {
        let Some(mark) = mark else {
            let read = Self::by(text, DecimalMark::Point);
            let other = || text.contains(['.', ',']) && Self::by(text, DecimalMark::Comma).is_ok();
            return if other() { Err(Reason::UnclearDecimal) } else { read };
        };
        Self::by(text, mark).map_err(|reason| match reason {
            Reason::BadAmount if Self::by(text, mark.other()).is_ok() => Reason::OtherDecimal,
            reason => reason,
        })
    }

    /// Reads a number by one mark.
    pub(crate) fn by(text: &str, mark: DecimalMark) -> Result<Self, Reason> {
        let text = text.trim();
        if let Some(value) = plain(text.as_bytes(), mark) {
            return Ok(Self { value, sign: None });
        }
        let (text, mut negative) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            Some(inside) => (inside, true),
            None => (text, false),
        };
        let digit = |c: char| c.is_ascii_digit();
        let mut from = text.find(digit).ok_or(Reason::BadAmount)?;
        // `.50` has no digit before its mark.
        if text.get(..from).is_some_and(|before| before.ends_with(['.', ','])) {
            from -= 1;
        }
        let to = text.rfind(digit).ok_or(Reason::BadAmount)? + 1;
        let (before, core, after) = match (text.get(..from), text.get(from..to), text.get(to..)) {
            (Some(before), Some(core), Some(after)) => (before, core, after),
            _ => return Err(Reason::BadAmount),
        };
        // `12.` ends with its mark.
        let after = after.strip_prefix(mark.character()).unwrap_or(after);
        let mut sign = CompactString::default();
        for (side, affix) in [before, after].into_iter().enumerate() {
            let had = !sign.is_empty();
            for c in affix.chars() {
                match c {
                    '-' | '\u{2212}' if !negative => negative = true,
                    '+' if side == 0 => {}
                    c if c.is_whitespace() => {}
                    c if had || sign.len() + c.len_utf8() > 4 => return Err(Reason::BadAmount),
                    c => sign.push(c),
                }
            }
        }
        let sign = Sign::read(&sign)?;
        let (mantissa, exponent) = match core.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                let exponent = exponent.parse::<i32>().map_err(|_| Reason::BadAmount)?;
                (mantissa, exponent)
            }
            None => (core, 0),
        };
        let value = magnitude(mantissa, exponent, mark)?;
        Ok(Self { value: Decimal(if negative { -value } else { value }), sign })
    }
}

/// The quick way for what most cells hold: digits, perhaps a sign before and a mark among them.
fn plain(text: &[u8], mark: DecimalMark) -> Option<Decimal> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 12 {
        return None;
    }
    let (mut value, mut places, mut after) = (0_i64, 0_u32, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + i64::from(byte - b'0');
                places += u32::from(after);
            }
            other if char::from(*other) == mark.character() && !after => after = true,
            _ => return None,
        }
    }
    if places > 6 || (after && (places == 0 || digits.len() as u32 == places + 1)) {
        return None;
    }
    let value = value * 10_i64.pow(6 - places);
    Some(Decimal(if negative { -value } else { value }))
}

/// The six-place value of digits with marks, such as `1.299,50`.
fn magnitude(text: &str, exponent: i32, mark: DecimalMark) -> Result<i64, Reason> {
    let (whole, fraction) = match text.split_once(mark.character()) {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    if !fraction.bytes().all(|b| b.is_ascii_digit()) || !well_grouped(whole, mark) {
        return Err(Reason::BadAmount);
    }
    let mut value = 0_i128;
    for digit in whole.chars().chain(fraction.chars()).filter_map(|c| c.to_digit(10)) {
        value = value.checked_mul(10).and_then(|v| v.checked_add(digit.into())).ok_or(Reason::TooLarge)?;
    }
    let shift = 6 - i32::try_from(fraction.len()).map_err(|_| Reason::BadAmount)? + exponent.clamp(-60, 60);
    let power = |by: i32| 10_i128.checked_pow(by.unsigned_abs());
    let value = if value == 0 {
        0
    } else if shift >= 0 {
        power(shift).and_then(|power| value.checked_mul(power)).ok_or(Reason::TooLarge)?
    } else {
        power(shift).map_or(0, |power| (value + power / 2) / power)
    };
    match i64::try_from(value) {
        Ok(value) if value <= MAX * ONE => Ok(value),
        _ => Err(Reason::TooLarge),
    }
}

/// Digits alone, or groups of three behind a first one of one to three, all set apart by the same character.
fn well_grouped(whole: &str, mark: DecimalMark) -> bool {
    let Some(apart) = whole.chars().find(|c| !c.is_ascii_digit()) else { return true };
    let thousands = match apart {
        '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => true,
        other => other == mark.other().character(),
    };
    let mut groups = whole.split(apart);
    let first = groups.next().unwrap_or_default();
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    thousands
        && (1..=3).contains(&first.len())
        && digits(first)
        && !first.starts_with('0')
        && groups.all(|group| group.len() == 3 && digits(group))
}

/// Whether a text is a number in either way of writing.
pub(crate) fn is_number(text: &str) -> bool {
    [DecimalMark::Point, DecimalMark::Comma].iter().any(|mark| Number::by(text, *mark).is_ok())
}

impl Decimal {
    /// Reads a binary number.
    pub(crate) fn from_f64(value: f64) -> Result<Self, Reason> {
        check(value).map(|value| Self((value * ONE as f64).round() as i64))
    }

    pub(crate) fn times(self, other: Self) -> Result<Self, Reason> {
        let product = i128::from(self.0) * i128::from(other.0);
        let half = i128::from(ONE / 2) * product.signum();
        let product = i64::try_from((product + half) / i128::from(ONE)).map_err(|_| Reason::TooLarge)?;
        if product.abs() > MAX * ONE { Err(Reason::TooLarge) } else { Ok(Self(product)) }
    }

    /// In minor units of a currency with this many digits, halves away from zero.
    pub(crate) fn minor(self, digits: u32) -> i64 {
        let unit = 10_i64.pow(6 - digits.min(6));
        (self.0 + unit / 2 * self.0.signum()) / unit
    }
}

/// A number that is finite and not beyond a trillion.
fn check(value: f64) -> Result<f64, Reason> {
    if value.abs() <= MAX as f64 {
        return Ok(value);
    }
    Err(if value.is_finite() { Reason::TooLarge } else { Reason::BadAmount })
}

/// The minor units of a binary amount.
pub(crate) fn minor_of_f64(value: f64, scale: f64) -> Result<i64, Reason> {
    check(value).map(|value| (value * scale).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecimalMark::{Comma, Point};

    fn read(text: &str, mark: DecimalMark) -> Result<i64, Reason> {
        Number::parse(text, Some(mark)).map(|number| number.value.minor(2))
    }

    #[test]
    fn amounts_are_read_the_way_people_write_them() {
        for (text, mark, minor) in [
            ("1.299,50", Comma, 129_950),
            ("1,299.50", Point, 129_950),
            ("1 299,50 €", Comma, 129_950),
            ("1'299.50", Point, 129_950),
            ("1,234", Point, 123_400),
            ("1,234", Comma, 123),
            ("$12", Point, 1_200),
            ("US$ 12", Point, 1_200),
            ("EUR 0.005", Point, 1),
            ("(7.00)", Point, -700),
            ("-3", Point, -300),
            ("- € 3", Point, -300),
            ("12.50 USD", Point, 1_250),
            (".50", Point, 50),
            ("12.", Point, 1_200),
            ("1e3", Point, 100_000),
            ("1.5E-1", Point, 15),
            ("2,5e+2", Comma, 25_000),
            ("0.1234567", Point, 12),
            ("999999999999", Point, 99_999_999_999_900),
        ] {
            assert_eq!(read(text, mark), Ok(minor), "{text}");
        }
        for bad in [
            "NaN",
            "inf",
            "-inf",
            "",
            "abc",
            "1.2.3",
            "C536379",
            "1,23,456.00",
            "12 34",
            "--3",
            "1e",
            "0,125",
        ] {
            assert!(read(bad, Point).is_err(), "{bad}");
        }
        for large in ["12345678901234567890", "9999999999999", "1e15", "1e99"] {
            assert_eq!(read(large, Point), Err(Reason::TooLarge), "{large}");
        }
        assert_eq!(minor_of_f64(f64::NAN, 100.0), Err(Reason::BadAmount));
        assert_eq!(minor_of_f64(f64::INFINITY, 100.0), Err(Reason::BadAmount));
        assert_eq!(minor_of_f64(1e15, 100.0), Err(Reason::TooLarge));
        assert_eq!(minor_of_f64(12.345, 100.0), Ok(1_235));
    }

    #[test]
    fn a_mark_separates_thousands_only_before_three_digits() {
        assert_eq!(read("12,5", Point), Err(Reason::OtherDecimal));
        assert_eq!(read("1,50", Point), Err(Reason::OtherDecimal));
        assert_eq!(read("10.50", Comma), Err(Reason::OtherDecimal));
        assert_eq!(read("1234,567", Point), Err(Reason::OtherDecimal));
        assert_eq!(read("0,125", Point), Err(Reason::OtherDecimal));
    }

    #[test]
    fn a_number_that_no_column_decides_is_not_guessed() {
        let read = |text: &str| Number::parse(text, None).map(|number| number.value.minor(2));
        assert_eq!(read("12"), Ok(1_200));
        assert_eq!(read("12.50"), Ok(1_250));
        assert_eq!(read("1.234"), Err(Reason::UnclearDecimal));
        assert_eq!(read("1,234"), Err(Reason::UnclearDecimal));
        assert_eq!(read("12,50"), Err(Reason::UnclearDecimal));
    }

    #[test]
    fn quantity_times_price_is_exact() {
        let number = |text| Number::parse(text, Some(Point)).unwrap().value;
        assert_eq!(number("2.55").times(number("-6")).unwrap().minor(2), -1_530);
        assert_eq!(number("999999999").times(number("999999")), Err(Reason::TooLarge));
    }

    #[test]
    fn a_sign_beside_a_number_names_its_currency() {
        let sign = |text| Number::parse(text, Some(Point)).unwrap().sign;
        assert_eq!(sign("€5"), Some(Sign::Of(Currency::EUR)));
        assert_eq!(sign("5 usd"), Some(Sign::Of(Currency::USD)));
        assert_eq!(sign("5"), None);
        assert!(Sign::Dollar.agrees("MXN".parse().unwrap()) && !Sign::Dollar.agrees(Currency::EUR));
    }
}
