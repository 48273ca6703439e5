//! Backups that erasure reaches: everything of a customer is sealed under a key of their own, which is kept outside of
//! the backup and destroyed when they are erased.
//!
//! A backup is lines of JSON, compressed, in one encrypted stream ([`stream`]). A line is a row, a customer's purchases,
//! or a message's copy; what belongs to a customer is sealed a second time ([`seal`]) and known by the random name of
//! its key alone. The `keys` folder is not in it.
//!
//! Who has an old backup and the present `keys` folder reads everybody who was not erased, and of the erased the number
//! and the lengths of their lines. Nothing tells whose these were.
//!
//! Deliberately absent: rejected rows, exports, finished jobs, sign-ins: short-lived, and made anew.

mod owner;
mod restore;
mod seal;
mod stream;

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lake::layout::copy::CopiedRow;
use lake::layout::manifest::Manifest;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::copy::JsonRow;
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Actor;
use terms::time::Instant;

pub use restore::Restored;

use crate::app::{App, json_text};
use crate::error::{Error, Result};
use crate::keyring::SealKey;
use owner::Owners;
use stream::Sealer;

/// Version of the format.
const VERSION: u32 = 1;

/// What a backup begins with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) version: u32,
    pub(crate) at: Instant,
    pub(crate) schema: Vec<i64>,
    pub(crate) counters: Vec<(String, i64)>,
    /// Size of the ledger and its checkpoint.
    pub(crate) ledger: u64,
    pub(crate) checkpoint: String,
    pub(crate) lake: Manifest,
}

/// One line of a backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "k", rename_all = "snake_case")]
pub(crate) enum Line {
    /// The first.
    Head(Box<Head>),
    /// A row that is nobody's.
    Row { t: String, v: JsonRow },
    /// Something of a customer: the name of its key, and the sealed text of a [`Theirs`].
    Sealed { o: String, s: String },
    /// A file of the registry.
    Model { name: String, bytes: String },
    /// The last: how many lines came before it.
    End { lines: u64 },
}

/// What is sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "k", rename_all = "snake_case")]
pub(crate) enum Theirs {
    /// A row of a table.
    Row { t: String, v: JsonRow },
    /// Purchases.
    Lake { customer: CustomerKey, rows: Vec<CopiedRow> },
    /// The copy of a message.
    Mail { name: String, bytes: String },
}

/// What a backup holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BackedUp {
    /// Where it is.
    pub file: PathBuf,
    /// Bytes.
    pub bytes: u64,
    /// Lines that are nobody's.
    pub open: u64,
    /// Lines of customers, each sealed under its customer's key.
    pub sealed: u64,
    /// Customers and addresses they belong to.
    pub owners: u64,
    /// Lines left out because their customer was erased meanwhile.
    pub erased: u64,
    /// Entries of the ledger.
    pub ledger: u64,
}

/// A backup being written.
struct Writing {
    out: flate2::write::GzEncoder<Sealer<std::fs::File>>,
    path: PathBuf,
    lines: u64,
    keyring: crate::keyring::Keyring,
    keys: HashMap<String, Option<SealKey>>,
    done: BackedUp,
}

impl Writing {
    fn line(&mut self, line: &Line) -> Result<()> {
        let text = json_text(line)? + "\n";
        self.lines += 1;
        self.out.write_all(text.as_bytes()).map_err(io(&self.path))
    }

    fn key_of(&mut self, owner: &str) -> Result<Option<SealKey>> {
        if let Some(known) = self.keys.get(owner) {
            return Ok(*known);
        }
        self.learn(std::iter::once(owner.to_owned()))?;
        Ok(self.keys.get(owner).copied().flatten())
    }

    /// Finds or makes the keys of owners that were not seen yet, all at once.
    fn learn(&mut self, owners: impl Iterator<Item = String>) -> Result<()> {
        let new = owners.filter(|owner| !self.keys.contains_key(owner)).collect();
        let found = self.keyring.keys_for(&new)?;
        self.keys.extend(new.into_iter().map(|owner| {
            let key = found.get(&owner).copied();
            (owner, key)
        }));
        Ok(())
    }

    fn theirs(&mut self, owner: &str, theirs: &Theirs) -> Result<()> {
        let Some(key) = self.key_of(owner)? else {
            self.done.erased += 1;
            return Ok(());
        };
        let sealed = seal::seal(&key, json_text(theirs)?.as_bytes())?;
        self.done.sealed += 1;
        self.line(&Line::Sealed { o: crate::keyring::hex(&key.name), s: STANDARD.encode(sealed) })
    }
}

pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> Error {
    let path = path.display().to_string();
    move |source| Error::Io { path: path.clone(), source }
}

impl App {
    /// Writes a backup of the store, the lake, the outbox and the registry as they are at one moment.
    ///
    /// # Errors
    /// When the file exists or cannot be written. A backup that was cut off cannot be read: its last line is missing.
    pub async fn back_up(&self, to: &Path) -> Result<BackedUp> {
        self.only_sqlite()?;
        // Requests that wait to be read are in no backup.
        self.apply_all_events().await?;
        self.checkpoint().await?;
        let mut conn = self.store().read_one_moment().await?;
        let head = Head {
            version: VERSION,
            at: self.now(),
            schema: conn.schema_versions().await?,
            counters: conn.counters().await?,
            ledger: conn.ledger_size().await?,
            checkpoint: conn.latest_checkpoint().await?.map(|(_, note)| note).unwrap_or_default(),
            lake: self.lake().outline()?,
        };
        let file = create(to)?;
        let sealer = Sealer::begin(file, &self.home().secret("backup")?).map_err(io(to))?;
        let mut writing = Writing {
            out: flate2::write::GzEncoder::new(sealer, flate2::Compression::default()),
            path: to.to_owned(),
            lines: 0,
            keyring: self.keyring()?,
            keys: HashMap::new(),
            done: BackedUp { file: to.to_owned(), ledger: head.ledger, ..BackedUp::default() },
        };
        writing.line(&Line::Head(Box::new(head)))?;
        let owners = Owners::gather(&mut conn, self.store().owner_hashes()).await?;
        for table in store::copy::tables() {
            let writing = &mut writing;
            conn.each_row(table, |rows| -> Result<()> {
                let rows: Vec<(Option<String>, JsonRow)> =
                    rows.into_iter().map(|row| Ok((owners.of(table, &row)?, row))).collect::<Result<_>>()?;
                writing.learn(rows.iter().filter_map(|(owner, _)| owner.clone()))?;
                for (owner, row) in rows {
                    match owner {
                        Some(owner) => {
                            writing.theirs(&owner, &Theirs::Row { t: table.to_owned(), v: row })?
                        }
                        None => {
                            writing.done.open += 1;
                            writing.line(&Line::Row { t: table.to_owned(), v: row })?;
                        }
                    }
                }
                Ok(())
            })
            .await?;
        }
        let (lake, outbox, models) = (self.lake().clone(), self.home().outbox(), self.home().models());
        let done = crate::places::blocking(move || {
            lake.each_customer(|customer, rows| -> Result<()> {
                let owner = owners.of_customer(&customer)?;
                writing.theirs(&owner, &Theirs::Lake { customer, rows })
            })?;
            for (name, path) in files(&outbox)? {
                // A copy that nobody's row names any more is nobody's either, and not kept.
                let Some(owner) = owners.of_copy(&name) else { continue };
                let bytes = STANDARD.encode(std::fs::read(&path).map_err(io(&path))?);
                writing.theirs(&owner, &Theirs::Mail { name, bytes })?;
            }
            for (name, path) in files(&models)? {
                writing.done.open += 1;
                let bytes = STANDARD.encode(std::fs::read(&path).map_err(io(&path))?);
                writing.line(&Line::Model { name, bytes })?;
            }
            let lines = writing.lines;
            writing.line(&Line::End { lines })?;
            let path = writing.path.clone();
            let file = writing.out.finish().and_then(Sealer::finish).map_err(io(&path))?;
            file.sync_all().map_err(io(&path))?;
            let bytes = file.metadata().map_err(io(&path))?.len();
            let owners = writing.keys.values().flatten().count() as u64;
            Ok(BackedUp { bytes, owners, ..writing.done })
        })
        .await?;
        drop(conn);
        let payload = serde_json::json!({ "bytes": done.bytes, "open": done.open, "sealed": done.sealed });
        self.record(Actor::Operator, Action::BackedUp, "installation/backup", payload).await?;
        Ok(done)
    }

    /// Backups of this kind are of SQLite alone: PostgreSQL has its own.
    pub(crate) fn only_sqlite(&self) -> Result<()> {
        match self.store().kind() {
            store::Kind::Sqlite => Ok(()),
            store::Kind::Postgres => {
                let message = "this installation keeps its store in PostgreSQL; back it up with `pg_dump` and copy the \
                     folders `lake`, `outbox` and `models`. Such a dump names erased customers in the clear until you \
                     delete it; when one is put back, the next start erases them again before anything opens";
                Err(Error::Conflict { message: message.to_owned() })
            }
        }
    }

    /// Signs a checkpoint, and keeps a copy of it outside of the database: what a restore compares with.
    pub(crate) async fn checkpoint(&self) -> Result<()> {
        if let Some(note) = self.store().sign_checkpoint(self.ledger_key(), self.now()).await? {
            let path = self.home().keys().join("newest-checkpoint");
            let next = self.home().keys().join("newest-checkpoint.next");
            std::fs::write(&next, note).and_then(|()| std::fs::rename(&next, &path)).map_err(io(&path))?;
        }
        Ok(())
    }
}

/// The files of a folder by name; unfinished ones are left out.
fn files(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io(folder))? {
        let path = entry.map_err(io(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file() && !name.starts_with('.') {
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}

fn create(path: &Path) -> Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(io(path))
}

/// A value of a row that is a text or a number, as a text.
pub(crate) fn text_of(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    }
}
