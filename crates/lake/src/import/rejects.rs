//! Rows that could not be used: counted by reason, and written with their line to a file a person can open.
//!
//! The file is CSV: `line,reason,row`. A row that a spreadsheet would take for a formula gets an apostrophe before it.

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
    /// The customer's key is longer than 256 bytes.
    LongCustomer,
    /// The time's cell is empty.
    NoTime,
    /// The time is not in the file's format, or no such day exists.
    BadTime,
    /// The amount's cell is empty.
    NoAmount,
    /// The amount, quantity or price is not a finite number.
    BadAmount,
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
    /// A quote is opened and never closed.
    OpenQuote,
    /// A word that is none of the known ones (consents, events).
    UnknownWord,
    /// An address without an `@` between two parts.
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
            Self::BadTime => "time cannot be read",
            Self::NoAmount => "no amount",
            Self::BadAmount => "amount is not a number",
            Self::ZeroPrice => "unit price is zero",
            Self::ZeroQuantity => "quantity is zero",
            Self::BadCurrency => "currency cannot be read",
            Self::OtherCurrency => "another currency than the lake's",
            Self::TooFewColumns => "too few columns",
            Self::TooManyColumns => "too many columns",
            Self::OpenQuote => "quote never closed",
            Self::UnknownWord => "unknown word",
            Self::BadEmail => "not an e-mail address",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.text())
    }
}

/// Collects rejected rows.
pub(crate) struct Rejects {
    path: Option<PathBuf>,
    writer: Option<csv::Writer<File>>,
    pub(crate) counts: BTreeMap<Reason, u64>,
}

impl Rejects {
    pub(crate) fn new(path: Option<&Path>) -> Self {
        Self { path: path.map(Path::to_owned), writer: None, counts: BTreeMap::new() }
    }

    /// Counts a row and writes it, if there is a file to write to; the file appears with its first row.
    pub(crate) fn push(&mut self, line: u64, reason: Reason, row: impl FnOnce() -> String) -> Result<()> {
        *self.counts.entry(reason).or_default() += 1;
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
        writer.write_record([line.to_string().as_str(), reason.text(), &harmless(row())]).map_err(failed)
    }

    pub(crate) fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(crate) fn most_frequent(&self) -> Option<Reason> {
        self.counts.iter().max_by_key(|(_, n)| **n).map(|(reason, _)| *reason)
    }

    /// Flushes the file; says where it is if there is one.
    pub(crate) fn finish(mut self) -> Result<(BTreeMap<Reason, u64>, Option<PathBuf>)> {
        let Some(mut writer) = self.writer.take() else { return Ok((self.counts, None)) };
        let path = self.path.unwrap_or_default();
        writer.flush().map_err(Error::io(&path))?;
        Ok((self.counts, Some(path)))
    }
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
