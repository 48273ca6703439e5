//! Checkpoints (C2SP tlog-checkpoint) as signed notes (C2SP signed-note) with the installation's Ed25519 key.
//!
//! A note is a text, an empty line, and signature lines `— name base64(key hash, signature)`. The key hash is the
//! first four bytes of SHA-256(name, line feed, algorithm 1, public key). The key is kept in a file that only its
//! owner can read, never in the database, and cannot be printed.

use crate::error::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::path::Path;
use tlog_tiles::{Checkpoint, Hash};

const ED25519: u8 = 1;
/// Algorithm of a witness's key (C2SP tlog-cosignature).
const COSIGNATURE: u8 = 4;
const PRIVATE: &str = "PRIVATE+KEY+";

/// The key that signs checkpoints. It has no `Debug`, so that it cannot end up in a log.
pub struct LedgerKey {
    name: String,
    key: SigningKey,
}

/// What others need to check a signature: the public key under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

/// A note whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    /// The text that was signed, with its last line feed.
    pub text: String,
}

fn conflict(what: impl Into<String>, next: &'static str) -> Error {
    Error::Conflict { what: what.into(), next }
}

fn key_hash(name: &str, algorithm: u8, public: &[u8]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update([b'\n', algorithm]);
    hasher.update(public);
    let hash: [u8; 32] = hasher.finalize().into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

/// A key name has no white space and no plus sign (C2SP signed-note).
fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter == '+')
}

/// Splits `name+hash+base64` and returns the name and the 32 bytes after the algorithm byte.
fn parse_key(text: &str, algorithm: u8) -> Option<(&str, u32, [u8; 32])> {
    let (name, rest) = text.split_once('+')?;
    let (hash, key) = rest.split_once('+')?;
    if !is_key_name(name) || hash.len() != 8 {
        return None;
    }
    let hash = u32::from_str_radix(hash, 16).ok()?;
    let bytes = STANDARD.decode(key).ok()?;
    let (_, key) = bytes.split_first().filter(|(found, _)| **found == algorithm)?;
    Some((name, hash, key.try_into().ok()?))
}

fn write_key(name: &str, public: &[u8], bytes: &[u8; 32]) -> String {
    let hash = u32::from_be_bytes(key_hash(name, ED25519, public));
    let mut key = vec![ED25519];
    key.extend_from_slice(bytes);
    format!("{name}+{hash:08x}+{}", STANDARD.encode(key))
}

impl LedgerKey {
    /// The key in a file, or a fresh one under this name, written so that only its owner can read it.
    ///
    /// # Errors
    /// When the file cannot be used, others can read it, or the name has a space or a plus sign.
    pub fn open_or_create(path: &Path, name: &str) -> Result<Self> {
        let failed = |source| Error::File { path: path.display().to_string(), source };
        if !is_key_name(name) {
            return Err(conflict(
                format!("`{name}` cannot name a key"),
                "choose a name without spaces and plus signs",
            ));
        }
        if !path.exists() {
            let key = Self { name: name.to_owned(), key: SigningKey::from_bytes(&rand::random()) };
            let text =
                PRIVATE.to_owned() + &write_key(name, key.key.verifying_key().as_bytes(), key.key.as_bytes());
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path).map_err(failed)?;
            std::io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)?;
            file.sync_all().map_err(failed)?;
            return Ok(key);
        }
        #[cfg(unix)]
        {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&path.metadata().map_err(failed)?.permissions());
            if mode & 0o077 != 0 {
                let what = format!("others can read the ledger key `{}`", path.display());
                return Err(conflict(what, "run chmod 600 on it, and consider it seen"));
            }
        }
        let text = std::fs::read_to_string(path).map_err(failed)?;
        Self::parse(text.trim()).ok_or_else(|| {
            conflict(format!("`{}` holds no ledger key", path.display()), "restore the file from your backup")
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let (name, hash, seed) = parse_key(text.strip_prefix(PRIVATE)?, ED25519)?;
        let key = SigningKey::from_bytes(&seed);
        let expected = u32::from_be_bytes(key_hash(name, ED25519, key.verifying_key().as_bytes()));
        (hash == expected).then(|| Self { name: name.to_owned(), key })
    }

    /// What others need to check its signatures, as text: `name+hash+key`.
    #[must_use]
    pub fn verifier(&self) -> String {
        let public = self.key.verifying_key();
        write_key(&self.name, public.as_bytes(), public.as_bytes())
    }

    /// Signs a text that ends with a line feed.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let mut signature = key_hash(&self.name, ED25519, self.key.verifying_key().as_bytes()).to_vec();
        signature.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n\u{2014} {} {}\n", self.name, STANDARD.encode(signature))
    }

    pub(super) fn sign_checkpoint(&self, size: u64, root: Hash) -> Result<String> {
        let checkpoint = Checkpoint::new(&self.name, size, root, "")
            .map_err(|_| conflict("a checkpoint cannot be written", "check the name of the ledger key"))?;
        Ok(self.sign(&String::from_utf8_lossy(&checkpoint.to_bytes())))
    }
}

impl std::str::FromStr for Verifier {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let bad = || {
            conflict(format!("`{text}` is no verifier key"), "write it as name+hash+key, as candor shows it")
        };
        let (name, hash, public) = parse_key(text, ED25519).ok_or_else(bad)?;
        if hash != u32::from_be_bytes(key_hash(name, ED25519, &public)) {
            return Err(bad());
        }
        let key = VerifyingKey::from_bytes(&public).map_err(|_| bad())?;
        Ok(Self { name: name.to_owned(), key })
    }
}

impl Verifier {
    /// Checks a signed note; `None` when no signature of this key holds.
    #[must_use]
    pub fn open(&self, note: &str) -> Option<SignedNote> {
        let (text, signatures) = note.rsplit_once("\n\n")?;
        let text = format!("{text}\n");
        let hash = key_hash(&self.name, ED25519, self.key.as_bytes());
        let holds = signatures.strip_suffix('\n')?.split('\n').any(|line| {
            let Some((name, encoded)) = line.strip_prefix("\u{2014} ").and_then(|line| line.split_once(' '))
            else {
                return false;
            };
            let Ok(bytes) = STANDARD.decode(encoded) else { return false };
            let Some((found, signature)) = bytes.split_at_checked(4) else { return false };
            let Ok(signature) = Signature::from_slice(signature) else { return false };
            name == self.name && found == hash && self.key.verify_strict(text.as_bytes(), &signature).is_ok()
        });
        holds.then_some(SignedNote { text })
    }

    /// Checks a signed checkpoint of this log: size and root.
    pub(super) fn open_checkpoint(&self, note: &str) -> Option<(u64, Hash)> {
        let checkpoint = Checkpoint::from_bytes(self.open(note)?.text.as_bytes()).ok()?;
        (checkpoint.origin() == self.name).then(|| (checkpoint.size(), *checkpoint.hash()))
    }
}

/// The public key of a witness (C2SP tlog-cosignature, Ed25519).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    key: VerifyingKey,
}

impl std::str::FromStr for WitnessKey {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let bad = || {
            let next = "write it as name+hash+key, as candor-witness shows it";
            conflict(format!("`{text}` is no key of a witness"), next)
        };
        let (name, hash, public) = parse_key(text, COSIGNATURE).ok_or_else(bad)?;
        let key = VerifyingKey::from_bytes(&public).map_err(|_| bad())?;
        if hash != u32::from_be_bytes(key_hash(name, COSIGNATURE, &public)) || key.is_weak() {
            return Err(bad());
        }
        Ok(Self { name: name.to_owned(), key })
    }
}

impl WitnessKey {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When a signature line says that the witness cosigned a note, in seconds since 1970; `None` when it does not
    /// hold, or is somebody else's.
    #[must_use]
    pub fn cosigned(&self, note: &str, line: &str) -> Option<u64> {
        let text = note.split_once("\n\n").map(|(text, _)| format!("{text}\n"))?;
        let (name, encoded) = line.strip_prefix("\u{2014} ")?.strip_suffix('\n')?.split_once(' ')?;
        let bytes = STANDARD.decode(encoded).ok()?;
        let (hash, rest) = bytes.split_first_chunk::<4>()?;
        let (time, signature) = rest.split_first_chunk::<8>()?;
        let seconds = u64::from_be_bytes(*time);
        i64::try_from(seconds).ok()?;
        let signature = Signature::from_slice(signature).ok()?;
        let message = format!("cosignature/v1\ntime {seconds}\n{text}");
        let mine = name == self.name && *hash == key_hash(&self.name, COSIGNATURE, self.key.as_bytes());
        (mine && self.key.verify_strict(message.as_bytes(), &signature).is_ok()).then_some(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors() -> Option<serde_json::Value> {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/data/signed_note_vectors/note_vectors.json"
        );
        let text = std::fs::read_to_string(path).ok();
        if text.is_none() {
            eprintln!("skipped: the shared signed-note vectors are not here");
        }
        text.map(|text| serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn published_notes_verify_and_changed_ones_do_not() {
        let Some(vectors) = vectors() else { return };
        let text = vectors["note_text"].as_str().unwrap();
        for key in vectors["keys"].as_array().unwrap() {
            let verifier: Verifier = key["vkey"].as_str().unwrap().parse().unwrap();
            let line = key["sigline"].as_str().unwrap();
            let note = format!("{text}\n{line}\n");
            assert_eq!(verifier.open(&note).unwrap().text, text);
            assert_eq!(verifier.open(&note.replacen("answer", "Answer", 1)), None);
            if let Some(secret) = key["skey"].as_str() {
                // Ed25519 is deterministic: the same key and text give the published signature.
                let signer = LedgerKey::parse(secret).unwrap();
                assert_eq!(signer.sign(text), note);
                assert_eq!(signer.verifier(), key["vkey"].as_str().unwrap());
            }
        }
        for bad in vectors["bad_vkeys"].as_array().unwrap() {
            assert!(bad.as_str().unwrap().parse::<Verifier>().is_err(), "{bad}");
        }
        let example = vectors["checkpoint_example_unverified"].as_str().unwrap();
        let body = example.rsplit_once("\n\n").unwrap().0.to_owned() + "\n";
        assert_eq!(Checkpoint::from_bytes(body.as_bytes()).unwrap().size(), 20_852_163);
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_only_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.key");
        let made = LedgerKey::open_or_create(&path, "candor.example").unwrap();
        let read = LedgerKey::open_or_create(&path, "candor.example").unwrap();
        assert_eq!(made.verifier(), read.verifier());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert!(LedgerKey::open_or_create(&path, "candor.example").is_err());
        }
    }
}
