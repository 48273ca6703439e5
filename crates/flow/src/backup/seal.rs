//! A customer's seal: XChaCha20-Poly1305 under their key, with a random nonce before it and the key's name bound in.

use chacha20poly1305_stream::XChaCha20Poly1305;
use chacha20poly1305_stream::aead::{Aead, KeyInit, Payload};

use crate::error::{Error, Result};
use crate::keyring::SealKey;

const NONCE: usize = 24;

/// Seals a text.
pub(super) fn seal(key: &SealKey, text: &[u8]) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE] = rand::random();
    let cipher = XChaCha20Poly1305::new((&key.key).into());
    let sealed = cipher
        .encrypt((&nonce).into(), Payload { msg: text, aad: &key.name })
        .map_err(|_| Error::Internal("a line of the backup cannot be sealed".to_owned()))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens what [`seal`] sealed; `None` for anything else.
pub(super) fn open(key: &SealKey, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new((&key.key).into());
    cipher.decrypt(nonce.into(), Payload { msg: sealed, aad: &key.name }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_under_its_own_key_and_name_alone() {
        let key = SealKey { name: [1; 16], key: [2; 32] };
        let sealed = seal(&key, b"Ana").unwrap();
        assert_eq!(open(&key, &sealed).unwrap(), b"Ana");
        assert!(open(&SealKey { name: [1; 16], key: [3; 32] }, &sealed).is_none());
        assert!(open(&SealKey { name: [4; 16], key: [2; 32] }, &sealed).is_none());
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(open(&key, &changed).is_none() && open(&key, b"short").is_none());
        assert_ne!(seal(&key, b"Ana").unwrap(), sealed);
    }
}
