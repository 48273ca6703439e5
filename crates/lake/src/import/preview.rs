//! `--dry-run`: what an import would understand of a file, from its first rows. It changes nothing.

use super::columns::Column;
use super::currency::CurrencyFrom;
use super::purchases::Table;
use super::rejects::{Reason, RejectedLine, Rejects};
use super::{KeyRef, Options, RawRow, source};
use crate::error::Result;
use crate::{Lake, Purchase};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use terms::ids::CustomerKey;
use terms::money::{Currency, Money};
use terms::time::Instant;

/// What detection found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// `CSV`, `CSV in gzip`, `CSV in zip` or `Parquet`.
    pub format: String,
    /// Between cells; `None` for Parquet.
    pub delimiter: Option<String>,
    /// Of the text; `None` for Parquet.
    pub encoding: Option<String>,
    /// Whether the first row names the columns.
    pub has_header: bool,
    /// Every column, by name or as `column 3`.
    pub names: Vec<String>,
    /// The columns that are used, and why.
    pub columns: Vec<Column>,
    /// How times are written; `None` where the file has them as such.
    pub time_format: Option<String>,
    /// The mark of decimals in amounts, `point` or `comma`; `None` where the file has numbers as such, or none of the
    /// sample has a mark.
    pub decimal: Option<String>,
    /// What amounts are in; rows in another currency are rejected.
    pub currency: Currency,
    /// Who says so.
    pub currency_from: CurrencyFrom,
    /// The first ten rows that can be used.
    pub rows: Vec<Purchase>,
    /// Rows looked at.
    pub sampled: u64,
    /// Returns among them.
    pub returns: u64,
    /// Rows among them that cannot be used, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// The first five of those.
    pub rejected_lines: Vec<RejectedLine>,
}

/// Rows of a Parquet file that a preview looks at.
const SAMPLE: u64 = 5_000;

/// Looks at a file of purchases as [`super::purchases`] would, and imports nothing. `lake` is only asked for its
/// currency.
///
/// # Errors
/// As [`super::purchases`], for faults that show in the first rows.
pub fn preview(lake: Option<&Lake>, path: &Path, options: &Options) -> Result<Preview> {
    let wrapping = source::sniff(path)?;
    let currency = lake.map(Lake::manifest).transpose()?.and_then(|manifest| manifest.currency);
    let table = Table::inspect(path, wrapping, options, currency)?;
    let currency = table.currency();
    let mut rejects = Rejects::new(None, options.kept_out.as_ref());
    let mut found = Preview {
        format: match wrapping {
            source::Wrapping::Plain => "CSV",
            source::Wrapping::Gzip => "CSV in gzip",
            source::Wrapping::Zip => "CSV in zip",
            source::Wrapping::Parquet => "Parquet",
        }
        .to_owned(),
        delimiter: None,
        encoding: None,
        has_header: true,
        names: Vec::new(),
        columns: table.columns().to_vec(),
        time_format: None,
        decimal: table.marks().money.map(|mark| mark.to_string()),
        currency: currency.currency,
        currency_from: currency.from,
        rows: Vec::new(),
        sampled: 0,
        returns: 0,
        rejected: BTreeMap::new(),
        rejected_lines: Vec::new(),
    };
    match &table {
        Table::Text(text) => {
            found.delimiter = Some(text.sheet.delimiter.name());
            found.encoding = Some(text.sheet.encoding.name().to_owned());
            found.has_header = text.sheet.has_header;
            found.names = text.sheet.names.clone();
            found.time_format = Some(text.time_format.to_string());
            for record in &text.sheet.sample {
                found.take(&mut rejects, record.line, text.read(record), &|| record.text.clone())?;
            }
        }
        Table::Columns(file) => {
            found.names = file.names().to_vec();
            found.time_format = file.time_format().map(ToString::to_string);
            file.each(&mut |_| {}, SAMPLE, |line, row, text| found.take(&mut rejects, line, row, text))?;
        }
    }
    let rejected = rejects.finish()?;
    (found.rejected, found.rejected_lines) = (rejected.counts, rejected.first);
    Ok(found)
}

impl Preview {
    fn take(
        &mut self,
        rejects: &mut Rejects,
        line: u64,
        row: std::result::Result<RawRow<'_>, Reason>,
        text: &dyn Fn() -> String,
    ) -> Result<()> {
        self.sampled += 1;
        match row {
            Err(reason) => return rejects.push(line, reason, text),
            Ok(row) => {
                self.returns += u64::from(row.amount < 0);
                if self.rows.len() < 10 {
                    let customer = match row.key {
                        KeyRef::Integer(key) => CustomerKey::new(key.to_string()),
                        KeyRef::Text(key) => CustomerKey::new(key),
                    };
                    let order = (!row.order.is_empty()).then(|| row.order.to_owned());
                    let amount = Money::new(row.amount, self.currency);
                    self.rows.push(Purchase { customer, time: Instant(row.time), amount, order });
                }
            }
        }
        Ok(())
    }
}
