//! `import purchases`: one file of purchases and returns into the lake, whole or not at all.

use super::columns::Column;
use super::csv::Sheet;
use super::currency::{Chosen, CurrencyFrom};
use super::parquet::ColumnsFile;
use super::rejects::{Reason, RejectedLine, Rejects};
use super::row::{Marks, TextTable};
use super::source::{self, Wrapping};
use super::{KeyRef, Options, Progress, RawRow, Step};
use crate::Lake;
use crate::error::{Error, Result};
use crate::layout::KeyKind;
use crate::layout::key::Key;
use crate::layout::manifest::{ImportedFile, Manifest};
use crate::layout::replace::{self, Merged, Settings};
use crate::layout::spill::Spill;
use compact_str::CompactString;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use terms::money::Currency;
use terms::time::{Day, Instant};

/// Whether an import changed the lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its rows are in the lake.
    Applied,
    /// The same bytes were imported before in the same reading; nothing was added.
    AlreadyImported,
}

/// What an import did. `rows = purchases + returns + rejected`, and `purchases + returns = added + already_there`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Whether anything was read at all.
    pub outcome: Outcome,
    /// The number of the import, by which it can be undone; that of the earlier one if there was one.
    pub number: u32,
    /// An earlier import of the same bytes in another reading, whose rows are still in the lake.
    pub read_otherwise: Option<u32>,
    /// Rows below the header that are not blank.
    pub rows: u64,
    /// Rows that are purchases.
    pub purchases: u64,
    /// Rows that are returns or cancellations.
    pub returns: u64,
    /// Rows that could not be used, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// The first five of those.
    pub rejected_lines: Vec<RejectedLine>,
    /// Where all of them were written, if there are any and a file was asked for.
    pub rejects_file: Option<PathBuf>,
    /// Rows new to the lake.
    pub added: u64,
    /// Rows that an earlier file had brought.
    pub already_there: u64,
    /// The currency of all amounts.
    pub currency: Currency,
    /// Who says so.
    pub currency_from: CurrencyFrom,
    /// First day of a row that can be used.
    pub first_day: Option<Day>,
    /// Last day of a row that can be used.
    pub last_day: Option<Day>,
    /// The columns and why they were chosen.
    pub columns: Vec<Column>,
}

impl Imported {
    /// Rows that could not be used.
    #[must_use]
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.values().sum()
    }
}

/// Imports a file of purchases and returns. The same file twice, read the same way, adds nothing; a row alike in customer, time, amount and
/// order to one that an earlier file brought is not added again.
///
/// # Errors
/// When the file is missing, damaged, no table, without a needed column, or without one usable row; when another import
/// is running; when the disk refuses. The lake is then as it was.
pub fn purchases(
    lake: &Lake,
    path: &Path,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Imported> {
    let wrapping = source::sniff(path)?;
    let _lock = lake.lock()?;
    let manifest = lake.manifest()?;
    let content = source::content_hash(path)?;
    let table = Table::inspect(path, wrapping, options, manifest.currency)?;
    let reading = table.reading();
    let same_bytes = || manifest.imports.iter().filter(|file| file.content == content);
    if let Some(before) = same_bytes().find(|file| file.reading == reading) {
        return Ok(already(before, &table));
    }
    let read_otherwise = same_bytes().next_back().map(|file| file.number);
    let file = ImportedFile {
        content,
        name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        added: 0,
        number: manifest.last_import + 1,
        reading,
        at: options.now,
    };
    let run = Run { lake, path, options, manifest: &manifest, file, read_otherwise, table: &table };
    match &table {
        Table::Columns(columns)
            if columns.integer_keys()
                && (manifest.key == KeyKind::Integer || manifest.files().next().is_none()) =>
        {
            run.import::<i64>(progress)
        }
        _ => run.import::<CompactString>(progress),
    }
}

fn already(before: &ImportedFile, table: &Table) -> Imported {
    let currency = table.currency();
    Imported {
        outcome: Outcome::AlreadyImported,
        number: before.number,
        read_otherwise: None,
        rows: 0,
        purchases: 0,
        returns: 0,
        rejected: BTreeMap::new(),
        rejected_lines: Vec::new(),
        rejects_file: None,
        added: 0,
        already_there: 0,
        currency: currency.currency,
        currency_from: currency.from,
        first_day: None,
        last_day: None,
        columns: table.columns().to_vec(),
    }
}

struct Run<'a> {
    lake: &'a Lake,
    path: &'a Path,
    options: &'a Options,
    manifest: &'a Manifest,
    file: ImportedFile,
    read_otherwise: Option<u32>,
    table: &'a Table,
}

impl Run<'_> {
    fn import<K: SpillKey>(self, progress: &mut dyn FnMut(Progress)) -> Result<Imported> {
        let bits = replace::bits_after(self.manifest, self.table.estimated_rows());
        let mut spill =
            Spill::<K>::create(&self.lake.folder().join("spill"), "new", bits, self.options.memory())?;
        let mut rejects = Rejects::new(self.options.rejects.as_deref(), self.options.kept_out.as_ref());
        let (mut returns, mut first, mut last) = (0_u64, i64::MAX, i64::MIN);
        let rows = self.table.each(self.options, progress, |line, row, text| match row {
            Ok(row) if self.options.kept_out.as_ref().is_some_and(|out| row.key.is_kept_out(out)) => {
                rejects.push(line, Reason::Erased, String::new)
            }
            Ok(row) => {
                returns += u64::from(row.amount < 0);
                (first, last) = (first.min(row.time), last.max(row.time));
                K::push(&mut spill, &row)
            }
            Err(reason) => rejects.push(line, reason, text),
        })?;
        let used = spill.total();
        if used == 0 {
            return Err(Error::NothingUsable {
                path: self.path.to_owned(),
                rows,
                reason: rejects.most_frequent(),
            });
        }
        debug_assert_eq!(used + rejects.total(), rows);
        let currency = self.table.currency();
        let number = self.file.number;
        let settings = Settings {
            file: self.file,
            currency: currency.currency,
            threads: self.options.threads(),
            memory: self.options.memory(),
        };
        let Merged { added, already } =
            replace::apply(self.lake, &spill, bits, settings, &mut |done, total| {
                progress(Progress { step: Step::Arranging, done, total });
            })?;
        let rejected = rejects.finish()?;
        Ok(Imported {
            outcome: Outcome::Applied,
            number,
            read_otherwise: self.read_otherwise,
            rows,
            purchases: used - returns,
            returns,
            rejected: rejected.counts,
            rejected_lines: rejected.first,
            rejects_file: rejected.file,
            added,
            already_there: already,
            currency: currency.currency,
            currency_from: currency.from,
            first_day: Some(Instant(first).day()),
            last_day: Some(Instant(last).day()),
            columns: self.table.columns().to_vec(),
        })
    }
}

/// A key that a row of a file can be spilled under.
trait SpillKey: Key {
    fn push(spill: &mut Spill<Self>, row: &RawRow<'_>) -> Result<()>;
}

impl SpillKey for i64 {
    #[inline]
    fn push(spill: &mut Spill<Self>, row: &RawRow<'_>) -> Result<()> {
        match row.key {
            KeyRef::Integer(key) => spill.push(&key, row.time, row.amount, row.order),
            // Never happens: integer spills are made for integer columns only.
            KeyRef::Text(_) => Ok(()),
        }
    }
}

impl SpillKey for CompactString {
    fn push(spill: &mut Spill<Self>, row: &RawRow<'_>) -> Result<()> {
        let key = match row.key {
            KeyRef::Integer(key) => compact_str::format_compact!("{key}"),
            KeyRef::Text(key) => Self::new(key),
        };
        spill.push(&key, row.time, row.amount, row.order)
    }
}

/// A file of purchases that has been looked at, of either sort.
pub(crate) enum Table {
    Text(Box<TextTable>),
    Columns(Box<ColumnsFile>),
}

impl Table {
    pub(crate) fn inspect(
        path: &Path,
        wrapping: Wrapping,
        options: &Options,
        lake: Option<Currency>,
    ) -> Result<Self> {
        Ok(match wrapping {
            Wrapping::Parquet => Self::Columns(Box::new(ColumnsFile::inspect(path, options, lake)?)),
            _ => Self::Text(Box::new(TextTable::inspect(
                Sheet::inspect(path, wrapping, options)?,
                options,
                lake,
            )?)),
        })
    }

    pub(crate) fn columns(&self) -> &[Column] {
        match self {
            Self::Text(table) => &table.columns,
            Self::Columns(file) => file.columns(),
        }
    }

    pub(crate) fn currency(&self) -> Chosen {
        match self {
            Self::Text(table) => table.currency,
            Self::Columns(file) => file.currency(),
        }
    }

    /// The decimal marks of its columns of text.
    pub(crate) fn marks(&self) -> Marks {
        match self {
            Self::Text(table) => table.marks,
            Self::Columns(file) => file.marks(),
        }
    }

    /// How the file is understood, as text: two imports of the same bytes with the same text are the same import.
    fn reading(&self) -> String {
        let mut text = String::new();
        for column in self.columns() {
            text += &format!("{} {}, ", column.role.name(), column.index + 1);
        }
        let times = match self {
            Self::Text(table) => {
                text += &format!("delimiter {}, ", table.sheet.delimiter.name());
                text += if table.sheet.has_header { "header, " } else { "no header, " };
                Some(&table.time_format)
            }
            Self::Columns(file) => file.time_format(),
        };
        if let Some(format) = times {
            text += &format!("times {format}, ");
        }
        if let Some(mark) = self.marks().money {
            text += &format!("decimal {mark}, ");
        }
        text + self.currency().default().as_str()
    }

    fn estimated_rows(&self) -> u64 {
        match self {
            Self::Text(table) => table.sheet.estimated_rows,
            Self::Columns(file) => file.rows(),
        }
    }

    /// Gives every row, or why it cannot be used, with its line and its text.
    fn each(
        &self,
        options: &Options,
        progress: &mut dyn FnMut(Progress),
        mut each: impl FnMut(u64, std::result::Result<RawRow<'_>, Reason>, &dyn Fn() -> String) -> Result<()>,
    ) -> Result<u64> {
        match self {
            Self::Text(table) => table.sheet.each(options, progress, |record| {
                each(record.line, table.read(record), &|| record.text.clone())
            }),
            Self::Columns(file) => file.each(progress, u64::MAX, each),
        }
    }
}
