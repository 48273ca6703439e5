//! New rows into the lake: sort each bucket, merge with what is there, write new files, swap the manifest.
//!
//! Merging makes imports idempotent by row: of rows alike in customer, time, amount and order, the lake keeps as many
//! as the larger of "already here" and "in this file". So exports that overlap do not count twice, while two alike
//! lines of one file both stay.

use super::bucket::{self, Row};
use super::key::{Key, KeyKind};
use super::manifest::{Bucket, ImportedFile, Manifest};
use super::spill::Spill;
use super::{Lake, bits_for};
use crate::error::Result;
use crate::parallel;
use compact_str::CompactString;
use std::cmp::Ordering;
use terms::ids::CustomerKey;
use terms::money::Currency;

/// What an import changed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Merged {
    pub(crate) added: u64,
    pub(crate) already: u64,
}

/// Applies a spill of new rows. `imported.added` is filled in here.
pub(crate) fn apply<K: Key>(
    lake: &Lake,
    new: &Spill<K>,
    bits: u32,
    settings: Settings,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Merged> {
    let old = lake.manifest()?;
    let same_layout = old.bucket_bits == bits && (old.key == K::KIND || old.files().next().is_none());
    let moved = if same_layout { None } else { Some(move_all::<K>(lake, &old, bits, settings.memory)?) };
    let generation = old.generation + 1;
    let mut buckets = vec![None; 1 << bits];
    let mut merged = Merged::default();
    let mut work = Vec::new();
    for (number, slot) in buckets.iter_mut().enumerate() {
        let kept = if same_layout { old.buckets.get(number).cloned().flatten() } else { None };
        let before = moved.as_ref().map_or(0, |moved| moved.count(number));
        if new.count(number) + before == 0 { *slot = kept } else { work.push((number, kept)) }
    }
    let (mut done, total) = (0, work.len() as u64);
    let merge = |(number, kept): &(usize, Option<Bucket>)| {
        let mut rows = new.rows(*number)?;
        rows.sort_unstable();
        let mut before = match (kept, &moved) {
            (Some(kept), _) => bucket::rows(lake, kept)?,
            (None, Some(moved)) => moved.rows(*number)?,
            (None, None) => Vec::new(),
        };
        if moved.is_some() {
            before.sort_unstable();
        }
        let (offered, had) = (rows.len(), before.len());
        let rows = if before.is_empty() { rows } else { union(before, rows) };
        let added = rows.len() - had;
        let written = bucket::write(lake, generation, *number, &rows)?;
        Ok((*number, written, Merged { added: added as u64, already: (offered - added) as u64 }))
    };
    parallel::in_order(&work, settings.threads, merge, |(number, written, part)| {
        if let Some(slot) = buckets.get_mut(number) {
            *slot = written;
        }
        merged.added += part.added;
        merged.already += part.already;
        done += 1;
        progress(done, total);
        Ok(())
    })?;
    let mut imports = old.imports.clone();
    imports.push(ImportedFile { added: merged.added, ..settings.file });
    let next = Manifest {
        generation,
        key: K::KIND,
        currency: Some(settings.currency),
        bucket_bits: bits,
        buckets,
        imports,
        ..old.clone()
    };
    super::sync_folder(&lake.folder.join("purchases"))?;
    next.replace(&lake.folder)?;
    lake.sweep([&next, &old])?;
    Ok(merged)
}

/// How to apply an import.
pub(crate) struct Settings {
    pub(crate) file: ImportedFile,
    pub(crate) currency: Currency,
    pub(crate) threads: usize,
    pub(crate) memory: usize,
}

/// The number of bucket bits for a lake that will hold about `rows` rows; never fewer than it has.
pub(crate) fn bits_after(manifest: &Manifest, new_rows: u64) -> u32 {
    let rows: u64 = manifest.buckets.iter().flatten().map(|b| b.rows).sum();
    bits_for(rows + new_rows).max(manifest.bucket_bits)
}

/// Divides the whole lake anew: for more buckets, or from integer to text keys.
fn move_all<K: Key>(lake: &Lake, old: &Manifest, bits: u32, memory: usize) -> Result<Spill<K>> {
    let mut spill = Spill::create(&lake.folder.join("spill"), "old", bits, memory)?;
    for bucket in old.buckets.iter().flatten() {
        match old.key {
            KeyKind::Integer => move_rows(bucket::rows::<i64>(lake, bucket)?, &mut spill)?,
            KeyKind::Text => move_rows(bucket::rows::<CompactString>(lake, bucket)?, &mut spill)?,
        }
    }
    Ok(spill)
}

fn move_rows<From: Key, To: Key>(rows: Vec<Row<From>>, spill: &mut Spill<To>) -> Result<()> {
    for row in rows {
        if let Some(key) = To::from_customer(&row.key.customer()) {
            spill.push(&key, row.time, row.amount, &row.order)?;
        }
    }
    Ok(())
}

/// The union of two sorted multisets: each row as often as in the one that has it more often.
fn union<T: Ord>(left: Vec<T>, right: Vec<T>) -> Vec<T> {
    let mut out = Vec::with_capacity(left.len().max(right.len()));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(l), Some(r)) => l.cmp(r),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return out,
        };
        match order {
            Ordering::Less => out.extend(left.next()),
            Ordering::Greater => out.extend(right.next()),
            Ordering::Equal => {
                out.extend(left.next());
                right.next();
            }
        }
    }
}

/// Removes customers; see [`Lake::erase`].
pub(crate) fn erase<K: Key>(lake: &Lake, customers: &[CustomerKey]) -> Result<u64> {
    let old = lake.manifest()?;
    let mut next = Manifest { generation: old.generation + 1, ..old.clone() };
    let keys: std::collections::BTreeSet<K> = customers.iter().filter_map(K::from_customer).collect();
    let touched: std::collections::BTreeSet<usize> =
        keys.iter().map(|key| super::key::bucket_of(key.hash(), old.bucket_bits)).collect();
    let mut removed = 0;
    for number in touched {
        let Some(slot) = next.buckets.get_mut(number) else { continue };
        let Some(bucket) = slot.as_ref() else { continue };
        let mut rows = bucket::rows::<K>(lake, bucket)?;
        let before = rows.len();
        rows.retain(|row| !keys.contains(&row.key));
        if rows.len() < before {
            removed += (before - rows.len()) as u64;
            *slot = bucket::write(lake, next.generation, number, &rows)?;
        }
    }
    if removed > 0 {
        super::sync_folder(&lake.folder.join("purchases"))?;
        next.replace(&lake.folder)?;
        lake.sweep([&next, &next])?;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_keeps_the_larger_number_of_alike_rows() {
        assert_eq!(union(vec![1, 2, 2, 5], vec![2, 2, 2, 3]), [1, 2, 2, 2, 3, 5]);
        assert_eq!(union(vec![1, 1], vec![1]), [1, 1]);
    }
}
