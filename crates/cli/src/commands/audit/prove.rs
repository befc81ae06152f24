//! `oriel audit prove`: short proofs that need neither the log nor trust in who keeps it.
//!
//! One JSON object; `docs/audit.md` says how to check it. What is printed was checked first.

use super::Source;
use crate::digest::hex;
use crate::output::{Exit, fail, print};
use oriel_policy::Purpose;
use oriel_policy::audit::{Checkpoint, Prover};
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Prove that an event is in the log, against a signed checkpoint.
    Inclusion {
        #[command(flatten)]
        source: Source,
        /// Number of the event.
        #[arg(long, value_name = "N")]
        event: u64,
        /// Why the log is read; it is logged.
        #[arg(long, default_value = "oversight=proof", value_parser = super::purpose)]
        purpose: Purpose,
    },
    /// Prove that the log at one checkpoint is the beginning of the log at the newest.
    Consistency {
        #[command(flatten)]
        source: Source,
        /// Events of the older checkpoint.
        #[arg(long, value_name = "SIZE")]
        from: u64,
        /// Why the log is read; it is logged.
        #[arg(long, default_value = "oversight=proof", value_parser = super::purpose)]
        purpose: Purpose,
    },
}

pub(super) fn run(command: &Command) -> anyhow::Result<Exit> {
    let (source, purpose) = match command {
        Command::Inclusion {
            source, purpose, ..
        }
        | Command::Consistency {
            source, purpose, ..
        } => (source, purpose),
    };
    let log = source.open()?;
    log.tell("proof", purpose)?;
    let marks = log.marks()?;
    let base = marks.base.map(|kept| kept.tree).unwrap_or_default();
    let newest = marks.notes.iter().filter_map(|note| {
        let checkpoint = Checkpoint::open(note, &marks.keys)?;
        Some((checkpoint, note))
    });
    let (newest, note) = newest
        .max_by_key(|(checkpoint, _)| checkpoint.size)
        .ok_or_else(|| fail(Exit::Found, "the log has no signed checkpoint yet"))?;
    let (prover, wanted) = match command {
        Command::Inclusion { event, .. } => (Prover::inclusion(*event, &base, &newest), *event),
        Command::Consistency { from, .. } => (Prover::consistency(*from, &base, &newest), *from),
    };
    let mut prover = prover.ok_or_else(|| {
        let text = format!(
            "event {wanted} is not between the beginning of the log, after event {}, and its \
             newest checkpoint, of {} events",
            base.size(),
            newest.size
        );
        fail(Exit::Found, text)
    })?;
    log.each(&mut |entry| {
        prover.push(&entry.hash);
        Ok(())
    })?;
    let proof = prover.finish().ok_or_else(|| {
        let text = "the log does not hold; `oriel audit verify` names the first bad event";
        fail(Exit::Integrity, text)
    })?;
    let path: Vec<String> = proof.path.iter().map(|hash| hex(hash)).collect();
    let proof = match command {
        Command::Inclusion { event, .. } => json!({
            "schema": "oriel.audit-inclusion/1", "event": event, "hash": hex(&proof.hash),
            "size": proof.size, "path": path, "checkpoint": note,
        }),
        Command::Consistency { from, .. } => json!({
            "schema": "oriel.audit-consistency/1", "from": from, "root": hex(&proof.hash),
            "size": proof.size, "path": path, "checkpoint": note,
        }),
    };
    print(&proof.to_string())?;
    Ok(Exit::Clean)
}
