//! Recorded objective evidence that a record has to do with an offence.
//!
//! - Source: R-RET-05: after the initial period only records with such evidence stay, and evidence
//!   is a recorded fact that is looked at again.
//! - Invariants: evidence is recorded with its own audit event; what it says is never changed. Each
//!   look at it keeps it until the next one, or lifts it; once lifted it holds nothing, and the
//!   record goes at the next sweep.

use crate::db::Value;
use crate::message::instant;
use crate::{Id, StoreError, Tx};
use jiff::Timestamp;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Identifier.
    pub id: Id,
    /// Number of the journey.
    pub journey: i64,
    /// The traveller.
    pub traveller: Id,
    /// `confirmed_hit`, `request`.
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
        self.evidences(
            "journey = $1 AND lifted_at IS NULL ORDER BY recorded_at, id",
            Value::Int(journey),
        )
    }

    fn evidences(
        &mut self,
        condition: &str,
        value: Value<'_>,
    ) -> Result<Vec<Evidence>, StoreError> {
        let mut found = Vec::new();
        let sql = format!(
            "SELECT id, journey, traveller, kind, object, recorded_by, recorded_at, review_at
             FROM evidence WHERE {condition}"
        );
        self.db.query(&sql, &[value], &mut |row| {
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
        })?;
        Ok(found)
    }

    /// Evidence in force of a recipient, soonest review first: identifiers and dates.
    pub fn evidence_list(&mut self, grant: &Grant) -> Result<Vec<Evidence>, StoreError> {
        self.admit(grant, &[Act::LinkSee])?;
        let found = self.evidences(
            "lifted_at IS NULL AND journey IN (SELECT n FROM journey WHERE compartment = $1)
             ORDER BY review_at, id",
            Value::Text(grant.compartment()),
        )?;
        let overdue = found.iter().filter(|e| e.review_at <= grant.at()).count();
        let detail = format!("ok links={} overdue={overdue}", found.len());
        self.audit_append(&[Event::granted(grant, "", detail)])?;
        Ok(found)
    }

    /// One piece of evidence in force, of the grant's compartment.
    pub fn evidence_find(&mut self, grant: &Grant, id: Id) -> Result<Evidence, StoreError> {
        self.admit(grant, &[Act::LinkReview])?;
        let found = self.evidences("id = $1 AND lifted_at IS NULL", Value::from(id.bytes()))?;
        let evidence = found.into_iter().next();
        let evidence = evidence.ok_or(StoreError::NotFound { what: "link" })?;
        match self.journey_row(evidence.journey)? {
            Some(journey) if journey.compartment == grant.compartment() => Ok(evidence),
            _ => Err(StoreError::NotFound { what: "link" }),
        }
    }

    /// Keeps evidence until it is looked at again.
    pub fn evidence_keep(
        &mut self,
        grant: &Grant,
        id: Id,
        review_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::LinkReview])?;
        self.db.execute(
            "UPDATE evidence SET review_at = $1 WHERE id = $2 AND lifted_at IS NULL",
            &[
                Value::Int(review_at.as_microsecond()),
                Value::from(id.bytes()),
            ],
        )?;
        let detail = format!("ok kept review_at={review_at}");
        self.audit_append(&[Event::granted(grant, id.display("evd"), detail)])
    }

    /// Lifts evidence; says whether it was in force.
    pub fn evidence_lift(&mut self, grant: &Grant, id: Id) -> Result<bool, StoreError> {
        self.admit(grant, &[Act::LinkReview])?;
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
            self.audit_append(&[Event::granted(grant, id.display("evd"), "ok lifted")])?;
        }
        Ok(touched > 0)
    }
}
