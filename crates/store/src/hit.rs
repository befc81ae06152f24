//! Hits: one traveller, one list entry, the explanation, and the review.

use crate::db::{Row, Value};
use crate::journey::same_compartment;
use crate::message::instant;
use crate::seal::{Kind, Seal};
use crate::{Id, JourneyRow, StoreError, Tx};
use jiff::Timestamp;
use oriel_casework::Severity;
use oriel_policy::{Act, Grant};

/// A hit to keep, or to change: what screening says.
#[derive(Clone, Debug)]
pub struct HitUpdate {
    /// Identifier.
    pub id: Id,
    /// Number of the journey.
    pub journey: i64,
    /// The traveller.
    pub traveller: Id,
    /// The list.
    pub list: String,
    /// The entry.
    pub entry: String,
    /// Strength, 0 to 100.
    pub score: i64,
    /// Strength as a severity.
    pub severity: Severity,
    /// The explanation as JSON: versions, facts compared, points.
    pub data: String,
    /// When it was found.
    pub found_at: Timestamp,
}

/// A hit as kept.
#[derive(Clone, Debug)]
pub struct HitRow {
    /// What screening says.
    pub hit: HitUpdate,
    /// Still found; a hit whose entry or facts went away is not.
    pub open: bool,
    /// The review as JSON.
    pub review: String,
    /// Where the review stands.
    pub reviewed: String,
    /// Counts changes.
    pub version: i64,
}

/// Where a hit lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitPlace {
    /// Number of the journey.
    pub journey: i64,
    /// The list.
    pub list: String,
    /// The entry.
    pub entry: String,
    /// The traveller.
    pub traveller: Id,
}

const COLUMNS: &str = "id, journey, traveller, list, entry, score, severity, data, found_at, \
                       open, review, reviewed, version";

impl Tx<'_> {
    /// Every hit of a journey, for the pipeline.
    pub fn hit_of_journey(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
    ) -> Result<Vec<HitRow>, StoreError> {
        self.admit(
            grant,
            &[Act::JourneyScreen, Act::ManifestRead, Act::SweepRun],
        )?;
        self.hits(grant, journey, "journey = $1", Value::Int(journey.n))
    }

    /// Every hit of a traveller of a journey, strongest first. The caller fetches the queue, the
    /// case or the traveller, which leaves the audit event.
    pub fn hit_of_traveller(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        traveller: Id,
    ) -> Result<Vec<HitRow>, StoreError> {
        self.admit(
            grant,
            &[
                Act::JourneyScreen,
                Act::QueueRead,
                Act::CaseRead,
                Act::TravellerRead,
                Act::HitDecide,
                Act::RightsSearch,
                Act::RightsRedress,
            ],
        )?;
        let value = Value::from(traveller.bytes());
        self.hits(grant, journey, "traveller = $1", value)
    }

    /// Where hits that are still found lie: journey, list, entry, traveller. No value about a
    /// person is read.
    pub fn hit_places(&mut self, compartment: &str) -> Result<Vec<HitPlace>, StoreError> {
        let mut rows = Vec::new();
        self.db.query(
            "SELECT hit.journey, hit.list, hit.entry, hit.traveller FROM hit
             JOIN journey ON journey.n = hit.journey
             WHERE hit.open = 1 AND journey.compartment = $1
             ORDER BY hit.journey, hit.list, hit.entry, hit.traveller",
            &[Value::Text(compartment)],
            &mut |row| {
                rows.push(HitPlace {
                    journey: row.int(0)?,
                    list: row.text(1)?.to_owned(),
                    entry: row.text(2)?.to_owned(),
                    traveller: Id::from_bytes(row.blob(3)?)?,
                });
                Ok(())
            },
        )?;
        Ok(rows)
    }

    fn hits(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        condition: &str,
        value: Value<'_>,
    ) -> Result<Vec<HitRow>, StoreError> {
        same_compartment(grant, journey)?;
        let seal = self.seal_of(journey)?;
        let mut rows = Vec::new();
        let sql =
            format!("SELECT {COLUMNS} FROM hit WHERE {condition} ORDER BY score DESC, list, entry");
        self.db.query(&sql, &[value], &mut |row| {
            rows.push(hit_row(row, &seal)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Writes what screening says; a review that was made stays.
    pub fn hit_put(&mut self, journey: &JourneyRow, hit: &HitUpdate) -> Result<(), StoreError> {
        let seal = self.seal_of(journey)?;
        let data = seal.put(Kind::Hit, &[hit.id.bytes()], hit.data.as_bytes())?;
        self.db.put(
            "INSERT INTO hit (id, journey, traveller, list, entry, score, severity, data, found_at,
                open, review, reviewed, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, 'open', 1)
             ON CONFLICT (id) DO UPDATE SET score = excluded.score,
                severity = excluded.severity, data = excluded.data, open = 1,
                version = hit.version + 1",
            &[
                Value::from(hit.id.bytes()),
                Value::Int(journey.n),
                Value::from(hit.traveller.bytes()),
                Value::Text(&hit.list),
                Value::Text(&hit.entry),
                Value::Int(hit.score),
                Value::Text(hit.severity.name()),
                Value::Blob(&data),
                Value::Int(hit.found_at.as_microsecond()),
                Value::Blob(&[]),
            ],
        )?;
        Ok(())
    }

    /// Withdraws a hit that is no longer found. Its review stays readable.
    pub fn hit_withdraw(&mut self, id: Id) -> Result<(), StoreError> {
        self.db.put(
            "UPDATE hit SET open = 0, version = version + 1 WHERE id = $1",
            &[Value::from(id.bytes())],
        )?;
        Ok(())
    }

    /// Removes a hit of a traveller who turned out to be another one.
    pub fn hit_remove(&mut self, id: Id) -> Result<(), StoreError> {
        self.db
            .put("DELETE FROM hit WHERE id = $1", &[Value::from(id.bytes())])?;
        Ok(())
    }

    /// Writes a review made on version `version` of the hit.
    pub fn hit_review(
        &mut self,
        journey: &JourneyRow,
        id: Id,
        version: i64,
        review: &str,
        reviewed: &str,
    ) -> Result<(), StoreError> {
        let seal = self.seal_of(journey)?;
        let review = seal.put(Kind::Review, &[id.bytes()], review.as_bytes())?;
        let touched = self.db.execute(
            "UPDATE hit SET review = $1, reviewed = $2, version = version + 1
             WHERE id = $3 AND version = $4",
            &[
                Value::Blob(&review),
                Value::Text(reviewed),
                Value::from(id.bytes()),
                Value::Int(version),
            ],
        )?;
        if touched == 1 {
            return Ok(());
        }
        let mut current = None;
        self.db.query(
            "SELECT version FROM hit WHERE id = $1",
            &[Value::from(id.bytes())],
            &mut |row| {
                current = Some(row.int(0)?);
                Ok(())
            },
        )?;
        Err(match current {
            Some(current) => StoreError::Stale { current },
            None => StoreError::NotFound { what: "hit" },
        })
    }
}

pub(crate) fn severity(name: &str) -> Result<Severity, StoreError> {
    [
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
    ]
    .into_iter()
    .find(|severity| severity.name() == name)
    .ok_or_else(|| StoreError::damaged("a severity"))
}

fn hit_row(row: &dyn Row, seal: &Seal) -> Result<HitRow, StoreError> {
    let id = Id::from_bytes(row.blob(0)?)?;
    let place: &[&[u8]] = &[id.bytes()];
    let review = match row.blob(10)? {
        [] => String::new(),
        sealed => seal.take_text(Kind::Review, place, sealed)?,
    };
    Ok(HitRow {
        hit: HitUpdate {
            id,
            journey: row.int(1)?,
            traveller: Id::from_bytes(row.blob(2)?)?,
            list: row.text(3)?.to_owned(),
            entry: row.text(4)?.to_owned(),
            score: row.int(5)?,
            severity: severity(row.text(6)?)?,
            data: seal.take_text(Kind::Hit, place, row.blob(7)?)?,
            found_at: instant(row.int(8)?)?,
        },
        open: row.int(9)? != 0,
        review,
        reviewed: row.text(11)?.to_owned(),
        version: row.int(12)?,
    })
}
