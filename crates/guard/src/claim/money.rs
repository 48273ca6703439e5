//! Amounts of money: `€1.299,50`, `29 €`, `EUR 29`, `$29`, "veinte euros"; and what the sentence uses them for.

use super::number::{self, Decimal};
use super::{after, before};
use crate::text::Text;
use std::ops::Range;
use terms::money::{Currency, Money};

/// The currency as written. A dollar sign may mean any dollar or peso.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Known(Currency),
    Dollar,
}

/// What an amount is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A price or any other amount.
    Price,
    /// The price of before: "was €49".
    Before,
    /// An amount saved: "save €10".
    Saving,
    /// The order value from which something holds: "free shipping from €30".
    Threshold,
    /// Below this amount: "under €30".
    Below,
}

/// An amount in a text.
#[derive(Debug, Clone)]
pub(crate) struct MoneyClaim {
    pub(crate) tokens: Range<usize>,
    pub(crate) amount: Decimal,
    pub(crate) unit: Unit,
    pub(crate) role: Role,
}

impl MoneyClaim {
    /// True when the claim states exactly this amount.
    pub(crate) fn equals(&self, money: Money) -> bool {
        self.fits_currency(money.currency) && self.amount.minor(money.currency.digits()) == Some(money.minor)
    }

    /// True when the amount may be meant in this currency.
    pub(crate) fn fits_currency(&self, currency: Currency) -> bool {
        match self.unit {
            Unit::Known(known) => known == currency,
            Unit::Dollar => {
                matches!(
                    currency.as_str(),
                    "USD" | "CAD" | "AUD" | "NZD" | "MXN" | "ARS" | "COP" | "CLP" | "UYU"
                )
            }
        }
    }

    /// The amount in the currency of another amount, when it may be meant in it.
    pub(crate) fn in_currency_of(&self, money: Money) -> Option<i64> {
        self.fits_currency(money.currency).then(|| self.amount.minor(money.currency.digits())).flatten()
    }
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "€" | "eur" | "euro" | "euros" => Unit::Known(Currency::EUR),
        "£" | "gbp" | "pounds" | "pound" | "libras" => Unit::Known(Currency::GBP),
        "usd" => Unit::Known(Currency::USD),
        "$" | "dollars" | "dollar" | "dolares" | "dolar" | "pesos" | "bucks" => Unit::Dollar,
        "mxn" | "ars" | "cop" | "clp" | "cad" | "aud" | "chf" => Unit::Known(word.parse().ok()?),
        _ => return None,
    })
}

/// The amount that begins at a number, with a currency before or after it.
pub(crate) fn at(text: &Text<'_>, start: usize) -> Option<MoneyClaim> {
    let (mut amount, mut end) = number::at(text, start)?;
    let mut first = start;
    let prefix = start.checked_sub(1).filter(|at| text.same_sentence(*at, start)).and_then(|at| {
        let word = text.word(at);
        unit(word).filter(|_| matches!(word, "€" | "$" | "£") || word.len() == 3)
    });
    if prefix.is_some() {
        first = start - 1;
        // `US$ 29`
        if text.word(first) == "$" && first > 0 && text.word(first - 1) == "us" {
            first -= 1;
        }
    }
    // `29,- €`
    let mark = if text.word(end) == "," && text.word(end + 1) == "-" { end + 2 } else { end };
    let suffix = if text.same_sentence(mark, start) { unit(text.word(mark)) } else { None };
    let cents = matches!(text.word(end), "cents" | "centimos" | "centavos" | "cent" | "centimo");
    let unit = match (prefix, suffix) {
        // In "€29 $35" the second sign belongs to the second amount.
        (Some(unit), suffix) => {
            if suffix == Some(unit) {
                end = mark + 1;
            }
            unit
        }
        (None, Some(unit)) => {
            end = mark + 1;
            unit
        }
        (None, None) if cents && amount.scale == 0 => {
            amount.scale = 2;
            end += 1;
            Unit::Known(Currency::EUR)
        }
        (None, None) => return None,
    };
    let tokens = first..end;
    let role = role(text, &tokens);
    Some(MoneyClaim { tokens, amount, unit, role })
}

fn role(text: &Text<'_>, tokens: &Range<usize>) -> Role {
    let stop = |word: &&str| !word.starts_with(|c: char| c.is_ascii_digit()) && unit(word).is_none();
    // "Before: €49" is one saying, though a colon parts clauses.
    let colon = tokens
        .start
        .checked_sub(1)
        .filter(|at| text.word(*at) == ":" && text.same_sentence(*at, tokens.start));
    let head: Vec<&str> = before(text, colon.unwrap_or(tokens.start), 5).take_while(stop).collect();
    let tail: Vec<&str> = after(text, tokens.end, 3).take_while(stop).collect();
    let head_has = |words: &[&str]| head.iter().any(|word| words.contains(word));
    let tail_has = |words: &[&str]| tail.iter().any(|word| words.contains(word));
    let next_to = |words: &[&str]| head.first().is_some_and(|word| words.contains(word));

    let dropped_before = tail
        .iter()
        .position(|word| matches!(*word, "before" | "antes" | "previously" | "originally" | "anteriormente"));
    let before_ends = dropped_before.is_some_and(|place| {
        let next = text.word(tokens.end + place + 1);
        next.is_empty()
            || !(next.starts_with(|c: char| c.is_ascii_digit()) || unit(next).is_some() || next == "del")
    });
    if head_has(&[
        "was",
        "were",
        "before",
        "formerly",
        "previously",
        "originally",
        "instead",
        "rather",
        "rrp",
        "original",
        "normally",
        "usually",
        "usual",
        "regular",
        "antes",
        "vez",
        "lugar",
        "rebajado",
        "rebajada",
        "rebajados",
        "anterior",
        "costaba",
        "costaban",
        "valia",
        "normalmente",
        "habitual",
        "habitualmente",
        "anteriormente",
    ]) || head
        .windows(2)
        .any(|pair| matches!(pair, ["from", "down" | "reduced"] | ["price", "list" | "full"]))
        || before_ends
    {
        return Role::Before;
    }
    if head_has(&[
        "save",
        "saves",
        "saving",
        "savings",
        "discount",
        "ahorra",
        "ahorras",
        "ahorre",
        "ahorrar",
        "ahorro",
        "descuento",
        "rebaja",
    ]) || tail_has(&["off", "discount", "descuento", "dto", "ahorro", "rebaja", "cheaper"])
    {
        return Role::Saving;
    }
    let of_order = text.clause(tokens.start).any(|index| {
        matches!(
            text.word(index),
            "shipping"
                | "delivery"
                | "order"
                | "orders"
                | "purchase"
                | "purchases"
                | "spend"
                | "basket"
                | "envio"
                | "envios"
                | "pedido"
                | "pedidos"
                | "compra"
                | "compras"
                | "cesta"
                | "entrega"
                | "gastos"
        )
    });
    let lower_bound = head_has(&[
        "over",
        "above",
        "from",
        "minimum",
        "spend",
        "exceeding",
        "partir",
        "desde",
        "superior",
        "superiores",
        "minimo",
        "minima",
        "mas",
        "least",
    ]) || tail_has(&["minimum", "more", "mas"]);
    if next_to(&["spend"]) || (of_order && lower_bound) {
        return Role::Threshold;
    }
    if head_has(&["under", "below"])
        || head.windows(2).any(|pair| matches!(pair, ["than", "less"] | ["de", "menos"] | ["de", "debajo"]))
    {
        return Role::Below;
    }
    Role::Price
}

/// Completes amounts that lean on their neighbour: "29-39 €", "from €49 to €39", "de 49 € a 39 €".
pub(crate) fn with_ranges(text: &Text<'_>, mut claims: Vec<MoneyClaim>) -> Vec<MoneyClaim> {
    let mut more = Vec::new();
    for claim in &claims {
        let Some(dash) = claim.tokens.start.checked_sub(1).filter(|dash| *dash > 0) else { continue };
        let joined = text.word(dash) == "-" && text.same_clause(dash - 1, dash);
        if joined
            && let Some((amount, end)) = number::at(text, dash - 1)
            && end == dash
            && !claims.iter().any(|other| other.tokens.contains(&(dash - 1)))
        {
            more.push(MoneyClaim { tokens: dash - 1..dash, amount, unit: claim.unit, role: claim.role });
        }
    }
    claims.extend(more);
    claims.sort_by_key(|claim| claim.tokens.start);
    for later in 1..claims.len() {
        let (head, tail) = claims.split_at_mut(later);
        let (Some(first), Some(second)) = (head.last_mut(), tail.first()) else { continue };
        let between = text.word(first.tokens.end);
        let opens = first.tokens.start.checked_sub(1).map_or("", |at| text.word(at));
        let drop = first.tokens.end + 1 == second.tokens.start
            && matches!((opens, between), ("from", "to") | ("de", "a"))
            && first.amount.value() > second.amount.value();
        if drop {
            first.role = Role::Before;
        }
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Claims;
    use terms::message::Field;

    fn read(text: &str) -> Vec<(f64, Role)> {
        Claims::of(&Text::read(Field::Body, text)).money.iter().map(|c| (c.amount.value(), c.role)).collect()
    }

    #[test]
    fn amounts_are_read_in_every_common_way() {
        for text in [
            "€29",
            "29 €",
            "29€",
            "EUR 29",
            "$29",
            "29 euros",
            "twenty-nine euros",
            "veintinueve euros",
            "29,00 €",
            "€29.00",
            "US$29",
            "29,- €",
        ] {
            assert_eq!(read(text), [(29.0, Role::Price)], "{text}");
        }
        assert_eq!(read("€1.299,50 and €1,299.50"), [(1299.5, Role::Price), (1299.5, Role::Price)]);
    }

    #[test]
    fn the_words_around_an_amount_say_what_it_is() {
        assert_eq!(read("Now €39, was €49"), [(39.0, Role::Price), (49.0, Role::Before)]);
        assert_eq!(read("39 € antes 49 €"), [(39.0, Role::Price), (49.0, Role::Before)]);
        assert_eq!(read("39 € en vez de 49 €"), [(39.0, Role::Price), (49.0, Role::Before)]);
        assert_eq!(read("de 49 € a 39 €"), [(49.0, Role::Before), (39.0, Role::Price)]);
        assert_eq!(read("Save €10 today"), [(10.0, Role::Saving)]);
        assert_eq!(read("10 € de descuento"), [(10.0, Role::Saving)]);
        assert_eq!(read("Envío gratis a partir de 30 €"), [(30.0, Role::Threshold)]);
        assert_eq!(read("Free shipping on orders over €30"), [(30.0, Role::Threshold)]);
        assert_eq!(read("Everything under €30"), [(30.0, Role::Below)]);
        assert_eq!(read("29-39 €"), [(29.0, Role::Price), (39.0, Role::Price)]);
    }
}
