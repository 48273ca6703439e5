//! Some columns of a table as codes, in batches as they stream by: for work that counts and never needs a text twice.
//!
//! Goes in: a path, in any of the formats purchases come in, and the names of columns. Comes out: batches of codes (`u16`, in
//! order of first appearance) with the texts they stand for, and of numbers. Columns nobody named are not decoded; texts
//! that a Parquet file keeps as a dictionary are looked up once for each page's dictionary and not for each row. No more
//! than one batch is held. An empty cell, `NA` and a number that is none are [`NO_CODE`].

use super::csv::Sheet;
use super::source::{self, Wrapping};
use super::{Header, Options, Progress, Step};
use crate::error::{Error, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// The code of a cell that says nothing.
pub const NO_CODE: u16 = u16::MAX;
const BATCH: usize = 16_384;
/// Whole numbers from 0 that are found without a look-up by text.
const SMALL: usize = 256;

/// Whether a column could be read as what it says it is.
type Cast = std::result::Result<(), arrow_schema::ArrowError>;

/// The texts of a column, by their codes.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    texts: Vec<String>,
    codes: HashMap<String, u16>,
    small: Vec<Option<u16>>,
    last: u16,
}

impl Labels {
    /// The texts, each at the place of its code.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    fn code(&mut self, text: &str) -> Option<u16> {
        let text = text.trim();
        if text.is_empty() || text == "NA" {
            return Some(NO_CODE);
        }
        if self.texts.get(usize::from(self.last)).is_some_and(|last| last == text) {
            return Some(self.last);
        }
        let code = if let Some(code) = self.codes.get(text) {
            *code
        } else {
            let code = u16::try_from(self.texts.len()).ok().filter(|code| *code != NO_CODE)?;
            self.texts.push(text.to_owned());
            self.codes.insert(text.to_owned(), code);
            code
        };
        self.last = code;
        Some(code)
    }

    fn whole(&mut self, number: i64) -> Option<u16> {
        let place = usize::try_from(number).ok().filter(|place| *place < SMALL);
        if let Some(Some(code)) = place.and_then(|place| self.small.get(place)) {
            return Some(*code);
        }
        let code = self.code(&number.to_string())?;
        self.small.resize(SMALL, None);
        if let Some(slot) = place.and_then(|place| self.small.get_mut(place)) {
            *slot = Some(code);
        }
        Some(code)
    }

    fn number(&mut self, number: f64) -> Option<u16> {
        match number {
            none if none.is_nan() => Some(NO_CODE),
            whole if whole.fract() == 0.0 && whole.abs() < 1e15 => self.whole(whole as i64),
            other => self.code(&other.to_string()),
        }
    }

    /// Adds the codes of a column of a Parquet file; `None` when it has too many different texts.
    fn add(&mut self, array: &ArrayRef, into: &mut Vec<u16>) -> Option<Cast> {
        let cast = |to: &DataType| arrow_cast::cast(array, to);
        let kind = array.data_type();
        let array = match kind {
            DataType::Dictionary(..) => {
                cast(&DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)))
            }
            DataType::Boolean => Ok(Arc::clone(array)),
            whole if whole.is_integer() => cast(&DataType::Int64),
            number if number.is_floating() => cast(&DataType::Float64),
            _ => cast(&DataType::Utf8),
        };
        let array = match array {
            Ok(array) => array,
            Err(error) => return Some(Err(error)),
        };
        into.reserve(array.len());
        if let Some(dictionary) = array.as_any_dictionary_opt() {
            let texts = dictionary.values().as_string::<i32>();
            let keys = array.as_dictionary::<Int32Type>().keys();
            // Only texts that occur get a code, so a dictionary of other rows adds none.
            let mut codes: Vec<Option<u16>> = vec![None; texts.len()];
            for key in keys {
                let Some(place) = key.and_then(|key| usize::try_from(key).ok()) else {
                    into.push(NO_CODE);
                    continue;
                };
                let code = match codes.get(place).copied().flatten() {
                    Some(code) => code,
                    None => {
                        let code =
                            if texts.is_null(place) { NO_CODE } else { self.code(texts.value(place))? };
                        if let Some(slot) = codes.get_mut(place) {
                            *slot = Some(code);
                        }
                        code
                    }
                };
                into.push(code);
            }
        } else if let Some(bits) = array.as_boolean_opt() {
            for bit in bits {
                into.push(bit.map_or(Some(NO_CODE), |bit| self.code(if bit { "true" } else { "false" }))?);
            }
        } else if let Some(numbers) = array.as_primitive_opt::<Int64Type>() {
            for number in numbers {
                into.push(number.map_or(Some(NO_CODE), |number| self.whole(number))?);
            }
        } else if let Some(numbers) = array.as_primitive_opt::<Float64Type>() {
            for number in numbers {
                into.push(number.map_or(Some(NO_CODE), |number| self.number(number))?);
            }
        } else {
            for text in array.as_string::<i32>() {
                into.push(text.map_or(Some(NO_CODE), |text| self.code(text))?);
            }
        }
        Some(Ok(()))
    }
}

/// Rows as they stream by.
#[derive(Debug)]
pub struct Codes {
    /// A column each of the coded ones, in the order they were asked for.
    pub columns: Vec<Vec<u16>>,
    /// The texts so far, by column.
    pub labels: Vec<Labels>,
    /// A column each of those asked for as numbers; a cell that is none is not a number (NaN).
    pub numbers: Vec<Vec<f64>>,
    names: Vec<String>,
}

impl Codes {
    fn clear(&mut self) {
        self.columns.iter_mut().for_each(Vec::clear);
        self.numbers.iter_mut().for_each(Vec::clear);
    }
}

/// Reads columns of a table batch by batch. Comes out: the texts behind the codes, by column, and the number of rows.
///
/// # Errors
/// When the file is missing, damaged, no table, without rows or beyond the limits; when it lacks a column, or one to be coded
/// has more than 65,535 different texts.
pub fn codes(
    path: &Path,
    options: &Options,
    (coded, numbers): (&[String], &[String]),
    progress: &mut dyn FnMut(Progress),
    each: &mut dyn FnMut(&Codes),
) -> Result<(Vec<Labels>, u64)> {
    let mut batch = Codes {
        columns: vec![Vec::with_capacity(BATCH); coded.len()],
        labels: vec![Labels::default(); coded.len()],
        numbers: vec![Vec::with_capacity(BATCH); numbers.len()],
        names: coded.to_vec(),
    };
    let rows = match source::sniff(path)? {
        Wrapping::Parquet => from_parquet(path, numbers, progress, &mut batch, each)?,
        wrapping => {
            let header = match options.header {
                Header::Detect => Header::Present,
                told => told,
            };
            let options = Options { header, ..options.clone() };
            from_text(path, wrapping, &options, numbers, progress, &mut batch, each)?
        }
    };
    Ok((batch.labels, rows))
}

fn places(path: &Path, names: &[String], wanted: &[String]) -> Result<Vec<usize>> {
    let place = |wanted: &String| {
        names.iter().position(|name| name == wanted).ok_or_else(|| Error::NoSuchColumn {
            path: path.to_owned(),
            column: wanted.clone(),
            known: names.join(", "),
        })
    };
    wanted.iter().map(place).collect()
}

fn too_many(path: &Path, name: Option<&String>) -> Error {
    Error::TooManyValues { path: path.to_owned(), column: name.cloned().unwrap_or_default() }
}

fn from_text(
    path: &Path,
    wrapping: Wrapping,
    options: &Options,
    numbers: &[String],
    progress: &mut dyn FnMut(Progress),
    batch: &mut Codes,
    each: &mut dyn FnMut(&Codes),
) -> Result<u64> {
    let sheet = Sheet::inspect(path, wrapping, options)?;
    let coded = places(path, &sheet.names, &batch.names)?;
    let numbers = places(path, &sheet.names, numbers)?;
    let mut waiting = 0;
    let rows = sheet.each(options, progress, |record| {
        for (at, column) in coded.iter().enumerate() {
            let text = record.get(*column).unwrap_or_default();
            let code = batch.labels.get_mut(at).and_then(|labels| labels.code(text));
            let code = code.ok_or_else(|| too_many(path, batch.names.get(at)))?;
            batch.columns.get_mut(at).into_iter().for_each(|codes| codes.push(code));
        }
        for (into, column) in batch.numbers.iter_mut().zip(&numbers) {
            let text = record.get(*column).unwrap_or_default();
            into.push(text.trim().parse().unwrap_or(f64::NAN));
        }
        waiting += 1;
        if waiting == BATCH {
            each(batch);
            batch.clear();
            waiting = 0;
        }
        Ok(())
    })?;
    if waiting > 0 {
        each(batch);
    }
    Ok(rows)
}

/// The file's schema, with texts to be read as the dictionaries they are stored in.
fn with_dictionaries(schema: &Schema) -> Schema {
    let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let field = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            Field::new(field.name(), text.clone(), field.is_nullable())
        }
        _ => field.as_ref().clone(),
    };
    Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>())
}

fn from_parquet(
    path: &Path,
    numbers: &[String],
    progress: &mut dyn FnMut(Progress),
    batch: &mut Codes,
    each: &mut dyn FnMut(&Codes),
) -> Result<u64> {
    let damaged = |rows: u64, error: &dyn std::fmt::Display| Error::Damaged {
        path: path.to_owned(),
        rows,
        why: error.to_string(),
    };
    let file = File::open(path).map_err(Error::io(path))?;
    let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default())
        .map_err(|error| damaged(0, &error))?;
    let wanted = ArrowReaderOptions::new().with_schema(Arc::new(with_dictionaries(plain.schema())));
    // A file whose texts cannot be read as dictionaries is read as it says of itself.
    let described = ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), wanted).unwrap_or(plain);
    let total = described.metadata().file_metadata().num_rows().cast_unsigned();
    let names: Vec<String> = described.schema().fields().iter().map(|field| field.name().clone()).collect();
    let coded = places(path, &names, &batch.names)?;
    let numbers = places(path, &names, numbers)?;
    let mut roots: Vec<usize> = coded.iter().chain(&numbers).copied().collect();
    roots.sort_unstable();
    roots.dedup();
    let mask = ProjectionMask::roots(described.parquet_schema(), roots.iter().copied());
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, described)
        .with_projection(mask)
        .with_batch_size(BATCH)
        .build()
        .map_err(|error| damaged(0, &error))?;
    let mut rows = 0;
    for arrays in reader {
        let arrays = arrays.map_err(|error| damaged(rows, &error))?;
        let array = |column: &usize| {
            let at = roots.iter().position(|root| root == column).unwrap_or(usize::MAX);
            arrays.columns().get(at).ok_or_else(|| damaged(rows, &"a column is missing"))
        };
        batch.clear();
        for (at, ((labels, into), column)) in
            batch.labels.iter_mut().zip(&mut batch.columns).zip(&coded).enumerate()
        {
            let added =
                labels.add(array(column)?, into).ok_or_else(|| too_many(path, batch.names.get(at)))?;
            added.map_err(|error| damaged(rows, &error))?;
        }
        for (into, column) in batch.numbers.iter_mut().zip(&numbers) {
            let found = arrow_cast::cast(array(column)?, &DataType::Float64)
                .map_err(|error| damaged(rows, &error))?;
            into.extend(found.as_primitive::<Float64Type>().iter().map(|cell| cell.unwrap_or(f64::NAN)));
        }
        rows += arrays.num_rows() as u64;
        each(batch);
        progress(Progress { step: Step::Reading, done: rows, total });
    }
    if rows == 0 {
        return Err(Error::Empty { path: path.to_owned(), what: "a schema and no row" });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{BooleanArray, Float64Array, Int8Array, RecordBatch, StringArray};
    use std::io::Write;

    type Read = (Vec<Vec<Option<String>>>, Vec<f64>);

    fn read(path: &Path, coded: &[&str], numbers: &[&str]) -> Result<Read> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (mut texts, mut found) = (vec![Vec::new(); coded.len()], Vec::new());
        let mut each = |batch: &Codes| {
            for ((column, labels), texts) in batch.columns.iter().zip(&batch.labels).zip(&mut texts) {
                texts.extend(column.iter().map(|code| labels.texts().get(usize::from(*code)).cloned()));
            }
            found.extend(batch.numbers.iter().flatten());
        };
        codes(path, &Options::default(), (&owned(coded), &owned(numbers)), &mut |_| {}, &mut each)?;
        Ok((texts, found))
    }

    #[test]
    fn a_text_and_a_parquet_file_of_the_same_rows_give_the_same_codes() {
        let folder = tempfile::tempdir().unwrap();
        let (csv, parquet) = (folder.path().join("a.csv"), folder.path().join("a.parquet"));
        let mut file = File::create(&csv).unwrap();
        file.write_all(
            b"group,other,yes,n,score\nA,x,true,1,.5\nB,y,false,0,\nA,z,true,300,2\n,q,false,1,.25\n",
        )
        .unwrap();
        let rows = RecordBatch::try_from_iter([
            ("other", Arc::new(StringArray::from(vec!["x", "y", "z", "q"])) as ArrayRef),
            ("group", Arc::new(StringArray::from(vec![Some("A"), Some("B"), Some("A"), None]))),
            ("yes", Arc::new(BooleanArray::from(vec![true, false, true, false]))),
            ("n", Arc::new(Float64Array::from(vec![1.0, 0.0, 300.0, 1.0]))),
            ("small", Arc::new(Int8Array::from(vec![1, 0, 2, 1]))),
            ("score", Arc::new(Float64Array::from(vec![Some(0.5), None, Some(2.0), Some(0.25)]))),
        ])
        .unwrap();
        let mut writer =
            parquet::arrow::ArrowWriter::try_new(File::create(&parquet).unwrap(), rows.schema(), None)
                .unwrap();
        writer.write(&rows).unwrap();
        writer.close().unwrap();
        let (mut first, mut second) = (
            read(&csv, &["group", "yes", "n"], &["score"]).unwrap(),
            read(&parquet, &["group", "yes", "n"], &["score"]).unwrap(),
        );
        assert!(first.1[1].is_nan() && second.1[1].is_nan());
        (first.1[1], second.1[1]) = (0.0, 0.0);
        assert_eq!(first, second);
        assert_eq!(first.0[0], [Some("A".to_owned()), Some("B".to_owned()), Some("A".to_owned()), None]);
        assert_eq!(first.0[2][2].as_deref(), Some("300"));
        assert_eq!(read(&parquet, &["small"], &[]).unwrap().0[0][2].as_deref(), Some("2"));
    }

    #[test]
    fn a_column_there_is_not_is_named_with_those_there_are() {
        let folder = tempfile::tempdir().unwrap();
        let csv = folder.path().join("a.csv");
        std::fs::write(&csv, "a,b\n1,2\n").unwrap();
        let error = read(&csv, &["c"], &[]).unwrap_err().to_string();
        assert!(error.contains("`c`") && error.contains("a, b"), "{error}");
    }

    #[test]
    fn a_column_of_keys_is_refused_before_it_fills_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let csv = folder.path().join("a.csv");
        let lines: String = (0..70_000).map(|row| format!("k{row},1\n")).collect();
        std::fs::write(&csv, format!("key,b\n{lines}")).unwrap();
        let error = read(&csv, &["key"], &[]).unwrap_err().to_string();
        assert!(error.contains("`key`") && error.contains("65,535"), "{error}");
    }
}
