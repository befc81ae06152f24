//! `oriel audit prove`: short proofs that need neither the log nor trust in who keeps it.
//!
//! One JSON object; `docs/audit.md` says how to check it. What is printed was checked first.

use super::Source;
use super::folder::hex;
use crate::output::{Exit, fail, print};
use oriel_policy::Purpose;
use oriel_policy::audit::tree::{Gather, consistency, extends, includes, inclusion};
use oriel_policy::audit::{Checkpoint, Hash};
use serde_json::json;
use std::ops::Range;

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
    let gather = |ranges: Option<Vec<Range<u64>>>, wanted: u64| -> anyhow::Result<_> {
        let none = || {
            let text = format!(
                "event {wanted} is not between the beginning of the log, after event {}, and its \
                 newest checkpoint, of {} events",
                base.size(),
                newest.size
            );
            fail(Exit::Found, text)
        };
        let mut gather = Gather::new(&ranges.ok_or_else(none)?, &base).ok_or_else(none)?;
        let mut hash: Option<Hash> = None;
        let mut tree = base.clone();
        let mut old_root = (base.size() == wanted).then(|| base.root());
        log.each(&mut |entry| {
            if entry.sequence <= newest.size {
                gather.push(&entry.hash);
                tree.push(&entry.hash);
                if entry.sequence == wanted {
                    hash = Some(entry.hash);
                    old_root = Some(tree.root());
                }
            }
            Ok(())
        })?;
        Ok((gather.finish().unwrap_or_default(), hash, old_root))
    };
    let hexes = |path: &[Hash]| path.iter().map(hex).collect::<Vec<_>>();
    let (proof, holds) = match command {
        Command::Inclusion { event, .. } => {
            let leaf = event.checked_sub(1);
            let ranges = leaf.and_then(|leaf| inclusion(leaf, newest.size));
            let (path, hash, _) = gather(ranges, *event)?;
            let hash = hash.unwrap_or_default();
            let holds = includes(
                leaf.unwrap_or_default(),
                newest.size,
                &hash,
                &path,
                &newest.root,
            );
            let proof = json!({
                "schema": "oriel.audit-inclusion/1", "event": event, "hash": hex(&hash),
                "size": newest.size, "path": hexes(&path), "checkpoint": note,
            });
            (proof, holds)
        }
        Command::Consistency { from, .. } => {
            let (path, _, old_root) = gather(consistency(*from, newest.size), *from)?;
            let old_root = old_root.unwrap_or_default();
            let holds = extends(*from, &old_root, newest.size, &newest.root, &path);
            let proof = json!({
                "schema": "oriel.audit-consistency/1", "from": from, "root": hex(&old_root),
                "size": newest.size, "path": hexes(&path), "checkpoint": note,
            });
            (proof, holds)
        }
    };
    if !holds {
        let text = "the log does not hold; `oriel audit verify` names the first bad event";
        return Err(fail(Exit::Integrity, text));
    }
    print(&proof.to_string())?;
    Ok(Exit::Clean)
}
