//! One bucket's two Parquet files: writing sorted rows, reading whole rows, and streaming days and amounts.

use super::key::{Key, decode_text};
use super::manifest::Bucket;
use super::owners::{self, Owners};
use super::{Lake, MAX_BITS};
use crate::error::{Error, Result};
use arrow_array::{Array, ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Schema};
use compact_str::CompactString;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use terms::time::{Day, Instant, MICROS_PER_DAY};

const BATCH: usize = 16_384;
/// Rows written at a time.
const CHUNK: usize = 1 << 16;
/// Under which name a file's metadata keep the sets of imports that its rows came with.
const OWNERS: &str = "candor.imports";

/// A row of the lake while it is sorted. The order of the fields is the order of the sort.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row<K> {
    pub(crate) key: K,
    /// Microseconds since 1970.
    pub(crate) time: i64,
    /// Minor units.
    pub(crate) amount: i64,
    /// Empty for none.
    pub(crate) order: CompactString,
}

impl<K: Key> Row<K> {
    #[inline]
    pub(crate) fn decode(from: &mut &[u8]) -> Option<Self> {
        let key = K::decode(from)?;
        let (time, rest) = from.split_first_chunk::<8>()?;
        let (amount, rest) = rest.split_first_chunk::<8>()?;
        *from = rest;
        let (time, amount) = (i64::from_le_bytes(*time), i64::from_le_bytes(*amount));
        Some(Self { key, time, amount, order: decode_text(from)? })
    }
}

fn parquet_error(path: &Path) -> impl Fn(parquet::errors::ParquetError) -> Error {
    let path = path.to_owned();
    move |error| Error::bad_lake(&path, error)
}

fn arrow_error(path: &Path) -> impl Fn(arrow_schema::ArrowError) -> Error {
    let path = path.to_owned();
    move |error| Error::bad_lake(&path, error)
}

/// Writes sorted rows as the bucket `number` of a generation, flushed to disk; `None` when there are none.
pub(crate) fn write<K: Key>(
    lake: &Lake,
    generation: u64,
    number: usize,
    rows: &[Row<K>],
    owners: &Owners,
) -> Result<Option<Bucket>> {
    let (Some(first), true) = (rows.first(), number < 1 << MAX_BITS) else { return Ok(None) };
    let mut keys = vec![first.key.clone()];
    let mut counts = vec![0_u32];
    let (mut returns, mut first_day, mut last_day) = (0, Day(i32::MAX), Day(i32::MIN));
    for row in rows {
        if keys.last() != Some(&row.key) {
            keys.push(row.key.clone());
            counts.push(0);
        }
        if let Some(count) = counts.last_mut() {
            *count += 1;
        }
        returns += u64::from(row.amount < 0);
        let day = Instant(row.time).day();
        (first_day, last_day) = (first_day.min(day), last_day.max(day));
    }
    let name = |what: &str| format!("{generation:08}-{number:04}.{what}.parquet");
    let (customers_file, purchases_file) = (name("customers"), name("purchases"));

    let customers = Schema::new(vec![
        Field::new("customer", K::data_type(), false),
        Field::new("rows", DataType::UInt32, false),
    ]);
    let columns: Vec<ArrayRef> = vec![K::column(&keys), Arc::new(UInt32Array::from(counts))];
    write_file(&lake.file(&customers_file), customers, None, std::iter::once(columns))?;

    let mut purchases = vec![
        Field::new("day", DataType::Int32, false),
        Field::new("time_of_day", DataType::Int64, false),
        Field::new("amount", DataType::Int64, false),
        Field::new("order", DataType::Utf8, true),
    ];
    // Rows that all came with the same imports need no column for it.
    let several = !owners.each().is_empty();
    if several {
        purchases.push(Field::new("imports", DataType::UInt32, false));
    }
    let mut owned = owners.each().chunks(CHUNK);
    let chunks = rows.chunks(CHUNK).map(|rows| -> Vec<ArrayRef> {
        let days = rows.iter().map(|row| Instant(row.time).day().0);
        let orders = rows.iter().map(|row| (!row.order.is_empty()).then_some(row.order.as_str()));
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(Int32Array::from_iter_values(days)),
            Arc::new(Int64Array::from_iter_values(
                rows.iter().map(|row| row.time.rem_euclid(MICROS_PER_DAY)),
            )),
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.amount))),
            Arc::new(orders.collect::<StringArray>()),
        ];
        if let Some(owned) = owned.next() {
            columns.push(Arc::new(UInt32Array::from(owned.to_vec())));
        }
        columns
    });
    let sets = owners::write(owners.sets());
    write_file(&lake.file(&purchases_file), Schema::new(purchases), Some(sets), chunks)?;
    let (rows, customers) = (rows.len() as u64, keys.len() as u64);
    Ok(Some(Bucket { customers_file, purchases_file, rows, customers, returns, first_day, last_day }))
}

fn write_file(
    path: &Path,
    schema: Schema,
    owners: Option<String>,
    chunks: impl Iterator<Item = Vec<ArrayRef>>,
) -> Result<()> {
    let schema = Arc::new(schema);
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::PLAIN)
        .set_column_encoding(ColumnPath::from("time_of_day"), Encoding::DELTA_BINARY_PACKED)
        .set_column_compression(ColumnPath::from("order"), Compression::SNAPPY)
        .set_column_dictionary_enabled(ColumnPath::from("order"), true)
        .set_column_dictionary_enabled(ColumnPath::from("imports"), true)
        .set_key_value_metadata(owners.map(|sets| vec![KeyValue::new(OWNERS.to_owned(), sets)]))
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::Chunk)
        .build();
    let file = crate::private::create(path).map_err(Error::io(path))?;
    let sync = file.try_clone().map_err(Error::io(path))?;
    let mut writer =
        ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(parquet_error(path))?;
    for columns in chunks {
        let batch = RecordBatch::try_new(schema.clone(), columns).map_err(arrow_error(path))?;
        writer.write(&batch).map_err(parquet_error(path))?;
    }
    writer.close().map_err(parquet_error(path))?;
    sync.sync_all().map_err(Error::io(path))
}

fn reader(path: &Path, columns: &[&str]) -> Result<ParquetRecordBatchReader> {
    let file = File::open(path).map_err(Error::io(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(parquet_error(path))?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    builder.with_projection(mask).with_batch_size(BATCH).build().map_err(parquet_error(path))
}

fn column<'a, A: 'static>(batch: &'a RecordBatch, name: &str, path: &Path) -> Result<&'a A> {
    batch
        .column_by_name(name)
        .and_then(|column| column.as_any().downcast_ref::<A>())
        .ok_or_else(|| Error::bad_lake(path, format!("column `{name}` is missing or of another type")))
}

/// The customers of a bucket with their numbers of rows, sorted by key.
pub(crate) fn customers<K: Key>(lake: &Lake, bucket: &Bucket) -> Result<Vec<(K, u32)>> {
    let path = lake.file(&bucket.customers_file);
    let (mut keys, mut counts) = (Vec::new(), Vec::new());
    for batch in reader(&path, &["customer", "rows"])? {
        let batch = batch.map_err(arrow_error(&path))?;
        let column_of_keys =
            batch.column_by_name("customer").ok_or_else(|| Error::bad_lake(&path, "no column `customer`"))?;
        if !K::read(column_of_keys, &mut keys) {
            return Err(Error::bad_lake(&path, "column `customer` is of another type"));
        }
        counts.extend_from_slice(column::<UInt32Array>(&batch, "rows", &path)?.values());
    }
    Ok(keys.into_iter().zip(counts).collect())
}

/// Every row of a bucket, sorted.
pub(crate) fn rows<K: Key>(lake: &Lake, bucket: &Bucket) -> Result<Vec<Row<K>>> {
    let path = lake.file(&bucket.purchases_file);
    let mut owners = customers::<K>(lake, bucket)?.into_iter();
    let mut current: Option<(K, u32)> = None;
    let mut out = Vec::with_capacity(bucket.rows as usize);
    for batch in reader(&path, &["day", "time_of_day", "amount", "order"])? {
        let batch = batch.map_err(arrow_error(&path))?;
        let days = column::<Int32Array>(&batch, "day", &path)?.values();
        let times = column::<Int64Array>(&batch, "time_of_day", &path)?.values();
        let amounts = column::<Int64Array>(&batch, "amount", &path)?.values();
        let orders = column::<StringArray>(&batch, "order", &path)?;
        for (((day, time), amount), order) in days.iter().zip(times).zip(amounts).zip(orders.iter()) {
            while current.as_ref().is_none_or(|(_, left)| *left == 0) {
                let next = owners
                    .next()
                    .ok_or_else(|| Error::bad_lake(&path, "more rows than its customers have"))?;
                current = Some(next);
            }
            if let Some((key, left)) = &mut current {
                *left -= 1;
                let time = i64::from(*day) * MICROS_PER_DAY + time;
                let order = CompactString::new(order.unwrap_or_default());
                out.push(Row { key: key.clone(), time, amount: *amount, order });
            }
        }
    }
    Ok(out)
}

/// The sets of imports that a bucket's rows came with, from its file's footer alone.
pub(crate) fn owner_sets(lake: &Lake, bucket: &Bucket) -> Result<Vec<Vec<u32>>> {
    let path = lake.file(&bucket.purchases_file);
    let file = File::open(&path).map_err(Error::io(&path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(parquet_error(&path))?;
    let pairs = builder.metadata().file_metadata().key_value_metadata();
    match pairs.into_iter().flatten().find(|pair| pair.key == OWNERS).and_then(|pair| pair.value.as_deref()) {
        None => Ok(vec![vec![owners::UNRECORDED]]),
        Some(text) => {
            owners::read(text).ok_or_else(|| Error::bad_lake(&path, "its sets of imports cannot be read"))
        }
    }
}

/// Which imports a bucket's rows came with.
pub(crate) fn owners(lake: &Lake, bucket: &Bucket) -> Result<Owners> {
    let path = lake.file(&bucket.purchases_file);
    let sets = owner_sets(lake, bucket)?;
    let mut each = Vec::new();
    if sets.len() > 1 {
        for batch in reader(&path, &["imports"])? {
            let batch = batch.map_err(arrow_error(&path))?;
            each.extend_from_slice(column::<UInt32Array>(&batch, "imports", &path)?.values());
        }
    }
    Ok(Owners::new(sets, each))
}

/// Days and amounts of a bucket as a stream of slices, for passes that need no key.
pub(crate) struct DaysAndAmounts {
    path: std::path::PathBuf,
    reader: ParquetRecordBatchReader,
    batch: Option<(Int32Array, Int64Array)>,
    at: usize,
}

impl DaysAndAmounts {
    pub(crate) fn open(lake: &Lake, bucket: &Bucket) -> Result<Self> {
        let path = lake.file(&bucket.purchases_file);
        let reader = reader(&path, &["day", "amount"])?;
        Ok(Self { path, reader, batch: None, at: 0 })
    }

    /// Hands the next `count` rows to `each`, in one or more slices of equal length.
    #[inline]
    pub(crate) fn take(&mut self, mut count: usize, mut each: impl FnMut(&[i32], &[i64])) -> Result<()> {
        while count > 0 {
            if let Some((days, amounts)) = &self.batch {
                let end = (self.at + count).min(days.len());
                if let (Some(days), Some(amounts)) =
                    (days.values().get(self.at..end), amounts.values().get(self.at..end))
                    && !days.is_empty()
                {
                    each(days, amounts);
                    count -= days.len();
                    self.at = end;
                    continue;
                }
            }
            let batch = self
                .reader
                .next()
                .ok_or_else(|| Error::bad_lake(&self.path, "fewer rows than its customers have"))?;
            let batch = batch.map_err(arrow_error(&self.path))?;
            let days = column::<Int32Array>(&batch, "day", &self.path)?.clone();
            self.batch = Some((days, column::<Int64Array>(&batch, "amount", &self.path)?.clone()));
            self.at = 0;
        }
        Ok(())
    }
}
