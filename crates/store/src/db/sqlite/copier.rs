//! What was committed is copied from SQLite's write-ahead log into the file by a connection of its
//! own, while the one that commits goes on.
//!
//! - Why: whoever waits for a commit would wait for the copying as well, some 20 to 40 milliseconds
//!   every few thousand pages.
//! - Source: SQLite's checkpoints, of the kind that waits for nobody (PASSIVE).
//! - Invariant: a commit is durable before and without any of this. Where it does not get on, the log
//!   grows until the committing connection copies it itself (`wal_autocheckpoint`).

use rusqlite::{Connection, OpenFlags};
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{AcqRel, Release};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long commits are let come together: a page that several of them wrote is copied once.
const PAUSE: Duration = Duration::from_millis(250);

/// Pages of the log from which on it should begin anew.
const LONG: i64 = 16_000;

/// Pages that nobody waits long for.
const LITTLE: i64 = 400;

/// How often it copies without a pause what was committed while it copied.
const AGAIN: usize = 4;

/// Copies in a thread of its own, as long as this value lives.
pub(super) struct Copier {
    wake: Option<SyncSender<()>>,
    alive: Option<Sender<Infallible>>,
    nearly: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Copier {
    pub(super) fn start(path: &Path) -> Option<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).ok()?;
        // The log is written over once it is copied: what was copied is on the disk before.
        connection.pragma_update(None, "synchronous", "FULL").ok()?;
        let (wake, woken) = sync_channel(1);
        let (alive, ended) = channel();
        let nearly = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&nearly);
        let thread = std::thread::Builder::new()
            .name("oriel-copier".to_owned())
            .spawn(move || run(&connection, &woken, &ended, &told))
            .ok()?;
        Some(Self {
            wake: Some(wake),
            alive: Some(alive),
            nearly,
            thread: Some(thread),
        })
    }

    /// Something was committed. Says whether the log is long and nearly all of it copied: the log
    /// begins anew only when all of it is, and only while nobody commits is that for sure.
    pub(super) fn committed(&self) -> bool {
        if let Some(wake) = &self.wake {
            // Where it was woken already, it comes anyway.
            let _ = wake.try_send(());
        }
        self.nearly.swap(false, AcqRel)
    }

    #[cfg(test)]
    pub(super) fn say_nearly(&self) {
        self.nearly.store(true, Release);
    }
}

impl Drop for Copier {
    fn drop(&mut self) {
        self.wake = None;
        self.alive = None;
        if let Some(thread) = self.thread.take() {
            // A panic was reported by the panic hook when it happened.
            let _ = thread.join();
        }
    }
}

fn run(
    connection: &Connection,
    woken: &Receiver<()>,
    ended: &Receiver<Infallible>,
    nearly: &AtomicBool,
) {
    let mut before = 0;
    while woken.recv().is_ok() {
        if ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
        for _ in 0..AGAIN {
            // What cannot be copied now is copied behind the next commit.
            let Ok(Log { pages, copied }) = copy(connection) else {
                break;
            };
            // A log that began anew counts from nothing.
            let now = if copied < before {
                copied
            } else {
                copied - before
            };
            before = copied;
            if pages < LONG {
                break;
            }
            if now < LITTLE {
                nearly.store(true, Release);
                break;
            }
        }
    }
}

/// The log, by its pages.
pub(super) struct Log {
    pages: i64,
    /// Those that are in the file as well.
    copied: i64,
}

/// Copies as much as can be copied without waiting for anybody.
pub(super) fn copy(connection: &Connection) -> rusqlite::Result<Log> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        Ok(Log {
            pages: row.get(1)?,
            copied: row.get(2)?,
        })
    })
}
