//! The manifest: which files make up the lake now. Versioned JSON, replaced atomically; it is the only file that is
//! ever overwritten.

use super::key::KeyKind;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;
use terms::hash::ContentHash;
use terms::money::Currency;
use terms::time::{Day, Instant};

/// The manifest's file name in the lake's folder.
pub const MANIFEST: &str = "manifest.json";
/// The version this program writes. It also reads version 1, which did not record which import brought a row.
pub const VERSION: u32 = 2;

/// One bucket: the customers whose hash begins with its number, sorted by key, and their rows in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// File with one row a customer: `customer`, `rows`.
    pub customers_file: String,
    /// File with one row a purchase: `day`, `time_of_day`, `amount`, `order`.
    pub purchases_file: String,
    /// Purchases and returns in it.
    pub rows: u64,
    /// Customers in it.
    pub customers: u64,
    /// Returns in it.
    pub returns: u64,
    /// First day with a row; meaningless in an empty bucket.
    pub first_day: Day,
    /// Last day with a row.
    pub last_day: Day,
}

/// A file that has been imported, so that it is not imported twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedFile {
    /// SHA-256 of its bytes.
    pub content: ContentHash,
    /// Its name, without folders.
    pub name: String,
    /// Rows it added.
    pub added: u64,
    /// Its number, from 1, never given twice; 0 for imports of version 1.
    #[serde(default)]
    pub number: u32,
    /// How it was read: columns, time format, decimal mark, currency. The same bytes read otherwise are another import.
    #[serde(default)]
    pub reading: String,
    /// When, if the caller said.
    #[serde(default)]
    pub at: Option<Instant>,
}

/// The whole state of a lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of this file and of the bucket files.
    pub version: u32,
    /// Grows by one with each change.
    pub generation: u64,
    /// How keys are kept.
    pub key: KeyKind,
    /// The lake's one currency, set by the first import.
    pub currency: Option<Currency>,
    /// There are `2^bucket_bits` buckets.
    pub bucket_bits: u32,
    /// The buckets by number; `None` where no customer hashes to.
    pub buckets: Vec<Option<Bucket>>,
    /// The files imported so far and not undone, oldest first.
    pub imports: Vec<ImportedFile>,
    /// The highest number ever given to an import.
    #[serde(default)]
    pub last_import: u32,
}

impl Manifest {
    /// The manifest of a lake with nothing in it.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            version: VERSION,
            generation: 0,
            key: KeyKind::Integer,
            currency: None,
            bucket_bits: 0,
            buckets: vec![None],
            imports: Vec::new(),
            last_import: 0,
        }
    }

    /// Reads the manifest of a lake's folder; an empty one when there is none yet.
    ///
    /// # Errors
    /// When it cannot be read, is not JSON of this form, or has another version.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::empty()),
            Err(error) => return Err(Error::io(&path)(error)),
        };
        let mut manifest: Self =
            serde_json::from_str(&text).map_err(|error| Error::bad_lake(&path, error))?;
        if !(1..=VERSION).contains(&manifest.version) {
            let why = format!("its version is {}, this program reads up to {VERSION}", manifest.version);
            return Err(Error::bad_lake(&path, why));
        }
        manifest.version = VERSION;
        if manifest.bucket_bits > super::MAX_BITS || manifest.buckets.len() != 1 << manifest.bucket_bits {
            return Err(Error::bad_lake(&path, "the number of buckets does not fit its bits"));
        }
        Ok(manifest)
    }

    /// Replaces the manifest of a lake's folder: written beside it, flushed to disk, renamed over it.
    ///
    /// # Errors
    /// When the disk refuses; the old manifest is then still in place.
    pub fn replace(&self, folder: &Path) -> Result<()> {
        let path = folder.join(MANIFEST);
        let next = folder.join("manifest.next.json");
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::bad_lake(&path, error))?;
        let mut file = crate::private::create(&next).map_err(Error::io(&next))?;
        file.write_all(text.as_bytes()).map_err(Error::io(&next))?;
        file.sync_all().map_err(Error::io(&next))?;
        std::fs::rename(&next, &path).map_err(Error::io(&path))?;
        super::sync_folder(folder)
    }

    /// Names of all bucket files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.buckets.iter().flatten().flat_map(|b| [b.customers_file.as_str(), b.purchases_file.as_str()])
    }
}
