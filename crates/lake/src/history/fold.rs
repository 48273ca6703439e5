//! The arithmetic of one customer's history: rows in order of time go in, a [`Summary`] comes out.
//!
//! It knows no keys, files or currencies: amounts are integers in minor units, so sums are exact.

#![expect(clippy::inline_always, reason = "called once a row, ten million times in a pass")]

/// Days before the as-of day (itself included) that count as recent.
pub(crate) const RECENT_DAYS: i32 = 90;

/// What is known of a customer after some of their rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Fold {
    days: u32,
    rows: u32,
    first_day: i32,
    last_day: i32,
    last_gap: i32,
    gap_squares: i64,
    bought: i64,
    spend: i64,
    first_amount: i64,
    last_amount: i64,
    recent: u32,
}

/// A customer's history in numbers, amounts in minor units. See [`terms::profile::Profile`] for the meanings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    pub(crate) first_day: i32,
    pub(crate) last_day: i32,
    pub(crate) frequency: u32,
    pub(crate) recency_days: i32,
    pub(crate) t_days: i32,
    pub(crate) monetary: f64,
    pub(crate) spend: i64,
    pub(crate) first_amount: i64,
    pub(crate) last_amount: i64,
    pub(crate) last_gap_days: i32,
    pub(crate) gap_mean: f64,
    pub(crate) gap_sd: f64,
    pub(crate) purchases_90: u32,
}

impl Fold {
    /// Takes a row; days must not decrease. `recent_from` is the first day that counts as recent.
    #[inline(always)]
    pub(crate) fn push(&mut self, day: i32, amount: i64, recent_from: i32) {
        self.spend += amount;
        if amount < 0 {
            return;
        }
        self.rows += 1;
        self.bought += amount;
        if self.days == 0 {
            self.first_day = day;
        } else if day == self.last_day {
            self.last_amount += amount;
            if self.days == 1 {
                self.first_amount += amount;
            }
            return;
        } else {
            self.last_gap = day - self.last_day;
            self.gap_squares += i64::from(self.last_gap) * i64::from(self.last_gap);
        }
        self.days += 1;
        self.last_day = day;
        self.last_amount = amount;
        if self.days == 1 {
            self.first_amount = amount;
        }
        self.recent += u32::from(day >= recent_from);
    }

    /// The history as of a day no earlier than the rows pushed; `None` without a purchase.
    #[inline]
    pub(crate) fn summary(&self, as_of: i32) -> Option<Summary> {
        if self.days == 0 {
            return None;
        }
        let span = self.last_day - self.first_day;
        let gaps = f64::from(self.days - 1);
        let gap_mean = if self.days > 1 { f64::from(span) / gaps } else { 0.0 };
        // Sample variance of the gaps; their sum is the span.
        let gap_sd = if self.days > 2 {
            ((self.gap_squares as f64 - f64::from(span) * gap_mean) / (gaps - 1.0)).max(0.0).sqrt()
        } else {
            0.0
        };
        Some(Summary {
            first_day: self.first_day,
            last_day: self.last_day,
            frequency: self.days - 1,
            recency_days: span,
            t_days: as_of - self.first_day,
            monetary: self.bought as f64 / f64::from(self.rows),
            spend: self.spend,
            first_amount: self.first_amount,
            last_amount: self.last_amount,
            last_gap_days: self.last_gap,
            gap_mean,
            gap_sd,
            purchases_90: self.recent,
        })
    }

    pub(crate) fn with_recent(self, recent: u32) -> Self {
        Self { recent, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(rows: &[(i32, i64)], as_of: i32) -> Option<Summary> {
        let mut fold = Fold::default();
        rows.iter().for_each(|&(day, amount)| fold.push(day, amount, as_of - RECENT_DAYS + 1));
        fold.summary(as_of)
    }

    #[test]
    fn a_history_worked_by_hand() {
        // Days 10, 10, 20, 50 and a return on day 55; as of day 120. Gaps 10 and 30: mean 20, sd sqrt(200) = 14.142.
        let s = fold(&[(10, 500), (10, 300), (20, 1_000), (50, 200), (55, -900)], 120).unwrap();
        assert_eq!((s.frequency, s.recency_days, s.t_days, s.last_gap_days), (2, 40, 110, 30));
        assert_eq!((s.spend, s.first_amount, s.last_amount), (1_100, 800, 200));
        assert!((s.monetary - 500.0).abs() < 1e-12);
        assert!((s.gap_mean - 20.0).abs() < 1e-12);
        assert!((s.gap_sd - 14.142_135_623_730_951).abs() < 1e-9);
        // Recent days are 31 to 120.
        assert_eq!(s.purchases_90, 1);
    }

    #[test]
    fn a_customer_with_returns_only_has_no_summary() {
        assert_eq!(fold(&[(3, -100)], 10), None);
    }

    #[test]
    fn the_ninetieth_day_back_is_outside() {
        assert_eq!(fold(&[(10, 1)], 99).unwrap().purchases_90, 1);
        assert_eq!(fold(&[(10, 1)], 100).unwrap().purchases_90, 0);
    }
}
