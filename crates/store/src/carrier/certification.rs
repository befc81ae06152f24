//! Runs of the certification, and how each of their cases was met last.
//!
//! - Source: R-CAR-01.
//! - Invariants: a run that was passed takes no more; nothing of a message but its digest, its size,
//!   counts, and codes with places.

use crate::db::Value;
use crate::message::instant;
use crate::{Digest, Id, Signed, StoreError, Tx};
use jiff::Timestamp;

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificationRow {
    /// Identifier.
    pub id: Id,
    /// The carrier.
    pub handle: String,
    /// The formats it is about.
    pub formats: Vec<String>,
    /// Who opened it, and when.
    pub opened: Signed,
    /// When its last case was passed, UTC.
    pub passed_at: Option<Timestamp>,
}

/// How a case was met last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseMet {
    /// Name of the case.
    pub name: String,
    /// Of the message.
    pub digest: Digest,
    /// Bytes of the message.
    pub size: i64,
    /// Receipt, UTC.
    pub received_at: Timestamp,
    /// Persons in it.
    pub travellers: i64,
    /// Bookings in it.
    pub bookings: i64,
    /// Whether it was met.
    pub passed: bool,
    /// Findings as JSON: codes and places.
    pub findings: String,
}

impl Tx<'_> {
    /// Opens a run.
    pub fn certification_insert(&mut self, row: &CertificationRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO certification (id, handle, formats, opened_by, opened_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
            &[
                Value::from(row.id.bytes()),
                Value::Text(&row.handle),
                Value::Text(&row.formats.join(" ")),
                Value::Text(&row.opened.by),
                Value::Int(row.opened.at.as_microsecond()),
            ],
        )?;
        Ok(())
    }

    /// Every run of a carrier, newest first.
    pub fn certification_list(
        &mut self,
        handle: &str,
    ) -> Result<Vec<CertificationRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = "SELECT id, handle, formats, opened_by, opened_at, passed_at FROM certification
            WHERE handle = $1 ORDER BY opened_at DESC, id";
        self.db.query(sql, &[Value::Text(handle)], &mut |row| {
            rows.push(CertificationRow {
                id: Id::from_bytes(row.blob(0)?)?,
                handle: row.text(1)?.to_owned(),
                formats: super::codes(row.text(2)?),
                opened: Signed {
                    by: row.text(3)?.to_owned(),
                    at: instant(row.int(4)?)?,
                },
                passed_at: row.int_or_null(5)?.map(instant).transpose()?,
            });
            Ok(())
        })?;
        Ok(rows)
    }

    /// Notes that the last case of a run was passed.
    pub fn certification_pass(&mut self, run: Id, at: Timestamp) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE certification SET passed_at = $1 WHERE id = $2 AND passed_at IS NULL",
            &[Value::Int(at.as_microsecond()), Value::from(run.bytes())],
        )?;
        Ok(())
    }

    /// Keeps how a case was met, in the place of how it was met before.
    pub fn certification_case_put(&mut self, run: Id, row: &CaseMet) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO certification_case (run, name, digest, size, received_at, travellers,
                bookings, passed, findings)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (run, name) DO UPDATE SET digest = excluded.digest,
                size = excluded.size, received_at = excluded.received_at,
                travellers = excluded.travellers, bookings = excluded.bookings,
                passed = excluded.passed, findings = excluded.findings",
            &[
                Value::from(run.bytes()),
                Value::Text(&row.name),
                Value::from(&row.digest),
                Value::Int(row.size),
                Value::Int(row.received_at.as_microsecond()),
                Value::Int(row.travellers),
                Value::Int(row.bookings),
                Value::Int(i64::from(row.passed)),
                Value::Text(&row.findings),
            ],
        )?;
        Ok(())
    }

    /// How the cases of a run were met, by name.
    pub fn certification_cases(&mut self, run: Id) -> Result<Vec<CaseMet>, StoreError> {
        let mut rows = Vec::new();
        let sql = "SELECT name, digest, size, received_at, travellers, bookings, passed, findings
            FROM certification_case WHERE run = $1 ORDER BY name";
        self.db
            .query(sql, &[Value::from(run.bytes())], &mut |row| {
                let digest = row.blob(1)?.try_into();
                rows.push(CaseMet {
                    name: row.text(0)?.to_owned(),
                    digest: digest.map_err(|_| StoreError::damaged("a case of a certification"))?,
                    size: row.int(2)?,
                    received_at: instant(row.int(3)?)?,
                    travellers: row.int(4)?,
                    bookings: row.int(5)?,
                    passed: row.int(6)? != 0,
                    findings: row.text(7)?.to_owned(),
                });
                Ok(())
            })?;
        Ok(rows)
    }
}
