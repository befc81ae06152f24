//! Folds the messages about one flight into the state of its journey.
//!
//! - In: every report about the journey, in any order.  Out: one [`Journey`].
//! - Invariants: the result is a function of the *set* of reports: order, repetition and packing
//!   do not show. Reports are ordered by what they say about themselves (when they were sent) and
//!   by their digest where that is the same.
//!
//! Who is who: two mentions are the same person when they share a key that tells people apart. A
//! key that stands twice in one message tells nobody apart (an infant under the mother's passport,
//! a carrier that numbers everybody `1`) and is left out for the whole journey, and so is a bare
//! name or a document that comes with two birth dates (an infant's passport given for the mother). Linking too little shows one person twice; linking too
//! much hides nobody, because screening looks at every name, date and document of a traveller.

use crate::{
    Booking, BookingStatus, Carrier, Envelope, Flight, FlightNumber, Function, Message, Mode, Port,
    Role, Text, Traveller,
};
use jiff::civil::{Date, DateTime};
use rustc_hash::FxHashMap;

/// Digest of one message: SHA-256 over its interchange header and its bytes as received.
pub type MessageKey = [u8; 32];

/// What one journey on one day is known by, whichever message speaks of it.
///
/// A flight: the operating carrier, its number and suffix, the airport and the local date of
/// departure of the leg that crosses the border. What has no such number is known by its vehicle
/// or, a train or coach, by its service, in the place of carrier and number. A part that a message
/// does not give is blank.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JourneyKey {
    /// By what the border is crossed.
    pub mode: Mode,
    /// Operating carrier.
    pub carrier: Option<Carrier>,
    /// Flight number of the operating carrier.
    pub number: FlightNumber,
    /// Number of a train or coach service, or of a voyage whose ship is not told.
    pub service: Text,
    /// The ship, or the aircraft of a flight without a number: [`crate::Vehicle::key`].
    pub vehicle: Text,
    /// Where the border-crossing leg departs.
    pub from: Option<Port>,
    /// Where it arrives, of a journey other than a flight that does not tell its departure.
    pub to: Option<Port>,
    /// Local date of the departure; of the arrival where that stands for it.
    pub date: Option<Date>,
}

impl JourneyKey {
    /// The journey that `flight` belongs to.
    pub fn of(flight: &Flight) -> Self {
        let leg = flight.border_leg().cloned().unwrap_or_default();
        let departs = Self {
            mode: flight.mode,
            from: leg.from,
            date: leg.departs.map(DateTime::date),
            ..Self::default()
        };
        let arrives = Self {
            mode: flight.mode,
            to: leg.to,
            date: leg.arrives.map(DateTime::date),
            ..Self::default()
        };
        let told = if departs.date.is_none() && arrives.date.is_some() {
            arrives
        } else {
            departs.clone()
        };
        let vehicle = flight.vehicle.key();
        let numbered = !flight.number.digits.is_empty();
        match flight.mode {
            Mode::Air if numbered || vehicle.is_empty() => Self {
                carrier: flight.carrier,
                number: flight.number.clone(),
                ..departs
            },
            // A ship is one whatever operator or voyage number a sender gives beside it.
            Mode::Air | Mode::Sea if !vehicle.is_empty() => Self { vehicle, ..told },
            _ => Self {
                carrier: flight.carrier,
                number: flight.number.clone(),
                service: flight.service.clone(),
                ..told
            },
        }
    }
}

/// What one message says about one journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Digest of the message.
    pub message: MessageKey,
    /// What the message says about itself.
    pub envelope: Envelope,
    /// The flight as this message describes it.
    pub flight: Flight,
    /// Persons, in the order of the message.
    pub travellers: Vec<Traveller>,
    /// Bookings, whose traveller indices count in `travellers`.
    pub bookings: Vec<Booking>,
}

impl Report {
    /// Splits a message into one report for each of its flights.
    pub fn of(message: Message, key: MessageKey) -> Vec<(JourneyKey, Self)> {
        let Message {
            envelope,
            flights,
            travellers,
            bookings,
            ..
        } = message;
        let mut reports: Vec<(JourneyKey, Self)> = Vec::new();
        for flight in flights {
            let journey = JourneyKey::of(&flight);
            if reports.iter().any(|(known, _)| *known == journey) {
                continue;
            }
            let report = Self {
                message: key,
                envelope: envelope.clone(),
                flight,
                travellers: Vec::new(),
                bookings: Vec::new(),
            };
            reports.push((journey, report));
        }
        if let [first, rest @ ..] = reports.as_mut_slice() {
            for (_, report) in rest {
                report.travellers.clone_from(&travellers);
                report.bookings.clone_from(&bookings);
            }
            first.1.travellers = travellers;
            first.1.bookings = bookings;
        }
        reports
    }

    /// Whether this is booking data (PNR) and not a manifest (API).
    pub fn is_booking_data(&self) -> bool {
        matches!(
            self.envelope.function,
            Function::FullPush | Function::UpdatePush
        )
    }

    fn order(&self) -> (Option<DateTime>, MessageKey) {
        (self.envelope.sent, self.message)
    }
}

/// One mention of a person: which report, which place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mention {
    /// Index into [`Journey::reports`].
    pub report: u32,
    /// Index into [`Report::travellers`].
    pub traveller: u32,
}

/// Whether a person travels, as far as the reports say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Named for the flight.
    Listed,
    /// On board at close-out.
    Boarded,
    /// Not on board at close-out.
    NotBoarded,
    /// Taken off the flight.
    Cancelled,
}

impl Presence {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Boarded => "boarded",
            Self::NotBoarded => "not_boarded",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One person on one journey, with every mention of them, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Every mention, oldest first; never empty. The first one names the person: its message
    /// digest and place stay the same when later messages arrive.
    pub mentions: Vec<Mention>,
    /// Whether the person travels.
    pub presence: Presence,
}

/// The state of a flight in the eyes of its carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlightState {
    /// Expected to depart.
    Open,
    /// The carrier closed it.
    Closed,
    /// The carrier cancelled it.
    Cancelled,
}

impl FlightState {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Everything known about one flight on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// Reports, oldest first, each once.
    pub reports: Vec<Report>,
    /// Persons, in the order of their first mention.
    pub people: Vec<Person>,
    /// The flight as the newest report that describes it does, missing parts from older ones.
    pub flight: Flight,
    /// What the carrier last said of the flight.
    pub state: FlightState,
}

impl Journey {
    /// The person's mention at `mention`.
    pub fn traveller(&self, mention: Mention) -> &Traveller {
        &self.reports[mention.report as usize].travellers[mention.traveller as usize]
    }

    /// Every mention of `person`, oldest first, with its report.
    pub fn mentions<'a>(
        &'a self,
        person: &'a Person,
    ) -> impl DoubleEndedIterator<Item = (&'a Report, &'a Traveller)> {
        person.mentions.iter().map(|mention| {
            (
                &self.reports[mention.report as usize],
                self.traveller(*mention),
            )
        })
    }
}

/// Folds reports about one journey into its state.
///
/// ```
/// let journey = oriel_model::merge(Vec::new());
/// assert!(journey.people.is_empty());
/// ```
pub fn merge(reports: Vec<Report>) -> Journey {
    merge_linked(reports).0
}

/// The same, with what is needed to add to it.
pub fn merge_linked(reports: Vec<Report>) -> (Journey, Links) {
    let (mut journey, timeline) = fold(reports);
    let mut links = Links::default();
    for (at, report) in (0u32..).zip(&journey.reports) {
        links.read(at, report);
    }
    journey.people = links.people(&journey.reports, &timeline);
    (journey, links)
}

/// The same with nobody on it: for who is who as it was found before.
pub fn merge_without_people(reports: Vec<Report>) -> Journey {
    fold(reports).0
}

/// What does not ask who is who.
fn fold(reports: Vec<Report>) -> (Journey, Timeline) {
    let reports = in_order(reports);
    let timeline = Timeline::of(&reports);
    let journey = Journey {
        people: Vec::new(),
        flight: flight_of(&reports),
        state: timeline.state,
        reports,
    };
    (journey, timeline)
}

/// Oldest first, each once.
fn in_order(mut reports: Vec<Report>) -> Vec<Report> {
    reports.sort_by_cached_key(Report::order);
    reports.dedup_by(|a, b| a.message == b.message);
    reports
}

/// Who shares what on a journey: what its people were found by.
///
/// Between one report and the next it saves reading everybody again. It holds what tells people
/// apart in plain text, and belongs into no record.
#[derive(Clone, Default)]
pub struct Links {
    mentions: Vec<Mention>,
    /// Each key once.
    places: FxHashMap<PersonKey, u32>,
    uses: Vec<KeyUse>,
    /// Who holds which key, in the order of the mentions.
    held: Vec<(u32, u32)>,
    sets: DisjointSets,
}

impl Links {
    /// Adds reports to the journey that these are the links of; repeats change nothing. Gives the
    /// number of the first report that is new: whoever has no mention there or behind is the same
    /// person as before. It is 0 where that can be said of nobody.
    pub fn add(&mut self, journey: &mut Journey, fresh: Vec<Report>) -> u32 {
        let newest = journey.reports.last().map(Report::order);
        if fresh.iter().any(|report| Some(report.order()) <= newest) {
            let mut reports = std::mem::take(&mut journey.reports);
            reports.extend(fresh);
            (*journey, *self) = merge_linked(reports);
            return 0;
        }
        let mut first = journey.reports.len();
        journey.reports.extend(in_order(fresh));
        for (at, report) in (0u32..).zip(&journey.reports).skip(first) {
            if !self.read(at, report) {
                first = 0;
            }
        }
        let timeline = Timeline::of(&journey.reports);
        journey.flight = flight_of(&journey.reports);
        journey.state = timeline.state;
        journey.people = self.people(&journey.reports, &timeline);
        first as u32
    }

    /// Reads the next report; says whether everybody before it is still who they were.
    fn read(&mut self, number: u32, report: &Report) -> bool {
        let mut parted = false;
        let before = self.held.len();
        for (traveller, said) in (0u32..).zip(&report.travellers) {
            if said.is_erased() {
                continue;
            }
            let at = self.mentions.len() as u32;
            let report = number;
            self.mentions.push(Mention { report, traveller });
            self.sets.0.push(at);
            let birth = said.birth.as_ref().and_then(|b| b.expose().date?.date());
            PersonKey::each_of(said, |key| {
                let one_birth = matches!(key, PersonKey::Name(_) | PersonKey::Document(_));
                let next = self.uses.len() as u32;
                let place = *self.places.entry(key).or_insert(next);
                self.held.push((place, at));
                let Some(used) = self.uses.get_mut(place as usize) else {
                    self.uses.push(KeyUse {
                        first_holder: at,
                        last_report: number,
                        birth,
                        tells_apart: true,
                        shared: false,
                    });
                    return;
                };
                let twice = used.last_report == number;
                let two_births =
                    one_birth && matches!((used.birth, birth), (Some(a), Some(b)) if a != b);
                used.tells_apart &= !twice && !two_births;
                if used.shared && !used.tells_apart {
                    used.shared = false;
                    parted = true;
                }
                used.last_report = number;
                used.birth = used.birth.or(birth);
            });
        }
        let mut unread = before;
        if parted {
            self.sets = DisjointSets((0..self.mentions.len() as u32).collect());
            unread = 0;
        }
        for (place, at) in self.held[unread..].iter().copied() {
            let used = &mut self.uses[place as usize];
            if used.tells_apart && used.first_holder != at {
                used.shared = true;
                self.sets.union(used.first_holder, at);
            }
        }
        !parted
    }

    /// Mentions grouped by person, each group and all groups oldest first.
    fn people(&mut self, reports: &[Report], timeline: &Timeline) -> Vec<Person> {
        const NONE: u32 = u32::MAX;
        let mut groups: Vec<Vec<Mention>> = Vec::new();
        let mut place = vec![NONE; self.mentions.len()];
        for (at, mention) in (0u32..).zip(&self.mentions) {
            let root = self.sets.find(at) as usize;
            if place[root] == NONE {
                place[root] = groups.len() as u32;
                groups.push(Vec::new());
            }
            groups[place[root] as usize].push(*mention);
        }
        let person = |mentions: Vec<Mention>| {
            let presence = timeline.presence(reports, &mentions);
            Person { mentions, presence }
        };
        groups.into_iter().map(person).collect()
    }
}

#[derive(Clone)]
struct KeyUse {
    first_holder: u32,
    last_report: u32,
    birth: Option<Date>,
    tells_apart: bool,
    /// Two mentions are one person by it.
    shared: bool,
}

/// Something two mentions of one person share.
#[derive(Clone, PartialEq, Eq, Hash)]
enum PersonKey {
    /// The carrier's unique passenger reference.
    CarrierRef(Text),
    /// Number of a document that proves identity. The issuer is left out: senders leave it out.
    Document(Text),
    /// Locator with the beginning of surname and given name, which survives truncation.
    Booked(Text, Text),
    /// Whole name and birth date.
    NameAndBirth(Text, Date),
    /// Whole name alone.
    Name(Text),
}

impl PersonKey {
    fn each_of(traveller: &Traveller, mut each: impl FnMut(Self)) {
        if let Some(reference) = &traveller.carrier_ref {
            each(Self::CarrierRef(reference.expose().clone()));
        }
        for document in traveller
            .documents
            .iter()
            .filter(|document| document.identifies())
        {
            if let Some(key) = document.key() {
                each(Self::Document(key.number));
            }
        }
        let surname = letters(traveller.name.surname.as_ref().map(|s| s.expose().as_str()));
        let given = letters(traveller.name.given.as_ref().map(|s| s.expose().as_str()));
        if surname.is_empty() && given.is_empty() {
            return;
        }
        if let Some(locator) = &traveller.locator {
            let mut start: Text = surname.chars().take(6).collect();
            start.push('/');
            start.extend(given.chars().take(2));
            for locator in std::iter::once(locator).chain(&traveller.more_locators) {
                each(Self::Booked(locator.expose().clone(), start.clone()));
            }
        }
        let mut name = surname;
        name.push('/');
        name.push_str(&given);
        if let Some(birth) = traveller
            .birth
            .as_ref()
            .and_then(|b| b.expose().date?.date())
        {
            each(Self::NameAndBirth(name.clone(), birth));
        }
        each(Self::Name(name));
    }
}

/// Letters only, upper case: how one carrier's list and booking spell the same name.
fn letters(text: Option<&str>) -> Text {
    let text = text.unwrap_or_default();
    if text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Text::from(text);
    }
    text.chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_uppercase)
        .collect()
}

/// Union-find with path halving; roots are the smallest member, so that groups keep their order.
#[derive(Clone, Default)]
struct DisjointSets(Vec<u32>);

impl DisjointSets {
    fn find(&mut self, mut at: u32) -> u32 {
        while self.0[at as usize] != at {
            let above = self.0[self.0[at as usize] as usize];
            self.0[at as usize] = above;
            at = above;
        }
        at
    }

    fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        let (low, high) = (a.min(b), a.max(b));
        self.0[high as usize] = low;
    }
}

/// What the reports, read from old to new, say about the flight as a whole.
struct Timeline {
    state: FlightState,
    /// Reports of the newest close-out, all parts of it; empty before close-out.
    close_out: Vec<usize>,
    /// Reports of the newest push of all bookings of which every part has arrived.
    full_push: Vec<usize>,
    /// Locators of bookings that a push calls cancelled, each with the newest report that does.
    gone: FxHashMap<Text, usize>,
}

impl Timeline {
    fn of(reports: &[Report]) -> Self {
        let mut state = FlightState::Open;
        let mut close_out = Vec::new();
        let mut gone = FxHashMap::default();
        for (at, report) in reports.iter().enumerate() {
            for booking in &report.bookings {
                if booking.status != BookingStatus::Active {
                    let locators = booking.locators.iter();
                    gone.extend(locators.map(|locator| (locator.code.expose().clone(), at)));
                }
            }
            match report.envelope.function {
                Function::FlightCancel => state = FlightState::Cancelled,
                Function::FlightClose => state = FlightState::Closed,
                Function::FlightCloseOnBoard | Function::FlightCloseNotOnBoard => {
                    state = FlightState::Closed;
                    close_out = parts_until(reports, at);
                }
                Function::FlightChange => state = FlightState::Open,
                _ => {}
            }
        }
        Self {
            state,
            close_out,
            full_push: newest_full_push(reports),
            gone,
        }
    }

    fn presence(&self, reports: &[Report], mentions: &[Mention]) -> Presence {
        let newest = mentions.last().expect("a person has a mention");
        let report = &reports[newest.report as usize];
        let said = report.travellers[newest.traveller as usize]
            .status
            .as_deref();
        if said == Some("cancelled") {
            return Presence::Cancelled;
        }
        // A close-out lists passengers; of the crew it says nothing.
        let role = &report.travellers[newest.traveller as usize].role;
        let crew = matches!(role, Role::Crew | Role::TransitCrew);
        if let Some(first) = self.close_out.first().filter(|_| !crew) {
            let named = mentions
                .iter()
                .any(|m| self.close_out.contains(&(m.report as usize)));
            let on_board = reports[*first].envelope.function == Function::FlightCloseOnBoard;
            return if named == on_board {
                Presence::Boarded
            } else {
                Presence::NotBoarded
            };
        }
        let only_booked = mentions
            .iter()
            .all(|mention| reports[mention.report as usize].is_booking_data());
        let left_out = self.full_push.first().is_some_and(|first| {
            (newest.report as usize) < *first && !self.full_push.contains(&(newest.report as usize))
        });
        let gone = mentions.iter().all(|mention| {
            let traveller =
                &reports[mention.report as usize].travellers[mention.traveller as usize];
            let locator = traveller.locator.as_ref();
            locator
                .and_then(|locator| self.gone.get(locator.expose()))
                .is_some_and(|at| mention.report as usize <= *at)
        });
        if only_booked && (left_out || gone) {
            Presence::Cancelled
        } else {
            Presence::Listed
        }
    }
}

/// Reports that are parts of the same close-out as report `at`, which is the newest of them.
fn parts_until(reports: &[Report], at: usize) -> Vec<usize> {
    let newest = &reports[at].envelope;
    (0..=at)
        .filter(|other| {
            let part = &reports[*other].envelope;
            *other == at
                || (newest.access_reference.is_some()
                    && part.access_reference == newest.access_reference
                    && part.function == newest.function)
        })
        .collect()
}

/// A transfer in several parts of which not every part has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// What ties the parts together (UNH 0068).
    pub access_reference: Text,
    /// What the transfer is for.
    pub function: Function,
    /// When its newest part was sent, as the message says.
    pub sent: Option<DateTime>,
    /// Parts that are missing before the last one that arrived.
    pub missing: Vec<u16>,
    /// Whether the last part is here, so that nothing behind it can be missing.
    pub has_last: bool,
}

impl Journey {
    /// Transfers of which a part is missing, in the order in which they began. How long a part may
    /// stay away is the profile's to say.
    pub fn unfinished(&self) -> Vec<Unfinished> {
        let mut transfers: Vec<(&Text, Function, Vec<&Envelope>)> = Vec::new();
        let mut known: FxHashMap<(&Text, Function), usize> = FxHashMap::default();
        for report in &self.reports {
            let envelope = &report.envelope;
            let alone = envelope.part.number == 1 && envelope.part.last;
            let Some(reference) = envelope.access_reference.as_ref().filter(|_| !alone) else {
                continue;
            };
            let at = *known
                .entry((reference, envelope.function))
                .or_insert_with(|| {
                    transfers.push((reference, envelope.function, Vec::new()));
                    transfers.len() - 1
                });
            transfers[at].2.push(envelope);
        }
        let unfinished = |(reference, function, parts): (&Text, Function, Vec<&Envelope>)| {
            let mut numbers: Vec<u16> = parts.iter().map(|part| part.part.number).collect();
            numbers.sort_unstable();
            let highest = numbers.last().copied().unwrap_or(0);
            // A part number may be anything; what is listed is bounded by what can be meant.
            let missing =
                (1..highest.min(MOST_PARTS)).filter(|n| numbers.binary_search(n).is_err());
            let missing: Vec<u16> = missing.collect();
            let has_last = parts.iter().any(|part| part.part.last);
            (!missing.is_empty() || !has_last).then(|| Unfinished {
                access_reference: reference.clone(),
                function,
                sent: parts.iter().filter_map(|part| part.sent).max(),
                missing,
                has_last,
            })
        };
        transfers.into_iter().filter_map(unfinished).collect()
    }
}

/// The most parts of one transfer that are told apart: UNH 0070 has two digits.
const MOST_PARTS: u16 = 99;

/// Indices of the parts of the newest complete push of all bookings, oldest first.
fn newest_full_push(reports: &[Report]) -> Vec<usize> {
    let full = |report: &Report| report.envelope.function == Function::FullPush;
    for (at, report) in reports.iter().enumerate().rev() {
        if !full(report) || !report.envelope.part.last {
            continue;
        }
        if report.envelope.part.number == 1 {
            return vec![at];
        }
        let reference = &report.envelope.access_reference;
        let mut parts: Vec<usize> = reports
            .iter()
            .enumerate()
            .filter(|(_, r)| {
                full(r) && r.envelope.access_reference == *reference && reference.is_some()
            })
            .map(|(at, _)| at)
            .collect();
        let mut numbers: Vec<u16> = parts
            .iter()
            .map(|at| reports[*at].envelope.part.number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.len() == usize::from(report.envelope.part.number) {
            parts.sort_unstable();
            return parts;
        }
    }
    Vec::new()
}

/// The flight by its newest description; what that leaves open comes from older ones.
fn flight_of(reports: &[Report]) -> Flight {
    let mut newest = reports.iter().rev().map(|report| &report.flight);
    let Some(first) = newest.next() else {
        return Flight::default();
    };
    let mut flight = first.clone();
    for older in newest {
        if flight.legs.is_empty() {
            flight.legs.clone_from(&older.legs);
        }
        let Some(at) = flight.legs.iter().position(|leg| leg.border).or(Some(0)) else {
            break;
        };
        if let (Some(leg), Some(known)) = (flight.legs.get_mut(at), older.border_leg()) {
            leg.from = leg.from.or(known.from);
            leg.to = leg.to.or(known.to);
            leg.departs = leg.departs.or(known.departs);
            leg.arrives = leg.arrives.or(known.arrives);
        }
        flight.carrier = flight.carrier.or(older.carrier);
        flight.vehicle.fill_from(&older.vehicle);
        if flight.service.is_empty() {
            flight.service.clone_from(&older.service);
        }
        flight.overflight |= older.overflight;
    }
    flight
}
