//! The list that airlines sent to the United States before D.02B: one PDT a person.

use super::envelope::{interchange, text};
use super::{DAY, Draw, own};
use compact_str::format_compact;
use jiff::civil::DateTime;
use oriel_model::{
    BirthDate, Document, Function, Message, PartialDate, Role, Sex, Text, Traveller,
};

pub(super) fn list(draw: &mut Draw) -> (Message, Vec<u8>) {
    let mut flight = draw.flight();
    flight.legs.truncate(1);
    flight.legs[0].border = true;
    let envelope = draw.envelope("PAXLST", "001.000", Function::PassengerList);
    let count = draw.rng.between(1, 6);
    let travellers = (0..count).map(|_| traveller(draw)).collect();
    let message = Message {
        envelope,
        flights: vec![flight],
        travellers,
        bookings: Vec::new(),
        announced: None,
    };
    let bytes = write(draw, &message);
    (message, bytes)
}

fn traveller(draw: &mut Draw) -> Traveller {
    let role = draw
        .rng
        .row(&[Role::Passenger, Role::Crew, Role::TransitPassenger])
        .clone();
    let person = draw.person((400, 90 * 365));
    let mut traveller = Traveller::new(role);
    traveller.name = draw.name(&person);
    // The form has a field for no title.
    traveller.name.title = None;
    let birth = BirthDate {
        date: Some(PartialDate::from_date(person.birth)),
        text: None,
    };
    traveller.birth = Some(own(birth));
    let sex = if person.woman { Sex::Female } else { Sex::Male };
    traveller.sex = draw.maybe(90, |_| own(sex));
    traveller.documents = vec![Document {
        kind: draw.rng.pick(&["P", "I", "V"]).into(),
        number: Some(own(draw.code(9))),
        issuer: draw.maybe(90, |draw| draw.state()),
        expires: draw.maybe(80, |draw| own(draw.day_near(-100, 3500))),
        ..Document::default()
    }];
    traveller.from = draw.maybe(80, |draw| draw.airport());
    traveller.to = draw.maybe(80, |draw| draw.airport());
    super::people::settle(&mut traveller, DAY);
    // The form is read as it stands: it does not say who is an infant.
    traveller.infant = false;
    traveller
}

fn write(draw: &mut Draw, message: &Message) -> Vec<u8> {
    interchange(draw, &message.envelope, ("UNOA", "1"), |out, draw| {
        out.segment("CTA", &[&["IC"], &["", "OPS DESK"]]);
        let flight = &message.flights[0];
        let leg = &flight.legs[0];
        out.segment("TDT", &[&[], &[&flight.text]]);
        let stop = |place: Option<oriel_model::Port>| {
            place.map(|place| place.to_string()).unwrap_or_default()
        };
        let at = |moment: Option<DateTime>| {
            moment
                .map(|at| at.strftime("%y%m%d%H%M").to_string())
                .unwrap_or_default()
        };
        out.segment("LOC", &[&["005"], &[&stop(leg.from)]]);
        out.segment("DTM", &[&["136", &at(leg.departs)]]);
        out.segment("LOC", &[&["008"], &[&stop(leg.to)]]);
        out.segment("DTM", &[&["132", &at(leg.arrives)]]);
        out.segment("UNS", &[&["D"]]);
        for person in &message.travellers {
            self::person(out, draw, person);
        }
    })
}

fn person(out: &mut oriel_edifact::Writer, draw: &mut Draw, person: &Traveller) {
    let document = &person.documents[0];
    let number = format_compact!("{}/{}", document.kind, text(document.number.as_ref()));
    let day = |date: Option<&PartialDate>| -> Text {
        date.and_then(|date| date.date())
            .map(crate::dates::yymmdd)
            .unwrap_or_default()
    };
    let expires = day(document.expires.as_ref().map(|date| date.expose()));
    let issuer = document
        .issuer
        .as_ref()
        .map_or("", |state| state.expose().as_str());
    let birth = day(person
        .birth
        .as_ref()
        .and_then(|birth| birth.expose().date.as_ref()));
    let sex = person.sex.as_ref().map_or("", |sex| sex.expose().code());
    let given = text(person.name.given.as_ref());
    // A middle name may be left out without its separator.
    let names: Vec<&str> = match given.split_once(' ') {
        Some((first, rest)) => vec![text(person.name.surname.as_ref()), first, rest],
        None if draw.rng.percent(50) => vec![text(person.name.surname.as_ref()), given],
        None => vec![text(person.name.surname.as_ref()), given, ""],
    };
    let names: Vec<&str> = names.into_iter().chain([&*birth, sex]).collect();
    let status = match person.role {
        Role::Crew => "CRW",
        Role::TransitPassenger => "ITI",
        _ => "PAX",
    };
    // With the two letters of the state, as the form asks, or without.
    let place = |place: Option<oriel_model::Port>, state: &str| match place {
        Some(place) => format_compact!("{state}{place}"),
        None => Text::default(),
    };
    let state = draw.rng.pick(&["", "NO"]);
    out.segment(
        "PDT",
        &[
            &[&number, &expires, issuer],
            &names,
            &[status],
            &[&place(person.from, state), &place(person.to, state)],
        ],
    );
}
