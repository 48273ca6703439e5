//! A fact's value as people and files write it, read as the most exact thing it can be.
//!
//! Goes in: text, the kind of value if somebody named one, a unit. Comes out: a typed value, or what is wrong with it.
//! What could mean two things (`1.299 EUR`) is refused, never guessed.

use terms::fact::FactValue;
use terms::money::{Currency, Money};
use terms::time::{Day, Instant};

use super::fault::FactFault;

/// The kinds of value, as files and forms name them.
pub const KINDS: &[&str] =
    &["money", "percent", "count", "quantity", "date", "bool", "enum", "text", "quote"];

/// The name of a value's kind.
#[must_use]
pub fn kind_of(value: &FactValue) -> &'static str {
    match value {
        FactValue::Money(_) => "money",
        FactValue::Percent(_) => "percent",
        FactValue::Count(_) => "count",
        FactValue::Quantity(_) => "quantity",
        FactValue::Date(_) => "date",
        FactValue::Bool(_) => "bool",
        FactValue::Enum(_) => "enum",
        FactValue::Text(_) => "text",
        FactValue::Quote(_) => "quote",
    }
}

/// A value the way [`read`] reads it again.
#[must_use]
pub fn written(value: &FactValue) -> String {
    match value {
        FactValue::Money(money) => money.to_string(),
        FactValue::Percent(percent) => format!("{percent}%"),
        FactValue::Count(count) => count.to_string(),
        FactValue::Quantity(quantity) => quantity.to_string(),
        FactValue::Date(day) => day.to_string(),
        FactValue::Bool(holds) => holds.to_string(),
        FactValue::Enum(text) | FactValue::Text(text) | FactValue::Quote(text) => text.clone(),
    }
}

/// Reads a value. An empty `kind` means whatever it looks like: a percentage, money, a day, yes or no, a number (a
/// quantity when there is a unit), else text.
///
/// # Errors
/// When it is not what `kind` names, or is written like a day that there is not.
pub fn read(text: &str, kind: &str, unit: &str) -> Result<FactValue, FactFault> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(FactFault::NoValue);
    }
    let said = || trimmed.to_owned();
    let kind = kind.trim().to_ascii_lowercase();
    match kind.as_str() {
        "" => guess(trimmed, unit),
        "money" => money(trimmed).map(FactValue::Money).ok_or_else(|| FactFault::NotMoney { text: said() }),
        "percent" => {
            let bare = trimmed.trim_end_matches('%');
            number(bare).map(FactValue::Percent).ok_or_else(|| FactFault::NotPercent { text: said() })
        }
        "count" => trimmed.parse().map(FactValue::Count).map_err(|_| FactFault::NotCount { text: said() }),
        "quantity" => {
            number(trimmed).map(FactValue::Quantity).ok_or_else(|| FactFault::NotNumber { text: said() })
        }
        "date" => trimmed.parse().map(FactValue::Date).map_err(|_| FactFault::NotDay { text: said() }),
        "bool" => truth(trimmed).map(FactValue::Bool).ok_or_else(|| FactFault::NotBool { text: said() }),
        "enum" => Ok(FactValue::Enum(said())),
        "text" => Ok(FactValue::Text(said())),
        "quote" => Ok(FactValue::Quote(said())),
        _ => Err(FactFault::NotOneOf { text: kind.clone(), known: KINDS.join(", ") }),
    }
}

fn guess(text: &str, unit: &str) -> Result<FactValue, FactFault> {
    if let Some(percent) = text.strip_suffix('%').and_then(number) {
        return Ok(FactValue::Percent(percent));
    }
    if let Some(money) = money(text) {
        return Ok(FactValue::Money(money));
    }
    if looks_like_money(text) {
        return Err(FactFault::NotMoney { text: text.to_owned() });
    }
    if let Ok(day) = text.parse::<Day>() {
        return Ok(FactValue::Date(day));
    }
    if is_written_like_a_day(text) {
        return Err(FactFault::NotDay { text: text.to_owned() });
    }
    if !unit.trim().is_empty() {
        return number(text)
            .map(FactValue::Quantity)
            .ok_or_else(|| FactFault::NotNumber { text: text.to_owned() });
    }
    Ok(match text {
        "true" => FactValue::Bool(true),
        "false" => FactValue::Bool(false),
        other => other.parse().map_or_else(|_| FactValue::Text(text.to_owned()), FactValue::Count),
    })
}

fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" | "sí" | "si" | "verdadero" => Some(true),
        "false" | "no" | "0" | "falso" => Some(false),
        _ => None,
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}

/// Amount and currency of `29.90 EUR`, `EUR 29,90`, `29,90 €`, `€1,299.50`.
fn split_money(text: &str) -> Option<(String, Currency)> {
    let text = text.trim();
    for (sign, currency) in [('€', Currency::EUR), ('$', Currency::USD), ('£', Currency::GBP)] {
        if let Some(amount) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return Some((amount.trim().to_owned(), currency));
        }
    }
    let code = |part: &str| part.parse::<Currency>().ok().filter(|code| code.as_str() == part);
    let (left, right) = text.split_once([' ', '\u{a0}'])?;
    match (code(left), code(right.trim())) {
        (Some(currency), None) => Some((right.trim().to_owned(), currency)),
        (None, Some(currency)) => Some((left.trim().to_owned(), currency)),
        _ => None,
    }
}

fn looks_like_money(text: &str) -> bool {
    split_money(text).is_some_and(|(amount, _)| {
        amount.starts_with(|c: char| c.is_ascii_digit())
            && amount.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\''))
    })
}

/// An amount of money with its currency; `None` when it is none, or could mean two amounts.
pub(super) fn money(text: &str) -> Option<Money> {
    let (amount, currency) = split_money(text)?;
    let digits = usize::try_from(currency.digits()).ok()?;
    let parts: Vec<&str> = amount.split(['.', ',']).collect();
    if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let marks: Vec<char> = amount.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let (last, head) = parts.split_last()?;
    // What follows the last mark is a fraction when the mark is of another kind than those before it, or stands alone.
    let alone = marks.len() == 1;
    let other = marks.len() > 1 && marks.last() != marks.first();
    let (whole, fraction) = match marks.is_empty() {
        true => (vec![*last], ""),
        false if other || (alone && last.len() <= digits) => (head.to_vec(), *last),
        // `1.299` is a thousand to some and one and a bit to others, where a currency has three digits it is plain.
        false if alone => return None,
        false => (parts.clone(), ""),
    };
    let grouped = whole.len() > 1;
    let groups = whole.iter().skip(1).all(|group| group.len() == 3)
        && whole.first().is_some_and(|first| !grouped || first.len() <= 3)
        && marks.iter().take(whole.len().saturating_sub(1)).all(|mark| Some(mark) == marks.first());
    if !groups || fraction.len() > digits {
        return None;
    }
    let whole: i64 = whole.concat().parse().ok()?;
    let cents: i64 = if digits == 0 { 0 } else { format!("{fraction:0<digits$}").parse().ok()? };
    whole
        .checked_mul(10_i64.checked_pow(currency.digits())?)?
        .checked_add(cents)
        .map(|n| Money::new(n, currency))
}

/// A time: an instant, or a day (`end` says which end of it).
pub(super) fn time(text: &str, end: impl Fn(Day) -> Instant) -> Result<Instant, FactFault> {
    let trimmed = text.trim();
    if let Ok(day) = trimmed.parse::<Day>().map_err(|_| ())
        && trimmed.len() == 10
    {
        return Ok(end(day));
    }
    Instant::from_rfc3339(trimmed).ok_or_else(|| match is_written_like_a_day(trimmed) {
        true => FactFault::NotDay { text: trimmed.to_owned() },
        false => FactFault::NotTime { text: trimmed.to_owned() },
    })
}

/// Three numbers with the same mark between them: `2026-02-31`, `31/12/2026`, `31.12.2026`.
fn is_written_like_a_day(text: &str) -> bool {
    ['-', '/', '.'].into_iter().any(|mark| {
        let parts: Vec<&str> = text.split(mark).collect();
        let digits = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        parts.len() == 3 && parts.iter().all(digits) && parts.iter().any(|part| part.len() == 4)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_the_most_exact_thing_it_can_be() {
        for (text, value) in [
            ("20%", FactValue::Percent(20.0)),
            ("12,5 %", FactValue::Percent(12.5)),
            ("29.90 EUR", FactValue::Money(Money::new(2_990, Currency::EUR))),
            ("2026-12-31", FactValue::Date(Day::from_ymd(2026, 12, 31).unwrap())),
            ("true", FactValue::Bool(true)),
            ("3", FactValue::Count(3)),
            ("Calle del Olmo 14", FactValue::Text("Calle del Olmo 14".to_owned())),
            ("+34 910-000-000", FactValue::Text("+34 910-000-000".to_owned())),
        ] {
            assert_eq!(read(text, "", "").unwrap(), value, "{text}");
        }
        assert_eq!(read("2,5", "", "kg").unwrap(), FactValue::Quantity(2.5));
    }

    #[test]
    fn money_is_read_in_the_ways_it_is_written_and_never_guessed() {
        for (text, minor, currency) in [
            ("1.299,50 EUR", 129_950, "EUR"),
            ("1,299.50 EUR", 129_950, "EUR"),
            ("EUR 29,9", 2_990, "EUR"),
            ("29,90 €", 2_990, "EUR"),
            ("€1,299.50", 129_950, "EUR"),
            ("1.299.000 EUR", 129_900_000, "EUR"),
            ("15 USD", 1_500, "USD"),
            ("500 JPY", 500, "JPY"),
            ("1.250 KWD", 1_250, "KWD"),
        ] {
            assert_eq!(money(text), Some(Money::new(minor, currency.parse().unwrap())), "{text}");
        }
        for text in
            ["1.299 EUR", "1.29.50 EUR", "29.901 EUR", "-5 EUR", "29.90", "EUR", ".5 EUR", "1,2,3 EUR"]
        {
            assert_eq!(money(text), None, "{text}");
        }
        assert!(matches!(read("1.299 EUR", "", ""), Err(FactFault::NotMoney { .. })));
    }

    #[test]
    fn an_impossible_day_is_an_error_not_a_text() {
        for text in ["2026-02-31", "2026-13-01", "31/12/2026", "31.12.2026"] {
            assert!(read(text, "", "").is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again_as_the_same() {
        for value in [
            FactValue::Money(Money::new(-0, Currency::EUR)),
            FactValue::Percent(12.5),
            FactValue::Count(-3),
            FactValue::Quantity(0.25),
            FactValue::Date(Day(20_000)),
            FactValue::Bool(false),
            FactValue::Quote("“Lovely”, 5 EUR".to_owned()),
        ] {
            assert_eq!(read(&written(&value), kind_of(&value), "").unwrap(), value);
        }
    }
}
