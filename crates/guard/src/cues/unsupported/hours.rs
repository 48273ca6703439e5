//! Opening hours: read from fields of week days, and held against what a sentence says of days and times.

use crate::text::{Kind, Text};
use std::ops::Range;

/// Minutes after midnight at which something opens and closes.
pub(super) type Hours = (u16, u16);
pub(super) const DAYS: usize = 7;

const NAMES: [[&str; 4]; DAYS] = [
    ["monday", "mondays", "mon", "lunes"],
    ["tuesday", "tuesdays", "tue", "martes"],
    ["wednesday", "wednesdays", "wed", "miercoles"],
    ["thursday", "thursdays", "thu", "jueves"],
    ["friday", "fridays", "fri", "viernes"],
    ["saturday", "saturdays", "sat", "sabado"],
    ["sunday", "sundays", "sun", "domingo"],
];

pub(super) fn day_of(word: &str) -> Option<usize> {
    NAMES.iter().position(|names| names.contains(&word))
}

/// `9:0-17:30`; the inner value is `None` when both ends are midnight, which means closed.
pub(super) fn hours_of(text: &str) -> Option<Option<Hours>> {
    let (open, close) = text.split_once('-')?;
    let minutes = |time: &str| {
        let (hour, minute) = time.trim().split_once(':')?;
        Some(hour.parse::<u16>().ok()? * 60 + minute.parse::<u16>().ok()?)
    };
    let (open, close) = (minutes(open)?, minutes(close)?);
    Some((open != close || open != 0).then_some((open, close)))
}

/// What a sentence says of days and times, held against the hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Checked {
    /// It speaks of times or of days with opening.
    pub(super) speaks: bool,
    /// Some day has other hours, or is closed, or is open though said to be closed.
    pub(super) conflict: bool,
    /// It gives a time that no day has.
    pub(super) strange_time: bool,
}

enum Item {
    Days([bool; DAYS]),
    Times(u16, u16),
    Closed,
}

/// Reads a sentence.
pub(super) fn check(text: &Text<'_>, tokens: &Range<usize>, hours: &[Option<Hours>; DAYS]) -> Checked {
    let items = items(text, tokens);
    let mut checked = Checked::default();
    let known =
        |time: u16| hours.iter().flatten().any(|(open, close)| same(*open, time) || same(*close, time));
    for item in &items {
        if let Item::Times(open, close) = item {
            checked.speaks = true;
            checked.strange_time |= !known(*open) || !known(*close);
        }
    }
    // "from 9 to 5 on Monday" names times first, "on Monday from 9 to 5" days.
    let times_first =
        matches!(items.iter().find(|item| !matches!(item, Item::Closed)), Some(Item::Times(..)));
    let closed = items.iter().any(|item| matches!(item, Item::Closed));
    let mut days: Option<[bool; DAYS]> = None;
    let mut times: Option<(u16, u16)> = None;
    let mut hold = |days: &[bool; DAYS], times: Option<(u16, u16)>| {
        let said = hours.iter().zip(days).filter(|(_, said)| **said).map(|(hours, _)| hours);
        for hours in said {
            checked.speaks = true;
            checked.conflict |= match (hours, times) {
                (Some(hours), Some(times)) => !same(hours.0, times.0) || !same(hours.1, times.1),
                (Some(_), None) => closed,
                (None, times) => times.is_some() || !closed,
            };
        }
    };
    for item in &items {
        match item {
            Item::Closed => {}
            Item::Days(said) if times_first => {
                hold(said, times);
            }
            Item::Days(said) => {
                if let Some(said) = days.replace(*said) {
                    hold(&said, None);
                }
            }
            Item::Times(open, close) if times_first => times = Some((*open, *close)),
            Item::Times(open, close) => {
                if let Some(said) = days.take() {
                    hold(&said, Some((*open, *close)));
                }
            }
        }
    }
    if let Some(said) = days.take() {
        hold(&said, None);
    }
    checked
}

/// Twelve at night is written as the end of a day or as its beginning; without "pm" a time may be twelve hours off.
fn same(a: u16, b: u16) -> bool {
    a % 1440 == b % 1440 || (a + 720) % 1440 == b % 1440
}

fn items(text: &Text<'_>, tokens: &Range<usize>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = tokens.start;
    let (mut days, mut last_day, mut open): ([bool; DAYS], Option<usize>, Option<u16>) =
        ([false; DAYS], None, None);
    let mut range = false;
    while at < tokens.end {
        let word = text.word(at);
        let next = at + 1;
        if let Some(day) = day_of(word) {
            match last_day.filter(|_| range) {
                Some(first) => {
                    let mut through = first;
                    while through != day {
                        through = (through + 1) % DAYS;
                        mark(&mut days, through);
                    }
                }
                None => mark(&mut days, day),
            }
            (last_day, range) = (Some(day), false);
            at = next;
            continue;
        }
        let whole_week = match word {
            "daily" | "everyday" => true,
            "day" => at > tokens.start && matches!(text.word(at - 1), "every" | "each"),
            "days" => at > tokens.start && matches!(text.word(at - 1), "seven" | "7"),
            _ => false,
        };
        if whole_week {
            days = [true; DAYS];
        } else if matches!(word, "weekdays" | "weekday") {
            (0..5).for_each(|day| mark(&mut days, day));
        } else if matches!(word, "weekends" | "weekend") {
            (5..DAYS).for_each(|day| mark(&mut days, day));
        } else if let Some((time, end)) = time(text, at, tokens.end) {
            if days.contains(&true) {
                items.push(Item::Days(std::mem::take(&mut days)));
                last_day = None;
            }
            match open.take() {
                Some(first) => items.push(Item::Times(first, time)),
                None => open = Some(time),
            }
            at = end;
            continue;
        } else if matches!(word, "to" | "through" | "until" | "till" | "-" | "a" | "hasta" | "thru") {
            range = last_day.is_some();
        } else if matches!(word, "closed" | "cerrado") {
            items.push(Item::Closed);
        } else if text.kind(at) == Some(Kind::Word) && !matches!(word, "and" | "on" | "y") {
            range = false;
        }
        at = next;
    }
    if days.contains(&true) {
        items.push(Item::Days(days));
    }
    items
}

fn mark(days: &mut [bool; DAYS], day: usize) {
    if let Some(day) = days.get_mut(day) {
        *day = true;
    }
}

/// `9:00 am`, `17:30`, `9 pm`, `noon`; gives the token after it.
fn time(text: &Text<'_>, at: usize, end: usize) -> Option<(u16, usize)> {
    match text.word(at) {
        "noon" => return Some((720, at + 1)),
        "midnight" => return Some((0, at + 1)),
        _ => {}
    }
    if text.kind(at) != Some(Kind::Number) {
        return None;
    }
    let word = text.word(at);
    let (hour, minute, mut next) = if let Some((hour, minute)) = word.split_once(':') {
        (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?, at + 1)
    } else if text.word(at + 1) == ":" && text.kind(at + 2) == Some(Kind::Number) {
        (word.parse::<u16>().ok()?, text.word(at + 2).parse::<u16>().ok()?, at + 3)
    } else {
        (word.parse::<u16>().ok()?, 0, at + 1)
    };
    let colon = next > at + 1 || word.contains(':');
    let half = match text.word(next) {
        "am" | "pm" => Some(text.word(next) == "pm"),
        half @ ("a" | "p") if text.word(next + 1) == "." && text.word(next + 2) == "m" => {
            next += 2;
            Some(half == "p")
        }
        _ => None,
    };
    if hour > 24 || minute > 59 || (!colon && half.is_none()) || next > end {
        return None;
    }
    let hour = match half {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    Some((hour * 60 + minute, next + usize::from(half.is_some())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::message::Field;

    /// Closed on Monday, 17 to 21 until Friday, 9 to 14 at the weekend.
    fn week() -> [Option<Hours>; DAYS] {
        let (evening, morning) = (hours_of("17:0-21:0").unwrap(), hours_of("9:0-14:0").unwrap());
        [hours_of("0:0-0:0").unwrap(), evening, evening, evening, evening, morning, morning]
    }

    fn said(sentence: &str) -> Checked {
        let text = Text::read(Field::Body, sentence);
        check(&text, &(0..text.tokens.len()), &week())
    }

    #[test]
    fn days_and_times_are_held_against_the_hours() {
        for right in [
            "It is open from 5:00 PM to 9:00 PM on Tuesday.",
            "Tuesday to Friday from 17:00-21:00, and on Sunday from 9:00-14:00.",
            "On weekends it opens at 9 am and closes at 2 p.m.",
            "It is closed on Mondays.",
            "They are open from 17:0-21:0 on Tuesdays, Wednesdays, and Fridays, from 9:0-14:0 on Saturdays.",
        ] {
            let checked = said(right);
            assert!(checked.speaks && !checked.conflict && !checked.strange_time, "{right}: {checked:?}");
        }
        for wrong in [
            "It is open from 5:00 PM to 9:00 PM on Saturday.",
            "Monday to Friday from 17:00-21:00.",
            "It is open seven days a week.",
            "It is closed on Tuesdays.",
            "It is open every day from 17:00 to 21:00.",
            "They are open from 9:0-14:0 on Tuesdays and Fridays.",
            "It opens daily.",
        ] {
            let checked = said(wrong);
            assert!(checked.conflict, "{wrong}: {checked:?}");
        }
        assert!(said("Open until 11:45 PM from 10:00 AM.").strange_time);
        assert!(!said("A fine place with 24 tables.").speaks);
    }
}
