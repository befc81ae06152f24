//! Which flights are expected, and what carriers still owe of them.
//!
//! - In: schedule files, the pushes that the recipient's profile expects, what came.  Out: each
//!   flight of a range of time that the recipient takes, with each push and how it stands.
//! - Source: R-ING-07, R-CAR-02.
//! - Invariants: a file with changes counts for the flights in it alone, until a schedule of its carrier's day
//!   comes in after it; of a flight whose record was masked or erased nobody can tell what came, so nothing
//!   is owed; a flight is told once, under the number of whoever flies it; of two files that speak
//!   of a carrier's day the one brought in last counts; nobody owes what the profile does not take,
//!   or a push of a flight that its carrier cancelled. Nothing here is about a person.

use crate::carriers::excused_until;
use crate::law::only;
use crate::selection::{Register, signed};
use crate::{App, AppError, Compartment};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use oriel_messages::ssim::{Expected, Programme, Schedule};
use oriel_model::{Carrier, Flight, FlightNumber, JourneyKey, Leg, Port, Text};
use oriel_policy::audit::Event;
use oriel_policy::profile::PushKind;
use oriel_policy::{Act, Grant, PushState};
use oriel_store::{Came, Id, JourneyRow, Retention, ScheduleRow, StoreError, Tx};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// The largest schedule file: a season of the largest carrier has a quarter of this.
pub const MOST_BYTES: usize = 128 << 20;

/// Days ahead of which it is told what a schedule changes.
const AHEAD: i64 = 60;

/// Schedule files as read, by identifier: a file never changes, and reading one takes a while.
#[derive(Default)]
pub(crate) struct Schedules(Mutex<HashMap<Id, Arc<Schedule>>>);

impl Schedules {
    /// Forgets those that are not in force any more.
    fn keep(&self, in_force: &[ScheduleRow]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|id, _| in_force.iter().any(|row| row.id == *id));
    }
}

/// Why a schedule was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleRefusal {
    /// Nothing of use in it.
    #[error("no leg of a flight can be read in this file; `oriel schedule check` says why")]
    Empty,
    /// Too large.
    #[error("a schedule file has at most {} MiB; send each carrier or season by itself", MOST_BYTES >> 20)]
    TooLarge,
    /// A name that is none.
    #[error("name the schedule in 1 to 200 characters")]
    Name,
    /// Ended before.
    #[error("this schedule has ended")]
    Ended,
}

/// A schedule that was brought in, and what it changes of the flights of the next 60 days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchedulePut {
    /// The schedule.
    pub row: ScheduleRow,
    /// Flights that were not expected before.
    pub added: usize,
    /// Flights that are not expected any more, cancelled ones among them.
    pub gone: usize,
    /// Flights that have other times, another end or another aircraft.
    pub changed: usize,
}

/// How an expected flight and the record of it lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// In a schedule.
    Planned,
    /// Its carrier cancelled it.
    Cancelled,
    /// Messages speak of it, and no schedule of its carrier for the day does.
    Unplanned,
}

impl Plan {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Cancelled => "cancelled",
            Self::Unplanned => "unplanned",
        }
    }
}

/// One push of a flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedPush {
    /// Its name in the profile.
    pub name: String,
    /// Booking data, or passenger lists.
    pub kind: PushKind,
    /// By when, UTC.
    pub due_at: Timestamp,
    /// What says so.
    pub clause: String,
    /// How it stands.
    pub state: PushState,
    /// It is late or missing because nobody could send around the time it was due (R-CAR-03).
    pub excused: bool,
}

impl OwedPush {
    /// Whether it is late or missing by its carrier's own doing.
    pub fn is_failed(&self) -> bool {
        matches!(self.state, PushState::Late(_) | PushState::Missing) && !self.excused
    }
}

/// One flight that is expected, or came without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedFlight {
    /// Carrier and number of whoever flies it: `ZQ417`.
    pub name: String,
    /// The carrier alone.
    pub carrier: Text,
    /// Where the leg that crosses the border departs.
    pub from: Text,
    /// Where it arrives.
    pub to: Text,
    /// Departure, local.
    pub departs: Option<DateTime>,
    /// Departure, UTC.
    pub departs_at: Timestamp,
    /// In a schedule or not.
    pub plan: Plan,
    /// Its record, where a message has come.
    pub journey: Option<Id>,
    /// Its record was masked or erased: what came cannot be told any more, and nothing is owed.
    pub gone: bool,
    /// Senders of messages about it of which values were lost.
    pub faulty: Vec<Text>,
    /// What is owed, in the order in which it is due.
    pub pushes: Vec<OwedPush>,
}

/// Pushes that are not as they should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PushesOwed {
    /// Not come, though their time is over.
    pub missing: usize,
    /// Come too late.
    pub late: usize,
}

impl ExpectedFlight {
    /// Whether anything about it is other than it should be: a push missing or late, or no plan.
    pub fn is_odd(&self) -> bool {
        let owed = |push: &OwedPush| push.is_failed();
        self.plan == Plan::Unplanned || self.pushes.iter().any(owed)
    }
}

impl App {
    /// Brings in a schedule file. For the days of the carriers in it, it counts instead of those
    /// that were brought in before.
    pub fn schedule_put(
        &self,
        grant: &Grant,
        name: &str,
        bytes: &[u8],
    ) -> Result<SchedulePut, AppError> {
        only(grant, &[Act::SchedulePut])?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 {
            return Err(ScheduleRefusal::Name.into());
        }
        if bytes.len() > MOST_BYTES {
            return Err(ScheduleRefusal::TooLarge.into());
        }
        let schedule = Schedule::read(bytes);
        let legs: usize = schedule.carriers.iter().map(|p| p.legs.len()).sum();
        if legs == 0 {
            return Err(ScheduleRefusal::Empty.into());
        }
        let carriers = schedule.carriers.iter().filter_map(|p| p.carrier);
        let mut carriers: Vec<String> = carriers.map(|carrier| carrier.to_string()).collect();
        carriers.sort();
        carriers.dedup();
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        let row = ScheduleRow {
            id: Id::of_message(&digest),
            name: name.to_owned(),
            carriers: carriers.join(" "),
            legs: legs as i64,
            findings: schedule.findings.len() as i64,
            put: signed(grant),
            ended: None,
        };
        let (from, to) = (grant.at(), grant.at() + (24 * AHEAD).hours());
        let planned = || {
            let calendar = |tx: &mut Tx<'_>| self.calendar(tx, (from, to), Some(&carriers));
            self.core.store.read(calendar).map(Calendar::by_flight)
        };
        let before = planned()?;
        self.core.store.write(|tx| {
            tx.schedule_put(&row, bytes)?;
            let detail = format!("ok legs={legs} findings={}", row.findings);
            tx.audit_append(&[Event::granted(grant, row.id.display("sch"), detail)])?;
            Ok::<_, AppError>(())
        })?;
        let after = planned()?;
        let known = |key: &&FlightKey| before.contains_key(*key);
        let moved =
            |(key, now): &(&FlightKey, &Moment)| before.get(*key).is_some_and(|was| was != *now);
        Ok(SchedulePut {
            added: after.keys().filter(|key| !known(key)).count(),
            gone: before
                .keys()
                .filter(|key| !after.contains_key(*key))
                .count(),
            changed: after.iter().filter(moved).count(),
            row,
        })
    }

    /// Every schedule, newest first.
    pub fn schedules(&self, grant: &Grant) -> Result<Vec<ScheduleRow>, AppError> {
        only(grant, &[Act::ScheduleRead])?;
        Ok(self.core.store.read(|tx| tx.schedule_list())?)
    }

    /// Ends a schedule: nothing is expected from it any more.
    pub fn schedule_end(&self, grant: &Grant, id: Id) -> Result<(), AppError> {
        only(grant, &[Act::SchedulePut])?;
        self.core.store.write(|tx| {
            if !tx.schedule_list()?.iter().any(|row| row.id == id) {
                return Err(StoreError::NotFound { what: "schedule" }.into());
            }
            if !tx.schedule_end(id, &signed(grant))? {
                return Err(ScheduleRefusal::Ended.into());
            }
            tx.audit_append(&[Event::granted(grant, id.display("sch"), "ok ended")])?;
            Ok(())
        })
    }

    /// The flights that the recipient of `grant` expects between two instants of departure, with
    /// those that came unexpected, by departure.
    pub fn expected(
        &self,
        grant: &Grant,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ExpectedFlight>, AppError> {
        only(grant, &[Act::ScheduleRead])?;
        self.core.store.read(|tx| {
            let recipients = self.core.recipients_in(tx)?;
            let own = recipients.list.iter();
            let recipient = own.into_iter().find(|c| c.name == grant.compartment());
            let recipient = recipient.ok_or(StoreError::NotFound { what: "recipient" })?;
            self.expected_of(tx, recipient, (from, to), grant.at())
        })
    }

    /// How many pushes to all recipients are late or missing, of flights that depart within two
    /// days or departed within one: for figures.
    pub fn pushes_owed(&self) -> Result<PushesOwed, AppError> {
        let now = self.now();
        let span = (now - 24.hours(), now + 48.hours());
        let mut counts = PushesOwed::default();
        self.core.store.read(|tx| {
            for recipient in &self.core.recipients_in(tx)?.list {
                let flights = self.expected_of(tx, recipient, span, now)?;
                let pushes = flights.iter().flat_map(|flight| &flight.pushes);
                for push in pushes.filter(|push| push.is_failed()) {
                    counts.missing += usize::from(push.state == PushState::Missing);
                    counts.late += usize::from(matches!(push.state, PushState::Late(_)));
                }
            }
            Ok::<_, AppError>(())
        })?;
        Ok(counts)
    }

    pub(crate) fn expected_of(
        &self,
        tx: &mut Tx<'_>,
        recipient: &Compartment,
        (from, to): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Vec<ExpectedFlight>, AppError> {
        let Calendar {
            flights: planned,
            spans,
        } = self.calendar(tx, (from, to), None)?;
        let journeys = tx.journey_list(&recipient.name, from, to)?;
        let mut known: HashMap<Id, &JourneyRow> = journeys
            .iter()
            .map(|journey| (journey.id, journey))
            .collect();
        let mut came: HashMap<i64, Vec<(PushKind, Timestamp)>> = HashMap::new();
        let mut faulty: HashMap<i64, Vec<Text>> = HashMap::new();
        for Came {
            journey,
            kind,
            received_at,
            sender,
            errors,
        } in tx.journey_came(&recipient.name, from, to)?
        {
            let kind = match &*kind {
                "PNRGOV" => PushKind::Pnr,
                _ => PushKind::Api,
            };
            came.entry(journey).or_default().push((kind, received_at));
            if errors > 0 {
                faulty.entry(journey).or_default().push(sender.into());
            }
        }
        let faulty = |journey: Option<&JourneyRow>| {
            let senders = journey.and_then(|journey| faulty.get(&journey.n));
            senders.cloned().unwrap_or_default()
        };
        let tolerance = recipient.profile.push().tolerance.value;
        // Pushes are due before and after the flights that they are about.
        let outages = tx.outage_list(from - 72.hours())?;
        let excused = |state: PushState, due_at: Timestamp| {
            let until = excused_until(&outages, tolerance, due_at);
            until.is_some_and(|until| match state {
                PushState::Late(at) => at <= until,
                PushState::Missing => now <= until,
                PushState::Awaited | PushState::Come(_) => false,
            })
        };
        let mut register = Register::default();
        let gone = |journey: Option<&JourneyRow>| {
            journey.is_some_and(|journey| journey.retention != Retention::Whole)
        };
        let owed = |departs_at, journey: Option<&JourneyRow>| {
            let came = journey.and_then(|journey| came.get(&journey.n));
            let came = came.map(Vec::as_slice).unwrap_or_default();
            let owed = recipient.profile.push().owed(departs_at, came, now);
            let own = owed.into_iter().filter(|push| match push.kind {
                PushKind::Pnr => recipient.profile.takes_pnr(),
                PushKind::Api => recipient.profile.takes_api(),
            });
            let push = own.map(|push| OwedPush {
                name: push.name.to_owned(),
                kind: push.kind,
                due_at: push.due_at,
                clause: push.clause.to_owned(),
                state: push.state,
                excused: excused(push.state, push.due_at),
            });
            push.collect()
        };
        let mut flights = Vec::new();
        for Planned {
            flight,
            departs_at,
            cancelled,
            aircraft: _,
        } in planned
        {
            let (Some(leg), Some(carrier)) = (flight.border_leg(), flight.carrier) else {
                continue;
            };
            let states = [leg.from, leg.to].map(|place| place.and_then(|place| place.state()));
            let states = states
                .iter()
                .map(|state| state.as_ref().map(|state| state.as_str()));
            if recipient.profile.way(states).is_none()
                || register.refuses(tx, recipient, &flight, now)?.is_some()
            {
                continue;
            }
            let id = Id::of_journey(&recipient.name, &JourneyKey::of(&flight));
            let journey = known.remove(&id);
            let cancelled =
                cancelled || journey.is_some_and(|journey| journey.state == "cancelled");
            let place = |place: Option<Port>| place.map(|p| p.to_string()).unwrap_or_default();
            flights.push(ExpectedFlight {
                name: format!("{carrier}{}", flight.number),
                carrier: carrier.as_str().into(),
                from: place(leg.from).into(),
                to: place(leg.to).into(),
                departs: leg.departs,
                departs_at,
                plan: if cancelled {
                    Plan::Cancelled
                } else {
                    Plan::Planned
                },
                journey: journey.map(|journey| journey.id),
                gone: gone(journey),
                faulty: faulty(journey),
                pushes: if cancelled || gone(journey) {
                    Vec::new()
                } else {
                    owed(departs_at, journey)
                },
            });
        }
        for journey in journeys
            .iter()
            .filter(|journey| known.contains_key(&journey.id))
        {
            let (Some(departs_at), Some(departs)) = (journey.departs_at, &journey.departs) else {
                continue;
            };
            let departs: Option<DateTime> = departs.parse().ok();
            let day = departs.map(DateTime::date);
            if !day.is_some_and(|day| spans.iter().any(|span| span.covers(&journey.carrier, day))) {
                continue;
            }
            flights.push(ExpectedFlight {
                name: journey.name(),
                carrier: journey.carrier.as_str().into(),
                from: journey.from.as_str().into(),
                to: journey.to.as_str().into(),
                departs,
                departs_at,
                plan: Plan::Unplanned,
                journey: Some(journey.id),
                gone: gone(Some(journey)),
                faulty: faulty(Some(journey)),
                pushes: if gone(Some(journey)) {
                    Vec::new()
                } else {
                    owed(departs_at, Some(journey))
                },
            });
        }
        flights.sort_by(|a, b| (a.departs_at, &a.name).cmp(&(b.departs_at, &b.name)));
        Ok(flights)
    }

    /// The passenger flights that the schedules in force plan between two instants: all of them, or
    /// those that speak of one of these carriers.
    fn calendar(
        &self,
        tx: &mut Tx<'_>,
        (from, to): (Timestamp, Timestamp),
        carriers: Option<&[String]>,
    ) -> Result<Calendar, AppError> {
        let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
        // The day of a file is that of the first leg's departure, by its own clock.
        let days = (
            day(from).saturating_sub(3.days()),
            day(to).saturating_add(1.day()),
        );
        let mut calendar = Calendar::default();
        let mut seen = HashSet::new();
        let mut amended: HashSet<FlightKey> = HashSet::new();
        let mut in_force = tx.schedule_list()?;
        in_force.retain(|row| row.ended.is_none());
        self.core.schedules.keep(&in_force);
        let asked = |row: &&ScheduleRow| {
            let mut own = row.carriers.split(' ');
            carriers.is_none_or(|asked| own.any(|code| asked.iter().any(|it| it == code)))
        };
        for row in in_force.iter().filter(asked) {
            let schedule = self.schedule(tx, row.id)?;
            let newer = calendar.spans.len();
            let mut amends = Vec::new();
            for leg in schedule.expected(days.0, days.1) {
                if !schedule.amends && !leg.carries_passengers() {
                    continue;
                }
                let day = leg.departs.date();
                let told = calendar.spans[..newer].iter();
                if told
                    .into_iter()
                    .any(|span| span.covers(leg.carrier.as_str(), day))
                {
                    continue;
                }
                let Some((carrier, number)) = leg.operator() else {
                    continue;
                };
                let key = (carrier, number.clone(), leg.from, leg.departs.date());
                if amended.contains(&key) {
                    continue;
                }
                if schedule.amends {
                    amends.push(key.clone());
                }
                let Some(departs_at) = leg.departs_at.filter(|at| (from..=to).contains(at)) else {
                    continue;
                };
                let new = seen.insert((key, leg.departs.time()));
                if new && leg.carries_passengers() {
                    calendar.flights.push(Planned {
                        flight: flight_of(&leg, carrier, number),
                        departs_at,
                        cancelled: leg.cancelled,
                        aircraft: leg.aircraft.clone(),
                    });
                }
            }
            amended.extend(amends);
            if !schedule.amends {
                let spans = schedule.carriers.iter().filter_map(Span::of);
                calendar.spans.extend(spans);
            }
        }
        Ok(calendar)
    }

    /// A schedule as read.
    fn schedule(&self, tx: &mut Tx<'_>, id: Id) -> Result<Arc<Schedule>, AppError> {
        let known = || {
            self.core
                .schedules
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(schedule) = known().get(&id) {
            return Ok(Arc::clone(schedule));
        }
        let schedule = Arc::new(Schedule::read(&tx.schedule_data(id)?));
        known().insert(id, Arc::clone(&schedule));
        Ok(schedule)
    }
}

/// What schedules say of a range of time.
#[derive(Default)]
struct Calendar {
    flights: Vec<Planned>,
    /// Whose days they speak of, newest file first.
    spans: Vec<Span>,
}

struct Planned {
    flight: Flight,
    departs_at: Timestamp,
    /// It was planned, and does not fly.
    cancelled: bool,
    aircraft: Text,
}

/// What a flight is known by in schedules: who flies it under which number, from where, on which
/// local date.
type FlightKey = (Carrier, FlightNumber, Port, Date);

/// What may become otherwise with a flight: departure, arrival, where it ends, aircraft.
type Moment = (Timestamp, Option<DateTime>, Option<Port>, Text);

impl Calendar {
    /// The flights that fly, each with what may become otherwise.
    fn by_flight(self) -> HashMap<FlightKey, Moment> {
        let flies = self.flights.into_iter().filter(|it| !it.cancelled);
        let row = |it: Planned| {
            let leg = it.flight.border_leg()?;
            let day = leg.departs?.date();
            let key = (it.flight.carrier?, it.flight.number.clone(), leg.from?, day);
            Some((key, (it.departs_at, leg.arrives, leg.to, it.aircraft)))
        };
        flies.filter_map(row).collect()
    }
}

/// The days of one carrier of which a file speaks.
struct Span {
    carrier: Text,
    from: Date,
    to: Date,
}

impl Span {
    fn of(programme: &Programme) -> Option<Self> {
        Some(Self {
            carrier: programme.carrier?.as_str().into(),
            from: programme.from?,
            to: programme.to.unwrap_or(Date::MAX),
        })
    }

    fn covers(&self, carrier: &str, day: Date) -> bool {
        self.carrier == carrier && (self.from..=self.to).contains(&day)
    }
}

/// The leg as messages speak of it.
fn flight_of(leg: &Expected, carrier: Carrier, number: &FlightNumber) -> Flight {
    Flight {
        carrier: Some(carrier),
        number: number.clone(),
        legs: vec![Leg {
            from: Some(leg.from),
            to: Some(leg.to),
            departs: Some(leg.departs),
            arrives: Some(leg.arrives),
            border: true,
        }],
        ..Flight::default()
    }
}
