//! Which encoding a text is in, and its lines as UTF-8.
//!
//! UTF-16 is translated as a stream. UTF-8 and Windows-1252 share their delimiters, so those bytes pass through and each
//! row is decoded by itself: a stray Windows-1252 row in a UTF-8 file is read as what it is.

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;
use std::io::Read;

/// The encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, of which ASCII is a part.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// Windows-1252, of which Latin-1's letters are a part.
    Windows1252,
}

impl Encoding {
    /// Its usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 with byte order mark",
            Self::Utf16Le => "UTF-16 little endian",
            Self::Utf16Be => "UTF-16 big endian",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// The encoding of a sample from the beginning of a text, or what it is instead of text.
pub(crate) fn detect(sample: &[u8]) -> Result<Encoding, String> {
    match sample {
        [0xef, 0xbb, 0xbf, ..] => return Ok(Encoding::Utf8Bom),
        [0xff, 0xfe, ..] => return Ok(Encoding::Utf16Le),
        [0xfe, 0xff, ..] => return Ok(Encoding::Utf16Be),
        _ => {}
    }
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if even + odd > 0 {
        // Mostly Latin text in UTF-16 has a zero in every second byte.
        let half = sample.len() / 2;
        return match (even, odd) {
            (0, odd) if odd * 2 > half => Ok(Encoding::Utf16Le),
            (even, 0) if even * 2 > half => Ok(Encoding::Utf16Be),
            _ => Err("it holds zero bytes, as programs and pictures do".to_owned()),
        };
    }
    let control = sample.iter().filter(|byte| matches!(**byte, 1..=8 | 14..=31 | 127)).count();
    if control * 50 > sample.len() {
        return Err("many of its bytes are no text".to_owned());
    }
    match std::str::from_utf8(sample) {
        Ok(_) => Ok(Encoding::Utf8),
        // A letter cut at the end of the sample is no fault.
        Err(error) if error.error_len().is_none() => Ok(Encoding::Utf8),
        Err(_) => Ok(Encoding::Windows1252),
    }
}

/// A row's bytes as text.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// A reader of UTF-8 over a reader of another encoding; byte order marks are removed.
pub(crate) fn reader<'r>(inner: &'r mut dyn Read, encoding: Encoding) -> Box<dyn Read + 'r> {
    match encoding {
        Encoding::Utf8 | Encoding::Windows1252 => Box::new(inner),
        Encoding::Utf8Bom => Box::new(WithoutMark { inner, done: false }),
        Encoding::Utf16Le => Box::new(Utf16::new(inner, UTF_16LE.new_decoder_with_bom_removal())),
        Encoding::Utf16Be => Box::new(Utf16::new(inner, UTF_16BE.new_decoder_with_bom_removal())),
    }
}

struct WithoutMark<'r> {
    inner: &'r mut dyn Read,
    done: bool,
}

impl Read for WithoutMark<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        if !self.done {
            self.done = true;
            self.inner.read_exact(&mut [0; 3])?;
        }
        self.inner.read(to)
    }
}

struct Utf16<'r> {
    inner: &'r mut dyn Read,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<'r> Utf16<'r> {
    fn new(inner: &'r mut dyn Read, decoder: Decoder) -> Self {
        Self { inner, decoder, raw: vec![0; 1 << 15], text: Vec::new(), at: 0, ended: false }
    }
}

impl Read for Utf16<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        while self.at >= self.text.len() {
            if self.ended {
                return Ok(0);
            }
            let n = self.inner.read(&mut self.raw)?;
            self.ended = n == 0;
            let raw = self.raw.get(..n).unwrap_or_default();
            // At most three bytes of UTF-8 for each two of UTF-16, and some for what the decoder holds back.
            self.text.resize(n * 2 + 16, 0);
            let (result, _, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, self.ended);
            if result == CoderResult::OutputFull {
                return Err(std::io::Error::other("the text does not fit its decoder"));
            }
            self.text.truncate(written);
            self.at = 0;
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let n = rest.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.at += n;
        Ok(n)
    }
}
