//! When an event happened, by a clock nobody can trust: the sender's.
//!
//! Goes in: what the sender's clock said of the event and of the sending, and what ours said of the arrival. Comes out:
//! the time by our clock, `receivedAt - (sentAt - originalTimestamp)` as the Segment spec has it, which is right
//! however wrong the sender's clock is. Nothing happens after it arrived.

use jiff::fmt::temporal::DateTimeParser;
use terms::time::{Instant, MICROS_PER_SECOND};

static PARSER: DateTimeParser = DateTimeParser::new();

/// Reads an ISO 8601 time; one without a zone is taken as UTC, as all imports do.
pub(super) fn read(text: &str) -> Option<Instant> {
    let text = text.trim();
    let micros = match PARSER.parse_timestamp(text) {
        Ok(at) => at.as_microsecond(),
        Err(_) => {
            let civil = PARSER.parse_datetime(text).ok()?;
            jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()?.as_microsecond()
        }
    };
    plausible(micros)
}

/// Reads seconds, or milliseconds, since 1970.
pub(super) fn of_number(number: f64) -> Option<Instant> {
    if !number.is_finite() {
        return None;
    }
    let seconds = if number.abs() >= 1e11 { number / 1e3 } else { number };
    plausible((seconds * MICROS_PER_SECOND as f64) as i64)
}

/// Years 1970 to 9999; shops did not send events before.
fn plausible(micros: i64) -> Option<Instant> {
    (0..253_402_300_800_000_000).contains(&micros).then_some(Instant(micros))
}

/// The time of an event by our clock.
pub(super) fn corrected(original: Option<Instant>, sent: Option<Instant>, received: Instant) -> Instant {
    let at = match (original, sent) {
        (None, _) => received,
        (Some(original), None) => original,
        (Some(original), Some(sent)) => Instant(received.0.saturating_sub(sent.0.saturating_sub(original.0))),
    };
    Instant(at.0.clamp(0, received.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        read(text).unwrap()
    }

    #[test]
    fn a_clock_that_is_an_hour_fast_does_not_move_its_events() {
        let received = at("2026-03-01T12:00:10Z");
        let corrected =
            corrected(Some(at("2026-03-01T12:59:00Z")), Some(at("2026-03-01T13:00:00Z")), received);
        assert_eq!(corrected, at("2026-03-01T11:59:10Z"));
    }

    #[test]
    fn an_event_sent_late_keeps_its_age() {
        let received = at("2026-03-03T08:00:00Z");
        let offline = corrected(Some(at("2026-03-01T08:00:00Z")), Some(at("2026-03-03T08:00:00Z")), received);
        assert_eq!(offline, at("2026-03-01T08:00:00Z"));
    }

    #[test]
    fn nothing_happens_after_it_arrived() {
        let received = at("2026-03-01T12:00:00Z");
        assert_eq!(corrected(Some(at("2036-01-01T00:00:00Z")), None, received), received);
        let backwards =
            corrected(Some(at("2026-03-01T12:10:00Z")), Some(at("2026-03-01T12:00:00Z")), received);
        assert_eq!(backwards, received);
        assert_eq!(corrected(None, Some(at("1999-01-01T00:00:00Z")), received), received);
    }

    #[test]
    fn times_are_read_with_and_without_a_zone_and_as_numbers() {
        assert_eq!(at("2026-03-01T12:00:00+02:00"), at("2026-03-01T10:00:00.000Z"));
        assert_eq!(at("2026-03-01T12:00:00"), at("2026-03-01T12:00:00Z"));
        assert_eq!(at("2012-12-02T00:30:08.276Z").0, 1_354_408_208_276_000);
        assert_eq!(of_number(1_354_408_208_276.0), read("2012-12-02T00:30:08.276Z"));
        assert_eq!(of_number(1_354_408_208.0), read("2012-12-02T00:30:08Z"));
        assert!(read("yesterday").is_none() && read("0000-00-00").is_none() && of_number(f64::NAN).is_none());
        assert!(of_number(1e300).is_none() && read("-9999-01-01T00:00:00Z").is_none());
    }
}
