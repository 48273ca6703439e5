//! What a date in a text is for: the end of an offer, its beginning, a time within it, or only a mention.

use super::super::stretch::{Stretch, long_time};
use super::super::{after, before};
use super::When;
use crate::text::{Kind, Text};
use std::ops::Range;

/// What a date is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// The end of something: "until".
    Deadline,
    /// The beginning of something: "from".
    Start,
    /// Only named.
    Mention,
    /// A time within which an offer is said to hold: "20 % off this weekend".
    Within,
}

pub(super) fn is_deadline_word(word: &str) -> bool {
    matches!(
        word,
        "until"
            | "till"
            | "til"
            | "by"
            | "before"
            | "through"
            | "thru"
            | "hasta"
            | "antes"
            | "deadline"
            | "plazo"
    ) || ["end", "expir", "clos", "finish", "termin", "acab", "finaliz", "caduc", "venc", "cierr"]
        .iter()
        .any(|stem| word.starts_with(stem))
        && !matches!(word, "close" | "enda" | "endless")
}

/// What a date is used for; `None` when it claims nothing ("visit us today", "¡Hasta mañana!").
pub(super) fn use_of(text: &Text<'_>, tokens: &Range<usize>, when: When) -> Option<Use> {
    let named = matches!(when, When::Date { .. });
    // "By Tuesday" sets a deadline, "packed by hand on Tuesday" does not.
    let deadline = before(text, tokens.start, 5)
        .take_while(|w| !matches!(*w, "from" | "desde"))
        .enumerate()
        .any(|(distance, word)| is_deadline_word(word) && (word != "by" || distance < 2));
    let only = |word: &str| matches!(word, "only" | "solo" | "just" | "solamente" | "unicamente");
    let exclusive = before(text, tokens.start, 2).any(only) || after(text, tokens.end, 1).any(only);
    let starts = before(text, tokens.start, 3).any(|w| {
        matches!(
            w,
            "from" | "since" | "desde" | "partir" | "starting" | "starts" | "begins" | "opens" | "empieza"
        )
    });
    match when {
        When::Hours(_) | When::Days(_) => {
            let left = after(text, tokens.end, 2).any(|w| matches!(w, "left" | "remaining" | "restantes"))
                || before(text, tokens.start, 3).any(|w| {
                    matches!(
                        w,
                        "last"
                            | "next"
                            | "only"
                            | "solo"
                            | "quedan"
                            | "queda"
                            | "proximas"
                            | "proximos"
                            | "ultimas"
                            | "ultimos"
                            | "ends"
                            | "ending"
                            | "expires"
                            | "termina"
                            | "acaba"
                            | "caduca"
                    )
                })
                || before(text, tokens.start, 4).any(|w| matches!(w, "valid" | "valido" | "valida"));
            let ago = before(text, tokens.start, 4).any(|w| matches!(w, "in" | "over" | "en" | "past"))
                && !before(text, tokens.start, 4).any(is_deadline_word);
            (left && !ago).then_some(Use::Deadline)
        }
        When::Tomorrow if is_farewell(text, tokens) => None,
        When::End(stretch) => {
            let valid = before(text, tokens.start, 5).any(|word| {
                matches!(
                    word,
                    "valid" | "valido" | "valida" | "vale" | "good" | "holds" | "lasts" | "dura" | "durante"
                )
            });
            let past = before(text, tokens.start, 4).any(|word| {
                matches!(
                    word,
                    "last"
                        | "past"
                        | "over"
                        | "after"
                        | "ultimos"
                        | "ultimas"
                        | "pasados"
                        | "despues"
                        | "hace"
                )
            });
            let length = long_time(text, tokens.start).is_some();
            let lasting = before(text, tokens.start, 2).any(|word| matches!(word, "for" | "durante" | "por"));
            // "At the end of next month" was read as a whole already.
            let inner = before(text, tokens.start, 2).eq(["of", "end"]);
            let limit = before(text, tokens.start, 5).any(|word| is_deadline_word(word) && word != "by");
            let season = length_of(tokens) == 1 && stretch == Stretch::Vague;
            match stretch {
                _ if inner => None,
                // "Our winter blend" lasts no winter.
                _ if season => limit.then_some(Use::Deadline),
                // "Our two-year guarantee" is no deadline.
                Stretch::Vague if length && !(limit || valid || lasting) => None,
                _ if deadline || valid => Some(Use::Deadline),
                _ if past => None,
                Stretch::Vague if length && is_warranted(text, tokens) => None,
                Stretch::Vague if in_an_offer(text, tokens) => Some(Use::Deadline),
                Stretch::Vague => None,
                _ if in_an_offer(text, tokens) => Some(Use::Within),
                _ => None,
            }
        }
        _ if deadline
            || (exclusive && !named && !matches!(when, When::MonthEnd(Some(_)) | When::DayOfMonth(_))) =>
        {
            Some(Use::Deadline)
        }
        When::Date { .. } if starts => Some(Use::Start),
        When::Date { .. } => Some(Use::Mention),
        When::Today | When::Tomorrow | When::Weekend if in_an_offer(text, tokens) => Some(Use::Within),
        _ => None,
    }
}

/// "¡Hasta mañana!": three words at most and nothing else in the sentence.
fn is_farewell(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let sentence = text.sentence(tokens.start);
    let words = sentence.filter(|at| text.kind(*at) == Some(Kind::Word)).count();
    words <= 3
        && tokens.start > 0
        && before(text, tokens.start, 3).any(|w| w == "hasta")
        && !before(text, tokens.start, 3).any(|w| matches!(w, "solo" | "valido" | "valida" | "oferta"))
}

fn length_of(tokens: &Range<usize>) -> usize {
    tokens.end - tokens.start
}

/// True when the clause speaks of a guarantee, which has a length of its own.
fn is_warranted(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    text.clause(tokens.start).any(|at| {
        matches!(
            text.word(at),
            "guarantee" | "guaranteed" | "warranty" | "garantia" | "returns" | "devoluciones"
        )
    })
}

fn in_an_offer(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    text.clause(tokens.start).any(|at| {
        matches!(
            text.word(at),
            "%" | "€" | "$" | "£" | "off" | "discount" | "descuento" | "percent" | "euros"
        )
    })
}
