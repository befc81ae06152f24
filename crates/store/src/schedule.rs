//! Schedule files, and what came about flights that depart in a range of time.
//!
//! - Source: R-ING-07.
//! - Invariants: nothing here is about a person; a file is never changed but for who ended it.

use crate::db::Value;
use crate::message::instant;
use crate::selection::signed;
use crate::{Id, Signed, StoreError, Tx};
use jiff::Timestamp;

/// A schedule file without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Identifier, from the file's digest.
    pub id: Id,
    /// Name for people.
    pub name: String,
    /// Designators of the carriers in it, blanks between.
    pub carriers: String,
    /// Legs in it, each over a period.
    pub legs: i64,
    /// How many things are odd about it.
    pub findings: i64,
    /// Who brought it in, and when.
    pub put: Signed,
    /// Who ended it.
    pub ended: Option<Signed>,
}

/// A message about a journey, as far as its being there counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// The journey's number.
    pub journey: i64,
    /// Type, such as `PAXLST`.
    pub kind: String,
    /// Receipt, UTC.
    pub received_at: Timestamp,
    /// Who sent it, by its envelope.
    pub sender: String,
    /// Findings in it that cost a value.
    pub errors: i64,
}

const COLUMNS: &str = "id, name, carriers, legs, findings, put_by, put_at, ended_by, ended_at";

impl Tx<'_> {
    /// Keeps a schedule file. One that is there stays as it is; one that had ended counts again
    /// from now.
    pub fn schedule_put(&mut self, new: &ScheduleRow, data: &[u8]) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO schedule (id, name, carriers, legs, findings, put_by, put_at, data)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (id) DO UPDATE SET put_by = excluded.put_by, put_at = excluded.put_at,
                ended_by = NULL, ended_at = NULL
                WHERE schedule.ended_at IS NOT NULL",
            &[
                Value::from(new.id.bytes()),
                Value::Text(&new.name),
                Value::Text(&new.carriers),
                Value::Int(new.legs),
                Value::Int(new.findings),
                Value::Text(&new.put.by),
                Value::Int(new.put.at.as_microsecond()),
                Value::Blob(data),
            ],
        )?;
        Ok(())
    }

    /// Every schedule file, newest first.
    pub fn schedule_list(&mut self) -> Result<Vec<ScheduleRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!("SELECT {COLUMNS} FROM schedule ORDER BY put_at DESC, id");
        self.db.query(&sql, &[], &mut |row| {
            let at = instant(row.int(6)?)?;
            rows.push(ScheduleRow {
                id: Id::from_bytes(row.blob(0)?)?,
                name: row.text(1)?.to_owned(),
                carriers: row.text(2)?.to_owned(),
                legs: row.int(3)?,
                findings: row.int(4)?,
                put: Signed {
                    by: row.text(5)?.to_owned(),
                    at,
                },
                ended: signed(row, 7)?,
            });
            Ok(())
        })?;
        Ok(rows)
    }

    /// The bytes of a schedule file.
    pub fn schedule_data(&mut self, id: Id) -> Result<Vec<u8>, StoreError> {
        let mut found = None;
        let sql = "SELECT data FROM schedule WHERE id = $1";
        self.db.query(sql, &[Value::from(id.bytes())], &mut |row| {
            found = Some(row.blob(0)?.to_vec());
            Ok(())
        })?;
        found.ok_or(StoreError::NotFound { what: "schedule" })
    }

    /// Ends a schedule file; tells whether it had not ended before.
    pub fn schedule_end(&mut self, id: Id, signed: &Signed) -> Result<bool, StoreError> {
        let touched = self.db.execute(
            "UPDATE schedule SET ended_by = $1, ended_at = $2 WHERE id = $3 AND ended_at IS NULL",
            &[
                Value::Text(&signed.by),
                Value::Int(signed.at.as_microsecond()),
                Value::from(id.bytes()),
            ],
        )?;
        Ok(touched > 0)
    }

    /// Which messages came about the journeys of a recipient that depart between two instants.
    pub fn journey_came(
        &mut self,
        compartment: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Came>, StoreError> {
        let mut came = Vec::new();
        let values = [
            Value::Text(compartment),
            Value::Int(from.as_microsecond()),
            Value::Int(to.as_microsecond()),
        ];
        self.db.query(
            "SELECT report.journey, message.kind, message.received_at, message.errors, message.sender FROM journey
             JOIN report ON report.journey = journey.n JOIN message ON message.n = report.message
             WHERE journey.compartment = $1 AND journey.departs_at BETWEEN $2 AND $3",
            &values,
            &mut |row| {
                came.push(Came {
                    journey: row.int(0)?,
                    kind: row.text(1)?.to_owned(),
                    received_at: instant(row.int(2)?)?,
                    errors: row.int(3)?,
                    sender: row.text(4)?.to_owned(),
                });
                Ok(())
            },
        )?;
        Ok(came)
    }
}
