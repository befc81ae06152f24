//! The flights of one booking: how its party comes to the flight, goes on, and back.

use crate::place::FAR;
use crate::rng::Rng;
use crate::schedule::{Direction, Flight};
use jiff::ToSpan;
use jiff::civil::DateTime;

/// One flight of an itinerary, in local times.
#[derive(Clone, Debug)]
pub(crate) struct Hop {
    pub(crate) carrier: &'static str,
    pub(crate) number: u16,
    /// Carrier and number that sold it, where another.
    pub(crate) sold_as: Option<(&'static str, u16)>,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) departs: DateTime,
    pub(crate) arrives: DateTime,
    /// The flight of the world, where it is one.
    pub(crate) flight: Option<usize>,
}

/// The flights booked, and how many of them are the way out.
pub(crate) fn itinerary(
    rng: &mut Rng,
    flight: &Flight,
    onward: Option<&Flight>,
) -> (Vec<Hop>, usize) {
    let last = flight.stops.len() - 1;
    let (board, alight) = match flight.direction {
        _ if onward.is_some() => (0, flight.border + 1),
        Direction::In => {
            let board = if rng.percent(60) { 0 } else { flight.border };
            let alight = if rng.percent(80) {
                flight.border + 1
            } else {
                last
            };
            (board, alight)
        }
        Direction::Out => (0, if rng.percent(40) { 1 } else { last }),
        Direction::Over => (0, last),
    };
    let mut hops = Vec::with_capacity(3);
    let first = hop(flight, board, alight);
    if rng.percent(8) {
        let from = rng.row(FAR).code;
        if from != first.from && from != first.to && flight.direction != Direction::Out {
            let arrives = first.departs - 150.minutes();
            hops.push(Hop {
                carrier: "0K",
                number: 700 + rng.below(90) as u16,
                sold_as: None,
                from,
                to: first.from,
                departs: arrives - 110.minutes(),
                arrives,
                flight: None,
            });
        }
    }
    hops.push(first);
    if let Some(onward) = onward {
        hops.push(hop(onward, 0, onward.stops.len() - 1));
    }
    let outward = hops.len();
    if onward.is_none() && rng.percent(45) {
        let there = &hops[outward - 1];
        let departs = there.arrives + rng.between(2, 20).days() + 90.minutes();
        hops.push(Hop {
            carrier: flight.carrier.code,
            number: flight.number ^ 1,
            sold_as: None,
            from: there.to,
            to: there.from,
            departs,
            arrives: departs + 300.minutes(),
            flight: None,
        });
    }
    (hops, outward)
}

/// The hop of `flight` from stop to stop.
fn hop(flight: &Flight, board: usize, alight: usize) -> Hop {
    let departs = flight.stops[board].departs.unwrap_or_default();
    Hop {
        carrier: flight.carrier.code,
        number: flight.number,
        sold_as: flight
            .sold_as
            .map(|(carrier, number)| (carrier.code, number)),
        from: flight.stops[board].airport,
        to: flight.stops[alight].airport,
        departs,
        arrives: flight.stops[alight].arrives.unwrap_or(departs),
        flight: Some(flight.index),
    }
}
