//! What a brand rule finds in a message.

use super::House;
use crate::case::Part;
use crate::draft::{Context, Draft};
use crate::phrase::{Phrases, SAFE};
use crate::sheet::Entry;
use crate::text::Kind;
use regex::Regex;
use terms::customer::Language;
use terms::finding::{Finding, Severity, Span, Verdict};
use terms::house::HouseRule;
use terms::message::Field;

/// A phrase of a brand rule.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) phrase: String,
    /// An honest look-alike.
    pub(super) safe: bool,
    /// What to write instead; empty when the rule has no word for it.
    pub(super) instead: String,
}

/// What a rule looks for.
#[derive(Debug)]
pub(super) enum Look {
    Terms(Vec<(Language, Line)>),
    Required { field: Field, lines: Vec<(Language, Line)> },
    Patterns(Vec<(Language, Regex)>),
    Exclamations { most: usize },
    Capitals { least: usize, allowed: Vec<String> },
    Length { most: usize },
}

impl Look {
    /// Words of one language with what stands in their place.
    pub(super) fn terms(language: Language, phrases: &[&str], instead: &str) -> Self {
        let line =
            |phrase: &&str| Line { phrase: (*phrase).to_owned(), safe: false, instead: instead.to_owned() };
        Self::Terms(phrases.iter().map(|phrase| (language, line(phrase))).collect())
    }

    fn lines(&self) -> &[(Language, Line)] {
        match self {
            Self::Terms(lines) | Self::Required { lines, .. } => lines,
            _ => &[],
        }
    }

    /// Adds its phrases to the automaton of their language; a phrase is tagged with its line.
    pub(super) fn add_to(&self, position: usize, english: &mut Phrases, spanish: &mut Phrases) {
        for (at, (language, line)) in self.lines().iter().enumerate() {
            let phrases = match language {
                Language::English => &mut *english,
                Language::Spanish => &mut *spanish,
            };
            let tag = if line.safe { SAFE } else { u16::try_from(at).unwrap_or(SAFE - 1) };
            phrases.add_written(position, tag, &line.phrase);
        }
    }
}

/// Something a rule found: where, and what to write instead.
struct Found {
    span: Span,
    quote: String,
    instead: String,
}

impl House {
    /// What the brand's own rules find.
    pub(crate) fn judge(&self, draft: &Draft<'_>, parts: &[Part<'_>], context: &Context<'_>) -> Vec<Finding> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        let phrases = match draft.language {
            Language::English => &self.english,
            Language::Spanish => &self.spanish,
        };
        let mut hits = Vec::new();
        for part in parts {
            hits.extend(phrases.hits(&part.text).into_iter().map(|hit| (part, hit)));
        }
        let mut findings = Vec::new();
        for (position, (rule, look)) in self.rules.iter().enumerate() {
            let concerned = |part: &Part<'_>| match rule.field {
                Some(field) => part.text.field == field,
                None => !matches!(part.text.field, Field::Link | Field::Footer),
            };
            let mut found: Vec<Found> = Vec::new();
            match look {
                Look::Terms(lines) => {
                    for (part, hit) in
                        hits.iter().filter(|(part, hit)| hit.rule == position && concerned(part))
                    {
                        // A product's name is what it is.
                        if !part.is_in_name(&hit.tokens) {
                            let instead =
                                lines.get(usize::from(hit.tag)).map(|(_, line)| line.instead.clone());
                            found.push(Found::at(
                                part,
                                part.text.span(&hit.tokens),
                                instead.unwrap_or_default(),
                            ));
                        }
                    }
                }
                Look::Required { field, lines } => {
                    let spoken = lines.iter().find(|(language, _)| *language == draft.language);
                    let stands =
                        hits.iter().any(|(part, hit)| hit.rule == position && part.text.field == *field);
                    if let (Some((_, line)), false) = (spoken, stands) {
                        let span = Span { field: *field, start: 0, end: 0 };
                        found.push(Found { span, quote: String::new(), instead: line.phrase.clone() });
                    }
                }
                Look::Patterns(patterns) => {
                    for part in parts.iter().filter(|part| concerned(part)) {
                        for (_, pattern) in
                            patterns.iter().filter(|(language, _)| *language == draft.language)
                        {
                            found.extend(
                                pattern.find_iter(part.text.original).filter(|m| !m.is_empty()).map(|m| {
                                    let span =
                                        Span { field: part.text.field, start: m.start(), end: m.end() };
                                    Found::at(part, span, String::new())
                                }),
                            );
                        }
                    }
                }
                Look::Exclamations { most } => {
                    let marks = parts.iter().filter(|part| concerned(part)).flat_map(|part| {
                        part.text.original.char_indices().filter(|(_, c)| matches!(c, '!' | '！')).map(
                            move |(start, c)| {
                                let span = Span { field: part.text.field, start, end: start + c.len_utf8() };
                                Found::at(part, span, String::new())
                            },
                        )
                    });
                    // The first one too many says it for all.
                    found.extend(marks.skip(*most).take(1));
                }
                Look::Capitals { least, allowed } => {
                    for part in parts.iter().filter(|part| concerned(part)) {
                        for token in part.text.tokens.iter().filter(|token| token.kind == Kind::Word) {
                            let span = Span { field: part.text.field, start: token.from, end: token.to };
                            let word = part.text.quote(span);
                            let letters = word.chars().filter(|c| c.is_alphabetic()).count();
                            let shouted = letters >= *least && !word.chars().any(char::is_lowercase);
                            if shouted && !allowed.iter().any(|known| known == word) {
                                found.push(Found::at(part, span, String::new()));
                            }
                        }
                    }
                }
                Look::Length { most } => {
                    for part in parts.iter().filter(|part| concerned(part)) {
                        let mut words = part
                            .text
                            .tokens
                            .iter()
                            .filter(|token| matches!(token.kind, Kind::Word | Kind::Number))
                            .skip(*most);
                        if let Some(token) = words.next() {
                            let end = part.text.tokens.last().map_or(token.to, |last| last.to);
                            let span = Span { field: part.text.field, start: token.from, end };
                            found.push(Found::at(part, span, String::new()));
                        }
                    }
                }
            }
            findings.extend(found.into_iter().map(|found| finding(rule, found, context)));
        }
        findings
    }
}

impl Found {
    fn at(part: &Part<'_>, span: Span, instead: String) -> Self {
        Self { span, quote: part.text.quote(span).to_owned(), instead }
    }
}

fn finding(rule: &HouseRule, found: Found, context: &Context<'_>) -> Finding {
    let spanish = context.explain_in == Language::Spanish;
    let pick = |english: &str, other: &str| if spanish { other.to_owned() } else { english.to_owned() };
    let evidence: Vec<&Entry> = match rule.evidence {
        Some(kind) if rule.severity == Severity::Evidence => {
            let wanted = crate::sheet::usual_name(rule.evidence_predicate.trim());
            let fits = |entry: &&Entry| entry.is_evidence(kind) && entry.predicate == wanted;
            context.facts.entries().filter(fits).collect()
        }
        _ => Vec::new(),
    };
    let holding = evidence.iter().find(|entry| entry.holds(context.send_from, context.send_until));
    let verdict = match (rule.severity, holding, evidence.first()) {
        (Severity::Evidence, Some(_), _) => Verdict::Supported,
        (Severity::Evidence, None, Some(_)) => Verdict::Expired,
        (Severity::Evidence, None, None) => Verdict::Unknown,
        (Severity::Block | Severity::Warn, _, _) => Verdict::Unchecked,
    };
    let name = pick(&rule.name_en, &rule.name_es);
    let why = pick(&rule.why_en, &rule.why_es);
    let written = pick(&rule.repair_en, &rule.repair_es);
    let message = match (holding, found.quote.is_empty()) {
        (Some(entry), _) => {
            let source = &entry.fact.source;
            pick(
                &format!("supported by evidence from `{source}`"),
                &format!("respaldado por la evidencia de `{source}`"),
            )
        }
        (None, true) => format!("{name}: {why}"),
        (None, false) => format!("`{}`: {name}. {why}", found.quote),
    };
    let repair = if !written.trim().is_empty() {
        written
    } else if found.instead.is_empty() {
        pick("say it another way", "dilo de otra forma")
    } else if found.quote.is_empty() {
        pick(&format!("add `{}`", found.instead), &format!("añade `{}`", found.instead))
    } else {
        pick(&format!("write `{}`", found.instead), &format!("escribe `{}`", found.instead))
    };
    Finding {
        rule: rule.id.clone(),
        severity: rule.severity,
        blocks: match rule.severity {
            Severity::Block => true,
            Severity::Evidence => holding.is_none(),
            Severity::Warn => false,
        },
        span: found.span,
        quote: found.quote,
        verdict,
        message,
        repair,
        fact: holding.or(evidence.first()).map(|entry| entry.fact.id),
        basis: pick("rule of the brand", "norma de la marca"),
        overridden: None,
    }
}
