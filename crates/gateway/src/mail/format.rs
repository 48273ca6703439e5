//! Facts as a reader of each language expects them: `€1,299.50` and `1.299,50 €`.

use terms::customer::Language;
use terms::fact::FactValue;
use terms::money::Money;
use terms::time::Day;

/// The text of a fact's value. `unit` follows a quantity.
#[must_use]
pub fn fact_text(value: &FactValue, unit: &str, language: Language) -> String {
    match value {
        FactValue::Money(money) => money_text(*money, language),
        FactValue::Percent(percent) => match language {
            Language::English => format!("{}%", number(*percent, language)),
            Language::Spanish => format!("{} %", number(*percent, language)),
        },
        FactValue::Count(count) => group(*count, language),
        FactValue::Quantity(quantity) => {
            format!("{} {unit}", number(*quantity, language)).trim_end().to_owned()
        }
        FactValue::Date(day) => day_text(*day, language),
        FactValue::Bool(holds) => match (language, holds) {
            (Language::English, true) => "yes".to_owned(),
            (Language::English, false) => "no".to_owned(),
            (Language::Spanish, true) => "sí".to_owned(),
            (Language::Spanish, false) => "no".to_owned(),
        },
        FactValue::Enum(text) | FactValue::Text(text) | FactValue::Quote(text) => text.clone(),
    }
}

fn money_text(money: Money, language: Language) -> String {
    let digits = money.currency.digits();
    let scale = 10_i64.pow(digits);
    let (whole, rest) = (money.minor / scale, (money.minor % scale).unsigned_abs() as usize);
    let point = if language == Language::English { '.' } else { ',' };
    let width = digits as usize;
    let amount = match (digits, rest) {
        (0, _) | (_, 0) => group(whole, language),
        _ => format!("{}{point}{rest:0width$}", group(whole, language)),
    };
    let sign = match money.currency.as_str() {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        other => return format!("{amount} {other}"),
    };
    match language {
        Language::English => format!("{sign}{amount}"),
        Language::Spanish => format!("{amount} {sign}"),
    }
}

fn number(value: f64, language: Language) -> String {
    let text = format!("{value}");
    if language == Language::Spanish { text.replace('.', ",") } else { text }
}

/// A whole number with its thousands apart: `12,000` and `12.000`.
fn group(value: i64, language: Language) -> String {
    let separator = if language == Language::English { ',' } else { '.' };
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

const MONTHS: [(&str, &str); 12] = [
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
];

/// A day in words: `30 November 2026` and `30 de noviembre de 2026`.
fn day_text(day: Day, language: Language) -> String {
    let date = day.to_date();
    let month = usize::try_from(date.month() - 1).ok().and_then(|index| MONTHS.get(index));
    match (month, language) {
        (Some((name, _)), Language::English) => format!("{} {name} {}", date.day(), date.year()),
        (Some((_, name)), Language::Spanish) => format!("{} de {name} de {}", date.day(), date.year()),
        (None, _) => day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::money::Currency;

    #[test]
    fn money_is_written_as_readers_of_each_language_expect() {
        let price = FactValue::Money(Money::new(129_950, Currency::EUR));
        assert_eq!(fact_text(&price, "", Language::English), "€1,299.50");
        assert_eq!(fact_text(&price, "", Language::Spanish), "1.299,50 €");
        let round = FactValue::Money(Money::new(2_900, Currency::EUR));
        assert_eq!(fact_text(&round, "", Language::English), "€29");
        assert_eq!(fact_text(&round, "", Language::Spanish), "29 €");
    }

    #[test]
    fn days_and_counts_are_written_in_words_of_the_language() {
        let day = FactValue::Date(Day::from_ymd(2026, 11, 30).unwrap());
        assert_eq!(fact_text(&day, "", Language::English), "30 November 2026");
        assert_eq!(fact_text(&day, "", Language::Spanish), "30 de noviembre de 2026");
        assert_eq!(fact_text(&FactValue::Count(12_000), "", Language::Spanish), "12.000");
        assert_eq!(fact_text(&FactValue::Percent(12.5), "", Language::Spanish), "12,5 %");
    }
}
