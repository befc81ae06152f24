//! What a transport delivers: unpacked, and telegrams joined, so that it can be decoded.
//!
//! - In: bytes as received.  Out: the bytes in which places count, and a decoder over them.
//! - Invariant: opening never fails; what cannot be opened decodes to one refusal that says why.

use crate::findings::syntax;
use crate::unpack::{self, Archive};
use crate::{Decoder, telegram};
use oriel_model::FindingKind;
use std::borrow::Cow;

/// Bytes as received, opened.
///
/// ```
/// let sent = b"QK UTOAPZQ\r\n.NBOOPZQ 040846\r\nUNB+UNOA:4+ZQ+XO+261104:0846+1'UNZ+0+1'";
/// let transmission = oriel_messages::Transmission::open(sent);
/// assert_eq!(transmission.decode().count(), 1);
/// ```
#[derive(Debug)]
pub struct Transmission<'a> {
    bytes: Cow<'a, [u8]>,
    refused: Option<&'static FindingKind>,
    joined: bool,
}

impl<'a> Transmission<'a> {
    /// Opens what was received: gzip, a ZIP archive of one file, several telegrams of one
    /// interchange, or anything else as it is.
    pub fn open(received: &'a [u8]) -> Self {
        let unpacked = if received.starts_with(b"\x1f\x8b") {
            unpack::gzip(received).map(Cow::Owned)
        } else if received.starts_with(b"PK\x03\x04") {
            let only = Archive::open(received).and_then(|archive| archive.only());
            only.map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(received))
        };
        match unpacked {
            Ok(bytes) => match telegram::join(&bytes) {
                Some(joined) => Self {
                    bytes: Cow::Owned(joined),
                    refused: None,
                    joined: true,
                },
                None => Self {
                    bytes,
                    refused: None,
                    joined: false,
                },
            },
            Err(kind) => Self {
                bytes: Cow::Borrowed(received),
                refused: Some(kind),
                joined: false,
            },
        }
    }

    /// The bytes in which the places of what is decoded count.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Decodes it, one message after another.
    pub fn decode(&self) -> Decoder<'_> {
        if let Some(kind) = self.refused {
            return Decoder::refusing(&self.bytes, kind);
        }
        let mut decoder = crate::decode(&self.bytes);
        if self.joined {
            decoder.say_first(&syntax::TELEGRAMS_JOINED);
        }
        decoder
    }
}
