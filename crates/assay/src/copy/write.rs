//! How people write numbers, amounts and days, in both languages and in several ways each.

use super::world::{between, pick};
use science::hash::SplitMix64;
use terms::money::Currency;
use terms::time::Day;

const ENGLISH: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const ENGLISH_TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SPANISH: [&str; 30] = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];
const SPANISH_TENS: [&str; 10] =
    ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];

fn of<'l>(list: &[&'l str], at: i64) -> &'l str {
    usize::try_from(at).ok().and_then(|at| list.get(at)).copied().unwrap_or("")
}

/// A number below 100 in words.
pub(crate) fn words(n: i64, spanish: bool) -> Option<String> {
    if !(0..100).contains(&n) {
        return None;
    }
    let (tens, ones) = (n / 10, n % 10);
    Some(match (spanish, ones) {
        (false, _) if n < 20 => of(&ENGLISH, n).to_owned(),
        (false, 0) => of(&ENGLISH_TENS, tens).to_owned(),
        (false, _) => format!("{}-{}", of(&ENGLISH_TENS, tens), of(&ENGLISH, ones)),
        (true, _) if n < 30 => of(&SPANISH, n).to_owned(),
        (true, 0) => of(&SPANISH_TENS, tens).to_owned(),
        (true, _) => format!("{} y {}", of(&SPANISH_TENS, tens), of(&SPANISH, ones)),
    })
}

fn grouped(whole: i64, mark: &str) -> String {
    let digits = whole.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push_str(mark);
        }
        out.push(digit);
    }
    out
}

/// `12,400` or `12.400`.
pub(crate) fn count(n: i64, spanish: bool) -> String {
    grouped(n, if spanish { "." } else { "," })
}

/// A number with at most two decimals: `1.5` or `1,5`.
pub(crate) fn decimal(hundredths: i64, spanish: bool) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
    if spanish { text.replace('.', ",") } else { text }
}

/// A way of writing amounts; the same way is used for an amount and for its change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MoneyStyle(i64);

impl MoneyStyle {
    pub(crate) fn random(rng: &mut SplitMix64) -> Self {
        Self(between(rng, 0, 7))
    }
}

pub(crate) fn money(minor: i64, currency: Currency, spanish: bool, style: MoneyStyle) -> String {
    let (whole, cents) = (minor / 100, minor % 100);
    let (thousands, point) = if spanish { (".", ",") } else { (",", ".") };
    let number = if cents == 0 && style.0 % 3 != 2 {
        grouped(whole, thousands)
    } else {
        format!("{}{point}{cents:02}", grouped(whole, thousands))
    };
    let (sign, word) = match (currency.as_str(), spanish) {
        ("GBP", false) => ("£", "pounds"),
        ("GBP", true) => ("£", "libras"),
        ("USD", false) => ("$", "dollars"),
        ("USD", true) => ("$", "dólares"),
        _ => ("€", "euros"),
    };
    let in_words = words(whole, spanish).filter(|_| cents == 0 && whole > 1);
    match (style.0, spanish) {
        (0 | 1, false) | (2, true) => format!("{sign}{number}"),
        (0 | 1, true) | (2, false) => format!("{number} {sign}"),
        (3, _) => format!("{number}{sign}"),
        (4, _) => format!("{number} {word}"),
        (5, _) => format!("{currency} {number}"),
        (6, _) => match in_words {
            Some(words) => format!("{words} {word}"),
            None => format!("{sign} {number}"),
        },
        _ => format!("{sign} {number}"),
    }
}

const MONTHS: [[&str; 12]; 2] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
];
const WEEKDAYS: [[&str; 7]; 2] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
];

pub(crate) fn weekday(day: Day, spanish: bool) -> &'static str {
    let at = i64::from(day.to_date().weekday().to_monday_zero_offset());
    WEEKDAYS.get(usize::from(spanish)).map_or("", |names| of(names, at))
}

fn ordinal(day: i8) -> &'static str {
    match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}

/// A way of writing days.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DayStyle(i64);

impl DayStyle {
    pub(crate) fn random(rng: &mut SplitMix64) -> Self {
        Self(*pick(rng, &[0, 0, 1, 2, 3, 4, 5, 6, 7]))
    }
}

/// A day, as it stands behind "until" or "hasta el".
pub(crate) fn day(day: Day, spanish: bool, style: DayStyle) -> String {
    let date = day.to_date();
    let (number, month, year) = (date.day(), date.month(), date.year());
    let name = MONTHS.get(usize::from(spanish)).map_or("", |names| of(names, i64::from(month) - 1));
    let short: String = name.chars().take(3).collect();
    if spanish {
        return match style.0 {
            1 => format!("{number} de {name} de {year}"),
            2 => format!("{number}/{month:02}/{year}"),
            3 => format!("{} {number} de {name}", weekday(day, true)),
            4 => format!("{number} {short}"),
            5 => format!("día {number} de {name}"),
            6 => format!("{number}/{month:02}"),
            7 => format!("{number:02}.{month:02}.{year}"),
            _ => format!("{number} de {name}"),
        };
    }
    match style.0 {
        1 => format!("{name} {number}"),
        2 => format!("the {number}{} of {name}", ordinal(number)),
        3 => format!("{} {number} {name}", weekday(day, false)),
        4 => format!("{number} {short}"),
        5 => format!("{name} {number}, {year}"),
        // With a day up to twelve an English reader may take it for another one: not honest as it stands.
        6 if number > 12 => format!("{number}/{month:02}/{year}"),
        7 => format!("{name} {number}{}", ordinal(number)),
        _ => format!("{number} {name}"),
    }
}
