//! Bookings of samples: everything that PNRGOV has room for, in segments or in XML.
//!
//! Invariant: what both spellings can say is drawn for both; what the XML has no room for (history,
//! services, free seats and the like) is drawn for segments alone.

use super::journeys::parsed;
use super::{Draw, own};
use compact_str::format_compact;
use jiff::ToSpan;
use jiff::civil::Date;
use oriel_model::{
    Agency, Bag, BagPool, BirthDate, Booking, BookingStatus, Contact, ContactKind, Document,
    ExcessBaggage, Flight, FlightNumber, Function, HistoryEntry, HistoryItem, ItinerarySegment,
    Locator, Message, Money, OtherService, PartialDate, Past, Payment, PersonName, Role, Sex,
    Split, Tax, Text, Ticket, Traveller,
};

/// Releases of the guide.
const RELEASES: &[&str] = &["10.1", "11.1", "13.1", "15.1", "18.1", "21.1"];

/// A push as segments can say it.
pub(super) fn for_segments(draw: &mut Draw) -> Message {
    push(draw, false)
}

/// A push as XML can say it, and segments too.
pub(super) fn for_xml(draw: &mut Draw) -> Message {
    let mut says = push(draw, true);
    let envelope = &mut says.envelope;
    envelope.version = "13.1".into();
    envelope.recipient = Text::default();
    envelope.sender = "ZQ".into();
    envelope.access_reference = Some(envelope.reference.clone());
    envelope.interchange = envelope.reference.clone();
    envelope.part = oriel_model::Part {
        number: 1,
        last: true,
    };
    says
}

fn push(draw: &mut Draw, xml: bool) -> Message {
    let flight = draw.border_flight();
    let function = if draw.rng.percent(75) {
        Function::FullPush
    } else {
        Function::UpdatePush
    };
    let version = draw.rng.pick(RELEASES);
    let envelope = draw.envelope("PNRGOV", version, function);
    let mut message = Message {
        envelope,
        flights: vec![flight],
        travellers: Vec::new(),
        bookings: Vec::new(),
        announced: None,
    };
    let count = draw.rng.between(1, 3);
    for _ in 0..count {
        let mut making = Making {
            draw,
            xml,
            message: &mut message,
            booking: Booking::default(),
        };
        making.booking();
    }
    message.announced = Some(message.bookings.len() as u32);
    message
}

/// A booking as it grows.
struct Making<'d, 'm> {
    draw: &'d mut Draw,
    xml: bool,
    message: &'m mut Message,
    booking: Booking,
}

impl Making<'_, '_> {
    fn booking(&mut self) {
        self.locators();
        let draw = &mut *self.draw;
        let changed = draw.moment(-40_000, -100);
        self.booking.changed = draw.maybe(85, |_| changed);
        let update = self.message.envelope.function == Function::UpdatePush;
        if update && draw.rng.percent(20) {
            self.booking.status = BookingStatus::Cancelled;
            self.message
                .bookings
                .push(std::mem::take(&mut self.booking));
            return;
        }
        self.booking.ticketed = draw.maybe(40, |draw| draw.moment(-40_000, -100));
        self.agency();
        self.contacts(None);
        self.excess(None);
        let on_flight = !update || self.draw.rng.percent(80);
        self.itinerary(on_flight);
        if !self.xml && self.draw.rng.percent(8) {
            self.booking.group = Some(own("ANYDER CHOIR".into()));
        }
        let adults = self.draw.rng.between(1, 3);
        let nameless = self.booking.group.is_some() && self.draw.rng.percent(50);
        let mut place = 0;
        for _ in 0..if nameless { 0 } else { adults } {
            let carries = self.draw.rng.percent(12);
            self.traveller(&mut place, on_flight, carries.then_some(true));
            if carries {
                self.traveller(&mut place, on_flight, Some(false));
            }
        }
        self.booking.splits = (0..self.draw.rng.pick(&[0, 0, 0, 1]))
            .map(|_| Split {
                travellers: Some(self.draw.rng.between(1, 9) as u16),
                locator: Some(own(self.draw.code(6))),
            })
            .collect();
        self.booking.remarks = self.draw.rng.pick(&[0, 0, 1, 2]);
        self.services();
        self.history();
        self.booking.status = match on_flight {
            true => BookingStatus::Active,
            false if self.booking.travellers.is_empty() && self.booking.group.is_none() => {
                BookingStatus::Active
            }
            false => BookingStatus::CancelledOnPushFlight,
        };
        self.message
            .bookings
            .push(std::mem::take(&mut self.booking));
    }

    fn locators(&mut self) {
        let draw = &mut *self.draw;
        let unique = self.message.bookings.len();
        let created = draw.moment(-80_000, -50_000);
        let mut locators = vec![Locator {
            company: "ZQ".into(),
            code: own(format_compact!("{}{unique}", draw.code(5))),
            departure_control: draw.rng.percent(5),
            created: Some(created),
        }];
        for company in ["1U", "X9"].into_iter().take(draw.rng.below(3)) {
            locators.push(Locator {
                company: company.into(),
                code: own(draw.code(6)),
                departure_control: false,
                created: None,
            });
        }
        self.booking.locators = locators;
    }

    fn agency(&mut self) {
        let draw = &mut *self.draw;
        // Nobody named is a cancelled booking, in XML, unless there are travellers.
        self.booking.agency = draw.maybe(85, |draw| Agency {
            company: Some("1U".into()),
            iata: draw.maybe(60, |draw| draw.digits(8)),
            office: draw.maybe(60, |draw| format_compact!("UXA1U{}", draw.digits(3))),
            city: Some("UXA".into()),
            country: draw.maybe(70, |_| "XU".into()),
            kind: Some(draw.rng.pick(&["A", "T"]).into()),
            agent: draw.maybe(70, |_| own("0101AASU".into())),
        });
    }

    fn contacts(&mut self, traveller: Option<u32>) {
        let count = self.draw.rng.pick(&[0, 0, 1, 2]);
        for _ in 0..count {
            let draw = &mut *self.draw;
            let (kind, value) = match draw.rng.below(3) {
                0 => (
                    ContactKind::Phone,
                    format_compact!("999555{}", draw.digits(5)),
                ),
                1 => (
                    ContactKind::Email,
                    format_compact!("A_{}-B@MAIL.EXAMPLE", draw.digits(3)),
                ),
                _ => (
                    ContactKind::Address,
                    format_compact!(
                        "{} HARBOUR LANE, ABRAXA, XU, {}",
                        draw.digits(2),
                        draw.digits(4)
                    ),
                ),
            };
            self.booking.contacts.push(Contact {
                kind,
                value: own(value),
                traveller,
            });
        }
    }

    fn excess(&mut self, traveller: Option<u32>) {
        // In XML what was paid stands with the booking.
        if (self.xml && traveller.is_some()) || self.draw.rng.percent(85) {
            return;
        }
        let draw = &mut *self.draw;
        let pieces = draw.rng.percent(50);
        self.booking.excess_baggage.push(ExcessBaggage {
            traveller,
            pieces: pieces.then(|| draw.rng.between(1, 5) as u16),
            weight_kg: (!pieces).then(|| draw.rng.between(1, 40) as u32),
            charge: Some(Money {
                amount: "50.00".into(),
                currency: Some("EUR".into()),
            }),
        });
    }

    /// A flight before, the flight of the push, a flight after.
    fn itinerary(&mut self, on_flight: bool) {
        let push = self.message.flights[0].clone();
        let count = self.draw.rng.pick(&[1, 1, 2, 3]);
        let at = self.draw.rng.below(count);
        for place in 0..count {
            let mut segment = self.segment();
            if place == at && on_flight {
                self.make_push(&mut segment, &push);
            } else if !self.xml && self.draw.rng.percent(10) {
                segment = ItinerarySegment {
                    special: Some(self.draw.rng.pick(&["ARNK", "OPEN"]).into()),
                    from: segment.from,
                    to: segment.to,
                    ..ItinerarySegment::default()
                };
            }
            self.booking.itinerary.push(segment);
        }
    }

    fn segment(&mut self) -> ItinerarySegment {
        let draw = &mut *self.draw;
        let departs = draw.moment(3_000, 40_000);
        // Never the number of the push, which has at most four digits here.
        let number = |draw: &mut Draw| FlightNumber {
            digits: format_compact!("{}", 10_000 + draw.rng.below(89_999)),
            suffix: None,
        };
        let operating = draw.maybe(25, |_| parsed("X9"));
        ItinerarySegment {
            carrier: Some(parsed("ZQ")),
            number: number(draw),
            operating,
            operating_number: operating.and_then(|_| draw.maybe(70, number)),
            special: None,
            from: Some(draw.airport()),
            to: Some(draw.airport()),
            departs: Some(departs),
            arrives: Some(departs.saturating_add(draw.rng.between(60, 900).minutes())),
            class: Some(draw.rng.pick(&["Y", "C", "M"]).into()),
            status: Some(draw.rng.pick(&["HK", "HL", "UN"]).into()),
            party: Some(draw.rng.between(1, 4) as u16),
            push_flight: false,
            equipment: draw.maybe(60, |_| "321".into()),
        }
    }

    fn make_push(&mut self, segment: &mut ItinerarySegment, push: &Flight) {
        let leg = &push.legs[0];
        let shared = self.draw.rng.percent(30);
        (segment.from, segment.to) = (leg.from, leg.to);
        (segment.departs, segment.arrives) = (leg.departs, leg.arrives);
        segment.push_flight = true;
        match shared {
            true => {
                segment.carrier = Some(parsed("X9"));
                segment.operating = Some(parsed("ZQ"));
                segment.operating_number = Some(push.number.clone());
            }
            false => {
                segment.number = push.number.clone();
                (segment.operating, segment.operating_number) = (None, None);
            }
        }
    }

    /// Somebody of the party: an adult who carries an infant, the infant itself, or anybody.
    fn traveller(&mut self, place: &mut usize, on_flight: bool, lap: Option<bool>) {
        let is_infant = lap == Some(false);
        let draw = &mut *self.draw;
        let age = if is_infant {
            (20, 600)
        } else {
            (3 * 366, 90 * 365)
        };
        let person = draw.person(age);
        let mut traveller = Traveller::new(Role::Passenger);
        traveller.name = draw.name(&person);
        *place += 1;
        let index = self.message.travellers.len() as u32;
        traveller.local_ref = Some(format_compact!("{place}"));
        traveller.carrier_ref = draw.maybe(80, |draw| own(draw.code(8)));
        traveller.infant = is_infant;
        traveller.travels_with = is_infant.then(|| index.saturating_sub(1));
        traveller.unaccompanied_minor = lap.is_none() && draw.rng.percent(4);
        traveller.locator = self
            .booking
            .locators
            .first()
            .map(|locator| locator.code.clone());
        if let Some(push) = self
            .booking
            .itinerary
            .iter()
            .find(|segment| segment.push_flight)
        {
            (traveller.from, traveller.to) = (push.from, push.to);
            traveller.status = push.status.clone();
        }
        if draw.rng.percent(75) {
            let passport = person
                .documents
                .first()
                .map(|document| document.number.clone())
                .unwrap_or_default();
            identity(
                draw,
                &mut traveller,
                person.birth,
                person.woman,
                passport,
                [&person.surname, &person.given],
            );
        }
        if !is_infant {
            adult(draw, &mut traveller);
            if on_flight {
                at_the_desk(draw, &mut traveller, self.xml);
            }
        }
        self.booking.travellers.push(index);
        self.message.travellers.push(traveller);
        self.contacts(Some(index));
        self.excess(Some(index));
        if !is_infant {
            self.ticket(index);
        }
    }

    fn ticket(&mut self, index: u32) {
        let draw = &mut *self.draw;
        if draw.rng.percent(35) {
            return;
        }
        let number = own(draw.digits(13));
        let money = |amount: Text| Money {
            amount,
            currency: Some("EUR".into()),
        };
        let issued = draw.maybe(70, |draw| draw.moment(-40_000, -100));
        let restrictions = ["NR", "NE", "PE"]
            .into_iter()
            .filter(|_| draw.rng.percent(30))
            .map(Text::from)
            .collect::<Vec<_>>();
        let ticket = Ticket {
            traveller: Some(index),
            number: Some(number.clone()),
            kind: Some("T".into()),
            booklets: draw.maybe(20, |_| 1).filter(|_| !self.xml),
            issued,
            base: draw.maybe(80, |draw| money(format_compact!("{}.00", draw.digits(3)))),
            total: draw.maybe(80, |draw| money(format_compact!("{}.50", draw.digits(3)))),
            taxes: (0..draw.rng.below(3))
                .map(|_| Tax {
                    money: money(format_compact!("{}.25", draw.digits(2))),
                    country: draw.maybe(50, |_| "XU".into()),
                    code: Some("YQ".into()),
                })
                .collect(),
            deadline: (!restrictions.is_empty()).then(|| draw.moment(-30_000, -100)),
            restrictions,
            fare_bases: (0..draw.rng.below(3))
                .map(|_| format_compact!("{}FLEX", draw.code(1)))
                .collect(),
            calculation: draw
                .maybe(30, |_| own("UXA ZQ LIS 150.00 EUR150.00END".into()))
                .filter(|_| !self.xml),
        };
        self.booking.ticketed = self.booking.ticketed.or(issued);
        self.message.travellers[index as usize].tickets.push(number);
        self.booking.tickets.push(ticket);
        // Each ticket is paid once, in the order of the tickets.
        let card = draw.rng.percent(70);
        let payment = match card {
            true => Payment {
                form: "CC".into(),
                vendor: Some("VI".into()),
                number_masked: Some(own(format_compact!("999999XXXXXX{}", draw.digits(4)))),
                expires: Some(own("0330".into())),
                amount: Some("150.50".into()),
                payer: draw.maybe(30, |_| own("QUELLANDER HOLDINGS".into())),
            },
            false => Payment {
                form: "CA".into(),
                vendor: None,
                number_masked: None,
                expires: None,
                amount: Some("150.50".into()),
                payer: None,
            },
        };
        self.booking.payments.push(payment);
    }

    fn services(&mut self) {
        for _ in 0..self.draw.rng.pick(&[0, 0, 0, 1, 2]) {
            let draw = &mut *self.draw;
            let from = draw.moment(100, 4_000);
            self.booking.services.push(OtherService {
                kind: draw.rng.pick(&["2", "8"]).into(),
                place: Some(draw.airport()),
                name: Some(own("HARBOUR REST".into())),
                vendor: Some("HL".into()),
                confirmation: Some(own(draw.digits(5))),
                product: Some("ROH".into()),
                from: Some(from),
                to: Some(from.saturating_add(2.days())),
            });
            self.booking.non_air += 1;
        }
    }

    fn history(&mut self) {
        for _ in 0..self.draw.rng.pick(&[0, 0, 1, 2]) {
            let draw = &mut *self.draw;
            let mut entry = HistoryEntry {
                kind: draw.rng.pick(&["1", "4"]).into(),
                at: Some(draw.moment(-40_000, -100)),
                agent: Some(own("WEB".into())),
                place: Some("UXA".into()),
                company: Some("ZQ".into()),
                items: Vec::new(),
            };
            for _ in 0..draw.rng.below(4) {
                let past = self.past();
                let action = self.draw.rng.pick(&["A", "X"]).into();
                entry.items.push(HistoryItem { action, past });
            }
            self.booking.past.push(entry);
            self.booking.history += 1;
        }
    }

    fn past(&mut self) -> Past {
        let draw = &mut *self.draw;
        match draw.rng.below(7) {
            0 => {
                let person = draw.person((9_000, 20_000));
                let mut name = draw.name(&person);
                name.title = None;
                Past::Name(name)
            }
            1 => {
                let mut segment = self.segment();
                (
                    segment.operating,
                    segment.operating_number,
                    segment.equipment,
                ) = (None, None, None);
                Past::Flight(Box::new(segment))
            }
            2 => Past::Seat(own(draw.seat())),
            3 => Past::Service("VGML".into()),
            4 => Past::Contact(Contact {
                kind: ContactKind::Phone,
                value: own(format_compact!("999555{}", draw.digits(5))),
                traveller: None,
            }),
            5 => Past::Bags(vec![Bag {
                tag: own(format_compact!("ZQ{}", draw.digits(6))),
                to: Some(draw.airport()),
            }]),
            _ => Past::Remark,
        }
    }
}

/// Birth, sex, nationality and passport, as DOCS says them.
fn identity(
    draw: &mut Draw,
    traveller: &mut Traveller,
    birth: Date,
    woman: bool,
    passport: Text,
    [surname, given]: [&Text; 2],
) {
    traveller.birth = Some(own(BirthDate {
        date: Some(PartialDate::from_date(birth)),
        text: None,
    }));
    traveller.sex = Some(own(if woman { Sex::Female } else { Sex::Male }));
    traveller.nationalities = vec![draw.state()];
    let holder = PersonName {
        surname: Some(own(surname.clone())),
        given: Some(own(given.clone())).filter(|_| !given.is_empty()),
        ..PersonName::default()
    };
    traveller.documents.push(Document {
        kind: draw.rng.pick(&["P", "I"]).into(),
        number: Some(own(passport)),
        issuer: Some(draw.state()),
        expires: draw.maybe(90, |draw| own(draw.day_near(10, 3500))),
        holder: Some(holder),
        primary_holder: draw.rng.percent(5),
        ..Document::default()
    });
}

/// Visa, addresses, frequent flyer numbers.
fn adult(draw: &mut Draw, traveller: &mut Traveller) {
    if draw.rng.percent(15) {
        traveller.documents.push(Document {
            kind: "V".into(),
            number: Some(own(format_compact!("UT{}", draw.digits(8)))),
            issuer: Some(draw.state()),
            issued: Some(own(draw.day_near(-700, -10))),
            ..Document::default()
        });
        traveller.birth_place = draw.maybe(60, |_| own("TROMSO NOR".into()));
    }
    if draw.rng.percent(10) {
        traveller.government_refs.push(own(draw.digits(9)));
    }
    if draw.rng.percent(15) {
        let lines = ["14 RUA DO SALITRE", "LISBOA", "LX", "1250-200", "PRT"];
        traveller.address = lines.into_iter().map(|line| own(line.into())).collect();
    }
    traveller.residence = draw.maybe(15, |draw| draw.state());
    traveller.frequent_flyer = draw
        .maybe(20, |draw| (Text::from("ZQ"), own(draw.digits(9))))
        .into_iter()
        .collect();
}

/// Seat, check-in and baggage.
fn at_the_desk(draw: &mut Draw, traveller: &mut Traveller, xml: bool) {
    traveller.seat = draw.maybe(60, |draw| own(draw.seat()));
    if draw.rng.percent(50) {
        return;
    }
    traveller.checked_in = Some(draw.moment(-1_400, -40));
    traveller.sequence = Some(format_compact!("{:03}", draw.rng.between(1, 400)));
    if draw.rng.percent(50) {
        return;
    }
    let (pieces, first) = (
        draw.rng.between(1, 3) as u16,
        draw.rng.between(100_000, 900_000) as u32,
    );
    let to = Some(draw.airport());
    let tag = |at: u32| Bag {
        tag: own(format_compact!("ZQ{:06}", first + at)),
        to,
    };
    traveller.bags = (0..u32::from(pieces)).map(tag).collect();
    traveller.bag_count = Some(pieces);
    traveller.bag_weight_kg = Some(draw.rng.between(5, 60) as u32);
    let reference = |draw: &mut Draw| own(draw.digits(10));
    traveller.bag_pool = draw.maybe(15, |draw| BagPool {
        head: draw.rng.percent(50),
        reference: (!xml).then(|| reference(draw)),
    });
}
