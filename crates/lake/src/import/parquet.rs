//! A Parquet file of purchases: roles by name or type, rows as they stream by.

use super::amount::{Decimal, Number, Sign, minor_of_f64};
use super::columns::{self, Column, Look, Shape};
use super::currency::{self, Chosen, Evidence, most_frequent, usual_sign};
use super::decimal_mark::DecimalMark;
use super::rejects::Reason;
use super::role::Role;
use super::row::{Marks, check_key, check_order, priced, signed, time_format};
use super::time_format::{TimeFormat, in_time};
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
use terms::time::Instant;

const BATCH: usize = 16_384;

/// A Parquet file that has been looked at.
pub(crate) struct ColumnsFile {
    path: PathBuf,
    rows: u64,
    columns: Vec<Column>,
    names: Vec<String>,
    integer_keys: bool,
    time_format: Option<TimeFormat>,
    marks: Marks,
    currency: Chosen,
    latest: Instant,
}

/// Numbers of a column: binary where the file has them, text to be read otherwise.
enum Numbers {
    Binary(Float64Array),
    Text(StringArray),
}

impl Numbers {
    fn number(&self, row: usize, mark: Option<DecimalMark>) -> std::result::Result<Number, Reason> {
        match self {
            Self::Binary(array) if array.is_null(row) => Err(Reason::NoAmount),
            Self::Binary(array) => {
                Decimal::from_f64(array.value(row)).map(|value| Number { value, sign: None })
            }
            Self::Text(array) if array.is_null(row) || array.value(row).trim().is_empty() => {
                Err(Reason::NoAmount)
            }
            Self::Text(array) => Number::parse(array.value(row), mark),
        }
    }

    fn minor(
        &self,
        row: usize,
        mark: Option<DecimalMark>,
        scale: f64,
        digits: u32,
    ) -> std::result::Result<(i64, Option<Sign>), Reason> {
        match self {
            Self::Binary(array) if array.is_valid(row) => {
                minor_of_f64(array.value(row), scale).map(|minor| (minor, None))
            }
            other => other.number(row, mark).map(|number| (number.value.minor(digits), number.sign)),
        }
    }

    fn texts(&self) -> Option<&StringArray> {
        match self {
            Self::Text(texts) => Some(texts),
            Self::Binary(_) => None,
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
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|_| Error::NotParquet {
            path: path.to_owned(),
            what: "the description of its columns cannot be read",
        })?;
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
            marks: Marks::default(),
            currency: currency::choose(&Evidence { column: "", named: None, signed: None }, options, lake)?,
            latest: options.latest(),
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
            this.time_format = Some(time_format(options, numbered(&texts))?);
        }
        let money = match this.numbers(&first, Role::Amount)? {
            Some(amounts) => Some(amounts),
            None => this.numbers(&first, Role::UnitPrice)?,
        };
        let quantities = this.numbers(&first, Role::Quantity)?;
        let money = money.as_ref().and_then(Numbers::texts);
        let quantities = quantities.as_ref().and_then(Numbers::texts);
        this.marks = Marks::of(
            options,
            money.into_iter().flat_map(numbered),
            quantities.into_iter().flat_map(numbered),
        )?;
        let codes = this.text(&first, Role::Currency)?;
        let money_name = this.column(Role::Amount).or(this.column(Role::UnitPrice));
        let evidence = Evidence {
            column: money_name.map_or("", |column| column.name.as_str()),
            named: codes.and_then(|texts| most_frequent(texts.iter().flatten())),
            signed: usual_sign(money.into_iter().flat_map(|texts| texts.iter().flatten()), this.marks.money),
        };
        this.currency = currency::choose(&evidence, options, lake)?;
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

    pub(crate) fn currency(&self) -> Chosen {
        self.currency
    }

    pub(crate) fn marks(&self) -> Marks {
        self.marks
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
        let digits = self.currency.currency.digits();
        let scale = 10_f64.powi(digits.cast_signed());
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
                        Times::Micros(array) if array.is_valid(at) => {
                            in_time(Instant(array.value(at)), self.latest)?.0
                        }
                        Times::Text(array) if array.is_valid(at) && !array.value(at).trim().is_empty() => {
                            let format = self.time_format.as_ref().ok_or(Reason::BadTime)?;
                            format.read(array.value(at).trim(), self.latest)?.0
                        }
                        _ => return Err(Reason::NoTime),
                    };
                    let quantity = match &quantities {
                        Some(quantities) => Some(quantities.number(at, self.marks.quantity)?.value),
                        None => None,
                    };
                    let (amount, sign) = match (&amounts, &prices) {
                        (Some(amounts), _) => amounts.minor(at, self.marks.money, scale, digits)?,
                        (None, Some(prices)) => {
                            let price = prices.number(at, self.marks.money)?;
                            (priced(quantity, price.value)?.minor(digits), price.sign)
                        }
                        (None, None) => return Err(Reason::NoAmount),
                    };
                    let code = match &currencies {
                        Some(codes) if codes.is_valid(at) => Some(codes.value(at).trim()),
                        _ => None,
                    };
                    self.currency.check(code.filter(|code| !code.is_empty()), sign)?;
                    let order = orders
                        .as_ref()
                        .filter(|o| o.is_valid(at))
                        .map_or("", |orders| orders.value(at).trim());
                    Ok(RawRow { key, time, amount: signed(amount, quantity)?, order: check_order(order)? })
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

/// The texts of a sample with the numbers of their rows, from 1.
fn numbered(texts: &StringArray) -> impl Iterator<Item = (u64, &str)> + Clone {
    (1_u64..).zip(texts.iter()).filter_map(|(row, text)| Some((row, text?)))
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
