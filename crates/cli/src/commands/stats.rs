//! `oriel stats`: what a store holds.

use super::Format;
use super::keys::KeyArgs;
use crate::output::{Exit, print};
use anyhow::Context;
use oriel_store::{Store, place_shown};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the store, or postgres://user@host/database.
    #[arg(
        long,
        value_name = "DIR|URL",
        env = "ORIEL_DATA",
        hide_env_values = true
    )]
    data: String,
    #[command(flatten)]
    keys: KeyArgs,
    /// How to print: text on a terminal, JSON elsewhere unless told.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Add the digest by which two stores are compared.
    #[arg(long)]
    digest: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    // Counting needs no key; the digest is over what is sealed.
    let keys = args
        .digest
        .then(|| args.keys.open(&args.data))
        .transpose()?;
    let store = Store::open(&args.data, keys)
        .with_context(|| format!("the store at {}", place_shown(&args.data)))?;
    let (stats, digest) = store.read(|tx| {
        let digest = if args.digest {
            Some(tx.state_digest()?)
        } else {
            None
        };
        Ok::<_, oriel_store::StoreError>((tx.stats()?, digest))
    })?;
    let digest = digest.map(|d| {
        d.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    });
    let mut object = json!({
        "schema": "oriel.stats/1",
        "messages": stats.messages,
        "accepted": stats.accepted,
        "refused": stats.refused,
        "travellers": stats.travellers,
        "traveller_records": stats.traveller_records,
        "bookings": stats.bookings,
        "journeys": stats.journeys,
        "findings": stats.errors + stats.warnings,
        "hits": stats.hits,
        "decisions": stats.decisions,
        "audit_events": stats.events,
    });
    if let Some(digest) = digest {
        object["digest"] = digest.into();
    }
    if Format::chosen(args.format).is_json() {
        print(&object.to_string())?;
    } else {
        for (name, value) in object
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(n, _)| *n != "schema")
        {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            print(&format!("{:<18} {value:>12}", name.replace('_', " ")))?;
        }
    }
    Ok(Exit::Clean)
}
