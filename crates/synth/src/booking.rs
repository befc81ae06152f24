//! One booking: a party, its journey, and everything a reservation system knows of it.
//!
//! - In: a flight and the number of the booking on it.  Out: a [`Booking`].
//! - Invariant: a booking depends on its flight and number only; it is the same in every push
//!   and on every flight of its journey.

use crate::culture::{CULTURES, Culture, Shape};
use crate::itinerary::{Hop, itinerary};
use crate::person::{Document, Person, Wanted, culture, days_before, person};
use crate::place::FAR;
use crate::rng::Rng;
use crate::schedule::{Direction, Flight};
use compact_str::format_compact;
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use oriel_model::Text;

/// What a traveller is in a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Adult,
    Child,
    /// Under two, on the lap of the passenger with this place in the party.
    Infant(usize),
    /// A child that travels alone.
    Alone,
}

/// One traveller of a booking.
#[derive(Clone, Debug)]
pub(crate) struct Passenger {
    /// Number in the world.
    pub(crate) id: u64,
    pub(crate) person: Person,
    pub(crate) kind: Kind,
    /// Pieces and kilograms of checked baggage, and the first tag.
    pub(crate) bags: (u32, u32, u64),
    /// Ticket number without the airline's.
    pub(crate) ticket: u64,
    /// The planted person, as an index into the plan.
    pub(crate) planted: Option<usize>,
}

impl Passenger {
    /// True for one passenger in `n`, always the same ones.
    pub(crate) fn one_in(&self, n: u64) -> bool {
        self.id.is_multiple_of(n)
    }

    /// The carrier's reference for this traveller, the same on all flights and in all messages.
    pub(crate) fn reference(&self) -> Text {
        format_compact!("{:08X}", (self.id as u32).wrapping_mul(0x9E37_79B1))
    }
}

/// Whether and how a party travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Flies,
    /// Booked, never checked in.
    NoShow,
    /// Checked in, not on board.
    LeftBehind,
    /// Cancelled so many minutes before departure.
    Cancelled(i64),
}

/// Data that no state may keep, planted to see whether it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Canary {
    /// Where it stands.
    pub(crate) at: CanaryPlace,
    /// The text to look for.
    pub(crate) token: Text,
}

/// Where a canary sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CanaryPlace {
    /// A special service request with this code.
    Service(&'static str),
    /// Other service information.
    Osi,
    /// A remark line.
    Remark,
    /// Free text about a traveller in PAXLST.
    FreeText,
}

/// The places for canaries.
pub(crate) static CANARY_PLACES: &[CanaryPlace] = &[
    CanaryPlace::Service("MOML"),
    CanaryPlace::Service("WCHR"),
    CanaryPlace::Osi,
    CanaryPlace::Service("KSML"),
    CanaryPlace::Remark,
    CanaryPlace::Service("MEDA"),
    CanaryPlace::Service("VGML"),
    CanaryPlace::FreeText,
    CanaryPlace::Service("DEAF"),
    CanaryPlace::Service("HNML"),
];

/// A booking.
#[derive(Clone, Debug)]
pub(crate) struct Booking {
    pub(crate) locator: Text,
    /// Locator in the reservation system of the agency.
    pub(crate) partner: Option<Text>,
    /// Creation, UTC.
    pub(crate) created: DateTime,
    /// The same, in minutes before departure.
    pub(crate) created_before: i64,
    /// When document data entered the booking, in minutes before departure.
    pub(crate) documents_before: i64,
    /// When the party checks in, in minutes before departure.
    pub(crate) checks_in_before: i64,
    pub(crate) fate: Fate,
    pub(crate) party: Vec<Passenger>,
    pub(crate) group: Option<&'static str>,
    pub(crate) itinerary: Vec<Hop>,
    /// How many hops belong to the journey out; the rest is the way back.
    pub(crate) outward: usize,
    pub(crate) class: char,
    pub(crate) agency: Option<Agency>,
    /// Telephone, last digits.
    pub(crate) phone: u64,
    /// Anything else that varies: one draw; see [`Self::one_in`].
    pub(crate) whim: u64,
    pub(crate) canary: Option<Canary>,
}

impl Booking {
    /// True for one booking in `n`, always the same ones.
    pub(crate) fn one_in(&self, n: u64) -> bool {
        self.whim.is_multiple_of(n)
    }
}

/// A travel agency.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agency {
    pub(crate) iata: u64,
    pub(crate) city: &'static str,
    /// State, alpha-2.
    pub(crate) state: &'static str,
}

/// Agencies' towns.
static AGENCIES: &[(&str, &str)] = &[
    ("LIS", "PT"),
    ("LON", "GB"),
    ("PAR", "FR"),
    ("FRA", "DE"),
    ("IST", "TR"),
    ("NYC", "US"),
    ("UXA", "XU"),
];

/// Names of group bookings.
static GROUPS: &[&str] = &[
    "NORTHERN LIGHTS TOUR",
    "AMAUROT CHOIR",
    "SCHOOL OF ANYDER",
    "OCEAN SURVEY TEAM",
];

/// What a booking is made for.
pub(crate) struct Order<'a> {
    pub(crate) seed: u64,
    pub(crate) flight: &'a Flight,
    /// The flight the party goes on with.
    pub(crate) onward: Option<&'a Flight>,
    /// Number of the booking on its flight.
    pub(crate) number: usize,
    /// Number of its first traveller on the flight.
    pub(crate) first: usize,
    /// The most travellers it may have.
    pub(crate) room: usize,
    /// Day against which ages are counted.
    pub(crate) day: Date,
    /// A person who must lead the party, and their number in the plan.
    pub(crate) lead: Option<(Person, usize)>,
}

/// Makes a booking.
pub(crate) fn booking(order: Order<'_>) -> Booking {
    let flight = order.flight;
    let place = [3, flight.index as u64, order.number as u64];
    let mut rng = Rng::at(order.seed, &place);
    let unique = (flight.index as u64) << 12 | order.number as u64;
    let planted = order.lead.is_some();
    let onward = order.onward;
    let (party, group) = party(&mut rng, &order);

    let created_before = 60 * rng.between(3, 24 * 120);
    let documents_before = (60 * rng.between(2, 24 * 20)).min(created_before - 60);
    let fate = match rng.below(100) {
        _ if planted || onward.is_some() => Fate::Flies,
        0..3 => Fate::NoShow,
        3..5 => Fate::LeftBehind,
        5..9 => Fate::Cancelled(created_before * rng.between(10, 90) / 100),
        _ => Fate::Flies,
    };
    let created = flight.departs - SignedDuration::from_mins(created_before);
    let (itinerary, outward) = itinerary(&mut rng, flight, onward);
    let canary = (rng.below(30) == 0).then(|| Canary {
        at: CANARY_PLACES[(flight.index + order.number) % CANARY_PLACES.len()],
        token: format_compact!("CANARY{unique:08}"),
    });
    let agency = rng.percent(70).then(|| {
        let (city, state) = rng.pick(AGENCIES);
        Agency {
            iata: 90_000_000 + rng.below(9_999_999) as u64,
            city,
            state,
        }
    });
    // Two in five check in over the net, once they have booked.
    let over_the_net = rng.percent(40);
    let at_the_earliest = if over_the_net { 1380 } else { 240 }.min(created_before - 60);
    Booking {
        locator: locator(order.seed, unique),
        partner: agency.map(|_| locator(order.seed ^ 0x55, unique)),
        created: created.to_zoned(TimeZone::UTC).datetime(),
        created_before,
        documents_before,
        checks_in_before: rng.between(50, at_the_earliest),
        fate,
        party,
        group,
        itinerary,
        outward,
        class: char::from(rng.pick_front(b"YKLMQBHVJC")),
        agency,
        phone: rng.between(100, 999) as u64,
        whim: rng.bits(),
        canary,
    }
}

/// A locator that no other booking has.
fn locator(seed: u64, unique: u64) -> Text {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    // Odd factors and shifts turn 30 bits into 30 other bits, one to one.
    const MASK: u64 = 0x3FFF_FFFF;
    let mut bits = unique.wrapping_add(seed).wrapping_mul(0x2545_F491) & MASK;
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x2C1B_3C6D) & MASK;
    bits ^= bits >> 15;
    let mut out = Text::default();
    for _ in 0..6 {
        out.push(char::from(LETTERS[(bits & 31) as usize]));
        bits >>= 5;
    }
    out
}

/// Who travels together.
fn party(rng: &mut Rng, order: &Order<'_>) -> (Vec<Passenger>, Option<&'static str>) {
    let (adults, children, infant) = match rng.below(100) {
        _ if order.lead.is_some() => (1, 0, false),
        0..44 => (1, 0, false),
        44..66 => (2, 0, false),
        66..84 => (2, 1 + rng.below(3), rng.percent(45)),
        84..89 => (1, 1, rng.percent(30)),
        89..91 => (0, 1, false),
        91..98 => (3 + rng.below(2), 0, false),
        _ => (10 + rng.below(12), 0, false),
    };
    let adults = adults.min(order.room);
    let children = children.min(order.room - adults);
    let infant = infant && order.room > adults + children && adults > 0;
    let group = (adults >= 10).then(|| rng.pick(GROUPS));
    let home = home_culture(rng, order.flight);

    let mut party: Vec<Passenger> = Vec::with_capacity(adults + children + usize::from(infant));
    for place in 0..adults + children + usize::from(infant) {
        let (kind, age_days) = match place {
            _ if place < adults => (Kind::Adult, rng.between(18 * 366, 79 * 365)),
            _ if place == adults + children => (Kind::Infant(0), rng.between(20, 700)),
            _ if adults == 0 => (Kind::Alone, rng.between(6 * 366, 12 * 365)),
            _ => (Kind::Child, rng.between(2 * 366, 14 * 365)),
        };
        // Groups are mixed; families share a culture.
        let culture = if group.is_some() {
            home_culture(rng, order.flight)
        } else {
            home
        };
        let woman = match place {
            1 if children > 0 => !party[0].person.woman,
            _ => rng.percent(50),
        };
        let family = match (place, children) {
            (1.., 1..) if shares_family_name(culture, party[0].person.woman == woman) => {
                Some(party[0].person.name.family.clone())
            }
            _ => None,
        };
        let id = (order.flight.index as u64) << 12 | (order.first + place) as u64;
        let lead = if place == 0 { order.lead.clone() } else { None };
        let (mut person, planted) = match lead {
            Some((person, plan)) => (person, Some(plan)),
            None => {
                let wanted = Wanted {
                    id,
                    culture,
                    woman,
                    age_days,
                    day: order.day,
                    family,
                };
                (person(rng, wanted), None)
            }
        };
        if planted.is_none() {
            more_documents(rng, &mut person, id, order);
        }
        let bags = match kind {
            Kind::Infant(_) => (0, 0, 0),
            _ => {
                let pieces = rng.pick(&[0, 0, 1, 1, 1, 2]);
                let weight = (0..pieces).map(|_| rng.between(9, 23) as u32).sum();
                (pieces, weight, 100_000 + (id * 3) % 800_000)
            }
        };
        party.push(Passenger {
            id,
            person,
            kind,
            bags,
            ticket: 2_230_000_000 + id % 700_000_000,
            planted,
        });
    }
    (party, group)
}

/// Where a party comes from: mostly from either end of the flight.
fn home_culture(rng: &mut Rng, flight: &Flight) -> &'static Culture {
    match rng.below(100) {
        0..45 => FAR
            .iter()
            .find(|far| far.code == flight.far_end())
            .map_or(&CULTURES[0], |far| culture(far.culture)),
        45..72 => &CULTURES[0],
        _ => rng.row(CULTURES),
    }
}

fn shares_family_name(culture: &Culture, same_sex: bool) -> bool {
    let gendered = culture.endings.iter().any(|ending| ending.contains('/'));
    !matches!(
        culture.shape,
        Shape::SonDaughter | Shape::Ancestors | Shape::Single
    ) && (same_sex || !gendered)
}

/// A visa or an identity card for some.
fn more_documents(rng: &mut Rng, person: &mut Person, id: u64, order: &Order<'_>) {
    let needs_visa = person.state != "UTO" && order.flight.direction == Direction::In;
    if needs_visa && rng.percent(20) {
        person.documents.push(Document {
            kind: "V",
            number: format_compact!("UT{:08}", id % 100_000_000),
            issuer: "UTO",
            expires: days_before(order.day, -rng.between(20, 700)),
        });
    } else if rng.percent(4) {
        person.documents.push(Document {
            kind: "I",
            number: format_compact!("ID{:09}", id % 1_000_000_000),
            issuer: person.state,
            expires: days_before(order.day, -rng.between(200, 3000)),
        });
    }
}
