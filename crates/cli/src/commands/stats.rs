//! `oriel stats`: what a store holds, and what a year came to.

use super::keys::KeyArgs;
use super::{Format, profile};
use crate::output::{Exit, complain, print};
use anyhow::Context;
use jiff::Timestamp;
use oriel_app::{Cell, year_figures};
use oriel_policy::PIU;
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
    /// The statistics of the law of this year instead, small counts of persons left out.
    #[arg(long, value_name = "YEAR", conflicts_with = "digest")]
    yearly: Option<i16>,
    /// With --yearly: whose figures.
    #[arg(long, value_name = "NAME", default_value = PIU, requires = "yearly")]
    recipient: String,
    /// With --yearly: legal profile, a name that comes with the program or a file.
    #[arg(
        long,
        value_name = "NAME|FILE",
        default_value = "eu-2022",
        requires = "yearly"
    )]
    profile: String,
    /// With --yearly: as CSV.
    #[arg(long, requires = "yearly", conflicts_with = "format")]
    csv: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    // Counting needs no key; the digest is over what is sealed.
    let keys = args
        .digest
        .then(|| args.keys.open(&args.data))
        .transpose()?;
    let store = Store::open(&args.data, keys)
        .with_context(|| format!("the store at {}", place_shown(&args.data)))?;
    if let Some(year) = args.yearly {
        return yearly(args, &store, year);
    }
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

fn yearly(args: &Args, store: &Store, year: i16) -> anyhow::Result<Exit> {
    let profile = profile::of(&args.profile)?;
    let figures = year_figures(store, &args.recipient, &profile, year, Timestamp::now())?;
    if args.csv {
        print(figures.csv().trim_end())?;
    } else if Format::chosen(args.format).is_json() {
        print(&figures.json().to_string())?;
    } else {
        let shown = |cell: Cell| cell.map_or("-".to_owned(), |count| count.to_string());
        for figure in &figures.figures {
            print(figure.measure.says())?;
            for row in &figure.rows {
                print(&format!("  {:<24} {:>12}", row.part, shown(row.year)))?;
            }
        }
        print(&format!(
            "- is a count of persons that is not shown, because it is below {} or would tell one \
             that is ({})",
            figures.least, figures.clause
        ))?;
    }
    if figures.months_over < 12 {
        complain("note: the year is not over; what is told of it must not be published yet");
    }
    Ok(Exit::Clean)
}
