//! `oriel diff A B`: what changed between two pushes of the same flights, field by field.
//!
//! - In: messages before and after, of any format, in files or folders.  Out: one JSON object a
//!   change (`oriel.diff/1`), or a line for people.
//! - Who is who is decided as everywhere else, by merging both sides into one journey; then the
//!   newest word of each side is compared. Bookings are compared by their locator.

use super::Format;
use super::decode::{booking, flight, flight_words, traveller};
use crate::output::{Exit, print};
use oriel_messages::Transmission;
use oriel_model::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Fields that count places in one message, which say nothing of the traveller or the booking.
const PLACES: [&str; 4] = ["ref", "traveller", "travellers", "travels_with"];

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Messages before: a file or a folder.
    before: PathBuf,
    /// Messages after.
    after: PathBuf,
    /// How to print: text on a terminal, JSON elsewhere unless told.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// The two sides, as the first byte of a message's digest.
const BEFORE: u8 = 0;
const AFTER: u8 = 1;

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut journeys: BTreeMap<JourneyKey, Vec<Report>> = BTreeMap::new();
    let mut refused = false;
    for (side, path) in [(BEFORE, &args.before), (AFTER, &args.after)] {
        refused |= read(side, path, &mut journeys)?;
    }
    let mut changed = false;
    for (_, reports) in journeys {
        for change in changes(&merge(reports)) {
            changed = true;
            if Format::chosen(args.format).is_json() {
                print(&change.to_string())?;
            } else {
                print(&words(&change))?;
            }
        }
    }
    Ok(match (refused, changed) {
        (true, _) => Exit::Unreadable,
        (false, true) => Exit::Found,
        (false, false) => Exit::Clean,
    })
}

/// Reads one side; whether a message of it was refused.
fn read(
    side: u8,
    path: &Path,
    journeys: &mut BTreeMap<JourneyKey, Vec<Report>>,
) -> anyhow::Result<bool> {
    let mut refused = false;
    let mut number = 0_u32;
    for file in super::files(&[path.to_path_buf()])? {
        let bytes = super::read_input(&file)?;
        for decoded in Transmission::open(&bytes).decode() {
            let Some(message) = decoded.message else {
                refused = true;
                continue;
            };
            number += 1;
            let mut key = [0; 32];
            key[0] = side;
            key[1..5].copy_from_slice(&number.to_be_bytes());
            for (journey, report) in Report::of(message, key) {
                journeys.entry(journey).or_default().push(report);
            }
        }
    }
    Ok(refused)
}

/// Every difference between the two sides of one journey.
fn changes(journey: &Journey) -> Vec<Value> {
    let name = flight_words(&journey.flight);
    let mut out = Vec::new();
    let newest = |side: u8| {
        let mut reports = journey.reports.iter().rev();
        reports.find(|report| report.message[0] == side)
    };
    let of_flight = |side| newest(side).map(|report: &Report| flight(&report.flight));
    compare(
        &mut out,
        &name,
        "flight",
        &name,
        [of_flight(BEFORE), of_flight(AFTER)],
    );
    for person in &journey.people {
        let newest = |side: u8| {
            let mut mentions = journey.mentions(person).rev();
            mentions
                .find(|(report, _)| report.message[0] == side)
                .map(|(_, told)| told)
        };
        let sides = [newest(BEFORE), newest(AFTER)];
        let who = sides[1].or(sides[0]).map(who).unwrap_or_default();
        let told = sides.map(|told| told.map(|told| traveller(0, told)));
        compare(&mut out, &name, "traveller", &who, told);
    }
    let mut bookings: BTreeMap<String, [Option<Value>; 2]> = BTreeMap::new();
    for report in &journey.reports {
        for told in &report.bookings {
            let Some(locator) = told.locators.first() else {
                continue;
            };
            let locator = format!("{}/{}", locator.company, locator.code.expose());
            let side = usize::from(report.message[0]);
            bookings.entry(locator).or_default()[side] = Some(booking(told));
        }
    }
    for (locator, told) in bookings {
        compare(&mut out, &name, "booking", &locator, told);
    }
    out
}

fn who(told: &Traveller) -> String {
    let part = |text: &Option<Personal<Text>>| {
        text.as_ref()
            .map_or(String::new(), |text| text.expose().to_string())
    };
    format!("{}/{}", part(&told.name.surname), part(&told.name.given))
}

/// Adds what differs between two descriptions of the same thing.
fn compare(
    out: &mut Vec<Value>,
    flight: &str,
    what: &str,
    who: &str,
    [before, after]: [Option<Value>; 2],
) {
    let change = |change: &str| json!({ "schema": "oriel.diff/1", "flight": flight, "what": what, "which": who, "change": change });
    let (before, after) = match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => (before, after),
        (None, Some(_)) => return out.push(change("added")),
        (Some(_), None) => return out.push(change("removed")),
        _ => return,
    };
    for (field, new) in &after {
        let old = before.get(field).unwrap_or(&Value::Null);
        let (old, new) = (without_places(old), without_places(new));
        if PLACES.contains(&field.as_str()) || old == new {
            continue;
        }
        let mut change = change("changed");
        change["field"] = json!(field);
        change["before"] = old;
        change["after"] = new;
        out.push(change);
    }
}

/// A value without the fields that count places.
fn without_places(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(without_places).collect(),
        Value::Object(fields) => {
            let kept = fields
                .iter()
                .filter(|(field, _)| !PLACES.contains(&field.as_str()));
            Value::Object(
                kept.map(|(f, v)| (f.clone(), without_places(v)))
                    .collect::<Map<_, _>>(),
            )
        }
        other => other.clone(),
    }
}

fn words(change: &Value) -> String {
    let text = |field: &str| change[field].as_str().unwrap_or_default().to_owned();
    let head = format!(
        "{} {} {} {}",
        text("flight"),
        text("what"),
        text("which"),
        text("change")
    );
    match change.get("field") {
        Some(_) => format!(
            "{head}: {} {} -> {}",
            text("field"),
            change["before"],
            change["after"]
        ),
        None => head,
    }
}
