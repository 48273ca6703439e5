//! What a rule sees (the case) and what it answers (the outcome).

use crate::claim::Claims;
use crate::clock::Clock;
use crate::cues::{self, Shown};
use crate::draft::{Context, Draft};
use crate::phrase::Hit;
use crate::rules::{ALL, Rule, RuleDoc};
use crate::sheet::Entry;
use crate::text::{Kind, Sentence, Text};
use std::cell::Cell;
use std::ops::Range;
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::finding::{Finding, Severity, Span, Verdict};
use terms::message::Field;

/// One field with everything read from it.
pub(crate) struct Part<'d> {
    pub(crate) text: Text<'d>,
    pub(crate) hits: Vec<Hit>,
    pub(crate) claims: Claims,
    /// Runs of tokens that repeat the words of a text fact, and whether that fact is a name.
    pub(crate) covered: Vec<(Range<usize>, bool)>,
    /// Which learned cues show each sentence; of a link and a footer none.
    pub(crate) shown: Vec<Shown>,
}

impl<'d> Part<'d> {
    pub(crate) fn read(text: Text<'d>, hits: Vec<Hit>, language: Language, context: &Context<'_>) -> Self {
        let claims = Claims::of(&text);
        let covered = covered(&text, context);
        // Footers are the same in every message of a brand, and nothing like what the cues were trained on.
        let shown = match text.field {
            Field::Link | Field::Footer => Vec::new(),
            _ => cues::shown(language, &text, context.house),
        };
        Self { text, hits, claims, covered, shown }
    }

    /// Sentences that a learned cue shows.
    pub(crate) fn shown(&self, by: fn(&Shown) -> bool) -> impl Iterator<Item = &Sentence> {
        self.text
            .sentences
            .iter()
            .zip(&self.shown)
            .filter(move |(_, shown)| by(shown))
            .map(|(sentence, _)| sentence)
    }

    /// True when the tokens stand inside the words of a text fact: "Organic coffee beans" as a name claims nothing.
    pub(crate) fn is_covered(&self, tokens: &Range<usize>) -> bool {
        self.covered.iter().any(|(run, _)| run.start <= tokens.start && tokens.end <= run.end)
    }

    /// True when the tokens stand inside a name.
    pub(crate) fn is_in_name(&self, tokens: &Range<usize>) -> bool {
        self.covered.iter().any(|(run, name)| *name && run.start <= tokens.start && tokens.end <= run.end)
    }
}

fn covered(text: &Text<'_>, context: &Context<'_>) -> Vec<(Range<usize>, bool)> {
    let words: Vec<usize> = (0..text.tokens.len())
        .filter(|at| matches!(text.kind(*at), Some(Kind::Word | Kind::Number)))
        .collect();
    let mut found = Vec::new();
    for (place, at) in words.iter().enumerate() {
        for entry in context.facts.repeated_from(text.word(*at)) {
            let run = words.get(place..place + entry.words.len()).unwrap_or(&[]);
            let same = run.len() == entry.words.len()
                && run.iter().zip(&entry.words).all(|(index, word)| text.word(*index) == word);
            if let (true, Some(last)) =
                (same && entry.holds(context.send_from, context.send_until), run.last())
            {
                // "100 %" and "29 €" end in a sign.
                let sign = matches!(text.word(last + 1), "%" | "€" | "$" | "£");
                let name = matches!(entry.predicate.as_str(), "name" | "sender_name" | "brand_name");
                found.push((*at..last + 1 + usize::from(sign), name));
            }
        }
    }
    found
}

/// What belongs to one reader alone, and whether a rule asked for it. A report for which nobody did is that of every
/// reader of the same words.
pub(crate) struct Reader<'c> {
    email: Option<&'c str>,
    asked: Cell<bool>,
}

impl<'c> Reader<'c> {
    pub(crate) fn of(context: &Context<'c>) -> Self {
        Self { email: context.recipient.and_then(|recipient| recipient.email), asked: Cell::new(false) }
    }

    pub(crate) const fn was_asked_for(&self) -> bool {
        self.asked.get()
    }
}

/// What one rule sees.
pub(crate) struct Case<'c> {
    pub(crate) draft: &'c Draft<'c>,
    /// Without what belongs to one reader alone.
    pub(crate) context: &'c Context<'c>,
    pub(crate) reader: &'c Reader<'c>,
    pub(crate) parts: &'c [Part<'c>],
    pub(crate) clock: &'c Clock,
    /// Products whose names stand in the message, at least by their first word: entity and name.
    pub(crate) spoken_of: &'c [&'c Entry],
    /// Position of the rule in the registry.
    pub(crate) rule: usize,
    pub(crate) doc: &'static RuleDoc,
}

impl<'c> Case<'c> {
    /// The cues of this rule, with the field they stand in.
    pub(crate) fn hits(&self) -> impl Iterator<Item = (&'c Part<'c>, &'c Hit)> {
        self.hits_at(self.rule)
    }

    /// The cues of another rule, which this one reads too.
    pub(crate) fn hits_of(&self, other: &Rule) -> impl Iterator<Item = (&'c Part<'c>, &'c Hit)> {
        let rule = ALL.iter().position(|rule| rule.doc.id == other.doc.id).unwrap_or(usize::MAX);
        self.hits_at(rule)
    }

    fn hits_at(&self, rule: usize) -> impl Iterator<Item = (&'c Part<'c>, &'c Hit)> + use<'c> {
        self.parts.iter().flat_map(move |part| {
            let from = part.hits.partition_point(|hit| hit.rule < rule);
            part.hits.iter().skip(from).take_while(move |hit| hit.rule == rule).map(move |hit| (part, hit))
        })
    }

    /// The reader's own address. Ask for it last: a report that depends on it is made anew for every reader.
    pub(crate) fn own_address(&self) -> Option<&'c str> {
        self.reader.asked.set(true);
        self.reader.email
    }

    pub(crate) fn part(&self, field: Field) -> Option<&'c Part<'c>> {
        self.parts.iter().find(|part| part.text.field == field)
    }

    /// One of two explanations, in the author's language.
    pub(crate) fn say(&self, english: impl FnOnce() -> String, spanish: impl FnOnce() -> String) -> String {
        match self.context.explain_in {
            Language::English => english(),
            Language::Spanish => spanish(),
        }
    }

    /// True when a fact holds during the whole sending.
    pub(crate) fn holds(&self, entry: &Entry) -> bool {
        entry.holds(self.clock.from, self.clock.until)
    }

    /// The evidence facts of a kind in scope.
    pub(crate) fn evidence(&self, kind: EvidenceKind) -> impl Iterator<Item = &'c Entry> {
        self.context.facts.entries().filter(move |entry| entry.is_evidence(kind))
    }
}

/// What is wrong with a claim and what to do.
pub(crate) struct Problem {
    pub(crate) verdict: Verdict,
    pub(crate) message: String,
    pub(crate) repair: String,
}

/// What the rules answered so far.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) findings: Vec<Finding>,
    /// Claims that stand, for the status of their sentences.
    pub(crate) marks: Vec<(Span, Verdict)>,
}

impl Outcome {
    /// A claim that a fact supports.
    pub(crate) fn stands(&mut self, part: &Part<'_>, tokens: &Range<usize>, verdict: Verdict) {
        self.marks.push((part.text.span(tokens), verdict));
    }

    /// A claim that needed evidence and has it: shown, and stops nothing.
    pub(crate) fn evidenced(
        &mut self,
        case: &Case<'_>,
        part: &Part<'_>,
        tokens: &Range<usize>,
        entry: &Entry,
    ) {
        let source = &entry.fact.source;
        let message = case.say(
            || format!("supported by evidence from `{source}`"),
            || format!("respaldado por la evidencia de `{source}`"),
        );
        let repair = case.say(
            || "keep the evidence for as long as the claim is made".to_owned(),
            || "conserva la evidencia mientras se haga la afirmación".to_owned(),
        );
        let problem = Problem { verdict: Verdict::Supported, message, repair };
        self.add(case, part, part.text.span(tokens), problem, Some(entry), false);
    }

    /// A claim that stops the message.
    pub(crate) fn blocks(
        &mut self,
        case: &Case<'_>,
        part: &Part<'_>,
        tokens: &Range<usize>,
        problem: Problem,
        fact: Option<&Entry>,
    ) {
        self.add(case, part, part.text.span(tokens), problem, fact, true);
    }

    /// Words a person should look at; they stop nothing by themselves.
    pub(crate) fn warns(
        &mut self,
        case: &Case<'_>,
        part: &Part<'_>,
        tokens: &Range<usize>,
        problem: Problem,
    ) {
        self.add(case, part, part.text.span(tokens), problem, None, false);
    }

    /// A place in a field, given in bytes, that stops the message.
    pub(crate) fn blocks_at(&mut self, case: &Case<'_>, part: &Part<'_>, span: Span, problem: Problem) {
        self.add(case, part, span, problem, None, true);
    }

    /// Something that is missing from a field, or the field itself.
    pub(crate) fn missing(&mut self, case: &Case<'_>, field: Field, problem: Problem, fact: Option<&Entry>) {
        let span = Span { field, start: 0, end: 0 };
        self.push(case, span, String::new(), problem, fact, true);
    }

    /// Something that is missing from a field and that a person should look at.
    pub(crate) fn lacks(&mut self, case: &Case<'_>, field: Field, problem: Problem) {
        self.push(case, Span { field, start: 0, end: 0 }, String::new(), problem, None, false);
    }

    fn add(
        &mut self,
        case: &Case<'_>,
        part: &Part<'_>,
        span: Span,
        problem: Problem,
        fact: Option<&Entry>,
        blocks: bool,
    ) {
        let quote = part.text.quote(span).to_owned();
        self.push(case, span, quote, problem, fact, blocks);
    }

    fn push(
        &mut self,
        case: &Case<'_>,
        span: Span,
        quote: String,
        problem: Problem,
        fact: Option<&Entry>,
        blocks: bool,
    ) {
        let severity: Severity = case.doc.severity;
        self.findings.push(Finding {
            rule: case.doc.id.to_owned(),
            severity,
            blocks,
            span,
            quote,
            verdict: problem.verdict,
            message: problem.message,
            repair: problem.repair,
            fact: fact.map(|entry| entry.fact.id),
            basis: case.say(|| case.doc.basis.to_owned(), || case.doc.basis_es.to_owned()),
            overridden: None,
        });
    }
}
