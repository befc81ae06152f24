//! Pairs that a person decided are not the same: a traveller as known, and an entry of a list as it
//! reads.
//!
//! - Source: R-REV-04: a negative result may be kept only to prevent the next false match; R-DSR-05.
//! - Invariants: both sides are keyed digests of what they said, so that the memory tells nothing
//!   about anybody and ends when either side changes; it goes with the record it came from, at the
//!   latest. It is a person's decision that is remembered, never a score.

use crate::db::Value;
use crate::{Id, StoreError, Tx};
use jiff::Timestamp;
use oriel_policy::{Act, Grant};

/// One such pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Keyed digest of the person.
    pub person: [u8; 16],
    /// Keyed digest of the entry.
    pub entry: [u8; 16],
    /// `not_same`, or `redress`.
    pub kind: String,
    /// What it rests on: a hit, or the request of a person.
    pub object: String,
    /// Number of the journey whose record it rests on.
    pub journey: i64,
    /// The traveller of that journey.
    pub traveller: Id,
    /// Since when, UTC.
    pub since: Timestamp,
    /// The first instant at which it is over, where it has a time of its own, UTC.
    pub ends_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// Remembers a pair; the newest decision on it counts.
    pub fn settled_put(&mut self, grant: &Grant, pair: &Settled) -> Result<(), StoreError> {
        self.admit(grant, &[Act::HitDecide, Act::RightsRedress])?;
        self.db.execute(
            "INSERT INTO settled (compartment, person, entry, kind, object, journey, traveller,
                since, ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (compartment, person, entry) DO UPDATE SET kind = excluded.kind,
                object = excluded.object, journey = excluded.journey,
                traveller = excluded.traveller, since = excluded.since,
                ends_at = excluded.ends_at",
            &[
                Value::Text(grant.compartment()),
                Value::from(&pair.person),
                Value::from(&pair.entry),
                Value::Text(&pair.kind),
                Value::Text(&pair.object),
                Value::Int(pair.journey),
                Value::from(pair.traveller.bytes()),
                Value::Int(pair.since.as_microsecond()),
                Value::from(pair.ends_at.map(Timestamp::as_microsecond)),
            ],
        )?;
        Ok(())
    }

    /// What a pair's memory rests on, if there is one in force at this moment: kind and object.
    pub fn settled_find(
        &mut self,
        compartment: &str,
        person: &[u8; 16],
        entry: &[u8; 16],
        now: Timestamp,
    ) -> Result<Option<(String, String)>, StoreError> {
        let mut found = None;
        self.db.query(
            "SELECT kind, object FROM settled
             WHERE compartment = $1 AND person = $2 AND entry = $3
                AND (ends_at IS NULL OR ends_at > $4)",
            &[
                Value::Text(compartment),
                Value::from(person),
                Value::from(entry),
                Value::Int(now.as_microsecond()),
            ],
            &mut |row| {
                found = Some((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// Forgets what rests on a decision that no longer stands.
    pub fn settled_remove(&mut self, grant: &Grant, object: &str) -> Result<(), StoreError> {
        self.admit(grant, &[Act::HitDecide, Act::RightsRedress])?;
        self.db.execute(
            "DELETE FROM settled WHERE compartment = $1 AND object = $2",
            &[Value::Text(grant.compartment()), Value::Text(object)],
        )?;
        Ok(())
    }
}
