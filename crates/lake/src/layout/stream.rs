//! Rows that come one by one instead of as a file, and customers whose key changes.
//!
//! A stream is an import that grows: all of its rows have one owner, so `undo` takes the whole of it out. Adding the
//! same rows twice adds nothing, as with files; so whoever adds rows may do it again after a crash.

use super::bucket::{self, Row};
use super::key::{Key, KeyKind, bucket_of};
use super::manifest::{ImportedFile, Manifest};
use super::owners::{Owners, Sets};
use super::replace::{self, Settings};
use super::spill::Spill;
use super::{Lake, sync_folder};
use crate::error::{Error, Result};
use compact_str::CompactString;
use serde::Serialize;
use std::collections::BTreeMap;
use terms::hash::ContentHash;
use terms::ids::CustomerKey;
use terms::money::Currency;
use terms::time::Instant;

/// Memory for rows on their way, in bytes.
const MEMORY: usize = 32 << 20;

/// A purchase or a return of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRow {
    /// Whose.
    pub customer: CustomerKey,
    /// When.
    pub time: Instant,
    /// Minor units; negative for a return.
    pub minor: i64,
    /// Order number, or nothing.
    pub order: String,
}

/// What adding to a stream did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Streamed {
    /// Name of the stream.
    pub stream: String,
    /// The number of the import that its rows belong to.
    pub number: u32,
    /// Rows that were new.
    pub added: u64,
    /// Rows that were there already.
    pub already_there: u64,
}

impl Lake {
    /// Adds rows to a stream, whole or not at all.
    ///
    /// # Errors
    /// When the lake has another currency, another process is changing it, or the disk refuses.
    pub fn stream(
        &self,
        name: &str,
        rows: &[StreamRow],
        currency: Currency,
        now: Instant,
    ) -> Result<Streamed> {
        let _lock = self.lock()?;
        let manifest = self.manifest()?;
        if manifest.currency.is_some_and(|known| known != currency) {
            return Err(Error::bad_lake(self.folder(), "its currency is not that of the stream"));
        }
        let whole = |row: &StreamRow| i64::from_customer(&row.customer).is_some();
        let integers =
            manifest.key == KeyKind::Integer && manifest.files().next().is_some() && rows.iter().all(whole);
        if integers {
            self.add::<i64>(&manifest, name, rows, currency, now)
        } else {
            self.add::<CompactString>(&manifest, name, rows, currency, now)
        }
    }

    fn add<K: Key>(
        &self,
        manifest: &Manifest,
        name: &str,
        rows: &[StreamRow],
        currency: Currency,
        now: Instant,
    ) -> Result<Streamed> {
        let bits = replace::bits_after(manifest, rows.len() as u64);
        let mut spill = Spill::<K>::create(&self.folder().join("spill"), "new", bits, MEMORY)?;
        for row in rows {
            if let Some(key) = K::from_customer(&row.customer) {
                spill.push(&key, row.time.0, row.minor, &row.order)?;
            }
        }
        let known = manifest.imports.iter().find(|import| import.name == name && import.reading == READING);
        let file = known.cloned().unwrap_or_else(|| ImportedFile {
            content: ContentHash::of([READING.as_bytes(), name.as_bytes()]),
            name: name.to_owned(),
            added: 0,
            number: manifest.last_import + 1,
            reading: READING.to_owned(),
            at: Some(now),
        });
        let number = file.number;
        let settings =
            Settings { file, currency, threads: crate::parallel::default_threads(), memory: MEMORY };
        let merged = replace::apply(self, &spill, bits, settings, &mut |_, _| {})?;
        Ok(Streamed { stream: name.to_owned(), number, added: merged.added, already_there: merged.already })
    }

    /// Gives the rows of customers to others: `(from, into)`. Who has no rows changes nothing. Returns how many rows.
    ///
    /// # Errors
    /// When another process is changing the lake, or the disk refuses; the lake is then as it was.
    pub fn rename(&self, pairs: &[(CustomerKey, CustomerKey)]) -> Result<u64> {
        let _lock = self.lock()?;
        let manifest = self.manifest()?;
        if manifest.files().next().is_none() {
            return Ok(0);
        }
        let text = |(_, into): &(CustomerKey, CustomerKey)| i64::from_customer(into).is_none();
        match manifest.key {
            KeyKind::Integer if pairs.iter().any(text) => {
                // Numbers cannot hold the new keys: the lake becomes one of texts first.
                replace::become_text(self, MEMORY)?;
                rename::<CompactString>(self, pairs)
            }
            KeyKind::Integer => rename::<i64>(self, pairs),
            KeyKind::Text => rename::<CompactString>(self, pairs),
        }
    }
}

/// How streams are read; tells them apart from files of the same name.
const READING: &str = "events";

fn rename<K: Key>(lake: &Lake, pairs: &[(CustomerKey, CustomerKey)]) -> Result<u64> {
    let old = lake.manifest()?;
    let mut names: BTreeMap<K, K> = BTreeMap::new();
    for (from, into) in pairs {
        if let (Some(from), Some(into)) = (K::from_customer(from), K::from_customer(into)) {
            names.insert(from, into);
        }
    }
    let place = |key: &K| bucket_of(key.hash(), old.bucket_bits);
    let mut rows: BTreeMap<usize, Vec<(Row<K>, u32)>> = BTreeMap::new();
    let (mut sets, mut moved) = (Sets::default(), Vec::new());
    let mut changed = std::collections::BTreeSet::new();
    let mut sources: Vec<usize> = names.keys().map(place).collect();
    sources.sort_unstable();
    sources.dedup();
    for number in sources {
        for (row, set) in owned::<K>(lake, &old, number, &mut sets)? {
            match names.get(&row.key) {
                Some(into) => {
                    changed.insert(number);
                    moved.push((Row { key: into.clone(), ..row }, set));
                }
                None => rows.entry(number).or_default().push((row, set)),
            }
        }
    }
    if moved.is_empty() {
        return Ok(0);
    }
    let count = moved.len() as u64;
    for (row, set) in moved {
        let number = place(&row.key);
        changed.insert(number);
        if let std::collections::btree_map::Entry::Vacant(slot) = rows.entry(number) {
            slot.insert(owned::<K>(lake, &old, number, &mut sets)?);
        }
        rows.entry(number).or_default().push((row, set));
    }
    let mut next = Manifest { generation: old.generation + 1, ..old.clone() };
    let sets = sets.into_sets();
    for number in changed {
        let (rows, owners) = replace::sorted_pairs(rows.remove(&number).unwrap_or_default(), &sets);
        if let Some(slot) = next.buckets.get_mut(number) {
            *slot = bucket::write(lake, next.generation, number, &rows, &owners)?;
        }
    }
    sync_folder(&lake.folder().join("purchases"))?;
    next.replace(lake.folder())?;
    lake.sweep([&next, &old])?;
    Ok(count)
}

/// The rows of a bucket, each with the number of its set of owners.
fn owned<K: Key>(
    lake: &Lake,
    manifest: &Manifest,
    number: usize,
    sets: &mut Sets,
) -> Result<Vec<(Row<K>, u32)>> {
    let Some(bucket) = manifest.buckets.get(number).and_then(Option::as_ref) else { return Ok(Vec::new()) };
    let owners: Owners = bucket::owners(lake, bucket)?;
    let rows = bucket::rows::<K>(lake, bucket)?;
    Ok(rows.into_iter().enumerate().map(|(at, row)| (row, sets.number(owners.set(owners.of(at))))).collect())
}
