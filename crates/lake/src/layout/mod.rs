//! The lake's folder: a manifest and bucket files. Opening, locking, replacing buckets, erasing a customer.
//!
//! ```text
//! lake/manifest.json                          which files are the lake now (see [`manifest`])
//! lake/purchases/00000003-0007.customers.parquet   one row a customer, sorted by key: customer, rows
//! lake/purchases/00000003-0007.purchases.parquet   the same customers' rows, sorted by time: day, time_of_day, amount, order,
//!                                             and `imports` where the rows came with different ones (see [`owners`])
//! lake/import.lock                            held by the one process that may change the lake
//! lake/spill/                                 scratch of a running import; emptied by the next one
//! ```
//!
//! Why two files: the pass then compares no key. It reads how many rows the next customer has, then that many days
//! and amounts, four and eight bytes a row.

pub mod copy;
pub mod manifest;

pub(crate) mod bucket;
pub(crate) mod key;
pub(crate) mod owners;
pub(crate) mod replace;
pub(crate) mod spill;

mod stream;

pub use key::KeyKind;
pub use stream::{StreamRow, Streamed};

use crate::error::{Error, Result};
use manifest::{ImportedFile, Manifest};
use serde::Serialize;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use terms::ids::CustomerKey;
use terms::money::Currency;
use terms::time::{Day, Instant};

/// At most `2^9` buckets.
pub(crate) const MAX_BITS: u32 = 9;
/// Rows a bucket should hold: 48 bytes each while it is sorted.
const ROWS_PER_BUCKET: u64 = 200_000;

/// A lake in a folder. Cheap to open and to clone; every call reads the manifest afresh, so a long-lived value sees
/// what other processes import.
#[derive(Debug, Clone)]
pub struct Lake {
    folder: PathBuf,
}

/// Which import is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichImport {
    /// The last one.
    Last,
    /// The one of this number.
    Number(u32),
    /// The last one of a file of this name, without folders.
    File(String),
}

impl std::fmt::Display for WhichImport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Last => f.write_str("at all"),
            Self::Number(number) => write!(f, "`{number}`"),
            Self::File(name) => write!(f, "of a file `{name}`"),
        }
    }
}

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// The import that was undone.
    pub import: ImportedFile,
    /// Rows that are not in the lake any more. Fewer than it added when a customer was erased since, or when a later
    /// file holds some of them too.
    pub removed: u64,
}

/// What a lake holds, from its manifest alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Purchases and returns.
    pub rows: u64,
    /// Returns among them.
    pub returns: u64,
    /// Customers.
    pub customers: u64,
    /// First day with a row; `None` in an empty lake.
    pub first_day: Option<Day>,
    /// Last day with a row.
    pub last_day: Option<Day>,
    /// The currency of all amounts.
    pub currency: Option<Currency>,
    /// Files imported.
    pub files: usize,
}

/// The right to change a lake, held by one process at a time; given back when dropped or when the process dies.
#[derive(Debug)]
pub(crate) struct WriteLock {
    _file: File,
}

impl Lake {
    /// Opens the lake in a folder, which is created if need be.
    ///
    /// # Errors
    /// When the folder cannot be made or its manifest cannot be read.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref().to_owned();
        let files = folder.join("purchases");
        crate::private::folder(&files).map_err(Error::io(&files))?;
        Manifest::read(&folder)?;
        Ok(Self { folder })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The manifest as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn manifest(&self) -> Result<Manifest> {
        Manifest::read(&self.folder)
    }

    /// Rows, customers, days and currency.
    ///
    /// # Errors
    /// When the manifest cannot be read.
    pub fn stats(&self) -> Result<Stats> {
        let manifest = self.manifest()?;
        let buckets = || manifest.buckets.iter().flatten();
        Ok(Stats {
            rows: buckets().map(|b| b.rows).sum(),
            returns: buckets().map(|b| b.returns).sum(),
            customers: buckets().map(|b| b.customers).sum(),
            first_day: buckets().map(|b| b.first_day).min(),
            last_day: buckets().map(|b| b.last_day).max(),
            currency: manifest.currency,
            files: manifest.imports.len(),
        })
    }

    /// Removes every row of some customers: the buckets they lie in are written anew without them, and the old files
    /// are deleted at once. Returns the number of rows removed.
    ///
    /// # Errors
    /// When another process is importing, or the disk refuses.
    pub fn erase(&self, customers: &[CustomerKey]) -> Result<u64> {
        let _lock = self.lock()?;
        match self.manifest()?.key {
            KeyKind::Integer => replace::erase::<i64>(self, customers),
            KeyKind::Text => replace::erase::<compact_str::CompactString>(self, customers),
        }
    }

    /// Removes every row from before an instant, except those of some customers. Doing it again removes nothing more.
    /// Returns the number of rows removed.
    ///
    /// # Errors
    /// As [`Lake::erase`].
    pub fn expire(&self, before: Instant, except: &[CustomerKey]) -> Result<u64> {
        let _lock = self.lock()?;
        match self.manifest()?.key {
            KeyKind::Integer => replace::expire::<i64>(self, before, except),
            KeyKind::Text => replace::expire::<compact_str::CompactString>(self, before, except),
        }
    }

    /// How many rows [`Lake::expire`] would remove, and when the oldest row of all is from.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn expired(&self, before: Instant, except: &[CustomerKey]) -> Result<(u64, Option<Instant>)> {
        match self.manifest()?.key {
            KeyKind::Integer => replace::expired::<i64>(self, before, except),
            KeyKind::Text => replace::expired::<compact_str::CompactString>(self, before, except),
        }
    }

    /// Who has a row from an instant on.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn customers_since(&self, from: Instant) -> Result<std::collections::BTreeSet<CustomerKey>> {
        match self.manifest()?.key {
            KeyKind::Integer => replace::customers_since::<i64>(self, from),
            KeyKind::Text => replace::customers_since::<compact_str::CompactString>(self, from),
        }
    }

    /// Takes the rows of an import out again: the last one, or the one of a number or of a file's name (of several with
    /// that name the last). A row that another import brought too stays. The file can then be imported anew. When the
    /// last import is undone the lake is empty and has no currency.
    ///
    /// # Errors
    /// When there is no such import, or it was made before owners were recorded; when another process is importing; when
    /// the disk refuses. The lake is then as it was.
    pub fn undo(&self, which: &WhichImport) -> Result<Undone> {
        let _lock = self.lock()?;
        let manifest = self.manifest()?;
        let found = match which {
            WhichImport::Last => manifest.imports.last(),
            WhichImport::Number(number) => manifest.imports.iter().find(|import| import.number == *number),
            WhichImport::File(name) => manifest.imports.iter().rfind(|import| import.name == *name),
        };
        let import = found.ok_or_else(|| Error::NoImport { asked: which.to_string() })?.clone();
        if import.number == owners::UNRECORDED {
            return Err(Error::NotRecorded { name: import.name });
        }
        let removed = match manifest.key {
            KeyKind::Integer => replace::undo::<i64>(self, &import)?,
            KeyKind::Text => replace::undo::<compact_str::CompactString>(self, &import)?,
        };
        Ok(Undone { import, removed })
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join("purchases").join(name)
    }

    pub(crate) fn lock(&self) -> Result<WriteLock> {
        let path = self.folder.join("import.lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let file = crate::private::open(&path, &mut options).map_err(Error::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(WriteLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Busy(self.folder.clone())),
            Err(TryLockError::Error(error)) => Err(Error::io(&path)(error)),
        }
    }

    /// Empties the scratch of an import that was cut off. Only for who holds the lock: then no import is running.
    pub(crate) fn clear_scratch(&self) -> Result<()> {
        let folder = self.folder.join("spill");
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Error::io(&folder)(error)),
        };
        for entry in entries.flatten() {
            std::fs::remove_file(entry.path()).map_err(Error::io(entry.path()))?;
        }
        Ok(())
    }

    /// Deletes bucket files that neither of two manifests names: the current one, and the one before it, which a
    /// reader in another process may still hold.
    pub(crate) fn sweep(&self, keep: [&Manifest; 2]) -> Result<()> {
        let folder = self.folder.join("purchases");
        let kept: std::collections::HashSet<&str> = keep.iter().flat_map(|m| m.files()).collect();
        for entry in std::fs::read_dir(&folder).map_err(Error::io(&folder))?.flatten() {
            if entry.file_name().to_str().is_some_and(|name| !kept.contains(name)) {
                std::fs::remove_file(entry.path()).map_err(Error::io(entry.path()))?;
            }
        }
        Ok(())
    }
}

/// Bits that give buckets of about the wanted size.
pub(crate) fn bits_for(rows: u64) -> u32 {
    rows.div_ceil(ROWS_PER_BUCKET).max(1).next_power_of_two().trailing_zeros().min(MAX_BITS)
}

/// Makes renames and new names in a folder survive a power cut, where the system can.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    File::open(folder).and_then(|f| f.sync_all()).map_err(Error::io(folder))?;
    Ok(())
}
