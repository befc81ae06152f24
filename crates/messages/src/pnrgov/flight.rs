//! Group 5: one flight of the itinerary (TVL, TRA, RPI).

use super::values::{code, number, text};
use super::{Place, Reader};
use crate::findings::pnrgov as findings;
use oriel_edifact::{Part, Segment};
use oriel_model::{Element, Flight, FlightNumber, ItinerarySegment};

/// The components of a TVL.
pub(super) struct Leg<'a> {
    pub(super) times: [Part<'a>; 4],
    pub(super) from: Part<'a>,
    pub(super) to: Part<'a>,
    pub(super) carrier: Part<'a>,
    pub(super) operating: Part<'a>,
    pub(super) number: Part<'a>,
    pub(super) class: Part<'a>,
    pub(super) suffix: Part<'a>,
}

impl<'a> Reader<'_, 'a, '_> {
    /// TVL behind SRC: the next flight, or the operating flight of the one in hand.
    pub(super) fn itinerary(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Itinerary);
        let only_number = (1..=4).all(|element| segment.element_span(element).is_empty());
        if only_number && !segment.part(5, 1).is_empty() && self.draft.flight.is_some() {
            let [number, _, suffix] = segment.composite(5).parts();
            return self.operating_number(number, suffix);
        }
        if matches!(self.place, Place::Split | Place::Text) {
            self.body.report(&findings::OUT_OF_PLACE, segment.span());
        }
        self.draft.checked_in = None;
        self.place = Place::Flight;
        if (1..=segment.len()).all(|element| segment.parts(element).all(|part| part.is_empty())) {
            self.draft.flight = None;
            return self
                .body
                .report(&findings::SEGMENT_INCOMPLETE, segment.span());
        }
        let read = self.itinerary_segment(segment);
        self.add_flight(read);
    }

    /// TVL of the ordinary form: a flight with a date, behind SRC.
    pub(super) fn next_flight(&mut self, sent: Leg<'a>) {
        self.draft.checked_in = None;
        self.place = Place::Flight;
        let read = self.leg(sent);
        self.add_flight(read);
    }

    fn add_flight(&mut self, read: ItinerarySegment) {
        let repeated = self.draft.repeated;
        let booking = self.booking();
        // A booking that was sent before has most of its flights already.
        let known = match repeated {
            true => booking
                .itinerary
                .iter()
                .take(super::SEARCHED)
                .position(|known| {
                    (&known.number, known.from, known.departs)
                        == (&read.number, read.from, read.departs)
                }),
            false => None,
        };
        self.draft.flight = Some(known.unwrap_or_else(|| {
            booking.itinerary.push(read);
            booking.itinerary.len() - 1
        }));
    }

    pub(super) fn itinerary_segment(&mut self, segment: &Segment<'a>) -> ItinerarySegment {
        let shift = usize::from(is_shifted(segment));
        if shift > 0 {
            self.body.report(&findings::FLIGHT_SHIFTED, segment.span());
        }
        let times = match &*code(segment.part(1, 1)) {
            [] if shift > 0 => 2,
            _ => 1,
        };
        let [carrier, operating] = segment.composite(4 + shift).parts();
        let [number, class, suffix] = segment.composite(5 + shift).parts();
        self.leg(Leg {
            times: segment.composite(times).parts(),
            from: segment.part(2 + shift, 1),
            to: segment.part(3 + shift, 1),
            carrier,
            operating,
            number,
            class,
            suffix,
        })
    }

    fn leg(&mut self, sent: Leg<'a>) -> ItinerarySegment {
        let times = self.schedule(sent.times);
        let special = match &*code(sent.number) {
            b"OPEN" | b"ARNK" => text(sent.number),
            _ => None,
        };
        let carrier = self.carrier(sent.carrier);
        let operating = self.carrier(sent.operating);
        let read = ItinerarySegment {
            carrier,
            number: match special {
                Some(_) => FlightNumber::default(),
                None => self
                    .flight_number(sent.number, sent.suffix)
                    .unwrap_or_default(),
            },
            operating: operating.filter(|_| operating != carrier),
            from: self.airport(sent.from),
            to: self.airport(sent.to),
            departs: times.departs,
            arrives: times.arrives,
            class: text(sent.class),
            special,
            ..ItinerarySegment::default()
        };
        if read.special.is_none()
            && (read.carrier.is_none() || read.from.is_none() || read.departs.is_none())
        {
            self.body
                .report(&findings::SEGMENT_INCOMPLETE, self.last.clone());
        }
        read
    }

    /// APD: the type of aircraft.
    pub(super) fn equipment(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Itinerary);
        self.aircraft(segment.part(1, 1));
    }

    /// The type of aircraft of the flight in hand.
    pub(super) fn aircraft(&mut self, part: Part<'a>) {
        let equipment = text(part);
        if let Some(flight) = self.flight_in_hand() {
            flight.equipment = equipment.or(flight.equipment.take());
        }
    }

    /// TRA: the operating flight.
    pub(super) fn operating_flight(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Itinerary);
        let [number, _, suffix] = segment.composite(2).parts();
        self.operated_by(segment.part(1, 1), number, suffix);
    }

    /// Carrier and number under which the flight in hand is operated.
    pub(super) fn operated_by(&mut self, carrier: Part<'a>, number: Part<'a>, suffix: Part<'a>) {
        let carrier = self.carrier(carrier);
        self.operating_number(number, suffix);
        if let Some(flight) = self.flight_in_hand() {
            flight.operating = carrier
                .filter(|_| carrier != flight.carrier)
                .or(flight.operating);
        }
    }

    fn operating_number(&mut self, number: Part<'a>, suffix: Part<'a>) {
        let number = self.flight_number(number, suffix);
        if let Some(flight) = self.flight_in_hand() {
            flight.operating_number = number;
        }
    }

    /// RPI: number in party and status.
    pub(super) fn flight_status(&mut self, segment: &Segment<'a>) {
        self.body.mark_element(segment, 1, Element::Structure);
        self.body.mark_rest(Element::Status);
        self.status(number(segment.part(1, 1)), segment.part(2, 1));
    }

    /// Number in party and status of the flight in hand.
    pub(super) fn status(&mut self, party: Option<u16>, status: Part<'a>) {
        let status = text(status);
        if let Some(flight) = self.flight_in_hand() {
            flight.party = party.or(flight.party);
            flight.status = status.or(flight.status.take());
        }
    }

    fn flight_in_hand(&mut self) -> Option<&mut ItinerarySegment> {
        let at = self.draft.flight?;
        self.booking().itinerary.get_mut(at)
    }
}

/// One `+` too many before the carrier: an airport stands where the carrier should, a carrier where
/// the number should, and the number behind it.
fn is_shifted(segment: &Segment<'_>) -> bool {
    let is_airport = |bytes: &[u8]| bytes.len() == 3 && bytes.iter().all(u8::is_ascii_uppercase);
    let is_carrier = |bytes: &[u8]| bytes.len() == 2 && bytes.iter().any(u8::is_ascii_alphabetic);
    let number = &*code(segment.part(6, 1));
    is_airport(&code(segment.part(4, 1)))
        && match number {
            b"ARNK" => segment.part(5, 1).is_empty(),
            b"OPEN" => is_carrier(&code(segment.part(5, 1))),
            _ => {
                is_carrier(&code(segment.part(5, 1)))
                    && number.first().is_some_and(u8::is_ascii_digit)
            }
        }
}

/// Whether a flight of an itinerary is the flight of the push: the same number under the marketing
/// or the operating carrier, from the same airport on the same day.
///
/// Who boarded at an earlier stop of the same flight is on it too: then the booked flight starts
/// elsewhere, at most a day earlier, and goes further than where the border leg starts.
pub(super) fn is_push_flight(segment: &ItinerarySegment, flight: &Flight) -> bool {
    let Some(leg) = flight.border_leg() else {
        return false;
    };
    let same = |number: &FlightNumber| {
        number.digits == flight.number.digits
            && (number.suffix == flight.number.suffix
                || number.suffix.is_none()
                || flight.number.suffix.is_none())
    };
    let is_carrier = |carrier| carrier == flight.carrier && flight.carrier.is_some();
    let numbered = same(&segment.number)
        || match &segment.operating_number {
            Some(number) => same(number),
            // The operating number was not sent: the minute of departure stands in for it.
            None => is_carrier(segment.operating) && segment.departs == leg.departs,
        };
    numbered
        && (is_carrier(segment.carrier) || is_carrier(segment.operating))
        && segment.special.is_none()
        && match (segment.departs, leg.departs) {
            (Some(departs), Some(border)) if segment.from != leg.from => {
                let days = border.date().duration_since(departs.date()).as_hours() / 24;
                segment.to != leg.from && (0..=1).contains(&days)
            }
            (departs, border) => {
                segment.from == leg.from
                    && departs.map(|at| at.date()) == border.map(|at| at.date())
            }
        }
}
