//! How a file writes its times: detected over a sample, or named by the caller. Times without a zone are taken as UTC.

use super::rejects::Reason;
use super::time_of_day::{clock, number, with_clock};
use std::fmt;
use terms::time::{Day, Instant, MICROS_PER_DAY, MICROS_PER_SECOND};

/// A way of writing times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFormat {
    /// `19970131`, or with a time of day `19970131093000`.
    Compact,
    /// `1997-01-31` or `1997/01/31`, with or without time, fraction and offset.
    Iso,
    /// `31/01/1997` or `31.1.97`, with or without time.
    DayFirst,
    /// `01/31/1997`, with or without time.
    MonthFirst,
    /// Seconds since 1970.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMillis,
    /// Microseconds since 1970.
    EpochMicros,
    /// A pattern such as `%d %b %Y`.
    Pattern(String),
}

const DETECTABLE: [TimeFormat; 7] = [
    TimeFormat::Iso,
    TimeFormat::Compact,
    TimeFormat::DayFirst,
    TimeFormat::MonthFirst,
    TimeFormat::EpochSeconds,
    TimeFormat::EpochMillis,
    TimeFormat::EpochMicros,
];

/// What a sample of times says about their format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Detected {
    Format(TimeFormat),
    Ambiguous(String),
    /// Some are day first only (the first), others month first only (the second).
    Contradicting(String, String),
    Unknown(String),
}

/// The first instant that a file can hold: that of the year 1900.
const EARLIEST: Instant = Instant(-25_567 * MICROS_PER_DAY);

/// The last instant that a file can hold when nobody says what time it is.
pub(crate) const LATEST: Instant = Instant(84_007 * MICROS_PER_DAY - 1);

impl TimeFormat {
    /// Reads a format as the caller names it.
    #[must_use]
    pub fn parse_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "iso" => Self::Iso,
            "yyyymmdd" | "compact" => Self::Compact,
            "dmy" => Self::DayFirst,
            "mdy" => Self::MonthFirst,
            "epoch-s" => Self::EpochSeconds,
            "epoch-ms" => Self::EpochMillis,
            "epoch-us" => Self::EpochMicros,
            _ if name.contains('%') => Self::Pattern(name.to_owned()),
            _ => return None,
        })
    }

    /// Reads a time; `None` when it is not one in this format, or lies outside the years 1900 to 2200.
    #[must_use]
    pub fn parse(&self, text: &str) -> Option<Instant> {
        self.raw(text).filter(|instant| (EARLIEST..=LATEST).contains(instant))
    }

    /// Reads a time that is not later than `latest`.
    pub(crate) fn read(&self, text: &str, latest: Instant) -> Result<Instant, Reason> {
        in_time(self.raw(text).ok_or(Reason::BadTime)?, latest)
    }

    fn raw(&self, text: &str) -> Option<Instant> {
        match self {
            Self::Iso => iso(text),
            Self::Compact => compact(text),
            Self::DayFirst => parts(text, |[day, month, year]| (year, month, day)),
            Self::MonthFirst => parts(text, |[month, day, year]| (year, month, day)),
            Self::EpochSeconds => epoch(text, MICROS_PER_SECOND),
            Self::EpochMillis => epoch(text, 1_000),
            Self::EpochMicros => epoch(text, 1),
            Self::Pattern(pattern) => by_pattern(pattern, text),
        }
    }

    /// The format most of a sample is in.
    pub(crate) fn detect<'a>(sample: impl Iterator<Item = &'a str> + Clone) -> Detected {
        let sample = sample.filter(|text| !text.is_empty());
        let total = sample.clone().count();
        let hits = |format: &Self| sample.clone().filter(|text| format.plausible(text)).count();
        let mut best: Option<(Self, usize)> = None;
        for format in DETECTABLE {
            let n = hits(&format);
            if n > best.as_ref().map_or(0, |(_, most)| *most) {
                best = Some((format, n));
            }
        }
        let either = || {
            let fits = |text: &&str| Self::DayFirst.plausible(text) || Self::MonthFirst.plausible(text);
            sample.clone().filter(fits).count()
        };
        let first = |keep: &dyn Fn(&str) -> bool| sample.clone().find(|text| keep(text)).map(str::to_owned);
        match best {
            Some((format @ (Self::DayFirst | Self::MonthFirst), n)) if either() * 2 > total => {
                match Self::contradiction(sample.clone()) {
                    Some((day_first, month_first)) => Detected::Contradicting(day_first, month_first),
                    None if format == Self::DayFirst
                        && hits(&Self::MonthFirst) == n
                        && !always_same(sample.clone()) =>
                    {
                        Detected::Ambiguous(first(&|text| format.plausible(text)).unwrap_or_default())
                    }
                    // Either way round there are enough; a slip is rejected by its line.
                    None => Detected::Format(format),
                }
            }
            Some((format, n)) if n * 2 > total => Detected::Format(format),
            // What stands in the way, not what could be read.
            Some((format, _)) => {
                Detected::Unknown(first(&|text| !format.plausible(text)).unwrap_or_default())
            }
            None => Detected::Unknown(first(&|_| true).unwrap_or_default()),
        }
    }

    /// A date that can only be day first and one that can only be month first, when each sort is more than one in
    /// twenty of both. Fewer are slips, which are rejected by their line.
    fn contradiction<'a>(sample: impl Iterator<Item = &'a str> + Clone) -> Option<(String, String)> {
        let only = |this: Self, other: Self| {
            sample.clone().filter(move |text| this.plausible(text) && !other.plausible(text))
        };
        let (days, months) = (only(Self::DayFirst, Self::MonthFirst), only(Self::MonthFirst, Self::DayFirst));
        let (day, month) = (days.clone().next()?, months.clone().next()?);
        let (days, months) = (days.count(), months.count());
        (days.min(months) * 20 > days + months).then(|| (day.to_owned(), month.to_owned()))
    }

    /// Stricter than `parse`: bare numbers must lie where a shop's times lie (1971 to 2100), so that amounts and keys
    /// are no times.
    pub(crate) fn plausible(&self, text: &str) -> bool {
        let lengths = match self {
            Self::Compact => 8..=16,
            Self::EpochSeconds => 9..=10,
            Self::EpochMillis => 12..=13,
            Self::EpochMicros => 15..=16,
            _ => return self.raw(text).is_some(),
        };
        lengths.contains(&text.len()) && self.parse(text).is_some_and(|i| (365..=47_482).contains(&i.day().0))
    }
}

impl fmt::Display for TimeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Compact => "yyyymmdd",
            Self::Iso => "iso",
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
            Self::EpochSeconds => "epoch-s",
            Self::EpochMillis => "epoch-ms",
            Self::EpochMicros => "epoch-us",
            Self::Pattern(pattern) => pattern,
        })
    }
}

/// A time that lies between 1900 and `latest`.
pub(crate) fn in_time(instant: Instant, latest: Instant) -> Result<Instant, Reason> {
    if instant > latest {
        return Err(Reason::FutureTime);
    }
    if instant < EARLIEST { Err(Reason::BadTime) } else { Ok(instant) }
}

/// Whether day and month are the same number in every date (`05/05/2024`), so that their order does not matter.
fn always_same<'a>(mut sample: impl Iterator<Item = &'a str>) -> bool {
    sample.all(|text| TimeFormat::DayFirst.parse(text) == TimeFormat::MonthFirst.parse(text))
}

fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    let day = Day::from_ymd(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?;
    Some(i64::from(day.0) * MICROS_PER_DAY)
}

fn epoch(text: &str, scale: i64) -> Option<Instant> {
    number(text.strip_suffix(".0").unwrap_or(text))?.checked_mul(scale).map(Instant)
}

fn compact(text: &str) -> Option<Instant> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let part = |from: usize, to: usize| text.get(from..to).and_then(number);
    let time = match text.len() {
        8 => 0,
        14 => clock(part(8, 10)?, part(10, 12)?, part(12, 14)?)?,
        _ => return None,
    };
    Some(Instant(day(part(0, 4)?, part(4, 6)?, part(6, 8)?)? + time))
}

fn iso(text: &str) -> Option<Instant> {
    let (date, rest) = text.split_at_checked(10)?;
    let mut cells = date.splitn(3, ['-', '/']);
    let (year, month, of_month) = (cells.next()?, cells.next()?, cells.next()?);
    if year.len() != 4 {
        return None;
    }
    let date = day(number(year)?, number(month)?, number(of_month)?)?;
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    with_clock(date, rest)
}

/// Dates of three numbers between `/`, `-` or `.`, the year last.
fn parts(text: &str, order: fn([i64; 3]) -> (i64, i64, i64)) -> Option<Instant> {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let mut cells = date.splitn(3, ['/', '-', '.']);
    let (a, b, c) = (cells.next()?, cells.next()?, cells.next()?);
    if a.len() > 2 || b.len() > 2 || (c.len() != 2 && c.len() != 4) {
        return None;
    }
    let year = match number(c)? {
        // Two digits: 1969 to 2068, as POSIX reads them.
        short if c.len() == 2 => short + if short < 69 { 2_000 } else { 1_900 },
        long => long,
    };
    let (year, month, of_month) = order([number(a)?, number(b)?, year]);
    let date = day(year, month, of_month)?;
    with_clock(date, time)
}

fn by_pattern(pattern: &str, text: &str) -> Option<Instant> {
    let parsed = jiff::fmt::strtime::parse(pattern, text).ok()?;
    if let Ok(stamp) = parsed.to_timestamp() {
        return Some(Instant(stamp.as_microsecond()));
    }
    if parsed.iana_time_zone().is_some() {
        return parsed.to_zoned_datetime().ok().map(|zoned| Instant(zoned.timestamp().as_microsecond()));
    }
    let date = Day::from_date(parsed.to_date().ok()?).start().0;
    let time = parsed.to_time().map_or(0, |t| {
        ((i64::from(t.hour()) * 60 + i64::from(t.minute())) * 60 + i64::from(t.second())) * MICROS_PER_SECOND
            + i64::from(t.subsec_nanosecond()) / 1_000
    });
    Some(Instant(date + time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &TimeFormat, text: &str) -> String {
        format.parse(text).map_or_else(|| "-".to_owned(), |i| i.to_string())
    }

    #[test]
    fn times_are_read_in_each_format() {
        use TimeFormat as F;
        assert_eq!(read(&F::Compact, "19970101"), "1997-01-01T00:00:00Z");
        assert_eq!(read(&F::Compact, "19970230"), "-");
        assert_eq!(read(&F::Iso, "2010-12-01 08:26:00"), "2010-12-01T08:26:00Z");
        assert_eq!(read(&F::Iso, "2024-06-30T23:30:00.5-02:00"), "2024-07-01T01:30:00Z");
        assert_eq!(read(&F::Iso, "2024-06-30T23:30:00Z"), "2024-06-30T23:30:00Z");
        assert_eq!(read(&F::DayFirst, "31/12/2024 9:05 pm"), "2024-12-31T21:05:00Z");
        assert_eq!(read(&F::DayFirst, "31.1.97"), "1997-01-31T00:00:00Z");
        assert_eq!(read(&F::MonthFirst, "12/31/2024"), "2024-12-31T00:00:00Z");
        assert_eq!(read(&F::EpochMillis, "1717243200000"), "2024-06-01T12:00:00Z");
        assert_eq!(read(&F::Pattern("%d %b %Y".into()), "03 Mar 2024"), "2024-03-03T00:00:00Z");
        assert_eq!(read(&F::Iso, "nonsense é"), "-");
        assert_eq!(read(&F::Iso, "2024-06-30 12:00 +0530"), "2024-06-30T06:30:00Z");
    }

    #[test]
    fn a_zone_behind_a_time_is_read_or_the_time_is_refused() {
        use TimeFormat as F;
        assert_eq!(read(&F::Iso, "2024-06-30 12:00 Europe/Madrid"), "2024-06-30T10:00:00Z");
        assert_eq!(read(&F::Iso, "2024-01-30T12:00[Europe/Madrid]"), "2024-01-30T11:00:00Z");
        assert_eq!(read(&F::Iso, "2024-01-30T12:00+02:00[Europe/Madrid]"), "2024-01-30T10:00:00Z");
        assert_eq!(read(&F::DayFirst, "30/06/2024 12:00 America/Port-au-Prince"), "2024-06-30T16:00:00Z");
        assert_eq!(
            read(&F::Pattern("%Y-%m-%d %H:%M %Q".into()), "2024-06-30 12:00 Europe/Madrid"),
            "2024-06-30T10:00:00Z"
        );
        for unread in ["2024-06-30 12:00 Europe/Atlantis", "2024-06-30 12:00 CEST", "2024-06-30 12:00+99:00"]
        {
            assert_eq!(read(&F::Iso, unread), "-", "{unread}");
        }
    }

    #[test]
    fn a_time_to_come_is_told_from_one_that_cannot_be_read() {
        let read = |text: &str, latest: Instant| TimeFormat::Iso.read(text, latest);
        assert_eq!(read("2999-01-01", LATEST), Err(Reason::FutureTime));
        assert_eq!(read("2025-01-03", Instant(20_090 * MICROS_PER_DAY)), Err(Reason::FutureTime));
        assert_eq!(read("2025-02-30", LATEST), Err(Reason::BadTime));
        assert_eq!(read("1605-01-16", LATEST), Err(Reason::BadTime));
    }

    #[test]
    fn a_day_beyond_12_decides_between_day_first_and_month_first() {
        assert_eq!(
            TimeFormat::detect(["01/02/2024", "13/02/2024"].into_iter()),
            Detected::Format(TimeFormat::DayFirst)
        );
        assert_eq!(
            TimeFormat::detect(["01/02/2024", "02/13/2024"].into_iter()),
            Detected::Format(TimeFormat::MonthFirst)
        );
        assert_eq!(
            TimeFormat::detect(["01/02/2024", "03/02/2024"].into_iter()),
            Detected::Ambiguous("01/02/2024".into())
        );
    }

    #[test]
    fn dates_that_contradict_each_other_are_no_question_of_choice() {
        assert_eq!(
            TimeFormat::detect(["01/02/2024", "25/06/2024", "12/31/2024"].into_iter()),
            Detected::Contradicting("25/06/2024".into(), "12/31/2024".into())
        );
        let slip = std::iter::repeat_n("25/06/2024", 40).chain(["12/31/2024"]);
        assert_eq!(TimeFormat::detect(slip), Detected::Format(TimeFormat::DayFirst));
    }

    #[test]
    fn the_example_of_unknown_times_is_one_that_cannot_be_read() {
        assert_eq!(
            TimeFormat::detect(["2025-01-02", "soon", "later"].into_iter()),
            Detected::Unknown("soon".into())
        );
    }

    #[test]
    fn the_length_of_a_number_tells_its_unit() {
        assert_eq!(
            TimeFormat::detect(["1717243200"].into_iter()),
            Detected::Format(TimeFormat::EpochSeconds)
        );
        assert_eq!(TimeFormat::detect(["20240601"].into_iter()), Detected::Format(TimeFormat::Compact));
        assert_eq!(TimeFormat::detect(["12.50", "7"].into_iter()), Detected::Unknown("12.50".into()));
    }
}
