//! What can go wrong between a file and the lake, in words that say what to do next.
//!
//! It does not cover single rows: a bad row is a reject with a [`crate::import::Reason`], not an error.

use std::path::{Path, PathBuf};
use terms::money::Currency;

/// The result of work on files or the lake.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a file could not be imported or the lake not be read. Nothing has been changed when one of these is returned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such file.
    #[error("there is no file `{0}`; check the path")]
    Missing(PathBuf),
    /// A folder where a file was expected.
    #[error("`{0}` is a folder; name one file inside it")]
    Folder(PathBuf),
    /// No bytes, or a header without rows.
    #[error("`{path}` has no rows ({what}); export it again")]
    Empty {
        /// The file.
        path: PathBuf,
        /// What was found instead.
        what: &'static str,
    },
    /// Not a table.
    #[error("`{path}` is not a table Candor reads: {what}; save it as CSV or Parquet")]
    NotATable {
        /// The file.
        path: PathBuf,
        /// What it looks like.
        what: String,
    },
    /// A file that begins as Parquet and is none.
    #[error(
        "`{path}` is not a Parquet file, or not the whole of one: it begins as one, but {what}; export or copy it again, \
         or save it as CSV"
    )]
    NotParquet {
        /// The file.
        path: PathBuf,
        /// What it has instead.
        what: &'static str,
    },
    /// A compressed file that stops or breaks in the middle.
    #[error(
        "`{path}` breaks off or is damaged after {rows} readable rows ({why}); nothing was imported: copy the file \
         again"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Rows that could be read before it.
        rows: u64,
        /// What the decompressor or decoder said.
        why: String,
    },
    /// A compressed file that would unpack to more than the limits.
    #[error(
        "`{path}` would unpack to {bytes} bytes, {why}; unpack it yourself if you trust it, then import that file"
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Declared or reached size.
        bytes: u64,
        /// Which limit.
        why: String,
    },
    /// An archive that does not hold exactly one table.
    #[error(
        "`{path}` holds {found}; an archive must hold exactly one CSV file: unpack it and import each file"
    )]
    Archive {
        /// The file.
        path: PathBuf,
        /// What it holds.
        found: String,
    },
    /// A line beyond the limit.
    #[error(
        "line {line} of `{path}` is longer than {limit} bytes; is it a text table, and is a quote left open?"
    )]
    LongLine {
        /// The file.
        path: PathBuf,
        /// Its number, from 1.
        line: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// One column only.
    #[error("no delimiter found in `{0}`; say which with --delimiter (such as `;`, `tab` or `space`)")]
    NoDelimiter(PathBuf),
    /// A delimiter that cannot be one.
    #[error(
        "`{0}` is not a delimiter; give one character, or `tab`, `space`, `comma`, `semicolon` or `pipe`"
    )]
    BadDelimiter(String),
    /// A role nobody fills.
    #[error(
        "no column of `{path}` looks like the {role}; say which with {flag}NAME or {flag}NUMBER (columns: {columns})"
    )]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// What is missing.
        role: &'static str,
        /// The option that names it, up to the name.
        flag: &'static str,
        /// What there is.
        columns: String,
    },
    /// A column named by the caller that does not exist.
    #[error("`{path}` has no column `{asked}`, as {flag}{asked} says (columns: {columns})")]
    UnknownColumn {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        asked: String,
        /// The option.
        flag: &'static str,
        /// What there is.
        columns: String,
    },
    /// A column of a table that does not exist.
    #[error("`{path}` has no column `{column}`; it has {known}")]
    NoSuchColumn {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        column: String,
        /// What there is.
        known: String,
    },
    /// A column that is to name groups and names rows.
    #[error(
        "column `{column}` of `{path}` has more than 65,535 different values; name a column of groups, such as a region"
    )]
    TooManyValues {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
    },
    /// A needed column whose name stands twice in the header.
    #[error(
        "the header of `{path}` names `{name}` twice (columns {first} and {second}); choose one with {flag}{first}"
    )]
    DuplicateColumn {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
        /// Number of the first, from 1.
        first: usize,
        /// Number of the second.
        second: usize,
        /// The option that chooses.
        flag: &'static str,
    },
    /// Days and months cannot be told apart.
    #[error(
        "dates such as `{example}` may be day first or month first and no row of the sample decides; say --time-format \
         dmy or --time-format mdy"
    )]
    AmbiguousDates {
        /// One of them.
        example: String,
    },
    /// Some dates are day first, others month first.
    #[error(
        "rows contradict each other: `{day_first}` (line {day_line}) can only be day first, `{month_first}` (line \
         {month_line}) only month first; say --time-format dmy or --time-format mdy to keep one sort and reject the other, \
         or mend the file"
    )]
    ContradictingDates {
        /// One that is day first.
        day_first: String,
        /// Its line.
        day_line: u64,
        /// One that is month first.
        month_first: String,
        /// Its line.
        month_line: u64,
    },
    /// Decimals and thousands cannot be told apart.
    #[error(
        "numbers such as `{example}` (line {line}) may have decimals or thousands behind their mark, and no row of the \
         sample decides; say --decimal comma or --decimal point"
    )]
    AmbiguousAmounts {
        /// One of them.
        example: String,
        /// Its line.
        line: u64,
    },
    /// Some numbers have a decimal point, as many others a decimal comma.
    #[error(
        "rows contradict each other: `{point}` (line {point_line}) has a decimal point, `{comma}` (line {comma_line}) a \
         decimal comma; say --decimal comma or --decimal point to keep one sort and reject the other, or mend the file"
    )]
    ContradictingAmounts {
        /// One with a point.
        point: String,
        /// Its line.
        point_line: u64,
        /// One with a comma.
        comma: String,
        /// Its line.
        comma_line: u64,
    },
    /// The column's name speaks for another currency than the lake's.
    #[error(
        "column `{column}` looks like {seen}, and the lake is in {lake}; if its amounts are {lake}, say --currency {lake}"
    )]
    OtherCurrency {
        /// The column.
        column: String,
        /// What its name says.
        seen: Currency,
        /// What the lake holds.
        lake: Currency,
    },
    /// A field of customers, consents or events that there is not.
    #[error("there is no field `{asked}`; --column takes FIELD=NAME with one of these fields: {fields}")]
    UnknownField {
        /// What was asked for.
        asked: String,
        /// What there is.
        fields: String,
    },
    /// No such import.
    #[error("there is no import {asked} to undo; `candor import list` shows which there are")]
    NoImport {
        /// What was asked for.
        asked: String,
    },
    /// An import whose rows are not known any more.
    #[error(
        "import `{name}` was made before imports could be undone; which rows it brought was not recorded"
    )]
    NotRecorded {
        /// The file's name.
        name: String,
    },
    /// No known way of writing times.
    #[error(
        "times such as `{example}` are in no known format; say --time-format, such as `%d %b %Y` or `epoch-ms`"
    )]
    UnknownTimes {
        /// One of them.
        example: String,
    },
    /// A time format nobody knows.
    #[error(
        "`{0}` is no time format; use iso, yyyymmdd, dmy, mdy, epoch-s, epoch-ms, epoch-us or a pattern such as `%d %b %Y`"
    )]
    BadTimeFormat(String),
    /// A Parquet column of a type that cannot fill its role.
    #[error(
        "column `{column}` of `{path}` is of type {found}, which cannot be read as the {role}; name another one with {flag}NAME"
    )]
    ColumnType {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// Its type.
        found: String,
        /// The role.
        role: &'static str,
        /// The option.
        flag: &'static str,
    },
    /// Every row was rejected.
    #[error(
        "none of the {rows} rows of `{path}` could be used (most often: {reason}); look at them with --dry-run"
    )]
    NothingUsable {
        /// The file.
        path: PathBuf,
        /// Rows read.
        rows: u64,
        /// The most frequent reason.
        reason: String,
    },
    /// Another process is importing.
    #[error("another import into `{0}` is running; wait for it to end, then try again")]
    Busy(PathBuf),
    /// A manifest of another version or with a hole.
    #[error(
        "the lake in `{path}` cannot be read: {why}; restore it from a backup, or import into a new folder"
    )]
    BadLake {
        /// The lake's folder or file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The caller stopped the work.
    #[error("the work was stopped; nothing was changed")]
    Stopped,
    /// The system refused.
    #[error("`{path}`: {source}; check the disk's space and permissions")]
    Io {
        /// On which file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn io(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { path: path.as_ref().to_owned(), source }
    }

    pub(crate) fn bad_lake(path: impl AsRef<Path>, why: impl std::fmt::Display) -> Self {
        Self::BadLake { path: path.as_ref().to_owned(), why: why.to_string() }
    }
}
