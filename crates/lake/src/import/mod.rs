//! Files in: what a brand exports, in any dress, becomes rows of the lake or typed rows for the store.
//!
//! Goes in: a path and [`Options`], which are all optional: what is not said is detected. Comes out: [`Imported`] counts,
//! a [`Preview`], or vectors of customers, consents and events. Nothing is half imported: on any error the lake is as
//! it was. Times without a zone are taken as UTC.

mod amount;
mod codes;
mod columns;
mod csv;
mod currency;
mod decimal_mark;
mod encoding;
mod fields;
mod parquet;
mod people;
mod preview;
mod purchases;
mod record;
mod rejects;
mod role;
mod row;
mod source;
mod strings;
mod table;
mod time_format;
mod time_of_day;

pub use codes::{Codes, Labels, NO_CODE, codes};
pub use columns::{Column, Why};
pub use currency::CurrencyFrom;
pub use decimal_mark::{BadDecimalMark, DecimalMark};
pub use encoding::Encoding;
pub use people::{Event, EventKind, Read, consents, customers, events, is_address};
pub use preview::{Preview, preview};
pub use purchases::{Imported, Outcome, purchases};
pub use record::Delimiter;
pub use rejects::{Reason, RejectedLine, drop_rejected_rows, rejected_rows};
pub use role::Role;
pub use source::{Limits, Wrapping};
pub use strings::{ConsentString, consent_strings};
pub use table::{Table, TextColumn, table};
pub use time_format::TimeFormat;

use std::collections::BTreeMap;
use std::path::PathBuf;
use terms::money::Currency;
use terms::time::Instant;

/// Whether the first row names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Header {
    /// Look and see.
    #[default]
    Detect,
    /// It does.
    Present,
    /// It is data.
    Absent,
}

/// Given a key and an address, whether rows about them stay out.
type Keeps = dyn Fn(&str, Option<&str>) -> bool + Send + Sync;

/// Who is not taken in because they were erased: answers for a key and, where a row has one, an address. Their rows
/// count as rejected, and nothing of what these say is repeated.
#[derive(Clone)]
pub struct KeptOut(std::sync::Arc<Keeps>);

impl KeptOut {
    /// Asks `answer` for each row.
    pub fn new(answer: impl Fn(&str, Option<&str>) -> bool + Send + Sync + 'static) -> Self {
        Self(std::sync::Arc::new(answer))
    }

    pub(crate) fn holds(&self, key: &str, email: Option<&str>) -> bool {
        (self.0)(key, email)
    }

    /// Whether a text that could not be read may be about somebody kept out: by any of its cells.
    pub(crate) fn may_be_in(&self, text: &str) -> bool {
        text.split([',', ';', '\t', '|', '"', ' ', '<', '>'])
            .map(str::trim)
            .any(|cell| !cell.is_empty() && self.holds(cell, Some(cell)))
    }
}

impl std::fmt::Debug for KeptOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptOut")
    }
}

/// What the caller knows better than detection. Columns are named by their header or by their number from 1.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Column of the customer's key.
    pub customer: Option<String>,
    /// Column of the time.
    pub time: Option<String>,
    /// Column of the amount.
    pub amount: Option<String>,
    /// Column of the order number.
    pub order: Option<String>,
    /// Column of the quantity.
    pub quantity: Option<String>,
    /// Column of the unit price, which is multiplied by the quantity.
    pub unit_price: Option<String>,
    /// Column of the currency.
    pub currency: Option<String>,
    /// Currency of rows that name none; in a first import the currency of the lake.
    pub default_currency: Option<Currency>,
    /// Currency of a first import about whose currency neither the caller nor the file says anything.
    pub brand_currency: Option<Currency>,
    /// Mark of the decimals in every column of numbers.
    pub decimal: Option<DecimalMark>,
    /// Columns of customers, consents and events by field, such as `email`.
    pub columns: BTreeMap<String, String>,
    /// Delimiter: a character, or `tab`, `space`, `comma`, `semicolon`, `pipe`.
    pub delimiter: Option<String>,
    /// Time format: `iso`, `yyyymmdd`, `dmy`, `mdy`, `epoch-s`, `epoch-ms`, `epoch-us` or a pattern such as `%d %b %Y`.
    pub time_format: Option<String>,
    /// Whether there is a header.
    pub header: Header,
    /// Where rejected rows are written; `None` only counts them.
    pub rejects: Option<PathBuf>,
    /// Who is not taken in.
    pub kept_out: Option<KeptOut>,
    /// Limits of unpacking and of lines.
    pub limits: Limits,
    /// Threads; 0 means one for each core.
    pub threads: usize,
    /// Memory for rows on their way, in MiB; 0 means 64.
    pub memory_mib: usize,
    /// The present; rows later than two days after it lie in the future and are rejected. Without it, those after 2199.
    pub now: Option<Instant>,
}

/// How far ahead of the present a row may lie: clocks and time zones differ.
const SLACK_DAYS: i32 = 2;

impl Options {
    /// The last instant that a row may have.
    fn latest(&self) -> Instant {
        let latest = self.now.map(|now| now.day().plus(SLACK_DAYS).start());
        latest.map_or(time_format::LATEST, |latest| latest.min(time_format::LATEST))
    }

    fn memory(&self) -> usize {
        (if self.memory_mib == 0 { 64 } else { self.memory_mib }) << 20
    }

    fn threads(&self) -> usize {
        if self.threads == 0 { crate::parallel::default_threads() } else { self.threads }
    }
}

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reading the file; counted in its bytes (CSV) or rows (Parquet).
    Reading,
    /// Sorting and writing buckets; counted in buckets.
    Arranging,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub step: Step,
    /// Done so far.
    pub done: u64,
    /// Of this many.
    pub total: u64,
}

/// A customer's key as a file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyRef<'a> {
    Integer(i64),
    Text(&'a str),
}

impl KeyRef<'_> {
    fn is_kept_out(&self, kept_out: &KeptOut) -> bool {
        match self {
            Self::Integer(key) => kept_out.holds(&key.to_string(), None),
            Self::Text(key) => kept_out.holds(key, None),
        }
    }
}

/// A row that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawRow<'a> {
    pub(crate) key: KeyRef<'a>,
    pub(crate) time: i64,
    pub(crate) amount: i64,
    pub(crate) order: &'a str,
}

/// Longest key in bytes.
pub(crate) const MAX_KEY: usize = 200;
/// Longest order number in bytes.
pub(crate) const MAX_ORDER: usize = 200;
