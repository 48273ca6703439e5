//! Stretches of the calendar that an offer may be said to last: "next month", "lo que queda de año", "all winter", "six
//! months". `date.rs` says what they are used for, the clock on which day they end.

use super::date::When;
use super::number;
use crate::text::Text;

/// A stretch of the calendar, told from the day of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stretch {
    ThisWeek,
    NextWeek,
    NextMonth,
    ThisYear,
    NextYear,
    /// A season, or months and years from now: no one day, so no fact gives it.
    Vague,
}

/// "Next month", "la semana que viene", "all winter", "the rest of the year".
pub(super) fn stretch(text: &Text<'_>, start: usize) -> Option<(When, usize)> {
    let next = |n: usize| text.word(start + n);
    let (what, length) = match (text.word(start), next(1), next(2)) {
        ("next" | "following" | "coming" | "proximo" | "proxima", unit, _) => (following(unit)?, 2),
        (unit, "que", "viene" | "entra") => (following(unit)?, 3),
        (unit, "proximo" | "proxima", _) => (following(unit)?, 2),
        ("rest" | "resto", ..) => rest(text, start + 1)?,
        ("lo", "que", "queda" | "resta") => rest(text, start + 3).map(|(what, length)| (what, length + 2))?,
        ("this" | "esta" | "este", unit, _) => (current(unit)?, 2),
        ("all" | "whole" | "entire" | "todo" | "toda", _, _) => {
            let at =
                usize::from(matches!(next(1), "the" | "of" | "el" | "la" | "this" | "este" | "esta")) + 1;
            (season(next(at)).then_some(Stretch::Vague).or_else(|| whole(next(at)))?, at + 1)
        }
        (word, ..) if season(word) => (Stretch::Vague, 1),
        _ => return None,
    };
    Some((When::End(what), start + length))
}

fn following(unit: &str) -> Option<Stretch> {
    Some(match unit {
        "week" | "semana" => Stretch::NextWeek,
        "month" | "mes" => Stretch::NextMonth,
        "year" | "ano" => Stretch::NextYear,
        "season" | "temporada" | "quarter" | "trimestre" => Stretch::Vague,
        _ => return None,
    })
}

fn current(unit: &str) -> Option<Stretch> {
    Some(match unit {
        "week" | "semana" => Stretch::ThisWeek,
        "year" | "ano" => Stretch::ThisYear,
        _ => return None,
    })
}

fn whole(unit: &str) -> Option<Stretch> {
    matches!(unit, "year" | "ano").then_some(Stretch::ThisYear)
}

/// "Of the year", "de ano", after "the rest" or "lo que queda".
fn rest(text: &Text<'_>, from: usize) -> Option<(Stretch, usize)> {
    let skipped = (from..from + 3)
        .take_while(|at| {
            matches!(text.word(*at), "of" | "the" | "de" | "del" | "la" | "el" | "this" | "este")
        })
        .count();
    let what = current(text.word(from + skipped))?;
    Some((what, skipped + 2))
}

fn season(word: &str) -> bool {
    matches!(word, "spring" | "summer" | "autumn" | "winter" | "primavera" | "verano" | "otono" | "invierno")
}

/// "A year", "six months", "un ano": a length of time that no day of the calendar ends.
pub(super) fn long_time(text: &Text<'_>, start: usize) -> Option<usize> {
    let end = match text.word(start) {
        "a" | "an" => start + 1,
        _ => number::at(text, start)?.1,
    };
    matches!(text.word(end), "month" | "months" | "year" | "years" | "mes" | "meses" | "ano" | "anos")
        .then_some(end + 1)
}
