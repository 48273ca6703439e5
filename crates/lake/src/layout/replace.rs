//! New rows into the lake: sort each bucket, merge with what is there, write new files, swap the manifest.
//!
//! Merging makes imports idempotent by row: of rows alike in customer, time, amount and order, the lake keeps as many
//! as the larger of "already here" and "in this file". So exports that overlap do not count twice, while two alike
//! lines of one file both stay. Each row keeps which imports brought it ([`super::owners`]), so that an import can be
//! undone as if it had never been.

use super::bucket::{self, Row};
use super::key::{Key, KeyKind};
use super::manifest::{Bucket, ImportedFile, Manifest};
use super::owners::{self, Owners, Sets};
use super::spill::Spill;
use super::{Lake, bits_for};
use crate::error::Result;
use crate::parallel;
use compact_str::CompactString;
use std::cmp::Ordering;
use terms::ids::CustomerKey;
use terms::money::Currency;
use terms::time::Instant;

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
        let before = moved.as_ref().map_or(0, |(moved, _)| moved.count(number));
        if new.count(number) + before == 0 { *slot = kept } else { work.push((number, kept)) }
    }
    let (mut done, total) = (0, work.len() as u64);
    let import = settings.file.number;
    let merge = |(number, kept): &(usize, Option<Bucket>)| {
        let mut rows = new.rows(*number)?;
        rows.sort_unstable();
        let (before, owners) = match (kept, &moved) {
            (Some(kept), _) => (bucket::rows(lake, kept)?, bucket::owners(lake, kept)?),
            (None, Some((moved, sets))) => sorted(moved.owned_rows(*number)?, sets),
            (None, None) => (Vec::new(), Owners::one(import)),
        };
        let (offered, had) = (rows.len(), before.len());
        let (rows, owners) = if before.is_empty() {
            (rows, Owners::one(import))
        } else {
            merge(before, &owners, rows, import)
        };
        let added = rows.len() - had;
        let written = bucket::write(lake, generation, *number, &rows, &owners)?;
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
    // A stream grows: its rows belong to the import that it began as.
    match imports.iter_mut().find(|known| known.number == import) {
        Some(known) => known.added += merged.added,
        None => imports.push(ImportedFile { added: merged.added, ..settings.file }),
    }
    let next = Manifest {
        generation,
        last_import: old.last_import.max(import),
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

/// A spill of rows that carry the numbers of their sets of owners, and those sets.
type Moved<K> = (Spill<K>, Vec<Vec<u32>>);

/// Divides the whole lake anew: for more buckets, or from integer to text keys.
fn move_all<K: Key>(lake: &Lake, old: &Manifest, bits: u32, memory: usize) -> Result<Moved<K>> {
    let mut spill = Spill::create_owned(&lake.folder.join("spill"), "old", bits, memory)?;
    let mut sets = Sets::default();
    for bucket in old.buckets.iter().flatten() {
        let owners = bucket::owners(lake, bucket)?;
        match old.key {
            KeyKind::Integer => {
                move_rows(bucket::rows::<i64>(lake, bucket)?, &owners, &mut sets, &mut spill)?
            }
            KeyKind::Text => {
                move_rows(bucket::rows::<CompactString>(lake, bucket)?, &owners, &mut sets, &mut spill)?;
            }
        }
    }
    Ok((spill, sets.into_sets()))
}

fn move_rows<From: Key, To: Key>(
    rows: Vec<Row<From>>,
    owners: &Owners,
    sets: &mut Sets,
    spill: &mut Spill<To>,
) -> Result<()> {
    for (at, row) in rows.into_iter().enumerate() {
        if let Some(key) = To::from_customer(&row.key.customer()) {
            let row = Row { key, time: row.time, amount: row.amount, order: row.order };
            spill.push_owned(&row, sets.number(owners.set(owners.of(at))))?;
        }
    }
    Ok(())
}

/// Makes a lake of numbers one of texts, with the same rows.
pub(crate) fn become_text(lake: &Lake, memory: usize) -> Result<()> {
    let old = lake.manifest()?;
    let bits = old.bucket_bits;
    let (moved, sets) = move_all::<CompactString>(lake, &old, bits, memory)?;
    let generation = old.generation + 1;
    let mut buckets = vec![None; 1 << bits];
    for (number, slot) in buckets.iter_mut().enumerate().filter(|(number, _)| moved.count(*number) > 0) {
        let (rows, owners) = sorted(moved.owned_rows(number)?, &sets);
        *slot = bucket::write(lake, generation, number, &rows, &owners)?;
    }
    let next = Manifest { generation, key: KeyKind::Text, buckets, ..old.clone() };
    super::sync_folder(&lake.folder.join("purchases"))?;
    next.replace(&lake.folder)?;
    lake.sweep([&next, &old])
}

/// Moved rows in order; of rows alike those with more owners first, as [`merge`] leaves them.
pub(crate) fn sorted<K: Key>(
    (rows, each): (Vec<Row<K>>, Vec<u32>),
    sets: &[Vec<u32>],
) -> (Vec<Row<K>>, Owners) {
    sorted_pairs(rows.into_iter().zip(each).collect(), sets)
}

/// The same for rows that stand beside the numbers of their sets.
pub(crate) fn sorted_pairs<K: Key>(
    mut pairs: Vec<(Row<K>, u32)>,
    sets: &[Vec<u32>],
) -> (Vec<Row<K>>, Owners) {
    let size = |number: &u32| sets.get(*number as usize).map_or(0, Vec::len);
    pairs.sort_unstable_by(|(a, x), (b, y)| a.cmp(b).then_with(|| size(y).cmp(&size(x))));
    let (rows, each): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    (rows, Owners::new(sets.to_owned(), each))
}

/// Rows that were there and rows of a new import as one: of rows alike as many as there are on the side that has more.
/// The first of them gets the new import as one more owner, so that n alike rows of a file own exactly n.
fn merge<K: Key>(
    before: Vec<Row<K>>,
    owners: &Owners,
    new: Vec<Row<K>>,
    import: u32,
) -> (Vec<Row<K>>, Owners) {
    let mut sets = Sets::default();
    let mut each = Vec::with_capacity(before.len().max(new.len()));
    let rows = union(before, new, |side| {
        each.push(match side {
            Side::Left(at) => sets.number(owners.set(owners.of(at))),
            Side::Right => sets.number(&[import]),
            Side::Both(at) => sets.number(&owners::with(owners.set(owners.of(at)), import)),
        });
    });
    (rows, sets.owners(each))
}

/// Where an element of a union comes from; left ones with their place.
enum Side {
    Left(usize),
    Right,
    Both(usize),
}

/// The union of two sorted multisets: each row as often as in the one that has it more often. `note` is told of each in
/// turn.
fn union<T: Ord>(left: Vec<T>, right: Vec<T>, mut note: impl FnMut(Side)) -> Vec<T> {
    let mut out = Vec::with_capacity(left.len().max(right.len()));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut at = 0;
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
        note(match order {
            Ordering::Less => Side::Left(at),
            Ordering::Greater => Side::Right,
            Ordering::Equal => Side::Both(at),
        });
        at += usize::from(order != Ordering::Greater);
    }
}

/// Takes out an import; see [`Lake::undo`]. Returns how many rows went.
pub(crate) fn undo<K: Key>(lake: &Lake, import: &ImportedFile) -> Result<u64> {
    let old = lake.manifest()?;
    let mut next = Manifest { generation: old.generation + 1, ..old.clone() };
    next.imports.retain(|other| other.number != import.number);
    let mut removed = 0;
    for (number, slot) in next.buckets.iter_mut().enumerate() {
        let Some(bucket) = slot.as_ref() else { continue };
        if !bucket::owner_sets(lake, bucket)?.iter().any(|set| set.contains(&import.number)) {
            continue;
        }
        let (rows, owners) = (bucket::rows::<K>(lake, bucket)?, bucket::owners(lake, bucket)?);
        let (mut kept, mut each, mut sets) = (Vec::with_capacity(rows.len()), Vec::new(), Sets::default());
        for (at, row) in rows.into_iter().enumerate() {
            let left = owners::without(owners.set(owners.of(at)), import.number);
            if left.is_empty() {
                removed += 1;
            } else {
                each.push(sets.number(&left));
                kept.push(row);
            }
        }
        *slot = bucket::write(lake, next.generation, number, &kept, &sets.owners(each))?;
    }
    if next.files().next().is_none() {
        next.currency = None;
    }
    super::sync_folder(&lake.folder.join("purchases"))?;
    next.replace(&lake.folder)?;
    lake.sweep([&next, &old])?;
    Ok(removed)
}

/// Removes customers; see [`Lake::erase`].
pub(crate) fn erase<K: Key>(lake: &Lake, customers: &[CustomerKey]) -> Result<u64> {
    let keys: std::collections::BTreeSet<K> = customers.iter().filter_map(K::from_customer).collect();
    let bits = lake.manifest()?.bucket_bits;
    let touched = keys.iter().map(|key| super::key::bucket_of(key.hash(), bits)).collect();
    remove::<K>(lake, &touched, |row| keys.contains(&row.key))
}

/// Which rows are older than an instant and not of somebody excepted.
fn ended<K: Key>(before: Instant, except: &[CustomerKey]) -> impl Fn(&Row<K>) -> bool {
    let kept: std::collections::BTreeSet<K> = except.iter().filter_map(K::from_customer).collect();
    move |row| row.time < before.0 && !kept.contains(&row.key)
}

/// Removes old rows; see [`Lake::expire`].
pub(crate) fn expire<K: Key>(lake: &Lake, before: Instant, except: &[CustomerKey]) -> Result<u64> {
    let manifest = lake.manifest()?;
    let old = |(number, bucket): (usize, &Option<Bucket>)| {
        bucket.as_ref().is_some_and(|bucket| bucket.first_day <= before.day()).then_some(number)
    };
    let touched = manifest.buckets.iter().enumerate().filter_map(old).collect();
    remove::<K>(lake, &touched, ended::<K>(before, except))
}

/// Counts old rows; see [`Lake::expired`].
pub(crate) fn expired<K: Key>(
    lake: &Lake,
    before: Instant,
    except: &[CustomerKey],
) -> Result<(u64, Option<Instant>)> {
    let ended = ended::<K>(before, except);
    let (mut count, mut oldest) = (0, None::<i64>);
    for bucket in lake.manifest()?.buckets.iter().flatten() {
        // Only a bucket that begins before the cut-off, or before the oldest so far, can tell anything new.
        if bucket.first_day > before.day() && oldest.is_some_and(|known| known < bucket.first_day.start().0) {
            continue;
        }
        for row in bucket::rows::<K>(lake, bucket)? {
            oldest = Some(oldest.map_or(row.time, |known| known.min(row.time)));
            count += u64::from(ended(&row));
        }
    }
    Ok((count, oldest.map(Instant)))
}

/// Who has recent rows; see [`Lake::customers_since`].
pub(crate) fn customers_since<K: Key>(
    lake: &Lake,
    from: Instant,
) -> Result<std::collections::BTreeSet<CustomerKey>> {
    let mut found = std::collections::BTreeSet::new();
    for bucket in lake.manifest()?.buckets.iter().flatten().filter(|bucket| bucket.last_day >= from.day()) {
        let rows = bucket::rows::<K>(lake, bucket)?;
        found.extend(rows.iter().filter(|row| row.time >= from.0).map(|row| row.key.customer()));
    }
    Ok(found)
}

/// Writes buckets anew without some of their rows, and deletes the files before them.
fn remove<K: Key>(
    lake: &Lake,
    touched: &std::collections::BTreeSet<usize>,
    gone: impl Fn(&Row<K>) -> bool,
) -> Result<u64> {
    let old = lake.manifest()?;
    let mut next = Manifest { generation: old.generation + 1, ..old.clone() };
    let mut removed = 0;
    for number in touched.iter().copied() {
        let Some(slot) = next.buckets.get_mut(number) else { continue };
        let Some(bucket) = slot.as_ref() else { continue };
        let (rows, owners) = (bucket::rows::<K>(lake, bucket)?, bucket::owners(lake, bucket)?);
        let before = rows.len();
        let (mut kept, mut each, mut sets) = (Vec::with_capacity(before), Vec::new(), Sets::default());
        for (at, row) in rows.into_iter().enumerate().filter(|(_, row)| !gone(row)) {
            each.push(sets.number(owners.set(owners.of(at))));
            kept.push(row);
        }
        if kept.len() < before {
            removed += (before - kept.len()) as u64;
            *slot = bucket::write(lake, next.generation, number, &kept, &sets.owners(each))?;
        }
    }
    if removed > 0 {
        super::sync_folder(&lake.folder.join("purchases"))?;
        next.replace(&lake.folder)?;
    }
    // Files of an earlier state may still hold the customers: those kept for readers, those of an erasure that was cut
    // off before it got here, and the scratch of an import that was.
    let now = if removed > 0 { &next } else { &old };
    lake.sweep([now, now])?;
    lake.clear_scratch()?;
    super::sync_folder(&lake.folder.join("purchases"))?;
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_keeps_the_larger_number_of_alike_rows() {
        assert_eq!(union(vec![1, 2, 2, 5], vec![2, 2, 2, 3], |_| {}), [1, 2, 2, 2, 3, 5]);
        assert_eq!(union(vec![1, 1], vec![1], |_| {}), [1, 1]);
    }
}
