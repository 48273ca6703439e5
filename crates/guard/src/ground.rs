//! Which fact says what a text says: for people who read a checked text and want to know what it stands on.
//!
//! Goes in: the draft and context that were checked, and the report. Comes out: places in the text, each with a fact
//! that says the same and holds while the message is sent. It judges nothing: a place that no fact here covers may
//! still be supported by several together, and what a finding stops is never listed.

use crate::case::Part;
use crate::check::PHRASES;
use crate::claim::money::Role;
use crate::draft::{Context, Draft};
use crate::rules::{self, fact::attributes};
use crate::sheet::{Entry, words_of};
use crate::text::Text;
use std::ops::Range;
use terms::customer::Language;
use terms::fact::FactValue;
use terms::finding::{GuardReport, Span};
use terms::ids::FactId;
use terms::message::Field;

/// A place in a text that a fact says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ground {
    /// Where.
    pub span: Span,
    /// The fact.
    pub fact: FactId,
}

/// Everything in a text that a fact says, in reading order.
#[must_use]
pub fn grounds(draft: &Draft<'_>, context: &Context<'_>, report: &GuardReport) -> Vec<Ground> {
    let mut found = Vec::new();
    for (field, original) in draft.fields.iter().filter(|(field, _)| *field != Field::Link) {
        let text = Text::read(*field, original);
        let hits = PHRASES.hits(&text);
        let part = Part::read(text, hits, draft.language, context);
        said(&part, context, |tokens, entry| {
            found.push(Ground { span: part.text.span(tokens), fact: entry.fact.id });
        });
    }
    let stopped = |span: &Span| {
        report.findings.iter().any(|finding| {
            let other = finding.span;
            finding.blocks && other.field == span.field && other.start < span.end && span.start < other.end
        })
    };
    found.retain(|ground| !stopped(&ground.span));
    found.sort_unstable();
    // The widest place of those that begin together is the claim; what lies inside it is a part of it.
    let mut out: Vec<Ground> = Vec::new();
    for ground in found {
        match out.last_mut().filter(|last| last.span.field == ground.span.field) {
            Some(last) if ground.span.end <= last.span.end => {}
            Some(last) if ground.span.start == last.span.start => *last = ground,
            Some(last) if ground.span.start < last.span.end => {}
            _ => out.push(ground),
        }
    }
    out
}

fn said<'c>(part: &Part<'_>, context: &'c Context<'_>, mut tell: impl FnMut(&Range<usize>, &'c Entry)) {
    let holding =
        || context.facts.entries().filter(|entry| entry.holds(context.send_from, context.send_until));
    for claim in &part.claims.money {
        let former = claim.role == Role::Before;
        let says = |entry: &&Entry| {
            entry.money().is_some_and(|money| claim.equals(money))
                && (entry.predicate == "price_before") == former
        };
        if let Some(entry) = holding().find(says) {
            tell(&claim.tokens, entry);
        }
    }
    for claim in &part.claims.percents {
        let value = claim.amount.value();
        let says = |entry: &&Entry| entry.percent().is_some_and(|percent| (percent - value).abs() < 0.005);
        if let Some(entry) = holding().find(says) {
            tell(&claim.tokens, entry);
        }
    }
    for claim in &part.claims.dates {
        let says = |entry: &&Entry| match entry.fact.value {
            FactValue::Date(day) => {
                let date = day.to_date();
                let number = date.day().to_string();
                let named = Language::ALL.iter().any(|language| {
                    let written = words_of(&crate::explain::day(day, *language));
                    let month = written
                        .iter()
                        .rev()
                        .find(|word| word.starts_with(char::is_alphabetic) && *word != "de");
                    month.is_some_and(|month| claim.tokens.clone().any(|at| part.text.word(at) == month))
                });
                named && claim.tokens.clone().any(|at| part.text.word(at) == number)
            }
            _ => false,
        };
        if let Some(entry) = holding().find(says) {
            tell(&claim.tokens, entry);
        }
    }
    for (tokens, _) in &part.covered {
        let repeats = |entry: &&Entry| {
            let mut words = tokens
                .clone()
                .map(|at| part.text.word(at))
                .filter(|word| !matches!(*word, "%" | "€" | "$" | "£"));
            let same = entry.words.iter().all(|word| words.next() == Some(word.as_str()));
            same && words.next().is_none()
        };
        if let Some(entry) = context.facts.repeated_from(part.text.word(tokens.start)).find(repeats) {
            tell(tokens, entry);
        }
    }
    let attribute = rules::ALL.iter().position(|rule| rule.doc.id == "F8");
    for hit in part.hits.iter().filter(|hit| Some(hit.rule) == attribute) {
        let predicates = attributes::predicates(hit.tag);
        let says = |entry: &&Entry| {
            predicates.contains(&entry.predicate.as_str()) && !matches!(entry.truth(), Some(false))
        };
        if let Some(entry) = holding().find(says) {
            tell(&hit.tokens, entry);
        }
    }
}

/// The predicates of facts that could affirm an attribute in a text, the usual one first: `free_wifi` for "free Wi-Fi".
/// Empty when the words are no attribute that the rules know.
#[must_use]
pub fn attribute_predicates(words: &str) -> &'static [&'static str] {
    let attribute = rules::ALL.iter().position(|rule| rule.doc.id == "F8");
    let text = Text::read(Field::Body, words);
    let hits = PHRASES.hits(&text);
    hits.iter()
        .filter(|hit| Some(hit.rule) == attribute)
        .map(|hit| attributes::predicates(hit.tag))
        .find(|predicates| !predicates.is_empty())
        .unwrap_or_default()
}
