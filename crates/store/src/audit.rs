//! The audit log in the store.

use crate::db::{Insert, Value};
use crate::{StoreError, Tx};
use jiff::Timestamp;
use oriel_policy::audit::{Entry, Event, Hash, ORIGIN};

const EVENTS: Insert = Insert {
    table: "audit",
    columns: &[
        "n", "at", "actor", "act", "object", "purpose", "profile", "detail", "hash",
    ],
    conflict: "",
};

impl Tx<'_> {
    /// Appends events; they stand or fall with the transaction.
    pub fn audit_append(&mut self, events: &[Event]) -> Result<(), StoreError> {
        let (mut n, mut hash) = self.audit_head()?;
        let mut rows: Vec<(i64, i64, &Event, Hash)> = Vec::with_capacity(events.len());
        for event in events {
            n += 1;
            hash = event.hash(n, &hash);
            rows.push((n as i64, event.at.as_microsecond(), event, hash));
        }
        let values: Vec<Value<'_>> = rows
            .iter()
            .flat_map(|(n, at, event, hash)| {
                [
                    Value::Int(*n),
                    Value::Int(*at),
                    Value::Text(&event.actor),
                    Value::Text(&event.act),
                    Value::Text(&event.object),
                    Value::Text(&event.purpose),
                    Value::Text(&event.profile),
                    Value::Text(&event.detail),
                    Value::from(hash),
                ]
            })
            .collect();
        self.db.insert_many(&EVENTS, &values)
    }

    /// Number and hash of the newest event.
    pub fn audit_head(&mut self) -> Result<(u64, Hash), StoreError> {
        let mut head = (0, ORIGIN);
        self.db.query(
            "SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1",
            &[],
            &mut |row| {
                let hash = row
                    .blob(1)?
                    .try_into()
                    .map_err(|_| StoreError::damaged("an event"))?;
                head = (row.int(0)? as u64, hash);
                Ok(())
            },
        )?;
        Ok(head)
    }

    /// Every event from number `from` on, in order.
    pub fn audit_each<E: From<StoreError>>(
        &mut self,
        from: u64,
        mut each: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut failed = None;
        self.db.query(
            "SELECT n, at, actor, act, object, purpose, profile, detail, hash
             FROM audit WHERE n >= $1 ORDER BY n",
            &[Value::Int(from as i64)],
            &mut |row| {
                if failed.is_some() {
                    return Ok(());
                }
                let event = Event {
                    at: Timestamp::from_microsecond(row.int(1)?)
                        .map_err(|_| StoreError::damaged("an event"))?,
                    actor: row.text(2)?.to_owned(),
                    act: row.text(3)?.to_owned(),
                    object: row.text(4)?.to_owned(),
                    purpose: row.text(5)?.to_owned(),
                    profile: row.text(6)?.to_owned(),
                    detail: row.text(7)?.to_owned(),
                };
                let hash = row
                    .blob(8)?
                    .try_into()
                    .map_err(|_| StoreError::damaged("an event"))?;
                failed = each(Entry {
                    sequence: row.int(0)? as u64,
                    event,
                    hash,
                })
                .err();
                Ok(())
            },
        )?;
        failed.map_or(Ok(()), Err)
    }
}
