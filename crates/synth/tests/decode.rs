//! What the simulator writes and what the decoders read are the same.
//!
//! The encoders here and the decoders of `oriel-messages` were written from the guides by
//! different hands; this is where they meet.

use oriel_messages::{Decoded, decode};
use oriel_model::{Message, Severity, Traveller};
use oriel_synth::{Config, Said, SaidPerson, Transmission, World};

/// A world of a size that a debug build reads in a moment.
fn world(faults: bool) -> World {
    World::new(Config {
        seed: 7,
        travellers: 3_000,
        faults,
        ..Config::default()
    })
}

/// What a message says and what was read from it, each difference as a line.
fn differences(said: &Said, message: &Message) -> Vec<String> {
    let mut out = Vec::new();
    let mut differ = |what: &str, said: String, read: String| {
        if said != read {
            out.push(format!("{what}: said {said:?}, read {read:?}"));
        }
    };
    let envelope = &message.envelope;
    differ(
        "reference",
        said.reference.to_string(),
        envelope.reference.to_string(),
    );
    differ(
        "function",
        said.function.into(),
        envelope.function.name().into(),
    );
    let flight = &message.flights[0];
    let leg = flight.border_leg().expect("a flight has a leg");
    let show = |code: Option<oriel_model::Port>| code.map_or(String::new(), |c| c.to_string());
    let carrier = flight
        .carrier
        .map_or(String::new(), |carrier| carrier.to_string());
    differ("carrier", said.flight.carrier.into(), carrier);
    differ(
        "number",
        said.flight.number.to_string(),
        flight.number.to_string(),
    );
    differ("from", said.flight.from.into(), show(leg.from));
    differ("to", said.flight.to.into(), show(leg.to));
    let departs = leg
        .departs
        .map_or(String::new(), |departs| departs.to_string());
    differ("departs", said.flight.departs.to_string(), departs);
    differ(
        "bookings",
        said.bookings.to_string(),
        message.bookings.len().to_string(),
    );
    let persons = message.travellers.len();
    differ(
        "persons",
        said.persons.len().to_string(),
        persons.to_string(),
    );
    for person in &said.persons {
        let same = |traveller: &&Traveller| match &traveller.carrier_ref {
            Some(reference) => *reference.expose() == person.reference,
            // Crew have no reference; they are told apart by their documents.
            None => documents_read(traveller) == documents_said(person),
        };
        match message.travellers.iter().find(same) {
            None => out.push(format!("{} {} is missing", person.surname, person.given)),
            Some(traveller) => {
                let (said, read) = (line_said(person), line_read(traveller));
                if said != read {
                    out.push(format!("said {said}\nread {read}"));
                }
            }
        }
    }
    out
}

/// A person in one line, as the message says.
fn line_said(person: &SaidPerson) -> String {
    format!(
        "{} {}/{} {} {} {} [{}] {} {} {}",
        person.role,
        person.surname,
        untitled(&person.given),
        person.birth,
        person.sex,
        person.nationality,
        documents_said(person),
        person.locator,
        person.seat,
        person.infant,
    )
}

/// The same line of what was read.
fn line_read(traveller: &Traveller) -> String {
    let role = match traveller.role.code() {
        "FL" => "passenger",
        "FM" => "crew",
        "DDU" => "transit_passenger",
        "DDT" => "transit_crew",
        other => other,
    };
    let text = |value: &Option<oriel_model::Personal<oriel_model::Text>>| {
        value
            .as_ref()
            .map_or(String::new(), |value| value.expose().to_string())
    };
    let birth = traveller
        .birth
        .as_ref()
        .and_then(|birth| birth.expose().date);
    format!(
        "{role} {}/{} {} {} {} [{}] {} {} {}",
        text(&traveller.name.surname),
        untitled(&text(&traveller.name.given)),
        birth.map_or(String::new(), |date| date.to_string()),
        traveller.sex.as_ref().map_or("", |sex| sex.expose().code()),
        match traveller.nationalities.first() {
            Some(state) if !traveller.nationality_derived => state.expose().as_str(),
            _ => "",
        },
        documents_read(traveller),
        text(&traveller.locator),
        text(&traveller.seat),
        traveller.infant,
    )
}

/// One disguise is a title behind the given name; a reader may take it off or, where SSR DOCS has
/// it too, leave it.
fn untitled(given: &str) -> &str {
    given.trim_end_matches("MRS").trim_end_matches("MR")
}

fn documents_said(person: &SaidPerson) -> String {
    let one = |(kind, number, issuer): &(&str, oriel_model::Text, &str)| {
        format!("{kind} {number} {issuer}")
    };
    person
        .documents
        .iter()
        .map(one)
        .collect::<Vec<_>>()
        .join(", ")
}

fn documents_read(traveller: &Traveller) -> String {
    let one = |document: &oriel_model::Document| {
        let number = document
            .number
            .as_ref()
            .map_or("", |number| number.expose());
        let issuer = document
            .issuer
            .as_ref()
            .map_or("", |issuer| issuer.expose().as_str());
        format!("{} {number} {issuer}", document.kind)
    };
    traveller
        .documents
        .iter()
        .map(one)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The messages of a transmission, decoded, each beside what it says.
fn read(transmission: &Transmission) -> Vec<(Option<&Said>, Decoded)> {
    let mut said = transmission.messages.iter();
    decode(&transmission.bytes)
        .map(|decoded| (said.next(), decoded))
        .collect()
}

#[test]
fn clean_messages_are_read_as_they_were_meant_and_without_a_warning() {
    let world = world(false);
    let mut wrong = Vec::new();
    let mut messages = 0;
    for transmission in world.transmissions() {
        for (said, decoded) in read(&transmission) {
            messages += 1;
            let said = said.expect("no more is read than was written");
            for finding in &decoded.findings {
                if finding.kind.severity >= Severity::Warning {
                    wrong.push(format!("{}: {}", transmission.path, finding.kind.code));
                }
            }
            match &decoded.message {
                None => wrong.push(format!("{}: refused", transmission.path)),
                Some(message) => wrong.extend(
                    differences(said, message)
                        .into_iter()
                        .map(|line| format!("{}: {line}", transmission.path)),
                ),
            }
        }
    }
    assert!(messages > 400, "{messages}");
    let shown = wrong
        .iter()
        .take(40)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        wrong.is_empty(),
        "{} differences, such as\n{shown}",
        wrong.len()
    );
}

/// The finding that tells of each fault. Where there is none, the message alone cannot show the
/// fault: it is told by other messages, by the store, or by nobody.
const TOLD_BY: &[(&str, Option<&str>)] = &[
    ("segment_count", Some("EDI-0032")),
    ("message_reference", Some("EDI-0033")),
    ("control_total", Some("PAX-0401")),
    ("interchange_reference", Some("EDI-0053")),
    ("lost_terminator", Some("EDI-0112")),
    ("unescaped_terminator", Some("EDI-0117")),
    ("impossible_date", Some("PAX-0231")),
    ("missing_document", Some("PAX-0307")),
    ("shifted_docs", Some("PNR-0401")),
    ("wrong_century", Some("PAX-0234")),
    ("duplicate", None),
    ("late", None),
    ("parts_out_of_order", None),
    ("truncated", Some("EDI-0101")),
    ("unknown_segment", Some("PAX-0001")),
    ("wrong_charset", Some("EDI-0113")),
    ("damaged_number", None),
    ("infant_on_parent", Some("PNR-0310")),
    ("missing_trailer", Some("EDI-0104")),
    ("unknown_airport", Some("PAX-0113")),
    ("arrival_before_departure", Some("PAX-0123")),
    ("empty_locator", Some("PAX-0263")),
    ("short_nationality", Some("PAX-0221")),
    ("bare_card_number", Some("PNR-0701")),
];

#[test]
fn faulty_messages_are_told_and_lose_nobody_who_was_sent_whole() {
    let world = World::new(Config::default());
    let mut seen = std::collections::BTreeSet::new();
    for transmission in world.transmissions() {
        let Some(fault) = &transmission.fault else {
            continue;
        };
        seen.insert(fault.name);
        let path = &transmission.path;
        let read = read(&transmission);
        let spoilt = read
            .iter()
            .find(|(said, _)| said.is_some_and(|said| said.reference == fault.reference));
        let (said, decoded) = spoilt.unwrap_or_else(|| panic!("{path}: {} is gone", fault.name));
        let told = decoded.findings.iter().map(|finding| finding.kind.code);
        let (_, expected) = TOLD_BY
            .iter()
            .find(|(name, _)| *name == fault.name)
            .expect("every fault has its row");
        if let Some(code) = expected {
            let told: Vec<_> = told.collect();
            assert!(
                told.contains(code),
                "{path}: {} is not told by {told:?}",
                fault.name
            );
        }
        assert_eq!(
            decoded.message.is_none(),
            fault.refused,
            "{path}: {}",
            fault.name
        );
        if let (Some(message), Some(said)) = (&decoded.message, said) {
            let (sent, got) = (said.persons.len(), message.travellers.len());
            assert!(
                got >= sent,
                "{path}: {sent} sent, {got} read, {}",
                fault.name
            );
        }
    }
    assert_eq!(seen.len(), oriel_synth::faults().count());
    assert_eq!(seen.len(), TOLD_BY.len());
}
