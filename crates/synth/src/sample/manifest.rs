//! PAXLST of samples: everything that a passenger or crew list has room for.
//!
//! - Source: WCO/IATA/ICAO PAXLST guide; for ships, trains and coaches UN/EDIFACT D.05B.

use super::envelope::{interchange, text};
use super::{DAY, Draw};
use crate::dates::yymmdd;
use compact_str::format_compact;
use jiff::civil::DateTime;
use oriel_edifact::Writer;
use oriel_model::{
    Document, Flight, Function, Message, Mode, PartialDate, Port, Role, Text, Traveller,
};

/// Releases.
const RELEASES: &[&str] = &["D.02B", "D.05B", "D.12B", "D.15B"];

/// Lists that are no plain ones, with kind and function of BGM.
const NOTICES: &[(Function, &str, &str)] = &[
    (Function::PassengerChange, "745", "CP"),
    (Function::PassengerCancel, "745", "XR"),
    (Function::PartyReduction, "745", "RP"),
    (Function::FlightClose, "266", "CL"),
    (Function::FlightCloseOnBoard, "266", "CLOB"),
    (Function::FlightCloseNotOnBoard, "266", "CLNB"),
    (Function::FlightCancel, "266", "XF"),
    (Function::FlightChange, "266", "CF"),
    (Function::GatePass, "655", ""),
];

pub(super) fn passengers(draw: &mut Draw) -> (Message, Vec<u8>) {
    let flight = draw.flight();
    let roles = [
        Role::Passenger,
        Role::Passenger,
        Role::Passenger,
        Role::TransitPassenger,
    ];
    let message = listing(draw, flight, Function::PassengerList, &roles);
    let bytes = write(draw, &message, ("745", ""));
    (message, bytes)
}

pub(super) fn crew(draw: &mut Draw) -> (Message, Vec<u8>) {
    let flight = draw.flight();
    let (function, code) = draw.rng.pick(&[
        (Function::CrewList, ("250", "")),
        (Function::CrewList, ("250", "C")),
        (Function::MasterCrewList, ("336", "G")),
    ]);
    let message = listing(
        draw,
        flight,
        function,
        &[Role::Crew, Role::Crew, Role::TransitCrew],
    );
    let bytes = write(draw, &message, code);
    (message, bytes)
}

pub(super) fn notice(draw: &mut Draw) -> (Message, Vec<u8>) {
    let mut flight = draw.flight();
    flight.overflight = draw.rng.percent(5);
    let (function, kind, code) = draw.rng.pick(NOTICES);
    let mut message = listing(draw, flight, function, &[Role::Passenger]);
    let status = match function {
        Function::PassengerCancel | Function::PartyReduction => Some("cancelled"),
        Function::FlightCloseOnBoard => Some("boarded"),
        Function::FlightCloseNotOnBoard => Some("not_boarded"),
        _ => None,
    };
    for traveller in &mut message.travellers {
        traveller.status = status.map(Text::from);
        if status.is_some() {
            // Who is known is named, not described again.
            let known = traveller.clone();
            *traveller = Traveller::new(Role::Passenger);
            traveller.name = known.name;
            traveller.carrier_ref = known.carrier_ref;
            traveller.locator = known.locator;
            traveller.status = known.status;
        }
    }
    if matches!(
        function,
        Function::FlightClose | Function::FlightCancel | Function::FlightChange
    ) {
        message.travellers.clear();
        message.announced = None;
    }
    let bytes = write(draw, &message, (kind, code));
    (message, bytes)
}

pub(super) fn ship(draw: &mut Draw) -> (Message, Vec<u8>) {
    elsewhere(draw, Mode::Sea)
}

pub(super) fn land(draw: &mut Draw) -> (Message, Vec<u8>) {
    let mode = draw.rng.pick(&[Mode::Rail, Mode::Road]);
    elsewhere(draw, mode)
}

fn elsewhere(draw: &mut Draw, mode: Mode) -> (Message, Vec<u8>) {
    let voyage = draw.voyage(mode);
    let is_crew = mode == Mode::Sea && draw.rng.percent(40);
    let (function, kind, role) = match is_crew {
        true => (Function::CrewList, "250", Role::Crew),
        false => (Function::PassengerList, "745", Role::Passenger),
    };
    let mut message = listing(draw, voyage, function, &[role]);
    for traveller in &mut message.travellers {
        let leg = &message.flights[0].legs[0];
        traveller.from = traveller.from.and(leg.from);
        traveller.to = traveller.to.and(leg.to);
        traveller.clearance = traveller.clearance.and(leg.to);
        if is_crew {
            traveller.crew_function =
                Some(draw.rng.pick(&["CHIEF OFFICER", "COOK", "MASTER"]).into());
        }
    }
    let bytes = write(draw, &message, (kind, ""));
    (message, bytes)
}

/// A list of people in these roles.
fn listing(draw: &mut Draw, flight: Flight, function: Function, roles: &[Role]) -> Message {
    let version = draw.rng.pick(RELEASES);
    let mut envelope = draw.envelope("PAXLST", version, function);
    envelope.transaction = draw.transaction();
    let day = flight.legs[0].departs.map_or(DAY, DateTime::date);
    let count = draw.rng.between(1, 5);
    let travellers: Vec<Traveller> = (0..count)
        .map(|_| {
            let role = draw.rng.row(roles).clone();
            draw.listed(role, day)
        })
        .collect();
    let announced = draw.maybe(80, |_| travellers.len() as u32);
    Message {
        envelope,
        flights: vec![flight],
        travellers,
        bookings: Vec::new(),
        announced,
    }
}

/// Writes a list; `purpose` is what stands in BGM.
pub(super) fn write(draw: &mut Draw, message: &Message, purpose: (&str, &str)) -> Vec<u8> {
    let syntax = draw
        .rng
        .pick(&[("UNOA", "4"), ("UNOB", "3"), ("UNOA", "2")]);
    interchange(draw, &message.envelope, syntax, |out, draw| {
        out.segment("BGM", &[&[purpose.0], &[purpose.1]]);
        if let Some((reference, revision)) = &message.envelope.transaction {
            let revision = revision.map(|n| format_compact!("{n}")).unwrap_or_default();
            out.segment("RFF", &[&["TN", reference, "", "", &revision]]);
        }
        if draw.rng.percent(40) {
            out.segment("NAD", &[&["MS"], &[], &[], &["OPS DESK"]]);
            out.segment(
                "COM",
                &[&["354 555 0100", "TE"], &["OPS@ZQAIR.EXAMPLE", "EM"]],
            );
        }
        for flight in &message.flights {
            journey(out, flight);
        }
        for traveller in &message.travellers {
            person(out, draw, traveller);
        }
        if let Some(count) = message.announced {
            let count = format_compact!("{count}");
            let crew = message
                .travellers
                .iter()
                .any(|person| person.crew_function.is_some());
            out.segment("CNT", &[&[if crew { "41" } else { "42" }, &count]]);
        }
    })
}

/// TDT, LOC and DTM.
fn journey(out: &mut Writer, flight: &Flight) {
    let stage = if flight.overflight { "34" } else { "20" };
    let carrier = flight
        .carrier
        .map(|carrier| carrier.to_string())
        .unwrap_or_default();
    let mode = match flight.mode {
        Mode::Air => "",
        Mode::Sea => "1",
        Mode::Rail => "2",
        Mode::Road => "3",
    };
    let ship = &flight.vehicle;
    let (id, list) = [
        (&ship.imo, "146"),
        (&ship.call_sign, "103"),
        (&ship.mmsi, ""),
        (&ship.registration, ""),
    ]
    .into_iter()
    .find(|(id, _)| !id.is_empty())
    .map_or(("", ""), |(id, list)| (id.as_str(), list));
    let flag = ship.flag.map(|flag| flag.to_string()).unwrap_or_default();
    out.segment(
        "TDT",
        &[
            &[stage],
            &[&flight.text],
            &[mode],
            &[],
            &[&carrier],
            &[],
            &[],
            &[id, list, "", &ship.name, &flag],
        ],
    );
    let last = flight.legs.len();
    let border = flight.legs.iter().position(|leg| leg.border).unwrap_or(0);
    for stop in 0..=last {
        let before = stop.checked_sub(1).and_then(|at| flight.legs.get(at));
        let after = flight.legs.get(stop);
        let place = after.map_or_else(|| before.and_then(|leg| leg.to), |leg| leg.from);
        let code = match stop {
            _ if stop == border => "125",
            _ if stop == border + 1 => "87",
            _ => "92",
        };
        out.segment("LOC", &[&[code], &[&shown(place)]]);
        if let Some(at) = before.and_then(|leg| leg.arrives) {
            out.segment("DTM", &[&["232", &moment(at), "201"]]);
        }
        if let Some(at) = after.and_then(|leg| leg.departs) {
            out.segment("DTM", &[&["189", &moment(at), "201"]]);
        }
    }
}

/// Group 4.
fn person(out: &mut Writer, draw: &mut Draw, person: &Traveller) {
    name(out, draw, person);
    if let Some(sex) = &person.sex {
        out.segment("ATT", &[&["2"], &[], &[sex.expose().code()]]);
    }
    if let Some(birth) = person.birth.as_ref().map(|birth| birth.expose()) {
        let text = match (&birth.text, birth.date) {
            (Some(text), _) => text.clone(),
            (None, Some(date)) => day(draw, date),
            (None, None) => Text::default(),
        };
        let format = if text.len() == 8 { "102" } else { "" };
        out.segment("DTM", &[&["329", &text, format]]);
    }
    baggage(out, person);
    if let Some(verified) = person.verified {
        out.segment("GEI", &[&["4"], &[if verified { "173" } else { "174" }]]);
    }
    for (code, place) in [
        ("22", person.clearance),
        ("178", person.from),
        ("179", person.to),
    ] {
        if place.is_some() {
            out.segment("LOC", &[&[code], &[&shown(place)]]);
        }
    }
    if let Some(residence) = &person.residence {
        out.segment("LOC", &[&["174"], &[residence.expose().as_str()]]);
    }
    if person.birth_place.is_some() {
        out.segment(
            "LOC",
            &[&["180"], &["", "", "", text(person.birth_place.as_ref())]],
        );
    }
    if let Some(duty) = &person.crew_function {
        match duty.starts_with("CR") {
            true => out.segment("EMP", &[&["1"], &[duty, "110", "111"]]),
            false => out.segment("EMP", &[&["1"], &[], &[], &[], &[duty]]),
        }
    }
    if !person.nationality_derived {
        for state in &person.nationalities {
            out.segment("NAT", &[&["2"], &[state.expose().as_str()]]);
        }
    }
    references(out, person);
    for document in &person.documents {
        self::document(out, draw, document);
    }
}

fn name(out: &mut Writer, draw: &mut Draw, person: &Traveller) {
    let given = text(person.name.given.as_ref());
    let title = person.name.title.as_deref().unwrap_or("");
    let (first, rest) = match given.split_once(' ') {
        Some((first, rest)) if title.is_empty() && draw.rng.percent(60) => (first, rest),
        _ => (given, ""),
    };
    let glued = match given.is_empty() || draw.rng.percent(50) {
        true => format_compact!("{first}{title}"),
        false if title.is_empty() => first.into(),
        false => format_compact!("{first} {title}"),
    };
    let lines: Vec<&str> = person
        .address
        .iter()
        .map(|line| line.expose().as_str())
        .collect();
    let line = |at: usize| lines.get(at).copied().unwrap_or("");
    out.segment(
        "NAD",
        &[
            &[person.role.code()],
            &[],
            &[],
            &[text(person.name.surname.as_ref()), &glued, rest],
            &[line(0)],
            &[line(1)],
            &[line(2)],
            &[line(3)],
            &[line(4)],
        ],
    );
}

fn baggage(out: &mut Writer, person: &Traveller) {
    if let Some(count) = person.bag_count {
        out.segment("MEA", &[&["CT"], &[], &["", &format_compact!("{count}")]]);
    }
    if let Some(weight) = person.bag_weight_kg {
        out.segment(
            "MEA",
            &[&["WT"], &[], &["KGM", &format_compact!("{weight}")]],
        );
    }
    // Tags of one person are numbered on.
    if let Some(first) = person.bags.first() {
        let count = format_compact!("{}", person.bags.len());
        let count = if person.bags.len() == 1 { "" } else { &count };
        out.segment("FTX", &[&["BAG"], &[], &[], &[first.tag.expose(), count]]);
    }
}

fn references(out: &mut Writer, person: &Traveller) {
    let mut put = |code: &str, value: &str| {
        if !value.is_empty() {
            out.segment("RFF", &[&[code, value]]);
        }
    };
    put("AVF", text(person.locator.as_ref()));
    person
        .more_locators
        .iter()
        .for_each(|locator| put("AVF", locator.expose()));
    put("ABO", text(person.carrier_ref.as_ref()));
    put(
        "SEA",
        &format_compact!("{:0>4}", text(person.seat.as_ref())).replace("0000", ""),
    );
    person
        .government_refs
        .iter()
        .for_each(|number| put("AEA", number.expose()));
    person
        .frequent_flyer
        .iter()
        .for_each(|(_, number)| put("CR", number.expose()));
    person
        .tickets
        .iter()
        .for_each(|number| put("YZY", &format_compact!("{}C1", number.expose())));
}

fn document(out: &mut Writer, draw: &mut Draw, document: &Document) {
    out.segment(
        "DOC",
        &[
            &[&document.kind, "110", "111"],
            &[text(document.number.as_ref())],
        ],
    );
    for (code, date) in [("36", &document.expires), ("182", &document.issued)] {
        if let Some(date) = date {
            let text = day(draw, *date.expose());
            let format = if text.len() == 8 { "102" } else { "" };
            out.segment("DTM", &[&[code, &text, format]]);
        }
    }
    let issuer = document
        .issuer
        .as_ref()
        .map_or("", |issuer| issuer.expose().as_str());
    let words = text(document.issuer_text.as_ref());
    if !issuer.is_empty() || !words.is_empty() {
        out.segment("LOC", &[&["91"], &[issuer, "", "", words]]);
    }
}

/// A full date in six digits or eight.
fn day(draw: &mut Draw, date: PartialDate) -> Text {
    let date = date.date().unwrap_or(DAY);
    match draw.rng.percent(70) {
        true => yymmdd(date),
        false => format_compact!("{}", date.strftime("%Y%m%d")),
    }
}

fn moment(at: DateTime) -> Text {
    format_compact!("{}", at.strftime("%y%m%d%H%M"))
}

fn shown(place: Option<Port>) -> Text {
    place
        .map(|place| Text::from(place.as_str()))
        .unwrap_or_default()
}
