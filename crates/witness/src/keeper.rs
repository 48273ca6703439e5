//! What a witness remembers, and the one decision it makes: did this log only grow?
//!
//! Goes in: an `add-checkpoint` request (C2SP tlog-witness). Comes out: an [`Answer`]. Everything lives in one folder:
//! `key`, and for each log its `key`, the `latest` checkpoint it cosigned, the `history` of sizes and roots, and
//! `alarms` with evidence. What is remembered is on the disk before a cosignature leaves (write, fsync, rename, fsync
//! of the folder), one request of a log at a time. Architecture invariant: a cosignature is made in one place, after
//! the last check.

mod alarm;
mod disk;

pub use alarm::{Alarm, Kind};

use crate::merkle::{self, Hash};
use crate::note::{Checkpoint, Cosigner, Malformed, Note, Verifier, decimal, parse_hash};
use disk::{Folder, Seen};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Lines of a proof that are read (C2SP tlog-witness).
const MOST_PROOF_LINES: usize = 63;

/// What stops a witness from working at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be used.
    #[error("cannot use `{path}`: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("`{path}` does not hold what this witness wrote; restore it, or begin anew under another name")]
    Corrupt {
        /// Which.
        path: String,
    },
    /// A key cannot be read.
    #[error(transparent)]
    Key(#[from] Malformed),
    /// Others can read the key.
    #[error("others can read `{path}`; run chmod 600 on it, and consider the key seen")]
    Open {
        /// Which.
        path: String,
    },
    /// Another log has this origin.
    #[error("a log named `{0}` with another key is known already; remove its folder if the old log is over")]
    Known(String),
    /// The key given as a log's is one of a witness.
    #[error("this is the key of a witness; give the log's, as `candor ledger witness key` shows it")]
    NoLog,
}

/// Result of a witness's work.
pub type Result<T> = std::result::Result<T, Error>;

/// The answer to an `add-checkpoint` request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: the cosignature line.
    Cosigned(String),
    /// 400: it cannot be read.
    Malformed(&'static str),
    /// 403: the log did not sign it.
    Unsigned,
    /// 404: no such log is known.
    Unknown,
    /// 409: the latest cosigned size, in case the sender does not know it.
    Conflict(u64),
    /// 422: the proof does not lead from what was cosigned to this.
    Unproven,
}

/// A log in a witness's own words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Status {
    /// Which log.
    pub origin: String,
    /// Entries that were cosigned last; 0 when nothing was.
    pub size: u64,
    /// When, in seconds since 1970.
    pub cosigned_at: Option<u64>,
    /// Alarms that were ever raised.
    pub alarms: usize,
    /// Where its checkpoint is fetched, if it is.
    pub url: Option<String>,
}

struct Log {
    key: Verifier,
    url: Option<String>,
    folder: Folder,
    /// Held from the first check to the disk, so that two requests cannot both pass it.
    memory: Mutex<Memory>,
}

/// What is remembered of a log, as it is on the disk.
struct Memory {
    latest: Option<Seen>,
    /// Root of each size that was cosigned.
    roots: BTreeMap<u64, Hash>,
}

impl Log {
    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A witness with its key and its logs.
pub struct Keeper {
    key: Cosigner,
    logs: BTreeMap<String, Log>,
}

/// A request, taken apart.
struct Request<'a> {
    old: u64,
    proof: Vec<Hash>,
    text: &'a str,
    note: Note,
    checkpoint: Checkpoint,
}

fn read_request(body: &str) -> std::result::Result<Request<'_>, &'static str> {
    let (head, text) = body.split_once("\n\n").ok_or("an empty line before the checkpoint is missing")?;
    let mut lines = head.split('\n');
    let old = lines
        .next()
        .and_then(|line| line.strip_prefix("old "))
        .and_then(decimal)
        .ok_or("the first line must be `old` and a size")?;
    let lines: Vec<&str> = lines.collect();
    if lines.len() > MOST_PROOF_LINES {
        return Err("a proof has at most 63 lines");
    }
    let proof: Option<Vec<Hash>> = lines.into_iter().map(parse_hash).collect();
    let proof = proof.ok_or("a line of the proof is no hash in base64")?;
    let note: Note = text.parse().map_err(|_| "the checkpoint is no signed note")?;
    let checkpoint = Checkpoint::of(&note).map_err(|_| "the note is no checkpoint")?;
    Ok(Request { old, proof, text, note, checkpoint })
}

impl Keeper {
    /// Makes a witness in a folder: a fresh key, and nothing seen.
    ///
    /// # Errors
    /// When there is one already, or the name cannot name a key.
    pub fn init(folder: &Path, name: &str) -> Result<Self> {
        let key = Cosigner::generate(name)?;
        disk::write_secret(folder, &key.secret())?;
        Ok(Self { key, logs: BTreeMap::new() })
    }

    /// Opens a witness with everything it remembers.
    ///
    /// # Errors
    /// When something cannot be read: a witness that has forgotten must not go on under the same name.
    pub fn open(folder: &Path) -> Result<Self> {
        let key = Cosigner::parse(&disk::read_secret(folder)?)?;
        let mut logs = BTreeMap::new();
        for folder in Folder::all(folder)? {
            let (log, url) = folder.key()?;
            let memory = Mutex::new(Memory { latest: folder.latest(&log)?, roots: folder.roots()? });
            logs.insert(log.name().to_owned(), Log { key: log, url, folder, memory });
        }
        Ok(Self { key, logs })
    }

    /// Takes on a log; its address, when it is to be watched, can be changed later.
    ///
    /// # Errors
    /// When another key is known for this origin.
    pub fn add_log(folder: &Path, key: &str, url: Option<&str>) -> Result<String> {
        let key: Verifier = key.parse()?;
        if key.cosigns() {
            return Err(Error::NoLog);
        }
        Folder::add(folder, &key, url)?;
        Ok(key.name().to_owned())
    }

    /// What others check its cosignatures with.
    #[must_use]
    pub fn verifier(&self) -> String {
        self.key.verifier()
    }

    /// Every log, with what was cosigned last.
    ///
    /// # Errors
    /// When alarms cannot be counted.
    pub fn status(&self) -> Result<Vec<Status>> {
        let of = |(origin, log): (&String, &Log)| {
            let memory = log.memory();
            Ok(Status {
                origin: origin.clone(),
                size: memory.size(),
                cosigned_at: memory.latest.as_ref().map(|seen| seen.at),
                alarms: log.folder.alarms()?.len(),
                url: log.url.clone(),
            })
        };
        self.logs.iter().map(of).collect()
    }

    /// Every alarm of every log, oldest first.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn alarms(&self) -> Result<Vec<Alarm>> {
        let mut all = Vec::new();
        for log in self.logs.values() {
            all.extend(log.folder.alarms()?);
        }
        all.sort_by_key(|alarm| alarm.at);
        Ok(all)
    }

    /// The latest checkpoint it cosigned of a log, with the cosignature.
    #[must_use]
    pub fn latest(&self, origin: &str) -> Option<String> {
        self.logs.get(origin)?.memory().latest.as_ref().map(|seen| seen.note.clone())
    }

    /// Decides over an `add-checkpoint` request, at a time in seconds since 1970.
    ///
    /// # Errors
    /// When the disk does not take what has to be remembered; nothing was cosigned then.
    pub fn add_checkpoint(&self, body: &str, now: u64) -> Result<Answer> {
        let request = match read_request(body) {
            Ok(request) => request,
            Err(why) => return Ok(Answer::Malformed(why)),
        };
        let Some(log) = self.logs.get(&request.checkpoint.origin) else { return Ok(Answer::Unknown) };
        if !log.key.signed(&request.note) {
            return Ok(Answer::Unsigned);
        }
        if request.old > request.checkpoint.size {
            return Ok(Answer::Malformed("the old size is larger than the checkpoint's"));
        }
        let mut memory = log.memory();
        if let Some(seen) = memory.latest.as_ref()
            && let Some(kind) = memory.contradiction(seen, &request.checkpoint)
        {
            log.raise(kind, seen, &request, now)?;
            return Ok(Answer::Conflict(seen.checkpoint.size));
        }
        let size = memory.size();
        if request.old != size {
            return Ok(Answer::Conflict(size));
        }
        let grown = match memory.latest.as_ref() {
            None => request.proof.is_empty(),
            Some(seen) if size == 0 => request.proof.is_empty() && seen.checkpoint.size == 0,
            Some(seen) => merkle::grew(
                size,
                &seen.checkpoint.root,
                request.checkpoint.size,
                &request.checkpoint.root,
                &request.proof,
            ),
        };
        if !grown {
            if let Some(seen) = memory.latest.as_ref() {
                log.raise(Kind::Unproven, seen, &request, now)?;
            }
            return Ok(Answer::Unproven);
        }
        // From here on this tree is what the log is held to, whatever becomes of the answer.
        let line = self.key.cosign(request.note.text(), now);
        let seen = Seen { at: now, checkpoint: request.checkpoint, note: format!("{}{line}", request.text) };
        log.folder.remember(&seen, !memory.roots.contains_key(&seen.checkpoint.size))?;
        memory.roots.insert(seen.checkpoint.size, seen.checkpoint.root);
        memory.latest = Some(seen);
        Ok(Answer::Cosigned(line))
    }

    /// Logs with an address to be fetched from.
    pub(crate) fn watched(&self) -> impl Iterator<Item = (&str, &str)> {
        self.logs.iter().filter_map(|(origin, log)| Some((origin.as_str(), log.url.as_deref()?)))
    }

    /// Size of the latest cosigned checkpoint.
    pub(crate) fn size(&self, origin: &str) -> u64 {
        self.logs.get(origin).map_or(0, |log| log.memory().size())
    }
}

impl Memory {
    fn size(&self) -> u64 {
        self.latest.as_ref().map_or(0, |seen| seen.checkpoint.size)
    }

    /// What a checkpoint that the log signed says against what was cosigned.
    fn contradiction(&self, seen: &Seen, offered: &Checkpoint) -> Option<Kind> {
        if offered.size > seen.checkpoint.size {
            return None;
        }
        match self.roots.get(&offered.size) {
            Some(root) if *root != offered.root => Some(Kind::Fork),
            Some(_) => None,
            None => Some(Kind::Smaller),
        }
    }
}

impl Log {
    fn raise(&self, kind: Kind, seen: &Seen, request: &Request<'_>, now: u64) -> Result<()> {
        let alarm = Alarm {
            kind,
            at: now,
            origin: seen.checkpoint.origin.clone(),
            cosigned: seen.note.clone(),
            offered: request.text.to_owned(),
            proof: request.proof.iter().map(crate::note::write_hash).collect(),
            earlier: if kind == Kind::Fork { self.folder.note_at(request.checkpoint.size)? } else { None },
        };
        self.folder.keep(&alarm)
    }
}

#[cfg(test)]
mod tests;
