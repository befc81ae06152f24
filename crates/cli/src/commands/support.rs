//! `oriel support-bundle`: what somebody outside needs to help, and nothing about a person.
//!
//! One JSON file that a person can read before sending it: versions, the doctor's report, rows of
//! each table, findings by code. No path, no address, no name, no identifier of a record.

use super::doctor::{Subject, examine};
use crate::output::{Exit, print};
use anyhow::Context;
use jiff::Timestamp;
use oriel_messages::findings;
use oriel_store::health;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    subject: Subject,
    /// File to write; it must not be there.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// As much of a finding as is counted.
#[derive(Deserialize)]
struct Note {
    code: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let now = Timestamp::now();
    let data = &args.subject.data;
    let checks: Vec<_> = examine(&args.subject, now)
        .into_iter()
        .map(|check| json!({"about": check.about, "verdict": check.verdict.name()}))
        .collect();
    let health = health::health(data).ok();
    let mut codes: BTreeMap<String, u64> = BTreeMap::new();
    let counted = health::findings(data, &mut |text| {
        let notes: Vec<Note> = serde_json::from_str(text).unwrap_or_default();
        // Only codes of the table: nothing that a sender wrote can pass for one.
        for note in notes.iter().filter(|note| known(&note.code)) {
            *codes.entry(note.code.clone()).or_default() += 1;
        }
    });
    let tables: Option<BTreeMap<_, _>> = health
        .as_ref()
        .map(|health| health.tables.iter().cloned().collect());
    let object = json!({
        "schema": "oriel.support-bundle/1",
        "made": now.to_string(),
        "version": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "machine": std::env::consts::ARCH,
        "processors": std::thread::available_parallelism().map_or(0, usize::from),
        "database": if data.contains("://") { "postgresql" } else { "sqlite" },
        "migrations": health.as_ref().map(|health| &health.migrations),
        "rows": tables,
        "lists_in_force": health.as_ref().map(|health| health.lists.len()),
        "findings": counted.is_ok().then_some(codes),
        "doctor": checks,
    });
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&args.out)
        .with_context(|| format!("could not write {}", args.out.display()))?;
    let text = serde_json::to_string_pretty(&object)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    print(&format!(
        "{}: read it before you send it",
        args.out.display()
    ))?;
    Ok(Exit::Clean)
}

fn known(code: &str) -> bool {
    findings::by_code(code).is_some()
}
