//! One row of a delimited text as a purchase, or why it is none; and the rules for keys, amounts and currencies that the
//! Parquet reader shares.
//!
//! Goes in: a looked-at [`Sheet`] and [`Options`]. Comes out: rows with exact minor units. It reads no file by itself.

use super::amount::{Decimal, DecimalMark, minor_of_f64};
use super::columns::{self, Column, Role, squash};
use super::csv::Sheet;
use super::record::Record;
use super::rejects::Reason;
use super::time_format::{Detected, TimeFormat};
use super::{KeyRef, MAX_KEY, Options, RawRow};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use terms::money::Currency;

/// A delimited text whose columns have roles.
pub(crate) struct TextTable {
    pub(crate) sheet: Sheet,
    pub(crate) columns: Vec<Column>,
    pub(crate) time_format: TimeFormat,
    pub(crate) mark: DecimalMark,
    pub(crate) currency: Currency,
    customer: usize,
    time: usize,
    amount: Option<usize>,
    order: Option<usize>,
    quantity: Option<usize>,
    unit_price: Option<usize>,
    currency_column: Option<usize>,
    default_currency: Currency,
    needed: usize,
}

impl TextTable {
    pub(crate) fn inspect(sheet: Sheet, options: &Options, lake: Option<Currency>) -> Result<Self> {
        let looks = sheet.looks();
        let columns = columns::choose(&sheet.shape(&looks), options)?;
        let at = |role: Role| columns.iter().find(|column| column.role == role).map(|column| column.index);
        let customer =
            at(Role::Customer).ok_or_else(|| sheet.shape(&looks).missing("customer", "customer"))?;
        let time =
            at(Role::Time).ok_or_else(|| sheet.shape(&looks).missing("time of the purchase", "time"))?;
        let time_format = time_format(options, sheet.cells(time))?;
        let money = at(Role::Amount).or(at(Role::UnitPrice));
        let mark = DecimalMark::detect(money.into_iter().flat_map(|column| sheet.cells(column)));
        let hint = || {
            let name =
                money.and_then(|column| sheet.names.get(column)).map(|name| squash(name)).unwrap_or_default();
            currency_hint(&name, money.into_iter().flat_map(|column| sheet.cells(column)))
        };
        let default_currency = options.default_currency.or(lake).unwrap_or_else(hint);
        let named = at(Role::Currency).and_then(|column| most_frequent(sheet.cells(column)));
        let currency = lake.or(named).unwrap_or(default_currency);
        let needed =
            [Some(customer), Some(time), money, at(Role::Quantity)].into_iter().flatten().max().unwrap_or(0);
        Ok(Self {
            time_format,
            mark,
            currency,
            customer,
            time,
            amount: at(Role::Amount),
            order: at(Role::Order),
            quantity: at(Role::Quantity),
            unit_price: at(Role::UnitPrice),
            currency_column: at(Role::Currency),
            default_currency,
            needed,
            columns,
            sheet,
        })
    }

    /// Reads a row, or says why it cannot be used.
    pub(crate) fn read<'r>(&self, record: &'r Record) -> std::result::Result<RawRow<'r>, Reason> {
        if record.open_quote {
            return Err(Reason::OpenQuote);
        }
        if record.cells().len() <= self.needed {
            return Err(Reason::TooFewColumns);
        }
        if record.cells().iter().skip(self.sheet.names.len()).any(|cell| !cell.trim().is_empty()) {
            return Err(Reason::TooManyColumns);
        }
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let number = |column: usize| match cell(column) {
            "" => Err(Reason::NoAmount),
            text => Decimal::parse(text, self.mark).ok_or(Reason::BadAmount),
        };
        let key = check_key(cell(self.customer))?;
        let time = match cell(self.time) {
            "" => return Err(Reason::NoTime),
            text => self.time_format.parse(text).ok_or(Reason::BadTime)?,
        };
        let quantity = self.quantity.map(number).transpose()?;
        let amount = match (self.amount, self.unit_price) {
            (Some(column), _) => number(column)?,
            (None, Some(column)) => priced(quantity, number(column)?)?,
            (None, None) => return Err(Reason::NoAmount),
        };
        let currency = match self.currency_column.map(cell) {
            None | Some("") => self.default_currency,
            Some(code) => code.parse().map_err(|_| Reason::BadCurrency)?,
        };
        if currency != self.currency {
            return Err(Reason::OtherCurrency);
        }
        let amount = signed(amount.minor(self.currency.digits()), quantity)?;
        let order = self.order.map(cell).unwrap_or_default();
        Ok(RawRow { key: KeyRef::Text(key), time: time.0, amount, order })
    }
}

/// The caller's time format, or the sample's.
pub(crate) fn time_format<'a>(
    options: &Options,
    sample: impl Iterator<Item = &'a str> + Clone,
) -> Result<TimeFormat> {
    if let Some(name) = &options.time_format {
        return TimeFormat::parse_name(name).ok_or_else(|| Error::BadTimeFormat(name.clone()));
    }
    match TimeFormat::detect(sample) {
        Detected::Format(format) => Ok(format),
        Detected::Ambiguous(example) => Err(Error::AmbiguousDates { example }),
        Detected::Unknown(example) => Err(Error::UnknownTimes { example }),
    }
}

/// A key that is there and not too long.
pub(crate) fn check_key(key: &str) -> std::result::Result<&str, Reason> {
    match key {
        "" | "NULL" | "null" | "NaN" | "nan" | "NA" | "N/A" => Err(Reason::NoCustomer),
        long if long.len() > MAX_KEY => Err(Reason::LongCustomer),
        key => Ok(key),
    }
}

/// Quantity times unit price; a price of zero is no sale.
pub(crate) fn priced(quantity: Option<Decimal>, price: Decimal) -> std::result::Result<Decimal, Reason> {
    if price.0 == 0 {
        return Err(Reason::ZeroPrice);
    }
    match quantity {
        None => Ok(price),
        Some(Decimal(0)) => Err(Reason::ZeroQuantity),
        Some(quantity) => price.times(quantity).ok_or(Reason::BadAmount),
    }
}

/// A negative quantity makes a return whatever sign the amount has; a return of nothing is no row.
pub(crate) fn signed(amount: i64, quantity: Option<Decimal>) -> std::result::Result<i64, Reason> {
    match quantity {
        Some(quantity) if quantity.0 < 0 && amount == 0 => Err(Reason::ZeroPrice),
        Some(quantity) if quantity.0 < 0 => Ok(-amount.abs()),
        _ => Ok(amount),
    }
}

/// What a binary amount is in minor units.
pub(crate) fn binary(amount: f64, scale: f64) -> std::result::Result<i64, Reason> {
    minor_of_f64(amount, scale).ok_or(Reason::BadAmount)
}

fn currency_hint<'a>(name: &str, mut sample: impl Iterator<Item = &'a str>) -> Currency {
    if name.contains("dollar") || name.contains("usd") {
        return Currency::USD;
    }
    if name.contains("gbp") || name.contains("pound") {
        return Currency::GBP;
    }
    match sample.find_map(|cell| cell.chars().find(|c| matches!(c, '€' | '$' | '£'))) {
        Some('$') => Currency::USD,
        Some('£') => Currency::GBP,
        _ => Currency::EUR,
    }
}

/// The currency that most cells name.
pub(crate) fn most_frequent<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Currency> {
    let mut counts: BTreeMap<Currency, u64> = BTreeMap::new();
    cells.filter_map(|cell| cell.parse().ok()).for_each(|currency| *counts.entry(currency).or_default() += 1);
    counts.into_iter().max_by_key(|(_, n)| *n).map(|(currency, _)| currency)
}
