//! What stands behind a date: a clock time, perhaps with an offset or an IANA zone (`12:00 Europe/Madrid`,
//! `12:00[Europe/Madrid]`). Anything else there makes the time unreadable, rather than UTC.

use jiff::tz::{Offset, TimeZone};
use terms::time::{Instant, MICROS_PER_SECOND};

pub(crate) fn number(text: &str) -> Option<i64> {
    (!text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

pub(crate) fn clock(hour: i64, minute: i64, second: i64) -> Option<i64> {
    // A leap second is the last second of its minute.
    (hour < 24 && minute < 60 && second <= 60)
        .then(|| ((hour * 60 + minute) * 60 + second.min(59)) * MICROS_PER_SECOND)
}

/// The instant of a day (its first microsecond) and what stands behind its date.
pub(crate) fn with_clock(date: i64, rest: &str) -> Option<Instant> {
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(Instant(date));
    }
    let (clock, zone) = split_zone(rest)?;
    let local = date + time_of_day(clock)?;
    let Some(zone) = zone else { return Some(Instant(local)) };
    let civil = Offset::UTC.to_datetime(jiff::Timestamp::from_microsecond(local).ok()?);
    // A time that a clock shows twice is the first of the two; one that it skips is moved on (RFC 5545).
    zone.to_timestamp(civil).ok().map(|stamp| Instant(stamp.as_microsecond()))
}

/// Takes an IANA zone off the end of a time; `None` when there is a name but no such zone.
fn split_zone(text: &str) -> Option<(&str, Option<TimeZone>)> {
    let (clock, name) = if let Some(inside) = text.strip_suffix(']') {
        inside.split_once('[')?
    } else {
        match text.rsplit_once(' ') {
            Some((clock, name)) if name.contains('/') => (clock, name),
            _ => return Some((text, None)),
        }
    };
    let (clock, zone) = (clock.trim_end(), TimeZone::get(name).ok()?);
    // An offset beside the zone says it more exactly (RFC 9557).
    let has_offset = clock.ends_with(['Z', 'z']) || clock.contains(['+', '-']);
    Some((clock, (!has_offset).then_some(zone)))
}

/// `09:30`, `09:30:15.25`, `9:30 PM`, `09:30:00Z`, `09:30:00+02:00`, in microseconds (offset subtracted).
fn time_of_day(text: &str) -> Option<i64> {
    let text = text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")).unwrap_or(text);
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let (text, half) = match text.len().checked_sub(2).and_then(|at| text.split_at_checked(at)) {
        Some((head, tail)) if tail.eq_ignore_ascii_case("am") => (head.trim_end(), Some(0)),
        Some((head, tail)) if tail.eq_ignore_ascii_case("pm") => (head.trim_end(), Some(12)),
        _ => (text, None),
    };
    let (text, offset) = match text.rfind(['+', '-']) {
        Some(at) => {
            let (head, zone) = text.split_at_checked(at)?;
            let digits: String = zone.chars().skip(1).filter(|c| *c != ':').collect();
            let hours = digits.get(..2).and_then(number)?;
            let minutes = if digits.len() == 2 { 0 } else { digits.get(2..).and_then(number)? };
            if hours > 18 || minutes > 59 || digits.len() > 4 {
                return None;
            }
            let micros = (hours * 60 + minutes) * 60 * MICROS_PER_SECOND;
            (head.trim_end(), if zone.starts_with('-') { -micros } else { micros })
        }
        None => (text, 0),
    };
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let fraction = match fraction.get(..fraction.len().min(6))? {
        "" => 0,
        digits => number(digits)? * 10_i64.pow(6 - digits.len() as u32),
    };
    let mut cells = whole.split(':');
    let hour = number(cells.next()?)?;
    let minute = number(cells.next()?)?;
    let second = cells.next().map_or(Some(0), number)?;
    if cells.next().is_some() {
        return None;
    }
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None => hour,
    };
    Some(clock(hour, minute, second)? + fraction - offset)
}
