//! A field made readable for the rules: folded, cut into tokens, clauses and sentences, every piece still knowing
//! its bytes in the original. It understands nothing yet: no number, no date, no claim.

pub(crate) mod fold;
mod spread;
pub(crate) mod token;

use crate::claim::number::word_value;
use fold::Folded;
use std::ops::Range;
use terms::finding::Span;
use terms::message::Field;
pub(crate) use token::{Kind, Token};

/// One sentence: its tokens and its bytes in the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) tokens: Range<usize>,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// One field, read.
#[derive(Debug)]
pub(crate) struct Text<'d> {
    pub(crate) field: Field,
    pub(crate) original: &'d str,
    pub(crate) folded: Folded,
    pub(crate) tokens: Vec<Token>,
    pub(crate) sentences: Vec<Sentence>,
    /// Which tokens are numbers, in digits or words; asked so often that it is found once.
    numerals: Vec<bool>,
}

impl<'d> Text<'d> {
    pub(crate) fn read(field: Field, original: &'d str) -> Self {
        let folded = Folded::of(original);
        let tokens = token::tokens(&folded, original);
        let sentences = sentences(&tokens);
        let numerals = tokens
            .iter()
            .map(|token| match token.kind {
                Kind::Number => true,
                Kind::Word => word_value(folded.slice(token.start, token.end)).is_some(),
                Kind::Sign | Kind::Address => false,
            })
            .collect();
        Self { field, original, folded, tokens, sentences, numerals }
    }

    /// True when a token is a number, in digits or words.
    pub(crate) fn is_numeral(&self, index: usize) -> bool {
        self.numerals.get(index).copied().unwrap_or_default()
    }

    /// The folded letters of a token; empty past the end.
    pub(crate) fn word(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| self.folded.slice(token.start, token.end))
    }

    /// The kind of a token; `None` past the end.
    pub(crate) fn kind(&self, index: usize) -> Option<Kind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    /// True when token `index` exists and stands in the same sentence as token `of`.
    pub(crate) fn same_sentence(&self, index: usize, of: usize) -> bool {
        match (self.tokens.get(index), self.tokens.get(of)) {
            (Some(a), Some(b)) => a.sentence == b.sentence,
            _ => false,
        }
    }

    /// True when both tokens stand in one clause.
    pub(crate) fn same_clause(&self, index: usize, of: usize) -> bool {
        match (self.tokens.get(index), self.tokens.get(of)) {
            (Some(a), Some(b)) => a.clause == b.clause,
            _ => false,
        }
    }

    /// The place of a run of tokens in the original.
    pub(crate) fn span(&self, tokens: &Range<usize>) -> Span {
        let start = self.tokens.get(tokens.start).map_or(0, |token| token.from);
        let end =
            tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.to);
        Span { field: self.field, start, end: end.max(start) }
    }

    /// The original words at a span of this field.
    pub(crate) fn quote(&self, span: Span) -> &'d str {
        self.original.get(span.start..span.end).unwrap_or("")
    }

    /// The tokens of the clause that token `index` stands in.
    pub(crate) fn clause(&self, index: usize) -> Range<usize> {
        let Some(clause) = self.tokens.get(index).map(|token| token.clause) else { return index..index };
        let before = self.tokens.iter().take(index).rev().take_while(|token| token.clause == clause).count();
        let after = self.tokens.iter().skip(index).take_while(|token| token.clause == clause).count();
        index - before..index + after
    }

    /// The tokens of the sentence that token `index` stands in.
    pub(crate) fn sentence(&self, index: usize) -> Range<usize> {
        let number = self.tokens.get(index).map_or(0, |token| token.sentence as usize);
        self.sentences.get(number).map_or(index..index, |sentence| sentence.tokens.clone())
    }
}

fn sentences(tokens: &[Token]) -> Vec<Sentence> {
    let mut found: Vec<Sentence> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.sentence as usize >= found.len() {
            found.push(Sentence { tokens: index..index, from: token.from, to: token.to });
        }
        if let Some(sentence) = found.last_mut() {
            sentence.tokens.end = index + 1;
            sentence.to = token.to;
        }
    }
    found
}
