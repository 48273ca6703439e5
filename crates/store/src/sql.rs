//! Named SQL statements from `queries/<noun>.sql`, statements for many rows at once, and typed reading of columns.
//!
//! A name that is missing from its file does not compile; a name that nobody uses fails a test. Deliberately absent:
//! SQL text. It stands in the query files only.

use crate::error::{Error, Result};
use crate::open::Kind;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::str::FromStr;
use terms::time::Instant;

/// Finds the statement after the line `-- name: NAME`, up to the next such line. Runs while compiling.
#[expect(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "evaluated by the compiler: a missing name does not build"
)]
pub(crate) const fn statement(file: &'static str, name: &str) -> &'static str {
    const MARK: &[u8] = b"-- name: ";
    let (text, name) = (file.as_bytes(), name.as_bytes());
    let mut start = None;
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'-' && (at == 0 || text[at - 1] == b'\n') && matches_at(text, at, MARK) {
            if let Some(from) = start {
                return file.split_at(at).0.split_at(from).1;
            }
            let named = at + MARK.len();
            let end = named + name.len();
            if matches_at(text, named, name) && end < text.len() && text[end] == b'\n' {
                start = Some(end + 1);
            }
        }
        at += 1;
    }
    match start {
        Some(from) => file.split_at(from).1,
        None => panic!("no statement of this name in the query file"),
    }
}

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn matches_at(text: &[u8], at: usize, what: &[u8]) -> bool {
    if at + what.len() > text.len() {
        return false;
    }
    let mut i = 0;
    while i < what.len() {
        if text[at + i] != what[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The named statement of a query file: `sql!("people", "person_by_id")`.
macro_rules! sql {
    ($file:literal, $name:literal) => {{
        const STATEMENT: &str = $crate::sql::statement(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/", $file, ".sql")),
            $name,
        );
        STATEMENT
    }};
}
pub(crate) use sql;

/// Writes the part between `/*each*/` and `/*end*/` once for each of `n` rows, separated by commas. Parameters inside
/// it come after all others and are numbered on: `IN (/*each*/$2/*end*/)` becomes `IN ($2,$3,$4)`, for PostgreSQL
/// `IN (VALUES ($2),($3),($4))`.
///
/// Where parameters stand in the order of their numbers, SQLite gets `?` for each of them: it looks for a name among
/// all names of the statement, which for many rows takes longer than the statement itself.
pub(crate) fn each(kind: Kind, statement: &'static str, n: usize) -> AssertSqlSafe<String> {
    let Some((head, rest)) = statement.split_once("/*each*/") else {
        return AssertSqlSafe(statement.to_owned());
    };
    let (row, tail) = rest.split_once("/*end*/").unwrap_or((rest, ""));
    // PostgreSQL compares every row with every value of a list unless the list is a table.
    let is_list = kind == Kind::Postgres && head.trim_end().ends_with("IN (");
    let (open, close) = if is_list { ("(", ")") } else { ("", "") };
    let (head, row) = (Pieces::of(head), Pieces::of(row));
    let numbers = head.pieces.iter().chain(&row.pieces).map(|(number, _)| *number);
    let bare = kind == Kind::Sqlite && !tail.contains('$') && numbers.enumerate().all(|(at, n)| n == at + 1);
    let first = row.pieces.iter().map(|(number, _)| *number).min().unwrap_or(0);
    let last = row.pieces.iter().map(|(number, _)| *number).max().unwrap_or(0);
    let mut out = String::with_capacity(statement.len() + n * 6 * (1 + row.pieces.len()));
    head.write(&mut out, bare, 0);
    out.push_str(if is_list { "VALUES " } else { "" });
    for at in 0..n {
        out.push_str(if at == 0 { "" } else { "," });
        out.push_str(open);
        row.write(&mut out, bare, at * (last + 1 - first));
        out.push_str(close);
    }
    out.push_str(tail);
    AssertSqlSafe(out)
}

/// A part of a statement, cut at its parameters.
struct Pieces<'a> {
    lead: &'a str,
    /// The number of each parameter, and the text after it.
    pieces: Vec<(usize, &'a str)>,
}

impl<'a> Pieces<'a> {
    fn of(text: &'a str) -> Self {
        let mut pieces = text.split('$');
        let lead = pieces.next().unwrap_or_default();
        let numbered = |piece: &'a str| {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let (number, text) = piece.split_at(digits);
            (number.parse().unwrap_or(0), text)
        };
        Self { lead, pieces: pieces.map(numbered).collect() }
    }

    fn write(&self, out: &mut String, bare: bool, shift: usize) {
        out.push_str(self.lead);
        for (number, text) in &self.pieces {
            if bare {
                out.push('?');
            } else {
                out.push('$');
                out.push_str(&(number + shift).to_string());
            }
            out.push_str(text);
        }
    }
}

/// Cuts rows into batches whose sizes are powers of four up to 1,024, so that a connection prepares six texts of a
/// statement at most: it remembers a hundred texts.
pub(crate) fn batches<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = 4usize.pow(rows.len().min(1_024).checked_ilog(4)?);
        let (batch, rest) = rows.split_at_checked(size)?;
        rows = rest;
        Some(batch)
    })
}

/// Typed columns of a row.
pub(crate) trait Columns {
    fn int(&self, column: &str) -> Result<i64>;
    fn opt_int(&self, column: &str) -> Result<Option<i64>>;
    fn float(&self, column: &str) -> Result<f64>;
    fn opt_float(&self, column: &str) -> Result<Option<f64>>;
    fn text(&self, column: &str) -> Result<String>;
    fn opt_text(&self, column: &str) -> Result<Option<String>>;

    fn at(&self, column: &str) -> Result<Instant> {
        self.int(column).map(Instant)
    }
    fn opt_at(&self, column: &str) -> Result<Option<Instant>> {
        Ok(self.opt_int(column)?.map(Instant))
    }
    fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }
    /// An enum, hash or other value that reads back from its text.
    fn word<T: FromStr>(&self, column: &str) -> Result<T> {
        self.text(column)?.parse().map_err(|_| Error::Corrupt { what: format!("column `{column}`") })
    }
    fn opt_word<T: FromStr>(&self, column: &str) -> Result<Option<T>> {
        let text = self.opt_text(column)?;
        text.map(|text| text.parse().map_err(|_| Error::Corrupt { what: format!("column `{column}`") }))
            .transpose()
    }
    fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_str(&self.text(column)?)
            .map_err(|_| Error::Corrupt { what: format!("column `{column}`") })
    }
}

impl Columns for AnyRow {
    fn int(&self, column: &str) -> Result<i64> {
        Ok(self.try_get(column)?)
    }
    fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        Ok(self.try_get(column)?)
    }
    fn float(&self, column: &str) -> Result<f64> {
        Ok(self.try_get(column)?)
    }
    fn opt_float(&self, column: &str) -> Result<Option<f64>> {
        Ok(self.try_get(column)?)
    }
    fn text(&self, column: &str) -> Result<String> {
        Ok(self.try_get(column)?)
    }
    fn opt_text(&self, column: &str) -> Result<Option<String>> {
        Ok(self.try_get(column)?)
    }
}

/// Reads every row with one function.
pub(crate) fn rows<T>(rows: &[AnyRow], read: impl Fn(&AnyRow) -> Result<T>) -> Result<Vec<T>> {
    rows.iter().map(read).collect()
}

/// Several words of a closed set, kept in one column with blanks between them.
pub(crate) fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

/// The words of such a column.
pub(crate) fn words<T: FromStr>(text: &str, column: &str) -> Result<Vec<T>> {
    let read = |word: &str| word.parse().map_err(|_| Error::Corrupt { what: format!("column `{column}`") });
    text.split_whitespace().map(read).collect()
}

/// The lower-case form in which addresses are compared.
pub(crate) fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The form in which names are searched: lower case, Latin letters without their accents, so that `rocio` finds
/// `Rocío`. Kept in a column of its own, because neither database folds accents by itself.
pub(crate) fn without_accents(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.trim().to_lowercase().chars() {
        match letter {
            'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ď' | 'đ' => out.push('d'),
            'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => out.push('e'),
            'ğ' => out.push('g'),
            'í' | 'ì' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => out.push('i'),
            'ł' | 'ľ' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ő' | 'ō' => out.push('o'),
            'ř' => out.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => out.push('s'),
            'ť' | 'ţ' | 'ț' => out.push('t'),
            'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            // An accent of its own, as some systems write them.
            '\u{300}'..='\u{36f}' => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "-- name: first\n-- says one\nSELECT 1;\n\n-- name: first_again\nSELECT 2;\n";

    #[test]
    fn a_statement_is_found_by_its_whole_name() {
        assert_eq!(statement(FILE, "first"), "-- says one\nSELECT 1;\n\n");
        assert_eq!(statement(FILE, "first_again"), "SELECT 2;\n");
    }

    #[test]
    #[should_panic(expected = "no statement of this name")]
    fn a_missing_name_is_refused_while_compiling() {
        let _ = statement(FILE, "second");
    }

    #[test]
    fn rows_are_numbered_on_and_fixed_parameters_stay() {
        let text = |kind, statement, n| each(kind, statement, n).0;
        let (swapped, named) =
            ("INSERT INTO t VALUES /*each*/ ($2, $1)/*end*/", "x = $1 AND k IN (/*each*/$2/*end*/)");
        let rows = "VALUES /*each*/($1, $2)/*end*/";
        for kind in [Kind::Sqlite, Kind::Postgres] {
            assert_eq!(text(kind, swapped, 2), "INSERT INTO t VALUES  ($2, $1), ($4, $3)");
            assert_eq!(text(kind, "SET x = /*each*/$1/*end*/ WHERE k = $9", 1), "SET x = $1 WHERE k = $9");
        }
        assert_eq!(text(Kind::Postgres, named, 3), "x = $1 AND k IN (VALUES ($2),($3),($4))");
        assert_eq!(text(Kind::Postgres, rows, 2), "VALUES ($1, $2),($3, $4)");
        assert_eq!(text(Kind::Sqlite, named, 3), "x = ? AND k IN (?,?,?)");
        assert_eq!(text(Kind::Sqlite, rows, 2), "VALUES (?, ?),(?, ?)");
    }

    #[test]
    fn batches_cover_every_row_once() {
        let rows: Vec<u32> = (0..1_300).collect();
        let sizes: Vec<usize> = batches(&rows).map(<[u32]>::len).collect();
        assert_eq!(sizes, [1_024, 256, 16, 4]);
        assert_eq!(batches(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        assert_eq!(batches::<u32>(&[]).count(), 0);
    }

    #[test]
    fn every_named_statement_is_used_and_every_file_is_commented() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut source = String::new();
        for folder in ["src", "src/ledger"] {
            for file in std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()) {
                if file.is_file() {
                    source.push_str(&std::fs::read_to_string(file).unwrap());
                }
            }
        }
        let source: String = source.split_whitespace().collect::<Vec<_>>().join("");
        for file in std::fs::read_dir(root.join("queries")).unwrap().map(|entry| entry.unwrap().path()) {
            let noun = file.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.starts_with("-- "), "`{noun}` does not open with a comment");
            let mut names = std::collections::BTreeSet::new();
            for name in text.lines().filter_map(|line| line.strip_prefix("-- name: ")) {
                assert!(names.insert(name.to_owned()), "`{name}` stands twice in `{noun}`");
                assert!(
                    source.contains(&format!("\"{noun}\",\"{name}\"")),
                    "nobody uses `{name}` of `{noun}`"
                );
            }
        }
    }
}
