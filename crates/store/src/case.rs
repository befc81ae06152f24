//! Cases: all hits of one traveller on one journey, and who works on them.

use crate::db::{Row, Value};
use crate::hit::severity;
use crate::journey::{JOINED, joined_row, same_compartment};
use crate::message::instant;
use crate::seal::Kind;
use crate::{Id, JourneyRow, StoreError, Tx, codec};
use jiff::Timestamp;
use oriel_casework::{Claim, Severity};
use oriel_model::{BirthDate, MessageKey, PersonName, Personal, Sex};
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};

/// What a queue shows of the traveller, from the newest message that names them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The message.
    pub message: MessageKey,
    /// Name.
    pub name: PersonName,
    /// Birth date.
    pub birth: Option<Personal<BirthDate>>,
    /// Sex.
    pub sex: Option<Personal<Sex>>,
}

/// What the pipeline says of a case.
#[derive(Clone, Debug)]
pub struct CaseUpdate {
    /// The traveller's identifier.
    pub id: Id,
    /// Number of the journey.
    pub journey: i64,
    /// Of the strongest open hit.
    pub severity: Severity,
    /// `open`, `second_wanted`, `decided`, `withdrawn`, `disagreed`.
    pub state: String,
    /// Last useful moment.
    pub act_by: Option<Timestamp>,
    /// When the first hit was found.
    pub found_at: Timestamp,
    /// The traveller in short.
    pub summary: Summary,
}

/// A case as kept.
#[derive(Clone, Debug)]
pub struct CaseRow {
    /// What the pipeline says.
    pub case: CaseUpdate,
    /// Who works on it.
    pub claim: Option<Claim>,
    /// Counts changes.
    pub version: i64,
}

const COLUMNS: &str = "review_case.id, review_case.severity, review_case.state, \
                       review_case.act_by, review_case.found_at, review_case.summary, \
                       review_case.owner, review_case.claimed_at, review_case.version";

impl Tx<'_> {
    /// Cases that are not closed, each with its flight, for the queue; leaves an audit event.
    pub fn case_queue(&mut self, grant: &Grant) -> Result<Vec<(CaseRow, JourneyRow)>, StoreError> {
        self.admit(grant, &[Act::QueueRead])?;
        let rows = self.cases(
            "review_case.state IN ('open', 'second_wanted', 'disagreed')
             AND journey.compartment = $1",
            Value::Text(grant.compartment()),
        )?;
        let detail = format!("ok cases={}", rows.len());
        self.audit_append(&[Event::granted(grant, "queue", detail)])?;
        Ok(rows)
    }

    /// One case with its flight. Reading it to show it leaves the audit event with the traveller's
    /// data ([`Tx::journey_fetch`]); claiming and deciding leave their own.
    pub fn case_fetch(
        &mut self,
        grant: &Grant,
        id: Id,
    ) -> Result<(CaseRow, JourneyRow), StoreError> {
        self.admit(
            grant,
            &[
                Act::CaseRead,
                Act::CaseClaim,
                Act::HitDecide,
                Act::JourneyScreen,
            ],
        )?;
        let found = self
            .case_find(id)?
            .ok_or(StoreError::NotFound { what: "case" })?;
        same_compartment(grant, &found.1).map_err(|_| StoreError::NotFound { what: "case" })?;
        Ok(found)
    }

    fn case_find(&mut self, id: Id) -> Result<Option<(CaseRow, JourneyRow)>, StoreError> {
        Ok(self
            .cases("review_case.id = $1", Value::from(id.bytes()))?
            .pop())
    }

    fn cases(
        &mut self,
        condition: &str,
        value: Value<'_>,
    ) -> Result<Vec<(CaseRow, JourneyRow)>, StoreError> {
        let mut found: Vec<(CaseRow, JourneyRow, Vec<u8>)> = Vec::new();
        let sql = format!(
            "SELECT {COLUMNS}, {JOINED} FROM review_case
             JOIN journey ON journey.n = review_case.journey WHERE {condition}"
        );
        self.db.query(&sql, &[value], &mut |row| {
            let journey = joined_row(row, 9)?;
            found.push((case_row(row, journey.n)?, journey, row.blob(5)?.to_vec()));
            Ok(())
        })?;
        let mut rows = Vec::with_capacity(found.len());
        for (mut case, journey, sealed) in found {
            let seal = self.seal_of(&journey)?;
            let plain = seal.take(Kind::Summary, &[case.case.id.bytes()], &sealed)?;
            case.case.summary = codec::read_summary(&plain)?;
            rows.push((case, journey));
        }
        Ok(rows)
    }

    /// Whether there is such a case among a recipient's.
    pub fn case_is_of(&mut self, compartment: &str, id: Id) -> Result<bool, StoreError> {
        let mut any = false;
        self.db.query(
            "SELECT review_case.id FROM review_case
             JOIN journey ON journey.n = review_case.journey
             WHERE review_case.id = $1 AND journey.compartment = $2",
            &[Value::from(id.bytes()), Value::Text(compartment)],
            &mut |_| {
                any = true;
                Ok(())
            },
        )?;
        Ok(any)
    }

    /// Cases of a journey by traveller, with how many are open, for manifests.
    pub fn case_of_journey(&mut self, journey: i64) -> Result<Vec<(Id, String)>, StoreError> {
        let mut rows = Vec::new();
        self.db.query(
            "SELECT id, state FROM review_case WHERE journey = $1",
            &[Value::Int(journey)],
            &mut |row| {
                rows.push((Id::from_bytes(row.blob(0)?)?, row.text(1)?.to_owned()));
                Ok(())
            },
        )?;
        Ok(rows)
    }

    /// How many open cases a journey has.
    pub fn case_count(&mut self, journey: i64) -> Result<i64, StoreError> {
        let mut count = 0;
        self.db.query(
            "SELECT count(*) FROM review_case
             WHERE journey = $1 AND state IN ('open', 'second_wanted', 'disagreed')",
            &[Value::Int(journey)],
            &mut |row| {
                count = row.int(0)?;
                Ok(())
            },
        )?;
        Ok(count)
    }

    /// The same of every journey that has any.
    pub fn case_counts(&mut self) -> Result<Vec<(i64, i64)>, StoreError> {
        let mut rows = Vec::new();
        self.db.query(
            "SELECT journey, count(*) FROM review_case
             WHERE state IN ('open', 'second_wanted', 'disagreed') GROUP BY journey",
            &[],
            &mut |row| {
                rows.push((row.int(0)?, row.int(1)?));
                Ok(())
            },
        )?;
        Ok(rows)
    }

    /// Writes what the pipeline says of a case; who works on it stays. What is as it was does not
    /// count as a change. `now` is when it closed, if this closes it.
    pub fn case_put(
        &mut self,
        journey: &JourneyRow,
        case: &CaseUpdate,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let seal = self.seal_of(journey)?;
        let plain = codec::write_summary(&case.summary);
        let summary = seal.put(Kind::Summary, &[case.id.bytes()], &plain)?;
        let closed = matches!(&*case.state, "decided" | "withdrawn");
        self.db.put(
            "INSERT INTO review_case (id, journey, severity, state, act_by, found_at, summary,
                owner, claimed_at, version, closed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, 1, $8)
             ON CONFLICT (id) DO UPDATE SET severity = excluded.severity,
                state = excluded.state, act_by = excluded.act_by, summary = excluded.summary,
                closed_at = CASE WHEN excluded.closed_at IS NULL THEN NULL
                    ELSE coalesce(review_case.closed_at, excluded.closed_at) END,
                version = review_case.version + 1
             WHERE review_case.severity <> excluded.severity
                OR review_case.state <> excluded.state
                OR review_case.act_by IS DISTINCT FROM excluded.act_by
                OR review_case.summary <> excluded.summary",
            &[
                Value::from(case.id.bytes()),
                Value::Int(journey.n),
                Value::Text(case.severity.name()),
                Value::Text(&case.state),
                Value::from(case.act_by.map(Timestamp::as_microsecond)),
                Value::Int(case.found_at.as_microsecond()),
                Value::Blob(&summary),
                Value::from(closed.then(|| now.as_microsecond())),
            ],
        )?;
        Ok(())
    }

    /// Cases of a recipient that closed before `before` and whose flight has ended at `now`, at
    /// most `limit`, oldest closing first: with when they closed.
    pub fn case_closed_before(
        &mut self,
        compartment: &str,
        before: Timestamp,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<(Id, Timestamp)>, StoreError> {
        let mut rows = Vec::new();
        // Of cases that closed before this column was there, nobody knows when.
        self.db.query(
            "SELECT review_case.id, coalesce(review_case.closed_at, review_case.found_at)
             FROM review_case
             JOIN journey ON journey.n = review_case.journey
             WHERE journey.compartment = $1 AND review_case.state IN ('decided', 'withdrawn')
                AND coalesce(review_case.closed_at, review_case.found_at) < $2
                AND (journey.ends_at IS NULL OR journey.ends_at <= $3)
             ORDER BY 2, 1 LIMIT $4",
            &[
                Value::Text(compartment),
                Value::Int(before.as_microsecond()),
                Value::Int(now.as_microsecond()),
                Value::Int(limit),
            ],
            &mut |row| {
                rows.push((Id::from_bytes(row.blob(0)?)?, instant(row.int(1)?)?));
                Ok(())
            },
        )?;
        Ok(rows)
    }

    /// Removes the results about a traveller: hits, reviews and the case (R-REV-05).
    pub fn case_forget(&mut self, grant: &Grant, id: Id) -> Result<(), StoreError> {
        self.admit(grant, &[Act::SweepRun, Act::RightsRectify])?;
        let id = Value::from(id.bytes());
        self.db.execute(
            "DELETE FROM vault WHERE journey IN (SELECT journey FROM hit WHERE traveller = $1)
                AND kind IN ('hit', 'review')
                AND object IN (SELECT id FROM hit WHERE traveller = $1)",
            &[id],
        )?;
        self.db
            .execute("DELETE FROM hit WHERE traveller = $1", &[id])?;
        self.db
            .execute("DELETE FROM review_case WHERE id = $1", &[id])?;
        Ok(())
    }

    /// Removes the case of a traveller who turned out to be another one; gives who held it.
    pub fn case_remove(&mut self, grant: &Grant, id: Id) -> Result<Option<CaseRow>, StoreError> {
        self.admit(grant, &[Act::JourneyScreen])?;
        let found = self.case_find(id)?.map(|(case, _)| case);
        self.db.put(
            "DELETE FROM review_case WHERE id = $1",
            &[Value::from(id.bytes())],
        )?;
        Ok(found)
    }

    /// Sets who works on a case; leaves an audit event. `version` is the one that was seen.
    pub fn case_claim(
        &mut self,
        grant: &Grant,
        id: Id,
        version: Option<i64>,
        claim: Option<&Claim>,
    ) -> Result<CaseRow, StoreError> {
        self.admit(grant, &[Act::CaseClaim, Act::JourneyScreen])?;
        let (now, journey) = self
            .case_find(id)?
            .ok_or(StoreError::NotFound { what: "case" })?;
        same_compartment(grant, &journey)?;
        if version.is_some_and(|seen| seen != now.version) {
            return Err(StoreError::Stale {
                current: now.version,
            });
        }
        self.db.execute(
            "UPDATE review_case SET owner = $1, claimed_at = $2, version = version + 1
             WHERE id = $3",
            &[
                Value::from(claim.map(|claim| claim.by.as_str())),
                Value::from(claim.map(|claim| claim.at.as_microsecond())),
                Value::from(id.bytes()),
            ],
        )?;
        let what = if claim.is_some() {
            "ok claimed"
        } else {
            "ok released"
        };
        self.audit_append(&[Event::granted(grant, id.display("case"), what)])?;
        self.case_find(id)?
            .map(|(case, _)| case)
            .ok_or(StoreError::NotFound { what: "case" })
    }
}

/// The case without its summary, which is sealed.
fn case_row(row: &dyn Row, journey: i64) -> Result<CaseRow, StoreError> {
    let claim = match (row.text_or_null(6)?, row.int_or_null(7)?) {
        (Some(by), Some(at)) => Some(Claim {
            by: by.to_owned(),
            at: instant(at)?,
        }),
        _ => None,
    };
    Ok(CaseRow {
        case: CaseUpdate {
            id: Id::from_bytes(row.blob(0)?)?,
            journey,
            severity: severity(row.text(1)?)?,
            state: row.text(2)?.to_owned(),
            act_by: row.int_or_null(3)?.map(instant).transpose()?,
            found_at: instant(row.int(4)?)?,
            summary: Summary::default(),
        },
        claim,
        version: row.int(8)?,
    })
}
