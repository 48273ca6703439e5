//! Notices: what somebody was told about the use of their data before they answered. A receipt refers to one by version,
//! language and hash.

use crate::consent::Purpose;
use crate::customer::Language;
use crate::hash::ContentHash;
use crate::ids::NoticeId;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// A version of a notice in one language; never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Identifier; later notices have higher ones.
    pub id: NoticeId,
    /// Version, the same in all languages: `sign-up-1`.
    pub version: String,
    /// Language of the text.
    pub language: Language,
    /// Purposes it speaks of.
    pub purposes: Vec<Purpose>,
    /// The full text.
    pub text: String,
    /// SHA-256 of the text, as `sha256sum` gives it.
    pub hash: ContentHash,
    /// When it was added.
    pub added_at: Instant,
}

impl Notice {
    /// True when a receipt's hash is this text's. Receipts of the first pages carry a hash over length and text.
    #[must_use]
    pub fn has_hash(&self, hash: &str) -> bool {
        hash.eq_ignore_ascii_case(&self.hash.to_string())
            || hash.eq_ignore_ascii_case(&ContentHash::of([self.text.as_bytes()]).to_string())
    }
}
