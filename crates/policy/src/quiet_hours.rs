//! When a recipient may be written to: never at night in any place they may be.
//!
//! A known zone is taken as it is. Without one, the zones of the recipient's country stand in, and without a country
//! the zones the brand names; a message then waits until it is day in all of them (their intersection). When nothing
//! is known and the brand names no zones, no hour is right and the answer is `None`. Clock changes are respected: an
//! hour that comes twice is quiet both times, and an end that is skipped moves to the first minute there is. Public
//! holidays of the recipient's country are quiet from midnight to midnight where the brand does not say otherwise.

use crate::holidays::is_holiday;
use crate::segment::Country;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use terms::time::Instant;

/// Whether Sundays are quiet all day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sundays {
    /// Like other days.
    Usual,
    /// Quiet from midnight to midnight.
    Quiet,
}

/// Whether public holidays are quiet all day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holidays {
    /// Like other days.
    Usual,
    /// Quiet from midnight to midnight.
    Quiet,
}

/// When nobody is written to, by the recipient's clock. Equal start and end mean no quiet hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// When the quiet begins.
    pub start: Time,
    /// When it ends; earlier than `start` when it goes over midnight.
    pub end: Time,
    /// What holds on Sundays.
    pub sundays: Sundays,
    /// What holds on public holidays of the recipient's country.
    pub holidays: Holidays,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self::STANDARD
    }
}

impl QuietHours {
    /// From 21:00 to 08:00 and on public holidays, Sundays like other days.
    pub const STANDARD: Self = Self {
        start: Time::constant(21, 0, 0, 0),
        end: Time::constant(8, 0, 0, 0),
        sundays: Sundays::Usual,
        holidays: Holidays::Quiet,
    };

    /// No quiet hours at all.
    pub const NONE: Self = Self {
        start: Time::constant(0, 0, 0, 0),
        end: Time::constant(0, 0, 0, 0),
        sundays: Sundays::Usual,
        holidays: Holidays::Usual,
    };

    /// When the quiet that holds at a local time is over; `None` when it is not quiet.
    fn over(&self, local: DateTime, country: Option<Country>) -> Option<DateTime> {
        let sunday = self.sundays == Sundays::Quiet && local.weekday() == Weekday::Sunday;
        let rest = self.holidays == Holidays::Quiet
            && country.is_some_and(|country| is_holiday(country, local.date()));
        if sunday || rest {
            return local.date().tomorrow().ok().map(|next| next.to_datetime(Time::midnight()));
        }
        let time = local.time();
        if self.start < self.end {
            (self.start <= time && time < self.end).then(|| local.date().to_datetime(self.end))
        } else if self.start == self.end {
            None
        } else if time < self.end {
            Some(local.date().to_datetime(self.end))
        } else if time >= self.start {
            local.date().tomorrow().ok().map(|next| next.to_datetime(self.end))
        } else {
            None
        }
    }
}

/// The places a recipient may be in, each with its zone and, for its holidays, its country; never guessed down to one.
#[derive(Debug, Clone)]
pub struct Zones {
    places: Vec<(TimeZone, Option<Country>)>,
}

impl Zones {
    /// The recipient's own zone if it is a known IANA name, else the zones of their country, else those in
    /// `fallback` that are known names. Without a country, a zone stands for the one it lies in.
    #[must_use]
    pub fn of(time_zone: Option<&str>, country: Option<Country>, fallback: &[String]) -> Self {
        let place = |name: &str| Some((zone(name)?, country.or_else(|| country_of(name))));
        let mut places: Vec<_> = time_zone.and_then(place).into_iter().collect();
        if places.is_empty() {
            places = country.map_or(&[][..], zones_of).iter().filter_map(|name| place(name)).collect();
        }
        if places.is_empty() {
            places = fallback.iter().filter_map(|name| place(name)).collect();
        }
        Self { places }
    }

    /// True when nothing is known about where the recipient is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The names, for reasons.
    #[must_use]
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.places.iter().filter_map(|(zone, _)| zone.iana_name()).collect();
        names.join(", ")
    }
}

fn zone(name: &str) -> Option<TimeZone> {
    // The bundled database only: the answer must not depend on the machine it is asked on.
    TimeZoneDatabase::bundled().get(name).ok()
}

/// How many quiet periods are stepped over before giving up; a year of nights in many zones.
const STEPS: usize = 4_096;

/// True when this is the name of a time zone.
#[must_use]
pub fn is_zone(name: &str) -> bool {
    zone(name).is_some()
}

/// The first instant from `from` to `until` (both included) at which it is not quiet in any of the zones; `None` when
/// there is none, or when no zone is known.
#[must_use]
pub fn next_allowed(from: Instant, until: Instant, zones: &Zones, rules: &QuietHours) -> Option<Instant> {
    if zones.is_empty() || from > until {
        return None;
    }
    let mut at = from.to_jiff()?;
    for _ in 0..STEPS {
        match zones.places.iter().filter_map(|(zone, country)| quiet_until(at, zone, *country, rules)).max() {
            None => return Some(Instant(at.as_microsecond())),
            Some(later) if later.as_microsecond() > until.0 => return None,
            Some(later) => at = later,
        }
    }
    None
}

/// The end of the quiet that holds at `at` in a zone, always later than `at`; `None` when it is not quiet.
fn quiet_until(
    at: Timestamp,
    zone: &TimeZone,
    country: Option<Country>,
    rules: &QuietHours,
) -> Option<Timestamp> {
    let over = rules.over(zone.to_datetime(at), country)?;
    let end = zone.to_ambiguous_timestamp(over);
    // In a repeated hour the first end may lie behind us: the quiet then lasts to the second.
    let end = match end.compatible() {
        Ok(end) if end > at => Some(end),
        _ => end.later().ok().filter(|end| *end > at),
    };
    // Beyond the calendar's end there is no later: stay quiet rather than send.
    Some(end.unwrap_or(Timestamp::MAX))
}

/// Countries whose zones and holidays are known.
pub(crate) const COUNTRIES: [&str; 18] = [
    "ES", "PT", "GB", "IE", "FR", "DE", "IT", "MX", "US", "CA", "AR", "CL", "CO", "PE", "UY", "EC", "AU",
    "NZ",
];

/// The country a zone lies in, as far as it is one of those.
fn country_of(zone: &str) -> Option<Country> {
    COUNTRIES
        .iter()
        .filter_map(|code| code.parse::<Country>().ok())
        .find(|country| zones_of(*country).iter().any(|known| known.eq_ignore_ascii_case(zone)))
}

/// Zones of countries where customers are often known without one: every offset that is in use there.
const fn zones_of(country: Country) -> &'static [&'static str] {
    match &country.code() {
        b"ES" => &["Europe/Madrid", "Atlantic/Canary"],
        b"PT" => &["Europe/Lisbon", "Atlantic/Azores"],
        b"GB" => &["Europe/London"],
        b"IE" => &["Europe/Dublin"],
        b"FR" => &["Europe/Paris"],
        b"DE" => &["Europe/Berlin"],
        b"IT" => &["Europe/Rome"],
        b"MX" => &["America/Mexico_City", "America/Cancun", "America/Hermosillo", "America/Tijuana"],
        b"US" => &[
            "America/New_York",
            "America/Chicago",
            "America/Denver",
            "America/Phoenix",
            "America/Los_Angeles",
            "America/Anchorage",
            "Pacific/Honolulu",
        ],
        b"CA" => &[
            "America/St_Johns",
            "America/Halifax",
            "America/Toronto",
            "America/Winnipeg",
            "America/Regina",
            "America/Edmonton",
            "America/Vancouver",
        ],
        b"AR" => &["America/Argentina/Buenos_Aires"],
        b"CL" => &["America/Santiago", "America/Punta_Arenas", "Pacific/Easter"],
        b"CO" => &["America/Bogota"],
        b"PE" => &["America/Lima"],
        b"UY" => &["America/Montevideo"],
        b"EC" => &["America/Guayaquil", "Pacific/Galapagos"],
        b"AU" => &[
            "Australia/Sydney",
            "Australia/Brisbane",
            "Australia/Adelaide",
            "Australia/Darwin",
            "Australia/Perth",
        ],
        b"NZ" => &["Pacific/Auckland", "Pacific/Chatham"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests;
