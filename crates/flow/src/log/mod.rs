//! The ledger as others see it: checkpoint, tiles, entries and proofs, for whoever does not trust this installation.
//!
//! Goes in: sizes and places. Comes out: bytes as C2SP tlog-tiles lays them out, and proofs. Only what a signed
//! checkpoint stands for is given out. Hashes say nothing about anybody: each leaf has 256 random bits in its seal.
//! Leaves name people of the house by their names, and customers never ([`terms::person::Actor::Customer`] has no
//! field), so hashes are for everybody and leaves for whoever has a key.

mod export;
mod view;
mod witness;

pub use export::LedgerExport;
pub use view::{ConsistencyView, CosignedView, InclusionView, WitnessView};

use store::ledger::TILE_WIDTH;

use crate::app::App;
use crate::error::{Error, Result};

impl App {
    /// The newest signed checkpoint, with what witnesses have signed of it; `None` while nothing was signed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn log_checkpoint(&self) -> Result<Option<String>> {
        match self.store().latest_checkpoint().await? {
            Some((size, _)) => self.checkpoint_with_cosignatures(size).await,
            None => Ok(None),
        }
    }

    /// The checkpoint of a size, with the lines of the witnesses under that of the log.
    async fn checkpoint_with_cosignatures(&self, size: u64) -> Result<Option<String>> {
        let Some(mut note) = self.store().checkpoint_at(size).await? else { return Ok(None) };
        for line in self.store().cosignatures_at(size).await? {
            note.push_str(&line);
        }
        Ok(Some(note))
    }

    /// A tile of hashes: `width` of them (256 make a full one). `None` when no checkpoint reaches so far.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn log_tile(&self, level: u8, place: u64, width: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.store().tile_hashes(level, place, width).await?)
    }

    /// A bundle of entries, each with its length as two bytes before it. `None` when no checkpoint reaches so far.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn log_entries(&self, place: u64, width: u64) -> Result<Option<Vec<u8>>> {
        let leaves = self.store().tile_entries(place, width).await?;
        leaves.map(|leaves| bundle(&leaves)).transpose()
    }

    /// The proof that an entry is in a signed tree: in the newest one when no size is named.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such entry in such a tree.
    pub async fn log_inclusion(&self, index: u64, size: Option<u64>) -> Result<InclusionView> {
        let size = match size {
            Some(size) => size,
            None => self.store().signed_size().await?,
        };
        Ok(InclusionView::of(&self.store().prove_entry_in(index, size).await?))
    }

    /// The proof that a signed tree grew out of an earlier one.
    ///
    /// # Errors
    /// [`Error::NotFound`] when one of them was never signed over.
    pub async fn log_consistency(&self, first: u64, second: Option<u64>) -> Result<ConsistencyView> {
        let second = match second {
            Some(second) => second,
            None => self.store().signed_size().await?,
        };
        Ok(ConsistencyView::of(self.store().prove_growth(first, second).await?))
    }
}

/// Leaves as an entry bundle (C2SP tlog-tiles): each with its length, big-endian, before it.
fn bundle(leaves: &[String]) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(leaves.iter().map(|leaf| leaf.len() + 2).sum());
    for leaf in leaves {
        let length = u16::try_from(leaf.len()).map_err(|_| {
            Error::Internal("an entry of the ledger is longer than a bundle can hold".to_owned())
        })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(leaf.as_bytes());
    }
    Ok(bytes)
}

/// The path of a tile's number, as C2SP writes it: `1234067` is `x001/x234/067`, with `.p/W` for one of `W` hashes.
///
/// ```
/// assert_eq!(flow::log::tile_path(1_234_067, 256), "x001/x234/067");
/// assert_eq!(flow::log::tile_path(0, 7), "000.p/7");
/// ```
#[must_use]
pub fn tile_path(place: u64, width: u64) -> String {
    let mut path = format!("{:03}", place % 1_000);
    let mut rest = place / 1_000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1_000);
        rest /= 1_000;
    }
    if width == TILE_WIDTH { path } else { format!("{path}.p/{width}") }
}

/// Number and width of a tile, from its path; only one way of writing it is read.
///
/// ```
/// assert_eq!(flow::log::parse_tile_path("x001/x234/067"), Some((1_234_067, 256)));
/// assert_eq!(flow::log::parse_tile_path("000.p/7"), Some((0, 7)));
/// assert_eq!(flow::log::parse_tile_path("0"), None);
/// ```
#[must_use]
pub fn parse_tile_path(path: &str) -> Option<(u64, u64)> {
    let (number, width) = match path.split_once(".p/") {
        Some((number, width)) => (number, width.parse().ok()?),
        None => (path, TILE_WIDTH),
    };
    let mut place = 0u64;
    for part in number.split('/') {
        let digits = part.strip_prefix('x').unwrap_or(part);
        if digits.len() != 3 {
            return None;
        }
        place = place.checked_mul(1_000)?.checked_add(digits.parse().ok()?)?;
    }
    let tidy = (1..=TILE_WIDTH).contains(&width) && tile_path(place, width) == path;
    tidy.then_some((place, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_only_as_it_is_written() {
        for (place, width) in [(0, 1), (0, 256), (7, 255), (999, 256), (1_000, 3), (1_234_067, 256)] {
            assert_eq!(parse_tile_path(&tile_path(place, width)), Some((place, width)));
        }
        for bad in [
            "",
            "0",
            "00",
            "0000",
            "+00",
            "x000/000",
            "000/001",
            "001/x001",
            "000.p/0",
            "000.p/256",
            "000.p/07",
            "000.p/",
            "000.p/-1",
            "../000",
            "000/",
            "/000",
            "x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(parse_tile_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_bundle_is_each_leaf_with_its_length_before_it() {
        assert_eq!(bundle(&["ab".to_owned(), String::new()]).unwrap(), [0, 2, b'a', b'b', 0, 0]);
        assert!(bundle(&["x".repeat(65_536)]).is_err());
    }
}
