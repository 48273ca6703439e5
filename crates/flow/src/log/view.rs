//! Proofs and witnesses as JSON. Hashes are in hexadecimal; the fields are named as RFC 9162 names them.

use serde::Serialize;
use store::ledger::{Growth, Inclusion};
use store::witnesses::Witness;
use terms::time::Instant;

/// The proof that an entry is in a tree. The entry itself stays where only its readers get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InclusionView {
    /// Number of the entry, from 0.
    pub leaf_index: u64,
    /// Hash of its leaf.
    pub leaf_hash: String,
    /// Entries in the tree.
    pub tree_size: u64,
    /// Root of the tree.
    pub root_hash: String,
    /// Hashes from the leaf to the root (RFC 9162, 2.1.3).
    pub inclusion_path: Vec<String>,
}

impl InclusionView {
    pub(super) fn of(proof: &Inclusion) -> Self {
        Self {
            leaf_index: proof.seq,
            leaf_hash: proof.leaf_hash(),
            tree_size: proof.size,
            root_hash: proof.root.clone(),
            inclusion_path: proof.path.clone(),
        }
    }
}

/// The proof that a tree grew out of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsistencyView {
    /// Entries in the earlier tree.
    pub first: u64,
    /// Its root.
    pub first_hash: String,
    /// Entries in the later tree.
    pub second: u64,
    /// Its root.
    pub second_hash: String,
    /// The proof (RFC 9162, 2.1.4); empty when both are the same tree or the earlier one is empty.
    pub consistency_path: Vec<String>,
}

impl ConsistencyView {
    pub(super) fn of(growth: Growth) -> Self {
        Self {
            first: growth.first,
            first_hash: growth.first_root,
            second: growth.second,
            second_hash: growth.second_root,
            consistency_path: growth.path,
        }
    }
}

/// A witness in use, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WitnessView {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Its verifier key.
    pub key: String,
    /// Where it takes checkpoints.
    pub url: String,
    /// Since when it is asked.
    pub since: Instant,
    /// Entries it signed last.
    pub size: Option<u64>,
    /// When it signed them, by its own clock.
    pub cosigned_at: Option<Instant>,
    /// When it was last asked.
    pub asked_at: Option<Instant>,
    /// What was wrong the last time; empty when it signed.
    pub trouble: String,
    /// When it said that this ledger is not the one it has seen.
    pub refused_at: Option<Instant>,
}

/// A witness as pages show it.
pub(super) fn witness_view(witness: &Witness) -> WitnessView {
    WitnessView {
        id: witness.id,
        name: witness.name.clone(),
        key: witness.vkey.clone(),
        url: witness.url.clone(),
        since: witness.added_at,
        size: witness.last.map(|(size, _)| size),
        cosigned_at: witness.last.map(|(_, at)| at),
        asked_at: witness.tried_at,
        trouble: witness.trouble.clone(),
        refused_at: witness.refused_at,
    }
}

/// That a witness signed a size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CosignedView {
    /// Who.
    pub witness: String,
    /// Entries.
    pub size: u64,
    /// When, by the witness's clock.
    pub at: Instant,
}
