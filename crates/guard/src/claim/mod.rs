//! Typed claims: amounts of money, percentages, fractions, dates, quantities, quotations. Goes in: a field as tokens. Comes out: what it
//! claims and where, in both languages at once. Whether a claim is true is for the rules to say.

pub(crate) mod date;
pub(crate) mod fraction;
pub(crate) mod money;
pub(crate) mod number;
pub(crate) mod percent;
pub(crate) mod quantity;
pub(crate) mod quotation;
pub(crate) mod stretch;

use crate::text::Text;
use std::ops::Range;

/// The claims of one field.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    pub(crate) money: Vec<money::MoneyClaim>,
    pub(crate) percents: Vec<percent::PercentClaim>,
    pub(crate) fractions: Vec<fraction::FractionClaim>,
    pub(crate) dates: Vec<date::DateClaim>,
    pub(crate) quantities: Vec<quantity::QuantityClaim>,
    pub(crate) quotations: Vec<quotation::Quotation>,
}

impl Claims {
    pub(crate) fn of(text: &Text<'_>) -> Self {
        let mut claims = Self { quotations: quotation::all(text), ..Self::default() };
        let mut at = 0;
        while at < text.tokens.len() {
            at = claims.next(text, at).max(at + 1);
        }
        claims.money = money::with_ranges(text, std::mem::take(&mut claims.money));
        claims
    }

    /// Reads the claim that begins at a token, if one does; the token after it.
    fn next(&mut self, text: &Text<'_>, at: usize) -> usize {
        // A length of time may be a date as well ("valid for 30 days"): both are read, and rules tell them apart.
        if self.quantities.last().is_none_or(|last| last.tokens.end <= at) {
            self.quantities.extend(quantity::at(text, at));
        }
        if let Some(claim) = fraction::at(text, at) {
            let end = claim.tokens.end;
            self.fractions.push(claim);
            return end;
        }
        let numeric = text.is_numeral(at);
        if numeric {
            if let Some(claim) = money::at(text, at) {
                let end = claim.tokens.end;
                self.money.push(claim);
                return end;
            }
            let percents = percent::at(text, at);
            if let Some(last) = percents.last() {
                let end = last.tokens.end;
                self.percents.extend(percents);
                return end;
            }
        }
        let dates = date::at(text, at);
        let end = dates.last().map_or(at, |last| last.tokens.end);
        self.dates.extend(dates);
        end
    }
}

/// The words of the same clause before a token, nearest first, at most `reach` of them.
pub(crate) fn before<'t>(text: &'t Text<'_>, at: usize, reach: usize) -> impl Iterator<Item = &'t str> {
    (0..at)
        .rev()
        .take(reach)
        .take_while(move |index| text.same_clause(*index, at))
        .map(|index| text.word(index))
}

/// The words of the same clause from a token on, at most `reach` of them.
pub(crate) fn after<'t>(text: &'t Text<'_>, end: usize, reach: usize) -> impl Iterator<Item = &'t str> {
    let of = end.saturating_sub(1);
    (end..end + reach).take_while(move |index| text.same_clause(*index, of)).map(|index| text.word(index))
}

pub(crate) const NEGATIONS: &[&str] = &[
    "not", "no", "never", "without", "isn't", "aren't", "wasn't", "don't", "doesn't", "didn't", "won't",
    "can't", "cannot", "isnt", "arent", "dont", "doesnt", "wont", "cant", "neither", "nor", "nunca", "sin",
    "ni", "tampoco", "jamas",
];

/// True when a claim is negated inside its clause: "is not waterproof", "no podemos garantizar". "Not only" and
/// what stands before "but" negate nothing.
pub(crate) fn is_negated(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let mut nearer = "";
    for word in before(text, tokens.start, 5) {
        if matches!(word, "but" | "pero" | "sino" | "and" | "y" | "que" | "that") {
            return false;
        }
        if NEGATIONS.contains(&word) {
            return !matches!(nearer, "only" | "solo" | "solamente" | "just" | ".") && nearer != "1";
        }
        nearer = word;
    }
    false
}
