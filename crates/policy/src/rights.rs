//! Clocks and moves of requests under data protection law. Pure: dates in, dates out.
//!
//! GDPR 12(3): one month from receipt, two more when the person is told within the first. Months are counted as
//! Regulation 1182/71 says: the period ends with the day of the same date, or with the last day of a shorter month,
//! and a last day on a Saturday, Sunday or holiday moves to the next working day. CCPA: receipt confirmed within ten
//! business days, done within 45 days, 45 more when the person is told; opting out of sale within fifteen business
//! days; calendar days there are not moved, because an earlier day is never late. The clock does not stop while
//! identity is verified or an answer is awaited: who is early is never late. Deliberately absent: the clock itself.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use terms::rights::{Law, NoticeKind, RequestState, RightKind};
use terms::time::{Day, Instant};

/// Hours within which a personal data breach has to be reported (GDPR 33(1)).
pub const BREACH_HOURS: i64 = 72;
/// Business days within which receipt is confirmed (CCPA regulations 7021(a)).
const CONFIRM_BUSINESS_DAYS: u32 = 10;
/// Business days within which an opt-out takes effect (CCPA regulations 7026(f)).
const OPT_OUT_BUSINESS_DAYS: u32 = 15;
/// Calendar days to respond, and the extension (CCPA regulations 7021(b)).
const CCPA_DAYS: i32 = 45;
/// Months to respond, and with an extension (GDPR 12(3)).
const GDPR_MONTHS: [i32; 2] = [1, 3];

/// Where days begin and end, and on which nobody works besides weekends.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    /// IANA zone of the brand, such as `Europe/Madrid`. An unknown one counts as UTC.
    pub zone: &'a str,
    /// Public holidays.
    pub holidays: &'a [Day],
}

impl Calendar<'_> {
    /// The civil date of an instant, where the brand is.
    fn date(&self, at: Instant) -> Date {
        let utc = at.day().to_date();
        let zone = TimeZone::get(self.zone).unwrap_or(TimeZone::UTC);
        Timestamp::from_microsecond(at.0).map_or(utc, |at| zone.to_datetime(at).date())
    }

    /// True when offices are open.
    #[must_use]
    pub fn is_working_day(&self, day: Day) -> bool {
        let weekend = matches!(day.to_date().weekday(), Weekday::Saturday | Weekday::Sunday);
        !weekend && !self.holidays.contains(&day)
    }

    /// This day if offices are open, else the next one on which they are.
    fn working_day_from(&self, day: Day) -> Day {
        // A calendar that names a year of holidays still ends.
        (0..400).map(|days| day.plus(days)).find(|day| self.is_working_day(*day)).unwrap_or(day)
    }

    /// The `count`-th working day after a day.
    fn business_days_after(&self, day: Day, count: u32) -> Day {
        (0..count).fold(day, |day, _| self.working_day_from(day.plus(1)))
    }

    fn end(&self, day: Day) -> Instant {
        day.end_in(self.zone)
    }
}

/// When a request has to be dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// By when receipt is confirmed, where the law asks for that.
    pub confirm_by: Option<Instant>,
    /// By when it is done.
    pub due: Instant,
    /// By when the person is told of an extension: the due date itself, before it was extended.
    pub extend_by: Instant,
    /// By when it is done when extended; `None` where no extension is allowed.
    pub extended: Option<Instant>,
}

/// The last day of a period of whole months that begins on a date.
#[must_use]
pub fn months_after(from: Day, months: i32) -> Day {
    let date = from.to_date();
    // Adding months to a date that the month does not have gives its last day.
    date.checked_add(Span::new().months(months)).map_or(from, Day::from_date)
}

/// The dates of a request.
#[must_use]
pub fn deadlines(kind: RightKind, law: Law, received: Instant, calendar: &Calendar<'_>) -> Deadlines {
    let day = Day::from_date(calendar.date(received));
    match law {
        Law::Gdpr => {
            let [first, extended] =
                GDPR_MONTHS.map(|months| calendar.end(calendar.working_day_from(months_after(day, months))));
            Deadlines { confirm_by: None, due: first, extend_by: first, extended: Some(extended) }
        }
        Law::Ccpa => {
            let confirm_by = Some(calendar.end(calendar.business_days_after(day, CONFIRM_BUSINESS_DAYS)));
            match kind {
                RightKind::OptOutSale | RightKind::Restriction | RightKind::Objection => {
                    let due = calendar.end(calendar.business_days_after(day, OPT_OUT_BUSINESS_DAYS));
                    Deadlines { confirm_by, due, extend_by: due, extended: None }
                }
                _ => {
                    let due = calendar.end(day.plus(CCPA_DAYS));
                    let extended = Some(calendar.end(day.plus(2 * CCPA_DAYS)));
                    Deadlines { confirm_by, due, extend_by: due, extended }
                }
            }
        }
    }
}

/// When a breach that became known at an instant has to be reported.
#[must_use]
pub const fn breach_due(aware: Instant) -> Instant {
    aware.plus_hours(BREACH_HOURS)
}

/// The law by the country somebody lives in. Where nothing is known, the stricter clock.
#[must_use]
pub fn law_of(country: Option<&str>) -> Law {
    match country {
        Some(country) if country.eq_ignore_ascii_case("US") => Law::Ccpa,
        _ => Law::Gdpr,
    }
}

/// What has to be known of a person before their request is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// That they hold a signed link of a mail of ours; nothing leaves and nothing is lost.
    Link,
    /// That they read the mail of the address on file, now.
    Mail,
}

/// The proof a right asks for. What hands data out or destroys them asks for more.
#[must_use]
pub const fn proof_for(kind: RightKind) -> Proof {
    match kind {
        RightKind::Access | RightKind::Portability | RightKind::Erasure => Proof::Mail,
        RightKind::Rectification
        | RightKind::Restriction
        | RightKind::Objection
        | RightKind::Review
        | RightKind::OptOutSale => Proof::Link,
    }
}

/// True for rights that act at once, without a person: GDPR 21(3) and an opt-out know no weighing, and a restriction
/// only takes away what might be done.
#[must_use]
pub const fn acts_at_once(kind: RightKind) -> bool {
    matches!(kind, RightKind::Restriction | RightKind::Objection | RightKind::OptOutSale)
}

/// What recipients of data are told when a request is done (GDPR 19; CCPA 1798.105(c), 1798.120).
#[must_use]
pub const fn notice_for(kind: RightKind) -> Option<NoticeKind> {
    match kind {
        RightKind::Erasure => Some(NoticeKind::Erasure),
        RightKind::Rectification => Some(NoticeKind::Rectification),
        RightKind::Restriction => Some(NoticeKind::Restriction),
        RightKind::Objection | RightKind::OptOutSale => Some(NoticeKind::OptOut),
        RightKind::Access | RightKind::Portability | RightKind::Review => None,
    }
}

/// True when a request may go from one state to another. The schema holds the same list.
#[must_use]
pub const fn may_move(from: RequestState, to: RequestState) -> bool {
    use RequestState::{
        Completed, Extended, InProgress, Received, Refused, Verifying, WaitingOnCustomer, Withdrawn,
    };
    match from {
        Received => matches!(to, Verifying | InProgress | Refused | Withdrawn),
        Verifying => matches!(to, InProgress | Refused | Withdrawn),
        InProgress => matches!(to, WaitingOnCustomer | Extended | Completed | Refused | Withdrawn),
        WaitingOnCustomer => matches!(to, InProgress | Extended | Completed | Refused | Withdrawn),
        Extended => matches!(to, WaitingOnCustomer | Completed | Refused | Withdrawn),
        Completed | Refused | Withdrawn => false,
    }
}

/// Why a request cannot be extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoExtension {
    /// The law gives none for this right.
    #[error("the law gives no extension for this right")]
    NotForThisRight,
    /// It was extended before.
    #[error("it was extended before; the law allows that once")]
    Already,
    /// The time in which the person had to be told is over.
    #[error("the person had to be told within the first period, which is over")]
    TooLate,
}

/// The new due date of an extension that the person is told of now.
///
/// # Errors
/// When the law allows none, none any more, or not again.
pub fn extend(deadlines: &Deadlines, already: bool, now: Instant) -> Result<Instant, NoExtension> {
    let extended = deadlines.extended.ok_or(NoExtension::NotForThisRight)?;
    if already {
        return Err(NoExtension::Already);
    }
    if now > deadlines.extend_by {
        return Err(NoExtension::TooLate);
    }
    Ok(extended)
}

#[cfg(test)]
mod tests;
