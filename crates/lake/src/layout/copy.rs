//! A lake out and in again, customer by customer: for backups, in which each customer's rows are sealed under a key of
//! their own. Buckets and files are made anew; rows, their order and their imports are what they were.

use super::bucket::{self, Row};
use super::key::{Key, KeyKind};
use super::manifest::Manifest;
use super::owners::Sets;
use super::replace::sorted;
use super::spill::Spill;
use crate::Lake;
use crate::error::{Error, Result};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use terms::ids::CustomerKey;

/// Memory for rows on their way back.
const MEMORY: usize = 64 << 20;

/// A row of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedRow {
    /// Microseconds since 1970.
    pub time: i64,
    /// Minor units.
    pub amount: i64,
    /// Order, empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub order: String,
    /// The imports that brought it.
    pub imports: Vec<u32>,
}

/// A lake being put together again. Nothing of it can be seen before [`Rebuild::finish`].
pub struct Rebuild<'a> {
    lake: &'a Lake,
    outline: Manifest,
    rows: Rows,
    sets: Sets,
    _lock: super::WriteLock,
}

enum Rows {
    Integer(Spill<i64>),
    Text(Spill<CompactString>),
}

impl Lake {
    /// Every customer with all of their rows, bucket by bucket.
    ///
    /// # Errors
    /// When a bucket cannot be read, or `take` refuses.
    pub fn each_customer<E: From<Error>>(
        &self,
        mut take: impl FnMut(CustomerKey, Vec<CopiedRow>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        match self.manifest()?.key {
            KeyKind::Integer => each::<i64, E>(self, &mut take),
            KeyKind::Text => each::<CompactString, E>(self, &mut take),
        }
    }

    /// The manifest without its buckets: what a backup keeps beside the customers.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn outline(&self) -> Result<Manifest> {
        let manifest = self.manifest()?;
        let buckets = vec![None; manifest.buckets.len()];
        Ok(Manifest { buckets, ..manifest })
    }

    /// Begins to put a lake together again in place of what is there.
    ///
    /// # Errors
    /// When another process is importing, or the outline is none.
    pub fn rebuild(&self, outline: Manifest) -> Result<Rebuild<'_>> {
        let lock = self.lock()?;
        if outline.bucket_bits > super::MAX_BITS {
            return Err(Error::bad_lake(self.folder(), "the outline has too many buckets"));
        }
        let folder = self.folder().join("spill");
        let rows = match outline.key {
            KeyKind::Integer => {
                Rows::Integer(Spill::create_owned(&folder, "back", outline.bucket_bits, MEMORY)?)
            }
            KeyKind::Text => Rows::Text(Spill::create_owned(&folder, "back", outline.bucket_bits, MEMORY)?),
        };
        Ok(Rebuild { lake: self, outline, rows, sets: Sets::default(), _lock: lock })
    }
}

impl Rebuild<'_> {
    /// Adds a customer's rows.
    ///
    /// # Errors
    /// When the key does not fit the outline, or the disk refuses.
    pub fn push(&mut self, customer: &CustomerKey, rows: &[CopiedRow]) -> Result<()> {
        match &mut self.rows {
            Rows::Integer(spill) => add(self.lake, spill, &mut self.sets, customer, rows),
            Rows::Text(spill) => add(self.lake, spill, &mut self.sets, customer, rows),
        }
    }

    /// Writes the buckets and puts them in place of the lake. Returns the rows in it.
    ///
    /// # Errors
    /// When the disk refuses; the lake is then as it was.
    pub fn finish(self) -> Result<u64> {
        let old = self.lake.manifest()?;
        let generation = old.generation.max(self.outline.generation) + 1;
        let mut next = Manifest { generation, ..self.outline };
        next.last_import = next.last_import.max(old.last_import);
        next.buckets = vec![None; 1 << next.bucket_bits];
        let sets = self.sets.into_sets();
        let mut rows = 0;
        for (number, slot) in next.buckets.iter_mut().enumerate() {
            *slot = match &self.rows {
                Rows::Integer(spill) => written(self.lake, generation, number, spill, &sets)?,
                Rows::Text(spill) => written(self.lake, generation, number, spill, &sets)?,
            };
            rows += slot.as_ref().map_or(0, |bucket| bucket.rows);
        }
        super::sync_folder(&self.lake.folder().join("purchases"))?;
        next.replace(self.lake.folder())?;
        self.lake.sweep([&next, &next])?;
        Ok(rows)
    }
}

fn each<K: Key, E: From<Error>>(
    lake: &Lake,
    take: &mut impl FnMut(CustomerKey, Vec<CopiedRow>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    for bucket in lake.manifest()?.buckets.iter().flatten() {
        let owners = bucket::owners(lake, bucket)?;
        let mut current: Option<(K, Vec<CopiedRow>)> = None;
        for (at, row) in bucket::rows::<K>(lake, bucket)?.into_iter().enumerate() {
            let copied = CopiedRow {
                time: row.time,
                amount: row.amount,
                order: row.order.to_string(),
                imports: owners.set(owners.of(at)).to_vec(),
            };
            match &mut current {
                Some((key, rows)) if *key == row.key => rows.push(copied),
                _ => {
                    if let Some((key, rows)) = current.replace((row.key, vec![copied])) {
                        take(key.customer(), rows)?;
                    }
                }
            }
        }
        if let Some((key, rows)) = current {
            take(key.customer(), rows)?;
        }
    }
    Ok(())
}

fn add<K: Key>(
    lake: &Lake,
    spill: &mut Spill<K>,
    sets: &mut Sets,
    customer: &CustomerKey,
    rows: &[CopiedRow],
) -> Result<()> {
    let key = K::from_customer(customer)
        .ok_or_else(|| Error::bad_lake(lake.folder(), "a customer's key does not fit the outline"))?;
    for row in rows {
        let order = CompactString::new(&row.order);
        let out = Row { key: key.clone(), time: row.time, amount: row.amount, order };
        spill.push_owned(&out, sets.number(&row.imports))?;
    }
    Ok(())
}

fn written<K: Key>(
    lake: &Lake,
    generation: u64,
    number: usize,
    spill: &Spill<K>,
    sets: &[Vec<u32>],
) -> Result<Option<super::manifest::Bucket>> {
    let (rows, owners) = sorted(spill.owned_rows(number)?, sets);
    bucket::write(lake, generation, number, &rows, &owners)
}
