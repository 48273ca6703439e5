//! Savings told as fractions: "a third off", "two thirds less", "half the usual price", "pay only a quarter", "la mitad
//! de descuento", "tres cuartas partes menos". Comes out as a percentage saved.
//!
//! A fraction of something else ("half of our team", "a quarter past nine") is none of these and is left alone.

use super::{before, number};
use crate::text::{Kind, Text};
use std::ops::Range;

/// A saving told as a fraction.
#[derive(Debug, Clone)]
pub(crate) struct FractionClaim {
    pub(crate) tokens: Range<usize>,
    /// Percentage saved, 0 to 100.
    pub(crate) saved: f64,
}

/// The denominator a word names; halves need no numerator.
fn denominator(word: &str) -> Option<f64> {
    Some(match word {
        "half" | "halves" | "mitad" => 2.0,
        "third" | "thirds" | "tercio" | "tercios" | "tercera" | "terceras" => 3.0,
        "quarter" | "quarters" | "fourth" | "fourths" | "cuarto" | "cuartos" | "cuarta" | "cuartas" => 4.0,
        "fifth" | "fifths" | "quinto" | "quintos" | "quinta" | "quintas" => 5.0,
        "sixth" | "sixths" | "sexto" | "sexta" | "sextas" => 6.0,
        "eighth" | "eighths" | "octavo" | "octava" | "octavas" => 8.0,
        "tenth" | "tenths" | "decimo" | "decima" | "decimas" => 10.0,
        _ => return None,
    })
}

/// A fraction, 0 to 1, the token after it, and whether its numerator is written.
fn fraction(text: &Text<'_>, start: usize) -> Option<(f64, usize, bool)> {
    let over = |top: f64, at: usize| {
        let bottom = denominator(text.word(at))?;
        let end =
            if matches!(text.word(at + 1), "part" | "parts" | "parte" | "partes") { at + 2 } else { at + 1 };
        (top <= bottom && text.same_sentence(at, start)).then_some((top / bottom, end))
    };
    if text.kind(start) == Some(Kind::Number) && text.word(start + 1) == "/" {
        let (top, bottom) = (number::parse(text.word(start))?, number::parse(text.word(start + 2))?);
        let (top, bottom) = (top.integer()? as f64, bottom.integer()? as f64);
        let fits = (1.0..=9.0).contains(&top) && (2.0..=10.0).contains(&bottom) && top < bottom;
        return fits.then_some((top / bottom, start + 3, true));
    }
    if matches!(text.word(start), "a" | "an") {
        // "A mitad de precio" begins with a preposition.
        let english = ["half", "third", "quarter", "fourth", "fifth", "sixth", "eighth", "tenth"];
        if !english.contains(&text.word(start + 1)) {
            return None;
        }
        return over(1.0, start + 1).map(|(value, end)| (value, end, true));
    }
    if let Some((top, end)) = number::at(text, start) {
        return over(top.integer()? as f64, end).map(|(value, end)| (value, end, true));
    }
    over(1.0, start).map(|(value, end)| (value, end, denominator(text.word(start)) == Some(2.0)))
}

fn is_off(word: &str) -> bool {
    matches!(
        word,
        "off"
            | "less"
            | "discount"
            | "cheaper"
            | "reduction"
            | "saving"
            | "savings"
            | "menos"
            | "descuento"
            | "rebaja"
            | "dto"
            | "ahorro"
    )
}

fn is_price(word: &str) -> bool {
    matches!(
        word,
        "price" | "prices" | "cost" | "costs" | "precio" | "precios" | "coste" | "costes" | "importe"
    )
}

/// Words that may stand between a fraction and what it is a fraction of.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "of" | "the"
            | "its"
            | "your"
            | "our"
            | "their"
            | "usual"
            | "normal"
            | "regular"
            | "full"
            | "original"
            | "de"
            | "del"
            | "su"
            | "tu"
            | "el"
            | "la"
            | "lo"
            | "los"
            | "habitual"
    )
}

/// The saving that begins at a token.
pub(crate) fn at(text: &Text<'_>, start: usize) -> Option<FractionClaim> {
    let (part, end, counted) = fraction(text, start)?;
    let reach = if counted { 4 } else { 0 };
    let cue = (end..=end + reach)
        .take_while(|at| text.same_sentence(*at, start))
        .find(|at| !is_filler(text.word(*at)));
    if let Some(cue) = cue.filter(|cue| (end..=end + reach).contains(cue)) {
        let word = text.word(cue);
        if is_off(word) {
            return Some(FractionClaim { tokens: start..cue + 1, saved: part * 100.0 });
        }
        // "A third of the price" is what is paid.
        if counted && is_price(word) {
            return Some(FractionClaim { tokens: start..cue + 1, saved: (1.0 - part) * 100.0 });
        }
    }
    // "Half an hour", "media docena", "a quarter of an hour".
    let measured = (end..end + 3).any(|at| {
        matches!(
            text.word(at),
            "an" | "hour"
                | "hours"
                | "hora"
                | "dozen"
                | "docena"
                | "kilo"
                | "litre"
                | "litro"
                | "minute"
                | "past"
                | "to"
        )
    });
    if measured || !counted {
        return None;
    }
    let head = |words: &[&str]| before(text, start, 4).any(|word| words.contains(&word));
    if head(&[
        "save",
        "saves",
        "saving",
        "ahorra",
        "ahorras",
        "ahorre",
        "slash",
        "slashed",
        "knock",
        "rebajamos",
    ]) {
        return Some(FractionClaim { tokens: start..end, saved: part * 100.0 });
    }
    let paid =
        ["pay", "pays", "paying", "paga", "pagas", "pague", "pagaras", "cost", "costs", "cuesta", "cuestan"];
    head(&paid).then_some(FractionClaim { tokens: start..end, saved: (1.0 - part) * 100.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Claims;
    use terms::message::Field;

    fn read(text: &str) -> Vec<f64> {
        Claims::of(&Text::read(Field::Body, text)).fractions.iter().map(|claim| claim.saved.round()).collect()
    }

    #[test]
    fn savings_told_as_fractions_are_read_in_both_languages() {
        for (text, saved) in [
            ("A quarter off your whole basket", 25.0),
            ("two thirds less", 67.0),
            ("½ price", 50.0),
            ("3/4 off", 75.0),
            ("half its usual cost", 50.0),
            ("Pay only a third for it", 67.0),
            ("la mitad de descuento", 50.0),
            ("una quinta parte de descuento", 20.0),
            ("tres cuartas partes menos", 75.0),
            ("a mitad de precio", 50.0),
            ("te cuesta la mitad", 50.0),
        ] {
            assert_eq!(read(text), [saved], "{text}");
        }
    }

    #[test]
    fn fractions_of_something_else_are_left_alone() {
        for text in [
            "Half of our team drinks it black",
            "A quarter past nine",
            "It costs half an hour",
            "La mitad de las mesas son oscuras",
            "Un tercio de la bolsa",
            "Your third order is on its way",
            "a las nueve y cuarto",
        ] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
    }
}
