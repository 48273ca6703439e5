//! Customers, consents and events: typed rows for the store, which the caller writes. CSV only.
//!
//! Everything is read before anything is returned, so a damaged file gives no rows at all. A million customers take
//! about 250 MB.

use super::csv::Sheet;
use super::fields::{self, Field};
use super::record::Record;
use super::rejects::{Reason, RejectedLine, Rejection, Rejects};
use super::row::{check_key, time_format};
use super::source::{self, Wrapping};
use super::time_format::TimeFormat;
use super::{Options, Progress};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::customer::{Customer, Language};
use terms::ids::CustomerKey;
use terms::time::Instant;

/// Rows that were read, and what was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    /// The rows, in the order of the file.
    pub rows: Vec<T>,
    /// Rows that could not be used, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// The same by what is said about them, such as which word is unknown.
    pub rejected_texts: BTreeMap<String, u64>,
    /// The first five of those rows.
    pub rejected_lines: Vec<RejectedLine>,
    /// Where all of them were written, if there are any and a file was asked for.
    pub rejects_file: Option<PathBuf>,
}

/// What a customer did with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Opened it.
    Opened,
    /// Followed a link in it.
    Clicked,
}

/// An event of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose.
    pub customer: CustomerKey,
    /// When.
    pub time: Instant,
    /// What.
    pub kind: EventKind,
}

/// Reads customers. Columns: a key; and as far as they are there `email`, `first_name`, `locale`, `country`,
/// `time_zone`, `known_since` (or their Spanish names, or the columns that [`Options::columns`] names). What is not there
/// is left empty, so that it does not replace what is known; without a date the customer is known since
/// [`Options::now`].
///
/// # Errors
/// As [`super::purchases`] for the file as a whole.
pub fn customers(
    path: &Path,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Read<Customer>> {
    let sheet = open(path, options)?;
    let shape = sheet.shape(&[]);
    fields::check(options, &fields::CUSTOMER)?;
    let key = fields::needed(&shape, options, &fields::KEY)?;
    let at = |field: &Field| fields::find(&shape, options, field);
    let email = at(&fields::EMAIL)?;
    let first_name = at(&fields::FIRST_NAME)?;
    let locale = at(&fields::LOCALE)?;
    let country = at(&fields::COUNTRY)?;
    let zone = at(&fields::TIME_ZONE)?;
    let since = at(&fields::KNOWN_SINCE)?;
    let clock = since.map(|at| Clock::of(options, &sheet, at)).transpose()?;
    read(&sheet, options, progress, |record| {
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).filter(|text| !text.is_empty());
        let short = |at: Option<usize>, field: &Field| {
            cell(at).map(|text| fields::short(field, text).map(str::to_owned)).transpose()
        };
        let key = CustomerKey::new(check_key(record.get(key).unwrap_or_default())?);
        let email = short(email, &fields::EMAIL)?;
        if email.as_deref().is_some_and(|address| !is_address(address)) {
            return Err(Reason::BadEmail.into());
        }
        Ok(Customer {
            key,
            email,
            first_name: short(first_name, &fields::FIRST_NAME)?,
            locale: short(locale, &fields::LOCALE)?.unwrap_or_default(),
            country: short(country, &fields::COUNTRY)?.map(|country| country.to_ascii_uppercase()),
            time_zone: short(zone, &fields::TIME_ZONE)?,
            known_since: when(cell(since), clock.as_ref())?.or(options.now).unwrap_or(Instant(0)),
            restricted: false,
        })
    })
}

/// Reads consent receipts. Columns: `key`, `purpose`, `channel`, `status`, `at`; and as far as they are there `basis`
/// (else `consent`), `notice_version`, `notice_hash`, `language` (else `en`), `source` (else `import`), `proof`.
///
/// # Errors
/// As [`super::purchases`] for the file as a whole.
pub fn consents(
    path: &Path,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Read<ConsentReceipt>> {
    let sheet = open(path, options)?;
    let shape = sheet.shape(&[]);
    fields::check(options, &fields::CONSENT)?;
    let needed = |field: &Field| fields::needed(&shape, options, field);
    let key = needed(&fields::KEY)?;
    let purpose = needed(&fields::PURPOSE)?;
    let channel = needed(&fields::CHANNEL)?;
    let status = needed(&fields::STATUS)?;
    let at = needed(&fields::AT)?;
    let find = |field: &Field| fields::find(&shape, options, field);
    let basis = find(&fields::BASIS)?;
    let version = find(&fields::NOTICE_VERSION)?;
    let hash = find(&fields::NOTICE_HASH)?;
    let language = find(&fields::LANGUAGE)?;
    let source = find(&fields::SOURCE)?;
    let proof = find(&fields::PROOF)?;
    let clock = Clock::of(options, &sheet, at)?;
    read(&sheet, options, progress, |record| {
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        let short = |at: Option<usize>, field: &Field| fields::short(field, cell(at)).map(str::to_owned);
        let or = |text: String, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text };
        Ok(ConsentReceipt {
            customer: CustomerKey::new(check_key(cell(Some(key)))?),
            purpose: word::<Purpose>(cell(Some(purpose)))?,
            channel: word::<Channel>(cell(Some(channel)))?,
            status: word::<ConsentStatus>(cell(Some(status)))?,
            basis: word::<LawfulBasis>(&or(cell(basis).to_owned(), "consent"))?,
            notice_version: short(version, &fields::NOTICE_VERSION)?,
            notice_hash: short(hash, &fields::NOTICE_HASH)?,
            language: Language::of_locale(cell(language)),
            source: or(short(source, &fields::SOURCE)?, "import"),
            proof: short(proof, &fields::PROOF)?,
            at: when(Some(cell(Some(at))).filter(|text| !text.is_empty()), Some(&clock))?
                .ok_or(Reason::NoTime)?,
        })
    })
}

/// Reads events. Columns: `key`, `at`, `kind` (`opened` or `clicked`).
///
/// # Errors
/// As [`super::purchases`] for the file as a whole.
pub fn events(path: &Path, options: &Options, progress: &mut dyn FnMut(Progress)) -> Result<Read<Event>> {
    let sheet = open(path, options)?;
    let shape = sheet.shape(&[]);
    fields::check(options, &fields::EVENT)?;
    let key = fields::needed(&shape, options, &fields::KEY)?;
    let time = fields::needed(&shape, options, &fields::AT)?;
    let kind = fields::needed(&shape, options, &fields::KIND)?;
    let clock = Clock::of(options, &sheet, time)?;
    read(&sheet, options, progress, |record| {
        let cell = |at: usize| record.get(at).filter(|text| !text.is_empty());
        Ok(Event {
            customer: CustomerKey::new(check_key(cell(key).unwrap_or_default())?),
            time: when(cell(time), Some(&clock))?.ok_or(Reason::NoTime)?,
            kind: match cell(kind).unwrap_or_default() {
                "opened" => EventKind::Opened,
                "clicked" => EventKind::Clicked,
                other => {
                    return Err(unknown(&format!("event `{}`; it is one of: opened, clicked", start(other))));
                }
            },
        })
    })
}

pub(super) fn open(path: &Path, options: &Options) -> Result<Sheet> {
    match source::sniff(path)? {
        Wrapping::Parquet => Err(Error::NotATable {
            path: path.to_owned(),
            what: "it is Parquet, which is read for purchases only".to_owned(),
        }),
        wrapping => Sheet::inspect(path, wrapping, options),
    }
}

/// How a column of times is written, and the last time that it can hold.
pub(super) struct Clock {
    format: TimeFormat,
    latest: Instant,
}

impl Clock {
    pub(super) fn of(options: &Options, sheet: &Sheet, column: usize) -> Result<Self> {
        Ok(Self { format: time_format(options, sheet.lined(column))?, latest: options.latest() })
    }
}

pub(super) fn when(
    text: Option<&str>,
    clock: Option<&Clock>,
) -> std::result::Result<Option<Instant>, Reason> {
    match (text, clock) {
        (Some(text), Some(clock)) => clock.format.read(text, clock.latest).map(Some),
        _ => Ok(None),
    }
}

fn word<T: std::str::FromStr<Err = terms::UnknownName>>(text: &str) -> std::result::Result<T, Rejection> {
    start(text).to_ascii_lowercase().parse().map_err(|error: terms::UnknownName| Rejection {
        reason: Reason::UnknownWord,
        detail: Some(error.to_string()),
    })
}

fn unknown(what: &str) -> Rejection {
    Rejection { reason: Reason::UnknownWord, detail: Some(format!("unknown {what}")) }
}

/// As much of a text as a message repeats.
fn start(text: &str) -> &str {
    text.char_indices().nth(40).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// RFC 5321's addresses, without a name or brackets, in a domain of at least two parts. Whether it exists is for the first
/// message to find out.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let options =
        email_address::Options::default().with_required_tld().without_display_text().without_domain_literal();
    email_address::EmailAddress::parse_with_options(text, options).is_ok()
}

/// A row that is about a customer.
pub(super) trait About {
    fn key(&self) -> &str;
    fn email(&self) -> Option<&str> {
        None
    }
}

impl About for Customer {
    fn key(&self) -> &str {
        self.key.as_str()
    }
    fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
}

impl About for ConsentReceipt {
    fn key(&self) -> &str {
        self.customer.as_str()
    }
}

impl About for Event {
    fn key(&self) -> &str {
        self.customer.as_str()
    }
}

pub(super) fn read<T: About>(
    sheet: &Sheet,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
    understand: impl Fn(&Record) -> std::result::Result<T, Rejection>,
) -> Result<Read<T>> {
    let mut rejects = Rejects::new(options.rejects.as_deref(), options.kept_out.as_ref());
    let mut rows = Vec::new();
    sheet.each(options, progress, |record| {
        let width = sheet.names.len();
        let outside = record.cells().iter().skip(width).any(|cell| !cell.trim().is_empty());
        let row = match (record.too_long, record.open_quote, outside) {
            (true, ..) => Err(Reason::TooLong.into()),
            (_, true, _) => Err(Reason::OpenQuote.into()),
            (.., true) => Err(Reason::TooManyColumns.into()),
            _ => understand(record),
        };
        let kept_out =
            |row: &T| options.kept_out.as_ref().is_some_and(|out| out.holds(row.key(), row.email()));
        match row {
            Ok(row) if kept_out(&row) => rejects.push(record.line, Reason::Erased, String::new)?,
            Ok(row) => rows.push(row),
            Err(rejection) => rejects.push(record.line, rejection, || record.text.clone())?,
        }
        Ok(())
    })?;
    let rejected = rejects.finish()?;
    Ok(Read {
        rows,
        rejected: rejected.counts,
        rejected_texts: rejected.texts,
        rejected_lines: rejected.first,
        rejects_file: rejected.file,
    })
}
