//! What a transport delivers: unpacked, and telegrams joined, so that it can be decoded.
//!
//! - In: bytes as received.  Out: the bytes in which places count, and a decoder over them.
//! - Invariant: opening never fails; what cannot be opened decodes to one refusal that says why.

use crate::findings::{syntax, table};
use crate::{Conventions, Decoder, telegram, workbook};
use oriel_model::FindingKind;
use oriel_unpack::{Archive, Workbook, gzip};
use std::borrow::Cow;

/// The most bytes that are taken out of one package: twice the longest message.
pub(crate) const MAX_UNPACKED_BYTES: usize = 64 * 1024 * 1024;

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
    /// What is said of the opening itself.
    said: Option<&'static FindingKind>,
}

impl<'a> Transmission<'a> {
    /// Opens what was received: gzip, a ZIP archive of one file, a workbook, several telegrams of
    /// one interchange, or anything else as it is.
    pub fn open(received: &'a [u8]) -> Self {
        let opened = |bytes, said| Self {
            bytes,
            refused: None,
            said,
        };
        let unpacked = if received.starts_with(b"\x1f\x8b") {
            gzip(received, MAX_UNPACKED_BYTES)
                .map(Cow::Owned)
                .map_err(workbook::finding)
        } else if received.starts_with(b"PK\x03\x04") {
            match Archive::open(received, MAX_UNPACKED_BYTES) {
                Ok(archive) if Workbook::is_one(&archive) => match workbook::text(&archive) {
                    Ok(text) => return opened(Cow::Owned(text), Some(&table::FROM_WORKBOOK)),
                    Err(kind) => Err(kind),
                },
                archive => archive
                    .and_then(|archive| archive.only())
                    .map(Cow::Owned)
                    .map_err(workbook::finding),
            }
        } else {
            Ok(Cow::Borrowed(received))
        };
        match unpacked {
            Ok(bytes) => match telegram::join(&bytes) {
                Some(joined) => opened(Cow::Owned(joined), Some(&syntax::TELEGRAMS_JOINED)),
                None => opened(bytes, None),
            },
            Err(kind) => Self {
                bytes: Cow::Borrowed(received),
                refused: Some(kind),
                said: None,
            },
        }
    }

    /// The bytes in which the places of what is decoded count.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Decodes it, one message after another.
    pub fn decode(&self) -> Decoder<'_> {
        self.decode_by(&Conventions::default())
    }

    /// The same, by conventions of one's own.
    pub fn decode_by<'s>(&'s self, conventions: &Conventions) -> Decoder<'s> {
        if let Some(kind) = self.refused {
            return Decoder::refusing(&self.bytes, kind);
        }
        let mut decoder = crate::interchange::decode_by(&self.bytes, conventions);
        if let Some(kind) = self.said {
            decoder.say_first(kind);
        }
        decoder
    }
}
