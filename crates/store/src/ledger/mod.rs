//! The ledger: who did what, when, on whose behalf, in a Merkle tree (RFC 6962) that shows every later change.
//!
//! A leaf holds sequence number, time, actor, action, a random name for the object and an HMAC of the payload under
//! a key of its own. Payload, key and the link to the object live beside the tree, so they can be erased while the
//! tree still verifies. Entries are appended in the transaction of what they record: one stands with the other.
//!
//! Deliberately absent: changing or removing an entry. Threats: whoever can write the database can rebuild the whole
//! tree, so keep signed checkpoints outside ([`LedgerKey`] signs them, [`crate::Store::verify_ledger`] takes them).

mod checkpoint;
mod leaf;
mod tiles;
mod tree;
mod verify;

pub use checkpoint::{LedgerKey, SignedNote, Verifier, WitnessKey};
pub use tiles::{Growth, TILE_WIDTH};
pub use tree::Inclusion;
pub use verify::{Problem, VerifyReport};

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use leaf::Leaf;
use sqlx::any::AnyRow;
use terms::ledger::{Action, Entry, NewEntry};
use terms::time::Instant;
use tree::{Edge, Node};

/// Which entries to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFilter {
    /// Only entries before this sequence number: the next page begins where the last one ended.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: i64,
    /// Only this action.
    pub action: Option<Action>,
    /// Only about this object, such as `campaign/3`.
    pub object: Option<String>,
}

impl Default for EntryFilter {
    fn default() -> Self {
        Self { before: None, limit: 50, action: None, object: None }
    }
}

pub(crate) fn seq_of(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|_| Error::Corrupt { what: "a sequence number of the ledger".to_owned() })
}

pub(crate) fn number_of(seq: u64) -> Result<i64> {
    i64::try_from(seq).map_err(|_| Error::missing("ledger entry", seq))
}

/// An entry with what is left of its payload: `null` and an empty object once erased.
fn entry(row: &AnyRow) -> Result<Entry> {
    let leaf = Leaf::parse(&row.text("leaf")?)?;
    let payload = match row.opt_text("payload")? {
        Some(_) => row.json("payload")?,
        None => serde_json::Value::Null,
    };
    let object = row.opt_text("object")?.unwrap_or_default();
    let entry = NewEntry { at: leaf.at, actor: leaf.actor, action: leaf.action, object, payload };
    Ok(Entry { seq: leaf.seq, entry })
}

reads! {
    /// Entries, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entries(&mut self, filter: &EntryFilter) -> Result<Vec<Entry>> {
        let before = filter.before.map_or(Ok(i64::MAX), number_of)?;
        let action = filter.action.map_or("", Action::as_str);
        // An object has few entries, so it is looked up by its own index.
        let query = match &filter.object {
            Some(object) => sqlx::query(sql!("ledger", "entries_of_object")).bind(before).bind(action)
                .bind(filter.limit).bind(object.clone()),
            None => sqlx::query(sql!("ledger", "entries")).bind(before).bind(action).bind(filter.limit),
        };
        sql::rows(&query.fetch_all(self.db()).await?, entry)
    }

    /// Every entry about an object such as `message/118`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entries_of(&mut self, object: &str) -> Result<Vec<Entry>> {
        let filter = EntryFilter { limit: i64::MAX, object: Some(object.to_owned()), ..EntryFilter::default() };
        let mut entries = self.entries(&filter).await?;
        entries.reverse();
        Ok(entries)
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger_size(&mut self) -> Result<u64> {
        Ok(self.edge().await?.size())
    }

    /// The latest signed checkpoint with the size of the tree it stands for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn latest_checkpoint(&mut self) -> Result<Option<(u64, String)>> {
        let row = sqlx::query(sql!("ledger", "latest_checkpoint")).fetch_optional(self.db()).await?;
        row.map(|row| Ok((seq_of(row.int("size")?)?, row.text("note")?))).transpose()
    }

    /// The signed checkpoint of a size.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoint_at(&mut self, size: u64) -> Result<Option<String>> {
        let query = sqlx::query(sql!("ledger", "checkpoint_at")).bind(number_of(size)?);
        query.fetch_optional(self.db()).await?.map(|row| row.text("note")).transpose()
    }

    /// The proof that an entry is in the tree as it is now.
    ///
    /// # Errors
    /// When there is no such entry.
    pub async fn prove_entry(&mut self, seq: u64) -> Result<Inclusion> {
        let edge = self.edge().await?;
        let row = sqlx::query(sql!("ledger", "leaf")).bind(number_of(seq)?).fetch_optional(self.db()).await?;
        let leaf = row.ok_or_else(|| Error::missing("ledger entry", seq))?.text("leaf")?;
        let known = self.nodes(&tree::needed_for_entry(edge.size(), seq)?).await?;
        tree::prove_in(edge.size(), edge.root(), seq, leaf, &known)
    }
}

writes! {
    /// Appends entries, in the same transaction as what they record. Comes out: their sequence numbers.
    ///
    /// # Errors
    /// When the database fails, or an actor cannot be written.
    pub async fn append_entries(&mut self, entries: &[NewEntry]) -> Result<Vec<u64>> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut edge = self.edge().await?;
        let mut nodes: Vec<Node> = Vec::with_capacity(2 * entries.len());
        let mut written = Vec::with_capacity(entries.len());
        for entry in entries {
            let sealed = leaf::seal(edge.size(), entry)?;
            nodes.extend(edge.push(tlog_tiles::record_hash(sealed.leaf.as_bytes())));
            written.push((sealed, entry));
        }
        for batch in batches(&written) {
            let mut leaves = sqlx::query(self.each(sql!("ledger", "add_leaves"), batch.len()));
            let mut payloads = sqlx::query(self.each(sql!("ledger", "add_payloads"), batch.len()));
            for (sealed, entry) in batch {
                let seq = number_of(sealed.seq)?;
                leaves = leaves.bind(seq).bind(entry.action.as_str()).bind(sealed.leaf.clone());
                payloads = payloads.bind(seq).bind(entry.object.clone()).bind(sealed.key.clone())
                    .bind(sealed.payload.clone());
            }
            leaves.execute(self.db()).await?;
            payloads.execute(self.db()).await?;
        }
        for batch in batches(&nodes) {
            let mut query = sqlx::query(self.each(sql!("ledger", "add_nodes"), batch.len()));
            for node in batch {
                query = query.bind(i64::from(node.level)).bind(number_of(node.place)?).bind(tree::hex_hash(&node.hash));
            }
            query.execute(self.db()).await?;
        }
        sqlx::query(sql!("ledger", "move_head"))
            .bind(number_of(edge.size())?).bind(edge.to_text())
            .execute(self.db())
            .await?;
        Ok(written.iter().map(|(sealed, _)| sealed.seq).collect())
    }

    /// Signs a checkpoint of the tree as it is now; the one there is when nothing was appended since, `None` while
    /// the tree is empty. Keep a copy outside: it is what shows a rewritten database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_checkpoint(&mut self, key: &LedgerKey, at: Instant) -> Result<Option<String>> {
        let edge = self.edge().await?;
        if edge.size() == 0 {
            return Ok(None);
        }
        if let Some((size, note)) = self.latest_checkpoint().await? && size == edge.size() {
            return Ok(Some(note));
        }
        let note = key.sign_checkpoint(edge.size(), edge.root())?;
        sqlx::query(sql!("ledger", "add_checkpoint"))
            .bind(number_of(edge.size())?).bind(note.clone()).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(Some(note))
    }

    /// Erases payload, key and link of every entry about an object. The leaves stay, and the tree still verifies.
    /// Comes out: how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erase_payloads(&mut self, object: &str) -> Result<u64> {
        let query = sqlx::query(sql!("ledger", "erase_payloads")).bind(object);
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}

impl crate::open::Conn {
    pub(crate) async fn edge(&mut self) -> Result<Edge> {
        let row = sqlx::query(sql!("ledger", "head")).fetch_one(self.db()).await?;
        Edge::from_text(seq_of(row.int("size")?)?, &row.text("edge")?)
    }
}
