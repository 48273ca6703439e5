//! A delimited text as a table: what it is written in, what separates its cells, what its columns are called.

use super::columns::{self, Look, Shape};
use super::encoding::{self, Encoding};
use super::record::{self, Delimiter, Record, Records};
use super::source::{self, OVER_LIMIT, Wrapping};
use super::{Header, Options, Progress, Step};
use crate::error::{Error, Result};
use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

const SAMPLE_BYTES: u64 = 1 << 20;
const SAMPLE_ROWS: usize = 5_000;
/// Mebibytes of lines beyond the limit after which a sample ends.
const MANY_LONG: u64 = 16;

/// A delimited text that has been looked at.
pub(crate) struct Sheet {
    pub(crate) path: PathBuf,
    pub(crate) wrapping: Wrapping,
    pub(crate) encoding: Encoding,
    pub(crate) delimiter: Delimiter,
    pub(crate) has_header: bool,
    /// Names of the columns, or `column 1`.
    pub(crate) names: Vec<String>,
    /// Rows from its beginning, without the header.
    pub(crate) sample: Vec<Record>,
    /// About how many rows it has.
    pub(crate) estimated_rows: u64,
}

impl Sheet {
    /// Looks at the beginning of a file.
    pub(crate) fn inspect(path: &Path, wrapping: Wrapping, options: &Options) -> Result<Self> {
        let (bytes, why) = sample(path, wrapping, options)?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(match why {
                Some(why) => stopped(path, 0, &why),
                None => Error::Empty { path: path.to_owned(), what: "no line has text" },
            });
        }
        let encoding =
            encoding::detect(&bytes).map_err(|what| Error::NotATable { path: path.to_owned(), what })?;
        let text = sample_text(path, wrapping, encoding, options)?;
        if text.contains(&0) {
            return Err(Error::NotATable { path: path.to_owned(), what: "it holds zero bytes".to_owned() });
        }
        let text = text.as_slice();
        let delimiter = match &options.delimiter {
            Some(given) => Delimiter::parse(given).ok_or_else(|| Error::BadDelimiter(given.clone()))?,
            None => detect_delimiter(text, options.limits.max_line)
                .ok_or_else(|| Error::NoDelimiter(path.to_owned()))?,
        };
        let mut records = Records::new(text, delimiter, options.limits.max_line);
        let (mut rows, mut record) = (Vec::new(), Record::default());
        while rows.len() <= SAMPLE_ROWS
            && records.read(&mut record).map_err(|error| stopped(path, 0, &error))?
        {
            rows.push(record.clone());
        }
        if let Some(first) = rows.first().filter(|first| first.too_long) {
            let (path, limit) = (path.to_owned(), options.limits.max_line);
            return Err(Error::LongLine { path, line: first.line, limit });
        }
        let first = rows.first().cloned().unwrap_or_default();
        let has_header = match options.header {
            Header::Present => true,
            Header::Absent => false,
            Header::Detect => looks_like_header(&rows),
        };
        let names: Vec<String> = if has_header {
            rows.remove(0);
            first.cells().iter().map(|name| name.trim().to_owned()).collect()
        } else {
            (1..=first.cells().len()).map(|at| format!("column {at}")).collect()
        };
        if rows.is_empty() {
            return Err(Error::Empty { path: path.to_owned(), what: "a header and no row below it" });
        }
        let size = std::fs::metadata(path).map_err(Error::io(path))?.len();
        let unpacked = if wrapping == Wrapping::Plain { size } else { size.saturating_mul(6) };
        let seen: u64 = rows.iter().map(|row| row.text.len() as u64 + 1).sum();
        let estimated_rows = unpacked.saturating_mul(rows.len() as u64) / seen.max(1) + 1;
        Ok(Self {
            path: path.to_owned(),
            wrapping,
            encoding,
            delimiter,
            has_header,
            names,
            sample: rows,
            estimated_rows,
        })
    }

    /// What each column looks like.
    pub(crate) fn looks(&self) -> Vec<Look> {
        (0..self.names.len()).map(|at| columns::look(self.cells(at))).collect()
    }

    pub(crate) fn shape<'a>(&'a self, looks: &'a [Look]) -> Shape<'a> {
        Shape { path: &self.path, names: &self.names, has_names: self.has_header, looks }
    }

    /// The sample's cells in a column.
    pub(crate) fn cells(&self, column: usize) -> impl Iterator<Item = &str> + Clone {
        self.sample.iter().filter_map(move |record| record.get(column))
    }

    /// The same with the lines on which they stand.
    pub(crate) fn lined(&self, column: usize) -> impl Iterator<Item = (u64, &str)> + Clone {
        self.sample.iter().filter_map(move |record| Some((record.line, record.get(column)?)))
    }

    /// Gives every row below the header to `each`.
    pub(crate) fn each(
        &self,
        options: &Options,
        progress: &mut dyn FnMut(Progress),
        mut each: impl FnMut(&Record) -> Result<()>,
    ) -> Result<u64> {
        let total = std::fs::metadata(&self.path).map_err(Error::io(&self.path))?.len();
        let read = Rc::new(Cell::new(0));
        source::with_bytes(&self.path, self.wrapping, options.limits, &read, |bytes| {
            let text = encoding::reader(bytes, self.encoding);
            let mut records = Records::new(text, self.delimiter, options.limits.max_line);
            let (mut record, mut rows) = (Record::default(), 0);
            let mut skip = self.has_header;
            loop {
                match records.read(&mut record) {
                    Ok(true) => {}
                    Ok(false) => return Ok(rows),
                    Err(error) => return Err(stopped(&self.path, rows, &error)),
                }
                if std::mem::take(&mut skip) {
                    continue;
                }
                rows += 1;
                each(&record)?;
                if rows % 8_192 == 0 {
                    progress(Progress { step: Step::Reading, done: read.get().min(total), total });
                }
            }
        })
    }
}

/// The first bytes, and why there are not more if the file broke off.
fn sample(path: &Path, wrapping: Wrapping, options: &Options) -> Result<(Vec<u8>, Option<std::io::Error>)> {
    let read = Rc::new(Cell::new(0));
    source::with_bytes(path, wrapping, options.limits, &read, |bytes| {
        let mut sample = Vec::new();
        let error = bytes.take(SAMPLE_BYTES).read_to_end(&mut sample).err();
        Ok((sample, error))
    })
}

/// The first lines as UTF-8: about a mebibyte, not counting lines beyond the limit, which are cut just behind it so that
/// one of them does not hide the others.
fn sample_text(path: &Path, wrapping: Wrapping, encoding: Encoding, options: &Options) -> Result<Vec<u8>> {
    let read = Rc::new(Cell::new(0));
    let limit = options.limits.max_line;
    source::with_bytes(path, wrapping, options.limits, &read, |bytes| {
        let mut lines = BufReader::new(encoding::reader(bytes, encoding));
        let (mut text, mut long) = (Vec::new(), 0_u64);
        while (text.len() as u64) < SAMPLE_BYTES + long {
            let start = text.len();
            // A file that breaks off here is told of when it is read.
            if (&mut lines).take(limit as u64 + 1).read_until(b'\n', &mut text).is_err()
                || text.len() == start
            {
                break;
            }
            if text.last() == Some(&b'\n') {
                continue;
            }
            let length = text.len() - start;
            if length > limit {
                if long > MANY_LONG * SAMPLE_BYTES || record::skip_line(&mut lines).is_err() {
                    break;
                }
                long += length as u64;
                text.push(b'\n');
            }
        }
        Ok(text)
    })
}

fn stopped(path: &Path, rows: u64, error: &std::io::Error) -> Error {
    let path = path.to_owned();
    if error.to_string() == OVER_LIMIT {
        return Error::TooLarge { path, bytes: 0, why: "more than the limits allow".to_owned() };
    }
    Error::Damaged { path, rows, why: error.to_string() }
}

/// The delimiter that cuts most lines into the same number of cells, two at least; blanks only when nothing else does.
fn detect_delimiter(text: &[u8], max_line: usize) -> Option<Delimiter> {
    let candidates = [b',', b';', b'\t', b'|'].map(Delimiter::Char).into_iter().chain([Delimiter::Blanks]);
    let mut best: Option<(Delimiter, usize, usize)> = None;
    for delimiter in candidates {
        let mut records = Records::new(text, delimiter, max_line);
        let (mut record, mut widths) = (Record::default(), Vec::new());
        while widths.len() < 200 && records.read(&mut record).ok()? {
            if !record.too_long {
                widths.push(record.cells().len());
            }
        }
        let lines = widths.len();
        widths.sort_unstable();
        let usual = widths.chunk_by(|a, b| a == b).max_by_key(|same| same.len());
        let Some((width, agree)) = usual.and_then(|same| Some((*same.first()?, same.len()))) else {
            continue;
        };
        let score = agree * 100 / lines.max(1);
        let better =
            best.is_none_or(|(_, most, cells)| score > most + 20 || (score + 20 > most && width > cells));
        let allowed = width >= 2 && score >= 50 && (delimiter != Delimiter::Blanks || best.is_none());
        if allowed && better {
            best = Some((delimiter, score, width));
        }
    }
    best.map(|(delimiter, ..)| delimiter)
}

/// Whether the first row names columns: it holds a name we know, or no number where the rows below have numbers.
fn looks_like_header(rows: &[Record]) -> bool {
    let Some((first, rest)) = rows.split_first() else { return false };
    if columns::knows_a_name(first.cells()) {
        return true;
    }
    let numeric = |cell: &str| cell.bytes().any(|b| b.is_ascii_digit());
    let below = rest.iter().take(20).any(|row| row.cells().iter().any(|cell| numeric(cell)));
    below && !first.cells().iter().any(|cell| numeric(cell))
}
