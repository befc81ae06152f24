//! Lists of ships as text, and declarations of general aviation.
//!
//! - Source: IMO FAL forms 5 and 6; the template of `docs/formats/tables.md`. There is no one
//!   layout: separator, order and wording of the columns and the spelling of dates are drawn.

use super::envelope::text;
use super::people::country;
use super::{DAY, Draw, own};
use compact_str::format_compact;
use jiff::civil::{Date, DateTime};
use oriel_model::{
    Document, Envelope, Flight, Function, Leg, Message, Mode, Part, PartialDate, Port, Role, Sex,
    Text, Traveller, Vehicle,
};

/// Columns with their wordings.
type Column = (&'static [&'static str], fn(&Traveller) -> Text);

const COLUMNS: &[Column] = &[
    (&["Family name", "SURNAME", "7. Nom"], |t| {
        text(t.name.surname.as_ref()).into()
    }),
    (&["Given names", "First name(s)", "Prénom"], |t| {
        text(t.name.given.as_ref()).into()
    }),
    (&["Nationality", "Citizenship"], |t| {
        state(t.nationalities.first())
    }),
    (&["Date of birth", "DOB", "Birth date (yyyy-mm-dd)"], |t| {
        t.birth
            .as_ref()
            .and_then(|birth| birth.expose().date)
            .map(shown)
            .unwrap_or_default()
    }),
    (&["Place of birth"], |t| text(t.birth_place.as_ref()).into()),
    (&["Gender", "Sex"], |t| {
        t.sex
            .as_ref()
            .map(|sex| sex.expose().code().into())
            .unwrap_or_default()
    }),
    (&["Nature of identity document", "Type of ID"], |t| {
        t.documents[0].kind.clone()
    }),
    (&["Number of identity document", "Document no."], |t| {
        text(t.documents[0].number.as_ref()).into()
    }),
    (&["Issuing State", "Country of issue"], |t| {
        state(t.documents[0].issuer.as_ref())
    }),
    (&["Expiry date", "Valid until"], |t| {
        t.documents[0]
            .expires
            .as_ref()
            .map(|date| shown(*date.expose()))
            .unwrap_or_default()
    }),
];

const OF_CREW: &[Column] = &[(&["Rank or rating", "Position"], |t| {
    t.crew_function.clone().unwrap_or_default()
})];

const OF_PASSENGERS: &[Column] = &[
    (&["Port of embarkation", "Embarkation"], |t| port(t.from)),
    (&["Port of disembarkation", "Debarkation"], |t| port(t.to)),
    (&["Transit passenger", "In transit"], |t| {
        if t.role == Role::TransitPassenger {
            "Yes".into()
        } else {
            "N".into()
        }
    }),
    (&["Visa number"], |t| {
        t.documents
            .get(1)
            .map(|visa| text(visa.number.as_ref()).into())
            .unwrap_or_default()
    }),
    (&["Booking reference"], |t| text(t.locator.as_ref()).into()),
];

pub(super) fn crew(draw: &mut Draw) -> (Message, Vec<u8>) {
    let message = form(draw, true);
    let bytes = as_text(draw, &message);
    (message, bytes)
}

pub(super) fn passengers(draw: &mut Draw) -> (Message, Vec<u8>) {
    let message = form(draw, false);
    let bytes = as_text(draw, &message);
    (message, bytes)
}

/// A list of a ship that arrives or departs.
pub(super) fn form(draw: &mut Draw, crew: bool) -> Message {
    let mut voyage = draw.voyage(Mode::Sea);
    // A list names the ship by all that is known of it, and no carrier.
    voyage.carrier = None;
    voyage.vehicle = Vehicle {
        imo: "9074729".into(),
        call_sign: if draw.rng.percent(50) {
            "LAXY7".into()
        } else {
            Text::default()
        },
        ..voyage.vehicle
    };
    voyage.vehicle.mmsi = Text::default();
    let leg = &mut voyage.legs[0];
    // It is made for one port; of the other only the name is told.
    let arrives = draw.rng.percent(50);
    match arrives {
        true => leg.departs = None,
        false => leg.arrives = None,
    }
    let ports = [leg.from, leg.to];
    let day = leg.departs.or(leg.arrives).map_or(DAY, DateTime::date);
    let (kind, function) = if crew {
        ("FAL5", Function::CrewList)
    } else {
        ("FAL6", Function::PassengerList)
    };
    let count = draw.rng.between(1, 5);
    Message {
        envelope: unsaid(kind, function),
        travellers: (0..count)
            .map(|_| traveller(draw, crew, ports, day))
            .collect(),
        flights: vec![voyage],
        bookings: Vec::new(),
        announced: None,
    }
}

/// What a list says of itself, which is next to nothing.
fn unsaid(kind: &str, function: Function) -> Envelope {
    Envelope {
        kind: kind.into(),
        version: Text::default(),
        reference: Text::default(),
        interchange: Text::default(),
        function,
        sender: Text::default(),
        recipient: Text::default(),
        sent: None,
        access_reference: None,
        transaction: None,
        part: Part {
            number: 1,
            last: true,
        },
        test: false,
    }
}

fn traveller(draw: &mut Draw, crew: bool, [from, to]: [Option<Port>; 2], day: Date) -> Traveller {
    let role = match crew {
        true => Role::Crew,
        false => draw
            .rng
            .row(&[Role::Passenger, Role::Passenger, Role::TransitPassenger])
            .clone(),
    };
    let person = draw.person(if crew {
        (19 * 366, 64 * 365)
    } else {
        (30, 95 * 365)
    });
    let mut traveller = Traveller::new(role);
    traveller.name = draw.name(&person);
    traveller.name.title = None;
    traveller.birth = Some(own(oriel_model::BirthDate {
        date: Some(PartialDate::from_date(person.birth)),
        text: None,
    }));
    let sexes = [Sex::Male, Sex::Female, Sex::Unspecified];
    traveller.sex = draw.maybe(80, |draw| own(draw.rng.row(&sexes).clone()));
    traveller.nationalities = vec![draw.state()];
    traveller.birth_place = draw.maybe(60, |draw| own(draw.words()));
    traveller.documents = vec![Document {
        kind: draw.rng.pick(&["P", "I"]).into(),
        number: Some(own(format_compact!("{}{}", draw.code(2), draw.digits(7)))),
        issuer: draw.maybe(90, |draw| draw.state()),
        expires: draw.maybe(80, |draw| own(draw.day_near(-100, 3000))),
        ..Document::default()
    }];
    if crew {
        traveller.crew_function = Some(draw.rng.pick(&["Master", "Chief officer", "Cook"]).into());
    } else {
        traveller.from = from.filter(|_| draw.rng.percent(80));
        traveller.to = to.filter(|_| draw.rng.percent(80));
        traveller.locator = draw.maybe(40, |draw| own(draw.code(6)));
        if draw.rng.percent(20) {
            traveller.documents.push(Document {
                kind: "V".into(),
                number: Some(own(format_compact!("V{}", draw.digits(7)))),
                ..Document::default()
            });
        }
    }
    super::people::settle(&mut traveller, day);
    traveller
}

/// The rows of a list, cell by cell.
pub(super) fn rows(draw: &mut Draw, message: &Message) -> Vec<Vec<Text>> {
    let voyage = &message.flights[0];
    let leg = &voyage.legs[0];
    let arrives = leg.arrives.is_some();
    let (port, other) = if arrives {
        (leg.to, leg.from)
    } else {
        (leg.from, leg.to)
    };
    let at = leg.arrives.or(leg.departs).unwrap_or(DAY.at(0, 0, 0, 0));
    let flag = voyage
        .vehicle
        .flag
        .map(|flag| flag.to_string())
        .unwrap_or_default();
    let mut rows: Vec<Vec<Text>> = Vec::new();
    let mut put = |label: &str, value: &str| rows.push(vec![label.into(), value.into()]);
    put(
        "Arrival/Departure",
        if arrives { "Arrival" } else { "Departure" },
    );
    put("Name of ship", &voyage.vehicle.name);
    put("IMO number", &voyage.vehicle.imo);
    if !voyage.vehicle.call_sign.is_empty() {
        put("Call sign", &voyage.vehicle.call_sign);
    }
    put("Voyage number", &voyage.service);
    put("Flag State of ship", &flag);
    put("Port of arrival/departure", &self::port(port));
    put(
        "Date and time of arrival/departure",
        &at.strftime("%Y-%m-%dT%H:%M").to_string(),
    );
    put(
        if arrives {
            "Last port of call"
        } else {
            "Next port of call"
        },
        &self::port(other),
    );
    let crew = message.envelope.function == Function::CrewList;
    let mut columns: Vec<Column> = COLUMNS
        .iter()
        .chain(if crew { OF_CREW } else { OF_PASSENGERS })
        .copied()
        .collect();
    for at in (1..columns.len()).rev() {
        let other = draw.rng.below(at + 1);
        columns.swap(at, other);
    }
    rows.push(
        columns
            .iter()
            .map(|(words, _)| draw.rng.pick(words).into())
            .collect(),
    );
    let people = message.travellers.iter();
    rows.extend(people.map(|person| columns.iter().map(|(_, value)| value(person)).collect()));
    rows
}

fn as_text(draw: &mut Draw, message: &Message) -> Vec<u8> {
    let separator = draw.rng.pick(&[';', ',', '\t']);
    let end = draw.rng.pick(&["\n", "\r\n"]);
    let mut out = draw.rng.pick(&["", "\u{feff}"]).to_owned();
    for row in rows(draw, message) {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                out.push(separator);
            }
            match cell.contains([separator, '"']) {
                true => out += &format!("\"{}\"", cell.replace('"', "\"\"")),
                false => out += cell,
            }
        }
        out += end;
    }
    out.into_bytes()
}

/// A declaration of an aircraft that flies for itself.
pub(super) fn declaration(draw: &mut Draw) -> (Message, Vec<u8>) {
    let mut flight = draw.border_flight();
    let leg = Leg {
        border: true,
        ..flight.legs[0].clone()
    };
    flight = Flight {
        vehicle: Vehicle {
            registration: "UT-ABC".into(),
            flag: Some(country("UTO")),
            ..Vehicle::default()
        },
        legs: vec![leg],
        ..Flight::default()
    };
    let ports = [flight.legs[0].from, flight.legs[0].to];
    let day = flight.legs[0].departs.map_or(DAY, DateTime::date);
    let mut envelope = unsaid("GENDEC", Function::PassengerList);
    envelope.reference = draw.code(8);
    envelope.interchange = envelope.reference.clone();
    envelope.sender = "TOBIN QUELLANDER".into();
    let (pilots, guests) = (draw.rng.between(1, 2), draw.rng.between(1, 4));
    let crew = (0..pilots)
        .map(|_| traveller(draw, true, ports, day))
        .collect::<Vec<_>>();
    let guests = (0..guests).map(|_| {
        let mut guest = traveller(draw, false, [None, None], day);
        guest.role = Role::Passenger;
        guest
    });
    let travellers: Vec<Traveller> = crew.into_iter().chain(guests.collect::<Vec<_>>()).collect();
    let message = Message {
        envelope,
        flights: vec![flight],
        travellers,
        bookings: Vec::new(),
        announced: None,
    };
    let bytes = as_object(&message).into_bytes();
    (message, bytes)
}

fn as_object(message: &Message) -> String {
    let flight = &message.flights[0];
    let leg = &flight.legs[0];
    let at = |moment: Option<DateTime>| {
        moment
            .map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string())
            .unwrap_or_default()
    };
    let people = |crew: bool| {
        let listed = message
            .travellers
            .iter()
            .filter(|person| (person.role == Role::Crew) == crew);
        listed.map(object_of).collect::<Vec<_>>().join(",")
    };
    format!(
        "{{\"reference\":{},\"sender\":{},\"aircraft\":{},\"flag\":{},\
         \"departure\":{{\"port\":{},\"date\":{}}},\"arrival\":{{\"port\":{},\"date\":{}}},\
         \"crew\":[{}],\"passengers\":[{}]}}",
        quoted(&message.envelope.reference),
        quoted(&message.envelope.sender),
        quoted(&flight.vehicle.registration),
        quoted(
            &flight
                .vehicle
                .flag
                .map(|flag| flag.to_string())
                .unwrap_or_default()
        ),
        quoted(&port(leg.from)),
        quoted(&at(leg.departs)),
        quoted(&port(leg.to)),
        quoted(&at(leg.arrives)),
        people(true),
        people(false),
    )
}

fn object_of(person: &Traveller) -> String {
    let passport = &person.documents[0];
    let date = |date: Option<PartialDate>| date.map(shown).unwrap_or_default();
    let mut members = vec![
        ("family_name", text(person.name.surname.as_ref()).into()),
        ("given_names", text(person.name.given.as_ref()).into()),
        ("rank", person.crew_function.clone().unwrap_or_default()),
        ("nationality", state(person.nationalities.first())),
        (
            "birth_date",
            date(person.birth.as_ref().and_then(|birth| birth.expose().date)),
        ),
        ("birth_place", text(person.birth_place.as_ref()).into()),
        (
            "sex",
            person
                .sex
                .as_ref()
                .map(|sex| sex.expose().code().into())
                .unwrap_or_default(),
        ),
        ("doc_type", passport.kind.clone()),
        ("doc_number", text(passport.number.as_ref()).into()),
        ("issuing_state", state(passport.issuer.as_ref())),
        (
            "expiry_date",
            date(passport.expires.as_ref().map(|date| *date.expose())),
        ),
        ("booking_reference", text(person.locator.as_ref()).into()),
    ];
    if let Some(visa) = person.documents.get(1) {
        members.push(("visa", text(visa.number.as_ref()).into()));
    }
    let members = members.iter().filter(|(_, value)| !value.is_empty());
    let members: Vec<String> = members
        .map(|(key, value)| format!("\"{key}\":{}", quoted(value)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// A string of JSON; the samples have no control characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn shown(date: PartialDate) -> Text {
    format_compact!("{date}")
}

fn state(state: Option<&oriel_model::Personal<oriel_model::Country>>) -> Text {
    state
        .map(|state| state.expose().as_str().into())
        .unwrap_or_default()
}

fn port(port: Option<Port>) -> Text {
    port.map(|port| port.as_str().into()).unwrap_or_default()
}
