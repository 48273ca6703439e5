//! What is wrong with a segment, where, and what to write instead.

use super::problem::SegmentProblem;
use terms::customer::Language;

/// A segment that cannot be understood. [`SegmentError::render`] shows it with a caret under the place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}", problem.words(Language::English))]
pub struct SegmentError {
    /// What is wrong and what was expected; its words come in both languages.
    pub problem: SegmentProblem,
    /// First byte of the place.
    pub start: usize,
    /// One past its last byte; equal to `start` at the end of the text.
    pub end: usize,
}

impl SegmentError {
    pub(crate) const fn new(problem: SegmentProblem, (start, end): (usize, usize)) -> Self {
        Self { problem, start, end }
    }

    /// What is wrong in the reader's language, the line it is about, and a caret under the place. `source` is the text
    /// that was parsed.
    #[must_use]
    pub fn render(&self, source: &str, language: Language) -> String {
        let start = floor(source, self.start);
        let end = floor(source, self.end).max(start);
        let before = source.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let number = before.matches('\n').count() + 1;
        let rest = source.get(line_start..).unwrap_or("");
        let line = rest.split('\n').next().unwrap_or("");
        let column = source.get(line_start..start).map_or(0, |text| text.chars().count());
        let line_end = line_start + line.len();
        let width = source.get(start..end.min(line_end)).map_or(0, |text| text.chars().count()).max(1);
        // A tab would move the caret away from its place.
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let margin = " ".repeat(number.to_string().len());
        format!(
            "{}\n{margin} |\n{number} | {line}\n{margin} | {}{}",
            self.problem.words(language),
            " ".repeat(column),
            "^".repeat(width)
        )
    }
}

/// The character boundary at or before `at`.
fn floor(source: &str, at: usize) -> usize {
    (0..=at.min(source.len())).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0)
}
