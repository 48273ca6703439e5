//! Signed notes (C2SP signed-note), checkpoints (C2SP tlog-checkpoint) and cosignatures (C2SP tlog-cosignature) with
//! Ed25519 keys.
//!
//! A key is `name+id+base64(kind, key)`: kind 1 signs as a log, kind 4 cosigns with a time. Signatures are checked
//! strictly: the one way to write them counts.

use crate::merkle::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::str::FromStr;

const LOG: u8 = 1;
const COSIGNER: u8 = 4;
const SECRET: &str = "PRIVATE+KEY+";
const DASH: &str = "\u{2014} ";
/// Signature lines of a note that are looked at; more than any log has.
const MOST_SIGNATURES: usize = 100;

/// Why a text is no key or no note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not a key.
    #[error("this is no key; write it as name+id+key, as it was shown when it was made")]
    Key,
    /// Not a signed note.
    #[error("this is no signed note: a text, an empty line, and signature lines")]
    Note,
    /// Not a checkpoint.
    #[error("this is no checkpoint: origin, size and root, a line each")]
    Checkpoint,
}

fn key_id(name: &str, kind: u8, public: &[u8; 32]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name);
    hasher.update([b'\n', kind]);
    hasher.update(public);
    let hash: Hash = hasher.finalize().into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter == '+')
}

/// Name, id, kind and 32 bytes of a key's text.
fn parse_key(text: &str) -> Option<(String, [u8; 4], u8, [u8; 32])> {
    let (name, rest) = text.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    let tidy = id.len() == 8 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_name(name) || !tidy {
        return None;
    }
    let id = u32::from_str_radix(id, 16).ok()?.to_be_bytes();
    let bytes = STANDARD.decode(key).ok()?;
    let (kind, key) = bytes.split_first()?;
    matches!(*kind, LOG | COSIGNER).then_some(())?;
    Some((name.to_owned(), id, *kind, key.try_into().ok()?))
}

fn write_key(name: &str, id: [u8; 4], kind: u8, key: &[u8; 32]) -> String {
    let bytes: Vec<u8> = std::iter::once(kind).chain(*key).collect();
    format!("{name}+{:08x}+{}", u32::from_be_bytes(id), STANDARD.encode(bytes))
}

/// The public key of a log or of a witness, under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    kind: u8,
    key: VerifyingKey,
}

impl FromStr for Verifier {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (name, id, kind, public) = parse_key(text.trim()).ok_or(Malformed::Key)?;
        let key = VerifyingKey::from_bytes(&public).map_err(|_| Malformed::Key)?;
        if id != key_id(&name, kind, &public) || key.is_weak() {
            return Err(Malformed::Key);
        }
        Ok(Self { name, id, kind, key })
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&write_key(&self.name, self.id, self.kind, self.key.as_bytes()))
    }
}

impl Verifier {
    /// Name; of a log, the origin of its checkpoints.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// True for the key of a witness.
    #[must_use]
    pub const fn cosigns(&self) -> bool {
        self.kind == COSIGNER
    }

    /// Whether a log's signature on a note holds.
    #[must_use]
    pub fn signed(&self, note: &Note) -> bool {
        self.kind == LOG
            && self.mine(note).any(|bytes| {
                Signature::from_slice(bytes)
                    .is_ok_and(|signature| self.key.verify_strict(note.text.as_bytes(), &signature).is_ok())
            })
    }

    /// When a witness cosigned a checkpoint, in seconds since 1970; `None` when no cosignature of it holds.
    #[must_use]
    pub fn cosigned(&self, note: &Note) -> Option<u64> {
        if self.kind != COSIGNER {
            return None;
        }
        self.mine(note).find_map(|bytes| {
            let (time, signature) = bytes.split_first_chunk::<8>()?;
            let time = u64::from_be_bytes(*time);
            let signature = Signature::from_slice(signature).ok()?;
            let message = cosigned_text(&note.text, time);
            (i64::try_from(time).is_ok() && self.key.verify_strict(message.as_bytes(), &signature).is_ok())
                .then_some(time)
        })
    }

    fn mine<'a>(&'a self, note: &'a Note) -> impl Iterator<Item = &'a [u8]> {
        let of_key = |line: &&Line| line.name == self.name && line.id == self.id;
        note.signatures.iter().filter(of_key).map(|line| line.signature.as_slice())
    }
}

fn cosigned_text(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// The secret key of a witness. It has no `Debug`, so that it cannot end up in a log.
pub struct Cosigner {
    name: String,
    key: SigningKey,
}

impl Cosigner {
    /// A fresh key under a name.
    ///
    /// # Errors
    /// When the name has a space or a plus sign.
    pub fn generate(name: &str) -> Result<Self, Malformed> {
        let key = SigningKey::from_bytes(&rand::random());
        if is_name(name) { Ok(Self { name: name.to_owned(), key }) } else { Err(Malformed::Key) }
    }

    /// Reads a key as [`Cosigner::secret`] writes it.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let rest = text.trim().strip_prefix(SECRET).ok_or(Malformed::Key)?;
        let (name, id, kind, seed) = parse_key(rest).ok_or(Malformed::Key)?;
        let key = SigningKey::from_bytes(&seed);
        let fits = kind == COSIGNER && id == key_id(&name, kind, key.verifying_key().as_bytes());
        if fits { Ok(Self { name, key }) } else { Err(Malformed::Key) }
    }

    /// The secret as text, for the one file it is kept in.
    #[must_use]
    pub fn secret(&self) -> String {
        SECRET.to_owned() + &write_key(&self.name, self.id(), COSIGNER, self.key.as_bytes())
    }

    /// What others check its cosignatures with.
    #[must_use]
    pub fn verifier(&self) -> String {
        write_key(&self.name, self.id(), COSIGNER, self.key.verifying_key().as_bytes())
    }

    fn id(&self) -> [u8; 4] {
        key_id(&self.name, COSIGNER, self.key.verifying_key().as_bytes())
    }

    /// The signature line that says: at this time this was the largest consistent tree of its log.
    #[must_use]
    pub fn cosign(&self, text: &str, time: u64) -> String {
        let signature = self.key.sign(cosigned_text(text, time).as_bytes());
        let mut bytes = self.id().to_vec();
        bytes.extend_from_slice(&time.to_be_bytes());
        bytes.extend_from_slice(&signature.to_bytes());
        format!("{DASH}{} {}\n", self.name, STANDARD.encode(bytes))
    }
}

/// A signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

/// A note: its text, with the last line feed, and what is said to be signatures of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Line>,
}

impl FromStr for Note {
    type Err = Malformed;
    fn from_str(whole: &str) -> Result<Self, Malformed> {
        let at = whole.rfind("\n\n").ok_or(Malformed::Note)?;
        let (text, rest) = whole.split_at_checked(at + 1).ok_or(Malformed::Note)?;
        let lines =
            rest.strip_prefix('\n').and_then(|rest| rest.strip_suffix('\n')).ok_or(Malformed::Note)?;
        let broken = |letter: char| letter.is_ascii_control() && letter != '\n';
        if whole.contains(broken) || lines.split('\n').count() > MOST_SIGNATURES {
            return Err(Malformed::Note);
        }
        let signatures: Option<Vec<Line>> = lines.split('\n').map(line).collect();
        Ok(Self { text: text.to_owned(), signatures: signatures.ok_or(Malformed::Note)? })
    }
}

fn line(text: &str) -> Option<Line> {
    let (name, encoded) = text.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    is_name(name).then(|| Line { name: name.to_owned(), id: *id, signature: signature.to_vec() })
}

impl Note {
    /// What was signed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Origin, size and root that a note states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
}

impl Checkpoint {
    /// Reads the text of a note.
    ///
    /// # Errors
    /// When it is no checkpoint.
    pub fn of(note: &Note) -> Result<Self, Malformed> {
        let mut lines = note.text.strip_suffix('\n').ok_or(Malformed::Checkpoint)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(Malformed::Checkpoint);
        };
        let number: u64 = decimal(size).ok_or(Malformed::Checkpoint)?;
        let root = parse_hash(root).ok_or(Malformed::Checkpoint)?;
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(Malformed::Checkpoint);
        }
        Ok(Self { origin: origin.to_owned(), size: number, root })
    }
}

/// A number in its one way of writing it.
#[must_use]
pub fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

/// A hash in base64.
#[must_use]
pub fn parse_hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// A hash as base64.
#[must_use]
pub fn write_hash(hash: &Hash) -> String {
    STANDARD.encode(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_notes_verify_and_changed_ones_do_not() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/data/signed_note_vectors/note_vectors.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            eprintln!("skipped: the shared signed-note vectors are not here");
            return;
        };
        let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
        let text = vectors["note_text"].as_str().unwrap();
        let mut counted = (0, 0);
        for key in vectors["keys"].as_array().unwrap() {
            let verifier: Verifier = key["vkey"].as_str().unwrap().parse().unwrap();
            assert_eq!(verifier.to_string(), key["vkey"].as_str().unwrap());
            let note = format!("{text}\n{}\n", key["sigline"].as_str().unwrap());
            assert!(verifier.signed(&note.parse().unwrap()));
            assert!(!verifier.signed(&note.replacen("answer", "Answer", 1).parse().unwrap()));
            counted.0 += 1;
        }
        for bad in vectors["bad_vkeys"].as_array().unwrap() {
            assert!(bad.as_str().unwrap().parse::<Verifier>().is_err(), "{bad}");
            counted.1 += 1;
        }
        assert_eq!(counted, (2, 2));
        let example: Note = vectors["checkpoint_example_unverified"].as_str().unwrap().parse().unwrap();
        let checkpoint = Checkpoint::of(&example).unwrap();
        assert_eq!(
            (checkpoint.size, checkpoint.origin.as_str()),
            (20_852_163, "example.com/behind-the-sofa")
        );
    }

    #[test]
    fn a_cosignature_holds_for_its_text_and_time_and_for_no_other() {
        let witness = Cosigner::generate("witness.example/w1").unwrap();
        let text = "log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let line = witness.cosign(text, 1_679_315_147);
        let verifier: Verifier = witness.verifier().parse().unwrap();
        let note: Note = format!("{text}\n{line}").parse().unwrap();
        assert_eq!(verifier.cosigned(&note), Some(1_679_315_147));
        assert!(verifier.cosigns() && !verifier.signed(&note));
        let other: Note = format!("{}\n{line}", text.replace("\n7\n", "\n8\n")).parse().unwrap();
        assert_eq!(verifier.cosigned(&other), None);
        let read = Cosigner::parse(&witness.secret()).unwrap();
        assert_eq!(read.cosign(text, 1_679_315_147), line);
        let stranger: Verifier =
            Cosigner::generate("witness.example/w1").unwrap().verifier().parse().unwrap();
        assert_eq!(stranger.cosigned(&note), None);
    }

    #[test]
    fn what_is_written_otherwise_is_refused() {
        let good = "log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} a AAAAAAAA\n";
        assert!(good.parse::<Note>().is_ok());
        for bad in
            ["", "a\n", "a\n\n", "a\n\nb\n", &good.replace("\u{2014} a", "- a"), &good.replace('7', "7\r")]
        {
            assert!(bad.parse::<Note>().is_err(), "{bad:?}");
        }
        for bad in [("\n7\n", "\n07\n"), ("\n7\n", "\n-7\n"), ("q2I=", "q2I"), ("log.example", "")] {
            let note: Note = good.replacen(bad.0, bad.1, 1).parse().unwrap();
            assert!(Checkpoint::of(&note).is_err(), "{bad:?}");
        }
        assert!(Cosigner::generate("a b").is_err() && Cosigner::generate("a+b").is_err());
    }
}
