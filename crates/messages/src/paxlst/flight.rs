//! Flights of a list: TDT with its places and times, put together to legs.
//!
//! - Source: PAXLST guide, groups 2 and 3.
//! - Invariant: places make legs in the order sent; a place that has both an arrival and a
//!   departure closes one leg and opens the next.

use super::{Context, List, flight_time, vehicle};
use crate::body::Body;
use crate::envelope::text;
use crate::findings::paxlst as found;
use crate::value::Value;
use jiff::civil::DateTime;
use oriel_edifact::{Part, Segment};
use oriel_model::{Carrier, Element, Flight, FlightNumber, Leg, Mode, Port, Text};

/// The most places that are read of one flight.
const MAX_STOPS: usize = 99;

/// What a place is to the flight (LOC 3227).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    /// 125: the last place before the border.
    Departure,
    /// 87: the first place behind the border.
    Arrival,
    /// 130, 8 and others: the end of the flight.
    End,
    /// 92 and others: any other place of the same flight.
    Other,
}

#[derive(Clone, Debug)]
struct Stop {
    call: Call,
    place: Option<Port>,
    arrives: Option<DateTime>,
    departs: Option<DateTime>,
}

/// The places of the flight that is being read.
#[derive(Default)]
pub(super) struct Route {
    open: bool,
    stops: Vec<Stop>,
    /// Times that stood before any place: of the first departure and the last arrival.
    departs: Option<DateTime>,
    arrives: Option<DateTime>,
    /// The departure that was read last, to compare the next arrival with.
    departed: Option<DateTime>,
}

/// A leg and how surely it crosses the border: by both its places, by one, or not known.
struct Sector {
    leg: Leg,
    certainty: u8,
}

impl List {
    /// TDT: a flight, or one more sector of the one before.
    pub(super) fn tdt(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        self.close_person(body);
        self.close_flight();
        self.context = Context::Flight;
        self.route.open = true;
        for element in [2, 5, 8] {
            body.mark_element(segment, element, Element::Itinerary);
        }
        body.mark_rest(Element::Structure);
        let stage = segment.part(1, 1);
        let overflight = match &*stage.code() {
            b"20" | b"" => false,
            b"34" => true,
            _ => {
                body.report(&found::UNKNOWN_STAGE, stage.span());
                false
            }
        };
        let mut flight = Flight {
            text: text(segment.part(2, 1)),
            overflight,
            ..vehicle::read(body, segment, &mut self.memos)
        };
        let unnumbered = flight.text.is_empty() && !flight.vehicle.registration.is_empty();
        if flight.mode == Mode::Air && !unnumbered {
            let (carrier, number) = identify(body, segment.part(2, 1), segment.part(5, 1));
            flight.carrier = carrier;
            flight.number = number.unwrap_or_default();
        }
        let continues = self.message.flights.last().is_some_and(|last| {
            let same = |flight: &Flight| Flight {
                legs: Vec::new(),
                text: Text::default(),
                ..flight.clone()
            };
            same(last) == same(&flight)
        });
        if !continues {
            self.border_certainty = None;
            self.message.flights.push(flight);
            self.flight_places.push((segment.span(), body.here()));
        }
    }

    /// LOC of a flight.
    pub(super) fn loc_of_flight(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark_element(segment, 2, Element::Itinerary);
        body.mark_rest(Element::Structure);
        let qualifier = segment.part(1, 1);
        let call = match &*qualifier.code() {
            b"125" | b"5" | b"005" | b"9" => Call::Departure,
            b"87" => Call::Arrival,
            b"130" | b"8" | b"008" | b"11" | b"60" => Call::End,
            b"92" | b"61" | b"94" | b"153" | b"PT" => Call::Other,
            // Where a crew list or a gate pass is filed, not where the flight goes.
            b"172" | b"188" | b"91" => return,
            _ => {
                body.report(&found::UNKNOWN_STOP, qualifier.span());
                return;
            }
        };
        let place = segment.part(2, 1);
        let place = self
            .memos
            .port(body, &Value::new(&place.text(), place.span()));
        if self.route.stops.len() < MAX_STOPS {
            self.route.stops.push(Stop {
                call,
                place,
                arrives: None,
                departs: None,
            });
        }
    }

    /// DTM of a flight.
    pub(super) fn dtm_of_flight(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        let value = segment.part(1, 2);
        body.mark(value, Element::Itinerary);
        body.mark_rest(Element::Structure);
        let qualifier = segment.part(1, 1);
        let departs = match &*qualifier.code() {
            b"189" | b"133" | b"136" => true,
            b"232" | b"132" | b"178" => false,
            // When the list was made or filed.
            b"137" | b"243" | b"554" => return,
            _ => {
                body.report(&found::UNKNOWN_DATE, qualifier.span());
                return;
            }
        };
        let Some(time) = flight_time(body, value, segment.part(1, 3)) else {
            return;
        };
        if departs {
            self.route.departed = Some(time);
        } else if self
            .route
            .departed
            .is_some_and(|departed| hours(departed, time) < -24)
        {
            body.report(&found::ARRIVES_TOO_EARLY, value.span());
        }
        let place = match self.route.stops.last_mut() {
            Some(stop) if departs => &mut stop.departs,
            Some(stop) => &mut stop.arrives,
            None if departs => &mut self.route.departs,
            None => &mut self.route.arrives,
        };
        place.get_or_insert(time);
    }

    /// Puts the places read so far together to legs of the last flight.
    pub(super) fn close_flight(&mut self) {
        let route = std::mem::take(&mut self.route);
        let Some(flight) = self.message.flights.last_mut().filter(|_| route.open) else {
            return;
        };
        let mut sectors = sectors(&route);
        if let Some(first) = sectors.first_mut() {
            first.leg.departs = first.leg.departs.or(route.departs);
        }
        if let Some(last) = sectors.last_mut() {
            last.leg.arrives = last.leg.arrives.or(route.arrives);
        }
        if flight.mode == Mode::Air {
            for sector in &mut sectors {
                let leg = &mut sector.leg;
                leg.from = leg.from.map(Port::for_aircraft);
                leg.to = leg.to.map(Port::for_aircraft);
            }
        }
        // One leg crosses the border: the surest, and of equals the first.
        for at in 0..sectors.len() {
            if Some(sectors[at].certainty) > self.border_certainty {
                self.border_certainty = Some(sectors[at].certainty);
                let legs = flight.legs.iter_mut();
                for leg in legs.chain(sectors.iter_mut().map(|sector| &mut sector.leg)) {
                    leg.border = false;
                }
                sectors[at].leg.border = true;
            }
        }
        flight
            .legs
            .extend(sectors.into_iter().map(|sector| sector.leg));
        let times = flight
            .legs
            .iter()
            .find_map(|leg| leg.departs.or(leg.arrives));
        if let Some(time) = times {
            self.reference = Some(time.date());
        }
    }
}

/// Carrier and number from the flight as sent (8028) and the carrier beside it (3127).
fn identify(
    body: &mut Body<'_, '_>,
    flight: Part<'_>,
    carrier: Part<'_>,
) -> (Option<Carrier>, Option<FlightNumber>) {
    let sent = flight.trimmed();
    let compact: Text = sent.chars().filter(|c| *c != ' ').collect();
    let beside = Carrier::parse(&carrier.trimmed()).ok();
    let (read, rest) = match beside {
        None => split_carrier(&compact),
        Some(known) => match compact.strip_prefix(known.as_str()) {
            Some(rest) => (beside, rest),
            // Digits alone: the carrier stands beside them only.
            None if FlightNumber::parse(&compact).is_some() => (beside, compact.as_str()),
            None => {
                body.report(&found::CARRIER_DIFFERS, carrier.span());
                (beside, split_carrier(&compact).1)
            }
        },
    };
    let number = FlightNumber::parse(rest);
    // Master crew lists number their files: `ZQ01MCL`.
    let number = number.or_else(|| FlightNumber::parse(rest.strip_suffix("MCL")?));
    if number.is_none() || read.is_none() {
        body.report(&found::FLIGHT_UNREADABLE, flight.span());
    }
    (read, number)
}

fn hours(from: DateTime, to: DateTime) -> i64 {
    from.duration_until(to).as_hours()
}

/// Three letters before a digit are an ICAO designator; else the first two characters are the
/// carrier, of which one may be a digit.
fn split_carrier(text: &str) -> (Option<Carrier>, &str) {
    let bytes = text.as_bytes();
    let icao = bytes.len() > 3
        && bytes[..3].iter().all(u8::is_ascii_uppercase)
        && bytes[3].is_ascii_digit();
    let split = if icao { 3 } else { 2 };
    match (text.get(..split), text.get(split..)) {
        (Some(carrier), Some(rest)) => (Carrier::parse(carrier).ok(), rest),
        _ => (None, text),
    }
}

/// Walks the places in the order sent.
fn sectors(route: &Route) -> Vec<Sector> {
    let mut sectors: Vec<Sector> = Vec::new();
    let mut pending: Option<&Stop> = None;
    for stop in &route.stops {
        let both = stop.arrives.is_some() && stop.departs.is_some();
        let opens = match stop.call {
            Call::Departure => true,
            Call::Arrival | Call::End => both,
            Call::Other => {
                both || stop.departs.is_some() || (stop.arrives.is_none() && pending.is_none())
            }
        };
        let closes = !opens || both || pending.is_some();
        if closes {
            let chained = sectors.last().map(|last| Stop {
                call: Call::Other,
                place: last.leg.to,
                arrives: None,
                departs: None,
            });
            let from = pending.take().or(chained.as_ref());
            // The same place twice is one place, described twice; where the flight comes from
            // before its first place was not said.
            let twice = from.is_some_and(|from| from.place.is_some() && from.place == stop.place);
            if !twice && (from.is_some() || !opens) {
                sectors.push(sector(from, stop));
            }
        }
        if opens {
            pending = Some(stop);
        }
    }
    if let Some(last) = pending {
        let chained = sectors.last().map(|last| last.leg.to);
        match chained {
            // A last place that nothing departs from is where the flight ends.
            Some(from) if last.departs.is_none() && from != last.place => {
                let from = Stop {
                    call: Call::Other,
                    place: from,
                    arrives: None,
                    departs: None,
                };
                sectors.push(sector(Some(&from), last));
            }
            Some(_) if last.departs.is_none() => {}
            _ => sectors.push(Sector {
                certainty: u8::from(last.call == Call::Departure),
                leg: Leg {
                    from: last.place,
                    departs: last.departs,
                    ..Leg::default()
                },
            }),
        }
    }
    sectors
}

fn sector(from: Option<&Stop>, to: &Stop) -> Sector {
    let leaves = from.is_some_and(|from| from.call == Call::Departure);
    Sector {
        certainty: u8::from(leaves) + u8::from(to.call == Call::Arrival),
        leg: Leg {
            from: from.and_then(|from| from.place),
            to: to.place,
            departs: from.and_then(|from| from.departs),
            arrives: to.arrives,
            border: false,
        },
    }
}
