//! `oriel audit pack`: what an independent audit, or an authority that asks for the record of
//! processing, is given.
//!
//! - In: a store and its keys, a period.  Out: a folder; `README.pack.md` says what each file holds.
//! - Source: R-AUD-08 (periodic independent audit), R-DOC-01 (record of processing systems and
//!   procedures), R-DOC-02 (history of law and lists).
//! - Invariants: one moment of the store; nothing about travellers in any file; which decisions are
//!   shown follows from the hash of the log, so that nobody chooses them; the manifest names every
//!   file with its digest, and is signed by the key that signs the log.

use super::export::{Out, create, finish, line};
use super::folder::{Line, README};
use super::verify::trusted;
use crate::commands::keys::KeyArgs;
use crate::digest::{hex, of_file};
use crate::output::{Exit, fail, print};
use anyhow::Context;
use jiff::Timestamp;
use oriel_app::year_figures;
use oriel_policy::audit::{Deed, Event, Hash, Record, Register};
use oriel_policy::{Act, CONSOLE, Profile, Purpose};
use oriel_store::{Account, ProfileStep, SelectionRow, Signed, Step, Store, Tx, place_shown};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// First line of the manifest: what a signature over it vouches for.
const KIND: &str = "oriel.audit-pack/1";
const MANIFEST: &str = "MANIFEST";
const RECORD: &str = "record.json";
const DECISIONS: &str = "decisions.ndjson";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the store, or postgres://user@host/database.
    #[arg(long, value_name = "DIR|URL")]
    data: String,
    #[command(flatten)]
    keys: KeyArgs,
    /// Folder to write to; it must not hold a pack yet.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Events from this instant on; a year before `--until` unless told.
    #[arg(long, value_name = "INSTANT")]
    from: Option<Timestamp>,
    /// Events before this instant; now unless told.
    #[arg(long, value_name = "INSTANT")]
    until: Option<Timestamp>,
    /// How many decisions are shown with everything that was done about them.
    #[arg(long, value_name = "N", default_value_t = 50)]
    sample: usize,
    /// Why the log is read; it is logged.
    #[arg(long, default_value = "oversight=audit", value_parser = super::purpose)]
    purpose: Purpose,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The folder.
    folder: PathBuf,
    /// Public keys to trust, one a line, as `oriel keys export-public` prints them.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// From when until before when, UTC.
#[derive(Clone, Copy)]
struct Period {
    from: Timestamp,
    until: Timestamp,
}

impl Period {
    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// The years it touches, as far as they have begun by `now`.
    fn years(&self, now: Timestamp) -> std::ops::RangeInclusive<i16> {
        let year = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).year();
        year(self.from)..=year(self.until.min(now))
    }
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let now = Timestamp::now();
    let until = args.until.unwrap_or(now);
    let year = jiff::SignedDuration::from_hours(365 * 24);
    let from = args
        .from
        .unwrap_or_else(|| until.saturating_sub(year).unwrap_or(until));
    if from >= until {
        return Err(fail(Exit::Unreadable, "the period ends before it begins"));
    }
    let period = Period { from, until };
    let store = Store::open(&args.data, Some(args.keys.open(&args.data)?))
        .with_context(|| format!("the store at {}", place_shown(&args.data)))?;
    let mut folder = Folder::create(&args.out)?;
    folder.put(README, include_bytes!("README.pack.md"))?;
    let event = Event::by(now, CONSOLE, Deed::AuditExport, "pack", "ok");
    store
        .write(|tx| tx.audit_append(&[event.because(&args.purpose)]))
        .context("the log is not shown, because that could not be logged")?;
    store.checkpoint()?;
    store.read(|tx| -> anyhow::Result<()> {
        let log = log(tx, period, args.sample, &mut folder)?;
        folder.json(RECORD, &record(tx, now, period, &log)?)?;
        laws(tx, &mut folder)
    })?;
    for recipient in store.read(|tx| tx.recipient_list())? {
        let steps = store.read(|tx| tx.profile_steps(&recipient.id))?;
        let Some(step) = in_force(&steps) else {
            continue;
        };
        let profile = Profile::parse(&store.read(|tx| tx.profile_of_step(step))?)?;
        for year in period.years(now) {
            let figures = year_figures(&store, &recipient.id, &profile, year, now)?;
            let name = format!("statistics/{year}-{}.json", recipient.id);
            folder.json(&name, &figures.json())?;
        }
    }
    let files = folder.seal(&store, now)?;
    print(&format!("{files} files written to {}", args.out.display()))?;
    Ok(Exit::Clean)
}

/// The version in force, which is the last one that was activated.
fn in_force(steps: &[ProfileStep]) -> Option<&ProfileStep> {
    let mut steps = steps.iter().rev();
    steps.find(|step| step.step == Step::Activated)
}

/// What the log says of a period.
struct LogSummary {
    /// Events by act.
    acts: BTreeMap<String, u64>,
    /// Decisions in it, of which a sample is shown.
    decisions: usize,
    /// Hash of its last event, by which they are drawn.
    lot: Hash,
}

/// Writes the registers of disclosure and erasure, and a sample of the decisions with every event
/// about the same hit.
fn log(
    tx: &mut Tx<'_>,
    period: Period,
    sample: usize,
    folder: &mut Folder,
) -> anyhow::Result<LogSummary> {
    let mut acts = BTreeMap::new();
    let mut decided = Vec::new();
    let mut registers = Vec::new();
    for register in [Register::Disclosure, Register::Erasure] {
        let name = format!("registers/{}.ndjson", register.name());
        registers.push((register, folder.begin(&name)?));
    }
    let mut lot = Hash::default();
    let is_decision = |record: &Record<'_>| record.act == Act::HitDecide.name();
    tx.audit_each(1, |entry| -> anyhow::Result<()> {
        let record = entry.record;
        if !period.holds(record.at) {
            return Ok(());
        }
        *acts.entry(record.act.to_owned()).or_default() += 1;
        lot = entry.hash;
        if is_decision(&record) {
            decided.push((entry.sequence, record.object.to_owned()));
        }
        for (register, file) in &mut registers {
            if register.lists(&record) {
                line(file, &Line::of(entry))?;
            }
        }
        Ok(())
    })?;
    for (_, file) in registers {
        finish(file)?;
    }
    let decisions = decided.len();
    let shown = drawn(decided, &lot, sample);
    let mut file = folder.begin(DECISIONS)?;
    tx.audit_each(1, |entry| -> anyhow::Result<()> {
        if shown.contains(entry.record.object) {
            line(&mut file, &Line::of(entry))?;
        }
        Ok(())
    })?;
    finish(file)?;
    Ok(LogSummary {
        acts,
        decisions,
        lot,
    })
}

/// The objects of `size` decisions, drawn by the hash of the last event of the period: whoever
/// decides does not know what it will be, and whoever makes the pack cannot draw again.
fn drawn(mut decided: Vec<(u64, String)>, lot: &Hash, size: usize) -> BTreeSet<String> {
    decided.sort_by_cached_key(|(n, _)| {
        let place: [u8; 32] = Sha256::new()
            .chain_update(lot)
            .chain_update(n.to_be_bytes())
            .finalize()
            .into();
        place
    });
    decided
        .into_iter()
        .take(size)
        .map(|(_, object)| object)
        .collect()
}

/// The record of processing: who receives what under which law, who may do what, which lists and
/// selections there are, and what ran.
fn record(
    tx: &mut Tx<'_>,
    now: Timestamp,
    period: Period,
    log: &LogSummary,
) -> anyhow::Result<Value> {
    let (events, head) = tx.audit_head()?;
    let note = tx.checkpoint_newest()?.map(|row| row.kept.note);
    let mut recipients = Vec::new();
    let mut selections = Vec::new();
    for row in tx.recipient_list()? {
        let steps = tx.profile_steps(&row.id)?;
        let steps_shown: Vec<Value> = steps.iter().map(step).collect();
        recipients.push(json!({
            "name": row.id, "title": row.title,
            "in_force": in_force(&steps).map(ProfileStep::reference),
            "steps": steps_shown,
        }));
        selections.extend(tx.selection_list(&row.id)?.iter().map(selection));
    }
    let versions = tx.list_versions()?;
    let lists = tx.list_all()?;
    let lists = lists.iter().map(|list| {
        let versions = versions.iter().filter(|version| version.list == list.id);
        let versions: Vec<Value> = versions
            .map(|version| {
                json!({
                    "version": version.version, "imported_at": version.imported_at,
                    "imported_by": version.imported_by, "format": version.format,
                    "entries": version.entries,
                })
            })
            .collect();
        json!({
            "id": list.id, "name": list.name, "kind": list.kind, "owner": list.owner,
            "legal_basis": list.legal_basis, "in_force": list.active, "versions": versions,
        })
    });
    let sweeps = tx.sweep_list()?;
    let sweeps = sweeps.iter().filter(|run| period.holds(run.at)).map(|run| {
        let counts = serde_json::from_str(&run.counts).unwrap_or(Value::Null);
        json!({
            "at": run.at, "recipient": run.compartment, "profile": run.profile,
            "step": run.step, "counts": counts,
        })
    });
    Ok(json!({
        "schema": "oriel.audit-record/1",
        "program": env!("CARGO_PKG_VERSION"),
        "made_at": now,
        "period": {"from": period.from, "until": period.until},
        "log": {"events": events, "head": hex(&head), "checkpoint": note},
        "acts": log.acts,
        "decisions": log.decisions,
        "lot": hex(&log.lot),
        "recipients": recipients,
        "accounts": tx.account_list()?.iter().map(account).collect::<Vec<_>>(),
        "lists": lists.collect::<Vec<_>>(),
        "selections": selections,
        "sweeps": sweeps.collect::<Vec<_>>(),
    }))
}

fn step(step: &ProfileStep) -> Value {
    json!({
        "step": step.step.name(), "profile": step.reference(), "digest": step.digest,
        "at": step.at, "by": step.actor,
    })
}

fn selection(row: &SelectionRow) -> Value {
    let signed = |signed: &Signed| json!({"by": signed.by, "at": signed.at});
    json!({
        "id": row.id.display("sel"), "recipient": row.compartment, "reason": row.reason,
        "threat": row.threat, "decided_by": row.decided_by, "profile": row.profile,
        "from": row.starts_at, "until": row.ends_at, "review_at": row.review_at,
        "proposed": signed(&row.proposed),
        "approved": row.approved.as_ref().map(signed),
        "ended": row.ended.as_ref().map(signed),
    })
}

/// Staff and machines with what they may do, those that have ended included.
fn account(account: &Account) -> Value {
    let roles: Vec<&str> = account.roles.iter().map(|role| role.name()).collect();
    json!({
        "id": account.id, "login": account.login, "name": account.name,
        "kind": account.kind.name(), "recipient": account.compartment,
        "active": account.active, "roles": roles,
    })
}

/// The text of every version of every law that anybody proposed.
fn laws(tx: &mut Tx<'_>, folder: &mut Folder) -> anyhow::Result<()> {
    let mut known = BTreeSet::new();
    for recipient in tx.recipient_list()? {
        for step in tx.profile_steps(&recipient.id)? {
            if known.insert(step.reference()) {
                let text = tx.profile_of_step(&step)?;
                let name = format!("laws/{}-{}.toml", step.id, step.version);
                folder.put(&name, text.as_bytes())?;
            }
        }
    }
    Ok(())
}

/// The folder that is being written.
struct Folder {
    root: PathBuf,
    files: Vec<String>,
}

impl Folder {
    fn create(root: &Path) -> anyhow::Result<Self> {
        for part in ["", "laws", "registers", "statistics"] {
            let path = root.join(part);
            std::fs::create_dir_all(&path)
                .with_context(|| format!("could not make {}", path.display()))?;
        }
        Ok(Self {
            root: root.to_owned(),
            files: Vec::new(),
        })
    }

    fn begin(&mut self, name: &str) -> anyhow::Result<Out> {
        self.files.push(name.to_owned());
        create(&self.root.join(name))
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let mut file = self.begin(name)?;
        file.write_all(bytes)?;
        finish(file)
    }

    fn json(&mut self, name: &str, value: &Value) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        self.put(name, format!("{text}\n").as_bytes())
    }

    /// Signs what was written; how many files there are, the manifest included.
    fn seal(mut self, store: &Store, now: Timestamp) -> anyhow::Result<usize> {
        self.files.sort();
        let mut text = format!("{KIND}\nmade {now}\n");
        for name in &self.files {
            text += &format!("{} {name}\n", of_file(&self.root.join(name))?);
        }
        let note = store.vouch(&text)?.context("the key store signs")?;
        self.put(MANIFEST, note.as_bytes())?;
        Ok(self.files.len())
    }
}

/// Checks that a pack is what was signed.
pub(super) fn check(args: &CheckArgs) -> anyhow::Result<Exit> {
    let path = args.folder.join(MANIFEST);
    let note = std::fs::read_to_string(&path)
        .with_context(|| format!("could not read {}", path.display()))?;
    let broken = |what: &str| Err(fail(Exit::Integrity, format!("broken: {what}")));
    let signer = note.rsplit_once("\n— ").map_or("", |(_, line)| line);
    let keys = trusted(&args.key, signer.split(' ').next().unwrap_or_default())?;
    let text = keys.iter().find_map(|key| key.open(&note));
    let Some(text) = text else {
        return broken("the manifest is not signed by a key that is trusted");
    };
    let mut lines = text.lines();
    let (Some(KIND), Some(made)) = (lines.next(), lines.next()) else {
        return broken("the manifest is not that of a pack");
    };
    let mut named = BTreeSet::from([PathBuf::from(MANIFEST)]);
    for entry in lines {
        let Some((expect, name)) = entry.split_once(' ') else {
            return broken("the manifest cannot be read");
        };
        let path = args.folder.join(name);
        if !path.is_file() {
            return broken(&format!("{name} is missing"));
        }
        if of_file(&path)? != expect {
            return broken(&format!("{name} was changed"));
        }
        named.insert(PathBuf::from(name));
    }
    for found in walk(&args.folder)? {
        let name = found.strip_prefix(&args.folder)?;
        if !named.contains(name) {
            return broken(&format!("{} was added", name.display()));
        }
    }
    print(&format!("{} files hold, {made}", named.len()))?;
    Ok(Exit::Clean)
}

fn walk(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(walk(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
