//! A backup back in: checked as a whole first, then put back in one transaction, with every erasure replayed before
//! anything else can open the installation.
//!
//! Into a lost installation everything comes back, and what may have been sent since the backup is not sent again.
//! Into one that is still there, what customers said, what was sent to them and the ledger are only completed, never
//! taken back. In both, whoever was erased stays erased: their keys are gone, and the log of erasures is held against
//! what came back. As long as the marker `keys/restoring` stands, nothing but a restore opens the installation.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use store::copy::{Fresh, JsonRow, PutBack, Return, return_of};
use store::places::By;
use terms::erasure::ErasureCause;
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Actor;
use terms::time::Instant;

use super::stream::Opener;
use super::{Head, Line, Theirs, VERSION, io, seal, text_of};
use crate::app::{App, json_text};
use crate::error::{Error, Result};
use crate::home::write_new;
use crate::jobs::Work;
use crate::keyring::{Erased, KeyName, SealKey, unhex};

/// Rows put back at a time.
const BATCH: usize = 500;

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// When the backup was made.
    pub backup_at: Instant,
    /// Whether there was an installation that was completed, or none.
    pub lost: bool,
    /// Rows and what was stopped.
    pub rows: PutBack,
    /// Rows of purchases in the lake now.
    pub purchases: u64,
    /// Copies of messages that were missing.
    pub copies: u64,
    /// Lines of erased customers, which nobody can read any more.
    pub unreadable: u64,
    /// Customers that had to be erased again.
    pub erased_again: u64,
    /// Size of the ledger in the backup.
    pub ledger_in_backup: u64,
    /// Entries that were known to be signed and are lost with the database.
    pub ledger_lost: u64,
    /// Whether the ledger verifies now.
    pub ledger_verified: bool,
}

/// What the marker of an unfinished restore remembers.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Marker {
    lost: bool,
}

/// What was found when the whole backup was read once.
struct Checked {
    head: Head,
    unreadable: u64,
}

/// The lines of a backup.
struct Lines {
    reader: Box<dyn BufRead + Send>,
    path: std::path::PathBuf,
    text: String,
}

impl Lines {
    fn open(path: &Path, key: &[u8; 32]) -> Result<Self> {
        let file = std::fs::File::open(path).map_err(io(path))?;
        let opener = Opener::begin(BufReader::new(file), key).map_err(io(path))?;
        let reader = Box::new(BufReader::new(flate2::read::GzDecoder::new(opener)));
        Ok(Self { reader, path: path.to_owned(), text: String::new() })
    }

    fn next(&mut self) -> Result<Option<Line>> {
        self.text.clear();
        if self.reader.read_line(&mut self.text).map_err(io(&self.path))? == 0 {
            return Ok(None);
        }
        serde_json::from_str(&self.text).map(Some).map_err(|error| bad(&error.to_string()))
    }
}

fn bad(why: &str) -> Error {
    Error::Invalid { message: format!("the backup cannot be used: {why}; take another one") }
}

fn name_of(text: &str) -> Result<KeyName> {
    unhex(text)
        .and_then(|bytes| KeyName::try_from(bytes.as_slice()).ok())
        .ok_or_else(|| bad("a line has no key's name"))
}

/// What a sealed line says; `None` when its key was destroyed.
fn opened(keys: &HashMap<KeyName, [u8; 32]>, name: &str, sealed: &str) -> Result<Option<Theirs>> {
    let name = name_of(name)?;
    let Some(key) = keys.get(&name).copied() else { return Ok(None) };
    let sealed = STANDARD.decode(sealed).map_err(|_| bad("a sealed line is damaged"))?;
    let text =
        seal::open(&SealKey { name, key }, &sealed).ok_or_else(|| bad("a sealed line does not open"))?;
    serde_json::from_slice(&text).map(Some).map_err(|error| bad(&error.to_string()))
}

/// Reads the whole backup without using anything of it.
fn check(
    path: &Path,
    key: &[u8; 32],
    keys: &HashMap<KeyName, [u8; 32]>,
    erased: &Erased,
    schema: &[i64],
) -> Result<Checked> {
    let mut lines = Lines::open(path, key)?;
    let Some(Line::Head(head)) = lines.next()? else { return Err(bad("it does not begin with its head")) };
    if head.version != VERSION {
        return Err(bad("it has another version"));
    }
    if head.schema != schema {
        return Err(bad("it was made by another version of candor; restore it with that one, then update"));
    }
    let (mut seen, mut unreadable, mut ended) = (1_u64, 0, false);
    while let Some(line) = lines.next()? {
        if ended {
            return Err(bad("there is something after its end"));
        }
        match line {
            Line::Head(_) => return Err(bad("it has two heads")),
            Line::End { lines } if lines == seen => ended = true,
            Line::End { .. } => return Err(bad("lines are missing")),
            Line::Row { t, .. } if !matches!(return_of(&t), Some(kept) if kept != Return::Left) => {
                return Err(bad("it has a table it must not have"));
            }
            Line::Row { .. } | Line::Model { .. } => {}
            Line::Sealed { o, s } => {
                if opened(keys, &o, &s)?.is_none() {
                    if !erased.destroyed.contains(&name_of(&o)?) {
                        let why = "the keys folder is not the one it was made with: a key is missing that no erasure destroyed";
                        return Err(bad(why));
                    }
                    unreadable += 1;
                }
            }
        }
        seen += 1;
    }
    if ended { Ok(Checked { head: *head, unreadable }) } else { Err(bad("its end is missing")) }
}

/// Rows on their way into the store, some at a time and table by table.
struct Rows {
    table: String,
    rows: Vec<JsonRow>,
    keep_ledger: bool,
    added: u64,
    seen: u64,
}

impl Rows {
    async fn push(&mut self, tx: &mut store::Tx, table: String, row: JsonRow) -> Result<()> {
        if self.keep_ledger && return_of(&table) == Some(Return::Ledger) {
            return Ok(());
        }
        if table != self.table || self.rows.len() >= BATCH {
            self.flush(tx).await?;
            self.table = table;
        }
        self.rows.push(row);
        Ok(())
    }

    async fn flush(&mut self, tx: &mut store::Tx) -> Result<()> {
        if !self.rows.is_empty() {
            self.seen += self.rows.len() as u64;
            self.added += tx.put_rows(&self.table, &self.rows).await?;
            self.rows.clear();
        }
        Ok(())
    }
}

impl App {
    /// Puts a backup back. The installation must have been opened by [`App::open_for_restore`], and nothing else may
    /// use it. A restore that was cut off is repeated as a whole.
    ///
    /// # Errors
    /// When the backup is damaged, of another version, or of other keys: nothing was changed then. When the disk or the
    /// database fails: the restore is unfinished then, and must be repeated.
    pub async fn restore(&self, from: &Path) -> Result<Restored> {
        self.only_sqlite()?;
        let (key, keyring) = (self.home().secret("backup")?, self.keyring()?);
        let (keys, erased) = (keyring.by_name()?, keyring.erased()?);
        let schema = self.store().schema_versions().await?;
        let checked = {
            let (path, keys, erased) = (from.to_owned(), keys.clone(), erased.clone());
            crate::places::blocking(move || check(&path, &key, &keys, &erased, &schema)).await?
        };
        let lost = self.begin_restoring(&checked.head).await?;
        let newest = self.newest_known().await?;
        let (rows, purchases, copies) =
            self.put_back(from, &key, &keys, &checked.head, lost, &newest).await?;
        let again = self.erase_again(&erased).await?;
        self.finish_erasures().await?;
        self.forget_snapshot()?;
        self.store().scrub().await?;
        self.ensure_notices().await?;
        // What was lost after the backup is told as lost, and is in the ledger: the copy of the newest checkpoint knows
        // more than a backup does.
        let verified =
            if lost { self.verify_against(&[]).await? } else { self.verify_ledger().await? }.verified;
        // The registry is from now on the one that was restored; the entry of the restore says so.
        self.anchor_restored_registry().await?;
        let marker = self.home().restoring();
        std::fs::remove_file(&marker).map_err(io(&marker))?;
        self.enqueue(&Work::Profile, self.now()).await?;
        let size = newest.as_ref().map_or(0, |(size, _)| *size);
        Ok(Restored {
            backup_at: checked.head.at,
            lost,
            rows,
            purchases,
            copies,
            unreadable: checked.unreadable,
            erased_again: again,
            ledger_in_backup: checked.head.ledger,
            ledger_lost: if lost { size.saturating_sub(checked.head.ledger) } else { 0 },
            ledger_verified: verified,
        })
    }

    /// Sets the marker, which also remembers whether the installation was lost: after a kill it is not empty any more.
    async fn begin_restoring(&self, head: &Head) -> Result<bool> {
        let path = self.home().restoring();
        if let Ok(text) = std::fs::read_to_string(&path) {
            let marker: Marker = serde_json::from_str(&text).map_err(|error| bad(&error.to_string()))?;
            return Ok(marker.lost);
        }
        let mut conn = self.store().read().await?;
        let lost = conn.ledger_size().await? == 0 && conn.people().await?.is_empty();
        if !lost && !knows_checkpoint(&mut conn, &head.checkpoint).await? {
            let message = "this home holds another installation, or a state from before the backup; restore into a home \
                 that is empty but for the `keys` folder of the backup's installation";
            return Err(Error::Conflict { message: message.to_owned() });
        }
        write_new(&path, json_text(&Marker { lost })?.as_bytes()).map_err(io(&path))?;
        Ok(lost)
    }

    /// The newest checkpoint that is known: that of the database, or the copy outside of it.
    async fn newest_known(&self) -> Result<Option<(u64, String)>> {
        let inside = self.store().latest_checkpoint().await?;
        let outside = std::fs::read_to_string(self.home().keys().join("newest-checkpoint")).ok();
        let outside = outside.and_then(|note| Some((note.lines().nth(1)?.parse::<u64>().ok()?, note)));
        Ok(inside.into_iter().chain(outside).max_by_key(|(size, _)| *size))
    }

    async fn put_back(
        &self,
        from: &Path,
        key: &[u8; 32],
        keys: &HashMap<KeyName, [u8; 32]>,
        head: &Head,
        lost: bool,
        newest: &Option<(u64, String)>,
    ) -> Result<(PutBack, u64, u64)> {
        let lake = self.lake().clone();
        let mut rebuild = lake.rebuild(head.lake.clone())?;
        let mut lines = Lines::open(from, key)?;
        let mut tx = self.store().begin().await?;
        let restricted = tx.restricted_customers().await?;
        let mut counters = tx.counters().await?;
        counters.extend(head.counters.iter().cloned());
        // After a kill the ledger may have come back already, and more than that.
        let empty = tx.ledger_size().await? == 0;
        let closing = tx.begin_restore(self.store().kind(), empty).await?;
        let mut rows =
            Rows { table: String::new(), rows: Vec::new(), keep_ledger: !empty, added: 0, seen: 0 };
        let mut copies = 0;
        while let Some(line) = lines.next()? {
            match line {
                Line::Head(_) | Line::End { .. } => {}
                Line::Row { t, v } => rows.push(&mut tx, t, v).await?,
                Line::Model { name, bytes } => {
                    copies += u64::from(self.put_file(&self.home().models(), &name, &bytes)?)
                }
                Line::Sealed { o, s } => match opened(keys, &o, &s)? {
                    None => {}
                    Some(Theirs::Row { t, v }) => rows.push(&mut tx, t, v).await?,
                    Some(Theirs::Lake { customer, rows }) => rebuild.push(&customer, &rows)?,
                    Some(Theirs::Mail { name, bytes }) => {
                        copies += u64::from(self.put_file(&self.home().outbox(), &name, &bytes)?);
                    }
                },
            }
        }
        rows.flush(&mut tx).await?;
        let fresh = if lost { Fresh::Lost } else { Fresh::Kept };
        let done = tx.end_restore(&closing, &counters, &restricted, fresh).await?;
        let tombstones: Vec<_> = self.keyring()?.erased()?.tombstones.into_values().collect();
        tx.put_tombstones(&tombstones).await?;
        let payload = serde_json::json!({
            "backup_at": head.at, "backup_size": head.ledger, "backup_checkpoint": head.checkpoint,
            "newest_known": newest.as_ref().map(|(_, note)| note), "lost": lost,
            "entries_lost": newest.as_ref().filter(|_| lost).map(|(size, _)| size.saturating_sub(head.ledger)),
        });
        let object = "installation/restore";
        tx.append_entries(&[self.entry(Actor::Operator, Action::Restored, object, payload)]).await?;
        // The lake first: if the commit fails, the marker still stands and the whole is repeated.
        let purchases = rebuild.finish()?;
        tx.commit().await?;
        Ok((PutBack { added: rows.added, there: rows.seen - rows.added, ..done }, purchases, copies))
    }

    /// Writes a file that is missing; `false` when it is there.
    fn put_file(&self, folder: &Path, name: &str, bytes: &str) -> Result<bool> {
        if name.contains(['/', '\\']) || name.starts_with('.') {
            return Err(bad("it names a file outside of its folder"));
        }
        let path = folder.join(name);
        let bytes = STANDARD.decode(bytes).map_err(|_| bad("a file in it is damaged"))?;
        match write_new(&path, &bytes) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(io(&path)(error)),
        }
    }

    /// Erases whoever the log of erasures knows and a restore brought back after all.
    async fn erase_again(&self, erased: &Erased) -> Result<u64> {
        if erased.tombstones.is_empty() {
            return Ok(0);
        }
        let hashes = self.store().owner_hashes();
        let mut keys: HashSet<CustomerKey> = HashSet::new();
        let mut conn = self.store().read().await?;
        for table in store::places::TABLES {
            conn.each_row(table.name, |rows| -> Result<()> {
                for row in rows {
                    for by in table.by {
                        if let By::Customer(column) = by
                            && let Some(key) = text_of(row.get(*column))
                        {
                            keys.insert(CustomerKey::new(key));
                        }
                    }
                }
                Ok(())
            })
            .await?;
        }
        drop(conn);
        self.lake().each_customer(|customer, _| -> Result<()> {
            keys.insert(customer);
            Ok(())
        })?;
        let mut again = Vec::new();
        for key in keys {
            if erased.tombstones.contains_key(&hashes.of_key(&key)?) {
                again.push(key);
            }
        }
        self.erase_customers(&again, ErasureCause::Restore).await?;
        Ok(again.len() as u64)
    }

    /// Replays erasures that the log outside of the database knows and the database does not: it was put back from a
    /// copy that is older. Before anything else uses the installation.
    pub(crate) async fn replay_erasures(&self) -> Result<()> {
        let erased = self.keyring()?.erased()?;
        if erased.tombstones.is_empty() {
            return Ok(());
        }
        let known: HashSet<String> =
            self.store().tombstones().await?.into_iter().map(|tombstone| tombstone.hash).collect();
        if erased.tombstones.keys().all(|hash| known.contains(hash)) {
            return Ok(());
        }
        // The tombstones last: a kill before them leaves the next start to replay all of it.
        let again = self.erase_again(&erased).await?;
        self.finish_erasures().await?;
        self.store().scrub().await?;
        let tombstones: Vec<_> = erased.tombstones.into_values().collect();
        let payload = serde_json::json!({ "replayed": tombstones.len(), "erased_again": again });
        let mut tx = self.store().begin().await?;
        tx.put_tombstones(&tombstones).await?;
        let entry = self.entry(Actor::Operator, Action::Restored, "installation/erasures", payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        tracing::warn!(again, "the database is older than the log of erasures; they were replayed");
        Ok(())
    }
}

/// Whether a database has seen a checkpoint of its ledger: what makes it the installation that a backup is of.
async fn knows_checkpoint(conn: &mut store::Conn, note: &str) -> Result<bool> {
    let mut known = note.is_empty();
    conn.each_row("ledger_checkpoints", |rows| -> Result<()> {
        known |= rows.iter().any(|row| text_of(row.get("note")).as_deref() == Some(note));
        Ok(())
    })
    .await?;
    Ok(known)
}
