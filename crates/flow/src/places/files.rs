//! Files with data of customers: the lake, copies of messages, and archives made on request.

use std::path::{Path, PathBuf};

use gateway::channel::outbox_file;
use serde_json::{Value, json};
use terms::ids::CustomerKey;

use super::Who;
use crate::app::{App, json_value};
use crate::error::{Error, Result};

/// Letters of the keyed hash that an export's name begins with.
const PREFIX: usize = 24;

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.display().to_string();
    move |source| Error::Io { path, source }
}

/// Deletes a file; `false` when it was gone already.
fn remove(path: &Path) -> Result<bool> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io(path)(error)),
    }
}

/// Makes deletions in a folder survive a power cut.
pub(super) fn sync(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io(folder))?;
    Ok(())
}

/// Work on files, off the threads that serve.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
}

pub(super) async fn purchases(app: &App, key: &CustomerKey) -> Result<Vec<Value>> {
    let (lake, key) = (app.lake().clone(), key.clone());
    blocking(move || lake.history_of(&key)?.iter().map(json_value).collect()).await
}

pub(super) async fn erase_purchases(app: &App, key: &CustomerKey) -> Result<u64> {
    let (lake, key) = (app.lake().clone(), key.clone());
    blocking(move || Ok(lake.erase(&[key])?)).await
}

/// The copies there can be of messages to somebody: whole ones, and ones that a kill cut off.
fn copies(app: &App, who: &Who) -> Vec<PathBuf> {
    let folder = app.home().outbox();
    let messages = who.messages.iter().map(|(campaign, message)| outbox_file::file_name(*campaign, *message));
    let service = who.service.iter().map(|id| outbox_file::service_file_name(*id));
    messages
        .chain(service)
        .flat_map(|name| [folder.join(format!(".{name}.part")), folder.join(name)])
        .collect()
}

pub(super) async fn outbox(app: &App, who: &Who) -> Result<Vec<Value>> {
    let copies = copies(app, who);
    blocking(move || {
        let mut found = Vec::new();
        for path in copies {
            match std::fs::read(&path) {
                Ok(bytes) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    found.push(json!({ "file": name, "mail": String::from_utf8_lossy(&bytes) }));
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(io(&path)(error)),
            }
        }
        Ok(found)
    })
    .await
}

pub(super) async fn erase_outbox(app: &App, who: &Who) -> Result<u64> {
    let (copies, folder) = (copies(app, who), app.home().outbox());
    blocking(move || {
        let mut erased = 0;
        for path in copies {
            erased += u64::from(remove(&path)?);
        }
        sync(&folder)?;
        Ok(erased)
    })
    .await
}

fn prefix(app: &App, key: &CustomerKey) -> Result<String> {
    Ok(app.store().owner_hashes().of_key(key)?.chars().take(PREFIX).collect())
}

fn exports_of(folder: &Path, prefix: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io(folder))? {
        let path = entry.map_err(io(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !prefix.is_empty() && name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('-')) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

pub(super) async fn exports(app: &App, who: &Who) -> Result<Vec<Value>> {
    let (folder, prefix) = (app.home().exports(), prefix(app, &who.key)?);
    blocking(move || {
        let mut found = Vec::new();
        for path in exports_of(&folder, &prefix)? {
            let bytes = std::fs::metadata(&path).map_err(io(&path))?.len();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            found.push(json!({ "file": name, "bytes": bytes }));
        }
        Ok(found)
    })
    .await
}

pub(super) async fn erase_exports(app: &App, who: &Who) -> Result<u64> {
    let (folder, prefix) = (app.home().exports(), prefix(app, &who.key)?);
    blocking(move || {
        let mut erased = 0;
        for path in exports_of(&folder, &prefix)? {
            erased += u64::from(remove(&path)?);
        }
        sync(&folder)?;
        Ok(erased)
    })
    .await
}

impl App {
    /// Where a file made for one customer belongs: in the home's exports, under a name that erasure finds and nobody
    /// else can read. `name` is the rest of it, such as `archive-3.json`.
    ///
    /// # Errors
    /// When the pepper cannot be used.
    pub fn export_path(&self, key: &CustomerKey, name: &str) -> Result<PathBuf> {
        Ok(self.home().exports().join(format!("{}-{name}", prefix(self, key)?)))
    }
}
