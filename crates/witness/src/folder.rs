//! Checks an exported ledger without the database it came from: a folder with the log's checkpoint, tiles and entries.
//!
//! Goes in: the files, the keys that are trusted (which never come out of the folder itself when it matters), and
//! checkpoints that were seen before. Comes out: a [`Report`] that says of each thing that is wrong which it is. It reads
//! every byte: each entry is hashed, each tile compared, and the root held against what log and witnesses signed.

use crate::merkle::{self, Hash, Tree};
use crate::note::{Checkpoint, Note, Verifier};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// Hashes of a full tile.
const WIDTH: u64 = 256;
/// Problems that are listed; more are only counted.
const LISTED: usize = 100;
/// First line of a leaf of Candor's ledger.
const LEAF: &str = "candor-ledger-leaf/v1";

/// Where the files of an exported ledger are.
pub trait Source {
    /// The bytes of a file; `None` when there is none, or it cannot be read.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
}

impl Source for PathBuf {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        std::fs::read(self.join(path)).ok()
    }
}

impl Source for HashMap<String, Vec<u8>> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.get(path).cloned()
    }
}

/// Whom to believe, and what was seen before.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// The log's key.
    pub log: Option<Verifier>,
    /// Witnesses, each of whom must have cosigned.
    pub witnesses: Vec<Verifier>,
    /// Checkpoints kept from earlier, such as the evidence or the `latest` of a witness.
    pub seen: Vec<String>,
}

impl Trust {
    /// The keys that lie in the folder itself: good enough to see that it is whole, and to no purpose against whoever
    /// wrote the folder.
    #[must_use]
    pub fn of_folder(source: &impl Source) -> Self {
        let keys = |path: &str| -> Vec<Verifier> {
            let text = source.read(path).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
            text.lines().filter_map(|line| line.parse().ok()).collect()
        };
        Self { log: keys("keys/log").pop(), witnesses: keys("keys/witnesses"), seen: Vec::new() }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is no key to check with.
    #[error("there is no key of the log; name it with --log-key")]
    NoKey,
    /// No checkpoint.
    #[error("there is no checkpoint, or it does not read")]
    NoCheckpoint,
    /// Of another log.
    #[error("the checkpoint is of the log `{0}`, not of the one with this key")]
    Origin(String),
    /// The log's signature does not hold.
    #[error("the checkpoint is not signed by the log")]
    Signature,
    /// A witness's signature is missing or does not hold.
    #[error("the witness `{0}` did not cosign this checkpoint")]
    Cosignature(String),
    /// A file is missing.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A file has another length than it must have.
    #[error("`{0}` is cut off, or has more in it than it should")]
    Length(String),
    /// An entry is not what its hash says.
    #[error("entry {0} is not the one that was hashed into the tree")]
    Entry(u64),
    /// An entry says another number.
    #[error("entry {0} says that it is another one")]
    Number(u64),
    /// A hash above the entries is not what follows from those below.
    #[error("hash {1} of `{0}` does not follow from the entries below it")]
    Node(String, u64),
    /// The entries give another root than was signed.
    #[error("the entries give another root than was signed")]
    Root,
    /// A checkpoint seen before does not read, or the log did not sign it.
    #[error("a checkpoint seen before was not signed by this log")]
    SeenSignature,
    /// A checkpoint seen before stands for other entries.
    #[error("at size {0} the log once signed another tree: entries were rewritten")]
    Fork(u64),
    /// A checkpoint seen before stands for more entries.
    #[error("the log once had {0} entries, and has {1}: its end was cut off")]
    Truncated(u64, u64),
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which log.
    pub origin: String,
    /// Entries that the checkpoint stands for.
    pub size: u64,
    /// Entries that were read.
    pub entries: u64,
    /// Root as the entries give it.
    pub root: Hash,
    /// Each witness, with when it cosigned.
    pub cosigned: Vec<(String, u64)>,
    /// Checkpoints from earlier that hold.
    pub seen: usize,
    /// What is wrong, the first hundred.
    pub problems: Vec<Problem>,
    /// How much is wrong.
    pub found: u64,
}

impl Report {
    /// True when nothing is wrong.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.found == 0
    }

    fn add(&mut self, problem: Problem) {
        self.found += 1;
        if self.problems.len() < LISTED {
            self.problems.push(problem);
        }
    }
}

/// `000`, `x001/234`, and `.p/7` for a part of a tile.
fn tile_path(place: u64, width: u64) -> String {
    let mut path = format!("{:03}", place % 1_000);
    let mut rest = place / 1_000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1_000);
        rest /= 1_000;
    }
    if width < WIDTH { format!("{path}.p/{width}") } else { path }
}

/// The tiles of a level of so many hashes: place and width.
fn tiles(hashes: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..hashes.div_ceil(WIDTH)).map(move |place| (place, WIDTH.min(hashes - place * WIDTH)))
}

/// The entries of a bundle; `None` when it is not exactly so many.
fn entries(mut bytes: &[u8], width: u64) -> Option<Vec<&[u8]>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        all.push(entry);
        bytes = rest;
    }
    (all.len() as u64 == width).then_some(all)
}

/// Whether an entry says of itself that it is this one.
fn is_numbered(entry: &[u8], number: u64) -> bool {
    let mut lines = entry.split(|byte| *byte == b'\n');
    lines.next() == Some(LEAF.as_bytes()) && lines.next() == Some(number.to_string().as_bytes())
}

/// Checks everything there is.
pub fn verify(source: &impl Source, trust: &Trust) -> Report {
    let mut report = Report {
        origin: String::new(),
        size: 0,
        entries: 0,
        root: Tree::default().root(),
        cosigned: Vec::new(),
        seen: 0,
        problems: Vec::new(),
        found: 0,
    };
    let Some(log) = &trust.log else {
        report.add(Problem::NoKey);
        return report;
    };
    let text = source.read("checkpoint").and_then(|bytes| String::from_utf8(bytes).ok());
    let note: Option<Note> = text.and_then(|text| text.parse().ok());
    let read = note.and_then(|note| Checkpoint::of(&note).ok().map(|checkpoint| (note, checkpoint)));
    let Some((note, checkpoint)) = read else {
        report.add(Problem::NoCheckpoint);
        return report;
    };
    report.origin.clone_from(&checkpoint.origin);
    report.size = checkpoint.size;
    if checkpoint.origin != log.name() {
        report.add(Problem::Origin(checkpoint.origin.clone()));
    }
    if !log.signed(&note) {
        report.add(Problem::Signature);
        // How many entries there should be is not known when nobody signed it.
        return report;
    }
    for witness in &trust.witnesses {
        match witness.cosigned(&note) {
            Some(time) => report.cosigned.push((witness.name().to_owned(), time)),
            None => report.add(Problem::Cosignature(witness.name().to_owned())),
        }
    }
    let seen = seen_before(log, &trust.seen, checkpoint.size, &mut report);
    let (tree, leaves) = read_entries(source, checkpoint.size, &seen, &mut report);
    check_tiles(source, leaves, &mut report);
    report.root = tree.root();
    if tree.size() == checkpoint.size && report.root != checkpoint.root {
        report.add(Problem::Root);
    }
    report
}

/// The roots that were seen before, by size.
fn seen_before(log: &Verifier, notes: &[String], size: u64, report: &mut Report) -> BTreeMap<u64, Vec<Hash>> {
    let mut seen: BTreeMap<u64, Vec<Hash>> = BTreeMap::new();
    for text in notes {
        let note: Option<Note> = text.parse().ok();
        let checkpoint = note.filter(|note| log.signed(note)).and_then(|note| Checkpoint::of(&note).ok());
        match checkpoint.filter(|checkpoint| checkpoint.origin == log.name()) {
            None => report.add(Problem::SeenSignature),
            Some(earlier) if earlier.size > size => report.add(Problem::Truncated(earlier.size, size)),
            Some(earlier) => seen.entry(earlier.size).or_default().push(earlier.root),
        }
    }
    seen
}

/// Hashes every entry, and holds it against the lowest tiles. Come out: the tree, and the hash of each entry.
fn read_entries(
    source: &impl Source,
    size: u64,
    seen: &BTreeMap<u64, Vec<Hash>>,
    report: &mut Report,
) -> (Tree, Vec<Hash>) {
    let (mut tree, mut leaves) = (Tree::default(), Vec::new());
    check_seen(&tree, seen, report);
    for (place, width) in tiles(size) {
        let path = format!("tile/entries/{}", tile_path(place, width));
        let Some(bytes) = source.read(&path) else {
            report.add(Problem::Missing(path));
            return (tree, leaves);
        };
        let Some(bundle) = entries(&bytes, width) else {
            report.add(Problem::Length(path));
            return (tree, leaves);
        };
        let tile = read_tile(source, 0, place, width, report);
        for (at, entry) in bundle.into_iter().enumerate() {
            let (number, hash) = (tree.size(), merkle::leaf_hash(entry));
            if !is_numbered(entry, number) {
                report.add(Problem::Number(number));
            }
            if tile.as_ref().is_some_and(|tile| tile.get(at) != Some(&hash)) {
                report.add(Problem::Entry(number));
            }
            tree.push(hash);
            leaves.push(hash);
            report.entries += 1;
            check_seen(&tree, seen, report);
        }
    }
    (tree, leaves)
}

fn check_seen(tree: &Tree, seen: &BTreeMap<u64, Vec<Hash>>, report: &mut Report) {
    for root in seen.get(&tree.size()).into_iter().flatten() {
        if *root == tree.root() {
            report.seen += 1;
        } else {
            report.add(Problem::Fork(tree.size()));
        }
    }
}

fn read_tile(
    source: &impl Source,
    level: u32,
    place: u64,
    width: u64,
    report: &mut Report,
) -> Option<Vec<Hash>> {
    let path = format!("tile/{level}/{}", tile_path(place, width));
    let Some(bytes) = source.read(&path) else {
        report.add(Problem::Missing(path));
        return None;
    };
    let (hashes, rest) = bytes.as_chunks::<32>();
    if hashes.len() as u64 != width || !rest.is_empty() {
        report.add(Problem::Length(path));
        return None;
    }
    Some(hashes.to_vec())
}

/// Holds the tiles above the lowest level against what follows from the entries.
fn check_tiles(source: &impl Source, leaves: Vec<Hash>, report: &mut Report) {
    let mut below = leaves;
    for level in 1.. {
        let above: Vec<Hash> = below
            .chunks_exact(WIDTH as usize)
            .map(|full| {
                let mut tree = Tree::default();
                full.iter().for_each(|hash| tree.push(*hash));
                tree.root()
            })
            .collect();
        if above.is_empty() {
            return;
        }
        for (place, width) in tiles(above.len() as u64) {
            let Some(tile) = read_tile(source, level, place, width, report) else { continue };
            for (number, (found, follows)) in
                (place * WIDTH..).zip(tile.iter().zip(above.iter().skip((place * WIDTH) as usize)))
            {
                if found != follows {
                    report.add(Problem::Node(format!("tile/{level}/{}", tile_path(place, width)), number));
                }
            }
        }
        below = above;
    }
}
