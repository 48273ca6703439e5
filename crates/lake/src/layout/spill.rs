//! The spill: rows on their way from a file to their buckets, with bounded memory.
//!
//! Rows go in any order into one buffer a bucket; a full buffer is appended to one scratch file, and its place noted.
//! Later each bucket's pieces are read back. It does not sort, and does not survive the process.

use super::bucket::Row;
use super::key::{Key, bucket_of};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Rows being divided into buckets.
pub(crate) struct Spill<K> {
    path: PathBuf,
    file: File,
    end: u64,
    bits: u32,
    piece: usize,
    buffers: Vec<Vec<u8>>,
    pieces: Vec<Vec<(u64, usize)>>,
    counts: Vec<u64>,
    /// Whether each row carries the number of its set of owners.
    owned: bool,
    key: std::marker::PhantomData<K>,
}

impl<K: Key> Spill<K> {
    /// A spill for `2^bits` buckets that buffers about `memory` bytes.
    pub(crate) fn create(folder: &Path, name: &str, bits: u32, memory: usize) -> Result<Self> {
        crate::private::folder(folder).map_err(Error::io(folder))?;
        let path = folder.join(name);
        let file = crate::private::create(&path);
        let buckets = 1_usize << bits;
        Ok(Self {
            file: file.map_err(Error::io(&path))?,
            path,
            end: 0,
            bits,
            piece: (memory / buckets).clamp(4 << 10, 1 << 20),
            buffers: vec![Vec::new(); buckets],
            pieces: vec![Vec::new(); buckets],
            counts: vec![0; buckets],
            owned: false,
            key: std::marker::PhantomData,
        })
    }

    /// The same for rows that carry the number of their set of owners.
    pub(crate) fn create_owned(folder: &Path, name: &str, bits: u32, memory: usize) -> Result<Self> {
        let mut spill = Self::create(folder, name, bits, memory)?;
        spill.owned = true;
        Ok(spill)
    }

    /// Adds a row to its bucket.
    #[inline]
    pub(crate) fn push(&mut self, key: &K, time: i64, amount: i64, order: &str) -> Result<()> {
        self.put(key, time, amount, order, None)
    }

    /// Adds a row to its bucket, with the number of its set of owners.
    pub(crate) fn push_owned(&mut self, row: &Row<K>, owner: u32) -> Result<()> {
        self.put(&row.key, row.time, row.amount, &row.order, Some(owner))
    }

    #[inline]
    fn put(&mut self, key: &K, time: i64, amount: i64, order: &str, owner: Option<u32>) -> Result<()> {
        let bucket = bucket_of(key.hash(), self.bits);
        let Some(buffer) = self.buffers.get_mut(bucket) else { return Ok(()) };
        if buffer.capacity() == 0 {
            buffer.reserve_exact(self.piece + 512);
        }
        key.encode(buffer);
        buffer.extend_from_slice(&time.to_le_bytes());
        buffer.extend_from_slice(&amount.to_le_bytes());
        super::key::encode_text(order, buffer);
        if let Some(owner) = owner {
            buffer.extend_from_slice(&owner.to_le_bytes());
        }
        if let Some(count) = self.counts.get_mut(bucket) {
            *count += 1;
        }
        if buffer.len() >= self.piece { self.flush(bucket) } else { Ok(()) }
    }

    fn flush(&mut self, bucket: usize) -> Result<()> {
        let (Some(buffer), Some(pieces)) = (self.buffers.get_mut(bucket), self.pieces.get_mut(bucket)) else {
            return Ok(());
        };
        self.file.write_all(buffer).map_err(Error::io(&self.path))?;
        pieces.push((self.end, buffer.len()));
        self.end += buffer.len() as u64;
        buffer.clear();
        Ok(())
    }

    /// Rows in a bucket.
    pub(crate) fn count(&self, bucket: usize) -> u64 {
        self.counts.get(bucket).copied().unwrap_or(0)
    }

    /// Rows in all.
    pub(crate) fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The rows of a bucket, in the order they came within each piece.
    pub(crate) fn rows(&self, bucket: usize) -> Result<Vec<Row<K>>> {
        Ok(self.owned_rows(bucket)?.0)
    }

    /// The rows of a bucket with the numbers of their sets of owners, if they carry any.
    pub(crate) fn owned_rows(&self, bucket: usize) -> Result<(Vec<Row<K>>, Vec<u32>)> {
        let mut owners = Vec::new();
        let mut rows = Vec::with_capacity(self.count(bucket) as usize);
        let mut bytes = Vec::new();
        // A handle of its own: threads read different buckets at once.
        let mut file = File::open(&self.path).map_err(Error::io(&self.path))?;
        for &(at, length) in self.pieces.get(bucket).into_iter().flatten() {
            bytes.resize(length, 0);
            file.seek(SeekFrom::Start(at))
                .and_then(|_| file.read_exact(&mut bytes))
                .map_err(Error::io(&self.path))?;
            self.decode(&bytes, &mut rows, &mut owners)?;
        }
        self.decode(self.buffers.get(bucket).map_or(&[], Vec::as_slice), &mut rows, &mut owners)?;
        Ok((rows, owners))
    }

    fn decode(&self, mut from: &[u8], rows: &mut Vec<Row<K>>, owners: &mut Vec<u32>) -> Result<()> {
        let damaged = || Error::bad_lake(&self.path, "the scratch file is damaged");
        while !from.is_empty() {
            rows.push(Row::decode(&mut from).ok_or_else(damaged)?);
            if self.owned {
                let (owner, rest) = from.split_first_chunk::<4>().ok_or_else(damaged)?;
                owners.push(u32::from_le_bytes(*owner));
                from = rest;
            }
        }
        Ok(())
    }
}

impl<K> Drop for Spill<K> {
    fn drop(&mut self) {
        // A scratch file that stays behind is overwritten by the next import.
        let _ = std::fs::remove_file(&self.path);
    }
}
