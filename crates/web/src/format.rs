//! Numbers, money, days and shares the way a reader of English or Spanish writes them.
//!
//! Goes in: plain values. Comes out: text. English: `€1,299.50`, `12.3%`, `24 Nov 2026`. Spanish: `1.299,50 €`,
//! `12,3 %`, `24 nov 2026` (a no-break space before sign and unit, as the Spanish academy asks). Times are UTC.

use terms::customer::Language;
use terms::time::{Day, Instant, MICROS_PER_SECOND};

/// A no-break space: a number never parts from its unit.
const NBSP: char = '\u{a0}';
/// A true minus sign, as wide as a digit.
const MINUS: char = '\u{2212}';

/// A number of any kind, so that templates need no casts.
pub(crate) trait Number {
    /// The number as a float; exact up to 2^53, far above any count shown here.
    fn as_f64(&self) -> f64;
}

macro_rules! number {
    ($($type:ty),+) => {$(
        impl Number for $type {
            fn as_f64(&self) -> f64 { *self as f64 }
        }
    )+};
}
number!(f64, f32, u64, u32, usize, i64, i32);

impl<T: Number + ?Sized> Number for &T {
    fn as_f64(&self) -> f64 {
        (**self).as_f64()
    }
}

/// A number with its thousands grouped. What is not finite is a dash, never `NaN`.
pub(crate) fn decimal(lang: Language, value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let (group, point) = match lang {
        Language::English => (',', '.'),
        Language::Spanish => ('.', ','),
    };
    let text = format!("{:.digits$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::with_capacity(text.len() + 6);
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if value < 0.0 && !is_zero {
        out.push(MINUS);
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// A number with its sign, plus too; zero has none.
pub(crate) fn signed(lang: Language, value: f64, digits: usize) -> String {
    let text = decimal(lang, value, digits);
    if value > 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        format!("+{text}")
    } else {
        text
    }
}

/// A share (0 to 1) in percent.
pub(crate) fn percent(lang: Language, share: f64, digits: usize) -> String {
    with_percent(lang, decimal(lang, share * 100.0, digits))
}

/// A probability in percent that never claims certainty it does not have: what rounds to none or all is told as less
/// or more than the last step that can be written. Exactly 0 and exactly 1 stay.
pub(crate) fn chance(lang: Language, probability: f64, digits: usize) -> String {
    let step = 0.01 / 10f64.powi(i32::try_from(digits).unwrap_or(0));
    let gap = if lang == Language::Spanish { "\u{a0}" } else { "" };
    if probability > 0.0 && probability < step / 2.0 {
        format!("<{gap}{}", percent(lang, step, digits))
    } else if probability < 1.0 && probability > 1.0 - step / 2.0 {
        format!(">{gap}{}", percent(lang, 1.0 - step, digits))
    } else {
        percent(lang, probability, digits)
    }
}

/// A change (0 = none) in percent with its sign.
pub(crate) fn signed_percent(lang: Language, change: f64) -> String {
    let percent = change * 100.0;
    let digits = usize::from(percent.abs() < 10.0);
    with_percent(lang, signed(lang, percent, digits))
}

/// A change of a share (0 to 1) in percentage points, with its sign and two digits.
pub(crate) fn signed_points(lang: Language, change: f64) -> String {
    with_percent(lang, signed(lang, change * 100.0, 2))
}

fn with_percent(lang: Language, number: String) -> String {
    match lang {
        Language::English => format!("{number}%"),
        Language::Spanish => format!("{number}{NBSP}%"),
    }
}

/// An amount in major units of a currency (ISO 4217 code; its sign where there is a common one).
pub(crate) fn money(lang: Language, amount: f64, currency: &str, digits: usize) -> String {
    place(lang, &decimal(lang, amount, digits_of(currency, digits)), currency)
}

/// An amount with its sign, plus too.
pub(crate) fn signed_money(lang: Language, amount: f64, currency: &str, digits: usize) -> String {
    place(lang, &signed(lang, amount, digits_of(currency, digits)), currency)
}

fn digits_of(currency: &str, digits: usize) -> usize {
    let most = currency.parse::<terms::money::Currency>().map_or(2, |currency| currency.digits() as usize);
    digits.min(most)
}

fn place(lang: Language, number: &str, currency: &str) -> String {
    let sign = match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        "JPY" => "¥",
        other => other,
    };
    match lang {
        Language::Spanish => format!("{number}{NBSP}{sign}"),
        Language::English => {
            let (lead, digits) = match number.chars().next() {
                Some(first @ ('+' | MINUS)) => (Some(first), number.trim_start_matches(['+', MINUS])),
                _ => (None, number),
            };
            let gap = if sign.len() > 2 && sign.is_ascii() { Some(NBSP) } else { None };
            lead.into_iter().chain(sign.chars()).chain(gap).chain(digits.chars()).collect()
        }
    }
}

const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTHS_ES: [&str; 12] =
    ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];

/// A day: `24 Nov 2026`, `24 nov 2026`.
pub(crate) fn day(lang: Language, day: Day) -> String {
    format!("{}{NBSP}{}", short_day(lang, day), day.to_date().year())
}

/// A day without its year.
pub(crate) fn short_day(lang: Language, day: Day) -> String {
    format!("{}{NBSP}{}", day.to_date().day(), month_name(lang, day))
}

/// The month a day lies in, with its year.
pub(crate) fn month(lang: Language, day: Day) -> String {
    format!("{}{NBSP}{}", month_name(lang, day), day.to_date().year())
}

fn month_name(lang: Language, day: Day) -> &'static str {
    let months = match lang {
        Language::English => MONTHS_EN,
        Language::Spanish => MONTHS_ES,
    };
    let month = usize::try_from(day.to_date().month() - 1).ok();
    month.and_then(|month| months.get(month)).copied().unwrap_or("")
}

/// A day with hour and minute, UTC.
pub(crate) fn instant(lang: Language, at: Instant) -> String {
    let seconds = at.0.div_euclid(MICROS_PER_SECOND).rem_euclid(86_400);
    format!("{}, {:02}:{:02}", day(lang, at.day()), seconds / 3_600, seconds / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, Spanish};

    #[test]
    fn money_stands_where_each_language_puts_it() {
        assert_eq!(money(English, 1299.5, "EUR", 2), "€1,299.50");
        assert_eq!(money(Spanish, 1299.5, "EUR", 2), "1.299,50\u{a0}€");
        assert_eq!(money(English, -5.0, "GBP", 2), "\u{2212}£5.00");
        assert_eq!(money(English, 12.0, "CHF", 2), "CHF\u{a0}12.00");
        assert_eq!(money(English, 500.4, "JPY", 2), "¥500");
        assert_eq!(signed_money(English, 0.42, "EUR", 2), "+€0.42");
        assert_eq!(signed_money(Spanish, 0.42, "EUR", 2), "+0,42\u{a0}€");
    }

    #[test]
    fn thousands_are_grouped_in_threes() {
        assert_eq!(decimal(English, 999.0, 0), "999");
        assert_eq!(decimal(English, 1_000.0, 0), "1,000");
        assert_eq!(decimal(Spanish, 1_234_567.891, 2), "1.234.567,89");
        assert_eq!(decimal(English, -1_234.0, 0), "\u{2212}1,234");
    }

    #[test]
    fn what_rounds_to_zero_has_no_sign() {
        assert_eq!(decimal(English, -0.001, 2), "0.00");
        assert_eq!(signed(English, 0.001, 2), "0.00");
        assert_eq!(signed(English, 0.0, 0), "0");
    }

    #[test]
    fn what_is_no_number_is_a_dash() {
        assert_eq!(decimal(English, f64::NAN, 2), "–");
        assert_eq!(money(Spanish, f64::INFINITY, "EUR", 2), "–\u{a0}€");
    }

    #[test]
    fn shares_are_percentages() {
        assert_eq!(percent(English, 0.1234, 1), "12.3%");
        assert_eq!(percent(Spanish, 0.1234, 1), "12,3\u{a0}%");
        assert_eq!(signed_percent(English, 0.051), "+5.1%");
        assert_eq!(signed_percent(English, -0.251), "\u{2212}25%");
    }

    #[test]
    fn a_chance_is_never_none_or_all_unless_it_is_exactly_so() {
        assert_eq!(chance(English, 0.0004, 0), "<1%");
        assert_eq!(chance(Spanish, 0.0004, 0), "<\u{a0}1\u{a0}%");
        assert_eq!(chance(English, 0.9999, 1), ">99.9%");
        assert_eq!(chance(Spanish, 0.9999, 1), ">\u{a0}99,9\u{a0}%");
        assert_eq!(chance(English, 0.9975, 1), "99.8%");
        assert_eq!(chance(English, 0.006, 0), "1%");
        assert_eq!((chance(English, 0.0, 0), chance(English, 1.0, 1)), ("0%".into(), "100.0%".into()));
        assert_eq!(chance(English, f64::NAN, 0), percent(English, f64::NAN, 0));
        for digits in 0..3 {
            for part in 1..2_000 {
                let text = chance(English, f64::from(part) / 2_000.0 * 0.999_999 + 0.000_000_1, digits);
                let number = text.trim_end_matches('%').parse::<f64>();
                assert!(!matches!(number, Ok(n) if n == 0.0 || n == 100.0), "{text}");
            }
        }
    }

    #[test]
    fn days_are_written_out() {
        let date = Day::from_ymd(2026, 3, 1).unwrap();
        assert_eq!(day(English, date), "1\u{a0}Mar\u{a0}2026");
        assert_eq!(month(English, date), "Mar\u{a0}2026");
        assert_eq!(day(Spanish, date), "1\u{a0}mar\u{a0}2026");
        assert_eq!(instant(English, date.start().plus_hours(9)), "1\u{a0}Mar\u{a0}2026, 09:00");
    }
}
