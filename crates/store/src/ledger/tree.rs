//! The Merkle tree of RFC 6962, section 2.1, kept as its right edge: appending costs at most log n hashes and reads
//! one row. Complete subtrees are stored as nodes `(level, place)` so that proofs need no recomputation.
//!
//! Hashing and proofs are those of the `tlog_tiles` crate; the edge is ours, because the crate's reader is not async.

use crate::error::{Error, Result};
use std::collections::HashMap;
use tlog_tiles::{EMPTY_HASH, Hash, HashReader, node_hash};

/// A complete subtree: level 0 are leaves, `place` counts from the left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    pub(super) level: u8,
    pub(super) place: u64,
    pub(super) hash: Hash,
}

/// The roots of the complete subtrees that make up a tree, largest first: one for each bit set in its size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Edge {
    size: u64,
    roots: Vec<Hash>,
}

impl Edge {
    pub(super) const fn empty() -> Self {
        Self { size: 0, roots: Vec::new() }
    }

    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; the nodes that became complete, from the leaf upwards.
    pub(super) fn push(&mut self, leaf: Hash) -> Vec<Node> {
        let mut nodes = vec![Node { level: 0, place: self.size, hash: leaf }];
        let mut hash = leaf;
        // Each trailing 1 of the old size is a subtree on the left that is now as high as this one.
        for level in 1..=self.size.trailing_ones() {
            let Some(left) = self.roots.pop() else { break };
            hash = node_hash(left, hash);
            nodes.push(Node { level: level as u8, place: self.size >> level, hash });
        }
        self.roots.push(hash);
        self.size += 1;
        nodes
    }

    /// The root of the tree (RFC 6962, 2.1: from the right, smaller subtrees first).
    pub(super) fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev().copied();
        let Some(first) = roots.next() else { return EMPTY_HASH };
        roots.fold(first, |right, left| node_hash(left, right))
    }

    pub(super) fn to_text(&self) -> String {
        self.roots.iter().map(hex_hash).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn from_text(size: u64, text: &str) -> Result<Self> {
        let roots = text.split_whitespace().map(parse_hash).collect::<Result<Vec<_>>>()?;
        if roots.len() != size.count_ones() as usize {
            return Err(Error::Corrupt { what: "the head of the ledger".to_owned() });
        }
        Ok(Self { size, roots })
    }
}

/// The proof that an entry is in the tree of a given size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// Entry.
    pub seq: u64,
    /// Size of the tree.
    pub size: u64,
    /// Root of the tree, hexadecimal.
    pub root: String,
    /// Canonical bytes of the leaf.
    pub leaf: String,
    /// Hashes from the leaf to the root (RFC 6962, 2.1.1), hexadecimal.
    pub path: Vec<String>,
}

impl Inclusion {
    /// Hash of the leaf, hexadecimal.
    #[must_use]
    pub fn leaf_hash(&self) -> String {
        hex_hash(&tlog_tiles::record_hash(self.leaf.as_bytes()))
    }

    /// Whether the path leads from the leaf to the root.
    #[must_use]
    pub fn holds(&self) -> bool {
        let hash = tlog_tiles::record_hash(self.leaf.as_bytes());
        let Ok(path) = self.path.iter().map(|hash| parse_hash(hash)).collect::<Result<Vec<_>>>() else {
            return false;
        };
        parse_hash(&self.root)
            .is_ok_and(|root| tlog_tiles::check_record(&path, self.size, root, self.seq, hash).is_ok())
    }
}

/// Writes down which nodes a proof asks for, and answers none of them.
struct Wanted(std::cell::RefCell<Vec<u64>>);

impl HashReader for Wanted {
    fn read_hashes(&self, indexes: &[u64]) -> std::result::Result<Vec<Hash>, tlog_tiles::Error> {
        self.0.borrow_mut().extend_from_slice(indexes);
        Ok(vec![EMPTY_HASH; indexes.len()])
    }
}

struct Known<'a>(&'a HashMap<(u8, u64), Hash>);

impl HashReader for Known<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> std::result::Result<Vec<Hash>, tlog_tiles::Error> {
        let find = |index: &u64| self.0.get(&tlog_tiles::split_stored_hash_index(*index)).copied();
        indexes.iter().map(|index| find(index).ok_or(tlog_tiles::Error::IndexesNotInTree)).collect()
    }
}

fn wanted_by(
    ask: impl FnOnce(&Wanted) -> std::result::Result<(), tlog_tiles::Error>,
    missing: impl FnOnce() -> Error,
) -> Result<Vec<(u8, u64)>> {
    let wanted = Wanted(std::cell::RefCell::new(Vec::new()));
    ask(&wanted).map_err(|_| missing())?;
    Ok(wanted.0.into_inner().into_iter().map(tlog_tiles::split_stored_hash_index).collect())
}

fn nodes_corrupt(_: tlog_tiles::Error) -> Error {
    Error::Corrupt { what: "the nodes of the ledger".to_owned() }
}

/// The nodes that the proof of an entry in a tree of some size needs.
pub(super) fn needed_for_entry(size: u64, seq: u64) -> Result<Vec<(u8, u64)>> {
    wanted_by(
        |reader| tlog_tiles::prove_record(size, seq, reader).map(drop),
        || Error::missing("ledger entry", seq),
    )
}

/// The proof, from the nodes that [`needed_for_entry`] named.
pub(super) fn prove_in(
    size: u64,
    root: Hash,
    seq: u64,
    leaf: String,
    nodes: &HashMap<(u8, u64), Hash>,
) -> Result<Inclusion> {
    let path = tlog_tiles::prove_record(size, seq, &Known(nodes)).map_err(nodes_corrupt)?;
    let path = path.iter().map(hex_hash).collect();
    Ok(Inclusion { seq, size, root: hex_hash(&root), leaf, path })
}

/// The nodes that the proof of growth between two trees needs; the earlier one is not empty.
pub(super) fn needed_for_growth(first: u64, second: u64) -> Result<Vec<(u8, u64)>> {
    wanted_by(
        |reader| tlog_tiles::prove_tree(second, first, reader).map(drop),
        || Error::missing("ledger tree", first),
    )
}

/// The proof, from the nodes that [`needed_for_growth`] named.
pub(super) fn prove_growth(first: u64, second: u64, nodes: &HashMap<(u8, u64), Hash>) -> Result<Vec<Hash>> {
    tlog_tiles::prove_tree(second, first, &Known(nodes)).map_err(nodes_corrupt)
}

/// The nodes whose hashes make up the root of a tree that is not empty.
pub(super) fn needed_for_root(size: u64) -> Result<Vec<(u8, u64)>> {
    wanted_by(|reader| tlog_tiles::tree_hash(size, reader).map(drop), || Error::missing("ledger tree", size))
}

/// The root, from the nodes that [`needed_for_root`] named.
pub(super) fn root_from(size: u64, nodes: &HashMap<(u8, u64), Hash>) -> Result<Hash> {
    tlog_tiles::tree_hash(size, &Known(nodes)).map_err(nodes_corrupt)
}

pub(super) fn hex_hash(hash: &Hash) -> String {
    crate::suppressions::hex(&hash.0)
}

pub(super) fn parse_hash(text: &str) -> Result<Hash> {
    let corrupt = || Error::Corrupt { what: "a hash of the ledger".to_owned() };
    let mut bytes = [0u8; 32];
    if text.len() != 64 || text.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(corrupt());
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        let pair = text.get(at..at + 2).ok_or_else(corrupt)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| corrupt())?;
    }
    Ok(Hash(bytes))
}

#[cfg(test)]
mod tests;
