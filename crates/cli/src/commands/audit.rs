//! `oriel audit verify` and `oriel audit export`: the log proves itself.

use crate::output::{Exit, fail, print};
use anyhow::Context;
use jiff::Timestamp;
use oriel_policy::audit::{Entry, Event, Verifier};
use oriel_store::{Store, place_shown};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// Name of the file of events in an export.
const EVENTS: &str = "events.ndjson";

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Check every event of a store or an export.
    Verify {
        /// Folder of the store, or postgres://user@host/database.
        #[arg(long, value_name = "DIR|URL", conflicts_with = "export")]
        data: Option<String>,
        /// Folder of an export.
        #[arg(required_unless_present = "data")]
        export: Option<PathBuf>,
    },
    /// Write the events of a store, to be verified elsewhere.
    Export {
        /// Folder of the store, or postgres://user@host/database.
        #[arg(long, value_name = "DIR|URL")]
        data: String,
        /// Folder to write to; it must not hold an export yet.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// One event in an export.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    n: u64,
    at: Timestamp,
    actor: String,
    act: String,
    object: String,
    purpose: String,
    profile: String,
    detail: String,
    hash: String,
}

impl From<Entry> for Line {
    fn from(
        Entry {
            sequence,
            event,
            hash,
        }: Entry,
    ) -> Self {
        let Event {
            at,
            actor,
            act,
            object,
            purpose,
            profile,
            detail,
        } = event;
        let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            n: sequence,
            at,
            actor,
            act,
            object,
            purpose,
            profile,
            detail,
            hash,
        }
    }
}

impl Line {
    fn into_entry(self) -> Option<Entry> {
        let mut hash = [0; 32];
        if self.hash.len() != 64 || !self.hash.is_ascii() {
            return None;
        }
        for (i, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&self.hash[2 * i..2 * i + 2], 16).ok()?;
        }
        let Self {
            n,
            at,
            actor,
            act,
            object,
            purpose,
            profile,
            detail,
            ..
        } = self;
        let event = Event {
            at,
            actor,
            act,
            object,
            purpose,
            profile,
            detail,
        };
        Some(Entry {
            sequence: n,
            event,
            hash,
        })
    }
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Verify {
            data: Some(data), ..
        } => verify(|check| {
            let store =
                Store::open(data).with_context(|| format!("the store at {}", place_shown(data)))?;
            store.read(|tx| tx.audit_each(1, check).map_err(Stop::into_error))
        }),
        Command::Verify { export, .. } => {
            let export = export
                .as_deref()
                .expect("the command line asks for one of the two");
            verify(|check| read(export, check))
        }
        Command::Export { data, out } => export(data, out),
    }
}

/// Why reading events ended early.
enum Stop {
    Broken(oriel_policy::audit::Broken),
    Store(oriel_store::StoreError),
}

impl From<oriel_store::StoreError> for Stop {
    fn from(error: oriel_store::StoreError) -> Self {
        Self::Store(error)
    }
}

impl Stop {
    fn into_error(self) -> anyhow::Error {
        match self {
            Self::Broken(broken) => broken.into(),
            Self::Store(error) => error.into(),
        }
    }
}

type Check<'a> = &'a mut dyn FnMut(Entry) -> Result<(), Stop>;

fn verify(read: impl FnOnce(Check<'_>) -> anyhow::Result<()>) -> anyhow::Result<Exit> {
    let mut verifier = Verifier::default();
    let done = read(&mut |entry| verifier.check(&entry).map_err(Stop::Broken));
    let (events, hash) = verifier.head();
    match done {
        Ok(()) => {
            let head: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            print(&format!("{events} events hold; head {head}"))?;
            Ok(Exit::Clean)
        }
        Err(error) => match error.downcast_ref::<oriel_policy::audit::Broken>() {
            Some(broken) => {
                print(&format!("{events} events hold"))?;
                print(&format!("broken: {broken}"))?;
                Ok(Exit::Integrity)
            }
            None => Err(error),
        },
    }
}

fn read(folder: &Path, check: Check<'_>) -> anyhow::Result<()> {
    let path = folder.join(EVENTS);
    let file =
        std::fs::File::open(&path).with_context(|| format!("could not open {}", path.display()))?;
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.with_context(|| format!("could not read {}", path.display()))?;
        let entry = serde_json::from_str::<Line>(&line)
            .ok()
            .and_then(Line::into_entry);
        let entry = entry.ok_or_else(|| {
            fail(
                Exit::Integrity,
                format!("{}: line {number} is not an event", path.display()),
            )
        })?;
        check(entry).map_err(Stop::into_error)?;
    }
    Ok(())
}

fn export(data: &str, out: &Path) -> anyhow::Result<Exit> {
    let store = Store::open(data).with_context(|| format!("the store at {}", place_shown(data)))?;
    std::fs::create_dir_all(out).with_context(|| format!("could not make {}", out.display()))?;
    let path = out.join(EVENTS);
    let file = std::fs::File::create_new(&path)
        .with_context(|| format!("could not write {}", path.display()))?;
    let mut file = std::io::BufWriter::new(file);
    let mut events = 0u64;
    store.read(|tx| {
        tx.audit_each(1, |entry| {
            events += 1;
            let line =
                serde_json::to_string(&Line::from(entry)).context("an event is plain data")?;
            writeln!(file, "{line}").with_context(|| format!("could not write {}", path.display()))
        })
    })?;
    file.into_inner()
        .map_err(|fault| fault.into_error())?
        .sync_all()?;
    print(&format!("{events} events written to {}", path.display()))?;
    Ok(Exit::Clean)
}
