//! Quotations: words between quotation marks, with the name that follows them, if one does.

use crate::text::Text;
use std::ops::Range;

/// Words in quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quotation {
    /// The tokens inside.
    pub(crate) tokens: Range<usize>,
    /// The folded word that names a speaker right after the closing mark.
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
            let speaker = speaker(text, tokens.end);
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
}
