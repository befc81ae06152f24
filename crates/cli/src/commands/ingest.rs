//! `oriel ingest`: message files through the real pipeline into a store.
//!
//! Files are read in a fixed order, decoded side by side, committed in order. Killed at any moment
//! and run again, it ends in the state of a run that was not disturbed.

use super::{Format, Place};
use crate::output::{Exit, fail, print, progress};
use anyhow::Context;
use jiff::Timestamp;
use oriel_app::{App, Channel, Clock, MessageOutcome, Pending, Prepared, Receipt, Status};
use oriel_messages::findings;
use oriel_messages::reply::Agreements;
use oriel_model::Severity;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Transmissions decoded at a time, about, in bytes.
const CHUNK_BYTES: usize = 4 << 20;

/// Transmissions decoded at a time.
const CHUNK_FILES: usize = 256;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Message files, or folders of them.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// How to print the result: text on a terminal, JSON elsewhere unless told.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Receive at this instant instead of now, to replay an archive at the hour it is about.
    #[arg(long, value_name = "INSTANT")]
    at: Option<Timestamp>,
    /// Write the answer to each message into this folder, as soon as it is stored.
    #[arg(long, value_name = "FOLDER")]
    replies: Option<PathBuf>,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) accepted: usize,
    pub(crate) refused: usize,
    pub(crate) duplicates: usize,
    /// About journeys that nobody had selected.
    pub(crate) not_selected: usize,
    /// Traveller records in accepted messages.
    pub(crate) records: u64,
    pub(crate) findings: BTreeMap<Severity, u64>,
    pub(crate) seconds: f64,
}

impl Totals {
    fn add(&mut self, receipt: &Receipt) {
        self.accepted += receipt.count(Status::Accepted);
        self.refused += receipt.count(Status::Refused);
        self.duplicates += receipt.count(Status::Duplicate);
        self.not_selected += receipt.count(Status::NotSelected);
        for message in &receipt.messages {
            self.add_message(message);
        }
    }

    fn add_message(&mut self, message: &MessageOutcome) {
        if message.status == Status::Duplicate {
            return;
        }
        if message.status == Status::Accepted {
            self.records += u64::from(message.travellers);
        }
        for note in &message.findings {
            if let Some(kind) = findings::by_code(&note.code) {
                *self.findings.entry(kind.severity).or_default() += 1;
            }
        }
    }

    pub(crate) fn messages(&self) -> usize {
        self.accepted + self.refused + self.duplicates + self.not_selected
    }

    pub(crate) fn per_second(&self) -> f64 {
        if self.seconds > 0.0 {
            self.records as f64 / self.seconds
        } else {
            0.0
        }
    }
}

/// One transmission to run.
pub(crate) struct Input {
    pub(crate) bytes: Vec<u8>,
    pub(crate) channel: Channel,
}

/// Runs transmissions in order; `each` sees every receipt as soon as it is durable.
pub(crate) fn feed(
    app: &App,
    inputs: impl Iterator<Item = anyhow::Result<Input>>,
    threads: usize,
    mut each: impl FnMut(&Receipt),
) -> anyhow::Result<Totals> {
    let start = Instant::now();
    let mut totals = Totals::default();
    let mut waiting: VecDeque<(Pending, Input)> = VecDeque::new();
    let mut settle = |(pending, input): (Pending, Input), totals: &mut Totals| {
        let receipt = match pending.wait() {
            // The law changed on the way: this one is projected again.
            Err(error) if error.is_law_changed() => app.receive(&input.bytes, input.channel),
            settled => settled,
        };
        let receipt = receipt.map_err(anyhow::Error::new)?;
        totals.add(&receipt);
        each(&receipt);
        anyhow::Ok(())
    };
    let mut inputs = inputs.peekable();
    while inputs.peek().is_some() {
        let mut chunk = Vec::new();
        let mut size = 0;
        while size < CHUNK_BYTES && chunk.len() < CHUNK_FILES {
            let Some(input) = inputs.next() else { break };
            let input = input?;
            size += input.bytes.len();
            chunk.push(input);
        }
        for (prepared, input) in prepare_all(app, &chunk, threads).into_iter().zip(chunk) {
            waiting.push_back((app.hand(prepared, input.channel.clone()), input));
        }
        // Leave one chunk with the writer while the next is decoded.
        while waiting.len() > CHUNK_FILES {
            if let Some(first) = waiting.pop_front() {
                settle(first, &mut totals)?;
            }
        }
    }
    for next in waiting {
        settle(next, &mut totals)?;
    }
    totals.seconds = start.elapsed().as_secs_f64();
    Ok(totals)
}

/// Decodes a chunk on all threads, keeping its order.
fn prepare_all(app: &App, chunk: &[Input], threads: usize) -> Vec<Vec<Prepared>> {
    let threads = threads.clamp(1, chunk.len().max(1));
    if threads == 1 {
        return chunk
            .iter()
            .map(|input| app.prepare(&input.bytes))
            .collect();
    }
    let share = chunk.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let workers: Vec<_> = chunk
            .chunks(share)
            .map(|part| {
                scope.spawn(|| {
                    part.iter()
                        .map(|i| app.prepare(&i.bytes))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| match worker.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let clock: Clock = match args.at {
        Some(at) => Arc::new(move || at),
        None => super::system_clock(),
    };
    let files = super::files(&args.paths)?;
    if files.is_empty() {
        return Err(fail(Exit::Unreadable, "there is no file to read"));
    }
    let app = args.place.open(true, clock)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let bar = progress(files.len() as u64, "messages");
    let inputs = files.iter().map(|path| {
        bar.inc(1);
        let bytes = super::read_input(path)?;
        Ok(Input {
            bytes,
            channel: Channel("file".into()),
        })
    });
    let mut answered = files.iter();
    let mut unwritten = Ok(());
    if let Some(folder) = &args.replies {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("could not make {}", folder.display()))?;
    }
    let agreed = args.place.config()?.agreements();
    let totals = feed(&app, inputs, threads, |receipt| {
        // Receipts come in the order of the files, when what they are about is durable.
        if let (Some(folder), Some(file), true) =
            (&args.replies, answered.next(), unwritten.is_ok())
        {
            unwritten = write_replies(file, folder, receipt, &agreed, app.now());
        }
    })?;
    unwritten?;
    while app.rescreen(16)?.1 {}
    bar.finish_and_clear();
    let stats = app.store().read(|tx| tx.stats())?;
    if Format::chosen(args.format).is_json() {
        print(&json(&totals, &stats).to_string())?;
    } else {
        print(&format!(
            "{} messages: {} accepted, {} refused, {} known from before, {} not selected\n\
             {} traveller records of {} travellers, {} hits\n\
             {:.1} s, {:.0} traveller records/s",
            totals.messages(),
            totals.accepted,
            totals.refused,
            totals.duplicates,
            totals.not_selected,
            totals.records,
            stats.travellers,
            stats.hits,
            totals.seconds,
            totals.per_second()
        ))?;
    }
    Ok(if totals.refused > 0 {
        Exit::Partial
    } else {
        Exit::Clean
    })
}

/// Writes the answers to the messages of one file: `<file>.<n>.reply`, complete or not at all.
fn write_replies(
    file: &Path,
    folder: &Path,
    receipt: &Receipt,
    agreed: &Agreements,
    now: Timestamp,
) -> anyhow::Result<()> {
    let received = super::read_input(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let replies = oriel_app::replies(&received, receipt, agreed, now);
    for (n, reply) in (1..).zip(replies) {
        let Some(reply) = reply else { continue };
        let path = folder.join(format!("{name}.{n}.reply"));
        let part = folder.join(format!(".{name}.{n}.part"));
        let done = std::fs::write(&part, reply).and_then(|()| std::fs::rename(&part, &path));
        done.with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(())
}

fn json(totals: &Totals, stats: &oriel_store::Stats) -> Value {
    let by_severity: serde_json::Map<String, Value> = totals
        .findings
        .iter()
        .map(|(severity, count)| (severity.name().to_owned(), json!(count)))
        .collect();
    json!({
        "schema": "oriel.ingest/1",
        "messages": totals.messages(),
        "accepted": totals.accepted,
        "refused": totals.refused,
        "duplicates": totals.duplicates,
        "not_selected": totals.not_selected,
        "travellers": stats.travellers,
        "traveller_records": totals.records,
        "bookings": stats.bookings,
        "findings": totals.findings.values().sum::<u64>(),
        "findings_by_severity": by_severity,
        "hits": stats.hits,
        "seconds": totals.seconds,
        "travellers_per_second": totals.per_second(),
    })
}
