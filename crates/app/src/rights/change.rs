//! What a person's request changes: a correction or note beside the record, the record's end, or
//! sparing the person the next false match.
//!
//! - Source: R-DSR-01, R-DSR-05.
//! - Invariants: a correction stands beside what was sent, with its own source, and goes with the
//!   record; a record that the law keeps for a link to an offence or an open case is not erased on
//!   request; whoever was given something, and the other recipients of the same flight, are named so
//!   that they can be told; a person is spared a match with one entry as it reads, told from
//!   namesakes by name, birth date and document, for a time that ends, and no longer than the record.

use super::open_request;
use crate::journey::{travellers_of, who_is_who};
use crate::lookup::{self, Lookups};
use crate::read::read_hit;
use crate::screen::{entry_digest, redress_digests, subject};
use crate::sweep::{linked_people, without};
use crate::unfit::Unfit;
use crate::unmask::{is_for, words};
use crate::{App, AppError};
use jiff::Timestamp;
use oriel_model::Journey;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Calendar, Grant, Term};
use oriel_store::{Correction, Id, JourneyRow, Remaining, Retention, Settled, StoreError, Tx};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Fields that can be corrected, as the views name them; a note is about the record as a whole.
const FIELDS: &[&str] = &[
    "surname",
    "given_names",
    "birth_date",
    "sex",
    "nationality",
    "residence",
    "birth_place",
    "document",
    "contact",
    "locator",
    "note",
];

/// What is right instead of what was sent, or what is to be noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The field, or `note`.
    pub field: String,
    /// What the person says is right, or the note.
    pub value: String,
    /// On what it rests.
    #[serde(default)]
    pub proof: String,
}

/// Who has to be told of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Bodies that were given something about the person, from the log of disclosures.
    pub recipients: Vec<String>,
    /// Other recipients of the same flight, whose own officers decide about their records.
    pub compartments: Vec<String>,
}

/// What erasing a record left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Who has to be told.
    pub reach: Reach,
    /// Messages whose bytes went, because they spoke of the person.
    pub messages: usize,
}

impl App {
    /// Puts a correction or a note beside a record.
    pub fn rights_correct(
        &self,
        grant: &Grant,
        traveller: Id,
        change: &Change,
    ) -> Result<Reach, AppError> {
        is_for(grant, Act::RightsRectify)?;
        if !FIELDS.contains(&&*change.field) {
            return Err(Unfit::Field(change.field.clone()).into());
        }
        words("what is right", &change.value)?;
        self.core.store.write(|tx| {
            let request = open_request(tx, grant)?;
            let row = record(tx, grant, traveller)?;
            let correction = Correction {
                id: Id::of_record(
                    &["correction", grant.actor(), &change.field],
                    grant.at(),
                    &[request.id, traveller],
                ),
                traveller,
                request: request.id,
                made_by: grant.actor().to_owned(),
                made_at: grant.at(),
                data: serde_json::to_string(change).expect("a change is plain data"),
            };
            tx.correction_insert(grant, &row, &correction)?;
            let reach = reach(tx, grant, &row, traveller)?;
            let detail = format!(
                "ok field={} recipients={} compartments={}",
                change.field,
                reach.recipients.len(),
                reach.compartments.len()
            );
            tx.audit_append(&[Event::granted(grant, traveller.display("trv"), detail)])?;
            Ok(reach)
        })
    }

    /// Erases one person's record; of the others on the flight nothing changes, except that the
    /// bytes of messages go that spoke of this one.
    pub fn rights_erase(&self, grant: &Grant, traveller: Id) -> Result<Erased, AppError> {
        is_for(grant, Act::RightsRectify)?;
        let erased = self.core.store.write(|tx| {
            open_request(tx, grant)?;
            let row = record(tx, grant, traveller)?;
            let reports = tx.report_due(grant, &row)?;
            let (journey, ids) = travellers_of(tx, grant, &row, reports)?;
            if !linked_people(tx, &row, &[traveller])?.is_empty() {
                return Err(Unfit::Linked.into());
            }
            let reach = reach(tx, grant, &row, traveller)?;
            let left = if row.retention == Retention::Whole {
                blank(tx, grant, &journey, &ids, traveller)?
            } else {
                let stays: HashSet<Id> =
                    ids.iter().copied().filter(|id| *id != traveller).collect();
                without(&journey, &ids, &stays)
            };
            tx.journey_reduce(grant, &row, &left)?;
            let detail = format!(
                "ok erased messages={} recipients={} compartments={}",
                left.messages.len(),
                reach.recipients.len(),
                reach.compartments.len()
            );
            tx.audit_append(&[Event::granted(grant, traveller.display("trv"), detail)])?;
            Ok::<_, AppError>(Erased {
                reach,
                messages: left.messages.len(),
            })
        })?;
        self.core.at_hand.clear();
        Ok(erased)
    }

    /// Spares a person the next match with the entry of this hit, while the entry reads as it does.
    /// Says until when at the latest.
    pub fn rights_redress(
        &self,
        grant: &Grant,
        traveller: Id,
        hit: Id,
    ) -> Result<Timestamp, AppError> {
        is_for(grant, Act::RightsRedress)?;
        let calendar = Calendar::of(grant.profile());
        let ends_at = calendar.deadline(Term::Redress, grant.at()).at;
        self.core.store.write(|tx| {
            let request = open_request(tx, grant)?;
            let row = record(tx, grant, traveller)?;
            let reports = tx.report_due(grant, &row)?;
            let (journey, ids) = travellers_of(tx, grant, &row, reports)?;
            let missing = |what| StoreError::NotFound { what };
            let at = ids.iter().position(|id| *id == traveller);
            let at = at.ok_or(missing("traveller"))?;
            let hits = tx.hit_of_traveller(grant, &row, traveller)?;
            let found = hits.iter().find(|row| row.hit.id == hit);
            let found = read_hit(found.ok_or(missing("hit"))?)?;
            let entry = entry_digest(tx, grant.compartment(), &found)?;
            let entry = entry.ok_or(missing("entry"))?;
            let subject = subject(&journey, &journey.people[at]);
            let persons = redress_digests(tx, grant.compartment(), &subject)?;
            if persons.is_empty() {
                return Err(Unfit::NotApart.into());
            }
            for person in persons {
                tx.settled_put(
                    grant,
                    &Settled {
                        person,
                        entry,
                        kind: "redress".to_owned(),
                        object: request.id.display("rgt"),
                        journey: row.n,
                        traveller,
                        since: grant.at(),
                        ends_at: Some(ends_at),
                    },
                )?;
            }
            let detail = format!("ok hit={} ends_at={ends_at}", hit.display("hit"));
            tx.audit_append(&[Event::granted(grant, traveller.display("trv"), detail)])?;
            Ok(ends_at)
        })
    }
}

/// The journey of a person's record, of the grant's recipient.
fn record(tx: &mut Tx<'_>, grant: &Grant, traveller: Id) -> Result<JourneyRow, AppError> {
    let row = tx.traveller_journey(traveller)?;
    row.filter(|row| row.compartment == grant.compartment())
        .ok_or_else(|| StoreError::NotFound { what: "traveller" }.into())
}

/// What is left of an open journey when a person's places in it are blank.
fn blank(
    tx: &mut Tx<'_>,
    grant: &Grant,
    journey: &Journey,
    ids: &[Id],
    traveller: Id,
) -> Result<Remaining, AppError> {
    let mut people = who_is_who(journey, ids);
    people.retain(|person| person.id != traveller);
    let mut left = Remaining {
        gone: vec![traveller],
        people,
        ..Remaining::default()
    };
    let missing = StoreError::NotFound { what: "traveller" };
    let at = ids.iter().position(|id| *id == traveller).ok_or(missing)?;
    for (number, report) in (0u32..).zip(&journey.reports) {
        let mentions = journey.people[at].mentions.iter();
        let places: Vec<u32> = mentions
            .filter(|mention| mention.report == number)
            .map(|mention| mention.traveller)
            .collect();
        if places.is_empty() {
            left.reports.push(report.clone());
        } else {
            left.messages.push(report.message);
            left.reports.push(report.without(&places));
        }
    }
    let mut lookups = Lookups::new(tx.ring(grant.compartment())?);
    for (person, id) in journey.people.iter().zip(ids) {
        if *id != traveller {
            lookups.add(lookup::of_subject(&subject(journey, person)));
        }
    }
    let bookings = left.reports.iter().flat_map(|report| &report.bookings);
    lookups.add(bookings.flat_map(lookup::of_booking));
    left.lookups = lookups.keys();
    Ok(left)
}

/// Who has to be told of what happens to a record.
fn reach(
    tx: &mut Tx<'_>,
    grant: &Grant,
    row: &JourneyRow,
    traveller: Id,
) -> Result<Reach, AppError> {
    let objects = ["trv", "case"].map(|prefix| traveller.display(prefix));
    Ok(Reach {
        recipients: tx.audit_recipients(grant, &objects)?,
        compartments: tx.journey_elsewhere(row)?,
    })
}
