//! `oriel audit verify`: chain, tree and checkpoints of a store or an export.
//!
//! The last line on standard output says what holds, or names the first event that does not.

use super::{Log, Source, folder};
use crate::digest::hex;
use crate::output::{Exit, complain, fail, print, progress};
use anyhow::Context;
use jiff::Timestamp;
use oriel_policy::audit::{
    Broken, Checkpoint, Deed, Entry, Event, Held, Kept, PublicKey, Verifier,
};
use oriel_policy::{CONSOLE, Purpose};
use oriel_store::StoreError;
use std::path::{Path, PathBuf};

/// Events between two steps of the bar.
const STEP: u64 = 1 << 14;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// Public keys to trust, one a line; else those that the log names.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// A checkpoint that was kept elsewhere: the log must still begin with its events.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// Why the log is read; it is logged.
    #[arg(long, default_value = "oversight=verify", value_parser = super::purpose)]
    purpose: Purpose,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let log = args.source.open()?;
    let mut marks = log.marks()?;
    let keys = match &args.key {
        Some(path) => trusted(path, &marks.origin())?,
        None => {
            if !marks.keys.is_empty() {
                complain(
                    "note: checked with the public keys that the log itself names; \
                     give --key FILE with a key that you were handed otherwise",
                );
            }
            std::mem::take(&mut marks.keys)
        }
    };
    let mut before = Vec::new();
    for path in &args.checkpoint {
        let note = std::fs::read_to_string(path)
            .with_context(|| format!("could not read {}", path.display()))?;
        let size = remembered(&note, &keys, path)?.size;
        match &marks.base {
            Some(base) if size < base.tree.size() => before.push(size),
            _ => marks.notes.push(note),
        }
    }
    match prove(&log, &keys, marks.base.as_ref(), marks.notes)? {
        Ok(held) => {
            tell(&log, &held, &args.purpose);
            print(&say(&held))?;
            for size in &before {
                complain(&format!(
                    "note: the log begins after event {}, as its time says; \
                     the checkpoint of {size} events cannot be compared any more",
                    held.first - 1
                ));
            }
            Ok(match before.is_empty() {
                true => Exit::Clean,
                false => Exit::Partial,
            })
        }
        Err(broken) => {
            print(&format!("{} events hold", broken.event() - 1))?;
            print(&format!("broken: {broken}"))?;
            Ok(Exit::Integrity)
        }
    }
}

/// Runs the log through a verifier.
fn prove(
    log: &Log,
    keys: &[PublicKey],
    base: Option<&Kept>,
    notes: Vec<String>,
) -> anyhow::Result<Result<Held, Broken>> {
    let mut verifier = match Verifier::new(keys, base, notes) {
        Ok(verifier) => verifier,
        Err(broken) => return Ok(Err(broken)),
    };
    let bar = progress(log.events()?, "events");
    let read = log.each(&mut |entry: &Entry<'_>| {
        if entry.sequence.is_multiple_of(STEP) {
            bar.set_position(entry.sequence);
        }
        Ok(verifier.check(entry)?)
    });
    bar.finish_and_clear();
    let Err(error) = read else {
        return Ok(verifier.finish());
    };
    match (
        error.downcast_ref::<Broken>(),
        error.downcast_ref::<StoreError>(),
    ) {
        (Some(broken), _) => Ok(Err(broken.clone())),
        (_, Some(StoreError::Damaged { .. })) => Ok(Err(Broken::Unreadable {
            sequence: verifier.next(),
        })),
        _ => Err(error),
    }
}

fn say(held: &Held) -> String {
    let events = held.last + 1 - held.first;
    let from = match held.first {
        1 => String::new(),
        first => format!(" from number {first} on"),
    };
    format!(
        "{events} events hold{from}; {} of them under {} signed checkpoints; head {}",
        (held.signed + 1).saturating_sub(held.first),
        held.checkpoints,
        hex(&held.head)
    )
}

/// That the log was proved is worth an event; that the event cannot be written changes nothing
/// about what was proved, and a log that does not hold is left as it is.
fn tell(log: &Log, held: &Held, purpose: &Purpose) {
    let Log::Store(store) = log else { return };
    let event = Event::by(
        Timestamp::now(),
        CONSOLE,
        Deed::AuditVerify,
        "",
        format!("ok last={} signed={}", held.last, held.signed),
    );
    let event = event.because(purpose);
    if let Err(error) = store.write(|tx| tx.audit_append(&[event])) {
        complain(&format!(
            "note: the check itself could not be logged: {error}"
        ));
    }
}

/// The public keys in a file; a bare one signs under the name `origin`.
pub(crate) fn trusted(path: &Path, origin: &str) -> anyhow::Result<Vec<PublicKey>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("could not read {}", path.display()))?;
    folder::keys(&text, origin)
        .filter(|keys| !keys.is_empty())
        .ok_or_else(|| {
            let text = format!(
                "{} does not hold public keys as an export or `oriel keys export-public` \
                 writes them",
                path.display()
            );
            fail(Exit::Unreadable, text)
        })
}

fn remembered(note: &str, keys: &[PublicKey], path: &Path) -> anyhow::Result<Checkpoint> {
    Checkpoint::open(note, keys).ok_or_else(|| {
        let text = format!(
            "{} is not a checkpoint of this log, signed with its key",
            path.display()
        );
        fail(Exit::Integrity, text)
    })
}
