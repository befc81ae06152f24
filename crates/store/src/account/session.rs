//! Sessions of persons: listed by a public name, found by the digest of their secret.

use super::Digest;
use crate::db::{Row, Value};
use crate::message::instant;
use crate::{Account, StoreError, Tx};
use jiff::Timestamp;

/// A session as listed. Its secret is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Public name, for lists and for ending it.
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// How it was begun, such as `password+code`.
    pub how: String,
    /// The kind of browser, coarse, such as `Firefox on Linux`.
    pub device: String,
    /// When it was begun, UTC: the moment at which the person last proved who they are.
    pub created_at: Timestamp,
    /// When it was last used, UTC, to the minute.
    pub seen_at: Timestamp,
    /// When it ends at the latest, UTC.
    pub expires_at: Timestamp,
}

const COLUMNS: &str = "id, account, how, device, created_at, seen_at, expires_at";

fn read(row: &dyn Row) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id: row.text(0)?.to_owned(),
        account: row.text(1)?.to_owned(),
        how: row.text(2)?.to_owned(),
        device: row.text(3)?.to_owned(),
        created_at: instant(row.int(4)?)?,
        seen_at: instant(row.int(5)?)?,
        expires_at: instant(row.int(6)?)?,
    })
}

impl Tx<'_> {
    /// Keeps a session under the digest of its secret.
    pub fn session_insert(&mut self, token: &Digest, row: &SessionRow) -> Result<(), StoreError> {
        // Whoever opens sessions also clears those that nobody will ever use again.
        self.db.execute(
            "DELETE FROM session WHERE expires_at <= $1",
            &[Value::Int(row.created_at.as_microsecond())],
        )?;
        self.db.execute(
            "INSERT INTO session (token, id, account, how, device, created_at, seen_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                Value::from(token),
                Value::Text(&row.id),
                Value::Text(&row.account),
                Value::Text(&row.how),
                Value::Text(&row.device),
                Value::Int(row.created_at.as_microsecond()),
                Value::Int(row.seen_at.as_microsecond()),
                Value::Int(row.expires_at.as_microsecond()),
            ],
        )?;
        Ok(())
    }

    /// The session of a secret and its account. It has not expired at `now`, was used since
    /// `used_since`, and its account is active.
    pub fn session_find(
        &mut self,
        token: &Digest,
        now: Timestamp,
        used_since: Timestamp,
    ) -> Result<Option<(SessionRow, Account)>, StoreError> {
        let mut found = None;
        self.db.query(
            &format!(
                "SELECT {COLUMNS} FROM session
                 WHERE token = $1 AND expires_at > $2 AND seen_at > $3"
            ),
            &[
                Value::from(token),
                Value::Int(now.as_microsecond()),
                Value::Int(used_since.as_microsecond()),
            ],
            &mut |row| {
                found = Some(read(row)?);
                Ok(())
            },
        )?;
        let Some(row) = found else { return Ok(None) };
        let account = self.account_by_id(&row.account)?;
        Ok(account
            .filter(|account| account.active)
            .map(|account| (row, account)))
    }

    /// Notes that a session was used.
    pub fn session_seen(&mut self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE session SET seen_at = $1 WHERE id = $2",
            &[Value::Int(now.as_microsecond()), Value::Text(id)],
        )?;
        Ok(())
    }

    /// Sessions that are open at `now`, newest first: of one account, or of all.
    pub fn session_list(
        &mut self,
        account: Option<&str>,
        now: Timestamp,
        used_since: Timestamp,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let mut found = Vec::new();
        self.db.query(
            &format!(
                "SELECT {COLUMNS} FROM session WHERE expires_at > $1 AND seen_at > $2
                 ORDER BY created_at DESC, id"
            ),
            &[
                Value::Int(now.as_microsecond()),
                Value::Int(used_since.as_microsecond()),
            ],
            &mut |row| {
                let row = read(row)?;
                if account.is_none_or(|account| account == row.account) {
                    found.push(row);
                }
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// Ends one session of an account; tells whether there was one.
    pub fn session_remove(&mut self, account: &str, id: &str) -> Result<bool, StoreError> {
        let removed = self.db.execute(
            "DELETE FROM session WHERE account = $1 AND id = $2",
            &[Value::Text(account), Value::Text(id)],
        )?;
        Ok(removed > 0)
    }

    /// Ends every session of an account but `kept`; gives how many.
    pub fn session_remove_all(&mut self, account: &str, kept: &str) -> Result<u64, StoreError> {
        self.db.execute(
            "DELETE FROM session WHERE account = $1 AND id <> $2",
            &[Value::Text(account), Value::Text(kept)],
        )
    }
}
