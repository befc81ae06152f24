//! What a merged journey is in the store and to an analyst: direction, instants, names of things.

use crate::{AppError, Compartment};
use jiff::{SignedDuration, Timestamp};
use oriel_casework::{Direction, Times};
use oriel_model::{
    Flight, Journey, JourneyKey, Leg, Mention, MessageKey, Person, Port, Presence, Report, Role,
    Traveller, to_instant,
};
use oriel_policy::{Grant, Profile};
use oriel_store::{Id, JourneyRow, Retention, StoredPerson, Summary, Tx};
use std::collections::HashSet;

/// A journey whose arrival is known counts as ended this long after it: late arrivals happen, and
/// a list that changes in the meantime must still meet who is on board.
const AFTER_ARRIVAL: SignedDuration = SignedDuration::from_hours(6);

/// The same where only the departure is known; the longest flights take under 20 hours.
const AFTER_DEPARTURE: SignedDuration = SignedDuration::from_hours(26);

/// Where a journey is kept.
pub(crate) struct Place<'a> {
    pub(crate) n: i64,
    pub(crate) id: Id,
    pub(crate) compartment: &'a Compartment,
    pub(crate) anchor: Timestamp,
    /// As it stands in the store.
    pub(crate) before: Option<&'a JourneyRow>,
}

impl Place<'_> {
    /// The row of a journey as merged.
    pub(crate) fn row(
        &self,
        key: &JourneyKey,
        journey: &Journey,
        received_at: Timestamp,
        screened: &str,
    ) -> JourneyRow {
        let leg = journey.flight.border_leg().cloned().unwrap_or_default();
        let Times {
            departs: departs_at,
            arrives: arrives_at,
        } = times(&leg);
        let waits_from = self.before.and_then(|row| row.waits_from);
        let place = |airport: Option<Port>| airport.map(|a| a.to_string()).unwrap_or_default();
        JourneyRow {
            n: self.n,
            id: self.id,
            compartment: self.compartment.name.clone(),
            anchor: self.anchor,
            retention: Retention::Whole,
            carrier: key.carrier.map(|c| c.to_string()).unwrap_or_default(),
            number: match journey.flight.service.as_str() {
                "" => key.number.to_string(),
                service => service.to_owned(),
            },
            mode: key.mode,
            vehicle: key.vehicle.to_string(),
            from: place(key.from.or(leg.from)),
            to: place(leg.to),
            departs: leg.departs.map(|at| at.to_string()),
            arrives: leg.arrives.map(|at| at.to_string()),
            departs_at,
            arrives_at,
            ends_at: arrives_at
                .and_then(|at| at.checked_add(AFTER_ARRIVAL).ok())
                .or_else(|| departs_at.and_then(|at| at.checked_add(AFTER_DEPARTURE).ok())),
            direction: direction(&self.compartment.profile, &journey.flight)
                .name()
                .to_owned(),
            state: journey.state.name().to_owned(),
            travellers: journey.people.len() as i64,
            screened: screened.to_owned(),
            received_at,
            waits_from: (!journey.unfinished().is_empty())
                .then(|| waits_from.unwrap_or(received_at)),
            version: self.before.map_or(0, |row| row.version),
        }
    }
}

/// Which way a flight crosses the home state's border.
pub(crate) fn direction(profile: &Profile, flight: &Flight) -> Direction {
    let home = |airport: Option<Port>| {
        let country = airport?.state()?;
        Some(profile.home().iter().any(|code| code == country.as_str()))
    };
    let Some(leg) = flight.border_leg() else {
        return Direction::Unknown;
    };
    match (home(leg.from), home(leg.to)) {
        (Some(true), Some(false)) => Direction::Out,
        (Some(false), Some(true)) => Direction::In,
        (Some(false), Some(false)) => {
            let touches = |leg: &Leg| home(leg.from) == Some(true) || home(leg.to) == Some(true);
            if flight.legs.iter().any(touches) {
                Direction::Transit
            } else {
                Direction::Unknown
            }
        }
        _ => Direction::Unknown,
    }
}

/// Scheduled times of a leg as instants, where the zones are known.
pub(crate) fn times(leg: &Leg) -> Times {
    Times {
        departs: leg
            .departs
            .zip(leg.from)
            .and_then(|(at, place)| to_instant(at, place)),
        arrives: leg
            .arrives
            .zip(leg.to)
            .and_then(|(at, place)| to_instant(at, place)),
    }
}

/// Identifier of each person: of their first mention.
pub(crate) fn traveller_ids(journey: Id, merged: &Journey) -> Vec<Id> {
    let of_first = |person: &Person| {
        let first = person.mentions[0];
        let message = &merged.reports[first.report as usize].message;
        Id::of_traveller(journey, message, first.traveller)
    };
    merged.people.iter().map(of_first).collect()
}

/// Who is who among those who stay, with places counted in the reports as reduced to them.
pub(crate) fn freeze(journey: &Journey, ids: &[Id], stays: &HashSet<Id>) -> Vec<StoredPerson> {
    let staying = || {
        let all = journey.people.iter().zip(ids.iter().copied());
        all.filter(|(_, id)| stays.contains(id))
    };
    // The new place of a mention is the number of mentions before it that stay.
    let mut places: Vec<Vec<u32>> = vec![Vec::new(); journey.reports.len()];
    for mention in staying().flat_map(|(person, _)| &person.mentions) {
        places[mention.report as usize].push(mention.traveller);
    }
    for report in &mut places {
        report.sort_unstable();
    }
    let place = |mention: &Mention| {
        let report = &places[mention.report as usize];
        report.partition_point(|old| *old < mention.traveller) as u32
    };
    staying()
        .map(|(person, id)| stored(journey, person, id, place))
        .collect()
}

/// Who is who, with places as they are in the reports.
pub(crate) fn who_is_who(journey: &Journey, ids: &[Id]) -> Vec<StoredPerson> {
    let people = journey.people.iter().zip(ids);
    people
        .map(|(person, id)| stored(journey, person, *id, |mention| mention.traveller))
        .collect()
}

fn stored(
    journey: &Journey,
    person: &Person,
    id: Id,
    place: impl Fn(&Mention) -> u32,
) -> StoredPerson {
    let message = |mention: &Mention| journey.reports[mention.report as usize].message;
    let mentions = person.mentions.iter();
    StoredPerson {
        id,
        presence: person.presence,
        mentions: mentions.map(|at| (message(at), place(at))).collect(),
    }
}

/// A journey whose people are known, put together from its reports.
pub(crate) fn thaw(reports: Vec<Report>, people: Vec<StoredPerson>) -> (Journey, Vec<Id>) {
    let mut journey = oriel_model::merge_without_people(reports);
    let report_of = |message: &MessageKey| {
        let at = journey.reports.iter().position(|r| r.message == *message);
        at.map(|at| at as u32)
    };
    let mut ids = Vec::with_capacity(people.len());
    let mut persons = Vec::with_capacity(people.len());
    for person in people {
        let mentions: Vec<Mention> = person
            .mentions
            .iter()
            .filter_map(|(message, traveller)| {
                Some(Mention {
                    report: report_of(message)?,
                    traveller: *traveller,
                })
            })
            .collect();
        if !mentions.is_empty() {
            ids.push(person.id);
            persons.push(Person {
                mentions,
                presence: person.presence,
            });
        }
    }
    journey.people = persons;
    (journey, ids)
}

/// Who is who in what was read of a journey: as it was written down, else found by merging.
pub(crate) fn travellers_of(
    tx: &mut Tx<'_>,
    grant: &Grant,
    row: &JourneyRow,
    reports: Vec<Report>,
) -> Result<(Journey, Vec<Id>), AppError> {
    let people = tx.people_list(grant, row)?;
    if !people.is_empty() || row.retention != Retention::Whole {
        return Ok(thaw(reports, people));
    }
    let journey = oriel_model::merge(reports);
    let ids = traveller_ids(row.id, &journey);
    Ok((journey, ids))
}

/// Reports that speak of one person alone.
pub(crate) fn narrow(journey: &Journey, ids: &[Id], id: Id) -> Option<Vec<Report>> {
    let at = ids.iter().position(|known| *known == id)?;
    Some(person_reports(journey, &journey.people[at]))
}

/// The same of a person of the journey.
pub(crate) fn person_reports(journey: &Journey, person: &Person) -> Vec<Report> {
    let mut mentions = person.mentions.clone();
    mentions.sort_unstable();
    let of_report = |mentions: &[Mention]| {
        let places: Vec<u32> = mentions.iter().map(|mention| mention.traveller).collect();
        journey.reports[mentions[0].report as usize].only(&places)
    };
    mentions
        .chunk_by(|a, b| a.report == b.report)
        .map(of_report)
        .collect()
}

/// The journey of one person, from reports that speak of nobody else.
pub(crate) fn alone(id: Id, reports: Vec<Report>) -> Journey {
    let person = StoredPerson {
        id,
        presence: Presence::Listed,
        mentions: reports
            .iter()
            .flat_map(|r| (0..r.travellers.len() as u32).map(|place| (r.message, place)))
            .collect(),
    };
    thaw(reports, vec![person]).0
}

/// The mention that speaks for a person in short: the newest manifest, else the newest booking.
pub(crate) fn spokesman<'a>(
    merged: &'a Journey,
    person: &'a Person,
) -> (&'a Report, &'a Traveller) {
    let mut mentions = merged.mentions(person).rev();
    let newest = mentions.next().expect("a person has a mention");
    if !newest.0.is_booking_data() {
        return newest;
    }
    mentions
        .find(|(report, _)| !report.is_booking_data())
        .unwrap_or(newest)
}

/// What a case shows of a person.
pub(crate) fn summary(merged: &Journey, person: &Person) -> Summary {
    let (report, traveller) = spokesman(merged, person);
    Summary {
        message: report.message,
        name: traveller.name.clone(),
        birth: traveller.birth.clone(),
        sex: traveller.sex.clone(),
    }
}

/// Direction of one person's journey: a person in transit, or a flight.
pub(crate) fn person_direction(
    direction: Direction,
    merged: &Journey,
    person: &Person,
) -> Direction {
    let transit = merged
        .mentions(person)
        .any(|(_, t)| matches!(t.role, Role::TransitPassenger | Role::TransitCrew));
    if transit {
        Direction::Transit
    } else {
        direction
    }
}
