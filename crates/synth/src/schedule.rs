//! The timetable: flights in, out, through and over, with their clocks.
//!
//! - In: [`Config`].  Out: every flight with its stops, and which flight feeds which.
//! - Invariants: a flight's place in the list is its number in the world; local times are those
//!   of the airport beside them, made from instants by the gazetteer's zones.

use crate::Config;
use crate::carrier::{CARRIERS, Carrier};
use crate::fault::{FAULTS, FaultKind};
use crate::place::{FAR, HOME, HUB, OVER};
use crate::rng::Rng;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use oriel_model::{Port, to_instant};

/// Which way a flight crosses the border of Utopia.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    In,
    Out,
    /// Passes over without landing.
    Over,
}

/// One airport of a flight.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) airport: &'static str,
    /// Local time.
    pub(crate) arrives: Option<DateTime>,
    /// Local time.
    pub(crate) departs: Option<DateTime>,
}

/// One flight on one day.
#[derive(Clone)]
pub(crate) struct Flight {
    /// Place in [`flights`].
    pub(crate) index: usize,
    pub(crate) carrier: &'static Carrier,
    pub(crate) number: u16,
    pub(crate) direction: Direction,
    pub(crate) stops: Vec<Stop>,
    /// The stop where the sector that crosses the border starts.
    pub(crate) border: usize,
    /// Departure of that sector.
    pub(crate) departs: Timestamp,
    /// Arrival of that sector.
    pub(crate) arrives: Timestamp,
    /// Travellers who start their journey on this flight.
    pub(crate) travellers: usize,
    /// The carrier that also sells this flight, and its number there.
    pub(crate) sold_as: Option<(&'static Carrier, u16)>,
    /// The flight on which the first bookings go on.
    pub(crate) onward: Option<usize>,
    /// How many bookings go on.
    pub(crate) connecting: usize,
    /// The flights whose first bookings go on with this one.
    pub(crate) feeders: Vec<usize>,
    /// What its carrier gets wrong about it.
    pub(crate) fault: Option<FaultKind>,
}

impl Flight {
    /// Where the border sector starts.
    pub(crate) fn origin(&self) -> &Stop {
        &self.stops[self.border]
    }

    /// Where the border sector ends.
    pub(crate) fn target(&self) -> &Stop {
        &self.stops[self.border + 1]
    }

    /// The far end that gives the flight its people.
    pub(crate) fn far_end(&self) -> &'static str {
        match self.direction {
            Direction::Out => self.stops[self.stops.len() - 1].airport,
            Direction::In | Direction::Over => self.stops[0].airport,
        }
    }

    /// Local departure and arrival of the border sector. Every inner stop has both.
    pub(crate) fn times(&self) -> (DateTime, DateTime) {
        let departs = self.origin().departs.unwrap_or_default();
        (departs, self.target().arrives.unwrap_or(departs))
    }
}

/// Minutes on the ground at an intermediate stop.
const STOP: i64 = 60;

/// Every flight of the world, day by day.
pub(crate) fn flights(config: &Config) -> Vec<Flight> {
    let a_day = (config.travellers as usize / 150).max(64);
    let total = a_day * config.days as usize;
    let mut flights: Vec<Flight> = (0..total)
        .map(|index| flight(config, index, index / a_day, index % a_day))
        .collect();
    share_travellers(config, &mut flights);
    connect(&mut flights);
    flights
}

/// A slot of the timetable on one day. Even slots go out, odd ones come back from there; every
/// sixteenth passes over.
fn flight(config: &Config, index: usize, day: usize, slot: usize) -> Flight {
    let pair = slot / 2;
    let mut slot_rng = Rng::at(config.seed, &[1, pair as u64]);
    let carrier = &CARRIERS[pair % CARRIERS.len()];
    let far = slot_rng.row(FAR);
    let home = if slot_rng.percent(75) {
        HUB
    } else {
        HOME[1 + slot_rng.below(HOME.len() - 1)]
    };
    let onward_home = HOME[1 + slot_rng.below(HOME.len() - 1)];
    let out_minute = slot_rng.between(60, 72 * 15) / 5 * 5;
    let sold_as = slot_rng.percent(30).then(|| {
        let other = &CARRIERS[(pair + 1 + slot_rng.below(CARRIERS.len() - 1)) % CARRIERS.len()];
        (other, 5000 + slot as u16)
    });
    let number = 100 + 2 * (pair / CARRIERS.len()) as u16 + (slot % 2) as u16;

    let outbound = slot.is_multiple_of(2);
    let direction = match outbound {
        _ if pair % 16 == 15 => Direction::Over,
        true => Direction::Out,
        false => Direction::In,
    };
    // Airports in the order flown, with minutes of flight from the one before.
    let mut route: Vec<(&'static str, i64)> = Vec::new();
    let border;
    match direction {
        Direction::Over => {
            let (from, to, minutes) = OVER[pair / 16 % OVER.len()];
            let (from, to) = if outbound { (from, to) } else { (to, from) };
            route.extend([(from, 0), (to, minutes)]);
            border = 0;
        }
        Direction::Out => {
            route.push((home, 0));
            if let Some((via, minutes)) = far.via {
                route.extend([(via, minutes), (far.code, far.minutes - minutes)]);
            } else {
                route.push((far.code, far.minutes));
            }
            border = 0;
        }
        Direction::In => {
            route.push((far.code, 0));
            if let Some((via, minutes)) = far.via {
                route.extend([(via, far.minutes - minutes), (home, minutes)]);
            } else {
                route.push((home, far.minutes));
            }
            border = route.len() - 2;
            if home == HUB && pair % 5 == 2 {
                route.push((onward_home, 45));
            }
        }
    }
    // The plane turns round at the far end; what comes back lands the same day or the next.
    let minute = match direction {
        Direction::In => out_minute - far.minutes - 90,
        Direction::Out | Direction::Over => out_minute,
    };
    let start = midnight(config, day, route[0].0) + SignedDuration::from_mins(minute);
    let (stops, instants) = stops(&route, start);
    // Faults and planted persons never meet on one flight, so that the key stays unambiguous.
    let fault = (is_faulty(pair) && config.faults).then(|| {
        let nth = pair / 4 * 2 + pair % 4 - 1;
        FAULTS[(nth * 2 + slot % 2 + 3 * day) % FAULTS.len()].kind
    });
    Flight {
        index,
        carrier,
        number,
        direction,
        stops,
        border,
        departs: instants[border].1,
        arrives: instants[border + 1].0,
        travellers: 0,
        sold_as: sold_as.filter(|_| direction != Direction::Over),
        onward: None,
        connecting: 0,
        feeders: Vec::new(),
        fault,
    }
}

/// Whether the flights of a pair of slots are those with faults: two pairs of four, so that every
/// carrier has some.
fn is_faulty(pair: usize) -> bool {
    matches!(pair % 4, 1 | 2)
}

/// Whether persons may be planted on the flight.
pub(crate) fn is_planted(flight: &Flight) -> bool {
    flight.direction != Direction::Over && flight.fault.is_none()
}

/// The instant at which the day starts at `airport`.
fn midnight(config: &Config, day: usize, airport: &str) -> Timestamp {
    let date = config.first_day.saturating_add((day as i64).days());
    let local = date.to_datetime(jiff::civil::Time::midnight());
    Port::airport(airport)
        .ok()
        .and_then(|airport| to_instant(local, airport))
        .unwrap_or_default()
}

/// Stops with local times, and the instants of arrival and departure at each.
fn stops(
    route: &[(&'static str, i64)],
    start: Timestamp,
) -> (Vec<Stop>, Vec<(Timestamp, Timestamp)>) {
    let last = route.len() - 1;
    let mut now = start;
    let mut instants = Vec::with_capacity(route.len());
    let stops = route
        .iter()
        .enumerate()
        .map(|(i, &(airport, minutes))| {
            let arrives = now + SignedDuration::from_mins(minutes);
            now = arrives;
            if i > 0 && i < last {
                now += SignedDuration::from_mins(STOP);
            }
            instants.push((arrives, now));
            let zone = zone(airport);
            let local = |at: Timestamp| at.to_zoned(zone.clone()).datetime();
            Stop {
                airport,
                arrives: (i > 0).then(|| local(arrives)),
                departs: (i < last).then(|| local(now)),
            }
        })
        .collect();
    (stops, instants)
}

/// The clock at `airport`; a test says that every airport of this world has one.
fn zone(airport: &str) -> TimeZone {
    Port::airport(airport)
        .ok()
        .and_then(|airport| TimeZone::get(airport.zone()?).ok())
        .unwrap_or(TimeZone::UTC)
}

/// Divides the wanted number of travellers over the flights, with full and empty ones.
fn share_travellers(config: &Config, flights: &mut [Flight]) {
    let weights: Vec<usize> = (0..flights.len())
        .map(|i| 40 + Rng::at(config.seed, &[2, i as u64]).below(120))
        .collect();
    let total: usize = weights.iter().sum();
    let (mut before, mut given) = (0, 0);
    for (flight, weight) in flights.iter_mut().zip(weights) {
        before += weight;
        let due = before * config.total() / total.max(1);
        flight.travellers = due - given;
        given = due;
    }
}

/// Sends the first bookings of each arrival at the hub on with a departure some hours later.
fn connect(flights: &mut [Flight]) {
    for index in 0..flights.len() {
        let arrival = &flights[index];
        if arrival.direction != Direction::In || arrival.target().airport != HUB {
            continue;
        }
        let (from, arrives) = (arrival.far_end(), arrival.arrives);
        let fits = |other: &Flight| {
            let wait = other.departs.duration_since(arrives).as_mins();
            other.direction == Direction::Out
                && other.origin().airport == HUB
                && other.far_end() != from
                && (60..=480).contains(&wait)
        };
        // Start looking at a place of its own, so that not all go on with the same flight.
        let choice = (0..flights.len())
            .map(|step| (index * 7 + step) % flights.len())
            .find(|&at| fits(&flights[at]));
        if let Some(onward) = choice {
            flights[index].onward = Some(onward);
            flights[index].connecting = flights[index].travellers / 20;
            flights[onward].feeders.push(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn default_day() -> Vec<Flight> {
        flights(&Config::default())
    }

    #[test]
    fn a_day_has_flights_in_out_through_and_over() {
        let flights = default_day();
        let count = |wanted: fn(&Flight) -> bool| flights.iter().filter(|f| wanted(f)).count();
        assert!(flights.len() >= 60);
        assert!(count(|f| f.direction == Direction::In) >= 20);
        assert!(count(|f| f.direction == Direction::Out) >= 20);
        assert!(count(|f| f.direction == Direction::Over) >= 1);
        assert!(count(|f| f.stops.len() > 2) >= 5);
        assert!(count(|f| !f.feeders.is_empty()) >= 5);
        assert!(count(|f| f.sold_as.is_some()) >= 5);
    }

    #[test]
    fn a_flight_is_known_by_carrier_number_and_day() {
        let flights = flights(&Config {
            days: 3,
            ..Config::default()
        });
        let keys: BTreeSet<_> = flights
            .iter()
            .map(|f| (f.carrier.code, f.number, f.departs))
            .collect();
        assert_eq!(keys.len(), flights.len());
    }

    #[test]
    fn travellers_add_up_and_nobody_arrives_before_leaving() {
        let config = Config::default();
        let flights = flights(&config);
        let sum: usize = flights.iter().map(|f| f.travellers).sum();
        assert_eq!(sum, config.total());
        for flight in &flights {
            assert!(flight.departs < flight.arrives);
            for &feeder in &flight.feeders {
                assert!(flights[feeder].arrives < flight.departs);
                assert_eq!(flights[feeder].onward, Some(flight.index));
            }
        }
    }
}
