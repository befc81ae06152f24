//! Takes messages out of gzip and ZIP, up to a limit.
//!
//! - In: bytes.  Out: what was packed, or why it is refused.
//! - Source: RFC 1952; PKWARE APPNOTE 6.3, as far as one file stored or deflated needs it.
//! - Invariant: what comes out is never longer than [`MAX_UNPACKED_BYTES`], and no more than that is
//!   ever held, whatever the headers announce.

use crate::findings::syntax;
use flate2::Crc;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use oriel_model::FindingKind;
use std::io::Read;

/// The most bytes that are taken out of one package: twice the longest message.
pub(crate) const MAX_UNPACKED_BYTES: usize = 64 * 1024 * 1024;

/// The most files whose entries are looked at.
const MAX_ENTRIES: usize = 64;

/// Out of gzip (one or several members).
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>, &'static FindingKind> {
    bounded(MultiGzDecoder::new(bytes), MAX_UNPACKED_BYTES)
}

/// Reads to the end, or to the limit.
fn bounded(reader: impl Read, limit: usize) -> Result<Vec<u8>, &'static FindingKind> {
    let mut out = Vec::new();
    let read = reader.take(limit as u64 + 1).read_to_end(&mut out);
    match read {
        Ok(length) if length > limit => Err(&syntax::UNPACKED_TOO_LARGE),
        Ok(_) => Ok(out),
        Err(_) => Err(&syntax::PACKAGE_DAMAGED),
    }
}

/// The files of a ZIP archive.
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry<'a>>,
}

/// One file of an archive, by its entry in the central directory.
struct Entry<'a> {
    name: &'a [u8],
    method: u16,
    encrypted: bool,
    crc: u32,
    packed: usize,
    /// Where its local header stands.
    at: usize,
}

impl<'a> Archive<'a> {
    /// Reads the central directory.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, &'static FindingKind> {
        let entries = directory(bytes).ok_or(&syntax::PACKAGE_DAMAGED)?;
        Ok(Self { bytes, entries })
    }

    /// The only file; directories do not count.
    pub(crate) fn only(&self) -> Result<Vec<u8>, &'static FindingKind> {
        let mut files = self
            .entries
            .iter()
            .filter(|entry| !entry.name.ends_with(b"/"));
        match (files.next(), files.next()) {
            (Some(entry), None) => self.unpack(entry),
            _ => Err(&syntax::PACKAGE_OF_SEVERAL),
        }
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a [u8]> {
        self.entries.iter().map(|entry| entry.name)
    }

    /// The file of a name; `None` when there is none.
    pub(crate) fn file(&self, name: &[u8]) -> Option<Result<Vec<u8>, &'static FindingKind>> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        Some(self.unpack(entry))
    }

    fn unpack(&self, entry: &Entry<'_>) -> Result<Vec<u8>, &'static FindingKind> {
        if entry.encrypted {
            return Err(&syntax::PACKAGE_ENCRYPTED);
        }
        let packed = packed(self.bytes, entry).ok_or(&syntax::PACKAGE_DAMAGED)?;
        let out = match entry.method {
            0 => bounded(packed, MAX_UNPACKED_BYTES)?,
            8 => bounded(DeflateDecoder::new(packed), MAX_UNPACKED_BYTES)?,
            _ => return Err(&syntax::PACKAGE_DAMAGED),
        };
        let mut crc = Crc::new();
        crc.update(&out);
        if crc.sum() == entry.crc {
            Ok(out)
        } else {
            Err(&syntax::PACKAGE_DAMAGED)
        }
    }
}

/// The bytes of a file behind its local header.
fn packed<'a>(bytes: &'a [u8], entry: &Entry<'_>) -> Option<&'a [u8]> {
    let header = bytes.get(entry.at..)?;
    if !header.starts_with(b"PK\x03\x04") {
        return None;
    }
    let start = 30 + usize::from(two(header, 26)?) + usize::from(two(header, 28)?);
    header.get(start..start.checked_add(entry.packed)?)
}

/// The entries of the central directory; `None` when it cannot be read.
fn directory(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
    // The end record stands at the end, before a comment of at most 64 KiB.
    let near = bytes.len().saturating_sub(22 + 65_535);
    let end = near + memchr::memmem::rfind(&bytes[near..], b"PK\x05\x06")?;
    let end = &bytes[end..];
    let count = usize::from(two(end, 10)?);
    let mut at = four(end, 16)? as usize;
    let mut entries = Vec::new();
    for _ in 0..count.min(MAX_ENTRIES) {
        let header = bytes.get(at..)?;
        if !header.starts_with(b"PK\x01\x02") {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|place| two(header, place));
        let name_end = 46 + usize::from(name?);
        entries.push(Entry {
            name: header.get(46..name_end)?,
            method: two(header, 10)?,
            encrypted: two(header, 8)? & 1 != 0,
            crc: four(header, 16)?,
            packed: four(header, 20)? as usize,
            at: four(header, 42)? as usize,
        });
        at += name_end + usize::from(extra?) + usize::from(comment?);
    }
    Some(entries)
}

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
