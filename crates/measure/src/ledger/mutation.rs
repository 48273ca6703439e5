//! Mutations of exported ledgers, drawn at random, each held before the offline verifier as a whole.
//!
//! A mutation that leaves every file as it was is counted apart: there is nothing to find in it.

#![expect(clippy::indexing_slicing, reason = "a development tool: a place that is not there must stop it")]

use super::export::{Original, bundle, unbundle};
use super::{Tallies, Tally};
use miette::miette;
use std::collections::HashMap;
use witness::folder::{Source, verify};
use witness::merkle::{Hash, Tree, leaf_hash};
use witness::note::write_hash;

/// What is done.
#[derive(Debug, Clone, Copy)]
enum Kind {
    FlipEntry,
    FlipTile,
    FlipCheckpoint,
    FlipSignature,
    FlipCosignature,
    DropEntry,
    RepeatEntry,
    SwapEntries,
    SwapFiles,
    DropFile,
    CutFile,
    LengthenFile,
    DropCosignature,
    Truncate,
    Fork,
    ForkKeepingCosignatures,
}

const KINDS: [(Kind, &str); 16] = [
    (Kind::FlipEntry, "flip a bit of an entry"),
    (Kind::FlipTile, "flip a bit of a tile"),
    (Kind::FlipCheckpoint, "flip a bit of the checkpoint"),
    (Kind::FlipSignature, "flip a bit of a signature"),
    (Kind::FlipCosignature, "flip a bit of a cosignature"),
    (Kind::DropEntry, "drop an entry"),
    (Kind::RepeatEntry, "repeat an entry"),
    (Kind::SwapEntries, "reorder two entries"),
    (Kind::SwapFiles, "exchange two files"),
    (Kind::DropFile, "drop a file"),
    (Kind::CutFile, "cut a file"),
    (Kind::LengthenFile, "lengthen a file"),
    (Kind::DropCosignature, "drop a cosignature"),
    (Kind::Truncate, "truncate, and sign again"),
    (Kind::Fork, "fork, and sign again"),
    (Kind::ForkKeepingCosignatures, "fork under old cosignatures"),
];

/// splitmix64: small, and the same on every machine.
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, or 0 when there is none.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % (n.max(1) as u64)) as usize
    }
}

/// An export with a few files changed.
struct Changed<'a> {
    original: &'a HashMap<String, Vec<u8>>,
    files: HashMap<String, Option<Vec<u8>>>,
}

impl Source for Changed<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        match self.files.get(path) {
            Some(changed) => changed.clone(),
            None => self.original.get(path).cloned(),
        }
    }
}

impl Changed<'_> {
    fn differs(&self) -> bool {
        self.files.iter().any(|(path, bytes)| self.original.get(path) != bytes.as_ref())
    }
}

/// Draws and verifies, on two threads. Comes out: counts by kind, and how many changed nothing.
pub(crate) fn run(originals: &[Original], mutations: u64, seed: u64) -> miette::Result<(Tallies, u64)> {
    let work = |from: u64, to: u64| {
        let (mut tallies, mut idle) = (Tallies::new(), 0);
        for number in from..to {
            let mut draw = Draw(seed ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
            let (kind, name) = KINDS[number as usize % KINDS.len()];
            // A draw that changes nothing is drawn again, so that as many are made as were asked for.
            let made = (0..64).find_map(|_| {
                let original = &originals[draw.below(originals.len())];
                let changed = Changed { original: &original.files, files: change(original, kind, &mut draw) };
                if changed.differs() {
                    return Some(!verify(&changed, &original.trust).holds());
                }
                idle += 1;
                None
            });
            if let Some(found) = made {
                let tally: &mut Tally = tallies.entry(name).or_default();
                tally.made += 1;
                tally.found += u64::from(found);
                if !found {
                    eprintln!("not found: {name}, number {number} of seed {seed}");
                }
            }
        }
        (tallies, idle)
    };
    let half = mutations / 2;
    let parts = std::thread::scope(|scope| {
        let parts = [scope.spawn(|| work(0, half)), scope.spawn(|| work(half, mutations))];
        parts.map(std::thread::ScopedJoinHandle::join)
    });
    let (mut tallies, mut idle) = (Tallies::new(), 0);
    for part in parts {
        let (some, none) = part.map_err(|_| miette!("a thread failed"))?;
        idle += none;
        for (name, tally) in some {
            let sum = tallies.entry(name).or_default();
            sum.made += tally.made;
            sum.found += tally.found;
        }
    }
    Ok((tallies, idle))
}

fn flip(bytes: &mut [u8], from: usize, to: usize, draw: &mut Draw) {
    let at = from + draw.below(to.saturating_sub(from));
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << draw.below(8);
    }
}

/// The files of a kind, in order, so that a seed means the same everywhere.
fn paths<'a>(original: &'a Original, prefix: &str) -> Vec<&'a String> {
    let mut paths: Vec<&String> = original.files.keys().filter(|path| path.starts_with(prefix)).collect();
    paths.sort();
    paths
}

type Files = HashMap<String, Option<Vec<u8>>>;

fn change(original: &Original, kind: Kind, draw: &mut Draw) -> Files {
    let pick = |prefix: &str, draw: &mut Draw| {
        let all = paths(original, prefix);
        let path = all.get(draw.below(all.len())).map(|path| (*path).clone()).unwrap_or_default();
        let bytes = original.files.get(&path).cloned().unwrap_or_default();
        (path, bytes)
    };
    let note = original.files.get("checkpoint").cloned().unwrap_or_default();
    let text_end = note.windows(2).position(|pair| pair == b"\n\n").map_or(0, |at| at + 1);
    // Three lines after the text: the log's and two of witnesses.
    let lines: Vec<usize> = (text_end + 1..note.len())
        .filter(|at| note.get(at - 1) == Some(&b'\n'))
        .chain([note.len()])
        .collect();
    let line = |number: usize| {
        (lines.get(number).copied().unwrap_or(0), lines.get(number + 1).copied().unwrap_or(0))
    };
    let one = |path: String, bytes: Vec<u8>| Files::from([(path, Some(bytes))]);
    match kind {
        Kind::FlipEntry => {
            let (path, mut bytes) = pick("tile/entries/", draw);
            let end = bytes.len();
            flip(&mut bytes, 0, end, draw);
            one(path, bytes)
        }
        Kind::FlipTile => {
            let (path, mut bytes) = pick(if draw.below(4) == 0 { "tile/1/" } else { "tile/0/" }, draw);
            let end = bytes.len();
            flip(&mut bytes, 0, end, draw);
            if path.is_empty() { Files::new() } else { one(path, bytes) }
        }
        Kind::FlipCheckpoint => {
            let mut bytes = note;
            flip(&mut bytes, 0, text_end, draw);
            one("checkpoint".to_owned(), bytes)
        }
        Kind::FlipSignature | Kind::FlipCosignature => {
            let (from, to) = line(if matches!(kind, Kind::FlipSignature) { 0 } else { 1 + draw.below(2) });
            let mut bytes = note.clone();
            flip(&mut bytes, from, to, draw);
            one("checkpoint".to_owned(), bytes)
        }
        Kind::DropCosignature => {
            let (from, to) = line(1 + draw.below(2));
            let mut bytes = note.clone();
            bytes.drain(from..to);
            one("checkpoint".to_owned(), bytes)
        }
        Kind::DropEntry | Kind::RepeatEntry | Kind::SwapEntries => {
            let (path, bytes) = pick("tile/entries/", draw);
            let mut entries = unbundle(&bytes);
            let (a, b) = (draw.below(entries.len()), draw.below(entries.len()));
            match kind {
                Kind::DropEntry => drop(entries.remove(a)),
                Kind::RepeatEntry => entries.insert(b, entries[a].clone()),
                _ => entries.swap(a, b),
            }
            one(path, bundle(entries.iter().map(Vec::as_slice)))
        }
        Kind::SwapFiles => {
            let ((a, first), (b, second)) = (pick("", draw), pick("", draw));
            Files::from([(a, Some(second)), (b, Some(first))])
        }
        Kind::DropFile => Files::from([(pick("", draw).0, None)]),
        Kind::CutFile => {
            let (path, mut bytes) = pick("", draw);
            bytes.truncate(draw.below(bytes.len()));
            one(path, bytes)
        }
        Kind::LengthenFile => {
            let (path, mut bytes) = pick("", draw);
            let more = 1 + draw.below(40);
            bytes.extend((0..more).map(|_| draw.next() as u8));
            one(path, bytes)
        }
        Kind::Truncate => {
            let entries = all_entries(original);
            let size = 1 + draw.below(entries.len());
            rebuilt(original, entries.get(..size).unwrap_or_default(), "")
        }
        Kind::Fork | Kind::ForkKeepingCosignatures => {
            let mut entries = all_entries(original);
            let at = draw.below(entries.len());
            // The time, the seal or the actor: anything after the first two lines, so that it still has its number.
            let fixed = entries[at].iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1);
            let from = fixed.map_or(0, |(at, _)| at + 1);
            let end = entries[at].len();
            flip(&mut entries[at], from, end, draw);
            let old = if matches!(kind, Kind::Fork) {
                ""
            } else {
                std::str::from_utf8(&note[lines[1]..]).unwrap_or("")
            };
            rebuilt(original, &entries, old)
        }
    }
}

fn all_entries(original: &Original) -> Vec<Vec<u8>> {
    // `000` sorts before `001.p/44`, so the bundles come in order.
    paths(original, "tile/entries/").iter().flat_map(|path| unbundle(&original.files[*path])).collect()
}

/// The whole export anew from other entries, signed by the log's own key, with these lines of witnesses below.
fn rebuilt(original: &Original, entries: &[Vec<u8>], cosignatures: &str) -> Files {
    let mut files: Files = original.files.keys().map(|path| (path.clone(), None)).collect();
    let hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let root = |hashes: &[Hash]| {
        let mut tree = Tree::default();
        hashes.iter().for_each(|hash| tree.push(*hash));
        tree.root()
    };
    let mut put = |level: usize, hashes: &[Hash]| {
        for (place, tile) in hashes.chunks(256).enumerate() {
            let path = flow::log::tile_path(place as u64, tile.len() as u64);
            files.insert(format!("tile/{level}/{path}"), Some(tile.concat()));
        }
    };
    put(0, &hashes);
    put(1, &hashes.chunks_exact(256).map(root).collect::<Vec<_>>());
    for (place, some) in entries.chunks(256).enumerate() {
        let path = flow::log::tile_path(place as u64, some.len() as u64);
        files.insert(format!("tile/entries/{path}"), Some(bundle(some.iter().map(Vec::as_slice))));
    }
    let origin = original.trust.log.as_ref().map_or("", |log| log.name());
    let text = format!("{origin}\n{}\n{}\n", entries.len(), write_hash(&root(&hashes)));
    files.insert("checkpoint".to_owned(), Some((original.key.sign(&text) + cosignatures).into_bytes()));
    files
}
