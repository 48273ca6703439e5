//! The profile table as a Parquet file, and its sums: the lean face of the pass, which never makes a text of a key.

use super::fold::Summary;
use super::{PassOptions, each_summary, scale};
use crate::error::{Error, Result};
use crate::layout::key::{Key, KeyKind};
use crate::layout::manifest::{Bucket, Manifest};
use crate::{Lake, parallel};
use arrow_array::{ArrayRef, Float64Array, Int32Array, RecordBatch, UInt32Array};
use arrow_schema::{DataType, Field, Schema};
use compact_str::CompactString;
use parquet::arrow::arrow_writer::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::path::Path;
use std::sync::Arc;
use terms::time::Day;

/// Sums over the profile table, to compare one program's table with another's.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Checksums {
    /// Customers with a profile.
    pub customers: u64,
    /// Sum of `frequency`.
    pub frequency: u64,
    /// Sum of `recency_days`.
    pub recency_days: i64,
    /// Sum of `t_days`.
    pub t_days: i64,
    /// Sum of `monetary`, major units.
    pub monetary: f64,
}

impl Lake {
    /// Writes the profile of every customer as of a day to a Parquet file (one row a customer, the fields of
    /// [`terms::profile::Profile`] without engagement as columns) and returns the table's sums.
    ///
    /// # Errors
    /// When a bucket cannot be read or the file cannot be written.
    pub fn write_profiles(&self, as_of: Day, options: &PassOptions<'_>, path: &Path) -> Result<Checksums> {
        let manifest = self.manifest()?;
        match manifest.key {
            KeyKind::Integer => write::<i64>(self, &manifest, as_of, options, path),
            KeyKind::Text => write::<CompactString>(self, &manifest, as_of, options, path),
        }
    }
}

fn write<K: Key>(
    lake: &Lake,
    manifest: &Manifest,
    as_of: Day,
    options: &PassOptions<'_>,
    path: &Path,
) -> Result<Checksums> {
    let schema = schema::<K>();
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::PLAIN)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_max_row_group_row_count(Some(1 << 16))
        .build();
    let failed = |error: parquet::errors::ParquetError| Error::io(path)(std::io::Error::other(error));
    let file = crate::private::create(path).map_err(Error::io(path))?;
    let mut writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(failed)?;
    let buckets: Vec<&Bucket> = manifest.buckets.iter().flatten().collect();
    let mut sums = Checksums::default();
    let scale = scale(manifest);
    let work = |bucket: &&Bucket| {
        let (mut keys, mut rows) =
            (Vec::<K>::new(), Vec::<Summary>::with_capacity(bucket.customers as usize));
        each_summary::<K>(lake, bucket, as_of, |key, summary| {
            keys.push(key.clone());
            rows.push(*summary);
        })?;
        let batch = RecordBatch::try_new(schema.clone(), columns(&keys, &rows, scale))
            .map_err(|error| Error::bad_lake(lake.folder(), error))?;
        let sums = Checksums {
            customers: rows.len() as u64,
            frequency: rows.iter().map(|s| u64::from(s.frequency)).sum(),
            recency_days: rows.iter().map(|s| i64::from(s.recency_days)).sum(),
            t_days: rows.iter().map(|s| i64::from(s.t_days)).sum(),
            monetary: rows.iter().map(|s| s.monetary / scale).sum(),
        };
        Ok((batch, sums))
    };
    parallel::in_order(&buckets, options.threads(), work, |(batch, part)| {
        sums.customers += part.customers;
        sums.frequency += part.frequency;
        sums.recency_days += part.recency_days;
        sums.t_days += part.t_days;
        sums.monetary += part.monetary;
        writer.write(&batch).map_err(failed)
    })?;
    writer.close().map_err(failed)?;
    Ok(sums)
}

fn schema<K: Key>() -> Arc<Schema> {
    let field = |name: &str, kind: DataType| Field::new(name, kind, false);
    Arc::new(Schema::new(vec![
        field("customer", K::data_type()),
        field("first_day", DataType::Date32),
        field("last_day", DataType::Date32),
        field("frequency", DataType::UInt32),
        field("recency_days", DataType::Int32),
        field("t_days", DataType::Int32),
        field("monetary", DataType::Float64),
        field("spend", DataType::Float64),
        field("first_amount", DataType::Float64),
        field("last_amount", DataType::Float64),
        field("last_gap_days", DataType::Int32),
        field("gap_mean", DataType::Float64),
        field("gap_sd", DataType::Float64),
        field("purchases_90", DataType::UInt32),
    ]))
}

fn columns<K: Key>(keys: &[K], rows: &[Summary], scale: f64) -> Vec<ArrayRef> {
    let days = |get: fn(&Summary) -> i32| -> ArrayRef {
        Arc::new(arrow_array::Date32Array::from_iter_values(rows.iter().map(get)))
    };
    let ints = |get: fn(&Summary) -> i32| -> ArrayRef {
        Arc::new(Int32Array::from_iter_values(rows.iter().map(get)))
    };
    let counts = |get: fn(&Summary) -> u32| -> ArrayRef {
        Arc::new(UInt32Array::from_iter_values(rows.iter().map(get)))
    };
    let floats = |get: fn(&Summary) -> f64, scale: f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(rows.iter().map(|s| get(s) / scale)))
    };
    vec![
        K::column(keys),
        days(|s| s.first_day),
        days(|s| s.last_day),
        counts(|s| s.frequency),
        ints(|s| s.recency_days),
        ints(|s| s.t_days),
        floats(|s| s.monetary, scale),
        floats(|s| s.spend as f64, scale),
        floats(|s| s.first_amount as f64, scale),
        floats(|s| s.last_amount as f64, scale),
        ints(|s| s.last_gap_days),
        floats(|s| s.gap_mean, 1.0),
        floats(|s| s.gap_sd, 1.0),
        counts(|s| s.purchases_90),
    ]
}
