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

use crate::phrase::Fnv;
use crate::text::{Kind, Text};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

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
            if opens(text, at) {
                at = claims.next(text, at).max(at + 1);
            } else {
                debug_assert!(nothing_begins(text, at), "`{}` opens a claim", text.word(at));
                at += 1;
            }
        }
        claims.money = money::with_ranges(text, std::mem::take(&mut claims.money));
        claims
    }

    fn is_empty(&self) -> bool {
        let Self { money, percents, fractions, dates, quantities, quotations } = self;
        money.is_empty()
            && percents.is_empty()
            && fractions.is_empty()
            && dates.is_empty()
            && quantities.is_empty()
            && quotations.is_empty()
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

/// Words that a claim may begin with, beside numbers: of ten words in a text, eight are not asked any further. Where
/// assertions are on, as in every test, the others are asked as well.
const OPENERS: &[&str] = &[
    "a",
    "an",
    "half",
    "halves",
    "mitad",
    "medio",
    "media",
    "third",
    "thirds",
    "tercio",
    "tercios",
    "tercera",
    "terceras",
    "quarter",
    "quarters",
    "fourth",
    "fourths",
    "cuarto",
    "cuartos",
    "cuarta",
    "cuartas",
    "fifth",
    "fifths",
    "quinto",
    "quintos",
    "quinta",
    "quintas",
    "sixth",
    "sixths",
    "sexto",
    "sexta",
    "sextas",
    "eighth",
    "eighths",
    "octavo",
    "octava",
    "octavas",
    "tenth",
    "tenths",
    "decimo",
    "decima",
    "decimas",
    "january",
    "enero",
    "jan",
    "ene",
    "february",
    "febrero",
    "feb",
    "march",
    "marzo",
    "mar",
    "april",
    "abril",
    "apr",
    "abr",
    "may",
    "mayo",
    "june",
    "junio",
    "jun",
    "july",
    "julio",
    "jul",
    "august",
    "agosto",
    "aug",
    "ago",
    "september",
    "septiembre",
    "setiembre",
    "sept",
    "sep",
    "october",
    "octubre",
    "oct",
    "november",
    "noviembre",
    "nov",
    "december",
    "diciembre",
    "dec",
    "dic",
    "monday",
    "lunes",
    "tuesday",
    "martes",
    "wednesday",
    "miercoles",
    "thursday",
    "jueves",
    "friday",
    "viernes",
    "saturday",
    "sabado",
    "sunday",
    "domingo",
    "today",
    "hoy",
    "tonight",
    "midnight",
    "medianoche",
    "tomorrow",
    "manana",
    "weekend",
    "finde",
    "fin",
    "end",
    "final",
    "finales",
    "christmas",
    "navidad",
    "next",
    "following",
    "coming",
    "proximo",
    "proxima",
    "week",
    "semana",
    "month",
    "mes",
    "year",
    "ano",
    "season",
    "temporada",
    "trimestre",
    "rest",
    "resto",
    "lo",
    "this",
    "esta",
    "este",
    "all",
    "whole",
    "entire",
    "todo",
    "toda",
    "spring",
    "summer",
    "autumn",
    "winter",
    "primavera",
    "verano",
    "otono",
    "invierno",
];

static OPENING: LazyLock<HashSet<&'static str, Fnv>> = LazyLock::new(|| OPENERS.iter().copied().collect());

fn opens(text: &Text<'_>, at: usize) -> bool {
    text.is_numeral(at) || (text.kind(at) == Some(Kind::Word) && OPENING.contains(text.word(at)))
}

/// What [`opens`] takes for granted of every other token.
fn nothing_begins(text: &Text<'_>, at: usize) -> bool {
    let mut claims = Claims::default();
    claims.next(text, at);
    claims.is_empty()
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
