//! Takes messages out of gzip and ZIP, up to a limit.
//!
//! - In: bytes.  Out: what was packed, or why it is refused.
//! - Source: RFC 1952; PKWARE APPNOTE 6.3, as far as one file stored or deflated needs it.
//! - Invariant: no file that comes out is longer than the limit, and no more than that is ever held of
//!   it, whatever the headers announce.

use crate::Fault;
use flate2::Crc;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use std::io::Read;

/// The most files whose entries are looked at.
const MAX_ENTRIES: usize = 1_024;

/// Out of gzip (one or several members), at most `limit` bytes.
pub fn gzip(bytes: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    bounded(MultiGzDecoder::new(bytes), limit)
}

/// Reads to the end, or to the limit.
fn bounded(reader: impl Read, limit: usize) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    let read = reader.take(limit as u64 + 1).read_to_end(&mut out);
    match read {
        Ok(length) if length > limit => Err(Fault::TooLarge),
        Ok(_) => Ok(out),
        Err(_) => Err(Fault::Damaged),
    }
}

/// The files of a ZIP archive.
#[derive(Debug)]
pub struct Archive<'a> {
    bytes: &'a [u8],
    limit: usize,
    /// It has more files than are looked at.
    goes_on: bool,
    entries: Vec<Entry<'a>>,
}

/// One file of an archive, by its entry in the central directory.
#[derive(Debug)]
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
    /// Reads the central directory. Of each file at most `limit` bytes are unpacked.
    pub fn open(bytes: &'a [u8], limit: usize) -> Result<Self, Fault> {
        let (entries, goes_on) = directory(bytes).ok_or(Fault::Damaged)?;
        Ok(Self {
            bytes,
            limit,
            goes_on,
            entries,
        })
    }

    /// The only file; directories do not count.
    pub fn only(&self) -> Result<Vec<u8>, Fault> {
        let mut files = self
            .entries
            .iter()
            .filter(|entry| !entry.name.ends_with(b"/"));
        match (files.next(), files.next()) {
            (Some(entry), None) => self.unpack(entry),
            _ => Err(Fault::Several),
        }
    }

    /// Whether it has more files than are looked at.
    pub(crate) fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// The names of all files.
    pub fn names(&self) -> impl Iterator<Item = &'a [u8]> {
        self.entries.iter().map(|entry| entry.name)
    }

    /// The file of a name; `None` when there is none.
    pub fn file(&self, name: &[u8]) -> Option<Result<Vec<u8>, Fault>> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        Some(self.unpack(entry))
    }

    fn unpack(&self, entry: &Entry<'_>) -> Result<Vec<u8>, Fault> {
        if entry.encrypted {
            return Err(Fault::Encrypted);
        }
        let packed = packed(self.bytes, entry).ok_or(Fault::Damaged)?;
        let out = match entry.method {
            0 => bounded(packed, self.limit)?,
            8 => bounded(DeflateDecoder::new(packed), self.limit)?,
            _ => return Err(Fault::Damaged),
        };
        let mut crc = Crc::new();
        crc.update(&out);
        if crc.sum() == entry.crc {
            Ok(out)
        } else {
            Err(Fault::Damaged)
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

/// The entries of the central directory, and whether there are more; `None` when it cannot be read.
fn directory(bytes: &[u8]) -> Option<(Vec<Entry<'_>>, bool)> {
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
    Some((entries, count > MAX_ENTRIES))
}

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Archive, MAX_ENTRIES};
    use crate::{Fault, Workbook};
    use oriel_testkit::zip;

    #[test]
    fn no_more_comes_out_than_the_limit() {
        let text = " ".repeat(100_000);
        for deflate in [true, false] {
            let bytes = zip(&[("a", &text)], deflate);
            let out = |limit| {
                Archive::open(&bytes, limit)
                    .unwrap()
                    .only()
                    .map(|out| out.len())
            };
            assert_eq!(out(100_000), Ok(100_000));
            assert_eq!(out(99_999), Err(Fault::TooLarge));
        }
    }

    #[test]
    fn a_workbook_of_more_files_than_are_looked_at_is_refused() {
        let names: Vec<String> = (0..=MAX_ENTRIES).map(|n| format!("{n}")).collect();
        let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        let open = |files: &[(&str, &str)]| {
            let bytes = zip(files, false);
            let archive = Archive::open(&bytes, 1 << 20).unwrap();
            Workbook::open(&archive).map(drop)
        };
        assert_eq!(open(&files), Err(Fault::TooLarge));
        files.pop();
        assert_eq!(open(&files), Ok(()));
    }

    #[test]
    fn what_is_damaged_is_told() {
        let bytes = zip(&[("a", "text")], true);
        for (at, fault) in [
            (14, None),
            (31, Some(Fault::Damaged)),
            (0, Some(Fault::Damaged)),
        ] {
            let mut broken = bytes.clone();
            broken[at] ^= 0xff;
            let out = Archive::open(&broken, 1 << 20).and_then(|archive| archive.only());
            // The directory speaks, not the local header.
            assert_eq!(out.err(), fault, "{at}");
        }
    }
}
