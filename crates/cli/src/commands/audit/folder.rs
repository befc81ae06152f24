//! The export of a log: a folder that can be read, and proved, without this program.
//!
//! - `events/NNNNNNNNNNNN.ndjson`: one event a line; a file is named after its first event.
//! - `checkpoints.ndjson`: the signed notes.  `keys.txt`: public keys.  `begin.json`: where the log
//!   begins, if its front was removed.  `README.md`: all of this in words.
//! - Invariant: what is blank is left out, and what is not known is refused: a field that nobody
//!   hashes must not look as if it were proved.

use super::{Each, Marks};
use crate::digest::hex;
use crate::output::{Exit, fail};
use anyhow::Context;
use jiff::Timestamp;
use oriel_policy::audit::{Broken, Entry, Hash, Kept, PublicKey, Record, Tree};
use oriel_store::CheckpointRow;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

pub(super) const EVENTS: &str = "events";
pub(super) const CHECKPOINTS: &str = "checkpoints.ndjson";
pub(super) const KEYS: &str = "keys.txt";
pub(super) const BEGIN: &str = "begin.json";
pub(super) const README: &str = "README.md";

/// One event.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'a> {
    n: u64,
    at: Timestamp,
    #[serde(borrow)]
    actor: Cow<'a, str>,
    act: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    object: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    purpose: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    recipient: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    compartment: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    profile: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    detail: Cow<'a, str>,
    hash: Cow<'a, str>,
}

impl<'a> Line<'a> {
    pub(super) fn of(entry: &Entry<'a>) -> Self {
        let record = entry.record;
        Self {
            n: entry.sequence,
            at: record.at,
            actor: record.actor.into(),
            act: record.act.into(),
            object: record.object.into(),
            purpose: record.purpose.into(),
            recipient: record.recipient.into(),
            compartment: record.compartment.into(),
            profile: record.profile.into(),
            detail: record.detail.into(),
            hash: hex(&entry.hash).into(),
        }
    }

    fn entry(&self) -> Option<Entry<'_>> {
        Some(Entry {
            sequence: self.n,
            record: Record {
                at: self.at,
                actor: &self.actor,
                act: &self.act,
                object: &self.object,
                purpose: &self.purpose,
                recipient: &self.recipient,
                compartment: &self.compartment,
                profile: &self.profile,
                detail: &self.detail,
            },
            hash: unhex(&self.hash)?,
        })
    }
}

/// One checkpoint.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    size: u64,
    at: Timestamp,
    note: String,
}

/// Where the log begins.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    size: u64,
    head: String,
    peaks: Vec<String>,
    note: String,
}

impl Note {
    pub(super) fn of(row: &CheckpointRow) -> Self {
        Self {
            size: row.kept.tree.size(),
            at: row.at,
            note: row.kept.note.clone(),
        }
    }
}

impl Begin {
    pub(super) fn of(kept: &Kept) -> Self {
        Self {
            size: kept.tree.size(),
            head: hex(&kept.head),
            peaks: kept.tree.peaks().iter().map(|hash| hex(hash)).collect(),
            note: kept.note.clone(),
        }
    }

    fn kept(self) -> Option<Kept> {
        let peaks = self.peaks.iter().map(|peak| unhex(peak));
        Some(Kept {
            tree: Tree::from_peaks(self.size, peaks.collect::<Option<_>>()?)?,
            head: unhex(&self.head)?,
            note: self.note,
        })
    }
}

/// What an export says beside its events.
pub(super) fn marks(folder: &Path) -> anyhow::Result<Marks> {
    let begin = folder.join(BEGIN);
    let base = match begin.is_file() {
        false => None,
        true => {
            let text = read(&begin)?;
            let begin: Begin = parse(&text, &begin)?;
            Some(begin.kept().ok_or_else(|| spoilt(&folder.join(BEGIN)))?)
        }
    };
    let path = folder.join(CHECKPOINTS);
    let notes = read(&path)?
        .lines()
        .map(|line| Ok(parse::<Note>(line, &path)?.note))
        .collect::<anyhow::Result<_>>()?;
    let path = folder.join(KEYS);
    let keys = keys(&read(&path)?, "").ok_or_else(|| spoilt(&path))?;
    Ok(Marks { base, notes, keys })
}

/// Public keys, one a line: `name+id+key`, or as `oriel keys export-public` prints them, which
/// count for the log that is called `origin`.
pub(super) fn keys(text: &str, origin: &str) -> Option<Vec<PublicKey>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            PublicKey::parse(line).or_else(|| {
                let public: Public = serde_json::from_str(line).ok()?;
                PublicKey::new(origin, unhex(&public.public_key)?)
            })
        })
        .collect()
}

/// A public key as `oriel keys export-public` prints it, as far as it matters here.
#[derive(Deserialize)]
struct Public {
    public_key: String,
}

/// Every event of an export, in order.
pub(super) fn each(folder: &Path, each: Each<'_>) -> anyhow::Result<()> {
    let mut next = None;
    let mut line = Vec::new();
    for path in segments(folder)? {
        let unreadable = || format!("could not read {}", path.display());
        let file = File::open(&path).with_context(unreadable)?;
        let mut file = BufReader::with_capacity(1 << 18, file);
        loop {
            line.clear();
            if file.read_until(b'\n', &mut line).with_context(unreadable)? == 0 {
                break;
            }
            let read = serde_json::from_slice::<Line<'_>>(&line).ok();
            match read.as_ref().and_then(Line::entry) {
                Some(entry) => {
                    next = Some(entry.sequence + 1);
                    each(&entry)?;
                }
                None => {
                    let sequence = next.unwrap_or_else(|| first(&path));
                    return Err(Broken::Unreadable { sequence }.into());
                }
            }
        }
    }
    Ok(())
}

/// The files of events, in order.
fn segments(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = folder.join(EVENTS);
    let list = std::fs::read_dir(&folder)
        .with_context(|| format!("could not list {}", folder.display()))?;
    let mut paths = Vec::new();
    for file in list {
        paths.push(file?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "ndjson"));
    paths.sort();
    Ok(paths)
}

/// The number of the first event of a file, by its name.
fn first(path: &Path) -> u64 {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.and_then(|stem| stem.parse().ok()).unwrap_or(1)
}

/// Name of the file that begins with event number `first`.
pub(super) fn segment(first: u64) -> String {
    format!("{first:012}.ndjson")
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}

fn parse<T: DeserializeOwned>(text: &str, path: &Path) -> anyhow::Result<T> {
    serde_json::from_str(text).map_err(|_| spoilt(path))
}

fn spoilt(path: &Path) -> anyhow::Error {
    let text = format!("{} is not what an export holds", path.display());
    fail(Exit::Integrity, text)
}

pub(super) fn unhex(text: &str) -> Option<Hash> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let mut hash = [0; 32];
    if pairs.len() != hash.len() {
        return None;
    }
    for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(hash)
}
