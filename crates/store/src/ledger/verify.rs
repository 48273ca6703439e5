//! Verifies the ledger from its leaves: every hash is computed anew, every seal checked, and every checkpoint, those
//! in the database and those kept outside, held against the tree.
//!
//! It trusts nothing in the database but the bytes of the leaves, and reports what disagrees with them. It repairs
//! nothing.

use super::checkpoint::{Verifier, WitnessKey};
use super::leaf::{Leaf, seal_of};
use super::tree::{self, Edge, Node};
use super::{number_of, seq_of};
use crate::error::Result;
use crate::open::reads;
use crate::sql::{Columns, sql};
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, HashMap};
use terms::time::MICROS_PER_SECOND;
use tlog_tiles::Hash;

/// Entries read at a time.
const PAGE: u64 = 4096;
/// Problems that are listed; more are only counted.
const LISTED: usize = 100;

/// One thing that disagrees.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// An entry is not there.
    #[error("entry `{0}` is missing")]
    Missing(u64),
    /// A leaf does not read, or says another sequence number or action than its row.
    #[error("entry `{0}` is not what was written")]
    Leaf(u64),
    /// Payload, key or link of an entry do not fit its seal.
    #[error("the payload of entry `{0}` is not the one that was sealed")]
    Payload(u64),
    /// The row beside a leaf is gone, though erasure leaves it.
    #[error("the row beside entry `{0}` is gone")]
    Beside(u64),
    /// A stored node of the tree is missing or another than its leaves give.
    #[error("node `{0}` on level `{1}` of the tree does not fit the entries below it")]
    Node(u64, u8),
    /// The stored head is not that of the entries.
    #[error("the head of the tree does not fit its entries")]
    Head,
    /// There are more or fewer rows than the head says.
    #[error("the head counts `{0}` entries, and there are `{1}` rows")]
    Count(u64, u64),
    /// The signature of a checkpoint does not hold.
    #[error("the checkpoint at size `{0}` is not signed by this key")]
    Signature(u64),
    /// A checkpoint stands for another tree: entries before it were rewritten.
    #[error("the checkpoint at size `{0}` stands for another tree: the entries before it were changed")]
    Fork(u64),
    /// A checkpoint that was kept outside is not among those that are kept here.
    #[error("the checkpoint at size `{0}` was signed and is not here any more")]
    Forgotten(u64),
    /// What a witness signed does not hold, or its checkpoint is gone.
    #[error("the signature of the witness `{0}` at size `{1}` does not hold")]
    Cosignature(String, u64),
    /// More or fewer nodes than the entries give.
    #[error("the tree has `{1}` nodes where its entries give `{0}`")]
    Nodes(u64, u64),
    /// A checkpoint stands for more entries than there are: the end was cut off.
    #[error("a checkpoint stands for `{0}` entries, and there are `{1}`: the end was cut off")]
    Truncated(u64, u64),
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Entries in the tree.
    pub entries: u64,
    /// Those of them whose payload was erased.
    pub erased: u64,
    /// Root computed from the leaves, hexadecimal.
    pub root: String,
    /// Entries covered by a checkpoint whose signature and tree hold.
    pub signed: u64,
    /// Checkpoints looked at.
    pub checkpoints: u64,
    /// Signatures of witnesses that hold.
    pub cosigned: u64,
    /// True when every checkpoint holds (also when there is none yet).
    pub checkpoint_ok: bool,
    /// What disagrees, the first hundred.
    pub problems: Vec<Problem>,
    /// How many disagree.
    pub found: u64,
}

impl VerifyReport {
    /// True when nothing disagrees.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.found == 0
    }

    fn add(&mut self, problem: Problem) {
        self.found += 1;
        if matches!(problem, Problem::Signature(_) | Problem::Fork(_) | Problem::Truncated(..)) {
            self.checkpoint_ok = false;
        }
        if self.problems.len() < LISTED {
            self.problems.push(problem);
        }
    }
}

/// Checks one entry; comes out its hash.
fn check_entry(row: &AnyRow, seq: u64, report: &mut VerifyReport) -> Result<Hash> {
    let text = row.text("leaf")?;
    let leaf = Leaf::parse(&text).ok().filter(|leaf| leaf.seq == seq);
    let action = row.text("action")?;
    match leaf.filter(|leaf| leaf.action.as_str() == action) {
        None => report.add(Problem::Leaf(seq)),
        Some(leaf) => match (row.opt_text("object")?, row.opt_text("entry_key")?, row.opt_text("payload")?) {
            _ if row.opt_int("kept")?.is_none() => report.add(Problem::Beside(seq)),
            (None, None, None) => report.erased += 1,
            (Some(object), Some(key), Some(payload)) if seal_of(&key, &object, &payload)? == leaf.seal => {}
            _ => report.add(Problem::Payload(seq)),
        },
    }
    Ok(tlog_tiles::record_hash(text.as_bytes()))
}

reads! {
    /// Verifies the whole ledger with the installation's verifier key (see [`super::LedgerKey::verifier`]).
    /// `outside` are signed checkpoints kept away from this database; only they show that somebody who could write
    /// everything rebuilt the whole tree or cut off its end.
    ///
    /// # Errors
    /// When the database fails or the verifier key does not read. What is wrong with the ledger is in the report.
    pub async fn verify_ledger(&mut self, verifier: &str, outside: &[String]) -> Result<VerifyReport> {
        let verifier: Verifier = verifier.parse()?;
        let mut report = VerifyReport {
            entries: 0, erased: 0, root: String::new(), signed: 0, checkpoints: 0, cosigned: 0, checkpoint_ok: true,
            problems: Vec::new(), found: 0,
        };
        // Checkpoints before the head, so that every one of them is within it while entries are being appended.
        let rows = sqlx::query(sql!("ledger", "checkpoints")).fetch_all(self.db()).await?;
        let mut notes = Vec::new();
        for row in &rows {
            notes.push((Some(seq_of(row.int("size")?)?), row.text("note")?));
        }
        notes.extend(outside.iter().map(|note| (None, note.clone())));
        let mut expected: BTreeMap<u64, Vec<Hash>> = BTreeMap::new();
        for (stored, note) in &notes {
            report.checkpoints += 1;
            match verifier.open_checkpoint(note) {
                Some((size, root)) if stored.is_none_or(|stored| stored == size) => {
                    if stored.is_none() && notes.iter().all(|(other, _)| *other != Some(size)) {
                        report.add(Problem::Forgotten(size));
                    }
                    expected.entry(size).or_default().push(root);
                }
                _ => report.add(Problem::Signature(stored.unwrap_or(0))),
            }
        }
        let head = match self.edge().await {
            Ok(head) => Some(head),
            Err(crate::Error::Database(error)) => return Err(crate::Error::Database(error)),
            Err(_) => None,
        };
        let rows = sqlx::query(sql!("ledger", "counted")).fetch_one(self.db()).await?;
        let (size, leaves) = (seq_of(rows.int("size")?)?, seq_of(rows.int("leaves")?)?);
        if size != leaves {
            report.add(Problem::Count(size, leaves));
        }
        let payloads = seq_of(rows.int("payloads")?)?;
        if leaves != payloads {
            report.add(Problem::Count(leaves, payloads));
        }
        let end = head.as_ref().map_or(leaves, Edge::size);
        let mut edge = Edge::empty();
        let mut whole = true;
        let mut next = 0;
        loop {
            let last = number_of(next)? - 1;
            let query = sqlx::query(sql!("ledger", "leaves_page")).bind(last).bind(number_of(end)?);
            let rows = query.bind(number_of(PAGE)?).fetch_all(self.db()).await?;
            if rows.is_empty() {
                break;
            }
            let from = next;
            let mut nodes = Vec::new();
            for row in &rows {
                let seq = seq_of(row.int("seq")?)?;
                if seq != next {
                    report.add(Problem::Missing(next));
                    whole = false;
                }
                next = seq + 1;
                let hash = check_entry(row, seq, &mut report)?;
                report.entries += 1;
                if whole {
                    nodes.extend(edge.push(hash));
                    for root in expected.remove(&edge.size()).unwrap_or_default() {
                        if root == edge.root() {
                            report.signed = edge.size();
                        } else {
                            report.add(Problem::Fork(edge.size()));
                        }
                    }
                }
            }
            self.check_nodes(from, edge.size(), &nodes, &mut report).await?;
        }
        for missing in next..end.min(next + LISTED as u64) {
            report.add(Problem::Missing(missing));
        }
        for size in expected.into_keys() {
            // The root of no entries needs none.
            if size > 0 {
                report.add(Problem::Truncated(size, edge.size()));
            }
        }
        if head != Some(edge.clone()) {
            report.add(Problem::Head);
        }
        let nodes = seq_of(rows.int("nodes")?)?;
        // Of n leaves, each complete subtree is stored: 2n less the number of subtrees at the edge.
        let expected_nodes = (2 * leaves).saturating_sub(u64::from(leaves.count_ones()));
        if nodes != expected_nodes {
            report.add(Problem::Nodes(expected_nodes, nodes));
        }
        self.check_cosignatures(&mut report).await?;
        report.root = tree::hex_hash(&edge.root());
        Ok(report)
    }
}

impl crate::open::Conn {
    /// Holds every signature of a witness against its checkpoint.
    async fn check_cosignatures(&mut self, report: &mut VerifyReport) -> Result<()> {
        let rows = sqlx::query(sql!("witnesses", "all_cosignatures")).fetch_all(self.db()).await?;
        for row in &rows {
            let (name, size) = (row.text("name")?, seq_of(row.int("size")?)?);
            let key: Option<WitnessKey> = row.text("vkey")?.parse().ok();
            let (note, line, at) = (row.opt_text("note")?, row.text("line")?, row.int("at")?);
            let cosigned = key.zip(note).and_then(|(key, note)| {
                let seconds = key.cosigned(&note, &line)?;
                (key.name() == name).then_some(seconds)
            });
            if cosigned.and_then(|seconds| i64::try_from(seconds).ok()) == Some(at / MICROS_PER_SECOND) {
                report.cosigned += 1;
            } else {
                report.add(Problem::Cosignature(name, size));
            }
        }
        Ok(())
    }

    /// Holds the stored nodes that the leaves `from..to` complete against the computed ones.
    async fn check_nodes(
        &mut self,
        from: u64,
        to: u64,
        nodes: &[Node],
        report: &mut VerifyReport,
    ) -> Result<()> {
        let highest = nodes.iter().map(|node| node.level).max();
        let mut stored = HashMap::new();
        for level in 0..=highest.unwrap_or(0) {
            let rows = sqlx::query(sql!("ledger", "nodes_between"))
                .bind(i64::from(level))
                .bind(number_of(from >> level)?)
                .bind(number_of(to >> level)?)
                .fetch_all(self.db())
                .await?;
            for row in &rows {
                stored.insert((level, seq_of(row.int("place")?)?), row.text("hash")?);
            }
        }
        for node in nodes {
            if stored.get(&(node.level, node.place)) != Some(&tree::hex_hash(&node.hash)) {
                report.add(Problem::Node(node.place, node.level));
            }
        }
        Ok(())
    }
}
