//! What carriers were told of travellers at check-in.
//!
//! - Source: R-IAPI-03, R-IAPI-04: a question that is repeated is answered as before.
//! - Invariants: a row names a place in a message and no value about a person; it goes with the
//!   journey, or with the person, that it is about.

use crate::db::Value;
use crate::{Id, StoreError, Tx};
use jiff::Timestamp;
use oriel_model::MessageKey;
use oriel_policy::{Act, Clearance, Grant};

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
    /// Everything was known of the traveller that the profile needs.
    pub complete: bool,
    /// How it stands.
    pub stands: Clearance,
    /// What the carrier was told last.
    pub told: Clearance,
    /// When, UTC.
    pub told_at: Timestamp,
}

const COLUMNS: &str = "message, place, compartment, journey, traveller, complete, stands, told, \
                       told_at";

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
                "INSERT INTO clearance (message, place, compartment, journey, traveller, complete,
                    stands, told, told_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                 ON CONFLICT (message, place, journey) DO UPDATE SET
                    traveller = excluded.traveller, complete = excluded.complete,
                    stands = excluded.stands, told = excluded.told, told_at = excluded.told_at",
                &[
                    Value::from(&row.message),
                    Value::Int(row.place.into()),
                    Value::Text(&row.compartment),
                    Value::Int(row.journey),
                    Value::from(row.traveller.bytes()),
                    Value::Int(row.complete.into()),
                    Value::Text(row.stands.name()),
                    Value::Text(row.told.name()),
                    Value::Int(row.told_at.as_microsecond()),
                ],
            )?;
        }
        Ok(())
    }

    /// What was told about the travellers of a message, in its order, by every recipient that was
    /// asked: for answering a repeat.
    pub fn clearance_of_message(
        &mut self,
        message: &MessageKey,
    ) -> Result<Vec<ClearanceRow>, StoreError> {
        self.clearances(
            "message = $1 ORDER BY place, journey",
            &[Value::from(message)],
        )
    }

    /// What was told about the travellers of a journey.
    pub fn clearance_of_journey(
        &mut self,
        grant: &Grant,
        journey: i64,
    ) -> Result<Vec<ClearanceRow>, StoreError> {
        self.admit(grant, &[Act::JourneyScreen, Act::HitDecide])?;
        self.clearances(
            "journey = $1 AND compartment = $2",
            &[Value::Int(journey), Value::Text(grant.compartment())],
        )
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
                complete: row.int(5)? != 0,
                stands: word(row.text(6)?)?,
                told: word(row.text(7)?)?,
                told_at: crate::message::instant(row.int(8)?)?,
            });
            Ok(())
        })?;
        Ok(rows)
    }
}
