//! A content hash that an approval is bound to: SHA-256, shown as 64 hexadecimal digits.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 of canonical bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// The hash of a sequence of parts. Each part is preceded by its length, so that moving a byte from one part
    /// to the next changes the hash.
    #[must_use]
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// The plain SHA-256 of a text, as `sha256sum` gives it, so that anybody can check it without this program.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The first 12 hexadecimal digits, for people to compare.
    #[must_use]
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(12);
        text
    }
}

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::str::FromStr for ContentHash {
    type Err = BadHash;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadHash(text.to_owned());
        let mut bytes = [0u8; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(bad());
        }
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            let pair = text.get(at..at + 2).ok_or_else(bad)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for ContentHash {
    type Error = BadHash;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.to_string()
    }
}

/// A text that is no SHA-256 in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a content hash of 64 hexadecimal digits")]
pub struct BadHash(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_moved_between_parts_changes_the_hash() {
        let one = ContentHash::of([b"ab".as_slice(), b"c"]);
        let two = ContentHash::of([b"a".as_slice(), b"bc"]);
        assert_ne!(one, two);
        assert_eq!(one.to_string().parse::<ContentHash>().unwrap(), one);
    }
}
