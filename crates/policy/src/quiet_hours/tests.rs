//! Quiet hours against hand-computed instants, clock changes included.

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    Instant(text.parse::<Timestamp>().unwrap().as_microsecond())
}

fn in_zone(name: &str) -> Zones {
    Zones::of(Some(name), None, &[])
}

fn next(from: &str, zones: &Zones, rules: &QuietHours) -> Option<Instant> {
    next_allowed(at(from), at(from).plus_days(10), zones, rules)
}

#[test]
fn a_message_at_night_waits_for_the_morning_of_its_recipient() {
    let madrid = in_zone("Europe/Madrid");
    let rules = QuietHours::STANDARD;
    // Winter, UTC+1: 21:00 local is 20:00 UTC, 08:00 local is 07:00 UTC.
    assert_eq!(next("2026-01-14T19:59:59Z", &madrid, &rules), Some(at("2026-01-14T19:59:59Z")));
    assert_eq!(next("2026-01-14T20:00:00Z", &madrid, &rules), Some(at("2026-01-15T07:00:00Z")));
    assert_eq!(next("2026-01-15T06:59:59Z", &madrid, &rules), Some(at("2026-01-15T07:00:00Z")));
}

#[test]
fn the_night_of_the_spring_change_is_an_hour_shorter() {
    // 2026-03-29, Madrid: 02:00 becomes 03:00, so 08:00 local is 06:00 UTC.
    let madrid = in_zone("Europe/Madrid");
    assert_eq!(
        next("2026-03-28T22:00:00Z", &madrid, &QuietHours::STANDARD),
        Some(at("2026-03-29T06:00:00Z"))
    );
}

#[test]
fn a_quiet_end_that_the_clock_skips_moves_to_after_the_gap() {
    let rules = QuietHours {
        start: Time::constant(23, 0, 0, 0),
        end: Time::constant(2, 30, 0, 0),
        ..QuietHours::NONE
    };
    let found = next("2026-03-29T00:30:00Z", &in_zone("Europe/Madrid"), &rules);
    // 02:30 does not exist that night; the compatible reading is 03:30 summer time, 01:30 UTC.
    assert_eq!(found, Some(at("2026-03-29T01:30:00Z")));
}

#[test]
fn an_hour_that_comes_twice_is_quiet_both_times() {
    // 2026-10-25, Madrid: 03:00 summer time (01:00 UTC) becomes 02:00. Quiet until 02:30 by the local clock.
    let rules = QuietHours {
        start: Time::constant(23, 0, 0, 0),
        end: Time::constant(2, 30, 0, 0),
        ..QuietHours::NONE
    };
    let madrid = in_zone("Europe/Madrid");
    assert_eq!(next("2026-10-25T00:10:00Z", &madrid, &rules), Some(at("2026-10-25T00:30:00Z")));
    assert_eq!(next("2026-10-25T01:10:00Z", &madrid, &rules), Some(at("2026-10-25T01:30:00Z")));
}

#[test]
fn sundays_can_be_quiet_until_monday_morning() {
    let rules = QuietHours { sundays: Sundays::Quiet, ..QuietHours::STANDARD };
    // Saturday 2026-01-17 21:30 in London: Sunday is quiet, Monday begins at 08:00.
    let found = next("2026-01-17T21:30:00Z", &in_zone("Europe/London"), &rules);
    assert_eq!(found, Some(at("2026-01-19T08:00:00Z")));
}

#[test]
fn an_unknown_zone_means_day_in_every_zone_of_the_country() {
    let us = Zones::of(Some("Mars/Olympus"), Some("US".parse().unwrap()), &[]);
    // Honolulu (UTC-10) wakes at 18:00 UTC; New York (UTC-5 in January) is quiet from 02:00 UTC.
    assert_eq!(next("2026-01-14T12:00:00Z", &us, &QuietHours::STANDARD), Some(at("2026-01-14T18:00:00Z")));
    assert_eq!(next("2026-01-15T02:00:00Z", &us, &QuietHours::STANDARD), Some(at("2026-01-15T18:00:00Z")));
}

#[test]
fn an_unknown_place_takes_the_brands_zones_and_without_them_never() {
    let brand = ["Europe/Madrid".to_owned(), "America/Mexico_City".to_owned()];
    let rules = QuietHours::STANDARD;
    let zones = Zones::of(None, None, &brand);
    // Madrid 08:00-21:00 is 07:00-20:00 UTC; Mexico City (UTC-6) 08:00-21:00 is 14:00-03:00 UTC.
    assert_eq!(next("2026-01-14T06:00:00Z", &zones, &rules), Some(at("2026-01-14T14:00:00Z")));
    assert_eq!(next("2026-01-14T06:00:00Z", &Zones::of(None, None, &[]), &rules), None);
}

#[test]
fn zones_without_a_common_hour_give_no_answer() {
    // In January, in UTC: Honolulu 18:00 to 07:00, Madrid 07:00 to 20:00, Tokyo 23:00 to 12:00.
    let brand = ["Pacific/Honolulu".to_owned(), "Europe/Madrid".to_owned(), "Asia/Tokyo".to_owned()];
    assert_eq!(next("2026-01-14T06:00:00Z", &Zones::of(None, None, &brand), &QuietHours::STANDARD), None);
}

#[test]
fn a_campaign_that_ends_before_the_morning_reaches_nobody_at_night() {
    let madrid = in_zone("Europe/Madrid");
    let night = at("2026-01-14T22:00:00Z");
    assert_eq!(next_allowed(night, at("2026-01-15T06:59:59Z"), &madrid, &QuietHours::STANDARD), None);
    assert_eq!(
        next_allowed(night, at("2026-01-15T07:00:00Z"), &madrid, &QuietHours::STANDARD),
        Some(at("2026-01-15T07:00:00Z"))
    );
}

proptest! {
    /// Whatever the zone, the season and the rule: the instant found is in no zone a quiet one.
    #[test]
    fn what_is_allowed_is_never_quiet(
        hour in 0i64..24 * 365 * 3,
        minute in 0i64..60,
        which in proptest::sample::subsequence(
            vec!["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"], 1..3),
        start in 0i8..24,
        end in 0i8..24,
        half in proptest::bool::ANY,
        quiet_sundays in proptest::bool::ANY,
        rest in proptest::bool::ANY,
    ) {
        let rules = QuietHours {
            start: Time::constant(start, 0, 0, 0),
            end: Time::constant(end, if half { 30 } else { 0 }, 0, 0),
            sundays: if quiet_sundays { Sundays::Quiet } else { Sundays::Usual },
            holidays: if rest { Holidays::Quiet } else { Holidays::Usual },
        };
        let brand: Vec<String> = which.iter().map(ToString::to_string).collect();
        let zones = Zones::of(None, None, &brand);
        let from = at("2024-01-01T00:00:00Z").plus_hours(hour).plus_seconds(minute * 60);
        if let Some(found) = next_allowed(from, from.plus_days(7), &zones, &rules) {
            prop_assert!(found >= from && found <= from.plus_days(7));
            for (zone, country) in &zones.places {
                prop_assert_eq!(rules.over(zone.to_datetime(found.to_jiff().unwrap()), *country), None);
            }
        }
    }
}

#[test]
fn a_message_on_a_holiday_waits_for_the_morning_after_it() {
    // Good Friday 2026 is 3 April; in Madrid it is summer time, 08:00 is 06:00 UTC.
    let madrid = in_zone("Europe/Madrid");
    assert_eq!(
        next("2026-04-03T10:00:00Z", &madrid, &QuietHours::STANDARD),
        Some(at("2026-04-04T06:00:00Z"))
    );
    let usual = QuietHours { holidays: Holidays::Usual, ..QuietHours::STANDARD };
    assert_eq!(next("2026-04-03T10:00:00Z", &madrid, &usual), Some(at("2026-04-03T10:00:00Z")));
}

#[test]
fn a_holiday_is_that_of_the_recipients_country_and_clock() {
    // 12 October is a holiday in Madrid, and an ordinary day in London.
    assert_eq!(
        next("2026-10-12T10:00:00Z", &in_zone("Europe/London"), &QuietHours::STANDARD),
        Some(at("2026-10-12T10:00:00Z"))
    );
    // Somebody of whom only the country is known, in any of its zones: Hawaii still has 4 July when New York does not.
    let rules = QuietHours { holidays: Holidays::Quiet, ..QuietHours::NONE };
    let states = Zones::of(None, "US".parse().ok(), &[]);
    assert_eq!(next("2026-07-04T05:00:00Z", &states, &rules), Some(at("2026-07-05T10:00:00Z")));
}

#[test]
fn a_holiday_on_the_night_of_a_clock_change_is_as_long_as_it_is() {
    // Easter Sunday 2024 (31 March) had 23 hours in Lisbon: from 00:00 UTC to 23:00 UTC.
    let rules = QuietHours { holidays: Holidays::Quiet, ..QuietHours::NONE };
    let lisbon = in_zone("Europe/Lisbon");
    assert_eq!(next("2024-03-30T23:59:59Z", &lisbon, &rules), Some(at("2024-03-30T23:59:59Z")));
    assert_eq!(next("2024-03-31T00:00:00Z", &lisbon, &rules), Some(at("2024-03-31T23:00:00Z")));
    // And 1 November 2026 in Mexico's border city, where clocks go back that day, has 25.
    let listed =
        next("2026-11-01T12:00:00Z", &Zones::of(Some("America/Tijuana"), "CO".parse().ok(), &[]), &rules);
    assert_eq!(listed, Some(at("2026-11-01T12:00:00Z")));
}
