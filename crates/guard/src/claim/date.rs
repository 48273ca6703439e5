//! Dates and deadlines as written: "30 November", "30/11/2026", "hasta el domingo", "today only", "48 horas". What
//! day they mean is found later, with the time of sending.

use super::stretch::{Stretch, long_time, stretch};
use super::{before, number};
use crate::text::{Kind, Text};
use std::ops::Range;

mod purpose;

pub(crate) use purpose::Use;
use purpose::{is_deadline_word, use_of};

/// A day as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Day and month, perhaps year; `or_month_first` when 03/04 could be read either way.
    Date {
        day: i8,
        month: i8,
        year: Option<i16>,
        weekday: Option<i8>,
        or_month_first: bool,
    },
    /// A day of this month or the next: "until the 30th".
    DayOfMonth(i8),
    /// The last day of a month; of this one when none is named.
    MonthEnd(Option<i8>),
    /// 1 = Monday to 7 = Sunday.
    Weekday(i8),
    Today,
    Tomorrow,
    /// Until Sunday of this week's end.
    Weekend,
    /// So many hours from sending.
    Hours(i64),
    /// So many days from sending.
    Days(i64),
    /// The end of a stretch of the calendar.
    End(Stretch),
}

impl When {
    /// The same, read with the day before the month only.
    pub(crate) const fn day_first(self) -> Self {
        match self {
            Self::Date { day, month, year, weekday, .. } => {
                Self::Date { day, month, year, weekday, or_month_first: false }
            }
            other => other,
        }
    }
}

/// A date in a text.
#[derive(Debug, Clone)]
pub(crate) struct DateClaim {
    pub(crate) tokens: Range<usize>,
    pub(crate) when: When,
    pub(crate) used: Use,
    /// "Before" the day, so that the day itself is out.
    pub(crate) before: bool,
}

fn month(word: &str) -> Option<i8> {
    Some(match word {
        "january" | "enero" | "jan" | "ene" => 1,
        "february" | "febrero" | "feb" => 2,
        "march" | "marzo" | "mar" => 3,
        "april" | "abril" | "apr" | "abr" => 4,
        "may" | "mayo" => 5,
        "june" | "junio" | "jun" => 6,
        "july" | "julio" | "jul" => 7,
        "august" | "agosto" | "aug" | "ago" => 8,
        "september" | "septiembre" | "setiembre" | "sept" | "sep" => 9,
        "october" | "octubre" | "oct" => 10,
        "november" | "noviembre" | "nov" => 11,
        "december" | "diciembre" | "dec" | "dic" => 12,
        _ => return None,
    })
}

fn weekday(word: &str) -> Option<i8> {
    Some(match word {
        "monday" | "lunes" => 1,
        "tuesday" | "martes" => 2,
        "wednesday" | "miercoles" => 3,
        "thursday" | "jueves" => 4,
        "friday" | "viernes" => 5,
        "saturday" | "sabado" => 6,
        "sunday" | "domingo" => 7,
        _ => return None,
    })
}

/// The date or dates (a range has two) that begin at a token.
pub(crate) fn at(text: &Text<'_>, start: usize) -> Vec<DateClaim> {
    // No sign and no address begins a date.
    if !matches!(text.kind(start), Some(Kind::Word | Kind::Number)) {
        return Vec::new();
    }
    if let Some((first_day, second)) = range(text, start) {
        let Some((When::Date { day, month, year, .. }, end)) = calendar(text, second) else {
            return Vec::new();
        };
        let date = |day| When::Date { day, month, year, weekday: None, or_month_first: false };
        return vec![
            DateClaim { tokens: start..start + 1, when: date(first_day), used: Use::Start, before: false },
            DateClaim { tokens: second..end, when: date(day), used: Use::Deadline, before: false },
        ];
    }
    let found = calendar(text, start).or_else(|| relative(text, start));
    let Some((when, end)) = found.filter(|(_, end)| text.same_sentence(end - 1, start)) else {
        return Vec::new();
    };
    let tokens = start..end;
    let earlier = before(text, tokens.start, 3).any(|word| matches!(word, "before" | "antes"));
    use_of(text, &tokens, when)
        .map(|used| DateClaim { tokens, when, used, before: earlier })
        .into_iter()
        .collect()
}

/// "24 to 30 November", "del 24 al 30 de noviembre": the first day and where the second date begins.
fn range(text: &Text<'_>, start: usize) -> Option<(i8, usize)> {
    let first = day_number(text, start)?;
    let mut joint = start + 1;
    if matches!(text.word(joint), "st" | "nd" | "rd" | "th") {
        joint += 1;
    }
    let joined = matches!(text.word(joint), "to" | "al" | "-" | "and" | "y" | "until");
    (joined && matches!(calendar(text, joint + 1), Some((When::Date { .. }, _))))
        .then_some((first, joint + 1))
}

/// Two digits at most. "39 November" is read as a date too, so that it is found to be none.
fn day_number(text: &Text<'_>, at: usize) -> Option<i8> {
    if text.kind(at) != Some(Kind::Number) {
        return None;
    }
    text.word(at).parse::<i8>().ok().filter(|day| *day >= 0)
}

fn year(text: &Text<'_>, at: usize) -> Option<i16> {
    (text.kind(at) == Some(Kind::Number))
        .then(|| text.word(at).parse::<i16>().ok())?
        .filter(|y| (1900..2200).contains(y))
}

/// A year after a date, perhaps behind a comma or "de"; and the token after it.
fn trailing_year(text: &Text<'_>, end: usize) -> (Option<i16>, usize) {
    if let Some(year) = year(text, end) {
        return (Some(year), end + 1);
    }
    if matches!(text.word(end), "," | "de" | "del" | "of" | ".")
        && text.same_sentence(end + 1, end)
        && let Some(year) = year(text, end + 1)
    {
        return (Some(year), end + 2);
    }
    (None, end)
}

/// A date with day and month.
fn calendar(text: &Text<'_>, start: usize) -> Option<(When, usize)> {
    if let Some(day) = weekday(text.word(start)) {
        // "Sunday 29 November", "domingo, 29 de noviembre"
        let next = if matches!(text.word(start + 1), "," | "the" | "dia") { start + 2 } else { start + 1 };
        return match calendar(text, next)? {
            (When::Date { day: number, month, year, weekday: None, or_month_first }, end) => {
                Some((When::Date { day: number, month, year, weekday: Some(day), or_month_first }, end))
            }
            _ => None,
        };
    }
    if let Some(month) = month(text.word(start)) {
        // "You may 20 times" is no date.
        if text.word(start) == "may" && !text.tokens.get(start).is_some_and(|token| token.capital) {
            return None;
        }
        let mut at = start + 1;
        if text.word(at) == "." {
            at += 1;
        }
        let day = day_number(text, at)?;
        let mut end = at + 1;
        if matches!(text.word(end), "st" | "nd" | "rd" | "th") {
            end += 1;
        }
        // "November 20 %" and "November 20 €" speak of something else.
        if matches!(text.word(end), "%" | "€" | "$" | "euros" | "percent") {
            return None;
        }
        let (year, end) = trailing_year(text, end);
        return Some((When::Date { day, month, year, weekday: None, or_month_first: false }, end));
    }
    if text.kind(start) != Some(Kind::Number) {
        return None;
    }
    numeric(text, start).or_else(|| {
        let day = day_number(text, start)?;
        let mut at = start + 1;
        if matches!(text.word(at), "st" | "nd" | "rd" | "th" | "o") {
            at += 1;
        }
        if matches!(text.word(at), "of" | "de") {
            at += 1;
        }
        let month = month(text.word(at))?;
        let (year, end) = trailing_year(text, at + 1);
        Some((When::Date { day, month, year, weekday: None, or_month_first: false }, end))
    })
}

/// `30/11/2026`, `30.11.2026`, `30-11-2026`, `2026-11-30`, `30/11`.
fn numeric(text: &Text<'_>, start: usize) -> Option<(When, usize)> {
    let word = text.word(start);
    let dotted: Vec<&str> = word.split('.').collect();
    if let [day, month, year] = dotted.as_slice() {
        // Nobody who writes dots begins with the month.
        return date_of(day, month, Some(year)).map(|when| (when.day_first(), start + 1));
    }
    let mark = text.word(start + 1);
    if !matches!(mark, "/" | "-") || text.kind(start + 2) != Some(Kind::Number) {
        return None;
    }
    let second = text.word(start + 2);
    if text.word(start + 3) == mark && text.kind(start + 4) == Some(Kind::Number) {
        let third = text.word(start + 4);
        let when = if word.len() == 4 {
            date_of(third, second, Some(word)).map(When::day_first)
        } else {
            date_of(word, second, Some(third))
        };
        return when.map(|when| (when, start + 5));
    }
    // Two numbers are a date only behind a word that asks for one.
    let asked = mark == "/" && before(text, start, 3).any(is_deadline_word);
    if asked { date_of(word, second, None).map(|when| (when, start + 3)) } else { None }
}

fn date_of(first: &str, second: &str, year: Option<&str>) -> Option<When> {
    let year = match year {
        Some(text) if text.len() == 4 => Some(text.parse::<i16>().ok()?),
        Some(text) if text.len() == 2 => Some(2000 + text.parse::<i16>().ok()?),
        Some(_) => return None,
        None => None,
    };
    let (first, second): (i8, i8) = (first.parse().ok()?, second.parse().ok()?);
    let both = (1..=12).contains(&first) && (1..=12).contains(&second) && first != second;
    let (day, month) = if second > 12 && first <= 12 { (second, first) } else { (first, second) };
    // With a year it is a date even when there is no such day; it then agrees with no fact.
    let exists = (1..=12).contains(&month) && (1..=31).contains(&day);
    (exists || year.is_some()).then_some(When::Date { day, month, year, weekday: None, or_month_first: both })
}

/// A day told from the day of sending.
fn relative(text: &Text<'_>, start: usize) -> Option<(When, usize)> {
    let word = text.word(start);
    let next = |n: usize| text.word(start + n);
    let simple = match word {
        "today" | "hoy" | "tonight" | "midnight" | "medianoche" => Some((When::Today, start + 1)),
        "esta" if next(1) == "noche" => Some((When::Today, start + 2)),
        "tomorrow" | "manana" => Some((When::Tomorrow, start + 1)),
        "weekend" | "finde" => Some((When::Weekend, start + 1)),
        "fin" if (next(1), next(2)) == ("de", "semana") => Some((When::Weekend, start + 3)),
        "end" | "fin" | "final" | "finales" => month_end(text, start),
        "christmas" | "navidad" => Some((fixed(25, 12), start + 1)),
        _ => weekday(word).map(|day| (When::Weekday(day), start + 1)),
    };
    if let Some(found) = simple.or_else(|| stretch(text, start)) {
        return Some(found);
    }
    if let Some(end) = long_time(text, start) {
        return Some((When::End(Stretch::Vague), end));
    }
    if let Some(month) = month(word).filter(|_| word.len() > 3) {
        return Some((When::MonthEnd(Some(month)), start + 1));
    }
    let (number, end) = number::at(text, start)?;
    let count = number.integer()?;
    match text.word(end) {
        "hours" | "hour" | "horas" | "hora" | "hrs" | "h" => Some((When::Hours(count), end + 1)),
        "days" | "day" | "dias" | "dia" => Some((When::Days(count), end + 1)),
        "weeks" | "week" | "semanas" | "semana" => Some((When::Days(count * 7), end + 1)),
        "th" | "st" | "nd" | "rd" => day_number(text, start).map(|day| (When::DayOfMonth(day), end + 1)),
        following => {
            let alone = following.is_empty()
                || !text.same_clause(end, start)
                || matches!(following, "." | "," | "!" | "?");
            let led = start.checked_sub(1).is_some_and(|at| matches!(text.word(at), "el" | "dia" | "del"));
            if alone && led { day_number(text, start).map(|day| (When::DayOfMonth(day), end)) } else { None }
        }
    }
}

const fn fixed(day: i8, month: i8) -> When {
    When::Date { day, month, year: None, weekday: None, or_month_first: false }
}

/// "end of the month", "end of November", "fin de mes", "finales de noviembre".
fn month_end(text: &Text<'_>, start: usize) -> Option<(When, usize)> {
    let mut at = start + 1;
    while matches!(text.word(at), "of" | "the" | "de" | "del" | "this" | "este") {
        at += 1;
    }
    // "End of next month", "finales de la semana que viene".
    let at_stretch = at + usize::from(matches!(text.word(at), "la" | "el"));
    if at > start + 1
        && let Some(found) = stretch(text, at_stretch)
    {
        return Some(found);
    }
    match text.word(at) {
        "month" | "mes" if at > start + 1 => Some((When::MonthEnd(None), at + 1)),
        "week" | "semana" if at > start + 1 => Some((When::End(Stretch::ThisWeek), at + 1)),
        "year" | "ano" if at > start + 1 => Some((When::End(Stretch::ThisYear), at + 1)),
        word if at > start + 1 => month(word).map(|month| (When::MonthEnd(Some(month)), at + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Claims;
    use terms::message::Field;

    fn read(text: &str) -> Vec<(When, Use)> {
        Claims::of(&Text::read(Field::Body, text)).dates.iter().map(|c| (c.when, c.used)).collect()
    }

    #[test]
    fn a_calendar_date_is_read_in_every_common_way() {
        for text in [
            "until 30 November",
            "until November 30th",
            "until the 30th of November",
            "hasta el 30 de noviembre",
            "until 30 Nov.",
            "hasta el 30/11",
            "ends November 30",
        ] {
            assert_eq!(read(text), [(fixed(30, 11), Use::Deadline)], "{text}");
        }
        for text in [
            "until 30/11/2026",
            "until 2026-11-30",
            "hasta el 30.11.2026",
            "until 11/30/2026",
            "until November 30, 2026",
            "hasta el 30 de noviembre de 2026",
        ] {
            let when =
                When::Date { day: 30, month: 11, year: Some(2026), weekday: None, or_month_first: false };
            assert_eq!(read(text), [(when, Use::Deadline)], "{text}");
        }
    }

    #[test]
    fn relative_deadlines_are_read_and_ordinary_days_are_not() {
        assert_eq!(read("Until Sunday"), [(When::Weekday(7), Use::Deadline)]);
        assert_eq!(read("Solo hoy"), [(When::Today, Use::Deadline)]);
        assert_eq!(read("Termina en 48 horas"), [(When::Hours(48), Use::Deadline)]);
        assert_eq!(read("20 % off this weekend"), [(When::Weekend, Use::Within)]);
        assert_eq!(read("hasta fin de mes"), [(When::MonthEnd(None), Use::Deadline)]);
        assert_eq!(read("from 24 to 30 November").len(), 2);
        let end = |stretch| [(When::End(stretch), Use::Deadline)];
        assert_eq!(read("through the end of next month"), end(Stretch::NextMonth));
        assert_eq!(read("hasta finales de la semana que viene"), end(Stretch::NextWeek));
        assert_eq!(read("Valid all winter"), end(Stretch::Vague));
        assert_eq!(read("válido lo que queda de año"), end(Stretch::ThisYear));
        assert_eq!(read("15 % off for a year"), end(Stretch::Vague));
        for text in [
            "At the end of next month we repaint the shop",
            "La semana que viene cerramos",
            "We have been here for six years",
            "15% off our winter blend",
            "A lamp for €39 with a guarantee for two years",
            "It was the best summer we can remember",
            "Visit us today",
            "¡Hasta mañana!",
            "hasta 40 % de descuento",
            "You may 20 times",
            "Open every Monday",
            "Packed by hand on Tuesday",
            "24 h battery",
            "hasta pronto",
        ] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
    }
}
