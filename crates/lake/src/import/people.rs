//! Customers, consents and events: typed rows for the store, which the caller writes. CSV only.
//!
//! Everything is read before anything is returned, so a damaged file gives no rows at all. A million customers take
//! about 250 MB.

use super::columns::Shape;
use super::csv::Sheet;
use super::record::Record;
use super::rejects::{Reason, Rejects};
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
    /// Where they were written, if there are any and a file was asked for.
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

const KEY: &[&str] = &[
    "key",
    "customerkey",
    "customerid",
    "customer",
    "clientid",
    "cliente",
    "idcliente",
    "clienteid",
    "userid",
    "id",
];

/// Reads customers. Columns: a key; and as far as they are there `email`, `first_name`, `locale`, `country`,
/// `time_zone`, `known_since` (or their Spanish names). Without a locale it is `en`; without a date the customer is
/// known since 1970-01-01.
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
    let key = needed(&shape, options.customer.as_deref(), KEY, "customer's key", "customer")?;
    let email = shape.named(&["email", "emailaddress", "mail", "correo", "correoelectronico"], "email")?;
    let first_name = shape.named(&["firstname", "givenname", "nombre", "name"], "first-name")?;
    let locale = shape.named(&["locale", "language", "lang", "idioma", "lengua"], "locale")?;
    let country = shape.named(&["country", "countrycode", "pais", "codigopais"], "country")?;
    let zone = shape.named(&["timezone", "tz", "zonahoraria"], "time-zone")?;
    let since =
        shape.named(&["knownsince", "createdat", "registered", "signupdate", "fechaalta", "alta"], "time")?;
    let since = match &options.time {
        Some(asked) => Some(shape.told(asked, "time")?),
        None => since,
    };
    let format = since.map(|at| time_format(options, sheet.cells(at))).transpose()?;
    read(&sheet, options, progress, |record| {
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).filter(|text| !text.is_empty());
        let key = CustomerKey::new(check_key(record.get(key).unwrap_or_default())?);
        let email = cell(email);
        if email.is_some_and(|email| !plausible_email(email)) {
            return Err(Reason::BadEmail);
        }
        Ok(Customer {
            key,
            email: email.map(str::to_owned),
            first_name: cell(first_name).map(str::to_owned),
            locale: cell(locale).unwrap_or("en").to_owned(),
            country: cell(country).map(str::to_ascii_uppercase),
            time_zone: cell(zone).map(str::to_owned),
            known_since: when(cell(since), format.as_ref())?.unwrap_or(Instant(0)),
            restricted: false,
        })
    })
}

/// Reads consent receipts. Columns: `customer`, `purpose`, `channel`, `status`, `at`; and as far as they are there
/// `basis` (else `consent`), `notice_version`, `notice_hash`, `language` (else `en`), `source` (else `import`), `proof`.
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
    let key = needed(&shape, options.customer.as_deref(), KEY, "customer's key", "customer")?;
    let purpose = needed(&shape, None, &["purpose", "finalidad"], "purpose", "purpose")?;
    let channel = needed(&shape, None, &["channel", "canal"], "channel", "channel")?;
    let status = needed(&shape, None, &["status", "estado"], "status", "status")?;
    let at = needed(
        &shape,
        options.time.as_deref(),
        &["at", "time", "timestamp", "date", "fecha"],
        "time",
        "time",
    )?;
    let basis = shape.named(&["basis", "lawfulbasis", "baselegal", "base"], "basis")?;
    let version = shape.named(&["noticeversion", "versionaviso"], "notice-version")?;
    let hash = shape.named(&["noticehash", "hashaviso"], "notice-hash")?;
    let language = shape.named(&["language", "idioma", "locale"], "language")?;
    let source = shape.named(&["source", "origen"], "source")?;
    let proof = shape.named(&["proof", "prueba"], "proof")?;
    let format = time_format(options, sheet.cells(at))?;
    read(&sheet, options, progress, |record| {
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        let optional = |at: Option<usize>, otherwise: &'static str| match cell(at) {
            "" => otherwise.to_owned(),
            text => text.to_owned(),
        };
        Ok(ConsentReceipt {
            customer: CustomerKey::new(check_key(cell(Some(key)))?),
            purpose: word::<Purpose>(cell(Some(purpose)))?,
            channel: word::<Channel>(cell(Some(channel)))?,
            status: word::<ConsentStatus>(cell(Some(status)))?,
            basis: word::<LawfulBasis>(&optional(basis, "consent"))?,
            notice_version: cell(version).to_owned(),
            notice_hash: cell(hash).to_owned(),
            language: Language::of_locale(cell(language)),
            source: optional(source, "import"),
            proof: cell(proof).to_owned(),
            at: when(Some(cell(Some(at))).filter(|text| !text.is_empty()), Some(&format))?
                .ok_or(Reason::NoTime)?,
        })
    })
}

/// Reads events. Columns: `customer`, `time`, `kind` (`opened` or `clicked`).
///
/// # Errors
/// As [`super::purchases`] for the file as a whole.
pub fn events(path: &Path, options: &Options, progress: &mut dyn FnMut(Progress)) -> Result<Read<Event>> {
    let sheet = open(path, options)?;
    let shape = sheet.shape(&[]);
    let key = needed(&shape, options.customer.as_deref(), KEY, "customer's key", "customer")?;
    let time = needed(
        &shape,
        options.time.as_deref(),
        &["time", "at", "timestamp", "date", "fecha"],
        "time",
        "time",
    )?;
    let kind = needed(&shape, None, &["kind", "event", "type", "evento", "tipo"], "kind of event", "kind")?;
    let format = time_format(options, sheet.cells(time))?;
    read(&sheet, options, progress, |record| {
        let cell = |at: usize| record.get(at).filter(|text| !text.is_empty());
        Ok(Event {
            customer: CustomerKey::new(check_key(cell(key).unwrap_or_default())?),
            time: when(cell(time), Some(&format))?.ok_or(Reason::NoTime)?,
            kind: match cell(kind).unwrap_or_default() {
                "opened" => EventKind::Opened,
                "clicked" => EventKind::Clicked,
                _ => return Err(Reason::UnknownWord),
            },
        })
    })
}

fn open(path: &Path, options: &Options) -> Result<Sheet> {
    match source::sniff(path)? {
        Wrapping::Parquet => Err(Error::NotATable {
            path: path.to_owned(),
            what: "it is Parquet, which is read for purchases only".to_owned(),
        }),
        wrapping => Sheet::inspect(path, wrapping, options),
    }
}

fn needed(
    shape: &Shape<'_>,
    asked: Option<&str>,
    names: &[&str],
    role: &'static str,
    flag: &'static str,
) -> Result<usize> {
    match asked {
        Some(asked) => shape.told(asked, flag),
        None => shape.named(names, flag)?.ok_or_else(|| shape.missing(role, flag)),
    }
}

fn when(text: Option<&str>, format: Option<&TimeFormat>) -> std::result::Result<Option<Instant>, Reason> {
    match (text, format) {
        (Some(text), Some(format)) => format.parse(text).map(Some).ok_or(Reason::BadTime),
        _ => Ok(None),
    }
}

fn word<T: std::str::FromStr>(text: &str) -> std::result::Result<T, Reason> {
    text.to_ascii_lowercase().parse().map_err(|_| Reason::UnknownWord)
}

/// One `@` between two parts, no blanks; whether it exists is for the first message to find out.
fn plausible_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && !domain.is_empty() && !domain.contains('@') && !text.contains(char::is_whitespace)
    })
}

fn read<T>(
    sheet: &Sheet,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
    understand: impl Fn(&Record) -> std::result::Result<T, Reason>,
) -> Result<Read<T>> {
    let mut rejects = Rejects::new(options.rejects.as_deref());
    let mut rows = Vec::new();
    sheet.each(options, progress, |record| {
        let width = sheet.names.len();
        let outside = record.cells().iter().skip(width).any(|cell| !cell.trim().is_empty());
        let row = match (record.open_quote, outside) {
            (true, _) => Err(Reason::OpenQuote),
            (_, true) => Err(Reason::TooManyColumns),
            _ => understand(record),
        };
        match row {
            Ok(row) => rows.push(row),
            Err(reason) => rejects.push(record.line, reason, || record.text.clone())?,
        }
        Ok(())
    })?;
    let (rejected, rejects_file) = rejects.finish()?;
    Ok(Read { rows, rejected, rejects_file })
}
