//! A Parquet file of purchases: roles by name or type, rows as they stream by.

use super::amount::{Decimal, DecimalMark};
use super::columns::{self, Column, Look, Role, Shape};
use super::rejects::Reason;
use super::row::{binary, check_key, most_frequent, priced, signed, time_format};
use super::time_format::TimeFormat;
use super::{KeyRef, Options, Progress, RawRow, Step};
use crate::error::{Error, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Schema, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::fs::File;
use std::path::{Path, PathBuf};
use terms::money::Currency;

const BATCH: usize = 16_384;

/// A Parquet file that has been looked at.
pub(crate) struct ColumnsFile {
    path: PathBuf,
    rows: u64,
    columns: Vec<Column>,
    names: Vec<String>,
    integer_keys: bool,
    time_format: Option<TimeFormat>,
    mark: DecimalMark,
    currency: Currency,
    default_currency: Currency,
}

/// Numbers of a column: binary where the file has them, text to be read otherwise.
enum Numbers {
    Binary(Float64Array),
    Text(StringArray),
}

impl Numbers {
    fn decimal(&self, row: usize, mark: DecimalMark) -> std::result::Result<Decimal, Reason> {
        match self {
            Self::Binary(array) if array.is_null(row) => Err(Reason::NoAmount),
            Self::Binary(array) => Decimal::from_f64(array.value(row)).ok_or(Reason::BadAmount),
            Self::Text(array) if array.is_null(row) || array.value(row).trim().is_empty() => {
                Err(Reason::NoAmount)
            }
            Self::Text(array) => Decimal::parse(array.value(row), mark).ok_or(Reason::BadAmount),
        }
    }

    fn minor(
        &self,
        row: usize,
        mark: DecimalMark,
        scale: f64,
        digits: u32,
    ) -> std::result::Result<i64, Reason> {
        match self {
            Self::Binary(array) if array.is_valid(row) => binary(array.value(row), scale),
            other => other.decimal(row, mark).map(|decimal| decimal.minor(digits)),
        }
    }
}

enum Keys {
    Integer(Int64Array),
    Text(StringArray),
}

enum Times {
    Micros(Int64Array),
    Text(StringArray),
}

impl ColumnsFile {
    pub(crate) fn inspect(path: &Path, options: &Options, lake: Option<Currency>) -> Result<Self> {
        let file = File::open(path).map_err(Error::io(path))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(path, 0, e))?;
        let schema: &Schema = builder.schema();
        let rows = builder.metadata().file_metadata().num_rows().cast_unsigned();
        if rows == 0 {
            return Err(Error::Empty { path: path.to_owned(), what: "a schema and no row" });
        }
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let types: Vec<DataType> = schema.fields().iter().map(|field| field.data_type().clone()).collect();
        let looks: Vec<Look> = types.iter().map(look).collect();
        let shape = Shape { path, names: &names, has_names: true, looks: &looks };
        let columns = columns::choose(&shape, options)?;
        let mut this = Self {
            path: path.to_owned(),
            rows,
            integer_keys: false,
            time_format: None,
            mark: DecimalMark::Point,
            currency: Currency::EUR,
            default_currency: options.default_currency.or(lake).unwrap_or(Currency::EUR),
            names,
            columns,
        };
        for column in &this.columns {
            let found = types.get(column.index).unwrap_or(&DataType::Null);
            if !fits(column.role, found) {
                return Err(Error::ColumnType {
                    path: path.to_owned(),
                    column: column.name.clone(),
                    found: found.to_string(),
                    role: column.role.name(),
                    flag: column.role.flag(),
                });
            }
        }
        let is = |role: Role, of_type: &dyn Fn(&DataType) -> bool| {
            this.column(role).and_then(|column| types.get(column.index)).is_some_and(of_type)
        };
        let (integer_keys, timed) = (is(Role::Customer, &whole_number), is(Role::Time, &is_time));
        this.integer_keys = integer_keys;
        // Text is understood by a sample: the first rows.
        let Some(first) = this.open(1_000)?.next() else { return Ok(this) };
        let first = first.map_err(|error| damaged(path, 0, error))?;
        if !timed && let Some(texts) = this.text(&first, Role::Time)? {
            this.time_format = Some(time_format(options, texts.iter().flatten())?);
        }
        for role in [Role::UnitPrice, Role::Amount] {
            if let Some(Numbers::Text(texts)) = this.numbers(&first, role)? {
                this.mark = DecimalMark::detect(texts.iter().flatten());
            }
        }
        let named =
            this.text(&first, Role::Currency)?.and_then(|texts| most_frequent(texts.iter().flatten()));
        this.currency = lake.or(named).unwrap_or(this.default_currency);
        Ok(this)
    }

    pub(crate) fn integer_keys(&self) -> bool {
        self.integer_keys
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn currency(&self) -> Currency {
        self.currency
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    pub(crate) fn time_format(&self) -> Option<&TimeFormat> {
        self.time_format.as_ref()
    }

    /// Gives the first `limit` rows, or why one cannot be used; lines are row numbers from 1.
    pub(crate) fn each(
        &self,
        progress: &mut dyn FnMut(Progress),
        limit: u64,
        mut each: impl FnMut(u64, std::result::Result<RawRow<'_>, Reason>, &dyn Fn() -> String) -> Result<()>,
    ) -> Result<u64> {
        let scale = 10_f64.powi(self.currency.digits().cast_signed());
        let digits = self.currency.digits();
        let mut done = 0_u64;
        for batch in self.open(BATCH)? {
            let batch = batch.map_err(|error| damaged(&self.path, done, error))?;
            let keys = self.keys(&batch)?;
            let times = self.times(&batch)?;
            let amounts = self.numbers(&batch, Role::Amount)?;
            let prices = self.numbers(&batch, Role::UnitPrice)?;
            let quantities = self.numbers(&batch, Role::Quantity)?;
            let orders = self.text(&batch, Role::Order)?;
            let currencies = self.text(&batch, Role::Currency)?;
            for at in 0..batch.num_rows() {
                if done == limit {
                    return Ok(done);
                }
                let read = || -> std::result::Result<RawRow<'_>, Reason> {
                    let key = match &keys {
                        Keys::Integer(array) if array.is_valid(at) => KeyRef::Integer(array.value(at)),
                        Keys::Text(array) if array.is_valid(at) => {
                            KeyRef::Text(check_key(array.value(at).trim())?)
                        }
                        _ => return Err(Reason::NoCustomer),
                    };
                    let time = match &times {
                        Times::Micros(array) if array.is_valid(at) => array.value(at),
                        Times::Text(array) if array.is_valid(at) && !array.value(at).trim().is_empty() => {
                            let format = self.time_format.as_ref().ok_or(Reason::BadTime)?;
                            format.parse(array.value(at).trim()).ok_or(Reason::BadTime)?.0
                        }
                        _ => return Err(Reason::NoTime),
                    };
                    let quantity = match &quantities {
                        Some(quantities) => Some(quantities.decimal(at, self.mark)?),
                        None => None,
                    };
                    let amount = match (&amounts, &prices) {
                        (Some(amounts), _) => amounts.minor(at, self.mark, scale, digits)?,
                        (None, Some(prices)) => {
                            priced(quantity, prices.decimal(at, self.mark)?)?.minor(digits)
                        }
                        (None, None) => return Err(Reason::NoAmount),
                    };
                    if let Some(currencies) = &currencies {
                        let currency = match currencies.is_valid(at).then(|| currencies.value(at).trim()) {
                            None | Some("") => self.default_currency,
                            Some(code) => code.parse().map_err(|_| Reason::BadCurrency)?,
                        };
                        if currency != self.currency {
                            return Err(Reason::OtherCurrency);
                        }
                    } else if self.default_currency != self.currency {
                        return Err(Reason::OtherCurrency);
                    }
                    let order = orders
                        .as_ref()
                        .filter(|o| o.is_valid(at))
                        .map_or("", |orders| orders.value(at).trim());
                    Ok(RawRow { key, time, amount: signed(amount, quantity)?, order })
                };
                done += 1;
                each(done, read(), &|| row_text(&batch, at))?;
            }
            progress(Progress { step: Step::Reading, done, total: self.rows });
        }
        Ok(done)
    }

    fn open(&self, batch: usize) -> Result<ParquetRecordBatchReader> {
        let file = File::open(&self.path).map_err(Error::io(&self.path))?;
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(&self.path, 0, e))?;
        let mask =
            ProjectionMask::roots(builder.parquet_schema(), self.columns.iter().map(|column| column.index));
        builder.with_projection(mask).with_batch_size(batch).build().map_err(|e| damaged(&self.path, 0, e))
    }

    fn column(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == role)
    }

    fn array(&self, batch: &RecordBatch, role: Role) -> Option<ArrayRef> {
        // The projection keeps the file's order of columns.
        let wanted = self.column(role)?.index;
        let before = self.columns.iter().filter(|column| column.index < wanted).count();
        batch.columns().get(before).cloned()
    }

    fn cast(&self, batch: &RecordBatch, role: Role, to: &DataType) -> Result<Option<ArrayRef>> {
        let Some(array) = self.array(batch, role) else { return Ok(None) };
        if array.data_type() == to {
            return Ok(Some(array));
        }
        arrow_cast::cast(&array, to).map(Some).map_err(|error| damaged(&self.path, 0, error))
    }

    fn text(&self, batch: &RecordBatch, role: Role) -> Result<Option<StringArray>> {
        Ok(self.cast(batch, role, &DataType::Utf8)?.map(|array| array.as_string::<i32>().clone()))
    }

    fn numbers(&self, batch: &RecordBatch, role: Role) -> Result<Option<Numbers>> {
        let Some(array) = self.array(batch, role) else { return Ok(None) };
        if is_text(array.data_type()) {
            return Ok(self.text(batch, role)?.map(Numbers::Text));
        }
        let array = self.cast(batch, role, &DataType::Float64)?;
        Ok(array.map(|array| Numbers::Binary(array.as_primitive::<Float64Type>().clone())))
    }

    fn keys(&self, batch: &RecordBatch) -> Result<Keys> {
        let missing = || damaged(&self.path, 0, "the customer's column is missing");
        if self.integer_keys {
            // Data frames keep integers with gaps as 17850.0; they are integers here.
            let array = self.cast(batch, Role::Customer, &DataType::Int64)?.ok_or_else(missing)?;
            return Ok(Keys::Integer(array.as_primitive::<Int64Type>().clone()));
        }
        Ok(Keys::Text(self.text(batch, Role::Customer)?.ok_or_else(missing)?))
    }

    fn times(&self, batch: &RecordBatch) -> Result<Times> {
        let missing = || damaged(&self.path, 0, "the time's column is missing");
        if self.time_format.is_some() {
            return Ok(Times::Text(self.text(batch, Role::Time)?.ok_or_else(missing)?));
        }
        let micros = DataType::Timestamp(TimeUnit::Microsecond, None);
        let array = self.cast(batch, Role::Time, &micros)?.ok_or_else(missing)?;
        let array = array.as_primitive::<TimestampMicrosecondType>();
        Ok(Times::Micros(array.clone().reinterpret_cast::<Int64Type>()))
    }
}

fn damaged(path: &Path, rows: u64, why: impl std::fmt::Display) -> Error {
    Error::Damaged { path: path.to_owned(), rows, why: why.to_string() }
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

const fn is_time(kind: &DataType) -> bool {
    matches!(kind, DataType::Timestamp(..) | DataType::Date32 | DataType::Date64)
}

/// Integers that 64 bits with a sign can hold, and the floating numbers data frames make of them.
fn whole_number(kind: &DataType) -> bool {
    kind.is_signed_integer()
        || matches!(kind, DataType::UInt8 | DataType::UInt16 | DataType::UInt32)
        || kind.is_floating()
}

fn fits(role: Role, kind: &DataType) -> bool {
    match role {
        Role::Customer | Role::Order => is_text(kind) || kind.is_integer() || kind.is_floating(),
        Role::Time => is_time(kind) || is_text(kind) || kind.is_integer(),
        Role::Amount | Role::Quantity | Role::UnitPrice => kind.is_numeric() || is_text(kind),
        Role::Currency => is_text(kind),
    }
}

fn look(kind: &DataType) -> Look {
    match kind {
        time if is_time(time) => Look::Time,
        whole if whole.is_integer() => Look::Integer,
        number if number.is_numeric() => Look::Decimal,
        _ => Look::Text,
    }
}

fn row_text(batch: &RecordBatch, row: usize) -> String {
    let cell = |column: &ArrayRef| {
        arrow_cast::display::array_value_to_string(column, row).unwrap_or_else(|_| "?".to_owned())
    };
    batch.columns().iter().map(cell).collect::<Vec<_>>().join(",")
}
