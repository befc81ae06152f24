//! `oriel audit`: the log proves itself, is handed out, and answers by register.
//!
//! `docs/audit.md` says what each command does and describes the export.

mod export;
mod folder;
mod pack;
mod prove;
mod register;
mod verify;

pub(crate) use verify::trusted;

use crate::output::{Exit, fail};
use anyhow::Context;
use jiff::Timestamp;
use oriel_policy::audit::{Checkpoint, Deed, Entry, Event, Kept, PublicKey};
use oriel_policy::{CONSOLE, Purpose};
use oriel_store::{Store, place_shown};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Check every event and checkpoint of a store or an export.
    Verify(verify::Args),
    /// Write the log of a store to a folder, to be verified elsewhere.
    Export(export::Args),
    /// Write what an independent audit is given: record of processing, history, sampled decisions.
    Pack(pack::Args),
    /// Check that a pack is what was signed.
    CheckPack(pack::CheckArgs),
    /// Prove that an event is in the log, or that the log only grew.
    #[command(subcommand)]
    Prove(prove::Command),
    /// List who consulted, to whom was disclosed, or what was erased.
    Register(register::Args),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Verify(args) => verify::run(args),
        Command::Export(args) => export::run(args),
        Command::Pack(args) => pack::run(args),
        Command::CheckPack(args) => pack::check(args),
        Command::Prove(command) => prove::run(command),
        Command::Register(args) => register::run(args),
    }
}

/// A log: that of a store, or an export.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Source {
    /// Folder of the store, or postgres://user@host/database.
    #[arg(long, value_name = "DIR|URL")]
    data: Option<String>,
    /// Folder of an export.
    export: Option<PathBuf>,
}

/// What a log says about itself, beside its events.
#[derive(Debug, Default)]
struct Marks {
    /// Where it begins, if its front was removed.
    base: Option<Kept>,
    /// Signed notes, oldest first.
    notes: Vec<String>,
    /// The keys it says it was signed with.
    keys: Vec<PublicKey>,
}

impl Marks {
    /// The name of the log, as its newest checkpoint has it.
    fn origin(&self) -> String {
        let base = self.base.as_ref().map(|kept| &kept.note);
        let newest = self.notes.last().or(base);
        let newest = newest.and_then(|note| Checkpoint::unsigned(note));
        newest
            .map(|checkpoint| checkpoint.origin)
            .unwrap_or_default()
    }
}

/// Takes the events of a log in order. A [`oriel_policy::audit::Broken`] is among its errors.
type Each<'a> = &'a mut dyn FnMut(&Entry<'_>) -> anyhow::Result<()>;

impl Source {
    /// Opens the log; the store, where it is one, has been told who reads it and why.
    fn open(&self) -> anyhow::Result<Log> {
        match (&self.data, &self.export) {
            (Some(data), _) => {
                let store = Store::open(data, None)
                    .with_context(|| format!("the store at {}", place_shown(data)))?;
                Ok(Log::Store(Box::new(store)))
            }
            (None, Some(folder)) => Ok(Log::Folder(folder.clone())),
            (None, None) => Err(fail(Exit::Internal, "no log was named")),
        }
    }
}

/// An opened log.
enum Log {
    Store(Box<Store>),
    Folder(PathBuf),
}

impl Log {
    fn marks(&self) -> anyhow::Result<Marks> {
        let store = match self {
            Self::Folder(folder) => return folder::marks(folder),
            Self::Store(store) => store,
        };
        let mut marks = Marks::default();
        store.read(|tx| -> anyhow::Result<()> {
            marks.base = tx.checkpoint_base()?.map(|row| row.kept);
            tx.checkpoint_each(|row| {
                if let Some(key) = PublicKey::parse(&row.key)
                    && !marks.keys.contains(&key)
                {
                    marks.keys.push(key);
                }
                if !row.begins {
                    marks.notes.push(row.kept.note);
                }
            })?;
            Ok(())
        })?;
        Ok(marks)
    }

    /// Every event in order; what cannot be read stops with its number.
    fn each(&self, each: Each<'_>) -> anyhow::Result<()> {
        match self {
            Self::Folder(folder) => folder::each(folder, each),
            Self::Store(store) => store.read(|tx| tx.audit_each(1, each)),
        }
    }

    /// How many events there are, about, for the bar.
    fn events(&self) -> anyhow::Result<u64> {
        match self {
            Self::Folder(_) => Ok(0),
            Self::Store(store) => Ok(store.read(|tx| tx.audit_head())?.0),
        }
    }

    /// Leaves an event that the log is read, and why, before anything of it is shown (R-AUD-04).
    fn tell(&self, object: &str, purpose: &Purpose) -> anyhow::Result<()> {
        if let Self::Store(store) = self {
            let event = Event::by(Timestamp::now(), CONSOLE, Deed::AuditExport, object, "ok");
            let event = event.because(purpose);
            store
                .write(|tx| tx.audit_append(&[event]))
                .context("the log is not shown, because that could not be logged")?;
        }
        Ok(())
    }
}

/// Why somebody reads the log.
fn purpose(text: &str) -> Result<Purpose, String> {
    Purpose::parse(text).ok_or_else(|| {
        "a purpose is a kind and an identifier, such as oversight=audit-2026".to_owned()
    })
}
