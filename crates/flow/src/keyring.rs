//! The keys that backups are sealed with, one for each customer, and the log of who was erased; both outside of the
//! database and of every backup.
//!
//! ```text
//! keys/customers   records of 80 bytes: keyed hash of key or address (32), random name (16), random key (32)
//! keys/erasures    one line of JSON an erasure: keyed hashes, names of the keys destroyed, cause, time
//! keys/keyring.lock  held while one of them changes
//! ```
//!
//! Erasing overwrites a record with zeros and flushes it: what any backup holds of that customer can then be read by
//! nobody, and nothing links it to them any more, because a backup knows a customer by the random name alone.
//! Architecture invariant: a key that was destroyed is never made again for the same person unless they came back.
//!
//! What it cannot do: reach into copies of the `keys` folder that somebody keeps elsewhere. Such a copy must follow
//! this one (a replica), never be an archive of it.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use store::tombstones::Tombstone;
use terms::erasure::ErasureCause;
use terms::time::Instant;

use crate::app::App;
use crate::error::{Error, Result};

/// Bytes of a record: hash, name, key.
const RECORD: usize = 80;

/// The random name by which backups know a customer.
pub(crate) type KeyName = [u8; 16];

/// A customer's key with its name.
#[derive(Clone, Copy)]
pub(crate) struct SealKey {
    pub(crate) name: KeyName,
    pub(crate) key: [u8; 32],
}

/// One line of the log of erasures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum Line {
    /// Somebody was erased.
    Erased {
        /// Keyed hashes of key and address.
        hashes: Vec<String>,
        /// Names of the keys that were destroyed, hexadecimal.
        keys: Vec<String>,
        /// Why.
        cause: ErasureCause,
        /// When.
        at: Instant,
    },
    /// Somebody came back by a consent of their own.
    Returned {
        /// Keyed hash of the address.
        hashes: Vec<String>,
        /// When.
        at: Instant,
    },
}

/// The keyring of an installation.
#[derive(Debug, Clone)]
pub(crate) struct Keyring {
    folder: PathBuf,
}

/// What the log of erasures says now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Erased {
    /// Tombstones by their hash.
    pub(crate) tombstones: HashMap<String, Tombstone>,
    /// Names of all keys that were ever destroyed.
    pub(crate) destroyed: HashSet<KeyName>,
}

impl App {
    /// The keyring.
    pub(crate) fn keyring(&self) -> Result<Keyring> {
        Ok(Keyring { folder: self.home().keys() })
    }

    /// Somebody who was erased came back by a consent of their own, confirmed through their address: the tombstone of
    /// the address is lifted, here and in the log that a restore reads. That of their old key stays, so they get a
    /// fresh record under a new key and nothing of the old is taken in. Call it before that record is written. Returns
    /// whether there was a tombstone.
    ///
    /// # Errors
    /// When the store or the keys folder fails.
    pub async fn welcome_back(&self, email: &str) -> Result<bool> {
        let mut tx = self.store().begin().await?;
        let Some(hash) = tx.lift_tombstone(email).await? else { return Ok(false) };
        // The log first: if the commit fails, the address is still held out by the database, and asking again repeats.
        self.keyring()?.returned(&hash, self.now())?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Keyring {
    fn records(&self) -> PathBuf {
        self.folder.join("customers")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("erasures")
    }

    /// Held while the keyring changes; given back when dropped.
    fn lock(&self) -> Result<File> {
        let path = self.folder.join("keyring.lock");
        let file = owned(OpenOptions::new().create(true).truncate(false).write(true), &path)?;
        file.lock().map_err(io(&path))?;
        Ok(file)
    }

    /// Keys for these owners, made where there are none. Who was erased gets none and is missing in the answer.
    pub(crate) fn keys_for(&self, hashes: &HashSet<String>) -> Result<HashMap<String, SealKey>> {
        let _lock = self.lock()?;
        let erased = self.erased()?.tombstones;
        let mut known = self.read_records()?;
        let mut fresh = Vec::new();
        for hash in hashes {
            if known.contains_key(hash) || erased.contains_key(hash) {
                continue;
            }
            let made = SealKey { name: rand::random(), key: rand::random() };
            fresh.extend_from_slice(&unhex(hash).ok_or_else(|| damaged(&self.records()))?);
            fresh.extend_from_slice(&made.name);
            fresh.extend_from_slice(&made.key);
            known.insert(hash.clone(), made);
        }
        if !fresh.is_empty() {
            let path = self.records();
            let mut file = owned(OpenOptions::new().create(true).append(true), &path)?;
            file.write_all(&fresh).and_then(|()| file.sync_all()).map_err(io(&path))?;
        }
        known.retain(|hash, _| hashes.contains(hash) && !erased.contains_key(hash));
        Ok(known)
    }

    /// Every key by its name, for reading a backup.
    pub(crate) fn by_name(&self) -> Result<HashMap<KeyName, [u8; 32]>> {
        Ok(self.read_records()?.into_values().map(|seal| (seal.name, seal.key)).collect())
    }

    /// Destroys the keys of an owner's hashes and notes the erasure. Doing it again changes nothing.
    /// `aliases` are other names of theirs, whose keys go too and which are not held against anybody later.
    pub(crate) fn shred(
        &self,
        hashes: &[String],
        aliases: &[String],
        cause: ErasureCause,
        at: Instant,
    ) -> Result<()> {
        let _lock = self.lock()?;
        let known = self.read_records()?;
        let held: Vec<&SealKey> = hashes.iter().chain(aliases).filter_map(|hash| known.get(hash)).collect();
        let noted = self.erased()?.tombstones;
        if !held.is_empty() || hashes.iter().any(|hash| !noted.contains_key(hash)) {
            let keys = held.iter().map(|seal| hex(&seal.name)).collect();
            // The log first: a restore then never takes in whom the key was to be destroyed of.
            self.append(&Line::Erased { hashes: hashes.to_vec(), keys, cause, at })?;
        }
        if held.is_empty() {
            return Ok(());
        }
        let path = self.records();
        let bytes = std::fs::read(&path).map_err(io(&path))?;
        let mut file = OpenOptions::new().write(true).open(&path).map_err(io(&path))?;
        for (place, record) in bytes.chunks_exact(RECORD).enumerate() {
            let theirs = record
                .get(..32)
                .map(hex)
                .is_some_and(|hash| hashes.contains(&hash) || aliases.contains(&hash));
            if theirs {
                file.seek(SeekFrom::Start((place * RECORD) as u64)).map_err(io(&path))?;
                file.write_all(&[0; RECORD]).map_err(io(&path))?;
            }
        }
        file.sync_all().map_err(io(&path))
    }

    /// Notes that somebody came back.
    pub(crate) fn returned(&self, hash: &str, at: Instant) -> Result<()> {
        let _lock = self.lock()?;
        self.append(&Line::Returned { hashes: vec![hash.to_owned()], at })
    }

    /// What the log says: who is erased now, and which keys were ever destroyed.
    pub(crate) fn erased(&self) -> Result<Erased> {
        let path = self.log();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Erased::default()),
            Err(error) => return Err(io(&path)(error)),
        };
        let mut erased = Erased::default();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for (place, line) in lines.iter().enumerate() {
            let parsed: Line = match serde_json::from_str(line.trim_end()) {
                Ok(line) => line,
                // A line that a power cut left half written was never acknowledged; its erasure is still open.
                Err(_) if place + 1 == lines.len() && !line.ends_with('\n') => continue,
                Err(_) => return Err(damaged(&path)),
            };
            match parsed {
                Line::Erased { hashes, keys, cause, at } => {
                    for hash in hashes {
                        erased.tombstones.insert(hash.clone(), Tombstone { hash, cause, at });
                    }
                    for key in keys {
                        let name = unhex(&key).and_then(|bytes| KeyName::try_from(bytes.as_slice()).ok());
                        erased.destroyed.insert(name.ok_or_else(|| damaged(&path))?);
                    }
                }
                Line::Returned { hashes, .. } => {
                    for hash in hashes {
                        erased.tombstones.remove(&hash);
                    }
                }
            }
        }
        Ok(erased)
    }

    fn append(&self, line: &Line) -> Result<()> {
        let path = self.log();
        let mut text = String::new();
        // What a power cut left half written is ended, so that this line stands alone.
        if let Ok(mut file) = File::open(&path) {
            let mut last = [0_u8; 1];
            if file.seek(SeekFrom::End(-1)).is_ok() && file.read_exact(&mut last).is_ok() && last != *b"\n" {
                let whole = std::fs::read_to_string(&path).map_err(io(&path))?;
                let kept = whole.rfind('\n').map_or(0, |end| end + 1);
                let file = OpenOptions::new().write(true).open(&path).map_err(io(&path))?;
                file.set_len(kept as u64).and_then(|()| file.sync_all()).map_err(io(&path))?;
            }
        }
        text.push_str(&crate::app::json_text(line)?);
        text.push('\n');
        let mut file = owned(OpenOptions::new().create(true).append(true), &path)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io(&path))
    }

    fn read_records(&self) -> Result<HashMap<String, SealKey>> {
        let path = self.records();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(HashMap::new()),
            Err(error) => return Err(io(&path)(error)),
        };
        let mut known = HashMap::with_capacity(bytes.len() / RECORD);
        // A record that a power cut left half written belongs to no backup; the next one made goes after it.
        let whole = bytes.len() - bytes.len() % RECORD;
        if whole < bytes.len() {
            let file = OpenOptions::new().write(true).open(&path).map_err(io(&path))?;
            file.set_len(whole as u64).map_err(io(&path))?;
        }
        for record in bytes.chunks_exact(RECORD) {
            let parts = record.split_first_chunk::<32>().and_then(|(hash, rest)| {
                let (name, rest) = rest.split_first_chunk::<16>()?;
                Some((hash, *name, <[u8; 32]>::try_from(rest).ok()?))
            });
            let Some((hash, name, key)) = parts else { return Err(damaged(&path)) };
            if name != [0; 16] {
                known.insert(hex(hash), SealKey { name, key });
            }
        }
        Ok(known)
    }
}

fn owned(options: &mut OpenOptions, path: &Path) -> Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path).map_err(io(path))
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> Error {
    let path = path.display().to_string();
    move |source| Error::Io { path: path.clone(), source }
}

fn damaged(path: &Path) -> Error {
    Error::Internal(format!("the file `{}` is damaged; put back the copy of the keys folder", path.display()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> (tempfile::TempDir, Keyring) {
        let folder = tempfile::tempdir().unwrap();
        let ring = Keyring { folder: folder.path().to_owned() };
        (folder, ring)
    }

    fn set(hashes: &[&str]) -> HashSet<String> {
        hashes.iter().map(|hash| hash.repeat(32)).collect()
    }

    #[test]
    fn a_destroyed_key_is_gone_from_the_file_and_never_made_again() {
        let (_folder, ring) = ring();
        let keys = ring.keys_for(&set(&["aa", "bb"])).unwrap();
        let (gone, kept) = (keys[&"aa".repeat(32)], keys[&"bb".repeat(32)]);
        ring.shred(&["aa".repeat(32)], &[], ErasureCause::Request, Instant(5)).unwrap();
        let bytes = std::fs::read(ring.records()).unwrap();
        for part in [gone.key.as_slice(), &gone.name, &[0xaa; 32]] {
            assert!(!bytes.windows(part.len()).any(|window| window == part));
        }
        assert_eq!(ring.by_name().unwrap(), HashMap::from([(kept.name, kept.key)]));
        assert_eq!(ring.keys_for(&set(&["aa", "bb"])).unwrap().len(), 1);
        let erased = ring.erased().unwrap();
        assert!(erased.tombstones.contains_key(&"aa".repeat(32)) && erased.destroyed.contains(&gone.name));
    }

    #[test]
    fn who_comes_back_gets_another_key_and_the_old_one_stays_destroyed() {
        let (_folder, ring) = ring();
        let old = ring.keys_for(&set(&["aa"])).unwrap()[&"aa".repeat(32)];
        ring.shred(&["aa".repeat(32)], &[], ErasureCause::Request, Instant(5)).unwrap();
        ring.returned(&"aa".repeat(32), Instant(6)).unwrap();
        let new = ring.keys_for(&set(&["aa"])).unwrap()[&"aa".repeat(32)];
        assert_ne!((old.name, old.key), (new.name, new.key));
        let erased = ring.erased().unwrap();
        assert!(erased.tombstones.is_empty() && erased.destroyed.contains(&old.name));
    }

    #[test]
    fn a_line_or_record_cut_off_by_a_power_cut_is_not_taken_for_a_whole_one() {
        let (_folder, ring) = ring();
        ring.keys_for(&set(&["aa"])).unwrap();
        ring.shred(&["aa".repeat(32)], &[], ErasureCause::Request, Instant(5)).unwrap();
        for (path, half) in [(ring.log(), "{\"what\":\"eras"), (ring.records(), "half")] {
            let mut bytes = std::fs::read(&path).unwrap();
            bytes.extend_from_slice(half.as_bytes());
            std::fs::write(&path, bytes).unwrap();
        }
        assert_eq!(ring.erased().unwrap().tombstones.len(), 1);
        ring.keys_for(&set(&["bb"])).unwrap();
        ring.shred(&["bb".repeat(32)], &[], ErasureCause::Operator, Instant(6)).unwrap();
        assert_eq!(ring.erased().unwrap().tombstones.len(), 2);
        // Anything else that cannot be read is an error and not an empty log.
        std::fs::write(ring.log(), "nonsense\n").unwrap();
        assert!(ring.erased().is_err());
    }
}
