//! Marks: with every marked byte overwritten, a message keeps its shape and loses its persons.

#[allow(dead_code, reason = "each test shows what it needs")]
mod show;

use oriel_messages::{Decoded, decode};
use oriel_model::{Element, Message, Personal, Traveller};
use std::fs;
use std::path::{Path, PathBuf};

/// What overwrites forbidden bytes before a message is stored.
const FILLER: u8 = b'#';

fn cases(folder: &str) -> Vec<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut paths: Vec<PathBuf> = fs::read_dir(data.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "edi"))
        .collect();
    paths.sort();
    paths
}

/// `bytes` with the marked bytes of every message overwritten.
fn filled(bytes: &[u8]) -> Vec<u8> {
    let mut filled = bytes.to_vec();
    for decoded in decode(bytes) {
        for mark in &decoded.marks {
            let at = mark.at.range();
            filled[decoded.span.start + at.start..decoded.span.start + at.end].fill(FILLER);
        }
    }
    filled
}

/// What may be compared: everything that says nothing about a person.
fn shape(message: &Message) -> String {
    let persons = message.travellers.iter().map(|person| {
        let (role, documents) = (person.role.code(), person.documents.len());
        format!("{role} {documents} {:?}", person.status)
    });
    let persons: Vec<_> = persons.collect();
    // Sectors are joined to flights by their numbers, which are overwritten too.
    let flies = !message.flights.is_empty();
    format!("{:?} {flies} {persons:?}", message.envelope)
}

/// Every text about a person.
fn texts(person: &Traveller) -> Vec<String> {
    let one = |value: &Option<Personal<oriel_model::Text>>| {
        value.as_ref().map(|value| value.expose().to_string())
    };
    let many = |values: &[Personal<oriel_model::Text>]| -> Vec<String> {
        values
            .iter()
            .map(|value| value.expose().to_string())
            .collect()
    };
    let mut all: Vec<String> = [
        one(&person.name.surname),
        one(&person.name.given),
        one(&person.locator),
        one(&person.carrier_ref),
        one(&person.seat),
        one(&person.birth_place),
        person.name.title.as_ref().map(ToString::to_string),
        person.crew_function.as_ref().map(ToString::to_string),
        person
            .sex
            .as_ref()
            .map(|sex| sex.expose().code().to_owned()),
        person
            .residence
            .as_ref()
            .map(|state| state.expose().to_string()),
    ]
    .into_iter()
    .flatten()
    .collect();
    all.extend(many(&person.address));
    all.extend(many(&person.tickets));
    all.extend(many(&person.government_refs));
    all.extend(person.bags.iter().map(|bag| bag.tag.expose().to_string()));
    all.extend(
        person
            .frequent_flyer
            .iter()
            .map(|(_, number)| number.expose().to_string()),
    );
    all.extend(
        person
            .nationalities
            .iter()
            .map(|state| state.expose().to_string()),
    );
    if let Some(birth) = &person.birth {
        all.extend(birth.expose().text.as_ref().map(ToString::to_string));
        all.extend(birth.expose().date.map(|date| date.to_string()));
    }
    for document in &person.documents {
        all.push(document.kind.to_string());
        all.extend(one(&document.number));
        all.extend(one(&document.issuer_text));
        all.extend(
            document
                .issuer
                .as_ref()
                .map(|state| state.expose().to_string()),
        );
        all.extend(
            document
                .expires
                .as_ref()
                .map(|date| date.expose().to_string()),
        );
    }
    for place in [person.from, person.to, person.clearance] {
        all.extend(place.map(|place| place.to_string()));
    }
    all
}

#[test]
fn a_message_without_its_marked_bytes_is_the_same_message_about_nobody() {
    for path in cases("paxlst").into_iter().chain(cases("edifact")) {
        let name = path.display();
        let bytes = fs::read(&path).unwrap();
        let filled = filled(&bytes);
        let before: Vec<Decoded> = decode(&bytes).collect();
        let after: Vec<Decoded> = decode(&filled).collect();
        assert_eq!(before.len(), after.len(), "{name}");
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.span, after.span, "{name}");
            let (Some(known), Some(blind)) = (&before.message, &after.message) else {
                assert!(
                    before.message.is_none() && after.message.is_none(),
                    "{name}"
                );
                continue;
            };
            // Without their names nobody can tell that somebody is listed twice.
            if !before
                .findings
                .iter()
                .any(|finding| finding.kind.code == "PAX-0205")
            {
                assert_eq!(shape(known), shape(blind), "{name}");
            }
            for text in blind.travellers.iter().flat_map(texts) {
                let blank = text.chars().all(|c| matches!(c, '#' | ' '));
                assert!(blank, "{name}: {text:?} is left of a person");
            }
            let rest = String::from_utf8_lossy(&filled[after.span.clone()]);
            for text in known
                .travellers
                .iter()
                .flat_map(texts)
                .filter(|text| text.len() > 3)
            {
                assert!(
                    !rest.contains(&text),
                    "{name}: {text:?} is not covered by marks"
                );
            }
        }
    }
}

#[test]
fn marks_are_ordered_do_not_overlap_and_stay_inside_of_their_message() {
    for path in cases("paxlst") {
        let bytes = fs::read(&path).unwrap();
        for decoded in decode(&bytes) {
            let mut end = 0;
            for mark in &decoded.marks {
                assert!(
                    mark.at.start >= end && mark.at.end > mark.at.start,
                    "{mark:?}"
                );
                end = mark.at.end;
            }
            assert!(end as usize <= decoded.span.len());
        }
    }
}

#[track_caller]
fn check(segment: &str, expect: &str) {
    let message = format!(
        "UNB+UNOA:4+ZQ+UTOGOV+261104:0800+1'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+ZQ1'\
         NAD+FL+++X:Y'{segment}'UNT+6+1'UNZ+1+1'"
    );
    let decoded = decode(message.as_bytes()).next().unwrap();
    let inside = message.find(segment).unwrap() - decoded.span.start;
    let marks = decoded
        .marks
        .iter()
        .filter(|mark| (inside..inside + segment.len()).contains(&(mark.at.start as usize)));
    let got: Vec<String> = marks
        .map(|mark| {
            let text = &message[decoded.span.clone()][mark.at.range()];
            format!("{text}={:?}", mark.element)
        })
        .collect();
    assert_eq!(got.join(" "), expect);
}

#[test]
fn each_component_stands_under_the_heading_of_the_law() {
    check(
        "NAD+FL+++DOE:ANN+9 HIGH ST:FLAT 2+TOWN++123+UTO",
        "DOE=Name ANN=Name 9 HIGH ST=Destination FLAT 2=Destination TOWN=Destination \
         123=Destination UTO=Destination",
    );
    check("ATT+2++F", "F=Sex");
    check("DTM+329:800101:101", "800101=BirthDate");
    check("DTM+36:310101", "310101=Document");
    check("MEA+WT++KGM:12", "KGM=Baggage 12=Baggage");
    check("GEI+4+173", "173=Capture");
    check("FTX+BAG+++ZQ000001:2", "ZQ000001=Baggage 2=Baggage");
    check("FTX+AAI+++WISHES:A DRINK", "WISHES=Remark A DRINK=Remark");
    check("LOC+22+CDG", "CDG=Itinerary");
    check("LOC+178+NBO", "NBO=Itinerary");
    check("LOC+174+UTO", "UTO=Residence");
    check("LOC+180+UTO:::AVALON", "UTO=BirthPlace AVALON=BirthPlace");
    check("LOC+91+UTO", "UTO=Document");
    check("EMP+1+CR1:110:111", "CR1=Crew 110=Crew 111=Crew");
    check("NAT+2+UTO", "UTO=Nationality");
    check("RFF+AVF:ABC123", "ABC123=Locator");
    check("RFF+ABO:ZQ1", "ZQ1=Locator");
    check("RFF+SEA:014C", "014C=Seat");
    check("RFF+AEA:KTN1", "KTN1=GovernmentRef");
    check("RFF+CR:ZQ99", "ZQ99=FrequentFlyer");
    check("RFF+YZY:2981212121212C1", "2981212121212C1=Ticket");
    check("COM+0123:TE", "0123=Contact TE=Contact");
    check("DOC+P:110:111+X1", "P=Document X1=Document");
}

#[test]
fn what_the_decoder_does_not_know_is_unmapped_with_its_tag() {
    check("RFF+ZZZ:SECRET", "ZZZ=Unmapped SECRET=Unmapped");
    check("LOC+999+SECRET", "999=Unmapped SECRET=Unmapped");
    check("DTM+998:SECRET", "998=Unmapped SECRET=Unmapped");
    check("XYZ+SECRET", "XYZ=Unmapped SECRET=Unmapped");
    check("NAD+FL++ID9+X", "ID9=Name X=Name");
    check("NAD+FL+ID9", "ID9=Unmapped");
    check("NAD+SECRET++", "SECRET=Unmapped");
    check("CPI+SECRET", "SECRET=Unmapped");
    // A piece of a name that looks like a tag.
    check("ATT+2++F'JAN", "F=Sex JAN=Unmapped");
    check("ATT+2++F'SECRET", "F=Sex SECRET=Unmapped");
}

#[test]
fn nothing_of_a_carriers_desk_is_mistaken_for_a_traveller() {
    let message = "UNB+UNOA:4+ZQ+UTOGOV+261104:0800+1'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
                   NAD+MS+++DOE:JANE'CTA+IC+:NIGHT DESK'COM+0123:TE'TDT+20+ZQ1'LOC+125+NBO'\
                   LOC+87+CDG'UNT+9+1'UNZ+1+1'";
    let decoded = decode(message.as_bytes()).next().unwrap();
    let desk = decoded
        .marks
        .iter()
        .filter(|mark| mark.element == Element::CarrierContact);
    assert_eq!(
        desk.count(),
        6,
        "{}",
        show::message(decoded.message.as_ref().unwrap())
    );
    assert!(decoded.message.unwrap().travellers.is_empty());
}
