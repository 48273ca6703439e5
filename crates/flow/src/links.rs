//! Links to a customer's own pages: a message id and 128 bits of HMAC, so that they cannot be guessed, and one kind
//! of link cannot be turned into another. No address and no name stands in a link.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use terms::ids::MessageId;

use crate::error::{Error, Result};

/// Bytes of the HMAC that a link carries.
const MAC_BYTES: usize = 16;

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Why did I get this?
    Why,
    /// Preferences.
    Preferences,
    /// Opt-out.
    Unsubscribe,
}

impl LinkKind {
    /// Every kind.
    pub(crate) const ALL: &'static [Self] = &[Self::Why, Self::Preferences, Self::Unsubscribe];

    pub(crate) const fn letter(self) -> char {
        match self {
            Self::Why => 'w',
            Self::Preferences => 'p',
            Self::Unsubscribe => 'u',
        }
    }
}

/// Signs and reads links.
#[derive(Clone)]
pub struct LinkSigner {
    key: [u8; 32],
}

impl LinkSigner {
    /// A signer with the installation's key.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    fn mac(&self, kind: LinkKind, message: MessageId) -> Result<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key)
            .map_err(|error| Error::Internal(format!("link key: {error}")))?;
        mac.update(format!("{}:{message}", kind.letter()).as_bytes());
        Ok(mac)
    }

    /// The token of a link: `118-9f86d081884c7d659a2feaa0c55ad015`.
    ///
    /// # Errors
    /// Never with a key of 32 bytes.
    pub fn token(&self, kind: LinkKind, message: MessageId) -> Result<String> {
        use std::fmt::Write;
        let mut token = format!("{message}-");
        for byte in self.mac(kind, message)?.finalize().into_bytes().iter().take(MAC_BYTES) {
            let _ = write!(token, "{byte:02x}");
        }
        Ok(token)
    }

    /// The message a token stands for.
    ///
    /// # Errors
    /// [`Error::NotFound`] for anything that this installation did not sign, without saying what is wrong with it.
    pub fn read(&self, kind: LinkKind, token: &str) -> Result<MessageId> {
        let (id, mac) = token.split_once('-').ok_or(Error::NotFound)?;
        let message: MessageId = id.parse().map_err(|_| Error::NotFound)?;
        // One spelling for each id: `007` is not `7`.
        if message.to_string() != id || mac.len() != 2 * MAC_BYTES || !mac.is_ascii() {
            return Err(Error::NotFound);
        }
        let mut bytes = [0u8; MAC_BYTES];
        for (byte, at) in bytes.iter_mut().zip((0..mac.len()).step_by(2)) {
            let pair = mac.get(at..at + 2).ok_or(Error::NotFound)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| Error::NotFound)?;
        }
        self.mac(kind, message)?.verify_truncated_left(&bytes).map_err(|_| Error::NotFound)?;
        Ok(message)
    }
}

/// A new token of 128 random bits, in hexadecimal: it cannot be guessed, and only its hash is kept.
pub(crate) fn new_token() -> String {
    let bytes: [u8; MAC_BYTES] = rand::random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash by which a random token is known.
pub(crate) fn token_hash(token: &str) -> String {
    terms::hash::ContentHash::of([b"customer-link:".as_slice(), token.as_bytes()]).to_string()
}

/// True for what could be a random token, and not one that is signed for a message.
pub(crate) fn is_random(token: &str) -> bool {
    token.len() == 2 * MAC_BYTES && token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_one_kind_opens_nothing_else() {
        let signer = LinkSigner::new([7; 32]);
        let token = signer.token(LinkKind::Why, MessageId(118)).unwrap();
        assert_eq!(signer.read(LinkKind::Why, &token).unwrap(), MessageId(118));
        assert!(matches!(signer.read(LinkKind::Unsubscribe, &token), Err(Error::NotFound)));
        assert!(LinkSigner::new([8; 32]).read(LinkKind::Why, &token).is_err());
    }

    #[test]
    fn every_changed_character_breaks_a_link() {
        let signer = LinkSigner::new([7; 32]);
        let token = signer.token(LinkKind::Unsubscribe, MessageId(41)).unwrap();
        for position in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(signer.read(LinkKind::Unsubscribe, &changed).is_err(), "{changed}");
        }
        for odd in ["", "-", "41", "41-", "041-aa", "41-ñandú", "9999999999999999999999-00"] {
            assert!(signer.read(LinkKind::Unsubscribe, odd).is_err(), "{odd}");
        }
    }
}
