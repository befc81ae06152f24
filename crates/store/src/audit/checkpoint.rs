//! Signed checkpoints: made as the log grows, and where its front is cut off.
//!
//! - In: the key that signs.  Out: rows of `audit_checkpoint`.
//! - Invariants: a checkpoint is in the transaction of the last event that it covers, or of a later
//!   one; it hashes only the events since the checkpoint before; what is cut off is covered by a
//!   signed checkpoint in the same transaction.

use super::Head;
use crate::db::{Row, Value};
use crate::message::instant;
use crate::{Store, StoreError, Tx};
use jiff::{SignedDuration, Timestamp};
use oriel_policy::audit::{Checkpoint, Deed, Event, Kept, PublicKey, Signer, Tree};
use std::sync::{Arc, Mutex, PoisonError};

/// Events after which a checkpoint is made.
const EVERY: u64 = 4_096;

/// Age of the newest checkpoint from which the next event brings one with it.
const AFTER: SignedDuration = SignedDuration::from_secs(60);

/// Events removed from the front of the log in one transaction.
const AT_ONCE: u64 = 100_000;

/// A checkpoint as kept.
#[derive(Clone, Debug)]
pub struct CheckpointRow {
    /// Note, head and tree.
    pub kept: Kept,
    /// Time of the last event it covers.
    pub at: Timestamp,
    /// The key that signed it, as [`PublicKey`] prints itself.
    pub key: String,
    /// The log begins after it.
    pub begins: bool,
}

/// Signs for a store, and knows about when it last did.
pub(crate) struct Notary {
    signer: Arc<dyn Signer + Send + Sync>,
    /// Size and time of the newest checkpoint seen. Another node may have made a newer one.
    last: Mutex<Option<(u64, Timestamp)>>,
}

impl Notary {
    pub(crate) fn new(signer: Arc<dyn Signer + Send + Sync>) -> Self {
        Self {
            signer,
            last: Mutex::new(None),
        }
    }

    /// Makes a checkpoint where one is due; gives the newest one then.
    pub(crate) fn attend(
        &self,
        tx: &mut Tx<'_>,
        head: Head,
    ) -> Result<Option<(u64, Timestamp)>, StoreError> {
        let due = |(size, at): (u64, Timestamp)| {
            head.size >= size + EVERY || head.at.duration_since(at) >= AFTER
        };
        let seen = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.is_some_and(|seen| !due(seen)) {
            return Ok(None);
        }
        let newest = tx.checkpoint_newest()?;
        let known = newest.as_ref().map(|row| (row.kept.tree.size(), row.at));
        if known.is_some_and(|known| !due(known)) {
            return Ok(known);
        }
        tx.checkpoint_make(self.signer.as_ref(), newest, head)?;
        Ok(Some((head.size, head.at)))
    }

    /// After the commit of what [`Notary::attend`] gave.
    pub(crate) fn remember(&self, newest: Option<(u64, Timestamp)>) {
        if newest.is_some() {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = newest;
        }
    }
}

impl Store {
    /// Has `signer` sign checkpoints of the audit log from here on.
    pub fn signed_by(mut self, signer: Arc<dyn Signer + Send + Sync>) -> Self {
        self.notary = Some(Notary::new(signer));
        self
    }

    /// Makes a checkpoint over all events, where there is none yet and somebody signs: before the
    /// program ends, or before the log is handed out.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        let Some(notary) = &self.notary else {
            return Ok(());
        };
        self.write(|tx| {
            let (size, hash) = tx.audit_head()?;
            let newest = tx.checkpoint_newest()?;
            if size == newest.as_ref().map_or(0, |row| row.kept.tree.size()) {
                return Ok(());
            }
            let at = tx.audit_newest()?;
            let head = Head { size, hash, at };
            tx.housekeeping();
            tx.checkpoint_make(notary.signer.as_ref(), newest, head)
        })
    }

    /// `text` as a note signed under the name of the log, where somebody signs. It should begin with
    /// a line that no log is called, so that it cannot be taken for a checkpoint.
    pub fn vouch(&self, text: &str) -> Result<Option<String>, StoreError> {
        let Some(notary) = &self.notary else {
            return Ok(None);
        };
        let signer = notary.signer.as_ref();
        let newest = self.read(|tx| tx.checkpoint_newest())?;
        let origin = newest
            .and_then(|row| Checkpoint::unsigned(&row.kept.note))
            .map_or_else(|| Checkpoint::origin(signer), |newest| newest.origin);
        Ok(Some(oriel_policy::audit::sign(text, &origin, signer)))
    }

    /// Removes the events before `until` from the front of the log, because their time is over
    /// (R-AUD-03). A signed checkpoint says where the log then begins. Gives how many it removed.
    pub fn audit_erase(&self, until: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
        let notary = self.notary.as_ref().ok_or(StoreError::NoSigner)?;
        let mut total = 0;
        loop {
            let events = self.write(|tx| tx.audit_erase(notary.signer.as_ref(), until, now))?;
            total += events;
            if events < AT_ONCE {
                return Ok(total);
            }
        }
    }
}

const COLUMNS: &str = "size, at, head, peaks, note, key, begins";

impl Tx<'_> {
    /// The newest checkpoint.
    pub fn checkpoint_newest(&mut self) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM audit_checkpoint ORDER BY size DESC LIMIT 1");
        self.checkpoint_one(&sql, &[])
    }

    /// The newest checkpoint over no more than `size` events.
    fn checkpoint_until(&mut self, size: u64) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM audit_checkpoint WHERE size <= $1 ORDER BY size DESC LIMIT 1"
        );
        self.checkpoint_one(&sql, &[Value::Int(size as i64)])
    }

    /// The checkpoint after which the log begins, if its front was cut off.
    pub fn checkpoint_base(&mut self) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM audit_checkpoint WHERE begins = 1 ORDER BY size DESC LIMIT 1"
        );
        self.checkpoint_one(&sql, &[])
    }

    /// Every checkpoint, oldest first.
    pub fn checkpoint_each(
        &mut self,
        mut each: impl FnMut(CheckpointRow),
    ) -> Result<(), StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM audit_checkpoint ORDER BY size");
        self.db.query(&sql, &[], &mut |row| {
            each(checkpoint_row(row)?);
            Ok(())
        })
    }

    /// The signed notes over more than `size` events, oldest first.
    pub fn checkpoint_notes(
        &mut self,
        size: u64,
        mut each: impl FnMut(String),
    ) -> Result<(), StoreError> {
        self.db.query(
            "SELECT note FROM audit_checkpoint WHERE size > $1 AND begins = 0 ORDER BY size",
            &[Value::Int(size as i64)],
            &mut |row| {
                each(row.text(0)?.to_owned());
                Ok(())
            },
        )
    }

    /// The newest checkpoint whose last event is from before `at`.
    pub fn checkpoint_before(
        &mut self,
        at: Timestamp,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM audit_checkpoint WHERE at < $1 ORDER BY size DESC LIMIT 1"
        );
        self.checkpoint_one(&sql, &[Value::Int(at.as_microsecond())])
    }

    /// The oldest checkpoint whose last event is from `at` or later.
    pub fn checkpoint_after(&mut self, at: Timestamp) -> Result<Option<CheckpointRow>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM audit_checkpoint WHERE at >= $1 ORDER BY size LIMIT 1");
        self.checkpoint_one(&sql, &[Value::Int(at.as_microsecond())])
    }

    fn checkpoint_one(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<Option<CheckpointRow>, StoreError> {
        let mut found = None;
        self.db.query(sql, values, &mut |row| {
            found = Some(checkpoint_row(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Goes on from `newest` to `head` and signs there.
    fn checkpoint_make(
        &mut self,
        signer: &dyn Signer,
        newest: Option<CheckpointRow>,
        head: Head,
    ) -> Result<(), StoreError> {
        let (mut tree, origin) = root_of(newest.as_ref(), signer)?;
        self.audit_hashes(tree.size(), head.size, |hash| tree.push(hash))?;
        if tree.size() != head.size {
            return Err(StoreError::damaged("the audit log"));
        }
        self.checkpoint_put(signer, &origin, tree, head, false)
    }

    /// Signs that the log begins after event number `cut`.
    fn checkpoint_begin(&mut self, signer: &dyn Signer, cut: u64) -> Result<(), StoreError> {
        let before = self.checkpoint_until(cut)?;
        let (mut tree, origin) = root_of(before.as_ref(), signer)?;
        let mut hash = before.map(|row| row.kept.head);
        self.audit_hashes(tree.size(), cut, |event| {
            tree.push(event);
            hash = Some(*event);
        })?;
        let hash = hash.filter(|_| tree.size() == cut);
        let hash = hash.ok_or_else(|| StoreError::damaged("the audit log"))?;
        let mut at = Timestamp::UNIX_EPOCH;
        self.db.query(
            "SELECT at FROM audit WHERE n = $1",
            &[Value::Int(cut as i64)],
            &mut |row| {
                at = instant(row.int(0)?)?;
                Ok(())
            },
        )?;
        let head = Head {
            size: cut,
            hash,
            at,
        };
        self.checkpoint_put(signer, &origin, tree, head, true)
    }

    fn checkpoint_put(
        &mut self,
        signer: &dyn Signer,
        origin: &str,
        tree: Tree,
        head: Head,
        begins: bool,
    ) -> Result<(), StoreError> {
        let checkpoint = Checkpoint {
            begins,
            ..Checkpoint::of(origin, &tree)
        };
        let note = checkpoint.sign(signer);
        // A key that was exchanged between two calls, or a token that fails, signs nothing.
        let key = PublicKey::new(origin, signer.public_key())
            .filter(|key| key.open(&note).is_some())
            .ok_or_else(|| StoreError::damaged("a checkpoint"))?
            .to_string();
        self.db.execute(
            "INSERT INTO audit_checkpoint (size, at, head, peaks, note, key, begins)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (size) DO UPDATE SET note = excluded.note, key = excluded.key,
                begins = excluded.begins",
            &[
                Value::Int(head.size as i64),
                Value::Int(head.at.as_microsecond()),
                Value::from(&head.hash),
                Value::Blob(&tree.peaks().concat()),
                Value::Text(&note),
                Value::Text(&key),
                Value::Int(i64::from(begins)),
            ],
        )?;
        Ok(())
    }

    /// Removes at most [`AT_ONCE`] events before `until`.
    fn audit_erase(
        &mut self,
        signer: &dyn Signer,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let (first, last) = self.audit_span()?;
        let cut = self.audit_before(until, first, last.min(first + AT_ONCE - 1))?;
        if cut < first {
            return Ok(0);
        }
        self.checkpoint_begin(signer, cut)?;
        let upto = [Value::Int(cut as i64)];
        self.db.execute("DELETE FROM audit WHERE n <= $1", &upto)?;
        self.db
            .execute("DELETE FROM audit_checkpoint WHERE size < $1", &upto)?;
        self.db
            .execute("DELETE FROM oversight_note WHERE event <= $1", &upto)?;
        let events = cut + 1 - first;
        let detail = format!("ok events={events} first={first} last={cut}");
        self.audit_append(&[Event::system(now, Deed::AuditErase, "", detail)])?;
        Ok(events)
    }

    /// Number of the first and of the last event; the first is one more where there is none.
    fn audit_span(&mut self) -> Result<(u64, u64), StoreError> {
        let (last, _) = self.audit_head()?;
        let mut first = last + 1;
        self.db.query("SELECT min(n) FROM audit", &[], &mut |row| {
            if let Some(n) = row.int_or_null(0)? {
                first = n as u64;
            }
            Ok(())
        })?;
        Ok((first, last))
    }

    /// The last event of the unbroken row of events before `until`, between two numbers; one less
    /// than `first` where there is none.
    fn audit_before(&mut self, until: Timestamp, first: u64, last: u64) -> Result<u64, StoreError> {
        let mut cut = last;
        self.db.query(
            "SELECT n FROM audit WHERE n >= $1 AND n <= $2 AND at >= $3 ORDER BY n LIMIT 1",
            &[
                Value::Int(first as i64),
                Value::Int(last as i64),
                Value::Int(until.as_microsecond()),
            ],
            &mut |row| {
                cut = row.int(0)? as u64 - 1;
                Ok(())
            },
        )?;
        Ok(cut)
    }
}

/// The tree to go on from and the name of the log.
fn root_of(
    newest: Option<&CheckpointRow>,
    signer: &dyn Signer,
) -> Result<(Tree, String), StoreError> {
    match newest {
        None => Ok((Tree::default(), Checkpoint::origin(signer))),
        Some(row) => {
            let checkpoint = Checkpoint::unsigned(&row.kept.note)
                .ok_or_else(|| StoreError::damaged("a checkpoint"))?;
            Ok((row.kept.tree.clone(), checkpoint.origin))
        }
    }
}

fn checkpoint_row(row: &dyn Row) -> Result<CheckpointRow, StoreError> {
    let damaged = || StoreError::damaged("a checkpoint");
    let (peaks, rest) = row.blob(3)?.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(damaged());
    }
    Ok(CheckpointRow {
        kept: Kept {
            tree: Tree::from_peaks(row.int(0)? as u64, peaks.to_vec()).ok_or_else(damaged)?,
            head: row.blob(2)?.try_into().map_err(|_| damaged())?,
            note: row.text(4)?.to_owned(),
        },
        at: instant(row.int(1)?)?,
        key: row.text(5)?.to_owned(),
        begins: row.int(6)? != 0,
    })
}
