//! `oriel carrier quality`: how well a carrier sends, in counts.

use crate::commands::profile::Output;
use crate::output::{Exit, print};
use oriel_app::{FlightQuality, FormatQuality, Quality};
use serde_json::json;

/// What `oriel carrier quality` prints of one recipient.
pub(super) fn show(recipient: &str, quality: &Quality, output: &Output) -> anyhow::Result<Exit> {
    if output.is_json() {
        let shown = json!({
            "schema": "oriel.carrier.quality/1",
            "recipient": recipient,
            "from": quality.from,
            "to": quality.to,
            "formats": quality.formats(),
            "flights": quality.flights(),
            "trend": quality.steps(),
            "weekly": quality.weekly,
        });
        print(&shown.to_string())?;
        return Ok(Exit::Clean);
    }
    print(&format!("{recipient}, {} to {}", quality.from, quality.to))?;
    for format in quality.formats() {
        print_format(&format)?;
    }
    print_flights(&quality.flights())?;
    for step in quality.steps() {
        print(&format!(
            "  {}: {} messages, {} repeats, {} refused, {} with lost values; pushes {} in time, {} late, \
             {} missing",
            step.from,
            step.messages,
            step.repeats,
            step.refused,
            step.faulty,
            step.come,
            step.late,
            step.missing
        ))?;
    }
    Ok(Exit::Clean)
}

fn print_format(format: &FormatQuality) -> anyhow::Result<()> {
    let name = match &*format.format {
        "" => "unread",
        name => name,
    };
    print(&format!(
        "{name}: {} messages, {} repeats, {} refused, {} with lost values, {} odd; {} persons, {} bookings; \
         announced {}, there {}, {} messages differ",
        format.messages,
        format.repeats,
        format.refused,
        format.faulty,
        format.warned,
        format.persons,
        format.bookings,
        format.announced,
        format.announced_there,
        format.announced_wrong
    ))?;
    for element in &format.elements {
        let lost = match element.lost {
            0 => String::new(),
            lost => format!(", {lost} lost"),
        };
        let (name, of) = (element.element, element.of);
        print(&format!(
            "  {name}: {} of {} {of}{lost}",
            element.with, element.all
        ))?;
    }
    for finding in &format.findings {
        print(&format!("  {} {} times", finding.code, finding.count))?;
    }
    Ok(())
}

fn print_flights(flights: &FlightQuality) -> anyhow::Result<()> {
    print(&format!(
        "flights: {} expected or come, {} cancelled, {} in no schedule; {} messages about {}",
        flights.flights, flights.cancelled, flights.unplanned, flights.messages, flights.told
    ))?;
    for push in &flights.pushes {
        print(&format!(
            "  push {}: {} in time, {} late, {} missing, {} excused",
            push.push, push.come, push.late, push.missing, push.excused
        ))?;
    }
    print(&format!(
        "  passengers: {} in lists, {} in bookings; on {} flights with both, {} in lists alone and {} in \
         bookings alone; on board of {} closed flights {}, {} of them named nowhere before",
        flights.lists,
        flights.bookings,
        flights.compared,
        flights.lists_alone,
        flights.bookings_alone,
        flights.closed,
        flights.boarded,
        flights.boarded_alone
    ))
}
