//! Tokens: words, numbers, signs, addresses; each with its clause and its sentence. Hyphens inside words vanish
//! ("best-selling" reads as two words), quotation marks and emphasis signs are no tokens.

use super::fold::Folded;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, with apostrophes inside.
    Word,
    /// Digits with separators: `1.299,50`.
    Number,
    /// One sign: `€`, `%`, `,`.
    Sign,
    /// A web or e-mail address; its inside is not read.
    Address,
}

/// One token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Bytes in the folded text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Bytes in the original.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Number of its sentence within the field.
    pub(crate) sentence: u32,
    /// Number of its clause within the field.
    pub(crate) clause: u32,
    /// Set when its first letter is a capital in the original.
    pub(crate) capital: bool,
}

/// A full stop after these ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "no", "n", "nr", "num", "nov", "dec", "jan", "feb", "mar", "apr", "aug", "sept", "sep", "oct", "dic",
    "ene", "abr", "ago", "mr", "mrs", "ms", "dr", "dra", "sr", "sra", "srta", "st", "av", "avda", "dto",
    "dpto", "ud", "uds", "vs", "approx", "aprox", "max", "min", "tel", "art", "pag", "incl", "etc",
];

struct Cutter<'t> {
    folded: &'t Folded,
    text: &'t str,
    original: &'t str,
    tokens: Vec<Token>,
    sentence: u32,
    clause: u32,
    /// Set when the next token opens a sentence.
    sentence_is_over: bool,
    clause_is_over: bool,
}

pub(crate) fn tokens(folded: &Folded, original: &str) -> Vec<Token> {
    let text = folded.as_str();
    let mut cutter = Cutter {
        folded,
        text,
        original,
        tokens: Vec::with_capacity(text.len() / 4),
        sentence: 0,
        clause: 0,
        sentence_is_over: false,
        clause_is_over: false,
    };
    let mut at = 0;
    let mut chunk_end = 0;
    let addressed = ["://", "www.", "mailto:", "@"].iter().any(|mark| text.contains(mark));
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if addressed && at >= chunk_end && !c.is_whitespace() {
            chunk_end = cutter.chunk_end(at);
            if let Some(end) = cutter.address_end(at, chunk_end) {
                cutter.push(Kind::Address, at, end);
                at = end;
                continue;
            }
        }
        at = if c == '\n' {
            cutter.line_break(at)
        } else if c.is_whitespace() {
            at + c.len_utf8()
        } else if c.is_ascii_digit() {
            let end = cutter.number_end(at);
            cutter.push(Kind::Number, at, end);
            end
        } else if c.is_alphabetic() {
            let end = cutter.word_end(at);
            cutter.push(Kind::Word, at, end);
            end
        } else {
            cutter.sign(c, at);
            at + c.len_utf8()
        };
    }
    cutter.tokens
}

impl Cutter<'_> {
    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|rest| rest.chars().next())
    }

    fn char_before(&self, at: usize) -> Option<char> {
        self.text.get(..at).and_then(|head| head.chars().next_back())
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        if self.tokens.is_empty() {
            self.sentence_is_over = false;
            self.clause_is_over = false;
        }
        if self.sentence_is_over {
            self.sentence += 1;
        }
        if self.sentence_is_over || self.clause_is_over {
            self.clause += 1;
        }
        self.sentence_is_over = false;
        self.clause_is_over = false;
        let (from, to) = self.folded.place(start, end);
        let capital =
            self.original.get(from..).and_then(|rest| rest.chars().next()).is_some_and(char::is_uppercase);
        let (sentence, clause) = (self.sentence, self.clause);
        self.tokens.push(Token { kind, start, end, from, to, sentence, clause, capital });
    }

    fn chunk_end(&self, at: usize) -> usize {
        self.text
            .get(at..)
            .and_then(|rest| rest.find(char::is_whitespace))
            .map_or(self.text.len(), |n| at + n)
    }

    /// The end of a web or e-mail address that begins here, without the punctuation that follows it.
    fn address_end(&self, at: usize, chunk_end: usize) -> Option<usize> {
        let chunk = self.text.get(at..chunk_end)?;
        let is_address = chunk.contains("://")
            || chunk.starts_with("www.")
            || chunk.starts_with("mailto:")
            || chunk.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        let kept = chunk.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '>', '"', '\'', '*']);
        (is_address && !kept.is_empty()).then(|| at + kept.len())
    }

    fn number_end(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
        let mut end = at;
        loop {
            if digit(end)
                || (end > at && matches!(bytes.get(end), Some(b'.' | b',' | b'\'')) && digit(end + 1))
            {
                end += 1;
            } else {
                return end;
            }
        }
    }

    fn word_end(&self, at: usize) -> usize {
        let mut end = at;
        let mut rest = self.text.get(at..).unwrap_or("").chars().peekable();
        while let Some(c) = rest.next() {
            let inside = c.is_alphabetic()
                || (c == '\'' && end > at && rest.peek().is_some_and(|n| n.is_alphabetic()));
            if !inside {
                break;
            }
            end += c.len_utf8();
        }
        end
    }

    /// An empty line ends a sentence, and so does a line break before a list item.
    fn line_break(&mut self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or("");
        let next = rest.trim_start();
        let gap = rest.len() - next.len();
        let empty_line = rest.get(..gap).is_some_and(|blank| blank.matches('\n').count() > 1);
        if empty_line || next.starts_with(['-', '*', '•', '·', '–', '>', '#']) {
            self.sentence_is_over = true;
        }
        at + gap.max(1)
    }

    fn sign(&mut self, c: char, at: usize) {
        let end = at + c.len_utf8();
        let (before, after) = (self.char_before(at), self.char_at(end));
        match c {
            '-' => {
                let joins = before.is_some_and(char::is_alphanumeric)
                    && after.is_some_and(char::is_alphanumeric)
                    && !(before.is_some_and(|b| b.is_ascii_digit())
                        && after.is_some_and(|a| a.is_ascii_digit()));
                if !joins {
                    self.push(Kind::Sign, at, end);
                    // Between spaces it parts clauses; between digits it is a range.
                    self.clause_is_over = before.is_none_or(char::is_whitespace);
                }
            }
            ',' | ';' | ':' | '(' | ')' => {
                self.push(Kind::Sign, at, end);
                self.clause_is_over = true;
            }
            '!' | '?' => {
                self.push(Kind::Sign, at, end);
                self.sentence_is_over = true;
            }
            '.' => {
                let ends = self.full_stop_ends_sentence(end);
                self.push(Kind::Sign, at, end);
                self.sentence_is_over = ends;
            }
            '€' | '$' | '£' | '¥' | '%' | '/' | '#' | '+' | '@' | '&' | '[' | ']' | '{' | '}' | '<' | '>'
            | '=' | '★' | '⭐' => self.push(Kind::Sign, at, end),
            '¿' | '¡' => {
                self.clause_is_over |= self.tokens.last().is_some_and(|last| last.clause == self.clause)
            }
            _ => {}
        }
    }

    fn full_stop_ends_sentence(&self, after: usize) -> bool {
        let rest = self.text.get(after..).unwrap_or("");
        if !rest.starts_with(|c: char| c.is_whitespace() || c == '"' || c == '\'' || c == ')')
            && !rest.is_empty()
        {
            return false;
        }
        let shortened = self.tokens.last().is_some_and(|last| {
            let word = self.folded.slice(last.start, last.end);
            last.kind == Kind::Word && ABBREVIATIONS.contains(&word)
        });
        if !shortened {
            return true;
        }
        // After an abbreviation, a sentence ends only where a capital follows that opens no name of a month.
        let next = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let next_at = self.text.len() - next.len();
        let (from, _) = self.folded.place(next_at, next_at + 1);
        let capital =
            self.original.get(from..).and_then(|rest| rest.chars().next()).is_some_and(char::is_uppercase);
        next.is_empty() || capital
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, u32)> {
        let folded = Folded::of(text);
        tokens(&folded, text)
            .iter()
            .map(|token| (folded.slice(token.start, token.end).to_owned(), token.sentence))
            .collect()
    }

    #[test]
    fn numbers_keep_their_separators_and_lose_the_full_stop() {
        let words: Vec<String> =
            cut("It is 1.299,50€. Best-selling!").into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["it", "is", "1.299,50", "€", ".", "best", "selling", "!"]);
    }

    #[test]
    fn sentences_end_at_stops_and_empty_lines_not_at_abbreviations() {
        let last = |text: &str| cut(text).last().map(|(_, sentence)| *sentence);
        assert_eq!(last("The no. 1 shop"), Some(0));
        assert_eq!(last("Hello\n\nWe wrote. You read"), Some(2));
        assert_eq!(last("soft\nwrap"), Some(0));
        assert_eq!(last("see shop.example/20-off now"), Some(0));
    }
}
