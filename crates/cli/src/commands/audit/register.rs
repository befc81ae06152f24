//! `oriel audit register`: the events of one kind, and how many there are.
//!
//! - Source: R-AUD-06 (who had access), R-AUD-07 (to whom was disclosed), R-RET-11 (what was erased).

use super::Source;
use super::folder::Line;
use crate::output::{Exit, print};
use jiff::Timestamp;
use oriel_policy::Purpose;
use oriel_policy::audit::Register;
use std::collections::BTreeMap;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which register: access, disclosure or erasure.
    #[arg(value_parser = register)]
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

fn register(text: &str) -> Result<Register, String> {
    let names: Vec<&str> = Register::ROWS.iter().map(|row| row.0).collect();
    Register::parse(text).ok_or_else(|| format!("the registers are {}", names.join(", ")))
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
