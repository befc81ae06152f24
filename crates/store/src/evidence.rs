//! Recorded objective evidence that a record has to do with an offence.
//!
//! - Source: R-RET-05: after the initial period only records with such evidence stay, and evidence
//!   is a recorded fact that is looked at again.
//! - Invariant: evidence is recorded with its own audit event and never changed; it can be lifted.

use crate::db::Value;
use crate::message::instant;
use crate::{Id, StoreError, Tx};
use jiff::Timestamp;
use oriel_policy::Grant;
use oriel_policy::audit::Event;

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Identifier.
    pub id: Id,
    /// Number of the journey.
    pub journey: i64,
    /// The traveller.
    pub traveller: Id,
    /// `confirmed_hit`, `request`, `hold`.
    pub kind: String,
    /// What it refers to: a hit, a request.
    pub object: String,
    /// By whom.
    pub recorded_by: String,
    /// When, UTC.
    pub recorded_at: Timestamp,
    /// When it must be looked at again, UTC.
    pub review_at: Timestamp,
}

impl Tx<'_> {
    /// Records evidence; the same again changes nothing.
    pub fn evidence_put(&mut self, grant: &Grant, evidence: &Evidence) -> Result<(), StoreError> {
        let touched = self.db.execute(
            "INSERT INTO evidence (id, journey, traveller, kind, object, recorded_by, recorded_at,
                review_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            &[
                Value::from(evidence.id.bytes()),
                Value::Int(evidence.journey),
                Value::from(evidence.traveller.bytes()),
                Value::Text(&evidence.kind),
                Value::Text(&evidence.object),
                Value::Text(&evidence.recorded_by),
                Value::Int(evidence.recorded_at.as_microsecond()),
                Value::Int(evidence.review_at.as_microsecond()),
            ],
        )?;
        if touched > 0 {
            let detail = format!("evidence {} object={}", evidence.kind, evidence.object);
            let object = evidence.traveller.display("trv");
            self.audit_append(&[Event::granted(grant, object, detail)])?;
        }
        Ok(())
    }

    /// Evidence in force about the people of a journey.
    pub fn evidence_of_journey(&mut self, journey: i64) -> Result<Vec<Evidence>, StoreError> {
        let mut found = Vec::new();
        self.db.query(
            "SELECT id, journey, traveller, kind, object, recorded_by, recorded_at, review_at
             FROM evidence WHERE journey = $1 AND lifted_at IS NULL ORDER BY recorded_at, id",
            &[Value::Int(journey)],
            &mut |row| {
                found.push(Evidence {
                    id: Id::from_bytes(row.blob(0)?)?,
                    journey: row.int(1)?,
                    traveller: Id::from_bytes(row.blob(2)?)?,
                    kind: row.text(3)?.to_owned(),
                    object: row.text(4)?.to_owned(),
                    recorded_by: row.text(5)?.to_owned(),
                    recorded_at: instant(row.int(6)?)?,
                    review_at: instant(row.int(7)?)?,
                });
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// Lifts evidence; says whether it was in force.
    pub fn evidence_lift(&mut self, grant: &Grant, id: Id) -> Result<bool, StoreError> {
        let touched = self.db.execute(
            "UPDATE evidence SET lifted_by = $1, lifted_at = $2
             WHERE id = $3 AND lifted_at IS NULL",
            &[
                Value::Text(grant.actor()),
                Value::Int(grant.at().as_microsecond()),
                Value::from(id.bytes()),
            ],
        )?;
        if touched > 0 {
            self.audit_append(&[Event::granted(grant, id.display("evd"), "evidence lifted")])?;
        }
        Ok(touched > 0)
    }
}
