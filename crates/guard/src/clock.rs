//! The time of sending in the reader's time zone, and the days that "Sunday" or "30 November" mean then.

use crate::claim::date::When;
use crate::claim::stretch::Stretch;
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use terms::time::{Day, Instant};

/// When the message may arrive.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    pub(crate) from: Instant,
    pub(crate) until: Instant,
    /// Local days of the first and last moment.
    pub(crate) first_day: Day,
    pub(crate) last_day: Day,
    zone: TimeZone,
}

impl Clock {
    pub(crate) fn new(from: Instant, until: Instant, time_zone: &str) -> Self {
        let until = until.max(from);
        let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
        let day =
            |at: Instant| at.to_jiff().map_or(at.day(), |at| Day::from_date(zone.to_datetime(at).date()));
        Self { from, until, first_day: day(from), last_day: day(until), zone }
    }

    /// The local day of an instant.
    pub(crate) fn day(&self, at: Instant) -> Day {
        at.to_jiff().map_or(at.day(), |at| Day::from_date(self.zone.to_datetime(at).date()))
    }

    /// The last moment of a local day.
    pub(crate) fn end_of(&self, day: Day) -> Instant {
        let end = day.to_date().to_datetime(time(23, 59, 59, 0));
        self.zone.to_timestamp(end).map_or(day.end(), |at| Instant(at.as_microsecond()))
    }

    /// Hours from the first and from the last moment of sending to the end of a day.
    pub(crate) fn hours_to(&self, day: Day) -> (f64, f64) {
        let end = self.end_of(day).0;
        let hours = |at: Instant| (end - at.0) as f64 / 3.6e9;
        (hours(self.from), hours(self.until))
    }

    /// The days a date may mean to somebody who reads it on `today`; empty when there is no such day.
    pub(crate) fn days(&self, when: When, today: Day) -> Vec<Day> {
        let date = today.to_date();
        match when {
            When::Date { day, month, year, or_month_first, .. } => {
                let mut days: Vec<Day> = named(day, month, year, today).into_iter().collect();
                if or_month_first {
                    days.extend(named(month, day, year, today));
                }
                days
            }
            When::DayOfMonth(day) => {
                let this = Date::new(date.year(), date.month(), day).ok().filter(|found| *found >= date);
                let next = date.first_of_month().checked_add(jiff::Span::new().months(1)).ok();
                let next = next.and_then(|first| Date::new(first.year(), first.month(), day).ok());
                this.or(next).map(Day::from_date).into_iter().collect()
            }
            When::MonthEnd(None) => vec![today.month_end()],
            When::MonthEnd(Some(month)) => {
                named(1, month, None, Day(today.month_end().0 - date.days_in_month() as i32 + 1))
                    .map(Day::month_end)
                    .into_iter()
                    .collect()
            }
            When::Weekday(weekday) => vec![next_weekday(today, weekday)],
            When::Today => vec![today],
            When::Tomorrow => vec![today.plus(1)],
            When::Weekend => vec![next_weekday(today, 7)],
            When::Hours(_) | When::End(Stretch::Vague) => Vec::new(),
            When::End(Stretch::ThisWeek) => vec![next_weekday(today, 7)],
            When::End(Stretch::NextWeek) => vec![next_weekday(today, 7).plus(7)],
            When::End(Stretch::NextMonth) => vec![today.month_end().plus(1).month_end()],
            When::End(Stretch::ThisYear) => Day::from_ymd(date.year(), 12, 31).into_iter().collect(),
            When::End(Stretch::NextYear) => Day::from_ymd(date.year() + 1, 12, 31).into_iter().collect(),
            When::Days(days) => {
                let days = i32::try_from(days).unwrap_or(i32::MAX / 4).min(100_000);
                vec![today.plus(days), today.plus(days - 1)]
            }
        }
    }
}

/// A date; without a year the first one that is not past.
fn named(day: i8, month: i8, year: Option<i16>, today: Day) -> Option<Day> {
    let this_year = today.to_date().year();
    match year {
        Some(year) => Day::from_ymd(year, month, day),
        None => (0..5).filter_map(|n| Day::from_ymd(this_year + n, month, day)).find(|found| *found >= today),
    }
}

fn next_weekday(today: Day, weekday: i8) -> Day {
    let now = today.to_date().weekday().to_monday_one_offset();
    today.plus(i32::from((weekday - now).rem_euclid(7)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sunday_is_the_next_one_in_the_readers_zone() {
        // 2026-11-27T23:30Z is already Saturday in Madrid.
        let at = Instant(Day::from_ymd(2026, 11, 27).unwrap().start().0).plus_hours(23).plus_seconds(1800);
        let clock = Clock::new(at, at, "Europe/Madrid");
        assert_eq!(clock.first_day.to_string(), "2026-11-28");
        assert_eq!(clock.days(When::Weekday(7), clock.first_day)[0].to_string(), "2026-11-29");
        assert_eq!(clock.days(When::Weekday(6), clock.first_day)[0].to_string(), "2026-11-28");
        let (hours, _) = clock.hours_to(Day::from_ymd(2026, 11, 28).unwrap());
        assert!((hours - 23.5).abs() < 0.01, "{hours}");
    }
}
