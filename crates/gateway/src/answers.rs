//! What a carrier finds in its folder of answers.
//!
//! - In: what became of a transmission. Out: files beside each other, `NAME.DIGEST.1.reply` and so
//!   on for the answers that were agreed, `NAME.DIGEST.receipt.json` last.
//! - Invariants: a file is there whole or not at all, and outlasts a crash; the same content under
//!   the same name is answered in the same files, so that a repeat leaves no second answer.

use crate::Taken;
use crate::desk::Waiting;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Bytes of a sender's name that are kept of it: a name made from it has 255 at most.
const NAME: usize = 160;

/// What unfinished files are called.
const UNFINISHED: &[&str] = &[".part", ".tmp", ".filepart"];

/// Whether a sender says by the name that it is still writing.
pub(crate) fn is_unfinished(name: &[u8]) -> bool {
    let ends = |end: &&str| name.ends_with(end.as_bytes());
    name.starts_with(b".") || UNFINISHED.iter().any(ends)
}

/// As much of a sender's name as is kept.
pub(crate) fn short(name: &[u8]) -> &OsStr {
    OsStr::from_bytes(&name[..name.len().min(NAME)])
}

/// A folder of answers.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) folder: PathBuf,
    /// Two senders of one file at a time would write one draft.
    one: Mutex<()>,
}

impl Answers {
    pub(crate) fn new(folder: PathBuf) -> Self {
        let one = Mutex::default();
        Self { folder, one }
    }

    /// Leaves receipt and answers.
    pub(crate) fn leave(&self, name: &OsStr, digest: &str, taken: &Taken) -> io::Result<()> {
        self.leave_all(name, digest, &taken.json(), &taken.answers)
    }

    /// Leaves a receipt for what was not read because it is too large.
    pub(crate) fn too_large(&self, name: &OsStr, most: u64) -> io::Result<()> {
        let says = format!("the file has more than {most} bytes; nothing of it was read");
        let receipt = json!({"schema": "oriel.receipt/1", "messages": [], "error": says});
        self.leave_all(name, "too-large", &receipt, &[])
    }

    /// Leaves what waits for the carrier: a notice, what is asked for as `ntc_….request.edi` before
    /// its notice, or an answer that has changed as `NUMBER.changed.reply`.
    pub(crate) fn waiting(&self, one: Waiting<'_>) -> io::Result<()> {
        let _one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        for item in one.items() {
            write(&self.folder, OsStr::new(&item.name), &item.bytes)?;
        }
        Ok(())
    }

    fn leave_all(
        &self,
        name: &OsStr,
        digest: &str,
        receipt: &Value,
        answers: &[Vec<u8>],
    ) -> io::Result<()> {
        let _one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        let name = |ending: &str| {
            let mut name = short(name.as_bytes()).to_owned();
            name.push(format!(".{digest}.{ending}"));
            name
        };
        for (n, answer) in (1..).zip(answers) {
            write(&self.folder, &name(&format!("{n}.reply")), answer)?;
        }
        // Last, so that whoever sees it knows that the others are there.
        let receipt = receipt.to_string();
        write(&self.folder, &name("receipt.json"), receipt.as_bytes())
    }
}

/// The first digits of the digest of a content.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let digits = digest.iter().take(6).map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// Makes a folder whose parent is there, and tries to write into it.
pub(crate) fn usable(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let probe = path.join(".probe.part");
    File::create(&probe)?;
    fs::remove_file(probe)
}

/// Writes a file that is there whole or not at all, and outlasts a crash.
pub(crate) fn write(folder: &Path, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
    let mut part = OsString::from(".");
    part.push(name);
    part.push(".part");
    let part = folder.join(part);
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, folder.join(name))?;
    File::open(folder)?.sync_all()
}
