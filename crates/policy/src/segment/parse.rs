//! Tokens to a tree by recursive descent: `or` over `and` over `not` over a test or a parenthesis.
//!
//! Length and depth are limited before anything recurses, so that no text can exhaust the stack. What a name or a
//! value means is decided in `check`.

use super::ast::Ast;
use super::check::{self, Literal};
use super::error::SegmentError;
use super::lex::{Place, Sign, Token, lex, shorten};
use super::problem::{SegmentProblem, Wanted};

/// The longest segment, in bytes.
pub const MAX_LENGTH: usize = 4_096;
/// How deep parentheses and `not` may nest.
pub const MAX_DEPTH: usize = 32;

/// Reads a segment.
///
/// Keywords, field and stage names are understood in any case. `and` binds tighter than `or`, `not` tighter than
/// both.
///
/// # Errors
/// When the text is no segment; the error points at the place and says what was expected there.
pub fn parse(source: &str) -> Result<Ast, SegmentError> {
    if source.len() > MAX_LENGTH {
        let problem = SegmentProblem::TooLong { bytes: source.len() };
        return Err(SegmentError::new(problem, (MAX_LENGTH, source.len())));
    }
    let mut parser = Parser { tokens: lex(source)?, at: 0, depth: 0 };
    if parser.peek() == &Token::End {
        return Err(SegmentError::new(SegmentProblem::Empty, (0, source.len())));
    }
    let ast = parser.any()?;
    match parser.peek() {
        Token::End => Ok(ast),
        other => Err(unexpected(Wanted::JoinOrEnd, other, parser.place())),
    }
}

/// That something else was expected at a place.
fn unexpected(wanted: Wanted, found: &Token, place: Place) -> SegmentError {
    SegmentError::new(SegmentProblem::Expected { wanted, found: found.shown() }, place)
}

struct Parser {
    tokens: Vec<(Token, Place)>,
    at: usize,
    depth: usize,
}

const END: (Token, Place) = (Token::End, (0, 0));

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(&END.0, |(token, _)| token)
    }

    fn place(&self) -> Place {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(END.1, |&(_, place)| place)
    }

    fn next(&mut self) -> (Token, Place) {
        let next = (self.peek().clone(), self.place());
        self.at += 1;
        next
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(word) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token, wanted: Wanted) -> Result<(), SegmentError> {
        if self.peek() == token {
            self.at += 1;
            return Ok(());
        }
        Err(unexpected(wanted, self.peek(), self.place()))
    }

    fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, SegmentError>,
    ) -> Result<T, SegmentError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SegmentError::new(SegmentProblem::TooDeep, self.place()));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn any(&mut self) -> Result<Ast, SegmentError> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.keyword("or") {
            parts.push(self.all()?);
        }
        Ok(single_or(parts, Ast::Or))
    }

    fn all(&mut self) -> Result<Ast, SegmentError> {
        let first = self.not()?;
        let mut parts = vec![first];
        while self.keyword("and") {
            parts.push(self.not()?);
        }
        Ok(single_or(parts, Ast::And))
    }

    fn not(&mut self) -> Result<Ast, SegmentError> {
        if self.keyword("not") {
            return self.deeper(|parser| Ok(Ast::Not(Box::new(parser.not()?))));
        }
        if self.peek() == &Token::Open {
            return self.deeper(|parser| {
                parser.at += 1;
                let inner = parser.any()?;
                parser.expect(&Token::Close, Wanted::Close)?;
                Ok(inner)
            });
        }
        self.test()
    }

    fn test(&mut self) -> Result<Ast, SegmentError> {
        let (token, place) = self.next();
        let word = match token {
            Token::Word(word) if word.eq_ignore_ascii_case("everyone") => return Ok(Ast::Everyone),
            Token::Word(word) if word.eq_ignore_ascii_case("draw") => return self.draw(),
            Token::Word(word) if !is_keyword(&word) => word,
            other => return Err(unexpected(Wanted::Condition, &other, place)),
        };
        let field = check::field(&word, place)?;
        if self.keyword("not") {
            if !self.keyword("in") {
                return Err(unexpected(Wanted::InAfterNot, self.peek(), self.place()));
            }
            let values = self.values()?;
            return Ok(Ast::Not(Box::new(check::membership(field, values)?)));
        }
        if self.keyword("in") {
            let values = self.values()?;
            return check::membership(field, values);
        }
        if self.keyword("between") {
            let low = self.value(&word)?;
            if !self.keyword("and") {
                return Err(unexpected(Wanted::AndBetween, self.peek(), self.place()));
            }
            let high = self.value(&word)?;
            return check::between(field, place, &low, &high);
        }
        let sign_place = self.place();
        match self.next().0 {
            Token::Sign(sign) => {
                let value = self.value(&word)?;
                self.no_chain(sign)?;
                check::comparison(field, sign, sign_place, &value)
            }
            other => Err(unexpected(Wanted::Comparison { after: shorten(&word) }, &other, sign_place)),
        }
    }

    /// `(20, 4711)`: percent and seed.
    fn draw(&mut self) -> Result<Ast, SegmentError> {
        self.expect(&Token::Open, Wanted::Draw)?;
        let percent = match self.next() {
            (Token::Number(percent), _) if (0.0..=100.0).contains(&percent) => percent,
            (other, place) => return Err(unexpected(Wanted::Draw, &other, place)),
        };
        self.expect(&Token::Comma, Wanted::Draw)?;
        let seed = match self.next() {
            (Token::Number(seed), _)
                if seed.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&seed) =>
            {
                seed as u32
            }
            (other, place) => return Err(unexpected(Wanted::Draw, &other, place)),
        };
        self.expect(&Token::Close, Wanted::Draw)?;
        Ok(Ast::Draw(percent, seed))
    }

    fn no_chain(&self, sign: Sign) -> Result<(), SegmentError> {
        match self.peek() {
            Token::Sign(_) => {
                Err(SegmentError::new(SegmentProblem::Chain { sign: sign.as_str() }, self.place()))
            }
            _ => Ok(()),
        }
    }

    fn values(&mut self) -> Result<Vec<Literal>, SegmentError> {
        self.expect(&Token::Open, Wanted::List)?;
        let mut values = Vec::new();
        loop {
            values.push(self.value("in (")?);
            match self.next() {
                (Token::Comma, _) => {}
                (Token::Close, _) => return Ok(values),
                (other, place) => return Err(unexpected(Wanted::NextInList, &other, place)),
            }
        }
    }

    fn value(&mut self, after: &str) -> Result<Literal, SegmentError> {
        let (token, place) = self.next();
        match token {
            Token::Word(ref word) if is_keyword(word) => {}
            Token::Word(_) | Token::Text(_) | Token::Number(_) => return Ok(Literal { token, place }),
            _ => {}
        }
        Err(unexpected(Wanted::Value { after: shorten(after) }, &token, place))
    }
}

fn single_or(mut parts: Vec<Ast>, join: impl FnOnce(Vec<Ast>) -> Ast) -> Ast {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => Ast::Everyone,
    }
}

fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "in", "between"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}
