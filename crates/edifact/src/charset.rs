//! Character repertoires: from the bytes of an element to text.
//!
//! - Source: ISO 9735-1, syntax identifiers UNOA to UNOY; `IATA`, `IATB` and `SIRE` from airline
//!   practice.
//! - Invariant: no byte is dropped. What the declared repertoire cannot hold is decoded by the
//!   next best one and the caller can ask whether that happened.

use std::borrow::Cow;

/// A declared repertoire, by what decoding needs to know about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Charset {
    /// UNOA, UNOB, IATA, IATB, SIRE: seven bits. A byte above 0x7F is read as UTF-8 if the whole
    /// component is valid UTF-8, else as ISO 8859-1.
    #[default]
    Ascii,
    /// UNOC, and UNOD to UNOK: the part of ISO 8859 with this number.
    Iso8859(u8),
    /// UNOY and UNOW.
    Utf8,
}

impl Charset {
    /// The repertoire behind a syntax identifier (S001, 0001); `None` when we do not know it.
    pub fn from_identifier(identifier: &[u8]) -> Option<Self> {
        Some(match identifier {
            b"UNOA" | b"UNOB" | b"IATA" | b"IATB" | b"SIRE" => Self::Ascii,
            b"UNOC" => Self::Iso8859(1),
            b"UNOD" => Self::Iso8859(2),
            b"UNOE" => Self::Iso8859(5),
            b"UNOF" => Self::Iso8859(7),
            b"UNOG" => Self::Iso8859(3),
            b"UNOH" => Self::Iso8859(4),
            b"UNOI" => Self::Iso8859(6),
            b"UNOJ" => Self::Iso8859(8),
            b"UNOK" => Self::Iso8859(9),
            b"UNOY" | b"UNOW" => Self::Utf8,
            _ => return None,
        })
    }

    /// Whether valid UTF-8 is read as such.
    pub(crate) fn extends_ascii_as_utf8(self) -> bool {
        matches!(self, Self::Ascii | Self::Utf8)
    }

    /// Text of `bytes`: the same as [`Self::decode`] gives, without asking what belongs where.
    pub fn text(self, bytes: &[u8]) -> Cow<'_, str> {
        match (self, std::str::from_utf8(bytes)) {
            (Self::Ascii | Self::Utf8, Ok(text)) => Cow::Borrowed(text),
            _ => self.decode(bytes).0,
        }
    }

    /// Text of `bytes`, and whether every byte belonged to the declared repertoire.
    pub fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        if bytes.is_ascii() {
            let text = std::str::from_utf8(bytes).expect("ASCII is UTF-8");
            return (Cow::Borrowed(text), true);
        }
        match self {
            Self::Iso8859(1) => (encoding_rs::mem::decode_latin1(bytes), true),
            Self::Iso8859(part) => {
                let encoding = match part {
                    2 => encoding_rs::ISO_8859_2,
                    3 => encoding_rs::ISO_8859_3,
                    4 => encoding_rs::ISO_8859_4,
                    5 => encoding_rs::ISO_8859_5,
                    6 => encoding_rs::ISO_8859_6,
                    7 => encoding_rs::ISO_8859_7,
                    8 => encoding_rs::ISO_8859_8,
                    // The WHATWG label "iso-8859-9" is windows-1254; the two differ only below
                    // 0xA0, where ISO 8859 has control characters that names do not use.
                    _ => encoding_rs::WINDOWS_1254,
                };
                let (text, malformed) = encoding.decode_without_bom_handling(bytes);
                (text, !malformed)
            }
            Self::Utf8 | Self::Ascii => match std::str::from_utf8(bytes) {
                Ok(text) => (Cow::Borrowed(text), self == Self::Utf8),
                Err(_) => (encoding_rs::mem::decode_latin1(bytes), false),
            },
        }
    }
}
