//! A folder in which messages are left, or a Maildir, in which a folder of its own says what is
//! whole.
//!
//! - In: files in the folder under their final names: what a sender is still writing has a name that
//!   begins with a dot or ends in `.part`, `.tmp` or `.filepart`, or was touched a moment ago. Out:
//!   beside, in `answers/`, a receipt for each file and the answers that were agreed.
//! - Source: R-ING-01; the hand-over is the rename, so that nothing half written is read.
//! - Invariants: a file is moved out of the sender's reach before it is read, so that a newer one of
//!   the same name is never removed in its stead; it is removed when it is durable and answered, not
//!   before; killed anywhere, the same file is taken again, found to be known, answered under the
//!   same name, and removed. Names of files are not logged: senders put persons into them.

use crate::answers::{Answers, digest, is_unfinished, short, usable};
use crate::desk::{Waiting, way_sender};
use crate::{Desk, Ends, Fault, Handed, Later, Transport};
use oriel_store::ChannelKind;
use serde::Deserialize;
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// Files that are decoded or wait for the commit at a time.
const AT_ONCE: usize = 64;

/// The longest wait after a fault.
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Name of this way in.
    name: String,
    /// The folder.
    path: PathBuf,
    /// Where answers are left; `answers` in the folder unless told.
    answers: Option<PathBuf>,
    /// Seconds between two looks.
    #[serde(default = "every")]
    every: f64,
    /// Seconds for which a file must have been left alone.
    #[serde(default = "quiet")]
    quiet: f64,
    /// Bytes of the largest file that is read.
    #[serde(default = "most")]
    most: u64,
}

fn every() -> f64 {
    1.0
}

fn quiet() -> f64 {
    2.0
}

fn most() -> u64 {
    64 << 20
}

struct Directory {
    name: String,
    channel: String,
    path: PathBuf,
    taken: PathBuf,
    answers: Answers,
    every: Duration,
    quiet: Duration,
    most: u64,
}

/// Opens a folder, and makes those beside it.
pub(crate) fn open(table: toml::Table) -> Result<Box<dyn Transport>, Fault> {
    let settings: Settings = crate::settings(table)?;
    let path = settings.path.clone();
    open_as("directory", settings, path)
}

/// Opens a Maildir: what is written in `tmp` and moved to `new` is whole, however young it is.
pub(crate) fn open_maildir(table: toml::Table) -> Result<Box<dyn Transport>, Fault> {
    let mut settings: Settings = crate::settings(table)?;
    settings.quiet = 0.0;
    for folder in ["tmp", "new", "cur"] {
        let path = settings.path.join(folder);
        usable(&path).map_err(|error| settings.fault(&path, error))?;
    }
    let path = settings.path.join("new");
    open_as("maildir", settings, path)
}

impl Settings {
    fn fault(&self, path: &Path, error: io::Error) -> Fault {
        Fault::Folder {
            name: self.name.clone(),
            path: path.to_owned(),
            error,
        }
    }
}

fn open_as(kind: &str, settings: Settings, path: PathBuf) -> Result<Box<dyn Transport>, Fault> {
    let seconds = |key: &str, value: f64| {
        Duration::try_from_secs_f64(value)
            .map_err(|_| Fault::Settings(format!("{key} is no number of seconds")))
    };
    let (every, quiet) = (
        seconds("every", settings.every)?,
        seconds("quiet", settings.quiet)?,
    );
    let taken = settings.path.join(".taken");
    let answers = settings.answers.clone();
    let answers = answers.unwrap_or_else(|| settings.path.join("answers"));
    for path in [&taken, &answers] {
        usable(path).map_err(|error| settings.fault(path, error))?;
    }
    Ok(Box::new(Directory {
        channel: format!("{kind} {}", settings.name),
        answers: Answers::new(answers),
        most: settings.most,
        name: settings.name,
        path,
        taken,
        every,
        quiet,
    }))
}

/// What keeps files waiting.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Later(#[from] Later),
    #[error("the folder cannot be used")]
    Folder(#[from] io::Error),
}

impl Transport for Directory {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&mut self, desk: &Desk, ends: &Ends) {
        let mut wait = self.every;
        loop {
            let mut taken = 0;
            let looked = self.look(desk, ends, &mut taken);
            // As long as anything is taken, what cannot be does not keep the others waiting.
            wait = match &looked {
                Err(_) if taken == 0 => (wait * 2).clamp(Duration::from_millis(100), LONGEST),
                _ => self.every,
            };
            if let Err(stopped) = &looked {
                let name = &*self.name;
                let why: &dyn std::error::Error = stopped;
                tracing::warn!(name, why, "files wait in a folder");
            }
            let registry = desk.registry();
            let known = registry.known_by(ChannelKind::Way, &self.name, desk.now());
            if let Some((carrier, _)) = known {
                let leave = |one: Waiting<'_>| self.answers.waiting(one);
                desk.notify(&carrier.row.handle, &self.channel, leave);
            }
            if ends.wait(wait) {
                return;
            }
        }
    }
}

/// A file that is out of the sender's reach.
struct Claimed {
    /// What the sender called it, as far as a name beside it can be as long.
    name: OsString,
    /// Where it lies now.
    path: PathBuf,
}

/// One that waits for the commit.
struct InLine {
    claimed: Claimed,
    /// The first digits of the digest of its content.
    digest: String,
    handed: Handed,
}

impl Directory {
    /// Takes every file that is there, and counts those that are done with. After a fault nothing
    /// more is begun.
    fn look(&self, desk: &Desk, ends: &Ends, taken: &mut usize) -> Result<(), Stopped> {
        let mut line = VecDeque::new();
        let mut looked = Ok(());
        let mut settle = |line: &mut VecDeque<InLine>, looked: &mut Result<(), Stopped>| {
            let Some(first) = line.pop_front() else {
                return;
            };
            match self.settle(desk, first) {
                Ok(()) => *taken += 1,
                Err(stopped) => *looked = Err(stopped),
            }
        };
        // What was begun before the program ended comes first.
        let begun = self.begun()?.into_iter().map(Ok);
        let waiting = self.waiting()?;
        let waiting = waiting.iter().map(|path| self.claim(path));
        for claimed in begun.chain(waiting.filter_map(io::Result::transpose)) {
            line.extend(self.hand(desk, claimed?)?);
            if line.len() >= AT_ONCE {
                settle(&mut line, &mut looked);
            }
            if ends.told() || looked.is_err() {
                break;
            }
        }
        while !line.is_empty() {
            settle(&mut line, &mut looked);
        }
        looked
    }

    /// Reads a file and hands it over; one that is too large is answered at once.
    fn hand(&self, desk: &Desk, claimed: Claimed) -> io::Result<Option<InLine>> {
        let Some(bytes) = read(&claimed.path, self.most)? else {
            self.answers.too_large(&claimed.name, self.most)?;
            remove(&claimed.path)?;
            return Ok(None);
        };
        Ok(Some(InLine {
            claimed,
            digest: digest(&bytes),
            handed: desk.hand(bytes, &self.channel, way_sender(desk, &self.name)?),
        }))
    }

    /// Waits for the commit, answers, and removes the file.
    fn settle(&self, desk: &Desk, first: InLine) -> Result<(), Stopped> {
        let InLine {
            claimed,
            digest,
            handed,
        } = first;
        let taken = desk.settle(handed)?;
        self.answers.leave(&claimed.name, &digest, &taken)?;
        Ok(remove(&claimed.path)?)
    }

    /// Files that were claimed and not answered, oldest first.
    fn begun(&self) -> io::Result<Vec<Claimed>> {
        let mut paths: Vec<PathBuf> = fs::read_dir(&self.taken)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<_>>()?;
        paths.sort();
        let claimed = paths.into_iter().filter_map(|path| {
            let name = path.file_name()?.as_bytes();
            let dash = name.iter().position(|byte| *byte == b'-')?;
            let name = OsStr::from_bytes(&name[dash + 1..]).to_owned();
            Some(Claimed { name, path })
        });
        Ok(claimed.collect())
    }

    /// Files that senders have finished, oldest first.
    fn waiting(&self) -> io::Result<Vec<PathBuf>> {
        let now = SystemTime::now();
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name();
            // The entry itself, not what a link leads to: a link may lead out of the folder.
            let Some(about) = there(entry.metadata())? else {
                continue;
            };
            if is_unfinished(name.as_bytes()) || !about.is_file() {
                continue;
            }
            let touched = about.modified()?;
            // A file that was touched while the folder is read has a time to come. One that is
            // further ahead comes from a clock that differs, and says nothing.
            let apart = now
                .duration_since(touched)
                .unwrap_or_else(|ahead| ahead.duration());
            if apart < self.quiet {
                continue;
            }
            files.push((touched, entry.path()));
        }
        files.sort();
        Ok(files.into_iter().map(|(_, path)| path).collect())
    }

    /// Moves a file out of the sender's reach; nothing where it went away meanwhile.
    fn claim(&self, path: &Path) -> io::Result<Option<Claimed>> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = path.file_name().unwrap_or_default().as_bytes();
        let name = short(name).to_owned();
        let at = jiff::Timestamp::now().as_microsecond();
        let mut unique = OsString::from(format!("{at:016x}.{:08x}.{n:08x}-", std::process::id()));
        unique.push(&name);
        let to = self.taken.join(unique);
        let moved = there(fs::rename(path, &to))?;
        Ok(moved.map(|()| Claimed { name, path: to }))
    }
}

/// What an operation gave; nothing where the file is not there any more.
fn there<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        done => done.map(Some),
    }
}

/// A file's bytes; nothing where there are more than `most`.
fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

fn remove(path: &Path) -> io::Result<()> {
    there(fs::remove_file(path)).map(drop)
}
