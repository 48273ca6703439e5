//! Text to tokens with their byte spans. It knows no field and no meaning.

use super::error::SegmentError;
use super::problem::SegmentProblem;

/// First byte and one past the last.
pub(crate) type Place = (usize, usize);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A keyword, field or bare value, as written.
    Word(String),
    /// A quoted text, without its quotes.
    Text(String),
    Number(f64),
    Sign(Sign),
    Open,
    Close,
    Comma,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Token {
    /// How an error names this token; `None` at the end of the text.
    pub(crate) fn shown(&self) -> Option<String> {
        (self != &Self::End).then(|| self.quoted())
    }

    /// The token between backticks; empty at the end of the text.
    pub(crate) fn quoted(&self) -> String {
        match self {
            Self::Word(word) => format!("`{}`", shorten(word)),
            Self::Text(text) => format!("`\"{}\"`", shorten(text)),
            Self::Number(number) => format!("`{number}`"),
            Self::Sign(sign) => format!("`{}`", sign.as_str()),
            Self::Open => "`(`".to_owned(),
            Self::Close => "`)`".to_owned(),
            Self::Comma => "`,`".to_owned(),
            Self::End => String::new(),
        }
    }
}

impl Sign {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// At most 40 characters of what somebody wrote, for an error.
pub(crate) fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The greatest magnitude a number may have: beyond it, neighbouring integers are no longer told apart.
const LARGEST: f64 = 1e15;

/// Splits a text into tokens; the last one is [`Token::End`].
pub(crate) fn lex(source: &str) -> Result<Vec<(Token, Place)>, SegmentError> {
    let mut tokens = Vec::new();
    let mut chars = source.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let mut eat = |wanted: char| chars.next_if(|&(_, c)| c == wanted).is_some();
        let token = match c {
            c if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '=' => {
                eat('=');
                Token::Sign(Sign::Equal)
            }
            '!' if eat('=') => Token::Sign(Sign::NotEqual),
            '<' if eat('=') => Token::Sign(Sign::LessOrEqual),
            '<' if eat('>') => Token::Sign(Sign::NotEqual),
            '<' => Token::Sign(Sign::Less),
            '>' if eat('=') => Token::Sign(Sign::GreaterOrEqual),
            '>' => Token::Sign(Sign::Greater),
            '"' | '\'' => {
                let mut text = String::new();
                loop {
                    match chars.next() {
                        Some((_, next)) if next == c => break Token::Text(text),
                        Some((_, next)) => text.push(next),
                        None => {
                            let problem = SegmentProblem::OpenText { quote: c };
                            return Err(SegmentError::new(problem, (start, source.len())));
                        }
                    }
                }
            }
            c if c.is_ascii_digit() || c == '-' || c == '.' => {
                let more = |c: char| c.is_alphanumeric() || c == '.' || c == '_';
                while chars.next_if(|&(_, c)| more(c)).is_some() {}
                let end = chars.peek().map_or(source.len(), |&(at, _)| at);
                number(source.get(start..end).unwrap_or(""), (start, end))?
            }
            c if c.is_alphabetic() || c == '_' => {
                let more = |c: char| c.is_alphanumeric() || c == '.' || c == '_';
                while chars.next_if(|&(_, c)| more(c)).is_some() {}
                let end = chars.peek().map_or(source.len(), |&(at, _)| at);
                Token::Word(source.get(start..end).unwrap_or("").to_owned())
            }
            other => {
                let problem =
                    SegmentProblem::Stray { shown: other.escape_debug().to_string(), character: other };
                return Err(SegmentError::new(problem, (start, start + other.len_utf8())));
            }
        };
        let end = chars.peek().map_or(source.len(), |&(at, _)| at);
        tokens.push((token, (start, end)));
    }
    tokens.push((Token::End, (source.len(), source.len())));
    Ok(tokens)
}

fn number(text: &str, place: Place) -> Result<Token, SegmentError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    match text.parse::<f64>() {
        Ok(number) if plain && number.abs() <= LARGEST => Ok(Token::Number(number)),
        Ok(_) if plain => Err(SegmentError::new(SegmentProblem::TooLarge { text: shorten(text) }, place)),
        _ => Err(SegmentError::new(SegmentProblem::NotANumber { text: shorten(text) }, place)),
    }
}
