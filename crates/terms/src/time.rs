//! Instants and days. Microseconds since 1970-01-01 UTC, which is also what the store keeps.
//!
//! Nothing here reads the clock: time is an argument everywhere, and only the program at the edge asks for it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

/// A calendar day in UTC: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

/// Microseconds in a second, an hour, a day.
pub const MICROS_PER_SECOND: i64 = 1_000_000;
/// Microseconds in an hour.
pub const MICROS_PER_HOUR: i64 = 3_600 * MICROS_PER_SECOND;
/// Microseconds in a day.
pub const MICROS_PER_DAY: i64 = 24 * MICROS_PER_HOUR;

impl Instant {
    /// The UTC day this instant lies in.
    #[must_use]
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(MICROS_PER_DAY) as i32)
    }

    /// This instant moved by a number of whole days (negative: earlier).
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0 + days * MICROS_PER_DAY)
    }

    /// This instant moved by a number of whole hours (negative: earlier).
    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Self {
        Self(self.0 + hours * MICROS_PER_HOUR)
    }

    /// This instant moved by a number of seconds (negative: earlier).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * MICROS_PER_SECOND)
    }

    /// The instant a text such as `2018-10-02T15:00:00Z` names; `None` when it names none.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|at| Self(at.as_microsecond()))
    }

    /// The same instant for calendar arithmetic in a time zone; `None` outside the years -9999 to 9999.
    #[must_use]
    pub fn to_jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_microsecond(self.0).ok()
    }
}

impl std::fmt::Display for Instant {
    /// RFC 3339 in UTC, to the second: `2026-03-01T09:30:00Z`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0.div_euclid(MICROS_PER_SECOND).rem_euclid(86_400);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.day())
    }
}

impl Day {
    /// The day of a calendar date; `None` when there is no such date.
    #[must_use]
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self::from_date)
    }

    /// The day of a calendar date.
    #[must_use]
    pub fn from_date(date: Date) -> Self {
        Self((date - EPOCH).get_days())
    }

    /// The calendar date; the last supported date for days beyond it.
    #[must_use]
    pub fn to_date(self) -> Date {
        EPOCH.checked_add(jiff::Span::new().days(self.0)).unwrap_or(Date::MAX)
    }

    /// Midnight UTC at which this day begins.
    #[must_use]
    pub const fn start(self) -> Instant {
        Instant(self.0 as i64 * MICROS_PER_DAY)
    }

    /// The last microsecond of this day.
    #[must_use]
    pub const fn end(self) -> Instant {
        Instant((self.0 as i64 + 1) * MICROS_PER_DAY - 1)
    }

    /// The last second of this day by the clocks of a time zone, so that who reads "until 31 December" there may rely on
    /// it. In a zone nobody knows it is that of UTC.
    #[must_use]
    pub fn end_in(self, zone: &str) -> Instant {
        let last = self.to_date().at(23, 59, 59, 0);
        let found = jiff::tz::TimeZone::get(zone).and_then(|zone| zone.to_timestamp(last));
        found.map_or(self.end(), |at| Instant(at.as_microsecond()))
    }

    /// The first instant of this day by the clocks of a time zone; in a zone nobody knows that of UTC.
    #[must_use]
    pub fn start_in(self, zone: &str) -> Instant {
        let first = self.to_date().at(0, 0, 0, 0);
        let found = jiff::tz::TimeZone::get(zone).and_then(|zone| zone.to_timestamp(first));
        found.map_or(self.start(), |at| Instant(at.as_microsecond()))
    }

    /// This day moved by a number of days.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// The last day of this day's calendar month.
    #[must_use]
    pub fn month_end(self) -> Self {
        Self::from_date(self.to_date().last_of_month())
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

impl std::fmt::Display for Day {
    /// ISO 8601: `2026-03-01`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let date = self.to_date();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl std::str::FromStr for Day {
    type Err = BadDay;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Date>().map(Self::from_date).map_err(|_| BadDay(text.to_owned()))
    }
}

/// A text that is no calendar day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day; write it as year-month-day, such as 2026-03-01")]
pub struct BadDay(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_and_writes_as_iso_8601() {
        let day: Day = "1997-09-30".parse().unwrap();
        assert_eq!(day.to_string(), "1997-09-30");
        assert_eq!(day, Day::from_ymd(1997, 9, 30).unwrap());
        assert_eq!(Day(0).to_string(), "1970-01-01");
        assert!("30/09/1997".parse::<Day>().is_err());
    }

    #[test]
    fn an_instant_before_1970_lies_in_the_day_before() {
        assert_eq!(Instant(-1).day(), Day(-1));
        assert_eq!(Instant(-1).to_string(), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn a_day_ends_when_the_clocks_of_its_zone_say_so() {
        let day = Day::from_ymd(2026, 12, 31).unwrap();
        assert_eq!(day.end_in("Europe/Madrid").to_string(), "2026-12-31T22:59:59Z");
        assert_eq!(day.end_in("America/New_York").to_string(), "2027-01-01T04:59:59Z");
        assert_eq!(day.end_in("Nowhere/Else"), day.end());
    }

    #[test]
    fn a_month_ends_on_its_last_day_in_leap_years_too() {
        assert_eq!(Day::from_ymd(2024, 2, 3).unwrap().month_end().to_string(), "2024-02-29");
    }
}
