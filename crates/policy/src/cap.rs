//! How often somebody may be contacted: at most so many messages in a rolling window of days.

use terms::time::{Instant, MICROS_PER_DAY};

/// At most `limit` contacts within any `window_days` days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// Contacts allowed, the new one included; 0 allows none.
    pub limit: u32,
    /// Length of the window in days of 24 hours.
    pub window_days: u32,
}

impl Cap {
    /// The brand's caps unless it sets its own: 4 in 30 days and 1 in 3 days.
    pub const STANDARD: [Self; 2] = [Self { limit: 4, window_days: 30 }, Self { limit: 1, window_days: 3 }];

    /// What a customer's own "at most so many a month" means: a window of 30 days.
    #[must_use]
    pub const fn monthly(limit: u32) -> Self {
        Self { limit, window_days: 30 }
    }

    /// How many of `contacts` count against this cap at `now`: those less than a window ago, and all that are planned
    /// for later, which keeps two campaigns from filling the same place.
    #[must_use]
    pub fn used(&self, contacts: &[Instant], now: Instant) -> usize {
        let from = now.0.saturating_sub(i64::from(self.window_days).saturating_mul(MICROS_PER_DAY));
        contacts.iter().filter(|contact| contact.0 > from).count()
    }

    /// True when one more contact at `now` stays within the cap.
    #[must_use]
    pub fn allows(&self, contacts: &[Instant], now: Instant) -> bool {
        self.used(contacts, now) < self.limit as usize
    }
}

impl std::fmt::Display for Cap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in {} days", self.limit, self.window_days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Instant = Instant(1_700_000_000_000_000);

    #[test]
    fn a_contact_exactly_one_window_ago_no_longer_counts() {
        let cap = Cap { limit: 1, window_days: 3 };
        assert!(cap.allows(&[NOW.plus_days(-3)], NOW));
        assert!(!cap.allows(&[Instant(NOW.plus_days(-3).0 + 1)], NOW));
    }

    #[test]
    fn a_contact_planned_for_later_takes_its_place_already() {
        assert!(!Cap { limit: 1, window_days: 3 }.allows(&[NOW.plus_days(2)], NOW));
    }

    #[test]
    fn a_limit_of_none_allows_none() {
        assert!(!Cap::monthly(0).allows(&[], NOW));
    }

    proptest! {
        /// Whoever is contacted only when the cap allows it never has more contacts in any window than the limit.
        #[test]
        fn caps_are_never_exceeded(
            limit in 0u32..5,
            window_days in 1u32..40,
            hours in proptest::collection::vec(0i64..24 * 120, 0..200),
        ) {
            let cap = Cap { limit, window_days };
            let mut hours = hours;
            hours.sort_unstable();
            let mut contacts: Vec<Instant> = Vec::new();
            for hour in hours {
                let now = NOW.plus_hours(hour);
                if cap.allows(&contacts, now) {
                    contacts.push(now);
                }
            }
            for (at, last) in contacts.iter().enumerate() {
                let window = contacts[..=at].iter().filter(|c| **c > last.plus_days(-i64::from(window_days))).count();
                prop_assert!(window <= limit as usize);
            }
        }
    }
}
