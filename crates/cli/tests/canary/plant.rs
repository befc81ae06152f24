//! Plants tokens in everything that a message may not say.
//!
//! - In: the cases of every decoder and a profile.  Out: the same messages with a token in the place
//!   of each run of bytes whose heading the profile does not allow, and the tokens.
//! - What is forbidden is told by the decoder's own marks, so that a new element, segment or format
//!   is planted without a line here.

use flate2::Compression;
use flate2::write::GzEncoder;
use oriel_messages::{Decoded, Transmission};
use oriel_model::{Element, Mark};
use oriel_policy::Profile;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Cases of the decoders, by folder.
const CASES: &[&str] = &[
    "paxlst",
    "pnrgov",
    "xml",
    "envelopes",
    "edifact",
    "declarations",
    "tables",
];

/// What every token begins with.
pub(crate) const STEM: &[u8] = b"KANAR";

/// As long, and nothing to look for.
const NO_STEM: &[u8] = b"ERLAU";

/// What was planted.
pub(crate) struct Planted {
    /// Each stands in one message only, and nowhere else.
    pub(crate) tokens: Vec<String>,
    /// The headings under which one was planted.
    pub(crate) elements: BTreeSet<Element>,
    /// Messages with a token.
    pub(crate) messages: usize,
}

/// Writes the planted messages into the folders in turn: as they are, in gzip, in a Type B telegram,
/// and cut in two, so that they are refused.
pub(crate) fn plant(profile: &Profile, folders: &[PathBuf]) -> Planted {
    let mut planted = Planted {
        tokens: Vec::new(),
        elements: BTreeSet::new(),
        messages: 0,
    };
    for case in cases() {
        let received = fs::read(&case).unwrap();
        let Some(bytes) = planted.message(profile, &received) else {
            continue;
        };
        planted.messages += 1;
        let name = case.file_stem().unwrap().to_str().unwrap();
        let name = format!("{:03}-{name}", planted.messages);
        let out = &folders[planted.messages % folders.len()];
        let write = |kind: &str, bytes: &[u8]| {
            fs::write(out.join(format!("{name}.{kind}")), bytes).unwrap();
        };
        write("edi", &bytes);
        // Anything after the first two thirds is cut off.
        write("cut", &bytes[..bytes.len() * 2 / 3]);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&bytes).unwrap();
        write("gz", &gzip.finish().unwrap());
        if bytes.starts_with(b"UN") {
            let telegram = [b"QU XOGOVXO\r\n.ZQAIRZQ 221200\r\n", &bytes[..]].concat();
            write("tty", &telegram);
        }
    }
    planted
}

fn cases() -> Vec<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../messages/tests/data");
    let mut cases = Vec::new();
    for folder in CASES {
        for entry in fs::read_dir(data.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|kind| kind != "expect") {
                cases.push(path);
            }
        }
    }
    cases.sort();
    cases
}

/// Whether a profile lets this run stay.
fn kept(profile: &Profile, mark: &Mark) -> bool {
    profile.keeps(mark.element) && (!mark.past || profile.keeps(Element::History))
}

impl Planted {
    /// A transmission with a token in each forbidden run; nothing where there is none.
    fn message(&mut self, profile: &Profile, received: &[u8]) -> Option<Vec<u8>> {
        let transmission = Transmission::open(received);
        let mut bytes = transmission.bytes().to_vec();
        let mut runs = Vec::new();
        for Decoded { span, marks, .. } in transmission.decode() {
            for mark in marks.iter().filter(|mark| !kept(profile, mark)) {
                let at = mark.at.range();
                if !at.is_empty() {
                    runs.push((span.start + at.start..span.start + at.end, mark.element));
                }
            }
        }
        runs.sort_by_key(|(at, _)| std::cmp::Reverse(at.start));
        let mut tokens = Vec::new();
        for (at, element) in runs {
            let stem = std::str::from_utf8(STEM).unwrap();
            let token = format!("{stem}{:05}VOGEL", self.tokens.len() + tokens.len());
            bytes.splice(at, token.bytes());
            tokens.push((token, element));
        }
        // In its place a token can mean something that is allowed: then it is none, and loses its stem.
        let again = Transmission::open(&bytes);
        let mut allowed = Vec::new();
        for Decoded { span, marks, .. } in again.decode() {
            for mark in marks.iter().filter(|mark| kept(profile, mark)) {
                let at = mark.at.range();
                let run = span.start + at.start..span.start + at.end;
                for found in memchr::memmem::find_iter(&again.bytes()[run.clone()], STEM) {
                    allowed.push(run.start + found);
                }
            }
        }
        drop(again);
        for at in allowed {
            let end = at + STEM.len();
            tokens.retain(|(token, _)| !bytes[at..].starts_with(token.as_bytes()));
            bytes[at..end].copy_from_slice(NO_STEM);
        }
        if tokens.is_empty() {
            return None;
        }
        for (token, element) in tokens {
            self.tokens.push(token);
            self.elements.insert(element);
        }
        Some(bytes)
    }
}
