//! Rows that could not be used: counted by reason, and written with their line to a file a person can open.
//!
//! The file is CSV: `line,reason,row`. A row that a spreadsheet would take for a formula gets an apostrophe before it.

use super::KeptOut;
use crate::error::{Error, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Why a row was not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The customer's cell is empty.
    NoCustomer,
    /// The customer's key is longer than 200 bytes.
    LongCustomer,
    /// The customer's key holds control characters.
    BadCustomer,
    /// The time's cell is empty.
    NoTime,
    /// The time is not in the file's format, or no such day exists.
    BadTime,
    /// The time lies in the future.
    FutureTime,
    /// The amount's cell is empty.
    NoAmount,
    /// The amount, quantity or price is not a finite number.
    BadAmount,
    /// The amount, quantity or price is beyond a trillion.
    TooLarge,
    /// The number is written with another decimal mark than its column.
    OtherDecimal,
    /// The number may be read two ways, and no row of the sample says which.
    UnclearDecimal,
    /// The unit price is 0: a sample or a correction, not a sale.
    ZeroPrice,
    /// The quantity is 0.
    ZeroQuantity,
    /// The currency is not three letters.
    BadCurrency,
    /// The currency is not the lake's.
    OtherCurrency,
    /// Fewer cells than the needed columns.
    TooFewColumns,
    /// More cells than the header.
    TooManyColumns,
    /// A cell or the whole line is longer than the limit.
    TooLong,
    /// A quote is opened and never closed.
    OpenQuote,
    /// A word that is none of the known ones (consents, events).
    UnknownWord,
    /// A consent string, or a part of it, that cannot be used.
    BadConsentString,
    /// The customer was erased and is not taken in again.
    Erased,
    /// Not an e-mail address (RFC 5322, without a name beside it, with a domain of at least two parts).
    BadEmail,
}

impl Reason {
    /// What is wrong, for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::NoCustomer => "no customer",
            Self::LongCustomer => "customer key too long",
            Self::NoTime => "no time",
            Self::BadCustomer => "customer key holds control characters",
            Self::BadTime => "time cannot be read",
            Self::FutureTime => "time lies in the future",
            Self::NoAmount => "no amount",
            Self::BadAmount => "amount is not a number",
            Self::TooLarge => "amount is too large",
            Self::OtherDecimal => "another decimal mark than the column's",
            Self::UnclearDecimal => "decimal mark unclear; say --decimal comma or --decimal point",
            Self::ZeroPrice => "unit price is zero",
            Self::ZeroQuantity => "quantity is zero",
            Self::BadCurrency => "currency cannot be read",
            Self::OtherCurrency => "another currency than the lake's",
            Self::TooFewColumns => "too few columns",
            Self::TooManyColumns => "too many columns",
            Self::TooLong => "too long",
            Self::OpenQuote => "quote never closed",
            Self::UnknownWord => "unknown word",
            Self::BadConsentString => "consent string cannot be used",
            Self::Erased => "the customer was erased; their data are not taken in again",
            Self::BadEmail => "not an e-mail address",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.text())
    }
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectedLine {
    /// Its line, from 1; in Parquet its row.
    pub line: u64,
    /// What is wrong, for people.
    pub reason: String,
    /// The row as the file has it, cut after 200 letters.
    pub row: String,
}

/// How many rejected rows are kept to be shown.
const SHOWN: usize = 5;
/// How many different texts of reasons are counted apart.
const TEXTS: usize = 20;
/// How much of a row is shown.
const ROW: usize = 200;

/// A reason, and what more there is to say, such as which word is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) reason: Reason,
    pub(crate) detail: Option<String>,
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self { reason, detail: None }
    }
}

impl Rejection {
    fn text(&self) -> &str {
        self.detail.as_deref().unwrap_or(self.reason.text())
    }
}

/// Rejected rows, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rejected {
    /// By reason.
    pub(crate) counts: BTreeMap<Reason, u64>,
    /// By what is said about them.
    pub(crate) texts: BTreeMap<String, u64>,
    /// The first few.
    pub(crate) first: Vec<RejectedLine>,
    /// Where all of them were written, if there are any and a file was asked for.
    pub(crate) file: Option<PathBuf>,
}

/// Collects rejected rows.
pub(crate) struct Rejects {
    path: Option<PathBuf>,
    writer: Option<csv::Writer<File>>,
    rejected: Rejected,
    kept_out: Option<KeptOut>,
}

impl Rejects {
    pub(crate) fn new(path: Option<&Path>, kept_out: Option<&KeptOut>) -> Self {
        let (path, kept_out) = (path.map(Path::to_owned), kept_out.cloned());
        Self { path, writer: None, rejected: Rejected::default(), kept_out }
    }

    /// Counts a row and writes it, if there is a file to write to; the file appears with its first row.
    pub(crate) fn push(
        &mut self,
        line: u64,
        rejection: impl Into<Rejection>,
        row: impl Fn() -> String,
    ) -> Result<()> {
        let mut rejection = rejection.into();
        // Also a row that cannot be read for another reason says nothing more of somebody erased.
        if self.kept_out.as_ref().is_some_and(|kept_out| kept_out.may_be_in(&row())) {
            rejection = Reason::Erased.into();
        }
        let erased = rejection.reason == Reason::Erased;
        let rejected = &mut self.rejected;
        *rejected.counts.entry(rejection.reason).or_default() += 1;
        let text = if rejected.texts.contains_key(rejection.text()) || rejected.texts.len() < TEXTS {
            rejection.text()
        } else {
            rejection.reason.text()
        };
        match rejected.texts.get_mut(text) {
            Some(count) => *count += 1,
            None => drop(rejected.texts.insert(text.to_owned(), 1)),
        }
        let shown = rejected.first.len() < SHOWN;
        if !shown && self.path.is_none() {
            return Ok(());
        }
        let row = if erased { String::new() } else { row() };
        if shown {
            let row = row.chars().take(ROW).collect();
            rejected.first.push(RejectedLine { line, reason: rejection.text().to_owned(), row });
        }
        let Some(path) = &self.path else { return Ok(()) };
        let failed = |error: csv::Error| Error::io(path)(std::io::Error::other(error));
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => {
                let file = crate::private::create(path).map_err(Error::io(path))?;
                let mut writer = csv::Writer::from_writer(file);
                writer.write_record(["line", "reason", "row"]).map_err(failed)?;
                none.insert(writer)
            }
        };
        writer.write_record([line.to_string().as_str(), rejection.text(), &harmless(row)]).map_err(failed)
    }

    pub(crate) fn total(&self) -> u64 {
        self.rejected.counts.values().sum()
    }

    /// What is most often wrong, and the first row of that.
    pub(crate) fn most_frequent(&self) -> String {
        let Some((text, _)) = self.rejected.texts.iter().max_by_key(|(_, n)| **n) else {
            return String::new();
        };
        match self.rejected.first.iter().find(|line| line.reason == *text) {
            Some(first) => format!("{text}, as in line {}", first.line),
            None => text.clone(),
        }
    }

    /// Flushes the file; says where it is if there is one.
    pub(crate) fn finish(mut self) -> Result<Rejected> {
        if let (Some(mut writer), Some(path)) = (self.writer.take(), self.path.take()) {
            writer.flush().map_err(Error::io(&path))?;
            self.rejected.file = Some(path);
        }
        Ok(self.rejected)
    }
}

fn csv_error(path: &Path) -> impl Fn(csv::Error) -> Error {
    let path = path.to_owned();
    move |error| Error::io(&path)(std::io::Error::other(error))
}

/// The rows of a file of rejected rows.
///
/// # Errors
/// When it cannot be read.
pub fn rejected_rows(path: &Path) -> Result<Vec<RejectedLine>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(csv_error(path))?;
    let mut rows = Vec::new();
    for record in reader.byte_records() {
        let record = record.map_err(csv_error(path))?;
        let cell = |at: usize| record.get(at).map(String::from_utf8_lossy).unwrap_or_default().into_owned();
        rows.push(RejectedLine { line: cell(0).parse().unwrap_or(0), reason: cell(1), row: cell(2) });
    }
    Ok(rows)
}

/// Takes rows out of a file of rejected rows: the rest is written beside it, flushed, and renamed over it; a file
/// without rows is deleted. Comes out: how many.
///
/// # Errors
/// When it cannot be read or written; it is then as it was.
pub fn drop_rejected_rows(path: &Path, mut theirs: impl FnMut(&str) -> bool) -> Result<u64> {
    let next = path.with_extension("next");
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(csv_error(path))?;
    let header = reader.byte_headers().map_err(csv_error(path))?.clone();
    let file = crate::private::create(&next).map_err(Error::io(&next))?;
    let sync = file.try_clone().map_err(Error::io(&next))?;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
    writer.write_byte_record(&header).map_err(csv_error(&next))?;
    let (mut dropped, mut kept) = (0, 0_u64);
    for record in reader.byte_records() {
        let record = record.map_err(csv_error(path))?;
        if record.iter().any(|cell| theirs(&String::from_utf8_lossy(cell))) {
            dropped += 1;
        } else {
            kept += 1;
            writer.write_byte_record(&record).map_err(csv_error(&next))?;
        }
    }
    writer.flush().map_err(Error::io(&next))?;
    sync.sync_all().map_err(Error::io(&next))?;
    drop(writer);
    match (dropped, kept) {
        (0, _) => std::fs::remove_file(&next).map_err(Error::io(&next))?,
        (_, 0) => {
            std::fs::remove_file(&next).map_err(Error::io(&next))?;
            std::fs::remove_file(path).map_err(Error::io(path))?;
        }
        _ => std::fs::rename(&next, path).map_err(Error::io(path))?,
    }
    Ok(dropped)
}

/// The text with an apostrophe before it when a spreadsheet would run it (OWASP, "CSV Injection").
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_made_harmless() {
        assert_eq!(harmless("=1+1".into()), "'=1+1");
        assert_eq!(harmless("ok".into()), "ok");
    }
}
