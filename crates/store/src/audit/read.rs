//! The log for people: pages of it, and the events that overseers are told of.
//!
//! Invariants: a page is of one recipient and of the whole installation, never of another recipient
//! (R-SCO-07); however long the log is, one call looks at no more than a window of it, and says how
//! far it came; what is read is told to the log by the caller, with a purpose (R-AUD-04).

use super::{COLUMNS, entry};
use crate::db::Value;
use crate::{StoreError, Tx};
use jiff::{SignedDuration, Timestamp};
use oriel_policy::audit::Entry;

/// Events that may be items of the inbox: the words of the index `audit_material`, so that the
/// database uses it.
const MATERIAL: &str = "act IN ('account.put', 'account.reset',
    'account.roles', 'backup.restore', 'disclosure.approve', 'disclosure.ask', 'hold.end',
    'hold.lift', 'hold.place', 'hold.put', 'oversight.alert', 'oversight.answer',
    'profile.activate', 'profile.propose', 'profile.use', 'push.approve', 'push.ask',
    'selection.approve', 'selection.put', 'store.change', 'unmask.approve', 'unmask.ask',
    'unmask.end', 'unmask.urgent')
    OR recipient <> '' OR detail LIKE 'denied %' OR detail LIKE '% urgent%'
    OR detail LIKE '% emergency%' OR detail LIKE '% wrong-passphrase%'";

/// All events but the messages that came in: the words of the index `audit_people`.
const PEOPLE: &str = "act NOT IN ('message.accept', 'message.refuse')";

/// Events looked at in one call.
const WINDOW: u64 = 100_000;

/// By how much an event may be older than one that stands before it in the log: the hour of an
/// event is that of its leave, which is given before its transaction has its turn.
const OUT_OF_ORDER: SignedDuration = SignedDuration::from_hours(1);

/// Which events are wanted; what is blank or `None` is not asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditFilter<'a> {
    /// From this instant on.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// By this account or service.
    pub actor: &'a str,
    /// Of this act.
    pub act: &'a str,
    /// On this object.
    pub object: &'a str,
    /// No messages that came in.
    pub people: bool,
}

impl Tx<'_> {
    /// The events after number `after` that may be items of the inbox, in order.
    pub fn audit_material<E: From<StoreError>>(
        &mut self,
        after: u64,
        each: impl FnMut(&Entry<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("SELECT {COLUMNS} FROM audit WHERE n > $1 AND ({MATERIAL}) ORDER BY n");
        self.audit_query(&sql, &[Value::Int(after as i64)], each)
    }

    /// The events after number `after` that people, or the program in its duties, brought.
    pub fn audit_people<E: From<StoreError>>(
        &mut self,
        after: u64,
        each: impl FnMut(&Entry<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("SELECT {COLUMNS} FROM audit WHERE n > $1 AND {PEOPLE} ORDER BY n");
        self.audit_query(&sql, &[Value::Int(after as i64)], each)
    }

    /// At most `limit` events after number `after`, in order.
    pub fn audit_some<E: From<StoreError>>(
        &mut self,
        after: u64,
        limit: u64,
        each: impl FnMut(&Entry<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("SELECT {COLUMNS} FROM audit WHERE n > $1 ORDER BY n LIMIT $2");
        let values = [Value::Int(after as i64), Value::Int(limit as i64)];
        self.audit_query(&sql, &values, each)
    }

    /// A number that lies before every event from `at` on, and not far before.
    pub fn audit_reach(&mut self, at: Timestamp) -> Result<u64, StoreError> {
        let at = at.checked_sub(OUT_OF_ORDER).unwrap_or(Timestamp::MIN);
        let mut size = 0;
        self.db.query(
            "SELECT size FROM audit_checkpoint WHERE at <= $1 ORDER BY size DESC LIMIT 1",
            &[Value::Int(at.as_microsecond())],
            &mut |row| {
                size = row.int(0)? as u64;
                Ok(())
            },
        )?;
        Ok(size)
    }

    /// Events before number `before` that concern `compartment` or everybody, newest first, while
    /// `each` wants more. Gives the number to go on before, or nothing at the end.
    pub fn audit_page<E: From<StoreError>>(
        &mut self,
        compartment: &str,
        filter: &AuditFilter<'_>,
        before: u64,
        mut each: impl FnMut(&Entry<'_>) -> Result<bool, E>,
    ) -> Result<Option<u64>, E> {
        let base = self
            .checkpoint_base()?
            .map_or(0, |row| row.kept.tree.size());
        let reach = match filter.from {
            Some(from) => self.audit_reach(from)?.max(base),
            None => base,
        };
        let lowest = before.saturating_sub(WINDOW).max(reach + 1);
        let people = if filter.people { PEOPLE } else { "n > 0" };
        let sql = format!(
            "SELECT {COLUMNS} FROM audit
             WHERE n < $1 AND n >= $2 AND at >= $3 AND at < $4
                AND (compartment = '' OR compartment = $5) AND ($6 = '' OR actor = $6)
                AND ($7 = '' OR act = $7) AND ($8 = '' OR object = $8) AND {people}
             ORDER BY n DESC"
        );
        let instant = |at: Option<Timestamp>, none: i64| {
            Value::Int(at.map_or(none, Timestamp::as_microsecond))
        };
        let values = [
            Value::Int(i64::try_from(before).unwrap_or(i64::MAX)),
            Value::Int(lowest as i64),
            instant(filter.from, i64::MIN),
            instant(filter.until, i64::MAX),
            Value::Text(compartment),
            Value::Text(filter.actor),
            Value::Text(filter.act),
            Value::Text(filter.object),
        ];
        let mut enough = None;
        let read = self.audit_query(&sql, &values, |entry| {
            if each(entry)? {
                return Ok(());
            }
            enough = Some(entry.sequence);
            // Ends the reading.
            Err(E::from(StoreError::damaged("nothing")))
        });
        if enough.is_none() {
            read?;
        }
        let next = enough.unwrap_or(lowest);
        Ok((next > reach + 1).then_some(next))
    }

    /// The events of a query over [`COLUMNS`]. What cannot be read is an error that names it.
    pub(super) fn audit_query<E: From<StoreError>>(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        mut each: impl FnMut(&Entry<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut failed = None;
        let stopped = self.db.query(sql, values, &mut |row| {
            let sequence = row.int(0)? as u64;
            let entry = entry(row, sequence).map_err(|_| StoreError::Damaged {
                what: format!("event {sequence} of the audit log"),
            })?;
            each(&entry).map_err(|error| {
                failed = Some(error);
                // Ends the reading; what `each` said is told instead.
                StoreError::damaged("an event")
            })
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(stopped?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_policy::oversight::CONCERNS;

    const MIGRATIONS: &str = concat!(
        include_str!("../../migrations/0009_oversight.sql"),
        include_str!("../../migrations/0043_push_request.sql")
    );

    /// A kind of item whose events the query leaves out would come to nobody (R-DPO-04).
    #[test]
    fn every_kind_of_item_is_among_the_events_that_are_read() {
        for act in CONCERNS.iter().flat_map(|concern| concern.acts) {
            // Found by a word of its detail.
            if *act != "hit.decide" {
                assert!(MATERIAL.contains(&format!("'{act}'")), "{act}");
            }
        }
    }

    #[test]
    fn the_queries_are_in_the_words_of_their_indexes() {
        for words in [MATERIAL, PEOPLE] {
            assert!(MIGRATIONS.contains(&format!("WHERE {words};")));
        }
    }
}
