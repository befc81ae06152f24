//! Level 0: function, sender, the flight of the push and the number of bookings.

use super::Reader;
use super::values::{code, number, text};
use crate::findings::pnrgov as findings;
use oriel_edifact::{Part, Segment};
use oriel_model::{Element, Flight, FlightNumber, Function, Leg, Text};

/// The most bookings that room is made for before they are there.
const MOST_EXPECTED: u32 = 512;

impl<'a> Reader<'_, 'a, '_> {
    /// MSG: `MSG+:22`, and the misplaced `MSG+22`.
    pub(super) fn function(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Structure);
        self.has_function = true;
        let part = match segment.part(1, 2) {
            part if part.is_empty() => segment.part(1, 1),
            part => part,
        };
        self.message.envelope.function = match &*code(part) {
            b"22" => Function::FullPush,
            b"141" => Function::UpdatePush,
            _ => {
                self.body
                    .report(&findings::UNKNOWN_FUNCTION, segment.span());
                Function::Other
            }
        };
    }

    /// ORG of level 0: the system that sends.
    pub(super) fn sender(&mut self, segment: &Segment<'a>) {
        self.body.mark_element(segment, 1, Element::Structure);
        self.body.mark_rest(Element::Agency);
    }

    /// TVL of level 0: the leg that crosses the border, under its operating carrier.
    pub(super) fn push_flight(&mut self, segment: &Segment<'a>) {
        if !self.message.flights.is_empty() {
            return self.out_of_place(segment, Element::Itinerary);
        }
        self.body.mark_rest(Element::Itinerary);
        let times = self.schedule(segment.composite(1).parts());
        if let Some(departs) = times.departs {
            self.today = Some(departs.date());
        }
        let from = self.airport(segment.part(2, 1));
        let to = self.airport(segment.part(3, 1));
        let carrier = self.carrier(segment.part(4, 1));
        let [number, _, suffix] = segment.composite(5).parts();
        let number = self.flight_number(number, suffix).unwrap_or_default();
        if times.departs.is_none()
            || from.is_none()
            || carrier.is_none()
            || number.digits.is_empty()
        {
            self.body
                .report(&findings::FLIGHT_INCOMPLETE, segment.span());
        }
        let mut sent = text(segment.part(4, 1)).unwrap_or_default();
        for component in [1, 3] {
            sent.push_str(&segment.part(5, component).trimmed());
        }
        self.message.flights.push(Flight {
            carrier,
            number,
            text: sent,
            legs: vec![Leg {
                from,
                to,
                departs: times.departs,
                arrives: times.arrives,
                border: true,
            }],
            ..Flight::default()
        });
    }

    /// EQN of level 0: how many bookings the whole push has.
    pub(super) fn announced(&mut self, segment: &Segment<'a>) {
        self.body.mark_rest(Element::Structure);
        self.message.announced = number(segment.part(1, 1));
        // What is announced may be anything; what is believed is bounded.
        let expected = self
            .message
            .announced
            .map_or(0, |count| count.min(MOST_EXPECTED) as usize);
        self.message.bookings.reserve(expected);
        self.message.travellers.reserve(2 * expected);
        self.announced = Some((segment.element_span(1), self.body.here()));
    }

    /// A flight number with its suffix, which may stand in the third component.
    pub(super) fn flight_number(
        &mut self,
        part: Part<'a>,
        suffix: Part<'a>,
    ) -> Option<FlightNumber> {
        let mut sent: Text = text(part)?;
        sent.push_str(&suffix.trimmed());
        let number = FlightNumber::parse(&sent);
        if number.is_none() {
            self.body.report(&findings::BAD_FLIGHT_NUMBER, part.span());
        }
        number
    }

    /// What level 0 must say.
    pub(super) fn check_header(&mut self) {
        if !self.has_function {
            self.body.report_message(&findings::NO_FUNCTION);
        }
        if self.message.flights.is_empty() {
            self.body.report_message(&findings::NO_FLIGHT);
        }
    }

    /// EQN counts the bookings of all parts, so that one part cannot be checked.
    pub(super) fn check_count(&mut self) {
        let part = self.message.envelope.part;
        if let Some((at, here)) = self.announced.take()
            && part.number == 1
            && part.last
            && self.message.announced != Some(self.sent)
        {
            self.body.report_later(&findings::BOOKING_COUNT, at, here);
        }
    }
}
