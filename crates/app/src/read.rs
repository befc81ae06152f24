//! Reading for people: queue, case, flights, manifest, traveller, message.
//!
//! Invariant: personal data comes from the store only against a grant for this very act, and its
//! audit event is in the same transaction.

use crate::journey::{alone, thaw, times, travellers_of};
use crate::screen::{entry_of, review_of, subject};
use crate::{App, AppError};
use jiff::Timestamp;
use oriel_casework::{ActBy, Direction, Discrepancy, Review, Times, Urgency, act_by, reconcile};
use oriel_model::{Journey, Person, Report, Role as TravelRole, Unfinished};
use oriel_policy::alert::is_own;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Clearance, Grant};
use oriel_screening::{Entry, Hit};
use oriel_store::{
    CaseRow, Correction, HitPlace, HitRow, Id, JourneyRow, ListRow, MessageRow, StoreError,
    StoredMessage, Tx,
};
use std::collections::HashMap;

/// One case in the queue.
#[derive(Clone, Debug)]
pub struct QueueItem {
    /// The case.
    pub case: CaseRow,
    /// Its flight.
    pub journey: JourneyRow,
    /// Strongest hit that is still found.
    pub strongest: Option<Hit>,
    /// Hits that are still found.
    pub hits: usize,
    /// Place in the order of work: ascending.
    pub rank: (i64, Timestamp),
    /// The last useful moment has passed.
    pub missed: bool,
    /// How the last useful moment was reckoned.
    pub act_by: Option<ActBy>,
    /// Since when the traveller stands at a desk, because a carrier that asked was told to ask the
    /// authority, UTC.
    pub waits_since: Option<Timestamp>,
}

/// One hit with what it points to.
#[derive(Clone, Debug)]
pub struct HitView {
    /// As kept.
    pub row: HitRow,
    /// The explanation.
    pub hit: Hit,
    /// The review.
    pub review: Review,
    /// The list.
    pub list: Option<ListRow>,
    /// The entry, in the version that was compared.
    pub entry: Option<Entry>,
}

/// One case with everything a reviewer needs.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// The case in the queue's terms.
    pub item: QueueItem,
    /// The journey, merged, as far as it is about the person.
    pub journey: Journey,
    /// The person, as an index into the journey's people.
    pub person: usize,
    /// Hits, strongest first.
    pub hits: Vec<HitView>,
    /// Messages about the journey.
    pub messages: Vec<MessageRow>,
}

/// One flight without its travellers.
#[derive(Clone, Debug)]
pub struct FlightView {
    /// The journey.
    pub row: JourneyRow,
    /// Cases nobody has closed.
    pub open_cases: i64,
    /// Messages about it.
    pub messages: Vec<MessageRow>,
}

/// One flight with everybody on it.
#[derive(Clone, Debug)]
pub struct ManifestView {
    /// The flight.
    pub flight: FlightView,
    /// The journey, merged.
    pub journey: Journey,
    /// Identifier of each person.
    pub ids: Vec<Id>,
    /// State of the case of each person who has one.
    pub cases: HashMap<Id, String>,
    /// Transfers of which a part has not arrived.
    pub waiting: Vec<Unfinished>,
    /// What the carrier was told last of each person it asked about; nobody on a flight about which
    /// nobody asked.
    pub told: HashMap<Id, Clearance>,
}

impl ManifestView {
    /// What does not fit between what the carrier was told of a person and the close-out. Crew is not
    /// asked about.
    pub fn discrepancy(&self, person: &Person, id: Id) -> Option<Discrepancy> {
        let is_passenger = person.mentions.iter().any(|mention| {
            let report = &self.journey.reports[mention.report as usize];
            let role = &report.travellers[mention.traveller as usize].role;
            matches!(role, TravelRole::Passenger | TravelRole::TransitPassenger)
        });
        if self.told.is_empty() || !is_passenger {
            return None;
        }
        reconcile(self.told.get(&id).copied(), person.presence)
    }
}

/// One traveller with every source.
#[derive(Clone, Debug)]
pub struct TravellerView {
    /// Identifier.
    pub id: Id,
    /// The flight.
    pub flight: FlightView,
    /// The journey, merged, as far as it is about the person.
    pub journey: Journey,
    /// The person, as an index into the journey's people.
    pub person: usize,
    /// Hits, strongest first.
    pub hits: Vec<HitView>,
    /// What the person had corrected or noted, oldest first.
    pub corrections: Vec<Correction>,
}

impl TravellerView {
    /// Of one person, from reports that speak of nobody else; without hits.
    pub(crate) fn alone(id: Id, flight: FlightView, reports: Vec<Report>) -> Self {
        Self {
            id,
            flight,
            journey: alone(id, reports),
            person: 0,
            hits: Vec::new(),
            corrections: Vec::new(),
        }
    }
}

impl App {
    /// Open cases in the order of work at this moment.
    pub fn queue(&self, grant: &Grant) -> Result<Vec<QueueItem>, AppError> {
        let now = self.now();
        self.core.store.write(|tx| {
            let waits = tx.clearance_waits(grant)?;
            let mut items = Vec::new();
            for (case, journey) in tx.case_queue(grant)? {
                let waits_since = waits.get(&case.case.id).copied();
                items.push(self.queue_item(tx, grant, case, journey, waits_since, now)?);
            }
            // Whoever stands at a desk is first, the longest waiting before the others.
            let waiting = |item: &QueueItem| item.waits_since.unwrap_or(Timestamp::MAX);
            items.sort_by_key(|item| (waiting(item), item.rank, item.case.case.id));
            Ok(items)
        })
    }

    fn queue_item(
        &self,
        tx: &mut Tx<'_>,
        grant: &Grant,
        case: CaseRow,
        journey: JourneyRow,
        waits_since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<QueueItem, AppError> {
        let hits = tx.hit_of_traveller(grant, &journey, case.case.id)?;
        let mut open = hits.iter().filter(|row| row.open);
        let strongest = open.next().map(read_hit).transpose()?;
        let urgency = Urgency::new(case.case.severity, case.case.act_by, case.case.found_at);
        let times = Times {
            departs: journey.departs_at,
            arrives: journey.arrives_at,
        };
        // A person in transit is reckoned otherwise than the flight; the case knows which counted.
        let reckoned = [Direction::parse(&journey.direction), Direction::Transit]
            .into_iter()
            .filter_map(|direction| act_by(direction, times, grant.profile()))
            .find(|reckoned| Some(reckoned.at) == case.case.act_by);
        Ok(QueueItem {
            hits: usize::from(strongest.is_some()) + open.count(),
            strongest,
            rank: urgency.rank(now),
            missed: urgency.missed(now),
            act_by: reckoned,
            waits_since,
            case,
            journey,
        })
    }

    /// One case with its traveller, hits and messages.
    pub fn case(&self, grant: &Grant, id: Id) -> Result<CaseView, AppError> {
        let now = self.now();
        self.core.store.write(|tx| {
            let (case, row) = tx.case_fetch(grant, id)?;
            let opened = person_fetch(tx, grant, &row, id, &id.display("case"))?;
            let person = opened.find(id)?;
            mark_own_name(tx, grant, &opened.journey, person, &id.display("case"))?;
            let hits = self.hit_views(tx, grant, &row, id)?;
            let waits = tx.clearance_waits(grant)?.remove(&id);
            let item = self.queue_item(tx, grant, case, row, waits, now)?;
            Ok(CaseView {
                item,
                journey: opened.journey,
                person,
                hits,
                messages: opened.messages,
            })
        })
    }

    pub(crate) fn hit_views(
        &self,
        tx: &mut Tx<'_>,
        grant: &Grant,
        journey: &JourneyRow,
        traveller: Id,
    ) -> Result<Vec<HitView>, AppError> {
        let rows = tx.hit_of_traveller(grant, journey, traveller)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let lists = tx.list_all()?;
        let mut views = Vec::new();
        for row in rows {
            let hit = read_hit(&row)?;
            let entry = entry_of(tx, &hit)?;
            views.push(HitView {
                review: review_of(&row)?,
                list: lists.iter().find(|list| list.id == hit.list).cloned(),
                entry,
                hit,
                row,
            });
        }
        Ok(views)
    }

    /// Flights that depart between two instants, and those whose time is not known.
    pub fn flights(
        &self,
        grant: &Grant,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<FlightView>, AppError> {
        if grant.act() != Act::FlightRead {
            return Err(StoreError::WrongGrant.into());
        }
        self.core.store.read(|tx| {
            let open: HashMap<i64, i64> = tx.case_counts()?.into_iter().collect();
            let mut views = Vec::new();
            for row in tx.journey_list(grant.compartment(), from, to)? {
                let messages = tx.message_list(row.n)?;
                let open_cases = open.get(&row.n).copied().unwrap_or(0);
                views.push(FlightView {
                    row,
                    open_cases,
                    messages,
                });
            }
            Ok(views)
        })
    }

    /// One flight with everybody on it.
    pub fn manifest(&self, grant: &Grant, id: Id) -> Result<ManifestView, AppError> {
        self.core.store.write(|tx| {
            let row = tx
                .journey_find(id)?
                .ok_or(StoreError::NotFound { what: "flight" })?;
            let opened = journey_fetch(tx, grant, &row, &id.display("jrn"))?;
            let cases = tx.case_of_journey(row.n)?.into_iter().collect();
            let mut answers = tx.clearance_of_journey(grant, row.n)?;
            answers.sort_by_key(|answer| answer.told_at);
            let told = answers
                .into_iter()
                .map(|answer| (answer.traveller, answer.told));
            let told = told.collect();
            Ok(ManifestView {
                told,
                flight: flight_with(tx, row, opened.messages)?,
                waiting: opened.journey.unfinished(),
                journey: opened.journey,
                ids: opened.ids,
                cases,
            })
        })
    }

    /// One traveller with every source.
    pub fn traveller(&self, grant: &Grant, id: Id) -> Result<TravellerView, AppError> {
        self.core.store.write(|tx| {
            let row = tx
                .traveller_journey(id)?
                .ok_or(StoreError::NotFound { what: "traveller" })?;
            let opened = person_fetch(tx, grant, &row, id, &id.display("trv"))?;
            let person = opened.find(id)?;
            mark_own_name(tx, grant, &opened.journey, person, &id.display("trv"))?;
            let hits = self.hit_views(tx, grant, &row, id)?;
            let mut corrections = tx.correction_list(grant, &row, None)?;
            corrections.retain(|said| said.traveller == id);
            Ok(TravellerView {
                id,
                flight: flight_with(tx, row, opened.messages)?,
                journey: opened.journey,
                person,
                hits,
                corrections,
            })
        })
    }

    /// One message as stored.
    pub fn message(&self, grant: &Grant, id: Id) -> Result<StoredMessage, AppError> {
        Ok(self.core.store.write(|tx| tx.message_fetch(grant, id))?)
    }

    /// Where hits that are still found lie, with their flights: for figures.
    pub fn hit_places(&self, compartment: &str) -> Result<Vec<(JourneyRow, HitPlace)>, AppError> {
        self.core.store.read(|tx| {
            let mut journeys: HashMap<i64, JourneyRow> = HashMap::new();
            let mut places = Vec::new();
            for hit in tx.hit_places(compartment)? {
                if let std::collections::hash_map::Entry::Vacant(place) =
                    journeys.entry(hit.journey)
                {
                    let row = tx.journey_row(hit.journey)?;
                    place.insert(row.ok_or(StoreError::NotFound { what: "flight" })?);
                }
                places.push((journeys[&hit.journey].clone(), hit));
            }
            Ok(places)
        })
    }

    /// Senders with the instant of the newest of their messages that the recipient of `grant` took.
    pub fn feeds(&self, grant: &Grant) -> Result<Vec<(String, Timestamp)>, AppError> {
        let list = |tx: &mut Tx<'_>| tx.feed_list(grant.compartment());
        Ok(self.core.store.read(list)?)
    }

    /// Leaves an audit event of something an edge refused before a use case was reached.
    pub fn note(&self, event: Event) -> Result<(), AppError> {
        Ok(self.core.store.write(|tx| tx.audit_append(&[event]))?)
    }
}

pub(crate) fn flight_view(tx: &mut Tx<'_>, row: JourneyRow) -> Result<FlightView, AppError> {
    let messages = tx.message_list(row.n)?;
    flight_with(tx, row, messages)
}

fn flight_with(
    tx: &mut Tx<'_>,
    row: JourneyRow,
    messages: Vec<MessageRow>,
) -> Result<FlightView, AppError> {
    Ok(FlightView {
        open_cases: tx.case_count(row.n)?,
        messages,
        row,
    })
}

pub(crate) fn read_hit(row: &HitRow) -> Result<Hit, AppError> {
    serde_json::from_str(&row.hit.data).map_err(|_| {
        StoreError::Damaged {
            what: "a hit".to_owned(),
        }
        .into()
    })
}

/// A journey as a grant may see it.
pub(crate) struct Opened {
    /// Merged.
    pub(crate) journey: Journey,
    /// Identifier of each person.
    pub(crate) ids: Vec<Id>,
    /// Messages about it, in the order of receipt.
    pub(crate) messages: Vec<MessageRow>,
}

impl Opened {
    /// Where a person stands among the journey's people.
    fn find(&self, id: Id) -> Result<usize, AppError> {
        let found = self.ids.iter().position(|known| *known == id);
        found.ok_or_else(|| StoreError::NotFound { what: "traveller" }.into())
    }
}

/// Opens a journey; leaves an event about `object`.
pub(crate) fn journey_fetch(
    tx: &mut Tx<'_>,
    grant: &Grant,
    row: &JourneyRow,
    object: &str,
) -> Result<Opened, AppError> {
    let told = tx.journey_fetch(grant, row, None, object)?;
    let (messages, reports) = told.into_iter().unzip();
    let (journey, ids) = travellers_of(tx, grant, row, reports)?;
    Ok(Opened {
        journey,
        ids,
        messages,
    })
}

/// Opens of a journey what is said of one person, the only one whom its people then have; leaves an
/// event about `object`.
pub(crate) fn person_fetch(
    tx: &mut Tx<'_>,
    grant: &Grant,
    row: &JourneyRow,
    id: Id,
    object: &str,
) -> Result<Opened, AppError> {
    let mut people = tx.people_list(grant, row)?;
    people.retain(|person| person.id == id);
    let Some(person) = people.pop() else {
        // A journey of a store from before who is who was written down.
        return journey_fetch(tx, grant, row, object);
    };
    let told = tx.journey_fetch(grant, row, Some(&person.mentions), object)?;
    let (messages, reports) = told.into_iter().unzip();
    let (journey, ids) = thaw(reports, vec![person]);
    Ok(Opened {
        journey,
        ids,
        messages,
    })
}

/// Says in the log that somebody opened the record of a person of their own name (R-ACC-04). The
/// name itself is not in the log.
fn mark_own_name(
    tx: &mut Tx<'_>,
    grant: &Grant,
    journey: &Journey,
    person: usize,
    object: &str,
) -> Result<(), AppError> {
    let Some(account) = tx.account_by_id(grant.actor())? else {
        return Ok(());
    };
    let subject = subject(journey, &journey.people[person]);
    if subject
        .full_names()
        .any(|name| is_own(&account.name, &name))
    {
        tx.audit_append(&[Event::granted(grant, object, "ok own=yes")])?;
    }
    Ok(())
}

/// Scheduled times of a journey's border leg, for views.
impl FlightView {
    /// Departure and arrival as instants, where the zones are known.
    pub fn times(&self, journey: &Journey) -> oriel_casework::Times {
        journey.flight.border_leg().map(times).unwrap_or_default()
    }
}
