//! Writes PNRGOV: the bookings of a flight.
//!
//! - In: a flight and the bookings to push.  Out: the body of one message, and what it says.
//! - Source: PADIS PNRGOV, releases 11.1 to 21.1.
//! - Invariant: without a fault the message follows the guide; forbidden data stands only where a
//!   [`Canary`](crate::booking::Canary) puts it.

use crate::booking::{Booking, CanaryPlace, Fate, Hop, Kind, Passenger};
use crate::carrier::PnrgovStyle;
use crate::envelope::hhmm;
use crate::fault::FaultKind;
use crate::paxlst::{title, untitled, with_title};
use crate::said::{Said, SaidFlight, SaidPerson};
use crate::schedule::Flight;
use compact_str::format_compact;
use jiff::civil::{Date, DateTime};
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
                    &ddmmyy(departs),
                    &hhmm(departs),
                    &ddmmyy(arrives),
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
        let created = [ddmmyy(booking.created), hhmm(booking.created)];
        out.segment("SRC", &[]);
        let own = [carrier, &booking.locator, "", &created[0], &created[1]];
        match &booking.partner {
            Some(partner) => out.segment("RCI", &[&own, &["1U", partner]]),
            None => out.segment("RCI", &[&own]),
        }
        if self.is_gone(booking) {
            self.changed(out, booking, booking.created);
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
        self.changed(out, booking, booking.created);
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
    fn changed(&self, out: &mut Writer, booking: &Booking, at: DateTime) {
        let (date, time) = (ddmmyy(at), hhmm(at));
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

    /// Group 2 up to the tickets.
    fn traveller(
        &self,
        out: &mut Writer,
        pushed: &Pushed<'_>,
        place: usize,
        passenger: &Passenger,
        hurt: bool,
    ) -> SaidPerson {
        let booking = pushed.booking;
        let person = &passenger.person;
        let carrier = self.flight.carrier.code;
        let local = local_ref(place);
        let kind = type_code(passenger.kind);
        let carries = booking.party.iter().any(|p| p.kind == Kind::Infant(place));
        let given = with_title(&person.given, title(passenger), self.style.given);
        let infant_mark = if carries { "1" } else { "" };
        out.segment(
            "TIF",
            &[
                &[&person.surname, "I"],
                &[&given, kind, &local, infant_mark],
            ],
        );
        if passenger.one_in(6) && passenger.kind == Kind::Adult {
            let number = format_compact!("{}", 5_000_000 + passenger.id);
            out.segment("FTI", &[&[carrier, &number, &local]]);
        }
        let reference = passenger.reference();
        out.segment("REF", &[&["", &reference]]);
        if has_ticket(booking) {
            let basis = format_compact!("{}LFLEX", booking.class);
            let fare = if kind == "UN" { "C" } else { kind };
            out.segment("FAR", &[&[fare], &[], &[], &[], &[], &[&basis]]);
        }
        let mut said = SaidPerson {
            role: "passenger",
            surname: person.surname.clone(),
            given: untitled(&person.given, self.style.given),
            locator: booking.locator.clone(),
            reference,
            infant: matches!(passenger.kind, Kind::Infant(_)),
            planted: passenger.planted,
            ..SaidPerson::default()
        };
        if !said.infant && (has_ticket(booking) || self.is_checked_in(booking)) {
            said.seat = seat(pushed.seat + place);
        }
        if self.knows_documents(booking) {
            // A lap infant's passport travels on its adult, with the infant's mark.
            if !said.infant {
                let shifted = hurt && self.fault == Some(FaultKind::ShiftedDocs);
                self.docs(out, passenger, "", shifted);
            }
            for lap in booking
                .party
                .iter()
                .filter(|p| p.kind == Kind::Infant(place))
            {
                let unmarked = self.fault == Some(FaultKind::InfantOnParent);
                self.docs(out, lap, if unmarked { "" } else { "I" }, false);
            }
            said.birth = format_compact!("{}", person.birth);
            said.sex = if person.woman { "F" } else { "M" };
            said.nationality = person.state;
            if let Some(passport) = person.documents.first() {
                said.documents
                    .push((passport.kind, passport.number.clone(), passport.issuer));
            }
            if let Some(visa) = person
                .documents
                .iter()
                .find(|document| document.kind == "V")
            {
                let text = format_compact!("//V/{}/AMAUROT//{}", visa.number, visa.issuer);
                out.segment(
                    "SSR",
                    &[&["DOCO", "HK", "1", carrier, "", "", "", "", &text]],
                );
                said.documents.push(("V", visa.number.clone(), visa.issuer));
            }
        }
        if said.infant {
            // The request on the adult says when the infant was born.
            said.birth = format_compact!("{}", person.birth);
        }
        for lap in booking
            .party
            .iter()
            .filter(|p| p.kind == Kind::Infant(place))
        {
            let hop = &booking.itinerary[0];
            let baby = &lap.person;
            let text = match baby.given.as_str() {
                "" => format_compact!("{} {}", baby.surname, airimp(baby.birth)),
                given => format_compact!("{}/{given} {}", baby.surname, airimp(baby.birth)),
            };
            out.segment(
                "SSR",
                &[
                    &["INFT", "HK", "1", carrier, "", "", hop.from, hop.to, &text],
                    &["", "", &local],
                ],
            );
        }
        said
    }

    /// SSR DOCS.
    fn docs(&self, out: &mut Writer, passenger: &Passenger, infant: &str, shifted: bool) {
        let person = &passenger.person;
        let Some(passport) = person.documents.first() else {
            return;
        };
        let sex = if person.woman { "F" } else { "M" };
        let given = person.given.replacen(' ', "/", 1);
        let text = format_compact!(
            "{}/{}/{}/{}/{}/{}/{sex}{infant}/{}/{}/{given}",
            if shifted { "/" } else { "" },
            passport.kind,
            passport.issuer,
            passport.number,
            person.state,
            airimp(person.birth),
            airimp(passport.expires),
            person.surname,
        );
        let carrier = self.flight.carrier.code;
        out.segment(
            "SSR",
            &[&["DOCS", "HK", "1", carrier, "", "", "", "", &text]],
        );
    }

    /// Groups 3 and 4.
    fn ticket(&self, out: &mut Writer, booking: &Booking, passenger: &Passenger, pays: bool) {
        let accounting = self.flight.carrier.accounting;
        let number = format_compact!("{accounting}{:010}", passenger.ticket);
        out.segment("TKT", &[&[&number, "T", "1"]]);
        let base = 80 + booking.whim % 900;
        let base_text = format_compact!("{base}.00");
        let total = format_compact!("{}.50", base + 61);
        out.segment("MON", &[&["B", &base_text, "EUR"], &["T", &total, "EUR"]]);
        out.segment("TXD", &[&[], &["61.50", "", "EUR", "YQ"]]);
        let date = ddmmyy(booking.created);
        out.segment("DAT", &[&["710", &date, &hhmm(booking.created)]]);
        if !pays {
            return;
        }
        if pays_by_card(booking) {
            let last = booking.whim % 10_000;
            let number = if self.fault == Some(FaultKind::BareCardNumber) {
                card_number(last)
            } else {
                format_compact!("999999XXXXXX{last:04}")
            };
            out.segment("FOP", &[&["CC", "", &total, "VI", &number, "0330"]]);
        } else {
            out.segment("FOP", &[&["CA", "", &total]]);
        }
        if booking.one_in(11) {
            let sponsor = format_compact!("{} HOLDINGS", passenger.person.surname);
            out.segment(
                "IFT",
                &[&["4", "43"], &[&sponsor], &["1 LEDGER ROW AMAUROT"]],
            );
        }
    }

    /// Groups 5 to 7: one flight, with check-in once it is closed.
    fn hop(&self, out: &mut Writer, pushed: &Pushed<'_>, hop: &Hop, ticketed: bool) {
        let booking = pushed.booking;
        let here = hop.flight == Some(self.flight.index);
        let own = format_compact!("{:04}", hop.number);
        let class = format_compact!("{}", booking.class);
        let sold = hop.sold_as.filter(|_| booking.one_in(2));
        let times = [
            ddmmyy(hop.departs),
            hhmm(hop.departs),
            ddmmyy(hop.arrives),
            hhmm(hop.arrives),
        ];
        let times = [&*times[0], &*times[1], &*times[2], &*times[3]];
        match sold {
            Some((seller, number)) => {
                let number = format_compact!("{number}");
                out.segment(
                    "TVL",
                    &[
                        &times,
                        &[hop.from],
                        &[hop.to],
                        &[seller, hop.carrier],
                        &[&number, &class],
                    ],
                );
                if self.style.tra {
                    out.segment("TRA", &[&[hop.carrier], &[&own, &class]]);
                }
            }
            None => out.segment(
                "TVL",
                &[
                    &times,
                    &[hop.from],
                    &[hop.to],
                    &[hop.carrier],
                    &[&own, &class],
                ],
            ),
        }
        let seated = || {
            booking
                .party
                .iter()
                .filter(|p| !matches!(p.kind, Kind::Infant(_)))
        };
        let party = format_compact!("{}", seated().count());
        out.segment("RPI", &[&[&party], &["HK"]]);
        out.segment("APD", &[&["321"]]);
        if sold.is_some() && !self.style.tra {
            out.segment("TVL", &[&[], &[], &[], &[], &[&own, &class]]);
        }
        let carrier = self.flight.carrier.code;
        if here && ticketed {
            let mut ssr = vec![];
            let count = format_compact!("{}", seated().count());
            let head = ["SEAT", "HK", &count, carrier, "", "", hop.from, hop.to];
            let seats: Vec<(Text, Text)> = booking
                .party
                .iter()
                .enumerate()
                .filter(|(_, p)| !matches!(p.kind, Kind::Infant(_)))
                .map(|(place, _)| (padded_seat(pushed.seat + place), local_ref(place)))
                .collect();
            let data: Vec<[&str; 3]> = seats.iter().map(|(s, p)| [&**s, "", &**p]).collect();
            ssr.push(&head[..]);
            ssr.extend(data.iter().map(|d| &d[..]));
            out.segment("SSR", &ssr);
        }
        if here && self.is_checked_in(booking) {
            for (place, passenger) in booking.party.iter().enumerate() {
                if !matches!(passenger.kind, Kind::Infant(_)) {
                    self.check_in(out, pushed, place, passenger, hop);
                }
            }
        }
    }

    /// Groups 6 and 7 of one traveller.
    fn check_in(
        &self,
        out: &mut Writer,
        pushed: &Pushed<'_>,
        place: usize,
        passenger: &Passenger,
        hop: &Hop,
    ) {
        let booking = pushed.booking;
        let carrier = self.flight.carrier.code;
        let at = self.flight.departs - jiff::SignedDuration::from_mins(booking.checks_in_before);
        let at = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        if place == 0 {
            out.segment("DAT", &[&["2", &ddmmyy(at), &hhmm(at)]]);
            out.segment(
                "ORG",
                &[&[carrier, hop.from], &[], &[], &[], &[], &[], &["GS"]],
            );
        }
        let sequence = format_compact!("{:03}", pushed.seat + place + 1);
        let local = local_ref(place);
        out.segment("TRI", &[&[], &[&sequence, "", "", &local]]);
        let given = with_title(&passenger.person.given, title(passenger), self.style.given);
        let kind = type_code(passenger.kind);
        out.segment(
            "TIF",
            &[&[&passenger.person.surname, "I"], &[&given, kind, &local]],
        );
        let cabin = format_compact!("{}", booking.class);
        out.segment(
            "SSD",
            &[
                &[&padded_seat(pushed.seat + place)],
                &[],
                &[],
                &[],
                &[&cabin],
            ],
        );
        let (pieces, weight, tag) = passenger.bags;
        if pieces > 0 {
            let (count, weight) = (format_compact!("{pieces}"), format_compact!("{weight}"));
            let tag = format_compact!("0{}{tag:06}", self.flight.carrier.accounting);
            let to = booking.itinerary[booking.outward - 1].to;
            out.segment(
                "TBD",
                &[
                    &[],
                    &[&count, &weight, "700"],
                    &[],
                    &[],
                    &[carrier, &tag, &count, to],
                ],
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
            let (arrives, leaves) = (ddmmyy(there.arrives), ddmmyy(there.arrives));
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
            out.segment("DAT", &[&["T", &ddmmyy(at), &hhmm(at)]]);
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

/// A full card number that no issuer uses (it starts with 999999) and whose check digit fits.
pub(crate) fn card_number(last: u64) -> Text {
    let body = format_compact!("99999900000{last:04}");
    let sum: u32 = body
        .bytes()
        .enumerate()
        .map(|(i, digit)| {
            let value = u32::from(digit - b'0') * if i % 2 == 0 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    format_compact!("{body}{}", (10 - sum % 10) % 10)
}

/// Traveller reference inside the booking.
fn local_ref(place: usize) -> Text {
    format_compact!("{}", place + 1)
}

/// The seat with this number, counted through the cabin: `14C`.
pub(crate) fn seat(number: usize) -> Text {
    let letter = char::from(b"ABCDEF"[number % 6]);
    format_compact!("{}{letter}", number / 6 + 1)
}

fn padded_seat(number: usize) -> Text {
    format_compact!("{:0>4}", seat(number))
}

/// `221126`.
fn ddmmyy(at: DateTime) -> Text {
    format_compact!("{:02}{:02}{:02}", at.day(), at.month(), at.year() % 100)
}

/// `22NOV26`.
fn airimp(date: Date) -> Text {
    const MONTHS: [&str; 12] = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ];
    let month = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
    format_compact!("{:02}{month}{:02}", date.day(), date.year() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_card_numbers_pass_the_check_that_masking_uses() {
        for last in [0, 1, 42, 9999] {
            let number = card_number(last);
            let sum: u32 = number
                .bytes()
                .rev()
                .enumerate()
                .map(|(i, digit)| {
                    let value = u32::from(digit - b'0') * if i % 2 == 1 { 2 } else { 1 };
                    value / 10 + value % 10
                })
                .sum();
            assert_eq!((number.len(), sum % 10), (16, 0));
        }
    }

    #[test]
    fn seats_count_through_the_cabin() {
        assert_eq!(seat(0), "1A");
        assert_eq!(seat(80), "14C");
        assert_eq!(padded_seat(80), "014C");
    }
}
