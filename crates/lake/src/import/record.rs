//! Rows of a delimited text, with their line numbers.
//!
//! An own splitter instead of a CSV library's: it works on physical lines, so a quote that is never closed costs one row
//! instead of the rest of the file, a line has a limit, and runs of blanks can be one delimiter.

use super::encoding;
use std::io::{BufRead, BufReader, Read};

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// One character; cells may be quoted with `"` (RFC 4180).
    Char(u8),
    /// Any run of blanks and tabs, also before the first cell; no quotes.
    Blanks,
}

impl Delimiter {
    /// Its name for people.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Blanks => "blanks".to_owned(),
            Self::Char(b'\t') => "tab".to_owned(),
            Self::Char(byte) => char::from(byte).to_string(),
        }
    }

    /// Reads a delimiter as people write it: a character, or its name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "space" | "blanks" | " " => Self::Blanks,
            "tab" | "\\t" | "\t" => Self::Char(b'\t'),
            "comma" => Self::Char(b','),
            "semicolon" => Self::Char(b';'),
            "pipe" => Self::Char(b'|'),
            other => match other.as_bytes() {
                &[byte] if byte.is_ascii_punctuation() && byte != b'"' => Self::Char(byte),
                _ => return None,
            },
        })
    }
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// The line it begins on, from 1.
    pub(crate) line: u64,
    /// As it stands in the file, without its line end.
    pub(crate) text: String,
    /// Its cells, unquoted; those beyond `len` are left over from rows before.
    cells: Vec<String>,
    len: usize,
    /// Whether a quote was opened and never closed.
    pub(crate) open_quote: bool,
    /// Whether its line is longer than the limit; its text is then only the line's beginning, and it has no cells.
    pub(crate) too_long: bool,
}

impl Record {
    pub(crate) fn get(&self, column: usize) -> Option<&str> {
        self.cells().get(column).map(|cell| cell.trim())
    }

    pub(crate) fn cells(&self) -> &[String] {
        self.cells.get(..self.len).unwrap_or_default()
    }

    fn next_cell(&mut self) -> &mut String {
        if self.cells.len() == self.len {
            self.cells.push(String::new());
        }
        self.len += 1;
        let at = self.len - 1;
        #[expect(clippy::indexing_slicing, reason = "a cell was just made sure of")]
        let cell = &mut self.cells[at];
        cell.clear();
        cell
    }

    /// Splits `self.text`; `false` when it ends inside a quote.
    fn split(&mut self, delimiter: Delimiter) -> bool {
        self.len = 0;
        let text = std::mem::take(&mut self.text);
        let closed = match delimiter {
            Delimiter::Blanks => {
                text.split_ascii_whitespace().for_each(|cell| self.next_cell().push_str(cell));
                true
            }
            Delimiter::Char(byte) => self.split_quoted(&text, char::from(byte)),
        };
        self.text = text;
        closed
    }

    fn split_quoted(&mut self, text: &str, delimiter: char) -> bool {
        let mut rest = text;
        loop {
            let cell = self.next_cell();
            let trimmed = rest.trim_start_matches(' ');
            if let Some(mut inside) = trimmed.strip_prefix('"') {
                loop {
                    let Some((before, after)) = inside.split_once('"') else { return false };
                    cell.push_str(before);
                    if let Some(after) = after.strip_prefix('"') {
                        cell.push('"');
                        inside = after;
                    } else {
                        rest = after;
                        break;
                    }
                }
                // Text after the closing quote is kept rather than lost.
                match rest.split_once(delimiter) {
                    Some((tail, next)) => {
                        cell.push_str(tail);
                        rest = next;
                    }
                    None => {
                        cell.push_str(rest);
                        return true;
                    }
                }
            } else if let Some((before, next)) = rest.split_once(delimiter) {
                cell.push_str(before);
                rest = next;
            } else {
                cell.push_str(rest);
                return true;
            }
        }
    }
}

/// How much of a line beyond the limit is kept.
const KEPT: usize = 200;

/// What there was to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Whole,
    TooLong,
    None,
}

/// At most this many lines are joined to close a quote.
const MAX_QUOTED_LINES: u32 = 100;

/// Reads rows one by one.
pub(crate) struct Records<R> {
    lines: BufReader<R>,
    delimiter: Delimiter,
    max_line: usize,
    line: u64,
    /// Lines read ahead for a quote that was not closed, to be read as rows of their own.
    ahead: std::collections::VecDeque<(String, Line)>,
    raw: Vec<u8>,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(reader: R, delimiter: Delimiter, max_line: usize) -> Self {
        let lines = BufReader::with_capacity(1 << 16, reader);
        Self {
            lines,
            delimiter,
            max_line,
            line: 0,
            ahead: std::collections::VecDeque::new(),
            raw: Vec::new(),
        }
    }

    /// Reads the next row that is not blank; `false` at the end.
    pub(crate) fn read(&mut self, record: &mut Record) -> std::io::Result<bool> {
        loop {
            record.text.clear();
            let found = self.next_line(&mut record.text)?;
            if found == Line::None {
                return Ok(false);
            }
            record.line = self.line;
            record.too_long = found == Line::TooLong;
            if record.too_long {
                (record.len, record.open_quote) = (0, false);
                return Ok(true);
            }
            if record.text.trim().is_empty() {
                continue;
            }
            record.open_quote = !record.split(self.delimiter) && !self.close_quote(record)?;
            return Ok(true);
        }
    }

    fn close_quote(&mut self, record: &mut Record) -> std::io::Result<bool> {
        let first = record.text.clone();
        let mut joined = Vec::new();
        for _ in 0..MAX_QUOTED_LINES {
            let mut next = String::new();
            if record.text.len() > self.max_line {
                break;
            }
            let found = self.next_line(&mut next)?;
            if found == Line::None {
                break;
            }
            joined.push((next, found));
            let Some((next, Line::Whole)) = joined.last() else { break };
            record.text.push('\n');
            record.text.push_str(next);
            if record.split(self.delimiter) {
                return Ok(true);
            }
        }
        // Never closed: this line is one bad row, and the lines after it are rows of their own.
        self.line -= joined.len() as u64;
        joined.into_iter().rev().for_each(|line| self.ahead.push_front(line));
        record.text = first;
        record.len = 0;
        Ok(false)
    }

    fn next_line(&mut self, to: &mut String) -> std::io::Result<Line> {
        if let Some((line, found)) = self.ahead.pop_front() {
            self.line += 1;
            *to = line;
            return Ok(found);
        }
        self.raw.clear();
        let limit = self.max_line as u64 + 1;
        (&mut self.lines).take(limit).read_until(b'\n', &mut self.raw)?;
        if self.raw.is_empty() {
            return Ok(Line::None);
        }
        self.line += 1;
        let found = if self.raw.last() == Some(&b'\n') {
            self.raw.pop();
            Line::Whole
        } else if self.raw.len() > self.max_line {
            skip_line(&mut self.lines)?;
            self.raw.truncate(KEPT);
            Line::TooLong
        } else {
            Line::Whole
        };
        if self.raw.last() == Some(&b'\r') {
            self.raw.pop();
        }
        to.push_str(&encoding::decode(&self.raw));
        Ok(found)
    }
}

/// Reads on to the end of a line and keeps nothing of it.
pub(crate) fn skip_line(lines: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = lines.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let n = end.map_or(buffer.len(), |at| at + 1);
        lines.consume(n);
        if n == 0 || end.is_some() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, delimiter: Delimiter) -> Vec<(u64, Vec<String>, bool)> {
        let mut records = Records::new(text.as_bytes(), delimiter, 1_000);
        let (mut record, mut out) = (Record::default(), Vec::new());
        while records.read(&mut record).unwrap() {
            out.push((record.line, record.cells().to_vec(), record.open_quote));
        }
        out
    }

    #[test]
    fn quotes_hide_delimiters_and_line_ends() {
        let rows = read("a,b\r\n\"x, \"\"y\"\"\nz\",2\n\n3,4", Delimiter::Char(b','));
        assert_eq!(rows[1], (2, vec!["x, \"y\"\nz".to_owned(), "2".to_owned()], false));
        assert_eq!(rows[2], (5, vec!["3".to_owned(), "4".to_owned()], false));
    }

    #[test]
    fn a_quote_never_closed_costs_one_row() {
        let rows = read("a,b\n\"x,1\n2,3\n4,5\n", Delimiter::Char(b','));
        assert_eq!(
            rows.iter().map(|(line, _, open)| (*line, *open)).collect::<Vec<_>>(),
            [(1, false), (2, true), (3, false), (4, false)]
        );
        assert_eq!(rows[3].1, ["4", "5"]);
    }

    #[test]
    fn runs_of_blanks_are_one_delimiter() {
        assert_eq!(
            read("  00001 19970101  1   11.77\r\n", Delimiter::Blanks)[0].1,
            ["00001", "19970101", "1", "11.77"]
        );
    }

    #[test]
    fn an_endless_line_costs_one_row_and_little_memory() {
        let text = format!("a,b\n{},2\n3,4\n", "x".repeat(5_000));
        let mut records = Records::new(text.as_bytes(), Delimiter::Char(b','), 1_000);
        let (mut record, mut rows) = (Record::default(), Vec::new());
        while records.read(&mut record).unwrap() {
            rows.push((record.line, record.cells().len(), record.too_long, record.text.len()));
        }
        assert_eq!(rows, [(1, 2, false, 3), (2, 0, true, KEPT), (3, 2, false, 3)]);
    }
}
