//! What a price was when, and which "was" price may be told (Directive 98/6, 6a; C-330/23): the lowest of the thirty
//! days before the reduction.
//!
//! Goes in: every version of the facts of one product or offer. Comes out: spans of prices, and the former price if the
//! history covers all thirty days. A gap, or two currencies, prove nothing.

use serde::Serialize;
use store::facts::FactVersion;
use terms::fact::{FactValue, Polarity};
use terms::money::Money;
use terms::time::Instant;

/// Days before a reduction over which the lowest price counts.
const DAYS: i64 = 30;

/// A price, from when until when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriceSpan {
    /// From when it was asked.
    pub from: Instant,
    /// Until when; `None`: it still is, as far as anybody said.
    pub until: Option<Instant>,
    /// The price.
    pub price: Money,
    /// Who said so.
    pub source: String,
}

/// What the thirty days before the reduction prove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Lowest {
    /// This was the lowest price.
    Known {
        /// It.
        price: Money,
    },
    /// The history has gaps in these days, or begins too late.
    Incomplete,
    /// There are prices in more than one currency.
    Mixed,
}

/// The present price, since when it holds, and what came before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FormerPrice {
    /// What is asked now.
    pub price: Money,
    /// Since when.
    pub since: Instant,
    /// The lowest price of the thirty days before.
    pub lowest: Lowest,
}

impl FormerPrice {
    /// The price that may be told as the former one: proven, and above the present one.
    #[must_use]
    pub fn proven(&self) -> Option<Money> {
        match self.lowest {
            Lowest::Known { price }
                if price.currency == self.price.currency && price.minor > self.price.minor =>
            {
                Some(price)
            }
            _ => None,
        }
    }
}

/// The spans of the price, oldest first, as far as they have begun by `now`.
#[must_use]
pub fn spans(versions: &[FactVersion], now: Instant) -> Vec<PriceSpan> {
    // A version holds from its validity or from when it was seen; never from later than it was written.
    let begins = |version: &FactVersion| {
        version.fact.valid_from.unwrap_or_else(|| version.fact.observed_at.min(version.at))
    };
    let mut out: Vec<PriceSpan> = Vec::new();
    for (place, version) in versions.iter().enumerate() {
        let fact = &version.fact;
        let (FactValue::Money(price), Polarity::True, false) = (&fact.value, fact.polarity, version.ended)
        else {
            continue;
        };
        if guard::usual_name(&fact.predicate) != "price" {
            continue;
        }
        let next = versions.get(place + 1).filter(|next| next.fact.id == fact.id);
        let replaced = next.map(|next| match next.fact.valid_from {
            None if !next.ended => begins(next),
            _ => next.at,
        });
        let until = [fact.valid_until, replaced].into_iter().flatten().min();
        let from = begins(version);
        if from <= now && until.is_none_or(|until| until > from) {
            out.push(PriceSpan { from, until, price: *price, source: fact.source.clone() });
        }
    }
    out.sort_by_key(|span| (span.from, span.until));
    out
}

/// The price asked at `now` and what the days before it prove; `None` when no price is known now.
#[must_use]
pub fn former(spans: &[PriceSpan], now: Instant) -> Option<FormerPrice> {
    let running = |span: &&PriceSpan| span.from <= now && span.until.is_none_or(|until| until >= now);
    let present = spans.iter().filter(running).min_by_key(|span| span.price.minor)?;
    let mut since = present.from;
    // The same price seen again goes on; it is no new reduction.
    while let Some(earlier) = spans.iter().find(|span| {
        span.price == present.price
            && span.from < since
            && span.until.is_none_or(|until| until.0 + 1 >= since.0)
    }) {
        since = earlier.from;
    }
    Some(FormerPrice { price: present.price, since, lowest: lowest_before(spans, since) })
}

fn lowest_before(spans: &[PriceSpan], reduction: Instant) -> Lowest {
    let begin = reduction.plus_days(-DAYS);
    let within: Vec<&PriceSpan> = spans
        .iter()
        .filter(|span| span.from < reduction && span.until.is_none_or(|until| until > begin))
        .collect();
    let mut covered = begin;
    for span in &within {
        // A microsecond between the end of one and the start of the next is no gap.
        if span.from.0 > covered.0 + 1 {
            return Lowest::Incomplete;
        }
        covered = covered.max(span.until.unwrap_or(reduction));
    }
    if covered.0 + 1 < reduction.0 {
        return Lowest::Incomplete;
    }
    let Some(lowest) = within.iter().map(|span| span.price).min_by_key(|price| price.minor) else {
        return Lowest::Incomplete;
    };
    if within.iter().any(|span| span.price.currency != lowest.currency) {
        return Lowest::Mixed;
    }
    Lowest::Known { price: lowest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::money::Currency;
    use terms::time::Day;

    fn day(n: i64) -> Instant {
        Day(20_000).start().plus_days(n)
    }

    fn span(from: i64, until: Option<i64>, minor: i64) -> PriceSpan {
        let price = Money::new(minor, Currency::EUR);
        PriceSpan { from: day(from), until: until.map(day), price, source: String::new() }
    }

    fn proven(spans: &[PriceSpan], now: i64) -> Option<i64> {
        former(spans, day(now)).and_then(|former| former.proven()).map(|money| money.minor)
    }

    #[test]
    fn the_former_price_is_the_lowest_of_the_thirty_days_before_the_reduction() {
        // 49 for long, 45 for a week, 59 for a week, then 39: the directive asks for 45, not 59.
        let prices = [
            span(-90, Some(-14), 4_900),
            span(-14, Some(-7), 4_500),
            span(-7, Some(0), 5_900),
            span(0, None, 3_900),
        ];
        assert_eq!(proven(&prices, 3), Some(4_500));
        // A week with 45 that ended 31 days before the reduction does not count any more.
        let old = [span(-90, Some(-31), 4_500), span(-31, Some(0), 4_900), span(0, None, 3_900)];
        assert_eq!(proven(&old, 1), Some(4_900));
        let just = [span(-90, Some(-29), 4_500), span(-29, Some(0), 4_900), span(0, None, 3_900)];
        assert_eq!(proven(&just, 1), Some(4_500));
    }

    #[test]
    fn a_price_raised_to_be_lowered_again_proves_no_reduction() {
        let prices = [span(-90, Some(-5), 3_900), span(-5, Some(0), 5_900), span(0, None, 3_900)];
        assert_eq!(proven(&prices, 1), None);
        assert_eq!(
            former(&prices, day(1)).unwrap().lowest,
            Lowest::Known { price: Money::new(3_900, Currency::EUR) }
        );
    }

    #[test]
    fn a_history_that_is_too_short_or_has_gaps_proves_nothing() {
        assert_eq!(proven(&[span(-20, Some(0), 4_900), span(0, None, 3_900)], 1), None);
        let gap = [span(-90, Some(-10), 4_900), span(-8, Some(0), 4_900), span(0, None, 3_900)];
        assert_eq!(former(&gap, day(1)).unwrap().lowest, Lowest::Incomplete);
        let mut mixed = [span(-90, Some(0), 4_900), span(0, None, 3_900)];
        mixed[0].price.currency = Currency::USD;
        assert_eq!(former(&mixed, day(1)).unwrap().proven(), None);
    }

    #[test]
    fn the_same_price_seen_again_does_not_restart_the_days() {
        let prices = [span(-90, Some(0), 4_900), span(0, Some(20), 3_900), span(20, None, 3_900)];
        assert_eq!(former(&prices, day(45)).unwrap().since, day(0));
        assert_eq!(proven(&prices, 45), Some(4_900));
    }

    #[test]
    fn nothing_is_said_while_no_price_is_known() {
        assert_eq!(former(&[span(-90, Some(-1), 4_900)], day(0)), None);
    }
}
