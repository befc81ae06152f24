//! What carriers were told by themselves, and when the program was out.
//!
//! - Source: R-ING-07, R-CAR-03, R-CAR-04.
//! - Invariants: a notice has its name from what it is about, so that it is made once, whoever makes
//!   it; it is handed over once, and one that was stopped before is not, nor one that brings a request
//!   from when that ends. No passenger is named.

use crate::db::{Row, Value};
use crate::message::instant;
use crate::{Id, StoreError, Tx};
use jiff::Timestamp;
use std::collections::HashMap;

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// Identifier, from what it is about.
    pub id: Id,
    /// The recipient on whose behalf it is.
    pub compartment: String,
    /// The carrier.
    pub handle: String,
    /// What it is about: `missing`, `late`, …
    pub kind: String,
    /// Whom it is for at the carrier.
    pub step: String,
    /// Carrier and number of the flight; blank where it is about none.
    pub flight: String,
    /// Where it departs.
    pub from: String,
    /// Where it arrives.
    pub to: String,
    /// Its scheduled departure, UTC.
    pub departs_at: Option<Timestamp>,
    /// The push, by its name in the profile, or the channel; blank where it is about neither.
    pub push: String,
    /// By when that was due, or when it ends, UTC.
    pub due_at: Option<Timestamp>,
    /// What says so.
    pub clause: String,
    /// Language of the words.
    pub language: String,
    /// What the carrier is told.
    pub words: String,
    /// When it was made, UTC.
    pub made_at: Timestamp,
    /// When the carrier was handed it, UTC.
    pub delivered_at: Option<Timestamp>,
    /// By which way.
    pub way: String,
    /// When what it is about was over before it was handed over, UTC.
    pub stopped_at: Option<Timestamp>,
    /// What is handed over beside it: a request of ours (GOVREQ), which ends at `due_at`; else blank.
    pub message: String,
}

/// A time in which nobody could send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutageRow {
    /// From when, UTC: the program was last heard of then.
    pub started_at: Timestamp,
    /// Until when, UTC.
    pub ended_at: Timestamp,
    /// `stopped`: the program was off; `store`: it could not write.
    pub kind: String,
}

const COLUMNS: &str = "id, compartment, handle, kind, step, flight, starts, ends, departs_at, push, \
                       due_at, clause, language, words, made_at, delivered_at, way, stopped_at, \
                       message";

fn read(row: &dyn Row) -> Result<NoticeRow, StoreError> {
    let at = |column| row.int_or_null(column)?.map(instant).transpose();
    let text = |column| Ok::<_, StoreError>(row.text(column)?.to_owned());
    Ok(NoticeRow {
        id: Id::from_bytes(row.blob(0)?)?,
        compartment: text(1)?,
        handle: text(2)?,
        kind: text(3)?,
        step: text(4)?,
        flight: text(5)?,
        from: text(6)?,
        to: text(7)?,
        departs_at: at(8)?,
        push: text(9)?,
        due_at: at(10)?,
        clause: text(11)?,
        language: text(12)?,
        words: text(13)?,
        made_at: instant(row.int(14)?)?,
        delivered_at: at(15)?,
        way: text(16)?,
        stopped_at: at(17)?,
        message: text(18)?,
    })
}

impl Tx<'_> {
    /// Keeps a notice; tells whether it is new.
    pub fn notice_insert(&mut self, row: &NoticeRow) -> Result<bool, StoreError> {
        let kept = self.db.execute(
            "INSERT INTO carrier_notice (id, compartment, handle, kind, step, flight, starts, ends,
                departs_at, push, due_at, clause, language, words, made_at, way, message)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT (id) DO NOTHING",
            &[
                Value::from(row.id.bytes()),
                Value::Text(&row.compartment),
                Value::Text(&row.handle),
                Value::Text(&row.kind),
                Value::Text(&row.step),
                Value::Text(&row.flight),
                Value::Text(&row.from),
                Value::Text(&row.to),
                Value::from(row.departs_at.map(Timestamp::as_microsecond)),
                Value::Text(&row.push),
                Value::from(row.due_at.map(Timestamp::as_microsecond)),
                Value::Text(&row.clause),
                Value::Text(&row.language),
                Value::Text(&row.words),
                Value::Int(row.made_at.as_microsecond()),
                Value::Text(&row.way),
                Value::Text(&row.message),
            ],
        )?;
        Ok(kept > 0)
    }

    /// Stops a notice that was not handed over.
    pub fn notice_stop(&mut self, id: Id, at: Timestamp) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE carrier_notice SET stopped_at = $1
             WHERE id = $2 AND delivered_at IS NULL AND stopped_at IS NULL",
            &[Value::Int(at.as_microsecond()), Value::from(id.bytes())],
        )?;
        Ok(())
    }

    /// Notes that a notice was handed over; tells whether it had not been.
    pub fn notice_deliver(&mut self, id: Id, at: Timestamp, way: &str) -> Result<bool, StoreError> {
        let touched = self.db.execute(
            "UPDATE carrier_notice SET delivered_at = $1, way = $2
             WHERE id = $3 AND delivered_at IS NULL AND stopped_at IS NULL",
            &[
                Value::Int(at.as_microsecond()),
                Value::Text(way),
                Value::from(id.bytes()),
            ],
        )?;
        Ok(touched > 0)
    }

    /// Notices that were neither handed over nor stopped, oldest first; also requests that have ended
    /// and are not stopped yet.
    pub fn notice_waiting(&mut self) -> Result<Vec<NoticeRow>, StoreError> {
        self.notices(
            "delivered_at IS NULL AND stopped_at IS NULL ORDER BY made_at, id",
            &[],
        )
    }

    /// Which notices were made at `from` or later, and whether each still waits.
    pub fn notice_made(&mut self, from: Timestamp) -> Result<HashMap<Id, bool>, StoreError> {
        let mut made = HashMap::new();
        let sql = "SELECT id, delivered_at, stopped_at FROM carrier_notice WHERE made_at >= $1";
        let values = [Value::Int(from.as_microsecond())];
        self.db.query(sql, &values, &mut |row| {
            let waits = row.int_or_null(1)?.is_none() && row.int_or_null(2)?.is_none();
            made.insert(Id::from_bytes(row.blob(0)?)?, waits);
            Ok(())
        })?;
        Ok(made)
    }

    /// The newest notices to a carrier on behalf of a recipient.
    pub fn notice_list(
        &mut self,
        compartment: &str,
        handle: &str,
        limit: i64,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        let which = "compartment = $1 AND handle = $2 ORDER BY made_at DESC, id LIMIT $3";
        let values = [
            Value::Text(compartment),
            Value::Text(handle),
            Value::Int(limit),
        ];
        self.notices(which, &values)
    }

    /// Every notice of a recipient to a carrier about flights of a name, oldest first.
    pub fn notice_of_flight(
        &mut self,
        compartment: &str,
        handle: &str,
        flight: &str,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        let which = "compartment = $1 AND handle = $2 AND flight = $3 ORDER BY made_at, id";
        let values = [
            Value::Text(compartment),
            Value::Text(handle),
            Value::Text(flight),
        ];
        self.notices(which, &values)
    }

    fn notices(&mut self, which: &str, values: &[Value<'_>]) -> Result<Vec<NoticeRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!("SELECT {COLUMNS} FROM carrier_notice WHERE {which}");
        self.db.query(&sql, values, &mut |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// When the program last said that it is there, and says so now.
    pub fn beat(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let mut last = None;
        self.db.query("SELECT at FROM beat", &[], &mut |row| {
            last = Some(instant(row.int(0)?)?);
            Ok(())
        })?;
        self.db.execute(
            "INSERT INTO beat (n, at) VALUES (1, $1) ON CONFLICT (n) DO UPDATE SET at = excluded.at",
            &[Value::Int(now.as_microsecond())],
        )?;
        Ok(last)
    }

    /// Keeps a time in which nobody could send.
    pub fn outage_insert(&mut self, row: &OutageRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO outage (started_at, ended_at, kind) VALUES ($1, $2, $3)
             ON CONFLICT (started_at) DO NOTHING",
            &[
                Value::Int(row.started_at.as_microsecond()),
                Value::Int(row.ended_at.as_microsecond()),
                Value::Text(&row.kind),
            ],
        )?;
        Ok(())
    }

    /// Times in which nobody could send, as far as they ended at `from` or later, oldest first.
    pub fn outage_list(&mut self, from: Timestamp) -> Result<Vec<OutageRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = "SELECT started_at, ended_at, kind FROM outage WHERE ended_at >= $1
            ORDER BY started_at";
        self.db
            .query(sql, &[Value::Int(from.as_microsecond())], &mut |row| {
                rows.push(OutageRow {
                    started_at: instant(row.int(0)?)?,
                    ended_at: instant(row.int(1)?)?,
                    kind: row.text(2)?.to_owned(),
                });
                Ok(())
            })?;
        Ok(rows)
    }
}
