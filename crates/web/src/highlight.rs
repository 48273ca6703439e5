//! Cuts a rendered field into pieces, so that a page can mark what the guard found and underline what nobody checked.
//!
//! Goes in: the text, findings and sentences with byte offsets into it. Comes out: pieces that together are exactly
//! the text. Offsets that point beyond the text or into a character are moved, never trusted.

use flow::guarding::GroundLine;
use terms::finding::{Finding, GuardReport, Severity, Verdict};
use terms::message::Field;

/// How a piece is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// As it is.
    Plain,
    /// A fact says so.
    Ground,
    /// No fact and no rule covers this sentence.
    Unchecked,
    /// For a person to look at.
    Warn,
    /// Stops the message.
    Block,
}

impl Mark {
    /// Class of the `<mark>` element.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ground => "ground",
            Self::Unchecked => "unchecked",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }
}

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its words.
    pub(crate) text: String,
    /// How it is shown.
    pub(crate) mark: Mark,
    /// Rules that found something here, such as `F2, M1`.
    pub(crate) rules: String,
    /// The fact that says so, by its place among the grounds.
    pub(crate) ground: Option<usize>,
}

fn mark_of(finding: &Finding) -> Mark {
    if finding.blocks || finding.severity == Severity::Block { Mark::Block } else { Mark::Warn }
}

/// The greatest character boundary that is not beyond `at`.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The pieces of one field.
pub(crate) fn pieces(field: Field, text: &str, report: &GuardReport, grounds: &[GroundLine]) -> Vec<Piece> {
    let found: Vec<(usize, usize, Mark, &str)> = report
        .findings
        .iter()
        .filter(|finding| finding.span.field == field)
        .map(|f| (boundary(text, f.span.start), boundary(text, f.span.end), mark_of(f), f.rule.as_str()))
        .collect();
    let unchecked: Vec<(usize, usize)> = report
        .sentences
        .iter()
        .filter(|sentence| sentence.span.field == field && sentence.verdict == Verdict::Unchecked)
        .map(|sentence| (boundary(text, sentence.span.start), boundary(text, sentence.span.end)))
        .collect();
    let grounds: Vec<(usize, usize, usize)> = grounds
        .iter()
        .enumerate()
        .filter(|(_, ground)| ground.span.field == field)
        .map(|(at, ground)| (boundary(text, ground.span.start), boundary(text, ground.span.end), at))
        .collect();
    let mut cuts: Vec<usize> = found
        .iter()
        .flat_map(|(start, end, ..)| [*start, *end])
        .chain(unchecked.iter().flat_map(|(start, end)| [*start, *end]))
        .chain(grounds.iter().flat_map(|(start, end, _)| [*start, *end]))
        .chain([0, text.len()])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut out = Vec::with_capacity(cuts.len());
    for (start, end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let covers = |from: &usize, to: &usize| from <= start && end <= to;
        let mut mark = Mark::Plain;
        let mut rules: Vec<&str> = Vec::new();
        if unchecked.iter().any(|(from, to)| covers(from, to)) {
            mark = Mark::Unchecked;
        }
        let ground = grounds.iter().find(|(from, to, _)| covers(from, to)).map(|(_, _, at)| *at);
        if ground.is_some() {
            // What a fact says is checked, whatever else its sentence says.
            mark = Mark::Ground;
        }
        for (from, to, found_mark, rule) in &found {
            if covers(from, to) {
                mark = mark.max(*found_mark);
                rules.push(rule);
            }
        }
        out.push(Piece {
            text: text.get(*start..*end).unwrap_or_default().to_owned(),
            mark,
            rules: rules.join(", "),
            ground: ground.filter(|_| mark == Mark::Ground),
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::finding::{SentenceStatus, Span};

    fn finding(start: usize, end: usize, rule: &str) -> Finding {
        Finding {
            rule: rule.into(),
            severity: Severity::Block,
            blocks: true,
            span: Span { field: Field::Body, start, end },
            quote: String::new(),
            verdict: Verdict::Contradicted,
            message: String::new(),
            repair: String::new(),
            fact: None,
            basis: String::new(),
            overridden: None,
        }
    }

    fn report(findings: Vec<Finding>, sentences: Vec<(usize, usize)>) -> GuardReport {
        let sentences = sentences
            .into_iter()
            .map(|(start, end)| SentenceStatus {
                span: Span { field: Field::Body, start, end },
                verdict: Verdict::Unchecked,
            })
            .collect();
        GuardReport { findings, sentences, rules_version: String::new() }
    }

    #[test]
    fn pieces_together_are_the_text_and_overlaps_name_both_rules() {
        let text = "Save 40% today. Hurry!";
        let cut = pieces(
            Field::Body,
            text,
            &report(vec![finding(5, 8, "F2"), finding(0, 15, "M1")], vec![(16, 22)]),
            &[],
        );
        assert_eq!(cut.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        let percent = cut.iter().find(|piece| piece.text == "40%").unwrap();
        assert_eq!((percent.mark, percent.rules.as_str()), (Mark::Block, "F2, M1"));
        assert_eq!(cut.last().unwrap().mark, Mark::Unchecked);
    }

    #[test]
    fn offsets_inside_a_character_or_beyond_the_end_are_moved() {
        let text = "29 € más";
        let cut = pieces(Field::Body, text, &report(vec![finding(4, 900, "F1")], vec![]), &[]);
        assert_eq!(cut.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
    }

    #[test]
    fn findings_of_another_field_are_left_alone() {
        let cut = pieces(Field::Subject, "Hello", &report(vec![finding(0, 5, "F1")], vec![]), &[]);
        assert_eq!(
            cut,
            [Piece { text: "Hello".into(), mark: Mark::Plain, rules: String::new(), ground: None }]
        );
    }
}
