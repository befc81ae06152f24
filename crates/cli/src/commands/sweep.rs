//! `oriel sweep`: masks and erases what is due, once. A serving program does so by itself.

use super::{Format, Place};
use crate::output::{Exit, print};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    /// How to print: text on a terminal, JSON elsewhere unless told.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Transactions before somebody else gets a turn.
const BUDGET: usize = 64;

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let app = args.place.open(false, super::system_clock())?;
    let mut total = oriel_app::Swept::default();
    loop {
        let (swept, more) = app.sweep(BUDGET)?;
        total.add(swept);
        if !more {
            break;
        }
    }
    if Format::chosen(args.format).is_json() {
        let mut line = json!(total);
        line["schema"] = json!("oriel.sweep/1");
        print(&line.to_string())?;
    } else {
        print(&format!(
            "{} journeys were due: of {} travellers {} are masked and {} erased; the bytes of {} \
             messages, the results of {} cases, and {} views, holds and requests whose time was \
             over are gone",
            total.journeys,
            total.travellers,
            total.masked,
            total.erased,
            total.originals,
            total.results,
            total.ended
        ))?;
    }
    Ok(Exit::Clean)
}
