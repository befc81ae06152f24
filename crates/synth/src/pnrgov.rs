//! Writes PNRGOV: the bookings of a flight.
//!
//! - In: a flight and the bookings to push.  Out: the body of one message, and what it says.
//! - Source: PADIS PNRGOV, releases 11.1 to 21.1.
//! - Invariant: without a fault the message follows the guide; forbidden data stands only where a
//!   [`Canary`](crate::booking::Canary) puts it.

mod flight;
mod traveller;
mod xml;

use crate::booking::{Booking, CanaryPlace, Fate, Kind, Passenger};
use crate::carrier::PnrgovStyle;
use crate::dates::{ddmmyy, hhmm};
use crate::fault::FaultKind;
use crate::said::{Said, SaidFlight, SaidPerson};
use crate::schedule::Flight;
use compact_str::format_compact;
pub(crate) use flight::seat;
use oriel_edifact::Writer;
use oriel_model::Text;

/// One booking in a push.
pub(crate) struct Pushed<'a> {
    pub(crate) booking: &'a Booking,
    /// First seat of the party, counted through the cabin.
    pub(crate) seat: usize,
}

/// One message to write.
pub(crate) struct Push<'a> {
    pub(crate) flight: &'a Flight,
    pub(crate) style: &'a PnrgovStyle,
    pub(crate) reference: Text,
    /// Minutes before departure at which the state of the bookings is told.
    pub(crate) before: i64,
    /// Only what changed.
    pub(crate) update: bool,
    /// Check-in data is there.
    pub(crate) closed: bool,
    /// Bookings of the whole push, all parts.
    pub(crate) total: usize,
    pub(crate) bookings: &'a [Pushed<'a>],
    pub(crate) fault: Option<FaultKind>,
}

impl Push<'_> {
    /// The booking and passenger whom the fault is about.
    pub(crate) fn victim(&self) -> Option<(usize, usize)> {
        let fault = self.fault?;
        let suits = |booking: &Booking, passenger: &Passenger| match fault {
            FaultKind::ShiftedDocs => {
                self.knows_documents(booking) && passenger.kind == Kind::Adult
            }
            FaultKind::InfantOnParent => {
                self.knows_documents(booking) && matches!(passenger.kind, Kind::Infant(_))
            }
            FaultKind::BareCardNumber => pays_by_card(booking),
            _ => false,
        };
        self.bookings.iter().enumerate().find_map(|(i, pushed)| {
            let booking = pushed.booking;
            let found = booking.party.iter().position(|p| suits(booking, p));
            found.filter(|_| !self.is_gone(booking)).map(|at| (i, at))
        })
    }

    /// Writes the segments between UNH and UNT.
    pub(crate) fn write(&self, out: &mut Writer) -> Said {
        let flight = self.flight;
        let function = if self.update { "141" } else { "22" };
        out.segment("MSG", &[&["", function]]);
        out.segment("ORG", &[&[flight.carrier.code, flight.stops[0].airport]]);
        let (departs, arrives) = flight.times();
        let number = format_compact!("{:04}", flight.number);
        out.segment(
            "TVL",
            &[
                &[
                    &ddmmyy(departs.date()),
                    &hhmm(departs),
                    &ddmmyy(arrives.date()),
                    &hhmm(arrives),
                ],
                &[flight.origin().airport],
                &[flight.target().airport],
                &[flight.carrier.code],
                &[&number],
            ],
        );
        let total = format_compact!("{}", self.total);
        out.segment("EQN", &[&[&total]]);
        let victim = self.victim();
        let mut persons = Vec::new();
        let mut canaries = Vec::new();
        let mut victim_at = None;
        for (i, pushed) in self.bookings.iter().enumerate() {
            let hurt = victim
                .filter(|(at, _)| *at == i)
                .map(|(_, passenger)| passenger);
            if let Some(place) = hurt {
                victim_at = Some(persons.len() + place);
            }
            self.booking(out, pushed, hurt, &mut persons);
            let sung = pushed
                .booking
                .canary
                .as_ref()
                .filter(|canary| match canary.at {
                    _ if self.is_gone(pushed.booking) => false,
                    CanaryPlace::Service(_) | CanaryPlace::Osi => true,
                    CanaryPlace::Remark => self.style.history,
                    CanaryPlace::FreeText => false,
                });
            canaries.extend(sung.cloned());
        }
        Said {
            kind: "PNRGOV",
            reference: self.reference.clone(),
            function: if self.update {
                "update_push"
            } else {
                "full_push"
            },
            flight: SaidFlight {
                carrier: flight.carrier.code,
                number: flight.number,
                from: flight.origin().airport,
                to: flight.target().airport,
                departs,
            },
            persons,
            bookings: self.bookings.len(),
            canaries,
            victim: victim_at,
        }
    }

    /// Whether the booking is cancelled by the time of the push.
    fn is_gone(&self, booking: &Booking) -> bool {
        matches!(booking.fate, Fate::Cancelled(before) if before >= self.before)
    }

    fn is_checked_in(&self, booking: &Booking) -> bool {
        self.closed && matches!(booking.fate, Fate::Flies | Fate::LeftBehind)
    }

    fn knows_documents(&self, booking: &Booking) -> bool {
        self.style.docs && booking.documents_before >= self.before
    }

    /// Group 1.
    fn booking(
        &self,
        out: &mut Writer,
        pushed: &Pushed<'_>,
        hurt: Option<usize>,
        persons: &mut Vec<SaidPerson>,
    ) {
        let booking = pushed.booking;
        let carrier = self.flight.carrier.code;
        let created = [ddmmyy(booking.created.date()), hhmm(booking.created)];
        out.segment("SRC", &[]);
        let own = [carrier, &booking.locator, "", &created[0], &created[1]];
        match &booking.partner {
            Some(partner) => out.segment("RCI", &[&own, &["1U", partner]]),
            None => out.segment("RCI", &[&own]),
        }
        if self.is_gone(booking) {
            self.changed(out, booking);
            out.segment("ORG", &[]);
            return;
        }
        if let Some(canary) = &booking.canary
            && let CanaryPlace::Service(code) = canary.at
        {
            let ssr = [code, "HK", "1", carrier, "", "", "", "", &canary.token];
            out.segment("SSR", &[&ssr]);
        }
        if let Some(name) = booking.group {
            let size = format_compact!("{}", booking.party.len());
            out.segment(
                "SSR",
                &[&["GRPF", "HK", &size, carrier, "", "", "", "", name]],
            );
        }
        self.changed(out, booking);
        self.contacts(out, booking);
        let ticketed = has_ticket(booking);
        for (place, passenger) in booking.party.iter().enumerate() {
            let hurt = hurt == Some(place);
            persons.push(self.traveller(out, pushed, place, passenger, hurt));
            if ticketed {
                self.ticket(out, booking, passenger, hurt || place == 0);
            }
        }
        for hop in &booking.itinerary {
            self.hop(out, pushed, hop, ticketed);
        }
        if self.style.history {
            self.history(out, booking);
        }
    }

    /// DAT of group 1.
    fn changed(&self, out: &mut Writer, booking: &Booking) {
        let at = booking.created;
        let (date, time) = (ddmmyy(at.date()), hhmm(at));
        if !has_ticket(booking) {
            out.segment("DAT", &[&["700", &date, &time]]);
        } else {
            out.segment("DAT", &[&["700", &date, &time, "710", &date, &time]]);
        }
    }

    /// IFT, ORG, ADD and SSR CTC of group 1.
    fn contacts(&self, out: &mut Writer, booking: &Booking) {
        let carrier = self.flight.carrier.code;
        let phone = format_compact!("9995550{}", booking.phone);
        if booking.one_in(4) {
            let text = format_compact!("CTCM {phone}");
            out.segment("IFT", &[&["4", "28", "", carrier], &[&text]]);
        }
        if let Some(canary) = &booking.canary
            && canary.at == CanaryPlace::Osi
        {
            out.segment("IFT", &[&["4", "28", "", carrier], &[&canary.token]]);
        }
        match booking.agency {
            Some(agency) => {
                let iata = format_compact!("{}", agency.iata);
                let office = format_compact!("{}1U{:03}", agency.city, booking.whim % 1000);
                out.segment(
                    "ORG",
                    &[
                        &["1U", agency.city],
                        &[&iata, &office],
                        &[agency.city],
                        &[carrier, agency.city],
                        &["T"],
                        &[agency.state],
                        &["0101AASU"],
                    ],
                );
            }
            None => out.segment(
                "ORG",
                &[
                    &[carrier, self.flight.stops[0].airport],
                    &[],
                    &[],
                    &[],
                    &["A"],
                    &[],
                    &["WEB"],
                ],
            ),
        }
        if booking.one_in(3) {
            let street = format_compact!("{} HARBOUR LANE", booking.whim % 300);
            out.segment(
                "ADD",
                &[
                    &[],
                    &["700", &street, "ABRAXA", "", "", "XU", "1516", &phone],
                ],
            );
        }
        if booking.one_in(7) {
            let surname = booking
                .party
                .first()
                .map_or("", |p| p.person.surname.as_str());
            let mail = format_compact!(
                "/{}..{}//MAIL.EXAMPLE",
                surname.replace(' ', ""),
                booking.phone
            );
            out.segment(
                "SSR",
                &[&["CTCE", "HK", "1", carrier, "", "", "", "", &mail]],
            );
        }
    }

    /// Groups 8 to 12 and LTS.
    fn history(&self, out: &mut Writer, booking: &Booking) {
        let carrier = self.flight.carrier.code;
        if booking.one_in(19) {
            out.segment("EQN", &[&["1"]]);
            let locator: String = booking.locator.chars().rev().collect();
            out.segment("RCI", &[&[carrier, &locator]]);
        }
        if booking.one_in(17) {
            let there = &booking.itinerary[booking.outward - 1];
            let (arrives, leaves) = (ddmmyy(there.arrives.date()), ddmmyy(there.arrives.date()));
            out.segment("MSG", &[&["8"]]);
            out.segment(
                "TVL",
                &[
                    &[&arrives, "1500", &leaves],
                    &[there.to, "HARBOUR REST"],
                    &[],
                    &["HL"],
                    &["67576", "ROH"],
                ],
            );
        }
        if booking.one_in(5) {
            out.segment("ABI", &[&["1"], &["", "WEB"], &["UXA"], &[], &[carrier]]);
            let at = booking.created;
            out.segment("DAT", &[&["T", &ddmmyy(at.date()), &hhmm(at)]]);
            out.segment("SAC", &[&[], &[], &["A"]]);
            out.segment("IFT", &[&["4", "19"], &["CREATED BY CUSTOMER"]]);
        }
        if let Some(canary) = &booking.canary
            && canary.at == CanaryPlace::Remark
        {
            out.segment("LTS", &[&[&canary.token]]);
        }
    }
}

/// Traveller type (6353).
fn type_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Adult => "A",
        Kind::Child => "C",
        Kind::Infant(_) => "IN",
        Kind::Alone => "UN",
    }
}

/// Whether tickets are issued; one class is sold without.
fn has_ticket(booking: &Booking) -> bool {
    booking.class != 'H'
}

/// Whether the booking is paid by card.
fn pays_by_card(booking: &Booking) -> bool {
    has_ticket(booking) && booking.whim % 10 < 8
}

/// Traveller reference inside the booking.
fn local_ref(place: usize) -> Text {
    format_compact!("{}", place + 1)
}
