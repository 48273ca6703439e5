//! How amounts, percentages and days are written to the author, in the author's language.

use terms::customer::Language;
use terms::money::Money;
use terms::time::Day;

/// `€1,299.50` or `1.299,50 €`.
pub(crate) fn money(amount: Money, language: Language) -> String {
    let digits = amount.currency.digits() as usize;
    let plain = format!("{:.digits$}", amount.major().abs());
    let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
    let (thousands, point) = match language {
        Language::English => (',', '.'),
        Language::Spanish => ('.', ','),
    };
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(thousands);
        }
        grouped.push(digit);
    }
    if !decimals.is_empty() {
        grouped.push(point);
        grouped.push_str(decimals);
    }
    let sign = match amount.currency.as_str() {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        code => return format!("{grouped} {code}"),
    };
    match language {
        Language::English => format!("{sign}{grouped}"),
        Language::Spanish => format!("{grouped} {sign}"),
    }
}

/// `20` or `12.5`, with the decimal mark of the language.
pub(crate) fn percent(value: f64, language: Language) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    match language {
        Language::English => format!("{rounded}"),
        Language::Spanish => format!("{rounded}").replace('.', ","),
    }
}

/// `Sunday 29 November 2026` or `domingo 29 de noviembre de 2026`.
pub(crate) fn day(day: Day, language: Language) -> String {
    const ENGLISH: [&str; 12] = [
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
    ];
    const SPANISH: [&str; 12] = [
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
    ];
    const ENGLISH_DAYS: [&str; 7] =
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const SPANISH_DAYS: [&str; 7] =
        ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
    let date = day.to_date();
    let month = usize::try_from(date.month() - 1).unwrap_or(0);
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
    let pick = |names: &[&'static str], at: usize| names.get(at).copied().unwrap_or("");
    let (number, year) = (date.day(), date.year());
    match language {
        Language::English => {
            format!("{} {number} {} {year}", pick(&ENGLISH_DAYS, weekday), pick(&ENGLISH, month))
        }
        Language::Spanish => {
            format!("{} {number} de {} de {year}", pick(&SPANISH_DAYS, weekday), pick(&SPANISH, month))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::money::Currency;

    #[test]
    fn amounts_and_days_are_written_the_readers_way() {
        let amount = Money::new(129_950, Currency::EUR);
        assert_eq!(money(amount, Language::English), "€1,299.50");
        assert_eq!(money(amount, Language::Spanish), "1.299,50 €");
        let sunday = Day::from_ymd(2026, 11, 29).unwrap();
        assert_eq!(day(sunday, Language::English), "Sunday 29 November 2026");
        assert_eq!(day(sunday, Language::Spanish), "domingo 29 de noviembre de 2026");
        assert_eq!(percent(12.5, Language::Spanish), "12,5");
    }
}
