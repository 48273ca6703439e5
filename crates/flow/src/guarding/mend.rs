//! Marks and one-click repairs in the text as it was written, slots and all.
//!
//! Goes in: a variant as written, the mail made from it, and what the guard found in that mail. Comes out: places in the
//! written text, counted as browsers count (UTF-16), and changes that put the fact's slot where a wrong figure stands or
//! take a sentence out. A text whose slots stand inside conditions gets neither: its places cannot be known.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use terms::fact::{Fact, FactValue, Polarity};
use terms::finding::{Finding, GuardReport, Span, Verdict};
use terms::message::{Field, Variant};

use super::GroundLine;

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// A fact says so.
    Ground,
    /// No fact and no rule covers this sentence.
    Unchecked,
    /// For a person to look at.
    Warn,
    /// Stops the message.
    Block,
}

/// A place in a field of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InlineMark {
    /// Name of the field: `en_body`.
    pub field: String,
    /// From, in UTF-16 units.
    pub start: usize,
    /// To.
    pub end: usize,
    /// What for.
    pub kind: MarkKind,
}

/// How a repair mends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MendKind {
    /// Puts the slot of the fact where the figure stands.
    UseFact,
    /// Takes the sentence out.
    TakeOut,
}

/// A change of the written text that mends a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mend {
    /// Position of the finding in the report.
    pub finding: usize,
    /// How it mends.
    pub kind: MendKind,
    /// What is shown of it: the fact's value, or the sentence.
    pub shown: String,
    /// The change.
    pub change: Change,
}

/// A change of one field, as a form sends it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Name of the field: `en_body`.
    pub field: String,
    /// From, in UTF-16 units.
    pub start: usize,
    /// What stands there.
    pub was: String,
    /// What shall stand there.
    pub by: String,
}

impl Mend {
    /// The change as the value of a button.
    #[must_use]
    pub fn value(&self) -> String {
        serde_json::to_string(&self.change).unwrap_or_default()
    }
}

/// Applies a change to the text of its field; `None` when what it speaks of does not stand there any more and not
/// just once elsewhere.
#[must_use]
pub fn apply(text: &str, change: &Change) -> Option<String> {
    if change.was.is_empty() {
        return None;
    }
    let here = byte_at(text, change.start)
        .filter(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(&change.was)));
    let mut places = text.match_indices(&change.was).map(|(at, _)| at);
    let only = places.next().filter(|_| places.next().is_none());
    let at = here.or(only)?;
    let (before, rest) = text.split_at_checked(at)?;
    let after = rest.get(change.was.len()..)?;
    let joined = if change.by.is_empty() {
        let (before, after) = (before.trim_end_matches(' '), after.trim_start_matches(' '));
        let apart =
            !before.is_empty() && !after.is_empty() && !before.ends_with('\n') && !after.starts_with('\n');
        format!("{before}{}{after}", if apart { " " } else { "" })
    } else {
        format!("{before}{}{after}", change.by)
    };
    Some(joined)
}

fn byte_at(text: &str, utf16: usize) -> Option<usize> {
    let mut units = 0;
    for (at, character) in text.char_indices() {
        if units == utf16 {
            return Some(at);
        }
        units += character.len_utf16();
    }
    (units == utf16).then_some(text.len())
}

fn utf16_at(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, |before| before.encode_utf16().count())
}

/// Which bytes of the written text became which bytes of the rendered one.
struct Aligned<'a> {
    written: &'a str,
    /// Written, rendered, and whether it is a slot.
    pieces: Vec<(Range<usize>, Range<usize>, bool)>,
}

impl<'a> Aligned<'a> {
    fn of(written: &'a str, rendered: &str) -> Option<Self> {
        if written.contains("{%") || written.contains("{#") {
            return None;
        }
        // Templates end without their last line break.
        let written = written.strip_suffix('\n').unwrap_or(written);
        let mut pieces: Vec<(Range<usize>, Range<usize>, bool)> = Vec::new();
        let (mut at, mut done) = (0, 0);
        let mut slot: Option<Range<usize>> = None;
        while at <= written.len() {
            let rest = written.get(at..)?;
            let open = rest.find("{{").map_or(written.len(), |found| at + found);
            let literal = written.get(at..open)?;
            // What a slot became ends where the next words begin; at the end it is all that is left.
            let found = match (literal.is_empty(), open == written.len()) {
                (true, true) => rendered.len(),
                // Two slots in a row: where one ends nobody knows.
                (true, false) if slot.is_some() => return None,
                (true, false) => done,
                (false, _) => done + rendered.get(done..)?.find(literal)?,
            };
            match slot.take() {
                Some(slot) => pieces.push((slot, done..found, true)),
                None if found != done && !literal.is_empty() => return None,
                None => {}
            }
            if !literal.is_empty() {
                pieces.push((at..open, found..found + literal.len(), false));
                done = found + literal.len();
            }
            if open == written.len() {
                break;
            }
            let close = open + written.get(open..)?.find("}}")? + 2;
            slot = Some(open..close);
            at = close;
        }
        Some(Self { written, pieces })
    }

    /// The written place of a rendered one; a slot counts whole.
    fn written(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let touched =
            || self.pieces.iter().filter(|(_, rendered, _)| rendered.start < end && start < rendered.end);
        let (first, last) = (touched().next()?, touched().next_back()?);
        let from = if first.2 { first.0.start } else { first.0.start + start.saturating_sub(first.1.start) };
        let to = if last.2 { last.0.end } else { last.0.start + (end - last.1.start).min(last.0.len()) };
        self.written.get(from..to).map(|_| from..to)
    }
}

fn sources<'a>(variant: &'a Variant, rendered: &'a [(Field, String)]) -> Vec<(Field, Aligned<'a>)> {
    variant
        .fields()
        .into_iter()
        .filter_map(|(field, written)| {
            let read = rendered.iter().find(|(known, _)| *known == field)?;
            Some((field, Aligned::of(written, &read.1)?))
        })
        .collect()
}

/// The marks in the form's fields.
pub(crate) fn marks(
    variant: &Variant,
    rendered: &[(Field, String)],
    report: &GuardReport,
    grounds: &[GroundLine],
) -> Vec<InlineMark> {
    let sources = sources(variant, rendered);
    let mut out = Vec::new();
    let mut add = |span: Span, kind: MarkKind| {
        let Some((field, aligned)) = sources.iter().find(|(field, _)| *field == span.field) else { return };
        let Some(place) = aligned.written(span.start, span.end).filter(|place| !place.is_empty()) else {
            return;
        };
        out.push(InlineMark {
            field: format!("{}_{field}", variant.language),
            start: utf16_at(aligned.written, place.start),
            end: utf16_at(aligned.written, place.end),
            kind,
        });
    };
    for sentence in report.sentences.iter().filter(|sentence| sentence.verdict == Verdict::Unchecked) {
        add(sentence.span, MarkKind::Unchecked);
    }
    for ground in grounds {
        add(ground.span, MarkKind::Ground);
    }
    for finding in &report.findings {
        add(finding.span, if finding.blocks { MarkKind::Block } else { MarkKind::Warn });
    }
    out
}

/// The repairs of what blocks.
pub(crate) fn mends(
    variant: &Variant,
    rendered: &[(Field, String)],
    report: &GuardReport,
    facts: &[Fact],
    offer: &str,
) -> Vec<Mend> {
    let sources = sources(variant, rendered);
    let mut out = Vec::new();
    for (place, finding) in report.findings.iter().enumerate().filter(|(_, finding)| finding.blocks) {
        let Some((field, aligned)) = sources.iter().find(|(field, _)| *field == finding.span.field) else {
            continue;
        };
        let name = format!("{}_{field}", variant.language);
        let change = |range: Range<usize>, by: String| {
            let was = aligned.written.get(range.clone())?.to_owned();
            let start = utf16_at(aligned.written, range.start);
            (was != by).then(|| Change { field: name.clone(), start, was, by })
        };
        let span = aligned.written(finding.span.start, finding.span.end).filter(|range| !range.is_empty());
        if let (Some(range), Some((slot, shown))) = (span, slot_of(finding, facts, offer, variant))
            && let Some(change) = change(range, slot)
        {
            out.push(Mend { finding: place, kind: MendKind::UseFact, shown, change });
        }
        let sentence = report.sentences.iter().map(|sentence| sentence.span).find(|span| {
            span.field == *field && span.start <= finding.span.start && finding.span.end <= span.end
        });
        let whole = |range: &Range<usize>| range.len() == aligned.written.trim().len();
        if let Some(range) = sentence.and_then(|span| aligned.written(span.start, span.end))
            // A field needs words: a subject that is nothing but the claim is written anew by a person.
            && (!whole(&range) || matches!(field, Field::Preheader | Field::Headline))
            && finding.span.end > finding.span.start
            && let Some(change) = change(range, String::new())
        {
            let shown = change.was.clone();
            out.push(Mend { finding: place, kind: MendKind::TakeOut, shown, change });
        }
    }
    out
}

/// The slot of the fact that says otherwise, so that the text stays true when the fact changes.
fn slot_of(finding: &Finding, facts: &[Fact], offer: &str, variant: &Variant) -> Option<(String, String)> {
    if finding.verdict != Verdict::Contradicted {
        return None;
    }
    let fact = facts.iter().find(|fact| Some(fact.id) == finding.fact)?;
    let figure = matches!(
        fact.value,
        FactValue::Money(_)
            | FactValue::Percent(_)
            | FactValue::Date(_)
            | FactValue::Count(_)
            | FactValue::Quantity(_)
    );
    let shown = gateway::mail::fact_text(&fact.value, &fact.unit, variant.language);
    if !figure || fact.polarity != Polarity::True {
        return None;
    }
    let plain = fact.predicate.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && fact.predicate.starts_with(|c: char| c.is_ascii_alphabetic());
    let root = match fact.entity.as_str() {
        "brand" => Some("brand"),
        entity if entity == offer => Some("offer"),
        _ => None,
    };
    let slot = match root.filter(|_| plain) {
        Some(root) => format!("{{{{ {root}.{} }}}}", fact.predicate),
        None => shown.clone(),
    };
    Some((slot, shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendered_place_leads_back_to_the_written_one() {
        let written = "Hola {{ first_name }}: ahorra un {{ offer.discount }} y llévate dos.";
        let rendered = "Hola Ana: ahorra un 15 % y llévate dos.";
        let aligned = Aligned::of(written, rendered).unwrap();
        let place = |words: &str| {
            let at = rendered.find(words).unwrap();
            written.get(aligned.written(at, at + words.len()).unwrap()).unwrap()
        };
        assert_eq!(place("15 %"), "{{ offer.discount }}");
        assert_eq!(place("llévate dos"), "llévate dos");
        assert_eq!(place("un 15 % y"), "un {{ offer.discount }} y");
        assert!(Aligned::of("{% if x %}a{% endif %}", "a").is_none());
        assert!(Aligned::of("{{ a }}{{ b }} c", "1 2 c").is_none());
        assert!(Aligned::of("Hello", "Goodbye").is_none());
        assert_eq!(Aligned::of("{{ a }}", "x").unwrap().written(0, 1), Some(0..7));
    }

    #[test]
    fn a_change_is_applied_where_it_belongs_or_not_at_all() {
        let change = |start, was: &str, by: &str| Change {
            field: "en_body".into(),
            start,
            was: was.into(),
            by: by.into(),
        };
        assert_eq!(
            apply("Now €29!", &change(4, "€29", "{{ offer.price }}")).unwrap(),
            "Now {{ offer.price }}!"
        );
        // Somebody typed before it meanwhile: it stands once, so it is found.
        assert_eq!(apply("Hey! Now €29!", &change(4, "€29", "€31")).unwrap(), "Hey! Now €31!");
        assert_eq!(apply("€29 or €29", &change(2, "€29", "€31")), None);
        assert_eq!(apply("gone", &change(0, "€29", "€31")), None);
        assert_eq!(apply("One. Two. Three.", &change(5, "Two.", "")).unwrap(), "One. Three.");
        assert_eq!(apply("One.\n\nTwo.", &change(6, "Two.", "")).unwrap(), "One.\n\n");
        // Places are counted as browsers count: an emoji is two.
        assert_eq!(apply("😀 €29 €29", &change(3, "€29", "x")).unwrap(), "😀 x €29");
    }
}
