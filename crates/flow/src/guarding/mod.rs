//! What people are told of the guard's work: a message of any make checked against facts, what each statement stands
//! on, which fact would release what is held, how to mend it with one click, and the rule book.
//!
//! Goes in: messages, facts, reports of the guard. Comes out: views. The guard alone decides; nothing here lets
//! anything pass.

mod mend;
mod message;
mod release;
mod rulebook;

pub use mend::{Change, InlineMark, MarkKind, Mend, MendKind, apply};
pub(crate) use mend::{marks, mends};
pub use message::{CheckSettings, MessageCheck, check_message};
pub use release::{Release, release};
pub use rulebook::{RuleExampleView, RuleView, rulebook, rules_version};

use serde::Serialize;
use terms::customer::Language;
use terms::fact::Fact;
use terms::finding::Span;
use terms::hash::ContentHash;
use terms::ids::FactId;

/// A place in a text with the fact that says it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroundLine {
    /// Where, in the text as it is read.
    pub span: Span,
    /// The fact.
    pub fact: FactId,
    /// What it is about.
    pub entity: String,
    /// What it says of it.
    pub predicate: String,
    /// Its value in the reader's language.
    pub value: String,
    /// Where it comes from.
    pub source: String,
}

/// What a checked text stands on, place by place.
pub(crate) fn ground_lines(
    draft: &guard::Draft<'_>,
    context: &guard::Context<'_>,
    report: &terms::finding::GuardReport,
    language: Language,
) -> Vec<GroundLine> {
    guard::grounds(draft, context, report)
        .into_iter()
        .filter_map(|ground| {
            let fact = context.facts.facts().find(|fact| fact.id == ground.fact)?;
            Some(GroundLine {
                span: ground.span,
                fact: fact.id,
                entity: fact.entity.clone(),
                predicate: fact.predicate.clone(),
                value: gateway::mail::fact_text(&fact.value, &fact.unit, language),
                source: fact.source.clone(),
            })
        })
        .collect()
}

/// A hash over the facts a text was held against: with the version of the rules it names what a check was made by.
#[must_use]
pub fn facts_hash(facts: &[Fact]) -> String {
    let mut written: Vec<String> =
        facts.iter().map(|fact| serde_json::to_string(fact).unwrap_or_default()).collect();
    written.sort_unstable();
    ContentHash::of(written.iter().map(String::as_bytes)).to_string()
}
