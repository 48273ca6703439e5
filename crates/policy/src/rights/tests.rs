//! Golden dates from the law's own examples, and what must hold for every date.

use super::*;
use proptest::prelude::*;

const NO_HOLIDAYS: Calendar<'static> = Calendar { zone: "Europe/Madrid", holidays: &[] };

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Noon UTC, which is the same day in Madrid.
fn noon(text: &str) -> Instant {
    day(text).start().plus_hours(12)
}

fn due_day(at: Instant, calendar: &Calendar<'_>) -> String {
    Day::from_date(calendar.date(at)).to_string()
}

fn gdpr(received: &str, calendar: &Calendar<'_>) -> (String, String) {
    let dates = deadlines(RightKind::Access, Law::Gdpr, noon(received), calendar);
    (due_day(dates.due, calendar), due_day(dates.extended.unwrap(), calendar))
}

#[test]
fn a_month_ends_on_the_same_date_or_on_the_last_day_of_a_shorter_month() {
    for (from, months, to) in [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-01-30", 1, "2028-02-29"),
        ("2028-01-29", 1, "2028-02-29"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-01-31", 3, "2026-04-30"),
    ] {
        assert_eq!(months_after(day(from), months).to_string(), to, "{from} + {months}");
    }
}

#[test]
fn a_last_day_on_a_weekend_or_holiday_moves_to_the_next_working_day() {
    // 28 February 2026 is a Saturday; 30 April a Thursday.
    assert_eq!(gdpr("2026-01-31", &NO_HOLIDAYS), ("2026-03-02".into(), "2026-04-30".into()));
    // 5 April 2026 is Easter Sunday; 6 April a holiday in many places.
    let easter = [day("2026-04-06")];
    let calendar = Calendar { holidays: &easter, ..NO_HOLIDAYS };
    assert_eq!(gdpr("2026-03-05", &calendar).0, "2026-04-07");
    assert_eq!(gdpr("2026-03-05", &NO_HOLIDAYS).0, "2026-04-06");
    // 25 and 26 December, then a weekend.
    let christmas = [day("2026-12-25"), day("2026-12-26")];
    let calendar = Calendar { holidays: &christmas, ..NO_HOLIDAYS };
    assert_eq!(gdpr("2026-11-25", &calendar).0, "2026-12-28");
    // Leap year: 29 February 2028 is a Tuesday.
    assert_eq!(gdpr("2028-01-31", &NO_HOLIDAYS).0, "2028-02-29");
}

#[test]
fn a_day_is_the_day_of_the_brands_clocks() {
    // 23:30 UTC on 30 January is 31 January in Madrid already.
    let late = day("2028-01-30").start().plus_hours(23).plus_seconds(1_800);
    let madrid = deadlines(RightKind::Access, Law::Gdpr, late, &NO_HOLIDAYS);
    assert_eq!(madrid.due.to_string(), "2028-02-29T22:59:59Z");
    let later = day("2028-02-10").start().plus_hours(23).plus_seconds(1_800);
    assert_eq!(
        deadlines(RightKind::Access, Law::Gdpr, later, &NO_HOLIDAYS).due.to_string(),
        "2028-03-13T22:59:59Z"
    );
    let utc = Calendar { zone: "UTC", holidays: &[] };
    assert_eq!(deadlines(RightKind::Access, Law::Gdpr, later, &utc).due.to_string(), "2028-03-10T23:59:59Z");
}

#[test]
fn california_counts_business_days_for_receipts_and_opt_outs_and_calendar_days_for_the_rest() {
    let thanksgiving = [day("2026-11-26")];
    let calendar = Calendar { zone: "America/Los_Angeles", holidays: &thanksgiving };
    let received = day("2026-11-20").start().plus_hours(20);
    let access = deadlines(RightKind::Access, Law::Ccpa, received, &calendar);
    assert_eq!(due_day(access.confirm_by.unwrap(), &calendar), "2026-12-07");
    assert_eq!(due_day(access.due, &calendar), "2027-01-04");
    assert_eq!(due_day(access.extended.unwrap(), &calendar), "2027-02-18");
    let sale = deadlines(RightKind::OptOutSale, Law::Ccpa, received, &calendar);
    assert_eq!(due_day(sale.due, &calendar), "2026-12-14");
    assert_eq!(extend(&sale, false, received), Err(NoExtension::NotForThisRight));
}

#[test]
fn an_extension_is_told_within_the_first_period_and_given_once() {
    let dates = deadlines(RightKind::Erasure, Law::Gdpr, noon("2026-01-31"), &NO_HOLIDAYS);
    assert_eq!(extend(&dates, false, noon("2026-02-27")), Ok(dates.extended.unwrap()));
    assert_eq!(extend(&dates, false, dates.due), Ok(dates.extended.unwrap()));
    assert_eq!(extend(&dates, false, Instant(dates.due.0 + 1_000_000)), Err(NoExtension::TooLate));
    assert_eq!(extend(&dates, true, noon("2026-02-01")), Err(NoExtension::Already));
}

#[test]
fn a_breach_is_reported_within_seventy_two_hours() {
    assert_eq!(breach_due(noon("2026-03-28")).to_string(), "2026-03-31T12:00:00Z");
}

#[test]
fn the_law_follows_the_country_and_the_stricter_clock_where_it_is_unknown() {
    assert_eq!(law_of(Some("US")), Law::Ccpa);
    for country in [Some("ES"), Some("GB"), Some("MX"), None] {
        assert_eq!(law_of(country), Law::Gdpr);
    }
}

#[test]
fn what_is_closed_stays_closed_and_everything_else_can_be_closed() {
    for from in RequestState::ALL {
        for to in RequestState::ALL {
            if from.is_closed() || from == to {
                assert!(!may_move(*from, *to), "{from} to {to}");
            }
        }
        if !from.is_closed() {
            assert!(may_move(*from, RequestState::Refused) && may_move(*from, RequestState::Withdrawn));
        }
    }
    // Nobody's request is done before it is known whose it is.
    assert!(!may_move(RequestState::Received, RequestState::Completed));
    assert!(!may_move(RequestState::Verifying, RequestState::Completed));
}

#[test]
fn data_are_handed_out_or_destroyed_only_on_the_stronger_proof_and_nothing_of_that_happens_at_once() {
    for kind in RightKind::ALL {
        assert!(!(proof_for(*kind) == Proof::Mail && acts_at_once(*kind)), "{kind}");
    }
}

proptest! {
    #[test]
    fn a_due_date_is_a_working_day_within_its_month_and_the_days_off(
        received in 18_000_i32..30_000, hour in 0_i64..24, off in proptest::collection::vec(18_000_i32..30_100, 0..40),
    ) {
        let holidays: Vec<Day> = off.into_iter().map(Day).collect();
        let calendar = Calendar { zone: "Europe/Madrid", holidays: &holidays };
        let at = Day(received).start().plus_hours(hour);
        let from = Day::from_date(calendar.date(at));
        let dates = deadlines(RightKind::Access, Law::Gdpr, at, &calendar);
        let due = Day::from_date(calendar.date(dates.due));
        prop_assert!(calendar.is_working_day(due));
        // Never earlier than the law's day, and only days off lie between.
        let law = months_after(from, 1);
        prop_assert!(due >= law);
        for day in law.0..due.0 {
            prop_assert!(!calendar.is_working_day(Day(day)));
        }
        // Month arithmetic against the calendar itself: the same date, or the last of the month.
        let (a, b) = (from.to_date(), law.to_date());
        prop_assert!(b.day() == a.day() || (b.day() < a.day() && b == b.last_of_month()));
        prop_assert_eq!((i32::from(b.year()) * 12 + i32::from(b.month())) - (i32::from(a.year()) * 12 + i32::from(a.month())), 1);
        prop_assert!(dates.extended.unwrap() > dates.due && dates.due > at);
    }

    #[test]
    fn who_asks_later_is_never_due_earlier(a in 18_000_i32..30_000, more in 0_i32..90) {
        for law in Law::ALL {
            for kind in RightKind::ALL {
                let first = deadlines(*kind, *law, Day(a).start().plus_hours(9), &NO_HOLIDAYS);
                let second = deadlines(*kind, *law, Day(a + more).start().plus_hours(9), &NO_HOLIDAYS);
                prop_assert!(first.due <= second.due, "{} {}", kind, law);
                prop_assert!(first.confirm_by <= second.confirm_by);
            }
        }
    }

    #[test]
    fn ten_business_days_take_at_least_two_weeks_and_hold_ten_working_days(a in 18_000_i32..30_000) {
        let dates = deadlines(RightKind::Access, Law::Ccpa, Day(a).start().plus_hours(9), &NO_HOLIDAYS);
        let last = Day::from_date(NO_HOLIDAYS.date(dates.confirm_by.unwrap()));
        let working = (a + 1..=last.0).filter(|day| NO_HOLIDAYS.is_working_day(Day(*day))).count();
        prop_assert_eq!(working, 10);
        prop_assert!(last.0 - a >= 12);
    }
}
