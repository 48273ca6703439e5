//! Public holidays by country, as quiet days: nobody is written to about a purchase on a day of rest.
//!
//! Goes in: a country and a date. Comes out: whether it is a holiday of the whole country. Regional and municipal
//! holidays, bank days without a day off and days proclaimed for one year only are deliberately absent; so is every
//! country that the quiet hours know no zones of. The rules are those in force in 2026; Easter is computed (the
//! Gregorian algorithm of Meeus, Jones and Butcher; Meeus, Astronomical Algorithms, 2nd ed., ch. 8).

use crate::segment::Country;
use jiff::civil::{Date, Weekday};

/// How a holiday's date follows from the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Month and day.
    On(i8, i8),
    /// Month and day, and the next Monday (or the day after another holiday) when it falls on a weekend.
    OnOrSubstitute(i8, i8),
    /// Days from Easter Sunday.
    Easter(i64),
    /// The n-th weekday of a month; -1 is the last.
    Nth(i8, i8, Weekday),
    /// The Monday on or after a date.
    MondayFrom(i8, i8),
    /// The Monday on or after a day that many days from Easter.
    MondayFromEaster(i64),
    /// The Monday before a date.
    MondayBefore(i8, i8),
    /// Argentina, law 27.399: from Tuesday and Wednesday to the Monday before, from Thursday and Friday to the one
    /// after.
    ArgentineMonday(i8, i8),
    /// Chile, law 19.668: from Tuesday to Thursday to the Monday before, from Friday to the one after.
    ChileanMonday(i8, i8),
    /// Chile, law 20.299: 31 October, from Tuesday to the Friday before, from Wednesday to the one after.
    ChileanReformation,
    /// Ecuador, law of 20 December 2016: Tuesday to Monday, Wednesday and Thursday to Friday, a weekend to its nearest
    /// working day.
    Ecuadorian(i8, i8),
    /// Ireland: the first Monday of February, or 1 February when that is a Friday.
    Brigid,
    /// Exactly these dates, as the law lists them.
    Listed(&'static [(i16, i8, i8)]),
}

use Rule::{
    ArgentineMonday, Brigid, ChileanMonday, ChileanReformation, Easter, Ecuadorian, Listed, MondayBefore,
    MondayFrom, MondayFromEaster, Nth, On, OnOrSubstitute,
};

/// Easter Sunday of a year.
#[must_use]
pub fn easter(year: i16) -> Option<Date> {
    let year_ = i32::from(year);
    let (a, b, c) = (year_ % 19, year_ / 100, year_ % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn plus(date: Date, days: i64) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Days from Monday, 0 to 6.
fn weekday(date: Date) -> i64 {
    i64::from(date.weekday().to_monday_zero_offset())
}

fn monday_from(date: Date) -> Option<Date> {
    plus(date, (7 - weekday(date)) % 7)
}

impl Rule {
    fn is_met(self, date: Date) -> bool {
        let on = |month, day| Date::new(date.year(), month, day).ok();
        let found = match self {
            On(month, day) => on(month, day),
            OnOrSubstitute(month, day) => {
                let Some(actual) = on(month, day) else { return false };
                // A weekend's holiday is kept on its own day too: it is a day of rest either way.
                return date == actual || Some(date) == substitute(actual);
            }
            Easter(days) => easter(date.year()).and_then(|sunday| plus(sunday, days)),
            Nth(month, nth, weekday) => {
                on(month, 1).and_then(|first| first.nth_weekday_of_month(nth, weekday).ok())
            }
            MondayFrom(month, day) => on(month, day).and_then(monday_from),
            MondayFromEaster(days) => {
                easter(date.year()).and_then(|sunday| plus(sunday, days)).and_then(monday_from)
            }
            MondayBefore(month, day) => {
                on(month, day).and_then(|day| plus(day, -(1 + (weekday(day) + 6) % 7)))
            }
            ArgentineMonday(month, day) => on(month, day).and_then(|day| match weekday(day) {
                at @ (1 | 2) => plus(day, -at),
                3 | 4 => monday_from(day),
                _ => Some(day),
            }),
            ChileanMonday(month, day) => on(month, day).and_then(|day| match weekday(day) {
                at @ 1..=3 => plus(day, -at),
                4 => monday_from(day),
                _ => Some(day),
            }),
            ChileanReformation => on(10, 31).and_then(|day| match weekday(day) {
                1 => plus(day, -4),
                2 => plus(day, 2),
                _ => Some(day),
            }),
            Ecuadorian(month, day) => on(month, day).and_then(|day| match weekday(day) {
                1 | 5 => plus(day, -1),
                2 => plus(day, 2),
                3 | 6 => plus(day, 1),
                _ => Some(day),
            }),
            Brigid => on(2, 1).and_then(|first| {
                if first.weekday() == Weekday::Friday { Some(first) } else { monday_from(first) }
            }),
            Listed(dates) => {
                return dates.iter().any(|(y, m, d)| (date.year(), date.month(), date.day()) == (*y, *m, *d));
            }
        };
        found == Some(date)
    }
}

/// The day off in place of a holiday on a weekend. Christmas and Boxing Day stand next to each other and share the two
/// working days that follow.
fn substitute(day: Date) -> Option<Date> {
    match (day.weekday(), day.day()) {
        (Weekday::Saturday, _) => plus(day, 2),
        (Weekday::Sunday, 26) if day.month() == 12 => plus(day, 2),
        (Weekday::Sunday, 2) if day.month() == 1 => plus(day, 2),
        (Weekday::Sunday, 25) if day.month() == 12 => plus(day, 2),
        (Weekday::Sunday, _) => plus(day, 1),
        _ => None,
    }
}

const MON: Weekday = Weekday::Monday;
const THU: Weekday = Weekday::Thursday;

const fn rules(country: Country) -> &'static [Rule] {
    match &country.code() {
        b"ES" => &[
            On(1, 1),
            On(1, 6),
            Easter(-2),
            On(5, 1),
            On(8, 15),
            On(10, 12),
            On(11, 1),
            On(12, 6),
            On(12, 8),
            On(12, 25),
        ],
        b"PT" => &[
            On(1, 1),
            Easter(-2),
            Easter(0),
            On(4, 25),
            On(5, 1),
            Easter(60),
            On(6, 10),
            On(8, 15),
            On(10, 5),
            On(11, 1),
            On(12, 1),
            On(12, 8),
            On(12, 25),
        ],
        b"GB" => &[
            OnOrSubstitute(1, 1),
            Easter(-2),
            Nth(5, 1, MON),
            Nth(5, -1, MON),
            OnOrSubstitute(12, 25),
            OnOrSubstitute(12, 26),
        ],
        b"IE" => &[
            On(1, 1),
            Brigid,
            On(3, 17),
            Easter(1),
            Nth(5, 1, MON),
            Nth(6, 1, MON),
            Nth(8, 1, MON),
            Nth(10, -1, MON),
            On(12, 25),
            On(12, 26),
        ],
        b"FR" => &[
            On(1, 1),
            Easter(1),
            On(5, 1),
            On(5, 8),
            Easter(39),
            Easter(50),
            On(7, 14),
            On(8, 15),
            On(11, 1),
            On(11, 11),
            On(12, 25),
        ],
        b"DE" => &[
            On(1, 1),
            Easter(-2),
            Easter(1),
            On(5, 1),
            Easter(39),
            Easter(50),
            On(10, 3),
            On(12, 25),
            On(12, 26),
        ],
        b"IT" => &[
            On(1, 1),
            On(1, 6),
            Easter(0),
            Easter(1),
            On(4, 25),
            On(5, 1),
            On(6, 2),
            On(8, 15),
            On(10, 4),
            On(11, 1),
            On(12, 8),
            On(12, 25),
            On(12, 26),
        ],
        b"MX" => &[
            On(1, 1),
            Nth(2, 1, MON),
            Nth(3, 3, MON),
            On(5, 1),
            On(9, 16),
            Nth(11, 3, MON),
            On(12, 25),
            Listed(&[(2024, 10, 1), (2030, 10, 1), (2036, 10, 1)]),
        ],
        b"US" => &[
            On(1, 1),
            Nth(1, 3, MON),
            Nth(2, 3, MON),
            Nth(5, -1, MON),
            On(6, 19),
            On(7, 4),
            Nth(9, 1, MON),
            Nth(10, 2, MON),
            On(11, 11),
            Nth(11, 4, THU),
            On(12, 25),
        ],
        b"CA" => &[
            On(1, 1),
            Easter(-2),
            MondayBefore(5, 25),
            On(7, 1),
            Nth(9, 1, MON),
            On(9, 30),
            Nth(10, 2, MON),
            On(11, 11),
            On(12, 25),
            On(12, 26),
        ],
        b"AR" => &[
            On(1, 1),
            Easter(-48),
            Easter(-47),
            On(3, 24),
            Easter(-2),
            On(4, 2),
            On(5, 1),
            On(5, 25),
            ArgentineMonday(6, 17),
            On(6, 20),
            On(7, 9),
            ArgentineMonday(8, 17),
            ArgentineMonday(10, 12),
            ArgentineMonday(11, 20),
            On(12, 8),
            On(12, 25),
        ],
        b"CL" => &[
            On(1, 1),
            Easter(-2),
            Easter(-1),
            On(5, 1),
            On(5, 21),
            ChileanMonday(6, 29),
            On(7, 16),
            On(8, 15),
            On(9, 18),
            On(9, 19),
            ChileanMonday(10, 12),
            ChileanReformation,
            On(11, 1),
            On(12, 8),
            On(12, 25),
            Listed(&[(2025, 6, 20), (2026, 6, 21), (2027, 6, 21), (2028, 6, 20), (2029, 6, 20)]),
        ],
        b"CO" => &[
            On(1, 1),
            MondayFrom(1, 6),
            MondayFrom(3, 19),
            Easter(-3),
            Easter(-2),
            On(5, 1),
            MondayFromEaster(39),
            MondayFromEaster(60),
            MondayFromEaster(68),
            MondayFrom(6, 29),
            On(7, 20),
            On(8, 7),
            MondayFrom(8, 15),
            MondayFrom(10, 12),
            MondayFrom(11, 1),
            MondayFrom(11, 11),
            On(12, 8),
            On(12, 25),
        ],
        b"PE" => &[
            On(1, 1),
            Easter(-3),
            Easter(-2),
            On(5, 1),
            On(6, 7),
            On(6, 29),
            On(7, 23),
            On(7, 28),
            On(7, 29),
            On(8, 6),
            On(8, 30),
            On(10, 8),
            On(11, 1),
            On(12, 8),
            On(12, 9),
            On(12, 25),
        ],
        b"UY" => &[On(1, 1), On(5, 1), On(7, 18), On(8, 25), On(12, 25)],
        b"EC" => &[
            On(1, 1),
            Easter(-48),
            Easter(-47),
            Easter(-2),
            Ecuadorian(5, 1),
            Ecuadorian(5, 24),
            Ecuadorian(8, 10),
            Ecuadorian(10, 9),
            On(11, 2),
            On(11, 3),
            On(12, 25),
        ],
        b"AU" => &[
            OnOrSubstitute(1, 1),
            OnOrSubstitute(1, 26),
            Easter(-2),
            Easter(1),
            On(4, 25),
            OnOrSubstitute(12, 25),
            OnOrSubstitute(12, 26),
        ],
        b"NZ" => &[
            OnOrSubstitute(1, 1),
            OnOrSubstitute(1, 2),
            OnOrSubstitute(2, 6),
            Easter(-2),
            Easter(1),
            OnOrSubstitute(4, 25),
            Nth(6, 1, MON),
            Nth(10, 4, MON),
            OnOrSubstitute(12, 25),
            OnOrSubstitute(12, 26),
            Listed(&[
                (2025, 6, 20),
                (2026, 7, 10),
                (2027, 6, 25),
                (2028, 7, 14),
                (2029, 7, 6),
                (2030, 6, 21),
            ]),
        ],
        _ => &[],
    }
}

/// True when a date is a public holiday in all of a country. A country that is not known has none.
#[must_use]
pub fn is_holiday(country: Country, date: Date) -> bool {
    rules(country).iter().any(|rule| rule.is_met(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holidays(code: &str, year: i16) -> Vec<String> {
        let country: Country = code.parse().unwrap();
        let first = Date::new(year, 1, 1).unwrap();
        (0..first.days_in_year())
            .map(|day| plus(first, i64::from(day)).unwrap())
            .filter(|date| is_holiday(country, *date))
            .map(|date| date.strftime("%m-%d").to_string())
            .collect()
    }

    #[test]
    fn easter_falls_on_its_published_dates() {
        // US Naval Observatory; 1961 and 2000 are the examples of Meeus.
        for (year, month, day) in [
            (1961, 4, 2),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), Date::new(year, month, day).ok(), "{year}");
        }
    }

    #[test]
    fn spain_rests_on_ten_days_of_the_whole_country() {
        assert_eq!(
            holidays("ES", 2026),
            ["01-01", "01-06", "04-03", "05-01", "08-15", "10-12", "11-01", "12-06", "12-08", "12-25"]
        );
    }

    #[test]
    fn days_that_a_law_moves_are_kept_where_the_law_moves_them() {
        // Colombia 2026, as published: Ascension 18 May, Corpus Christi 8 June, Sacred Heart 15 June.
        assert_eq!(
            holidays("CO", 2026),
            [
                "01-01", "01-12", "03-23", "04-02", "04-03", "05-01", "05-18", "06-08", "06-15", "06-29",
                "07-20", "08-07", "08-17", "10-12", "11-02", "11-16", "12-08", "12-25"
            ]
        );
        // Argentina 2026: 17 June is a Wednesday, kept on Monday 15; 20 November a Friday, kept on Monday 23.
        let argentina = holidays("AR", 2026);
        assert!(argentina.contains(&"06-15".to_owned()) && argentina.contains(&"11-23".to_owned()));
        assert!(!argentina.contains(&"06-17".to_owned()));
        // Chile 2023: 31 October was a Tuesday, kept on Friday 27.
        assert!(holidays("CL", 2023).contains(&"10-27".to_owned()));
    }

    #[test]
    fn a_holiday_on_a_weekend_is_made_up_for_where_the_law_says_so() {
        // 2021: Christmas on Saturday, so Monday 27 and Tuesday 28. 2022: Christmas on Sunday, so 26 and 27.
        let end = |year| -> Vec<String> {
            holidays("GB", year).into_iter().filter(|date| date.starts_with("12")).collect()
        };
        assert_eq!(end(2021), ["12-25", "12-26", "12-27", "12-28"]);
        assert_eq!(end(2022), ["12-25", "12-26", "12-27"]);
        assert!(holidays("GB", 2022).contains(&"01-03".to_owned()));
        // In the United States the fourth of July stays where it is.
        assert!(holidays("US", 2026).contains(&"07-04".to_owned()));
    }

    #[test]
    fn a_country_nothing_is_known_of_has_no_holidays() {
        assert!(holidays("XX", 2026).is_empty());
    }

    #[test]
    fn every_country_with_zones_has_holidays() {
        for code in crate::quiet_hours::COUNTRIES {
            assert!(holidays(code, 2026).len() >= 5, "{code}");
        }
    }
}
