//! Any table as text columns, for work that is not about purchases: experiments, logs of decisions.
//!
//! Goes in: a path, in any of the formats purchases come in (CSV of any delimiter and encoding, gzip, zip, Parquet).
//! Comes out: a [`Table`] of named columns, every cell as trimmed text. It gives no column a role and converts nothing;
//! a row with more or fewer cells than the header is kept, short rows with empty cells.

use super::csv::Sheet;
use super::source::{self, Wrapping};
use super::{Header, Options, Progress, Step};
use crate::error::{Error, Result};
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::Path;

/// One column of a [`Table`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextColumn {
    text: String,
    ends: Vec<usize>,
}

impl TextColumn {
    fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// The cells, `""` where there is nothing.
    pub fn cells(&self) -> impl Iterator<Item = &str> + Clone {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(from, to)| self.text.get(*from..*to).unwrap_or_default())
    }
}

/// A table of text: as many columns as names, all of one length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns, in their order; `column 3` where the file has none.
    pub names: Vec<String>,
    columns: Vec<TextColumn>,
    rows: usize,
}

impl Table {
    /// Number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The column at a place, from 0.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<&TextColumn> {
        self.columns.get(place)
    }

    /// The first column of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&TextColumn> {
        self.at(self.names.iter().position(|known| known == name)?)
    }

    fn new(names: Vec<String>) -> Self {
        Self { columns: vec![TextColumn::default(); names.len()], names, rows: 0 }
    }
}

/// Reads a whole table. The first row names the columns unless `options` say it is data; only the delimiter, the
/// header and the limits of `options` matter.
///
/// # Errors
/// When the file is missing, damaged, no table, without rows, or beyond the limits.
pub fn table(path: &Path, options: &Options, progress: &mut dyn FnMut(Progress)) -> Result<Table> {
    match source::sniff(path)? {
        Wrapping::Parquet => from_parquet(path, progress),
        wrapping => {
            let header = match options.header {
                Header::Detect => Header::Present,
                told => told,
            };
            let options = Options { header, ..options.clone() };
            let sheet = Sheet::inspect(path, wrapping, &options)?;
            let mut table = Table::new(sheet.names.clone());
            sheet.each(&options, progress, |record| {
                for (place, column) in table.columns.iter_mut().enumerate() {
                    column.push(record.get(place).unwrap_or_default());
                }
                table.rows += 1;
                Ok(())
            })?;
            Ok(table)
        }
    }
}

fn from_parquet(path: &Path, progress: &mut dyn FnMut(Progress)) -> Result<Table> {
    let damaged = |rows: usize, error: &dyn std::fmt::Display| Error::Damaged {
        path: path.to_owned(),
        rows: rows as u64,
        why: error.to_string(),
    };
    let file = File::open(path).map_err(Error::io(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| damaged(0, &error))?;
    let total = builder.metadata().file_metadata().num_rows().cast_unsigned();
    let mut table = Table::new(builder.schema().fields().iter().map(|field| field.name().clone()).collect());
    for batch in builder.build().map_err(|error| damaged(0, &error))? {
        let batch = batch.map_err(|error| damaged(table.rows, &error))?;
        for (column, array) in table.columns.iter_mut().zip(batch.columns()) {
            let texts =
                arrow_cast::cast(array, &DataType::Utf8).map_err(|error| damaged(table.rows, &error))?;
            let texts = texts.as_string::<i32>();
            (0..texts.len())
                .for_each(|row| column.push(if texts.is_valid(row) { texts.value(row).trim() } else { "" }));
        }
        table.rows += batch.num_rows();
        progress(Progress { step: Step::Reading, done: table.rows as u64, total });
    }
    if table.rows == 0 {
        return Err(Error::Empty { path: path.to_owned(), what: "a schema and no row" });
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Float64Array, RecordBatch, StringArray};
    use std::sync::Arc;

    fn cells(table: &Table, name: &str) -> Vec<String> {
        table.named(name).unwrap().cells().map(str::to_owned).collect()
    }

    #[test]
    fn a_quoted_semicolon_file_becomes_columns_of_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "\"age\";\"feature_1\";\"y\"\n56;\"a;b\";\"no\"\n57;;\"yes\"\n").unwrap();
        let table = table(&path, &Options::default(), &mut |_| {}).unwrap();
        assert_eq!((table.rows(), cells(&table, "feature_1")), (2, vec!["a;b".to_owned(), String::new()]));
        assert_eq!(cells(&table, "y"), ["no", "yes"]);
    }

    #[test]
    fn a_parquet_file_gives_the_same_columns_as_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let spend: Arc<dyn Array> = Arc::new(Float64Array::from(vec![Some(1.5), None]));
        let arm: Arc<dyn Array> = Arc::new(StringArray::from(vec![Some("a"), Some("b")]));
        let batch = RecordBatch::try_from_iter([("spend", spend), ("arm", arm)]).unwrap();
        let file = File::create(&path).unwrap();
        let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let table = table(&path, &Options::default(), &mut |_| {}).unwrap();
        assert_eq!(cells(&table, "spend"), ["1.5", ""]);
        assert_eq!(cells(&table, "arm"), ["a", "b"]);
    }
}
