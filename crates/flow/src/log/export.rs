//! The ledger as files, for whoever wants to check it without this installation: checkpoint, tiles, entries and keys, laid
//! out as they are served.

use std::path::Path;

use serde::Serialize;
use store::ledger::TILE_WIDTH;

use super::tile_path;
use crate::app::App;
use crate::error::{Error, Result};

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerExport {
    /// Entries.
    pub entries: u64,
    /// Witnesses whose signature is under the checkpoint.
    pub cosigned: usize,
    /// Files.
    pub files: u64,
}

fn write(folder: &Path, path: &str, bytes: &[u8]) -> Result<()> {
    let path = folder.join(path);
    let io = |source| Error::Io { path: path.display().to_string(), source };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(io)?;
    }
    std::fs::write(&path, bytes).map_err(io)
}

impl App {
    /// Writes the signed part of the ledger into a folder that is not there yet. Payloads stay here: what leaves is what
    /// the tree was made of.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the folder is there or nothing was signed yet.
    pub async fn export_ledger(&self, folder: &Path) -> Result<LedgerExport> {
        if folder.exists() {
            let message = format!("`{}` is there already; name a new folder", folder.display());
            return Err(Error::Conflict { message });
        }
        self.ask_witnesses().await?;
        let Some((size, _)) = self.store().latest_checkpoint().await? else {
            return Err(Error::Conflict {
                message: "the ledger is empty; there is nothing to export".to_owned(),
            });
        };
        let note = self.checkpoint_with_cosignatures(size).await?.ok_or(Error::NotFound)?;
        write(folder, "checkpoint", note.as_bytes())?;
        write(folder, "keys/log", format!("{}\n", self.log_key()).as_bytes())?;
        let witnesses = self.active_witnesses().await?;
        let keys: String = witnesses.iter().map(|witness| format!("{}\n", witness.vkey)).collect();
        write(folder, "keys/witnesses", keys.as_bytes())?;
        let mut files = 3;
        let missing = || Error::Internal("a tile of the ledger is not there".to_owned());
        for level in 0..8u8 {
            let hashes = size >> (8 * u32::from(level));
            for place in 0..hashes.div_ceil(TILE_WIDTH) {
                let width = TILE_WIDTH.min(hashes - place * TILE_WIDTH);
                let path = tile_path(place, width);
                let tile = self.log_tile(level, place, width).await?.ok_or_else(missing)?;
                write(folder, &format!("tile/{level}/{path}"), &tile)?;
                files += 1;
                if level == 0 {
                    let entries = self.log_entries(place, width).await?.ok_or_else(missing)?;
                    write(folder, &format!("tile/entries/{path}"), &entries)?;
                    files += 1;
                }
            }
        }
        let cosigned = self.store().cosignatures_at(size).await?.len();
        Ok(LedgerExport { entries: size, cosigned, files })
    }
}
