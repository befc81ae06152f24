//! `oriel audit register`: the events of one kind, and how many there are.
//!
//! - Source: R-AUD-06 (who had access), R-AUD-07 (to whom was disclosed), R-RET-11 (what was erased).

use super::Source;
use super::folder::Line;
use crate::output::{Exit, print};
use clap::ValueEnum;
use jiff::Timestamp;
use oriel_policy::Purpose;
use oriel_policy::audit::{Kind, Record};
use std::collections::BTreeMap;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which register.
    register: Register,
    #[command(flatten)]
    source: Source,
    /// Only events from this instant on.
    #[arg(long, value_name = "INSTANT")]
    from: Option<Timestamp>,
    /// Only events before this instant.
    #[arg(long, value_name = "INSTANT")]
    until: Option<Timestamp>,
    /// Only the counts.
    #[arg(long)]
    counts: bool,
    /// Why the log is read; it is logged.
    #[arg(long, default_value = "oversight=register", value_parser = super::purpose)]
    purpose: Purpose,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Register {
    /// Who consulted which records, when and why.
    Access,
    /// What went to whom outside, when and why.
    Disclosure,
    /// What was masked and erased.
    Erasure,
}

impl Register {
    fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Disclosure => "disclosure",
            Self::Erasure => "erasure",
        }
    }

    /// Whether an event belongs in it, with what was asked and allowed before.
    fn lists(self, record: &Record<'_>) -> bool {
        let kind = Kind::of(record.act);
        let leave = |of: &str| kind == Some(Kind::Leave) && record.act.starts_with(of);
        match self {
            Self::Access => kind == Some(Kind::Consultation) || leave("unmask."),
            Self::Disclosure => {
                kind == Some(Kind::Disclosure)
                    || !record.recipient.is_empty()
                    || leave("disclosure.")
            }
            Self::Erasure => kind == Some(Kind::Erasure),
        }
    }
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let log = args.source.open()?;
    let name = args.register.name();
    log.tell(&format!("register {name}"), &args.purpose)?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    log.each(&mut |entry| {
        let record = entry.record;
        let within = args.from.is_none_or(|from| record.at >= from)
            && args.until.is_none_or(|until| record.at < until);
        if !within || !args.register.lists(&record) {
            return Ok(());
        }
        *counts.entry(record.act.to_owned()).or_default() += 1;
        if args.counts {
            return Ok(());
        }
        print(&serde_json::to_string(&Line::of(entry))?)
    })?;
    let total: u64 = counts.values().sum();
    let sums = serde_json::json!({
        "schema": "oriel.audit-register/1", "register": name, "events": total,
        "acts": counts,
    });
    print(&sums.to_string())?;
    Ok(Exit::Clean)
}
