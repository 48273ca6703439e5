//! The outer encryption of a backup: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over
//! XChaCha20-Poly1305, in pieces of 64 KiB. A piece changed, moved, repeated or cut off at the end is noticed.

use std::io::{Error, ErrorKind, Read, Result, Write};

use chacha20poly1305_stream::XChaCha20Poly1305;
use chacha20poly1305_stream::aead::KeyInit;
use chacha20poly1305_stream::aead::stream::{DecryptorBE32, EncryptorBE32};

/// What a file begins with.
const MAGIC: &[u8; 16] = b"candor-backup/1\n";
/// Plain bytes in a piece.
const PIECE: usize = 64 * 1024;
/// Bytes that a piece's tag adds.
const TAG: usize = 16;
/// Random bytes of the nonce; five more count pieces and mark the last.
const NONCE: usize = 19;

/// Encrypts what is written to it.
pub(super) struct Sealer<W> {
    out: W,
    cipher: EncryptorBE32<XChaCha20Poly1305>,
    piece: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    pub(super) fn begin(mut out: W, key: &[u8; 32]) -> Result<Self> {
        let nonce: [u8; NONCE] = rand::random();
        out.write_all(MAGIC)?;
        out.write_all(&nonce)?;
        let cipher = EncryptorBE32::from_aead(XChaCha20Poly1305::new(key.into()), (&nonce).into());
        Ok(Self { out, cipher, piece: Vec::with_capacity(PIECE) })
    }

    /// Writes the last piece.
    pub(super) fn finish(self) -> Result<W> {
        let Self { mut out, cipher, piece } = self;
        let sealed = cipher.encrypt_last(piece.as_slice()).map_err(|_| broken())?;
        out.write_all(&sealed)?;
        out.flush()?;
        Ok(out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        // A full piece waits until there is more: the last one is written by `finish`, and may be full.
        if self.piece.len() == PIECE && !bytes.is_empty() {
            let sealed = self.cipher.encrypt_next(self.piece.as_slice()).map_err(|_| broken())?;
            self.out.write_all(&sealed)?;
            self.piece.clear();
        }
        let taken = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> Result<()> {
        self.out.flush()
    }
}

/// Decrypts what it reads.
pub(super) struct Opener<R> {
    input: R,
    cipher: Option<DecryptorBE32<XChaCha20Poly1305>>,
    ahead: Vec<u8>,
    piece: Vec<u8>,
    at: usize,
}

impl<R: Read> Opener<R> {
    pub(super) fn begin(mut input: R, key: &[u8; 32]) -> Result<Self> {
        let (mut magic, mut nonce) = ([0; 16], [0; NONCE]);
        input.read_exact(&mut magic)?;
        if magic != *MAGIC {
            return Err(Error::new(ErrorKind::InvalidData, "it is not a backup of this format"));
        }
        input.read_exact(&mut nonce)?;
        let cipher = DecryptorBE32::from_aead(XChaCha20Poly1305::new(key.into()), (&nonce).into());
        let ahead = read_piece(&mut input)?;
        Ok(Self { input, cipher: Some(cipher), ahead, piece: Vec::new(), at: 0 })
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        if self.at == self.piece.len() {
            let Some(mut cipher) = self.cipher.take() else { return Ok(0) };
            let sealed = std::mem::replace(&mut self.ahead, read_piece(&mut self.input)?);
            self.piece = if self.ahead.is_empty() {
                cipher.decrypt_last(sealed.as_slice()).map_err(|_| broken())?
            } else {
                let piece = cipher.decrypt_next(sealed.as_slice()).map_err(|_| broken())?;
                self.cipher = Some(cipher);
                piece
            };
            self.at = 0;
        }
        let rest = self.piece.get(self.at..).unwrap_or_default();
        let taken = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..taken), rest.get(..taken)) {
            to.copy_from_slice(from);
        }
        self.at += taken;
        Ok(taken)
    }
}

fn read_piece(input: &mut impl Read) -> Result<Vec<u8>> {
    let mut piece = Vec::with_capacity(PIECE + TAG);
    input.by_ref().take((PIECE + TAG) as u64).read_to_end(&mut piece)?;
    Ok(piece)
}

fn broken() -> Error {
    Error::new(ErrorKind::InvalidData, "it was changed or cut off, or belongs to another installation's keys")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(text: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::begin(Vec::new(), &[7; 32]).unwrap();
        sealer.write_all(text).unwrap();
        sealer.finish().unwrap()
    }

    fn opened(bytes: &[u8], key: u8) -> Result<Vec<u8>> {
        let mut text = Vec::new();
        Opener::begin(bytes, &[key; 32])?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn what_was_sealed_opens_at_every_length_around_a_piece() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5] {
            let text: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            assert_eq!(opened(&sealed(&text), 7).unwrap(), text, "{length}");
        }
    }

    #[test]
    fn a_backup_changed_or_cut_off_or_of_other_keys_does_not_open() {
        let whole = sealed(&vec![5; 3 * PIECE]);
        assert!(opened(&whole, 8).is_err());
        let piece = PIECE + TAG;
        let start = MAGIC.len() + NONCE;
        for end in [start + piece, start + 2 * piece, whole.len() - 1] {
            assert!(opened(&whole[..end], 7).is_err(), "{end}");
        }
        for at in [20, start + 3, start + piece + 9, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(opened(&changed, 7).is_err(), "{at}");
        }
        let mut swapped = whole.clone();
        swapped[start..start + 2 * piece].rotate_left(piece);
        assert!(opened(&swapped, 7).is_err());
    }
}
