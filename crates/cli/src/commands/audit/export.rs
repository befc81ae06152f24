//! `oriel audit export`: the log of a store as a folder that verifies without it.

use super::Log;
use super::folder::{BEGIN, Begin, CHECKPOINTS, EVENTS, KEYS, Line, Note, README, segment};
use crate::commands::keys::KeyArgs;
use crate::output::{Exit, complain, print, progress};
use anyhow::Context;
use oriel_policy::Purpose;
use oriel_policy::audit::Entry;
use oriel_store::{Store, place_shown};
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Events in one file.
const SEGMENT: u64 = 250_000;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the store, or postgres://user@host/database.
    #[arg(long, value_name = "DIR|URL")]
    data: String,
    #[command(flatten)]
    keys: KeyArgs,
    /// Folder to write to; it must not hold an export yet.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Why the log is read; it is logged.
    #[arg(long, default_value = "oversight=export", value_parser = super::purpose)]
    purpose: Purpose,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let data = &args.data;
    // The key store signs the end of the log. Without it, what is signed already is exported.
    let keys = args.keys.open(data);
    if let Err(error) = &keys {
        complain(&format!(
            "note: no checkpoint is made for this export, because the key store does not open: \
             {error}"
        ));
    }
    let store = Store::open(data, keys.ok())
        .with_context(|| format!("the store at {}", place_shown(data)))?;
    let log = Log::Store(Box::new(store));
    let out = &args.out;
    let events = out.join(EVENTS);
    std::fs::create_dir_all(&events)
        .with_context(|| format!("could not make {}", events.display()))?;
    // Whoever holds the folder is told from the first file on what it is.
    create(&out.join(README))?.write_all(READ_ME.as_bytes())?;
    log.tell("export", &args.purpose)?;
    let Log::Store(store) = &log else {
        return Ok(Exit::Internal);
    };
    store.checkpoint()?;
    let mut written = Segments::new(events);
    // One transaction: events and checkpoints of one moment.
    store.read(|tx| -> anyhow::Result<()> {
        let (last, _) = tx.audit_head()?;
        let bar = progress(last, "events");
        tx.audit_each(1, |entry| {
            bar.set_position(entry.sequence);
            written.write(entry)
        })?;
        bar.finish_and_clear();
        if let Some(base) = tx.checkpoint_base()? {
            let mut file = create(&out.join(BEGIN))?;
            line(&mut file, &Begin::of(&base.kept))?;
            finish(file)?;
        }
        let mut rows = Vec::new();
        tx.checkpoint_each(|row| rows.push(row))?;
        let mut keys: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        keys.dedup();
        let mut file = create(&out.join(KEYS))?;
        for key in keys {
            writeln!(file, "{key}")?;
        }
        finish(file)?;
        let mut file = create(&out.join(CHECKPOINTS))?;
        for row in rows.iter().filter(|row| !row.begins) {
            line(&mut file, &Note::of(row))?;
        }
        finish(file)
    })?;
    let events = written.finish()?;
    print(&format!("{events} events written to {}", out.display()))?;
    Ok(Exit::Clean)
}

/// The files of events, opened one after the other.
struct Segments {
    folder: PathBuf,
    file: Option<Out>,
    events: u64,
}

impl Segments {
    fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            file: None,
            events: 0,
        }
    }

    fn write(&mut self, entry: &Entry<'_>) -> anyhow::Result<()> {
        if self.events.is_multiple_of(SEGMENT) {
            self.close()?;
            self.file = Some(create(&self.folder.join(segment(entry.sequence)))?);
        }
        self.events += 1;
        let file = self.file.as_mut().context("a file is open")?;
        line(file, &Line::of(entry))
    }

    fn close(&mut self) -> anyhow::Result<()> {
        self.file.take().map_or(Ok(()), finish)
    }

    fn finish(mut self) -> anyhow::Result<u64> {
        self.close()?;
        Ok(self.events)
    }
}

/// A file of a folder that is handed out.
pub(super) type Out = BufWriter<File>;

/// Makes a file that is not there yet.
pub(super) fn create(path: &Path) -> anyhow::Result<Out> {
    let file =
        File::create_new(path).with_context(|| format!("could not write {}", path.display()))?;
    Ok(BufWriter::with_capacity(1 << 18, file))
}

/// Writes one object as one line.
pub(super) fn line(file: &mut Out, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *file, value)?;
    Ok(file.write_all(b"\n")?)
}

/// Ends a file, durably.
pub(super) fn finish(file: Out) -> anyhow::Result<()> {
    let file = file.into_inner().map_err(|fault| fault.into_error())?;
    Ok(file.sync_all()?)
}

const READ_ME: &str = include_str!("README.export.md");
