//! The guard's one question: may this text be said? Reads every field once, lets every rule judge, and gives each
//! sentence the weakest verdict among its claims. It changes nothing and asks nobody.

use crate::case::{Case, Outcome, Part, Reader};
use crate::clock::Clock;
use crate::draft::{Context, Draft};
use crate::house::House;
use crate::phrase::Phrases;
use crate::rules;
use crate::sheet::Entry;
use crate::text::Text;
use std::sync::LazyLock;
use terms::finding::{GuardReport, SentenceStatus, Span, Verdict};
use terms::hash::ContentHash;
use terms::message::Field;

pub(crate) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases::default();
    for (position, rule) in rules::ALL.iter().enumerate() {
        phrases.add(position, rule.cues);
    }
    phrases
});

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut parts: Vec<&[u8]> = Vec::new();
    for rule in rules::ALL {
        parts.extend([
            rule.doc.id.as_bytes(),
            rule.doc.catches.as_bytes(),
            rule.doc.severity.as_str().as_bytes(),
        ]);
        for cues in rule.cues {
            parts.extend(cues.phrases.iter().map(|phrase| phrase.as_bytes()));
        }
    }
    // A model trained again is another version of the rules.
    parts.extend(crate::cues::shipped().into_iter().flatten());
    format!("{}+{}", env!("CARGO_PKG_VERSION"), ContentHash::of(parts).short())
});

/// The version of the rule set: the crate's version and a hash over rules and phrases, such as `0.1.0+3f2a...`.
#[must_use]
pub fn rules_version() -> String {
    VERSION.clone()
}

/// The same with a house: what was found under another house was found under other rules.
#[must_use]
pub fn rules_version_of(house: &House) -> String {
    match house.version() {
        "" => rules_version(),
        version => format!("{}+{version}", rules_version()),
    }
}

/// Holds a draft against its facts. Findings come in reading order; a draft without findings still shows sentences
/// that no fact and no rule covers as unchecked.
///
/// ```
/// # use guard::{Context, Draft, FactSheet, House};
/// # use terms::{customer::Language, message::Field, time::Instant};
/// let draft = Draft {
///     language: Language::English,
///     fields: vec![(Field::Body, "Now only €29!".to_owned())],
///     known_slots: &[],
/// };
/// let facts = FactSheet::new(Vec::new());
/// let now = Instant(1_795_770_000_000_000);
/// let context = Context {
///     facts: &facts, send_from: now, send_until: now, time_zone: "Europe/Madrid", explain_in: Language::English,
///     recipient: None, allowed_hosts: &[], allowed_contacts: &[], unsubscribe_url: None,
///     personal_facts: None, last_calls: None, author: Default::default(), medium: Default::default(),
///     house: House::bare(),
/// };
/// let report = guard::check(&draft, &context);
/// assert!(!report.is_clear());
/// assert_eq!(report.findings[0].quote, "€29");
/// ```
#[must_use]
pub fn check(draft: &Draft<'_>, context: &Context<'_>) -> GuardReport {
    answer(draft, context).report
}

/// A report, and whether it may be another one for a reader with another address.
pub(crate) struct Answer {
    pub(crate) report: GuardReport,
    pub(crate) asked_for_address: bool,
}

/// [`check`], with what the report depends on.
pub(crate) fn answer(draft: &Draft<'_>, context: &Context<'_>) -> Answer {
    let reader = Reader::of(context);
    let context = &context.for_rules();
    let clock = Clock::new(context.send_from, context.send_until, context.time_zone);
    let parts: Vec<Part<'_>> = draft
        .fields
        .iter()
        .map(|(field, original)| {
            let text = Text::read(*field, original);
            let hits = PHRASES.hits(&text);
            Part::read(text, hits, draft.language, context)
        })
        .collect();
    let spoken_of = spoken_of(&parts, context);
    let mut outcome = Outcome::default();
    for (rule, judge) in rules::ALL.iter().enumerate() {
        let case = Case {
            draft,
            context,
            reader: &reader,
            parts: &parts,
            clock: &clock,
            spoken_of: &spoken_of,
            rule,
            doc: &judge.doc,
        };
        (judge.check)(&case, &mut outcome);
    }
    context.house.weigh(&mut outcome.findings, context);
    outcome.findings.extend(context.house.judge(draft, &parts, context));
    let place = |span: &Span| {
        (
            draft.fields.iter().position(|(field, _)| *field == span.field).unwrap_or(usize::MAX),
            span.start,
            span.end,
        )
    };
    outcome.findings.sort_by(|a, b| place(&a.span).cmp(&place(&b.span)).then_with(|| a.rule.cmp(&b.rule)));
    let sentences = parts.iter().flat_map(|part| statuses(part, &outcome)).collect();
    let report =
        GuardReport { findings: outcome.findings, sentences, rules_version: rules_version_of(context.house) };
    Answer { report, asked_for_address: reader.was_asked_for() }
}

/// The names of products of which the first word stands in the message.
fn spoken_of<'c>(parts: &[Part<'_>], context: &Context<'c>) -> Vec<&'c Entry> {
    let mut found: Vec<&Entry> = Vec::new();
    for part in parts {
        for at in 0..part.text.tokens.len() {
            for entry in context.facts.products_from(part.text.word(at)) {
                if !found.iter().any(|other| std::ptr::eq(*other, entry)) {
                    found.push(entry);
                }
            }
        }
    }
    found
}

/// True when a text calls for the last time ("final call", "última oportunidad"): such campaigns are the history that
/// M2 asks for.
#[must_use]
pub fn calls_last(text: &str) -> bool {
    let text = Text::read(Field::Body, text);
    let rule = rules::ALL.iter().position(|rule| rule.doc.id == rules::RECURRING);
    PHRASES.hits(&text).iter().any(|hit| Some(hit.rule) == rule)
}

fn statuses(part: &Part<'_>, outcome: &Outcome) -> Vec<SentenceStatus> {
    let field = part.text.field;
    if field == Field::Link {
        return Vec::new();
    }
    let verdicts: Vec<(Span, Verdict)> = outcome
        .findings
        .iter()
        .map(|finding| (finding.span, finding.verdict))
        .chain(outcome.marks.iter().copied())
        .filter(|(span, _)| span.field == field && span.end > span.start)
        .collect();
    part.text
        .sentences
        .iter()
        .map(|sentence| {
            let span = Span { field, start: sentence.from, end: sentence.to };
            let verdict = verdicts
                .iter()
                .filter(|(place, _)| place.start < span.end && span.start < place.end)
                .map(|(_, verdict)| *verdict)
                .max_by_key(|verdict| weakness(*verdict))
                .unwrap_or(Verdict::Unchecked);
            SentenceStatus { span, verdict }
        })
        .collect()
}

const fn weakness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Supported => 0,
        Verdict::Derived => 1,
        Verdict::Unchecked => 2,
        Verdict::Expired => 3,
        Verdict::Unknown => 4,
        Verdict::Contradicted => 5,
    }
}
