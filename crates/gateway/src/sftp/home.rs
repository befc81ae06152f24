//! A carrier's home as it sees it: `/inbox`, into which it writes, and `/outbox`, where answers lie.
//!
//! - In: one request after the other. Out: the reply to each; transmissions handed to the desk.
//! - Invariants: what a carrier writes is in memory until it is whole, so that nothing that the law
//!   may forbid to keep touches a disk; it is handed over when the carrier closes it under its final
//!   name, or gives it that name, and the reply is *done* only when it is durable; what was not
//!   handed over goes with the connection. A name is one name in one of two folders: no path leads
//!   anywhere else.

use super::wire::{About, Code, Flags, READING, Reply, Request};
use crate::Desk;
use crate::answers::{Answers, digest, is_unfinished};
use crate::listen::{Draft, Full, Room};
use oriel_app::Sender;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Files and folders that are open at a time in one session.
const OPEN: usize = 32;

/// Files of the inbox that a session remembers.
const REMEMBERED: usize = 1000;

/// Bytes of a name.
const NAME: usize = 255;

/// Names in one reply to a reading of a folder.
const NAMES: usize = 100;

/// Who a home belongs to.
#[derive(Debug)]
pub(crate) struct Owner {
    /// As it stands in what is kept.
    pub(crate) channel: String,
    /// Its short name.
    pub(crate) handle: String,
    pub(crate) outbox: Answers,
    pub(crate) room: Room,
}

/// One session in a home.
pub(super) struct Home<'a> {
    owner: &'a Owner,
    desk: &'a Desk,
    inbox: BTreeMap<Vec<u8>, Inside>,
    open: HashMap<u32, Open>,
    next: u32,
}

/// A file of the inbox, as long as the session lasts.
enum Inside {
    /// Not whole yet, by its name.
    Draft(Draft),
    /// Taken over: nothing is left but its size, which clients ask for to be sure.
    Taken(u64),
}

enum Open {
    Upload {
        name: Vec<u8>,
        draft: Draft,
        append: bool,
    },
    Answer(File),
    Folder(Vec<(Vec<u8>, About)>),
}

/// Where a path leads.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    Root,
    Inbox,
    Outbox,
    In(&'a [u8]),
    Out(&'a [u8]),
}

/// What a request comes to: a reply, or why not.
type Answer = Result<Reply, (Code, String)>;

fn no<T>(code: Code, says: &str) -> Result<T, (Code, String)> {
    Err((code, says.to_owned()))
}

fn not_there<T>() -> Result<T, (Code, String)> {
    no(Code::NoSuchFile, "there is no such file")
}

impl<'a> Home<'a> {
    pub(super) fn new(owner: &'a Owner, desk: &'a Desk) -> Self {
        Self {
            owner,
            desk,
            inbox: BTreeMap::new(),
            open: HashMap::new(),
            next: 0,
        }
    }

    /// Puts what waits for the carrier into its outbox.
    pub(super) fn fetch_notices(&self) {
        let Owner {
            channel,
            handle,
            outbox,
            ..
        } = self.owner;
        self.desk.notify(handle, channel, |one| outbox.waiting(one));
    }

    /// Does what is asked; waits for the commit where that hands something over.
    pub(super) async fn answer(&mut self, request: &Request<'_>) -> Reply {
        let answer = match *request {
            Request::Close { handle } => self.close(handle).await,
            Request::Rename { from, to } => self.rename(from, to).await,
            _ => self.desk.in_turn(|| self.answer_now(request)).await,
        };
        answer.unwrap_or_else(|(code, says)| Reply::Status(code, says))
    }

    /// Does what hands nothing over.
    fn answer_now(&mut self, request: &Request<'_>) -> Answer {
        match *request {
            Request::Init => Ok(Reply::Version),
            Request::Open { path, flags } => self.open(path, flags),
            Request::Read { handle, at, len } => self.read(handle, at, len),
            Request::Write { handle, at, data } => self.write(handle, at, data),
            Request::Stat { path } => self.about(path).map(Reply::About),
            Request::StatHandle { handle } => self.about_open(handle).map(Reply::About),
            // Times and permissions, which many clients set behind an upload.
            Request::SetStat { path } => self.about(path).map(|_| Reply::ok()),
            Request::SetStatHandle { handle, size } => self.set(handle, size),
            Request::OpenDir { path } => {
                self.fetch_notices();
                self.open_folder(path)
            }
            Request::ReadDir { handle } => self.read_folder(handle),
            Request::Remove { path } => self.remove(path),
            Request::RealPath { path } => {
                normal(path).map(|path| Reply::Names(vec![(path, About::Folder)]))
            }
            Request::Close { .. } | Request::Rename { .. } | Request::Other => no(
                Code::Unsupported,
                "files are written to /inbox and read from /outbox, and nothing else",
            ),
        }
    }

    fn open(&mut self, path: &[u8], flags: Flags) -> Answer {
        self.has_room()?;
        let path = normal(path)?;
        let opened = match place(&path)? {
            Place::In(name) if flags.write() => {
                let draft = match self.inbox.remove(name) {
                    Some(Inside::Draft(mut draft)) => {
                        if flags.truncate() {
                            draft.cut(0);
                        }
                        draft
                    }
                    Some(Inside::Taken(_)) | None => self.owner.room.draft(),
                };
                Open::Upload {
                    name: name.to_owned(),
                    draft,
                    append: flags.append(),
                }
            }
            Place::In(_) => return no(Code::Denied, "the inbox is only written"),
            Place::Out(_) if flags.write() => return no(Code::Denied, "the outbox is only read"),
            Place::Out(name) => {
                self.about_answer(name)?;
                Open::Answer(File::open(self.answer_path(name)).or_else(failed)?)
            }
            _ => return no(Code::Denied, "files are written to /inbox"),
        };
        Ok(self.keep(opened))
    }

    fn has_room(&self) -> Result<(), (Code, String)> {
        if self.open.len() >= OPEN {
            return no(Code::Failure, "too many files are open; close some");
        }
        Ok(())
    }

    fn keep(&mut self, opened: Open) -> Reply {
        // The largest number stands for what is not open.
        while self.open.contains_key(&self.next) || self.next == u32::MAX {
            self.next = self.next.wrapping_add(1);
        }
        let handle = self.next;
        self.next = self.next.wrapping_add(1);
        self.open.insert(handle, opened);
        Reply::Handle(handle)
    }

    async fn close(&mut self, handle: u32) -> Answer {
        match self.open.remove(&handle) {
            None => no(Code::Failure, "that is not open"),
            Some(Open::Answer(_) | Open::Folder(_)) => Ok(Reply::ok()),
            Some(Open::Upload { name, draft, .. }) if is_unfinished(&name) => {
                self.remember(name, Inside::Draft(draft))
            }
            Some(Open::Upload { name, draft, .. }) => match self.hand(&name, draft).await {
                Ok(size) => self.remember(name, Inside::Taken(size)),
                // The sender has it still, and sends it again.
                Err((_, why)) => Err(why),
            },
        }
    }

    /// Hands a transmission over, and gives its size when it is durable and answered; gives it back
    /// where it cannot be kept now.
    async fn hand(&self, name: &[u8], draft: Draft) -> Result<u64, (Draft, (Code, String))> {
        let Owner {
            channel,
            handle,
            outbox,
            ..
        } = self.owner;
        let registry = self.desk.registry();
        let Some(carrier) = registry.named(handle) else {
            let says = "the carrier is not enrolled any more".to_owned();
            return Err((draft, (Code::Failure, says)));
        };
        let sender = Sender::of(Arc::clone(carrier));
        let size = draft.len();
        let digest = digest(draft.bytes());
        let bytes = draft.bytes().to_owned();
        let taken = match self.desk.take(bytes, channel, sender, false).await {
            Ok(taken) => taken,
            Err(later) => {
                let why: &dyn std::error::Error = &later;
                tracing::warn!(channel, why, "a file was not taken");
                return Err((draft, try_later()));
            }
        };
        let leave = || outbox.leave(OsStr::from_bytes(name), &digest, &taken);
        if let Err(error) = self.desk.in_turn(leave).await {
            let why: &dyn std::error::Error = &error;
            tracing::warn!(channel, why, "an answer was not left");
            return Err((draft, try_later()));
        }
        Ok(size)
    }

    fn remember(&mut self, name: Vec<u8>, inside: Inside) -> Answer {
        if self.inbox.len() >= REMEMBERED && !self.inbox.contains_key(&name) {
            // What was taken is in good hands; drafts are the sender's to clear away.
            self.inbox
                .retain(|_, inside| matches!(inside, Inside::Draft(_)));
            if self.inbox.len() >= REMEMBERED {
                return no(
                    Code::Failure,
                    "too many unfinished files; rename or remove some",
                );
            }
        }
        self.inbox.insert(name, inside);
        Ok(Reply::ok())
    }

    fn read(&self, handle: u32, at: u64, len: u32) -> Answer {
        let Some(Open::Answer(file)) = self.open.get(&handle) else {
            return no(Code::Failure, "that is not open for reading");
        };
        let mut data = vec![0; len.min(READING) as usize];
        let read = file.read_at(&mut data, at).or_else(failed)?;
        data.truncate(read);
        match read {
            0 => no(Code::Eof, "that is the end"),
            _ => Ok(Reply::Data(data)),
        }
    }

    fn write(&mut self, handle: u32, at: u64, data: &[u8]) -> Answer {
        let Some(Open::Upload { draft, append, .. }) = self.open.get_mut(&handle) else {
            return no(Code::Failure, "that is not open for writing");
        };
        let at = if *append { draft.len() } else { at };
        let says = match draft.write(at, data) {
            Ok(()) => return Ok(Reply::ok()),
            Err(Full::TooLarge) => "the file is larger than any message may be",
            Err(Full::NoRoom) => "there is no room now; send it again later",
            Err(Full::Gap) => "files are written from the beginning, without gaps",
        };
        // What lacks a piece must not be closed as if it were whole.
        self.open.remove(&handle);
        no(Code::Failure, says)
    }

    fn set(&mut self, handle: u32, size: Option<u64>) -> Answer {
        match (self.open.get_mut(&handle), size) {
            (Some(Open::Upload { draft, .. }), Some(size)) if size > draft.len() => no(
                Code::Failure,
                "files are written from the beginning, without gaps",
            ),
            (Some(Open::Upload { draft, .. }), Some(size)) => {
                draft.cut(size);
                Ok(Reply::ok())
            }
            (Some(Open::Upload { .. }), None) => Ok(Reply::ok()),
            _ => no(Code::Denied, "the outbox is only read"),
        }
    }

    fn about(&self, path: &[u8]) -> Result<About, (Code, String)> {
        let path = normal(path)?;
        match place(&path)? {
            Place::Root | Place::Inbox | Place::Outbox => Ok(About::Folder),
            Place::In(name) => self
                .inbox
                .get(name)
                .map_or_else(not_there, |inside| Ok(inside.about())),
            Place::Out(name) => self.about_answer(name),
        }
    }

    fn about_open(&self, handle: u32) -> Result<About, (Code, String)> {
        match self.open.get(&handle) {
            Some(Open::Upload { draft, .. }) => Ok(file(draft.len())),
            Some(Open::Answer(file)) => file.metadata().map(|of| about(&of)).or_else(failed),
            Some(Open::Folder(_)) => Ok(About::Folder),
            None => no(Code::Failure, "that is not open"),
        }
    }

    /// About a file of the outbox; what is not a plain file is not there.
    fn about_answer(&self, name: &[u8]) -> Result<About, (Code, String)> {
        if name.starts_with(b".") {
            return not_there();
        }
        // The entry itself, not what a link leads to.
        let of = fs::symlink_metadata(self.answer_path(name)).or_else(failed)?;
        if of.is_file() {
            Ok(about(&of))
        } else {
            not_there()
        }
    }

    fn answer_path(&self, name: &[u8]) -> std::path::PathBuf {
        self.owner.outbox.folder.join(OsStr::from_bytes(name))
    }

    fn open_folder(&mut self, path: &[u8]) -> Answer {
        self.has_room()?;
        let path = normal(path)?;
        let names = match place(&path)? {
            Place::Root => {
                let names = ["inbox", "outbox"];
                names.map(|name| (name.into(), About::Folder)).into()
            }
            Place::Inbox => {
                let inside = self.inbox.iter();
                inside
                    .map(|(name, inside)| (name.clone(), inside.about()))
                    .collect()
            }
            Place::Outbox => self.answers().or_else(failed)?,
            Place::In(_) | Place::Out(_) => return no(Code::Failure, "that is no folder"),
        };
        Ok(self.keep(Open::Folder(names)))
    }

    fn answers(&self) -> io::Result<Vec<(Vec<u8>, About)>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.owner.outbox.folder)? {
            let entry = entry?;
            let name = entry.file_name().as_bytes().to_owned();
            // What has gone meanwhile is not there, and no fault.
            if let Ok(about) = self.about_answer(&name) {
                names.push((name, about));
            }
        }
        names.sort_unstable_by(|a, b| b.0.cmp(&a.0));
        Ok(names)
    }

    fn read_folder(&mut self, handle: u32) -> Answer {
        let Some(Open::Folder(names)) = self.open.get_mut(&handle) else {
            return no(Code::Failure, "that is no open folder");
        };
        match names.len() {
            0 => no(Code::Eof, "that is all"),
            all => Ok(Reply::Names(names.split_off(all.saturating_sub(NAMES)))),
        }
    }

    fn remove(&mut self, path: &[u8]) -> Answer {
        let path = normal(path)?;
        match place(&path)? {
            Place::In(name) => match self.inbox.remove(name) {
                Some(_) => Ok(Reply::ok()),
                None => not_there(),
            },
            Place::Out(name) => {
                self.about_answer(name)?;
                fs::remove_file(self.answer_path(name)).or_else(failed)?;
                Ok(Reply::ok())
            }
            Place::Root | Place::Inbox | Place::Outbox => no(Code::Denied, "folders stay"),
        }
    }

    async fn rename(&mut self, from: &[u8], to: &[u8]) -> Answer {
        let (from, to) = (normal(from)?, normal(to)?);
        let (Place::In(from), Place::In(to)) = (place(&from)?, place(&to)?) else {
            return no(Code::Denied, "files are renamed in /inbox and nowhere else");
        };
        match self.inbox.remove(from) {
            None => not_there(),
            Some(Inside::Draft(draft)) if !is_unfinished(to) => match self.hand(to, draft).await {
                Ok(size) => self.remember(to.to_owned(), Inside::Taken(size)),
                Err((draft, why)) => {
                    self.inbox.insert(from.to_owned(), Inside::Draft(draft));
                    Err(why)
                }
            },
            Some(inside) => self.remember(to.to_owned(), inside),
        }
    }
}

impl Inside {
    fn about(&self) -> About {
        match self {
            Self::Draft(draft) => file(draft.len()),
            Self::Taken(size) => file(*size),
        }
    }
}

fn try_later() -> (Code, String) {
    let says = "nothing is acknowledged; send it again later";
    (Code::Failure, says.to_owned())
}

/// A file that was written a moment ago.
fn file(size: u64) -> About {
    let changed = seconds(SystemTime::now());
    About::File { size, changed }
}

fn about(of: &fs::Metadata) -> About {
    About::File {
        size: of.len(),
        changed: of.modified().map_or(0, seconds),
    }
}

fn seconds(at: SystemTime) -> u32 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u32::try_from(since.as_secs()).unwrap_or(u32::MAX)
}

/// What the system says is not for outside; only whether the file is there.
fn failed<T>(error: io::Error) -> Result<T, (Code, String)> {
    match error.kind() {
        ErrorKind::NotFound => not_there(),
        _ => no(Code::Failure, "that cannot be read now; try again later"),
    }
}

/// A path from the root without `.`, `..` and doubled strokes. `..` at the root stays there.
fn normal(path: &[u8]) -> Result<Vec<u8>, (Code, String)> {
    let mut steps: Vec<&[u8]> = Vec::new();
    for step in path.split(|byte| *byte == b'/') {
        match step {
            b"" | b"." => {}
            b".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    if steps.len() > 2
        || steps
            .iter()
            .any(|step| step.len() > NAME || step.contains(&0))
    {
        return no(
            Code::NoSuchFile,
            "there is /inbox and /outbox, and names of at most 255 bytes",
        );
    }
    let mut path = vec![b'/'];
    path.extend(steps.join(&b'/'));
    Ok(path)
}

/// Where a normal path leads.
fn place(path: &[u8]) -> Result<Place<'_>, (Code, String)> {
    let mut steps = path.splitn(3, |byte| *byte == b'/').skip(1);
    match (steps.next().unwrap_or_default(), steps.next()) {
        (b"", None) => Ok(Place::Root),
        (b"inbox", None) => Ok(Place::Inbox),
        (b"outbox", None) => Ok(Place::Outbox),
        (b"inbox", Some(name)) => Ok(Place::In(name)),
        (b"outbox", Some(name)) => Ok(Place::Out(name)),
        _ => not_there(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &[u8], leads: Option<(&str, &[u8])>) {
        let normal = normal(path);
        let found = normal.as_ref().ok().and_then(|path| place(path).ok());
        let found = found.as_ref().map(|place| -> (&str, &[u8]) {
            match place {
                Place::Root => ("root", &b""[..]),
                Place::Inbox => ("inbox", &b""[..]),
                Place::Outbox => ("outbox", &b""[..]),
                Place::In(name) => ("in", name),
                Place::Out(name) => ("out", name),
            }
        });
        assert_eq!(found, leads, "{}", path.escape_ascii());
    }

    #[test]
    fn a_path_leads_to_a_name_in_one_of_two_folders_or_nowhere() {
        check(b"", Some(("root", b"")));
        check(b".", Some(("root", b"")));
        check(b"/", Some(("root", b"")));
        check(b"../../..", Some(("root", b"")));
        check(b"inbox/", Some(("inbox", b"")));
        check(b"/outbox/.", Some(("outbox", b"")));
        check(b"/inbox/../outbox", Some(("outbox", b"")));
        check(b"//inbox///a.edi", Some(("in", b"a.edi")));
        check(b"/outbox/..a", Some(("out", b"..a")));
        // A stroke of another system, and another alphabet, are letters like others.
        check(b"/inbox/..\\up", Some(("in", b"..\\up")));
        check(b"/inbox/\xfc.edi", Some(("in", b"\xfc.edi")));
        check(b"/inbox/../../etc/passwd", None);
        check(b"/etc", None);
        check(b"/inbox/a/b", None);
        check(b"/inbox/a\0b", None);
        check(
            &[b"/inbox/", &[b'x'; 255][..]].concat(),
            Some(("in", &[b'x'; 255])),
        );
        check(&[b"/inbox/", &[b'x'; 256][..]].concat(), None);
    }
}
