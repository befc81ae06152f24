//! What reaches the border authority, file by file, in the order in which it arrives.
//!
//! - In: a [`World`].  Out: [`Transmission`]s in order of `due`.
//! - Invariant: every push tells the state of the bookings at its own time, of the same people;
//!   a transmission is made only when its time comes.

mod pack;
mod sheets;

use crate::said::{Said, SaidPerson};
use crate::schedule::{Direction, Flight};
use crate::world::World;
use compact_str::format_compact;
use jiff::{SignedDuration, Timestamp};
use oriel_model::Text;
use sheets::{both_spellings, check_in, close_out, crew_list, one_by_one, push};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// One file as it arrives.
#[derive(Clone, Debug)]
pub struct Transmission {
    /// Where a directory of traffic keeps it: carrier, day, flight, push.
    pub path: String,
    /// Sending carrier.
    pub carrier: &'static str,
    /// When it arrives.
    pub due: Timestamp,
    /// The file.
    pub bytes: Vec<u8>,
    /// Whether it asks about one party at its check-in.
    pub asks: bool,
    /// What its messages say, in order.
    pub messages: Vec<Said>,
    /// What is wrong with it.
    pub fault: Option<Planted>,
}

impl Transmission {
    /// A question told as a list, for when nobody answers it: in the name of the desk that sends
    /// lists and asks nothing. Nothing of what asks nothing, or names nobody who asks.
    pub fn as_list(&self) -> Option<Vec<u8>> {
        let (asking, telling) = (desk(self.carrier), list_desk(self.carrier));
        let envelope = self.bytes.windows(3).position(|tag| tag == b"UNH")?;
        let (envelope, rest) = self.bytes.split_at(envelope);
        let told = str::from_utf8(envelope).ok()?.replace(&*asking, &telling);
        let is_told = self.asks && told.as_bytes() != envelope;
        is_told.then(|| [told.as_bytes(), rest].concat())
    }
}

/// As a carrier names itself in envelopes of lists and questions.
fn desk(carrier: &str) -> Text {
    format_compact!("{carrier}AIR")
}

/// The same where it only tells, if it asks otherwise.
fn list_desk(carrier: &str) -> Text {
    format_compact!("{carrier}APIS")
}

/// A planted fault.
#[derive(Clone, Debug)]
pub struct Planted {
    /// Name of the row in the table of faults.
    pub name: &'static str,
    /// Whether the message can no longer be taken as a whole.
    pub refused: bool,
    /// Reference of the message with the fault.
    pub reference: Text,
    /// The person the fault is about, where it is about one.
    pub person: Option<SaidPerson>,
}

/// The occasions on which a carrier sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Occasion {
    Pnr48,
    Pnr24,
    /// Parties check in one by one; starts a day before departure.
    Interactive,
    Crew,
    CheckIn,
    PnrClosed,
    CloseOut,
}

impl Occasion {
    /// Minutes before departure; negative after.
    fn before(self) -> i64 {
        match self {
            Self::Pnr48 => 48 * 60,
            Self::Pnr24 => 24 * 60,
            Self::Interactive => 24 * 60 - 1,
            Self::Crew => 120,
            Self::CheckIn => 40,
            Self::PnrClosed => -2,
            Self::CloseOut => -5,
        }
    }

    /// What the file is called.
    fn file(self) -> &'static str {
        match self {
            Self::Pnr48 => "pnrgov-48h",
            Self::Pnr24 => "pnrgov-24h",
            Self::PnrClosed => "pnrgov-closed",
            Self::Interactive | Self::CheckIn => "paxlst-checkin",
            Self::Crew => "paxlst-crew",
            Self::CloseOut => "paxlst-closeout",
        }
    }

    fn number(self) -> usize {
        self as usize
    }
}

/// Yields the transmissions of a world in order of arrival.
pub struct Transmissions<'w> {
    world: &'w World,
    /// Occasions still to come, the next one last.
    plan: Vec<(Timestamp, usize, Occasion)>,
    /// Made and waiting for their time.
    waiting: BinaryHeap<Reverse<Waiting>>,
}

/// A transmission that waits; ordered by time, then path.
struct Waiting(Transmission);

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.due, &self.0.path).cmp(&(other.0.due, &other.0.path))
    }
}

impl Iterator for Transmissions<'_> {
    type Item = Transmission;

    fn next(&mut self) -> Option<Transmission> {
        while let Some(&(start, flight, occasion)) = self.plan.last() {
            if self
                .waiting
                .peek()
                .is_some_and(|Reverse(first)| first.0.due < start)
            {
                break;
            }
            self.plan.pop();
            let made = self.world.transmit(flight, occasion);
            self.waiting
                .extend(made.into_iter().map(|t| Reverse(Waiting(t))));
        }
        self.waiting
            .pop()
            .map(|Reverse(Waiting(transmission))| transmission)
    }
}

impl World {
    /// Everything that carriers send, in order of arrival.
    pub fn transmissions(&self) -> Transmissions<'_> {
        let mut plan: Vec<_> = self
            .flights
            .iter()
            .flat_map(|flight| {
                occasions(flight).iter().map(|&occasion| {
                    let start = flight.departs - SignedDuration::from_mins(occasion.before());
                    (start, flight.index, occasion)
                })
            })
            .collect();
        plan.sort_unstable_by_key(|&step| Reverse(step));
        Transmissions {
            world: self,
            plan,
            waiting: BinaryHeap::new(),
        }
    }

    /// The bookings of each flight at its closure, written as segments and as XML: the same in both.
    pub fn both_spellings(&self) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
        self.flights
            .iter()
            .filter(|flight| flight.direction != Direction::Over)
            .map(|flight| both_spellings(flight, &self.aboard(flight.index)))
    }

    /// The content of all files whose path contains `name`, in no order of time.
    pub(crate) fn files(&self, name: &str) -> impl Iterator<Item = Vec<u8>> {
        self.flights
            .iter()
            .flat_map(|flight| {
                occasions(flight)
                    .iter()
                    .map(|&occasion| (flight.index, occasion))
            })
            .filter(move |(_, occasion)| name.ends_with(occasion.file()))
            .flat_map(|(flight, occasion)| self.transmit(flight, occasion))
            .map(|transmission| transmission.bytes)
    }

    /// The files of one occasion.
    fn transmit(&self, flight: usize, occasion: Occasion) -> Vec<Transmission> {
        let aboard = match occasion {
            Occasion::Crew => Vec::new(),
            _ => self.aboard(flight),
        };
        let flight = &self.flights[flight];
        match occasion {
            Occasion::Pnr48 | Occasion::Pnr24 | Occasion::PnrClosed => {
                push(flight, occasion, &aboard)
            }
            Occasion::Crew => crew_list(flight, &self.crew(flight.index)),
            Occasion::CheckIn => check_in(flight, &aboard),
            Occasion::Interactive => one_by_one(flight, &aboard),
            Occasion::CloseOut => close_out(flight, &aboard),
        }
    }
}

/// What a flight's carrier sends.
fn occasions(flight: &Flight) -> &'static [Occasion] {
    use Occasion::*;
    match (flight.direction, flight.carrier.paxlst.interactive) {
        (Direction::Over, true) => &[Interactive, CloseOut],
        (Direction::Over, false) => &[CheckIn, CloseOut],
        (_, true) => &[Pnr48, Pnr24, Interactive, Crew, PnrClosed, CloseOut],
        (_, false) => &[Pnr48, Pnr24, Crew, CheckIn, PnrClosed, CloseOut],
    }
}
