//! The audit log in the store: appended in the transaction of the act, read in order, cut at its
//! front when the law says so.
//!
//! - Source: R-AUD-01 (no log, no action), R-AUD-03 (a time for the log itself).
//! - Invariants: what reads personal data runs only in a transaction that can log it, and does not
//!   commit without an event of its actor; what changes anything does not commit without an event.
//!   If the log cannot be written, nothing is read and nothing happens.

mod checkpoint;
mod read;

pub use checkpoint::CheckpointRow;
pub(crate) use checkpoint::Notary;
pub use read::AuditFilter;

use crate::db::{Insert, Row, Value};
use crate::{StoreError, Tx};
use jiff::Timestamp;
use oriel_policy::audit::{Deed, Entry, Event, Hash, ORIGIN, Record};
use oriel_policy::{Act, Grant, Role};

const EVENTS: Insert = Insert {
    table: "audit",
    columns: &[
        "n",
        "at",
        "actor",
        "act",
        "object",
        "purpose",
        "recipient",
        "compartment",
        "profile",
        "detail",
        "hash",
    ],
    conflict: "",
};

/// What a transaction has told the log, and what it owes it.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// The transaction can write events.
    open: bool,
    /// Number and hash of the newest event, once this transaction has appended one.
    head: Option<Head>,
    /// Who is in the log with what, in this transaction.
    told: Vec<(String, &'static str)>,
    /// Grants under which something was read.
    owed: Vec<Grant>,
    /// Changes here are nobody's data.
    housekeeping: bool,
}

/// The newest event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) hash: Hash,
    pub(crate) at: Timestamp,
}

impl Book {
    /// Of a transaction that may write.
    pub(crate) fn open() -> Self {
        Self {
            open: true,
            ..Self::default()
        }
    }

    fn has_told(&self, grant: &Grant) -> bool {
        // What the program does by itself, any event of its own stands for: the message that it
        // screened, not one a journey.
        let own = grant.act().roles().contains(&Role::System);
        self.told
            .iter()
            .any(|(actor, act)| actor == grant.actor() && (own || *act == grant.act().name()))
    }
}

impl Tx<'_> {
    /// Lets a grant for one of `acts` in. From here on this transaction owes the log an event.
    pub(crate) fn admit(&mut self, grant: &Grant, acts: &[Act]) -> Result<(), StoreError> {
        if !acts.contains(&grant.act()) {
            return Err(StoreError::WrongGrant);
        }
        if !self.book.open {
            return Err(StoreError::NotLogged);
        }
        if !self.book.has_told(grant) {
            self.book.owed.push(grant.clone());
        }
        Ok(())
    }

    /// Says that what this transaction changes is about no passenger and nobody's act, such as
    /// when a session was last used.
    pub fn housekeeping(&mut self) {
        self.book.housekeeping = true;
    }

    /// Appends events; they stand or fall with the transaction.
    pub fn audit_append(&mut self, events: &[Event]) -> Result<(), StoreError> {
        let Some(last) = events.last() else {
            return Ok(());
        };
        let (mut size, mut hash) = match self.book.head {
            Some(head) => (head.size, head.hash),
            None => self.audit_head()?,
        };
        let mut hashes: Vec<Hash> = Vec::with_capacity(events.len());
        for event in events {
            size += 1;
            hash = event.record().hash(size, &hash);
            hashes.push(hash);
        }
        let first = size - events.len() as u64 + 1;
        let mut values: Vec<Value<'_>> = Vec::with_capacity(events.len() * EVENTS.columns.len());
        for ((event, hash), n) in events.iter().zip(&hashes).zip(first..) {
            let record = event.record();
            values.extend([
                Value::Int(n as i64),
                Value::Int(record.at.as_microsecond()),
                Value::Text(record.actor),
                Value::Text(record.act),
                Value::Text(record.object),
                Value::Text(record.purpose),
                Value::Text(record.recipient),
                Value::Text(record.compartment),
                Value::Text(record.profile),
                Value::Text(record.detail),
                Value::from(hash),
            ]);
        }
        self.db.insert_many(&EVENTS, &values)?;
        self.count_events(events);
        for event in events {
            let (actor, act) = (event.record().actor, event.act());
            if !self.book.told.iter().any(|(a, b)| a == actor && *b == act) {
                self.book.told.push((actor.to_owned(), act));
            }
        }
        let at = last.record().at;
        self.book.head = Some(Head { size, hash, at });
        Ok(())
    }

    /// Before the commit: pays what is owed to the log, and says where the log now ends if this
    /// transaction has added to it.
    pub(crate) fn settle(&mut self) -> Result<Option<Head>, StoreError> {
        for grant in std::mem::take(&mut self.book.owed) {
            if !self.book.has_told(&grant) {
                self.audit_append(&[Event::granted(&grant, "", "ok")])?;
            }
        }
        self.count_settle()?;
        if self.book.head.is_none() && self.db.has_changed() && !self.book.housekeeping {
            let at = self.audit_newest()?;
            self.audit_append(&[Event::system(at, Deed::StoreChange, "", "ok")])?;
        }
        Ok(self.book.head)
    }

    /// Number and hash of the newest event.
    pub fn audit_head(&mut self) -> Result<(u64, Hash), StoreError> {
        let mut head = None;
        self.db.query(
            "SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1",
            &[],
            &mut |row| {
                head = Some((row.int(0)? as u64, hash(row, 1)?));
                Ok(())
            },
        )?;
        match head {
            Some(head) => Ok(head),
            // Every event may have been removed; the log goes on from there.
            None => Ok(self
                .checkpoint_newest()?
                .map_or((0, ORIGIN), |row| (row.kept.tree.size(), row.kept.head))),
        }
    }

    /// When the newest event happened; 1970 for an empty log.
    fn audit_newest(&mut self) -> Result<Timestamp, StoreError> {
        let mut at = Timestamp::UNIX_EPOCH;
        self.db.query(
            "SELECT at FROM audit ORDER BY n DESC LIMIT 1",
            &[],
            &mut |row| {
                at = crate::message::instant(row.int(0)?)?;
                Ok(())
            },
        )?;
        Ok(at)
    }

    /// The latest instant among the newest thousand events, which need not be in the order of their
    /// instants: a machine whose clock is wrong may have appended one. `None` for an empty log.
    pub fn audit_latest(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let mut latest = None;
        self.db.query(
            "SELECT max(at) FROM (SELECT at FROM audit ORDER BY n DESC LIMIT 1000) newest",
            &[],
            &mut |row| {
                let at = row.int_or_null(0)?;
                latest = at.map(crate::message::instant).transpose()?;
                Ok(())
            },
        )?;
        Ok(latest)
    }

    /// Every event from number `from` on, in order. What cannot be read is an error that names it.
    pub fn audit_each<E: From<StoreError>>(
        &mut self,
        from: u64,
        each: impl FnMut(&Entry<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("SELECT {COLUMNS} FROM audit WHERE n >= $1 ORDER BY n");
        self.audit_query(&sql, &[Value::Int(from as i64)], each)
    }

    /// To whom something was given of any of `objects`, each recipient once: who has to be told of
    /// a correction.
    pub fn audit_recipients(
        &mut self,
        grant: &Grant,
        objects: &[String],
    ) -> Result<Vec<String>, StoreError> {
        self.admit(grant, &[Act::RightsRectify])?;
        let mut names = std::collections::BTreeSet::new();
        for object in objects {
            self.db.query(
                "SELECT DISTINCT recipient FROM audit WHERE recipient <> '' AND object = $1",
                &[Value::Text(object)],
                &mut |row| {
                    names.insert(row.text(0)?.to_owned());
                    Ok(())
                },
            )?;
        }
        Ok(names.into_iter().collect())
    }

    /// The chain hashes of the events after number `after` up to number `last`.
    pub fn audit_hashes(
        &mut self,
        after: u64,
        last: u64,
        mut each: impl FnMut(&Hash),
    ) -> Result<(), StoreError> {
        self.db.query(
            "SELECT hash FROM audit WHERE n > $1 AND n <= $2 ORDER BY n",
            &[Value::Int(after as i64), Value::Int(last as i64)],
            &mut |row| {
                each(&hash(row, 0)?);
                Ok(())
            },
        )
    }
}

/// Columns of an event, to be read by [`entry`].
const COLUMNS: &str =
    "n, at, actor, act, object, purpose, recipient, compartment, profile, detail, hash";

fn entry(row: &dyn Row, sequence: u64) -> Result<Entry<'_>, StoreError> {
    Ok(Entry {
        sequence,
        record: Record {
            at: crate::message::instant(row.int(1)?)?,
            actor: row.text(2)?,
            act: row.text(3)?,
            object: row.text(4)?,
            purpose: row.text(5)?,
            recipient: row.text(6)?,
            compartment: row.text(7)?,
            profile: row.text(8)?,
            detail: row.text(9)?,
        },
        hash: hash(row, 10)?,
    })
}

fn hash(row: &dyn Row, column: usize) -> Result<Hash, StoreError> {
    row.blob(column)?
        .try_into()
        .map_err(|_| StoreError::damaged("an event"))
}
