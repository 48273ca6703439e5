//! Opening a file whatever it is wrapped in: plain, gzip or zip. Limits against archives that unpack without end.
//!
//! Goes in: a path. Comes out: its bytes, unpacked, as a reader that a closure is given. It never writes to disk.

use crate::error::{Error, Result};
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;
use terms::hash::ContentHash;

/// How far a compressed file may unpack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes after unpacking.
    pub max_bytes: u64,
    /// Bytes after unpacking for each byte before, beyond the first 64 MiB.
    pub max_ratio: u64,
    /// Bytes of one line or one quoted row.
    pub max_line: usize,
}

impl Default for Limits {
    /// 8 GiB, 250 times, 1 MiB.
    fn default() -> Self {
        Self { max_bytes: 8 << 30, max_ratio: 250, max_line: 1 << 20 }
    }
}

/// Bytes below which the ratio does not matter.
const RATIO_FREE: u64 = 64 << 20;

/// What a file is wrapped in, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// Bytes as they are.
    Plain,
    /// A gzip stream.
    Gzip,
    /// A zip archive with one table.
    Zip,
    /// A Parquet file.
    Parquet,
}

/// Checks that a path is a file with bytes in it and says what it is wrapped in.
pub(crate) fn sniff(path: &Path) -> Result<Wrapping> {
    let meta = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::Missing(path.to_owned()),
        _ => Error::io(path)(error),
    })?;
    if meta.is_dir() {
        return Err(Error::Folder(path.to_owned()));
    }
    if meta.len() == 0 {
        return Err(Error::Empty { path: path.to_owned(), what: "the file has no bytes" });
    }
    let mut head = Vec::new();
    File::open(path).and_then(|file| file.take(8).read_to_end(&mut head)).map_err(Error::io(path))?;
    let refuse = |what: &str| Err(Error::NotATable { path: path.to_owned(), what: what.to_owned() });
    match head.as_slice() {
        [0x1f, 0x8b, ..] => Ok(Wrapping::Gzip),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Ok(Wrapping::Zip),
        [b'P', b'A', b'R', b'1', ..] => check_parquet(path, meta.len()).map(|()| Wrapping::Parquet),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => refuse("it is packed with zstd"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => refuse("it is an old Excel workbook"),
        [b'%', b'P', b'D', b'F', ..] => refuse("it is a PDF"),
        _ => Ok(Wrapping::Plain),
    }
}

/// Checks that a file which begins as Parquet also ends as it: the length of its footer, then `PAR1`.
fn check_parquet(path: &Path, length: u64) -> Result<()> {
    let refuse = |what| Err(Error::NotParquet { path: path.to_owned(), what });
    let mut tail = [0; 8];
    if length < 12 {
        return refuse("it has only a few bytes");
    }
    let mut file = File::open(path).map_err(Error::io(path))?;
    file.seek(SeekFrom::End(-8)).and_then(|_| file.read_exact(&mut tail)).map_err(Error::io(path))?;
    let [a, b, c, d, mark @ ..] = tail;
    if mark != *b"PAR1" {
        return refuse("it does not end as one");
    }
    if u64::from(u32::from_le_bytes([a, b, c, d])) + 12 > length {
        return refuse("its footer claims to be longer than the file");
    }
    Ok(())
}

/// Gives `work` the unpacked bytes of a file. `read` counts the packed bytes taken so far, for progress.
pub(crate) fn with_bytes<T>(
    path: &Path,
    wrapping: Wrapping,
    limits: Limits,
    read: &Rc<Cell<u64>>,
    work: impl FnOnce(&mut dyn Read) -> Result<T>,
) -> Result<T> {
    let file = File::open(path).map_err(Error::io(path))?;
    let packed = file.metadata().map_err(Error::io(path))?.len();
    let counted = Counted { inner: BufReader::with_capacity(1 << 16, file), count: read.clone() };
    match wrapping {
        Wrapping::Plain | Wrapping::Parquet => work(&mut { counted }),
        Wrapping::Gzip => work(&mut Limited::new(MultiGzDecoder::new(counted), packed, limits)),
        Wrapping::Zip => {
            let damaged = |error: zip::result::ZipError| Error::Damaged {
                path: path.to_owned(),
                rows: 0,
                why: error.to_string(),
            };
            let file = File::open(path).map_err(Error::io(path))?;
            let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
            let at = only_table(path, &mut archive)?;
            let mut entry = archive.by_index(at).map_err(damaged)?;
            let (declared, packed) = (entry.size(), entry.compressed_size().max(1));
            let why = if declared > limits.max_bytes {
                Some(format!("more than the limit of {} bytes", limits.max_bytes))
            } else if declared > RATIO_FREE && declared / packed > limits.max_ratio {
                Some(format!("more than {} times its packed size", limits.max_ratio))
            } else {
                None
            };
            if let Some(why) = why {
                return Err(Error::TooLarge { path: path.to_owned(), bytes: declared, why });
            }
            work(&mut Counted { inner: Limited::new(&mut entry, packed, limits), count: read.clone() })
        }
    }
}

fn only_table(path: &Path, archive: &mut zip::ZipArchive<BufReader<File>>) -> Result<usize> {
    let names: Vec<String> = (0..archive.len())
        .filter_map(|at| archive.name_for_index(at)?.ok().map(|name| name.into_owned()))
        .collect();
    if names.iter().any(|name| name == "xl/workbook.xml") {
        return Err(Error::NotATable { path: path.to_owned(), what: "it is an Excel workbook".to_owned() });
    }
    let wanted: Vec<&String> = names
        .iter()
        .filter(|n| !n.ends_with('/') && !n.starts_with("__MACOSX") && !n.ends_with(".DS_Store"))
        .collect();
    match wanted.as_slice() {
        [name] => archive.index_for_name(name).ok_or_else(|| Error::bad_lake(path, "the archive changed")),
        [] => Err(Error::Archive { path: path.to_owned(), found: "no file".to_owned() }),
        many => {
            let some: Vec<&str> = many.iter().take(5).map(|s| s.as_str()).collect();
            let found = format!("{} files ({})", many.len(), some.join(", "));
            Err(Error::Archive { path: path.to_owned(), found })
        }
    }
}

/// The SHA-256 of a file's bytes as they are on disk.
pub(crate) fn content_hash(path: &Path) -> Result<ContentHash> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let n = file.read(&mut buffer).map_err(Error::io(path))?;
        if n == 0 {
            break;
        }
        hasher.update(buffer.get(..n).unwrap_or_default());
    }
    let text: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    text.parse().map_err(|error| Error::bad_lake(path, error))
}

/// The text of the error by which [`Limited`] refuses to go on.
pub(crate) const OVER_LIMIT: &str = "unpacks beyond the limit";

struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(to)?;
        self.count.set(self.count.get() + n as u64);
        Ok(n)
    }
}

struct Limited<R> {
    inner: R,
    out: u64,
    packed: u64,
    limits: Limits,
}

impl<R> Limited<R> {
    fn new(inner: R, packed: u64, limits: Limits) -> Self {
        Self { inner, out: 0, packed: packed.max(1), limits }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(to)?;
        self.out += n as u64;
        let over_ratio = self.out > RATIO_FREE && self.out / self.packed > self.limits.max_ratio;
        if self.out > self.limits.max_bytes || over_ratio {
            return Err(std::io::Error::other(OVER_LIMIT));
        }
        Ok(n)
    }
}
