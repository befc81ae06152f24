//! The register of selected journeys, and the count of those that nobody had selected.
//!
//! - Source: R-SCO-08, R-SCO-09; C-817/19.
//! - Invariants: an entry is never changed but for who approved and who ended it; what was not taken
//!   leaves a count and nothing about a person.

use crate::db::{Row, Value};
use crate::message::instant;
use crate::{Id, StoreError, Tx};
use jiff::Timestamp;
use oriel_model::{MessageKey, Mode};

/// Which journeys an entry names: those of its mode that fit every part that is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// By what means.
    pub mode: Mode,
    /// Designator of the carrier.
    pub carrier: String,
    /// A place the journey touches.
    pub airport: String,
    /// A place it touches before [`Pattern::to`].
    pub from: String,
    /// A place it touches after [`Pattern::from`].
    pub to: String,
}

/// Who did something with an entry, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The account.
    pub by: String,
    /// When, UTC.
    pub at: Timestamp,
}

/// One entry of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionRow {
    /// Identifier.
    pub id: Id,
    /// For which recipient.
    pub compartment: String,
    /// Which journeys.
    pub pattern: Pattern,
    /// Why.
    pub reason: String,
    /// The threat it answers; blank where no journey is selected but for its pattern.
    pub threat: String,
    /// The office that decided.
    pub decided_by: String,
    /// From when, UTC.
    pub starts_at: Timestamp,
    /// Until before when, UTC.
    pub ends_at: Timestamp,
    /// When it must be looked at again, UTC.
    pub review_at: Timestamp,
    /// The law it was proposed under, such as `eu-2022/3`.
    pub profile: String,
    /// Who proposed it.
    pub proposed: Signed,
    /// Who approved it.
    pub approved: Option<Signed>,
    /// Who ended it before its time.
    pub ended: Option<Signed>,
}

/// A message that was not taken: counts only.
#[derive(Clone, Copy, Debug)]
pub struct NotTaken<'a> {
    /// Its digest, so that a repeat counts once.
    pub message: &'a MessageKey,
    /// By which recipient.
    pub compartment: &'a str,
    /// When it came, UTC.
    pub received_at: Timestamp,
    /// By what means the journey is made.
    pub mode: Mode,
    /// Which way it crosses the border: the name of an `oriel_policy::Way`.
    pub way: &'a str,
    /// Designator of the carrier, or blank.
    pub carrier: &'a str,
    /// Persons in it.
    pub travellers: i64,
}

/// What was not taken, summed up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTakenCount {
    /// By which recipient.
    pub compartment: String,
    /// By what means.
    pub mode: String,
    /// Which way.
    pub way: String,
    /// Designator of the carrier, or blank.
    pub carrier: String,
    /// How many messages.
    pub messages: i64,
    /// Persons in them, each once a message.
    pub travellers: i64,
}

const COLUMNS: &str = "id, compartment, mode, carrier, airport, from_place, to_place, reason, \
    threat, decided_by, starts_at, ends_at, review_at, profile, proposed_by, proposed_at, \
    approved_by, approved_at, ended_by, ended_at";

impl Tx<'_> {
    /// Adds an entry, which is not yet in force; tells whether it is new.
    pub fn selection_insert(&mut self, new: &SelectionRow) -> Result<bool, StoreError> {
        let pattern = &new.pattern;
        let touched = self.db.execute(
            "INSERT INTO selection (id, compartment, mode, carrier, airport, from_place, to_place,
                reason, threat, decided_by, starts_at, ends_at, review_at, profile, proposed_by,
                proposed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (id) DO NOTHING",
            &[
                Value::from(new.id.bytes()),
                Value::Text(&new.compartment),
                Value::Text(pattern.mode.name()),
                Value::Text(&pattern.carrier),
                Value::Text(&pattern.airport),
                Value::Text(&pattern.from),
                Value::Text(&pattern.to),
                Value::Text(&new.reason),
                Value::Text(&new.threat),
                Value::Text(&new.decided_by),
                Value::Int(new.starts_at.as_microsecond()),
                Value::Int(new.ends_at.as_microsecond()),
                Value::Int(new.review_at.as_microsecond()),
                Value::Text(&new.profile),
                Value::Text(&new.proposed.by),
                Value::Int(new.proposed.at.as_microsecond()),
            ],
        )?;
        Ok(touched > 0)
    }

    /// The register of a recipient, what ends last first.
    pub fn selection_list(&mut self, compartment: &str) -> Result<Vec<SelectionRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM selection WHERE compartment = $1 ORDER BY ends_at DESC, id"
        );
        self.selections(&sql, &[Value::Text(compartment)])
    }

    /// One entry of a recipient's register.
    pub fn selection_fetch(
        &mut self,
        compartment: &str,
        id: Id,
    ) -> Result<SelectionRow, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM selection WHERE compartment = $1 AND id = $2");
        let values = [Value::Text(compartment), Value::from(id.bytes())];
        let found = self.selections(&sql, &values)?.pop();
        found.ok_or(StoreError::NotFound { what: "selection" })
    }

    /// The entries of a recipient that are in force at an instant: begun, approved, and ended by
    /// neither their time nor a person.
    pub fn selection_in_force(
        &mut self,
        compartment: &str,
        at: Timestamp,
    ) -> Result<Vec<SelectionRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM selection
             WHERE compartment = $1 AND ends_at > $2 AND starts_at <= $2 AND approved_at IS NOT NULL
                 AND ended_at IS NULL"
        );
        self.selections(
            &sql,
            &[Value::Text(compartment), Value::Int(at.as_microsecond())],
        )
    }

    /// Puts an entry in force; tells whether it waited.
    pub fn selection_approve(&mut self, id: Id, signed: &Signed) -> Result<bool, StoreError> {
        let touched = self.db.execute(
            "UPDATE selection SET approved_by = $1, approved_at = $2
             WHERE id = $3 AND approved_at IS NULL AND ended_at IS NULL",
            &[
                Value::Text(&signed.by),
                Value::Int(signed.at.as_microsecond()),
                Value::from(id.bytes()),
            ],
        )?;
        Ok(touched > 0)
    }

    /// Ends an entry, or refuses one that waits; tells whether it had not ended before.
    pub fn selection_end(&mut self, id: Id, signed: &Signed) -> Result<bool, StoreError> {
        let touched = self.db.execute(
            "UPDATE selection SET ended_by = $1, ended_at = $2 WHERE id = $3 AND ended_at IS NULL",
            &[
                Value::Text(&signed.by),
                Value::Int(signed.at.as_microsecond()),
                Value::from(id.bytes()),
            ],
        )?;
        Ok(touched > 0)
    }

    /// Counts a message that was not taken; tells whether it was not counted before.
    pub fn not_taken_insert(&mut self, new: &NotTaken<'_>) -> Result<bool, StoreError> {
        let touched = self.db.execute(
            "INSERT INTO not_taken (message, compartment, received_at, mode, way, carrier,
                travellers)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            &[
                Value::from(new.message),
                Value::Text(new.compartment),
                Value::Int(new.received_at.as_microsecond()),
                Value::Text(new.mode.name()),
                Value::Text(new.way),
                Value::Text(new.carrier),
                Value::Int(new.travellers),
            ],
        )?;
        Ok(touched > 0)
    }

    /// Whether a message, or a part of it, was not taken for a recipient.
    pub fn is_not_taken(
        &mut self,
        message: &MessageKey,
        compartment: &str,
    ) -> Result<bool, StoreError> {
        let mut any = false;
        self.db.query(
            "SELECT 1 FROM not_taken WHERE message = $1 AND compartment = $2",
            &[Value::from(message), Value::Text(compartment)],
            &mut |_| {
                any = true;
                Ok(())
            },
        )?;
        Ok(any)
    }

    /// What was not taken, by recipient, mode, way and carrier.
    pub fn not_taken_counts(&mut self) -> Result<Vec<NotTakenCount>, StoreError> {
        let mut counts = Vec::new();
        self.db.query(
            "SELECT compartment, mode, way, carrier, count(*), sum(travellers) FROM not_taken
             GROUP BY compartment, mode, way, carrier ORDER BY compartment, mode, way, carrier",
            &[],
            &mut |row| {
                counts.push(NotTakenCount {
                    compartment: row.text(0)?.to_owned(),
                    mode: row.text(1)?.to_owned(),
                    way: row.text(2)?.to_owned(),
                    carrier: row.text(3)?.to_owned(),
                    messages: row.int(4)?,
                    travellers: row.int(5)?,
                });
                Ok(())
            },
        )?;
        Ok(counts)
    }

    fn selections(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<SelectionRow>, StoreError> {
        let mut rows = Vec::new();
        self.db.query(sql, values, &mut |row| {
            let mode = Mode::parse(row.text(2)?);
            rows.push(SelectionRow {
                id: Id::from_bytes(row.blob(0)?)?,
                compartment: row.text(1)?.to_owned(),
                pattern: Pattern {
                    mode: mode.ok_or_else(|| StoreError::damaged("a selection"))?,
                    carrier: row.text(3)?.to_owned(),
                    airport: row.text(4)?.to_owned(),
                    from: row.text(5)?.to_owned(),
                    to: row.text(6)?.to_owned(),
                },
                reason: row.text(7)?.to_owned(),
                threat: row.text(8)?.to_owned(),
                decided_by: row.text(9)?.to_owned(),
                starts_at: instant(row.int(10)?)?,
                ends_at: instant(row.int(11)?)?,
                review_at: instant(row.int(12)?)?,
                profile: row.text(13)?.to_owned(),
                proposed: Signed {
                    by: row.text(14)?.to_owned(),
                    at: instant(row.int(15)?)?,
                },
                approved: signed(row, 16)?,
                ended: signed(row, 18)?,
            });
            Ok(())
        })?;
        Ok(rows)
    }
}

/// An account and an instant in two columns that are both there or both not.
pub(crate) fn signed(row: &dyn Row, column: usize) -> Result<Option<Signed>, StoreError> {
    let both = (row.text_or_null(column)?, row.int_or_null(column + 1)?);
    match both {
        (Some(by), Some(at)) => Ok(Some(Signed {
            by: by.to_owned(),
            at: instant(at)?,
        })),
        _ => Ok(None),
    }
}
