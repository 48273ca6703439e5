//! How values of the vault are sealed: XChaCha20-Poly1305, each customer's values under a key of their own, and that key
//! wrapped under the installation's vault key, a file in the folder of keys.
//!
//! Goes in: bytes and what they belong to. Comes out: text that says nothing. A sealed value is bound to its customer
//! and attribute, so that moving it to another row of the database makes it unreadable, not somebody else's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::error::{Error, Result};

/// A key of 32 bytes; never shown.
pub(super) struct SealingKey([u8; 32]);

/// Bytes of a nonce: long enough to be drawn at random for every value.
const NONCE: usize = 24;

impl SealingKey {
    pub(super) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key at random.
    pub(super) fn fresh() -> Self {
        Self(rand::random())
    }

    /// Seals bytes that belong to `what`.
    pub(super) fn seal(&self, what: &str, plain: &[u8]) -> Result<String> {
        let nonce: [u8; NONCE] = rand::random();
        let sealed = XChaCha20Poly1305::new(&self.0.into())
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: what.as_bytes() })
            .map_err(|_| Error::Internal("a value could not be sealed".to_owned()))?;
        Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what belongs to `what`.
    pub(super) fn open(&self, what: &str, sealed: &str) -> Result<Vec<u8>> {
        let damaged = || {
            Error::Internal(
                "a value of the vault cannot be opened: the vault key is not the one it was sealed with, or the row \
                 was changed; restore keys and database from the same backup"
                    .to_owned(),
            )
        };
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| damaged())?;
        let (nonce, body) = bytes.split_at_checked(NONCE).ok_or_else(damaged)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| damaged())?;
        XChaCha20Poly1305::new(&self.0.into())
            .decrypt(&XNonce::from(nonce), Payload { msg: body, aad: what.as_bytes() })
            .map_err(|_| damaged())
    }

    /// The key itself, sealed under another.
    pub(super) fn wrapped_under(&self, other: &Self, what: &str) -> Result<String> {
        other.seal(what, &self.0)
    }

    /// A key that was sealed under this one.
    pub(super) fn unwrap(&self, what: &str, wrapped: &str) -> Result<Self> {
        let bytes = self.open(what, wrapped)?;
        let bytes =
            bytes.try_into().map_err(|_| Error::Internal("a key of the vault is damaged".to_owned()))?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_under_its_own_key_and_for_what_it_belongs_to_only() {
        let (vault, customer) = (SealingKey::new([7; 32]), SealingKey::fresh());
        let wrapped = customer.wrapped_under(&vault, "C-1").unwrap();
        let sealed = customer.seal("C-1 health", b"asthma").unwrap();
        assert!(!sealed.contains("asthma"));
        let again = vault.unwrap("C-1", &wrapped).unwrap();
        assert_eq!(again.open("C-1 health", &sealed).unwrap(), b"asthma");
        assert!(again.open("C-2 health", &sealed).is_err());
        assert!(vault.unwrap("C-2", &wrapped).is_err());
        assert!(SealingKey::fresh().open("C-1 health", &sealed).is_err());
        assert!(again.open("C-1 health", "not base64!").is_err());
    }

    #[test]
    fn the_same_value_sealed_twice_does_not_look_the_same() {
        let key = SealingKey::fresh();
        assert_ne!(key.seal("x", b"yes").unwrap(), key.seal("x", b"yes").unwrap());
    }
}
