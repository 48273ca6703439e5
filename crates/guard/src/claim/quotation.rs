//! Quotations: words between quotation marks, with the name that follows or introduces them, if one does.

use crate::text::{Kind, Text};
use std::ops::Range;

/// Words in quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quotation {
    /// The tokens inside.
    pub(crate) tokens: Range<usize>,
    /// The folded word that names a speaker, right after the closing mark or in the words that lead to the opening one.
    pub(crate) speaker: Option<String>,
}

/// Every quotation of three words and more; shorter ones are names and codes.
pub(crate) fn all(text: &Text<'_>) -> Vec<Quotation> {
    let marks: Vec<usize> = text.folded.as_str().match_indices('"').map(|(at, _)| at).collect();
    let token_from = |byte: usize| text.tokens.partition_point(|token| token.start < byte);
    let mut found = Vec::new();
    // A mark that is never closed opens a quotation that runs to the end.
    for pair in marks.chunks(2) {
        let (open, close) = match pair {
            [open, close] => (*open, *close),
            [open] => (*open, text.folded.as_str().len()),
            _ => continue,
        };
        let tokens = token_from(open)..token_from(close);
        let words = tokens.clone().filter(|at| text.word(*at).starts_with(char::is_alphanumeric)).count();
        if words >= 3 {
            let speaker = speaker(text, tokens.end).or_else(|| introduced(text, tokens.start));
            found.push(Quotation { tokens, speaker });
        }
    }
    found
}

/// A capitalised word after a dash, comma, bracket or verb of saying.
fn speaker(text: &Text<'_>, after: usize) -> Option<String> {
    let mut introduced = false;
    for at in after..after + 5 {
        let word = text.word(at);
        match word {
            "-" | "," | "(" | "says" | "said" | "writes" | "wrote" | "dice" | "dijo" | "escribe"
            | "cuenta" | "opina" | "segun" => introduced = true,
            "." | "!" | "?" if at == after => {}
            _ if introduced && text.tokens.get(at).is_some_and(|token| token.capital) => {
                return Some(word.to_owned());
            }
            _ => return None,
        }
    }
    None
}

/// Words of saying that introduce somebody's words.
fn is_saying(word: &str) -> bool {
    matches!(
        word,
        "says"
            | "said"
            | "told"
            | "tells"
            | "writes"
            | "wrote"
            | "puts"
            | "put"
            | "words"
            | "according"
            | "dice"
            | "dijo"
            | "cuenta"
            | "conto"
            | "escribe"
            | "escribio"
            | "opina"
            | "afirma"
            | "confiesa"
            | "asegura"
            | "palabras"
            | "segun"
    )
}

/// A customer without a name.
fn is_customer(word: &str) -> bool {
    ["customer", "client", "shopper", "buyer", "subscriber", "suscript", "comprador"]
        .iter()
        .any(|stem| word.starts_with(stem))
        || matches!(word, "regular" | "regulars" | "habitual" | "habituales")
}

/// The capitalised word, or the customer, that leads to a quotation: "Como dice Lucía, clienta desde 2019: «...»".
fn introduced(text: &Text<'_>, before: usize) -> Option<String> {
    const REACH: usize = 16;
    let first = before.checked_sub(1)?;
    let opens = text.sentence(first).start;
    let lead: Vec<usize> = (before.saturating_sub(REACH)..before)
        .filter(|at| text.same_sentence(*at, first) && text.kind(*at) == Some(Kind::Word))
        .collect();
    if !lead.iter().any(|at| is_saying(text.word(*at))) {
        return None;
    }
    let capital = |at: usize| text.tokens.get(at).is_some_and(|token| token.capital);
    // Any word may open a sentence with a capital: it is a name when it is the one who says it.
    let named = |at: usize| {
        capital(at)
            && !matches!(text.word(at), "i" | "we")
            && (at != opens || (!is_common(text.word(at)) && speaks_next(text, at + 1)))
    };
    lead.into_iter().find(|at| named(*at) || is_customer(text.word(*at))).map(|at| text.word(at).to_owned())
}

/// "Laura told us", "Laura nos dijo", "Laura from Leeds".
fn speaks_next(text: &Text<'_>, at: usize) -> bool {
    let word = text.word(at);
    is_saying(word) || (matches!(word, "nos" | "me" | "has" | "ha") && is_saying(text.word(at + 1)))
}

/// Words that open a sentence and are no names.
fn is_common(word: &str) -> bool {
    matches!(
        word,
        "it" | "he"
            | "she"
            | "they"
            | "this"
            | "that"
            | "everybody"
            | "everyone"
            | "somebody"
            | "who"
            | "what"
            | "el"
            | "ella"
            | "esto"
            | "eso"
            | "quien"
            | "que"
            | "lo"
            | "como"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::message::Field;

    #[test]
    fn a_quotation_knows_its_speaker_and_a_code_is_none() {
        let text = Text::read(Field::Body, "“I love this lamp” – Ana. Use “WELCOME20”.");
        let found = all(&text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].speaker.as_deref(), Some("ana"));
        assert_eq!(text.quote(text.span(&found[0].tokens)), "I love this lamp");
    }

    #[test]
    fn a_speaker_may_stand_before_the_words_and_a_proverb_has_none() {
        for (text, speaker) in [
            ("Como dice Lucía, clienta desde 2019: «No cambio este café por nada».", Some("lucia")),
            ("In the words of Tom, our regular: “worth every penny”.", Some("tom")),
            ("Laura told us: “nothing else wakes me up”.", Some("laura")),
            ("Laura from Leeds told us: “nothing else wakes me up”.", Some("leeds")),
            ("Use the words “open sesame please” at the till.", None),
            ("Your card says “thank you very much”.", None),
            ("As one customer puts it: “worth every penny”.", Some("customer")),
            ("Como dice el refrán, «a quien madruga, Dios le ayuda».", None),
            ("As the saying goes, “slow and steady wins”.", None),
            ("My grandmother used to say “a watched pot never boils”.", None),
        ] {
            let text = Text::read(Field::Body, text);
            assert_eq!(all(&text)[0].speaker.as_deref(), speaker, "{:?}", text.original);
        }
    }
}
