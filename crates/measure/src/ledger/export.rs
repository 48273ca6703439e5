//! Exported ledgers to be tampered with: real ones, made by the store, signed by its key and by two witnesses.

use miette::{IntoDiagnostic, miette};
use std::collections::HashMap;
use store::Store;
use store::ledger::{LedgerKey, TILE_WIDTH};
use terms::ids::PersonId;
use terms::ledger::{Action, NewEntry};
use terms::person::Actor;
use terms::time::Instant;
use witness::folder::{Trust, verify};
use witness::keeper::{Answer, Keeper};

/// Sizes on both sides of every edge of a tile, and a tree with a second level.
const SIZES: [u64; 6] = [1, 3, 64, 255, 256, 300];
const NAME: &str = "measure.candor.local/ledger";

/// An export with what is trusted of it.
pub(crate) struct Original {
    pub(crate) files: HashMap<String, Vec<u8>>,
    pub(crate) trust: Trust,
    /// The operator's own key, for the mutations that sign again.
    pub(crate) key: LedgerKey,
}

pub(crate) fn entry(n: u64) -> NewEntry {
    NewEntry {
        at: Instant(1_790_000_000_000_000 + n as i64),
        actor: match n % 3 {
            0 => Actor::Customer,
            1 => Actor::System { part: "flow.deliver".to_owned(), responsible: PersonId(1) },
            _ => Actor::Person { id: PersonId(2), name: "Ana López".to_owned() },
        },
        action: if n.is_multiple_of(2) { Action::MessageSent } else { Action::CampaignApproved },
        object: format!("message/{n}"),
        payload: serde_json::json!({ "to": "person@example.com", "n": n }),
    }
}

pub(crate) fn open_key(folder: &std::path::Path) -> miette::Result<LedgerKey> {
    LedgerKey::open_or_create(&folder.join("ledger-key"), NAME).into_diagnostic()
}

/// One of each size.
pub(crate) async fn originals() -> miette::Result<Vec<Original>> {
    let mut all = Vec::new();
    for size in SIZES {
        all.push(original(size).await?);
    }
    Ok(all)
}

async fn original(size: u64) -> miette::Result<Original> {
    let folder = tempfile::tempdir().into_diagnostic()?;
    let path = folder.path().join("candor.db");
    let store = Store::open(&path.to_string_lossy()).await.into_diagnostic()?;
    let key = open_key(folder.path())?;
    // A checkpoint from half way, as somebody kept it.
    let half = size.div_ceil(2);
    store.append_entries(&(0..half).map(entry).collect::<Vec<_>>()).await.into_diagnostic()?;
    let seen = store.sign_checkpoint(&key, Instant(0)).await.into_diagnostic()?;
    store.append_entries(&(half..size).map(entry).collect::<Vec<_>>()).await.into_diagnostic()?;
    let signed = store.sign_checkpoint(&key, Instant(0)).await.into_diagnostic()?;
    let mut note = signed.ok_or_else(|| miette!("nothing was signed"))?;
    let request = format!("old 0\n\n{note}");
    let mut witnesses = Vec::new();
    for name in ["witness.one", "witness.two"] {
        let place = folder.path().join(name);
        Keeper::init(&place, name).into_diagnostic()?;
        Keeper::add_log(&place, &key.verifier(), None).into_diagnostic()?;
        let keeper = Keeper::open(&place).into_diagnostic()?;
        let Answer::Cosigned(line) = keeper.add_checkpoint(&request, 1_790_000_000).into_diagnostic()? else {
            return Err(miette!("a witness did not sign"));
        };
        note.push_str(&line);
        witnesses.push(keeper.verifier().parse().into_diagnostic()?);
    }
    let mut files = HashMap::from([("checkpoint".to_owned(), note.clone().into_bytes())]);
    for level in 0..2u8 {
        let hashes = size >> (8 * u32::from(level));
        for place in 0..hashes.div_ceil(TILE_WIDTH) {
            let width = TILE_WIDTH.min(hashes - place * TILE_WIDTH);
            let path = flow::log::tile_path(place, width);
            let tile = store.tile_hashes(level, place, width).await.into_diagnostic()?;
            files.insert(format!("tile/{level}/{path}"), tile.ok_or_else(|| miette!("a tile is missing"))?);
            if level == 0 {
                let leaves = store.tile_entries(place, width).await.into_diagnostic()?;
                let leaves = leaves.ok_or_else(|| miette!("entries are missing"))?;
                files.insert(format!("tile/entries/{path}"), bundle(leaves.iter().map(String::as_bytes)));
            }
        }
    }
    let trust = Trust {
        log: Some(key.verifier().parse().into_diagnostic()?),
        witnesses,
        seen: vec![seen.unwrap_or_default(), note],
    };
    let original = Original { files, trust, key };
    let report = verify(&original.files, &original.trust);
    if report.holds() { Ok(original) } else { Err(miette!("the original does not hold: {report:?}")) }
}

/// Entries, each with its length before it.
pub(crate) fn bundle<'a>(entries: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&(entry.len() as u16).to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    bytes
}

/// The entries of a bundle.
pub(crate) fn unbundle(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let Some((entry, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))) else {
            break;
        };
        entries.push(entry.to_vec());
        bytes = rest;
    }
    entries
}
