//! One row of a delimited text as a purchase, or why it is none; and the rules for keys, times and amounts that the Parquet
//! reader shares.
//!
//! Goes in: a looked-at [`Sheet`] and [`Options`]. Comes out: rows with exact minor units. It reads no file by itself.

use super::amount::{Decimal, Number};
use super::columns::{self, Column};
use super::csv::Sheet;
use super::currency::{self, Chosen, Evidence, most_frequent, usual_sign};
use super::decimal_mark::{Convention, DecimalMark};
use super::record::Record;
use super::rejects::Reason;
use super::role::Role;
use super::time_format::{Detected, TimeFormat};
use super::{KeyRef, MAX_KEY, MAX_ORDER, Options, RawRow};
use crate::error::{Error, Result};
use terms::money::Currency;
use terms::time::Instant;

/// A delimited text whose columns have roles.
pub(crate) struct TextTable {
    pub(crate) sheet: Sheet,
    pub(crate) columns: Vec<Column>,
    pub(crate) time_format: TimeFormat,
    pub(crate) marks: Marks,
    pub(crate) currency: Chosen,
    customer: usize,
    time: usize,
    latest: Instant,
    amount: Option<usize>,
    order: Option<usize>,
    quantity: Option<usize>,
    unit_price: Option<usize>,
    currency_column: Option<usize>,
    needed: usize,
}

/// The decimal marks of a table; `None` where no number of the sample has a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Marks {
    /// Of amounts and unit prices.
    pub(crate) money: Option<DecimalMark>,
    /// Of quantities.
    pub(crate) quantity: Option<DecimalMark>,
}

impl TextTable {
    pub(crate) fn inspect(sheet: Sheet, options: &Options, lake: Option<Currency>) -> Result<Self> {
        let looks = sheet.looks();
        let columns = columns::choose(&sheet.shape(&looks), options)?;
        let at = |role: Role| columns.iter().find(|column| column.role == role).map(|column| column.index);
        let customer = at(Role::Customer)
            .ok_or_else(|| sheet.shape(&looks).missing("customer", Role::Customer.flag()))?;
        let time = at(Role::Time)
            .ok_or_else(|| sheet.shape(&looks).missing("time of the purchase", Role::Time.flag()))?;
        let time_format = time_format(options, sheet.lined(time))?;
        let money = at(Role::Amount).or(at(Role::UnitPrice));
        let marks = Marks::of(
            options,
            money.into_iter().flat_map(|column| sheet.lined(column)),
            at(Role::Quantity).into_iter().flat_map(|column| sheet.lined(column)),
        )?;
        let evidence = Evidence {
            column: money.and_then(|column| sheet.names.get(column)).map_or("", String::as_str),
            named: at(Role::Currency).and_then(|column| most_frequent(sheet.cells(column))),
            signed: usual_sign(money.into_iter().flat_map(|column| sheet.cells(column)), marks.money),
        };
        let currency = currency::choose(&evidence, options, lake)?;
        let needed =
            [Some(customer), Some(time), money, at(Role::Quantity)].into_iter().flatten().max().unwrap_or(0);
        Ok(Self {
            time_format,
            marks,
            currency,
            customer,
            time,
            latest: options.latest(),
            amount: at(Role::Amount),
            order: at(Role::Order),
            quantity: at(Role::Quantity),
            unit_price: at(Role::UnitPrice),
            currency_column: at(Role::Currency),
            needed,
            columns,
            sheet,
        })
    }

    /// Reads a row, or says why it cannot be used.
    pub(crate) fn read<'r>(&self, record: &'r Record) -> std::result::Result<RawRow<'r>, Reason> {
        if record.too_long {
            return Err(Reason::TooLong);
        }
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
        let number = |column: usize, mark: Option<DecimalMark>| match cell(column) {
            "" => Err(Reason::NoAmount),
            text => Number::parse(text, mark),
        };
        let key = check_key(cell(self.customer))?;
        let time = match cell(self.time) {
            "" => return Err(Reason::NoTime),
            text => self.time_format.read(text, self.latest)?,
        };
        let quantity = match self.quantity {
            Some(column) => Some(number(column, self.marks.quantity)?.value),
            None => None,
        };
        let money = match self.amount.or(self.unit_price) {
            Some(column) => number(column, self.marks.money)?,
            None => return Err(Reason::NoAmount),
        };
        let amount = if self.amount.is_some() { money.value } else { priced(quantity, money.value)? };
        let code = self.currency_column.map(cell).filter(|code| !code.is_empty());
        self.currency.check(code, money.sign)?;
        let amount = signed(amount.minor(self.currency.currency.digits()), quantity)?;
        let order = check_order(self.order.map(cell).unwrap_or_default())?;
        Ok(RawRow { key: KeyRef::Text(key), time: time.0, amount, order })
    }
}

/// The caller's time format, or the sample's.
pub(crate) fn time_format<'a>(
    options: &Options,
    sample: impl Iterator<Item = (u64, &'a str)> + Clone,
) -> Result<TimeFormat> {
    if let Some(name) = &options.time_format {
        return TimeFormat::parse_name(name).ok_or_else(|| Error::BadTimeFormat(name.clone()));
    }
    match TimeFormat::detect(sample.clone().map(|(_, text)| text)) {
        Detected::Format(format) => Ok(format),
        Detected::Ambiguous(example) => Err(Error::AmbiguousDates { example }),
        Detected::Contradicting(day_first, month_first) => Err(Error::ContradictingDates {
            day_line: line_of(sample.clone(), &day_first),
            month_line: line_of(sample, &month_first),
            day_first,
            month_first,
        }),
        Detected::Unknown(example) => Err(Error::UnknownTimes { example }),
    }
}

/// The first line of a sample with this text.
fn line_of<'a>(mut sample: impl Iterator<Item = (u64, &'a str)>, text: &str) -> u64 {
    sample.find(|(_, cell)| *cell == text).map_or(0, |(line, _)| line)
}

impl Marks {
    /// The caller's decimal mark, or what the samples of money and of quantities say, each for its own column.
    /// Quantities that say nothing are written as the money is.
    pub(crate) fn of<'a>(
        options: &Options,
        money: impl Iterator<Item = (u64, &'a str)> + Clone,
        quantity: impl Iterator<Item = (u64, &'a str)> + Clone,
    ) -> Result<Self> {
        if options.decimal.is_some() {
            return Ok(Self { money: options.decimal, quantity: options.decimal });
        }
        let money = mark_of(money, None)?;
        Ok(Self { money, quantity: mark_of(quantity, money)? })
    }
}

fn mark_of<'a>(
    sample: impl Iterator<Item = (u64, &'a str)> + Clone,
    otherwise: Option<DecimalMark>,
) -> Result<Option<DecimalMark>> {
    match DecimalMark::detect(sample.clone().map(|(_, text)| text)) {
        Convention::Clear(mark) => Ok(mark.or(otherwise)),
        Convention::Ambiguous(_) if otherwise.is_some() => Ok(otherwise),
        Convention::Ambiguous(example) => {
            Err(Error::AmbiguousAmounts { line: line_of(sample, &example), example })
        }
        Convention::Contradicting(point, comma) => Err(Error::ContradictingAmounts {
            point_line: line_of(sample.clone(), &point),
            comma_line: line_of(sample, &comma),
            point,
            comma,
        }),
    }
}

/// A key that is there, not too long, and made of letters that can be shown.
pub(crate) fn check_key(key: &str) -> std::result::Result<&str, Reason> {
    match key {
        "" | "NULL" | "null" | "NaN" | "nan" | "NA" | "N/A" => Err(Reason::NoCustomer),
        long if long.len() > MAX_KEY => Err(Reason::LongCustomer),
        // Bytes below a blank, and DEL; the rest of Unicode's control characters begin with 0xc2.
        odd if odd.bytes().any(|b| b < 0x20 || b == 0x7f || b == 0xc2) && odd.contains(char::is_control) => {
            Err(Reason::BadCustomer)
        }
        key => Ok(key),
    }
}

/// An order number that is not too long.
pub(crate) fn check_order(order: &str) -> std::result::Result<&str, Reason> {
    if order.len() > MAX_ORDER { Err(Reason::TooLong) } else { Ok(order) }
}

/// Quantity times unit price; a price of zero is no sale.
pub(crate) fn priced(quantity: Option<Decimal>, price: Decimal) -> std::result::Result<Decimal, Reason> {
    if price.0 == 0 {
        return Err(Reason::ZeroPrice);
    }
    match quantity {
        None => Ok(price),
        Some(Decimal(0)) => Err(Reason::ZeroQuantity),
        Some(quantity) => price.times(quantity),
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
