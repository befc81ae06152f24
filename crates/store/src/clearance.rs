//! What carriers were told of travellers at check-in.
//!
//! - Source: R-IAPI-03, R-IAPI-04: a question that is repeated is answered as before.
//! - Invariants: a row names a place in a message and no value about a person; it goes with the
//!   journey, or with the person, that it is about; of several answers about a traveller the carrier
//!   is told of changes to the newest alone.

use crate::db::Value;
use crate::{Id, StoreError, Tx};
use jiff::Timestamp;
use oriel_model::MessageKey;
use oriel_policy::{Act, Clearance, Grant};
use std::collections::HashMap;

/// What was told about one traveller of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearanceRow {
    /// The message that asked.
    pub message: MessageKey,
    /// The traveller's place in it, from 0.
    pub place: u32,
    /// Whose records were looked at.
    pub compartment: String,
    /// Number of the journey.
    pub journey: i64,
    /// Whom it turned out to be.
    pub traveller: Id,
    /// The carrier that asked; blank where it is not enrolled.
    pub handle: String,
    /// Everything was known of the traveller that the profile needs.
    pub complete: bool,
    /// How it stands.
    pub stands: Clearance,
    /// What the carrier was told last.
    pub told: Clearance,
    /// When, UTC.
    pub told_at: Timestamp,
    /// The carrier is to be told when it changes, until the journey begins: nothing newer was asked.
    pub awaits: bool,
    /// Number of the message by which it was told last, unasked; or blank.
    pub number: String,
    /// Whether the carrier took that message; nothing while it says nothing.
    pub heard: Option<bool>,
}

impl ClearanceRow {
    /// Whether the carrier is to be told that it stands otherwise.
    pub fn is_owed(&self) -> bool {
        self.awaits && self.stands != self.told
    }
}

const COLUMNS: &str = "message, place, compartment, journey, traveller, handle, complete, stands, \
                       told, told_at, awaits, number, heard";

impl Tx<'_> {
    /// Keeps what a carrier is told.
    pub fn clearance_put(
        &mut self,
        grant: &Grant,
        rows: &[ClearanceRow],
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::JourneyScreen, Act::HitDecide])?;
        for row in rows {
            if row.compartment != grant.compartment() {
                return Err(StoreError::WrongGrant);
            }
            self.db.put(
                "INSERT INTO clearance (message, place, compartment, journey, traveller, handle,
                    complete, stands, told, told_at, awaits, number, heard)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                 ON CONFLICT (journey, traveller, message, place) DO UPDATE SET
                    complete = excluded.complete, stands = excluded.stands,
                    told = excluded.told, told_at = excluded.told_at,
                    awaits = excluded.awaits, number = excluded.number, heard = excluded.heard",
                &[
                    Value::from(&row.message),
                    Value::Int(row.place.into()),
                    Value::Text(&row.compartment),
                    Value::Int(row.journey),
                    Value::from(row.traveller.bytes()),
                    Value::Text(&row.handle),
                    Value::Int(row.complete.into()),
                    Value::Text(row.stands.name()),
                    Value::Text(row.told.name()),
                    Value::Int(row.told_at.as_microsecond()),
                    Value::Int(row.awaits.into()),
                    Value::Text(&row.number),
                    Value::from(row.heard.map(i64::from)),
                ],
            )?;
        }
        Ok(())
    }

    /// Leaves the last word to a newer answer: earlier ones of the same traveller to the same carrier
    /// await nothing any more.
    pub fn clearance_supersede(&mut self, newer: &ClearanceRow) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE clearance SET awaits = 0 WHERE journey = $1 AND traveller = $2
                AND handle = $3 AND message <> $4 AND awaits = 1",
            &[
                Value::Int(newer.journey),
                Value::from(newer.traveller.bytes()),
                Value::Text(&newer.handle),
                Value::from(&newer.message),
            ],
        )?;
        Ok(())
    }

    /// Takes away what stands under a traveller who turned out to be another one.
    pub fn clearance_remove(&mut self, row: &ClearanceRow) -> Result<(), StoreError> {
        self.db.put(
            "DELETE FROM clearance
             WHERE journey = $1 AND traveller = $2 AND message = $3 AND place = $4",
            &[
                Value::Int(row.journey),
                Value::from(row.traveller.bytes()),
                Value::from(&row.message),
                Value::Int(row.place.into()),
            ],
        )
    }

    /// Travellers whom a carrier asked about before their journey begins, and was told to ask the
    /// authority; each with since when.
    pub fn clearance_waits(&mut self, grant: &Grant) -> Result<HashMap<Id, Timestamp>, StoreError> {
        self.admit(grant, &[Act::QueueRead, Act::CaseRead])?;
        let mut waits: HashMap<Id, Timestamp> = HashMap::new();
        let rows = self.clearances(
            "awaits = 1 AND stands = 'contact' AND compartment = $1 AND journey IN
                (SELECT n FROM journey WHERE departs_at IS NULL OR departs_at > $2)",
            &[
                Value::Text(grant.compartment()),
                Value::Int(grant.at().as_microsecond()),
            ],
        )?;
        for row in rows {
            let since = waits.entry(row.traveller).or_insert(row.told_at);
            *since = row.told_at.min(*since);
        }
        Ok(waits)
    }

    /// Carriers that are to be told of a change.
    pub fn clearance_awaited(&mut self) -> Result<Vec<String>, StoreError> {
        let mut handles = Vec::new();
        self.db.query(
            "SELECT DISTINCT handle FROM clearance
             WHERE awaits = 1 AND stands <> told AND handle <> ''",
            &[],
            &mut |row| {
                handles.push(row.text(0)?.to_owned());
                Ok(())
            },
        )?;
        Ok(handles)
    }

    /// Answers to a carrier that have changed since it was told, by message and place.
    pub fn clearance_owed(&mut self, handle: &str) -> Result<Vec<ClearanceRow>, StoreError> {
        self.clearances(
            "awaits = 1 AND stands <> told AND handle = $1 ORDER BY message, place, journey",
            &[Value::Text(handle)],
        )
    }

    /// Notes that a carrier says whether it took a message that was sent unasked. Gives what the
    /// message was about; nothing where no such message was sent to it.
    pub fn clearance_hear(
        &mut self,
        handle: &str,
        number: &str,
        taken: bool,
    ) -> Result<Vec<ClearanceRow>, StoreError> {
        let values = [Value::Text(handle), Value::Text(number)];
        let which = "handle = $1 AND number = $2 AND number <> '' ORDER BY message, place";
        let rows = self.clearances(which, &values)?;
        if !rows.is_empty() {
            let [handle, number] = values;
            self.db.execute(
                "UPDATE clearance SET heard = $1 WHERE handle = $2 AND number = $3",
                &[Value::Int(taken.into()), handle, number],
            )?;
        }
        Ok(rows)
    }

    /// What was told about the travellers of a message, in its order, by every recipient that was
    /// asked: for answering a repeat.
    pub fn clearance_of_message(
        &mut self,
        message: &MessageKey,
    ) -> Result<Vec<ClearanceRow>, StoreError> {
        self.clearances(
            "message = $1 AND journey IN (SELECT journey FROM report WHERE message =
                (SELECT n FROM message WHERE key = $1)) ORDER BY place, journey",
            &[Value::from(message)],
        )
    }

    /// What was told about the travellers of a journey.
    pub fn clearance_of_journey(
        &mut self,
        grant: &Grant,
        journey: i64,
    ) -> Result<Vec<ClearanceRow>, StoreError> {
        self.admit(
            grant,
            &[Act::JourneyScreen, Act::HitDecide, Act::ManifestRead],
        )?;
        self.clearances(
            "journey = $1 AND compartment = $2",
            &[Value::Int(journey), Value::Text(grant.compartment())],
        )
    }

    /// What was told about some travellers of a journey.
    pub fn clearance_of_travellers(
        &mut self,
        grant: &Grant,
        journey: i64,
        travellers: &[Id],
    ) -> Result<Vec<ClearanceRow>, StoreError> {
        self.admit(grant, &[Act::JourneyScreen])?;
        let mut rows = Vec::new();
        for id in travellers {
            rows.extend(self.clearances(
                "journey = $1 AND traveller = $2 AND compartment = $3",
                &[
                    Value::Int(journey),
                    Value::from(id.bytes()),
                    Value::Text(grant.compartment()),
                ],
            )?);
        }
        Ok(rows)
    }

    fn clearances(
        &mut self,
        condition: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<ClearanceRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!("SELECT {COLUMNS} FROM clearance WHERE {condition}");
        let word = |text: &str| {
            Clearance::parse(text).ok_or_else(|| StoreError::Damaged {
                what: "what a carrier was told".to_owned(),
            })
        };
        self.db.query(&sql, values, &mut |row| {
            let damaged = |_| StoreError::Damaged {
                what: "what a carrier was told".to_owned(),
            };
            rows.push(ClearanceRow {
                message: row.blob(0)?.try_into().map_err(|_| StoreError::Damaged {
                    what: "a message's digest".to_owned(),
                })?,
                place: row.int(1)?.try_into().map_err(damaged)?,
                compartment: row.text(2)?.to_owned(),
                journey: row.int(3)?,
                traveller: Id::from_bytes(row.blob(4)?)?,
                handle: row.text(5)?.to_owned(),
                complete: row.int(6)? != 0,
                stands: word(row.text(7)?)?,
                told: word(row.text(8)?)?,
                told_at: crate::message::instant(row.int(9)?)?,
                awaits: row.int(10)? != 0,
                number: row.text(11)?.to_owned(),
                heard: row.int_or_null(12)?.map(|heard| heard != 0),
            });
            Ok(())
        })?;
        Ok(rows)
    }
}
