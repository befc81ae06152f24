//! PAXLST: passenger and crew lists (API), UN/EDIFACT D.02B and later.
//!
//! - In: the segments of one message.  Out: a [`Message`] and findings.
//! - Source: WCO/IATA/ICAO PAXLST implementation guide 6.0 and the UN/EDIFACT directories.
//! - Invariants: one grammar for all releases; what a segment means depends on what is open
//!   (header, flight, person, document), never on strict order; whatever is wrong with one person
//!   touches nobody else.

mod document;
mod flight;
mod header;
mod known;
mod legacy;
mod person;
mod repeated;
mod vehicle;

use crate::body::{Body, Here, Tag, Tags};
use crate::dates::{self, Moment};
use crate::findings::paxlst as found;
use crate::memo::Memo;
use crate::states::State;
use crate::value::Value;
use document::Details;
use flight::Route;
use jiff::civil::Date;
use oriel_edifact::{Part, Segment};
use oriel_model::{
    Country, Element, Envelope, FindingKind, Function, Message, Personal, Port, Text,
};

use std::ops::Range;

/// Segments of all releases, those of ordinary traffic first.
///
/// LOC, DTM and their like are listed with the elements they have in practice, fewer than the
/// directory allows: a longer one is looked at for a lost terminator, nothing more.
pub(crate) static TAGS: Tags = Tags::new(&[
    Tag::new(b"RFF", 1, &["AVF", "ABO", "SEA", "AEA", "TN"]),
    Tag::new(
        b"LOC",
        2,
        &["22", "87", "91", "92", "125", "174", "178", "179", "180"],
    ),
    Tag::new(b"DTM", 1, &["36", "182", "189", "232", "329"]),
    Tag::new(b"DOC", 2, &["P", "V", "I", "A", "C", "AC", "IP", "F", "M"]),
    Tag::new(b"NAD", 4, &["FL", "FM", "DDU", "DDT"]).with_text(),
    Tag::new(b"ATT", 3, &["2"]),
    Tag::new(b"NAT", 2, &["1", "2", "3"]),
    Tag::new(b"GEI", 2, &["4"]),
    Tag::new(b"MEA", 3, &["CT", "WT"]),
    Tag::new(b"FTX", 4, &["BAG"]).with_text(),
    Tag::new(b"EMP", 5, &["1", "2", "3"]),
    Tag::new(b"TDT", 8, &["20", "34"]),
    Tag::new(b"BGM", 3, &[]),
    Tag::new(b"CTA", 2, &["IC"]),
    Tag::new(b"COM", 3, &[]),
    Tag::new(b"CNT", 1, &["41", "42"]),
    Tag::new(b"CPI", 3, &[]),
    Tag::new(b"QTY", 2, &[]),
    Tag::new(b"GID", 5, &[]),
    Tag::new(b"AUT", 2, &[]),
    Tag::new(b"UNS", 1, &[]),
    Tag::new(b"PDT", 4, &[]).with_text(),
]);

/// The list that was sent to the United States before there was a directory message.
const LEGACY: &str = "001.000";

/// Releases of the directory that are known to carry passenger lists.
const RELEASES: &[&str] = &[
    "D.02B", "D.05B", "D.09B", "D.12B", "D.13B", "D.14B", "D.15B", "D.16B", "D.17B", "D.18B",
    "D.19B", "D.20B", "D.21B",
];

/// What is open: to whom LOC, DTM and RFF belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    Header,
    Flight,
    Person,
    Document,
    /// A party that does not travel, such as a ship's agent.
    Party,
}

/// The list as far as it was read.
struct List {
    message: Message,
    context: Context,
    route: Route,
    held: Details,
    memos: Memos,
    /// A day near the flight, for the centuries of two-digit years.
    reference: Option<Date>,
    has_purpose: bool,
    /// The last of the travellers is still being read.
    person_open: bool,
    /// Where each of the flights is named.
    flight_places: Vec<(Range<usize>, Here)>,
    /// Where each of the travellers is listed.
    entries: Vec<(Range<usize>, Here)>,
    /// How many nationalities of the person in hand are current ones; they come first.
    current_nationalities: usize,
    /// How surely the leg marked as crossing the border does, of the last flight.
    border_certainty: Option<u8>,
}

/// What is to be said about a version and release.
pub(crate) fn version_fault(version: &str) -> Option<&'static FindingKind> {
    match version {
        "D.03B" => Some(&found::NOT_AIR),
        LEGACY => None,
        known if RELEASES.contains(&known) => None,
        _ => Some(&found::UNKNOWN_VERSION),
    }
}

/// Reads one list, from behind UNH to its end.
pub(crate) fn decode<'a>(
    body: &mut Body<'a, '_>,
    segment: &mut Segment<'a>,
    envelope: Envelope,
) -> Message {
    let mut list = List {
        reference: envelope.sent.map(|sent| sent.date()),
        message: Message {
            envelope,
            flights: Vec::new(),
            travellers: Vec::with_capacity(body.room(200, 512)),
            bookings: Vec::new(),
            announced: None,
        },
        context: Context::Header,
        route: Route::default(),
        held: Details::default(),
        memos: Memos::default(),
        has_purpose: false,
        person_open: false,
        flight_places: Vec::new(),
        entries: Vec::new(),
        current_nationalities: 0,
        border_certainty: None,
    };
    while body.next_into(segment) {
        list.read(body, segment);
        list.read_known(body, segment);
    }
    list.finish(body)
}

impl List {
    fn read(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        match &segment.tag_of_three() {
            b"BGM" => self.bgm(body, segment),
            b"TDT" => self.tdt(body, segment),
            b"NAD" => self.nad(body, segment),
            b"LOC" => match self.context {
                Context::Person | Context::Document => self.loc_of_person(body, segment),
                Context::Flight => self.loc_of_flight(body, segment),
                Context::Header | Context::Party => body.mark_rest(Element::Structure),
            },
            b"DTM" => match self.context {
                Context::Person | Context::Document => self.dtm_of_person(body, segment),
                Context::Flight => self.dtm_of_flight(body, segment),
                Context::Header | Context::Party => body.mark_rest(Element::Structure),
            },
            b"RFF" => match self.context {
                Context::Person | Context::Document => self.rff_of_person(body, segment),
                Context::Header | Context::Flight | Context::Party => {
                    self.rff_of_list(body, segment);
                }
            },
            b"CTA" => body.mark_rest(Element::CarrierContact),
            b"COM" => body.mark_rest(match self.context {
                Context::Person | Context::Document => Element::Contact,
                Context::Header | Context::Flight | Context::Party => Element::CarrierContact,
            }),
            b"ATT" | b"MEA" | b"GEI" | b"FTX" | b"EMP" | b"NAT" | b"DOC" => {
                if matches!(self.context, Context::Person | Context::Document) {
                    self.of_person(body, segment);
                } else {
                    body.report(&found::MISPLACED, segment.span());
                }
            }
            b"PDT" => self.pdt(body, segment),
            b"CNT" => self.cnt(body, segment),
            b"UNS" | b"AUT" => body.mark_rest(Element::Structure),
            // In the directory, but nobody who sends passenger lists uses them.
            b"CPI" | b"QTY" | b"GID" => {}
            _ => body.report(&found::UNKNOWN_SEGMENT, segment.span()),
        }
    }

    fn of_person(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        match &segment.tag_of_three() {
            b"ATT" => self.att(body, segment),
            b"MEA" => self.mea(body, segment),
            b"GEI" => self.gei(body, segment),
            b"FTX" => self.ftx(body, segment),
            b"EMP" => self.emp(body, segment),
            b"NAT" => self.nat(body, segment),
            _ => self.doc(body, segment),
        }
    }

    /// Reports whom a plain list leaves without a document that it gives for others.
    fn miss_documents(&self, body: &mut Body<'_, '_>) {
        let travellers = &self.message.travellers;
        let lists_documents = matches!(
            self.message.envelope.function,
            Function::PassengerList | Function::CrewList
        ) && travellers.iter().any(|person| !person.documents.is_empty());
        if !lists_documents {
            return;
        }
        for (person, (at, here)) in travellers.iter().zip(&self.entries) {
            if person.documents.is_empty() {
                body.report_later(&found::DOCUMENT_MISSING, at.clone(), *here);
            }
        }
    }

    fn finish(mut self, body: &mut Body<'_, '_>) -> Message {
        self.close_person(body);
        self.close_flight();
        if self.message.flights.is_empty() {
            body.report_message(&found::NO_FLIGHT);
        }
        for (flight, (at, here)) in self.message.flights.iter().zip(&self.flight_places) {
            // Crew lists and gate passes can do without a route.
            let needs_route = !matches!(
                self.message.envelope.function,
                Function::MasterCrewList | Function::GatePass
            );
            if needs_route && flight.legs.is_empty() {
                body.report_later(&found::NO_ROUTE, at.clone(), *here);
            }
        }
        if !self.has_purpose {
            body.report_message(&found::NO_PURPOSE);
        }
        let names_persons = matches!(
            self.message.envelope.function,
            Function::PassengerCancel | Function::PartyReduction | Function::PassengerChange
        );
        // A close-out that names those left behind has nobody to name when all are on board.
        if names_persons && self.message.travellers.is_empty() {
            body.report_message(&found::NOBODY);
        }
        self.miss_documents(body);
        self.drop_repeated(body);
        self.message
    }
}

/// A code of a place as it was read.
#[derive(Clone, Copy)]
enum Code {
    Listed(Port),
    Unlisted(Port),
    Unreadable,
}

/// Codes that a list repeats.
#[derive(Default)]
struct Memos {
    states: Memo<State>,
    ports: Memo<Code>,
}

impl Memos {
    /// A state code with what is to be said about it.
    fn state(&mut self, body: &mut Body<'_, '_>, value: &Value<'_>) -> Option<Personal<Country>> {
        let read = |text: &str| {
            let mut text = Text::from(text);
            text.make_ascii_uppercase();
            State::read(&text)
        };
        let state = self.states.read(value.text(), read);
        let kind = match state {
            State::Listed(_) => None,
            State::FromAlpha2(_) => Some(&found::STATE_IN_TWO_LETTERS),
            State::Unlisted(_) => Some(&found::UNKNOWN_STATE),
            State::Unreadable => Some(&found::STATE_UNREADABLE),
        };
        if let Some(kind) = kind {
            body.report(kind, value.span());
        }
        state.country().map(|country| value.personal(body, country))
    }

    /// The code of an airport, or of a seaport or station; another shape is reported.
    fn port(&mut self, body: &mut Body<'_, '_>, value: &Value<'_>) -> Option<Port> {
        let read = self.ports.read(value.text(), |text| {
            // Forms set UN/LOCODE apart: `IS REY`.
            let joined = (text.len() == 6).then(|| text.replacen(' ', "", 1));
            match Port::parse(joined.as_deref().unwrap_or(text)) {
                Ok(port) if port.state().is_some() => Code::Listed(port),
                Ok(port) => Code::Unlisted(port),
                Err(_) => Code::Unreadable,
            }
        });
        match read {
            Code::Listed(port) => Some(port),
            Code::Unlisted(port) => {
                body.report(&found::UNKNOWN_AIRPORT, value.span());
                Some(port)
            }
            Code::Unreadable => {
                if !value.text().is_empty() {
                    body.report(&found::AIRPORT_UNREADABLE, value.span());
                }
                None
            }
        }
    }
}

/// The value of one component about a person; `None` when nothing but blanks was sent.
fn personal_text(body: &Body<'_, '_>, part: &Part<'_>) -> Option<Personal<Text>> {
    Value::new(&part.text(), part.span()).personal_text(body)
}

/// A local time of a flight, reported when it cannot be one.
fn flight_time(
    body: &mut Body<'_, '_>,
    value: Part<'_>,
    format: Part<'_>,
) -> Option<jiff::civil::DateTime> {
    let text = value.code();
    if text.is_empty() {
        return None;
    }
    match dates::moment(&text, &format.code()) {
        Moment::Full(time) => Some(time),
        Moment::Day(day) => {
            body.report(&found::TIME_OF_DAY_MISSING, value.span());
            Some(day.at(0, 0, 0, 0))
        }
        Moment::Unreadable => {
            body.report(&found::TIME_UNREADABLE, value.span());
            None
        }
    }
}
