//! The simulated world: who is on which flight, and who of them is planted.
//!
//! - In: [`Config`].  Out: flights with everybody on board, lists, the plan of planted persons.
//! - Invariant: nobody is kept; each flight's people are made again whenever they are asked for,
//!   and are the same each time.

use crate::booking::{Booking, Kind, Order, Passenger, booking};
use crate::carrier::Carrier;
use crate::disguise::{DISGUISES, Disguise};
use crate::list::{Entry, ListedBirth, entries};
use crate::person::{Document, Person, Wanted, culture, days_before, person};
use crate::rng::Rng;
use crate::schedule::{Direction, Flight, flights, is_planted};
use compact_str::format_compact;
use jiff::civil::Date;

/// What a world is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Two worlds with one seed (and the same other values) are the same, byte for byte.
    pub seed: u64,
    /// Days of flights.
    pub days: u32,
    /// Distinct travellers a day, crew and planted persons not counted.
    pub travellers: u32,
    /// Day of the first departures, local to each airport.
    pub first_day: Date,
    /// Whether carriers make mistakes.
    pub faults: bool,
}

impl Config {
    /// Travellers of all days.
    pub(crate) fn total(&self) -> usize {
        self.travellers as usize * self.days as usize
    }
}

/// One day of 9,600 travellers.
impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 1,
            days: 1,
            travellers: 9_600,
            first_day: jiff::civil::date(2026, 11, 22),
            faults: true,
        }
    }
}

/// A planted person: who of which list, on which flight, told how.
#[derive(Clone)]
pub(crate) struct Plant {
    pub(crate) flight: usize,
    /// 0 for the UN list, 1 for the national one.
    pub(crate) list: usize,
    /// Place on that list.
    pub(crate) entry: usize,
    pub(crate) disguise: &'static Disguise,
    pub(crate) person: Person,
}

/// A simulated world.
pub struct World {
    pub(crate) config: Config,
    pub(crate) flights: Vec<Flight>,
    pub(crate) lists: [Vec<Entry>; 2],
    pub(crate) plan: Vec<Plant>,
    /// For each flight, its plants.
    planted: Vec<Vec<usize>>,
}

/// A booking as one flight sees it.
pub(crate) struct Aboard {
    pub(crate) booking: Booking,
    /// Number of the party's first seat.
    pub(crate) seat: usize,
    /// Neither starts nor ends its journey in Utopia.
    pub(crate) transit: bool,
}

/// Planted bookings are numbered from here; no flight has so many others.
const FIRST_PLANTED: usize = 3000;

impl World {
    /// Makes the timetable, the lists and the plan.
    pub fn new(config: Config) -> Self {
        let flights = flights(&config);
        let lists = entries(config.seed, config.first_day);
        let plan = plan(&config, &flights, &lists);
        let mut planted = vec![Vec::new(); flights.len()];
        for (number, plant) in plan.iter().enumerate() {
            planted[plant.flight].push(number);
        }
        Self {
            config,
            flights,
            lists,
            plan,
            planted,
        }
    }

    /// Every booking on a flight, in the order in which its carrier lists them.
    pub(crate) fn aboard(&self, flight: usize) -> Vec<Aboard> {
        let flight = &self.flights[flight];
        let mut bookings = Vec::with_capacity(flight.travellers);
        for &feeder in &flight.feeders {
            self.own_bookings(&self.flights[feeder], true, &mut bookings);
        }
        self.own_bookings(flight, false, &mut bookings);
        for (i, &number) in self.planted[flight.index].iter().enumerate() {
            let plant = &self.plan[number];
            let order = Order {
                seed: self.config.seed,
                flight,
                onward: None,
                number: FIRST_PLANTED + i,
                first: FIRST_PLANTED + i,
                room: 1,
                day: self.config.first_day,
                lead: Some((plant.person.clone(), number)),
            };
            let at = (i + 1) * 7 % (bookings.len() + 1);
            bookings.insert(at, booking(order));
        }
        let mut seat = 0;
        bookings
            .into_iter()
            .map(|booking| {
                let first = seat;
                let seated = |p: &&Passenger| !matches!(p.kind, Kind::Infant(_));
                seat += booking.party.iter().filter(seated).count();
                let outward = &booking.itinerary[..booking.outward];
                let foreign = |airport: &str| !airport.starts_with("UX");
                let transit = flight.direction != Direction::Over
                    && outward.first().is_some_and(|hop| foreign(hop.from))
                    && outward.last().is_some_and(|hop| foreign(hop.to));
                Aboard {
                    booking,
                    seat: first,
                    transit,
                }
            })
            .collect()
    }

    /// The bookings that start with `flight`: those that go on with another one, or all.
    fn own_bookings(&self, flight: &Flight, connecting_only: bool, out: &mut Vec<Booking>) {
        let onward = flight.onward.map(|onward| &self.flights[onward]);
        let (mut number, mut first) = (0, 0);
        while first < flight.travellers && !(connecting_only && number >= flight.connecting) {
            let made = booking(Order {
                seed: self.config.seed,
                flight,
                onward: onward.filter(|_| number < flight.connecting),
                number,
                first,
                room: flight.travellers - first,
                day: self.config.first_day,
                lead: None,
            });
            first += made.party.len();
            number += 1;
            out.push(made);
        }
    }

    /// The crew of a flight with their functions; the last one may travel off duty.
    pub(crate) fn crew(&self, flight: usize) -> Vec<(Passenger, &'static str)> {
        let flight = &self.flights[flight];
        let mut rng = Rng::at(self.config.seed, &[6, flight.index as u64]);
        let size = 6 + rng.below(5);
        (0..size)
            .map(|place| {
                let duty = match place {
                    0 | 1 => "CR1",
                    _ if place + 1 == size && rng.percent(20) => "CR5",
                    _ => "CR2",
                };
                (
                    self.crew_member(&mut rng, flight.carrier, flight.index, place),
                    duty,
                )
            })
            .collect()
    }

    fn crew_member(
        &self,
        rng: &mut Rng,
        carrier: &Carrier,
        flight: usize,
        place: usize,
    ) -> Passenger {
        let id = (flight as u64) << 12 | (3900 + place) as u64;
        let woman = rng.percent(50);
        let age_days = rng.between(21 * 366, 60 * 365);
        let wanted = Wanted {
            id,
            culture: culture(carrier.crew),
            woman,
            age_days,
            day: self.config.first_day,
            family: None,
        };
        let mut person = person(rng, wanted);
        if rng.percent(40) {
            person.documents.push(Document {
                kind: "AC",
                number: format_compact!("CRW{id:07}"),
                issuer: person.state,
                expires: days_before(self.config.first_day, -900),
            });
        }
        Passenger {
            id,
            person,
            kind: Kind::Adult,
            bags: (0, 0, 0),
            ticket: 0,
            planted: None,
        }
    }
}

/// Who is planted where: every disguise in turn, over the flights without faults.
fn plan(config: &Config, flights: &[Flight], lists: &[Vec<Entry>; 2]) -> Vec<Plant> {
    let open: Vec<usize> = flights
        .iter()
        .filter(|flight| is_planted(flight))
        .map(|flight| flight.index)
        .collect();
    let wanted = (config.total() / 120).max(2 * DISGUISES.len());
    let mut rng = Rng::at(config.seed, &[7]);
    let mut plan: Vec<Plant> = Vec::with_capacity(wanted);
    let mut next = [0, 0];
    for number in 0..wanted {
        // Every third is innocent, so that false alarms can be counted as well.
        let disguise = match number % 3 {
            2 => &DISGUISES[DISGUISES.len() - 1],
            _ => &DISGUISES[(number - number / 3) % (DISGUISES.len() - 1)],
        };
        let list = number % 2;
        let id = 90_000_000 + number as u64;
        // Each entry is used once; the first that can wear the disguise is taken.
        let found = lists[list]
            .iter()
            .enumerate()
            .skip(next[list])
            .find_map(|(at, entry)| {
                let person = disguise.put_on(&mut rng, entry, id, config.first_day)?;
                (entry.birth != ListedBirth::Nothing).then_some((at, person))
            });
        let (Some((entry, person)), false) = (found, open.is_empty()) else {
            continue;
        };
        next[list] = entry + 1;
        plan.push(Plant {
            flight: open[number % open.len()],
            list,
            entry,
            disguise,
            person,
        });
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn a_default_day_has_enough_distinct_travellers_of_every_kind() {
        let world = World::new(Config::default());
        let mut ids = BTreeSet::new();
        let mut numbers = BTreeSet::new();
        let mut locators = BTreeMap::new();
        let (mut infants, mut groups, mut transit, mut alone) = (0, 0, 0, 0);
        for flight in 0..world.flights.len() {
            for aboard in world.aboard(flight) {
                let booking = &aboard.booking;
                let lead = booking.party[0].id;
                let known = locators.insert(booking.locator.clone(), lead);
                assert!(known.is_none_or(|known| known == lead));
                transit += usize::from(aboard.transit);
                groups += usize::from(booking.group.is_some());
                for passenger in &booking.party {
                    infants += usize::from(matches!(passenger.kind, Kind::Infant(_)));
                    alone += usize::from(passenger.kind == Kind::Alone);
                    ids.insert(passenger.id);
                    numbers.insert(passenger.person.documents[0].number.clone());
                }
            }
        }
        assert!(ids.len() >= 9_600, "{}", ids.len());
        assert_eq!(numbers.len(), ids.len());
        assert!(infants > 100 && groups > 10 && transit > 30 && alone > 10);
    }

    #[test]
    fn worlds_of_any_size_can_be_made() {
        for (days, travellers) in [(0, 0), (0, 100), (1, 0), (1, 1), (2, 50), (40, 500)] {
            let world = World::new(Config {
                days,
                travellers,
                ..Config::default()
            });
            let sent: usize = world.transmissions().map(|t| t.messages.len()).sum();
            assert_eq!(sent == 0, days == 0, "{days} days");
        }
    }

    #[test]
    fn every_disguise_is_planted_on_both_lists() {
        let world = World::new(Config::default());
        for disguise in DISGUISES {
            let worn = |list| {
                let plan = world.plan.iter();
                plan.filter(|p| p.list == list && p.disguise.name == disguise.name)
                    .count()
            };
            assert!(worn(0) > 0 && worn(1) > 0, "{}", disguise.name);
        }
    }

    #[test]
    fn who_connects_is_the_same_person_on_both_flights() {
        let world = World::new(Config::default());
        let feeder = world
            .flights
            .iter()
            .find(|f| f.onward.is_some() && f.connecting > 0);
        let feeder = feeder.expect("some flight has connecting passengers");
        let locators = |flight: usize| -> BTreeSet<_> {
            let aboard = world.aboard(flight).into_iter();
            aboard.map(|aboard| aboard.booking.locator).collect()
        };
        let onward = feeder.onward.expect("it was found by this");
        let both = locators(feeder.index)
            .intersection(&locators(onward))
            .count();
        assert_eq!(both, feeder.connecting);
    }
}
