//! Holds: a copy of one person's record, kept for one case under the case's own retention.
//!
//! - Source: R-RET-07: data used in a case may be kept for it; the record itself goes on its day.
//! - Invariants: a hold keeps what whoever placed it could see then, and no more; it is read for
//!   its own purpose alone, before it ends or is lifted, checked by the instant; its key is that of
//!   the day on which it ends. Nothing of it is derived from the record afterwards, so that the
//!   record's erasure does not touch it, and it does not keep the record.

use crate::db::{Row, Value};
use crate::message::instant;
use crate::seal::Kind;
use crate::{Id, StoreError, Tx, codec};
use jiff::Timestamp;
use oriel_keys::Class;
use oriel_model::{MessageKey, Report};
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{Act, Grant, PurposeKind};

/// A hold without its copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Identifier.
    pub id: Id,
    /// Whose records.
    pub compartment: String,
    /// The case or request it serves, in the form of the `Purpose` header.
    pub purpose: String,
    /// The authority whose case it is: an identifier.
    pub authority: String,
    /// Number of the journey it was taken from.
    pub journey: i64,
    /// The person.
    pub traveller: Id,
    /// Why.
    pub reason: String,
    /// By whom.
    pub placed_by: String,
    /// When, UTC.
    pub placed_at: Timestamp,
    /// When it must be looked at again, UTC.
    pub review_at: Timestamp,
    /// The first instant at which it is over: the case's own retention, UTC.
    pub ends_at: Timestamp,
    /// Who ended it before.
    pub lifted_by: Option<String>,
    /// When, UTC.
    pub lifted_at: Option<Timestamp>,
}

impl Hold {
    /// Whether its copy may be seen at this instant.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.lifted_at.is_none() && now < self.ends_at
    }
}

const COLUMNS: &str = "id, compartment, purpose, authority, journey, traveller, reason, \
                       placed_by, placed_at, review_at, ends_at, lifted_by, lifted_at";

impl Tx<'_> {
    /// Places a hold with its copy: reports that speak of the person alone.
    pub fn hold_insert(
        &mut self,
        grant: &Grant,
        hold: &Hold,
        copy: &[Report],
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::HoldPlace])?;
        let seal = self.seal_until(&hold.compartment, Class::Kept, hold.ends_at)?;
        let place: &[&[u8]] = &[hold.id.bytes(), b"reason"];
        let reason = seal.put(Kind::Words, place, hold.reason.as_bytes())?;
        self.db.execute(
            "INSERT INTO hold (id, compartment, purpose, authority, journey, traveller, reason,
                placed_by, placed_at, review_at, ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &[
                Value::from(hold.id.bytes()),
                Value::Text(&hold.compartment),
                Value::Text(&hold.purpose),
                Value::Text(&hold.authority),
                Value::Int(hold.journey),
                Value::from(hold.traveller.bytes()),
                Value::Blob(&reason),
                Value::Text(&hold.placed_by),
                Value::Int(hold.placed_at.as_microsecond()),
                Value::Int(hold.review_at.as_microsecond()),
                Value::Int(hold.ends_at.as_microsecond()),
            ],
        )?;
        for report in copy {
            let place: &[&[u8]] = &[hold.id.bytes(), &report.message];
            let data = seal.put(Kind::Held, place, &codec::write(report))?;
            self.db.execute(
                "INSERT INTO held (hold, message, data) VALUES ($1, $2, $3)",
                &[
                    Value::from(hold.id.bytes()),
                    Value::Blob(&report.message),
                    Value::Blob(&data),
                ],
            )?;
        }
        let detail = format!(
            "ok traveller={} reports={} ends_at={} review_at={}",
            hold.traveller.display("trv"),
            copy.len(),
            hold.ends_at,
            hold.review_at
        );
        self.audit_append(&[Event::granted(grant, hold.id.display("hld"), detail)])
    }

    /// Holds of the grant's compartment that are not over, soonest review first.
    pub fn hold_list(&mut self, grant: &Grant) -> Result<Vec<Hold>, StoreError> {
        self.admit(grant, &[Act::HoldSee, Act::RightsSearch])?;
        let values = [
            Value::Text(grant.compartment()),
            Value::Int(grant.at().as_microsecond()),
        ];
        let open = self.holds(
            "compartment = $1 AND ends_at > $2 AND lifted_at IS NULL",
            &values,
        )?;
        let detail = format!("ok holds={}", open.len());
        self.audit_append(&[Event::granted(grant, "", detail)])?;
        Ok(open)
    }

    /// The copy of a hold, for its own purpose or for oversight; leaves an audit event.
    pub fn hold_fetch(&mut self, grant: &Grant, id: Id) -> Result<(Hold, Vec<Report>), StoreError> {
        self.admit(grant, &[Act::HoldRead, Act::RightsSearch])?;
        let hold = self.hold_open(grant, id)?;
        let fits = grant.purpose().is_some_and(|purpose| {
            matches!(purpose.kind(), PurposeKind::Oversight | PurposeKind::Rights)
                || purpose.to_string() == hold.purpose
        });
        if !fits {
            return Err(StoreError::NotFound { what: "hold" });
        }
        let seal = self.seal_until(&hold.compartment, Class::Kept, hold.ends_at)?;
        let mut reports = Vec::new();
        self.db.query(
            "SELECT message, data FROM held WHERE hold = $1 ORDER BY message",
            &[Value::from(id.bytes())],
            &mut |row| {
                let message: MessageKey = row
                    .blob(0)?
                    .try_into()
                    .map_err(|_| StoreError::damaged("a hold"))?;
                let plain = seal.take(Kind::Held, &[id.bytes(), &message], row.blob(1)?)?;
                reports.push(codec::read(message, &plain)?);
                Ok(())
            },
        )?;
        let detail = format!("ok reports={}", reports.len());
        self.audit_append(&[Event::granted(grant, id.display("hld"), detail)])?;
        Ok((hold, reports))
    }

    /// Looks at a hold again: keeps it until the next look.
    pub fn hold_keep(
        &mut self,
        grant: &Grant,
        id: Id,
        review_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::HoldLift])?;
        self.hold_open(grant, id)?;
        self.db.execute(
            "UPDATE hold SET review_at = $1 WHERE id = $2",
            &[
                Value::Int(review_at.as_microsecond()),
                Value::from(id.bytes()),
            ],
        )?;
        let detail = format!("ok kept review_at={review_at}");
        self.audit_append(&[Event::granted(grant, id.display("hld"), detail)])
    }

    /// Ends a hold: its copy goes at once.
    pub fn hold_lift(&mut self, grant: &Grant, id: Id) -> Result<(), StoreError> {
        self.admit(grant, &[Act::HoldLift])?;
        self.hold_open(grant, id)?;
        self.db.execute(
            "UPDATE hold SET lifted_by = $1, lifted_at = $2 WHERE id = $3",
            &[
                Value::Text(grant.actor()),
                Value::Int(grant.at().as_microsecond()),
                Value::from(id.bytes()),
            ],
        )?;
        self.db.execute(
            "DELETE FROM held WHERE hold = $1",
            &[Value::from(id.bytes())],
        )?;
        self.audit_append(&[Event::granted(grant, id.display("hld"), "ok ended")])
    }

    /// Whether something of a recipient has ended: a view of masked values at the moment of the
    /// grant, or what is kept until a day before `before`.
    pub fn ended_is_due(&mut self, grant: &Grant, before: Timestamp) -> Result<bool, StoreError> {
        let mut due = false;
        self.db.query(
            "SELECT (SELECT count(*) FROM unmasking WHERE compartment = $1
                    AND state IN ('approved', 'provisional') AND ends_at <= $2)
                + (SELECT count(*) FROM hold WHERE compartment = $1 AND ends_at < $3)
                + (SELECT count(*) FROM unmasking WHERE compartment = $1 AND keep_until < $3)
                + (SELECT count(*) FROM push_request WHERE compartment = $1 AND keep_until < $3)
                + (SELECT count(*) FROM rights_request WHERE compartment = $1 AND keep_until < $3)
                + (SELECT count(*) FROM settled WHERE compartment = $1 AND ends_at < $3)",
            &[
                Value::Text(grant.compartment()),
                Value::Int(grant.at().as_microsecond()),
                Value::Int(before.as_microsecond()),
            ],
            &mut |row| {
                due = row.int(0)? > 0;
                Ok(())
            },
        )?;
        Ok(due)
    }

    /// Removes what is kept for cases, requests and persons and was over before the day of the
    /// grant: holds, unmaskings, requests of persons and of pushes, redress. Says how many.
    pub fn kept_end(&mut self, grant: &Grant, before: Timestamp) -> Result<u64, StoreError> {
        self.admit(grant, &[Act::SweepRun])?;
        let compartment = grant.compartment().to_owned();
        let values = [
            Value::Text(&compartment),
            Value::Int(before.as_microsecond()),
        ];
        let mut ended = Vec::new();
        // Nothing is unsealed here, so that a hold whose key is gone ends, too.
        let over = "SELECT id FROM hold WHERE compartment = $1 AND ends_at < $2";
        self.db.query(over, &values, &mut |row| {
            ended.push(Id::from_bytes(row.blob(0)?)?);
            Ok(())
        })?;
        let mut gone = 0;
        // Copies and persons first: they hang off what is counted.
        for sql in [
            "DELETE FROM held WHERE hold IN
                (SELECT id FROM hold WHERE compartment = $1 AND ends_at < $2)",
            "DELETE FROM opened WHERE unmasking IN
                (SELECT id FROM unmasking WHERE compartment = $1 AND keep_until < $2)",
            "DELETE FROM unmasking_person WHERE unmasking IN
                (SELECT id FROM unmasking WHERE compartment = $1 AND keep_until < $2)",
            "DELETE FROM push_answer WHERE request IN
                (SELECT id FROM push_request WHERE compartment = $1 AND keep_until < $2)",
        ] {
            self.db.execute(sql, &values)?;
        }
        for sql in [
            "DELETE FROM hold WHERE compartment = $1 AND ends_at < $2",
            "DELETE FROM unmasking WHERE compartment = $1 AND keep_until < $2",
            "DELETE FROM push_request WHERE compartment = $1 AND keep_until < $2",
            "DELETE FROM rights_request WHERE compartment = $1 AND keep_until < $2",
            "DELETE FROM settled WHERE compartment = $1 AND ends_at < $2",
        ] {
            gone += self.db.execute(sql, &values)?;
        }
        for id in ended {
            let event = Event::system(grant.at(), Deed::HoldEnd, id.display("hld"), "ok ended");
            self.audit_append(&[event.within(&*compartment)])?;
        }
        Ok(gone)
    }

    /// A hold of the grant's compartment that is not over.
    fn hold_open(&mut self, grant: &Grant, id: Id) -> Result<Hold, StoreError> {
        let values = [
            Value::from(id.bytes()),
            Value::Int(grant.at().as_microsecond()),
        ];
        let found = self.holds("id = $1 AND ends_at > $2", &values)?;
        let open =
            |hold: &Hold| hold.compartment == grant.compartment() && hold.is_open(grant.at());
        found
            .into_iter()
            .find(open)
            .ok_or(StoreError::NotFound { what: "hold" })
    }

    fn holds(&mut self, condition: &str, values: &[Value<'_>]) -> Result<Vec<Hold>, StoreError> {
        let mut found = Vec::new();
        let sql = format!("SELECT {COLUMNS} FROM hold WHERE {condition} ORDER BY review_at, id");
        self.db.query(&sql, values, &mut |row| {
            found.push((hold(row)?, row.blob(6)?.to_vec()));
            Ok(())
        })?;
        let mut rows = Vec::with_capacity(found.len());
        for (mut row, sealed) in found {
            let seal = self.seal_until(&row.compartment, Class::Kept, row.ends_at)?;
            row.reason = seal.take_text(Kind::Words, &[row.id.bytes(), b"reason"], &sealed)?;
            rows.push(row);
        }
        Ok(rows)
    }
}

/// A hold without what is sealed of it.
fn hold(row: &dyn Row) -> Result<Hold, StoreError> {
    Ok(Hold {
        id: Id::from_bytes(row.blob(0)?)?,
        compartment: row.text(1)?.to_owned(),
        purpose: row.text(2)?.to_owned(),
        authority: row.text(3)?.to_owned(),
        journey: row.int(4)?,
        traveller: Id::from_bytes(row.blob(5)?)?,
        reason: String::new(),
        placed_by: row.text(7)?.to_owned(),
        placed_at: instant(row.int(8)?)?,
        review_at: instant(row.int(9)?)?,
        ends_at: instant(row.int(10)?)?,
        lifted_by: row.text_or_null(11)?.map(str::to_owned),
        lifted_at: row.int_or_null(12)?.map(instant).transpose()?,
    })
}
