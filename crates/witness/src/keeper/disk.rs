//! The folder of a witness. Every file is written beside its place, made durable, and moved into it.

use super::alarm::Alarm;
use super::{Error, Result};
use crate::merkle::Hash;
use crate::note::{Checkpoint, Note, Verifier};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Alarms that are kept of one log. The first ones are the evidence; a flood must not fill the disk.
const MOST_ALARMS: usize = 1_000;

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    move |source| Error::File { path: path.display().to_string(), source }
}

fn corrupt(path: &Path) -> Error {
    Error::Corrupt { path: path.display().to_string() }
}

/// Makes a name in a folder durable.
fn sync_folder(folder: &Path) -> Result<()> {
    fs::File::open(folder).and_then(|file| file.sync_all()).map_err(failed(folder))
}

fn write_durably(path: &Path, bytes: &[u8]) -> Result<()> {
    let next = path.with_extension("next");
    let write = || {
        let mut file = fs::File::create(&next)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&next, path)
    };
    write().map_err(failed(path))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Writes the key of a new witness, for its owner only.
pub(super) fn write_secret(folder: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let path = folder.join("key");
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut file = options.open(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(failed(&path))?;
    sync_folder(folder)
}

/// The key of a witness; refused when others can read it.
pub(super) fn read_secret(folder: &Path) -> Result<String> {
    let path = folder.join("key");
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&path.metadata().map_err(failed(&path))?.permissions());
        if mode & 0o077 != 0 {
            return Err(Error::Open { path: path.display().to_string() });
        }
    }
    fs::read_to_string(&path).map_err(failed(&path))
}

/// A checkpoint that was cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) at: u64,
    pub(super) checkpoint: Checkpoint,
    /// With the log's signature and the cosignature.
    pub(super) note: String,
}

/// The folder of one log.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Its name is a hash, because an origin can have slashes.
    fn of(witness: &Path, origin: &str) -> Self {
        let hash = Sha256::digest(origin);
        let name: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { path: witness.join("logs").join(name) }
    }

    pub(super) fn all(witness: &Path) -> Result<Vec<Self>> {
        let logs = witness.join("logs");
        if !logs.exists() {
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        for entry in fs::read_dir(&logs).map_err(failed(&logs))? {
            let path = entry.map_err(failed(&logs))?.path();
            // What a kill left of a log that was being added is no log yet.
            if path.join("log").exists() {
                all.push(Self { path });
            }
        }
        Ok(all)
    }

    pub(super) fn add(witness: &Path, key: &Verifier, url: Option<&str>) -> Result<()> {
        let folder = Self::of(witness, key.name());
        if folder.path.join("log").exists() && folder.key()?.0 != *key {
            return Err(Error::Known(key.name().to_owned()));
        }
        fs::create_dir_all(folder.path.join("alarms")).map_err(failed(&folder.path))?;
        sync_folder(&witness.join("logs"))?;
        write_durably(&folder.path.join("log"), format!("{key}\n{}\n", url.unwrap_or_default()).as_bytes())
    }

    pub(super) fn key(&self) -> Result<(Verifier, Option<String>)> {
        let path = self.path.join("log");
        let text = fs::read_to_string(&path).map_err(failed(&path))?;
        let mut lines = text.lines();
        let key = lines.next().and_then(|line| line.parse().ok()).ok_or_else(|| corrupt(&path))?;
        Ok((key, lines.next().filter(|url| !url.is_empty()).map(str::to_owned)))
    }

    /// The latest cosigned checkpoint. A history without one means that something was lost.
    pub(super) fn latest(&self, log: &Verifier) -> Result<Option<Seen>> {
        let path = self.path.join("latest");
        if !path.exists() {
            return if self.history()?.is_empty() { Ok(None) } else { Err(corrupt(&path)) };
        }
        let text = fs::read_to_string(&path).map_err(failed(&path))?;
        let read = || {
            let (at, note) = text.split_once('\n')?;
            let parsed: Note = note.parse().ok()?;
            log.signed(&parsed).then_some(())?;
            Some(Seen {
                at: at.parse().ok()?,
                checkpoint: Checkpoint::of(&parsed).ok()?,
                note: note.to_owned(),
            })
        };
        read().map(Some).ok_or_else(|| corrupt(&path))
    }

    /// Remembers what is about to be cosigned: first the history, then that it is the latest. A kill in between leaves
    /// a line of a tree that was proved to have grown, which is true.
    pub(super) fn remember(&self, seen: &Seen, first_of_its_size: bool) -> Result<()> {
        if first_of_its_size {
            let path = self.path.join("history");
            let append = || {
                let mut file = fs::OpenOptions::new().create(true).append(true).open(&path)?;
                file.write_all(format!("{}\n", serde_json::json!([seen.at, seen.note])).as_bytes())?;
                file.sync_all()
            };
            append().map_err(failed(&path))?;
            sync_folder(&self.path)?;
        }
        write_durably(&self.path.join("latest"), format!("{}\n{}", seen.at, seen.note).as_bytes())
    }

    /// Every checkpoint that was cosigned, each size once. A line that a kill cut off is left out.
    fn history(&self) -> Result<Vec<(Checkpoint, String)>> {
        let path = self.path.join("history");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = fs::read_to_string(&path).map_err(failed(&path))?;
        let read = |line: &str| {
            let (_, note): (u64, String) = serde_json::from_str(line).ok()?;
            let parsed: Note = note.parse().ok()?;
            Some((Checkpoint::of(&parsed).ok()?, note))
        };
        Ok(text.lines().filter_map(read).collect())
    }

    /// The roots of the history. A line that a kill cut off is ended, so that the next one begins anew.
    pub(super) fn roots(&self) -> Result<BTreeMap<u64, Hash>> {
        let path = self.path.join("history");
        if path.exists() && !fs::read(&path).map_err(failed(&path))?.ends_with(b"\n") {
            let end = || fs::OpenOptions::new().append(true).open(&path)?.write_all(b"\n");
            end().map_err(failed(&path))?;
        }
        Ok(self.history()?.into_iter().map(|(seen, _)| (seen.size, seen.root)).collect())
    }

    pub(super) fn note_at(&self, size: u64) -> Result<Option<String>> {
        Ok(self.history()?.into_iter().find(|(seen, _)| seen.size == size).map(|(_, note)| note))
    }

    /// Keeps evidence, each once.
    pub(super) fn keep(&self, alarm: &Alarm) -> Result<()> {
        let folder = self.path.join("alarms");
        let hash = Sha256::digest(format!("{:?}\n{}\n{}", alarm.kind, alarm.cosigned, alarm.offered));
        let name: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let path = folder.join(name + ".json");
        if path.exists() || self.alarm_files()?.len() >= MOST_ALARMS {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(alarm).map_err(|_| corrupt(&path))?;
        write_durably(&path, text.as_bytes())?;
        eprintln!("ALARM: {}: {}; evidence in {}", alarm.origin, alarm.kind.words(), path.display());
        Ok(())
    }

    fn alarm_files(&self) -> Result<Vec<PathBuf>> {
        let folder = self.path.join("alarms");
        let mut files = Vec::new();
        for entry in fs::read_dir(&folder).map_err(failed(&folder))? {
            let path = entry.map_err(failed(&folder))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
        Ok(files)
    }

    pub(super) fn alarms(&self) -> Result<Vec<Alarm>> {
        let read = |path: PathBuf| {
            let text = fs::read_to_string(&path).map_err(failed(&path))?;
            serde_json::from_str(&text).map_err(|_| corrupt(&path))
        };
        self.alarm_files()?.into_iter().map(read).collect()
    }
}
