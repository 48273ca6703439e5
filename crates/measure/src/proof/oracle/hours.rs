//! The hours at which somebody may be written to, once more.

use jiff::tz::TimeZone;
use terms::customer::Customer;
use terms::time::Instant;

/// The public holidays of 2026, as their laws have them.
fn holiday(country: Option<&str>, month: i8, day: i8) -> bool {
    let days: &[(i8, i8)] = match country {
        Some("ES") => {
            &[(1, 1), (1, 6), (4, 3), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25)]
        }
        Some("GB") => &[(1, 1), (4, 3), (5, 4), (5, 25)],
        Some("MX") => &[(1, 1), (2, 2), (3, 16), (5, 1), (9, 16), (11, 16), (12, 25)],
        _ => &[],
    };
    days.contains(&(month, day))
}

/// From eight in the morning to nine in the evening and on no holiday of their country, everywhere they may be: in their
/// own zone; else in every zone of their country; else in every zone of the brand's customers; nowhere known, no hour is
/// right.
pub(super) fn hour_is_right(record: &Customer, brand_zones: &[String], now: Instant) -> bool {
    let known = |name: &str| jiff::tz::TimeZoneDatabase::bundled().get(name).ok();
    let mut zones: Vec<TimeZone> = record.time_zone.as_deref().and_then(known).into_iter().collect();
    if zones.is_empty() {
        let of_country: &[&str] = match record.country.as_deref() {
            Some("ES") => &["Europe/Madrid", "Atlantic/Canary"],
            Some("GB") => &["Europe/London"],
            Some("MX") => &["America/Mexico_City", "America/Cancun", "America/Hermosillo", "America/Tijuana"],
            _ => &[],
        };
        zones = of_country.iter().filter_map(|name| known(name)).collect();
    }
    if zones.is_empty() {
        zones = brand_zones.iter().filter_map(|name| known(name)).collect();
    }
    let Some(at) = now.to_jiff() else { return false };
    !zones.is_empty()
        && zones.into_iter().all(|zone| {
            let there = zone.to_datetime(at);
            (8..21).contains(&there.hour()) && !holiday(record.country.as_deref(), there.month(), there.day())
        })
}
