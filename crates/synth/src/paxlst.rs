//! Writes PAXLST: passenger lists, crew lists, close-outs.
//!
//! - In: a flight and the people to list.  Out: the body of one message, and what it says.
//! - Source: UN/EDIFACT D.02B to D.15B as cut down by the WCO/IATA/ICAO PAXLST guide.
//! - Invariant: without a fault the message follows the guide, segment by segment.

use crate::booking::{Booking, Canary, CanaryPlace, Kind, Passenger};
use crate::carrier::{CloseOut, PaxlstStyle};
use crate::dates::{hhmm, yymmdd};
use crate::fault::FaultKind;
use crate::person::Person;
use crate::said::{Said, SaidFlight, SaidPerson};
use crate::schedule::{Direction, Flight};
use crate::sent_name::SentName;
use compact_str::format_compact;
use jiff::ToSpan;
use oriel_edifact::Writer;
use oriel_model::{Country, Text};

/// What a list is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Passengers,
    Crew,
    Close(CloseOut),
}

impl List {
    fn function(self) -> &'static str {
        match self {
            Self::Passengers => "passenger_list",
            Self::Crew => "crew_list",
            Self::Close(CloseOut::OnBoard) => "flight_close_on_board",
            Self::Close(CloseOut::NotOnBoard) => "flight_close_not_on_board",
        }
    }
}

/// One person to list.
pub(crate) struct Listed<'a> {
    pub(crate) passenger: &'a Passenger,
    /// None for crew.
    pub(crate) booking: Option<&'a Booking>,
    pub(crate) seat: Text,
    /// Stays in transit.
    pub(crate) transit: bool,
    /// Crew function.
    pub(crate) duty: Option<&'static str>,
}

/// One message to write.
pub(crate) struct Manifest<'a> {
    pub(crate) flight: &'a Flight,
    pub(crate) style: &'a PaxlstStyle,
    pub(crate) list: List,
    pub(crate) reference: Text,
    /// Revision of the list.
    pub(crate) revision: usize,
    pub(crate) people: &'a [Listed<'a>],
    pub(crate) fault: Option<FaultKind>,
}

impl Manifest<'_> {
    /// The person whom the fault is about; `None` when it is about nobody or nobody suits.
    pub(crate) fn victim(&self) -> Option<usize> {
        let fault = self.fault?;
        self.people.iter().position(|listed| {
            let person = &listed.passenger.person;
            let adult = listed.passenger.kind == Kind::Adult;
            match fault {
                FaultKind::ImpossibleDate
                | FaultKind::MissingDocument
                | FaultKind::UnknownAirport
                | FaultKind::EmptyLocator => adult,
                FaultKind::WrongCentury => adult && !person.year_only,
                FaultKind::DamagedNumber => adult && person.documents[0].number.contains('0'),
                FaultKind::ShortNationality => adult && alpha2(person.state).is_some(),
                // What ISO 8859-1 declares, it can hold.
                FaultKind::WrongCharset => self.style.syntax.0 != "UNOC",
                _ => false,
            }
        })
    }

    /// Writes the segments between UNH and UNT.
    pub(crate) fn write(&self, out: &mut Writer) -> Said {
        let flight = self.flight;
        let victim = self.victim();
        let (code, close) = match self.list {
            List::Passengers => ("745", ""),
            List::Crew => ("250", ""),
            List::Close(CloseOut::OnBoard) => ("266", "CLOB"),
            List::Close(CloseOut::NotOnBoard) => ("266", "CLNB"),
        };
        out.segment("BGM", &[&[code], &[close]]);
        let name = format_compact!("{}{:04}", flight.carrier.code, flight.number);
        let (departs, _) = flight.times();
        let transaction = format_compact!("{name}{}", yymmdd(departs.date()));
        let revision = format_compact!("{}", self.revision);
        out.segment("RFF", &[&["TN", &transaction, "", "", &revision]]);
        let desk = format_compact!("{} OPS CONTROL", flight.carrier.name);
        out.segment("NAD", &[&["MS"], &[], &[], &[&desk]]);
        out.segment("COM", &[&["999 555 0100", "TE"], &["999 555 0101", "FX"]]);
        self.route(out, &name);
        let persons = self
            .people
            .iter()
            .enumerate()
            .map(|(i, listed)| self.person(out, listed, victim == Some(i)))
            .collect();
        if self.fault == Some(FaultKind::UnknownSegment) {
            out.segment("ZZZ", &[&["1"], &["LOCAL EXTENSION"]]);
        }
        let extra = if self.fault == Some(FaultKind::ControlTotal) {
            7
        } else {
            0
        };
        let total = format_compact!("{}", self.people.len() + extra);
        let counted = if self.list == List::Crew { "41" } else { "42" };
        out.segment("CNT", &[&[counted, &total]]);
        Said {
            kind: "PAXLST",
            reference: self.reference.clone(),
            function: self.list.function(),
            flight: SaidFlight {
                carrier: flight.carrier.code,
                number: flight.number,
                from: flight.origin().airport,
                to: flight.target().airport,
                departs,
            },
            persons,
            bookings: 0,
            canaries: self.canaries(),
            victim,
        }
    }

    /// TDT, LOC and DTM of the flight.
    fn route(&self, out: &mut Writer, name: &str) {
        let flight = self.flight;
        let stage = if flight.direction == Direction::Over {
            "34"
        } else {
            "20"
        };
        out.segment(
            "TDT",
            &[&[stage], &[name], &[], &[], &[flight.carrier.code]],
        );
        for (i, stop) in flight.stops.iter().enumerate() {
            let function = match i {
                _ if i == flight.border => "125",
                _ if i == flight.border + 1 => "87",
                _ => "92",
            };
            out.segment("LOC", &[&[function], &[stop.airport]]);
            let wrong = self.fault == Some(FaultKind::ArrivalBeforeDeparture);
            let arrives = stop
                .arrives
                .map(|at| if wrong { at - 2.days() } else { at });
            for (qualifier, at) in [("232", arrives), ("189", stop.departs)] {
                if let Some(at) = at {
                    let text = format_compact!("{}{}", yymmdd(at.date()), hhmm(at));
                    out.segment("DTM", &[&[qualifier, &text, "201"]]);
                }
            }
        }
    }

    /// Group 4 of one person.
    fn person(&self, out: &mut Writer, listed: &Listed<'_>, hurt: bool) -> SaidPerson {
        let Listed {
            passenger, booking, ..
        } = listed;
        let person = &passenger.person;
        let short = matches!(self.list, List::Close(_));
        let hurt_by = |kind| hurt && self.fault == Some(kind);
        let (code, role) = match (listed.duty, listed.transit) {
            (Some(_), false) => ("FM", "crew"),
            (Some(_), true) => ("DDT", "transit_crew"),
            (None, false) => ("FL", "passenger"),
            (None, true) => ("DDU", "transit_passenger"),
        };
        let mut said = SaidPerson {
            role,
            reference: passenger.reference(),
            planted: passenger.planted,
            ..SaidPerson::default()
        };
        let name = SentName::in_list(passenger, self.style, hurt_by(FaultKind::WrongCharset));
        let [first, second] = &name.parts;
        let names = [&*name.surname, first, second];
        // Some visitors say where they will stay.
        if person.residence != "UTO" && !short && listed.duty.is_none() && passenger.one_in(3) {
            let house = format_compact!("{} QUAY STREET", passenger.id % 97 + 1);
            let party: [&[&str]; 4] = [&[code], &[], &[], &names];
            let address: [&[&str]; 5] = [&[&house], &["AMAUROT"], &[], &["1516"], &["UTO"]];
            out.segment("NAD", &[&party[..], &address].concat());
        } else {
            out.segment("NAD", &[&[code], &[], &[], &names]);
        }
        said.sex = if person.woman { "F" } else { "M" };
        said.infant = matches!(passenger.kind, Kind::Infant(_));
        out.segment("ATT", &[&["2"], &[], &[said.sex]]);
        self.birth(out, person, hurt, &mut said);
        said.surname = name.surname;
        said.given = name.given;
        match booking {
            Some(booking) if !short => {
                self.baggage(out, passenger, booking);
                self.journey(out, person, booking, hurt_by(FaultKind::UnknownAirport));
            }
            Some(_) => {}
            None => {
                out.segment("LOC", &[&["174"], &[person.residence]]);
                let duty = listed.duty.unwrap_or("CR2");
                out.segment("EMP", &[&["1"], &[duty, "110", "111"]]);
            }
        }
        let two_letters = hurt_by(FaultKind::ShortNationality);
        if !short {
            out.segment("NAT", &[&["2"], &[state(person.state, two_letters)]]);
            said.nationality = person.state;
        }
        if let Some(booking) = booking {
            if hurt_by(FaultKind::EmptyLocator) {
                out.segment("RFF", &[&["AVF"]]);
            } else {
                out.segment("RFF", &[&["AVF", &booking.locator]]);
                said.locator = booking.locator.clone();
            }
            out.segment("RFF", &[&["ABO", &said.reference]]);
        }
        if !listed.seat.is_empty() && !short {
            let padded = format_compact!("{:0>4}", listed.seat);
            out.segment("RFF", &[&["SEA", &padded]]);
            said.seat = listed.seat.clone();
        }
        if !short && !hurt_by(FaultKind::MissingDocument) {
            for document in &person.documents {
                let number = if hurt_by(FaultKind::DamagedNumber) {
                    damaged(&document.number)
                } else {
                    document.number.clone()
                };
                out.segment("DOC", &[&[document.kind, "110", "111"], &[&number]]);
                out.segment("DTM", &[&["36", &yymmdd(document.expires)]]);
                out.segment("LOC", &[&["91"], &[state(document.issuer, two_letters)]]);
                said.documents
                    .push((document.kind, number, document.issuer));
            }
        }
        said
    }

    /// DTM+329.
    fn birth(&self, out: &mut Writer, person: &Person, hurt: bool, said: &mut SaidPerson) {
        let birth = person.birth;
        let fault = self.fault.filter(|_| hurt);
        let (text, format) = match fault {
            Some(FaultKind::ImpossibleDate) => {
                (format_compact!("{:02}0231", birth.year() % 100), "")
            }
            Some(FaultKind::WrongCentury) => {
                let year = birth.year() - 100;
                said.birth = format_compact!("{year}-{:02}-{:02}", birth.month(), birth.day());
                let text = format_compact!("{year}{:02}{:02}", birth.month(), birth.day());
                (text, "102")
            }
            _ if person.year_only => {
                let year = birth.year();
                said.birth = format_compact!("{year}");
                // Six zeros say nothing at all, so the year 2000 is written in full.
                match year % 100 {
                    0 => (format_compact!("{year}0000"), "102"),
                    short => (format_compact!("{short:02}0000"), ""),
                }
            }
            _ => {
                said.birth = format_compact!("{birth}");
                (yymmdd(birth), "")
            }
        };
        out.segment("DTM", &[&["329", &text, format]]);
    }

    /// MEA, GEI and FTX.
    fn baggage(&self, out: &mut Writer, passenger: &Passenger, booking: &Booking) {
        let (pieces, weight, tag) = passenger.bags;
        if pieces > 0 {
            let count = format_compact!("{pieces}");
            let weight = format_compact!("{weight}");
            out.segment("MEA", &[&["CT"], &[], &["", &count]]);
            out.segment("MEA", &[&["WT"], &[], &["KGM", &weight]]);
        }
        let verified = if passenger.one_in(5) { "174" } else { "173" };
        out.segment("GEI", &[&["4"], &[verified]]);
        if pieces > 0 {
            let tag = format_compact!("{}{tag:06}", self.flight.carrier.code);
            let count = if pieces > 1 {
                format_compact!("{pieces}")
            } else {
                Text::default()
            };
            out.segment("FTX", &[&["BAG"], &[], &[], &[&tag, &count]]);
        }
        if let Some(canary) = &booking.canary
            && canary.at == CanaryPlace::FreeText
            && passenger.kind == Kind::Adult
        {
            out.segment("FTX", &[&["AAI"], &[], &[], &[&canary.token]]);
        }
    }

    /// LOC of one traveller.
    fn journey(&self, out: &mut Writer, person: &Person, booking: &Booking, astray: bool) {
        let outward = &booking.itinerary[..booking.outward];
        let embarks = match outward.first() {
            _ if astray => "QQQ",
            Some(hop) => hop.from,
            None => "",
        };
        let leaves = outward.last().map_or("", |hop| hop.to);
        out.segment("LOC", &[&["22"], &[self.clearance()]]);
        out.segment("LOC", &[&["174"], &[person.residence]]);
        out.segment("LOC", &[&["178"], &[embarks]]);
        out.segment("LOC", &[&["179"], &[leaves]]);
    }

    /// The forbidden texts in this message.
    fn canaries(&self) -> Vec<Canary> {
        let listed = self
            .people
            .iter()
            .filter_map(|listed| Some((listed, listed.booking?)));
        listed
            .filter(|(listed, _)| listed.passenger.kind == Kind::Adult)
            .filter_map(|(_, booking)| booking.canary.clone())
            .filter(|canary| {
                canary.at == CanaryPlace::FreeText && !matches!(self.list, List::Close(_))
            })
            .collect()
    }

    /// Where those on this flight pass the controls of Utopia.
    fn clearance(&self) -> &'static str {
        match self.flight.direction {
            Direction::Out => self.flight.origin().airport,
            Direction::In | Direction::Over => self.flight.target().airport,
        }
    }
}

/// Letter O for the first digit 0, and a blank in the middle.
fn damaged(number: &str) -> Text {
    let number = number.replacen('0', "O", 1);
    let (head, tail) = number.split_at(number.len() / 2);
    format_compact!("{head} {tail}")
}

/// The code of a state, in two letters where the carrier gets that wrong.
fn state(code: &'static str, two_letters: bool) -> &'static str {
    match two_letters {
        true => alpha2(code).unwrap_or(code),
        false => code,
    }
}

/// The alpha-2 code of a state.
fn alpha2(state: &str) -> Option<&'static str> {
    let wanted = Country::parse(state).ok()?;
    TWO_LETTERS
        .iter()
        .copied()
        .find(|code| Country::from_alpha2(code) == Some(wanted))
}

/// States that one fault writes with two letters.
static TWO_LETTERS: &[&str] = &[
    "XU", "GB", "US", "DE", "FR", "ES", "PT", "SE", "NO", "IS", "PL", "RU", "TR", "EG", "MA", "IR",
    "PK", "IN", "CN", "KR", "VN", "ID", "SN", "NG", "ET", "SO", "GR", "DZ",
];
