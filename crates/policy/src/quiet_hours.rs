//! When a recipient may be written to: never at night in any place they may be.
//!
//! A known zone is taken as it is. Without one, the zones of the recipient's country stand in, and without a country
//! the zones the brand names; a message then waits until it is day in all of them (their intersection). When nothing
//! is known and the brand names no zones, no hour is right and the answer is `None`. Clock changes are respected: an
//! hour that comes twice is quiet both times, and an end that is skipped moves to the first minute there is.

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

/// When nobody is written to, by the recipient's clock. Equal start and end mean no quiet hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// When the quiet begins.
    pub start: Time,
    /// When it ends; earlier than `start` when it goes over midnight.
    pub end: Time,
    /// What holds on Sundays.
    pub sundays: Sundays,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self::STANDARD
    }
}

impl QuietHours {
    /// From 21:00 to 08:00, Sundays like other days.
    pub const STANDARD: Self =
        Self { start: Time::constant(21, 0, 0, 0), end: Time::constant(8, 0, 0, 0), sundays: Sundays::Usual };

    /// No quiet hours at all.
    pub const NONE: Self =
        Self { start: Time::constant(0, 0, 0, 0), end: Time::constant(0, 0, 0, 0), sundays: Sundays::Usual };

    /// When the quiet that holds at a local time is over; `None` when it is not quiet.
    fn over(&self, local: DateTime) -> Option<DateTime> {
        if self.sundays == Sundays::Quiet && local.weekday() == Weekday::Sunday {
            return local.date().tomorrow().ok().map(|monday| monday.to_datetime(Time::midnight()));
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

/// The zones a recipient may be in; never guessed down to one.
#[derive(Debug, Clone)]
pub struct Zones {
    zones: Vec<TimeZone>,
}

impl Zones {
    /// The recipient's own zone if it is a known IANA name, else the zones of their country, else those in
    /// `fallback` that are known names.
    #[must_use]
    pub fn of(time_zone: Option<&str>, country: Option<Country>, fallback: &[String]) -> Self {
        let known =
            |names: &[&str]| -> Vec<TimeZone> { names.iter().filter_map(|name| zone(name)).collect() };
        let mut zones: Vec<TimeZone> = time_zone.and_then(zone).into_iter().collect();
        if zones.is_empty() {
            zones = known(country.map_or(&[], zones_of));
        }
        if zones.is_empty() {
            zones = known(&fallback.iter().map(String::as_str).collect::<Vec<_>>());
        }
        Self { zones }
    }

    /// True when nothing is known about where the recipient is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// The names, for reasons.
    #[must_use]
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.zones.iter().filter_map(TimeZone::iana_name).collect();
        names.join(", ")
    }
}

fn zone(name: &str) -> Option<TimeZone> {
    // The bundled database only: the answer must not depend on the machine it is asked on.
    TimeZoneDatabase::bundled().get(name).ok()
}

/// How many quiet periods are stepped over before giving up; a year of nights in many zones.
const STEPS: usize = 4_096;

/// The first instant from `from` to `until` (both included) at which it is not quiet in any of the zones; `None` when
/// there is none, or when no zone is known.
#[must_use]
pub fn next_allowed(from: Instant, until: Instant, zones: &Zones, rules: &QuietHours) -> Option<Instant> {
    if zones.is_empty() || from > until {
        return None;
    }
    let mut at = from.to_jiff()?;
    for _ in 0..STEPS {
        match zones.zones.iter().filter_map(|zone| quiet_until(at, zone, rules)).max() {
            None => return Some(Instant(at.as_microsecond())),
            Some(later) if later.as_microsecond() > until.0 => return None,
            Some(later) => at = later,
        }
    }
    None
}

/// The end of the quiet that holds at `at` in a zone, always later than `at`; `None` when it is not quiet.
fn quiet_until(at: Timestamp, zone: &TimeZone, rules: &QuietHours) -> Option<Timestamp> {
    let over = rules.over(zone.to_datetime(at))?;
    let end = zone.to_ambiguous_timestamp(over);
    // In a repeated hour the first end may lie behind us: the quiet then lasts to the second.
    let end = match end.compatible() {
        Ok(end) if end > at => Some(end),
        _ => end.later().ok().filter(|end| *end > at),
    };
    // Beyond the calendar's end there is no later: stay quiet rather than send.
    Some(end.unwrap_or(Timestamp::MAX))
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
