//! What the world may read of the tree: tiles and entry bundles (C2SP tlog-tiles), and proofs between any two sizes.
//!
//! Goes in: sizes and places. Comes out: hashes, leaves and proofs of what was signed. Architecture invariant: nothing
//! here goes past the newest checkpoint, so that what is published is what is signed. Deliberately absent: paths and
//! HTTP, which are the web's.

use super::tree::{self, Inclusion};
use super::{number_of, seq_of};
use crate::error::{Error, Result};
use crate::open::reads;
use crate::sql::{Columns, sql};
use std::collections::HashMap;
use tlog_tiles::{EMPTY_HASH, Hash};

/// Hashes or entries of a full tile.
pub const TILE_WIDTH: u64 = 256;
/// Levels of the tree that one level of tiles spans.
const TILE_HEIGHT: u8 = 8;

/// The proof that a tree grew out of an earlier one (RFC 6962, 2.1.2), hashes in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// Size of the earlier tree.
    pub first: u64,
    /// Size of the later tree.
    pub second: u64,
    /// Root of the earlier tree.
    pub first_root: String,
    /// Root of the later tree.
    pub second_root: String,
    /// The proof; empty when both are the same, or the earlier one is empty.
    pub path: Vec<String>,
}

impl Growth {
    /// Whether the proof leads from one root to the other.
    #[must_use]
    pub fn holds(&self) -> bool {
        let Ok(path) = self.path.iter().map(|hash| tree::parse_hash(hash)).collect::<Result<Vec<_>>>() else {
            return false;
        };
        let (Ok(first), Ok(second)) =
            (tree::parse_hash(&self.first_root), tree::parse_hash(&self.second_root))
        else {
            return false;
        };
        // The crate leaves the empty tree out: every tree grew out of it, and there is nothing to prove.
        if self.first == 0 {
            return first == EMPTY_HASH && path.is_empty();
        }
        tlog_tiles::check_tree(&path, self.second, second, self.first, first).is_ok()
    }

    /// The proof as base64 lines, the way witnesses are asked.
    #[must_use]
    pub fn base64_path(&self) -> Vec<String> {
        self.path.iter().filter_map(|hash| tree::parse_hash(hash).ok()).map(|hash| hash.to_string()).collect()
    }
}

reads! {
    /// The hashes of a tile, 32 bytes each: `width` of them from `place * 256` on at a level of tiles. `None` when the
    /// newest checkpoint does not reach so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tile_hashes(&mut self, tile_level: u8, place: u64, width: u64) -> Result<Option<Vec<u8>>> {
        let Some(level) = tile_level.checked_mul(TILE_HEIGHT).filter(|level| *level < 64) else {
            return Ok(None);
        };
        let Some((from, to)) = tile_span(place, width) else { return Ok(None) };
        let Some((size, _)) = self.latest_checkpoint().await? else { return Ok(None) };
        if to > size >> level {
            return Ok(None);
        }
        let rows = sqlx::query(sql!("ledger", "nodes_between"))
            .bind(i64::from(level)).bind(number_of(from)?).bind(number_of(to)?)
            .fetch_all(self.db()).await?;
        let mut bytes = Vec::with_capacity(32 * rows.len());
        for (row, expected) in rows.iter().zip(from..) {
            if seq_of(row.int("place")?)? == expected {
                bytes.extend_from_slice(&tree::parse_hash(&row.text("hash")?)?.0);
            }
        }
        if bytes.len() as u64 != 32 * width {
            return Err(Error::Corrupt { what: format!("tile `{tile_level}/{place}` of the ledger") });
        }
        Ok(Some(bytes))
    }

    /// The leaves of an entry bundle: `width` of them from `place * 256` on. `None` when the newest checkpoint does
    /// not reach so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tile_entries(&mut self, place: u64, width: u64) -> Result<Option<Vec<String>>> {
        let Some((from, to)) = tile_span(place, width) else { return Ok(None) };
        match self.latest_checkpoint().await? {
            Some((size, _)) if to <= size => {}
            _ => return Ok(None),
        }
        let rows = sqlx::query(sql!("ledger", "leaves_between"))
            .bind(number_of(from)?).bind(number_of(to)?)
            .fetch_all(self.db()).await?;
        let leaves = rows.iter().map(|row| row.text("leaf")).collect::<Result<Vec<_>>>()?;
        if leaves.len() as u64 != width {
            return Err(Error::Corrupt { what: format!("entries `{place}` of the ledger") });
        }
        Ok(Some(leaves))
    }

    /// The proof that an entry is in the tree of a size that was signed.
    ///
    /// # Errors
    /// When there is no such entry in such a tree.
    pub async fn prove_entry_in(&mut self, seq: u64, size: u64) -> Result<Inclusion> {
        if seq >= size || size > self.signed_size().await? {
            return Err(Error::missing("ledger entry", seq));
        }
        let row = sqlx::query(sql!("ledger", "leaf")).bind(number_of(seq)?).fetch_optional(self.db()).await?;
        let leaf = row.ok_or_else(|| Error::missing("ledger entry", seq))?.text("leaf")?;
        let known = self.nodes(&tree::needed_for_entry(size, seq)?).await?;
        let root = self.root_of(size).await?;
        tree::prove_in(size, root, seq, leaf, &known)
    }

    /// The proof that the tree of `second` entries grew out of that of `first`; both must have been signed over.
    ///
    /// # Errors
    /// When `first` is the larger one, or `second` goes past the newest checkpoint.
    pub async fn prove_growth(&mut self, first: u64, second: u64) -> Result<Growth> {
        if first > second || second > self.signed_size().await? {
            return Err(Error::missing("ledger tree", second));
        }
        let (first_root, second_root) = (self.root_of(first).await?, self.root_of(second).await?);
        let path = if first == 0 {
            Vec::new()
        } else {
            let known = self.nodes(&tree::needed_for_growth(first, second)?).await?;
            tree::prove_growth(first, second, &known)?
        };
        Ok(Growth {
            first,
            second,
            first_root: tree::hex_hash(&first_root),
            second_root: tree::hex_hash(&second_root),
            path: path.iter().map(tree::hex_hash).collect(),
        })
    }

    /// Entries that the newest checkpoint stands for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signed_size(&mut self) -> Result<u64> {
        Ok(self.latest_checkpoint().await?.map_or(0, |(size, _)| size))
    }
}

/// Where a tile begins and ends on its level; `None` for one that cannot be.
fn tile_span(place: u64, width: u64) -> Option<(u64, u64)> {
    if width == 0 || width > TILE_WIDTH {
        return None;
    }
    let from = place.checked_mul(TILE_WIDTH)?;
    let to = from.checked_add(width)?;
    i64::try_from(to).ok()?;
    Some((from, to))
}

impl crate::open::Conn {
    /// Stored nodes by level and place.
    pub(super) async fn nodes(&mut self, wanted: &[(u8, u64)]) -> Result<HashMap<(u8, u64), Hash>> {
        let mut known = HashMap::with_capacity(wanted.len());
        for (level, place) in wanted {
            let query = sqlx::query(sql!("ledger", "node")).bind(i64::from(*level)).bind(number_of(*place)?);
            let row = query.fetch_optional(self.db()).await?;
            let row =
                row.ok_or_else(|| Error::Corrupt { what: format!("node `{level}/{place}` of the ledger") })?;
            known.insert((*level, *place), tree::parse_hash(&row.text("hash")?)?);
        }
        Ok(known)
    }

    /// The root of the tree of so many entries.
    async fn root_of(&mut self, size: u64) -> Result<Hash> {
        if size == 0 {
            return Ok(EMPTY_HASH);
        }
        let known = self.nodes(&tree::needed_for_root(size)?).await?;
        tree::root_from(size, &known)
    }
}
